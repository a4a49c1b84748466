/// A message on the interrupt bus, from an I/O APIC or a local APIC.
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
}
