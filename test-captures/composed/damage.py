"""What a snaplen leaves, padding, and headers that lie: what counts, with what lengths, and why the rest does not."""
import struct

import files
import packets as p
from capture import ICMP, ICMPV6, TCP, UDP, Capture, row
from files import MS, at

A, B, A6, B6 = "10.6.0.1", "10.6.0.2", "fd06::1", "fd06::2"
OPTIONS = b"\2\4\5\xb4\1\1\4\2\1\1\1\0"         # MSS, SACK permitted: 12 bytes


def cut_by_snaplen():
    """The same frames cut within and right behind every header."""
    tcp = p.ethernet(p.ipv4(A, B, p.tcp(1, 80, p.PSH, b"0123456789", options=OPTIONS)))
    udp = p.tagged(p.ipv4(A, B, p.udp(1, 9, b"0123456789")), (p.TYPE_VLAN, 5))
    ping = p.ethernet(p.ipv4(A, B, p.icmp(8, 0, 1, payload=bytes(20))))
    ping6 = p.ethernet(p.ipv6(A6, B6, p.icmpv6(128, 0, 1, payload=bytes(20))))
    advert = p.ethernet(p.ipv6(A6, B6, p.icmpv6(136, payload=bytes(24))))
    options6 = p.ethernet(p.ipv6(A6, B6, p.udp(1, 9, b"x"), [(p.DESTINATION, b"\0\1\4\0\0\0\0")]))
    cuts = [(tcp, (13, 14, 33, 34, 53, 54, 65, 66, 70)), (udp, (17, 18, 37, 38, 45, 46)), (ping, (34, 41, 42)),
            (ping6, (53, 54, 57, 61, 62)), (advert, (57, 58, 62)), (options6, (54, 61, 62, 69, 70))]
    frames = [at((100 * n + count) * MS, frame, count) for n, (frame, counts) in enumerate(cuts) for count in counts]
    # Of TCP the 20 bytes up to the options have to be there: 54, 65, 66 and 70 bytes of the frame.
    expected = [row((A, 1), (B, 80), TCP, (4, 0), totlen_fwd_pkts=4 * len(tcp), fwd_act_data_pkts=4, fwd_header_len=80),
                row((A, 1), (B, 9), UDP, (1, 0), totlen_fwd_pkts=len(udp), fwd_act_data_pkts=1),
                row(A, B, ICMP, (1, 0), totlen_fwd_pkts=len(ping)),
                row(A6, B6, ICMPV6, (1, 0), totlen_fwd_pkts=len(ping6)),
                row(A6, B6, ICMPV6, (2, 0), totlen_fwd_pkts=2 * len(advert)),
                row((A6, 1), (B6, 9), UDP, (1, 0), fwd_header_len=48, totlen_fwd_pkts=len(options6))]
    return Capture("cut-by-snaplen.pcap", files.pcap(frames, snaplen=70), expected, None)


def padded():
    """What the link layer appends is no payload, and does count as length."""
    def wrap(packet):
        return p.ethernet(packet, least=60)
    frames = [wrap(p.ipv4(A, B, p.tcp(1, 80, p.ACK))), wrap(p.ipv4(A, B, p.tcp(1, 80, p.ACK, b"x"))),
              wrap(p.ipv4(A, B, p.udp(1, 9))), wrap(p.ipv4(A, B, p.udp(1, 9, b"xy"))), wrap(p.ipv4(A, B, p.icmp(8))),
              p.ethernet(p.ipv6(A6, B6, p.udp(1, 9))) + bytes(4), p.ethernet(p.ipv4(A, B, p.tcp(2, 80, p.ACK)) + b"\xde\xad\xbe\xef" * 8)]
    expected = [row((A, 1), (B, 80), TCP, (2, 0), totlen_fwd_pkts=120, fwd_act_data_pkts=1),
                row((A, 1), (B, 9), UDP, (2, 0), totlen_fwd_pkts=120, fwd_act_data_pkts=1),
                row(A, B, ICMP, (1, 0), totlen_fwd_pkts=60, fwd_act_data_pkts=0),
                row((A6, 1), (B6, 9), UDP, (1, 0), totlen_fwd_pkts=66, fwd_act_data_pkts=0),
                row((A, 2), (B, 80), TCP, (1, 0), totlen_fwd_pkts=86, fwd_act_data_pkts=0)]
    return Capture("padded.pcap", files.pcap([at(n * MS, frame) for n, frame in enumerate(frames)]), expected, {})


def wrong_lengths():
    """Length fields and data offsets that cannot be, and those that can though they lie."""
    data = b"0123456789"
    frames = [p.ipv4(A, B, p.tcp(1, 80, p.SYN, data, offset=4)), p.ipv4(A, B, p.tcp(2, 80, p.SYN, data, offset=15)),
              p.ipv4(A, B, p.udp(1, 9, data, length=7)), p.ipv4(A, B, p.udp(2, 9, data, length=8)),
              p.ipv4(A, B, p.udp(3, 9, data, length=200)), p.ipv4(A, B, p.udp(4, 9, data)),
              p.ipv4(A, B, p.udp(5, 9, data), total=19), p.ipv4(A, B, p.udp(6, 9, data), total=1000),
              p.ipv4(A, B, p.tcp(3, 80, p.ACK, data), total=40), p.ipv4(A, B, p.tcp(4, 80, p.ACK, data), total=30)]
    no_length = bytearray(p.ipv4(A, B, p.tcp(5, 80, p.ACK, data)))       # segmentation left to the network card
    no_length[2:4] = b"\0\0"
    short_header = b"\x44" + p.ipv4(A, B, p.udp(7, 9))[1:]
    no_udp_length = bytearray(p.ipv4(A, B, p.udp(8, 9, data)))
    no_udp_length[24:26] = b"\0\0"
    frames += [bytes(no_length), short_header, bytes(no_udp_length)]
    frames = [p.ethernet(frame, p.TYPE_IPV4) for frame in frames]
    expected = [row((A, 2), (B, 9), UDP, (1, 0), fwd_act_data_pkts=0), row((A, 3), (B, 9), UDP, (1, 0), fwd_act_data_pkts=1),
                row((A, 4), (B, 9), UDP, (1, 0), fwd_act_data_pkts=1), row((A, 6), (B, 9), UDP, (1, 0), fwd_act_data_pkts=1),
                row((A, 3), (B, 80), TCP, (1, 0), fwd_act_data_pkts=0),
                row((A, 5), (B, 80), TCP, (1, 0), fwd_act_data_pkts=1, totlen_fwd_pkts=64)]
    return Capture("wrong-lengths.pcap", files.pcap([at(n * MS, frame) for n, frame in enumerate(frames)]), expected,
                   {"undecodable": 7})


def without_length(packet):
    """The packet as segmentation offload leaves it: the IP header has no length."""
    at_ = 2 if packet[0] >> 4 == 4 else 4
    return packet[:at_] + b"\0\0" + packet[at_ + 2:]


def offload():
    """Headers without a length, alone and in tunnels: the packet is as long as the frame, or what the tunnel's header says."""
    def vxlan(packet):
        return p.ipv4(A, B, p.udp(50000, 4789, p.vxlan(p.ethernet(packet))))

    def geneve(packet):
        return p.ipv6(A6, B6, p.udp(50001, 6081, p.geneve(packet, p.of_version(packet))))

    def segment(port):
        return p.tcp(port, 80, p.PSH | p.ACK, bytes(3000))
    four, six = (without_length(p.ipv4(A, B, segment(1))), without_length(p.ipv6(A6, B6, segment(2))))
    frames = [p.ethernet(four), p.ethernet(six), p.ethernet(six)[:100], p.ethernet(without_length(p.ipv6(A6, B6, p.udp(3, 9, b"xy")))),
              p.ethernet(without_length(p.ipv6(A6, B6, p.icmpv6(128, 0, 1, payload=b"xyz")))),
              p.ethernet(vxlan(without_length(p.ipv6(A6, B6, segment(4))))), p.ethernet(vxlan(without_length(p.ipv4(A, B, segment(5))))),
              p.ethernet(geneve(without_length(p.ipv6(A6, B6, segment(6))))),
              p.ethernet(geneve(without_length(p.ipv4(A, B, segment(7))))),
              p.ethernet(without_length(p.ipv6(A6, B6, p.Segment(59, b"12345678")))),
              p.ethernet(without_length(p.ipv6(A6, B6, p.tcp(8, 80, p.SYN))))]
    captured = [at(n * MS, frame) for n, frame in enumerate(frames)]
    captured[1] = at(MS, frames[1], 74)
    captured.append(at(12 * MS, frames[7], 14 + 40 + 8 + 8 + 40 + 20))
    one = dict(fwd_act_data_pkts=1)
    expected = [row((A, 1), (B, 80), TCP, (1, 0), totlen_fwd_pkts=14 + 20 + 20 + 3000, **one),
                row((A6, 2), (B6, 80), TCP, (2, 0), totlen_fwd_pkts=14 + 40 + 20 + 3000 + 100, fwd_act_data_pkts=2),
                row((A6, 3), (B6, 9), UDP, (1, 0), totlen_fwd_pkts=64, **one),
                row(A6, B6, ICMPV6, (1, 0), totlen_fwd_pkts=65, **one),
                row((A6, 4), (B6, 80), TCP, (1, 0), fwd_header_len=40, **one),
                row((A, 5), (B, 80), TCP, (1, 0), fwd_header_len=20, **one),
                row((A6, 6), (B6, 80), TCP, (2, 0), totlen_fwd_pkts=2 * (14 + 40 + 8 + 8 + 40 + 20 + 3000), fwd_act_data_pkts=2),
                row((A, 7), (B, 80), TCP, (1, 0), **one),
                row((A6, 8), (B6, 80), TCP, (1, 0), fwd_act_data_pkts=0)]
    return Capture("offload.pcap", files.pcap(captured), expected, {"other_transport": 1})


def wrong_checksums():
    """A packet counts whatever its checksums say."""
    frames = []
    for n, packet in enumerate((p.ipv4(A, B, p.tcp(1, 80, p.SYN)), p.ipv4(A, B, p.udp(1, 9, b"x")), p.ipv4(A, B, p.icmp(8, 0, 1)))):
        frames += [p.ethernet(packet[:at_] + bytes([packet[at_] ^ 255]) + packet[at_ + 1:])
                   for at_ in (10, 20 + (16, 6, 2)[n])]
    expected = [row((A, 1), (B, 80), TCP, (2, 0)), row((A, 1), (B, 9), UDP, (2, 0)), row(A, B, ICMP, (2, 0))]
    return Capture("wrong-checksums.pcap", files.pcap([at(n * MS, frame) for n, frame in enumerate(frames)]), expected, {})


def retransmissions():
    """What comes twice counts twice, in and out of order."""
    steps = [(1, b"aaaa"), (1, b"aaaa"), (9, b"cccc"), (5, b"bbbb"), (1, b"aaaabbbb"), (0, b"k")]
    frames = [p.ethernet(p.ipv4(A, B, p.tcp(1, 80, p.ACK, data, seq=seq))) for seq, data in steps]
    expected = [row((A, 1), (B, 80), TCP, (6, 0), fwd_act_data_pkts=6, totlen_fwd_pkts=6 * 54 + 25)]
    return Capture("retransmissions.pcap", files.pcap([at(n * MS, frame) for n, frame in enumerate(frames)]), expected, {})


def ip_headers():
    """Options, extension headers, and no next header at all."""
    hop = (p.HOP_BY_HOP, b"\0\1\4\0\0\0\0")
    long_options = (p.DESTINATION, b"\1\1\x0c" + bytes(12))
    none = p.ipv6(A6, B6, p.Segment(59, b"12345678"))
    frames = [p.ipv4(A, B, p.udp(1, 9), options=b"\1" * 40), p.ipv4(A, B, p.udp(1, 9), options=b"\x94\4\0\0"),
              p.ipv6(A6, B6, p.udp(2, 9, b"x"), [hop]), p.ipv6(A6, B6, p.tcp(2, 9, p.SYN), [hop, long_options]),
              p.ipv6(A6, B6, p.udp(3, 9, b"x"), [(p.ROUTING, bytes(7))]), none,
              p.ipv6(A6, B6, p.icmpv6(128, 0, 2), [long_options])]
    expected = [row((A, 1), (B, 9), UDP, (2, 0), fwd_header_len=84, fwd_seg_size_min=24),
                row((A6, 2), (B6, 9), UDP, (1, 0), fwd_header_len=48), row((A6, 2), (B6, 9), TCP, (1, 0), fwd_header_len=64),
                row((A6, 3), (B6, 9), UDP, (1, 0), fwd_header_len=48),
                row(A6, B6, ICMPV6, (1, 0), fwd_header_len=56)]
    return Capture("ip-headers.pcap", files.pcap([at(n * MS, p.ethernet(frame)) for n, frame in enumerate(frames)]), expected,
                   {"other_transport": 1})


def jumbogram():
    """IPv6 packets of more than 65,535 bytes (RFC 2675), most of which a snaplen cut away; in UDP then the length is 0."""
    def jumbo(segment):
        size = struct.pack("!I", 8 + len(segment.data))
        packet = p.ipv6(A6, B6, segment._replace(checksum_at=None), [(p.HOP_BY_HOP, b"\0\xc2\4" + size)], size=0)
        return p.ethernet(packet)
    frames = [at(0, jumbo(p.udp(1, 9, bytes(70000), length=0)), 96), at(1 * MS, jumbo(p.tcp(1, 9, p.ACK, bytes(70000))), 96)]
    expected = [row((A6, 1), (B6, 9), UDP, (1, 0), fwd_header_len=48, fwd_act_data_pkts=1, totlen_fwd_pkts=14 + 48 + 70008),
                row((A6, 1), (B6, 9), TCP, (1, 0), fwd_header_len=48, fwd_act_data_pkts=1, totlen_fwd_pkts=14 + 48 + 70020)]
    return Capture("jumbogram.pcap", files.pcap(frames, snaplen=96), expected, {})


def other_transports():
    """What is IP and none of the four."""
    numbers = (2, 33, 50, 89, 103, 112, 132, 136, 253)
    frames = [p.ethernet(p.ipv4(A, B, p.Segment(number, bytes(24)))) for number in numbers]
    frames += [p.ethernet(p.ipv6(A6, B6, p.Segment(number, bytes(24)))) for number in numbers]
    frames += [p.ethernet(p.ipv4(A, B, p.sctp())), p.ethernet(p.ipv4(A, B, p.Segment(58, p.icmpv6(128).data))),
               p.ethernet(p.ipv6(A6, B6, p.Segment(1, p.icmp(8).data)))]
    expected = [row(A, B, ICMPV6, (1, 0)), row(A6, B6, ICMP, (1, 0))]
    return Capture("other-transports.pcap", files.pcap([at(n * MS, frame) for n, frame in enumerate(frames)]), expected,
                   {"other_transport": 19})


def captures():
    return [cut_by_snaplen(), padded(), wrong_lengths(), offload(), wrong_checksums(), retransmissions(), ip_headers(), jumbogram(),
            other_transports()]
