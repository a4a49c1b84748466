// The columns are those of `InstructionRow`.

/// SSE and SSE2 arithmetic: modes and exceptions of MXCSR, what an exception that is not masked leaves, MMX operands.
let vectorFloatRows = """
  ADDSS, a tie                   | F3 0F 58 C1 | ymm0=3F800000 ymm4=33800000 | mxcsr=1FA0
  ADDSS, rounded up              | F3 0F 58 C1 | mxcsr=5F80 ymm0=3F800000 ymm4=33800000 | ymm0=3F800001 mxcsr=5FA0
  ADDSS, exact                   | F3 0F 58 C1 | ymm0=3F8000003F800000 ymm4=40000000 | ymm0=3F80000040400000
  ADDSS, PE not masked           | F3 0F 58 C1 | mxcsr=F80 ymm0=3F800000 ymm4=33800000 | #XM mxcsr=FA0
  ADDSS, PE there and not masked | F3 0F 58 C1 | mxcsr=FA0 ymm0=3F800000 ymm4=33800000 | #XM
  ADDPS, IE and PE               | 0F 58 C1 | ymm0=3F8000007F800001 ymm4=3380000000000000 | ymm0=3F8000007FC00001 mxcsr=1FA1
  ADDPS, IE not masked hides PE  | 0F 58 C1 | mxcsr=1F00 ymm0=3F8000007F800001 ymm4=3380000000000000 | #XM mxcsr=1F01
  ADDPS, PE not masked keeps IE  | 0F 58 C1 | mxcsr=F80 ymm0=3F8000007F800001 ymm4=3380000000000000 | #XM mxcsr=FA1
  DIVPD, ZE in the upper element | 66 0F 5E C1 | ymm0=4000000000000000 ymm1=3FF0000000000000 ymm4=4000000000000000 | ymm0=3FF0000000000000 ymm1=7FF0000000000000 mxcsr=1F84
  DIVPD, ZE not masked           | 66 0F 5E C1 | mxcsr=1D80 ymm0=4000000000000000 ymm1=3FF0000000000000 ymm4=4000000000000000 | #XM mxcsr=1D84
  MULSD, underflow               | F2 0F 59 C1 | ymm0=10000000000001 ymm4=3FE0000000000000 | ymm0=8000000000000 mxcsr=1FB0
  MULSD, flushed to zero         | F2 0F 59 C1 | mxcsr=9F80 ymm0=10000000000001 ymm4=BFE0000000000000 | ymm0=8000000000000000 mxcsr=9FB0
  MULSD, UE not masked           | F2 0F 59 C1 | mxcsr=1780 ymm0=10000000000000 ymm4=3FE0000000000000 | #XM mxcsr=1790
  MULSD, a denormal              | F2 0F 59 C1 | ymm0=1 ymm4=4000000000000000 | ymm0=2 mxcsr=1F82
  MULSD, a denormal taken as 0   | F2 0F 59 C1 | mxcsr=1FC0 ymm0=1 ymm4=4000000000000000 | ymm0=0
  MULSD, DE not masked           | F2 0F 59 C1 | mxcsr=1E80 ymm0=1 ymm4=4000000000000000 | #XM mxcsr=1E82
  SQRTSD of -1                   | F2 0F 51 C1 | ymm4=BFF0000000000000 | ymm0=FFF8000000000000 mxcsr=1F81
  MINSS, a NaN and a number      | F3 0F 5D C1 | ymm0=7FC00000 ymm4=3F800000 | ymm0=3F800000 mxcsr=1F81
  CMPLTSD, a quiet NaN           | F2 0F C2 C1 01 | ymm0=7FF8000000000000 ymm4=3FF0000000000000 | ymm0=0 mxcsr=1F81
  CMPNLTSD, a quiet NaN          | F2 0F C2 C1 05 | ymm0=7FF8000000000000 ymm4=3FF0000000000000 | ymm0=FFFFFFFFFFFFFFFF mxcsr=1F81
  CMPEQSD, a quiet NaN           | F2 0F C2 C1 00 | ymm0=7FF8000000000000 ymm4=3FF0000000000000 | ymm0=0
  COMISD, unordered              | 66 0F 2F C1 | ymm0=7FF8000000000000 f=SO | f=CPZ mxcsr=1F81
  UCOMISD, unordered             | 66 0F 2E C1 | ymm0=7FF8000000000000 f=SO | f=CPZ
  COMISD, IE not masked          | 66 0F 2F C1 | mxcsr=1F00 ymm0=7FF8000000000000 f=SO | #XM mxcsr=1F01
  CVTSD2SI EAX, out of range     | F2 0F 2D C0 | ymm0=41E0000000000000 | rax=80000000 mxcsr=1F81
  CVTSD2SI RAX, rounded up       | F2 48 0F 2D C0 | mxcsr=5F80 ymm0=4004000000000000 | rax=3 mxcsr=5FA0
  CVTTSS2SI EAX, IE not masked   | F3 0F 2C C0 | mxcsr=1F00 ymm0=7F800000 rax=5 | #XM mxcsr=1F01
  CVTSI2SS XMM0, RAX rounded down | F3 48 0F 2A C0 | mxcsr=3F80 rax=1000001 | ymm0=4B800000 mxcsr=3FA0
  CVTPI2PS XMM0, MM1             | 0F 2A C1 | st2=FFFFFFFE00000003 ymm1=77 | ymm0=C000000040400000 ftw=FF
  CVTPI2PD XMM0, MM1             | 66 0F 2A C1 | st2=FFFFFFFE00000003 ymm1=77 | ymm0=4008000000000000 ymm1=C000000000000000 ftw=FF
  CVTPI2PD XMM0, m64 leaves the x87 alone | 66 0F 2A 03 | [0]=FFFFFFFE00000003 | ymm0=4008000000000000 ymm1=C000000000000000
  CVTPS2PI MM0, XMM1             | 0F 2D C1 | ymm4=40200000C0400000 | st0=2FFFFFFFD st1=FFFF ftw=FF mxcsr=1FA0
  CVTTPS2PI MM0, XMM1            | 0F 2C C1 | ymm4=4020000040600000 | st0=200000003 st1=FFFF ftw=FF mxcsr=1FA0
  CVTPD2PI MM0, XMM1             | 66 0F 2D C1 | ymm4=400C000000000000 ymm5=C008000000000000 | st0=FFFFFFFD00000004 st1=FFFF ftw=FF mxcsr=1FA0
  CVTTPD2PI MM0, XMM1            | 66 0F 2C C1 | ymm4=400C000000000000 ymm5=C008000000000000 | st0=FFFFFFFD00000003 st1=FFFF ftw=FF mxcsr=1FA0
  CVTPI2PS, an x87 exception waits | 0F 2A C1 | fcw=37E fsw=8081 | #MF
  LDMXCSR, a reserved bit        | 0F AE 13 | [0]=11F80 | #GP(0)
  PADDB MM0, MM1                 | 0F FC C1 | st0=FF st2=1 | st0=0 st1=FFFF ftw=FF
  MOVQ2DQ XMM0, MM1              | F3 0F D6 C1 | st2=5 ymm1=77 | ymm0=5 ymm1=0 ftw=FF
  EMMS                           | 0F 77 | ftw=FF | ftw=0
  """

/// The x87 unit: exceptions masked and not, C1, condition codes, unsupported numbers.
let x87Rows = """
  FDIV 1/3, C1 is clear          | D8 F1 | fcw=77F ftw=3 st0=8000000000000000 st1=3FFF st2=C000000000000000 st3=4000 | st0=AAAAAAAAAAAAAAAA st1=3FFD fsw=20
  FDIV 1/3, C1 is set            | D8 F1 | fcw=B7F ftw=3 st0=8000000000000000 st1=3FFF st2=C000000000000000 st3=4000 | st0=AAAAAAAAAAAAAAAB st1=3FFD fsw=220
  FDIV 1/3 in 24 bits            | D8 F1 | fcw=7F ftw=3 st0=8000000000000000 st1=3FFF st2=C000000000000000 st3=4000 | st0=AAAAAB0000000000 st1=3FFD fsw=220
  FDIV 1/0                       | D8 F1 | ftw=3 st0=8000000000000000 st1=3FFF | st1=7FFF fsw=4
  FDIV 1/0, not masked           | D8 F1 | fcw=37B ftw=3 st0=8000000000000000 st1=3FFF | fsw=8084
  FDIV denormal/0 is ZE alone    | D8 F1 | ftw=3 st0=1 | st0=8000000000000000 st1=7FFF fsw=4
  FADD, overflow                 | D8 C0 | ftw=1 st0=FFFFFFFFFFFFFFFF st1=7FFE | st0=8000000000000000 st1=7FFF fsw=228
  FADD, overflow not masked      | D8 C0 | fcw=377 ftw=1 st0=FFFFFFFFFFFFFFFF st1=7FFE | st1=1FFF fsw=8088
  FMUL, underflow                | D8 C9 | ftw=3 st0=8000000000000001 st1=1 st2=8000000000000000 st3=3FFE | st0=4000000000000000 st1=0 fsw=30
  FMUL, underflow not masked     | D8 C9 | fcw=36F ftw=3 st0=8000000000000001 st1=1 st2=8000000000000000 st3=3FFE | st1=6000 fsw=8090
  FADD of an unnormal            | D8 C1 | ftw=3 st0=4000000000000000 st1=3FFF st2=8000000000000000 st3=3FFF | st0=C000000000000000 st1=FFFF fsw=1
  FADD of a pseudo-denormal      | D8 C1 | ftw=3 st0=8000000000000000 st1=0 | st1=1 fsw=2
  FADD, an SNaN and a QNaN       | D8 C1 | ftw=3 st0=A000000000000000 st1=7FFF st2=C000000000000001 st3=7FFF | st0=C000000000000001 fsw=1
  FADD, two QNaNs: the larger    | D8 C1 | ftw=3 st0=C000000000000001 st1=7FFF st2=C000000000000002 st3=FFFF | st0=C000000000000002 st1=FFFF
  FADD, IE not masked            | D8 C1 | fcw=37E ftw=3 st0=A000000000000000 st1=7FFF | fsw=8081
  FADD of an empty register      | D8 C1 | ftw=1 st0=8000000000000000 st1=3FFF | st0=C000000000000000 st1=FFFF fsw=41
  FSQRT of -0                    | D9 FA | ftw=1 st1=8000 |
  FSQRT of -1                    | D9 FA | ftw=1 st0=8000000000000000 st1=BFFF | st0=C000000000000000 st1=FFFF fsw=1
  FUCOM with a QNaN              | DD E1 | ftw=3 st0=C000000000000000 st1=7FFF st2=8000000000000000 st3=3FFF | fsw=4500
  FCOM with a QNaN               | D8 D1 | ftw=3 st0=C000000000000000 st1=7FFF st2=8000000000000000 st3=3FFF | fsw=4501
  FCOMI, greater                 | DB F1 | ftw=3 st0=C000000000000000 st1=3FFF st2=8000000000000000 st3=3FFF f=CPAZSO | f=-
  FRNDINT of 2.5                 | D9 FC | ftw=1 st0=A000000000000000 st1=4000 | st0=8000000000000000 fsw=20
  FRNDINT of 2.5 up              | D9 FC | fcw=B7F ftw=1 st0=A000000000000000 st1=4000 | st0=C000000000000000 fsw=220
  FSCALE by 3.5                  | D9 FD | ftw=3 st0=C000000000000000 st1=3FFF st2=E000000000000000 st3=4000 | st1=4002
  FPREM 17 by 3: 2, quotient 5   | D9 F8 | ftw=3 st0=8800000000000000 st1=4003 st2=C000000000000000 st3=4000 | st0=8000000000000000 st1=4000 fsw=300
  FPREM1 17 by 3: -1, quotient 6 | D9 F5 | ftw=3 st0=8800000000000000 st1=4003 st2=C000000000000000 st3=4000 | st0=8000000000000000 st1=BFFF fsw=4100
  FPREM, a part of 2^65 by 3     | D9 F8 | ftw=3 st0=8000000000000000 st1=4040 st2=C000000000000000 st3=4000 | st1=4020 fsw=400
  FXTRACT of 12                  | D9 F4 | ftw=1 st0=C000000000000000 st1=4002 | st0=C000000000000000 st1=3FFF st2=C000000000000000 st3=4000 fsw=3800 ftw=81
  FXTRACT of 0                   | D9 F4 | ftw=1 | st2=8000000000000000 st3=FFFF fsw=3804 ftw=81
  FST m32, rounded up            | D9 13 | ftw=1 st0=8000008000000001 st1=3FFF | [0]=3F800001 fsw=220
  FIST m16, out of range         | DF 13 | ftw=1 st0=8000000000000000 st1=400E | [0]=8000 fsw=1
  FIST m16, IE not masked        | DF 13 | fcw=37E ftw=1 st0=8000000000000000 st1=400E [0]=77 | fsw=8081
  FLD1, the stack is full        | D9 E8 | ftw=FF | st0=C000000000000000 st1=FFFF fsw=3A41
  FLD1, full, IE not masked      | D9 E8 | fcw=37E ftw=FF | fsw=82C1
  FXCH with an empty register    | D9 C9 | ftw=1 st0=8000000000000000 st1=3FFF | st0=C000000000000000 st1=FFFF st2=8000000000000000 st3=3FFF fsw=41 ftw=3
  FXCH, empty, IE not masked     | D9 C9 | fcw=37E ftw=1 st0=8000000000000000 st1=3FFF | fsw=80C1
  FXAM of an unnormal            | D9 E5 | ftw=1 st0=1 st1=BFFF | fsw=200
  FXAM of a pseudo-denormal      | D9 E5 | ftw=1 st0=8000000000000000 | fsw=4400
  FXAM of an empty register      | D9 E5 |  | fsw=4100
  FNSTENV: tags by the contents  | D9 33 | fcw=37E ftw=7 st0=8000000000000000 st1=3FFF st4=1 | fcw=37F [0]=FFFF0000FFFF037E [8]=FFFFFFE4 [18]=FFFF0000
  FBSTP of 10^18 is indefinite   | DF 33 | ftw=1 st0=DE0B6B3A76400000 st1=403A | [0]=C000000000000000 [8]=FFFF fsw=801 ftw=0 st0=0 st1=0 st14=DE0B6B3A76400000 st15=403A
  FBSTP above 10^18: nothing up  | DF 33 | ftw=1 st0=D24065D85A282E45 st1=403B | [0]=C000000000000000 [8]=FFFF fsw=801 ftw=0 st0=0 st1=0 st14=D24065D85A282E45 st15=403B
  FBSTP of 10^18 - 0.4           | DF 33 | ftw=1 st0=DE0B6B3A763FFFFA st1=403A | [0]=C000000000000000 [8]=FFFF fsw=801 ftw=0 st0=0 st1=0 st14=DE0B6B3A763FFFFA st15=403A
  FBSTP of -12.5                 | DF 33 | ftw=1 st0=C800000000000000 st1=C002 | [0]=12 [8]=8000 fsw=820 ftw=0 st0=0 st1=0 st14=C800000000000000 st15=C002
  FLD1, an exception waits       | D9 E8 | fcw=37E fsw=8081 | #MF
  FLD m32, a denormal            | D9 03 | [0]=1 | st0=8000000000000000 st1=3F6A fsw=3802 ftw=80
  FLD m64, an SNaN               | DD 03 | [0]=7FF0000000000001 | st0=C000000000000800 st1=7FFF fsw=3801 ftw=80
  FLD m80, an SNaN               | DB 2B | [0]=8000000000000001 [8]=7FFF | st0=8000000000000001 st1=7FFF fsw=3800 ftw=80
  """
