// The columns are those of `InstructionRow`.

/// SHL, SHR, SAR, SHLD, SHRD: by one, by more, by a multiple of the width.
let shiftRows = """
  SHL AL, 1                  | D0 E0          | rax=80 | rax=0 f=CPZO ?=A
  SHL AL, 1                  | D0 E0          | rax=40 | rax=80 f=SO ?=A
  SHL AX, CL                 | 66 D3 E0       | rax=1 rcx=F | rax=8000 f=PS ?=OA
  SHL EAX, CL                | D3 E0          | rax=1 rcx=20 f=CPAZSO |
  SHL EAX, CL                | D3 E0          | rax=FFFFFFFFFFFFFFFF rcx=60 | rax=FFFFFFFF
  SHL EAX, 4                 | C1 E0 04       | rax=10000001 | rax=10 f=C ?=OA
  SHL RAX, CL                | 48 D3 E0       | rax=3 rcx=3F | rax=8000000000000000 f=CPS ?=OA
  SHL RAX, 1                 | 48 D1 E0       | rax=8000000000000000 | rax=0 f=CPZO ?=A
  SHL BYTE [RBX], 1          | D0 23          | [0]=1C0 | [0]=180 f=CS ?=A
  SHL QWORD [RBX], 8         | 48 C1 23 08    | [0]=FF000000000000FF | [0]=FF00 f=CP ?=OA
  SHR AL, 1                  | D0 E8          | rax=81 | rax=40 f=CO ?=A
  SHR AX, 1                  | 66 D1 E8       | rax=8000 f=C | rax=4000 f=PO ?=A
  SHR EAX, CL                | D3 E8          | rax=80000000 rcx=1F | rax=1 ?=OA
  SHR RAX, CL                | 48 D3 E8       | rax=8000000000000000 rcx=3F | rax=1 ?=OA
  SHR RAX, 20h               | 48 C1 E8 20    | rax=180000000 | rax=1 f=C ?=OA
  SHR DWORD [RBX], 1         | D1 2B          | [0]=F00000003 | [0]=F00000001 f=C ?=A
  SAR AL, 1                  | D0 F8          | rax=81 | rax=C0 f=CPS ?=A
  SAR AX, CL                 | 66 D3 F8       | rax=8000 rcx=F | rax=FFFF f=PS ?=OA
  SAR EAX, CL                | D3 F8          | rax=80000000 rcx=1F | rax=FFFFFFFF f=PS ?=OA
  SAR EAX, 1                 | D1 F8          | rax=FFFFFFFF00000001 | rax=0 f=CPZ ?=A
  SAR RAX, CL                | 48 D3 F8       | rax=8000000000000000 rcx=4 | rax=F800000000000000 f=PS ?=OA
  SAR WORD [RBX], 4          | 66 C1 3B 04    | [0]=18000 | [0]=1F800 f=PS ?=OA
  SHLD AX, CX, 4             | 66 0F A4 C8 04 | rax=1234 rcx=ABCD | rax=234A f=C ?=OA
  SHLD EAX, ECX, 1           | 0F A4 C8 01    | rax=80000000 rcx=80000000 | rax=1 f=CO ?=A
  SHLD RAX, RDX, CL          | 48 0F A5 D0    | rax=1 rdx=8000000000000000 rcx=1 | rax=3 f=P ?=A
  SHLD RAX, RDX, CL          | 48 0F A5 D0    | rax=1 rdx=F000000000000000 rcx=44 | rax=1F ?=OA
  SHLD QWORD [RBX], RAX, 3Fh | 48 0F A4 03 3F | [0]=1 rax=2 | [0]=8000000000000001 f=S ?=OA
  SHLD EAX, ECX, 20h         | 0F A4 C8 20    | rax=FFFFFFFFFFFFFFFF rcx=1 f=CZ | rax=FFFFFFFF
  SHRD AX, CX, 4             | 66 0F AC C8 04 | rax=1234 rcx=ABCD | rax=D123 f=S ?=OA
  SHRD EAX, ECX, 1           | 0F AC C8 01    | rax=1 rcx=1 | rax=80000000 f=CPSO ?=A
  SHRD RAX, RDX, CL          | 48 0F AD D0    | rax=10 rdx=F rcx=4 | rax=F000000000000001 f=S ?=OA
  SHRD DWORD [RBX], EAX, 8   | 0F AC 03 08    | [0]=11223344 rax=FF | [0]=FF112233 f=PS ?=OA
  """

/// ROL, ROR, RCL, RCR.
let rotateRows = """
  ROL AL, 1           | D0 C0       | rax=81 | rax=3 f=CO
  ROL AL, CL          | D2 C0       | rax=12 rcx=4 | rax=21 f=C ?=O
  ROL AL, CL          | D2 C0       | rax=12 rcx=8 f=Z | ?=O
  ROL AX, 1           | 66 D1 C0    | rax=4000 f=C | rax=8000 f=O
  ROL EAX, CL         | D3 C0       | rax=F000000F rcx=4 | rax=FF f=C ?=O
  ROL RAX, CL         | 48 D3 C0    | rax=8000000000000001 rcx=3F | rax=C000000000000000 ?=O
  ROL EAX, CL         | D3 C0       | rax=FFFFFFFFFFFFFFFF rcx=20 f=CO | rax=FFFFFFFF
  ROL WORD [RBX], 1   | 66 D1 03    | [0]=18000 | [0]=10001 f=CO
  ROR AL, 1           | D0 C8       | rax=1 | rax=80 f=CO
  ROR AX, CL          | 66 D3 C8    | rax=8 rcx=4 | rax=8000 f=C ?=O
  ROR EAX, 1          | D1 C8       | rax=1 f=P | rax=80000000 f=CPO
  ROR RAX, CL         | 48 D3 C8    | rax=1 rcx=1 | rax=8000000000000000 f=CO
  ROR BYTE [RBX+7], 4 | C0 4B 07 04 | [0]=1200000000000000 | [0]=2100000000000000 ?=O
  RCL AL, 1           | D0 D0       | rax=80 | rax=0 f=CO
  RCL AL, CL          | D2 D0       | rax=1 rcx=9 f=C | ?=O
  RCL AX, CL          | 66 D3 D0    | rax=8000 rcx=2 | rax=1 ?=O
  RCL EAX, 1          | D1 D0       | rax=40000000 f=C | rax=80000001 f=O
  RCL RAX, CL         | 48 D3 D0    | rax=1 rcx=40 f=C |
  RCL QWORD [RBX], 1  | 48 D1 13    | [0]=8000000000000000 f=C | [0]=1 f=CO
  RCR AL, 1           | D0 D8       | rax=1 | rax=0 f=C
  RCR AL, CL          | D2 D8       | rax=1 rcx=2 f=C | rax=C0 f=- ?=O
  RCR AX, 1           | 66 D1 D8    | rax=0 f=C | rax=8000 f=O
  RCR EAX, CL         | D3 D8       | rax=3 rcx=2 | rax=80000000 f=C ?=O
  RCR RAX, 1          | 48 D1 D8    | rax=1 f=C | rax=8000000000000000 f=CO
  RCR BYTE [RBX], 1   | D0 1B       | [0]=0 f=C | [0]=80 f=O
  """

/// BT and its kin, with bit offsets beyond the operand; BSF, BSR, BSWAP.
let bitRows = """
  BT AX, CX                 | 66 0F A3 C8       | rax=8000 rcx=1F | f=C ?=OSAP
  BT EAX, 4                 | 0F BA E0 04       | rax=F f=C | f=- ?=OSAP
  BT RAX, RCX               | 48 0F A3 C8       | rax=8000000000000000 rcx=7F | f=C ?=OSAP
  BT QWORD [RBX], RCX       | 48 0F A3 0B       | [8]=1 rcx=40 | f=C ?=OSAP
  BT DWORD [RBX+10h], ECX   | 0F A3 4B 10       | [8]=80000000 rcx=FFFFFFDF | f=C ?=OSAP
  BT WORD [RBX], 1Fh        | 66 0F BA 23 1F    | [0]=8000 | f=C ?=OSAP
  BTS EAX, ECX              | 0F AB C8          | rax=0 rcx=1F | rax=80000000 ?=OSAP
  BTS QWORD [RBX], RCX      | 48 0F AB 0B       | rcx=41 | [8]=2 ?=OSAP
  BTS AX, 0                 | 66 0F BA E8 00    | rax=1 | f=C ?=OSAP
  BTR RAX, RCX              | 48 0F B3 C8       | rax=FF rcx=0 | rax=FE f=C ?=OSAP
  BTR WORD [RBX], CX        | 66 0F B3 0B       | [0]=10000 rcx=10 | [0]=0 f=C ?=OSAP
  BTC EAX, 3                | 0F BA F8 03       | rax=8 | rax=0 f=C ?=OSAP
  BTC QWORD [RBX], 3Fh      | 48 0F BA 3B 3F    |  | [0]=8000000000000000 ?=OSAP
  LOCK BTS DWORD [RBX], EAX | F0 0F AB 03       | rax=5 [0]=20 | f=C ?=OSAP
  LOCK BTR QWORD [RBX], RAX | F0 48 0F B3 03    | rax=3 [0]=8 | [0]=0 f=C ?=OSAP
  LOCK BTC WORD [RBX], 1    | 66 F0 0F BA 3B 01 | [0]=0 | [0]=2 ?=OSAP
  BSF AX, CX                | 66 0F BC C1       | rcx=8000 rax=10000 | rax=1000F ?=OSAPC
  BSF EAX, ECX              | 0F BC C1          | rcx=FFFFFFFF00000010 rax=FFFFFFFFFFFFFFFF | rax=4 ?=OSAPC
  BSF RAX, QWORD [RBX]      | 48 0F BC 03       | [0]=8000000000000000 | rax=3F ?=OSAPC
  BSR AX, CX                | 66 0F BD C1       | rcx=10001 | ?=OSAPC
  BSR EAX, ECX              | 0F BD C1          | rcx=80000001 | rax=1F ?=OSAPC
  BSR RAX, RCX              | 48 0F BD C1       | rcx=100000000 | rax=20 ?=OSAPC
  BSWAP EAX                 | 0F C8             | rax=FFFFFFFF11223344 | rax=44332211
  BSWAP RAX                 | 48 0F C8          | rax=1122334455667788 | rax=8877665544332211
  BSWAP R9                  | 49 0F C9          | r9=1 | r9=100000000000000
  """
