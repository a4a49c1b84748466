// The columns are those of `InstructionRow`.

/// #PF, #GP, #SS, #UD, #DE and what they leave.
let faultRows = """
  MOV AL, BYTE [RBX]       | 8A 03       | rbx=20003000 | #PF(4)@20003000
  MOV BYTE [RBX], AL       | 88 03       | rbx=20003010 | #PF(6)@20003010
  MOV BYTE [RBX], AL       | 88 03       | rbx=20002000 | #PF(7)@20002000
  MOV AL, BYTE [RBX]       | 8A 03       | rbx=10000FFF | rax=CC
  ADD BYTE [RBX], AL       | 00 03       | rbx=20002008 | #PF(7)@20002008
  MOV RAX, QWORD [RBX]     | 48 8B 03    | rbx=20002FFC | #PF(4)@20003000
  MOV QWORD [RBX], RAX     | 48 89 03    | rbx=20001FFC rax=1 | #PF(7)@20002000
  CMPXCHG QWORD [RBX], RDX | 48 0F B1 13 | rbx=20002000 rax=1 | #PF(7)@20002000
  PUSH RAX                 | 50          | rsp=20002008 | #PF(7)@20002000
  PUSH RAX                 | 50          | rsp=20000000 | #PF(6)@1FFFFFF8
  POP RAX                  | 58          | rsp=20003000 | #PF(4)@20003000
  POP QWORD [RBX]          | 8F 03       | rbx=20002000 [100]=1 | #PF(7)@20002000
  CALL RAX                 | FF D0       | rsp=20002008 rax=10000900 | #PF(7)@20002000
  RET                      | C3          | rsp=20003000 | #PF(4)@20003000
  JMP RAX                  | FF E0       | rax=8000000000000000 | #GP(0)
  JMP QWORD [RBX]          | FF 23       | [0]=800000000000 | #GP(0)
  RET                      | C3          | [100]=8000000000000000 | #GP(0)
  MOV AL, BYTE [RBX]       | 8A 03       | rbx=800000000000 | #GP(0)
  MOV AL, BYTE [RBX]       | 8A 03       | rbx=FFFF7FFFFFFFFFFF | #GP(0)
  MOV RAX, QWORD [RBX]     | 48 8B 03    | rbx=7FFFFFFFFFFC | #GP(0)
  MOV AL, BYTE [RBP]       | 8A 45 00    | rbp=800000000000 | #SS(0)
  MOV BYTE [RSP], AL       | 88 04 24    | rsp=8000000000000000 | #SS(0)
  MOV AL, BYTE DS:[RBP]    | 3E 8A 45 00 | rbp=800000000000 | #SS(0)
  MOV AL, BYTE FS:[RBP]    | 64 8A 45 00 | rbp=800000000000 | #GP(0)
  PUSH RAX                 | 50          | rsp=8000000000000008 | #SS(0)
  POP RAX                  | 58          | rsp=800000000000 | #SS(0)
  LEAVE                    | C9          | rbp=800000000000 | #SS(0)
  MOVSB                    | A4          | rsi=800000000000 | #GP(0)
  MOVSB                    | A4          | rdi=20002000 | #PF(7)@20002000
  REP MOVSQ | F3 48 A5 | rcx=2 rsi=20002FF8 rdi=w | #PF(4)@20003000 rcx=1 rsi=20003000 rdi=w+8 [0]=70DED16DA6D8FB3D
  REP STOSQ | F3 48 AB | rcx=3 rdi=20001FF0 rax=1 | #PF(7)@20002000 rcx=1 rdi=20002000 stray=8FA8FEEB7798D5F0
  CMPSB                    | A6          | rdi=20003000 | #PF(4)@20003000
  LEA RAX, [RBX]           | 48 8D 03    | rbx=800000000000 | rax=800000000000
  CMPXCHG16B XMMWORD [RBX] | 48 0F C7 0B | rbx=w+8 | #GP(0)
  UD2                      | 0F 0B       |  | #UD
  UD1 EAX, EAX             | 0F B9 C0    |  | #UD
  LOCK ADD EAX, EAX        | F0 01 C0    |  | #UD
  LOCK CMP [RBX], EAX      | F0 39 03    |  | #UD
  LOCK MOV [RBX], EAX      | F0 89 03    |  | #UD
  PUSH ES                  | 06          |  | #UD
  DAA                      | 27          |  | #UD
  CALL ptr16:32            | 9A          |  | #UD
  MOV CS, EAX              | 8E C8       | rax=2B | #UD
  MOV Sreg 6, EAX          | 8E F0       |  | #UD
  LEA EAX, EAX             | 8D C0       |  | #UD
  0F 0A                    | 0F 0A       |  | #UD
  MOV DS, EAX              | 8E D8       | rax=FFF8 | #GP(FFF8)
  MOV SS, EAX              | 8E D0       | rax=0 | #GP(0)
  MOV ES, EAX              | 8E C0       | rax=33 | es=33
  IDIV DWORD [RBX]         | F7 3B       | rbx=20003000 | #PF(4)@20003000
  MOV EAX, DWORD [RBX]     | 8B 03       | rbx=w+1 f=K | #AC(0)
  MOV AL, BYTE [RBX]       | 8A 03       | rbx=w+1 f=K |
  PUSH RAX                 | 50          | rsp=w+104 f=K | #AC(0)
  INT 40h                  | CD 40       |  | #GP(202)
  IRETQ                    | 48 CF       |  | #GP(0)
  """

/// What only CPL 0 may do.
let privilegeRows = """
  CLI          | FA       |  | #GP(0)
  STI          | FB       |  | #GP(0)
  HLT          | F4       |  | #GP(0)
  IN AL, 10h   | E4 10    |  | #GP(0)
  IN EAX, DX   | ED       |  | #GP(0)
  OUT 10h, AL  | E6 10    |  | #GP(0)
  INSB         | 6C       |  | #GP(0)
  REP OUTSB    | F3 6E    |  | #GP(0)
  MOV RAX, CR0 | 0F 20 C0 |  | #GP(0)
  MOV CR3, RAX | 0F 22 D8 |  | #GP(0)
  MOV CR4, RAX | 0F 22 E0 |  | #GP(0)
  MOV RAX, DR0 | 0F 21 C0 |  | #GP(0)
  MOV DR7, RAX | 0F 23 F8 |  | #GP(0)
  LGDT [RBX]   | 0F 01 13 |  | #GP(0)
  LIDT [RBX]   | 0F 01 1B |  | #GP(0)
  LLDT AX      | 0F 00 D0 |  | #GP(0)
  LTR AX       | 0F 00 D8 |  | #GP(0)
  LMSW AX      | 0F 01 F0 |  | #GP(0)
  CLTS         | 0F 06    |  | #GP(0)
  INVD         | 0F 08    |  | #GP(0)
  WBINVD       | 0F 09    |  | #GP(0)
  INVLPG [RBX] | 0F 01 3B |  | #GP(0)
  WRMSR        | 0F 30    |  | #GP(0)
  RDMSR        | 0F 32    |  | #GP(0)
  SYSRETQ      | 48 0F 07 |  | #GP(0)
  SWAPGS       | 0F 01 F8 |  | #GP(0)
  """
