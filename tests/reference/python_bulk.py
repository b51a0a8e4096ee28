"""The bulk state machine of one direction of a flow in the Python fork, all times exact decimals.

A run is a series of packets with payload of one direction, each within one second of its neighbour.  Its first three
packets count only when a fourth arrives.  A packet of the other direction does not end a run at once: the run is given
up when this direction's next packet finds that the other direction's last payload is later than the run's start.
"""
from decimal import Decimal

LONGEST_GAP = 1
PACKETS_OF_A_BULK = 4


class Bulk:
    def __init__(self):
        self.bulks = self.packets = self.payload = 0
        self.duration = Decimal(0)
        self.last = Decimal(0)  # time of the latest payload packet, 0 before the first
        self._start = Decimal(0)  # start of the run, 0: no run
        self._run_packets = self._run_payload = 0

    def add(self, time, payload, other):
        """Take a packet with `payload` bytes (more than 0); `other` is the opposite direction's Bulk."""
        if other.last > self._start:
            self._start = Decimal(0)
        if self._start == 0 or time - self.last > LONGEST_GAP:
            self._start, self._run_packets, self._run_payload = time, 1, payload
        else:
            self._extend(time, payload)
        self.last = time

    def _extend(self, time, payload):
        self._run_packets += 1
        self._run_payload += payload
        if self._run_packets == PACKETS_OF_A_BULK:
            self.bulks += 1
            self.packets += self._run_packets
            self.payload += self._run_payload
            self.duration += time - self._start
        elif self._run_packets > PACKETS_OF_A_BULK:
            self.packets += 1
            self.payload += payload
            self.duration += time - self.last

    def averages(self):
        """Payload bytes per bulk, packets per bulk, payload bytes per second of bulk."""
        if self.bulks == 0:
            return 0, 0, 0
        rate = self.payload / self.duration if self.duration != 0 else 0
        return self.payload / self.bulks, self.packets / self.bulks, rate
