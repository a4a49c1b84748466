import ArgumentParser
import Glibc

/// What people type who know other machines, in the words of this one.
enum CommandAliases {
  /// Arguments with options of QEMU as options of `emu run`, and what was changed, one sentence each.
  static func translated(_ arguments: [String]) -> (arguments: [String], notes: [String]) {
    guard arguments.first == "run" else { return (arguments, []) }
    var result = ["run"]
    var notes: [String] = []
    var index = 1
    while index < arguments.count {
      let argument = arguments[index]
      if argument == "--" { return (result + arguments[index...], notes) }
      let value = index + 1 < arguments.count ? arguments[index + 1] : nil
      index += 1
      guard let meaning = meaning(argument, value) else {
        result.append(argument)
        // What belongs to an option is no option itself.
        if Self.takesText(argument), let value {
          result.append(value)
          index += 1
        }
        continue
      }
      let typed = meaning.takesValue ? "\(argument) \(value ?? "")" : argument
      notes.append(
        meaning.words.isEmpty
          ? "\(typed) is left out: emu has no display" : "\(typed) is taken as \(meaning.words.joined(separator: " "))")
      result += meaning.words
      if meaning.takesValue { index += 1 }
    }
    return (result, notes)
  }

  private static func takesText(_ argument: String) -> Bool { argument == "--append" }

  /// What an option of QEMU means here; nil if it is none, or its value is missing.
  private static func meaning(_ option: String, _ value: String?) -> (words: [String], takesValue: Bool)? {
    switch option {
    case "-nographic": return ([], false)
    case "-enable-kvm": return (["--backend", "kvm"], false)
    default: break
    }
    guard let value else { return nil }
    switch option {
    case "-m":
      let size = value.hasPrefix("size=") ? String(value.dropFirst(5)) : value
      // A number alone is of MiB there.
      return (["--memory", UInt64(size) == nil ? size : "\(size)M"], true)
    case "-smp":
      let first = value.split(separator: ",").first.map(String.init) ?? value
      return (["--cpus", first.hasPrefix("cpus=") ? String(first.dropFirst(5)) : first], true)
    case "-kernel": return ([value], true)
    case "-initrd": return (["--initrd", value], true)
    case "-append": return (["--append", value], true)
    case "-serial": return (["--serial", value == "mon:stdio" ? "stdio" : value == "null" ? "none" : value], true)
    case "-display": return ([], true)
    default: return nil
    }
  }

  /// A sentence for arguments that name no command; nil if they do.
  static func hint(_ arguments: [String], commands: [String]) -> String? {
    guard let first = arguments.first, !commands.contains(first), first != "help" else { return nil }
    if ["-kernel", "-m", "-smp", "-append", "-initrd", "-serial", "-nographic"].contains(first) {
      return "\(first): a command is missing; emu run IMAGE starts a guest"
    }
    guard !first.hasPrefix("-"), unsafe access(first, F_OK) == 0 else { return nil }
    return "\(first): is a file and no command; emu run \(first) starts it"
  }
}
