public import InstructionTesting
import X86

/// Makes the test of a difference smaller while it still shows the same difference.
public struct Minimizer {
  private let subject: any InstructionRunner
  private let oracle: any InstructionRunner
  private let classifier: Classifier

  /// A minimiser that asks both sides again.
  public init(subject: any InstructionRunner, oracle: any InstructionRunner, classifier: Classifier) {
    self.subject = subject
    self.oracle = oracle
    self.classifier = classifier
  }

  /// The smallest test that it finds with the same fingerprint; of a sequence the instructions that matter.
  public func minimize(_ divergence: Divergence) throws -> Divergence {
    var best = divergence
    try dropInstructions(&best, divergence.fingerprint)
    let original = best.reproducer.input
    let fingerprint = divergence.fingerprint
    func attempt(_ change: (inout InstructionTest) -> Void) throws {
      var candidate = best.reproducer
      change(&candidate)
      guard let smaller = try check(candidate), smaller.fingerprint == fingerprint else { return }
      best = smaller
    }
    try attempt { test in
      let code = test.input.rip
      test.input = UserState()
      test.input.rip = code
      test.input.selectors = original.selectors
      test.input.generalRegisters = original.generalRegisters
    }
    for index in 0..<16 { try attempt { $0.input.generalRegisters[index] = 0 } }
    for index in 0..<16 {
      try attempt { test in
        for word in index * 4..<index * 4 + 4 { test.input.ymm[word] = 0 }
      }
    }
    for index in 0..<64 {
      try attempt { $0.input.ymm[index] = 0 }
      try attempt { $0.input.window[index] = 0 }
    }
    for index in 0..<16 { try attempt { $0.input.st[index] = 0 } }
    let flags = original.rflags
    for bit in 0..<22 as Range<UInt64> where flags & (1 << bit) != 0 && bit != 1 && bit != 9 {
      try attempt { $0.input.rflags &= ~(1 << bit) }
    }
    try attempt { $0.input.mxcsr = 0x1F80 }
    try attempt { $0.input.fcw = 0x37F }
    try attempt { $0.input.fsw = 0 }
    try attempt { $0.input.ftw = 0 }
    try attempt { $0.input.fsBase = 0 }
    try attempt { $0.input.gsBase = 0 }
    try attempt { $0.input.rip = InstructionTest.codeAddress }
    if best.sequence == nil { try dropPrefixes(&best, fingerprint) }
    return best
  }

  private func dropInstructions(_ best: inout Divergence, _ fingerprint: String) throws {
    var index = 0
    while let sequence = best.sequence {
      guard let candidate = sequence.dropping(index, ends: sequence.instructionEnds) else { return }
      if let smaller = try check(candidate), smaller.fingerprint == fingerprint {
        best = smaller
      } else {
        index += 1
      }
    }
  }

  private func dropPrefixes(_ best: inout Divergence, _ fingerprint: String) throws {
    var index = 0
    while index < Int(best.test.codeLength) - 1 {
      var candidate = best.test
      for at in index..<15 { candidate.code[at] = candidate.code[at + 1] }
      candidate.code[15] = 0xCC
      candidate.codeLength -= 1
      if let smaller = try check(candidate), smaller.fingerprint == fingerprint {
        best = smaller
      } else {
        index += 1
      }
    }
  }

  private func check(_ test: InstructionTest) throws -> Divergence? {
    if test.steps > 1 {
      return try SequenceComparison(subject: subject, oracle: oracle, classifier: classifier).divergence(test)
    }
    let ours = try subject.run(test)
    let theirs = try oracle.run(test)
    return classifier.divergence(test, subject: ours, oracle: theirs)
  }
}
