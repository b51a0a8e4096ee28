#!/usr/bin/env python3
"""Makes a large capture of generated flows: TCP over IPv4 in Ethernet, 66 to 90 bytes a packet, flows taking turns.

usage: make_flows.py OUTPUT.pcap --packets N --flows N [--open N]

Each flow has N/flows packets, one after the other in both directions, with a payload of 12 to 36 bytes. --open flows are
open at the same time (by default all of them); when one is complete the next begins. Packets are a millisecond apart, and a complete flow ends with
FIN.
"""
import argparse
import struct

ETHERNET = bytes.fromhex("020000000001020000000002") + b"\x08\x00"
START_SECONDS = 1_700_000_000
FIN_PSH_ACK, PSH_ACK = 0x19, 0x18
SPACING_US = 1000
BLOCK = 20_000


def frame(flow, step, is_last):
    """The step-th packet of a flow; odd steps are backward."""
    payload = bytes(12 + (flow + step) % 25)
    client, server = struct.pack("!I", 0x0A000000 + flow % 0xFFFFFF), struct.pack("!I", 0xC0A80001 + flow % 7)
    ends = (client, server) if step % 2 == 0 else (server, client)
    ports = (1024 + flow // 0xFFFFFF, 443) if step % 2 == 0 else (443, 1024 + flow // 0xFFFFFF)
    tcp = struct.pack("!HHIIBBHHH", *ports, step, step, 0x50, FIN_PSH_ACK if is_last else PSH_ACK, 1000, 0, 0)
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 40 + len(payload), 0, 0, 64, 6, 0) + ends[0] + ends[1]
    return ETHERNET + ip + tcp + payload


def packets(count, flows, open_at_once):
    """Flow and step of every packet."""
    steps = max(1, count // flows)
    for first in range(0, flows, open_at_once):
        group = range(first, min(first + open_at_once, flows))
        for step in range(steps):
            for flow in group:
                yield flow, step, step == steps - 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("output")
    parser.add_argument("--packets", type=int, required=True)
    parser.add_argument("--flows", type=int, required=True)
    parser.add_argument("--open", type=int)
    options = parser.parse_args()
    with open(options.output, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        block = []
        for number, (flow, step, is_last) in enumerate(packets(options.packets, options.flows, options.open or options.flows)):
            data = frame(flow, step, is_last)
            seconds, micros = divmod(number * SPACING_US, 1_000_000)
            block.append(struct.pack("<IIII", START_SECONDS + seconds, micros, len(data), len(data)) + data)
            if len(block) == BLOCK:
                out.write(b"".join(block))
                block = []
        out.write(b"".join(block))


if __name__ == "__main__":
    main()
