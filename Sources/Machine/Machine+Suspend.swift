import DevicesLegacy
import Interpreter
import MMU
import X86

// ACPI S3, suspend to RAM: the processors lose their state, RAM and the chips keep theirs. The firmware's part of waking
// up, which is to jump to the waking vector that the guest left in the FACS, is done here on a board without firmware.
extension Machine {
  /// Whether the processors are off and wait for the real-time clock's alarm.
  public var isSuspended: Bool { platform.isSuspended }

  /// The guest asked for S3: after this instruction the processors are off.
  func requestSuspend() {
    guard processorSet.isModel else { return stop(.reset("ACPI S3, which --backend kvm does not have")) }
    isSuspendRequested = true
    interruptSlice()
  }

  /// Takes the processors' power.
  func suspend() {
    isSuspendRequested = false
    platform.isSuspended = true
    for index in 0..<processorCount { processor(index).initialize(isBootstrap: false) }
    for apic in platform.apics { apic.reset() }
  }

  /// Starts the bootstrap processor at the 32-bit waking vector (ACPI "Firmware ACPI Control Structure").
  func wake() {
    platform.isSuspended = false
    guard memory.romByteCount == 0 else { return wakeFirmware() }
    let field = memory.read(4, at: PhysicalAddress(FirmwareTables.wakingVector)) ?? []
    let vector = field.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard vector != 0, vector < 1 << 20 else {
      return stop(.reset("waking from ACPI S3: the FACS names no waking vector below 1 MiB"))
    }
    for apic in platform.apics { apic.setVirtualWire() }
    processor(0).initialize(isBootstrap: true)
    processor(0).start(UInt16(vector >> 4), UInt16(vector & 15))
  }

  /// Starts firmware at the reset vector; by the clock's RAM it learns that RAM has been kept.
  private func wakeFirmware() {
    let (shutdownStatus, isWaking): (Int, UInt8) = (0x0F, 0xFE)
    platform.rtc.setMemory(shutdownStatus, isWaking)
    for apic in platform.apics { apic.setVirtualWire() }
    processor(0).initialize(isBootstrap: true)
  }
}
