"""One flow of the Python fork and the 82 cells of its record.

Deliberately simple: it keeps every packet and computes the record at the end, so that it can be checked by eye against
the rules in python_dialect.md.  The packet that creates the flow is in the list twice.
"""
import time
from decimal import Decimal

from python_bulk import Bulk
from python_packet import FLAG_BITS, ICMP
from python_statistics import deviation, mean, sum_in_order, variance

FORWARD, BACKWARD = 0, 1
MICROSECONDS = 10**6
PREFIX = ("fwd", "bwd")
NOT_FOR_ICMP = ("src_port", "dst_port", "fwd_psh_flags", "bwd_psh_flags", "fwd_urg_flags", "bwd_urg_flags", "fin_flag_cnt",
                "syn_flag_cnt", "rst_flag_cnt", "psh_flag_cnt", "ack_flag_cnt", "urg_flag_cnt", "ece_flag_cnt",
                "init_fwd_win_byts", "init_bwd_win_byts", "cwr_flag_count")


class Flow:
    def __init__(self, packet, direction, key):
        self.key = key
        self.protocol = packet.protocol
        self.start_us = self.latest_us = packet.time_us
        self.packets = [(packet, direction)]
        self.flow_iat_us = []
        self.bulks = (Bulk(), Bulk())
        self.windows = [0, 0]

    @property
    def duration_us(self):
        return self.latest_us - self.start_us

    def add(self, packet, direction):
        self.packets.append((packet, direction))
        if packet.payload_length > 0:
            self.bulks[direction].add(Decimal(packet.time_us) / MICROSECONDS, packet.payload_length,
                                      self.bulks[1 - direction])
        self.flow_iat_us.append(packet.time_us - self.latest_us)
        self.latest_us = max(self.latest_us, packet.time_us)
        if self.windows[direction] == 0:
            self.windows[direction] = packet.window

    def record(self):
        """The record as {column: value}, columns in order of the file."""
        sides = [[packet for packet, direction in self.packets if direction == side] for side in (FORWARD, BACKWARD)]
        cells = {}
        for part in (self._identity, self._rates, self._lengths, self._headers, self._gaps, self._flags, self._rest):
            cells.update(part(sides))
        if self.protocol == ICMP:
            cells.update(dict.fromkeys(NOT_FOR_ICMP, -1))
        return cells

    def _identity(self, _sides):
        source, destination, source_port, destination_port = self.key
        started = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(self.start_us // MICROSECONDS))
        return {"src_ip": source, "dst_ip": destination, "src_port": source_port, "dst_port": destination_port,
                "protocol": self.protocol, "timestamp": started, "flow_duration": self.duration_us / MICROSECONDS}

    def _rates(self, sides):
        duration = self.duration_us / MICROSECONDS
        counts = {"flow_byts_s": sum(packet.length for packet, _ in self.packets), "flow_pkts_s": len(self.packets),
                  "fwd_pkts_s": len(sides[FORWARD]), "bwd_pkts_s": len(sides[BACKWARD])}
        return {name: count / duration if duration else 0 for name, count in counts.items()}

    def _lengths(self, sides):
        lengths = [[packet.length for packet in side] for side in sides]
        every = [packet.length for packet, _ in self.packets]
        cells = {f"tot_{name}_pkts": len(side) for name, side in zip(PREFIX, sides)}
        cells.update({f"totlen_{name}_pkts": sum(values) for name, values in zip(PREFIX, lengths)})
        for name, values in (("fwd_pkt_len", lengths[FORWARD]), ("bwd_pkt_len", lengths[BACKWARD]), ("pkt_len", every)):
            cells[f"{name}_max"] = max(values, default=0)
            cells[f"{name}_min"] = min(values, default=0)
            cells[f"{name}_mean"] = mean(values) if values else 0
            cells[f"{name}_std"] = deviation(values) if values else 0.0
        cells["pkt_len_var"] = variance(every)
        return cells

    def _headers(self, sides):
        forward = [packet.header_length for packet in sides[FORWARD]]
        return {"fwd_header_len": sum(forward), "bwd_header_len": sum(packet.header_length for packet in sides[BACKWARD]),
                "fwd_seg_size_min": min(forward, default=0),
                "fwd_act_data_pkts": sum(packet.payload_length > 0 for packet in sides[FORWARD])}

    def _gaps(self, sides):
        cells = _gap_cells("flow_iat", self.flow_iat_us, ("mean", "max", "min", "std"))
        for name, side in zip(PREFIX, sides):
            gaps = [after.time_us - before.time_us for before, after in zip(side, side[1:])]
            cells.update(_gap_cells(f"{name}_iat", gaps, ("tot", "max", "min", "mean", "std")))
        return cells

    def _flags(self, sides):
        cells = {}
        for flag in ("PSH", "URG"):
            for name, side in zip(PREFIX, sides):
                cells[f"{name}_{flag.lower()}_flags"] = sum(bool(packet.flags & FLAG_BITS[flag]) for packet in side)
        for flag in ("FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE"):
            cells[f"{flag.lower()}_flag_cnt"] = sum(bool(packet.flags & FLAG_BITS[flag]) for packet, _ in self.packets)
        self._urgent_forward = cells["fwd_urg_flags"]
        return cells

    def _rest(self, sides):
        forward, backward = (len(side) for side in sides)
        lengths = [[packet.length for packet in side] for side in sides]
        cells = {"down_up_ratio": backward / forward if forward else 0,
                 "pkt_size_avg": sum(map(sum, lengths)) / len(self.packets),
                 "init_fwd_win_byts": self.windows[FORWARD], "init_bwd_win_byts": self.windows[BACKWARD]}
        cells.update({f"{period}_{what}": 0 for period in ("active", "idle") for what in ("max", "min", "mean", "std")})
        cells.update(self._bulk_cells())
        cells.update({f"{name}_seg_size_avg": mean(values) if values else 0 for name, values in zip(PREFIX, lengths)})
        cells["cwr_flag_count"] = self._urgent_forward
        cells.update({"subflow_fwd_pkts": forward, "subflow_bwd_pkts": backward,
                      "subflow_fwd_byts": sum(lengths[FORWARD]), "subflow_bwd_byts": sum(lengths[BACKWARD])})
        return cells

    def _bulk_cells(self):
        cells, rates = {}, {}
        for name, bulk in zip(PREFIX, self.bulks):
            cells[f"{name}_byts_b_avg"], cells[f"{name}_pkts_b_avg"], rates[f"{name}_blk_rate_avg"] = bulk.averages()
        return cells | rates


def _gap_cells(prefix, gaps_us, names):
    """Statistics of the gaps as seconds; all are 0 below two values."""
    gaps = [gap / MICROSECONDS for gap in gaps_us]
    computed = {"tot": sum_in_order, "max": max, "min": min, "mean": mean, "std": deviation}
    return {f"{prefix}_{name}": computed[name](gaps) if len(gaps) > 1 else 0 for name in names}
