import Foundation

/// A Swift source and the target that it belongs to.
struct SourceFile {
  var target: String
  var name: String
  var text: String

  /// The modules that it imports, in `#if` blocks too.
  var imports: [String] {
    text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ").drop {
        $0.hasPrefix("@") || ["public", "package", "internal", "fileprivate", "private"].contains($0)
      }
      guard words.first == "import", var name = words.dropFirst().first else { return nil }
      if ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"].contains(name) {
        name = words.dropFirst(2).first ?? ""
      }
      return name.split(separator: ".").first.map(String.init)
    }
  }
}

/// The targets of Package.swift in their order, with what each may import.
struct ModuleList {
  var targets: [(name: String, dependencies: [String])] = []

  /// Reads `module(...)`, `.target(...)`, `.systemLibrary(...)` and `.executableTarget(...)` of a manifest.
  init(manifest: String) throws {
    let entry = try Regex(
      #"\b(?:module|target|executableTarget|systemLibrary)\(\s*(?:name: )?"(\w+)"(?:,\s*(?:dependencies: )?\[([^\]]*)\])?"#
    )
    for match in manifest.matches(of: entry) {
      guard let name = match.output[1].substring else { continue }
      let list = match.output[2].substring ?? ""
      let product = try Regex(#"\.product\(name: "(\w+)"[^)]*\)"#)
      var dependencies = list.matches(of: product).compactMap { $0.output[1].substring.map(String.init) }
      let words = list.replacing(product, with: "").split(separator: "\"")
      dependencies += words.filter { $0.allSatisfy { $0.isLetter || $0.isNumber } }.map(String.init)
      targets.append((String(name), dependencies))
    }
  }
}

/// Modules of the toolchain and of other packages, and the targets that may see them.
let walls: [String: Set<String>] = [
  "ArgumentParser": ["EmuCommands"],
  "Foundation": ["OpcodeTableGenerator"],
  "FoundationEssentials": ["EmuCommands"],
  "Glibc": [
    "HostSystem", "MMU", "DiskImages", "Interpreter", "Machine", "ModelExecution", "Differential", "EngineComparison",
    "KVM",
    "Debugger",
    "EmuCommands",
    "DecoderBenchmark",
  ],
  "Synchronization": ["Machine", "KVM", "EmuCommands"],
]

/// What the sources import against the list: a sentence each.
func violations(of list: ModuleList, by files: [SourceFile]) -> [String] {
  var result: [String] = []
  let names = list.targets.map(\.name)
  var used: [String: Set<String>] = [:]
  for file in files {
    guard let target = list.targets.first(where: { $0.name == file.target }) else {
      result.append("\(file.target): is no target of Package.swift")
      continue
    }
    used[file.target, default: []].formUnion(file.imports)
    for module in file.imports {
      let isAllowed = target.dependencies.contains(module) || walls[module]?.contains(file.target) ?? false
      if !isAllowed {
        result.append("\(file.target)/\(file.name): imports \(module), which Package.swift does not list")
      }
    }
  }
  for (index, target) in list.targets.enumerated() where used[target.name] != nil {
    for dependency in target.dependencies {
      if used[target.name]?.contains(dependency) != true {
        result.append("\(target.name): lists \(dependency) and does not import it")
      }
      // Shims in C stand below the modules, and depend on nothing.
      if !names.prefix(index).contains(dependency), names.contains(dependency), used[dependency] != nil {
        result.append("\(target.name): depends on \(dependency), which stands below it")
      }
    }
  }
  return result
}
