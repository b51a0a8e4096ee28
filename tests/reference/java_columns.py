"""The columns of the two Java dialects, in order: the header, and how the cell is computed from a flow.

Where a cell is an int it is written without a point; a float always has one. Zeros that stand for "no value" are ints
in some columns and floats in others, as in the tools.
"""
import math

from java_number import instant, twelve_hours
from java_packet import ACK, CWR, ECE, FIN, PSH, RST, SYN, URG

LABEL = "NeedManualLabel"
MICROSECONDS = 1000000
SIDES = (("Fwd", 0), ("Bwd", 1))


def ratio(a, b):
    """Division of doubles as in Java."""
    if b:
        return a / b
    return math.nan if a == 0 or math.isnan(a) else math.copysign(math.inf, a)


def statistic(series, name):
    return getattr(series, name)() if name in ("deviation", "variance") else getattr(series, name)


def if_any(series_of, name, wanted):
    """A statistic, or the int 0 when the condition wanted does not hold."""
    return lambda flow: statistic(series_of(flow), name) if wanted(flow) else 0


def group(prefix, series_of, names, wanted):
    return [(f"{prefix} {title}", if_any(series_of, name, wanted)) for title, name in names]


def per_second(amount):
    return lambda flow: ratio(float(amount(flow)), flow.duration() / MICROSECONDS)


def or_minus_one(getter):
    return lambda flow: getter(flow) if flow.duration() else -1


def side_rate(side):
    return lambda flow: flow.packets[side] / (flow.duration() / MICROSECONDS) if flow.duration() > 0 else 0.0


def zero_for_nan(getter):
    return lambda flow: 0.0 if math.isnan(getter(flow)) else getter(flow)


def identity(timestamp):
    return [("Flow ID", lambda f: f.key), ("Src IP", lambda f: f.source), ("Src Port", lambda f: f.source_port),
            ("Dst IP", lambda f: f.destination), ("Dst Port", lambda f: f.destination_port),
            ("Protocol", lambda f: f.protocol), ("Timestamp", lambda f: timestamp(f.start)),
            ("Flow Duration", lambda f: f.duration())]


def totals():
    return [("Total Fwd Packet", lambda f: f.packets[0]), ("Total Bwd packets", lambda f: f.packets[1]),
            ("Total Length of Fwd Packet", lambda f: f.lengths[0].sum),
            ("Total Length of Bwd Packet", lambda f: f.lengths[1].sum)]


def side_lengths():
    names = (("Max", "max"), ("Min", "min"), ("Mean", "mean"), ("Std", "deviation"))
    return [column for title, side in SIDES for column in
            group(f"{title} Packet Length", lambda f, s=side: f.lengths[s], names, lambda f, s=side: f.packets[s] > 0)]


def rates(wrap):
    return [("Flow Bytes/s", wrap(per_second(lambda f: sum(f.bytes)))),
            ("Flow Packets/s", wrap(per_second(lambda f: sum(f.packets))))]


def flow_iats(wrap):
    names = (("Mean", "mean"), ("Std", "deviation"), ("Max", "max"), ("Min", "min"))
    return [(f"Flow IAT {title}", wrap(lambda f, n=name: statistic(f.flow_iat, n))) for title, name in names]


def side_iats():
    names = (("Total", "sum"), ("Mean", "mean"), ("Std", "deviation"), ("Max", "max"), ("Min", "min"))
    return [column for title, side in SIDES for column in
            group(f"{title} IAT", lambda f, s=side: f.iats[s], names, lambda f, s=side: f.packets[s] > 1)]


def directed_flags(flags):
    return [(f"{title} {name} Flags", lambda f, b=bit, s=side: f.directed[b][s])
            for name, bit in flags for title, side in SIDES]


def headers_and_side_rates():
    return ([(f"{title} Header Length", lambda f, s=side: f.headers[s]) for title, side in SIDES]
            + [(f"{title} Packets/s", side_rate(side)) for title, side in SIDES])


def all_lengths():
    names = (("Min", "min"), ("Max", "max"), ("Mean", "mean"), ("Std", "deviation"), ("Variance", "variance"))
    return group("Packet Length", lambda f: f.all_lengths, names, lambda f: True)


def flag_counts():
    flags = (("FIN", FIN), ("SYN", SYN), ("RST", RST), ("PSH", PSH), ("ACK", ACK), ("URG", URG), ("CWR", CWR),
             ("ECE", ECE))
    return [(f"{name} Flag Count", lambda f, b=bit: f.flags[b]) for name, bit in flags]


def quotients(down_up):
    """Both columns of average sizes divide the sum by the number of packets; no packet gives 0.0."""
    def segment(side):
        return lambda f: f.lengths[side].sum / f.packets[side] if f.packets[side] else 0.0
    return [("Down/Up Ratio", lambda f: float(down_up(f.packets[1], f.packets[0])) if f.packets[0] else 0.0),
            ("Average Packet Size", lambda f: f.all_lengths.sum / sum(f.packets)),
            ("Fwd Segment Size Avg", segment(0)), ("Bwd Segment Size Avg", segment(1))]


def bulks(divide, zero, rate):
    def average(what, side):
        return lambda f: divide(getattr(f.bulks[side], what), f.bulks[side].count) if f.bulks[side].count else zero

    def speed(side):
        return lambda f: rate(f.bulks[side]) if f.bulks[side].duration else zero
    return [column for title, side in SIDES for column in
            ((f"{title} Bytes/Bulk Avg", average("bytes", side)), (f"{title} Packet/Bulk Avg", average("packets", side)),
             (f"{title} Bulk Rate Avg", speed(side)))]


def subflows(divide, zero):
    def share(what, side):
        return lambda f: divide(getattr(f, what)[side], f.subflow_gaps) if f.subflow_gaps else zero
    return [(f"Subflow {title} {name}", share(what, side))
            for title, side in SIDES for name, what in (("Packets", "packets"), ("Bytes", "bytes"))]


def windows():
    return [("FWD Init Win Bytes", lambda f: f.window[0]), ("Bwd Init Win Bytes", lambda f: f.window[1])]


def data_and_header_min(sides):
    return ([(f"{title} Act Data Pkts", lambda f, s=side: f.data_packets[s]) for title, side in sides]
            + [(f"{title} Seg Size Min", lambda f, s=side: f.header_min[s]) for title, side in sides])


def activity():
    names = (("Mean", "mean"), ("Std", "deviation"), ("Max", "max"), ("Min", "min"))
    return (group("Active", lambda f: f.active, names, lambda f: f.active.count > 0)
            + group("Idle", lambda f: f.idle, names, lambda f: f.idle.count > 0))


def corrected_extras():
    return [("ICMP Code", lambda f: f.icmp_code), ("ICMP Type", lambda f: f.icmp_type),
            ("Fwd TCP Retrans. Count", lambda f: f.retransmissions[0]),
            ("Bwd TCP Retrans. Count", lambda f: f.retransmissions[1]),
            ("Total TCP Retrans. Count", lambda f: sum(f.retransmissions)),
            ("Total Connection Flow Time", lambda f: f.connection_time)]


def same(getter):
    return getter


ORIGINAL = (identity(twelve_hours) + totals() + side_lengths() + rates(same) + flow_iats(same) + side_iats()
            + directed_flags((("PSH", PSH), ("URG", URG))) + headers_and_side_rates() + all_lengths() + flag_counts()
            + quotients(lambda down, up: down // up)
            + bulks(lambda a, b: a // b, 0, lambda bulk: int(bulk.bytes / (bulk.duration / MICROSECONDS)))
            + subflows(lambda a, b: a // b, 0) + windows() + data_and_header_min(SIDES[:1]) + activity()
            + [("Label", lambda f: LABEL)])

CORRECTED = (identity(instant) + totals() + side_lengths() + rates(or_minus_one) + flow_iats(zero_for_nan) + side_iats()
             + directed_flags((("PSH", PSH), ("URG", URG), ("RST", RST))) + headers_and_side_rates() + all_lengths()
             + flag_counts() + quotients(lambda down, up: down / up)
             + bulks(lambda a, b: a / b, 0.0, lambda bulk: bulk.bytes / (bulk.duration / MICROSECONDS))
             + subflows(lambda a, b: a / b, 0.0) + windows() + data_and_header_min(SIDES) + activity()
             + corrected_extras() + [("Label", lambda f: LABEL)])
