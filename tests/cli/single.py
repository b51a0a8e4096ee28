#!/usr/bin/env python3
"""cicflowmeter with one capture: the Python fork's command line, and the same records as plain tshark.

usage: single.py COMMAND PLUGIN_FOLDER SOURCE_FOLDER
"""
from command import CAPTURE, CommandTest, main, plain_records, read


class OneCapture(CommandTest):
    def test_csv_file(self):
        self.succeeds("-f", CAPTURE, "-c", self.path("out.csv"))
        self.assertEqual(read(self.path("out.csv")), plain_records(CAPTURE))

    def test_csv_to_standard_output(self):
        done = self.succeeds("-f", CAPTURE, "-c", "-")
        self.assertEqual(done.stdout, plain_records(CAPTURE))

    def test_json_lines(self):
        self.succeeds("-f", CAPTURE, "--jsonl", self.path("out.jsonl"))
        self.assertEqual(read(self.path("out.jsonl")), plain_records(CAPTURE, kind="jsonl"))

    def test_standard_input(self):
        with open(CAPTURE, "rb") as capture:
            done = self.succeeds("-f", "-", "-c", "-", stdin=capture)
        self.assertEqual(done.stdout, plain_records(CAPTURE))


if __name__ == "__main__":
    main()
