#!/usr/bin/env python3
"""The columns of the definition files, as a reader of the files in Python computes them from what tshark -T fields says of the same
packets; and of protocols that few captures have, as worked out by hand for composed ones.

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

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(SOURCE / "test-captures" / "composed")]
import define  # noqa: E402
import files as f  # noqa: E402
import packets as p  # noqa: E402
from plugin_run import ENVIRONMENT, OCCURRENCES, captures_in  # noqa: E402

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


def kind_of(field):
    """As define.py calls kinds of values."""
    kind = TYPES[field]
    if kind in ("FT_NONE", "FT_PROTOCOL"):
        return "nothing"
    if "TIME" in kind:
        return "time"
    if kind in ("FT_FLOAT", "FT_DOUBLE"):
        return "time"  # numbers with a fraction
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


def mqtt(kind, body, flags=0):
    return bytes((kind << 4 | flags, len(body))) + body


def text16(text):
    return len(text).to_bytes(2, "big") + text.encode()


class Talk:
    """A TCP connection as frames; each message is a segment, which nobody acknowledges."""

    def __init__(self, port):
        self.port, self.frames, self.at = port, [], [1000, 5000]
        self.send(0, p.SYN, b"")
        self.send(1, p.SYN | p.ACK, b"")
        self.send(0, p.ACK, b"")

    def send(self, side, flags, data):
        ends = [("10.0.0.1", 40000), ("10.0.0.2", self.port)]
        (source, sport), (destination, dport) = ends[side], ends[1 - side]
        segment = p.tcp(sport, dport, flags, data, seq=self.at[side], ack=self.at[1 - side] if flags & p.ACK else 0)
        self.frames.append(f.at(len(self.frames) * 10 * f.MS, p.ethernet(p.ipv4(source, destination, segment))))
        self.at[side] += len(data) + (flags & p.SYN != 0)

    def says(self, side, data):
        self.send(side, p.PSH | p.ACK, data)


def mqtt_talk():
    talk = Talk(1883)
    talk.says(0, mqtt(1, text16("MQTT") + bytes((4, 0x82, 0, 60)) + text16("sensor-7") + text16("anna")))
    talk.says(1, mqtt(2, bytes((0, 0))))
    talk.says(0, mqtt(8, bytes((0, 1)) + text16("a/b") + b"\1", 2))
    talk.says(1, mqtt(9, bytes((0, 1, 1))))
    talk.says(0, mqtt(3, text16("a/b") + b"12", 1) + mqtt(3, text16("c") + bytes((0, 2)) + b"3", 2) + mqtt(12, b""))
    return talk.frames, {
        "mqtt_messages": "7", "mqtt_connects": "1", "mqtt_publishes": "1", "mqtt_subscribes": "1", "mqtt_pings": "1",
        "mqtt_client_id": "sensor-7", "mqtt_username": "anna", "mqtt_version": "4", "mqtt_keep_alive": "60", "mqtt_connect_code": "0",
        "mqtt_topic": "a/b", "mqtt_topics": "2", "mqtt_qos_max": "1", "mqtt_retained": "1", "mqtt_length_max": "26"}


def modbus(transaction, unit, data):
    return transaction.to_bytes(2, "big") + bytes(2) + (len(data) + 1).to_bytes(2, "big") + bytes((unit,)) + data


def modbus_talk():
    talk = Talk(502)
    talk.says(0, modbus(1, 17, bytes((3, 0, 100, 0, 2))))      # read two registers from 100 on
    talk.says(1, modbus(1, 17, bytes((3, 4, 0, 1, 0, 2))))
    talk.says(0, modbus(2, 17, bytes((6, 0, 120, 0, 9))))      # write register 120
    talk.says(1, modbus(2, 17, bytes((6, 0, 120, 0, 9))))
    talk.says(0, modbus(3, 18, bytes((1, 255, 255, 0, 8))))    # read eight coils where there are none
    talk.says(1, modbus(3, 18, bytes((0x81, 2))))
    return talk.frames, {
        "modbus_requests": "3", "modbus_responses": "3", "modbus_units": "2", "modbus_function": "3", "modbus_functions": "3",
        "modbus_reads": "2", "modbus_writes": "1", "modbus_diagnostics": "0", "modbus_exceptions": "1", "modbus_exception": "2",
        "modbus_reference_min": "100", "modbus_reference_max": "65535", "modbus_references": "3", "modbus_words_max": "2",
        "modbus_time_max": "0.01", "modbus_time_mean": "0.01"}


def quic_initial(destination_id, source_id, size):
    """An Initial packet of version 1, whose protected bytes are of nobody's key; 10 + the ids + size bytes."""
    ids = b"".join(bytes((len(each),)) + each for each in (destination_id, source_id))
    return b"\xc3" + (1).to_bytes(4, "big") + ids + b"\0" + (0x4000 | size).to_bytes(2, "big") + bytes(range(256)) * (size // 256) + \
        bytes(size % 256)


def quic_talk():
    """The client chooses an id of 8 bytes for the server, which takes another one."""
    client, server = ("10.0.0.1", 50000), ("10.0.0.2", 443)
    frames = []
    for number, (source, destination, data) in enumerate(((client, server, quic_initial(b"chosen-1", b"", 1200)),
                                                          (server, client, quic_initial(b"", b"mine", 1100)),
                                                          (client, server, quic_initial(b"mine", b"", 300)))):
        frames.append(f.at(number * f.MS, p.ethernet(p.ipv4(source[0], destination[0], p.udp(source[1], destination[1], data)))))
    return frames, {
        "quic_version": "1", "quic_versions": "1", "quic_packets": "3", "quic_long_headers": "3", "quic_connection_id": b"chosen-1".hex(),
        "quic_connection_ids": "2", "quic_packet_length_max": "1218", "quic_packet_length_mean": "882.0", "quic_sni": "", "quic_ja3": ""}


def wireless_frames():
    """Three datagrams from a station to its access point: signals of -40, -50 and -60 dBm, the second sent again and slower."""
    frames = []
    for number, (signal, rate, retry) in enumerate(((-40, 108, 0), (-50, 12, 8), (-60, 108, 0))):
        radiotap = bytes((0, 0, 15, 0)) + (1 << 2 | 1 << 3 | 1 << 5 | 1 << 6).to_bytes(4, "little") + bytes((rate, 0))
        radiotap += (2437).to_bytes(2, "little") + (0x00c0).to_bytes(2, "little") + bytes((signal & 255, -95 & 255))
        radiotap = radiotap[:2] + len(radiotap).to_bytes(2, "little") + radiotap[4:]
        header = bytes((0x08, 0x01 | retry, 0, 0)) + bytes.fromhex("020000000001 020000000002 020000000003") + (number << 4).to_bytes(2, "little")
        packet = p.ipv4("10.0.0.1", "10.0.0.2", p.udp(4000, 9, b"x"))
        frames.append(f.at(number * f.MS, radiotap + header + bytes.fromhex("aaaa030000000800") + packet))
    return frames, {
        "wlan_signal_min": "-60", "wlan_signal_mean": "-50.0", "wlan_signal_max": "-40", "wlan_noise_mean": "-95.0", "wlan_rate_min": "6.0",
        "wlan_rate_mean": "38.0", "wlan_rate_max": "54.0", "wlan_retries": "1", "wlan_protected": "0", "wlan_channel": "6",
        "wlan_channels": "1", "wlan_frequency": "2437", "wlan_bssid": "02:00:00:00:00:01", "wlan_bssids": "1"}


IEEE802_11_RADIOTAP = 127
COMPOSED = {"mqtt": (mqtt_talk, f.ETHERNET), "modbus": (modbus_talk, f.ETHERNET), "quic": (quic_talk, f.ETHERNET),
            "wireless": (wireless_frames, IEEE802_11_RADIOTAP)}


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
            for capture in [*captures_in(define.CAPTURE_FOLDERS), *(compose(folder, name)[0] for name in COMPOSED)]:
                with self.subTest(capture=os.path.basename(capture)):
                    self.check_capture(capture, columns, fields)
        unseen = [name for name in columns if not self.seen[name]]
        print(f"{len(columns)} columns; with a value in none of the captures: {', '.join(unseen)}")
        self.assertLess(len(unseen), len(columns) / 2, unseen)

    def test_by_hand(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in COMPOSED:
                capture, expected = compose(folder, name)
                record, = define.PLUGIN.records(capture, "-o", f"cicflow.define:{name}")
                self.assertEqual({column: record[column] for column in expected}, expected)


def compose(folder, name):
    """(path, values by hand)"""
    make, link = COMPOSED[name]
    frames, expected = make()
    path = os.path.join(folder, f"{name}.pcapng")
    with open(path, "wb") as file:
        file.write(f.pcapng_section(frames, [f.Interface(link, 9)]))
    return path, expected


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
