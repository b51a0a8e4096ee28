#!/usr/bin/env python3
"""-z cicflow[,filter], and the statistics of Wireshark's menu as tshark prints them, against the records.

usage: flow_statistics.py PLUGIN_FOLDER FIRST_CAPTURE
"""
import itertools
import os
import struct
import sys
import unittest
import unittest.mock

import flow_captures
import plugin_run
from plugin_run import FolderTest, Plugin

PLUGIN = Plugin(sys.argv[1])
FIRST = os.path.abspath(sys.argv[2])
NAMES = {"1": "ICMP", "6": "TCP", "17": "UDP", "58": "ICMPv6"}


def endpoint(address, port):
    if port == "-1":
        return address
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def expected_line(record):
    return [record["flow_id"], NAMES[record["protocol"]], endpoint(record["src_ip"], record["src_port"]),
            endpoint(record["dst_ip"], record["dst_port"]), record["tot_fwd_pkts"], record["tot_bwd_pkts"],
            record["totlen_fwd_pkts"], record["totlen_bwd_pkts"], f"{float(record['flow_duration']):.9f}", record["end_reason"]]


def expected_totals(records):
    groups = {NAMES[p]: [r for r in records if r["protocol"] == p] for p in NAMES if any(r["protocol"] == p for r in records)}
    groups["All"] = records
    return [[name, str(len(group)), str(sum(int(r["tot_fwd_pkts"]) + int(r["tot_bwd_pkts"]) for r in group)),
             str(sum(int(r["totlen_fwd_pkts"]) + int(r["totlen_bwd_pkts"]) for r in group))] for name, group in groups.items()]


class FlowStatistics(FolderTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.captures = flow_captures.write_all(cls.folder.name) | {"first": FIRST}

    def records(self, name, *options):
        records = PLUGIN.records(self.captures[name], "-o", "cicflow.extra:flow_id,end_reason", *options)
        return sorted(records, key=lambda r: int(r["flow_id"]))

    def printed(self, name, *options, wanted="cicflow"):
        """(lines of flows, totals) as lists of words."""
        text = PLUGIN.tshark("-q", "-r", self.captures[name], "-z", wanted, *options)
        parts = text.split("=" * 80 + "\n")[1].split("\n\n")
        return [line.split() for line in parts[1].splitlines()[1:]], [line.split() for line in parts[2].splitlines()[1:]]

    def test_lines_and_totals_are_those_of_the_records(self):
        for name, options in (("first", []), ("tcp", []), ("icmp", ["-2"]), ("ipv6", []), ("udp", ["-2", "-o", "cicflow.tree:FALSE"]),
                              ("udp", ["-o", "cicflow.max_flows:2"]), ("tcp", ["-o", "cicflow.fast:TRUE"])):
            with self.subTest(capture=name, options=options):
                records = self.records(name, *[o for o in options if o != "-2"])
                lines, totals = self.printed(name, *options)
                self.assertEqual(lines, [expected_line(r) for r in records])
                self.assertEqual(sorted(totals), sorted(expected_totals(records)))

    def test_a_filter_selects_flows(self):
        for passes in ([], ["-2"]):
            with self.subTest(passes=passes):
                chosen = [r for r in self.records("udp") if r["src_port"] == "1001"]
                lines, totals = self.printed("udp", *passes, wanted="cicflow,udp.srcport == 1001")
                self.assertEqual(lines, [expected_line(r) for r in chosen])
                self.assertEqual(totals, expected_totals(chosen))

    def test_a_wrong_filter_is_told(self):
        for wanted in ("cicflow,nonsense ==", "cicflow2"):
            with self.assertRaisesRegex(AssertionError, "nonsense|did you mean"):
                PLUGIN.tshark("-q", "-r", FIRST, "-z", wanted)

    def table(self, name, wanted, *options):
        """The rows of a table, {column: text}."""
        text = PLUGIN.tshark("-q", "-r", self.captures[name], "-z", wanted, *options)
        header = next(line for line in text.splitlines() if line.startswith("flow_id |"))
        return [dict(zip(header.split(" |"), row.split(" |"))) for row in text.splitlines() if row[:1].isdigit()]

    def test_table(self):
        for passes in ([], ["-2"]):
            rows, records = self.table("tunnel", "cicflow,table", *passes), self.records("tunnel")
            self.assertEqual(len(rows), len(records))
            for row, record in zip(rows, records):
                for column in set(record) - {"end_reason"}:
                    self.assertEqual(row[column], record[column], column)

    def test_table_shows_nothing_that_was_not_measured(self):
        unasked = ("tcp_stream", "udp_stream", "fwd_retrans", "bwd_retrans", "app_proto", "server_name", "vlan", "tunnel",
                   "community_id")
        for name in ("tcp", "udp"):
            for row in self.table(name, "cicflow,table"):
                self.assertEqual([row[column] for column in unasked], [""] * len(unasked))
            extra = "flow_id," + ",".join(unasked)
            asked = self.table(name, "cicflow,table", "-2", "-o", f"cicflow.extra:{extra}")
            records = PLUGIN.records(self.captures[name], "-o", f"cicflow.extra:{extra}")
            for row, record in zip(asked, sorted(records, key=lambda r: int(r["flow_id"]))):
                self.assertEqual([row[column] for column in unasked], [record[column] for column in unasked])

    def test_table_of_main_columns(self):
        rows, records = self.table("ipv6", "cicflow,flows", "-2"), self.records("ipv6")
        self.assertEqual(len(rows), len(records))
        for row, record in zip(rows, records):
            self.assertEqual(row["protocol_name"], NAMES[record["protocol"]])
            self.assertEqual(row["source"], endpoint(record["src_ip"], record["src_port"]))
            self.assertEqual(row["destination"], endpoint(record["dst_ip"], record["dst_port"]))
            self.assertEqual(row["filter"], f"cicflow.flow_id == {record['flow_id']}")
            self.assertEqual(row["server_name"], "")
            for column in ("flow_id", "tot_fwd_pkts", "totlen_bwd_pkts", "flow_duration", "end_reason"):
                self.assertEqual(row[column], record[column])

    def test_conversations_and_endpoints(self):
        """Frames that say they are 4 GB long add up as they say: two of 4,294,967,295 bytes and one of 60 each way."""
        capture = os.path.join(self.folder.name, "forged.pcap")
        p = flow_captures.p
        with open(capture, "wb") as file:
            file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
            for i, length in enumerate((0xffffffff, 0xffffffff, 60)):
                for a, b, ports in (("10.0.0.1", "10.0.0.2", (7, 9)), ("10.0.0.2", "10.0.0.1", (9, 7))):
                    frame = bytes(12) + b"\x08\x00" + p.ipv4(a, b, p.udp(*ports, b"x"))
                    file.write(struct.pack("<IIII", i, 0, len(frame), length) + frame)
        text = PLUGIN.tshark("-q", "-r", capture, "-z", "endpoints,cicflow")
        rows = [line.split() for line in text.splitlines() if line.startswith("10.0.0.")]
        each_way = str(2 * 0xffffffff + 60)
        exact = ["6", str(4 * 0xffffffff + 120), "3", each_way, "3", each_way]
        rounded = ["6", "17", "3", "8589", "3", "8589"]  # from 4.6 on, in GB and MB
        for row in rows:
            self.assertEqual([word for word in row if word not in ("MB", "GB")][-6:], rounded if "MB" in row else exact)
        self.assertEqual(len(rows), 2)
        text = PLUGIN.tshark("-q", "-r", capture, "-z", "conv,cicflow")
        self.assertRegex(text, r"10\.0\.0\.\d(:\d)? +<-> 10\.0\.0\.\d(:\d)? +3 8[^-]*3 8[^-]*6 17")

    @staticmethod
    def distribution(text):
        """{title: [(range, count, mean, share)]} of a distribution that is printed, in the order of the lines."""
        lines = text.splitlines()
        head = next(line for line in lines if line.startswith("Topic / Item"))
        starts = [head.index(name) for name in ("Count", "Average", "Min Val", "Percent", "Burst Rate")]
        found = {}
        for line in lines[lines.index(head) + 2:]:
            if not line.strip():
                break
            name = line[:starts[0]].rstrip()
            count, mean, _, share = (line[a:b].strip() for a, b in zip(starts, starts[1:]))
            row = (name.strip(), int(count), float(mean) if mean else None, float(share.rstrip("%")))
            if name.startswith(" "):
                found[title].append(row)
            else:
                title = name
                found[title] = [row]
        return found

    def same_distribution(self, rows, values, ranges, scale=1):
        """Ranges are [(name, from, below)] in the order that they are printed in."""
        expected = []
        for name, low, high in ranges:
            inside = [value * scale for value in values if low <= value < high]
            if inside:
                expected.append((name, inside))
        self.assertEqual([row[:2] for row in rows[1:]], [(name, len(inside)) for name, inside in expected])
        self.assertEqual(rows[0][1], len(values))
        for row, inside in zip(rows, [[value * scale for value in values]] + [inside for _, inside in expected]):
            self.assertAlmostEqual(row[2], sum(inside) / len(inside), delta=0.0051 + 1e-6 * abs(row[2]))
            self.assertAlmostEqual(row[3], 100 * len(inside) / len(values), delta=0.0051)

    def test_distribution(self):
        whole = [("0", 0, 1), ("1", 1, 2), ("2 to 9", 2, 10)] + [
            (f"{10**i} to {10**(i + 1) - 1}", 10**i, 10**(i + 1)) for i in range(1, 6)]
        names = ["1 µs", "10 µs", "100 µs", "1 ms", "10 ms", "100 ms", "1 s", "10 s", "100 s", "1000 s"]
        times = [("0", 0, 1e-9), ("below 1 µs", 1e-9, 1e-6)] + [
            (f"{a} to {b}", 10.0**(i - 6), 10.0**(i - 5)) for i, (a, b) in enumerate(zip(names, names[1:]))]
        for name, options in (("udp", []), ("tcp", ["-2"]), ("icmp", []), ("ipv6", ["-2"]), ("tcp", ["-o", "cicflow.active_timeout:1"])):
            with self.subTest(capture=name, options=options):
                records = PLUGIN.records(self.captures[name], "-o", "cicflow.extra:end_reason", *[o for o in options if o != "-2"])
                text = PLUGIN.tshark("-q", "-r", self.captures[name], *options, "-z", "cicflow,tree")
                found = self.distribution(text)
                for title, column in (("Total backward packets", "tot_bwd_pkts"), ("Total length forward packets (bytes)", "totlen_fwd_pkts")):
                    self.same_distribution(found[title], [int(r[column]) for r in records], whole)
                self.same_distribution(found["Flow duration (ms)"], [float(r["flow_duration"]) for r in records], times, 1000)
                for title, texts in (("End reason", [r["end_reason"] for r in records]), ("Protocol", [NAMES[r["protocol"]] for r in records])):
                    self.assertEqual(sorted(row[:2] for row in found[title][1:]), sorted((t, texts.count(t)) for t in set(texts)))

    def test_distribution_of_columns_that_the_user_names(self):
        columns = "fwd_payload_mean,dst_port,timestamp,small"
        definition = os.path.join(self.folder.name, "small.define")
        with open(definition, "w", encoding="utf-8") as file:
            file.write("small = count(*, if frame.len <= 60) / (tot_fwd_pkts + tot_bwd_pkts)\n")
        options = ["-o", f"cicflow.define:{definition}"]
        records = PLUGIN.records(self.captures["tcp"], "-o", "cicflow.extra:fwd_payload_mean", *options)
        by_preference = self.distribution(PLUGIN.tshark("-q", "-r", self.captures["tcp"], *options, "-o", f"cicflow.distribution:{columns}",
                                                        "-z", "cicflow,tree"))
        self.assertEqual(sorted(by_preference), ["Destination port", "Forward payload mean (bytes)", "Small", "Timestamp (minute of the hour)"])
        for column, initial in zip(columns.split(","), "FDTS"):
            title, rows = next(item for item in by_preference.items() if item[0].startswith(initial))
            by_option = PLUGIN.tshark("-q", "-r", self.captures["tcp"], *options, "-z", f"cicflow,distribution,{column}")
            self.assertEqual(self.distribution(by_option), {title: rows})
        real = [("0", 0, 1e-9), ("below 0.001", 1e-9, 0.001)] + [
            (f"{a} to {b}", float(a), float(b)) for a, b in itertools.pairwise(("0.001", "0.01", "0.1", "1", "10", "100", "1000"))]
        self.same_distribution(by_preference["Forward payload mean (bytes)"], [float(r["fwd_payload_mean"]) for r in records], real)
        self.same_distribution(by_preference["Small"], [float(r["small"]) for r in records], real)
        hours = [r["timestamp"][:13] + ":00" for r in records]
        self.assertEqual([row[:2] for row in by_preference["Timestamp (minute of the hour)"][1:]], [(h, hours.count(h)) for h in sorted(set(hours))])
        filtered = PLUGIN.tshark("-q", "-r", self.captures["tcp"], "-z", "cicflow,distribution,dst_port,frame.number == 1")
        first = PLUGIN.fields(self.captures["tcp"], ["src_port"], "-2", "-Y", "frame.number == 1")[0]
        port = next(r["dst_port"] for r in records if r["src_port"] == first["src_port"])
        self.assertEqual([row[:2] for row in self.distribution(filtered)["Destination port"]], [("Destination port", 1), (port, 1)])

    def test_a_session_in_pieces_is_counted_once(self):
        """tshark forgets its own state after every ten packets with -M; flows go on."""
        text = PLUGIN.tshark("-q", "-n", "-r", FIRST, "-M", "10", "-z", "cicflow,distribution,protocol", "-z", "cicflow")
        flows = next(int(line.split()[1]) for line in text.splitlines() if line.startswith("All "))
        self.assertEqual(flows, len(self.records("first")))
        self.assertEqual(self.distribution(text)["Protocol"][0][1], flows)

    def test_titles_are_whole(self):
        """Up to 4.2 Wireshark shows of a title what is after its last slash."""
        text = PLUGIN.tshark("-q", "-r", FIRST, "-o", "cicflow.distribution:flow_byts_s,flow_pkts_s", "-z", "cicflow,tree")
        self.assertEqual(set(self.distribution(text)), {"Flow bytes per second (bytes per s)", "Flow packets per second (packets per s)"})

    def compose(self, name, frames):
        path = os.path.join(self.folder.name, name)
        with open(path, "wb") as file:
            file.write(flow_captures.plain(frames))
        return path

    def test_hours_and_minutes_are_those_of_the_zone(self):
        """Flows of two datagrams from 22:13:20 UTC on."""
        starts = (0, 600, 1500, 2400, 3300)
        packet = lambda i: flow_captures.p.ipv4("10.0.0.1", "10.0.0.2", flow_captures.p.udp(1000 + i, 9, b"x"))
        capture = self.compose("hours.pcap", [((start + second) * flow_captures.files.S, packet(i))
                                              for i, start in enumerate(starts) for second in (0, 1)])
        for zone, hours in (("UTC", [("2023-11-14 22:00", 4, (13 + 23 + 38 + 53) / 4), ("2023-11-14 23:00", 1, 8)]),
                            ("EST5EDT,M3.2.0,M11.1.0", [("2023-11-14 17:00", 4, (13 + 23 + 38 + 53) / 4), ("2023-11-14 18:00", 1, 8)]),
                            ("IST-5:30", [("2023-11-15 03:00", 2, (43 + 53) / 2), ("2023-11-15 04:00", 3, (8 + 23 + 38) / 3)])):
            for dialect, column in (("standard", "timestamp"), ("java", "Timestamp")):
                with self.subTest(zone=zone, dialect=dialect), unittest.mock.patch.dict(plugin_run.ENVIRONMENT, TZ=zone):
                    text = PLUGIN.tshark("-q", "-r", capture, "-o", f"cicflow.dialect:{dialect}", "-z", f"cicflow,distribution,{column}")
                    rows = self.distribution(text)["Timestamp (minute of the hour)"][1:]
                    self.assertEqual([row[:3] for row in rows], [(hour, count, round(mean, 2)) for hour, count, mean in hours])

    def test_the_label_of_a_dialect(self):
        for label, shown in ((b"benign", "benign"), (b"b\xff", "b\ufffd"), (b"", "NeedManualLabel")):
            text = PLUGIN.tshark("-q", "-r", FIRST, "-o", "cicflow.dialect:java-fixed", "-o", b"cicflow.label:" + label,
                                 "-z", "cicflow,distribution,Label")
            self.assertRegex(text, rf"\nLabel +(\d+) .*\n {shown} +\1 ")

    def test_what_has_no_number_is_in_no_mean(self):
        """Two datagrams at one time, without and with bytes, and 200 bytes in a second."""
        packet = lambda port, payload: flow_captures.p.ipv4("10.0.0.1", "10.0.0.2", flow_captures.p.udp(port, 9, payload))
        capture = self.compose("rates.pcap", [(0, packet(1, b""))] * 2 + [(0, packet(2, b"x"))] * 2 +
                               [(second * flow_captures.files.S, packet(3, b"x" * 100)) for second in (0, 1)])
        text = PLUGIN.tshark("-q", "-r", capture, "-o", "cicflow.dialect:java", "-z", "cicflow,distribution,Flow Bytes/s")
        (_, count, mean, _), *rows = self.distribution(text)["Flow Bytes per s"]
        self.assertEqual((count, mean), (3, 200))
        self.assertEqual(sorted(row[:3] for row in rows), [("(no value)", 1, None), ("100 to 1000", 1, 200), ("infinite", 1, None)])

    def test_values_beyond_32_bits(self):
        """Flows of 1 s and of 3,000 s, in microseconds."""
        packet = lambda port: flow_captures.p.ipv4("10.0.0.1", "10.0.0.2", flow_captures.p.udp(port, 9, b"x"))
        capture = self.compose("long.pcap", [(second * flow_captures.files.S, packet(port))
                                             for port, second in ((1, 0), (2, 0), (1, 1), (2, 3000))])
        text = PLUGIN.tshark("-q", "-r", capture, "-o", "cicflow.dialect:java", "-o", "cicflow.idle_timeout:4000",
                             "-o", "cicflow.active_timeout:4000", "-z", "cicflow,distribution,Flow Duration")
        rows = self.distribution(text)["Flow Duration"]
        self.assertEqual([row[:3] for row in rows], [("Flow Duration", 2, 1500500000), ("1000000 to 9999999", 1, 1000000),
                                                     ("1000000000 to 9999999999", 1, 3000000000)])

    def test_what_is_empty_is_counted_together_beyond_the_most_values(self):
        p = flow_captures.p
        hosts = [""] + [f"Host: h{i}\r\n" for i in range(1200)] + [""]
        requests = [f"GET / HTTP/1.1\r\n{host}\r\n".encode() for host in hosts]
        capture = self.compose("hosts.pcap", [(i, p.ipv4("10.0.0.1", "10.0.0.2", p.tcp(2000 + i, 80, p.ACK | p.PSH, request)))
                                              for i, request in enumerate(requests)])
        text = PLUGIN.tshark("-q", "-r", capture, "-z", "cicflow,distribution,server_name")
        counts = {row[0]: row[1] for row in self.distribution(text)["Server name"][1:]}
        self.assertEqual((counts["(empty)"], counts["(further values)"]), (2, 201))

    def test_a_distribution_of_no_column_is_refused(self):
        for wanted, told in (("cicflow,distribution,tot_fwd_pkt", "cicflow.distribution: there is no column \"tot_fwd_pkt\"; .*tot_fwd_pkts"),
                             ("cicflow,distribution,", "did you mean"), ("cicflow,distributions", "did you mean")):
            with self.assertRaisesRegex(AssertionError, told):
                PLUGIN.tshark("-q", "-r", FIRST, "-z", wanted)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
