/// A message on the interrupt bus, from an I/O APIC, a local APIC or a message-signalled write.
public struct InterruptMessage: Equatable, Sendable, Codable {
  /// Delivery modes (SDM Vol. 3A "Local Vector Table").
  public enum Delivery: UInt8, Sendable, Codable {
    case fixed, lowestPriority, systemManagement, reserved, nonMaskable, initialize, startUp, external
  }
  /// APIC id, or a set of logical ids.
  public var destination: UInt32
  /// `destination` is logical.
  public var isLogical: Bool
  /// How it is delivered.
  public var delivery: Delivery
  /// The vector.
  public var vector: UInt8
  /// Level-triggered.
  public var isLevel: Bool

  /// Makes a message.
  public init(destination: UInt32, isLogical: Bool, delivery: Delivery, vector: UInt8, isLevel: Bool) {
    self.destination = destination
    self.isLogical = isLogical
    self.delivery = delivery
    self.vector = vector
    self.isLevel = isLevel
  }

  /// The message that a write to FEExxxxxh stands for (SDM Vol. 3A "Message Signalled Interrupts").
  public init(address: UInt64, data: UInt32) {
    self.init(
      destination: UInt32(truncatingIfNeeded: address >> 12) & 0xFF, isLogical: address & 4 != 0,
      delivery: Delivery(rawValue: UInt8(truncatingIfNeeded: data >> 8) & 7) ?? .fixed,
      vector: UInt8(truncatingIfNeeded: data), isLevel: data & 0x8000 != 0)
  }
}
