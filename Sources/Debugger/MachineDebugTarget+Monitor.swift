import MMU
import Machine
import X86

extension MachineDebugTarget {
  /// One line a command.
  public var monitorHelp: String {
    """
    tick              ticks executed and instructions completed
    walk ADDRESS      the paging-structure entries of a linear address
    events            named events so far, such as unclaimed ports

    """
  }

  /// Answers a command.
  public func monitor(_ command: String, processor: Int) -> String? {
    let words = command.split(separator: " ")
    switch (words.first, words.count) {
    case ("tick", 1): return "\(machine.executedTicks) ticks, \(machine.retiredInstructions) instructions\n"
    case ("walk", 2): return walk(words[1], processor)
    case ("walk", _): return "monitor walk takes one linear address, such as 0xfee00000\n"
    case ("events", 1):
      let lines = machine.events.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value) times)\n" }
      return lines.isEmpty ? "none\n" : lines.joined()
    default: return nil
    }
  }

  private func walk(_ text: Substring, _ processor: Int) -> String {
    let number = text.hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : UInt64(text)
    guard let linear = number else { return "monitor walk \(text): \(text) is not an address\n" }
    let walk = machine.walk(linear, processor: processor)
    var lines = ""
    let names = ["", "PTE", "PDE", "PDPTE", "PML4E", "PML5E"]
    for index in 0..<min(walk.stepCount, 5) {
      let step = walk.steps[index]
      let name = Int(step.level) < names.count ? names[Int(step.level)] : "entry"
      let place = step.address.rawValue == .max ? "register" : "at 0x\(String(step.address.rawValue, radix: 16))"
      lines += "\(name) \(place) = 0x\(String(step.value, radix: 16))\n"
    }
    if let code = walk.fault { return lines + "not mapped: #PF(0x\(String(code, radix: 16)))\n" }
    let rights = [
      walk.isUserPage ? "user" : "supervisor", walk.isWritable ? "writable" : "read-only",
      walk.isExecuteDisabled ? "no execute" : "executable",
    ]
    let size =
      walk.pageShift == 0 ? "no paging" : "\(1 << (walk.pageShift - 10)) KiB page, \(rights.joined(separator: ", "))"
    return lines + "physical 0x\(String(walk.physical, radix: 16)), \(size)\n"
  }
}
