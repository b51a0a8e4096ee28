"""The flow table of the corrected Java tool: how packets find their flow and when flows are written."""
import java_flow
from java_original import keys
from java_packet import ACK, FIN, PROTOCOL_ICMP, PROTOCOL_TCP, PROTOCOL_UDP, RST, SYN
from java_table import JavaTable

OPEN, FIRST_FIN, SECOND_FIN, READY = range(4)
CONNECTED = (PROTOCOL_TCP, PROTOCOL_UDP)


def reversed_orientation(packet):
    return packet.destination, packet.source, packet.destination_port, packet.source_port


class Corrected:
    def __init__(self, write):
        self.table, self.write, self.policy = JavaTable(), write, java_flow.CORRECTED

    def add(self, packet):
        forward, backward = keys(packet)
        key = forward if forward in self.table or backward not in self.table else backward
        if key not in self.table:
            self.begin(backward if answers(packet) else forward, packet)
            return
        flow = self.table[key]
        expired = packet.time_us - flow.start > self.policy.timeout_us
        reopened = flow.closing == READY and packet.flags & SYN
        if expired or reopened:
            self.succeed(flow, packet, reopened)
        elif other_message(flow, packet):
            self.table.remove(key)
            self.write(flow)
            self.begin(key, packet)
        else:
            flow.update_activity(packet.time_us)
            flow.add(packet)
            flow.closing = next_state(flow, packet)

    def begin(self, key, packet):
        orientation = reversed_orientation(packet) if answers(packet) else None
        self.table.put(key, java_flow.Flow(key, packet, self.policy, orientation))

    def succeed(self, flow, packet, reopened):
        """Write a flow that has ended, and begin the next under its key: anew, or as its continuation."""
        self.complete(flow)
        self.table.remove(flow.key)
        silent = flow.protocol == PROTOCOL_UDP and packet.time_us - flow.last > self.policy.timeout_us
        if reopened or silent or packet.protocol not in CONNECTED:
            self.begin(flow.key, packet)
            return
        following = java_flow.Flow(flow.key, packet, self.policy, flow.orientation(), flow.seen)
        following.connection_time = flow.connection_time + packet.time_us - flow.last
        self.table.put(flow.key, following)

    def complete(self, flow):
        if flow.protocol in CONNECTED:
            flow.connection_time += flow.duration()
        self.write(flow)

    def finish(self):
        for flow in self.table.values():
            self.complete(flow)


def answers(packet):
    """A SYN with ACK that begins a flow: its receiver is taken for the source."""
    return packet.flags & SYN and packet.flags & ACK


def other_message(flow, packet):
    return (flow.protocol == PROTOCOL_ICMP and flow.icmp_code != packet.icmp_code
            and flow.icmp_type != packet.icmp_type)


def next_state(flow, packet):
    """How far the connection is closed, after the packet has been added."""
    if packet.flags & FIN:
        if flow.closing == OPEN:
            return FIRST_FIN
        both = flow.directed[FIN][0] > 0 and flow.directed[FIN][1] > 0
        return SECOND_FIN if flow.closing == FIRST_FIN and both else flow.closing
    if packet.flags & RST:
        return READY
    return READY if packet.flags & ACK and flow.closing == SECOND_FIN else flow.closing
