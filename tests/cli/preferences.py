#!/usr/bin/env python3
"""The options of cicflowmeter that are the plugin's preferences: the same records as tshark with the preference.

usage: preferences.py COMMAND PLUGIN_FOLDER SOURCE_FOLDER
"""
import csv
import io

from command import CAPTURE, CommandTest, main, plain_records, read, run

VALUES = [
    ("fields", "dst_port, src_ip"), ("extra", "flow_id,end_reason"), ("label", 'a "b", c'), ("dialect", "python"),
    ("dialect", "java"), ("timestamp", "epoch"), ("idle-timeout", "0.001"), ("icmp-idle-timeout", "0.1"),
    ("active-timeout", "0.01"), ("closed-timeout", "0.001"), ("activity-timeout", "0.01"), ("subflow-gap", "0.01"), ("tunnel", "outer"),
    ("max-flows", "2"), ("filter", "icmp || tcp.port == 8080"),
]


class Preferences(CommandTest):
    def records(self, *options):
        return self.succeeds("-f", CAPTURE, "-c", *options, "-").stdout

    def test_each_reaches_the_plugin(self):
        usual = plain_records(CAPTURE)
        for option, value in VALUES:
            with self.subTest(option=option):
                expected = plain_records(CAPTURE, "-o", f"cicflow.{option.replace('-', '_')}:{value}")
                self.assertEqual(self.records(f"--{option}", value), expected)
                if option != "tunnel":
                    self.assertNotEqual(expected, usual)

    def test_published_column_names(self):
        expected = plain_records(CAPTURE, "-o", "cicflow.dialect:java", "-o", "cicflow.columns:cicids2017")
        self.assertEqual(self.records("--dialect", "java", "--columns", "cicids2017"), expected)
        self.assertEqual(run("-f", CAPTURE, "-c", "--columns", "cicids2017", "-").returncode, 2)

    def test_a_filter_decides_which_packets_there_are(self):
        rows = list(csv.DictReader(io.StringIO(self.records("--filter", "icmp").decode())))
        self.assertEqual([row["protocol"] for row in rows], ["1", "1"])

    def test_labels_by_rules(self):
        with open(self.path("rules"), "w", encoding="utf-8") as file:
            file.write("# rules\nweb: tcp.port == 8080\nping: icmp\n")
        rows = list(csv.DictReader(io.StringIO(self.records("--labels", self.path("rules"), "--label", "rest").decode())))
        self.assertEqual({(row["protocol"], row["label"]) for row in rows},
                         {("6", "web"), ("1", "ping"), ("58", "rest"), ("17", "rest")})

    def test_wrong_values_are_told_in_the_words_of_the_command(self):
        with open(self.path("rules"), "w", encoding="utf-8") as file:
            file.write("web: tcp.porto ==\n")
        for option, value in (("--filter", "tcp.porto == 1"), ("--labels", self.path("rules")), ("--fields", "x")):
            done = run("-f", CAPTURE, "-c", option, value, self.path("out.csv"))
            said = done.stderr.decode()
            self.assertEqual(done.returncode, 2, said)
            self.assertTrue(said.startswith(f"cicflowmeter: {option}"), said)
            self.assertEqual(len(said.splitlines()), 1, said)

    def test_a_preference_that_is_an_option_or_none(self):
        for text, says in (("cicflow.idle_timeout:3", "--idle-timeout"), ("other.csv", "NAME:VALUE")):
            done = run("-f", CAPTURE, "-c", self.path("out.csv"), "-o", text)
            self.assertEqual(done.returncode, 2)
            self.assertIn(says, done.stderr.decode())

    def test_first_packets_only(self):
        self.assertEqual(self.records("--packets", "7"), plain_records(CAPTURE, "-c", "7"))

    def test_what_tshark_users_expect(self):
        self.assertEqual(self.records("--decode-as", "tcp.port==8080,http", "-o", "tcp.desegment_tcp_streams:FALSE"),
                         plain_records(CAPTURE))
        done = run("-f", CAPTURE, "-c", "--decode-as", "nonsense", "-")
        self.assertEqual(done.returncode, 2)
        self.assertIn("nonsense", done.stderr.decode())
        self.assertEqual(self.records("--full-dissection"), plain_records(CAPTURE))

    def test_json_lines_have_the_same_columns(self):
        self.succeeds("-f", CAPTURE, "--jsonl", "--fields", "src_ip,protocol", self.path("out.jsonl"))
        self.assertEqual(read(self.path("out.jsonl")), plain_records(CAPTURE, "-o", "cicflow.fields:src_ip,protocol", kind="jsonl"))


if __name__ == "__main__":
    main()
