"""IP fragments: a datagram counts once, in the frame that completes it, as long as all its frames together. One that lacks
pieces, but not its first, counts 30 s after its newest piece or at the end of the capture.

Datagrams that stay unfinished have identifications of their own, so that captures can follow each other in one file.
"""
import struct

import files
import packets as p
from capture import ICMP, ICMPV6, TCP, UDP, Capture, row
from files import MS, NS, S, at

A, B, C = "10.5.0.1", "10.5.0.2", "203.0.113.9"
P, Q = "192.0.2.1", "192.0.2.2"
A6, B6 = "fd05::1", "fd05::2"
PAYLOAD = bytes(range(56))                      # with the UDP header 64 bytes: four pieces of 16


def datagram(port, source=A, destination=B, payload=PAYLOAD):
    return p.ipv4(source, destination, p.udp(port, 9, payload))


def cut(port, identity, sizes=(16, 16, 16, 16), **ends):
    return [p.ethernet(piece) for piece in p.fragments(datagram(port, **ends), sizes, identity)]


def length(frames):
    return sum(len(frame) for frame in frames)


def numbered(frames):
    return [at(n * MS, frame) for n, frame in enumerate(frames)]


def orders():
    """In order, backwards, two datagrams interleaved; one that lacks its last piece counts at the end."""
    one, two, three, four, lone = cut(1, 1), cut(2, 2)[::-1], cut(3, 3), cut(4, 4, (32, 32)), cut(5, 0x1000)
    mixed = [three[0], four[1], three[2], three[1], four[0], three[3]]
    frames = one + two + mixed + lone[:3] + [p.ethernet(datagram(6))]
    one_row = dict(totlen_fwd_pkts=4 * (34 + 16), fwd_header_len=20, fwd_act_data_pkts=1, flow_duration=0.0)
    # The datagram of two pieces is complete before that of four which began before it.
    expected = [row((A, 1), (B, 9), UDP, (1, 0), **one_row), row((A, 2), (B, 9), UDP, (1, 0), **one_row),
                row((A, 4), (B, 9), UDP, (1, 0), totlen_fwd_pkts=2 * (34 + 32)), row((A, 3), (B, 9), UDP, (1, 0), **one_row),
                row((A, 6), (B, 9), UDP, (1, 0), totlen_fwd_pkts=98),
                row((A, 5), (B, 9), UDP, (1, 0), totlen_fwd_pkts=3 * 50, fwd_act_data_pkts=1)]
    return Capture("fragments-order.pcap", files.pcap(numbered(frames)), expected, {}, expected)


def time_of_last_piece():
    """A datagram has the time of the frame that completes it; after 30 s without a piece it counts without the others."""
    whole, exact, over = cut(1, 1, (32, 32)), cut(2, 2, (32, 32)), cut(3, 0x6000, (32, 32))
    frames = [at(0, p.ethernet(datagram(1))), at(1 * S, whole[0]), at(2 * S, p.ethernet(datagram(1))), at(29 * S, whole[1]),
              at(100 * S, exact[0]), at(130 * S, exact[1]), at(200 * S, over[0]), at(230 * S + NS, over[1]),
              at(240 * S, p.ethernet(datagram(3)))]
    # The second datagram's last piece comes exactly 30 s after the first, the third's a nanosecond later: it is without a
    # beginning, and the datagram counts with the time of the first piece and its 66 bytes.
    expected = [row((A, 1), (B, 9), UDP, (3, 0), flow_duration=29.0, totlen_fwd_pkts=2 * 98 + length(whole), fwd_iat_max=27.0,
                    fwd_iat_min=2.0),
                row((A, 2), (B, 9), UDP, (1, 0), totlen_fwd_pkts=length(exact)),
                row((A, 3), (B, 9), UDP, (2, 0), flow_duration=40.0, totlen_fwd_pkts=98 + 66, fwd_act_data_pkts=2)]
    return Capture("fragments-time.pcap", files.pcap(frames, nanoseconds=True), expected, {"fragment": 1}, expected)


def incomplete():
    """Datagrams that lack pieces: every transport, in encapsulations, late in flows that went on meanwhile."""
    def first_of(segment, identity, size=32, wrap=p.ethernet):
        return wrap(p.fragments(p.ipv4(A, B, segment), (size, len(segment.data) - size), identity)[0])

    def vxlan(packet):
        return p.ethernet(p.ipv4(P, Q, p.udp(50000, 4789, p.vxlan(p.ethernet(packet)))))
    tcp = p.tcp(1, 80, p.PSH | p.ACK, bytes(60), options=b"\1" * 4)
    six = p.fragments_v6(p.ipv6(A6, B6, p.udp(6, 9, PAYLOAD)), (24, 40), 0x6106)
    middle = cut(8, 0x6108)
    frames = [at(0, first_of(tcp, 0x6101)), at(1 * S, first_of(p.icmp(8, 0, 3, payload=bytes(56)), 0x6102)),
              at(2 * S, first_of(p.udp(3, 9, PAYLOAD), 0x6103, wrap=lambda packet: p.tagged(packet, (p.TYPE_VLAN, 5)))),
              at(3 * S, first_of(p.udp(4, 9, PAYLOAD), 0x6104, wrap=vxlan)),
              at(4 * S, cut(5, 0x6105, (32, 32))[1]),
              at(5 * S, p.ethernet(six[0])), at(6 * S, first_of(p.Segment(p.OSPF, bytes(64)), 0x6107)),
              at(7 * S, middle[0]), at(8 * S, middle[3]), at(9 * S, middle[2]),
              at(10 * S, first_of(p.tcp(9, 80, p.SYN), 0x6109, 8)),
              # A flow that goes on for 100 s: its datagram that began at 20 s counts at the frame of 60 s, at the flow's time.
              at(11 * S, p.ethernet(datagram(10))), at(20 * S, first_of(p.udp(10, 9, PAYLOAD), 0x6110)),
              at(45 * S, p.ethernet(datagram(10))),
              at(60 * S, p.ethernet(datagram(10)))]
    # Its flow is the first: those of the datagrams before begin when these are given up.
    expected = [
        row((A, 10), (B, 9), UDP, (4, 0), totlen_fwd_pkts=3 * 98 + 66, flow_duration=49.0, fwd_iat_max=34.0, fwd_iat_min=0.0),
        row((A, 1), (B, 80), TCP, (1, 0), totlen_fwd_pkts=66, fwd_act_data_pkts=1, psh_flag_cnt=1),     # 32 - 24 bytes of payload
        row(A, B, ICMP, (1, 0), totlen_fwd_pkts=66, fwd_act_data_pkts=1),
        row((A, 3), (B, 9), UDP, (1, 0), totlen_fwd_pkts=70, fwd_act_data_pkts=1),
        row((A, 4), (B, 9), UDP, (1, 0), totlen_fwd_pkts=50 + 66, fwd_act_data_pkts=1),
        row((A6, 6), (B6, 9), UDP, (1, 0), totlen_fwd_pkts=62 + 24, fwd_header_len=48, fwd_act_data_pkts=1),
        row((A, 8), (B, 9), UDP, (1, 0), totlen_fwd_pkts=3 * 50, fwd_act_data_pkts=1)]
    return Capture("fragments-incomplete.pcap", files.pcap(frames), expected, {"fragment": 1, "other_transport": 1, "undecodable": 1})


def cut_by_snaplen():
    """Pieces of which not all is captured: the headers tell that the datagram is complete."""
    one, two, back = cut(1, 1), cut(2, 2, (32, 32))[::-1], cut(3, 3)
    ping = [p.ethernet(x) for x in p.fragments(p.ipv4(A, B, p.icmp(8, 0, 3, payload=bytes(56))), (32, 32), 4)]
    six = [p.ethernet(x) for x in p.fragments_v6(p.ipv6(A6, B6, p.udp(6, 9, PAYLOAD)), (32, 32), 5)]
    unknown = cut(7, 0x6207, (32, 32))
    frames = [(frame, 42) for frame in one + two] + [(back[0], 41), *((frame, 42) for frame in back[1:])]
    frames += [(frame, 42) for frame in ping] + [(frame, 70) for frame in six] + [(unknown[0], 34), (unknown[1], 34)]
    expected = [row((A, 1), (B, 9), UDP, (1, 0), totlen_fwd_pkts=4 * 50, fwd_act_data_pkts=1),
                row((A, 2), (B, 9), UDP, (1, 0), totlen_fwd_pkts=2 * 66, fwd_act_data_pkts=1),
                row(A, B, ICMP, (1, 0), totlen_fwd_pkts=2 * 66, fwd_act_data_pkts=1),
                row((A6, 6), (B6, 9), UDP, (1, 0), totlen_fwd_pkts=2 * (62 + 32), fwd_header_len=48)]
    return Capture("fragments-cut.pcap", files.pcap([at(n * MS, frame, size) for n, (frame, size) in enumerate(frames)], snaplen=70),
                   expected, {"undecodable": 6}, expected)


def repeated():
    """Pieces that come twice belong to the datagram while it is open; what comes when it is complete begins another."""
    one, two, three = cut(1, 0x2000), cut(2, 2), cut(3, 3)
    frames = [one[0], one[0], one[1], one[2], one[2], one[3], one[3], two[0], two[1], two[2], two[3], *two, *three]
    expected = [row((A, 1), (B, 9), UDP, (1, 0), totlen_fwd_pkts=6 * 50), row((A, 2), (B, 9), UDP, (2, 0), totlen_fwd_pkts=8 * 50),
                row((A, 3), (B, 9), UDP, (1, 0), totlen_fwd_pkts=4 * 50)]
    return Capture("fragments-repeated.pcap", files.pcap(numbered(frames)), expected, {"fragment": 1}, expected)


def piece(packet, begin, end, identity):
    """The bytes from begin to end of the packet's payload as one fragment; ends may overlap those of others."""
    body = packet[20:]
    head = packet[:4] + struct.pack("!HH", identity, (0x2000 if end < len(body) else 0) | begin // 8) + packet[8:10]
    head = head[:2] + struct.pack("!H", 20 + end - begin) + head[4:]
    return p.ethernet(p.put_checksum(head + b"\0\0" + packet[12:20], 10) + body[begin:end])


def overlapping():
    """Pieces that share bytes: the datagram is as long as it says, its packet length that of all its frames."""
    whole = datagram(1)
    one = [piece(whole, 0, 32, 1), piece(whole, 16, 48, 1), piece(whole, 40, 64, 1)]
    two = [piece(datagram(2), 32, 64, 2), piece(datagram(2), 8, 40, 2), piece(datagram(2), 0, 16, 2)]
    three = [piece(datagram(3), 0, 64, 3)]                     # offset 0 and no more: no fragment at all
    expected = [row((A, port), (B, 9), UDP, (1, 0), totlen_fwd_pkts=length(frames), fwd_act_data_pkts=1)
                for port, frames in ((1, one), (2, two), (3, three))]
    return Capture("fragments-overlapping.pcap", files.pcap(numbered(one + two + three)), expected, {}, expected)


def transports():
    """TCP, ICMP and others than the four in pieces; options in every piece."""
    tcp = p.fragments(p.ipv4(A, B, p.tcp(1, 80, p.PSH | p.ACK, bytes(44))), (24, 40), 1)
    ping = p.fragments(p.ipv4(A, B, p.icmp(8, 0, 3, payload=bytes(56))), (32, 32), 2)
    sctp = p.fragments(p.ipv4(A, B, p.Segment(p.SCTP, p.sctp().data + bytes(32))), (32, 32), 3)
    ospf = p.fragments(p.ipv4(A, B, p.Segment(p.OSPF, bytes(64))), (32, 32), 4)
    frames = [p.ethernet(packet) for packet in tcp + ping + sctp + ospf]
    frames += [p.ethernet(p.ipv4(A, B, p.Segment(17, p.udp(2, 9, PAYLOAD).data[at_:to]), 5, b"\1" * 4, more | at_ // 8))
               for at_, to, more in ((0, 32, 0x2000), (32, 64, 0))]
    expected = [row((A, 1), (B, 80), TCP, (1, 0), psh_flag_cnt=1, totlen_fwd_pkts=2 * 34 + 64, fwd_act_data_pkts=1),
                row(A, B, ICMP, (1, 0), totlen_fwd_pkts=2 * 34 + 64),
                row((A, 2), (B, 9), UDP, (1, 0), totlen_fwd_pkts=2 * 38 + 64, fwd_header_len=24)]
    return Capture("fragments-transports.pcap", files.pcap(numbered(frames)), expected, {"other_transport": 4}, expected)


def small_first():
    """A first piece too short for the transport header, and one that is all there is captured of."""
    frames = [p.ethernet(packet) for packet in p.fragments(p.ipv4(A, B, p.tcp(1, 80, p.SYN, bytes(20))), (8, 32), 1)]
    # Of the second datagram's last piece the end is not captured, but its header is.
    second = cut(2, 0x3000, (32, 32))
    captured = [at(0, frames[0]), at(1 * MS, frames[1]), at(2 * MS, second[0]), at(3 * MS, second[1], 50)]
    expected = [row((A, 1), (B, 80), TCP, (1, 0), syn_flag_cnt=1, totlen_fwd_pkts=2 * 34 + 40),
                row((A, 2), (B, 9), UDP, (1, 0), totlen_fwd_pkts=2 * 66)]
    return Capture("fragments-small.pcap", files.pcap(captured), expected, {}, expected)


def same_identity():
    """The same identification: other hosts, other protocols, other VLANs with private addresses are other datagrams."""
    def in_vlan(vlan, pieces):
        return [p.tagged(frame[14:], (p.TYPE_VLAN, vlan)) for frame in pieces]
    ping = [p.ethernet(x) for x in p.fragments(p.ipv4(A, B, p.icmp(8, 0, 3, payload=bytes(24))), (16, 16), 1)]
    one, other, back = cut(1, 1, (32, 32)), cut(2, 1, (32, 32), source=C), cut(9, 1, (32, 32), source=B, destination=A)
    left, right = in_vlan(5, cut(5, 7, (32, 32))), in_vlan(6, cut(6, 7, (16, 48)))
    public_left, public_right = in_vlan(5, cut(7, 8, (32, 32), source=P, destination=Q)), in_vlan(6, cut(7, 8, (32, 32), source=P, destination=Q))
    frames = [one[0], other[0], ping[0], back[0], ping[1], back[1], other[1], one[1],
              left[0], right[0], right[1], left[1], public_left[0], public_right[1]]
    expected = [row(A, B, ICMP, (1, 0), totlen_fwd_pkts=100), row((B, 9), (A, 9), UDP, (1, 0)), row((C, 2), (B, 9), UDP, (1, 0)),
                row((A, 1), (B, 9), UDP, (1, 0)), row((A, 6), (B, 9), UDP, (1, 0), totlen_fwd_pkts=2 * 38 + 64),
                row((A, 5), (B, 9), UDP, (1, 0), totlen_fwd_pkts=2 * 38 + 64),
                row((P, 7), (Q, 9), UDP, (1, 0), totlen_fwd_pkts=2 * 38 + 64)]
    return Capture("fragments-same-identity.pcap", files.pcap(numbered(frames)), expected, {}, expected)


def ipv6():
    """IPv6: pieces, extension headers before and behind the fragment header, and the atomic fragment, which is whole."""
    udp = p.ipv6(A6, B6, p.udp(1, 9, PAYLOAD))
    ping = p.ipv6(A6, B6, p.icmpv6(128, 0, 4, payload=PAYLOAD))
    atomic = p.ipv6(A6, B6, p.udp(2, 9, b"x"), [(p.FRAGMENT, b"\0" + struct.pack("!HI", 0, 77))])
    options = (p.DESTINATION, b"\0\1\4\0\0\0\0")
    inside = p.ipv6(A6, B6, p.udp(3, 9, bytes(48)), [options])          # 8 bytes of options go into the pieces
    routed = p.ipv6(A6, B6, p.udp(4, 9, b"x"), [(p.HOP_BY_HOP, b"\0\1\4\0\0\0\0"), (p.ROUTING, bytes(7)), options])
    packets = p.fragments_v6(udp, (32, 32), 1) + p.fragments_v6(ping, (16, 48), 2)[::-1] + [atomic]
    packets += p.fragments_v6(inside, (24, 40), 3) + [routed] + p.fragments_v6(udp, (32, 32), 9)[:1]
    frames = [p.ethernet(packet) for packet in packets]
    # Of the last datagram, with the ports of the first, only the first piece came.
    expected = [row((A6, 1), (B6, 9), UDP, (2, 0), totlen_fwd_pkts=2 * 62 + 64 + 62 + 32, fwd_header_len=96, flow_duration=0.007),
                row(A6, B6, ICMPV6, (1, 0), totlen_fwd_pkts=2 * 62 + 64, fwd_header_len=48),
                row((A6, 2), (B6, 9), UDP, (1, 0), totlen_fwd_pkts=14 + 48 + 9, fwd_header_len=48),
                row((A6, 3), (B6, 9), UDP, (1, 0), totlen_fwd_pkts=2 * 62 + 64, fwd_header_len=56),
                row((A6, 4), (B6, 9), UDP, (1, 0), fwd_header_len=64)]
    return Capture("fragments-ipv6.pcap", files.pcap(numbered(frames)), expected, {}, expected)


def in_tunnels():
    """Inner pieces in whole tunnel packets, whole packets in tunnels that are cut, and both at once."""
    def vxlan(packet, port=50000):
        return p.ipv4(P, Q, p.udp(port, 4789, p.vxlan(p.ethernet(packet))))

    def ipip(packet):
        return p.ipv4(P, Q, p.Segment(p.IPIP, packet))
    inner = [vxlan(packet) for packet in p.fragments(datagram(1), (32, 32), 1)]
    gre = [p.ipv4(P, Q, p.gre(packet)) for packet in p.fragments(datagram(2), (32, 32), 2)[::-1]]
    outer = p.fragments(vxlan(datagram(3)), (64, len(vxlan(datagram(3))) - 84), 3)
    six = p.fragments(p.ipv4(P, Q, p.Segment(p.IPV6_IN_IP, p.ipv6(A6, B6, p.udp(4, 9, bytes(40))))), (48, 40), 4)
    both = [ipip(packet) for packet in p.fragments(datagram(5), (32, 32), 5)]
    both = p.fragments(both[0], (24, 28), 50) + p.fragments(both[1], (24, 28), 51)
    lone = [vxlan(packet) for packet in p.fragments(datagram(6), (32, 32), 0x4000)[:1]]
    late = [vxlan(packet) for packet in p.fragments(datagram(7), (32, 32), 0x5000)[1:]]
    groups = inner, gre, outer, six, both, lone, late
    frames = [p.ethernet(packet) for group in groups for packet in group]
    total = [length(group) + 14 * len(group) for group in groups]
    ends = ((A, 1), (B, 9)), ((A, 2), (B, 9)), ((A, 3), (B, 9)), ((A6, 4), (B6, 9)), ((A, 5), (B, 9))
    expected = [row(*pair, UDP, (1, 0), totlen_fwd_pkts=bytes_, fwd_header_len=40 if pair[0][0] == A6 else 20)
                for pair, bytes_ in zip(ends, total)]
    expected.append(row((A, 6), (B, 9), UDP, (1, 0), totlen_fwd_pkts=total[5], fwd_header_len=20))     # without its last piece
    around = row((P, 50000), (Q, 4789), UDP, (5, 0), totlen_fwd_pkts=total[0] + total[2] + total[5] + total[6])
    outside = [around, expected[1], expected[3], expected[4]]
    return Capture("fragments-in-tunnels.pcap", files.pcap(numbered(frames)), expected, {"fragment": 1}, outside)


def same_hosts_in_tunnel():
    """The tunnel runs between the hosts that also send the pieces inside."""
    def vxlan(packet):
        return p.ethernet(p.ipv4(A, B, p.udp(50000, 4789, p.vxlan(p.ethernet(packet)))))
    pieces = p.fragments(datagram(1), (32, 32), 1)
    frames = [vxlan(pieces[0]), vxlan(pieces[1]), p.ethernet(p.ipv4(A, B, p.Segment(p.IPIP, pieces[1]))),
              p.ethernet(p.ipv4(A, B, p.Segment(p.IPIP, pieces[0])))]
    expected = [row((A, 1), (B, 9), UDP, (2, 0), totlen_fwd_pkts=length(frames), fwd_header_len=40)]
    return Capture("fragments-same-hosts.pcap", files.pcap(numbered(frames)), expected, {})


def authenticated():
    """An authentication header in pieces."""
    packet = p.ipv4(A, B, p.authentication_header(p.udp(1, 9, bytes(32)), A, B))
    packet6 = p.ipv6(A6, B6, p.authentication_header(p.udp(1, 9, bytes(32)), A6, B6))
    frames = [p.ethernet(x) for x in p.fragments(packet, (32, 32), 1) + p.fragments_v6(packet6, (32, 32), 1)]
    expected = [row((A, 1), (B, 9), UDP, (1, 0), totlen_fwd_pkts=2 * 34 + 64, fwd_header_len=20),
                row((A6, 1), (B6, 9), UDP, (1, 0), totlen_fwd_pkts=2 * 62 + 64, fwd_header_len=72)]
    return Capture("fragments-ah.pcap", files.pcap(numbered(frames)), expected, {}, expected)


def captures():
    return [orders(), time_of_last_piece(), incomplete(), cut_by_snaplen(), repeated(), overlapping(), transports(), small_first(),
            same_identity(), ipv6(), in_tunnels(), same_hosts_in_tunnel(), authenticated()]
