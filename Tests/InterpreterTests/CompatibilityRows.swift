// The columns are those of `InstructionRow`.

/// Decimal adjustment, which 64-bit mode does not have.
let decimalRows = """
  DAA     | 27    | rax=1A | rax=20 f=A ?=O
  DAA     | 27    | rax=9A | rax=0 f=CPAZ ?=O
  DAA     | 27    | rax=15 f=A | rax=1B f=PA ?=O
  DAA     | 27    | rax=15 f=C | rax=75 ?=O
  DAA     | 27    | rax=99 f=CA | rax=FF f=CPAS ?=O
  DAS     | 2F    | rax=0F | rax=9 f=PA ?=O
  DAS     | 2F    | rax=9B f=A | rax=35 f=CPA ?=O
  DAS     | 2F    | rax=10 f=C | rax=B0 f=CS ?=O
  DAS     | 2F    | rax=5 f=CA | rax=9F f=CPAS ?=O
  AAA     | 37    | rax=20F | rax=305 f=CA ?=OSZP
  AAA     | 37    | rax=FA | rax=200 f=CA ?=OSZP
  AAA     | 37    | rax=5 f=A | rax=10B f=CA ?=OSZP
  AAS     | 3F    | rax=20F | rax=109 f=CA ?=OSZP
  AAS     | 3F    | rax=5 f=A | rax=FE0F f=CA ?=OSZP
  AAS     | 3F    | rax=205 | ?=OSZP
  AAM     | D4 0A | rax=63 | rax=909 f=P ?=OAC
  AAM 10h | D4 10 | rax=FF | rax=F0F f=P ?=OAC
  AAM 0   | D4 00 | rax=12 | #DE
  AAD     | D5 0A | rax=905 | rax=5F f=P ?=OAC
  AAD 10h | D5 10 | rax=1234 | rax=54 ?=OAC
  SALC    | D6    | f=C | rax=FF
  SALC    | D6    | rax=12FF | rax=1200
  """

/// What 32-bit code has otherwise.
let compatibilityRows = """
  INC EAX                    | 40             | rax=FFFFFFFF f=C | rax=0 f=CPAZ
  DEC AX                     | 66 48          | rax=10000 | rax=1FFFF f=PAS
  ADD EAX, ECX               | 01 C8          | rax=7FFFFFFF rcx=1 | rax=80000000 f=PASO
  ADD BYTE [EBX], 1          | 80 03 01       | [0]=FF | [0]=0 f=CPAZ
  MOV EAX, DWORD [EBX+ECX*4] | 8B 04 8B       | rcx=2 [8]=55 | rax=55
  MOV AL, BYTE [BX+SI]       | 67 8A 00       | rbx=0 rsi=0 | #PF(4)@0
  PUSH EAX                   | 50             | rax=11223344 | rsp=w+FC [F8]=1122334400000000
  PUSH AX                    | 66 50          | rax=1122 | rsp=w+FE [F8]=1122000000000000
  PUSH ES                    | 06             |  | rsp=w+FC [F8]=2B00000000
  PUSH DS                    | 1E             |  | rsp=w+FC [F8]=2B00000000
  POP ES                     | 07             | [100]=0 | rsp=w+104 es=0
  POP DS                     | 1F             | [100]=2B | rsp=w+104
  PUSHAD | 60 | rax=1 rcx=2 rdx=3 rbp=4 | rsp=w+E0 [E0]=20000F4020000F80 [E8]=2000100000000004 [F0]=320000F00 [F8]=100000002
  PUSHAW | 66 60 | rax=1 rcx=2 rdx=3 rbp=4 | rsp=w+F0 [F0]=100000040F400F80 [F8]=1000200030F00
  POPAD | 61 | [100]=200000001 [108]=400000003 [110]=600000005 [118]=800000007 | rax=8 rcx=7 rdx=6 rbx=5 rsp=w+120 rbp=3 rsi=2 rdi=1
  POPAW | 66 61 | [100]=4000300020001 [108]=8000700060005 | rax=8 rcx=7 rdx=6 rbx=20000005 rsp=w+110 rbp=3 rsi=20000002 rdi=20000001
  PUSHFD                     | 9C             | f=CZS | rsp=w+FC [F8]=2C300000000
  POPFD                      | 9D             | [100]=CD5 | rsp=w+104 f=CPAZSDO
  CALL .+100h                | E8 FB 00 00 00 |  | rip=+100 rsp=w+FC [F8]=1000080500000000
  RET                        | C3             | [100]=556610000820 | rip=+20 rsp=w+104
  RET 4                      | C2 04 00       | [100]=10000820 | rip=+20 rsp=w+108
  ENTER 10h, 0               | C8 10 00 00    | rbp=1111 | rsp=w+EC rbp=w+FC [F8]=111100000000
  LEAVE                      | C9             | rbp=w+80 [80]=33334444 | rsp=w+84 rbp=33334444
  MOVSD                      | A5             | [40]=112233445566 | rsi=w+44 rdi=w+84 [80]=33445566
  REP STOSD                  | F3 AB          | rcx=2 rax=7 | rcx=0 rdi=w+88 [80]=700000007
  REPNE SCASB                | F2 AE          | rcx=4 rax=33 [80]=332211 | rcx=1 rdi=w+83 f=PZ
  LOOP .+20h                 | E2 1E          | rcx=2 | rip=+20 rcx=1
  JECXZ .+20h                | E3 1E          | rcx=0 | rip=+20
  XLATB                      | D7             | rax=3 [0]=1122334455667788 | rax=55
  LEA EAX, [EBX+EBX]         | 8D 04 1B       | rbx=90000000 | rax=20000000
  ARPL AX, CX                | 63 C8          | rax=10 rcx=3 | rax=13 f=Z
  ARPL WORD [EBX], CX        | 63 0B          | [0]=12 rcx=1 f=Z | f=-
  BOUND EAX, QWORD [EBX]     | 62 03          | rax=5 [0]=600000004 |
  BOUND EAX, QWORD [EBX]     | 62 03          | rax=7 [0]=600000004 | #BR
  BOUND AX, DWORD [EBX]      | 66 62 03       | rax=FFFF [0]=10000 | #BR
  INTO                       | CE             |  |
  INTO                       | CE             | f=O | #OF rip=+1
  LES ECX, FWORD [EBX]       | C4 0B          | [0]=2B12345678 | rcx=12345678
  LDS CX, DWORD [EBX]        | 66 C5 0B       | [0]=2B1234 | rcx=1234
  MOV EAX, DWORD ES:[EBX]    | 26 8B 03       | es=0 | #GP(0)
  MOV EAX, DWORD [EBX]       | 8B 03          | rbx=20003000 | #PF(4)@20003000
  PUSH EAX                   | 50             | rsp=20002004 | #PF(7)@20002000
  DIV CL                     | F6 F1          | rax=100 rcx=0 | #DE
  LOCK INC EAX               | F0 40          |  | #UD
  BOUND EAX, EAX             | 62 C0          |  | #UD
  LES EAX, EAX               | C4 C0          |  | #UD
  LDS EAX, [EBX]             | C5 03          | rbx=20003000 | #PF(4)@20003000
  AAM 0                      | D4 00          |  | #DE
  """
