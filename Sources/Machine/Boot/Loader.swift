import MMU
import X86
import TextForms

/// Writes into guest RAM with errors that name the file.
struct Loader {
  let file: ImageFile
  let memory: GuestMemory
  let options: BootOptions
  /// What is where, so that nothing is laid over the image.
  let layout: Layout
  private let firmwareRSDP: PhysicalAddress?

  init(file: ImageFile, memory: GuestMemory, options: BootOptions, rsdp: PhysicalAddress?) {
    self.file = file
    self.memory = memory
    self.options = options
    layout = Layout(memory: memory)
    firmwareRSDP = rsdp
  }

  /// The RSDP, unless the image lies over the firmware's tables.
  var rsdp: PhysicalAddress? { layout.isTaken(FirmwareTables.area) ? nil : firmwareRSDP }

  func fail(_ problem: String) -> BootError { BootError(file.path, problem) }

  func place(_ bytes: [UInt8], at address: UInt64, _ what: String) throws(BootError) {
    guard memory.write(bytes, at: PhysicalAddress(address)) else {
      throw fail(
        "\(what) of \(bytes.count) bytes at \(Text.hex(address)) does not fit into RAM of \(memory.byteCount) bytes"
      )
    }
  }

  /// Places a part of the image, with zeros up to `byteCount`, where it says; nothing else will lie there.
  func placeImage(_ bytes: ArraySlice<UInt8>, at address: UInt64, byteCount: UInt64, _ what: String) throws(BootError) {
    try place(Array(bytes), at: address, what)
    let end = address &+ UInt64(bytes.count)
    // RAM is zero already, but for what the firmware left in the first MiB.
    let zeroEnd = min(address &+ byteCount, 1 << 20)
    if end < zeroEnd { try place([UInt8](repeating: 0, count: Int(zeroEnd - end)), at: end, what) }
    layout.take(address, max(byteCount, UInt64(bytes.count)))
  }

  /// Places a structure where nothing else lies; gives its address.
  func put(_ bytes: [UInt8], alignment: UInt64 = 16, preferred: UInt64? = nil, _ what: String) throws(BootError)
    -> UInt64
  {
    let address = try reserve(UInt64(bytes.count), alignment: alignment, preferred: preferred, what)
    try place(bytes, at: address, what)
    return address
  }

  /// Finds a place where nothing else lies.
  func reserve(_ byteCount: UInt64, alignment: UInt64, preferred: UInt64?, _ what: String) throws(BootError) -> UInt64 {
    guard let address = layout.reserve(byteCount, alignment: alignment, preferred: preferred) else {
      throw fail("\(what) of \(byteCount) bytes finds no free RAM beside the image in \(memory.byteCount) bytes")
    }
    return address
  }

  /// `--append` and its closing zero, placed.
  func putCommandLine(_ text: String) throws(BootError) -> UInt64 {
    guard text.utf8.count < 0x4000 else { throw fail("--append has \(text.utf8.count) bytes, more than 16383") }
    return try put(Array(text.utf8) + [0], preferred: 0xA000, "command line")
  }

  /// Bytes of a structure from numbers and their sizes.
  static func pack(_ fields: [(UInt64, Int)]) -> [UInt8] {
    var bytes: [UInt8] = []
    for (value, count) in fields {
      for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(index * 8))) }
    }
    return bytes
  }
}

extension Loader {
  /// A little-endian number of some bytes; nothing beyond their end.
  static func number(_ bytes: [UInt8], at offset: Int, _ count: Int) -> UInt64 {
    bytes.dropFirst(offset).prefix(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}

// MARK: Modules

/// A module in RAM.
struct PlacedModule {
  var base: UInt64
  var byteCount: UInt64
  var module: BootModule
}

extension Loader {
  /// The modules below the end of low RAM or `limit`, page-aligned, the last one highest.
  func placeModules(above floor: UInt64 = 0, limit: UInt64 = .max) throws(BootError) -> [PlacedModule] {
    var placed: [PlacedModule] = []
    for module in options.modules.reversed() {
      let content = try ImageFile(path: module.path, limit: memory.byteCount)
      let count = UInt64(content.bytes.count)
      guard let base = layout.reserveHigh(count, alignment: 4096, floor: floor, limit: limit) else {
        let (low, high) = (max(floor, 1 << 20), min(limit, layout.end))
        throw BootError(
          module.path,
          "--initrd of \(count) bytes finds no free RAM between \(Text.hex(low)) and \(Text.hex(high))"
        )
      }
      try place(content.bytes, at: base, "--initrd")
      // Its last page is its own.
      layout.take(base, (count + 0xFFF) & ~0xFFF)
      placed.append(PlacedModule(base: base, byteCount: count, module: module))
    }
    return placed.reversed()
  }

  /// Refuses modules where no structure describes them to the guest.
  func refuseModules(_ kind: String) throws(BootError) {
    guard let first = options.modules.first else { return }
    throw BootError(first.path, "--initrd cannot be handed to \(kind)")
  }
}
