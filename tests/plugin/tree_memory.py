#!/usr/bin/env python3
"""Memory of the protocol tree when tshark reads a capture twice: at most 16 bytes a packet, and nothing when it is off.

usage: tree_memory.py PLUGIN_FOLDER

Measured is the peak memory of the whole program, with one long flow, so that flows and the plugin itself add little.
"""
import os
import subprocess
import sys
import tempfile
import unittest

import flow_captures
from plugin_run import ENVIRONMENT, Plugin

LOAD = ["-X", f"lua_script:{Plugin(sys.argv[1]).loader}"]
PACKETS, BYTES_MOST, BYTES_OF_NOISE = 200000, 16, 5


class TreeMemory(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.capture = os.path.join(folder.name, "long.pcap")
        p = flow_captures.p
        frame = p.ipv4("10.0.0.1", "10.0.0.2", p.udp(1, 9, b"x"))
        with open(self.capture, "wb") as file:
            file.write(flow_captures.plain([(i * 1000000, frame) for i in range(PACKETS)]))

    def held(self, *options):
        """Bytes for each packet."""
        command = ["tshark", "-n", "-2", "-r", self.capture, "-Y", "udp.port == 7", *options]
        with subprocess.Popen(command, env=ENVIRONMENT, stderr=subprocess.DEVNULL) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = status
        self.assertEqual(status, 0)
        return usage.ru_maxrss * 1024 / PACKETS

    def test_bytes_for_each_packet(self):
        without, off, on = self.held(), self.held(*LOAD, "-o", "cicflow.tree:FALSE"), self.held(*LOAD)
        print(f"tree off: {off - without:.1f} bytes a packet more than without the plugin; on: {on - off:.1f} more than off")
        self.assertLess(off - without, BYTES_OF_NOISE)
        self.assertLess(on - off, BYTES_MOST)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
