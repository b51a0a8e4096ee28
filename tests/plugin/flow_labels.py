#!/usr/bin/env python3
"""Labels that are decided when a flow has ended: by rules on its record, and by tables of ground truth. In tshark, with one pass and two, and by the
command, compared with labels that Python computes from the records.

usage: flow_labels.py PLUGIN_FOLDER COMMAND CAPTURE...
"""
import collections
import csv
import datetime
import ipaddress
import json
import os
import random
import shutil
import subprocess
import sys
import unittest

from plugin_run import FolderTest

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


class FlowLabels(FolderTest):
    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def read(self):
        with open(self.path("out.csv"), newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def by_tshark(self, capture, labels, *options, extra=EXTRA):
        preferences = {"csv": self.path("out.csv"), "labels": labels, "label": "none", "extra": extra, "timestamp": "epoch"}
        given = [word for name, value in preferences.items() for word in ("-o", f"cicflow.{name}:{value}")]
        run = subprocess.run(["tshark", "-X", f"lua_script:{PLUGIN}/cicflow.lua", "-q", "-r", capture, *given, *options],
                             env=ENVIRONMENT, capture_output=True, text=True, timeout=120)
        self.assertIn(run.returncode, (0, 2), run.stderr)
        return self.read()

    def by_command(self, capture, labels, *options):
        run = subprocess.run([COMMAND, "-f", capture, "-c", self.path("out.csv"), "--labels", labels, "--label", "none", "--extra", EXTRA,
                              "--timestamp", "epoch", *options], env=ENVIRONMENT, capture_output=True, text=True, timeout=120)
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

    def test_rules_ask_for_what_they_look_at(self):
        """Further columns that are no columns of the output, and defined ones, against the same as columns."""
        define = self.write("spread.define", "spread = max(ip.ttl) - min(ip.ttl)\nhost_first = first(ip.src)\n")
        rules = (("no payload", "cicflow.fwd_payload_bytes == 0 && cicflow.bwd_payload_bytes == 0 && cicflow.flow_id > 2",
                  lambda r: r["fwd_payload_bytes"] == "0" and r["bwd_payload_bytes"] == "0" and int(r["flow_id"]) > 2),
                 ("spread", "cicflow.spread > 0", lambda r: r["spread"] and int(r["spread"]) > 0),
                 ("asks", 'cicflow.opened == "syn" && cicflow.tcp_stream >= 0', lambda r: r["opened"] == "syn" and int(r["tcp_stream"]) >= 0),
                 ("names", 'cicflow.app_proto == "DNS" || cicflow.host_first == 10.9.0.1',
                  lambda r: r["app_proto"] == "DNS" or r["host_first"] == "10.9.0.1"))
        labels = self.write("asking.txt", "".join(f"{label}: {rule}\n" for label, rule, _ in rules))
        seen = set()
        for capture in CAPTURES:
            options = ("-o", f"cicflow.define:{define}")
            known = self.by_tshark(capture, self.write("packets.txt", PACKET_RULES), *options,
                                   extra=EXTRA + ",fwd_payload_bytes,bwd_payload_bytes,opened,tcp_stream,app_proto")
            expected = [next((label for label, _, test in rules if test(r)), "none") for r in known]
            seen.update(expected)
            for name, found in (("tshark", self.by_tshark(capture, labels, *options)),
                                ("command", self.by_command(capture, labels, "--define", define))):
                with self.subTest(capture=os.path.basename(capture), host=name):
                    self.assertEqual([record["label"] for record in found], expected)
                    self.assertNotIn("app_proto", found[0])
        self.assertEqual(seen, {label for label, _, _ in rules} | {"none"})

    def test_intervals_of_whole_flows(self):
        """The time of a flow's first and last packet, to the nanosecond."""
        def text(time):
            seconds = datetime.datetime.fromtimestamp(time // 10 ** 9, datetime.timezone.utc)
            return seconds.strftime("%Y-%m-%d %H:%M:%S") + f".{time % 10 ** 9:09d} UTC"

        records = self.by_tshark(CAPTURES[0], self.write("packets.txt", PACKET_RULES))
        rules = ""
        for record in records:
            start, end = epoch(record["timestamp"]), epoch(record["last_timestamp"])
            for first, last, label in ((start + 1, end, "late"), (start, end - 1, "early"), (start, end, "hit")):
                rules += (f'{label}: cicflow.flow_id == {record["flow_id"]} && cicflow.start >= "{text(first)}" && '
                          f'cicflow.end <= "{text(last)}"\n')
        self.assertEqual({record["label"] for record in self.by_command(CAPTURES[0], self.write("times.txt", rules))}, {"hit"})

    def continued(self, records):
        """How many records of each label continue one that a time-out ended."""
        ended, counts = set(), collections.Counter()
        for r in records:
            ends = (r["protocol"], *sorted(((r["src_ip"], r["src_port"]), (r["dst_ip"], r["dst_port"]))))
            opens = r["protocol"] == "6" and int(r["fwd_syn_flags"]) > 0
            counts[r["label"]] += ends in ended and not opens
            if r["end_reason"] in ("idle", "active"):
                ended.add(ends)
        return counts

    def test_balance_sheet(self):
        """Flows, packets and bytes by label against the sums of the records, whole flows and flows that are cut into many."""
        labels = self.write("rules.txt", PACKET_RULES + "nobody: udp && tcp\n")
        split = set()
        for capture, timeout in ((capture, timeout) for capture in CAPTURES for timeout in ("0", "0.0001")):
            stats = self.path("stats.json")
            records = self.by_tshark(capture, labels, "-o", f"cicflow.stats:{stats}", "-o", f"cicflow.active_timeout:{timeout}",
                                     extra=EXTRA + ",fwd_syn_flags")
            with open(stats, encoding="utf-8") as file:
                counts = json.load(file)
            continued = self.continued(records)
            for label in ("tcp-like", "udp-like", "nobody", "none"):
                mine = [r for r in records if r["label"] == label]
                with self.subTest(capture=os.path.basename(capture), timeout=timeout, label=label):
                    self.assertEqual(counts["flows_by_label"][label], len(mine))
                    self.assertEqual(counts["packets_by_label"][label], sum(int(r["tot_fwd_pkts"]) + int(r["tot_bwd_pkts"]) for r in mine))
                    self.assertEqual(counts["bytes_by_label"][label], sum(int(r["totlen_fwd_pkts"]) + int(r["totlen_bwd_pkts"]) for r in mine))
                    if all(r["protocol"] in ("6", "17") for r in mine):  # ICMP has type and identifier in place of ports
                        self.assertEqual(counts["continued_by_label"][label], continued[label])
                    self.assertEqual(label in counts["split_labels"],
                                     counts["continued_by_label"][label] >= max(10, len(mine) // 10))
            split.update(counts["split_labels"])
            used = {r["label"] for r in records}
            self.assertEqual(counts["label_rows"], {"rows": 3, "unmatched": len({"tcp-like", "udp-like", "nobody"} - used), "conflicting_flows": 0})
        self.assertIn("tcp-like", split)

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
            self.check_report(capture, table, rows, records)
        self.assertGreater(len(seen), 3)

    def check_report(self, capture, table, rows, records):
        """Rows that no flow matches, and flows with their first row and the first one with another label."""
        report = self.path("report.csv")
        self.by_command(capture, table, "--label-report", report)
        with open(report, newline="", encoding="utf-8") as file:
            found = list(csv.DictReader(file))
        matches = [[(number, row) for number, row in enumerate(rows, 2) if row_matches(row, record)] for record in records]
        matched = {number for some in matches for number, _ in some}
        expected = [("unmatched", str(number), row["label"], "", "", "", "") for number, row in enumerate(rows, 2) if number not in matched]
        for record, some in zip(records, matches):
            other = next(((number, row["label"]) for number, row in some if row["label"] != some[0][1]["label"]), None)
            if other:
                expected.append(("conflict", str(some[0][0]), some[0][1]["label"], str(other[0]), other[1], record["src_ip"], record["dst_port"]))
        self.assertEqual([(f["finding"], f["line"], f["label"], f["other_line"], f["other_label"], f["src_ip"], f["dst_port"]) for f in found],
                         expected)
        self.assertTrue(all(f["capture"] == capture and f["last_timestamp"] >= f["timestamp"] for f in found if f["finding"] == "conflict"))

    def test_report_of_several_captures(self):
        """A row or rule is without a flow when no capture has one; a run that fails leaves no report."""
        rows = ["label,dst_port,protocol", "web,8080,tcp", "never,1,tcp", "all,,"]
        tables = {"table.csv": ("\n".join(rows) + "\n", [("unmatched", "3", "never")]),
                  "rules.txt": ("# c\nweb: tcp.port == 8080\nnever, \"nothing\": tcp && udp\nall: ip\n"
                                "late: cicflow.label == \"all\" && cicflow.flow_id == 1\n",
                                [("unmatched", "3", 'never, "nothing"')])}
        for name, (text, expected) in tables.items():
            labels, report = self.write(name, text), self.path("report.csv")
            self.by_command(CAPTURES[0], labels, "-f", CAPTURES[2], "--merge", "--label-report", report, "--summary")
            with open(report, newline="", encoding="utf-8") as file:
                found = [(f["finding"], f["line"], f["label"]) for f in csv.DictReader(file)]
            self.assertEqual([row for row in found if row[0] == "unmatched"], expected)
            os.remove(report)
            failed = subprocess.run([COMMAND, "-q", "-f", "missing.pcap", "-c", self.path("out.csv"), "--labels", labels, "--label-report", report],
                                    capture_output=True, text=True, timeout=60)
            self.assertEqual(failed.returncode, 1)
            self.assertEqual([entry for entry in os.listdir(self.folder.name) if entry.startswith("report")], [])
        clash = subprocess.run([COMMAND, "-f", CAPTURES[0], "-c", "x", "--labels", labels, "--label-report", "x"], capture_output=True, text=True,
                               timeout=60)
        self.assertEqual((clash.returncode, "each needs another path" in clash.stderr), (2, True))

    def test_what_cannot_be_reported_or_read_is_refused(self):
        """Comments have no rules to list; a pipe is empty when it is read for the second time."""
        os.mkfifo(self.path("fifo"))
        for arguments, said in ((("--labels", "comments", "--label-report", self.path("report.csv")), "--labels comments has none"),
                                (("--labels", self.path("fifo")), "is read more than once, so it has to be a file")):
            done = subprocess.run([COMMAND, "-q", "-f", CAPTURES[0], "-c", self.path("out.csv"), *arguments], capture_output=True, text=True,
                                  timeout=60)
            self.assertEqual((done.returncode, said in done.stderr), (2, True), done.stderr)

    def test_report_of_a_capture_whose_name_is_no_text(self):
        labels = self.write("table.csv", "label,dst_port\none,\nother,\n")
        capture = os.path.join(os.fsencode(self.folder.name), b"x\xff.pcap")
        shutil.copy(CAPTURES[0], capture)
        done = subprocess.run([COMMAND, "-q", "-f", capture, "-c", self.path("out.csv"), "--labels", labels, "--label-report",
                               self.path("report.csv")], capture_output=True, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        with open(self.path("report.csv"), newline="", encoding="utf-8") as file:
            found = [row["finding"] for row in csv.DictReader(file)]
        with open(self.path("out.csv"), newline="", encoding="utf-8") as file:
            flows = len(list(csv.DictReader(file)))
        self.assertEqual(found, ["conflict"] * flows)

    def test_times_with_zones(self):
        record = self.by_tshark(CAPTURES[0], self.write("packets.txt", PACKET_RULES))[0]
        begin = datetime.datetime.fromtimestamp(epoch(record["timestamp"]) // 10 ** 9, datetime.timezone(datetime.timedelta(hours=-3)))
        table = self.write("zones.csv", f"label,end,start\nhit,{(begin + datetime.timedelta(seconds=1)).isoformat()},{begin.isoformat()}\n")
        self.assertEqual(self.by_tshark(CAPTURES[0], table)[0]["label"], "hit")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
