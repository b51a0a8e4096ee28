#!/usr/bin/env python3
"""Packets and bytes of our flows agree with what other flow meters count, on captures where the definitions coincide.

usage: agreement.py TOOL COMMAND CAPTURE_FOLDER...

TOOL is tshark (its conversations, -z conv), argus, or nfdump (nfpcapd; its bytes are those of IP packets, which a column of our own
gives: DEFINED). Records are added up by both ends and the protocol, because tools end
flows by different rules. EXPLAINED has the captures in which definitions differ, and why; docs/agreement.md says more. A capture there
that agrees is an error. Without the tool, or without captures, the test is left out (77); a capture on which the tool crashes or does not
end, or of which it says that it does not read it, is left out, by name.
"""
import csv
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile

TOOL, COMMAND, *FOLDERS = sys.argv[1:]
os.environ["PATH"] += ":/usr/sbin"  # where Argus is, which users' PATH may lack
NEEDED = {"tshark": ["tshark"], "argus": ["argus", "racluster"], "nfdump": ["nfpcapd", "nfdump"]}
DEFINED = "fwd_ip_bytes = sum(packet.ip_len, fwd) else 0\nbwd_ip_bytes = sum(packet.ip_len, bwd) else 0\n"
PROTOCOLS = {"tcp": 6, "udp": 17}
SKIPPED = 77
TIMEOUT_S = 60

FRAGMENTS = "a datagram in fragments is one packet as long as all its frames, the other counts frames, or the last one's length"
TUNNEL = "the inner header counts, the other counts the outer one, or both"
OUTER = "the packet in a tunnel carries no TCP or UDP, the other counts the tunnel's own UDP"
FORMAT = "the other does not read this file format or link type"
EXPLAINED = {
    "tshark": {"fragments.pcap": FRAGMENTS, "vxlan.pcap": TUNNEL, "gre.pcap": OUTER, "vlan.pcap": OUTER, "icmp-errors.pcap": OUTER},
    "argus": {"fragments.pcap": FRAGMENTS, "vxlan.pcap": TUNNEL, "gre.pcap": OUTER, "vlan.pcap": OUTER, "icmp-errors.pcap": OUTER,
              "ip-in-ip.pcap": TUNNEL, "wireshark_dns+icmp.pcapng.gz": FORMAT, "zeek_tcp_timeout-with-pings.pcap": FORMAT},
    "nfdump": {"fragments.pcap": FRAGMENTS, "vxlan.pcap": TUNNEL, "gre.pcap": OUTER, "vlan.pcap": OUTER, "icmp-errors.pcap": OUTER,
               "wireshark_dns+icmp.pcapng.gz": FORMAT, "zeek_tcp_timeout-with-pings.pcap": FORMAT},
}


class Counts(dict):
    """(protocol, its two ends in order) -> [packets, bytes] sent by each of them."""

    def add(self, protocol, source, destination, packets, size):
        ends = tuple(sorted((source, destination)))
        sums = self.setdefault((protocol, ends), [[0, 0], [0, 0]])[ends.index(source)]
        sums[0] += packets
        sums[1] += size


def run(*command, check=True):
    return subprocess.run(command, check=check, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=TIMEOUT_S).stdout


class NotRead(Exception):
    """The other tool says that it does not read all of a capture."""


def ours(path, folder):
    sizes = ("fwd_ip_bytes", "bwd_ip_bytes") if TOOL == "nfdump" else ("totlen_fwd_pkts", "totlen_bwd_pkts")
    definitions = os.path.join(folder, "ip.define")
    with open(definitions, "w", encoding="utf-8") as file:
        file.write(DEFINED)
    fields = ",".join(("src_ip,dst_ip,src_port,dst_port,protocol,tot_fwd_pkts,tot_bwd_pkts", *sizes))
    counts = Counts()
    text = run(COMMAND, "-q", "-f", path, "-c", "--define", definitions, "--fields", fields, "-").decode()
    for row in csv.DictReader(io.StringIO(text)):
        if row["protocol"] not in ("6", "17"):
            continue
        source, destination = (row["src_ip"], int(row["src_port"])), (row["dst_ip"], int(row["dst_port"]))
        number = int(row["protocol"])
        counts.add(number, source, destination, int(row["tot_fwd_pkts"]), int(row[sizes[0]]))
        counts.add(number, destination, source, int(row["tot_bwd_pkts"]), int(row[sizes[1]]))
    return counts


def end_of(text):
    address, port = text.rsplit(":", 1)
    return address, int(port)


UNITS = {"bytes": 1, "kB": 1000, "MB": 1000000, "GB": 1000000000}
SIDE = r" +(\d+) +([\d,]+) (bytes|kB|MB|GB)"
CONVERSATION = re.compile(r"(\S+) +<-> (\S+)" + SIDE + SIDE)


def of_tshark(path, _):
    """Sizes are rounded from 10 kB on."""
    counts = Counts()
    for name, number in PROTOCOLS.items():
        for found in CONVERSATION.finditer(run("tshark", "-q", "-n", "-r", path, "-z", f"conv,{name}").decode()):
            one, other = end_of(found[1]), end_of(found[2])
            for source, destination, at in ((other, one, 3), (one, other, 6)):
                size = int(found[at + 1].replace(",", "")) * UNITS[found[at + 2]]
                counts.add(number, source, destination, int(found[at]), size)
    return counts


def of_argus(path, folder):
    records = os.path.join(folder, "argus")
    run("argus", "-X", "-A", "-r", path, "-w", records)
    # racluster fails when it has nothing to tell.
    text = run("racluster", "-n", "-c", ",", "-r", records, "-s", "proto,saddr,sport,daddr,dport,spkts,dpkts,sbytes,dbytes",
               "-", "tcp or udp", check=False).decode()
    counts = Counts()
    for row in csv.reader(text.splitlines()):
        if len(row) != 9 or row[0] not in PROTOCOLS:
            continue
        source, destination = (row[1], int(row[2], 0)), (row[3], int(row[4], 0))
        counts.add(PROTOCOLS[row[0]], source, destination, int(row[5]), int(row[7]))
        counts.add(PROTOCOLS[row[0]], destination, source, int(row[6]), int(row[8]))
    return counts


def of_nfdump(path, folder):
    records = os.path.join(folder, "records")
    os.mkdir(records)
    said = subprocess.run(["nfpcapd", "-r", path, "-w", records], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                          timeout=TIMEOUT_S).stdout.decode()
    # From 1.7.10 on: neither pcapng nor nanoseconds, and no packet that was cut short.
    unread = re.search(r"not a pcap file|short caplen: [1-9]\d*", said)
    if unread and os.path.basename(path) not in EXPLAINED["nfdump"]:
        raise NotRead(f"nfpcapd does not read all of it ({unread[0]})")
    text = run("nfdump", "-6", "-R", records, "-q", "-N", "-o", "fmt:%pr,%sa,%sp,%da,%dp,%pkt,%byt", check=False).decode()
    counts = Counts()
    for row in csv.reader(text.splitlines(), skipinitialspace=True):
        if len(row) != 7:
            continue
        protocol, source, source_port, destination, destination_port, packets, size = (cell.strip() for cell in row)
        if protocol in ("6", "17"):
            counts.add(int(protocol), (source, int(source_port)), (destination, int(destination_port)), int(packets), int(size))
    return counts


OTHERS = {"tshark": of_tshark, "argus": of_argus, "nfdump": of_nfdump}


def sizes_agree(own, theirs):
    rounding = 0
    if TOOL == "tshark" and theirs >= 10000:
        rounding = 1000 if theirs < 10000000 else 1000000
    return own == theirs or abs(own - theirs) < rounding


def differences(own, theirs):
    for key in sorted(set(own) | set(theirs)):
        if key not in theirs or key not in own:
            yield f"{key}: only " + ("ours" if key in own else TOOL)
            continue
        for (packets, size), (packets_, size_) in zip(own[key], theirs[key]):
            if packets != packets_ or not sizes_agree(size, size_):
                yield f"{key}: {packets} packets, {size} bytes; {TOOL}: {packets_}, {size_}"


def main():
    if not all(shutil.which(name) for name in NEEDED[TOOL]):
        print(f"left out: {' and '.join(NEEDED[TOOL])} not installed")
        return SKIPPED
    if TOOL == "argus" and not re.search(rb"Version 3\.", run("argus", "-h", check=False)):
        print("left out: this Argus is not version 3; 5.0.2 gives no port 0, turns some packets, and does not end on compressed files")
        return SKIPPED
    paths = sorted(os.path.join(folder, name) for folder in FOLDERS if os.path.isdir(folder)
                   for name in os.listdir(folder) if re.search(r"\.(pcap|pcapng)(\.gz)?$", name))
    if not paths:
        print("left out: no captures in " + ", ".join(FOLDERS))
        return SKIPPED
    status, agreeing, compared, explained = 0, 0, 0, 0
    for path in paths:
        name = os.path.basename(path)
        reason = EXPLAINED[TOOL].get(name)
        with tempfile.TemporaryDirectory() as folder:
            own = ours(path, folder)
            try:
                theirs = OTHERS[TOOL](path, folder)
            except (NotRead, subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
                if isinstance(error, subprocess.CalledProcessError) and error.returncode >= 0:
                    raise
                print(f"left out: {name}: {error}")
                continue
            found = list(differences(own, theirs))
        compared += 1
        explained += bool(reason)
        if not found:
            agreeing += len(own)
        if bool(found) == bool(reason):
            continue
        status = 1
        print(f"{name}: " + (f"agrees, although: {reason}" if reason else f"{len(found)} of {len(own)} pairs of ends differ"))
        print(*found[:5], sep="\n")
    if not compared:
        print(f"left out: {TOOL} reads none of the captures")
        return SKIPPED
    print(f"{compared - explained} captures with {agreeing} pairs of ends agree; {explained} captures differ as explained")
    return status


if __name__ == "__main__":
    sys.exit(main())
