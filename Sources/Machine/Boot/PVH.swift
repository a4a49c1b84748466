import MMU
import X86

extension Loader {
  /// PVH: 32-bit entry with EBX at a start-of-day structure; ELF32 or ELF64.
  ///
  /// - Note: see Xen "x86/HVM direct boot ABI" (docs/misc/pvh.pandoc) and struct hvm_start_info.
  func loadPVH() throws(BootError) -> Attempt {
    guard let elf = try ELFImage(self), let entry = elf.pvhEntry(self) else { return .absent(nil) }
    try elf.load(self)
    var state = try protectedState(entry: entry)
    let modules = try placeModules(limit: 1 << 32)
    var list: [(UInt64, Int)] = []
    for module in modules {
      // Of PVH's command lines none begins with a file's name.
      let text = module.module.commandLine
      let address = text.isEmpty ? 0 : try put(Array(text.utf8) + [0], "command line of a module")
      list += [(module.base, 8), (module.byteCount, 8), (address, 8), (0, 8)]
    }
    let entries = memoryMap(for: memory)
    var map: [(UInt64, Int)] = []
    for entry in entries { map += [(entry.base, 8), (entry.byteCount, 8), (UInt64(entry.type), 4), (0, 4)] }
    let mapAddress = try put(Self.pack(map), preferred: 0x9100, "memory map")
    let listAddress = list.isEmpty ? 0 : try put(Self.pack(list), "module list")
    let text = try putCommandLine(options.commandLine)
    state.generalRegisters[3] = try put(
      Self.pack([
        (0x336E_C578, 4), (1, 4), (0, 4), (UInt64(modules.count), 4), (listAddress, 8), (text, 8),
        (rsdp?.rawValue ?? 0, 8), (mapAddress, 8), (UInt64(entries.count), 4), (0, 4),
      ]), preferred: 0x9000, "start information")
    return .started(state)
  }
}
