// The columns are those of `InstructionRow`.

/// F2XM1, FYL2X, FYL2XP1, FPATAN, FSIN, FCOS, FSINCOS and FPTAN: special cases, range, stack faults, exceptions. The results
/// are those of which processors agree.
let transcendentalRows = """
  F2XM1 of 1/2                   | D9 F0 | ftw=1 st0=8000000000000000 st1=3FFE | st0=D413CCCFE7799211 st1=3FFD fsw=20
  F2XM1 of -0                    | D9 F0 | ftw=1 st1=8000 |
  F2XM1 of a denormal            | D9 F0 | ftw=1 st0=10000000000 | st0=B17217F7D2 fsw=232
  F2XM1 of a denormal, not masked | D9 F0 | fcw=37D ftw=1 st0=10000000000 | fsw=8082
  F2XM1 of an empty register     | D9 F0 |  | st0=C000000000000000 st1=FFFF fsw=41 ftw=1
  FYL2X of 0                     | D9 F1 | ftw=3 st2=8000000000000000 st3=3FFF | st0=8000000000000000 st1=FFFF st2=0 st3=0 fsw=804 ftw=2
  FYL2X of 0, ZE not masked      | D9 F1 | fcw=37B ftw=3 st2=8000000000000000 st3=3FFF | fsw=8084
  FYL2X of -1                    | D9 F1 | ftw=3 st0=8000000000000000 st1=BFFF st2=8000000000000000 st3=3FFF | st0=C000000000000000 st1=FFFF st2=0 st3=0 st14=8000000000000000 st15=BFFF fsw=801 ftw=2
  FYL2X of 1 by infinity         | D9 F1 | ftw=3 st0=8000000000000000 st1=3FFF st2=8000000000000000 st3=7FFF | st0=C000000000000000 st1=FFFF st2=0 st3=0 st14=8000000000000000 st15=3FFF fsw=801 ftw=2
  FYL2X, ST(1) is empty          | D9 F1 | ftw=1 st0=8000000000000000 st1=3FFF | st0=C000000000000000 st1=FFFF st14=8000000000000000 st15=3FFF fsw=841 ftw=2
  FYL2XP1 of -0                  | D9 F9 | ftw=3 st1=8000 st2=8000000000000000 st3=3FFF | st1=8000 st2=0 st3=0 st15=8000 fsw=800 ftw=2
  FPATAN of -0 and -0            | D9 F3 | ftw=3 st1=8000 st3=8000 | st0=C90FDAA22168C235 st1=C000 st3=0 st15=8000 fsw=A20 ftw=2
  FPATAN of 1 and -1             | D9 F3 | ftw=3 st0=8000000000000000 st1=BFFF st2=8000000000000000 st3=3FFF | st0=96CBE3F9990E91A8 st1=4000 st2=0 st3=0 st14=8000000000000000 st15=BFFF fsw=A20 ftw=2
  FPATAN of infinities           | D9 F3 | ftw=3 st0=8000000000000000 st1=7FFF st2=8000000000000000 st3=7FFF | st0=C90FDAA22168C235 st1=3FFE st2=0 st3=0 st14=8000000000000000 st15=7FFF fsw=A20 ftw=2
  FSIN of 1                      | D9 FE | ftw=1 fsw=400 st0=8000000000000000 st1=3FFF | st0=D76AA47848677021 st1=3FFE fsw=220
  FSIN of 1 in 24 bits           | D9 FE | fcw=7F ftw=1 st0=8000000000000000 st1=3FFF | st0=D76AA47848677021 st1=3FFE fsw=220
  FSIN of pi: 66 bits of it      | D9 FE | ftw=1 st0=C90FDAA22168C235 st1=4000 | st0=8000000000000000 st1=BFBF fsw=220
  FSIN of 2^63                   | D9 FE | ftw=1 fsw=200 st0=8000000000000000 st1=403E | fsw=400
  FSIN of infinity               | D9 FE | ftw=1 st0=8000000000000000 st1=7FFF | st0=C000000000000000 st1=FFFF fsw=1
  FCOS of 1                      | D9 FF | ftw=1 st0=8000000000000000 st1=3FFF | st0=8A51407DA8345C92 st1=3FFE fsw=220
  FCOS of -0                     | D9 FF | ftw=1 st1=8000 | st0=8000000000000000 st1=3FFF
  FSINCOS of 0                   | D9 FB | ftw=1 | st0=8000000000000000 st1=3FFF fsw=3800 ftw=81
  FSINCOS, the stack is full     | D9 FB | ftw=FF fsw=400 | st0=C000000000000000 st1=FFFF st2=C000000000000000 st3=FFFF fsw=3A41
  FSINCOS, IE not masked         | D9 FB | fcw=37E ftw=1 st0=8000000000000000 st1=7FFF | fsw=8081
  FPTAN of 1/2                   | D9 F2 | ftw=1 st0=8000000000000000 st1=3FFE | st1=3FFF st2=8BDA7ADF9A3A5219 st3=3FFE fsw=3A20 ftw=81
  FPTAN of -2^63                 | D9 F2 | ftw=1 st0=8000000000000000 st1=C03E | fsw=400
  FPTAN of an SNaN               | D9 F2 | ftw=1 st0=8000000000000001 st1=7FFF | st0=C000000000000001 st2=C000000000000001 st3=7FFF fsw=3801 ftw=81
  FPTAN, full, IE not masked     | D9 F2 | fcw=37E ftw=FF | fsw=82C1
  FPTAN of an empty register     | D9 F2 |  | st0=C000000000000000 st1=FFFF st2=C000000000000000 st3=FFFF fsw=3841 ftw=81
  """

/// Results of which a Granite Rapids has another last place, or C1.
let lastPlaceRows = """
  FYL2X of 2.5                   | D9 F1 | ftw=3 st0=A000000000000000 st1=4000 st2=8000000000000000 st3=3FFF | st0=A934F0979A3715FD st1=3FFF st2=0 st3=0 st14=A000000000000000 st15=4000 fsw=A20 ftw=2
  FYL2XP1 of 1/8 by 2            | D9 F9 | ftw=3 st0=8000000000000000 st1=3FFC st2=8000000000000000 st3=4000 | st0=AE00D1CFDEB43CFD st1=3FFD st2=0 st3=0 st14=8000000000000000 st15=3FFC fsw=820 ftw=2
  """

/// Which instruction FIP, FOP and FDP show in environments, as AMD's processors have it.
let x87PointerRows = """
  FLD m32                        | D9 03 D9 73 40 | steps=2 [0]=3F800000 | \
    st0=8000000000000000 st1=3FFF fsw=3800 ftw=80 \
    [40]=FFFF3800FFFF037F [48]=10000800FFFF3FFF [50]=20000F0001030033 [58]=FFFF0000
  FLD m32 by SS                  | D9 04 24 D9 73 40 | steps=2 [100]=3F800000 | \
    st0=8000000000000000 st1=3FFF fsw=3800 ftw=80 \
    [40]=FFFF3800FFFF037F [48]=10000800FFFF3FFF [50]=2000100001040033 [58]=FFFF002B
  FLD m32, FLD1: FDP stays       | D9 03 D9 E8 D9 73 40 | steps=3 [0]=3F800000 | \
    st0=8000000000000000 st1=3FFF st2=8000000000000000 st3=3FFF fsw=3000 ftw=C0 \
    [40]=FFFF3000FFFF037F [48]=10000802FFFF0FFF [50]=20000F0001E80033 [58]=FFFF0000
  FLD m32, FNSTCW: control       | D9 03 D9 7B 20 D9 73 40 | steps=3 [0]=3F800000 | \
    st0=8000000000000000 st1=3FFF fsw=3800 ftw=80 [20]=37F \
    [40]=FFFF3800FFFF037F [48]=10000800FFFF3FFF [50]=20000F0001030033 [58]=FFFF0000
  FLDZ with a prefix             | 48 D9 EE D9 73 40 | steps=2 | \
    fsw=3800 ftw=80 [40]=FFFF3800FFFF037F [48]=10000800FFFF7FFF [50]=1EE0033 [58]=FFFF0000
  FNOP                           | D9 D0 D9 73 40 | steps=2 | \
    [40]=FFFF0000FFFF037F [48]=10000800FFFFFFFF [50]=1D00033 [58]=FFFF0000
  FLD m32, FNINIT                | D9 03 DB E3 D9 73 40 | steps=3 [0]=3F800000 | \
    st14=8000000000000000 st15=3FFF [40]=FFFF0000FFFF037F [48]=FFFFFFFF [58]=FFFF0000
  FLD m32, environment of 16 bits | D9 03 66 D9 73 40 | steps=2 [0]=3F800000 | \
    st0=8000000000000000 st1=3FFF fsw=3800 ftw=80 [40]=8003FFF3800037F [48]=F000033
  FLDENV                         | D9 23 D9 73 40 | \
    steps=2 [0]=FFFF0000FFFF037F [8]=11223344FFFFFFFF [10]=55667788FFAB1234 [18]=DEF0 | \
    [40]=FFFF0000FFFF037F [48]=11223344FFFFFFFF [50]=5566778807AB1234 [58]=FFFFDEF0
  FLDENV of 16 bits              | 66 D9 23 D9 73 40 | steps=2 [0]=3344FFFF0000037F [8]=DEF077881234 | \
    [40]=FFFF0000FFFF037F [48]=3344FFFFFFFF [50]=778800001234 [58]=FFFFDEF0
  FLDENV, an exception waits     | D9 23 D9 E8 | steps=2 [0]=FFFF0001FFFF037E [8]=FFFFFFFF | \
    #MF rip=+2 fcw=37E fsw=8081
  MASKMOVDQU, nothing selected   | 66 0F F7 C1 | rdi=20003000 | #PF(6)@20003000
  """

/// The same in compatibility mode.
let x87CompatibilityPointerRows = """
  FLD m32 in compatibility mode  | D9 03 D9 73 40 | steps=2 [0]=3F800000 | \
    st0=8000000000000000 st1=3FFF fsw=3800 ftw=80 \
    [40]=FFFF3800FFFF037F [48]=10000800FFFF3FFF [50]=20000F0001030023 [58]=FFFF002B
  """

/// Stores past the caches and by masks, cache lines, images of FXSAVE.
let storeRows = """
  MASKMOVDQU                     | 66 0F F7 C1 | ymm0=1122334455667788 ymm1=99 ymm4=8000000000000080 ymm5=7F | [80]=1100000000000088
  MASKMOVDQU with 67h            | 67 66 0F F7 C1 | rdi=120000F88 ymm0=1 ymm4=80 | [88]=1
  MASKMOVDQU by FS               | 64 66 0F F7 C1 | fsbase=10 ymm0=1 ymm4=80 | [90]=1
  MOVNTPS                        | 0F 2B 03 | ymm0=1 ymm1=2 | [0]=1 [8]=2
  MOVNTDQ misaligned             | 66 0F E7 43 08 |  | #GP(0)
  MOVNTI misaligned              | 48 0F C3 43 0C | rax=1122334455667788 | [8]=5566778800000000 [10]=11223344
  CLFLUSH of a page for reading  | 0F AE 3B | rbx=20002000 |
  CLFLUSH of a page that is not there | 0F AE 3B | rbx=20003000 | #PF(4)@20003000
  CLFLUSH, not canonical         | 0F AE 3B | rbx=800000000000 | #GP(0)
  FXSAVE misaligned              | 0F AE 43 08 |  | #GP(0)
  LOCK FXSAVE                    | F0 0F AE 03 |  | #UD
  FXRSTOR misaligned             | 0F AE 4B 08 |  | #GP(0)
  FXRSTOR, a reserved MXCSR bit  | 0F AE 0B | [18]=10001F80 | #GP(0)
  FXRSTOR: ST(0) stands first    | 0F AE 0B | [0]=20800037F [18]=1F80 [20]=8000000000000005 [28]=3FFF [A0]=6 | fsw=800 ftw=2 st0=8000000000000005 st1=3FFF ymm0=6
  """
