#!/usr/bin/env python3
"""cicflowmeter -v and -vv: what happens to packets and flows.

usage: verbose.py COMMAND PLUGIN_FOLDER SOURCE_FOLDER
"""
import csv
import io
import re
import subprocess

from command import CAPTURE, CommandTest, main, plain_records, read, run


def frames(display_filter):
    """Numbers of the frames that match, by tshark itself."""
    done = subprocess.run(["tshark", "-r", CAPTURE, "-Y", display_filter, "-T", "fields", "-e", "frame.number"], check=True,
                          capture_output=True)
    return done.stdout.decode().split()


class Narration(CommandTest):
    def narrate(self, *options):
        done = run("-f", CAPTURE, "-c", *options, self.path("out.csv"))
        self.assertEqual(done.returncode, 0)
        self.assertEqual(read(self.path("out.csv")), plain_records(CAPTURE))
        return done.stderr.decode().splitlines()

    def matches(self, pattern, lines):
        return [m for m in (re.fullmatch(pattern, line) for line in lines) if m]

    def test_flows_begin_and_end_and_packets_are_skipped(self):
        said = self.narrate("-v")
        records = list(csv.DictReader(io.StringIO(plain_records(CAPTURE).decode())))
        begins = self.matches(r"flow (\d+) begins with packet \d+: (TCP|UDP|ICMP|ICMPv6), (\S+)(?: port (\d+))? to "
                              r"(\S+)(?: port (\d+))?", said)
        ends = self.matches(r"flow (\d+) ends with the capture: (1 packet|(?!1 )\d+ packets) in \S+ s", said)
        skipped = self.matches(r"packet (\d+) is skipped: no IP packet in it", said)
        self.assertEqual(len(said), len(begins) + len(ends) + len(skipped))
        numbers = {"TCP": "6", "UDP": "17", "ICMP": "1", "ICMPv6": "58"}
        self.assertEqual(sorted((numbers[m[2]], m[3], m[4] or "-1", m[5], m[6] or "-1") for m in begins),
                         sorted((r["protocol"], r["src_ip"], r["src_port"], r["dst_ip"], r["dst_port"]) for r in records))
        self.assertEqual(sorted(int(m[2].split()[0]) for m in ends),
                         sorted(int(r["tot_fwd_pkts"]) + int(r["tot_bwd_pkts"]) for r in records))
        self.assertEqual([m[1] for m in skipped], frames("!(tcp || udp || icmp || icmpv6)"))

    def test_every_packet(self):
        said = self.narrate("-vv")
        packets = self.matches(r"packet (\d+) is packet \d+ of flow \d+, (?:forward|backward), \d+ bytes", said)
        self.assertEqual([m[1] for m in packets], frames("tcp || udp || icmp || icmpv6"))

    def test_why_a_flow_ends(self):
        done = run("-v", "-f", CAPTURE, "-c", "--icmp-idle-timeout", "0.1", "--max-flows", "1", self.path("out.csv"))
        said = done.stderr.decode()
        self.assertIn("ends early, too many flows are open", said)
        done = run("-v", "-f", CAPTURE, "-c", "--icmp-idle-timeout", "0.1", self.path("out.csv"))
        self.assertIn("ends, idle for too long", done.stderr.decode())
        done = run("-v", "-f", CAPTURE, "-c", "--active-timeout", "0.1", self.path("out.csv"))
        self.assertIn("ends, active for too long", done.stderr.decode())

    def test_of_several_inputs_each_line_says_which(self):
        with open(self.path("second.pcap"), "wb") as copy, open(CAPTURE, "rb") as file:
            copy.write(file.read())
        done = run("-v", "-f", CAPTURE, "-f", self.path("second.pcap"), "--merge", "-c", self.path("out.csv"))
        for line in done.stderr.decode().splitlines():
            self.assertTrue(line.startswith((f"{CAPTURE}: ", f"{self.path('second.pcap')}: ", "cicflowmeter: ")), line)

    def test_nothing_is_told_unless_asked(self):
        self.assertEqual(self.succeeds("-f", CAPTURE, "-c", "-").stderr, b"")
        self.assertEqual(run("-q", "-v", "-f", CAPTURE, "-c", "-").returncode, 2)


if __name__ == "__main__":
    main()
