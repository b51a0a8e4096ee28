"""Flow packets into flows: identity, direction, begin, end, and the order in which flows are written.

A flow keeps all its packets; standard_features.py computes the record from them when the flow is complete. The table calls
`emit(flow)` for every completed flow, in the order of the rows. Times are integer nanoseconds; those of a flow never run
backwards: a packet older than the one before counts at that one's time.
"""
from collections import OrderedDict, namedtuple

from standard_internet import ICMP, ICMPV6, TCP

REPLY_TO_REQUEST = {ICMP: {0: 8, 14: 13, 16: 15, 18: 17, 43: 42}, ICMPV6: {129: 128, 161: 160}}
FIN, SYN, RST, PSH, ACK, URG, ECE, CWR = (1 << bit for bit in range(8))
SEQUENCE_NUMBERS = 1 << 32

Observation = namedtuple("Observation", "time_ns forward length packet")
TimeOuts = namedtuple("TimeOuts", "idle_ns icmp_idle_ns active_ns closed_ns")
PORTS, PINGS, CLOSED = "ports", "pings", "closed"            # what flows wait for together


def identity(packet, by_vlan):
    """The same for both directions of a flow."""
    kind = REPLY_TO_REQUEST.get(packet.protocol, {}).get(packet.icmp_type, packet.icmp_type)
    ends = sorted([(packet.source, packet.source_port), (packet.destination, packet.destination_port)])
    return packet.protocol, tuple(ends), kind, packet.icmp_id, packet.vlans if by_vlan else ()


class Connection:
    """The packets of a TCP connection so far, and whether a SYN is part of it."""

    def __init__(self):
        self.packets = []

    def initial_number(self, sender):
        """The sender's initial sequence number as far as the packets tell it."""
        own = [packet for packet in self.packets if sender_of(packet) == sender]
        syns = [packet.sequence for packet in own if packet.flags & SYN]
        if syns:
            return syns[-1]
        for packet in self.packets:
            if sender_of(packet) == sender:
                return (packet.sequence - 1) % SEQUENCE_NUMBERS
            if packet.flags & (SYN | ACK) == SYN | ACK:
                return (packet.acknowledgement - 1) % SEQUENCE_NUMBERS
        return None

    def is_closed(self):
        """Whether a RST was seen, or a FIN from both sides."""
        finished = {sender_of(packet) for packet in self.packets if packet.flags & FIN}
        return len(finished) == 2 or any(packet.flags & RST for packet in self.packets)

    def is_left_by(self, packet):
        """Whether the packet asks for another connection."""
        if packet.flags & (SYN | ACK) != SYN or not any(seen.flags & (FIN | RST | ACK) for seen in self.packets):
            return False
        return packet.sequence != self.initial_number(sender_of(packet))


def sender_of(packet):
    return packet.source, packet.source_port


class Flow:
    """The packets of one flow and the sender of its forward direction."""

    def __init__(self, number, key, packet, time_ns, forward_end=None):
        self.number, self.key, self.protocol = number, key, packet.protocol
        opened = packet.flags & (SYN | ACK) == SYN | ACK
        self.source = forward_end or ((packet.destination, packet.destination_port) if opened else sender_of(packet))
        ends = list(key[1])
        ends.remove(self.source)
        self.destination = ends[0]
        self.observations, self.connection = [], Connection()
        self.first_ns = self.last_seen_ns = time_ns

    def add(self, time_ns, length, packet):
        forward = sender_of(packet) == self.source
        self.last_seen_ns = max(self.last_seen_ns, time_ns)
        self.observations.append(Observation(self.last_seen_ns, forward, length, packet))
        if self.protocol == TCP:
            self.connection.packets.append(packet)


class FlowTable:
    """All open flows."""

    def __init__(self, time_outs, emit, by_vlan=False):
        self.emit, self.by_vlan, self.active_ns = emit, by_vlan, time_outs.active_ns
        self.idle_ns = {PORTS: time_outs.idle_ns, PINGS: time_outs.icmp_idle_ns, CLOSED: time_outs.closed_ns}
        self.flows = {}
        self.queues = {PORTS: OrderedDict(), PINGS: OrderedDict(), CLOSED: OrderedDict()}       # longest unseen first
        self.completed, self.begun = [], 0

    def frame(self, time_ns, packet, length):
        """Takes one frame; packet is None when it carries no flow packet."""
        for name, queue in self.queues.items():
            self._expire(queue, self.idle_ns[name], time_ns)
        if packet:
            self._add(time_ns, length, packet)
        for _, _, flow in sorted(self.completed, key=lambda entry: entry[:2]):
            self.emit(flow)
        self.completed.clear()

    def end(self):
        """Completes all that is open."""
        for flow in sorted(self.flows.values(), key=lambda flow: flow.number):
            self.emit(flow)

    def _queue(self, flow):
        if flow.protocol in (ICMP, ICMPV6):
            return PINGS
        return CLOSED if self.idle_ns[CLOSED] and flow.connection.is_closed() else PORTS

    def _expire(self, queue, idle_ns, time_ns):
        while queue:
            flow = next(iter(queue.values()))
            if time_ns - flow.last_seen_ns <= idle_ns:
                return
            self._complete(flow, flow.last_seen_ns + idle_ns)

    def _complete(self, flow, time_ns):
        self.completed.append((time_ns, flow.number, flow))
        del self.flows[flow.key], self.queues[self._queue(flow)][flow.key]

    def _add(self, time_ns, length, packet):
        key = identity(packet, self.by_vlan)
        flow, forward_end = self.flows.get(key), None
        if flow:
            forward_end = self._cut(flow, time_ns, packet)
            flow = self.flows.get(key)
        if not flow:
            flow = Flow(self.begun, key, packet, time_ns, forward_end)
            self.begun += 1
            self.flows[key] = flow
        else:
            del self.queues[self._queue(flow)][key]
        flow.add(time_ns, length, packet)
        self.queues[self._queue(flow)][key] = flow

    def _cut(self, flow, time_ns, packet):
        """Completes the flow if this packet ends it; returns the forward end when the next one continues it."""
        idle_ns = self.idle_ns[self._queue(flow)]
        if time_ns - flow.last_seen_ns > idle_ns:
            self._complete(flow, flow.last_seen_ns + idle_ns)
        elif packet.protocol == TCP and flow.connection.is_left_by(packet):
            self._complete(flow, time_ns)
        elif self.active_ns and time_ns - flow.first_ns > self.active_ns:
            self._complete(flow, time_ns)
            return flow.source
        return None
