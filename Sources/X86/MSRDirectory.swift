/// The table of MSRs: `rows`, and how a number is found in it.
public enum MSRTable {
  /// How many values `MSRValues` of a processor has space for.
  public static let slotCapacity = 64

  /// The numbers that an MSR can have: the three ranges of 2,000h that the MSR bitmaps of VMX and SVM cover.
  ///
  /// - SDM: Vol. 3C "MSR-Bitmap Address".
  /// - APM: Vol. 2 "MSR Intercepts".
  private static let windows = [0, extendedWindow, amdWindow]
  private static var windowBits: UInt32 { 13 }

  /// What RDMSR and WRMSR need of an MSR of any model; nil if there is no such MSR.
  public static func facts(of number: UInt32) -> MSRFacts? {
    guard let index = rowIndex(of: number) else { return nil }
    return allFacts[index]
  }

  /// The row of a number; nil if there is no such MSR.
  public static func row(of number: UInt32) -> MSRRow? { rowIndex(of: number).map { rows[$0] } }

  /// The row of a value that instructions use.
  public static func row(of place: MSRPlace) -> MSRRow? { rows.first { $0.place == place } }

  /// The name of a number, such as `IA32_PAT` or `x2APIC register 30h`; nil if there is no such MSR.
  public static func name(of number: UInt32) -> String? {
    guard let row = row(of: number) else { return nil }
    guard row.numbers.count > 1 else { return row.name }
    return "\(row.name) \(String(number - row.numbers.lowerBound, radix: 16))h"
  }

  /// The numbers of the rows that are exported to all of some places, ascending.
  public static func numbers(exportedTo exports: MSRExports) -> [UInt32] {
    rows.filter { $0.exports.isSuperset(of: exports) }.map(\.numbers.lowerBound)
  }

  /// The values after power-up by slot.
  public static let resetValues: [UInt64] = {
    var values = [UInt64](repeating: 0, count: slotCapacity)
    for (row, facts) in zip(rows, allFacts) where row.isStored { values[Int(facts.slot)] = row.reset }
    return values
  }()

  // MARK: How a number is found

  private static func rowIndex(of number: UInt32) -> Int? {
    let low = Int(number & (1 << windowBits - 1))
    let entry: UInt8
    switch number >> windowBits {
    case 0: entry = directory[low]
    case extendedWindow >> windowBits: entry = directory[1 << windowBits + low]
    case amdWindow >> windowBits: entry = directory[2 << windowBits + low]
    default: return nil
    }
    return entry == 0 ? nil : Int(entry) - 1
  }

  /// One more than the index of each number's row, window by window; 0 where there is no MSR.
  private static let directory: [UInt8] = {
    precondition(rows.count < 256, "rows of MSRs need wider entries")
    var entries = [UInt8](repeating: 0, count: windows.count << windowBits)
    for (index, row) in rows.enumerated() {
      for number in row.numbers {
        guard let window = windows.firstIndex(of: number & ~(1 << windowBits - 1)) else {
          preconditionFailure("MSR \(row.name) lies outside the windows")
        }
        entries[window << windowBits + Int(number & (1 << windowBits - 1))] = UInt8(index + 1)
      }
    }
    return entries
  }()

  /// Values that instructions use have the slots of their places; the others follow in the order of the rows.
  private static let allFacts: [MSRFacts] = {
    var next = MSRPlace.allCases.count
    return rows.map { row in
      guard row.isStored else { return MSRFacts(row, slot: 0) }
      if let place = row.place { return MSRFacts(row, slot: place.rawValue) }
      next += 1
      precondition(next <= slotCapacity, "MSRTable.slotCapacity is too small for the rows")
      return MSRFacts(row, slot: UInt8(next - 1))
    }
  }()
}
