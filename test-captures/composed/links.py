"""Link types, tags and labels between the frame's beginning and the IP header; each capture carries the same small exchange.

Where Wireshark's link type is not one that the independent computation knows, the rows below are the same exchange with the
other link header's length: nothing else may change.
"""
import struct

import files
import packets as p
from capture import ICMP, TCP, UDP, ICMPV6, Capture, row
from files import MS, at

A, B, A6, B6 = "10.2.0.1", "10.2.0.2", "fd02::1", "fd02::2"

# (sender first, IP packet): TCP, UDP and ICMP in IPv4, UDP and ICMPv6 in IPv6.
EXCHANGE = [p.ipv4(A, B, p.tcp(1000, 80, p.SYN, window=512)), p.ipv4(B, A, p.tcp(80, 1000, p.SYN | p.ACK, window=256)),
            p.ipv4(A, B, p.udp(1000, 9, b"abc")), p.ipv4(A, B, p.icmp(8, 0, 5, payload=b"ping")),
            p.ipv4(B, A, p.icmp(0, 0, 5, payload=b"ping")), p.ipv6(A6, B6, p.udp(1000, 9, b"abcd")),
            p.ipv6(A6, B6, p.icmpv6(128, 0, 6)), p.ipv6(B6, A6, p.icmpv6(129, 0, 6))]
WHICH_IPV4, WHICH_IPV6 = range(0, 5), range(5, 8)


def rows(header, which=range(8)):
    """Of the exchange with a link header of that many bytes."""
    expected = []
    if 0 in which:
        expected = [row((A, 1000), (B, 80), TCP, (1, 1), totlen_fwd_pkts=header + 40, init_fwd_win_byts=512,
                        init_bwd_win_byts=256, fwd_header_len=20, bwd_header_len=20, fwd_act_data_pkts=0),
                    row((A, 1000), (B, 9), UDP, (1, 0), totlen_fwd_pkts=header + 31, fwd_act_data_pkts=1),
                    row(A, B, ICMP, (1, 1), totlen_fwd_pkts=header + 32, totlen_bwd_pkts=header + 32, fwd_act_data_pkts=1)]
    if 5 in which:
        expected += [row((A6, 1000), (B6, 9), UDP, (1, 0), totlen_fwd_pkts=header + 52, fwd_header_len=40),
                     row(A6, B6, ICMPV6, (1, 1), totlen_fwd_pkts=header + 48, bwd_header_len=40, fwd_act_data_pkts=0)]
    return expected


def exchange(name, link, wrap, which=range(8), size=None, reference=True, skipped=None, others=()):
    """wrap: IP packet -> frame; size: bytes it adds."""
    frames = [at(n * MS, wrap(EXCHANGE[n])) for n in which]
    frames += [at((100 + n) * MS, other) for n, other in enumerate(others)]
    size = len(wrap(EXCHANGE[which[0]])) - len(EXCHANGE[which[0]]) if size is None else size
    return Capture(name, files.pcap(frames, link), rows(size, which), skipped or {}, None, reference)


def snap(packet, organisation=b"\0\0\0"):
    body = b"\xaa\xaa\x03" + organisation + struct.pack("!H", p.of_version(packet)) + packet
    return p.ethernet(body, len(body))


def pppoe(packet):
    body = struct.pack("!H", 0x0057 if p.of_version(packet) == p.TYPE_IPV6 else 0x0021) + packet
    return p.ethernet(struct.pack("!BBHH", 0x11, 0, 1, len(body)) + body, p.TYPE_PPPOE)


def ppp(packet):
    return b"\xff\x03" + struct.pack("!H", 0x0057 if p.of_version(packet) == p.TYPE_IPV6 else 0x0021) + packet


def family(packet):
    return 10 if p.of_version(packet) == p.TYPE_IPV6 else 2


def sll(packet, kind=None):
    return struct.pack("!HHH8sH", 0, 1, 6, p.MAC_A, p.of_version(packet) if kind is None else kind) + packet


def sll2(packet):
    return struct.pack("!HHIHBB8s", p.of_version(packet), 0, 1, 1, 0, 6, p.MAC_A) + packet


def wifi(packet, qos=False):
    """A data frame from a station to the distribution system."""
    control = b"\x88\x01" if qos else b"\x08\x01"
    head = control + b"\0\0" + p.MAC_B + p.MAC_A + p.MAC_B + b"\0\0" + (b"\0\0" if qos else b"")
    return head + b"\xaa\xaa\x03\0\0\0" + struct.pack("!H", p.of_version(packet)) + packet


def radiotap(packet):
    return struct.pack("<BBHI", 0, 0, 8, 0) + wifi(packet, qos=True)


def pktap(packet):
    """Apple's header before a raw IP packet."""
    head = struct.pack("<III24sIIIIi20s", 108, 1, files.RAW_IP, b"utun0", 1, family(packet), 0, 0, 1, b"command")
    return head.ljust(108, b"\0") + packet


def cisco_hdlc(packet):
    return struct.pack("!BBH", 0x0F, 0, p.of_version(packet)) + packet


def frame_relay(packet):
    return struct.pack("!HBB", 0x1841, 3, 0xCC) + packet


def pflog(packet):
    """OpenBSD's packet filter log: its length, then what it says of the packet."""
    head = struct.pack("!BBBB16s16sIIIIIIBBB", 61, family(packet) if packet[0] >> 4 == 4 else 24, 0, 0, b"em0", b"", 0, 0, 0, 0, 0, 0, 1, 0, 0)
    return head.ljust(64, b"\0") + packet


def captures():
    tags = p.tagged
    return [
        exchange("ethernet.pcap", files.ETHERNET, p.ethernet, others=[p.arp()], skipped={"no_ip": 1}),
        exchange("vlan.pcap", files.ETHERNET, lambda packet: tags(packet, (p.TYPE_VLAN, 7))),
        exchange("qinq.pcap", files.ETHERNET, lambda packet: tags(packet, (p.TYPE_QINQ, 7), (p.TYPE_VLAN, 8))),
        exchange("vlan-three-tags.pcap", files.ETHERNET,
                 lambda packet: tags(packet, (p.TYPE_OLD_QINQ, 7), (p.TYPE_VLAN, 8), (p.TYPE_VLAN, 9))),
        exchange("mpls.pcap", files.ETHERNET, lambda packet: p.ethernet(p.mpls(packet, 16, 17, 18), p.TYPE_MPLS)),
        exchange("vlan-mpls.pcap", files.ETHERNET,
                 lambda packet: p.ethernet(struct.pack("!HH", 5, p.TYPE_MPLS) + p.mpls(packet, 99), p.TYPE_VLAN)),
        exchange("pppoe.pcap", files.ETHERNET, pppoe),
        exchange("snap.pcap", files.ETHERNET, snap),
        exchange("raw-ip.pcap", files.RAW_IP, lambda packet: packet),
        exchange("raw-ipv4.pcap", 228, lambda packet: packet, WHICH_IPV4),
        exchange("raw-ipv6.pcap", 229, lambda packet: packet, WHICH_IPV6),
        exchange("null.pcap", files.LOOPBACK, lambda packet: struct.pack("<I", family(packet)) + packet, WHICH_IPV4),
        exchange("null-big-endian.pcap", files.LOOPBACK, lambda packet: struct.pack(">I", family(packet)) + packet, WHICH_IPV4),
        exchange("null-ipv6.pcap", files.LOOPBACK, lambda packet: struct.pack("<I", 30) + packet, WHICH_IPV6),
        exchange("loop.pcap", 108, lambda packet: struct.pack(">I", 24 if packet[0] >> 4 == 6 else 2) + packet),
        exchange("ppp.pcap", files.PPP, ppp),
        exchange("sll.pcap", files.SLL, sll, others=[sll(b"\0" * 28, p.TYPE_ARP)], skipped={"no_ip": 1}),
        exchange("sll2.pcap", 276, sll2),
        exchange("wifi.pcap", 105, wifi, reference=False),
        exchange("radiotap.pcap", 127, radiotap, reference=False),
        exchange("pktap.pcap", 258, pktap, reference=False, which=WHICH_IPV4),
        exchange("cisco-hdlc.pcap", 104, cisco_hdlc, reference=False),
        exchange("frame-relay.pcap", 107, frame_relay, WHICH_IPV4, reference=False),
        exchange("pflog.pcap", 117, pflog, reference=False),
        no_ip_links(),
    ]


def no_ip_links():
    """Links that never carry IP: a Bluetooth command and a USB request are no flow packets, whatever their bytes."""
    frames = [files.Frame(files.BEGIN_NS, struct.pack("!I", 0) + b"\x01\x03\x0c\0", None, 0),
              files.Frame(files.BEGIN_NS + MS, bytes(64), None, 1), files.Frame(files.BEGIN_NS + 2 * MS, b"\x40\x01\x00\x10", None, 2)]
    frames = [frame._replace(length=len(frame.data)) for frame in frames]
    interfaces = [files.Interface(201), files.Interface(220), files.Interface(230)]
    return Capture("no-ip-links.pcapng", files.pcapng_section(frames, interfaces), [], {"no_ip": 3})
