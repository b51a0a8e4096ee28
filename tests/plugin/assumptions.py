#!/usr/bin/env python3
"""Tests the rows of assumptions.def that affect the records of a capture; the others are in tests/plugin/assumptions.c.

usage: assumptions.py NAME PLUGIN_FOLDER PROJECT
"""
import csv
import json
import os
import re
import struct
import subprocess
import sys
import tempfile

NAME, PLUGIN, PROJECT = sys.argv[1], os.path.abspath(sys.argv[2]), os.path.abspath(sys.argv[3])
CAPTURES, SOURCE = os.path.join(PROJECT, "test-captures"), os.path.join(PROJECT, "plugin", "epan", "program.c")
ETHERNET, RAW_IP = 1, 101
CLIENT, SERVER = ((bytes((10, 0, 0, 1)), 4000), (bytes((10, 0, 0, 2)), 80))
SYN, ACK, PSH = 2, 16, 8


def ipv4(protocol, payload, length=None):
    return struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload) if length is None else length, 0, 0, 64, protocol, 0, CLIENT[0],
                       SERVER[0]) + payload


def tcp(turned, sequence, acknowledgement, flags, payload=b""):
    source, target = (SERVER, CLIENT) if turned else (CLIENT, SERVER)
    header = struct.pack(">HHIIBBHHH", source[1], target[1], sequence, acknowledgement, 0x50, flags, 8192, 0, 0)
    packet = bytearray(ipv4(6, header + payload))
    packet[12:20] = source[0] + target[0]
    return bytes(packet)


def write(path, link, frames):
    """(time in ms, bytes) each."""
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, link))
        for milliseconds, data in frames:
            file.write(struct.pack("<IIII", milliseconds // 1000, milliseconds % 1000 * 1000, len(data), len(data)) + data)


def read(capture, *options):
    """Records and counts of a capture, and what tshark said."""
    with tempfile.TemporaryDirectory() as folder:
        out, stats = os.path.join(folder, "out.csv"), os.path.join(folder, "stats.json")
        done = subprocess.run(["tshark", "-X", f"lua_script:{PLUGIN}/cicflow.lua", "-q", "-r", capture, "-o", f"cicflow.csv:{out}",
                               "-o", f"cicflow.stats:{stats}", *options], capture_output=True, text=True, check=True)
        with open(out, newline="", encoding="utf-8") as file:
            records = list(csv.DictReader(file))
        with open(stats, encoding="utf-8") as file:
            counts = json.load(file)
    said = [line for line in done.stderr.splitlines() if "cicflow" in line]
    assert not said, said
    return records, counts


def retransmission_flags(folder):
    """One after its time-out, one after three duplicate ACKs, and one that was acknowledged already."""
    capture = os.path.join(folder, "x.pcap")
    data = b"x" * 100
    write(capture, RAW_IP, [
        (0, tcp(False, 0, 0, SYN)), (10, tcp(True, 0, 1, SYN | ACK)), (20, tcp(False, 1, 1, ACK)),
        (30, tcp(False, 1, 1, ACK | PSH, data)), (1030, tcp(False, 1, 1, ACK | PSH, data)), (1040, tcp(True, 1, 101, ACK)),
        (1050, tcp(False, 101, 1, ACK | PSH, data)), (1051, tcp(False, 201, 1, ACK | PSH, data)),
        (1052, tcp(False, 301, 1, ACK | PSH, data)), (1060, tcp(True, 1, 101, ACK)), (1061, tcp(True, 1, 101, ACK)),
        (1062, tcp(True, 1, 101, ACK)), (1063, tcp(False, 101, 1, ACK | PSH, data)), (1070, tcp(True, 1, 401, ACK)),
        (2070, tcp(False, 301, 1, ACK | PSH, data))])
    records, _ = read(capture, "-o", "cicflow.extra:fwd_retrans,bwd_retrans")
    assert [(each["fwd_retrans"], each["bwd_retrans"]) for each in records] == [("3", "0")], records
    shown = subprocess.run(["tshark", "-r", capture, "-T", "fields", "-e", "frame.number", "-e", "tcp.analysis.fast_retransmission", "-e",
                            "tcp.analysis.spurious_retransmission", "-Y", "tcp.analysis.retransmission"], capture_output=True,
                           text=True, check=True).stdout.splitlines()
    kinds = [[bool(cell) for cell in line.split("\t")[1:]] for line in shown]
    assert sorted(kinds) == [[False, False], [False, True], [True, False]], shown


def offload_preference(folder):
    """Segmentation offload left no length in the IP header: the frame's counts, whatever the preference says."""
    capture = os.path.join(folder, "x.pcap")
    packet = ipv4(17, struct.pack(">HHHH", 4000, 53, 108, 0) + b"x" * 100, length=0)
    write(capture, ETHERNET, [(0, bytes(12) + b"\x08\x00" + packet)])
    for value in ("TRUE", "FALSE"):
        records, _ = read(capture, "-o", f"ip.tso_support:{value}")
        assert [(each["dst_port"], each["totlen_fwd_pkts"]) for each in records] == [("53", "142")], (value, records)


def header_pointer(_folder):
    """Packets in AH are found after the header that epan passes on; expected by the independent reference."""
    for name in ("ah.pcap", "ah-ipv6.pcap"):
        capture = os.path.join(CAPTURES, "edges", name)
        with open(capture + ".csv", newline="", encoding="utf-8") as file:
            expected = list(csv.DictReader(file))
        records, _ = read(capture)
        columns = ("src_ip", "dst_ip", "src_port", "dst_port", "protocol", "tot_fwd_pkts", "tot_bwd_pkts", "fwd_header_len")
        assert expected and [[each[c] for c in columns] for each in records] == [[each[c] for c in columns] for each in expected], name


def frame_buffer(folder):
    """Two frames that differ in the bytes after their datagram alone are no repetition; two that do not are one."""
    capture = os.path.join(folder, "x.pcap")
    packet = ipv4(17, struct.pack(">HHHH", 4000, 53, 12, 0) + b"data")
    for trailers, repeated in (((b"one", b"two"), 0), ((b"one", b"one"), 1)):
        write(capture, RAW_IP, [(n, packet + trailer) for n, trailer in enumerate(trailers)])
        _, counts = read(capture)
        found = json.dumps(counts)
        assert counts["health"]["repeated"] == repeated, found


def block(kind, body):
    return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)


def interface_statistics(folder):
    """The last block of the file says that 7 packets were dropped; nobody has it any more when the records are written."""
    capture = os.path.join(folder, "x.pcapng")
    packet = ipv4(17, struct.pack(">HHHH", 4000, 53, 12, 0) + b"data")
    dropped = struct.pack("<HHQHH", 5, 8, 7, 0, 0)
    with open(capture, "wb") as file:
        file.write(block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)) + block(1, struct.pack("<HHI", RAW_IP, 0, 0)) +
                   block(6, struct.pack("<IIIII", 0, 0, 0, len(packet), len(packet)) + packet) +
                   block(5, struct.pack("<III", 0, 0, 0) + dropped))
    for options in ((), ("-2",)):
        _, counts = read(capture, *options)
        assert counts["health"]["dropped"] == 7, (options, counts)


def statistics_nodes(folder):
    """The distribution of the lengths of three flows: 38, 58 and 128 bytes."""
    capture = os.path.join(folder, "x.pcap")
    frames = []
    for number, payload in enumerate((10, 30, 100)):
        udp = struct.pack(">HHHH", 4000 + number, 53, 8 + payload, 0) + b"x" * payload
        frames.append((number, ipv4(17, udp)))
    write(capture, RAW_IP, frames)
    text = subprocess.run(["tshark", "-X", f"lua_script:{PLUGIN}/cicflow.lua", "-q", "-r", capture, "-z",
                           "cicflow,distribution,totlen_fwd_pkts"], capture_output=True, text=True, check=True).stdout
    rows = [re.split(r"  +", line.strip())[:3] for line in text.splitlines()]
    numbers = {row[0]: [float(cell) for cell in row[1:]] for row in rows if len(row) == 3 and re.fullmatch(r"[\d.]+", row[2])}
    assert numbers == {"Total length forward packets (bytes)": [3, 74.67], "10 to 99": [2, 48], "100 to 999": [1, 128]}, text


def command_line(_folder):
    """The letters that take a value are those of which tshark's help says so."""
    with open(SOURCE, encoding="utf-8") as file:
        ours = re.search(r'with_value\[\] = "(\w+)"', file.read()).group(1)
    shown = subprocess.run(["tshark", "-h"], capture_output=True, text=True, check=True).stdout
    options = re.findall(r"(?m)^ +-(\w)(?:, --[\w-]+)?( \S|<|)", shown)
    assert len(options) > 40, shown
    wrong = [letter for letter, value in options if (letter in ours) != bool(value)]
    assert not wrong, wrong


def script_loading(folder):
    """The plugin registers while scripts are read: its preferences are known, its fields too, and it is there once."""
    capture = os.path.join(folder, "x.pcap")
    write(capture, RAW_IP, [(0, tcp(False, 0, 0, SYN))])
    records, _ = read(capture, "-X", f"lua_script:{PLUGIN}/cicflow.lua", "-Y", "cicflow.packet == 1")
    assert [each["dst_port"] for each in records] == ["80"], records


def main():
    checks = (interface_statistics, retransmission_flags, offload_preference, header_pointer, frame_buffer, statistics_nodes, command_line,
              script_loading)
    with tempfile.TemporaryDirectory() as folder:
        {check.__name__: check for check in checks}[NAME](folder)
    print(f"{NAME}: holds")


if __name__ == "__main__":
    main()
