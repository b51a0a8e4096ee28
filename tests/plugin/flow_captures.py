"""Small captures with every kind of flow, composed when needed: TCP, UDP, ICMP, IPv6, and packets in tunnels.

Times are odd nanoseconds, so that means and deviations have as many digits as a double can have; pauses beyond the idle
timeouts end flows in the middle.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "test-captures", "composed"))
import files  # noqa: E402
import packets as p  # noqa: E402

A, B = "10.1.2.3", "192.168.7.9"
A6, B6 = "2001:db8::1", "fe80::2:3"


def conversation(ip, a, b, ports, start_ns, step_ns):
    """A TCP conversation of 13 packets: handshake, data both ways with a bulk, end."""
    x, y = ports
    forward = [(p.SYN, b""), (p.ACK, b""), (p.ACK | p.PSH, b"q" * 111)]
    backward = [(p.SYN | p.ACK, b""), (p.ACK, b"r" * 1000), (p.ACK, b"r" * 1001), (p.ACK, b"r" * 1002), (p.ACK, b"r" * 3),
                (p.ACK | p.PSH, b"r" * 7)]
    order = [(0, 0), (1, 0), (0, 1), (0, 2), (1, 1), (1, 2), (1, 3), (1, 4), (1, 5)]
    sent = [(forward, backward)[way][i] for way, i in order] + [(p.FIN | p.ACK, b""), (p.FIN | p.ACK, b""), (p.ACK, b"")]
    ways = [way for way, _ in order] + [0, 1, 0]
    frames = []
    for number, (way, (flags, payload)) in enumerate(zip(ways, sent)):
        segment = p.tcp(*((x, y) if way == 0 else (y, x)), flags, payload, window=1000 + number)
        packet = ip(*((a, b) if way == 0 else (b, a)), segment)
        frames.append((start_ns + number * step_ns + number * number * 1_234_567, packet))
    return frames


def tcp():
    first = conversation(p.ipv4, A, B, (40001, 443), 0, 700_003_001)
    again = conversation(p.ipv4, A, B, (40001, 443), 400 * files.S, 1_000_001)
    reset = [(900 * files.S, p.ipv4(B, A, p.tcp(5, 6, p.RST)))]
    return plain(first + again + reset)


def udp():
    frames = [(i * 333_333_337, p.ipv4(A, B, p.udp(1000 + i % 3, 53, b"x" * (i * 7)))) for i in range(20)]
    frames += [(i * 333_333_337 + 1_000_003, p.ipv4(B, A, p.udp(53, 1000 + i % 3, b"y" * (i * 31)))) for i in range(20)]
    return plain(frames + [(700 * files.S, p.ipv4(A, B, p.udp(1000, 53)))])


def icmp():
    frames = [(i * 7_000_000_003, p.ipv4(A, B, p.icmp(8, identifier=77, sequence=i, payload=b"z" * i))) for i in range(9)]
    frames += [(i * 7_000_000_003 + 31_337, p.ipv4(B, A, p.icmp(0, identifier=77, sequence=i))) for i in range(9)]
    frames += [(200 * files.S, p.ipv4(B, A, p.icmp(3, 1, payload=p.ipv4(A, B, p.udp(9, 9)))))]
    return plain(frames)


def ipv6():
    frames = conversation(p.ipv6, A6, B6, (50000, 80), 0, 10_000_019)
    frames += [(5 + i * 1_000_000_007, p.ipv6(B6, A6, p.icmpv6(128 + i % 2, identifier=3))) for i in range(6)]
    return plain(frames + [(300 * files.S, p.ipv6(A6, B6, p.udp(1, 2, b"u")))])


def tunnel():
    inner = conversation(p.ipv4, A, B, (40002, 8080), 0, 90_000_007)
    frames = [(t, p.ipv4("172.16.0.1", "172.16.0.2", p.gre(packet))) for t, packet in inner]
    inside = conversation(p.ipv6, A6, B6, (40003, 22), 2 * files.S, 80_000_009)
    frames += [(t, p.ipv4("172.16.0.3", "172.16.0.4", p.udp(7777, 4789, p.vxlan(p.ethernet(packet))))) for t, packet in inside]
    return plain(frames)


def plain(frames):
    return files.pcap([files.at(t, p.ethernet(packet)) for t, packet in sorted(frames, key=lambda f: f[0])], nanoseconds=True)


ALL = {"tcp": tcp, "udp": udp, "icmp": icmp, "ipv6": ipv6, "tunnel": tunnel}


def write_all(folder):
    """{name: path} of the captures, written into the folder."""
    paths = {}
    for name, make in ALL.items():
        paths[name] = os.path.join(folder, f"{name}.pcap")
        with open(paths[name], "wb") as file:
            file.write(make())
    return paths
