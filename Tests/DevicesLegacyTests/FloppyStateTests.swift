import DevicesLegacy
import TestSupport
import Testing
import X86

/// Memory whose bytes are always the same, so that a restored chip reads what the captured one read; writes are
/// recorded.
final class ConstantMemory: BusMasterMemory {
  private let recorder: Recorder
  private let memory: ScratchMemory

  init(_ recorder: Recorder, _ memory: ScratchMemory) {
    self.recorder = recorder
    self.memory = memory
  }

  func read(at address: UInt64, count: Int) -> [UInt8] { memory.read(at: address, count: count) }
  func write(_ bytes: [UInt8], at address: UInt64) { recorder.log.append("\(address) \(bytes.hashText)") }
}

/// A medium whose bytes are always the same; writes are recorded.
final class ConstantMedium: BlockStorage {
  private let recorder: Recorder
  let byteCount: UInt64
  let isReadOnly: Bool

  init(_ recorder: Recorder, byteCount: UInt64, isReadOnly: Bool = false) {
    self.recorder = recorder
    self.byteCount = byteCount
    self.isReadOnly = isReadOnly
  }

  func read(at offset: UInt64, count: Int) -> [UInt8]? {
    precondition(offset + UInt64(count) <= byteCount)
    return offset >> 9 & 0x1F == 0x1F ? nil : [UInt8](repeating: UInt8(truncatingIfNeeded: offset >> 9), count: count)
  }

  func write(_ bytes: [UInt8], at offset: UInt64) -> Bool {
    precondition(offset + UInt64(bytes.count) <= byteCount && !isReadOnly)
    recorder.log.append("medium \(offset) \(bytes.hashText)")
    return offset >> 9 & 0x1F != 0x1E
  }

  func flush() -> Bool {
    recorder.log.append("flush")
    return true
  }
}

extension [UInt8] {
  /// Their number and a sum of them, the same in every run.
  fileprivate var hashText: String { "\(count) \(reduce(5381 as UInt64) { $0 &* 33 &+ UInt64($1) })" }
}

/// Joined in `StateTests`.
let floppyRows: [ChipRow] = [
  row("DMA", { DMA8237(memory: ConstantMemory($0, ScratchMemory(byteCount: 1 << 16))) }) { chip, dice, _ in
    let value = UInt8(truncatingIfNeeded: dice.next())
    switch dice.below(9) {
    case 0: chip.setRequest(dice.below(9), dice.below(2) == 0)
    case 1, 2:
      let bytes = [UInt8](repeating: value, count: dice.pick([0, 1, 7, 512, 512, 512, 3000]))
      return "\(chip.transferToMemory(dice.below(9), bytes))"
    case 3: return "\(chip.transferFromMemory(dice.below(9), count: dice.pick([-1, 0, 1, 7, 512, 512, 3000])))"
    case 4: chip.setByte(dice.pick([0x0A, 0x0E, 0xD4, 0xDC]), dice.pick([0, 1, 2, 3]))
    case 5: chip.setByte(dice.pick([0x0B, 0xD6]), dice.pick([value, 0x40 | value & 0x3F, 0xC0]))
    case 6: return "\(chip.byte(UInt64(dice.below(0x100))))"
    case 7: chip.setByte(UInt64(dice.below(8)), value)
    default: if dice.below(4) == 0 { chip.setByte(UInt64(dice.below(0x100)), value) }
    }
    return "\(chip.isReady(dice.below(9)))"
  },
  row("floppy controller", { FloppyWithDMA($0) }, driveFloppy),
]

/// The controller with the DMA controllers that it moves data by.
private final class FloppyWithDMA: RestorableChip {
  struct State: Equatable, Sendable, Codable {
    var dma: DMA8237.State
    var floppy: FloppyController82077AA.State
  }

  let dma: DMA8237
  let floppy: FloppyController82077AA

  init(_ recorder: Recorder) {
    dma = DMA8237(memory: ConstantMemory(recorder, ScratchMemory(byteCount: 1 << 17)))
    let media = [
      try? FloppyMedium(ConstantMedium(recorder, byteCount: 1_474_560)),
      try? FloppyMedium(ConstantMedium(recorder, byteCount: 368_640, isReadOnly: true)), nil,
    ]
    floppy = FloppyController82077AA(drives: media, dma: dma, interrupt: recorder)
  }

  var state: State { State(dma: dma.state, floppy: floppy.state) }

  func restore(_ state: State) {
    dma.restore(state.dma)
    floppy.restore(state.floppy)
  }

  static func problem(in state: State) -> String? {
    DMA8237.problem(in: state.dma) ?? FloppyController82077AA.problem(in: state.floppy)
  }

  /// Opens channel 2 for some bytes.
  func openChannel(_ mode: UInt8, _ count: UInt8) {
    let bytes: [(UInt64, UInt8)] = [
      (0xD6, 0xC0), (0xD4, 0), (0x0C, 0), (0x04, 0), (0x04, 0), (0x05, 0xFF), (0x05, count), (0x0B, mode), (0x0A, 2),
    ]
    for (port, value) in bytes { dma.setByte(port, value) }
  }
}

@Sendable private func driveFloppy(
  _ pair: FloppyWithDMA, _ dice: inout Dice, _ now: VirtualTime
) -> String {
  let chip = pair.floppy
  let value = UInt8(truncatingIfNeeded: dice.next())
  switch dice.below(13) {
  case 12: pair.openChannel(dice.pick([0x46, 0x4A, 0x42, 0x56, 0x5A]), dice.pick([0, 1, 3, 0x23]))
  case 0: chip.setByte(2, dice.pick([0x1C, 0x1C, 0x2D, 0x4E, 0x08, value]), now: now)
  case 1: chip.setByte(dice.pick([0, 1, 3, 4, 7]), dice.pick([0, 0, 2, value]), now: now)
  case 2: chip.setByte(5, dice.pick([8, 8, 3, 7, 0xE, 0xF, 0x13, 0x94, 0x12, 0xCF, 0x8F, value]), now: now)
  case 3:
    let code = dice.pick([0x42, 0xC5, 0xE6, 0x46, 0x49, 0x4C, 0x6C, 0xD6, 0x4D, 0x4A] as [UInt8])
    let unit: UInt8 = dice.pick([0, 4, 0, 1, value])
    for byte in [code, unit, 0, unit >> 2 & 1, UInt8(dice.below(20)), 2, 9, 0x1B, value] {
      chip.setByte(5, byte, now: now)
    }
  case 4: for _ in 0..<dice.pick([10, 600]) { _ = chip.byte(5, now: now) }
  case 5: for _ in 0..<dice.pick([4, 512]) { chip.setByte(5, value & 0x1F, now: now) }
  case 6: for byte in [3, 0xDF, value & 1] as [UInt8] { chip.setByte(5, byte, now: now) }
  case 7: for byte in [0xF, value & 3, value >> 4] { chip.setByte(5, byte, now: now) }
  case 8: for byte in [7, value & 3] { chip.setByte(5, byte, now: now) }
  default:
    chip.advance(to: now)
    return "\(chip.byte(5, now: now)) \(chip.byte(UInt64(dice.below(8)), now: now))"
  }
  return "\(chip.byte(4, now: now)) \(String(describing: chip.nextEvent))"
}

@Suite("States of DMA and floppy controllers")
struct FloppyStateTests {
  @Test("What is wrong with a state is one sentence with field and value")
  func sentences() {
    var dma = DMA8237(memory: ScratchMemory(byteCount: 0)).state
    dma.controllers[1].channels[2].mode = 1
    #expect(DMA8237.problem(in: dma) == "DMA controller 1 channel 2 mode 1h has bits outside FCh")
    dma = DMA8237.State()
    dma.pages = []
    #expect(DMA8237.problem(in: dma) == "DMA pages has 0 entries, not 16")
    var floppy = FloppyController82077AA.State()
    floppy.command = [0x08]
    #expect(FloppyController82077AA.problem(in: floppy) == "floppy command bytes 1 is not 0...0")
    floppy.command = [0x0F, 0]
    #expect(FloppyController82077AA.problem(in: floppy) == nil)
    floppy.result = [0]
    #expect(FloppyController82077AA.problem(in: floppy) == "floppy controller is in two phases")
    floppy = FloppyController82077AA.State()
    floppy.drives[1].seekEnd = 5
    #expect(FloppyController82077AA.problem(in: floppy) == "floppy drive 1 seeks and is not busy")
  }
}
