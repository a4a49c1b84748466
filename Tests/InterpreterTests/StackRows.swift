// The columns are those of `InstructionRow`.

/// PUSH, POP, PUSHF, POPF, CALL, RET, ENTER, LEAVE.
let stackRows = """
  PUSH RAX         | 50             | rax=1122334455667788 | rsp=w+F8 [F8]=1122334455667788
  PUSH AX          | 66 50          | rax=1122 | rsp=w+FE [F8]=1122000000000000
  PUSH RSP         | 54             |  | rsp=w+F8 [F8]=w+100
  PUSH -1          | 6A FF          |  | rsp=w+F8 [F8]=FFFFFFFFFFFFFFFF
  PUSH 12345678h   | 68 78 56 34 12 |  | rsp=w+F8 [F8]=12345678
  PUSHW 1234h      | 66 68 34 12    |  | rsp=w+FE [F8]=1234000000000000
  PUSH QWORD [RBX] | FF 33          | [0]=AABB | rsp=w+F8 [F8]=AABB
  PUSH WORD [RBX]  | 66 FF 33       | [0]=AABB | rsp=w+FE [F8]=AABB000000000000
  PUSH QWORD [RSP] | FF 34 24       | [100]=77 | rsp=w+F8 [F8]=77
  PUSH FS          | 0F A0          | fs=2B | rsp=w+F8 [F8]=2B
  PUSH GS          | 0F A8          |  | rsp=w+F8
  POP RAX          | 58             | [100]=1122334455667788 | rax=1122334455667788 rsp=w+108
  POP AX           | 66 58          | [100]=11223344 rax=FFFFFFFF | rax=FFFF3344 rsp=w+102
  POP RSP          | 5C             | [100]=1234 | rsp=1234
  POP QWORD [RBX]  | 8F 03          | [100]=55 | rsp=w+108 [0]=55
  POP QWORD [RSP]  | 8F 04 24       | [100]=55 | rsp=w+108 [108]=55
  POP WORD [RSP+4] | 66 8F 44 24 04 | [100]=55 | rsp=w+102 [100]=55000000000055
  POP FS           | 0F A1          | [100]=2B | rsp=w+108 fs=2B
  POP GS           | 0F A9          | [100]=FFFFFFFF00000000 gs=2B | rsp=w+108 gs=0
  PUSHFQ           | 9C             | f=CPAZSDO | rsp=w+F8 [F8]=ED7
  PUSHFW           | 66 9C          | f=CZ | rsp=w+FE [F8]=243000000000000
  PUSHFQ           | 9C             | f=NKJ | rsp=w+F8 [F8]=244202
  POPFQ            | 9D             | [100]=FFFF | rsp=w+108 f=CPAZSDON
  POPFQ            | 9D             | [100]=FFFFFFFFFFFFF6FF | rsp=w+108 f=CPAZSDNKJ
  POPFW            | 66 9D          | [100]=4CD5 f=KJ | rsp=w+102 f=CPAZSDONKJ
  CALL RAX         | FF D0          | rax=10000900 | rip=+100 rsp=w+F8 [F8]=10000802
  CALL QWORD [RBX] | FF 13          | [0]=10000810 | rip=+10 rsp=w+F8 [F8]=10000802
  RET              | C3             | [100]=10000820 | rip=+20 rsp=w+108
  RET 10h          | C2 10 00       | [100]=10000820 | rip=+20 rsp=w+118
  RET FFFFh        | C2 FF FF       | [100]=10000820 | rip=+20 rsp=20011007
  ENTER 20h, 0     | C8 20 00 00    | rbp=1111 | rsp=w+D8 rbp=w+F8 [F8]=1111
  ENTER 10h, 1     | C8 10 00 01    | rbp=1111 | rsp=w+E0 rbp=w+F8 [F0]=w+F8 [F8]=1111
  ENTER 0, 2       | C8 00 00 02    | rbp=w+80 [78]=2222 | rsp=w+E8 rbp=w+F8 [E8]=w+F8 [F0]=2222 [F8]=w+80
  ENTER 8, 21h     | C8 08 00 21    | rbp=1111 | rsp=w+E8 rbp=w+F8 [F0]=w+F8 [F8]=1111
  LEAVE            | C9             | rbp=w+80 [80]=3333 | rsp=w+88 rbp=3333
  LEAVEW           | 66 C9          | rbp=w+80 [80]=12343333 | rsp=w+82 rbp=20003333
  """

/// The flag instructions.
let flagRows = """
  CLC  | F8 | f=CZ | f=Z
  STC  | F9 |  | f=C
  CMC  | F5 | f=C | f=-
  CMC  | F5 |  | f=C
  CLD  | FC | f=D | f=-
  STD  | FD |  | f=D
  LAHF | 9F | f=CPAZS rax=FFFF | rax=D7FF
  LAHF | 9F | f=O | rax=200
  SAHF | 9E | rax=FF00 f=O | f=CPAZSO
  SAHF | 9E | rax=0 f=CPAZSO | f=O
  """

/// Jumps, conditions and loops.
let branchRows = """
  JMP .+20h         | EB 1E             |  | rip=+20
  JMP .-20h         | EB DE             |  | rip=+FFFFFFFFFFFFFFE0
  JMP .+1000h       | E9 FB 0F 00 00    |  | rip=+1000
  JMP RAX           | FF E0             | rax=10000900 | rip=+100
  JMP QWORD [RBX]   | FF 23             | [0]=1122 | rip=+FFFFFFFFF0000922
  JO .+20h          | 70 1E             | f=O | rip=+20
  JNO .+20h         | 71 1E             | f=O |
  JB .+20h          | 72 1E             | f=C | rip=+20
  JAE .+20h         | 73 1E             | f=C |
  JE .+20h          | 74 1E             | f=Z | rip=+20
  JNE .+20h         | 75 1E             | f=Z |
  JBE .+20h         | 76 1E             | f=C | rip=+20
  JA .+20h          | 77 1E             |  | rip=+20
  JS .+20h          | 78 1E             | f=S | rip=+20
  JNS .+20h         | 79 1E             | f=S |
  JP .+20h          | 7A 1E             | f=P | rip=+20
  JNP .+20h         | 7B 1E             | f=P |
  JL .+20h          | 7C 1E             | f=SO |
  JGE .+20h         | 7D 1E             | f=SO | rip=+20
  JL .+1000h        | 0F 8C FA 0F 00 00 | f=O | rip=+1000
  JLE .+20h         | 7E 1E             | f=Z | rip=+20
  JG .+1000h        | 0F 8F FA 0F 00 00 |  | rip=+1000
  LOOP .+20h        | E2 1E             | rcx=2 | rip=+20 rcx=1
  LOOP .+20h        | E2 1E             | rcx=1 | rcx=0
  LOOP .+20h        | E2 1E             | rcx=0 | rip=+20 rcx=FFFFFFFFFFFFFFFF
  LOOPE .+20h       | E1 1E             | rcx=2 f=Z | rip=+20 rcx=1
  LOOPE .+20h       | E1 1E             | rcx=2 | rcx=1
  LOOPNE .+20h      | E0 1E             | rcx=2 f=Z | rcx=1
  LOOPNE .+20h      | E0 1E             | rcx=2 | rip=+20 rcx=1
  LOOP .+13h by ECX | 67 E2 10          | rcx=100000001 | rcx=0
  JRCXZ .+20h       | E3 1E             | rcx=0 | rip=+20
  JRCXZ .+20h       | E3 1E             | rcx=100000000 |
  JECXZ .+20h       | 67 E3 1D          | rcx=100000000 | rip=+20
  CALL .+100h       | E8 FB 00 00 00    |  | rip=+100 rsp=w+F8 [F8]=10000805
  INT3              | CC                |  | #BP rip=+1
  """
