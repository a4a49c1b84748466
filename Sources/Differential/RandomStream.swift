/// A stream of random words that is a function of its seed alone (SplitMix64), the same on every host.
@frozen public struct RandomStream: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Begins at a seed.
  @inlinable public init(seed: UInt64) { self.init(state: seed) }

  @usableFromInline init(state: UInt64) { self.state = state }

  /// The stream of one test of a campaign: depends on the campaign's seed, the test's number and the purpose.
  public init(campaign seed: UInt64, test number: UInt64, purpose: UInt64) {
    var mixer = RandomStream(state: seed &* 0xD134_2543_DE82_EF95 &+ purpose)
    let first = mixer.next()
    self.init(state: first ^ (number &* 0x9E37_79B9_7F4A_7C15))
    _ = next()
  }

  /// The next word.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number below `bound`, which is 1 to 2^32.
  public mutating func below(_ bound: Int) -> Int {
    Int(truncatingIfNeeded: ((next() >> 32) &* UInt64(bound)) >> 32)
  }

  /// True in `count` of `total` cases.
  public mutating func chance(_ count: Int, of total: Int) -> Bool { below(total) < count }

  /// One of the elements; the array is not empty.
  public mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}
