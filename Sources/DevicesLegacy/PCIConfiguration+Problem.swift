extension PCIConfiguration {
  /// What cannot have become of a configuration that was `reset` after reset, if only software has written it.
  ///
  /// - Parameter name: the function's.
  func problem(_ name: String, after reset: PCIConfiguration) -> String? {
    guard bytes.count == reset.bytes.count, writable == reset.writable, windows == reset.windows else {
      return "\(name) has other registers in configuration space"
    }
    for register in bytes.indices where (bytes[register] ^ reset.bytes[register]) & ~writable[register] != 0 {
      let (place, value) = (FieldCheck.hexadecimal(register), FieldCheck.hexadecimal(bytes[register]))
      return "\(name) holds \(value) at \(place) of configuration space, where not all bits can be written"
    }
    return nil
  }
}
