import X86

extension GDBSession {
  /// `c`, `s`, and with a signal, which no guest has a use for, `C` and `S`; an address may follow.
  func resume(_ packet: inout PacketReader, isStep: Bool, hasSignal: Bool) {
    if hasSignal {
      guard packet.number() != nil else { return send(.invalid) }
      if !packet.isAtEnd, !packet.skip(";") { return send(.invalid) }
    }
    if !packet.isAtEnd {
      guard let address = packet.number(), packet.isAtEnd else { return send(.invalid) }
      var state = target.state(ofProcessor: resumeProcessor)
      state.linearInstructionPointer = address
      target.setState(state, ofProcessor: resumeProcessor)
    }
    if isStep { step(resumeProcessor, backwards: false) } else { run(backwards: false) }
  }

  /// `bs` and `bc`.
  func resumeBackwards(_ packet: inout PacketReader) {
    guard target.canReverse else { return send("") }
    let what = packet.next()
    guard packet.isAtEnd else { return send("") }
    switch what {
    case UInt8(ascii: "s"): step(resumeProcessor, backwards: true)
    case UInt8(ascii: "c"): run(backwards: true)
    default: send("")
    }
  }

  /// What `vCont` wants of a thread.
  private enum Action { case run, step }

  /// `vCont`: for each thread its leftmost action counts. One thread at most steps; others run with it as the board
  /// has them run.
  func resumeEach(_ packet: inout PacketReader) {
    var actions: [Action?] = Array(repeating: nil, count: target.processorCount)
    repeat {
      guard let (action, threads) = action(&packet) else { return send(.invalid) }
      for processor in threads where actions[processor] == nil { actions[processor] = action }
    } while packet.skip(";")
    guard packet.isAtEnd else { return send(.invalid) }
    if actions[resumeProcessor] == .step {
      step(resumeProcessor, backwards: false)
    } else if let first = actions.firstIndex(of: .step) {
      step(first, backwards: false)
    } else if actions.contains(.run) {
      run(backwards: false)
    } else {
      send(.invalid)
    }
  }

  private func action(_ packet: inout PacketReader) -> (Action, Range<Int>)? {
    let action: Action
    switch packet.next() {
    case UInt8(ascii: "c"): action = .run
    case UInt8(ascii: "s"): action = .step
    case UInt8(ascii: "C"):
      guard packet.number() != nil else { return nil }
      action = .run
    case UInt8(ascii: "S"):
      guard packet.number() != nil else { return nil }
      action = .step
    default: return nil
    }
    guard packet.skip(":"), !packet.skip("-1") else { return (action, 0..<target.processorCount) }
    guard let processor = processor(&packet) else { return nil }
    return (action, processor..<processor + 1)
  }

  private func step(_ processor: Int, backwards: Bool) {
    let (reason, stopped) = target.step(processor: processor, backwards: backwards)
    report(reason, stopped)
  }

  private func run(backwards: Bool) {
    let (reason, stopped) = target.resume(backwards: backwards) { [unowned self] in isInterrupted() }
    report(reason, stopped)
  }

  private func report(_ reason: StopReason, _ processor: Int) {
    if reason == .ending {
      awaitsFinish = true
      return
    }
    generalProcessor = min(max(processor, 0), target.processorCount - 1)
    chosenProcessor = nil
    lastStop = Array(stopReply(reason).utf8)
    if case .deadEnd(_, let text) = reason {
      print("\(text)\nreverse-stepi goes back; continue, stepi and detach end the guest\n")
    }
    send(lastStop)
    if case .exited(let status) = reason { ending = .exited(status: status) }
  }

  private func stopReply(_ reason: StopReason) -> String {
    let thread = "thread:\(hexadecimal(UInt64(generalProcessor + 1)));"
    switch reason {
    case .step, .ending: return "T05\(thread)"
    case .interrupted: return "T02\(thread)"
    case .historyStart: return "T05replaylog:begin;\(thread)"
    // No signal is any of these. GDB stops at each of the chosen ones by default, prints its text with the place, and
    // passes it on, so that `continue` needs no argument: "Segmentation fault", since most triple faults begin with
    // such an access, "Stopped (signal)" and "Terminated". The numbers are GDB's own.
    case .deadEnd(.shutdown, _): return "T0b\(thread)"
    case .deadEnd(.halted, _): return "T11\(thread)"
    case .deadEnd(.reset, _): return "T0f\(thread)"
    case .exited(let status): return "W" + hexadecimal(UInt64(status), digits: 2)
    case .watchpoint(let address, let kind):
      let name =
        switch kind {
        case .write: "watch"
        case .read: "rwatch"
        case .access: "awatch"
        }
      return "T05\(name):\(hexadecimal(address));\(thread)"
    case .breakpoint:
      let address = target.state(ofProcessor: generalProcessor).linearInstructionPointer
      if softwareBreakpoints.contains(address) {
        return clientKnowsSoftwareBreakpoints ? "T05swbreak:;\(thread)" : "T05\(thread)"
      }
      let isKnown = hardwareBreakpoints.contains(address) && clientKnowsHardwareBreakpoints
      return isKnown ? "T05hwbreak:;\(thread)" : "T05\(thread)"
    }
  }
}
