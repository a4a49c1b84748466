import DevicesLegacy

// Chips that only the map knows. Those that `PlatformState` has fields for are saved there; the state of any other chip
// is saved under the chip's name in the map, in the same section of a snapshot.

extension Platform {
  /// The names of the chips that have no field, and the chips.
  private var addedChips: [(name: String, chip: any RestorableChip)] {
    let own: [AnyObject?] = [
      pic, pit, rtc, serial, ioapic, keyboard, power, coprocessor, display, systemControlA, systemControlB, bridge,
      hpet, testDevice, firmware,
    ]
    return bus.chips.compactMap { name, chip in
      guard !own.contains(where: { $0 === chip }), let chip = chip as? any RestorableChip else { return nil }
      return (name, chip)
    }
  }

  /// Their states, for a restore into the same process.
  func captureAddedChips() -> [any Sendable] { addedChips.map { $0.chip.sendableState } }

  /// What follows from states that have been put back: where windows are, and which pages are read-only.
  private func followRestoredChips() {
    pci?.findWindows()
    shadow?.adopt()
  }

  /// Puts their states back.
  func restoreAddedChips(_ states: [any Sendable]) {
    for (added, state) in zip(addedChips, states) { added.chip.restore(sendable: state) }
    followRestoredChips()
  }

  /// Their states as members of the section `chips`.
  ///
  /// - Throws: the sentence of an impossible state.
  func encodeAddedChips() throws -> [(key: String, value: CBOR)] {
    try addedChips.map { ($0.name, try $0.chip.encodedState()) }
  }

  /// Puts back what such members say; a file from before a chip was there leaves it as it is.
  ///
  /// - Throws: the sentence of an impossible state.
  func decodeAddedChips(_ members: [(key: String, value: CBOR)]) throws(CBORError) {
    for (name, chip) in addedChips {
      if let member = members.first(where: { $0.key == name }) { try chip.restore(encoded: member.value) }
    }
    followRestoredChips()
  }
}

extension RestorableChip {
  fileprivate var sendableState: any Sendable { state }

  fileprivate func restore(sendable state: any Sendable) {
    if let state = state as? State { restore(state) }
  }

  fileprivate func encodedState() throws -> CBOR {
    let state = state
    if let problem = Self.problem(in: state) { throw CBORError(problem) }
    return try CBOREncoder.encode(state)
  }

  fileprivate func restore(encoded value: CBOR) throws(CBORError) {
    let state = try CBORDecoder.decode(State.self, from: value.bytes)
    if let problem = Self.problem(in: state) { throw CBORError(problem) }
    restore(state)
  }
}
