// swift-tools-version: 6.2
import PackageDescription

/// The settings every target shares: Swift 6, strict memory safety, warnings as errors.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

func module(
  _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = [], resources: [Resource] = []
) -> Target {
  .target(name: name, dependencies: dependencies, exclude: exclude, resources: resources, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
  .testTarget(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

let package = Package(
  name: "emu",
  products: [
    .executable(name: "emu", targets: ["emu"]),
    .library(name: "EmuMachine", targets: ["Machine"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    // Each module depends on modules above it only; the test ModuleTests holds the sources to this list.
    module("X86"),
    module("TextForms"),
    module("HostSystem"),
    module("OpcodeLayout"),
    module("X86Decoder", ["X86", "OpcodeLayout"], exclude: ["opcodes.txt"]),
    module("SoftFloat"),
    module("MMU", ["X86", "CHost"]),
    module("DevicesLegacy", ["X86"]),
    module("DiskImages", ["TextForms", "HostSystem", "DevicesLegacy", "CHost"]),
    module("Screen", ["DevicesLegacy"]),
    module("Interpreter", ["X86", "TextForms", "X86Decoder", "SoftFloat", "MMU"]),
    module(
      "Machine",
      ["X86", "TextForms", "HostSystem", "X86Decoder", "MMU", "DevicesLegacy", "DiskImages", "Interpreter"]),
    module("Inspection", ["X86", "TextForms", "MMU"]),
    module("Symbols", ["TextForms"]),
    module("FaultReports", ["X86", "TextForms", "X86Decoder", "MMU", "Interpreter", "Machine", "Inspection"]),
    module(
      "Trace",
      ["X86", "TextForms", "X86Decoder", "SoftFloat", "MMU", "Interpreter", "Machine", "Inspection", "FaultReports"]),
    module(
      "Viewer", ["X86", "TextForms", "Trace"],
      resources: [
        "page.html", "style.css", "model.js", "kit.js", "timeline.js", "list.js", "step.js", "paging.js", "tables.js",
        "main.js",
      ].map { .embedInCode($0) }),
    module("InstructionTesting"),
    module("NativeOracle", ["X86", "InstructionTesting", "CNativeOracle"]),
    module(
      "ModelExecution",
      ["X86", "TextForms", "X86Decoder", "SoftFloat", "MMU", "Interpreter", "InstructionTesting"]),
    module(
      "Differential",
      ["X86", "TextForms", "X86Decoder", "MMU", "Interpreter", "InstructionTesting", "ModelExecution"]),
    module(
      "EngineComparison",
      [
        "X86", "TextForms", "X86Decoder", "SoftFloat", "MMU", "DevicesLegacy", "Interpreter", "Machine",
        "InstructionTesting", "ModelExecution", "Differential",
      ]),
    module(
      "KVM",
      ["X86", "TextForms", "HostSystem", "MMU", "DevicesLegacy", "Machine", "InstructionTesting", "CKVM"]),
    module(
      "Debugger",
      ["X86", "TextForms", "HostSystem", "MMU", "Interpreter", "Machine", "Inspection", "FaultReports", "Trace"]),
    module(
      "EmuCommands",
      [
        "X86", "TextForms", "HostSystem", "X86Decoder", "CHost", "MMU", "DevicesLegacy", "DiskImages", "Screen",
        "Interpreter", "Machine", "Inspection",
        "Symbols",
        "FaultReports", "Trace", "Viewer", "InstructionTesting", "NativeOracle", "ModelExecution", "Differential",
        "EngineComparison", "KVM", "Debugger",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(name: "emu", dependencies: ["EmuCommands"], swiftSettings: strict),

    // Header-only shim over host calls that Swift's Glibc module does not show.
    .target(name: "CHost"),
    // The child process of NativeOracle, which must not run Swift; empty on other hosts than x86-64 Linux.
    .target(name: "CNativeOracle"),
    // Header-only shim over <linux/kvm.h>; empty elsewhere.
    .systemLibrary(name: "CKVM"),
    // Reads opcodes.txt and writes Sources/X86Decoder/*.generated.swift; never part of emu itself.
    .executableTarget(name: "OpcodeTableGenerator", dependencies: ["OpcodeLayout"], swiftSettings: strict),
    // What `make budgets` compares the size of emu with; never part of emu itself.
    .executableTarget(
      name: "EmptyCommand", dependencies: [.product(name: "ArgumentParser", package: "swift-argument-parser")],
      swiftSettings: strict),
    // Measures the decoder's throughput for `make budgets`; never part of emu itself.
    .executableTarget(name: "DecoderBenchmark", dependencies: ["X86Decoder"], swiftSettings: strict),
    // Debian's libcapstone, for tests only: an independent decoder to compare ours with.
    .systemLibrary(
      name: "CCapstone", pkgConfig: "capstone", providers: [.apt(["libcapstone-dev"])]),

    .target(
      name: "TestSupport", dependencies: ["X86", "MMU", "Interpreter", "ModelExecution"], path: "Tests/TestSupport",
      swiftSettings: strict),
    tests("ModuleTests", ["X86Decoder"]),
    tests("OpcodeTableGeneratorTests", ["OpcodeLayout", "OpcodeTableGenerator"]),
    // The host's floating-point units as tests ask them, in any mode; no oracle on other hosts than x86-64.
    .target(name: "CFloatOracle", path: "Tests/CFloatOracle"),
    tests("SoftFloatTests", ["X86", "SoftFloat", "Interpreter", "NativeOracle", "CFloatOracle"]),
    tests("X86DecoderTests", ["X86", "X86Decoder", "CCapstone"]),
    tests("MMUTests", ["X86", "MMU", "Interpreter", "TestSupport"]),
    tests(
      "InterpreterTests",
      ["X86", "MMU", "Interpreter", "InstructionTesting", "NativeOracle", "ModelExecution", "TestSupport"]),
    tests("DevicesLegacyTests", ["X86", "DevicesLegacy", "TestSupport"]),
    tests("DiskImagesTests", ["DevicesLegacy", "DiskImages", "TestSupport"]),
    tests("ScreenTests", ["X86", "DevicesLegacy", "Screen", "TestSupport"]),
    tests(
      "MachineTests",
      [
        "X86", "X86Decoder", "MMU", "DevicesLegacy", "Interpreter", "Machine", "FaultReports", "ModelExecution",
        "TestSupport",
      ]),
    tests("InspectionTests", ["X86", "MMU", "Inspection", "TestSupport"]),
    tests("SymbolsTests", ["Symbols", "TestSupport"]),
    tests("TraceTests", ["X86", "MMU", "Inspection", "Trace"]),
    tests("ViewerTests", ["Trace", "Viewer"]),
    tests("NativeOracleTests", ["InstructionTesting", "NativeOracle"]),
    tests(
      "DifferentialTests",
      [
        "X86", "X86Decoder", "Interpreter", "InstructionTesting", "NativeOracle", "ModelExecution", "Differential",
        "TestSupport",
      ]),
    tests(
      "EngineComparisonTests",
      [
        "X86", "X86Decoder", "MMU", "Interpreter", "Machine", "InstructionTesting", "Differential", "EngineComparison",
        "TestSupport",
      ]),
    tests(
      "KVMTests",
      ["X86", "MMU", "DevicesLegacy", "Machine", "InstructionTesting", "KVM", "CKVM", "TestSupport", "emu"]),
    tests("DebuggerTests", ["X86", "Debugger", "TestSupport", "emu"]),
    tests(
      "EmuCommandsTests",
      [
        "X86", "SoftFloat", "HostSystem", "MMU", "Interpreter", "Machine", "Inspection", "InstructionTesting",
        "ModelExecution",
        "Differential", "KVM",
        "EmuCommands", "TestSupport", "emu", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
  ]
)
