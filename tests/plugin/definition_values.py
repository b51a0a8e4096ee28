#!/usr/bin/env python3
"""The columns of the definition files, as a reader of the files in Python computes them from what tshark -T fields says of the same
packets; and of conversations that few captures have, as worked out by hand (talks.py).

The reader knows the language from docs/defined-columns.md, with filters of comparisons, && and ||. At the end it lists the columns that had no value
in any capture.

usage: definition_values.py COMMAND PLUGIN_FOLDER CAPTURE_FOLDER...
"""
import collections
import fractions
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import define
import talks
from plugin_run import ENVIRONMENT, OCCURRENCES, captures_in  # noqa: E402

SOURCE = pathlib.Path(__file__).resolve().parents[2]
FILES = ("dns", "http", "modbus", "mqtt", "quic", "ssh", "tcp-analysis", "tls", "wireless")
MEASURE = re.compile(r"(count|sum|min|max|mean|std|var|first|last|or|distinct)\(")
COMPARISONS = {"==": lambda a, b: a == b, ">=": lambda a, b: a >= b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, "<": lambda a, b: a < b}


def definitions():
    """Name to expression, of all files in their order."""
    made = {}
    for name in FILES:
        text = (SOURCE / "plugin" / "definitions" / f"{name}.define").read_text(encoding="utf-8")
        made.update(re.findall(r"^(\w+) = (.*)$", text, re.MULTILINE))
    return made


def types_of_fields():
    """Name to type, of all fields and protocols that tshark knows."""
    text = subprocess.run(["tshark", "-G", "fields"], env=ENVIRONMENT, capture_output=True, check=True).stdout.decode(errors="replace")
    lines = (line.split("\t") for line in text.splitlines())
    return {line[2]: line[3] if line[0] == "F" else "FT_PROTOCOL" for line in lines if line[0] in "FP"}


TYPES = types_of_fields()
HAS_JA4 = "tls.handshake.ja4" in TYPES
VERSION = subprocess.run(["tshark", "--version"], env=ENVIRONMENT, capture_output=True, check=True).stdout


def kind_of(field):
    """As define.py calls kinds of values."""
    kind = TYPES[field]
    if kind in ("FT_NONE", "FT_PROTOCOL"):
        return "nothing"
    if "TIME" in kind:
        return "time"
    if kind in ("FT_FLOAT", "FT_DOUBLE"):
        return "real"
    return "integer" if re.match(r"FT_U?INT\d|FT_BOOLEAN|FT_CHAR|FT_FRAMENUM", kind) else "text"


class Reader:
    """One expression, by recursive descent; calls back for measures."""

    def __init__(self, text, measure):
        self.text, self.at, self.measure = text, 0, measure

    def space(self):
        self.at += len(self.text[self.at:]) - len(self.text[self.at:].lstrip())

    def takes(self, word):
        self.space()
        found = self.text.startswith(word, self.at)
        self.at += len(word) if found else 0
        return found

    def whole(self):
        value = self.sum()
        while self.takes("else"):
            other = self.sum()
            value = other if value is None else value
        assert self.at == len(self.text), self.text[self.at:]
        return value

    def chain(self, part, signs):
        value = part()
        while True:
            sign = next((sign for sign in signs if self.takes(sign)), None)
            if not sign:
                return value
            other = part()
            if value is None or other is None or (sign == "/" and other == 0):
                value = None
            elif sign == "/":
                value = fractions.Fraction(value) / other
            else:
                value = {"+": value + other, "-": value - other, "*": value * other}[sign]

    def sum(self):
        return self.chain(self.product, "+-")

    def product(self):
        return self.chain(self.factor, "*/")

    def factor(self):
        if self.takes("("):
            value = self.sum()
            assert self.takes(")")
            return value
        number = re.compile(r"\d+(\.\d+)?").match(self.text, self.at)
        if number:
            self.at = number.end()
            return fractions.Fraction(number[0]) if number[1] else int(number[0])
        found = MEASURE.match(self.text, self.at)
        end = self.text.index(")", found.end())
        self.at = end + 1
        field, *more = [part.strip() for part in self.text[found.end():end].split(",")]
        display_filter = next((part[3:] for part in more if part.startswith("if ")), "")
        return self.measure(found[1], field, next((part for part in more if part in ("fwd", "bwd")), ""), display_filter)


def fields_of(expressions):
    """Those that Wireshark has here."""
    found = set()
    for text in expressions:
        Reader(text, lambda function, field, direction, display_filter: found.update(
            (field.lstrip("?"), *re.findall(r"[a-z][\w.]*", display_filter))) or 1).whole()
    return sorted(field for field in found if field in TYPES)


def parts(packet, field):
    return packet[field].split(OCCURRENCES) if packet[field] else []


def values_of(packet, field):
    return [define.value_of(kind_of(field), part) for part in parts(packet, field)]


def passes(packet, display_filter):
    """Comparisons hold for any of a field's values."""
    def holds(text):
        field, *comparison = text.split()
        if not comparison:
            return packet[field] != ""
        return any(COMPARISONS[comparison[0]](value, int(comparison[1])) for value in values_of(packet, field))
    return any(all(holds(text) for text in either.split("&&")) for either in display_filter.split("||"))


def compute(text, packets):
    def measure(function, field, direction, display_filter):
        directions = {"fwd": "forward", "bwd": "backward"}
        chosen = [packet for packet in packets if directions.get(direction) in (None, packet["cicflow.direction"])
                  and (not display_filter or passes(packet, display_filter))]
        if field == "*":
            return len(chosen)
        if field.startswith("?") and field[1:] not in TYPES:
            return None
        field = field.lstrip("?")
        return define.measure(function, [value for packet in chosen for value in values_of(packet, field)])
    return Reader(text, measure).whole()


class Values(define.Define):
    """check_cell() is that of define.py."""

    test_every_function_and_kind_on_every_capture = test_the_same_without_dissection = None
    seen = collections.Counter()

    def check_capture(self, capture, columns, fields):
        flows = define.PLUGIN.packets_of(capture, fields)
        records = define.PLUGIN.records(capture, "-o", f"cicflow.define:{','.join(FILES)}", "-o", "cicflow.extra:flow_id")
        self.assertEqual(len(records), len(flows))
        for record in records:
            packets = flows[record["flow_id"]]
            for name, text in columns.items():
                self.check_cell(record[name], compute(text, packets), None, (name, text, packets[0]["frame.number"]))
                self.seen[name] += record[name] not in ("", "0")

    def test_files_on_every_capture(self):
        columns = definitions()
        fields = fields_of(columns.values())
        with tempfile.TemporaryDirectory() as folder:
            for capture in [*captures_in(define.CAPTURE_FOLDERS), *(talks.compose(folder, name)[0] for name in talks.COMPOSED)]:
                with self.subTest(capture=os.path.basename(capture)):
                    self.check_capture(capture, columns, fields)
        unseen = [name for name in columns if not self.seen[name]]
        print(f"{len(columns)} columns; with a value in none of the captures: {', '.join(unseen)}")
        self.assertLess(len(unseen), len(columns) / 2, unseen)

    def test_by_hand(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in talks.COMPOSED:
                capture, expected = talks.compose(folder, name)
                for column in {"tls_ja4", "quic_ja4"} & set(expected) if not HAS_JA4 else ():
                    print(f"left out: {column}, which this Wireshark does not know")
                    expected[column] = ""
                if "quic_ja4" in expected and b" 4.2." in VERSION.splitlines()[0]:
                    print("left out: quic_ja4's first letter, for which Wireshark 4.2.2 has u instead of q")
                    expected["quic_ja4"] = "u" + expected["quic_ja4"][1:]
                with self.subTest(name):
                    record, = define.PLUGIN.records(capture, "-o", f"cicflow.define:{name}")
                    self.assertEqual({column: record[column] for column in expected}, expected)

    def test_fingerprints_of_client_hellos(self):
        """JA3 and JA4 of each flow whose first Client Hello is whole in a segment, from the segment's bytes."""
        compared = 0
        for capture in captures_in(define.CAPTURE_FOLDERS):
            flows = define.PLUGIN.packets_of(capture, ("tls.handshake.type", "tcp.payload"))
            for record in define.PLUGIN.records(capture, "-o", "cicflow.define:tls", "-o", "cicflow.extra:flow_id"):
                hellos = [packet for packet in flows[record["flow_id"]] if "1" in parts(packet, "tls.handshake.type")]
                payload = bytes.fromhex((parts(hellos[0], "tcp.payload") or [""])[0].replace(":", "")) if hellos else b""
                if talks.hello_of(payload):
                    self.assertEqual(record["tls_ja3"], talks.ja3(payload), (capture, record["flow_id"]))
                    self.assertEqual(record["tls_ja4"], talks.ja4(payload) if HAS_JA4 else "", (capture, record["flow_id"]))
                    compared += 1
        print(f"{compared} Client Hellos of captures")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
