"""The flow table of the original Java tool: how packets find their flow and when flows are written."""
import java_flow
from java_packet import FIN, RST
from java_table import JavaTable


def keys(packet):
    a, b = packet.source, packet.destination
    p, q = packet.source_port, packet.destination_port
    return f"{a}-{b}-{p}-{q}-{packet.protocol}", f"{b}-{a}-{q}-{p}-{packet.protocol}"


def ends(flow, packet):
    """A backward FIN ends a flow at once, a forward one never; a RST does from either side, unless it comes with a FIN."""
    if packet.flags & FIN:
        return flow.direction(packet) == 1
    return packet.flags & RST


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
        elif ends(flow, packet):
            flow.add(packet)
            self.table.remove(key)
            self.write(flow)
        elif not (packet.flags & FIN and flow.forward_fin):
            flow.forward_fin = flow.forward_fin or packet.flags & FIN
            flow.update_activity(packet.time_us)
            flow.add(packet)

    def cut(self, flow, packet):
        self.table.remove(flow.key)
        if sum(flow.packets) > 1:
            self.write(flow)
        self.table.put(flow.key, java_flow.Flow(flow.key, packet, self.policy, flow.orientation()))

    def finish(self):
        for flow in self.table.values():
            if sum(flow.packets) > 1:
                self.write(flow)
