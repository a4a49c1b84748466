import MMU
import X86

extension PageWalkRow {
  /// Pages with protection keys in IA-32e mode: key, PKRU, whether PKE is set.
  private static func key(
    _ name: String, _ key: UInt64, _ pkru: UInt32, format: PagingFormat = .level4, entries: [UInt8: UInt64] = [:],
    intent: AccessIntent = read, _ outcome: Outcome,
    _ change: @escaping @Sendable (inout PagingState) -> Void = { _ in }
  ) -> PageWalkRow {
    var all: [UInt8: UInt64] = [1: page | 7 | key << 59]
    for (level, entry) in entries { all[level] = entry }
    return PageWalkRow(
      name: name, format: format, entries: all,
      change: {
        $0.cr4 |= CR4.protectionKeyEnable
        $0.pkru = pkru
        change(&$0)
      }, intent: intent, outcome: outcome)
  }

  private static let allowed = Outcome.page(page | 0x678, shift: 12)
  private static let (access5, write5): (UInt32, UInt32) = (1 << 10, 2 << 10)

  /// - SDM: Vol. 3A "Protection Keys", "Page-Fault Exceptions".
  static let protectionKeys: [PageWalkRow] = [
    key("key 5 with all rights", 5, ~(access5 | write5), intent: userWrite, allowed),
    key("AD of key 5, a supervisor reads", 5, access5, .fault(0x21, .pageProtectionKey)),
    key("AD of key 5, a user reads", 5, access5, intent: userRead, .fault(0x25, .pageProtectionKey)),
    key("AD of key 5, a user writes", 5, access5, intent: userWrite, .fault(0x27, .pageProtectionKey)),
    key("AD of key 5, a supervisor writes without WP", 5, access5, intent: write, .fault(0x23, .pageProtectionKey)) {
      $0.cr0 &= ~CR0.writeProtect
    },
    key("WD of key 5, a read", 5, write5, intent: userRead, allowed),
    key("WD of key 5, a user writes", 5, write5, intent: userWrite, .fault(0x27, .pageProtectionKey)),
    key("WD of key 5, a supervisor writes", 5, write5, intent: write, .fault(0x23, .pageProtectionKey)),
    key("WD of key 5, a supervisor writes without WP", 5, write5, intent: write, allowed) {
      $0.cr0 &= ~CR0.writeProtect
    },
    key("WD of key 5, a user writes without WP", 5, write5, intent: userWrite, .fault(0x27, .pageProtectionKey)) {
      $0.cr0 &= ~CR0.writeProtect
    },
    key("AD of key 5, a fetch", 5, access5, intent: userFetch, allowed),
    key("AD of key 0 counts for a page without key bits", 0, 1, .fault(0x21, .pageProtectionKey)),
    key("AD of key 15", 15, 1 << 30, .fault(0x21, .pageProtectionKey)),
    key("AD of another key", 4, access5, allowed),
    key("a supervisor page has no key", 5, .max, entries: [1: page | 3 | 5 << 59], allowed),
    key("a page below a supervisor table has no key", 5, .max, entries: [2: table(1) | 3], allowed),
    key("the key of a table is none", 0, access5, entries: [2: table(1) | 7 | 5 << 59], allowed),
    key("PKE is clear", 5, .max, intent: userWrite, allowed) { $0.cr4 &= ~CR4.protectionKeyEnable },
    key("not present", 5, .max, entries: [1: page | 6 | 5 << 59], .fault(0, .pageNotPresent)),
    key("reserved bits", 5, .max, entries: [1: page | 7 | 1 << 50], .fault(9, .pageReservedAddressBits)),
    key(
      "a read-only page says so, with the key's bit", 5, write5, entries: [1: page | 5 | 5 << 59], intent: userWrite,
      .fault(0x27, .pageReadOnly)),
    key(
      "SMAP says so, with the key's bit", 5, access5, intent: smapRead, .fault(0x21, .pageSMAP)
    ) { $0.cr4 |= CR4.supervisorModeAccessPrevention },
    key(
      "a 2 MiB page", 0, access5, entries: [2: 0x4060_0087 | 5 << 59], .fault(0x21, .pageProtectionKey)),
    key(
      "a 1 GiB page", 0, access5, entries: [3: 0x4000_0087 | 5 << 59], intent: userWrite,
      .fault(0x27, .pageProtectionKey)),
    key("5-level paging", 5, access5, format: .level5, .fault(0x21, .pageProtectionKey)),
    key("PAE paging has no keys", 0, .max, format: .pae, intent: userWrite, allowed),
    key(
      "PAE paging reserves their bits", 5, .max, format: .pae, .fault(9, .pageReservedUpperBits)),
    key("32-bit paging has no keys", 0, .max, format: .bits32, intent: userWrite, allowed),
  ]
}
