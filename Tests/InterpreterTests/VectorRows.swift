// The columns are those of `InstructionRow`; the model has level v3; four words of `ymm` are a register.

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
  """

/// Upper halves, and a result or two of each kind.
let vectorRows = """
  PADDB XMM0, XMM2         | 66 0F FC C2    | ymm0=1 ymm2=7 ymm8=2 ymm10=1 | ymm0=3
  VPADDB XMM0, XMM1, XMM2  | C5 F1 FC C2    | ymm2=7 ymm3=8 ymm4=1 ymm6=1 ymm8=2 | ymm0=3 ymm2=0 ymm3=0
  VPADDB YMM0, YMM1, YMM2  | C5 F5 FC C2    | ymm7=1 ymm11=2 | ymm3=3
  VPADDB YMM0, YMM1, YMMWORD [RBX+8] | C5 F5 FC 43 08 | [8]=5 [20]=6 | ymm0=5 ymm3=6
  VMOVDQU YMM1, YMMWORD [RBX+8] | C5 FE 6F 4B 08 | [8]=1 [20]=4 | ymm4=1 ymm7=4
  VMOVDQU YMMWORD [RBX+8], YMM1 | C5 FE 7F 4B 08 | ymm4=1 ymm7=4 | [8]=1 [20]=4
  VMOVSS XMM0, XMM1, XMM2  | C5 F2 10 C2    | ymm3=1 ymm4=500000006 ymm5=7 ymm8=8 | ymm0=500000008 ymm1=7 ymm3=0
  VMOVD XMM0, EBX          | C5 F9 6E C3    | rbx=5 ymm1=1 ymm2=2 | ymm0=5 ymm1=0 ymm2=0
  VZEROUPPER               | C5 F8 77       | ymm12=1 ymm14=9 ymm35=2 | ymm14=0 ymm35=0
  VZEROALL                 | C5 FC 77       | ymm12=1 ymm14=9 | ymm12=0 ymm14=0
  VPERMQ YMM0, YMM1, 1B    | C4 E3 FD 00 C1 1B | ymm4=1 ymm5=2 ymm6=3 ymm7=4 | ymm0=4 ymm1=3 ymm2=2 ymm3=1
  VINSERTI128 YMM0, YMM1, XMM2, 1 | C4 E3 75 38 C2 01 | ymm4=1 ymm6=5 ymm8=2 | ymm0=1 ymm2=2
  VPALIGNR YMM0, YMM1, YMM2, 8 | C4 E3 75 0F C2 08 | ymm4=1 ymm6=2 ymm9=3 ymm11=4 | ymm0=3 ymm1=1 ymm2=4 ymm3=2
  AESENC XMM0, XMM1        | 66 0F 38 DC C1 | | ymm0=6363636363636363 ymm1=6363636363636363
  PCLMULQDQ XMM0, XMM1, 0  | 66 0F 3A 44 C1 00 | ymm0=3 ymm4=3 | ymm0=5
  PCMPISTRI XMM0, XMM1, 0  | 66 0F 3A 63 C1 00 | ymm0=61 ymm4=6262616262 | rcx=2 f=CZS
  VADDSD XMM0, XMM1, XMM2  | C5 F3 58 C2 | \
    ymm2=1 ymm4=3FF0000000000000 ymm5=9 ymm8=3FF0000000000000 | ymm0=4000000000000000 ymm1=9 ymm2=0
  VFMADD231SD XMM0, XMM1, XMM2 | C4 E2 F1 B9 C2 | \
    ymm0=3FF0000000000000 ymm4=4000000000000000 ymm8=4000000000000000 | ymm0=4014000000000000
  VCVTPH2PS XMM0, XMM1     | C4 E2 79 13 C1 | ymm2=1 ymm4=3C00 | ymm0=3F800000 ymm2=0
  """

/// GFNI: products of FIPS 197 4.2, the identity as a matrix, and AES's substitution.
let fieldRows = """
  GF2P8MULB XMM0, XMM1     | 66 0F 38 CF C1 | ymm0=5757 ymm2=9 ymm4=1383 | ymm0=FEC1
  GF2P8MULB XMM0, [RBX]    | 66 0F 38 CF 03 | ymm0=5757 [0]=1383 [8]=5 | ymm0=FEC1
  VGF2P8MULB XMM0, XMM1, XMM2 | C4 E2 71 CF C2 | ymm2=9 ymm4=57 ymm5=80 ymm8=83 ymm9=2 | ymm0=C1 ymm1=1B ymm2=0
  VGF2P8MULB YMM0, YMM1, YMM2 | C4 E2 75 CF C2 | ymm7=57 ymm11=83 | ymm3=C1
  VGF2P8MULB YMM0, YMM1, [RBX+8] | C4 E2 75 CF 43 08 | ymm7=57 [20]=83 | ymm3=C1
  GF2P8AFFINEQB XMM0, XMM1, 5A | 66 0F 3A CE C1 5A | \
    ymm0=FF00 ymm4=102040810204080 | ymm0=5A5A5A5A5A5AA55A ymm1=5A5A5A5A5A5A5A5A
  GF2P8AFFINEQB, row 0 is bit 7 | 66 0F 3A CE C1 00 | ymm0=301 ymm4=2 | ymm0=8000
  GF2P8AFFINEQB, row 7 is bit 0 | 66 0F 3A CE C1 00 | ymm0=301 ymm4=300000000000000 | ymm0=1
  VGF2P8AFFINEQB XMM0, XMM1, XMM2, 1 | C4 E3 F1 CE C2 01 | \
    ymm2=9 ymm4=80 ymm8=102040810204080 | ymm0=101010101010181 ymm1=101010101010101 ymm2=0
  VGF2P8AFFINEQB YMM0, YMM1, YMM2, 0 | C4 E3 F5 CE C2 00 | ymm7=80 ymm11=102040810204080 | ymm3=80
  GF2P8AFFINEINVQB XMM0, XMM1, 63 | 66 0F 3A CF C1 63 | \
    ymm0=5301 ymm4=F1E3C78F1F3E7CF8 | ymm0=636363636363ED7C ymm1=6363636363636363
  VGF2P8AFFINEINVQB XMM0, XMM1, XMM2, 63 | C4 E3 F1 CF C2 63 | \
    ymm2=9 ymm4=5301 ymm8=F1E3C78F1F3E7CF8 | ymm0=636363636363ED7C ymm1=6363636363636363 ymm2=0
  VGF2P8AFFINEINVQB YMM0, YMM1, YMM2, 0 | C4 E3 F5 CF C2 00 | ymm7=2 ymm11=102040810204080 | ymm3=8D
  GF2P8MULB XMM0, [RBX+8]  | 66 0F 38 CF 43 08 |  | #GP(0)
  GF2P8AFFINEQB XMM0, [RBX+8], 0 | 66 0F 3A CE 43 08 00 |  | #GP(0)
  GF2P8AFFINEINVQB beyond the pages | 66 0F 3A CF 03 00 | rbx=20003000 | #PF(4)@20003000
  GF2P8MULB without 66     | 0F 38 CF C1 |  | #UD
  VGF2P8MULB with W1       | C4 E2 F1 CF C2 |  | #UD
  VGF2P8AFFINEQB with W0   | C4 E3 71 CE C2 00 |  | #UD
  VGF2P8AFFINEINVQB with W0 | C4 E3 71 CF C2 00 |  | #UD
  LOCK GF2P8MULB           | F0 66 0F 38 CF C1 |  | #UD
  """

/// RDPKRU and WRPKRU at CPL 3.
let protectionKeyRows = """
  RDPKRU                   | 0F 01 EE | rax=1FFFFFFFF rdx=1FFFFFFFF rcx=100000000 | rax=0 rdx=0
  RDPKRU, ECX is 1         | 0F 01 EE | rcx=1 | #GP(0)
  WRPKRU                   | 0F 01 EF | rax=FFFFFFFF rcx=100000000 rdx=100000000 | 
  WRPKRU, EDX is 1         | 0F 01 EF | rdx=1 | #GP(0)
  WRPKRU, ECX is 1         | 0F 01 EF | rcx=1 | #GP(0)
  LOCK RDPKRU              | F0 0F 01 EE |  | #UD
  66 RDPKRU                | 66 0F 01 EE |  | #UD
  F2 WRPKRU                | F2 0F 01 EF |  | #UD
  """

/// What raises #UD, #GP and #PF, and what does not.
let vectorFaultRows = """
  VMOVDQA YMM1, YMMWORD [RBX+8] | C5 FD 6F 4B 08 |  | #GP(0)
  VMOVDQA XMM1, XMMWORD [RBX+8] | C5 F9 6F 4B 08 |  | #GP(0)
  PADDB XMM0, XMMWORD [RBX+8]   | 66 0F FC 43 08 |  | #GP(0)
  LDDQU XMM0, XMMWORD [RBX+8]   | F2 0F F0 43 08 | [8]=2 | ymm0=2
  VMOVNTDQA YMM0, YMMWORD [RBX+8] | C4 E2 7D 2A 43 08 |  | #GP(0)
  VMOVDQU YMM0, YMMWORD [RBX]   | C5 FE 6F 03 | rbx=20002FF0 | #PF(4)@20003000
  VMOVDQU YMMWORD [RBX], YMM0   | C5 FE 7F 03 | rbx=20001FF0 ymm0=1 | #PF(7)@20002000
  LOCK VPADDB                   | F0 C5 F1 FC C2 |  | #UD
  66 VPADDB                     | 66 C5 F1 FC C2 |  | #UD
  F3 VPADDB                     | F3 C5 F1 FC C2 |  | #UD
  REX VPADDB                    | 48 C5 F1 FC C2 |  | #UD
  VPBROADCASTB with W1          | C4 E2 F9 78 C1 |  | #UD
  VBROADCASTSS with W1          | C4 E2 FD 18 03 |  | #UD
  VPERMD with L0                | C4 E2 71 36 C2 |  | #UD
  VPHMINPOSUW with L1           | C4 E2 7D 41 C1 |  | #UD
  VMOVD with L1                 | C5 FD 6E C0 |  | #UD
  ANDN with L1                  | C4 E2 74 F2 C3 |  | #UD
  VPMOVSXBW with vvvv           | C4 E2 71 20 C1 |  | #UD
  VZEROUPPER with vvvv          | C5 F0 77 |  | #UD
  VMOVLPS of a register is VMOVHLPS | C5 F0 12 C2 | ymm5=3 ymm9=4 | ymm0=4 ymm1=3
  map 4                         | C4 E4 70 F2 C3 |  | #UD
  VMASKMOVPS, nothing selected  | C4 E2 71 2C 03 | rbx=20003000 ymm0=1 | ymm0=0
  VMASKMOVPS, a byte beyond     | C4 E2 71 2C 03 | rbx=20003000 ymm4=80000000 | #PF(4)@20003000
  VPMASKMOVD, nothing selected  | C4 E2 71 8E 03 | rbx=20002000 | 
  VPMASKMOVD, the second        | C4 E2 71 8E 03 | rbx=20002000 ymm4=8000000000000000 | #PF(7)@20002004
  XSAVE misaligned              | 0F AE 63 08 | rax=1 | #GP(0)
  XSAVE, its last byte          | 0F AE 23 | rbx=20001FC0 rax=3 | #PF(7)@200021FF
  XSAVE, its last byte with AVX | 0F AE 23 | rbx=20001D00 rax=4 | #PF(7)@2000203F
  XSAVEC, its last byte         | 0F C7 23 | rbx=20001FC0 | #PF(7)@200021FF
  XSAVEOPT, its last byte       | 0F AE 33 | rbx=20001FC0 rax=7 | #PF(7)@200022FF
  """

/// What processors of AMD check first, and what a gather that faults leaves there.
let vectorOrderRows = """
  XSAVE, its first byte         | 0F AE 23 | rbx=1FFFFFC0 | #PF(6)@1FFFFFC0
  XRSTOR, its header            | 0F AE 2B | rbx=20002F80 | #PF(4)@20003180
  VPGATHERDD, the second faults | C4 E2 71 90 04 93 | \
    ymm4=8000000180000001 ymm8=84000000000 [0]=A | #PF(4)@20003000 ymm0=A ymm4=8000000100000000
  """

/// Gathers.
let gatherRows = """
  VPGATHERDD XMM0, [RBX+XMM2*4], XMM1 | C4 E2 71 90 04 93 | \
    ymm2=9 ymm4=8000000080000000 ymm6=7 ymm8=100000000 [0]=B0000000A | ymm0=B0000000A ymm2=0 ymm4=0 ymm6=0
  VPGATHERQD, two elements      | C4 E2 71 91 04 93 | \
    ymm1=5 ymm4=8000000080000000 ymm5=8 ymm9=1 [0]=B0000000A | ymm0=B0000000A ymm1=0 ymm4=0 ymm5=0
  VPGATHERDD with mask = index  | C4 E2 71 90 04 8B |  | #UD
  VPGATHERDD with mask = destination | C4 E2 79 90 04 93 |  | #UD
  VPGATHERDD without SIB        | C4 E2 71 90 03 |  | #UD
  """
