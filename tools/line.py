#!/usr/bin/env python3
"""A line between two network namespaces that delays and loses packets.

    tools/line.py --delay 20 --loss 1 NAMESPACE ADDRESS/BITS NAMESPACE ADDRESS/BITS

Each namespace gets a tun device `line` with its address. "ready" on standard output says that it is up; the line is there
until standard input ends. It needs root, and neither netem nor any other queueing discipline of the kernel.
"""

import argparse
import ctypes
import fcntl
import heapq
import os
import random
import select
import struct
import subprocess
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x1, 0x1000
CLONE_NEWNET = 0x40000000
MTU = 9000


def enter(namespace):
    """Makes a network namespace this process's own."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open(f"/run/netns/{namespace}", encoding="ascii") as file:
        if libc.setns(file.fileno(), CLONE_NEWNET) != 0:
            sys.exit(f"line.py: {namespace}: {os.strerror(ctypes.get_errno())}")


def device(namespace, address):
    """A tun device with an address; the descriptor works outside of its namespace too."""
    enter(namespace)
    descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(descriptor, TUNSETIFF, struct.pack("16sH22x", b"line", IFF_TUN | IFF_NO_PI))
    subprocess.run(["ip", "addr", "add", address, "dev", "line"], check=True)
    subprocess.run(["ip", "link", "set", "line", "mtu", str(MTU), "up"], check=True)
    return descriptor


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--delay", type=float, default=0, help="milliseconds that a packet takes")
    parser.add_argument("--loss", type=float, default=0, help="packets of a hundred that are lost")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("ends", nargs=4, metavar="NAMESPACE ADDRESS")
    arguments = parser.parse_args()
    ends = [device(*arguments.ends[:2]), device(*arguments.ends[2:])]
    other = {ends[0]: ends[1], ends[1]: ends[0]}
    dice = random.Random(arguments.seed)
    print("ready", flush=True)
    waiting, count = [], 0
    while True:
        timeout = max(waiting[0][0] - time.monotonic(), 0) if waiting else None
        ready, _, _ = select.select([*ends, 0], [], [], timeout)
        if 0 in ready and not os.read(0, 4096):
            return
        for descriptor in ready:
            if descriptor == 0:
                continue
            packet = os.read(descriptor, MTU)
            if dice.random() * 100 >= arguments.loss:
                # The count keeps packets of one moment in their order.
                count += 1
                heapq.heappush(waiting, (time.monotonic() + arguments.delay / 1000, count, other[descriptor], packet))
        while waiting and waiting[0][0] <= time.monotonic():
            _, _, descriptor, packet = heapq.heappop(waiting)
            os.write(descriptor, packet)


main()
