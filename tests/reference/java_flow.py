"""One flow of the Java tools: the state they keep of it and how a packet changes that state.

The original tool and its corrected version differ in a few steps, given by a Policy. The order of the steps matters and
is that of the tools: bulks, subflows, flags, then the rest. Times are microseconds. Index 0 is forward, 1 backward.
"""
from collections import namedtuple

from java_packet import ACK, CWR, ECE, FIN, PROTOCOL_TCP, PSH, RST, SYN, URG
from java_series import Series

Policy = namedtuple("Policy", "fixed timeout_us activity_timeout_us")
ORIGINAL = Policy(False, 120000000, 5000000)
CORRECTED = Policy(True, 120000000, 5000000)

FLAGS = (FIN, SYN, RST, PSH, ACK, URG, CWR, ECE)
DIRECTED_FLAGS = (PSH, URG, RST, FIN)
GAP_US = 1000000
BULK_PACKETS = 4


class Bulk:
    """The runs of packets with payload of one direction."""

    def __init__(self):
        self.count = self.packets = self.bytes = self.duration = 0
        self.run_start = self.run_packets = self.run_bytes = self.last = 0

    def add(self, time_us, payload, other_last):
        if other_last > self.run_start:
            self.run_start = 0
        if payload <= 0:
            return
        if self.run_start == 0 or time_us - self.last > GAP_US:
            self.run_start, self.run_packets, self.run_bytes = time_us, 1, payload
        else:
            self.extend(time_us, payload)
        self.last = time_us

    def extend(self, time_us, payload):
        self.run_packets += 1
        self.run_bytes += payload
        if self.run_packets == BULK_PACKETS:
            self.count += 1
            self.packets += self.run_packets
            self.bytes += self.run_bytes
            self.duration += time_us - self.run_start
        elif self.run_packets > BULK_PACKETS:
            self.packets += 1
            self.bytes += payload
            self.duration += time_us - self.last


class Flow:
    def __init__(self, key, packet, policy, orientation=None, seen=None):
        """A flow under key that begins with packet; orientation (source, destination, their ports) if not the packet's."""
        own = (packet.source, packet.destination, packet.source_port, packet.destination_port)
        self.key, self.policy = key, policy
        self.source, self.destination, self.source_port, self.destination_port = orientation or own
        self.protocol = packet.protocol
        self.icmp_type, self.icmp_code = packet.icmp_type, packet.icmp_code
        self.packets, self.bytes, self.headers, self.data_packets = [0, 0], [0, 0], [0, 0], [0, 0]
        self.lengths, self.iats, self.bulks = (Series(), Series()), (Series(), Series()), (Bulk(), Bulk())
        self.all_lengths, self.flow_iat, self.active, self.idle = Series(), Series(), Series(), Series()
        self.directed = {flag: [0, 0] for flag in DIRECTED_FLAGS}
        self.flags = {flag: 0 for flag in FLAGS}
        self.window, self.header_min, self.last_of = [0, 0], [0, 0], [0, 0]
        self.subflow_gaps, self.retransmissions = 0, [0, 0]
        self.forward_fin = False
        self.closing = 0
        self.connection_time = 0
        self.seen = set() if seen is None else seen
        self.first(packet)

    def orientation(self):
        return self.source, self.destination, self.source_port, self.destination_port

    def direction(self, packet):
        return 0 if packet.source == self.source else 1

    def duration(self):
        return self.last - self.start

    def first(self, packet):
        """The original takes the first packet for forward, whatever orientation the flow is given afterwards."""
        side = self.direction(packet) if self.policy.fixed else 0
        time_us = packet.time_us
        self.start = self.last = self.active_start = self.active_end = time_us
        self.count_bulk(packet)
        self.count_flags(packet)
        self.all_lengths.add(packet.payload)
        if self.policy.fixed:
            self.count_retransmission(packet, side)
            self.data_packets[side] += packet.payload >= 1
        else:
            self.all_lengths.add(packet.payload)
        self.count_directed(packet, side)
        self.count_length(packet, side)
        self.header_min[side] = packet.header
        self.window[side] = packet.window
        self.last_of[side] = time_us

    def add(self, packet):
        self.count_bulk(packet)
        self.count_subflow(packet.time_us)
        self.count_flags(packet)
        side, time_us = self.direction(packet), packet.time_us
        if self.policy.fixed:
            self.count_retransmission(packet, side)
            self.count_directed(packet, side)
        self.all_lengths.add(packet.payload)
        self.data_packets[side] += packet.payload >= 1
        self.count_length(packet, side)
        if self.packets[side] > 1:
            self.iats[side].add(time_us - self.last_of[side])
        self.last_of[side] = time_us
        self.header_min[side] = min(self.header_min[side], packet.header)
        if side == 1 and not (self.policy.fixed and self.window[1]):
            self.window[1] = packet.window
        self.flow_iat.add(time_us - self.last)
        self.last = time_us

    def count_bulk(self, packet):
        """The original compares references where it means addresses, so every packet is backward here."""
        side = self.direction(packet) if self.policy.fixed else 1
        self.bulks[side].add(packet.time_us, packet.payload, self.bulks[1 - side].last)

    def count_subflow(self, time_us):
        if time_us - self.last > GAP_US:
            self.subflow_gaps += 1
            self.update_activity(time_us)

    def update_activity(self, time_us):
        """Called by the table before a packet is added, and again from inside for a packet after a gap."""
        if time_us - self.active_end > self.policy.activity_timeout_us:
            if self.active_end > self.active_start:
                self.active.add(self.active_end - self.active_start)
            self.idle.add(time_us - self.active_end)
            self.active_start = time_us
        self.active_end = time_us

    def count_flags(self, packet):
        for flag in FLAGS:
            self.flags[flag] += packet.flags & flag != 0

    def count_directed(self, packet, side):
        for flag in DIRECTED_FLAGS:
            self.directed[flag][side] += packet.flags & flag != 0

    def count_length(self, packet, side):
        self.packets[side] += 1
        self.bytes[side] += packet.payload
        self.headers[side] += packet.header
        self.lengths[side].add(packet.payload)

    def count_retransmission(self, packet, side):
        """Segments count as sent again when their like was seen before; a continued flow goes on with the same memory."""
        if self.protocol != PROTOCOL_TCP:
            return
        segment = (packet.source, packet.sequence, packet.acknowledgement, packet.payload, packet.window)
        self.retransmissions[side] += segment in self.seen
        self.seen.add(segment)
