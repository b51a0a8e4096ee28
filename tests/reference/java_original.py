"""The flow table of the original Java tool: how packets find their flow and when flows are written."""
import java_flow
from java_packet import FIN, RST
from java_table import JavaTable


def keys(packet):
    a, b = packet.source, packet.destination
    p, q = packet.source_port, packet.destination_port
    return f"{a}-{b}-{p}-{q}-{packet.protocol}", f"{b}-{a}-{q}-{p}-{packet.protocol}"


class Original:
    def __init__(self, write):
        self.table, self.write, self.policy = JavaTable(), write, java_flow.ORIGINAL

    def add(self, packet):
        forward, backward = keys(packet)
        key = forward if forward in self.table or backward not in self.table else backward
        if key not in self.table:
            self.table.put(key, java_flow.Flow(key, packet, self.policy))
            return
        flow = self.table[key]
        if packet.time_us - flow.start > self.policy.timeout_us:
            self.cut(flow, packet)
        elif packet.flags & FIN:
            self.fin(flow, packet)
        elif packet.flags & RST:
            self.complete(flow, packet)
        elif flow.fins[1] == 0 or (flow.direction(packet) == 0 and flow.fins[0] == 0):
            flow.update_activity(packet.time_us)
            flow.add(packet)

    def cut(self, flow, packet):
        self.table.remove(flow.key)
        if sum(flow.packets) > 1:
            self.write(flow)
        self.table.put(flow.key, java_flow.Flow(flow.key, packet, self.policy, flow.orientation()))

    def fin(self, flow, packet):
        side = flow.direction(packet)
        flow.fins[side] += 1
        if flow.fins[side] > 1:
            return
        if flow.fins[1] == 1:
            self.complete(flow, packet)
            return
        flow.update_activity(packet.time_us)
        flow.add(packet)

    def complete(self, flow, packet):
        flow.add(packet)
        self.table.remove(flow.key)
        self.write(flow)

    def finish(self):
        for flow in self.table.values():
            if sum(flow.packets) > 1:
                self.write(flow)
