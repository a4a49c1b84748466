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

func room(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
  .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
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
    // Arrows only point down this list.
    room("X86"),
    room("OpcodeLayout"),
    room("X86Decoder", ["X86", "OpcodeLayout"], exclude: ["opcodes.txt"]),
    room("SoftFloat"),
    room("MMU", ["X86", "CHost"]),
    room("DevicesLegacy", ["X86"]),
    room("Interpreter", ["X86", "X86Decoder", "SoftFloat", "MMU"]),
    room("Machine", ["X86", "X86Decoder", "MMU", "DevicesLegacy", "Interpreter"]),
    room("Trace", ["X86", "X86Decoder", "SoftFloat", "MMU", "Interpreter", "Machine"]),
    room("NativeOracle", ["X86", "CNativeOracle"]),
    room("Differential", ["X86", "X86Decoder", "SoftFloat", "MMU", "Interpreter", "Machine"]),
    room("KVM", ["X86", "MMU", "Machine", "CKVM"]),
    room("Debugger", ["X86", "MMU", "Interpreter", "Machine", "Trace"]),
    room(
      "EmuCommands",
      [
        "CHost", "X86", "X86Decoder", "MMU", "Interpreter", "Machine", "Trace", "NativeOracle", "KVM", "Differential",
        "Debugger",
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
    // Debian's libcapstone, for tests only: an independent decoder to compare ours with.
    .systemLibrary(
      name: "CCapstone", pkgConfig: "capstone", providers: [.apt(["libcapstone-dev"])]),

    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
    tests("SoftFloatTests", ["SoftFloat"]),
    tests("X86DecoderTests", ["X86", "X86Decoder", "CCapstone"]),
    tests("DevicesLegacyTests", ["X86", "DevicesLegacy", "TestSupport"]),
    tests(
      "MachineTests", ["X86", "X86Decoder", "MMU", "DevicesLegacy", "Interpreter", "Machine", "Trace", "TestSupport"]),
    tests("TraceTests", ["X86", "MMU", "Trace"]),
    tests("NativeOracleTests", ["X86", "NativeOracle"]),
    tests("DifferentialTests", ["X86", "X86Decoder", "Interpreter", "Differential", "NativeOracle", "TestSupport"]),
    tests("KVMTests", ["X86", "MMU", "Machine", "KVM", "TestSupport", "emu"]),
    tests("DebuggerTests", ["X86", "Debugger", "TestSupport", "emu"]),
    tests(
      "EmuCommandsTests",
      ["X86", "SoftFloat", "MMU", "Interpreter", "Machine", "Trace", "KVM", "EmuCommands", "TestSupport", "emu"]),
  ]
)
