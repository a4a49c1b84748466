// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Client",
  dependencies: [.package(name: "emu", path: "../..")],
  targets: [.executableTarget(name: "Client", dependencies: [.product(name: "EmuMachine", package: "emu")])]
)
