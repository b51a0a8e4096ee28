#!/usr/bin/env python3
"""cicflowmeter --summary and --plot: their contents, where they go, and what they require.

usage: overview.py COMMAND PLUGIN_FOLDER SOURCE_FOLDER
"""
import collections
import csv
import io
import os
import shutil

from command import CAPTURE, ENVIRONMENT, SOURCE, CommandTest, main, read, run

PROTOCOLS = {"6": "TCP", "17": "UDP", "1": "ICMP", "58": "ICMPv6"}


def records(*options):
    text = run("-f", CAPTURE, "-c", *options, "-").stdout.decode()
    return list(csv.DictReader(io.StringIO(text)))


def amounts(rows, names_of):
    """Flows, packets and bytes by name, as rows of the overview without the padding."""
    totals = collections.defaultdict(lambda: [0, 0, 0])
    for row in rows:
        for name in names_of(row):
            totals[name][0] += 1
            totals[name][1] += int(row["tot_fwd_pkts"]) + int(row["tot_bwd_pkts"])
            totals[name][2] += int(row["totlen_fwd_pkts"]) + int(row["totlen_bwd_pkts"])
    return {name: [str(count) for count in counts] for name, counts in totals.items()}


def sections(text):
    """The rows of each part of the overview by its title, split at blanks."""
    parts = {}
    for part in text.decode().split("\n\n"):
        head, *lines = part.strip("\n").splitlines()
        parts[" ".join(head.split()[:3])] = [line.split() for line in lines]
    return parts


class Summary(CommandTest):
    def test_counts_are_those_of_the_records(self):
        parts = sections(self.succeeds("-f", CAPTURE, "-c", "--summary", self.path("out.csv")).stdout)
        rows = records()
        self.assertEqual(list(parts), ["Flows by protocol", "Top talkers (sent", "Longest flows (seconds)", "Health of the"])
        expected = amounts(rows, lambda row: [PROTOCOLS[row["protocol"]], "all"])
        self.assertEqual({name: counts for name, *counts in parts["Flows by protocol"]}, expected)
        expected = amounts(rows, lambda row: {row["src_ip"], row["dst_ip"]})
        shown = parts["Top talkers (sent"]
        self.assertEqual(len(shown), min(10, len(expected)))
        self.assertEqual({name: expected[name] for name, *_ in shown}, {name: counts for name, *counts in shown})
        self.assertEqual([int(row[3]) for row in shown],
                         sorted((int(counts[2]) for counts in expected.values()), reverse=True)[:10])
        longest = sorted((float(row["flow_duration"]) for row in rows), reverse=True)[:10]
        self.assertEqual([row[0] for row in parts["Longest flows (seconds)"]],
                         [f"{duration:.3f}" for duration in longest])

    def test_defined_columns(self):
        """Two captures, each read by its own process; columns that --fields leaves out are not listed."""
        definitions = self.path("all.define")
        with open(definitions, "w", encoding="utf-8") as file:
            file.write("ttl = max(ip.ttl)\nshare = count(*, if frame.len <= 128) / (tot_fwd_pkts + tot_bwd_pkts)\n"
                       "who = first(ip.src, if tcp)\nnever = max(ip.ttl) / 0\nunused = 1\n")
        names, inputs = ("ttl", "share", "who", "never"), ("-f", CAPTURE, "-f", os.path.join(SOURCE, "test-captures/traffic/vxlan.pcap"))
        options = (*inputs, "-q", "-c", "--merge", "--define", definitions, "--fields",
                   "src_ip,dst_ip,src_port,dst_port,protocol,timestamp,flow_duration,tot_fwd_pkts,tot_bwd_pkts,totlen_fwd_pkts,"
                   "totlen_bwd_pkts," + ",".join(names))
        shown = sections(self.succeeds(*options, "--summary", self.path("out.csv")).stdout)["Defined columns flows"]
        with open(self.path("out.csv"), newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([line[0] for line in shown], list(names))
        for name, flows, *ends in shown:
            cells = [row[name] for row in rows if row[name]]
            self.assertEqual(int(flows), len(cells), name)
            numbers = [] if name == "who" else [float(cell) for cell in cells]
            self.assertEqual(len(ends), 2 if numbers else 0, name)
            for end, expected in zip(ends, (min(numbers, default=0), max(numbers, default=0))):
                self.assertAlmostEqual(float(end), expected, delta=abs(expected) * 1e-11, msg=name)

    def test_every_dialect_has_one(self):
        """Dialects count differently, but the overview finds its values in each."""
        for options in (["--dialect=python"], ["--dialect=java"], ["--dialect=java-fixed"],
                        ["--dialect=java", "--columns=cicids2017"]):
            for kind in ("-c", "--jsonl"):
                done = self.succeeds("-f", CAPTURE, kind, *options, "--label=benign", "--summary", self.path("out"))
                parts = sections(done.stdout)
                written = len(read(self.path("out")).splitlines()) - (kind == "-c")
                self.assertGreater(written, 1)
                self.assertEqual({name: flows for name, flows, *_ in parts["Flows by protocol"]}["all"], str(written))
                self.assertEqual([row[:2] for row in parts["Flows by label"]], [["benign", str(written)]])

    def test_json_lines_say_the_same(self):
        of_csv = self.succeeds("-f", CAPTURE, "-c", "--summary", self.path("out.csv"))
        of_json = self.succeeds("-f", CAPTURE, "--jsonl", "--summary", self.path("out.jsonl"))
        self.assertEqual(of_csv.stdout, of_json.stdout)

    def test_labels_are_counted(self):
        done = self.succeeds("-f", CAPTURE, "-c", "--label", "benign", "--summary", self.path("out.csv"))
        parts = sections(done.stdout)
        expected = amounts(records(), lambda row: ["benign"])
        self.assertEqual(parts["Flows by label"], [["benign", *expected["benign"]]])

    def test_labels_whose_flows_a_time_out_split(self):
        """Labels without flows are listed too. The second capture's flows are no parts of the first one's."""
        with open(self.path("rules.txt"), "w", encoding="utf-8") as rules:
            rules.write("web: tcp.port == 8080\nnever: tcp && udp\n")
        shutil.copy(CAPTURE, self.path("second.pcap"))
        options = ("-f", CAPTURE, "-f", self.path("second.pcap"), "--merge", "-q", "-c", self.path("out.csv"), "--labels", self.path("rules.txt"),
                   "--label", "other", "--fields", "src_port", "--extra", "end_reason", "--summary")
        whole = self.succeeds(*options).stdout.decode()
        self.assertNotIn("continue one", whole)
        flows = {row[0]: row[1] for row in sections(whole.encode())["Flows by label"] if len(row) == 4}
        self.assertEqual(flows, {"web": "4", "other": "26", "never": "0"})
        self.assertIn("  rules or rows of --labels that match no flow: 1 of 2\n", whole)
        done = self.succeeds(*options, "--active-timeout", "0.0001")
        with open(self.path("out.csv"), encoding="utf-8", newline="") as file:
            web = [row for row in csv.DictReader(file) if row["label"] == "web"]
        self.assertIn(f"  web: {len(web) - 4} of {len(web)} flows continue one that a time-out ended; split data sets by flow_group\n",
                      done.stdout.decode())

    def test_one_flow_that_two_rows_claim(self):
        with open(self.path("truth.csv"), "w", encoding="utf-8") as truth:
            truth.write("label,protocol\nfirst,any\nsecond,any\n")
        done = self.succeeds("-f", CAPTURE, "-q", "-c", self.path("out.csv"), "--packets", "1", "--labels", self.path("truth.csv"),
                             "--label-report", self.path("report.csv"), "--summary")
        self.assertIn(b"  flows that match rows with different labels: 1\n", done.stdout)

    def test_standard_output_is_left_to_the_records(self):
        done = run("-f", CAPTURE, "-c", "--summary", "-")
        self.assertEqual(done.stdout, run("-f", CAPTURE, "-c", "-").stdout)
        self.assertTrue(done.stderr.startswith(b"Flows by protocol"))

    def test_several_captures_are_one_overview(self):
        shutil.copy(CAPTURE, self.path("second.pcap"))
        done = self.succeeds("-f", CAPTURE, "-f", self.path("second.pcap"), "-c", "--merge", "-q", "--summary",
                             self.path("out.csv"))
        flows = {name: counts[0] for name, *counts in sections(done.stdout)["Flows by protocol"]}
        self.assertEqual(int(flows["all"]), 2 * len(records()))

    def test_columns_that_are_left_out_are_counted_all_the_same(self):
        whole = self.succeeds("-f", CAPTURE, "-c", "--summary", self.path("out.csv")).stdout
        done = self.succeeds("-f", CAPTURE, "-c", "--summary", "--fields", "src_ip,dst_ip", self.path("out.csv"))
        self.assertEqual(done.stdout, whole)


class Plot(CommandTest):
    def test_png_and_svg(self):
        for name, signature in (("flows.png", b"\x89PNG"), ("flows.svg", b"<?xml")):
            self.succeeds("-f", CAPTURE, "-c", "--plot", self.path(name), self.path("out.csv"))
            self.assertTrue(read(self.path(name)).startswith(signature))
        self.assertEqual(sorted(os.listdir(self.folder)), ["flows.png", "flows.svg", "out.csv"])

    def test_gnuplot_is_missing(self):
        environment = {**ENVIRONMENT, "PATH": self.folder, "TSHARK": shutil.which("tshark")}
        done = run("-f", CAPTURE, "-c", "--plot", self.path("flows.png"), self.path("out.csv"), env=environment)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"--plot needs gnuplot: install it", done.stderr)
        self.assertEqual(done.stderr.count(b"\n"), 1)
        self.assertEqual(os.listdir(self.folder), [])

    def test_a_run_that_cannot_begin_leaves_nothing_behind(self):
        os.mkdir(self.path("tmp"))
        done = run("-f", CAPTURE, "-u", "--plot", self.path("flows.png"), "ftp://127.0.0.1/",
                   env={**ENVIRONMENT, "TMPDIR": self.path("tmp")})
        self.assertEqual(done.returncode, 2)
        self.assertEqual(os.listdir(self.path("tmp")), [])

    def fails(self, *arguments):
        """The only line of a run that ends with status 1."""
        done = run("-q", *arguments)
        self.assertEqual((done.returncode, done.stderr.count(b"\n")), (1, 1), done.stderr)
        return done.stderr.decode()

    def test_a_picture_without_flows(self):
        with open(self.path("none.pcap"), "wb") as file:
            file.write(read(CAPTURE)[:24])
        said = self.fails("-f", self.path("none.pcap"), "-c", "--plot", self.path("flows.png"), self.path("out.csv"))
        self.assertIn("there are no flows", said)
        self.assertEqual(sorted(os.listdir(self.folder)), ["none.pcap", "out.csv"])

    def test_a_picture_that_cannot_be_created_ends_the_run_before_it_reads(self):
        missing = self.path("missing", "flows.png")
        said = self.fails("-f", CAPTURE, "-c", "--plot", missing, self.path("out.csv"))
        self.assertIn(f'cannot create "{missing}": No such file or directory', said)
        self.assertEqual(os.listdir(self.folder), [])

    def test_what_fails_at_the_end_is_told_and_the_rest_is_written(self):
        with open(self.path("rules"), "w", encoding="utf-8") as file:
            file.write("web: tcp\nother: tcp.port == 1\n")
        os.symlink("/dev/full", self.path("full.svg"))
        for option, path in (("--label-report", "/dev/full"), ("--plot", self.path("full.svg"))):
            with self.subTest(option=option):
                said = self.fails("-f", CAPTURE, "-c", "--labels", self.path("rules"), option, path, self.path("out.csv"))
                self.assertIn(f'"{path}": No space left on device', said)
                self.assertEqual(read(self.path("out.csv")).count(b"\n"), len(records()) + 1)
                os.unlink(self.path("out.csv"))

    def test_other_kinds_of_picture(self):
        done = run("-f", CAPTURE, "-c", "--plot", self.path("flows.pdf"), self.path("out.csv"))
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"ends neither in .png nor in .svg", done.stderr)


if __name__ == "__main__":
    main()
