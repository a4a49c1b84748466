import DevicesLegacy
import TestSupport
import Testing
import X86

/// Queues at pages 1, 4, 7 and so on, of which each has more buffers than the one before, and the last ones are wild.
private let queues: ScratchMemory.Image = {
  let memory = ScratchMemory(byteCount: 1 << 17)
  var dice = Dice(1)
  for (number, page) in stride(from: UInt64(1), to: 19, by: 3).enumerated() {
    let isWild = number > 3
    let base = page << 12
    for index in 0..<UInt64(256) {
      let flags = isWild ? UInt64(dice.below(8)) : [1, 3, 2][Int(index % 3)]
      let count: UInt64 = [16, dice.pick([512, 1024, 20, 4096]), 1][Int(index % 3)]
      let next = isWild ? UInt64(dice.below(300)) : index + 1
      memory.put(0x1_8000 + UInt64(dice.below(64)) * 16, width: 8, at: base + 16 * index)
      memory.put(count | flags << 32 | next << 48, width: 8, at: base + 16 * index + 8)
      memory.put(UInt64(dice.below(84)) * 3, width: 2, at: base + 0x1004 + 2 * index)
    }
    memory.put(UInt64(number) * 4 + 1, width: 2, at: base + 0x1002)
  }
  for index in 0..<UInt64(128) {
    memory.put(dice.pick([0, 0, 1, 4, 8, 9]), width: 8, at: 0x1_8000 + 16 * index)
    memory.put(UInt64(dice.below(70)), width: 8, at: 0x1_8008 + 16 * index)
  }
  return memory.image
}()

/// Joined in `StateTests`.
let virtioRows: [ChipRow] = [
  row(
    "virtio block device",
    { recorder in
      VirtioBlock(
        storage: ConstantMedium(recorder, byteCount: 64 * 512 + 100),
        memory: ConstantMemory(recorder, ScratchMemory(queues)), interrupt: recorder, serial: "0123456789abcdefghijklm")
    }, drive)
]

@Sendable private func drive(_ chip: VirtioBlock, _ dice: inout Dice, _ now: VirtualTime) -> String {
  let value = dice.next() >> UInt64(dice.pick([0, 32, 56, 60]))
  let width = dice.pick([1, 2, 4, 8])
  switch dice.below(11) {
  case 0:
    chip.configuration.write(7, at: 4, width: 2)
    chip.configurationChanged(at: 4, width: 2, now: now)
    chip.write(0, window: 0, offset: 0x12, width: 1, now: now)
    chip.write(dice.pick([0, 1 << 28, 1 << 9]), window: 0, offset: 4, width: 4, now: now)
    chip.write(UInt64(dice.below(6) * 3 + 1), window: 0, offset: 8, width: 4, now: now)
    chip.write(7, window: 0, offset: 0x12, width: 1, now: now)
    chip.write(0, window: 0, offset: 0x10, width: 2, now: now)
  case 1: chip.write(value, window: 0, offset: UInt64(dice.below(0x90)), width: width, now: now)
  case 2: chip.write(value, window: 1, offset: UInt64(dice.below(0x40)), width: width, now: now)
  case 3: chip.write(0, window: 1, offset: 0xC00, width: 2, now: now)
  case 4:
    let register = dice.pick([4, 0x10, 0x14, 0x3C, 0x88, 0x8C, 0x90, 0x94])
    chip.configuration.write(UInt32(truncatingIfNeeded: value & 0xF), at: register, width: 4)
    chip.configurationChanged(at: register, width: 4, now: now)
  case 5:
    let register = dice.pick([4, 0x94, 0x96, dice.below(256)])
    chip.configurationWillBeRead(at: register, width: 4, now: now)
    return "\(chip.configuration.value(at: register, width: 4))"
  case 6: return "\(chip.read(window: 1, offset: dice.pick([0x400, 0x14]), width: 1, now: now))"
  case 7: chip.write(dice.pick([1, 3, 11, 15, 0]), window: 1, offset: 0x14, width: 1, now: now)
  case 8: return "\(chip.read(window: dice.below(3), offset: UInt64(dice.below(0x1000)), width: width, now: now))"
  default: chip.advance(to: now)
  }
  return "\(chip.read(window: 0, offset: 0xC, width: 8, now: now)) \(String(describing: chip.nextEvent))"
}

@Suite("States of the virtio block device")
struct VirtioStateTests {
  @Test("What is wrong with a state is one sentence with field and value")
  func sentences() {
    var state = VirtioBlock.State()
    state.queue.size = 48
    #expect(VirtioBlock.problem(in: state) == "virtio queue size 48 is no power of 2")
    state = VirtioBlock.State()
    state.configuration.set(0x8086, at: 0, width: 2)
    #expect(VirtioBlock.problem(in: state) == "virtio configuration register 0h is 86h")
    state = VirtioBlock.State()
    state.configuration.allowWrites(1, at: 0, width: 1)
    #expect(VirtioBlock.problem(in: state) == "virtio configuration space is another function's")
    state = VirtioBlock.State()
    state.due = 1
    #expect(VirtioBlock.problem(in: state) == "virtio request is due without a notification")
  }
}
