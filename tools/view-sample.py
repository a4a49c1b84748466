#!/usr/bin/env python3
"""A trace in the schema of emu: a small kernel that clears memory, maps a page, enters user code and faults.

view-sample.py FILE [ROUNDS]: every round is some 60 steps. Registers, tables and walks agree with each other.
"""
import json
import sys

GENERAL = ["rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp"] + [f"r{i}" for i in range(8, 16)]


def hexadecimal(value):
    return hex(value & (1 << 256) - 1)


class Guest:
    """Registers, page tables and the records that they leave."""

    def __init__(self, file):
        self.file = file
        self.n = self.tick = 0
        self.cpl = 0
        self.regs = {name: 0 for name in GENERAL}
        self.regs.update(rip=0xffffffff80100000, rflags=0x2, cs=8, ss=16, ds=0, es=0, fs=0, gs=0, cs_base=0, ss_base=0,
                         ds_base=0, es_base=0, fs_base=0, gs_base=0, cr0=0x80010033, cr2=0, cr3=0x1000, cr4=0x6A0,
                         cr8=0, efer=0xD01, gdtr_base=0xffffffff80008000, gdtr_limit=0x37,
                         idtr_base=0xffffffff80009000, idtr_limit=0xfff, tr=0x28, ldtr=0, mxcsr=0x1f80)
        self.regs.update({f"dr{i}": 0 for i in range(8)})
        self.regs.update({f"xmm{i}": 0 for i in range(16)})
        self.regs.update({f"ymm{i}h": 0 for i in range(16)})
        self.regs.update(xcr0=0x207, pkru=0x55555554)
        self.regs["rsp"] = 0xffffffff80080000
        # Physical address -> entry: the kernel at -2 GiB by pages of 2 MiB, user code at 4 MiB by small pages.
        self.tables = {0x1000: 0x2027, 0x1000 + 511 * 8: 0x5003, 0x5000 + 510 * 8: 0x6003, 0x2000: 0x3027,
                       0x3010: 0x4027, 0x4000: 0x200025}
        for i in range(32):
            self.tables[0x6000 + i * 8] = i << 21 | 0x183
        self.memory = {}
        self.tlb = set()

    def emit(self, record):
        self.file.write(json.dumps(record, separators=(",", ":")) + "\n")

    def state(self):
        self.emit({"t": "state", "cpu": 0, "tick": self.tick, "regs": {k: hexadecimal(v) for k, v in self.regs.items()}})

    def walk(self, linear, access):
        """A walk as a record, and the physical address or None."""
        table, steps = self.regs["cr3"], []
        record = {"linear": hex(linear), "access": access, "user": self.cpl == 3, "steps": steps}
        for level in (4, 3, 2, 1):
            at = table + (linear >> 12 + 9 * (level - 1) & 511) * 8
            value = self.tables.get(at, 0)
            step = {"level": level, "address": hex(at), "value": hex(value)}
            steps.append(step)
            leaf = level == 1 or value & 0x80
            fault = (access == "write") * 2 | (self.cpl == 3) * 4 | (access == "fetch") * 16
            if not value & 1 or leaf and access == "write" and not value & 2:
                record["fault"] = hex(fault | value & 1)
                return record, None
            updated = value | 0x20 | (0x40 if leaf and access == "write" else 0)
            if updated != value:
                step["updated"] = hex(updated)
                self.tables[at] = updated
            if leaf:
                size = 1 << 12 + 9 * (level - 1)
                physical = value & 0xffffffffff000 & ~(size - 1) | linear & size - 1
                record.update(physical=hex(physical), pageSize=size)
                return record, physical
            table = value & 0xffffffffff000

    def touch(self, record, kind, linear, value, size=8, system=False):
        """An access of a step; a write to a table changes it. False if it faults."""
        hit = (linear >> 12, kind) in self.tlb
        walk, physical = self.walk(linear, kind)
        if not hit:
            record.setdefault("walks", []).append(walk)
        if physical is None:
            return False
        self.tlb.add((linear >> 12, kind))
        access = {"kind": kind, "linear": hex(linear), "physical": hex(physical), "size": size, "value": hex(value),
                  "tlb": "hit" if hit else "walk"}
        if system:
            access["system"] = True
        if kind == "write":
            access["old"] = hex(self.memory.get(physical, 0))
            self.memory[physical] = value
            if physical < 0x7000:
                self.tables[physical] = value
        record.setdefault("memory", []).append(access)
        return True

    def begin(self, text, code, symbol):
        self.n += 1
        self.tick += 1
        return {"t": "retire", "n": self.n, "tick": self.tick, "cpu": 0, "mode": "long64", "cpl": self.cpl,
                "rip": hex(self.regs["rip"]), "bytes": code, "text": text, "symbol": symbol}

    def change(self, record, **writes):
        pairs = {k: [hexadecimal(self.regs[k]), hexadecimal(v)] for k, v in writes.items()}
        if pairs:
            record.setdefault("writes", {}).update(pairs)
        self.regs.update({k: v & (1 << 128) - 1 for k, v in writes.items()})

    def step(self, text, code, symbol, reads=(), access=None, jump=None, **writes):
        record = self.begin(text, code, symbol)
        if reads:
            record["reads"] = {name: hexadecimal(self.regs[name]) for name in reads}
        rip = self.regs["rip"]
        if access:
            self.touch(record, *access)
        self.change(record, **writes)
        self.regs["rip"] = rip + len(code) // 2 if jump is None else jump
        return record

    def deliver(self, record, vector, frame, handler):
        gate = self.regs["idtr_base"] + vector * 16
        self.touch(record, "read", gate, 0x80108e00_00080000 | handler & 0xffff, system=True)
        stack = 0xffffffff80090000 if self.cpl == 3 else self.regs["rsp"]
        self.cpl_before, self.cpl = self.cpl, 0
        for i, value in enumerate(frame):
            self.touch(record, "write", stack - 8 * (i + 1), value, system=True)
        self.change(record, rsp=stack - 8 * len(frame), rip=handler, cs=8, rflags=self.regs["rflags"] & ~0x200)

    def frame(self):
        return [self.regs["ss"], self.regs["rsp"], self.regs["rflags"], self.regs["cs"], self.regs["rip"]]


def record_tables(guest):
    def tables(address, level, base):
        """The table and those below it."""
        values = {i: guest.tables[address + i * 8] for i in range(512) if guest.tables.get(address + i * 8)}
        result = [{"address": hex(address), "level": level, "linear": hex(base), "whole": True,
                   "entries": {str(i): hex(value) for i, value in values.items()}}]
        for i, value in values.items():
            linear = base | i << 12 + 9 * (level - 1)
            linear |= 0xffff << 48 if linear >> 47 & 1 else 0
            if value & 1 and level > 1 and not value & 0x80:
                result += tables(value & 0xffffffffff000, level - 1, linear)
        return result

    rows = [("0x8", "0xaf9b000000ffff", "64-bit code, DPL 0, present, accessed"),
            ("0x10", "0xcf93000000ffff", "data, DPL 0, present, writable"),
            ("0x18", "0xcff3000000ffff", "data, DPL 3, present, writable"),
            ("0x20", "0xaffb000000ffff", "64-bit code, DPL 3, present, accessed"),
            ("0x28", "0x80008b10a0000067", "64-bit TSS, busy, present, base 0xffffffff8010a000")]
    gdt = [{"selector": s, "address": hex(guest.regs["gdtr_base"] + int(s, 16)), "raw": [raw], "text": text}
           for s, raw, text in rows]
    idt = [{"vector": v, "address": hex(guest.regs["idtr_base"] + v * 16), "raw": ["0x80108e0000080000", "0xffffffff"],
            "text": f"interrupt gate 8:{a:#x} DPL 0 IST {ist} present", "handler": hex(a)}
           for v, a, ist in ((8, 0xffffffff80102800, 1), (13, 0xffffffff80102d00, 0), (14, 0xffffffff80102e00, 0),
                             (32, 0xffffffff80103000, 0))]
    guest.emit({"t": "tables", "tick": guest.tick, "cpu": 0, "cause": "start",
                "gdt": {"base": hex(guest.regs["gdtr_base"]), "limit": "0x37", "entries": gdt},
                "idt": {"base": hex(guest.regs["idtr_base"]), "limit": "0xfff", "entries": idt},
                "tss": {"selector": "0x28", "base": "0xffffffff8010a000", "limit": "0x67", "bits": 64,
                        "fields": {"RSP0": "0xffffffff80090000", "IST1": "0xffffffff80098000"}},
                "paging": {"cr3": "0x1000", "levels": 4, "format": "4-level paging", "entrySize": 8,
                           "tables": tables(0x1000, 4, 0)}})


def round_of(guest, number):
    """One turn: a loop, a call to the map function, user code that faults, a timer interrupt, the end of each."""
    regs, base, kernel = guest.regs, 0xffffffff80100000, 0xffffffff80200000
    regs["rip"] = base
    guest.emit(guest.step("mov rdi, 0xffffffff80200000", "48c7c700002080", "clear", rdi=kernel))
    guest.emit(guest.step("mov ecx, 0xc", "b90c000000", "clear+0x7", rcx=12))
    guest.emit(guest.step("xor eax, eax", "31c0", "clear+0xc", reads=["rax"], rax=number, rflags=0x46))
    loop = regs["rip"]
    for _ in range(12):
        regs["rip"] = loop
        guest.emit(guest.step("mov [rdi], rax", "488907", "clear+0xe", reads=["rdi", "rax"],
                              access=("write", regs["rdi"], regs["rax"])))
        guest.emit(guest.step("add rdi, 0x8", "4883c708", "clear+0x11", reads=["rdi"], rdi=regs["rdi"] + 8, rflags=0x82))
        count = regs["rcx"] - 1
        record = guest.step("dec ecx", "ffc9", "clear+0x15", reads=["rcx"], rcx=count, rflags=0x2 if count else 0x46)
        record["undefined"] = "0x10"
        guest.emit(record)
        guest.emit(guest.step("jnz clear+0xe", "75f5", "clear+0x17", reads=["rflags"], jump=loop if count else None))
    record = guest.step("out dx, al", "ee", "putc+0x4", rax=0x41 + number % 26, rdx=0x3f8)
    record["ports"] = [{"port": "0x3f8", "kind": "out", "size": 1, "value": hex(0x41 + number % 26), "device": "16550 UART"}]
    guest.emit(record)
    record = guest.step("mov cr3, rax", "0f22d8", "flush", reads=["rax"], rax=0x1000)
    record["controls"] = [{"register": "cr3", "old": hex(regs["cr3"]), "value": "0x1000"}]
    guest.tlb.clear()
    guest.emit(record)
    record = guest.step("wrmsr", "0f30", "setup_msr+0x9", reads=["rcx", "rax"], fs_base=number << 12)
    record["msrs"] = [{"number": "0xc0000100", "name": "FS_BASE", "kind": "write", "old": record["writes"]["fs_base"][0],
                       "value": record["writes"]["fs_base"][1]}]
    guest.emit(record)
    guest.emit(guest.step("pxor xmm1, xmm1", "660fefc9", "entry_user", xmm1=(number * 0x1_0001_0001 << 64) + 7))
    guest.emit(guest.step("vpaddq ymm1, ymm1, ymm2", "c5f5d4ca", "entry_user+0x4", reads=["xmm1", "ymm1h", "xmm2", "ymm2h"],
                          xmm1=(number * 0x2_0002_0002 << 64) + 14, ymm1h=number << 96 | 5))
    # IRETQ to user code, which reads its page and writes to one that is not there.
    record = guest.step("iretq", "48cf", "entry_user+0x8", cs=0x23, ss=0x1b, rflags=0x202, rsp=0x401000, rip=0x400000)
    guest.emit(record)
    guest.cpl = 3
    regs["rip"] = 0x400000
    guest.emit(guest.step("mov rbx, [0x400ff8]", "488b1c25f80f4000", "user_main", access=("read", 0x400ff8, 0), rbx=0))
    guest.emit(guest.step("lea rsi, [rbx+0x401010]", "488db310104000", "user_main+0x8", rsi=0x401010))
    record = guest.begin("mov [rsi], rbx", "48891e", "user_main+0xf")
    record["reads"] = {"rsi": hex(regs["rsi"]), "rbx": hex(regs["rbx"])}
    record["completed"] = False
    guest.touch(record, "write", regs["rsi"], regs["rbx"])
    record["exceptions"] = [{"vector": 14, "name": "#PF", "error": "0x6", "cr2": "0x401010", "reason": "page not present",
                             "section": "Interrupt 14—Page-Fault Exception (#PF)"}]
    guest.change(record, cr2=0x401010)
    guest.deliver(record, 14, guest.frame() + [6], 0xffffffff80102e00)
    guest.emit(record)
    guest.emit(guest.step("mov rax, cr2", "0f20d0", "page_fault", reads=["cr2"], rax=regs["cr2"]))
    guest.n += 1
    guest.tick += 1000
    record = {"t": "interrupt", "n": guest.n, "tick": guest.tick, "cpu": 0, "cpl": 0, "vector": 32, "source": "external",
              "rip": hex(regs["rip"]), "handler": "0xffffffff80103000"}
    guest.deliver(record, 32, guest.frame(), 0xffffffff80103000)
    guest.emit(record)
    guest.emit(guest.step("mov dword [0xfee000b0], 0x0", "c70425b000e0fe00000000", "timer </script><b>", rbp=number))


def main():
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 8
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        guest = Guest(file)
        guest.emit({"schema": "emu-trace", "version": 2, "image": "sample.elf", "memory": 1 << 28, "processors": 1})
        guest.state()
        record_tables(guest)
        for number in range(rounds):
            round_of(guest, number)
        guest.emit({"t": "report", "n": guest.n, "cpu": 0, "lines": ["The guest ended by a page fault that nobody handled.",
                                            "#PF at 0x40000f in user_main: write to 0x401010 by user code.",
                                            "The PTE at 0x4008 is 0: not present."]})
        guest.emit({"t": "end", "records": guest.n, "reason": "limit"})


main()
