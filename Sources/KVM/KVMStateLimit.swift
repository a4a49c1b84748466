/// A part of `ArchitecturalState` that KVM does not keep as it is given.
public struct KVMStateLimit: Hashable, Sendable {
  /// The field.
  public var field: String
  /// What KVM makes of it.
  public var behaviour: String

  /// Makes a row.
  public init(_ field: String, _ behaviour: String) {
    self.field = field
    self.behaviour = behaviour
  }

  /// Every limit; outside them a state that goes in comes out the same.
  public static let all: [KVMStateLimit] = [
    KVMStateLimit("pendingDebugTraps", "KVM has no place for traps that a MOV SS shadow holds back; read as 0"),
    KVMStateLimit("activity", "without KVM's own APIC the backend keeps it, KVM itself only runs"),
    KVMStateLimit("stiShadow and movSSShadow", "at most one of the two where the hardware has one bit for both"),
    KVMStateLimit("pdpte", "kept only while PAE paging without long mode is on, and only by KVM_SET_SREGS2; else 0"),
    KVMStateLimit("rflags", "bit 1 always reads 1; VM is refused where user code runs without VT-x or SVM"),
    KVMStateLimit("fxsaveArea", "bytes 416 to 511, which no processor defines, read as 0"),
    KVMStateLimit("x87", "once the host's processor has had it, FIP and FDP have 56 bits, and B is ES"),
    KVMStateLimit("mxcsr", "a value with reserved bits is refused"),
    KVMStateLimit(
      "msrs", "only those of MSRTable's rows for KVM that this KVM has; a refused nonzero value is an error"),
    KVMStateLimit("pkru", "another value than 0 is refused where the host has no protection keys"),
    KVMStateLimit("xcr0", "what CPUID leaf Dh of the host lacks is refused"),
    KVMStateLimit("cr0", "PG outside long mode is refused where user code runs without VT-x or SVM"),
    KVMStateLimit("cr0 cr4 efer", "what the processor or the CPUID offered would refuse is refused as a whole"),
    KVMStateLimit("cr8", "bits 3:0 only"),
  ]
}
