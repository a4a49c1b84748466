import Testing
import X86

@testable import Debugger

@Suite("Upper halves of YMM registers")
struct UpperVectorTests {
  @Test("GDB's feature has them where the processor does", arguments: [(false, 0), (true, 16)])
  func listed(_ hasAVX: Bool, _ count: Int) {
    let table = RegisterTable.of(RegisterTable.Choice(architecture: .amd64, listsAll: false, hasAVX: hasAVX))
    let names = table.all.filter { $0.feature == .avx }.map(\.name)
    #expect(names == (0..<count).map { "ymm\($0)h" })
    let description = String(decoding: TargetDescription.xml(table, is16Bit: false), as: UTF8.self)
    #expect(description.contains("org.gnu.gdb.i386.avx") == hasAVX)
  }

  @Test("A value goes in and comes out")
  func value() throws {
    let table = RegisterTable.of(RegisterTable.Choice(architecture: .amd64, listsAll: false, hasAVX: true))
    let register = try #require(table.all.first { $0.name == "ymm3h" })
    var state = ArchitecturalState()
    let bytes = (0..<16).map { UInt8($0 + 1) }
    register.write(&state, bytes)
    #expect(state.upperVectors[6] == 0x0807_0605_0403_0201 && state.upperVectors[7] == 0x100F_0E0D_0C0B_0A09)
    #expect(register.read(state) == bytes)
  }

  @Test("PKRU is there where the processor has it, in GDB's own feature", arguments: [false, true])
  func keys(_ hasKeys: Bool) throws {
    let table = RegisterTable.of(
      RegisterTable.Choice(architecture: .amd64, listsAll: false, hasAVX: true, hasProtectionKeys: hasKeys))
    let description = String(decoding: TargetDescription.xml(table, is16Bit: false), as: UTF8.self)
    #expect(description.contains("org.gnu.gdb.i386.pkeys") == hasKeys)
    let register = table.all.first { $0.name == "pkru" }
    #expect((register != nil) == hasKeys)
    guard let register else { return }
    var state = ArchitecturalState()
    register.write(&state, [0x54, 0x55, 0x55, 0x55])
    #expect(state.pkru == 0x5555_5554 && register.read(state) == [0x54, 0x55, 0x55, 0x55])
  }
}
