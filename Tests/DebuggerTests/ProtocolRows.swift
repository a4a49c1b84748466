/// Requests and replies, packet by packet, without frames: `requests => replies`, `~` stands for an empty reply, `.` for
/// a request that has none, `\xNN` for a byte. The target is `ToyTarget.looping()`: two processors at 1000h.
let protocolRows = #"""
  # Negotiation
  qSupported:multiprocess+;swbreak+;hwbreak+ => PacketSize=4000;qXfer:features:read+;vContSupported+;multiprocess-;swbreak+;hwbreak+;QStartNoAckMode+;ReverseStep+;ReverseContinue+
  qSupported => PacketSize=4000;qXfer:features:read+;vContSupported+;multiprocess-;swbreak+;hwbreak+;QStartNoAckMode+;ReverseStep+;ReverseContinue+
  vMustReplyEmpty => ~
  vCont? => vCont;c;C;s;S
  vFile:open:00 => ~
  vRun;00 => ~
  vAttach;1 => ~
  vCtrlC => ~
  ! => ~
  qAttached => 1
  qAttached:1 => 1
  qSymbol:: => OK
  qTStatus => ~
  qOffsets => ~
  qTfP => ~
  qL1200 => ~
  QNonStop:1 => ~
  QThreadEvents:1 => ~
  QPassSignals:e => ~
  Q => ~
  q => ~
  v => ~
  i => ~
  R00 => ~
  t => ~
  \xff\x00 => ~
  # Threads
  ? => T05thread:1;
  qC => QC1
  Hg2 qC => OK QC2
  Hg1 qC => OK QC1
  Hg0 qC => OK QC1
  Hg-1 qC => OK QC1
  Hg2 Hg0 qC => OK OK QC2
  Hg3 => E16
  Hg => E16
  Hgx => E16
  Hg1x => E16
  Hgffffffffffffffff => E16
  Hg11111111111111111 => E16
  Hc1 => OK
  Hc-1 => OK
  Hc0 => OK
  Hc3 => E16
  Hx1 => E16
  H => E16
  Hgp1.1 => E16
  T1 => OK
  T2 => OK
  T3 => E16
  T0 => E16
  T => E16
  T-1 => E16
  qfThreadInfo => m1,2
  qsThreadInfo => l
  qfThreadInfo qsThreadInfo => m1,2 l
  qThreadExtraInfo,1 => 70726f636573736f7220302c207265616c206d6f64652c2043504c20302c2072756e6e696e67
  qThreadExtraInfo,2 => 70726f636573736f7220312c207265616c206d6f64652c2043504c20302c2072756e6e696e67
  qThreadExtraInfo,3 => E16
  qThreadExtraInfo, => E16
  # Registers
  p10 => 0010000000000000
  P10=0020000000000000 p10 => OK 0020000000000000
  P0=8877665544332211 p0 => OK 8877665544332211
  Hg2 P0=0100000000000000 p0 Hg1 p0 => OK OK 0100000000000000 OK 0000000000000000
  p79 => 00000000
  p7a => E16
  pffffffffffffffff => E16
  p => E16
  px => E16
  p0x => E16
  P0 => E16
  P0= => E16
  P0=00 => E16
  P0=000000000000000000 => E16
  P0=zz00000000000000 => E16
  P7a=00 => E16
  P=00 => E16
  Pffffffffffffffffff=00 => E16
  G00 => E16
  Gzz => E16
  G0500000000000000 p0 => OK 0500000000000000
  Gxxxxxxxxxxxxxxxx0600000000000000 p0 p1 => OK 0000000000000000 0600000000000000
  G050000000000000006 p0 => E16 0000000000000000
  P11=460a0000 p11 => OK 460a0000
  P38=aa000000bb000000 => E16
  P20=000102030405060708090a0b0c0d0e0f p20 => E16 40000000
  P28=000102030405060708090a0b0c0d0e0f p28 => OK 000102030405060708090a0b0c0d0e0f
  P18=00000000000000800040 p18 => OK 00000000000000800040
  P22=ff000000 p22 => OK ff550000
  P78=03000000 p78 => OK 03000000
  P78=04000000 p78 => OK 00000000
  P78=00010000 p78 => OK 00000000
  P79=05000000 p79 => OK 05000000
  # Real mode: RIP is shown as a linear address, and set by one
  P41=0000000000000000 P10=3412000000000000 p10 p77 => OK OK 3412000000000000 3412000000000000
  P41=0000000000000000 P59=0000010000000000 p10 p77 => OK OK 0010010000000000 0010000000000000
  P41=0000000000000000 P59=0000010000000000 P10=3412010000000000 p10 p77 => OK OK OK 3412010000000000 3412000000000000
  P41=0000000000000000 P59=0000ffff00000000 P10=f0ffffff00000000 p77 => OK OK OK f0ff000000000000
  # Memory
  m1000,3 => 48ffc0
  m1000,0 => ~
  m1000,1 => 48
  m8000,4 => 00000000
  mefff,4 => 90
  mf000,4 => E0e
  mffffffffffffffff,4 => E0e
  m1000 => E16
  m1000, => E16
  m,4 => E16
  m => E16
  m1000,4x => E16
  m1000,11111111111111111 => E16
  m10000000000000000,1 => E16
  M8000,4:01020304 m8000,4 => OK 01020304
  M8000,0: => OK
  M8000,4:010203 => E16
  M8000,4:01020g04 => E16
  M8000,4: => E16
  M8000,4 => E16
  M8000,2:010 => E16
  Mf000,1:00 => E0e
  Mefff,2:0102 mefff,1 => E0e 90
  Mffffffffffffffff,1:00 => E0e
  M => E16
  X8000,0: => OK
  X8000,4:abcd m8000,4 => OK 61626364
  X8000,1:}\x03 m8000,1 => OK 23
  X8000,2:}]} m8000,1 => E16 00
  X8000,2:}]}\x04 m8000,2 => OK 7d24
  X8000,3:\x00\xff\x80 m8000,3 => OK 00ff80
  X8000,2:a => E16
  X8000,1:ab => E16
  Xf000,1:a => E0e
  X => E16
  # Physical addresses
  qqemu.PhyMemMode => 0
  Qqemu.PhyMemMode:1 qqemu.PhyMemMode => OK 1
  Qqemu.PhyMemMode:1 mf000,2 => OK 9090
  Qqemu.PhyMemMode:1 mffff,2 => OK 90
  Qqemu.PhyMemMode:1 m10000,2 => OK E0e
  Qqemu.PhyMemMode:1 Mf000,1:55 mf000,2 => OK OK 5590
  Qqemu.PhyMemMode:1 Xf000,1:a mf000,2 => OK OK 6190
  Qqemu.PhyMemMode:1 Mffff,2:5555 => OK E0e
  Qqemu.PhyMemMode:1 Qqemu.PhyMemMode:0 mf000,2 => OK OK E0e
  Qqemu.PhyMemMode:2 => E16
  Qqemu.PhyMemMode: => E16
  Qqemu.PhyMemMode:1x => E16
  # Stepping
  s s => T05thread:1; T05thread:1;
  s p10 p0 => T05thread:1; 0310000000000000 0100000000000000
  s2000 => W07
  sx => E16
  S05 p10 => T05thread:1; 0310000000000000
  S05;100a p10 => T05thread:1; 1110000000000000
  S05100a => T05thread:1;
  S => E16
  S5x => E16
  Hc2 s qC p10 => OK T05thread:2; QC2 0310000000000000
  s ? => T05thread:1; T05thread:1;
  vCont;s:1;c p10 => T05thread:1; 0310000000000000
  vCont;s:2;c p10 => T05thread:2; 0310000000000000
  vCont;s p10 => T05thread:1; 0310000000000000
  vCont;S05:2;c p10 => T05thread:2; 0310000000000000
  vCont;s:2 => T05thread:2;
  vCont;s:-1 => T05thread:1;
  vCont;c:1;s:2 => T05thread:2;
  Hc2 vCont;s => OK T05thread:2;
  vCont;s:3 => E16
  vCont;s:0 => E16
  vCont;s: => E16
  vCont;t => E16
  vCont;r1000,2000:1 => E16
  vCont; => E16
  vCont => ~
  vCont;x => E16
  vCont;s;; => E16
  vCont;C => E16
  vCont;s:p1.1 => E16
  # Breakpoints
  Z0,100a,1 c => OK T05thread:1;
  Z1,100a,1 c => OK T05thread:1;
  qSupported:swbreak+;hwbreak+ Z0,100a,1 c => PacketSize=4000;qXfer:features:read+;vContSupported+;multiprocess-;swbreak+;hwbreak+;QStartNoAckMode+;ReverseStep+;ReverseContinue+ OK T05swbreak:;thread:1;
  qSupported:swbreak+;hwbreak+ Z1,100a,1 c => PacketSize=4000;qXfer:features:read+;vContSupported+;multiprocess-;swbreak+;hwbreak+;QStartNoAckMode+;ReverseStep+;ReverseContinue+ OK T05hwbreak:;thread:1;
  qSupported:swbreak+ Z1,100a,1 c => PacketSize=4000;qXfer:features:read+;vContSupported+;multiprocess-;swbreak+;hwbreak+;QStartNoAckMode+;ReverseStep+;ReverseContinue+ OK T05thread:1;
  Z0,100a,1 z0,100a,1 Z0,1011,1 c p10 => OK OK OK T05thread:1; 1110000000000000
  Z0,100a,1 Z1,100a,1 z0,100a,1 c p10 => OK OK OK T05thread:1; 0a10000000000000
  Z0,1003,1 c c p0 => OK T05thread:1; T05thread:1; 0200000000000000
  z0,100a,1 => OK
  Z0,100a,1 m100a,3 => OK 8b0425
  Z0 => E16
  Z0, => E16
  Z0,100a => E16
  Z0,100a,x => E16
  Z => E16
  Z5,100a,1 => ~
  z9,100a,1 => ~
  Z0,100a,1;X1,00 c => OK T05thread:1;
  Z0,2000,1 vCont;c => OK T02thread:1;
  # Watchpoints
  Z2,8000,4 c p10 => OK T05watch:8000;thread:1; 0a10000000000000
  Z3,8000,4 c p10 => OK T05rwatch:8000;thread:1; 1110000000000000
  Z4,8000,4 c p10 c p10 => OK T05awatch:8000;thread:1; 0a10000000000000 T05awatch:8000;thread:1; 1110000000000000
  Z2,8003,1 c => OK T05watch:8003;thread:1;
  Z2,7fff,2 c => OK T05watch:7fff;thread:1;
  Z2,8004,1 c => OK T02thread:1;
  Z2,7ff8,8 c => OK T02thread:1;
  Z2,8000,4 z2,8000,4 c => OK OK T02thread:1;
  Z2,8000,4 z3,8000,4 c => OK OK T05watch:8000;thread:1;
  Z2,8000,0 => E16
  Z2,8000,100001 => E16
  Z2,8000,100000 => OK
  Z2,ffffffffffffffff,8 c => OK T02thread:1;
  Z3,8000 => E16
  Z4,x,4 => E16
  # Reverse execution
  bs => T05replaylog:begin;thread:1;
  bc => T05replaylog:begin;thread:1;
  s s bs p10 p0 => T05thread:1; T05thread:1; T05thread:1; 0310000000000000 0100000000000000
  s bs bs => T05thread:1; T05thread:1; T05replaylog:begin;thread:1;
  s s s Z0,1003,1 bc p10 => T05thread:1; T05thread:1; T05thread:1; OK T05thread:1; 0310000000000000
  s s s Z2,8000,4 bc p10 m8000,1 => T05thread:1; T05thread:1; T05thread:1; OK T05watch:8000;thread:1; 0310000000000000 00
  s s s bc p10 => T05thread:1; T05thread:1; T05thread:1; T05replaylog:begin;thread:1; 0010000000000000
  b => ~
  bx => ~
  bsx => ~
  # The end
  c2000 => W07
  C05;2000 => W07
  cx => E16
  C => E16
  D => OK
  D;1 => OK
  k => .
  vKill;1 => OK
  # monitor
  qRcmd,7768657265 => O70726f636573736f7220300a OK
  Hg2 qRcmd,7768657265 => OK O70726f636573736f7220310a OK
  qRcmd,73696c656e74 => OK
  qRcmd,706879736963616c206f6e mf000,1 => O61646472657373657320617265206e6f772067756573742d706879736963616c0a OK 90
  qRcmd,706879736963616c206f6e qRcmd,706879736963616c206f6666 mf000,1 => O61646472657373657320617265206e6f772067756573742d706879736963616c0a OK O61646472657373657320617265206e6f77206c696e6561720a OK E0e
  qRcmd,6e6f6e65 => O6d6f6e69746f72206e6f6e653a207468657265206973206e6f207375636820636f6d6d616e643b206d6f6e69746f722068656c70206c69737473207468656d0a OK
  qRcmd,7 => E16
  qRcmd,zz => E16
  # Target description
  qXfer:features:read:target.xml:0,15 => m<?xml version="1.0"?>
  qXfer:features:read:target.xml:2,3 => mxml
  qXfer:features:read:target.xml:ffffff,4 => E16
  qXfer:features:read:target.xml:0 => E16
  qXfer:features:read:target.xml: => E16
  qXfer:features:read:other.xml:0,4 => E00
  qXfer:features:write:target.xml:0:00 => ~
  qXfer:threads:read::0,4 => ~
  """#

/// Bytes in and bytes out, frames and all; acknowledgements are on. `\xNN` stands for a byte, `~` for nothing.
let streamRows = #"""
  $qC#b4 => +$QC1#c5
  +$qC#b4+ => +$QC1#c5
  noise$qC#b4 => +$QC1#c5
  $qC#B4 => +$QC1#c5
  $qC#b5 => -
  $qC#zz => -
  $qC#b => ~
  $qC# => ~
  $qC => ~
  $ => ~
  # => ~
  #b4 => ~
  + => ~
  - => ~
  ++++ => ~
  \x03 => ~
  \x03\x03$qC#b4 => +$QC1#c5
  $qC#b4- => +$QC1#c5$QC1#c5
  $qC#b4-- => +$QC1#c5$QC1#c5$QC1#c5
  $qC#b4$qC#b4 => +$QC1#c5+$QC1#c5
  $half$qC#b4 => +$QC1#c5
  $$$qC#b4 => +$QC1#c5
  $#00 => +$#00
  $##b4 => -
  $qC#b4\x03 => +$QC1#c5
  $QStartNoAckMode#b0 => +$OK#9a
  $QStartNoAckMode#b0+$qC#b4 => +$OK#9a$QC1#c5
  $QStartNoAckMode#b0$qC#00 => +$OK#9a$QC1#c5
  $QStartNoAckMode#b0$qC#b4- => +$OK#9a$QC1#c5
  $q\x03C#b7 => +$#00
  $}#7d => +$#00
  $}Q#ce => +$#00
  $X8000,1:}\x04#38$m8000,1#92 => +$OK#9a+$24#66
  $Z0,2fff,1#77$c#63\x03 => +$OK#9a+$T02thread:1;#d4
  $c#63\x03$qC#b4 => +$T02thread:1;#d4+$QC1#c5
  $c#63$qC#b4\x03 => +$T02thread:1;#d4+$QC1#c5
  $c2000#25$qC#b4 => +$W07#be
  $D#44$qC#b4 => +$OK#9a
  $k#6b$qC#b4 => +
  """#

/// The same of a target with a program file: `a$b#c}d*` and 10,000 bytes of `.`.
let fileRows = #"""
  qSupported => PacketSize=4000;qXfer:features:read+;vContSupported+;multiprocess-;swbreak+;hwbreak+;QStartNoAckMode+;ReverseStep+;ReverseContinue+;qXfer:exec-file:read+
  qXfer:exec-file:read:1:0,ffb => l/emu/guest.elf
  qXfer:exec-file:read::0,4 => m/emu
  qXfer:exec-file:read::4,100 => l/guest.elf
  qXfer:exec-file:read::e,1 => l
  qXfer:exec-file:read::f,1 => E16
  qXfer:exec-file:read:1 => E16
  qXfer:exec-file:read:: => E16
  qXfer:exec-file:read::0 => E16
  qXfer:exec-file:read::0,1,2 => E16
  vFile:setfs:0 => F0
  vFile:open:2f656d752f67756573742e656c66,0,0 => F3
  vFile:open:2f656d752f67756573742e656c66,0,0 vFile:open:2f656d752f67756573742e656c66,0,1c0 => F3 F4
  vFile:open:2f656d752f67756573742e656c66,1,0 => F-1,2
  vFile:open:2f656d752f67756573742e656c66,201,0 => F-1,2
  vFile:open:2f6574632f706173737764,0,0 => F-1,2
  vFile:open:,0,0 => F-1,2
  vFile:open:2f => F-1,16
  vFile:open:2,0,0 => F-1,16
  vFile:open:zz,0,0 => F-1,16
  vFile:open: => F-1,16
  vFile:open:2f656d752f67756573742e656c66,0,0 vFile:pread:3,4,0 => F3 F4;a}\x04b}\x03
  vFile:open:2f656d752f67756573742e656c66,0,0 vFile:pread:3,4,4 => F3 F4;c}]d}\x0a
  vFile:open:2f656d752f67756573742e656c66,0,0 vFile:pread:3,0,0 => F3 F0;
  vFile:open:2f656d752f67756573742e656c66,0,0 vFile:pread:3,8,2717 => F3 F1;.
  vFile:open:2f656d752f67756573742e656c66,0,0 vFile:pread:3,8,2718 => F3 F0;
  vFile:open:2f656d752f67756573742e656c66,0,0 vFile:pread:3,8,ffffffffffffffff => F3 F0;
  vFile:open:2f656d752f67756573742e656c66,0,0 vFile:pread:4,8,0 => F3 F-1,9
  vFile:open:2f656d752f67756573742e656c66,0,0 vFile:pread:3 => F3 F-1,16
  vFile:open:2f656d752f67756573742e656c66,0,0 vFile:close:3 vFile:pread:3,1,0 => F3 F0 F-1,9
  vFile:open:2f656d752f67756573742e656c66,0,0 vFile:close:3 vFile:open:2f656d752f67756573742e656c66,0,0 => F3 F0 F3
  vFile:close:3 => F-1,9
  vFile:close: => F-1,9
  vFile:fstat:3 => F-1,9
  vFile:unlink:2f => ~
  vFile:pwrite:3,0,00 => ~
  """#
