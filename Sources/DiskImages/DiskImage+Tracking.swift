extension DiskImage {
  /// Groups of the disk that may hold anything but zeros for the guest.
  var dataGroups: GroupSet {
    var result = GroupSet(byteCount: byteCount)
    var next: UInt64 = 0
    while let data = image.nextData(from: next) {
      result.insert(data.lowerBound, data.upperBound - data.lowerBound)
      next = data.upperBound
    }
    let size = UInt64(OverlayStorage.clusterByteCount)
    for cluster in overlay?.writtenClusters ?? [] { result.insert(cluster * size, size) }
    return result
  }

  /// Begins to follow which groups of 64 KiB change; at first those count that may be other than zero.
  ///
  /// It takes a bit for each group. A disk of more than 16 TiB has larger groups, so that it is at most 32 MiB. What an
  /// overlay takes back or puts back counts too; a move of the disk changes nothing.
  public func beginTracking() { (changes, nextChange) = (dataGroups, 0) }

  /// Bytes of the groups that `takeDirtyRanges` has to give.
  public var dirtyByteCount: UInt64 { changes?.heldByteCount ?? 0 }

  /// Takes ranges of whole groups that may have changed since they were taken last, and forgets them.
  ///
  /// What is read from the disk afterwards is at least as new.
  ///
  /// - Parameter byteCount: the ranges end once they have so many bytes; the next call goes on there.
  /// - Returns: ranges in rising order from where the last call ended, then from the start of the disk.
  public func takeDirtyRanges(byteCount: UInt64 = .max) -> [Range<UInt64>] {
    var result: [Range<UInt64>] = []
    var taken: UInt64 = 0
    while taken < byteCount, let group = changes?.first(from: nextChange) ?? changes?.first(from: 0),
      let range = changes?.range(of: group)
    {
      changes?.remove(group)
      nextChange = group + 1
      taken += range.upperBound - range.lowerBound
      if let last = result.last, last.upperBound == range.lowerBound {
        result[result.count - 1] = last.lowerBound..<range.upperBound
      } else {
        result.append(range)
      }
    }
    if changes?.count == 0 { nextChange = 0 }
    return result
  }

  /// A cluster of the overlay's size counts as changed.
  public func markDirty(cluster: UInt64) {
    let size = UInt64(OverlayStorage.clusterByteCount)
    changes?.insert(cluster * size, size)
  }

  /// Ends that, and frees the memory.
  public func endTracking() { changes = nil }
}
