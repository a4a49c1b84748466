// The columns are those of `InstructionRow`.

/// ADD, ADC, SUB, SBB, CMP, INC, DEC, NEG.
let additionRows = """
  ADD AL, 1                  | 04 01                | rax=FF | rax=0 f=CPAZ
  ADD AL, 1                  | 04 01                | rax=12347F | rax=123480 f=ASO
  ADD AL, 0                  | 04 00                | rax=100 | f=PZ
  ADD BL, CL                 | 00 CB                | rbx=F0 rcx=0F | rbx=FF f=PS
  ADD AH, DL                 | 00 D4                | rax=7F80 rdx=1 | rax=8080 f=ASO
  ADD BH, BH                 | 00 FF                | rbx=8000 | rbx=0 f=CPZO
  ADD AX, CX                 | 66 01 C8             | rax=FFFFFFFFFFFF rcx=1 | rax=FFFFFFFF0000 f=CPAZ
  ADD AX, 7FFFh              | 66 05 FF 7F          | rax=1 | rax=8000 f=PASO
  ADD EAX, ECX               | 01 C8                | rax=FFFFFFFFFFFFFFFF rcx=1 | rax=0 f=CPAZ
  ADD EAX, -1                | 83 C0 FF             | rax=80000000 | rax=7FFFFFFF f=CPO
  ADD RAX, RCX               | 48 01 C8             | rax=7FFFFFFFFFFFFFFF rcx=1 | rax=8000000000000000 f=PASO
  ADD RAX, -1                | 48 83 C0 FF          | rax=0 | rax=FFFFFFFFFFFFFFFF f=PS
  ADD R8, R15                | 4D 01 F8             | r8=8000000000000000 r15=8000000000000000 | r8=0 f=CPZO
  ADD BYTE [RBX], 7Fh        | 80 03 7F             | [0]=1122334455667702 | [0]=1122334455667781 f=PASO
  ADD WORD [RBX], CX         | 66 01 0B             | [0]=112233445566FFFF rcx=2 | [0]=1122334455660001 f=CA
  ADD DWORD [RBX+4], ECX     | 01 4B 04             | [0]=1122334455667788 rcx=F0000000 | [0]=122334455667788 f=CP
  ADD QWORD [RBX+FCh], RAX | 48 01 83 FC 00 00 00 | [F8]=100000000 [100]=FFFFFFFF rax=100000001 | [F8]=200000000 [100]=0 f=C
  ADD CL, BYTE [RBX]         | 02 0B                | [0]=90 rcx=90 | rcx=20 f=CO
  ADD RDX, QWORD [RBX+RSI*8] | 48 03 14 F3          | rsi=2 [10]=5 rdx=FFFFFFFFFFFFFFFB | rdx=0 f=CPAZ
  ADC AL, CL                 | 10 C8                | rax=FF rcx=0 f=C | rax=0 f=CPAZ
  ADC AL, CL                 | 10 C8                | rax=7F rcx=80 f=C | rax=0 f=CPAZ
  ADC AL, CL                 | 10 C8                | rax=FF rcx=FF f=C | f=CPAS
  ADC AX, CX                 | 66 11 C8             | rax=7FFF rcx=0 f=C | rax=8000 f=PASO
  ADC EAX, ECX               | 11 C8                | rax=FFFFFFFF rcx=FFFFFFFF f=C | f=CPAS
  ADC RAX, RCX               | 48 11 C8             | rax=FFFFFFFFFFFFFFFF rcx=0 f=C | rax=0 f=CPAZ
  ADC RAX, RCX               | 48 11 C8             | rax=1 rcx=2 | rax=3 f=P
  ADC BYTE [RBX], FFh        | 80 13 FF             | [0]=1 f=C | f=CA
  ADC QWORD [RBX], -1        | 48 83 13 FF          | [0]=0 f=C | f=CPAZ
  SUB AL, 1                  | 2C 01                | rax=0 | rax=FF f=CPAS
  SUB AL, CL                 | 28 C8                | rax=80 rcx=1 | rax=7F f=AO
  SUB AX, CX                 | 66 29 C8             | rax=8000 rcx=FFFF | rax=8001 f=CAS
  SUB EAX, ECX               | 29 C8                | rax=5 rcx=5 f=COSA | rax=0 f=PZ
  SUB RAX, RCX               | 48 29 C8             | rax=1 rcx=2 | rax=FFFFFFFFFFFFFFFF f=CPAS
  SUB RAX, RCX               | 48 29 C8             | rax=8000000000000000 rcx=1 | rax=7FFFFFFFFFFFFFFF f=PAO
  SUB BYTE [RBX+1], AL       | 28 43 01             | [0]=3344 rax=34 | [0]=FF44 f=CPAS
  SUB DWORD [RBX], 10h       | 83 2B 10             | [0]=50000000F | [0]=5FFFFFFFF f=CPS
  SBB AL, CL                 | 18 C8                | rax=0 rcx=0 f=C | rax=FF f=CPAS
  SBB AL, CL                 | 18 C8                | rax=80 rcx=0 f=C | rax=7F f=AO
  SBB AL, CL                 | 18 C8                | rax=0 rcx=FF f=C | f=CPAZ
  SBB AX, CX                 | 66 19 C8             | rax=10 rcx=F f=C | rax=0 f=PAZ
  SBB EAX, EAX               | 19 C0                | rax=123456789ABC f=C | rax=FFFFFFFF f=CPAS
  SBB RAX, RCX               | 48 19 C8             | rax=5 rcx=4 f=C | rax=0 f=PZ
  SBB QWORD [RBX], RCX       | 48 19 0B             | [0]=0 rcx=FFFFFFFFFFFFFFFF f=C | f=CPAZ
  CMP AL, CL                 | 38 C8                | rax=1 rcx=2 | f=CPAS
  CMP AL, CL                 | 38 C8                | rax=80 rcx=7F | f=AO
  CMP AX, CX                 | 66 39 C8             | rax=1234 rcx=1234 | f=PZ
  CMP EAX, ECX               | 39 C8                | rax=100000000 rcx=0 | f=PZ
  CMP RAX, RCX               | 48 39 C8             | rax=100000000 rcx=1 | f=PA
  CMP BYTE [RBX], 80h        | 80 3B 80             | [0]=7F | f=CPSO
  CMP QWORD [RBX], -1        | 48 83 3B FF          | [0]=FFFFFFFFFFFFFFFF | f=PZ
  INC AL                     | FE C0                | rax=FF f=C | rax=0 f=CPAZ
  INC AL                     | FE C0                | rax=7F | rax=80 f=ASO
  INC AX                     | 66 FF C0             | rax=FFFF | rax=0 f=PAZ
  INC EAX                    | FF C0                | rax=FFFFFFFF f=C | rax=0 f=CPAZ
  INC RAX                    | 48 FF C0             | rax=7FFFFFFFFFFFFFFF | rax=8000000000000000 f=PASO
  INC QWORD [RBX]            | 48 FF 03             | [0]=F f=C | [0]=10 f=CA
  DEC AL                     | FE C8                | rax=0 | rax=FF f=PAS
  DEC AH                     | FE CC                | rax=8000 | rax=7F00 f=AO
  DEC AX                     | 66 FF C8             | rax=1 f=C | rax=0 f=CPZ
  DEC EAX                    | FF C8                | rax=100000000 | rax=FFFFFFFF f=PAS
  DEC RAX                    | 48 FF C8             | rax=8000000000000000 | rax=7FFFFFFFFFFFFFFF f=PAO
  DEC BYTE [RBX]             | FE 0B                | [0]=1200 f=C | [0]=12FF f=CPAS
  NEG AL                     | F6 D8                | rax=80 | f=CSO
  NEG AL                     | F6 D8                | rax=0 f=C | f=PZ
  NEG AX                     | 66 F7 D8             | rax=1 | rax=FFFF f=CPAS
  NEG EAX                    | F7 D8                | rax=FFFFFFFF00000001 | rax=FFFFFFFF f=CPAS
  NEG RAX                    | 48 F7 D8             | rax=8000000000000000 | f=CPSO
  NEG DWORD [RBX]            | F7 1B                | [0]=100000010 | [0]=1FFFFFFF0 f=CPS
  LOCK ADD DWORD [RBX], EAX  | F0 01 03             | [0]=1FFFFFFFF rax=1 | [0]=100000000 f=CPAZ
  LOCK INC QWORD [RBX]       | F0 48 FF 03          | [0]=FF | [0]=100 f=PA
  LOCK NEG BYTE [RBX]        | F0 F6 1B             | [0]=1 | [0]=FF f=CPAS
  """

/// AND, OR, XOR, NOT, TEST.
let logicRows = """
  AND AL, Fh                | 24 0F          | rax=F8 f=CO | rax=8 f=- ?=A
  AND AX, CX                | 66 21 C8       | rax=8001F0F0 rcx=0F0F f=CO | rax=80010000 f=PZ ?=A
  AND EAX, 80000000h        | 25 00 00 00 80 | rax=FFFFFFFFFFFFFFFF | rax=80000000 f=PS ?=A
  AND RAX, -16              | 48 83 E0 F0    | rax=800000000000001F | rax=8000000000000010 f=S ?=A
  AND BYTE [RBX], CL        | 20 0B          | [0]=1FF rcx=3 | [0]=103 f=P ?=A
  AND RCX, QWORD [RBX]      | 48 23 0B       | [0]=FF00 rcx=FFF | rcx=F00 f=P ?=A
  OR AL, CL                 | 08 C8          | rax=0 rcx=0 f=CO | f=PZ ?=A
  OR AX, 8000h              | 66 0D 00 80    | rax=1 | rax=8001 f=S ?=A
  OR EAX, ECX               | 09 C8          | rax=100000000 rcx=8 | rax=8 ?=A
  OR RAX, RCX               | 48 09 C8       | rax=8000000000000000 rcx=1 | rax=8000000000000001 f=S ?=A
  OR DWORD [RBX], 1         | 83 0B 01       | [0]=FFFFFFFF00000000 | [0]=FFFFFFFF00000001 ?=A
  XOR EAX, EAX              | 31 C0          | rax=123456789ABCDEF0 f=COS | rax=0 f=PZ ?=A
  XOR AL, FFh               | 34 FF          | rax=1255 | rax=12AA f=PS ?=A
  XOR AX, CX                | 66 31 C8       | rax=FFFF rcx=0001 | rax=FFFE f=S ?=A
  XOR RAX, RCX              | 48 31 C8       | rax=FFFFFFFFFFFFFFFF rcx=7FFFFFFFFFFFFFFF | rax=8000000000000000 f=PS ?=A
  XOR QWORD [RBX], RAX      | 48 31 03       | [0]=F0F0 rax=FFFF | [0]=F0F f=P ?=A
  NOT AL                    | F6 D0          | rax=120F f=CPAZSO | rax=12F0
  NOT AX                    | 66 F7 D0       | rax=FFFF0000 | rax=FFFFFFFF
  NOT EAX                   | F7 D0          | rax=0 | rax=FFFFFFFF
  NOT RAX                   | 48 F7 D0       | rax=F | rax=FFFFFFFFFFFFFFF0
  NOT BYTE [RBX]            | F6 13          | [0]=1122 | [0]=11DD
  TEST AL, 80h              | A8 80          | rax=80 f=CO | f=S ?=A
  TEST AX, CX               | 66 85 C8       | rax=FF00 rcx=00FF | f=PZ ?=A
  TEST EAX, ECX             | 85 C8          | rax=80000001 rcx=80000000 | f=PS ?=A
  TEST RAX, RCX             | 48 85 C8       | rax=100000000 rcx=FFFFFFFF | f=PZ ?=A
  TEST BYTE [RBX+1], 1      | F6 43 01 01    | [0]=100 | ?=A
  LOCK AND QWORD [RBX], RAX | F0 48 21 03    | [0]=FFFF rax=F0F | [0]=F0F f=P ?=A
  LOCK OR BYTE [RBX], 80h   | F0 80 0B 80    | [0]=1 | [0]=81 f=PS ?=A
  LOCK XOR WORD [RBX], AX   | 66 F0 31 03    | [0]=2FFFF rax=FFFF | [0]=20000 f=PZ ?=A
  """

/// MUL, IMUL, DIV, IDIV with #DE, and the sign extensions of the accumulator.
let multiplicationRows = """
  MUL CL                        | F6 E1             | rax=1210 rcx=10 | rax=100 f=CO ?=SZAP
  MUL CL                        | F6 E1             | rax=0F rcx=11 | rax=FF ?=SZAP
  MUL CX                        | 66 F7 E1          | rax=8000 rcx=2 rdx=FFFF1234 | rax=0 rdx=FFFF0001 f=CO ?=SZAP
  MUL ECX | F7 E1 | rax=FFFFFFFF00000003 rcx=5 rdx=FFFFFFFFFFFFFFFF f=CO | rax=F rdx=0 f=- ?=SZAP
  MUL ECX                       | F7 E1             | rax=FFFFFFFF rcx=FFFFFFFF | rax=1 rdx=FFFFFFFE f=CO ?=SZAP
  MUL RCX | 48 F7 E1 | rax=FFFFFFFFFFFFFFFF rcx=FFFFFFFFFFFFFFFF | rax=1 rdx=FFFFFFFFFFFFFFFE f=CO ?=SZAP
  MUL QWORD [RBX]               | 48 F7 23          | rax=3 [0]=7 | rax=15 ?=SZAP
  IMUL CL                       | F6 E9             | rax=80 rcx=FF | f=CO ?=SZAP
  IMUL CL                       | F6 E9             | rax=FE rcx=40 | rax=FF80 ?=SZAP
  IMUL CX                       | 66 F7 E9          | rax=FFFF rcx=FFFF | rax=1 ?=SZAP
  IMUL ECX                      | F7 E9             | rax=40000000 rcx=2 | rax=80000000 f=CO ?=SZAP
  IMUL RCX | 48 F7 E9 | rax=FFFFFFFFFFFFFFFE rcx=3 | rax=FFFFFFFFFFFFFFFA rdx=FFFFFFFFFFFFFFFF ?=SZAP
  IMUL AX, CX                   | 66 0F AF C1       | rax=50100 rcx=100 | rax=50000 f=CO ?=SZAP
  IMUL EAX, ECX                 | 0F AF C1          | rax=FFFFFFFFFFFFFFFF rcx=2 | rax=FFFFFFFE ?=SZAP
  IMUL RAX, QWORD [RBX]         | 48 0F AF 03       | rax=8000000000000000 [0]=2 | rax=0 f=CO ?=SZAP
  IMUL RAX, RCX, -3             | 48 6B C1 FD       | rcx=5 rax=77 | rax=FFFFFFFFFFFFFFF1 ?=SZAP
  IMUL AX, CX, 1000h            | 66 69 C1 00 10    | rcx=10 | f=CO ?=SZAP
  IMUL EAX, DWORD [RBX], 12345h | 69 03 45 23 01 00 | [0]=10 | rax=123450 ?=SZAP
  DIV CL                        | F6 F1             | rax=107 rcx=10 | rax=710 ?=OSZAPC
  DIV CX                        | 66 F7 F1          | rax=5 rdx=1 rcx=10 | rax=1000 rdx=5 ?=OSZAPC
  DIV ECX                       | F7 F1             | rax=FFFFFFFF00000007 rdx=0 rcx=2 | rax=3 rdx=1 ?=OSZAPC
  DIV RCX                       | 48 F7 F1          | rax=0 rdx=1 rcx=2 | rax=8000000000000000 rdx=0 ?=OSZAPC
  DIV BYTE [RBX]                | F6 33             | rax=FF [0]=10 | rax=F0F ?=OSZAPC
  DIV CL                        | F6 F1             | rax=100 rcx=0 | #DE
  DIV CL                        | F6 F1             | rax=1000 rcx=10 | #DE
  DIV CX                        | 66 F7 F1          | rdx=10 rcx=10 | #DE
  DIV ECX                       | F7 F1             | rdx=1 rcx=1 | #DE
  DIV RCX                       | 48 F7 F1          | rax=5 rdx=5 rcx=5 | #DE
  IDIV CL                       | F6 F9             | rax=FFF9 rcx=2 | rax=FFFD ?=OSZAPC
  IDIV CX                       | 66 F7 F9          | rax=FFF9 rdx=FFFF rcx=FFFE | rax=3 ?=OSZAPC
  IDIV ECX                      | F7 F9             | rax=7 rdx=0 rcx=FFFFFFFE | rax=FFFFFFFD rdx=1 ?=OSZAPC
  IDIV RCX | 48 F7 F9 | rax=FFFFFFFFFFFFFFF9 rdx=FFFFFFFFFFFFFFFF rcx=2 | rax=FFFFFFFFFFFFFFFD ?=OSZAPC
  IDIV CL                       | F6 F9             | rax=FF80 rcx=FF | #DE
  IDIV CL                       | F6 F9             | rax=80 rcx=1 | #DE
  IDIV ECX                      | F7 F9             | rax=80000000 rdx=FFFFFFFF rcx=FFFFFFFF | #DE
  IDIV RCX | 48 F7 F9 | rax=8000000000000000 rdx=FFFFFFFFFFFFFFFF rcx=FFFFFFFFFFFFFFFF | #DE
  IDIV QWORD [RBX]              | 48 F7 3B          | rax=1 [0]=0 | #DE
  CBW                           | 66 98             | rax=1280 | rax=FF80
  CWDE                          | 98                | rax=FFFFFFFF00008000 | rax=FFFF8000
  CDQE                          | 48 98             | rax=80000000 | rax=FFFFFFFF80000000
  CWD                           | 66 99             | rax=8000 rdx=10000 | rdx=1FFFF
  CDQ                           | 99                | rax=7FFFFFFF rdx=FFFFFFFFFFFFFFFF | rdx=0
  CQO                           | 48 99             | rax=8000000000000000 | rdx=FFFFFFFFFFFFFFFF
  """
