import Glibc

extension HostIO {
  /// Reads exactly so many bytes from a place of a file; nil if the host fails or the file has fewer.
  package static func read(_ descriptor: Int32, at offset: UInt64, count: Int) -> [UInt8]? {
    guard let place = place(offset, count) else { return nil }
    var bytes = [UInt8](repeating: 0, count: count)
    let isWhole = unsafe bytes.withUnsafeMutableBytes { area in
      guard let start = area.baseAddress else { return true }
      var done = 0
      while done < area.count {
        let got = unsafe pread(descriptor, start + done, area.count - done, place + done)
        if got < 0 && errno == EINTR { continue }
        guard got > 0 else { return false }
        done += got
      }
      return true
    }
    return isWhole ? bytes : nil
  }

  /// Writes bytes to a place of a file; gives how many were written, fewer than all if the host fails.
  package static func write(_ descriptor: Int32, _ bytes: [UInt8], at offset: UInt64) -> Int {
    guard let place = place(offset, bytes.count) else { return 0 }
    return unsafe bytes.withUnsafeBytes { area in
      guard let start = area.baseAddress else { return 0 }
      var done = 0
      while done < area.count {
        let put = unsafe pwrite(descriptor, start + done, area.count - done, place + done)
        if put < 0 && errno == EINTR { continue }
        guard put > 0 else { return done }
        done += put
      }
      return done
    }
  }

  /// A place as the host's calls take it; nil if they cannot.
  private static func place(_ offset: UInt64, _ count: Int) -> Int? {
    guard count >= 0, let place = Int(exactly: offset), place <= Int.max - count else { return nil }
    return place
  }
}
