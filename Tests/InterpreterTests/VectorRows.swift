// The columns are those of `InstructionRow`; the model has level v3.

/// LZCNT, TZCNT, CRC32, MOVBE, ADX, BMI1 and BMI2.
let bitManipulationRows = """
  TZCNT EAX, EBX           | F3 0F BC C3    | rbx=0 | rax=20 f=C ?=OSAP
  TZCNT EAX, EBX           | F3 0F BC C3    | rbx=1 rax=7 f=C | rax=0 f=Z ?=OSAP
  LZCNT AX, BX             | 66 F3 0F BD C3 | rbx=1 | rax=F ?=OSAP
  LZCNT RAX, RBX           | F3 48 0F BD C3 | rbx=0 | rax=40 f=C ?=OSAP
  CRC32 EAX, BL            | F2 0F 38 F0 C3 | rbx=1 | rax=F26B8303
  CRC32 RAX, RBX           | F2 48 0F 38 F1 C3 | rbx=0 rax=FFFFFFFF00000000 | rax=0
  MOVBE EAX, DWORD [RBX]   | 0F 38 F0 03    | [0]=11223344 | rax=44332211
  MOVBE WORD [RBX], AX     | 66 0F 38 F1 03 | rax=1122 | [0]=2211
  ADCX EAX, EBX            | 66 0F 38 F6 C3 | rax=FFFFFFFF rbx=1 f=O | rax=0 f=OC
  ADOX RAX, RBX            | F3 48 0F 38 F6 C3 | rax=1 rbx=1 f=OC | rax=3 f=C
  ANDN EAX, ECX, EBX       | C4 E2 70 F2 C3 | rcx=F0 rbx=FF f=OC | rax=F f=- ?=AP
  BEXTR EAX, EBX, ECX      | C4 E2 70 F7 C3 | rbx=1234 rcx=804 | rax=23 ?=SAP
  BLSR EAX, EBX            | C4 E2 78 F3 CB | rbx=18 | rax=10 ?=AP
  BLSI EAX, EBX            | C4 E2 78 F3 DB | rbx=18 | rax=8 f=C ?=AP
  BLSMSK EAX, EBX          | C4 E2 78 F3 D3 | rbx=0 | rax=FFFFFFFF f=CS ?=AP
  BZHI EAX, EBX, ECX       | C4 E2 70 F5 C3 | rbx=FFFF rcx=20 | rax=FFFF f=C ?=AP
  MULX RAX, RCX, RBX       | C4 E2 F3 F6 C3 | rdx=FFFFFFFFFFFFFFFF rbx=2 | rax=1 rcx=FFFFFFFFFFFFFFFE
  MULX RAX, RAX, RBX       | C4 E2 FB F6 C3 | rdx=FFFFFFFFFFFFFFFF rbx=2 | rax=1
  PDEP RAX, RCX, RBX       | C4 E2 F3 F5 C3 | rcx=5 rbx=F0 | rax=50
  PEXT RAX, RCX, RBX       | C4 E2 F2 F5 C3 | rcx=50 rbx=F0 | rax=5
  RORX EAX, EBX, 4         | C4 E3 7B F0 C3 04 | rbx=12 | rax=20000001
  SARX EAX, EBX, ECX       | C4 E2 72 F7 C3 | rbx=80000000 rcx=24 | rax=F8000000
  XGETBV                   | 0F 01 D0       | rdx=1 | rax=7 rdx=0
  """

/// Upper halves, and a result or two of each kind.
let vectorRows = """
  PADDB XMM0, XMM2         | 66 0F FC C2    | y0.0=1 y0.2=7 y2.0=2 y2.2=1 | y0.0=3
  VPADDB XMM0, XMM1, XMM2  | C5 F1 FC C2    | y0.2=7 y0.3=8 y1.0=1 y1.2=1 y2.0=2 | y0.0=3 y0.2=0 y0.3=0
  VPADDB YMM0, YMM1, YMM2  | C5 F5 FC C2    | y1.3=1 y2.3=2 | y0.3=3
  VPADDB YMM0, YMM1, YMMWORD [RBX+8] | C5 F5 FC 43 08 | [8]=5 [20]=6 | y0.0=5 y0.3=6
  VMOVDQU YMM1, YMMWORD [RBX+8] | C5 FE 6F 4B 08 | [8]=1 [20]=4 | y1.0=1 y1.3=4
  VMOVDQU YMMWORD [RBX+8], YMM1 | C5 FE 7F 4B 08 | y1.0=1 y1.3=4 | [8]=1 [20]=4
  VMOVSS XMM0, XMM1, XMM2  | C5 F2 10 C2    | y0.3=1 y1.0=500000006 y1.1=7 y2.0=8 | y0.0=500000008 y0.1=7 y0.3=0
  VMOVD XMM0, EBX          | C5 F9 6E C3    | rbx=5 y0.1=1 y0.2=2 | y0.0=5 y0.1=0 y0.2=0
  VZEROUPPER               | C5 F8 77       | y3.0=1 y3.2=9 y8.3=2 | y3.2=0 y8.3=0
  VZEROALL                 | C5 FC 77       | y3.0=1 y3.2=9 | y3.0=0 y3.2=0
  VPERMQ YMM0, YMM1, 1B    | C4 E3 FD 00 C1 1B | y1.0=1 y1.1=2 y1.2=3 y1.3=4 | y0.0=4 y0.1=3 y0.2=2 y0.3=1
  VINSERTI128 YMM0, YMM1, XMM2, 1 | C4 E3 75 38 C2 01 | y1.0=1 y1.2=5 y2.0=2 | y0.0=1 y0.2=2
  VPALIGNR YMM0, YMM1, YMM2, 8 | C4 E3 75 0F C2 08 | y1.0=1 y1.2=2 y2.1=3 y2.3=4 | y0.0=3 y0.1=1 y0.2=4 y0.3=2
  PSHUFB MM0, MM1          | 0F 38 00 C1    | | ftw=FF
  AESENC XMM0, XMM1        | 66 0F 38 DC C1 | | y0.0=6363636363636363 y0.1=6363636363636363
  PCLMULQDQ XMM0, XMM1, 0  | 66 0F 3A 44 C1 00 | y0.0=3 y1.0=3 | y0.0=5
  PCMPISTRI XMM0, XMM1, 0  | 66 0F 3A 63 C1 00 | y0.0=61 y1.0=6262616262 | rcx=2 f=CZS
  VADDSD XMM0, XMM1, XMM2  | C5 F3 58 C2 | y0.2=1 y1.0=3FF0000000000000 y1.1=9 y2.0=3FF0000000000000 | y0.0=4000000000000000 y0.1=9 y0.2=0
  VFMADD231SD XMM0, XMM1, XMM2 | C4 E2 F1 B9 C2 | y0.0=3FF0000000000000 y1.0=4000000000000000 y2.0=4000000000000000 | y0.0=4014000000000000
  VCVTPH2PS XMM0, XMM1     | C4 E2 79 13 C1 | y0.2=1 y1.0=3C00 | y0.0=3F800000 y0.2=0
  """

/// What raises #UD, #GP and #PF, and what does not.
let vectorFaultRows = """
  VMOVDQA YMM1, YMMWORD [RBX+8] | C5 FD 6F 4B 08 |  | #GP(0)
  VMOVDQA XMM1, XMMWORD [RBX+8] | C5 F9 6F 4B 08 |  | #GP(0)
  PADDB XMM0, XMMWORD [RBX+8]   | 66 0F FC 43 08 |  | #GP(0)
  LDDQU XMM0, XMMWORD [RBX+8]   | F2 0F F0 43 08 | [8]=2 | y0.0=2
  VMOVNTDQA YMM0, YMMWORD [RBX+8] | C4 E2 7D 2A 43 08 |  | #GP(0)
  VMOVDQU YMM0, YMMWORD [RBX]   | C5 FE 6F 03 | rbx=20002FF0 | #PF(4)@20003000
  VMOVDQU YMMWORD [RBX], YMM0   | C5 FE 7F 03 | rbx=20001FF0 y0.0=1 | #PF(7)@20002000
  LOCK VPADDB                   | F0 C5 F1 FC C2 |  | #UD
  66 VPADDB                     | 66 C5 F1 FC C2 |  | #UD
  F3 VPADDB                     | F3 C5 F1 FC C2 |  | #UD
  REX VPADDB                    | 48 C5 F1 FC C2 |  | #UD
  VPERMQ with W0                | C4 E3 7D 00 C1 1B |  | #UD
  VPERMD with L0                | C4 E2 71 36 C2 |  | #UD
  VPHMINPOSUW with L1           | C4 E2 7D 41 C1 |  | #UD
  VMOVD with L1                 | C5 FD 6E C0 |  | #UD
  ANDN with L1                  | C4 E2 74 F2 C3 |  | #UD
  VPMOVSXBW with vvvv           | C4 E2 71 20 C1 |  | #UD
  VZEROUPPER with vvvv          | C5 F0 77 |  | #UD
  VMOVLPS of a register is VMOVHLPS | C5 F0 12 C2 | y1.1=3 y2.1=4 | y0.0=4 y0.1=3
  map 4                         | C4 E4 70 F2 C3 |  | #UD
  VMASKMOVPS, nothing selected  | C4 E2 71 2C 03 | rbx=20003000 y0.0=1 | y0.0=0
  VMASKMOVPS, a byte beyond     | C4 E2 71 2C 03 | rbx=20003000 y1.0=80000000 | #PF(4)@20003000
  VPMASKMOVD, nothing selected  | C4 E2 71 8E 03 | rbx=20002000 | 
  VPMASKMOVD, the second        | C4 E2 71 8E 03 | rbx=20002000 y1.0=8000000000000000 | #PF(7)@20002004
  XSAVE misaligned              | 0F AE 63 08 | rax=1 | #GP(0)
  """

/// Gathers: what is done before a fault stays done.
let gatherRows = """
  VPGATHERDD XMM0, [RBX+XMM2*4], XMM1 | C4 E2 71 90 04 93 | y0.2=9 y1.0=8000000080000000 y1.2=7 y2.0=100000000 [0]=B0000000A | y0.0=B0000000A y0.2=0 y1.0=0 y1.2=0
  VPGATHERDD, the second faults | C4 E2 71 90 04 93 | y1.0=8000000080000001 y2.0=84000000000 [0]=A | #PF(4)@20003000 y0.0=A y1.0=FFFFFFFF00000000
  VPGATHERQD, two elements      | C4 E2 71 91 04 93 | y0.1=5 y1.0=8000000080000000 y1.1=8 y2.1=1 [0]=B0000000A | y0.0=B0000000A y0.1=0 y1.0=0 y1.1=0
  VPGATHERDD with mask = index  | C4 E2 71 90 04 8B |  | #UD
  VPGATHERDD with mask = destination | C4 E2 79 90 04 93 |  | #UD
  VPGATHERDD without SIB        | C4 E2 71 90 03 |  | #UD
  """
