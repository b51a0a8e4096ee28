#!/usr/bin/env python3
"""Labels that are decided when a flow has ended: rules on its record, and tables of ground truth. In tshark, in two passes, and by
the command, against what Python makes of the records without labels.

usage: flow_labels.py PLUGIN_FOLDER COMMAND CAPTURE...
"""
import csv
import datetime
import ipaddress
import os
import random
import subprocess
import sys
import tempfile
import unittest

PLUGIN, COMMAND, CAPTURES = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), sys.argv[3:]
ENVIRONMENT = dict(os.environ, TZ="UTC", CICFLOW_PLUGIN_DIR=PLUGIN)
EXTRA = "flow_id,last_timestamp,end_reason"

# Filters, and the same in Python on a record; "label" is what the rules on packets decided.
PACKET_RULES = "tcp-like: tcp\nudp-like: udp\n"
RECORD_RULES = (
    ("attempted", 'cicflow.label == "tcp-like" && cicflow.fwd_act_data_pkts == 0',
     lambda r: r["label"] == "tcp-like" and int(r["fwd_act_data_pkts"]) == 0),
    ("answered", "cicflow.tot_bwd_pkts >= cicflow.tot_fwd_pkts && cicflow.protocol != 6",
     lambda r: int(r["tot_bwd_pkts"]) >= int(r["tot_fwd_pkts"]) and r["protocol"] != "6"),
    ("v6", "cicflow.src_ipv6 && cicflow.flow_duration > 0.5", lambda r: ":" in r["src_ip"] and float(r["flow_duration"]) > 0.5),
    ("small", 'cicflow.pkt_len_mean in {60.0 .. 90.5} && cicflow.end_reason == "eof"',
     lambda r: 60 <= float(r["pkt_len_mean"]) <= 90.5 and r["end_reason"] == "eof"),
    ("net", "cicflow.src_ip == 10.0.0.0/9 && cicflow.dst_port > 1000",
     lambda r: ":" not in r["src_ip"] and ipaddress.ip_address(r["src_ip"]) in ipaddress.ip_network("10.0.0.0/9")
     and int(r["dst_port"]) > 1000),
)


def epoch(text):
    whole, _, fraction = text.partition(".")
    return int(whole) * 10 ** 9 + int(fraction.ljust(9, "0") if fraction else 0)


def row_matches(row, record):
    """A row of a table, asked cell by cell."""
    if row["start"] and epoch(row["start"]) > epoch(record["last_timestamp"]):
        return False
    if row["end"] and epoch(row["end"]) < epoch(record["timestamp"]):
        return False
    if row["protocol"] and int(row["protocol"]) != int(record["protocol"]):
        return False
    ends = [(record["src_ip"], max(int(record["src_port"]), 0)), (record["dst_ip"], max(int(record["dst_port"]), 0))]
    directions = [ends] if row["direction"] == "forward" else [ends, ends[::-1]]
    return any(all(end_matches(row, side, end) for side, end in zip(("src", "dst"), direction)) for direction in directions)


def end_matches(row, side, end):
    network, ports = row[side], row[f"{side}_port"]
    if network and ipaddress.ip_address(end[0]) not in ipaddress.ip_network(network):
        return False
    first, _, last = ports.partition("-")
    return not ports or int(first) <= end[1] <= int(last or first)


class FlowLabels(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def read(self):
        with open(self.path("out.csv"), newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def by_tshark(self, capture, labels, *options):
        preferences = {"csv": self.path("out.csv"), "labels": labels, "label": "none", "extra": EXTRA, "timestamp": "epoch"}
        given = [word for name, value in preferences.items() for word in ("-o", f"cicflow.{name}:{value}")]
        run = subprocess.run(["tshark", "-X", f"lua_script:{PLUGIN}/cicflow.lua", "-q", "-r", capture, *given, *options],
                             env=ENVIRONMENT, capture_output=True, text=True, timeout=120)
        self.assertIn(run.returncode, (0, 2), run.stderr)
        return self.read()

    def by_command(self, capture, labels):
        run = subprocess.run([COMMAND, "-f", capture, "-c", self.path("out.csv"), "--labels", labels, "--label", "none", "--extra", EXTRA,
                              "--timestamp", "epoch"], env=ENVIRONMENT, capture_output=True, text=True, timeout=120)
        self.assertIn(run.returncode, (0, 1), run.stderr)
        return self.read()

    def check_all(self, labels, label_of):
        """Every host against the labels that label_of makes of the records before."""
        seen = set()
        for capture in CAPTURES:
            before = self.by_tshark(capture, self.write("packets.txt", PACKET_RULES))
            expected = [dict(record, label=label_of(record)) for record in before]
            seen.update(record["label"] for record in expected)
            for name, records in (("tshark", self.by_tshark(capture, labels)), ("-2", self.by_tshark(capture, labels, "-2")),
                                  ("command", self.by_command(capture, labels))):
                with self.subTest(capture=os.path.basename(capture), host=name):
                    self.assertEqual(records, expected)
        return seen

    def test_rules_on_records(self):
        text = PACKET_RULES + "".join(f"{label}: {rule}\n" for label, rule, _ in RECORD_RULES)

        def label_of(record):
            return next((label for label, _, test in RECORD_RULES if test(record)), record["label"])

        seen = self.check_all(self.write("rules.txt", text), label_of)
        self.assertGreaterEqual(seen, {label for label, _, _ in RECORD_RULES} - {"net"})

    def random_row(self, choice, records):
        """A row around some record, so that rows and flows meet."""
        record = choice.choice(records)
        start = int(epoch(record["timestamp"]) // 10 ** 9) + choice.randint(-3, 3)
        network = record["src_ip"] if ":" in record["src_ip"] else str(ipaddress.ip_network(record["src_ip"] + "/24", strict=False))
        port = max(int(record["dst_port"]), 0)
        return {
            "label": f"l{choice.randint(0, 5)}",
            "start": choice.choice(("", str(start), f"{start}.5")),
            "end": choice.choice(("", str(start + choice.randint(1, 5)))),
            "src": choice.choice(("", record["src_ip"], record["dst_ip"], network)),
            "dst": choice.choice(("", record["src_ip"], record["dst_ip"])),
            "src_port": choice.choice(("", "", f"{max(port - 10, 0)}-{min(port + 10, 65535)}")),
            "dst_port": choice.choice(("", str(port))),
            "protocol": choice.choice(("", record["protocol"])),
            "direction": choice.choice(("", "any", "forward")),
        }

    def test_tables(self):
        choice = random.Random(2022)
        seen = set()
        for capture in CAPTURES:
            records = self.by_tshark(capture, self.write("packets.txt", PACKET_RULES))
            if not records:
                continue
            rows = [self.random_row(choice, records) for _ in range(40)]
            names = list(rows[0])
            table = self.write("table.csv", "".join(",".join(line) + "\n" for line in [names] + [list(row.values()) for row in rows]))
            expected = [dict(r, label=next((row["label"] for row in rows if row_matches(row, r)), "none")) for r in records]
            seen.update(record["label"] for record in expected)
            for name, found in (("tshark", self.by_tshark(capture, table)), ("fast", self.by_tshark(capture, table, "-o", "cicflow.fast:TRUE")),
                                ("command", self.by_command(capture, table))):
                with self.subTest(capture=os.path.basename(capture), host=name):
                    self.assertEqual(found, expected)
        self.assertGreater(len(seen), 3)

    def test_times_with_zones(self):
        record = self.by_tshark(CAPTURES[0], self.write("packets.txt", PACKET_RULES))[0]
        begin = datetime.datetime.fromtimestamp(epoch(record["timestamp"]) // 10 ** 9, datetime.timezone(datetime.timedelta(hours=-3)))
        table = self.write("zones.csv", f"label,end,start\nhit,{(begin + datetime.timedelta(seconds=1)).isoformat()},{begin.isoformat()}\n")
        self.assertEqual(self.by_tshark(CAPTURES[0], table)[0]["label"], "hit")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
