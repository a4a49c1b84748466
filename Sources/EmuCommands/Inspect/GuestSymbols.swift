import Debugger
import Glibc
import HostSystem
import Symbols

/// Names for a guest's addresses, and lines of its source where the host can find them.
final class GuestSymbols {
  /// The names, if there are any.
  let table: SymbolTable?
  /// The file that may hold line information.
  private let linesFile: String?
  /// The file that was read, if it is ELF.
  private let elf: ELFSections?
  private lazy var lines: LineNumbers? = linesFile.flatMap { path in
    let lines = LineNumbers(path)
    if lines == nil { complain("lines of source are left out: addr2line cannot be started: is it installed?") }
    return lines
  }

  /// Reads the file of `--symbols`, or the image itself.
  ///
  /// - Throws: `InputError` if the file that was named cannot be used; an image without usable symbols has none.
  init(_ options: some GuestOptions) throws(InputError) {
    let chosen = options.guest.symbols
    guard let path = chosen ?? options.imagePath else {
      (table, linesFile, elf) = (nil, nil, nil)
      return
    }
    do throws(InputError) {
      (table, linesFile, elf) = try Self.read(path, isChosen: chosen != nil)
    } catch {
      if chosen != nil { throw error }
      complain("\(error.description); its symbols are not used")
      (table, linesFile, elf) = (nil, nil, nil)
    }
  }

  private static func read(_ path: String, isChosen: Bool) throws(InputError) -> (
    SymbolTable?, String?, ELFSections?
  ) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      throw InputError(description: "\(path): cannot be opened: \(HostIO.lastReason)")
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw InputError(description: "\(path): is not a regular file") }
    let bytes: [UInt8]
    do throws(HostError) { bytes = try HostIO.readFile(path) } catch { throw InputError(error) }
    guard isChosen || ELFSections.isELF(bytes) else { return (nil, nil, nil) }
    do throws(SymbolError) {
      guard ELFSections.isELF(bytes) else { return (try SymbolTable.read(bytes), nil, nil) }
      let sections = try ELFSections(bytes)
      let table = try SymbolTable(elf: sections)
      guard table != nil || !isChosen else { throw SymbolError.noTable }
      return (table, sections.hasLineNumbers ? path : nil, sections)
    } catch {
      throw InputError(description: "\(path): \(error.description)")
    }
  }

  /// An ELF file with the names, for GDB: the one that was read, or an ELF64 file made of a list of names.
  var elfFile: [UInt8]? {
    guard let elf else { return table?.elfFile() }
    return table == nil ? nil : elf.bytes
  }

  /// The processors that the file is for. Of a list of names nothing but 64-bit kernels is known to make one.
  var architecture: DebugArchitecture? {
    guard let elf else { return table == nil ? nil : .amd64 }
    return elf.is64 ? .amd64 : .i386
  }

  /// `function+0x12`, with `at file.c:34` if that is known; nil if nothing is.
  func text(of address: UInt64) -> String? {
    guard let name = table?.name(of: address) else { return nil }
    guard let line = line(of: address) else { return name }
    return "\(name) at \(line)"
  }

  /// Whether the file of the symbols has lines of source.
  var hasLines: Bool { linesFile != nil }

  /// `file.c:34`; nil if it is not known.
  func line(of address: UInt64) -> String? { lines?.line(of: address) }
}
