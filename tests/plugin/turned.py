"""Swaps the ends of every packet in captures, and compares the records with those of the original captures.

Forward is the direction of a flow's first packet, so turning all of them would only swap the names of the ends. Therefore the
first packet of each pair of ends is sent once more, unturned, long before: the active timeout ends that flow, and what
continues it keeps its orientation. Only plain frames are taken: IP straight in the link layer, whole, no fragments.
"""
import collections
import math

import pcap
import standard_capture

IDLE_S, LEAD_S = 10**9, 10**6
OPTIONS = ("-o", f"cicflow.idle_timeout:{IDLE_S}", "-o", f"cicflow.icmp_idle_timeout:{IDLE_S}", "-o",
           f"cicflow.active_timeout:{LEAD_S - 1}", "-o", "cicflow.tunnel:outer")
BEGIN_NS, STEP_NS = 2 * LEAD_S * pcap.NS_PER_SECOND, 1000
ETHERNET, RAW, SLL = 1, 101, 113
ETHERTYPES = {0x0800: 4, 0x86DD: 6}
VLAN = (0x8100, 0x88A8)
TCP, UDP, ICMP, ICMPV6 = 6, 17, 1, 58

Plain = collections.namedtuple("Plain", "data length addresses ports size key")


def network_at(data, link):
    """Where the IP header begins by the link layer; None when something else is there."""
    at = {ETHERNET: 14, RAW: 0, SLL: 16}.get(link)
    if at is None or len(data) < at + 20:
        return None
    if link == RAW:
        return at if data[0] >> 4 in (4, 6) else None
    while int.from_bytes(data[at - 2:at], "big") in VLAN:
        at += 4
    version = ETHERTYPES.get(int.from_bytes(data[at - 2:at], "big"))
    return at if len(data) > at and data[at] >> 4 == version else None


def plain(frame):
    """Where the ends are in a frame; None when it is not plain."""
    data = frame.data
    at = network_at(data, frame.link)
    if at is None or len(data) != frame.length:
        return None
    if data[at] >> 4 == 4:
        if len(data) < at + 20 or int.from_bytes(data[at + 6:at + 8], "big") & 0x3FFF or data[at] & 15 != 5:
            return None
        addresses, size, protocol, transport = at + 12, 4, data[at + 9], at + 20
        end = at + int.from_bytes(data[at + 2:at + 4], "big")
    else:
        if len(data) < at + 40:
            return None
        addresses, size, protocol, transport = at + 8, 16, data[at + 6], at + 40
        end = transport + int.from_bytes(data[at + 4:at + 6], "big")
    if protocol not in (TCP, UDP, ICMP, ICMPV6) or end > len(data) or end < transport + 8:
        return None
    ports = transport if protocol in (TCP, UDP) else None
    ends = {data[addresses:addresses + size] + data[transport:transport + 2] * (ports is not None),
            data[addresses + size:addresses + 2 * size] + data[transport + 2:transport + 4] * (ports is not None)}
    selector = b"" if ports is not None else data[transport:transport + 1] + data[transport + 4:transport + 6]
    return Plain(data, frame.length, addresses, ports, size, (protocol, frozenset(ends), selector))


def plain_frames(captures):
    """{link type: [(time, plain frame)]} of all captures one after the other; of their times the days are cut off, so that no flow
    lasts as long as the active timeout."""
    found = collections.defaultdict(list)
    for capture in captures:
        try:
            for frame in standard_capture.read_frames(capture):
                kept = plain(frame)
                if kept:
                    found[frame.link].append((BEGIN_NS + frame.time_ns % (LEAD_S // 2 * pcap.NS_PER_SECOND), kept))
        except (standard_capture.BadCapture, OSError, EOFError):
            pass  # cut short: what could be read is taken
    return found


def swap(data, at, size):
    return data[:at] + data[at + size:at + 2 * size] + data[at:at + size] + data[at + 2 * size:]


def turn(frame):
    """The sums over both ends, and with them the checksums, stay as they are."""
    data = swap(frame.data, frame.addresses, frame.size)
    return data if frame.ports is None else swap(data, frame.ports, 2)


def leaders(frames):
    first = {frame.key: frame.data for _, frame in reversed(frames)}
    for number, data in enumerate(first.values()):
        yield pcap.record(BEGIN_NS - LEAD_S * pcap.NS_PER_SECOND + number * STEP_NS, data)


def straight(frames):
    return [*leaders(frames), *(pcap.record(time, frame.data) for time, frame in frames)]


def turned(frames):
    return [*leaders(frames), *(pcap.record(time, turn(frame)) for time, frame in frames)]


def counterpart(column):
    others = {"fwd": "bwd", "bwd": "fwd"}
    return "_".join(others.get(word, word) for word in column.split("_"))


OF_ENDS = {"src_ip": "dst_ip", "dst_ip": "src_ip", "src_port": "dst_port", "dst_port": "src_port"}
FORWARD_ALONE = ("fwd_seg_size_min", "fwd_act_data_pkts")  # no such thing is measured backward


def same(a, b):
    return a == b or math.isclose(float(a), float(b), rel_tol=1e-12)


def differences(record, other):
    """(columns that are not as they should be, whether forward and backward are swapped in the turned capture's record)"""
    if all(record[column] == other[column] for column in OF_ENDS):
        was_sent_unturned = float(record["timestamp"]) * pcap.NS_PER_SECOND < BEGIN_NS
        has_one_end = record["src_ip"] == record["dst_ip"] and record["src_port"] == record["dst_port"]
        if was_sent_unturned or has_one_end:
            return [column for column in record if record[column] != other[column]], False
        wrong = [column for column in record
                 if column not in FORWARD_ALONE + ("down_up_ratio",) and not same(record[column], other[counterpart(column)])]
        return wrong, True
    return [column for column in record if record[column] != other[OF_ENDS.get(column, column)]], False
