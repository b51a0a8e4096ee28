#!/usr/bin/env python3
"""The ordinary and the fast ways give the same bytes: records of all dialects, further columns, and statistics.

usage: differential.py PLUGIN_FOLDER CAPTURE_OR_FOLDER...

Every capture by itself with the standard dialect; then all of them concatenated (pcapng, with all their link types) with every
dialect and with other settings. The fast ways: frames read ahead of tshark, and frames that tshark reads but does not dissect. Missing folders are
named and left out.
"""
import os
import re
import subprocess
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor

PLUGIN = os.path.abspath(sys.argv[1])
EXTRA = "cicflow.extra:flow_id,first_frame,last_frame,end_reason,last_timestamp,all"
SEQUENCE = "cicflow.sequence:20"
# `-t` is not among the options with which frames are read ahead.
WAYS = {"ordinary": [], "fast": ["-o", "cicflow.fast:TRUE", "-o", "cicflow.threads:3"],
        "one thread": ["-o", "cicflow.fast:TRUE", "-o", "cicflow.threads:1"], "passed by": ["-t", "e", "-o", "cicflow.fast:TRUE"]}
SETTINGS = {
    "outer": ["-o", "cicflow.tunnel:outer"],
    "short": ["-o", "cicflow.idle_timeout:1", "-o", "cicflow.icmp_idle_timeout:.5", "-o", "cicflow.active_timeout:3"],
    "closed": ["-o", "cicflow.closed_timeout:.5", "-o", "cicflow.vlan_flows:TRUE"],
    "full": ["-o", "cicflow.max_flows:20", "-o", "cicflow.timestamp:iso8601"],
    "vxlan": ["-o", "vxlan.udp.port:53,4789"],
    "decode as": ["-d", "udp.port==53,vxlan"],
    "no reassembly": ["-o", "ip.defragment:FALSE", "-o", "tcp.desegment_tcp_streams:FALSE"],
    "checksums": ["-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE"],
    "no vlan": ["--disable-protocol", "vlan"],
    "no udp": ["--disable-protocol", "udp"],
    "no ipv6": ["--disable-protocol", "ipv6"],
    "teredo": ["--enable-heuristic", "teredo_udp"],
    "first": ["-o", "cicflow.first_packets:7", "-o", EXTRA],
    "json": ["-o", "cicflow.label:a b"],
}


def captures():
    for path in sys.argv[2:]:
        if os.path.isdir(path):
            names = sorted(os.path.join(folder, name) for folder, _, files in os.walk(path) for name in files)
            yield from (name for name in names if re.search(r"\.(pcap|pcapng|cap)(\.gz)?$", name))
        elif os.path.exists(path):
            yield path
        else:
            print(f"left out: {path} is not there", file=sys.stderr)


def contents(path):
    if not os.path.exists(path):
        return None
    with open(path, "rb") as file:
        return file.read()


def run(folder, capture, way, options):
    """The bytes of the three files that a run writes."""
    names = {kind: os.path.join(folder, f"{way}.{kind}") for kind in ("csv", "jsonl", "stats")}
    command = ["tshark", "-r", capture, "-q", "-X", f"lua_script:{PLUGIN}/cicflow.lua", *WAYS[way], *options]
    for kind, name in names.items():
        if f"cicflow.{kind}:" not in " ".join(options):
            command += ["-o", f"cicflow.{kind}:{name}"]
    process = subprocess.run(command, env=dict(os.environ, TZ="UTC"), capture_output=True)
    files = {kind: contents(name) for kind, name in names.items()}
    return files, process.returncode, process.stderr.decode(errors="replace")


def difference(capture, options, ways=tuple(WAYS)):
    """The first thing in which the ways differ; None when there is none."""
    with tempfile.TemporaryDirectory() as folder:
        (expected, status, text), *others = [run(folder, capture, way, options) for way in ways]
        if not expected["csv"] and "python" not in "".join(options):
            return f"{capture}: no records in the ordinary way: {text}"
        for (files, other_status, text), way in zip(others, ways[1:]):
            if status != other_status:
                return f"{capture} {options}: {way}: exit status {other_status}, not {status}: {text}"
            for kind, data in files.items():
                if data != expected[kind]:
                    pairs = zip(expected[kind].splitlines() + [b""], data.splitlines() + [b""])
                    return f"{capture} {options}: {way}: {kind}: " + next(
                        f"{a.decode()}\n  is {b.decode()}" for a, b in pairs if a != b)
    return None


def dialects():
    """The names that the plugin lists when it is given a wrong one."""
    wrong = subprocess.run(["tshark", "-r", FILES[0], "-q", "-X", f"lua_script:{PLUGIN}/cicflow.lua", "-o", "cicflow.dialect:?",
                            "-o", "cicflow.csv:-"], capture_output=True, text=True)
    return re.findall(r"[\w-]+", wrong.stderr.split("allowed is")[1].replace(" or ", ", "))


class Differential(unittest.TestCase):
    def agree(self, runs):
        with ThreadPoolExecutor(2) as pool:
            problems = [problem for problem in pool.map(lambda arguments: difference(*arguments), runs) if problem]
        self.assertFalse(problems, "\n".join(problems))

    def test_every_capture(self):
        self.agree([(path, ["-o", EXTRA, "-o", SEQUENCE], ("ordinary", "fast")) for path in FILES])

    def test_failure_to_write_is_told(self):
        with tempfile.TemporaryDirectory() as folder:
            for way in WAYS:
                with self.subTest(way=way):
                    _, status, text = run(folder, FILES[0], way, ["-o", "cicflow.csv:/dev/full", "-o", "cicflow.jsonl:"])
                    self.assertNotEqual(status, 0)
                    self.assertEqual(text.count("/dev/full"), 1, text)

    def test_all_captures_in_one(self):
        with tempfile.TemporaryDirectory() as folder:
            together = os.path.join(folder, "together.pcapng")
            subprocess.run(["mergecap", "-a", "-w", together, *FILES], check=True, capture_output=True)
            runs = [["-o", f"cicflow.dialect:{name}", "-o", EXTRA, "-o", SEQUENCE] for name in dialects()] + list(SETTINGS.values())
            self.agree([(together, options) for options in runs])


if __name__ == "__main__":
    FILES = list(captures())
    unittest.main(argv=sys.argv[:1], verbosity=2)
