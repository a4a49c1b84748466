"""What tools/bench.py prints of the debugger: how long steps back and searches take, how fast it goes forward."""
import os, socket, subprocess, tempfile, time


class Debugger:
    """A client of the GDB remote protocol, on a Unix socket of `emu run --gdb`."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        for _ in range(200):
            try:
                self.socket.connect(path)
                break
            except OSError:
                time.sleep(0.02)
        self.bytes = b""
        self.ask("QStartNoAckMode")

    def packet(self):
        while True:
            start = self.bytes.find(b"$")
            end = self.bytes.find(b"#", start)
            if start >= 0 and 0 <= end <= len(self.bytes) - 3:
                content, self.bytes = self.bytes[start + 1:end], self.bytes[end + 3:]
                return content.decode()
            piece = self.socket.recv(65536)
            if not piece:
                raise EOFError("emu has gone")
            self.bytes += piece

    def ask(self, content):
        """Sends a packet; gives the answer, and what is to be printed before it."""
        self.socket.sendall(b"$%s#%02x" % (content.encode(), sum(content.encode()) & 0xFF))
        text, answer = "", self.packet()
        while answer[:1] == "O" and answer != "OK":
            text += bytes.fromhex(answer[1:]).decode()
            answer = self.packet()
        return answer, text

    def monitor(self, command):
        return self.ask("qRcmd," + command.encode().hex())[1]

    def address(self, symbol):
        """A symbol's address, as the second line of `monitor walk` has it."""
        return int(self.monitor("walk " + symbol).split("linear ")[1].split(":")[0], 16)

    def seconds(self, content, wanted):
        """How long a request takes whose answer must begin so."""
        start = time.monotonic()
        answer, _ = self.ask(content)
        passed = time.monotonic() - start
        if not answer.startswith(wanted):
            raise ValueError(f"{content} was answered by {answer}, not {wanted}")
        return passed


def latencies(emu, roms):
    """Prints how long steps back, and searches back and forth, take after 10^8 instructions of loads and stores."""
    window, untouched = 0x10000000000, 0x900000
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "gdb")
        process = subprocess.Popen(
            [emu, "run", "--memory", "128M", "--gdb", path, os.path.join(roms, "bench-memory.elf")],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            gdb = Debugger(path)
            rows = []

            def back(name, content, wanted, point=None):
                gdb.monitor("seek 100000000")
                if point:
                    gdb.ask("Z" + point)
                rows.append((name, gdb.seconds(content, wanted)))
                if point:
                    gdb.ask("z" + point)

            back("reverse-stepi", "bs", "T05")
            rows.append(("the next one", gdb.seconds("bs", "T05")))
            pc = int.from_bytes(bytes.fromhex(gdb.ask("p10")[0]), "little")
            back("to a breakpoint in the loop", "bc", "T05", f"1,{pc:x},1")
            back("to a breakpoint 10^8 back", "bc", "T05", f"1,{gdb.address('main'):x},1")
            back("to a word's last write", "bc", "T05watch", f"2,{window:x},8")
            back("to a page's last write", "bc", "T05watch", f"2,{window:x},1000")
            back("to no write at all", "bc", "T05replaylog:begin", f"2,{untouched:x},8")
            print("debugger after 10^8 instructions: "
                  + ", ".join(f"{name} {value * 1000:.0f} ms" for name, value in rows))
            # The rest of the way from 10^8, which has some 3 * 10^7.
            gdb.ask(f"Z1,{gdb.address('print_hex'):x},1")
            speeds = []
            for point in [None, f"2,{untouched:x},8", f"4,{window + 0xFFF:x},1"]:
                gdb.monitor("seek 100000000")
                if point:
                    gdb.ask("Z" + point)
                count, passed = int(gdb.monitor("tick").split()[0]), 0
                while True:
                    start = time.monotonic()
                    answer = gdb.ask("c")[0]
                    passed += time.monotonic() - start
                    if "watch" not in answer:
                        break
                speeds.append((int(gdb.monitor("tick").split()[0]) - count) / passed / 1e6)
                if point:
                    gdb.ask("z" + point)
            print("debugger, forward: {:.0f} MIPS with a breakpoint, {:.0f} with a watchpoint too, {:.0f} with one that "
                  "is hit".format(*speeds))
        finally:
            process.kill()
            process.wait()
