// The columns are those of `InstructionRow`.

/// String instructions, once, both directions.
let stringRows = """
  MOVSB              | A4       | [40]=1122 | rsi=w+41 rdi=w+81 [80]=22
  MOVSW              | 66 A5    | [40]=11223344 | rsi=w+42 rdi=w+82 [80]=3344
  MOVSD              | A5       | [40]=112233445566 | rsi=w+44 rdi=w+84 [80]=33445566
  MOVSQ              | 48 A5    | [40]=1122334455667788 | rsi=w+48 rdi=w+88 [80]=1122334455667788
  MOVSB              | A4       | [40]=1122 f=D | rsi=w+3F rdi=w+7F [80]=22
  MOVSQ              | 48 A5    | [40]=5566 f=D | rsi=w+38 rdi=w+78 [80]=5566
  CMPSB              | A6       | [40]=5 [80]=6 | rsi=w+41 rdi=w+81 f=CPAS
  CMPSW              | 66 A7    | [40]=8000 [80]=1 | rsi=w+42 rdi=w+82 f=PAO
  CMPSD              | A7       | [40]=7 [80]=7 f=D | rsi=w+3C rdi=w+7C f=PZD
  CMPSQ              | 48 A7    | [40]=0 [80]=1 | rsi=w+48 rdi=w+88 f=CPAS
  STOSB              | AA       | rax=1122 | rdi=w+81 [80]=22
  STOSW              | 66 AB    | rax=1122 [80]=FFFFFFFF | rdi=w+82 [80]=FFFF1122
  STOSD              | AB       | rax=FFFFFFFF11223344 | rdi=w+84 [80]=11223344
  STOSQ              | 48 AB    | rax=55 f=D | rdi=w+78 [80]=55
  LODSB              | AC       | [40]=1122 rax=FFFF | rax=FF22 rsi=w+41
  LODSW              | 66 AD    | [40]=11223344 rax=FFFFFFFF | rax=FFFF3344 rsi=w+42
  LODSD              | AD       | [40]=11223344 rax=FFFFFFFFFFFFFFFF | rax=11223344 rsi=w+44
  LODSQ              | 48 AD    | [40]=66 f=D | rax=66 rsi=w+38
  SCASB              | AE       | rax=5 [80]=6 | rdi=w+81 f=CPAS
  SCASW              | 66 AF    | rax=8000 [80]=1 | rdi=w+82 f=PAO
  SCASD              | AF       | rax=FFFFFFFF00000007 [80]=7 | rdi=w+84 f=PZ
  SCASQ              | 48 AF    | rax=1 [80]=FFFFFFFFFFFFFFFF f=D | rdi=w+78 f=CAD
  LODSQ GS:[RSI]     | 65 48 AD | gsbase=8 [48]=99 | rax=99 rsi=w+48
  MOVSB [EDI], [ESI] | 67 A4    | rsi=FFFFFFFF20000F40 rdi=FFFFFFFF20000F80 [40]=12 | rsi=w+41 rdi=w+81 [80]=12
  """

/// REP, REPE, REPNE, up to faults in their midst.
let repeatRows = """
  REP MOVSB | F3 A4 | rcx=A [40]=1122334455667788 [48]=9900 | rcx=0 rsi=w+4A rdi=w+8A [80]=1122334455667788 [88]=9900
  REP MOVSB       | F3 A4    | rcx=0 |
  REP MOVSQ       | F3 48 A5 | rcx=3 [40]=1 [48]=2 [50]=3 | rcx=0 rsi=w+58 rdi=w+98 [80]=1 [88]=2 [90]=3
  REP MOVSD       | F3 A5    | rcx=2 f=D [40]=55 [38]=6600000000 | rcx=0 rsi=w+38 rdi=w+78 [78]=6600000000 [80]=55
  REP MOVSB | F3 A4 | rcx=8 rdi=w+43 [40]=332211 | rcx=0 rsi=w+48 rdi=w+4B [40]=2211332211332211 [48]=221133
  REP MOVSB | F3 A4 | rcx=4 rdi=w+3E [40]=44332211 | rcx=0 rsi=w+44 rdi=w+42 [38]=2211000000000000 [40]=44334433
  REP MOVSD | F3 A5 | rcx=2 rdi=w+42 [40]=44332211 | rcx=0 rsi=w+48 rdi=w+4A [40]=4433443322112211
  REP MOVSD | F3 A5 | rcx=3 rdi=w+46 [40]=665544332211 | rcx=0 rsi=w+4C rdi=w+52 [40]=2211665544332211 [48]=4433221166554433 [50]=6655
  REP MOVSB       | F3 A4    | rcx=8 rdi=w+41 [40]=AB | rcx=0 rsi=w+48 rdi=w+49 [40]=ABABABABABABABAB [48]=AB
  REP STOSB       | F3 AA    | rcx=C rax=EE | rcx=0 rdi=w+8C [80]=EEEEEEEEEEEEEEEE [88]=EEEEEEEE
  REP STOSW       | 66 F3 AB | rcx=3 rax=1234 | rcx=0 rdi=w+86 [80]=123412341234
  REP STOSQ       | F3 48 AB | rcx=2 rax=1 rdi=w+FC | rcx=0 rdi=w+10C [F8]=100000000 [100]=100000000
  REP LODSB       | F3 AC    | rcx=3 [40]=332211 | rax=33 rcx=0 rsi=w+43
  REPE CMPSB      | F3 A6    | rcx=8 [40]=11223344 [80]=11229944 | rcx=6 rsi=w+42 rdi=w+82 f=CPASO
  REPE CMPSB      | F3 A6    | rcx=4 [40]=11223344 [80]=11223344 | rcx=0 rsi=w+44 rdi=w+84 f=PZ
  REPNE CMPSW     | 66 F2 A7 | rcx=4 [40]=10002 [80]=10003 | rcx=2 rsi=w+44 rdi=w+84 f=PZ
  REPE CMPSQ      | F3 48 A7 | rcx=0 f=C |
  REPNE SCASB     | F2 AE    | rcx=10 rax=33 [80]=44332211 | rcx=D rdi=w+83 f=PZ
  REPNE SCASB     | F2 AE    | rcx=2 rax=99 [80]=44332211 | rcx=0 rdi=w+82 f=PO
  REPE SCASD      | F3 AF    | rcx=4 rax=0 | rcx=0 rdi=w+90 f=PZ
  REPE SCASQ      | F3 48 AF | rcx=2 rax=0 f=D [78]=1 | rcx=0 rdi=w+70 f=CPASD
  REP STOSB [EDI] | 67 F3 AA | rcx=500000002 rax=77 rdi=FFFFFFFF20000F80 | rcx=0 rdi=w+82 [80]=7777
  REP MOVSB | F3 A4 | rcx=10 rsi=20001FF8 rdi=w | rcx=0 rsi=20002008 rdi=w+10 [0]=85EE02CCEFA8EE1D [8]=DB44FF32B9ABB62B
  REP STOSB       | F3 AA    | rcx=10 rdi=20001FF8 rax=66 | #PF(7)@20002000 rcx=8 rdi=20002000 stray=C2D29255D214458F
  """
