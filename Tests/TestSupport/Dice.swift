/// SplitMix64: the same numbers for a seed on every host.
public struct Dice: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Begins at a seed.
  public init(_ seed: UInt64) { state = seed }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number below `bound`, which is positive.
  public mutating func below(_ bound: Int) -> Int { Int(next() >> 33) % bound }

  /// One of the elements; the array is not empty.
  public mutating func pick<Element>(_ choices: [Element]) -> Element { choices[below(choices.count)] }
}
