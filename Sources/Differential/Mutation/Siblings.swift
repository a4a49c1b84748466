import X86Decoder

/// Operations that an implementer could take for each other: same operands, another result.
enum Siblings {
  /// What each operation is replaced by.
  static let table: [X86Decoder.Operation: [X86Decoder.Operation]] = [
    .add: [.sub, .adc], .sub: [.add, .sbb], .adc: [.add, .sbb], .sbb: [.sub, .adc], .and: [.or, .test],
    .or: [.xor, .and],
    .xor: [.or, .and], .cmp: [.sub, .test], .test: [.cmp, .and], .not: [.neg], .neg: [.not], .mul: [.imul1],
    .imul1: [.mul], .div: [.idiv], .idiv: [.div], .inc: [.dec], .dec: [.inc], .rol: [.ror, .rcl], .ror: [.rol, .rcr],
    .rcl: [.rcr, .rol], .rcr: [.rcl, .ror], .shl: [.shr, .rol], .shr: [.shl, .sar], .sar: [.shr, .shl], .shld: [.shrd],
    .shrd: [.shld], .bt: [.bts], .bts: [.btr, .bt], .btr: [.btc, .bt], .btc: [.bts, .bt], .bsf: [.bsr], .bsr: [.bsf],
    .daa: [.das], .das: [.daa], .aaa: [.aas], .aas: [.aaa], .cbw: [.cwd], .cwd: [.cbw], .movzx: [.movsx],
    .movsx: [.movzx], .movsxd: [.movzx], .xchg: [.mov], .xadd: [.add, .xchg], .cmpxchg: [.cmp], .clc: [.stc],
    .stc: [.cmc], .cmc: [.clc], .cld: [.std], .std: [.cld], .sahf: [.lahf], .lahf: [.sahf], .movs: [.lods, .stos],
    .cmps: [.scas], .scas: [.cmps], .stos: [.movs], .lods: [.movs], .loop: [.loope, .loopne], .loope: [.loopne, .loop],
    .loopne: [.loope, .loop], .cmovcc: [.mov], .call: [.jmp], .leave: [.nop], .rdfsbase: [.rdgsbase],
    .rdgsbase: [.rdfsbase], .wrfsbase: [.wrgsbase], .wrgsbase: [.wrfsbase], .pusha: [.popa], .popa: [.pusha],
    .popcnt: [.bsf],
    // MMX and SSE2.
    .paddb: [.psubb, .paddsb, .paddw], .paddw: [.psubw, .paddusw, .paddd], .paddd: [.psubd, .paddq],
    .paddq: [.psubq, .paddd], .psubb: [.paddb, .psubsb], .psubw: [.paddw, .psubusw], .psubd: [.paddd, .psubq],
    .psubq: [.paddq, .psubd], .paddsb: [.paddusb, .psubsb], .paddsw: [.paddusw, .psubsw], .paddusb: [.paddsb],
    .paddusw: [.paddsw], .psubsb: [.psubusb], .psubsw: [.psubusw], .psubusb: [.psubsb], .psubusw: [.psubsw],
    .pcmpgtb: [.pcmpeqb, .pcmpgtw], .pcmpgtw: [.pcmpeqw, .pcmpgtd], .pcmpgtd: [.pcmpeqd, .pcmpgtw],
    .pcmpeqb: [.pcmpgtb, .pcmpeqw], .pcmpeqw: [.pcmpeqb, .pcmpeqd], .pcmpeqd: [.pcmpeqw], .pminub: [.pmaxub, .pminsw],
    .pmaxub: [.pminub, .pmaxsw], .pminsw: [.pmaxsw, .pminub], .pmaxsw: [.pminsw, .pmaxub], .pavgb: [.pavgw],
    .pavgw: [.pavgb], .pand: [.pandn, .por], .pandn: [.pand], .por: [.pxor], .pxor: [.por], .psrlw: [.psraw, .psllw],
    .psrld: [.psrad, .psrlw], .psrlq: [.psllq, .psrld], .psraw: [.psrlw], .psrad: [.psrld], .psllw: [.psrlw, .pslld],
    .pslld: [.psrld, .psllq], .psllq: [.psrlq, .pslld], .psrldq: [.pslldq], .pslldq: [.psrldq],
    .pmulhw: [.pmulhuw, .pmullw], .pmulhuw: [.pmulhw], .pmullw: [.pmulhw], .pmaddwd: [.pmullw], .pmuludq: [.paddq],
    .psadbw: [.pavgb], .packsswb: [.packuswb], .packuswb: [.packsswb], .packssdw: [.packsswb],
    .punpcklbw: [.punpckhbw, .punpcklwd], .punpcklwd: [.punpckhwd, .punpckldq], .punpckldq: [.punpckhdq],
    .punpckhbw: [.punpcklbw], .punpckhwd: [.punpcklwd], .punpckhdq: [.punpckldq], .punpcklqdq: [.punpckhqdq],
    .punpckhqdq: [.punpcklqdq], .pshufhw: [.pshuflw], .pshuflw: [.pshufhw], .pshufd: [.pshuflw],
    .movdqa: [.movdqu], .movdqu: [.movdqa], .movaps: [.movups], .movups: [.movaps], .movapd: [.movupd],
    .movupd: [.movapd], .movntps: [.movups], .movntpd: [.movupd], .movntdq: [.movdqu], .andps: [.andnps, .orps],
    .andnps: [.andps], .orps: [.xorps], .xorps: [.orps], .andpd: [.andnpd, .orpd], .andnpd: [.andpd], .orpd: [.xorpd],
    .xorpd: [.orpd], .unpcklps: [.unpckhps, .unpcklpd], .unpckhps: [.unpcklps], .unpcklpd: [.unpckhpd],
    .unpckhpd: [.unpcklpd], .movlps: [.movhps], .movhps: [.movlps], .movlpd: [.movhpd], .movhpd: [.movlpd],
    .movhlps: [.movlhps], .movlhps: [.movhlps], .movss: [.movsdXmm], .movsdXmm: [.movss], .shufps: [.shufpd],
    .shufpd: [.shufps], .movmskps: [.movmskpd], .movmskpd: [.movmskps], .maskmovdqu: [.nop], .maskmovq: [.nop],
    // State and x87 control.
    .ldmxcsr: [.stmxcsr], .stmxcsr: [.ldmxcsr], .fldcw: [.fnstcw], .fnstcw: [.fldcw, .fnstsw], .fincstp: [.fdecstp],
    .fdecstp: [.fincstp], .ffree: [.fnop], .fnclex: [.fninit], .fninit: [.fnclex], .fcmovb: [.fcmovnb, .fcmovbe],
    .fcmovnb: [.fcmovb], .fcmove: [.fcmovne, .fcmovb], .fcmovne: [.fcmove], .fcmovbe: [.fcmovnbe, .fcmove],
    .fcmovnbe: [.fcmovbe], .fcmovu: [.fcmovnu], .fcmovnu: [.fcmovu], .fxch: [.fnop], .emms: [.nop],
  ]
}
