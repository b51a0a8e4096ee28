"""Random captures, the same for the same seed: traffic in which the rules about time, keys and sweeps matter.

A profile says how many addresses and ports meet, which protocols, how packets follow each other in time, and how often a
packet answers or comes with a new flow. Gaps favour the limits of the dialects (1, 5, 30, 60, 90, 120, 240 s), exactly and a microsecond off. This
module knows no dialect.
"""
import dataclasses
import random

import pcap
import wire

SECOND = pcap.NS_PER_SECOND
MICROSECOND = 1000
START_NS = 1_600_000_000 * SECOND
LIMITS_NS = tuple(seconds * SECOND for seconds in (1, 5, 30, 60, 90, 120, 240, 480))
ICMP_TYPES = (8, 8, 8, 0, 0, 3, 3, 11, 5, 13, 14, 15, 17, 18, 37, 9)


@dataclasses.dataclass(frozen=True)
class Profile:
    hosts: int  # addresses in 10.0.0.0/16 that packets go between
    ports: int
    protocols: tuple  # drawn from
    gaps_ns: tuple  # (from, to) between packets, drawn from
    limits: float = 0.0  # share of gaps that are a limit, or a microsecond or nanosecond beside one
    answers: float = 0.4  # share of packets that turn an earlier one round
    repeats: float = 0.3  # share that repeat an earlier one's addresses and ports
    backwards_ns: int = 0  # every tenth packet is dated back by up to so much
    step_ns: int = MICROSECOND  # resolution of the times
    payloads: tuple = (0, 0, 1, 40, 1400)
    others: float = 0.05  # share of frames that are no packets to a tool for IPv4


PROFILES = {
    "scan": Profile(3, 60000, (wire.TCP,), ((0, SECOND // 500),), answers=0.3, repeats=0.05, payloads=(0,)),
    "idle": Profile(4, 3, (wire.TCP, wire.UDP), ((0, 20 * SECOND), (0, SECOND)), limits=0.3),
    "hours": Profile(12, 4, (wire.TCP, wire.UDP, wire.ICMP), ((0, 30 * SECOND), (0, 700 * SECOND)), limits=0.2),
    "icmp": Profile(5, 1, (wire.ICMP,), ((0, SECOND), (0, 12 * SECOND)), limits=0.1),
    "flood": Profile(200, 1, (wire.ICMP,), ((0, SECOND // 1000),), repeats=0.1),
    "shared": Profile(2, 3, (wire.TCP, wire.UDP, wire.ICMP), ((0, 15 * SECOND),), limits=0.1),
    "backwards": Profile(4, 3, (wire.TCP, wire.UDP, wire.ICMP), ((0, 4 * SECOND),), limits=0.05, backwards_ns=300 * SECOND),
    "equal": Profile(3, 2, (wire.TCP, wire.UDP), ((0, 0), (0, 0), (0, SECOND)), payloads=(0, 1, 1400)),
    "nanoseconds": Profile(4, 3, (wire.TCP, wire.UDP), ((0, 2000), (0, SECOND)), limits=0.02, step_ns=1),
    "bulks": Profile(2, 2, (wire.TCP, wire.UDP), ((0, SECOND // 2), (0, SECOND)), limits=0.1, answers=0.1, repeats=0.8,
                     payloads=(1, 1400)),
    "mixed": Profile(40, 30, (wire.TCP, wire.TCP, wire.UDP, wire.ICMP), ((0, SECOND // 10), (0, SECOND // 2)), limits=0.002,
                     repeats=0.45, backwards_ns=SECOND),
}


class Traffic:
    def __init__(self, profile, seed):
        self.profile = profile
        self.chance = random.Random(seed)
        self.earlier = []  # (protocol, addresses, ports or type and identifier)

    def records(self, packets):
        """Yield the pcap records of so many packets."""
        now_ns = START_NS
        for _ in range(packets):
            now_ns += self._gap_ns()
            time_ns = now_ns
            if self.profile.backwards_ns and self.chance.random() < 0.1:
                time_ns -= self.chance.randrange(self.profile.backwards_ns)
            frame = self._frame()
            captured = self.chance.choice((None, None, None, 96)) if len(frame) > 96 else None
            yield pcap.record(time_ns // self.profile.step_ns * self.profile.step_ns, frame, captured)

    def _gap_ns(self):
        if self.chance.random() < self.profile.limits:
            return self.chance.choice(LIMITS_NS) + self.chance.choice((0, 0, 1, -1, MICROSECOND, -MICROSECOND))
        low, high = self.chance.choice(self.profile.gaps_ns)
        return self.chance.randint(low, high)

    def _frame(self):
        if self.chance.random() < self.profile.others:
            return self._other()
        protocol, addresses, pair = self._who()
        payload = bytes(self.chance.choice(self.profile.payloads))
        if protocol == wire.TCP:
            content = wire.tcp(pair, payload, self.chance.randrange(256), self.chance.choice((0, 0, 1, 8192, 65535)),
                               self.chance.choice((20, 20, 32)))
        elif protocol == wire.UDP:
            content = wire.udp(pair, payload)
        else:
            content = wire.icmp(pair[0], pair[1], payload)
        datagram = wire.ipv4(addresses, protocol, content, self.chance.choice((0, 0, 0, 0, 4, 40)))
        return wire.ethernet(datagram + bytes(max(0, 46 - len(datagram)) if self.chance.random() < 0.7 else 0))

    def _who(self):
        draw = self.chance.random()
        if self.earlier and draw < self.profile.answers + self.profile.repeats:
            protocol, (source, destination), pair = self.chance.choice(self.earlier)
            if draw < self.profile.repeats:
                return protocol, (source, destination), pair
            return protocol, (destination, source), self._turned(protocol, pair)
        protocol = self.chance.choice(self.profile.protocols)
        who = protocol, (self._address(), self._address()), self._pair(protocol)
        self.earlier.append(who)
        if len(self.earlier) > 2000:
            self.earlier = self.earlier[1000:]
        return who

    def _turned(self, protocol, pair):
        if protocol != wire.ICMP:
            return pair[::-1]
        replies = {8: 0, 13: 14, 15: 16, 17: 18, 37: 38}
        return replies.get(pair[0], pair[0]), pair[1]

    def _pair(self, protocol):
        if protocol == wire.ICMP:
            return self.chance.choice(ICMP_TYPES), self.chance.randrange(4)
        # Low ports, so that a pair of ports can equal an ICMP type and identifier.
        return self.chance.randrange(self.profile.ports) + 7, self.chance.randrange(self.profile.ports)

    def _address(self):
        number = self.chance.randrange(self.profile.hosts)
        return f"10.0.{number // 256}.{number % 256}"

    def _other(self):
        addresses, content = ("10.0.0.1", "10.0.0.2"), wire.udp((7, 0), bytes(20))
        return self.chance.choice((
            wire.ethernet(wire.ipv4(addresses, wire.UDP, content), vlan=5),
            wire.ethernet(wire.ipv6(("2001:db8::1", "2001:db8::2"), wire.UDP, content), wire.ETHERTYPE_IPV6),
            wire.ethernet(wire.ipv4(addresses, wire.UDP, content, fragment=5)),
            wire.ethernet(wire.ipv4(addresses, 47, content)),
            wire.ethernet(bytes(28), 0x0806)))
