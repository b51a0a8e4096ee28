#!/usr/bin/env python3
"""Packets that are dissected again, in any order, show the records of one run from beginning to end: through sharkd.

usage: visits.py PLUGIN_FILE FIRST_CAPTURE SECOND_CAPTURE

sharkd keeps a capture open like the Wireshark program does. It takes no Lua script by an option, so the plugin is in the
personal folder of a user without privileges, whom root becomes.
"""
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import unittest

from plugin_run import Plugin

PLUGIN_FILE, *CAPTURES = (os.path.abspath(argument) for argument in sys.argv[1:4])
NOBODY = 65534
AS_NOBODY = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if os.geteuid() == 0 else []
EXTRA = "flow_id,first_frame,last_frame,end_reason"
SKIPPED = 77


def api_version():
    """"4.0", as the folder of plugins is called."""
    text = subprocess.run(["tshark", "--version"], capture_output=True, text=True, check=True).stdout
    return ".".join(next(word for word in text.split() if word[0].isdigit()).split(".")[:2])


def own_fields(nodes):
    """{field without cicflow.: its value as a filter has it} in a tree of sharkd."""
    found = {}
    for node in nodes:
        name, is_comparison, value = node.get("f", "").partition(" == ")
        if is_comparison and name.startswith("cicflow."):
            found[name[len("cicflow."):]] = value.strip('"')
        found.update(own_fields(node.get("n", [])))
    return found


class Server:
    """sharkd with the plugin, for one test."""

    def __init__(self, home):
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "WIRESHARK_"))}
        self.number = 0
        self.process = subprocess.Popen([*AS_NOBODY, "sharkd", "-"], env=dict(environment, HOME=home, TZ="UTC"), cwd="/", text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def ask(self, method, **parameters):
        self.number += 1
        request = {"jsonrpc": "2.0", "id": self.number, "method": method, **({"params": parameters} if parameters else {})}
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line.startswith("{"):
                answer = json.loads(line)
                assert answer["id"] == self.number and "error" not in answer, (request, answer)
                return answer["result"]
        raise AssertionError(f"sharkd ended at {request}")

    def end(self):
        self.process.stdin.close()
        self.process.stdout.read()
        self.process.stdout.close()
        self.process.wait(30)


class Visits(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        home = folder.name
        plugins = os.path.join(home, ".local/lib/wireshark/plugins", api_version(), "epan")
        os.makedirs(plugins)
        shutil.copy(PLUGIN_FILE, plugins)
        self.captures = [shutil.copy(capture, home) for capture in CAPTURES]
        for path, folders, files in os.walk(home):
            for name in [path, *(os.path.join(path, name) for name in folders + files)]:
                os.chmod(name, 0o755)
                if AS_NOBODY:
                    os.chown(name, NOBODY, NOBODY)
        self.server = Server(home)
        self.addCleanup(self.server.end)
        self.plugin = Plugin(os.path.dirname(PLUGIN_FILE))
        self.records = [self.records_of(capture) for capture in self.captures]
        self.random = random.Random(1)

    def records_of(self, capture, *options):
        """{flow: record} of a run of tshark."""
        return {record["flow_id"]: record for record in self.plugin.records(capture, "-o", f"cicflow.extra:{EXTRA}", *options)}

    def load(self, which):
        self.server.ask("load", file=self.captures[which])

    def record_on(self, frame):
        return own_fields(self.server.ask("frame", frame=frame, proto=True)["tree"])

    def check_frame(self, which, frame):
        """The record on a frame is that of the CSV file; returns its flow."""
        shown = self.record_on(frame)
        if not shown:
            return None
        record = self.records[which][shown["flow_id"]]
        for column, cell in record.items():
            value = shown.get(column, shown.get(column.replace("_ip", "_ipv6")))
            self.assertTrue(value == cell or float(value) == float(cell),
                            f"frame {frame}, {column}: {value} shown, {cell} in the CSV file")
        self.assertEqual("last" in shown, str(frame) == record["last_frame"])
        return shown["flow_id"]

    def check_capture(self, which):
        """All frames twice, in a random order."""
        frames = list(range(1, self.server.ask("status")["frames"] + 1)) * 2
        self.random.shuffle(frames)
        self.assertEqual({self.check_frame(which, frame) for frame in frames} - {None}, set(self.records[which]))

    def test_any_order(self):
        self.load(0)
        self.check_capture(0)

    def test_a_second_capture_and_the_first_again(self):
        for which in (0, 1, 1, 0):
            self.load(which)
            self.check_capture(which)

    def test_filters_and_columns_between(self):
        self.load(0)
        last = [frame["num"] for frame in self.server.ask("frames", filter="cicflow.last")]
        self.assertEqual(last, sorted(int(record["last_frame"]) for record in self.records[0].values()))
        for flow in self.random.sample(sorted(self.records[0]), 5):
            packets = self.server.ask("frames", filter=f"cicflow.flow_id == {flow}", column0="cicflow.flow_id:1")
            record = self.records[0][flow]
            self.assertEqual(len(packets), int(record["tot_fwd_pkts"]) + int(record["tot_bwd_pkts"]))
            self.assertEqual({packet["c"][0] for packet in packets}, {flow})
            self.check_frame(0, self.random.choice(packets)["num"])
        self.check_capture(0)

    def test_a_preference_changed_between_holds_from_the_next_capture_on(self):
        self.load(0)
        self.check_capture(0)
        self.server.ask("setconf", name="cicflow.tree", value="FALSE")
        self.load(0)
        self.assertEqual(self.record_on(1), {})
        self.server.ask("setconf", name="cicflow.tree", value="TRUE")
        self.load(0)
        self.check_capture(0)

    def test_timeouts_changed_between(self):
        whole = self.records[0]
        cut = self.records_of(self.captures[0], "-o", "cicflow.active_timeout:0.5", "-o", "cicflow.timestamp:epoch")
        self.assertNotEqual(len(cut), len(whole))
        self.load(0)
        for timeout, timestamp, records in (("0.5", "epoch", cut), ("0", "local", whole)):
            self.server.ask("setconf", name="cicflow.active_timeout", value=timeout)
            self.server.ask("setconf", name="cicflow.timestamp", value=timestamp)
            self.records[0] = records
            self.load(0)
            self.check_capture(0)


if __name__ == "__main__":
    missing = [name for name in ["sharkd", *AS_NOBODY[:1]] if not shutil.which(name)]
    if missing:
        print(f"skipped: {' and '.join(missing)} not found")
        sys.exit(SKIPPED)
    unittest.main(argv=sys.argv[:1], verbosity=2)
