#!/usr/bin/env python3
"""Reference of the `python` dialect: the records the Python CICFlowMeter fork with ICMP support gives for a capture.

usage: python_dialect.py CAPTURE > records.csv

Owns the flow table: look-up with generations, the two occasions of a sweep, and the order of the rows.  Written for
checking, not for speed; it shares no code with the plugin.  The rules are set out in python_dialect.md.
"""
import csv
import sys

from python_capture import MICROSECONDS, CaptureError, frames
from python_flow import BACKWARD, FORWARD, Flow
from python_packet import ICMP, packet, reverse_key

SWEEP_EVERY_PACKETS = 1000
SWEEP_AFTER_DURATION_US = 120 * MICROSECONDS
# Keyed by whether it is ICMP: the packet at look-up, the flow at a sweep.
EXPIRY_US = {True: 60 * MICROSECONDS, False: 240 * MICROSECONDS}
LONG_FLOW_US = {True: 30 * MICROSECONDS, False: 90 * MICROSECONDS}


class FlowTable:
    def __init__(self, emit):
        self._flows = {}  # (key, generation) -> Flow, in the order of creation
        self._packets = 0
        self._emit = emit

    def add(self, facts):
        self._packets += 1
        flow, direction = self._find(facts)
        flow.add(facts, direction)
        if self._packets % SWEEP_EVERY_PACKETS == 0 or flow.duration_us > SWEEP_AFTER_DURATION_US:
            self._sweep(facts.time_us)

    def _find(self, facts):
        """The flow this packet belongs to, created if need be, and the packet's direction in it."""
        key, direction = facts.key, FORWARD
        if (key, 0) not in self._flows:
            key, direction = reverse_key(facts), BACKWARD
            if (key, 0) not in self._flows:
                return self._create(facts, FORWARD, facts.key, 0), FORWARD
        limit = EXPIRY_US[facts.protocol == ICMP]
        generation = 0
        flow = self._flows[key, 0]
        while facts.time_us - flow.latest_us > limit * (generation + 1):
            generation += 1
            flow = self._flows.get((key, generation))
            if flow is None:
                return self._create(facts, direction, key, generation), direction
        return flow, direction

    def _create(self, facts, direction, key, generation):
        flow = self._flows[key, generation] = Flow(facts, direction, key)
        return flow

    def _sweep(self, now_us):
        for name, flow in list(self._flows.items()):
            icmp = flow.protocol == ICMP
            if now_us - flow.latest_us >= EXPIRY_US[icmp] or flow.duration_us >= LONG_FLOW_US[icmp]:
                del self._flows[name]
                self._emit(flow)

    def finish(self):
        for flow in self._flows.values():
            self._emit(flow)
        self._flows.clear()


class RecordWriter:
    """CSV with CRLF row ends; the header comes with the first record, so no record means an empty file."""

    def __init__(self, file):
        self._writer = csv.writer(file, lineterminator="\r\n")
        self._header_written = False

    def write(self, flow):
        record = flow.record()
        if not self._header_written:
            self._writer.writerow(record)
            self._header_written = True
        self._writer.writerow(record.values())


def main(arguments):
    if len(arguments) != 2:
        print(f"usage: {arguments[0]} CAPTURE > records.csv", file=sys.stderr)
        return 2
    sys.stdout.reconfigure(newline="")
    table = FlowTable(RecordWriter(sys.stdout).write)
    try:
        for frame in frames(arguments[1]):
            facts = packet(*frame)
            if facts is not None:
                table.add(facts)
    except (CaptureError, OSError) as error:
        print(f"{arguments[0]}: {error}", file=sys.stderr)
        return 1
    table.finish()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
