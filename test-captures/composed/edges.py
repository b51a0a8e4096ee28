"""Time-outs, ends of connections, order in time, bulks, flags, identities: plain Ethernet, one capture a subject."""
import struct

import files
import packets as p
from capture import ICMP, ICMPV6, TCP, UDP, Capture, row
from files import MS, NS, S, at

A, B, C = "10.1.0.1", "10.1.0.2", "10.1.0.3"
A6, B6 = "fd01::1", "fd01::2"


def udp(source, destination, payload=b"x", ports=(1000, 2000)):
    return p.ethernet(p.ipv4(source, destination, p.udp(*ports, payload)))


def tcp(source, destination, flags, payload=b"", ports=(1000, 80), **more):
    return p.ethernet(p.ipv4(source, destination, p.tcp(*ports, flags, payload, **more)))


def ping(source, destination, kind=8, identifier=7, payload=b""):
    return p.ethernet(p.ipv4(source, destination, p.icmp(kind, 0, identifier, payload=payload)))


def ping6(source, destination, kind=128, identifier=7):
    return p.ethernet(p.ipv6(source, destination, p.icmpv6(kind, 0, identifier)))


def time_outs():
    """Exactly on a time-out a packet belongs to the old flow, a nanosecond later to a new one."""
    frames = []
    makers = ((240 * S, lambda n: udp(A, f"10.1.1.{n}")), (240 * S, lambda n: tcp(A, f"10.1.2.{n}", p.ACK)),
              (60 * S, lambda n: ping(A, f"10.1.3.{n}")), (60 * S, lambda n: ping6(A6, f"fd01::3:{n}")))
    for timeout, make in makers:
        for n, late in enumerate((0, 1 * NS)):
            frames += [at(n * MS, make(n)), at(n * MS + timeout + late, make(n))]
    ends = ((UDP, (A, 1000), "10.1.1.{}", 2000), (TCP, (A, 1000), "10.1.2.{}", 80), (ICMP, A, "10.1.3.{}", None),
            (ICMPV6, A6, "fd01::3:{}", None))
    rows, late_rows = [], []
    for protocol, source, pattern, port in ends:
        ends = [pattern.format(n) if port is None else (pattern.format(n), port) for n in (0, 1)]
        duration = 240.0 if port else 60.0
        rows.append((protocol, row(source, ends[0], protocol, (2, 0), flow_duration=duration, flow_iat_max=duration)))
        late_rows.append((protocol, row(source, ends[1], protocol, (1, 0), flow_duration=0.0)))
    whole, cut = dict(rows), dict(late_rows)
    # At 60.001 s and 1 ns the ICMP flow ends, its ICMPv6 neighbour in the same frame: both were due a nanosecond before, in
    # the order of their first packets. The TCP and UDP flows follow 180 s later. What never ended comes at the end, and
    # there the ICMP flows of two packets have ended 60 s after their last one.
    expected = [cut[ICMP], cut[ICMPV6], whole[ICMP], whole[ICMPV6], cut[ICMP], cut[ICMPV6], cut[UDP], cut[TCP],
                whole[UDP], whole[TCP], cut[UDP], cut[TCP]]
    return Capture("time-outs.pcap", files.pcap(in_time(frames), nanoseconds=True), expected, {})


def in_time(frames):
    return sorted(frames, key=lambda frame: frame.time_ns)


def other_frames_expire():
    """A frame that is no flow packet ends flows too: those longest unseen first, then in the order of first packets."""
    frames = [at(0, udp(A, B, ports=(1, 1))), at(1 * S, ping(A, B)), at(2 * S, udp(A, B, ports=(2, 2))),
              at(3 * S, udp(A, B, ports=(1, 1))), at(63 * S, p.arp()), at(300 * S, p.arp()), at(301 * S, udp(A, C))]
    expected = [row(A, B, ICMP, (1, 0)), row((A, 2), (B, 2), UDP, (1, 0)), row((A, 1), (B, 1), UDP, (2, 0), flow_duration=3.0),
                row((A, 1000), (C, 2000), UDP, (1, 0))]
    return Capture("other-frames-expire.pcap", files.pcap(frames), expected, {"no_ip": 2})


def tcp_ends():
    """What begins a new flow after FIN or RST, and what does not."""
    frames, rows = [], []

    def conversation(port, steps, *flows):
        for number, (forward, flags) in enumerate(steps):
            ends, ports = ((A, B), (port, 80)) if forward else ((B, A), (80, port))
            frames.append(at(port * S + number * 10 * MS, tcp(*ends, flags, ports=ports)))
        for forward, counts, columns in flows:
            ends = ((A, port), (B, 80))
            rows.append((port, row(*(ends if forward else ends[::-1]), TCP, counts, **columns)))

    syn, syn_ack, ack, fin, rst = p.SYN, p.SYN | p.ACK, p.ACK, p.FIN | p.ACK, p.RST | p.ACK
    # All have the same sequence number: a SYN that was seen before is repeated, and its connection's.
    conversation(1, [(1, syn), (0, syn_ack), (1, ack), (1, fin), (0, fin), (1, ack), (1, syn), (0, syn_ack)],
                 (1, (5, 3), {"fin_flag_cnt": 2, "syn_flag_cnt": 4}))
    conversation(2, [(1, syn), (0, rst), (1, syn), (0, rst), (1, syn)], (1, (3, 2), {"rst_flag_cnt": 2}))
    conversation(3, [(1, syn), (1, syn), (0, syn_ack)], (1, (2, 1), {"syn_flag_cnt": 3}))
    conversation(4, [(1, fin), (0, syn_ack), (1, ack)], (1, (2, 1), {"syn_flag_cnt": 1}))           # SYN with ACK begins none
    # A SYN after the first packet of its side, which has the initial number and one; or after none, when it was acknowledged as 0.
    conversation(5, [(1, fin), (0, syn)], (1, (1, 0), {}), (0, (1, 0), {"syn_flag_cnt": 1}))
    conversation(6, [(1, p.RST), (1, p.SYN | p.ECE | p.CWR)], (1, (1, 0), {}), (1, (1, 0), {"ece_flag_cnt": 1}))
    conversation(7, [(1, p.SYN | p.FIN), (1, p.SYN | p.FIN)], (1, (2, 0), {"fin_flag_cnt": 2}))
    conversation(8, [(1, syn), (1, p.SYN | p.RST)], (1, (2, 0), {"rst_flag_cnt": 1}))               # the RST is its own packet's
    order = {5: (0, 1), 6: (0, 1)}
    ended, left, seen = [], [], {}
    for port, expected in rows:
        index = seen[port] = seen.get(port, -1) + 1
        (left if port not in order or order[port][index] else ended).append(expected)
    return Capture("tcp-ends.pcap", files.pcap(in_time(frames)), ended + left, {})


def time_order():
    """Reply before request, equal timestamps, and time that runs backwards."""
    frames = [at(10 * S, ping(B, A, 0)), at(11 * S, ping(A, B, 8)),
              at(12 * S, udp(A, B)), at(12 * S, udp(B, A, ports=(2000, 1000))), at(12 * S, udp(A, B)),
              at(14 * S, tcp(A, B, p.ACK)), at(13 * S, tcp(A, B, p.ACK)), at(13500 * MS, tcp(B, A, p.ACK, ports=(80, 1000))),
              at(15 * S, tcp(A, B, p.ACK)), at(0, udp(A, C)), at(-10 * S, udp(A, C)), at(1 * S, udp(A, C))]
    expected = [row(B, A, ICMP, (1, 1), flow_duration=1.0),
                row((A, 1000), (B, 2000), UDP, (2, 1), flow_duration=0.0, flow_byts_s=0.0, flow_pkts_s=0.0, fwd_iat_tot=0.0,
                    flow_iat_max=0.0),
                # 14 s, 13 s, 13.5 s (backward), 15 s: gaps 0, 0, 1; forward 0, 1; last seen minus first is 1 s.
                row((A, 1000), (B, 80), TCP, (3, 1), flow_duration=1.0, flow_iat_max=1.0, flow_iat_min=0.0,
                    flow_iat_mean=1 / 3, fwd_iat_tot=1.0, fwd_iat_max=1.0, fwd_iat_min=0.0, fwd_iat_mean=0.5, fwd_iat_std=0.5,
                    bwd_iat_tot=0.0),
                # 0 s, -10 s, 1 s: gaps 0 and 1.
                row((A, 1000), (C, 2000), UDP, (3, 0), flow_duration=1.0, fwd_iat_tot=1.0)]
    return Capture("time-order.pcap", files.pcap(frames), expected, {})


def gaps():
    """Gaps on and a nanosecond over the activity time-out and the subflow gap."""
    times = {1: (0, 5 * S), 2: (0, 5 * S + NS), 3: (0, 1 * S), 4: (0, 1 * S + NS),
             5: (0, 2 * S, 8 * S, 14 * S, 15 * S, 30 * S)}
    frames = [at(time, udp(A, B, ports=(port, 9))) for port, offsets in times.items() for time in offsets]

    def expect(port, **columns):
        return row((A, port), (B, 9), UDP, (len(times[port]), 0), **columns)
    expected = [expect(1, idle_max=0.0, active_max=0.0, subflow_fwd_pkts=1.0),
                # The period before the idle one has no length: not counted.
                expect(2, idle_max=5.000000001, idle_min=5.000000001, idle_mean=5.000000001, idle_std=0.0, active_max=0.0,
                       subflow_fwd_pkts=1.0),
                expect(3, idle_max=0.0, subflow_fwd_pkts=2.0), expect(4, subflow_fwd_pkts=1.0),
                # Active 0-2, (8-8), 14-15; idle 6, 6, 15; the gap of 2 s and the three idle ones begin subflows: 5 of them.
                expect(5, active_max=2.0, active_min=1.0, active_mean=1.5, active_std=0.5, idle_max=15.0, idle_min=6.0,
                       idle_mean=9.0, idle_std=18 ** 0.5, subflow_fwd_pkts=6 / 5, subflow_fwd_byts=6 * 43 / 5)]
    return Capture("gaps.pcap", files.pcap(in_time(frames), nanoseconds=True), expected, {})


def bulks():
    """Runs of three and four packets with payload, and what breaks a run."""
    frames, expected = [], []

    def run(port, steps, **columns):
        """steps: (time, forward, payload bytes)"""
        for time, forward, size in steps:
            ends, ports = ((A, B), (port, 9)) if forward else ((B, A), (9, port))
            frames.append(at(time, tcp(*ends, p.ACK, bytes(size), ports=ports)))
        forward = sum(1 for step in steps if step[1])
        expected.append(row((A, port), (B, 9), TCP, (forward, len(steps) - forward), **columns))

    def every(step, *sizes, forward=1):
        return [(number * step, forward, size) for number, size in enumerate(sizes)]

    none = dict(fwd_byts_b_avg=0.0, fwd_pkts_b_avg=0.0, fwd_blk_rate_avg=0.0)
    run(1, every(100 * MS, 10, 20, 30), **none)
    run(2, every(100 * MS, 10, 20, 30, 40), fwd_byts_b_avg=100.0, fwd_pkts_b_avg=4.0, fwd_blk_rate_avg=100 / 0.3)
    run(3, every(1 * S, 10, 10, 10, 10), fwd_byts_b_avg=40.0, fwd_pkts_b_avg=4.0, fwd_blk_rate_avg=40 / 3)
    run(4, every(1 * S + NS, 10, 10, 10, 10), **none)
    run(5, [(0, 1, 10), (1 * MS, 1, 10), (2 * MS, 0, 0), (3 * MS, 1, 10), (4 * MS, 1, 10)], fwd_byts_b_avg=40.0,
        fwd_blk_rate_avg=40 / 0.004)                                     # an acknowledgement does not break it
    run(6, [(0, 1, 10), (1 * MS, 1, 10), (2 * MS, 0, 1), (3 * MS, 1, 10), (4 * MS, 1, 10)], bwd_byts_b_avg=0.0, **none)
    run(7, every(1 * MS, 0, 0, 0, 0), **none)
    run(8, every(0, 5, 5, 5, 5), fwd_byts_b_avg=20.0, fwd_pkts_b_avg=4.0, fwd_blk_rate_avg=0.0)     # no time: no rate
    run(9, every(1 * MS, 1, 1, 1, 1) + [(10 * MS + number * MS, 0, 2) for number in range(5)]
        + [(20 * MS + number * MS, 1, 3) for number in range(6)], fwd_pkts_b_avg=5.0, fwd_byts_b_avg=11.0,
        fwd_blk_rate_avg=22 / 0.008, bwd_pkts_b_avg=5.0, bwd_byts_b_avg=10.0, bwd_blk_rate_avg=10 / 0.004)
    return Capture("bulks.pcap", files.pcap(in_time(frames), nanoseconds=True), expected, {})


def tcp_flags():
    """Every flag alone, all, none; forward and backward PSH and URG; the reserved bit beside them."""
    names = ("fin", "syn", "rst", "psh", "ack", "urg", "ece")
    frames, expected = [], []
    for bit in range(8):
        frames += [at(bit * MS, tcp(A, B, 1 << bit, ports=(bit + 1, 80), window=bit)),
                   at(bit * MS + 100 * MS, tcp(B, A, 1 << bit, ports=(80, bit + 1), window=65535))]
        counts = {f"{name}_flag_cnt": 2 if bit == index else 0 for index, name in enumerate(names)}
        expected.append(row((A, bit + 1), (B, 80), TCP, (1, 1), cwr_flag_count=2 if bit == 7 else 0, init_fwd_win_byts=bit,
                            init_bwd_win_byts=65535, fwd_psh_flags=int(bit == 3), bwd_psh_flags=int(bit == 3),
                            fwd_urg_flags=int(bit == 5), bwd_urg_flags=int(bit == 5), **counts))
    frames += [at(20 * MS, tcp(A, B, 0xFF, ports=(20, 80))), at(21 * MS, tcp(A, B, 0, ports=(21, 80)))]
    all_flags = {f"{name}_flag_cnt": 1 for name in names}
    # SYN with ACK: the receiver opened the flow.
    expected += [row((B, 80), (A, 20), TCP, (0, 1), cwr_flag_count=1, fwd_psh_flags=0, bwd_psh_flags=1, **all_flags),
                 row((A, 21), (B, 80), TCP, (1, 0), **dict.fromkeys(all_flags, 0))]
    accurate_ecn = bytearray(tcp(A, B, p.SYN, ports=(22, 80)))
    accurate_ecn[14 + 20 + 12] |= 1
    frames.append(at(22 * MS, bytes(accurate_ecn)))
    expected.append(row((A, 22), (B, 80), TCP, (1, 0), syn_flag_cnt=1, fin_flag_cnt=0, fwd_act_data_pkts=0))
    return Capture("tcp-flags.pcap", files.pcap(in_time(frames)), expected, {})


def icmp_identity():
    """Types, identifiers and codes; source and destination the same; neighbour discovery."""
    frames = [ping(A, B, 8, 1), ping(B, A, 0, 1), ping(A, B, 8, 2), ping(A, B, 13, 1), ping(B, A, 14, 1),
              ping(B, A, 16, 3), ping(A, B, 15, 3), ping(A, B, 17, 3), ping(B, A, 18, 3),
              p.ethernet(p.ipv4(A, B, p.icmp(9, 0, 77))), p.ethernet(p.ipv4(A, B, p.icmp(9, 16, 78))),
              ping(A, A, 8, 5), ping(A, A, 0, 5),
              ping6(A6, B6, 128, 1), ping6(B6, A6, 129, 1),
              p.ethernet(p.ipv6(A6, "ff02::1:ff00:2", p.icmpv6(135, payload=bytes(24)))),
              p.ethernet(p.ipv6(B6, A6, p.icmpv6(136, payload=bytes(24)))),
              p.ethernet(p.ipv6(A6, "ff02::16", p.icmpv6(143, payload=bytes(20)), [(p.HOP_BY_HOP, b"\0\x05\x02\0\0\1\0")]))]
    no_ports = dict(src_port=-1, dst_port=-1, fin_flag_cnt=-1, fwd_psh_flags=-1, init_fwd_win_byts=-1, cwr_flag_count=-1)
    expected = [row(A, B, ICMP, (1, 1), totlen_fwd_pkts=42, fwd_act_data_pkts=0, **no_ports), row(A, B, ICMP, (1, 0)),
                row(A, B, ICMP, (1, 1)), row(B, A, ICMP, (1, 1)), row(A, B, ICMP, (1, 1)),
                row(A, B, ICMP, (2, 0)),                                # router advertisement: code and bytes 4-5 do not matter
                row(A, A, ICMP, (2, 0)),
                row(A6, B6, ICMPV6, (1, 1), **no_ports), row(A6, "ff02::1:ff00:2", ICMPV6, (1, 0), fwd_act_data_pkts=1),
                row(B6, A6, ICMPV6, (1, 0)), row(A6, "ff02::16", ICMPV6, (1, 0), fwd_header_len=48, fwd_seg_size_min=48)]
    return Capture("icmp-identity.pcap", files.pcap([at(n * MS, frame) for n, frame in enumerate(frames)]), expected, {})


def same_ends():
    """Source and destination alike: address, port or both."""
    frames = [tcp(A, A, p.SYN, ports=(5, 6)), tcp(A, A, p.SYN | p.ACK, ports=(6, 5)), tcp(A, A, p.SYN, ports=(7, 7)),
              tcp(A, A, p.SYN, ports=(7, 7)), udp(A, B, ports=(9, 9)), udp(B, A, ports=(9, 9)), udp(A, A, ports=(0, 0)),
              tcp(A, B, p.SYN, ports=(9, 9))]
    expected = [row((A, 5), (A, 6), TCP, (1, 1)), row((A, 7), (A, 7), TCP, (2, 0)), row((A, 9), (B, 9), UDP, (1, 1)),
                row((A, 0), (A, 0), UDP, (1, 0)), row((A, 9), (B, 9), TCP, (1, 0))]
    return Capture("same-ends.pcap", files.pcap([at(n * MS, frame) for n, frame in enumerate(frames)]), expected, {})


def nothing():
    """No frames at all, and frames without any flow packet."""
    return [Capture("empty.pcap", files.pcap([]), [], {}),
            Capture("no-flows.pcap", files.pcap([at(0, p.arp()), at(1, p.ethernet(p.ipv4(A, B, p.sctp()))),
                                                 at(2, p.ethernet(b"", 0x88CC))], nanoseconds=True), [],
                    {"no_ip": 2, "other_transport": 1})]


def similar_frames():
    """Frames without IP that are told from others by a few bytes, each beside one of the same kind that has a packet."""
    packet = p.ipv4(A, B, p.udp(1000, 2000, b"x"))
    isl = bytes.fromhex("01000c000000020000000001") + struct.pack("!H", 60) + bytes.fromhex("aaaa0300000c2000 00010000")
    values = [struct.pack("!BBI", kind, 4, 7) for kind in (1, 2, 3)]
    redback = lambda *parts: p.ethernet(p.ipv4(A, C, p.udp(1000, 2000, b"".join(parts))))
    frames = [p.ethernet(packet)[:4], p.ethernet(packet)[:13],
              p.ethernet(bytes.fromhex("25800000"), 0x8899, 60),                 # Realtek: a loop is looked for
              p.ethernet(bytes.fromhex("020c0a0165"), 0x890D, 60),               # WLAN: a direct link is looked for,
              p.ethernet(bytes.fromhex("020c0001010000"), 0x890D, 60),           # and begun
              p.ethernet(bytes.fromhex("0001af810100"), 6), p.ethernet(bytes.fromhex("0001af810100"), 6, 60),
              p.ethernet(bytes.fromhex("060603") + packet, 3 + len(packet)),     # IP in LLC
              isl + p.ethernet(packet, least=60) + bytes(4),
              redback(*values, b"\0\0", packet), redback(*values[:2], b"\0\0", packet)]
    expected = [row((A, 1000), (B, 2000), UDP, (3, 0)), row((A, 1000), (C, 2000), UDP, (1, 0))]
    return Capture("similar-frames.pcap", files.pcap([at(n * MS, frame) for n, frame in enumerate(frames)]), expected,
                   {"no_ip": 7}, reference=False)


def captures():
    return [similar_frames(), time_outs(), other_frames_expire(), tcp_ends(), time_order(), gaps(), bulks(), tcp_flags(), icmp_identity(),
            same_ends(), *nothing()]
