// The columns are those of `InstructionRow`.

/// MOV and its extensions, LEA, CMOVcc, SETcc, XLAT, segment registers.
let moveRows = """
  MOV AL, 12h                   | B0 12                    | rax=FFFFFFFFFFFFFFFF | rax=FFFFFFFFFFFFFF12
  MOV AH, 12h                   | B4 12                    | rax=FFFFFFFFFFFFFFFF | rax=FFFFFFFFFFFF12FF
  MOV SIL, 12h                  | 40 B6 12                 | rsi=FFFF | rsi=FF12
  MOV AX, 1234h                 | 66 B8 34 12              | rax=FFFFFFFFFFFFFFFF | rax=FFFFFFFFFFFF1234
  MOV EAX, 12345678h            | B8 78 56 34 12           | rax=FFFFFFFFFFFFFFFF | rax=12345678
  MOV RAX, -2                   | 48 C7 C0 FE FF FF FF     |  | rax=FFFFFFFFFFFFFFFE
  MOV RAX, 1122334455667788h | 48 B8 88 77 66 55 44 33 22 11 |  | rax=1122334455667788
  MOV R15B, CL                  | 41 88 CF                 | r15=FFFF rcx=12 | r15=FF12
  MOV BH, AL                    | 88 C7                    | rax=55 | rbx=20005500
  MOV EAX, ECX                  | 89 C8                    | rax=FFFFFFFFFFFFFFFF rcx=FFFFFFFF80000000 | rax=80000000
  MOV BYTE [RBX], 12h           | C6 03 12                 | [0]=FFFF | [0]=FF12
  MOV WORD [RBX+7], 1234h       | 66 C7 43 07 34 12        |  | [0]=3400000000000000 [8]=12
  MOV DWORD [RBX], FFFFFFFFh    | C7 03 FF FF FF FF        |  | [0]=FFFFFFFF
  MOV QWORD [RBX], -1           | 48 C7 03 FF FF FF FF     |  | [0]=FFFFFFFFFFFFFFFF
  MOV QWORD [RBX+FCh], RAX      | 48 89 83 FC 00 00 00     | rax=1122334455667788 | [F8]=5566778800000000 [100]=11223344
  MOV RCX, QWORD [RBX+FCh]      | 48 8B 8B FC 00 00 00     | [F8]=1122334400000000 [100]=55667788 | rcx=5566778811223344
  MOV CL, BYTE [RSP-1]          | 8A 4C 24 FF              | [F8]=AB00000000000000 | rcx=AB
  MOV EAX, DWORD [RBX+RCX*4+4]  | 8B 44 8B 04              | rcx=1 [8]=99887766 rax=FFFFFFFFFFFFFFFF | rax=99887766
  MOV RAX, QWORD FS:[RCX]       | 64 48 8B 01              | fs=2B fsbase=20000F00 rcx=8 [8]=77 | rax=77
  MOV RAX, QWORD GS:[8]         | 65 48 8B 04 25 08 00 00 00 | gsbase=20000F00 [8]=77 | rax=77
  MOV EAX, DWORD [EBX]          | 67 8B 03                 | rbx=FFFFFFFF20000F00 [0]=12 | rax=12
  MOVZX EAX, CL                 | 0F B6 C1                 | rax=FFFFFFFFFFFFFFFF rcx=FF80 | rax=80
  MOVZX AX, CL                  | 66 0F B6 C1              | rax=FFFFFFFF rcx=80 | rax=FFFF0080
  MOVZX RAX, CX                 | 48 0F B7 C1              | rax=FFFFFFFFFFFFFFFF rcx=18000 | rax=8000
  MOVZX EAX, WORD [RBX+1]       | 0F B7 43 01              | [0]=AABBCCDD | rax=BBCC
  MOVSX EAX, CL                 | 0F BE C1                 | rax=FFFFFFFFFFFFFFFF rcx=80 | rax=FFFFFF80
  MOVSX AX, CL                  | 66 0F BE C1              | rax=10000 rcx=80 | rax=1FF80
  MOVSX RAX, CX                 | 48 0F BF C1              | rcx=8000 | rax=FFFFFFFFFFFF8000
  MOVSX RAX, BYTE [RBX]         | 48 0F BE 03              | [0]=7F | rax=7F
  MOVSXD RAX, ECX               | 48 63 C1                 | rcx=80000000 | rax=FFFFFFFF80000000
  MOVSXD RAX, DWORD [RBX]       | 48 63 03                 | [0]=7FFFFFFF | rax=7FFFFFFF
  LEA RAX, [RBX+RCX*8-4]        | 48 8D 44 CB FC           | rcx=2 | rax=w+C
  LEA EAX, [RBX+RCX]            | 8D 04 0B                 | rcx=F000000000000000 rax=FFFFFFFFFFFFFFFF | rax=w
  LEA AX, [RCX+1]               | 66 8D 41 01              | rax=FFFF0000 rcx=1FFFF |
  LEA RAX, [ECX+EDX]            | 67 48 8D 04 11           | rcx=FFFFFFFF rdx=2 | rax=1
  LEA RAX, [RIP+10h]            | 48 8D 05 10 00 00 00     |  | rax=10000817
  CMOVE EAX, ECX                | 0F 44 C1                 | rax=FFFFFFFFFFFFFFFF rcx=1 | rax=FFFFFFFF
  CMOVE EAX, ECX                | 0F 44 C1                 | rax=FFFFFFFFFFFFFFFF rcx=1 f=Z | rax=1
  CMOVL AX, CX                  | 66 0F 4C C1              | rax=F0001 rcx=2 f=S | rax=F0002
  CMOVA RAX, QWORD [RBX]        | 48 0F 47 03              | [0]=9 | rax=9
  CMOVBE RAX, QWORD [RBX]       | 48 0F 46 03              | [0]=9 |
  CMOVP RAX, RCX                | 48 0F 4A C1              | rcx=5 f=P | rax=5
  SETE AL                       | 0F 94 C0                 | rax=FF | rax=0
  SETNE AL                      | 0F 95 C0                 | rax=FF | rax=1
  SETG BYTE [RBX]               | 0F 9F 03                 | [0]=FFFF f=SO | [0]=FF01
  SETB CL                       | 0F 92 C1                 | f=C | rcx=1
  SETO DH                       | 0F 90 C6                 | f=O | rdx=100
  XLATB                         | D7                       | rax=10003 [0]=1122334455667788 | rax=10055
  MOV AX, DS                    | 66 8C D8                 | ds=2B rax=FFFFFFFFFFFFFFFF | rax=FFFFFFFFFFFF002B
  MOV EAX, SS                   | 8C D0                    | rax=FFFFFFFFFFFFFFFF | rax=2B
  MOV WORD [RBX], CS            | 8C 0B                    | [0]=FFFFFFFF | [0]=FFFF0033
  MOV DS, EAX                   | 8E D8                    | rax=FFFF002B | ds=2B
  MOV ES, EAX                   | 8E C0                    | rax=0 es=2B | es=0
  MOV FS, EAX                   | 8E E0                    | rax=0 fs=2B | fs=0
  NOP                           | 90                       |  |
  NOP DWORD [RBX]               | 0F 1F 03                 |  |
  PAUSE                         | F3 90                    |  |
  """

/// Locked accesses across cache lines, which a host's kernel may forbid.
let splitLockRows = """
  XCHG QWORD [RBX+FCh], RAX | 48 87 83 FC 00 00 00 | rax=1122334455667788 [F8]=FFFFFFFF00000000 | rax=FFFFFFFF [F8]=5566778800000000 [100]=11223344
  XCHG QWORD [RBX], RAX    | 48 87 03    | rbx=20001FFC | #PF(7)@20002000
  """

/// XCHG, XADD, CMPXCHG and the wide ones.
let exchangeRows = """
  XCHG AL, CL                 | 86 C8                | rax=1 rcx=2 | rax=2 rcx=1
  XCHG AX, CX                 | 66 91                | rax=10001 rcx=20002 | rax=10002 rcx=20001
  XCHG EAX, ECX               | 91                   | rax=FFFFFFFF00000001 rcx=FFFFFFFF00000002 | rax=2 rcx=1
  XCHG RAX, R8                | 49 90                | rax=1 r8=2 | rax=2 r8=1
  XCHG BYTE [RBX], AH         | 86 23                | [0]=11 rax=2200 | rax=1100 [0]=22
  XADD AL, CL                 | 0F C0 C8             | rax=F0 rcx=20 | rax=10 rcx=F0 f=C
  XADD EAX, ECX               | 0F C1 C8             | rax=FFFFFFFF00000001 rcx=FFFFFFFFFFFFFFFF | rax=0 rcx=1 f=CPAZ
  XADD RAX, RAX               | 48 0F C1 C0          | rax=4000000000000000 | rax=8000000000000000 f=PSO
  XADD WORD [RBX], CX         | 66 0F C1 0B          | [0]=17FFF rcx=1 | rcx=7FFF [0]=18000 f=PASO
  LOCK XADD QWORD [RBX], RCX  | F0 48 0F C1 0B       | [0]=5 rcx=6 | rcx=5 [0]=B
  CMPXCHG CL, DL              | 0F B0 D1             | rax=1 rcx=1 rdx=9 | rcx=9 f=PZ
  CMPXCHG CL, DL              | 0F B0 D1             | rax=1 rcx=2 rdx=9 | rax=2 f=CPAS
  CMPXCHG ECX, EDX            | 0F B1 D1             | rax=1 rcx=FFFFFFFF00000001 rdx=9 | rcx=9 f=PZ
  CMPXCHG ECX, EDX            | 0F B1 D1             | rax=FFFFFFFF00000001 rcx=2 rdx=9 | rax=2 f=CPAS
  CMPXCHG QWORD [RBX], RDX    | 48 0F B1 13          | rax=5 [0]=5 rdx=6 | [0]=6 f=PZ
  CMPXCHG QWORD [RBX], RDX    | 48 0F B1 13          | rax=5 [0]=7 rdx=6 | rax=7 f=CAS
  LOCK CMPXCHG WORD [RBX], DX | 66 F0 0F B1 13       | rax=8000 [0]=1 rdx=6 | rax=1 f=PAO
  CMPXCHG8B QWORD [RBX]       | 0F C7 0B             | [0]=100000002 rax=2 rdx=1 rcx=4 f=C | [0]=420000F00 f=CZ
  CMPXCHG8B QWORD [RBX]       | 0F C7 0B             | [0]=100000002 rax=FFFFFFFF00000003 rdx=1 f=ZC | rax=2 f=C
  CMPXCHG16B XMMWORD [RBX]    | 48 0F C7 0B          | [0]=5 [8]=6 rax=5 rdx=6 rcx=8 | [0]=w [8]=8 f=Z
  CMPXCHG16B XMMWORD [RBX]    | 48 0F C7 0B          | [0]=5 [8]=6 rax=5 rdx=7 | rdx=6
  """
