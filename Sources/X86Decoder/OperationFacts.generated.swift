// Generated from opcodes.txt by OpcodeTableGenerator; do not edit.
// swift-format-ignore-file

/// The group of an operation.
@frozen public enum OperationFamily: UInt8, CaseIterable, Sendable {
  case integer, stack, flag, string, port, control, segment, system, absent, x87, vector, float, state
}

/// Facts about an operation; opcodes.txt says what each means.
@frozen public struct OperationTraits: OptionSet, Sendable, Hashable {
  /// The bits.
  public var rawValue: UInt32
  /// Makes a set from its bits.
  @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
  /// As opcodes.txt says.
  @inlinable public static var overwrites: Self { Self(rawValue: 1 << 0) }
  /// As opcodes.txt says.
  @inlinable public static var keeps: Self { Self(rawValue: 1 << 1) }
  /// As opcodes.txt says.
  @inlinable public static var memory: Self { Self(rawValue: 1 << 2) }
  /// As opcodes.txt says.
  @inlinable public static var condition: Self { Self(rawValue: 1 << 3) }
  /// As opcodes.txt says.
  @inlinable public static var count: Self { Self(rawValue: 1 << 4) }
  /// As opcodes.txt says.
  @inlinable public static var string: Self { Self(rawValue: 1 << 5) }
  /// As opcodes.txt says.
  @inlinable public static var branch: Self { Self(rawValue: 1 << 6) }
  /// As opcodes.txt says.
  @inlinable public static var far: Self { Self(rawValue: 1 << 7) }
  /// As opcodes.txt says.
  @inlinable public static var ends: Self { Self(rawValue: 1 << 8) }
  /// As opcodes.txt says.
  @inlinable public static var privileged: Self { Self(rawValue: 1 << 9) }
  /// As opcodes.txt says.
  @inlinable public static var selector: Self { Self(rawValue: 1 << 10) }
  /// As opcodes.txt says.
  @inlinable public static var descriptor: Self { Self(rawValue: 1 << 11) }
  /// As opcodes.txt says.
  @inlinable public static var inspects: Self { Self(rawValue: 1 << 12) }
  /// As opcodes.txt says.
  @inlinable public static var umip: Self { Self(rawValue: 1 << 13) }
  /// As opcodes.txt says.
  @inlinable public static var identity: Self { Self(rawValue: 1 << 14) }
  /// As opcodes.txt says.
  @inlinable public static var time: Self { Self(rawValue: 1 << 15) }
  /// As opcodes.txt says.
  @inlinable public static var float: Self { Self(rawValue: 1 << 16) }
  /// As opcodes.txt says.
  @inlinable public static var integerOperand: Self { Self(rawValue: 1 << 17) }
  /// As opcodes.txt says.
  @inlinable public static var pops: Self { Self(rawValue: 1 << 18) }
  /// As opcodes.txt says.
  @inlinable public static var popsTwice: Self { Self(rawValue: 1 << 19) }
  /// As opcodes.txt says.
  @inlinable public static var random: Self { Self(rawValue: 1 << 20) }
  /// As opcodes.txt says.
  @inlinable public static var unaligned: Self { Self(rawValue: 1 << 21) }
}

/// What an operation reads though no operand names it.
@frozen public struct ImplicitReads: OptionSet, Sendable, Hashable {
  /// The bits.
  public var rawValue: UInt32
  /// Makes a set from its bits.
  @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
  /// As opcodes.txt says.
  @inlinable public static var rAX: Self { Self(rawValue: 1 << 0) }
  /// As opcodes.txt says.
  @inlinable public static var rCX: Self { Self(rawValue: 1 << 1) }
  /// As opcodes.txt says.
  @inlinable public static var rDX: Self { Self(rawValue: 1 << 2) }
  /// As opcodes.txt says.
  @inlinable public static var rBX: Self { Self(rawValue: 1 << 3) }
  /// As opcodes.txt says.
  @inlinable public static var rSP: Self { Self(rawValue: 1 << 4) }
  /// As opcodes.txt says.
  @inlinable public static var rBP: Self { Self(rawValue: 1 << 5) }
  /// As opcodes.txt says.
  @inlinable public static var rSI: Self { Self(rawValue: 1 << 6) }
  /// As opcodes.txt says.
  @inlinable public static var rDI: Self { Self(rawValue: 1 << 7) }
  /// As opcodes.txt says.
  @inlinable public static var r11: Self { Self(rawValue: 1 << 8) }
  /// As opcodes.txt says.
  @inlinable public static var CF: Self { Self(rawValue: 1 << 9) }
  /// As opcodes.txt says.
  @inlinable public static var PF: Self { Self(rawValue: 1 << 10) }
  /// As opcodes.txt says.
  @inlinable public static var ZF: Self { Self(rawValue: 1 << 11) }
  /// As opcodes.txt says.
  @inlinable public static var OF: Self { Self(rawValue: 1 << 12) }
  /// As opcodes.txt says.
  @inlinable public static var flags: Self { Self(rawValue: 1 << 13) }
}

extension Operation {
  /// The group.
  public var family: OperationFamily {
    switch self {
    case .add, .or, .adc, .sbb, .and, .sub, .xor, .cmp, .test, .not, .neg, .mul, .imul1, .div, .idiv, .imul, .inc, .dec, .rol, .ror, .rcl, .rcr, .shl, .shr, .sar, .shld, .shrd, .bt, .bts, .btr, .btc, .bsf, .bsr, .bswap, .popcnt, .lzcnt, .tzcnt, .crc32, .movbe, .adcx, .adox, .rdrand, .rdseed, .andn, .bextr, .blsr, .blsmsk, .blsi, .bzhi, .mulx, .pdep, .pext, .rorx, .sarx, .shlx, .shrx, .daa, .das, .aaa, .aas, .aam, .aad, .cbw, .cwd, .salc, .mov, .movzx, .movsx, .movsxd, .lea, .xchg, .cmpxchg, .cmpxchg8b, .cmpxchg16b, .xadd, .xlat, .cmovcc, .setcc, .movnti:
      .integer
    case .movFromSegment, .movToSegment, .arpl, .pushSegment, .popSegment, .les, .lds, .lss, .lfs, .lgs, .sldt, .str, .verr, .verw, .sgdt, .sidt, .smsw, .lar, .lsl, .rdfsbase, .rdgsbase, .wrfsbase, .wrgsbase:
      .segment
    case .movFromControl, .movToControl, .movFromDebug, .movToDebug, .lldt, .ltr, .lgdt, .lidt, .lmsw, .invlpg, .clac, .stac, .rdpkru, .wrpkru, .swapgs, .rdtscp, .rdpid, .syscall, .clts, .sysret, .invd, .wbinvd, .wrmsr, .rdtsc, .rdmsr, .rdpmc, .sysenter, .sysexit, .cpuid, .hlt, .invpcid:
      .system
    case .pause, .jcc, .loopne, .loope, .loop, .jrcxz, .jmp, .call, .ret, .callFar, .jmpFar, .retFar, .iret, .int3, .int, .into, .int1, .bound, .nop, .ud2, .ud1, .ud0:
      .control
    case .push, .pop, .pusha, .popa, .pushf, .popf, .enter, .leave:
      .stack
    case .sahf, .lahf, .cmc, .clc, .stc, .cli, .sti, .cld, .std:
      .flag
    case .movs, .cmps, .stos, .lods, .scas, .ins, .outs:
      .string
    case .`in`, .out:
      .port
    case .monitor, .mwait, .vmmcall, .vmcall, .rsm:
      .absent
    case .xgetbv, .xsetbv, .fxsave, .fxrstor, .xsave, .xsaveopt, .xsavec, .xsaves, .xrstor, .xrstors, .lfence, .mfence, .sfence, .clflush, .clflushopt, .clwb, .emms:
      .state
    case .fadd, .fiadd, .fmul, .fimul, .fcom, .ficom, .fcomp, .ficomp, .fsub, .fisub, .fsubr, .fisubr, .fdiv, .fidiv, .fdivr, .fidivr, .faddp, .fmulp, .fsubrp, .fsubp, .fdivrp, .fdivp, .fcompp, .fld, .fst, .fstp, .fldenv, .fldcw, .fnstenv, .fnstcw, .fxch, .fnop, .fchs, .fabs, .ftst, .fxam, .fld1, .fldl2t, .fldl2e, .fldpi, .fldlg2, .fldln2, .fldz, .f2xm1, .fyl2x, .fptan, .fpatan, .fxtract, .fprem1, .fdecstp, .fincstp, .fprem, .fyl2xp1, .fsqrt, .fsincos, .frndint, .fscale, .fsin, .fcos, .fcmovb, .fcmovnb, .fcmove, .fcmovne, .fcmovbe, .fcmovnbe, .fcmovu, .fcmovnu, .fucompp, .fild, .fisttp, .fist, .fistp, .fnclex, .fninit, .fucomi, .fcomi, .frstor, .fnsave, .fnstsw, .ffree, .fucom, .fucomp, .fbld, .fbstp, .ffreep, .fucomip, .fcomip, .fwait:
      .x87
    case .movups, .movaps, .movlps, .movhps, .unpcklps, .unpckhps, .movntps, .movmskps, .shufps, .andps, .andnps, .orps, .xorps, .movupd, .movapd, .movlpd, .movhpd, .unpcklpd, .unpckhpd, .movntpd, .movmskpd, .shufpd, .andpd, .andnpd, .orpd, .xorpd, .movhlps, .movlhps, .movss, .movsdXmm, .movd, .movq, .movdqa, .movdqu, .movq2dq, .movdq2q, .movntq, .movntdq, .maskmovq, .maskmovdqu, .pshufw, .pshufd, .pshufhw, .pshuflw, .pinsrw, .pextrw, .pmovmskb, .punpcklbw, .punpcklwd, .punpckldq, .packsswb, .pcmpgtb, .pcmpgtw, .pcmpgtd, .packuswb, .punpckhbw, .punpckhwd, .punpckhdq, .packssdw, .pcmpeqb, .pcmpeqw, .pcmpeqd, .psrlw, .psrld, .psrlq, .paddq, .pmullw, .psubusb, .psubusw, .pminub, .pand, .paddusb, .paddusw, .pmaxub, .pandn, .pavgb, .psraw, .psrad, .pavgw, .pmulhuw, .pmulhw, .psubsb, .psubsw, .pminsw, .por, .paddsb, .paddsw, .pmaxsw, .pxor, .psllw, .pslld, .psllq, .pmuludq, .pmaddwd, .psadbw, .psubb, .psubw, .psubd, .psubq, .paddb, .paddw, .paddd, .punpcklqdq, .punpckhqdq, .psrldq, .pslldq, .lddqu, .movddup, .movsldup, .movshdup, .pshufb, .phaddw, .phaddd, .phaddsw, .pmaddubsw, .phsubw, .phsubd, .phsubsw, .psignb, .psignw, .psignd, .pmulhrsw, .pabsb, .pabsw, .pabsd, .palignr, .pblendvb, .blendvps, .blendvpd, .ptest, .pmovsxbw, .pmovsxbd, .pmovsxbq, .pmovsxwd, .pmovsxwq, .pmovsxdq, .pmovzxbw, .pmovzxbd, .pmovzxbq, .pmovzxwd, .pmovzxwq, .pmovzxdq, .pmuldq, .pcmpeqq, .pminsb, .pminsd, .pminuw, .pminud, .pmaxsb, .pmaxsd, .pmaxuw, .pmaxud, .pmulld, .movntdqa, .packusdw, .phminposuw, .blendps, .blendpd, .pblendw, .pextrb, .pextrd, .extractps, .pinsrb, .pinsrd, .insertps, .mpsadbw, .pcmpgtq, .pcmpestrm, .pcmpestri, .pcmpistrm, .pcmpistri, .aesenc, .aesenclast, .aesdec, .aesdeclast, .aesimc, .aeskeygenassist, .pclmulqdq, .gf2p8mulb, .gf2p8affineqb, .gf2p8affineinvqb, .sha1nexte, .sha1msg1, .sha1msg2, .sha256msg1, .sha256msg2, .sha256rnds2, .sha1rnds4, .vtestps, .vtestpd, .vbroadcastss, .vbroadcastsd, .vpbroadcastb, .vpbroadcastw, .vpbroadcastd, .vpbroadcastq, .vbroadcastf128, .vbroadcasti128, .vinsertf128, .vinserti128, .vextractf128, .vextracti128, .vperm2f128, .vperm2i128, .vpermilps, .vpermilpd, .vpermd, .vpermps, .vpermq, .vpermpd, .vpblendd, .vpsllvd, .vpsllvq, .vpsrlvd, .vpsrlvq, .vpsravd, .vmaskmovps, .vmaskmovpd, .vpmaskmovd, .vpmaskmovq, .vpgatherdd, .vpgatherdq, .vpgatherqd, .vpgatherqq, .vgatherdps, .vgatherdpd, .vgatherqps, .vgatherqpd, .vzeroupper, .vzeroall, .ldmxcsr, .stmxcsr:
      .vector
    case .ucomiss, .comiss, .ucomisd, .comisd, .sqrtps, .sqrtpd, .sqrtss, .sqrtsd, .addps, .addpd, .addss, .addsd, .mulps, .mulpd, .mulss, .mulsd, .subps, .subpd, .subss, .subsd, .minps, .minpd, .minss, .minsd, .divps, .divpd, .divss, .divsd, .maxps, .maxpd, .maxss, .maxsd, .rsqrtps, .rsqrtss, .rcpps, .rcpss, .cmpps, .cmppd, .cmpss, .cmpsdXmm, .cvtpi2ps, .cvtpi2pd, .cvtsi2ss, .cvtsi2sd, .cvttps2pi, .cvttpd2pi, .cvttss2si, .cvttsd2si, .cvtps2pi, .cvtpd2pi, .cvtss2si, .cvtsd2si, .cvtps2pd, .cvtpd2ps, .cvtss2sd, .cvtsd2ss, .cvtdq2ps, .cvtps2dq, .cvttps2dq, .cvttpd2dq, .cvtpd2dq, .cvtdq2pd, .addsubpd, .addsubps, .haddpd, .haddps, .hsubpd, .hsubps, .roundps, .roundpd, .roundss, .roundsd, .dpps, .dppd, .vcvtph2ps, .vcvtps2ph, .vfmaddsub132ps, .vfmaddsub132pd, .vfmaddsub213ps, .vfmaddsub213pd, .vfmaddsub231ps, .vfmaddsub231pd, .vfmsubadd132ps, .vfmsubadd132pd, .vfmsubadd213ps, .vfmsubadd213pd, .vfmsubadd231ps, .vfmsubadd231pd, .vfmadd132ps, .vfmadd132pd, .vfmadd132ss, .vfmadd132sd, .vfmadd213ps, .vfmadd213pd, .vfmadd213ss, .vfmadd213sd, .vfmadd231ps, .vfmadd231pd, .vfmadd231ss, .vfmadd231sd, .vfmsub132ps, .vfmsub132pd, .vfmsub132ss, .vfmsub132sd, .vfmsub213ps, .vfmsub213pd, .vfmsub213ss, .vfmsub213sd, .vfmsub231ps, .vfmsub231pd, .vfmsub231ss, .vfmsub231sd, .vfnmadd132ps, .vfnmadd132pd, .vfnmadd132ss, .vfnmadd132sd, .vfnmadd213ps, .vfnmadd213pd, .vfnmadd213ss, .vfnmadd213sd, .vfnmadd231ps, .vfnmadd231pd, .vfnmadd231ss, .vfnmadd231sd, .vfnmsub132ps, .vfnmsub132pd, .vfnmsub132ss, .vfnmsub132sd, .vfnmsub213ps, .vfnmsub213pd, .vfnmsub213ss, .vfnmsub213sd, .vfnmsub231ps, .vfnmsub231pd, .vfnmsub231ss, .vfnmsub231sd:
      .float
    }
  }

  /// Facts.
  public var traits: OperationTraits {
    switch self {
    case .add, .or, .adc, .sbb, .and, .sub, .xor, .not, .neg, .imul, .inc, .dec, .bts, .btr, .btc, .bswap, .crc32, .adcx, .adox, .daa, .das, .aaa, .aas, .aam, .aad, .cbw, .cwd, .salc, .xchg, .cmpxchg, .cmpxchg8b, .cmpxchg16b, .xadd, .pusha, .popa, .sahf, .lahf, .enter, .leave, .cmc, .clc, .stc, .cld, .std, .xgetbv, .rdpkru, .fldenv, .fldcw, .fnstenv, .fnstcw, .fxch, .fnop, .fdecstp, .fincstp, .fcmovb, .fcmovnb, .fcmove, .fcmovne, .fcmovbe, .fcmovnbe, .fcmovu, .fcmovnu, .fnclex, .fninit, .frstor, .fnsave, .ffree, .ffreep, .fwait, .movlps, .movhps, .unpcklps, .unpckhps, .shufps, .andps, .andnps, .orps, .xorps, .movlpd, .movhpd, .unpcklpd, .unpckhpd, .shufpd, .andpd, .andnpd, .orpd, .xorpd, .movhlps, .movlhps, .movss, .movsdXmm, .pinsrw, .punpcklbw, .punpcklwd, .punpckldq, .packsswb, .pcmpgtb, .pcmpgtw, .pcmpgtd, .packuswb, .punpckhbw, .punpckhwd, .punpckhdq, .packssdw, .pcmpeqb, .pcmpeqw, .pcmpeqd, .psrlw, .psrld, .psrlq, .paddq, .pmullw, .psubusb, .psubusw, .pminub, .pand, .paddusb, .paddusw, .pmaxub, .pandn, .pavgb, .psraw, .psrad, .pavgw, .pmulhuw, .pmulhw, .psubsb, .psubsw, .pminsw, .por, .paddsb, .paddsw, .pmaxsw, .pxor, .psllw, .pslld, .psllq, .pmuludq, .pmaddwd, .psadbw, .psubb, .psubw, .psubd, .psubq, .paddb, .paddw, .paddd, .punpcklqdq, .punpckhqdq, .psrldq, .pslldq, .pshufb, .phaddw, .phaddd, .phaddsw, .pmaddubsw, .phsubw, .phsubd, .phsubsw, .psignb, .psignw, .psignd, .pmulhrsw, .palignr, .pblendvb, .blendvps, .blendvpd, .pmuldq, .pcmpeqq, .pminsb, .pminsd, .pminuw, .pminud, .pmaxsb, .pmaxsd, .pmaxuw, .pmaxud, .pmulld, .packusdw, .blendps, .blendpd, .pblendw, .pinsrb, .pinsrd, .insertps, .mpsadbw, .pcmpgtq, .aesenc, .aesenclast, .aesdec, .aesdeclast, .pclmulqdq, .gf2p8mulb, .gf2p8affineqb, .gf2p8affineinvqb, .vpgatherdd, .vpgatherdq, .vpgatherqd, .vpgatherqq, .vgatherdps, .vgatherdpd, .vgatherqps, .vgatherqpd, .vzeroupper, .vzeroall, .lfence, .mfence, .sfence, .emms:
      .init(rawValue: 0)
    case .cmp, .test, .mul, .imul1, .div, .idiv, .bt, .push, .bound, .nop, .wrfsbase, .wrgsbase, .ptest, .pcmpestrm, .pcmpestri, .pcmpistrm, .pcmpistri, .vtestps, .vtestpd, .fxrstor, .ldmxcsr, .xrstor, .clflush, .clflushopt, .clwb:
      .init(rawValue: 2)  // keeps
    case .rol, .ror, .rcl, .rcr, .shl, .shr, .sar, .shld, .shrd:
      .init(rawValue: 16)  // count
    case .bsf, .bsr, .popcnt, .lzcnt, .tzcnt, .movbe, .andn, .bextr, .blsr, .blsmsk, .blsi, .bzhi, .mulx, .pdep, .pext, .rorx, .sarx, .shlx, .shrx, .mov, .movzx, .movsx, .movsxd, .lea, .pop, .rdfsbase, .rdgsbase, .fnstsw, .movups, .movaps, .movntps, .movmskps, .movupd, .movapd, .movntpd, .movmskpd, .movd, .movq, .movdqa, .movdqu, .movq2dq, .movdq2q, .movntq, .movntdq, .movnti, .pshufw, .pshufd, .pshufhw, .pshuflw, .pextrw, .pmovmskb, .lddqu, .movddup, .movsldup, .movshdup, .pabsb, .pabsw, .pabsd, .pmovsxbw, .pmovsxbd, .pmovsxbq, .pmovsxwd, .pmovsxwq, .pmovsxdq, .pmovzxbw, .pmovzxbd, .pmovzxbq, .pmovzxwd, .pmovzxwq, .pmovzxdq, .movntdqa, .phminposuw, .pextrb, .pextrd, .extractps, .aesimc, .aeskeygenassist, .vbroadcastss, .vbroadcastsd, .vpbroadcastb, .vpbroadcastw, .vpbroadcastd, .vpbroadcastq, .vbroadcastf128, .vbroadcasti128, .vinsertf128, .vinserti128, .vextractf128, .vextracti128, .vperm2f128, .vperm2i128, .vpermilps, .vpermilpd, .vpermd, .vpermps, .vpermq, .vpermpd, .vpblendd, .vpsllvd, .vpsllvq, .vpsrlvd, .vpsrlvq, .vpsravd, .vmaskmovps, .vmaskmovpd, .vpmaskmovd, .vpmaskmovq, .fxsave, .stmxcsr, .xsave, .xsaveopt, .xsavec:
      .init(rawValue: 1)  // overwrites
    case .rdrand, .rdseed:
      .init(rawValue: 1048577)  // overwrites random
    case .movFromSegment:
      .init(rawValue: 1025)  // overwrites selector
    case .movToSegment, .popSegment, .les, .lds, .lss, .lfs, .lgs:
      .init(rawValue: 3329)  // overwrites ends selector descriptor
    case .movFromControl, .movFromDebug, .xsaves:
      .init(rawValue: 513)  // overwrites privileged
    case .movToControl, .movToDebug, .`in`:
      .init(rawValue: 769)  // overwrites ends privileged
    case .arpl:
      .init(rawValue: 1024)  // selector
    case .pause, .ud2, .ud1, .ud0, .wrpkru:
      .init(rawValue: 256)  // ends
    case .pushSegment:
      .init(rawValue: 1026)  // keeps selector
    case .pushf, .monitor, .vmmcall, .vmcall, .rdmsr, .rdpmc:
      .init(rawValue: 512)  // privileged
    case .popf, .cli, .sti, .mwait, .clac, .stac, .xsetbv, .swapgs, .clts, .invd, .wbinvd, .wrmsr, .rsm, .hlt:
      .init(rawValue: 768)  // ends privileged
    case .xlat:
      .init(rawValue: 4)  // memory
    case .cmovcc:
      .init(rawValue: 8)  // condition
    case .setcc:
      .init(rawValue: 9)  // overwrites condition
    case .movs, .cmps, .stos, .lods, .scas:
      .init(rawValue: 32)  // string
    case .ins, .outs:
      .init(rawValue: 800)  // string ends privileged
    case .out, .lldt, .ltr, .lgdt, .lidt, .lmsw, .invlpg, .invpcid:
      .init(rawValue: 770)  // keeps ends privileged
    case .jcc:
      .init(rawValue: 72)  // condition branch
    case .loopne, .loope, .loop, .jrcxz:
      .init(rawValue: 64)  // branch
    case .jmp, .call, .ret:
      .init(rawValue: 320)  // branch ends
    case .callFar, .jmpFar, .retFar:
      .init(rawValue: 2432)  // far ends descriptor
    case .iret:
      .init(rawValue: 2944)  // far ends privileged descriptor
    case .int3, .int, .into, .int1, .syscall, .sysenter:
      .init(rawValue: 384)  // far ends
    case .sldt, .str, .sgdt, .sidt, .smsw:
      .init(rawValue: 8193)  // overwrites umip
    case .verr, .verw:
      .init(rawValue: 4098)  // keeps inspects
    case .rdtscp, .rdtsc:
      .init(rawValue: 49152)  // identity time
    case .rdpid:
      .init(rawValue: 16384)  // identity
    case .lar, .lsl:
      .init(rawValue: 4097)  // overwrites inspects
    case .sysret, .sysexit:
      .init(rawValue: 896)  // far ends privileged
    case .cpuid:
      .init(rawValue: 16640)  // ends identity
    case .fadd, .fmul, .fcom, .fsub, .fsubr, .fdiv, .fdivr, .fld, .fst, .fchs, .fabs, .ftst, .fxam, .fld1, .fldl2t, .fldl2e, .fldpi, .fldlg2, .fldln2, .fldz, .f2xm1, .fyl2x, .fptan, .fpatan, .fxtract, .fprem1, .fprem, .fyl2xp1, .fsqrt, .fsincos, .frndint, .fscale, .fsin, .fcos, .fucomi, .fcomi, .fucom, .fbld, .sqrtss, .sqrtsd, .addps, .addpd, .addss, .addsd, .mulps, .mulpd, .mulss, .mulsd, .subps, .subpd, .subss, .subsd, .minps, .minpd, .minss, .minsd, .divps, .divpd, .divss, .divsd, .maxps, .maxpd, .maxss, .maxsd, .rsqrtss, .rcpss, .cmpps, .cmppd, .cmpss, .cmpsdXmm, .cvtpi2ps, .cvtsi2ss, .cvtsi2sd, .cvtss2sd, .cvtsd2ss, .addsubpd, .addsubps, .haddpd, .haddps, .hsubpd, .hsubps, .roundss, .roundsd, .dpps, .dppd, .vfmaddsub132ps, .vfmaddsub132pd, .vfmaddsub213ps, .vfmaddsub213pd, .vfmaddsub231ps, .vfmaddsub231pd, .vfmsubadd132ps, .vfmsubadd132pd, .vfmsubadd213ps, .vfmsubadd213pd, .vfmsubadd231ps, .vfmsubadd231pd, .vfmadd132ps, .vfmadd132pd, .vfmadd132ss, .vfmadd132sd, .vfmadd213ps, .vfmadd213pd, .vfmadd213ss, .vfmadd213sd, .vfmadd231ps, .vfmadd231pd, .vfmadd231ss, .vfmadd231sd, .vfmsub132ps, .vfmsub132pd, .vfmsub132ss, .vfmsub132sd, .vfmsub213ps, .vfmsub213pd, .vfmsub213ss, .vfmsub213sd, .vfmsub231ps, .vfmsub231pd, .vfmsub231ss, .vfmsub231sd, .vfnmadd132ps, .vfnmadd132pd, .vfnmadd132ss, .vfnmadd132sd, .vfnmadd213ps, .vfnmadd213pd, .vfnmadd213ss, .vfnmadd213sd, .vfnmadd231ps, .vfnmadd231pd, .vfnmadd231ss, .vfnmadd231sd, .vfnmsub132ps, .vfnmsub132pd, .vfnmsub132ss, .vfnmsub132sd, .vfnmsub213ps, .vfnmsub213pd, .vfnmsub213ss, .vfnmsub213sd, .vfnmsub231ps, .vfnmsub231pd, .vfnmsub231ss, .vfnmsub231sd:
      .init(rawValue: 65536)  // float
    case .fiadd, .fimul, .ficom, .fisub, .fisubr, .fidiv, .fidivr, .fild, .fist:
      .init(rawValue: 196608)  // float integerOperand
    case .fcomp, .faddp, .fmulp, .fsubrp, .fsubp, .fdivrp, .fdivp, .fstp, .fucomp, .fbstp, .fucomip, .fcomip:
      .init(rawValue: 327680)  // float pops
    case .ficomp, .fisttp, .fistp:
      .init(rawValue: 458752)  // float integerOperand pops
    case .fcompp, .fucompp:
      .init(rawValue: 589824)  // float popsTwice
    case .ucomiss, .comiss, .ucomisd, .comisd:
      .init(rawValue: 65538)  // keeps float
    case .sqrtps, .sqrtpd, .rsqrtps, .rcpps, .cvtpi2pd, .cvttps2pi, .cvttpd2pi, .cvttss2si, .cvttsd2si, .cvtps2pi, .cvtpd2pi, .cvtss2si, .cvtsd2si, .cvtps2pd, .cvtpd2ps, .cvtdq2ps, .cvtps2dq, .cvttps2dq, .cvttpd2dq, .cvtpd2dq, .cvtdq2pd, .roundps, .roundpd, .vcvtph2ps, .vcvtps2ph:
      .init(rawValue: 65537)  // overwrites float
    case .maskmovq, .maskmovdqu:
      .init(rawValue: 6)  // keeps memory
    case .sha1nexte, .sha1msg1, .sha1msg2, .sha256msg1, .sha256msg2, .sha256rnds2, .sha1rnds4:
      .init(rawValue: 2097152)  // unaligned
    case .xrstors:
      .init(rawValue: 514)  // keeps privileged
    }
  }

  /// Registers and flags that no operand names.
  public var implicitReads: ImplicitReads {
    switch self {
    case .add, .or, .and, .sub, .xor, .cmp, .test, .not, .neg, .imul, .inc, .dec, .rol, .ror, .shl, .shr, .sar, .shld, .shrd, .bt, .bts, .btr, .btc, .bsf, .bsr, .bswap, .popcnt, .lzcnt, .tzcnt, .crc32, .movbe, .rdrand, .rdseed, .andn, .bextr, .blsr, .blsmsk, .blsi, .bzhi, .pdep, .pext, .rorx, .sarx, .shlx, .shrx, .mov, .movFromSegment, .movToSegment, .movFromControl, .movToControl, .movFromDebug, .movToDebug, .movzx, .movsx, .movsxd, .arpl, .lea, .xchg, .pause, .xadd, .les, .lds, .lss, .lfs, .lgs, .cmovcc, .setcc, .movs, .cmps, .lods, .ins, .`in`, .out, .jcc, .jmp, .jmpFar, .int3, .int, .int1, .bound, .clc, .stc, .cli, .sti, .cld, .std, .nop, .ud2, .ud1, .ud0, .sldt, .str, .lldt, .ltr, .verr, .verw, .sgdt, .sidt, .lgdt, .lidt, .smsw, .lmsw, .invlpg, .monitor, .mwait, .clac, .stac, .vmmcall, .vmcall, .swapgs, .rdtscp, .rdpid, .lar, .lsl, .clts, .invd, .wbinvd, .rdtsc, .sysenter, .rsm, .hlt, .invpcid, .rdfsbase, .rdgsbase, .wrfsbase, .wrgsbase, .fadd, .fiadd, .fmul, .fimul, .fcom, .ficom, .fcomp, .ficomp, .fsub, .fisub, .fsubr, .fisubr, .fdiv, .fidiv, .fdivr, .fidivr, .faddp, .fmulp, .fsubrp, .fsubp, .fdivrp, .fdivp, .fcompp, .fld, .fst, .fstp, .fldenv, .fldcw, .fnstenv, .fnstcw, .fxch, .fnop, .fchs, .fabs, .ftst, .fxam, .fld1, .fldl2t, .fldl2e, .fldpi, .fldlg2, .fldln2, .fldz, .f2xm1, .fyl2x, .fptan, .fpatan, .fxtract, .fprem1, .fdecstp, .fincstp, .fprem, .fyl2xp1, .fsqrt, .fsincos, .frndint, .fscale, .fsin, .fcos, .fucompp, .fild, .fisttp, .fist, .fistp, .fnclex, .fninit, .fucomi, .fcomi, .frstor, .fnsave, .fnstsw, .ffree, .fucom, .fucomp, .fbld, .fbstp, .ffreep, .fucomip, .fcomip, .fwait, .movups, .movaps, .movlps, .movhps, .unpcklps, .unpckhps, .movntps, .movmskps, .shufps, .andps, .andnps, .orps, .xorps, .ucomiss, .comiss, .movupd, .movapd, .movlpd, .movhpd, .unpcklpd, .unpckhpd, .movntpd, .movmskpd, .shufpd, .andpd, .andnpd, .orpd, .xorpd, .ucomisd, .comisd, .movhlps, .movlhps, .movss, .movsdXmm, .sqrtps, .sqrtpd, .sqrtss, .sqrtsd, .addps, .addpd, .addss, .addsd, .mulps, .mulpd, .mulss, .mulsd, .subps, .subpd, .subss, .subsd, .minps, .minpd, .minss, .minsd, .divps, .divpd, .divss, .divsd, .maxps, .maxpd, .maxss, .maxsd, .rsqrtps, .rsqrtss, .rcpps, .rcpss, .cmpps, .cmppd, .cmpss, .cmpsdXmm, .cvtpi2ps, .cvtpi2pd, .cvtsi2ss, .cvtsi2sd, .cvttps2pi, .cvttpd2pi, .cvttss2si, .cvttsd2si, .cvtps2pi, .cvtpd2pi, .cvtss2si, .cvtsd2si, .cvtps2pd, .cvtpd2ps, .cvtss2sd, .cvtsd2ss, .cvtdq2ps, .cvtps2dq, .cvttps2dq, .cvttpd2dq, .cvtpd2dq, .cvtdq2pd, .movd, .movq, .movdqa, .movdqu, .movq2dq, .movdq2q, .movntq, .movntdq, .movnti, .pshufw, .pshufd, .pshufhw, .pshuflw, .pinsrw, .pextrw, .pmovmskb, .punpcklbw, .punpcklwd, .punpckldq, .packsswb, .pcmpgtb, .pcmpgtw, .pcmpgtd, .packuswb, .punpckhbw, .punpckhwd, .punpckhdq, .packssdw, .pcmpeqb, .pcmpeqw, .pcmpeqd, .psrlw, .psrld, .psrlq, .paddq, .pmullw, .psubusb, .psubusw, .pminub, .pand, .paddusb, .paddusw, .pmaxub, .pandn, .pavgb, .psraw, .psrad, .pavgw, .pmulhuw, .pmulhw, .psubsb, .psubsw, .pminsw, .por, .paddsb, .paddsw, .pmaxsw, .pxor, .psllw, .pslld, .psllq, .pmuludq, .pmaddwd, .psadbw, .psubb, .psubw, .psubd, .psubq, .paddb, .paddw, .paddd, .punpcklqdq, .punpckhqdq, .psrldq, .pslldq, .addsubpd, .addsubps, .haddpd, .haddps, .hsubpd, .hsubps, .lddqu, .movddup, .movsldup, .movshdup, .pshufb, .phaddw, .phaddd, .phaddsw, .pmaddubsw, .phsubw, .phsubd, .phsubsw, .psignb, .psignw, .psignd, .pmulhrsw, .pabsb, .pabsw, .pabsd, .palignr, .pblendvb, .blendvps, .blendvpd, .ptest, .pmovsxbw, .pmovsxbd, .pmovsxbq, .pmovsxwd, .pmovsxwq, .pmovsxdq, .pmovzxbw, .pmovzxbd, .pmovzxbq, .pmovzxwd, .pmovzxwq, .pmovzxdq, .pmuldq, .pcmpeqq, .pminsb, .pminsd, .pminuw, .pminud, .pmaxsb, .pmaxsd, .pmaxuw, .pmaxud, .pmulld, .movntdqa, .packusdw, .phminposuw, .roundps, .roundpd, .roundss, .roundsd, .blendps, .blendpd, .pblendw, .pextrb, .pextrd, .extractps, .pinsrb, .pinsrd, .insertps, .dpps, .dppd, .mpsadbw, .pcmpgtq, .pcmpistrm, .pcmpistri, .aesenc, .aesenclast, .aesdec, .aesdeclast, .aesimc, .aeskeygenassist, .pclmulqdq, .gf2p8mulb, .gf2p8affineqb, .gf2p8affineinvqb, .sha1nexte, .sha1msg1, .sha1msg2, .sha256msg1, .sha256msg2, .sha256rnds2, .sha1rnds4, .vtestps, .vtestpd, .vbroadcastss, .vbroadcastsd, .vpbroadcastb, .vpbroadcastw, .vpbroadcastd, .vpbroadcastq, .vbroadcastf128, .vbroadcasti128, .vinsertf128, .vinserti128, .vextractf128, .vextracti128, .vperm2f128, .vperm2i128, .vpermilps, .vpermilpd, .vpermd, .vpermps, .vpermq, .vpermpd, .vpblendd, .vpsllvd, .vpsllvq, .vpsrlvd, .vpsrlvq, .vpsravd, .vmaskmovps, .vmaskmovpd, .vpmaskmovd, .vpmaskmovq, .vpgatherdd, .vpgatherdq, .vpgatherqd, .vpgatherqq, .vgatherdps, .vgatherdpd, .vgatherqps, .vgatherqpd, .vzeroupper, .vzeroall, .vcvtph2ps, .vcvtps2ph, .vfmaddsub132ps, .vfmaddsub132pd, .vfmaddsub213ps, .vfmaddsub213pd, .vfmaddsub231ps, .vfmaddsub231pd, .vfmsubadd132ps, .vfmsubadd132pd, .vfmsubadd213ps, .vfmsubadd213pd, .vfmsubadd231ps, .vfmsubadd231pd, .vfmadd132ps, .vfmadd132pd, .vfmadd132ss, .vfmadd132sd, .vfmadd213ps, .vfmadd213pd, .vfmadd213ss, .vfmadd213sd, .vfmadd231ps, .vfmadd231pd, .vfmadd231ss, .vfmadd231sd, .vfmsub132ps, .vfmsub132pd, .vfmsub132ss, .vfmsub132sd, .vfmsub213ps, .vfmsub213pd, .vfmsub213ss, .vfmsub213sd, .vfmsub231ps, .vfmsub231pd, .vfmsub231ss, .vfmsub231sd, .vfnmadd132ps, .vfnmadd132pd, .vfnmadd132ss, .vfnmadd132sd, .vfnmadd213ps, .vfnmadd213pd, .vfnmadd213ss, .vfnmadd213sd, .vfnmadd231ps, .vfnmadd231pd, .vfnmadd231ss, .vfnmadd231sd, .vfnmsub132ps, .vfnmsub132pd, .vfnmsub132ss, .vfnmsub132sd, .vfnmsub213ps, .vfnmsub213pd, .vfnmsub213ss, .vfnmsub213sd, .vfnmsub231ps, .vfnmsub231pd, .vfnmsub231ss, .vfnmsub231sd, .fxsave, .fxrstor, .ldmxcsr, .stmxcsr, .lfence, .mfence, .sfence, .clflush, .clflushopt, .clwb, .emms:
      .init(rawValue: 0)
    case .adc, .sbb, .rcl, .rcr, .adcx, .salc, .cmc, .fcmovb, .fcmovnb:
      .init(rawValue: 512)  // CF
    case .mul, .imul1, .daa, .das, .aaa, .aas, .aam, .aad, .cbw, .cwd, .cmpxchg, .sahf, .stos, .scas:
      .init(rawValue: 1)  // rAX
    case .div, .idiv, .pcmpestrm, .pcmpestri, .xsave, .xsaveopt, .xsavec, .xsaves, .xrstor, .xrstors:
      .init(rawValue: 5)  // rAX rDX
    case .adox, .into:
      .init(rawValue: 4096)  // OF
    case .mulx, .outs:
      .init(rawValue: 4)  // rDX
    case .cmpxchg8b, .cmpxchg16b:
      .init(rawValue: 15)  // rAX rDX rBX rCX
    case .push, .pop, .pushSegment, .popSegment, .popa, .popf, .call, .ret, .callFar, .retFar, .iret:
      .init(rawValue: 16)  // rSP
    case .pusha:
      .init(rawValue: 255)  // rAX rCX rDX rBX rSP rBP rSI rDI
    case .pushf:
      .init(rawValue: 8208)  // rSP flags
    case .lahf, .syscall:
      .init(rawValue: 8192)  // flags
    case .xlat:
      .init(rawValue: 9)  // rAX rBX
    case .loopne, .loope:
      .init(rawValue: 2050)  // rCX ZF
    case .loop, .jrcxz, .xgetbv, .rdpkru, .rdmsr, .rdpmc:
      .init(rawValue: 2)  // rCX
    case .enter, .leave:
      .init(rawValue: 48)  // rSP rBP
    case .xsetbv, .wrpkru, .wrmsr:
      .init(rawValue: 7)  // rCX rAX rDX
    case .sysret:
      .init(rawValue: 258)  // rCX r11
    case .sysexit:
      .init(rawValue: 6)  // rCX rDX
    case .cpuid:
      .init(rawValue: 3)  // rAX rCX
    case .fcmove, .fcmovne:
      .init(rawValue: 2048)  // ZF
    case .fcmovbe, .fcmovnbe:
      .init(rawValue: 2560)  // CF ZF
    case .fcmovu, .fcmovnu:
      .init(rawValue: 1024)  // PF
    case .maskmovq, .maskmovdqu:
      .init(rawValue: 128)  // rDI
    }
  }

  /// Operations that an implementer could take for it.
  public var siblings: [Operation] {
    switch self {
    case .add, .sbb:
      [.sub, .adc]
    case .or:
      [.xor, .and]
    case .adc, .sub:
      [.add, .sbb]
    case .and:
      [.or, .test]
    case .xor:
      [.or, .and]
    case .cmp:
      [.sub, .test]
    case .test:
      [.cmp, .and]
    case .not:
      [.neg]
    case .neg:
      [.not]
    case .mul:
      [.imul1]
    case .imul1:
      [.mul]
    case .div:
      [.idiv]
    case .idiv:
      [.div]
    case .imul, .bswap, .crc32, .rdrand, .rdseed, .andn, .mulx, .aam, .aad, .salc, .mov, .movFromSegment, .movToSegment, .movFromControl, .movToControl, .movFromDebug, .movToDebug, .arpl, .lea, .pause, .cmpxchg8b, .cmpxchg16b, .push, .pop, .pushSegment, .popSegment, .pushf, .popf, .xlat, .les, .lds, .lss, .lfs, .lgs, .setcc, .ins, .outs, .`in`, .out, .jcc, .jrcxz, .jmp, .ret, .callFar, .jmpFar, .retFar, .iret, .int3, .int, .into, .int1, .enter, .bound, .cli, .sti, .nop, .ud2, .ud1, .ud0, .sldt, .str, .lldt, .ltr, .verr, .verw, .sgdt, .sidt, .lgdt, .lidt, .smsw, .lmsw, .invlpg, .monitor, .mwait, .clac, .stac, .xgetbv, .xsetbv, .rdpkru, .wrpkru, .vmmcall, .vmcall, .swapgs, .rdtscp, .rdpid, .lar, .lsl, .syscall, .clts, .sysret, .invd, .wbinvd, .wrmsr, .rdtsc, .rdmsr, .rdpmc, .sysenter, .sysexit, .cpuid, .rsm, .hlt, .invpcid, .fadd, .fiadd, .fmul, .fimul, .fcom, .ficom, .fcomp, .ficomp, .fsub, .fisub, .fsubr, .fisubr, .fdiv, .fidiv, .fdivr, .fidivr, .faddp, .fmulp, .fsubrp, .fsubp, .fdivrp, .fdivp, .fcompp, .fld, .fst, .fstp, .fldenv, .fnstenv, .fnop, .fchs, .fabs, .ftst, .fxam, .fld1, .fldl2t, .fldl2e, .fldpi, .fldlg2, .fldln2, .fldz, .f2xm1, .fyl2x, .fptan, .fpatan, .fxtract, .fprem1, .fprem, .fyl2xp1, .fsqrt, .fsincos, .frndint, .fscale, .fsin, .fcos, .fucompp, .fild, .fisttp, .fist, .fistp, .fucomi, .fcomi, .frstor, .fnsave, .fnstsw, .fucom, .fucomp, .fbld, .fbstp, .ffreep, .fucomip, .fcomip, .fwait, .ucomiss, .comiss, .ucomisd, .comisd, .sqrtps, .sqrtpd, .sqrtss, .sqrtsd, .addps, .addpd, .addss, .addsd, .mulps, .mulpd, .mulss, .mulsd, .subps, .subpd, .subss, .subsd, .minps, .minpd, .minss, .minsd, .divps, .divpd, .divss, .divsd, .maxps, .maxpd, .maxss, .maxsd, .rsqrtps, .rsqrtss, .rcpps, .rcpss, .cmpps, .cmppd, .cmpss, .cmpsdXmm, .cvtpi2ps, .cvtpi2pd, .cvtsi2ss, .cvtsi2sd, .cvttps2pi, .cvttpd2pi, .cvttss2si, .cvttsd2si, .cvtps2pi, .cvtpd2pi, .cvtss2si, .cvtsd2si, .cvtps2pd, .cvtpd2ps, .cvtss2sd, .cvtsd2ss, .cvtdq2ps, .cvtps2dq, .cvttps2dq, .cvttpd2dq, .cvtpd2dq, .cvtdq2pd, .movd, .movq, .movq2dq, .movdq2q, .movntq, .movnti, .pshufw, .pinsrw, .pextrw, .pmovmskb, .addsubpd, .addsubps, .lddqu, .movddup, .pshufb, .pmaddubsw, .palignr, .pblendvb, .blendvps, .blendvpd, .ptest, .movntdqa, .phminposuw, .roundps, .roundpd, .roundss, .roundsd, .blendps, .blendpd, .pblendw, .pextrb, .pextrd, .extractps, .pinsrb, .pinsrd, .insertps, .dpps, .dppd, .mpsadbw, .pcmpestrm, .pcmpestri, .pcmpistrm, .pcmpistri, .aesimc, .aeskeygenassist, .pclmulqdq, .gf2p8mulb, .sha1nexte, .sha1msg1, .sha1msg2, .sha256msg1, .sha256msg2, .sha256rnds2, .sha1rnds4, .vbroadcastss, .vbroadcastsd, .vpbroadcastb, .vpbroadcastw, .vpbroadcastd, .vpbroadcastq, .vbroadcastf128, .vbroadcasti128, .vinsertf128, .vinserti128, .vextractf128, .vextracti128, .vperm2f128, .vperm2i128, .vpermilps, .vpermilpd, .vpermd, .vpermps, .vpermq, .vpermpd, .vpblendd, .vmaskmovps, .vmaskmovpd, .vpmaskmovd, .vpmaskmovq, .vpgatherdd, .vpgatherdq, .vpgatherqd, .vpgatherqq, .vgatherdps, .vgatherdpd, .vgatherqps, .vgatherqpd, .vcvtph2ps, .vcvtps2ph, .fxsave, .fxrstor, .xrstor, .lfence, .mfence, .sfence, .clflush, .clflushopt, .clwb:
      []
    case .inc:
      [.dec]
    case .dec:
      [.inc]
    case .rol:
      [.ror, .rcl]
    case .ror:
      [.rol, .rcr]
    case .rcl:
      [.rcr, .rol]
    case .rcr:
      [.rcl, .ror]
    case .shl:
      [.shr, .rol]
    case .shr:
      [.shl, .sar]
    case .sar:
      [.shr, .shl]
    case .shld:
      [.shrd]
    case .shrd:
      [.shld]
    case .bt:
      [.bts]
    case .bts:
      [.btr, .bt]
    case .btr:
      [.btc, .bt]
    case .btc:
      [.bts, .bt]
    case .bsf:
      [.bsr]
    case .bsr, .popcnt:
      [.bsf]
    case .lzcnt:
      [.tzcnt]
    case .tzcnt:
      [.lzcnt]
    case .movbe, .xchg, .cmovcc:
      [.mov]
    case .adcx:
      [.adox]
    case .adox:
      [.adcx]
    case .bextr:
      [.bzhi]
    case .blsr:
      [.blsmsk, .blsi]
    case .blsmsk:
      [.blsr, .blsi]
    case .blsi:
      [.blsr, .blsmsk]
    case .bzhi:
      [.bextr]
    case .pdep:
      [.pext]
    case .pext:
      [.pdep]
    case .rorx, .sarx, .shlx:
      [.shrx]
    case .shrx:
      [.sarx]
    case .daa:
      [.das]
    case .das:
      [.daa]
    case .aaa:
      [.aas]
    case .aas:
      [.aaa]
    case .cbw:
      [.cwd]
    case .cwd:
      [.cbw]
    case .movzx:
      [.movsx]
    case .movsx, .movsxd:
      [.movzx]
    case .cmpxchg:
      [.cmp]
    case .xadd:
      [.add, .xchg]
    case .pusha:
      [.popa]
    case .popa:
      [.pusha]
    case .sahf:
      [.lahf]
    case .lahf:
      [.sahf]
    case .movs:
      [.lods, .stos]
    case .cmps:
      [.scas]
    case .stos, .lods:
      [.movs]
    case .scas:
      [.cmps]
    case .loopne:
      [.loope, .loop]
    case .loope:
      [.loopne, .loop]
    case .loop:
      [.loope, .loopne]
    case .call:
      [.jmp]
    case .leave, .maskmovq, .maskmovdqu, .emms:
      [.nop]
    case .cmc:
      [.clc]
    case .clc:
      [.stc]
    case .stc:
      [.cmc]
    case .cld:
      [.std]
    case .std:
      [.cld]
    case .rdfsbase:
      [.rdgsbase]
    case .rdgsbase:
      [.rdfsbase]
    case .wrfsbase:
      [.wrgsbase]
    case .wrgsbase:
      [.wrfsbase]
    case .fldcw:
      [.fnstcw]
    case .fnstcw:
      [.fldcw, .fnstsw]
    case .fxch, .ffree:
      [.fnop]
    case .fdecstp:
      [.fincstp]
    case .fincstp:
      [.fdecstp]
    case .fcmovb:
      [.fcmovnb, .fcmovbe]
    case .fcmovnb:
      [.fcmovb]
    case .fcmove:
      [.fcmovne, .fcmovb]
    case .fcmovne:
      [.fcmove]
    case .fcmovbe:
      [.fcmovnbe, .fcmove]
    case .fcmovnbe:
      [.fcmovbe]
    case .fcmovu:
      [.fcmovnu]
    case .fcmovnu:
      [.fcmovu]
    case .fnclex:
      [.fninit]
    case .fninit:
      [.fnclex]
    case .movups:
      [.movaps]
    case .movaps, .movntps:
      [.movups]
    case .movlps:
      [.movhps]
    case .movhps:
      [.movlps]
    case .unpcklps:
      [.unpckhps, .unpcklpd]
    case .unpckhps:
      [.unpcklps]
    case .movmskps:
      [.movmskpd]
    case .shufps:
      [.shufpd]
    case .andps:
      [.andnps, .orps]
    case .andnps:
      [.andps]
    case .orps:
      [.xorps]
    case .xorps:
      [.orps]
    case .movupd:
      [.movapd]
    case .movapd, .movntpd:
      [.movupd]
    case .movlpd:
      [.movhpd]
    case .movhpd:
      [.movlpd]
    case .unpcklpd:
      [.unpckhpd]
    case .unpckhpd:
      [.unpcklpd]
    case .movmskpd:
      [.movmskps]
    case .shufpd:
      [.shufps]
    case .andpd:
      [.andnpd, .orpd]
    case .andnpd:
      [.andpd]
    case .orpd:
      [.xorpd]
    case .xorpd:
      [.orpd]
    case .movhlps:
      [.movlhps]
    case .movlhps:
      [.movhlps]
    case .movss:
      [.movsdXmm]
    case .movsdXmm:
      [.movss]
    case .movdqa, .movntdq:
      [.movdqu]
    case .movdqu:
      [.movdqa]
    case .pshufd, .pshufhw:
      [.pshuflw]
    case .pshuflw:
      [.pshufhw]
    case .punpcklbw:
      [.punpckhbw, .punpcklwd]
    case .punpcklwd:
      [.punpckhwd, .punpckldq]
    case .punpckldq:
      [.punpckhdq]
    case .packsswb:
      [.packuswb]
    case .pcmpgtb:
      [.pcmpeqb, .pcmpgtw]
    case .pcmpgtw:
      [.pcmpeqw, .pcmpgtd]
    case .pcmpgtd:
      [.pcmpeqd, .pcmpgtw]
    case .packuswb, .packssdw:
      [.packsswb]
    case .punpckhbw:
      [.punpcklbw]
    case .punpckhwd:
      [.punpcklwd]
    case .punpckhdq:
      [.punpckldq]
    case .pcmpeqb:
      [.pcmpgtb, .pcmpeqw]
    case .pcmpeqw:
      [.pcmpeqb, .pcmpeqd]
    case .pcmpeqd:
      [.pcmpeqw]
    case .psrlw:
      [.psraw, .psllw]
    case .psrld:
      [.psrad, .psrlw]
    case .psrlq:
      [.psllq, .psrld]
    case .paddq:
      [.psubq, .paddd]
    case .pmullw, .pmulhuw, .pmulhrsw:
      [.pmulhw]
    case .psubusb:
      [.psubsb]
    case .psubusw:
      [.psubsw]
    case .pminub:
      [.pmaxub, .pminsw]
    case .pand:
      [.pandn, .por]
    case .paddusb:
      [.paddsb]
    case .paddusw:
      [.paddsw]
    case .pmaxub:
      [.pminub, .pmaxsw]
    case .pandn:
      [.pand]
    case .pavgb:
      [.pavgw]
    case .psraw:
      [.psrlw]
    case .psrad:
      [.psrld]
    case .pavgw, .psadbw:
      [.pavgb]
    case .pmulhw:
      [.pmulhuw, .pmullw]
    case .psubsb:
      [.psubusb]
    case .psubsw:
      [.psubusw]
    case .pminsw:
      [.pmaxsw, .pminub]
    case .por:
      [.pxor]
    case .paddsb:
      [.paddusb, .psubsb]
    case .paddsw:
      [.paddusw, .psubsw]
    case .pmaxsw:
      [.pminsw, .pmaxub]
    case .pxor:
      [.por]
    case .psllw:
      [.psrlw, .pslld]
    case .pslld:
      [.psrld, .psllq]
    case .psllq:
      [.psrlq, .pslld]
    case .pmuludq:
      [.paddq]
    case .pmaddwd, .pmulld:
      [.pmullw]
    case .psubb:
      [.paddb, .psubsb]
    case .psubw:
      [.paddw, .psubusw]
    case .psubd:
      [.paddd, .psubq]
    case .psubq:
      [.paddq, .psubd]
    case .paddb:
      [.psubb, .paddsb, .paddw]
    case .paddw:
      [.psubw, .paddusw, .paddd]
    case .paddd:
      [.psubd, .paddq]
    case .punpcklqdq:
      [.punpckhqdq]
    case .punpckhqdq:
      [.punpcklqdq]
    case .psrldq:
      [.pslldq]
    case .pslldq:
      [.psrldq]
    case .haddpd:
      [.hsubpd]
    case .haddps:
      [.hsubps]
    case .hsubpd:
      [.haddpd]
    case .hsubps:
      [.haddps]
    case .movsldup:
      [.movshdup]
    case .movshdup:
      [.movsldup]
    case .phaddw:
      [.phsubw, .phaddsw]
    case .phaddd:
      [.phsubd]
    case .phaddsw, .phsubw:
      [.phaddw]
    case .phsubd:
      [.phaddd]
    case .phsubsw:
      [.phsubw]
    case .psignb, .psignd:
      [.psignw]
    case .psignw:
      [.psignb, .psignd]
    case .pabsb, .pabsd:
      [.pabsw]
    case .pabsw:
      [.pabsb, .pabsd]
    case .pmovsxbw:
      [.pmovzxbw]
    case .pmovsxbd:
      [.pmovzxbd]
    case .pmovsxbq:
      [.pmovzxbq]
    case .pmovsxwd:
      [.pmovzxwd]
    case .pmovsxwq:
      [.pmovzxwq]
    case .pmovsxdq:
      [.pmovzxdq]
    case .pmovzxbw:
      [.pmovsxbw]
    case .pmovzxbd:
      [.pmovsxbd]
    case .pmovzxbq:
      [.pmovsxbq]
    case .pmovzxwd:
      [.pmovsxwd]
    case .pmovzxwq:
      [.pmovsxwq]
    case .pmovzxdq:
      [.pmovsxdq]
    case .pmuldq:
      [.pmuludq]
    case .pcmpeqq:
      [.pcmpgtq, .pcmpeqd]
    case .pminsb:
      [.pmaxsb, .pminub]
    case .pminsd:
      [.pmaxsd, .pminud]
    case .pminuw:
      [.pmaxuw]
    case .pminud:
      [.pmaxud]
    case .pmaxsb:
      [.pminsb]
    case .pmaxsd:
      [.pminsd]
    case .pmaxuw:
      [.pminuw]
    case .pmaxud:
      [.pminud]
    case .packusdw:
      [.packssdw]
    case .pcmpgtq:
      [.pcmpeqq, .pcmpgtd]
    case .aesenc:
      [.aesenclast]
    case .aesenclast:
      [.aesenc]
    case .aesdec:
      [.aesdeclast]
    case .aesdeclast:
      [.aesdec]
    case .gf2p8affineqb:
      [.gf2p8affineinvqb]
    case .gf2p8affineinvqb:
      [.gf2p8affineqb]
    case .vtestps:
      [.vtestpd]
    case .vtestpd:
      [.vtestps]
    case .vpsllvd, .vpsravd:
      [.vpsrlvd]
    case .vpsllvq:
      [.vpsrlvq]
    case .vpsrlvd:
      [.vpsllvd, .vpsravd]
    case .vpsrlvq:
      [.vpsllvq]
    case .vzeroupper:
      [.vzeroall]
    case .vzeroall:
      [.vzeroupper]
    case .vfmaddsub132ps:
      [.vfmsubadd132ps, .vfmaddsub213ps]
    case .vfmaddsub132pd:
      [.vfmsubadd132pd, .vfmaddsub213pd]
    case .vfmaddsub213ps:
      [.vfmsubadd213ps, .vfmaddsub231ps]
    case .vfmaddsub213pd:
      [.vfmsubadd213pd, .vfmaddsub231pd]
    case .vfmaddsub231ps:
      [.vfmsubadd231ps, .vfmaddsub132ps]
    case .vfmaddsub231pd:
      [.vfmsubadd231pd, .vfmaddsub132pd]
    case .vfmsubadd132ps:
      [.vfmaddsub132ps, .vfmsubadd213ps]
    case .vfmsubadd132pd:
      [.vfmaddsub132pd, .vfmsubadd213pd]
    case .vfmsubadd213ps:
      [.vfmaddsub213ps, .vfmsubadd231ps]
    case .vfmsubadd213pd:
      [.vfmaddsub213pd, .vfmsubadd231pd]
    case .vfmsubadd231ps:
      [.vfmaddsub231ps, .vfmsubadd132ps]
    case .vfmsubadd231pd:
      [.vfmaddsub231pd, .vfmsubadd132pd]
    case .vfmadd132ps:
      [.vfmsub132ps, .vfmadd213ps]
    case .vfmadd132pd:
      [.vfmsub132pd, .vfmadd213pd]
    case .vfmadd132ss:
      [.vfmsub132ss, .vfmadd213ss]
    case .vfmadd132sd:
      [.vfmsub132sd, .vfmadd213sd]
    case .vfmadd213ps:
      [.vfmsub213ps, .vfmadd231ps]
    case .vfmadd213pd:
      [.vfmsub213pd, .vfmadd231pd]
    case .vfmadd213ss:
      [.vfmsub213ss, .vfmadd231ss]
    case .vfmadd213sd:
      [.vfmsub213sd, .vfmadd231sd]
    case .vfmadd231ps:
      [.vfmsub231ps, .vfmadd132ps]
    case .vfmadd231pd:
      [.vfmsub231pd, .vfmadd132pd]
    case .vfmadd231ss:
      [.vfmsub231ss, .vfmadd132ss]
    case .vfmadd231sd:
      [.vfmsub231sd, .vfmadd132sd]
    case .vfmsub132ps:
      [.vfmadd132ps, .vfmsub213ps]
    case .vfmsub132pd:
      [.vfmadd132pd, .vfmsub213pd]
    case .vfmsub132ss:
      [.vfmadd132ss, .vfmsub213ss]
    case .vfmsub132sd:
      [.vfmadd132sd, .vfmsub213sd]
    case .vfmsub213ps:
      [.vfmadd213ps, .vfmsub231ps]
    case .vfmsub213pd:
      [.vfmadd213pd, .vfmsub231pd]
    case .vfmsub213ss:
      [.vfmadd213ss, .vfmsub231ss]
    case .vfmsub213sd:
      [.vfmadd213sd, .vfmsub231sd]
    case .vfmsub231ps:
      [.vfmadd231ps, .vfmsub132ps]
    case .vfmsub231pd:
      [.vfmadd231pd, .vfmsub132pd]
    case .vfmsub231ss:
      [.vfmadd231ss, .vfmsub132ss]
    case .vfmsub231sd:
      [.vfmadd231sd, .vfmsub132sd]
    case .vfnmadd132ps:
      [.vfnmsub132ps, .vfnmadd213ps]
    case .vfnmadd132pd:
      [.vfnmsub132pd, .vfnmadd213pd]
    case .vfnmadd132ss:
      [.vfnmsub132ss, .vfnmadd213ss]
    case .vfnmadd132sd:
      [.vfnmsub132sd, .vfnmadd213sd]
    case .vfnmadd213ps:
      [.vfnmsub213ps, .vfnmadd231ps]
    case .vfnmadd213pd:
      [.vfnmsub213pd, .vfnmadd231pd]
    case .vfnmadd213ss:
      [.vfnmsub213ss, .vfnmadd231ss]
    case .vfnmadd213sd:
      [.vfnmsub213sd, .vfnmadd231sd]
    case .vfnmadd231ps:
      [.vfnmsub231ps, .vfnmadd132ps]
    case .vfnmadd231pd:
      [.vfnmsub231pd, .vfnmadd132pd]
    case .vfnmadd231ss:
      [.vfnmsub231ss, .vfnmadd132ss]
    case .vfnmadd231sd:
      [.vfnmsub231sd, .vfnmadd132sd]
    case .vfnmsub132ps:
      [.vfnmadd132ps, .vfnmsub213ps]
    case .vfnmsub132pd:
      [.vfnmadd132pd, .vfnmsub213pd]
    case .vfnmsub132ss:
      [.vfnmadd132ss, .vfnmsub213ss]
    case .vfnmsub132sd:
      [.vfnmadd132sd, .vfnmsub213sd]
    case .vfnmsub213ps:
      [.vfnmadd213ps, .vfnmsub231ps]
    case .vfnmsub213pd:
      [.vfnmadd213pd, .vfnmsub231pd]
    case .vfnmsub213ss:
      [.vfnmadd213ss, .vfnmsub231ss]
    case .vfnmsub213sd:
      [.vfnmadd213sd, .vfnmsub231sd]
    case .vfnmsub231ps:
      [.vfnmadd231ps, .vfnmsub132ps]
    case .vfnmsub231pd:
      [.vfnmadd231pd, .vfnmsub132pd]
    case .vfnmsub231ss:
      [.vfnmadd231ss, .vfnmsub132ss]
    case .vfnmsub231sd:
      [.vfnmadd231sd, .vfnmsub132sd]
    case .ldmxcsr:
      [.stmxcsr]
    case .stmxcsr:
      [.ldmxcsr]
    case .xsave:
      [.xsaveopt]
    case .xsaveopt, .xsavec:
      [.xsave]
    case .xsaves:
      [.xsavec]
    case .xrstors:
      [.xrstor]
    }
  }
}
