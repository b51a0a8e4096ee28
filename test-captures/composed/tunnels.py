"""One packet in another: the innermost IP header with one of the four transports counts, or with `outer` the outermost.

The tunnel ends are P and Q, the flow inside runs from A to B. Every capture has one frame with a TCP segment inside, one back,
and what else its subject asks for.
"""
import struct

import files
import packets as p
from capture import ICMP, ICMPV6, TCP, UDP, Capture, row
from files import MS, at

P, Q, P6, Q6 = "192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2"
A, B, A6, B6 = "10.4.0.1", "10.4.0.2", "fd04::1", "fd04::2"
THERE, BACK = p.ipv4(A, B, p.tcp(1000, 80, p.SYN, b"hello")), p.ipv4(B, A, p.tcp(80, 1000, p.SYN | p.ACK))
THERE6, BACK6 = p.ipv6(A6, B6, p.tcp(1000, 80, p.SYN, b"hello")), p.ipv6(B6, A6, p.tcp(80, 1000, p.SYN | p.ACK))


def segment(protocol):
    return lambda packet: p.Segment(protocol, packet)


def over(wrap, there=P, back=Q):
    """wrap: inner packet -> Segment of the packet between the tunnel ends."""
    make = p.ipv6 if ":" in there else p.ipv4
    return lambda packet, forth=True: p.ethernet(make(*((there, back) if forth else (back, there)), wrap(packet)))


def over_udp(wrap, ports, there=P, back=Q):
    return over(lambda packet: p.udp(*ports, wrap(packet)), there, back)


def tunnel(name, outside, version=4, outer=None, reference=True):
    """outside: (inner packet, forth) -> frame; outer: the outermost row, None when the tunnel itself has no transport."""
    packets = (THERE, BACK) if version == 4 else (THERE6, BACK6)
    frames = [outside(packets[0]), outside(packets[1], False)]
    ends = ((A, 1000), (B, 80)) if version == 4 else ((A6, 1000), (B6, 80))
    header = 20 if version == 4 else 40
    inner = row(*ends, TCP, (1, 1), totlen_fwd_pkts=len(frames[0]), totlen_bwd_pkts=len(frames[1]), fwd_header_len=header,
                bwd_header_len=header, fwd_act_data_pkts=1, syn_flag_cnt=2)
    data = files.pcap([at(n * MS, frame) for n, frame in enumerate(frames)])
    return Capture(name, data, [inner], {}, [inner] if outer is None else outer, reference)


def outer_udp(ports, there=P, back=Q, header=20):
    """With the ports of one side fixed, there and back are two flows."""
    if ports[0] == ports[1]:
        return [row((there, ports[0]), (back, ports[1]), UDP, (1, 1), fwd_header_len=header, bwd_header_len=header)]
    return [row((there, ports[0]), (back, ports[1]), UDP, (1, 0), fwd_header_len=header),
            row((back, ports[0]), (there, ports[1]), UDP, (1, 0), fwd_header_len=header)]


def gre(kind=None, **options):
    return lambda packet: p.gre(packet, kind, **options)


def nvgre(packet):
    return p.gre(p.ethernet(packet), p.TYPE_BRIDGED, key=0x00002A00)


def erspan(version):
    """Type II (version 1) and type III (version 2) with GRE sequence numbers."""
    def wrap(packet):
        head = struct.pack("!HHI", version << 12 | 5, 7, 0) if version == 1 else struct.pack("!HHIHH", 0x2005, 7, 0, 0, 0)
        return p.gre(head + p.ethernet(packet), 0x88BE if version == 1 else 0x22EB, sequence=1)
    return wrap


def pptp(packet):
    """GRE version 1 with a sequence number around PPP."""
    body = b"\xff\x03\0\x21" + packet
    return p.Segment(p.GRE, struct.pack("!HHHHI", 0x3001, 0x880B, len(body), 1, 1) + body)


def l2tp(packet):
    """Version 2, a data message with a length, around PPP."""
    body = b"\xff\x03\0\x21" + packet
    return struct.pack("!HHHH", 0x4002, 8 + len(body), 1, 1) + body


def etherip(packet):
    return p.Segment(97, b"\x30\0" + p.ethernet(packet))


def vxlan_gpe(packet):
    return struct.pack("!BHBI", 0x0C, 0, 1, 42 << 8) + packet


def gtp_extended(packet):
    """A PDU session container (extension header 0x85) before the packet, as in 5G."""
    extra = struct.pack("!HBB", 0, 0, 0x85) + struct.pack("!BBBB", 1, 0, 1, 0)
    return struct.pack("!BBHI", 0x34, 255, len(extra) + len(packet), 7) + extra + packet


def teredo_origin(packet):
    return b"\0\0" + struct.pack("!HI", 0xFFFF ^ 1234, 0xFFFFFFFF) + packet


def authenticated(there, back):
    def outside(inner, forth=True):
        ends = (there, back) if forth else (back, there)
        segment = p.tcp(1000, 80, p.SYN, b"hello") if forth else p.tcp(80, 1000, p.SYN | p.ACK)
        return p.ethernet((p.ipv6 if ":" in there else p.ipv4)(*ends, p.authentication_header(segment, *ends)))
    return outside


def simple_tunnels():
    bridged = lambda packet: p.ethernet(packet)
    vxlan, geneve = (50000, 4789), (50000, 6081)
    return [
        tunnel("ip-in-ip.pcap", over(segment(p.IPIP))),
        tunnel("6in4.pcap", over(segment(p.IPV6_IN_IP)), 6),
        tunnel("4in6.pcap", over(segment(p.IPIP), P6, Q6)),
        tunnel("6in6.pcap", over(segment(p.IPV6_IN_IP), P6, Q6), 6),
        tunnel("mpls-in-ip.pcap", over(lambda packet: p.Segment(137, p.mpls(packet, 7)))),
        tunnel("gre.pcap", over(gre())),
        tunnel("gre-all-fields.pcap", over(gre(key=5, sequence=9, with_checksum=True)), 6),
        tunnel("gre-ipv6.pcap", over(gre(), P6, Q6)),
        tunnel("gre-bridged.pcap", over(lambda packet: p.gre(p.ethernet(packet), p.TYPE_BRIDGED))),
        tunnel("nvgre-vlan.pcap", over(lambda packet: p.gre(p.tagged(packet, (p.TYPE_VLAN, 3)), p.TYPE_BRIDGED, key=0x2A00))),
        tunnel("gre-gre.pcap", over(lambda packet: p.gre(p.ipv4("198.51.100.1", "198.51.100.2", p.gre(packet))))),
        tunnel("pptp.pcap", over(pptp)),
        tunnel("erspan-2.pcap", over(erspan(1)), reference=False),
        tunnel("erspan-3.pcap", over(erspan(2)), reference=False),
        tunnel("etherip.pcap", over(etherip), reference=False),
        tunnel("l2tp.pcap", over_udp(l2tp, (1701, 1701)), outer=outer_udp((1701, 1701)), reference=False),
        tunnel("vxlan.pcap", over_udp(lambda packet: p.vxlan(bridged(packet)), vxlan), outer=outer_udp(vxlan)),
        tunnel("vxlan-ipv6.pcap", over_udp(lambda packet: p.vxlan(bridged(packet)), vxlan, P6, Q6), 6,
               outer_udp(vxlan, P6, Q6, 40)),
        tunnel("vxlan-gpe.pcap", over_udp(vxlan_gpe, (50000, 4790)), outer=outer_udp((50000, 4790)), reference=False),
        tunnel("geneve.pcap", over_udp(lambda packet: p.geneve(bridged(packet), p.TYPE_BRIDGED), geneve),
               outer=outer_udp(geneve)),
        tunnel("geneve-options-ip.pcap", over_udp(lambda packet: p.geneve(packet, p.TYPE_IPV6, bytes(8)), geneve), 6,
               outer_udp(geneve)),
        tunnel("gtp-u.pcap", over_udp(p.gtp_u, (2152, 2152)), outer=outer_udp((2152, 2152))),
        tunnel("gtp-u-sequence.pcap", over_udp(lambda packet: p.gtp_u(packet, 9), (2152, 2152)), 6, outer_udp((2152, 2152))),
        tunnel("gtp-u-5g.pcap", over_udp(gtp_extended, (2152, 2152)), outer=outer_udp((2152, 2152))),
        tunnel("teredo.pcap", over_udp(lambda packet: packet, (3544, 50000)), 6, outer_udp((3544, 50000))),
        tunnel("teredo-origin.pcap", over_udp(teredo_origin, (3544, 50000)), 6, outer_udp((3544, 50000))),
        tunnel("vxlan-in-gre.pcap", over(lambda packet: p.gre(p.ipv4("198.51.100.1", "198.51.100.2", p.udp(
            50000, 4789, p.vxlan(p.ethernet(packet)))))), outer=[
                row(("198.51.100.1", 50000), ("198.51.100.2", 4789), UDP, (2, 0))]),
        authentication("ah.pcap", A, B, 20), authentication("ah-ipv6.pcap", A6, B6, 64)]


def authentication(name, there, back, header):
    """An authentication header is no tunnel; in IPv6 it is part of the IP header, in IPv4 not."""
    outside = authenticated(there, back)
    frames = [outside(None), outside(None, False)]
    expected = [row((there, 1000), (back, 80), TCP, (1, 1), fwd_header_len=header, bwd_header_len=header, fwd_act_data_pkts=1,
                    totlen_fwd_pkts=len(frames[0]))]
    return Capture(name, files.pcap([at(n * MS, frame) for n, frame in enumerate(frames)]), expected, {}, expected)


def what_tunnels_hide():
    """Inside there is none of the four: the packet around it counts, if it is one."""
    vxlan = over_udp(lambda frame: p.vxlan(frame), (50000, 4789))
    inside = [p.arp(), p.ethernet(p.ipv4(A, B, p.sctp())), p.ethernet(p.ipv4(A, B, p.Segment(50, bytes(40)))),
              p.ethernet(b"", 0x88CC)]
    frames = [vxlan(frame) for frame in inside]
    frames += [over(segment(p.IPIP))(p.ipv4(A, B, p.sctp())), over(gre(p.TYPE_BRIDGED))(p.arp()),
               over(gre())(p.ipv4(A, B, p.Segment(p.OSPF, bytes(24)))), over(segment(p.IPV6_IN_IP))(p.ipv6(A6, B6, p.Segment(59, b"")))]
    expected = [row((P, 50000), (Q, 4789), UDP, (4, 0))]
    return Capture("tunnels-without-flows.pcap", files.pcap([at(n * MS, frame) for n, frame in enumerate(frames)]), expected,
                   {"other_transport": 4}, expected)


def cut_inside():
    """The innermost transport decides, also where too little of it was captured: then the frame counts nowhere."""
    vxlan = over_udp(lambda packet: p.vxlan(p.ethernet(packet)), (50000, 4789))(THERE)
    ipip, inner_at = over(segment(p.IPIP))(THERE), 14 + 20 + 8 + 8 + 14
    frames = [at(0, vxlan, inner_at + 20 + 19), at(1 * MS, vxlan, inner_at + 20 + 20), at(2 * MS, vxlan, inner_at + 19),
              at(3 * MS, vxlan, inner_at - 10), at(4 * MS, ipip, 14 + 20 + 20 + 19), at(5 * MS, ipip, 14 + 20 + 19)]
    expected = [row((A, 1000), (B, 80), TCP, (1, 0), totlen_fwd_pkts=len(vxlan)), row((P, 50000), (Q, 4789), UDP, (2, 0))]
    outer = [row((P, 50000), (Q, 4789), UDP, (4, 0))]
    return Capture("tunnels-cut.pcap", files.pcap(frames, snaplen=100), expected, None, outer)


def same_addresses():
    """The same two hosts outside and inside; the flow inside has other ports, or another header length."""
    inner = p.ipv4(P, Q, p.udp(5, 6, b"inner"), options=b"\1\1\1\0")
    frames = [over(segment(p.IPIP))(inner), over(gre())(inner),
              over_udp(lambda packet: p.vxlan(p.ethernet(packet)), (50000, 4789))(inner)]
    expected = [row((P, 5), (Q, 6), UDP, (3, 0), fwd_header_len=72, fwd_seg_size_min=24)]
    return Capture("same-addresses.pcap", files.pcap([at(n * MS, frame) for n, frame in enumerate(frames)]), expected, {})


def icmp_errors():
    """A quoted packet makes no flow, whatever it is: whole, cut, a fragment, a tunnel; also inside a tunnel."""
    quoted = [THERE, THERE[:28], p.fragments(p.ipv4(A, B, p.udp(1, 2, bytes(40))), (16, 32), 9)[0],
              p.ipv4(A, B, p.Segment(p.IPIP, THERE)), p.ipv4(A, B, p.udp(5, 4789, p.vxlan(p.ethernet(THERE)))),
              p.fragments(p.ipv4(A, B, p.udp(1, 2, bytes(40))), (16, 32), 9)[1]]
    errors = [p.ipv4(Q, A, p.icmp(3, 1, 0, payload=packet)) for packet in quoted]
    frames = [p.ethernet(error) for error in errors]
    frames += [p.ethernet(p.ipv4(Q, A, p.icmp(11, 1, 0, payload=quoted[2]))),
               p.ethernet(p.ipv6(Q6, A6, p.icmpv6(1, 4, payload=THERE6))),
               p.ethernet(p.ipv6(Q6, A6, p.icmpv6(3, 1, payload=p.fragments_v6(THERE6, (16, 9), 7)[0]))),
               p.ethernet(p.ipv6(Q6, A6, p.icmpv6(2, 0, payload=p.fragments_v6(THERE6, (16, 9), 7)[1])))]
    frames += [over(gre())(error) for error in errors[:3]]
    frames += [over_udp(lambda packet: p.vxlan(p.ethernet(packet)), (50000, 4789))(errors[2])]
    frames += [p.ethernet(THERE)]
    expected = [row(Q, A, ICMP, (10, 0), fwd_header_len=200), row(Q, A, ICMP, (1, 0)), row(Q6, A6, ICMPV6, (1, 0)),
                row(Q6, A6, ICMPV6, (1, 0)), row(Q6, A6, ICMPV6, (1, 0)), row((A, 1000), (B, 80), TCP, (1, 0))]
    return Capture("icmp-errors.pcap", files.pcap([at(n * MS, frame) for n, frame in enumerate(frames)]), expected, {})


def captures():
    return [*simple_tunnels(), what_tunnels_hide(), cut_inside(), same_addresses(), icmp_errors()]
