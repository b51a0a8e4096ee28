"""The 82 columns of a completed flow, straight from their definitions and from the list of all its packets.

All arithmetic is on integers (bytes, nanoseconds); the only rounding is the last step, to the double nearest to the exact
value. Nothing here is meant to be fast.
"""
import time
from math import isqrt

from standard_internet import ICMP, ICMPV6, address_text
from standard_table import ACK, CWR, ECE, FIN, PSH, RST, SYN, URG

NS_PER_SECOND = 10 ** 9
LEAST_BULK_PACKETS = 4

COLUMNS = """src_ip dst_ip src_port dst_port protocol timestamp flow_duration flow_byts_s flow_pkts_s fwd_pkts_s bwd_pkts_s
tot_fwd_pkts tot_bwd_pkts totlen_fwd_pkts totlen_bwd_pkts fwd_pkt_len_max fwd_pkt_len_min fwd_pkt_len_mean fwd_pkt_len_std
bwd_pkt_len_max bwd_pkt_len_min bwd_pkt_len_mean bwd_pkt_len_std pkt_len_max pkt_len_min pkt_len_mean pkt_len_std
pkt_len_var fwd_header_len bwd_header_len fwd_seg_size_min fwd_act_data_pkts flow_iat_mean flow_iat_max flow_iat_min
flow_iat_std fwd_iat_tot fwd_iat_max fwd_iat_min fwd_iat_mean fwd_iat_std bwd_iat_tot bwd_iat_max bwd_iat_min bwd_iat_mean
bwd_iat_std fwd_psh_flags bwd_psh_flags fwd_urg_flags bwd_urg_flags fin_flag_cnt syn_flag_cnt rst_flag_cnt psh_flag_cnt
ack_flag_cnt urg_flag_cnt ece_flag_cnt down_up_ratio pkt_size_avg init_fwd_win_byts init_bwd_win_byts active_max active_min
active_mean active_std idle_max idle_min idle_mean idle_std fwd_byts_b_avg fwd_pkts_b_avg bwd_byts_b_avg bwd_pkts_b_avg
fwd_blk_rate_avg bwd_blk_rate_avg fwd_seg_size_avg bwd_seg_size_avg cwr_flag_count subflow_fwd_pkts subflow_bwd_pkts
subflow_fwd_byts subflow_bwd_byts""".split()
TCP_COLUMNS = COLUMNS[2:4] + COLUMNS[46:57] + COLUMNS[59:61] + COLUMNS[77:78]    # -1 in ICMP flows
FLAG_COLUMNS = {"fin_flag_cnt": FIN, "syn_flag_cnt": SYN, "rst_flag_cnt": RST, "psh_flag_cnt": PSH, "ack_flag_cnt": ACK,
                "urg_flag_cnt": URG, "ece_flag_cnt": ECE, "cwr_flag_count": CWR}


def ratio(part, whole):
    """The double nearest to part / whole; 0 when there is no whole."""
    return part / whole if whole else 0.0


def per_second(count, duration_ns):
    return ratio(count * NS_PER_SECOND, duration_ns)


def root(numerator, denominator):
    """The double nearest to the square root of a fraction: enough bits, and a sticky bit for the remainder."""
    shift = max(0, 140 + denominator.bit_length() - numerator.bit_length()) & ~1
    scaled, rest = divmod(numerator << shift, denominator)
    whole = isqrt(scaled)
    sticky = bool(rest or whole * whole != scaled)
    return (2 * whole + sticky) / (1 << (shift // 2 + 1))


class Series:
    """Statistics of a list of integers in units of 1/scale; of no values they are 0."""

    def __init__(self, values, scale=1):
        self.count, self.total, self.scale = len(values), sum(values), scale
        self.squares = sum(value * value for value in values)
        self.most, self.least = max(values, default=0), min(values, default=0)

    def max(self):
        return self.most / self.scale

    def min(self):
        return self.least / self.scale

    def tot(self):
        return self.total / self.scale

    def mean(self):
        return ratio(self.total, self.count * self.scale)

    def var(self):
        return ratio(self._spread(), (self.count * self.scale) ** 2)

    def std(self):
        return root(self._spread(), (self.count * self.scale) ** 2) if self.count else 0.0

    def _spread(self):
        return self.count * self.squares - self.total * self.total

    def columns(self, name, *statistics):
        return {f"{name}_{statistic}": getattr(self, statistic)() for statistic in statistics}


def gaps(times_ns):
    """Times since the packet before, from the second packet on."""
    return [later - earlier for earlier, later in zip(times_ns, times_ns[1:])]


def active_periods(times_ns, activity_ns):
    """Lengths of the active periods that an idle period ended, zero lengths left out."""
    periods, begin, last = [], times_ns[0], times_ns[0]
    for time_ns in times_ns[1:]:
        if time_ns - last > activity_ns:
            periods.append(last - begin)
            begin = time_ns
        last = time_ns
    return [period for period in periods if period]


def bulks(observations, gap_ns):
    """(forward, packets, bytes, duration in ns) of every bulk."""
    runs = []
    for seen in observations:
        if not seen.packet.payload_bytes:
            continue
        if not runs or runs[-1][0].forward != seen.forward or seen.time_ns - runs[-1][-1].time_ns > gap_ns:
            runs.append([])
        runs[-1].append(seen)
    for run in runs:
        if len(run) >= LEAST_BULK_PACKETS:
            yield run[0].forward, len(run), sum(seen.packet.payload_bytes for seen in run), run[-1].time_ns - run[0].time_ns


def record(flow, activity_ns, gap_ns):
    """The flow's columns by name; real numbers are floats."""
    values = {}
    for part in (_identity(flow), _volume(flow), _times(flow, activity_ns), _flags(flow),
                 _bulk(flow, gap_ns), _subflows(flow, gap_ns)):
        values.update(part)
    if flow.protocol in (ICMP, ICMPV6):
        values.update(dict.fromkeys(TCP_COLUMNS, -1))
    return values


def cells(flow, activity_ns, gap_ns):
    """The row as text; a float in its shortest form that reads back the same."""
    values = record(flow, activity_ns, gap_ns)
    return [repr(value) if isinstance(value, float) else str(value) for value in map(values.__getitem__, COLUMNS)]


def _sides(flow):
    """(prefix, packets) of the two directions."""
    for prefix, forward in (("fwd", True), ("bwd", False)):
        yield prefix, [seen for seen in flow.observations if seen.forward == forward]


def _identity(flow):
    begin = time.localtime(flow.first_ns // NS_PER_SECOND)
    return {"src_ip": address_text(flow.source[0]), "dst_ip": address_text(flow.destination[0]),
            "src_port": flow.source[1], "dst_port": flow.destination[1], "protocol": flow.protocol,
            "timestamp": time.strftime("%Y-%m-%d %H:%M:%S", begin)}


def _volume(flow):
    """Packets, bytes, header and payload sizes."""
    values = {}
    duration_ns = flow.last_seen_ns - flow.first_ns
    everything = Series([seen.length for seen in flow.observations])
    values.update(everything.columns("pkt_len", "mean", "std", "var"))
    values.update(pkt_len_max=everything.most, pkt_len_min=everything.least, pkt_size_avg=everything.mean(),
                  flow_byts_s=per_second(everything.total, duration_ns),
                  flow_pkts_s=per_second(everything.count, duration_ns))
    for side, packets in _sides(flow):
        lengths = Series([seen.length for seen in packets])
        headers = [seen.packet.header_bytes for seen in packets]
        values.update(lengths.columns(f"{side}_pkt_len", "mean", "std"))
        values.update({f"{side}_pkt_len_max": lengths.most, f"{side}_pkt_len_min": lengths.least,
                       f"{side}_pkts_s": per_second(lengths.count, duration_ns),
                       f"tot_{side}_pkts": lengths.count, f"totlen_{side}_pkts": lengths.total,
                       f"{side}_header_len": sum(headers), f"{side}_seg_size_avg": lengths.mean(),
                       f"{side}_seg_size_min": min(headers, default=0),
                       f"{side}_act_data_pkts": sum(seen.packet.payload_bytes > 0 for seen in packets)})
    values["down_up_ratio"] = ratio(values["tot_bwd_pkts"], values["tot_fwd_pkts"])
    return values


def _times(flow, activity_ns):
    """Duration, inter-arrival times, active and idle periods."""
    times = [seen.time_ns for seen in flow.observations]
    values = {"flow_duration": (flow.last_seen_ns - flow.first_ns) / NS_PER_SECOND}
    between = gaps(times)
    values.update(Series(between, NS_PER_SECOND).columns("flow_iat", "mean", "max", "min", "std"))
    for side, packets in _sides(flow):
        own = Series(gaps([seen.time_ns for seen in packets]), NS_PER_SECOND)
        values.update(own.columns(f"{side}_iat", "tot", "max", "min", "mean", "std"))
    idle = Series([gap for gap in between if gap > activity_ns], NS_PER_SECOND)
    values.update(idle.columns("idle", "max", "min", "mean", "std"))
    active = Series(active_periods(times, activity_ns), NS_PER_SECOND)
    values.update(active.columns("active", "max", "min", "mean", "std"))
    return values


def _flags(flow):
    """TCP flags and first windows."""
    values = {name: sum(bool(seen.packet.flags & flag) for seen in flow.observations)
              for name, flag in FLAG_COLUMNS.items()}
    for side, packets in _sides(flow):
        values[f"{side}_psh_flags"] = sum(bool(seen.packet.flags & PSH) for seen in packets)
        values[f"{side}_urg_flags"] = sum(bool(seen.packet.flags & URG) for seen in packets)
        values[f"init_{side}_win_byts"] = packets[0].packet.window if packets else 0
    return values


def _bulk(flow, gap_ns):
    found, values = list(bulks(flow.observations, gap_ns)), {}
    for side, forward in (("fwd", True), ("bwd", False)):
        own = [bulk[1:] for bulk in found if bulk[0] == forward]
        packets, payload, duration_ns = (sum(column) for column in zip(*own)) if own else (0, 0, 0)
        values.update({f"{side}_byts_b_avg": ratio(payload, len(own)), f"{side}_pkts_b_avg": ratio(packets, len(own)),
                       f"{side}_blk_rate_avg": per_second(payload, duration_ns)})
    return values


def _subflows(flow, gap_ns):
    times = [seen.time_ns for seen in flow.observations]
    count, values = 1 + sum(gap > gap_ns for gap in gaps(times)), {}
    for side, packets in _sides(flow):
        values[f"subflow_{side}_pkts"] = ratio(len(packets), count)
        values[f"subflow_{side}_byts"] = ratio(sum(seen.length for seen in packets), count)
    return values
