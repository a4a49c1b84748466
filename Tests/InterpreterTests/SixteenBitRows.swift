// The columns are those of `InstructionRow`, in a 16-bit code segment.

/// Operands that reach FFFFh, where DS ends with the first data page: what wraps to offset 0 meets a page that is not
/// there, at 1FFF1000h. What is one part crosses the limit; what is accessed in parts wraps between two of them, and of a
/// saved state the first and the last byte are checked.
let sixteenBitRows = """
  MOV EAX, DWORD [BX]  | 66 8B 07 | rbx=FFFE | #GP(0)
  MOV AX, WORD [BX]    | 8B 07    | rbx=FFFE [F8]=1234000000000000 | rax=1234
  MOV AX, WORD [BX+SI] | 8B 00    | rbx=FFF0 rsi=E rdi=0 [F8]=1234000000000000 | rax=1234
  MOV AX, WORD [BX+SI] | 8B 00    | rbx=FFF0 rsi=10 | #PF(4)@1FFF1000
  BOUND AX, [BX]       | 62 07    | rbx=FFFE | #PF(4)@1FFF1000
  BOUND AX, [BX]       | 62 07    | rbx=FFFF | #GP(0)
  LDS AX, DWORD [BX]   | C5 07    | rbx=FFFE | #PF(4)@1FFF1000
  JMP FAR [BX]         | FF 2F    | rbx=FFFE | #PF(4)@1FFF1000
  FLD TBYTE [BX]       | DB 2F    | rbx=FFF8 | #PF(4)@1FFF1000
  FLD TBYTE [BX]       | DB 2F    | rbx=FFFC | #GP(0)
  FBLD TBYTE [BX]      | DF 27    | rbx=FFF8 | #PF(4)@1FFF1000
  FNSTENV [BX]         | D9 37    | rbx=FFF8 | #PF(6)@1FFF1005
  FLDENV [BX]          | D9 27    | rbx=FFF8 | #PF(4)@1FFF1005
  FNSAVE [BX]          | DD 37    | rbx=FFF8 | #PF(6)@1FFF1055
  FRSTOR [BX]          | DD 27    | rbx=FFF8 | #PF(4)@1FFF1055
  FNSAVE [BX]          | DD 37    | rbx=FFFF | #GP(0)
  FXSAVE [BX]          | 0F AE 07 | rbx=FF80 | #PF(6)@1FFF117F
  FXRSTOR [BX]         | 0F AE 0F | rbx=FF80 | #PF(4)@1FFF117F
  XSAVE [BX]           | 0F AE 27 | rbx=FF80 rax=3 | #PF(6)@1FFF11BF
  XSAVE [BX]           | 0F AE 27 | rbx=FF80 rax=7 | #PF(6)@1FFF12BF
  MASKMOVDQU XMM0, XMM1 | 66 0F F7 C1 | rdi=FFF8 es=67 | #PF(6)@1FFF1000
  PUSH AX              | 50       | rsp=0 ss=67 rax=12 | rsp=FFFE [F8]=12000000000000
  POP AX               | 58       | rsp=FFFE ss=67 [F8]=12000000000000 | rsp=0 rax=12
  PUSH EAX             | 66 50    | rsp=2 ss=67 | #SS(0)
  """

/// The same where processors of AMD store nothing below the border, or check another part first.
let sixteenBitOrderRows = """
  XRSTOR [BX]          | 0F AE 2F | rbx=FF40 | #PF(4)@1FFF1140
  MASKMOVDQU XMM0, XMM1 | 66 0F F7 C1 | rdi=FFFC es=67 | #GP(0)
  FSTP TBYTE [BX]      | DB 3F    | rbx=FFF8 | #PF(6)@1FFF1000
  FBSTP TBYTE [BX]     | DF 37    | rbx=FFF8 | #PF(6)@1FFF1000
  """
