#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Composes a day of traffic in a small network, with four attacks, as a capture.

usage: traffic.py DAY CAPTURE

DAY is 1 or 2. The same day is the same bytes every time. The days differ in who attacks, when, and how: on the second the
attackers are hosts of the network itself, all is slower, and half of the scan's probes look like an ordinary system's.
"""
import os
import random
import sys
from collections import namedtuple

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "test-captures"))

from applications import client_hello, dns_answer, dns_query, http_request
from composed.files import MS, S, at, pcap
from composed.packets import ACK, FIN, PSH, RST, SYN, ethernet, icmp, ipv4, tcp, udp

WEB, SSH, RESOLVER, MONITOR, ADMINS = "10.0.0.80", "10.0.0.22", "10.0.0.53", "10.0.0.5", ("10.0.0.6", "10.0.0.7")
SYN_OPTIONS = bytes.fromhex("020405b40402080a000000010000000001030307")
SEGMENT = 1448
LENGTH = 600 * S

# crafted: share of the scan's probes that the scanner makes itself instead of by its operating system; pauses: on average, in ns.
Day = namedtuple("Day", "begin scanner guesser crafted scan_pause sweep_pause flood_pause guess_pause")
DAYS = {
    "1": Day(0, "10.0.9.66", "10.0.9.67", 1.0, 20 * MS, 30 * MS, 10 * MS, 300 * MS),
    "2": Day(86400 * S, "10.0.0.123", "10.0.0.124", 0.5, 400 * MS, 600 * MS, 25 * MS, 900 * MS),
}
CRAFTED, ORDINARY = (1024, b"\x02\x04\x05\xb4"), (64240, SYN_OPTIONS)       # window and options of a SYN


class Capture:
    """Frames with their times, and the random numbers they come from."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.frames = []

    def about(self, mean_ns):
        """A time that is random as that between independent events, in whole microseconds."""
        return int(self.random.expovariate(1 / mean_ns)) // 1000 * 1000

    def between(self, low, high):
        return low + int(self.random.random() * (high - low + 1))

    def chance(self, share):
        return self.random.random() < share

    def port(self):
        return self.between(32768, 60999)

    def put(self, time, source, destination, segment):
        self.frames.append(at(time, ethernet(ipv4(source, destination, segment), least=60)))


class Talk:
    """A TCP connection, packet by packet, with a clock of its own."""

    def __init__(self, capture, time, client, server, port, windows=(64240, 65160)):
        self.capture, self.time, self.windows = capture, time, windows
        self.ends = (client, capture.port()), (server, port)
        self.next = [capture.between(1, 1 << 31), capture.between(1, 1 << 31)]
        self.trip = 200_000 + capture.about(2 * MS)

    def packet(self, side, flags, payload=b"", after=None, options=b""):
        (address, port), (other, other_port) = self.ends[side], self.ends[1 - side]
        self.time += self.trip // 1000 * 1000 if after is None else after
        data = tcp(port, other_port, flags, payload, self.next[side], self.next[1 - side], self.windows[side], options)
        self.capture.put(self.time, address, other, data)
        self.next[side] += len(payload) + bool(flags & (SYN | FIN))

    def again(self, side, flags, after, options=b""):
        self.next[side] -= 1
        self.packet(side, flags, after=after, options=options)

    def open(self):
        self.packet(0, SYN, after=0, options=SYN_OPTIONS)
        self.packet(1, SYN | ACK, options=SYN_OPTIONS)
        self.packet(0, ACK)

    def say(self, side, size, after=None):
        """Bytes in segments, each two acknowledged."""
        count = 0
        while size > 0:
            self.packet(side, PSH | ACK if size <= SEGMENT else ACK, bytes(min(size, SEGMENT)), after if count == 0 else 20_000)
            size -= SEGMENT
            count += 1
            if count % 2 == 0 or size <= 0:
                self.packet(1 - side, ACK)

    def close(self, side=0):
        self.packet(side, FIN | ACK)
        self.packet(1 - side, FIN | ACK)
        self.packet(side, ACK)


def web(capture, time, client):
    """A page or several over one connection; some servers are gone, some do not answer, some clients break off."""
    talk = Talk(capture, time, client, *capture.random.choice(((WEB, 80), ("203.0.113.10", 443), ("203.0.113.11", 443))))
    kind = capture.random.random()
    if kind < 0.04:
        talk.packet(0, SYN, after=0, options=SYN_OPTIONS)
        talk.packet(1, RST | ACK)
        return
    if kind < 0.06:
        talk.packet(0, SYN, after=0, options=SYN_OPTIONS)
        talk.again(0, SYN, 1 * S, SYN_OPTIONS)
        talk.again(0, SYN, 2 * S, SYN_OPTIONS)
        return
    talk.open()
    if kind < 0.09:
        talk.packet(0, RST | ACK, after=capture.about(50 * MS))
        return
    hello = len(client_hello(b"www.example.com")) if talk.ends[1][1] == 443 else 0
    if hello:
        talk.say(0, hello + capture.between(100, 300))
        talk.say(1, capture.between(2500, 4500))
    for _ in range(capture.between(1, 4)):
        talk.say(0, len(http_request(b"www.example.com")) + capture.between(100, 900), capture.about(400 * MS))
        talk.say(1, 200 + capture.about(2500 * 1000) // 1000, capture.about(30 * MS))
    talk.close(capture.between(0, 1))


def names(capture, time, client):
    """A look-up; some are lost and asked again."""
    port, name = capture.port(), "host%d.example.com" % capture.between(1, 10 ** capture.between(1, 6))
    for attempt in range(2):
        capture.put(time, client, RESOLVER, udp(port, 53, dns_query(name)))
        if attempt or not capture.chance(0.04):
            capture.put(time + 300_000 + capture.about(8 * MS), RESOLVER, client, udp(53, port, dns_answer(name)))
            return
        time += 5 * S


def ping(capture, time, source, target, count, answered, identifier):
    for number in range(1, count + 1):
        data = bytes(56)
        capture.put(time, source, target, icmp(8, 0, identifier, number, data))
        if answered:
            capture.put(time + 150_000 + capture.about(1 * MS), target, source, icmp(0, 0, identifier, number, data))
        time += 1 * S


def login(capture, time, client, attempts, pause, success):
    """SSH up to its end: key exchange, password attempts, and, when one succeeds, a session."""
    talk = Talk(capture, time, client, SSH, 22)
    talk.open()
    talk.say(1, capture.between(35, 45))
    talk.say(0, capture.between(25, 45))
    for side, size in ((0, 1400), (1, 1100), (0, 48), (1, 450), (0, 60), (1, 44)):
        talk.say(side, size + capture.between(0, 16) * 8)
    for attempt in range(attempts):
        talk.say(0, 148, pause + capture.about(pause))
        talk.say(1, 28 if success and attempt == attempts - 1 else 52, 30 * MS + capture.about(200 * MS))
    if success:
        for _ in range(capture.between(5, 60)):
            talk.say(0, capture.between(1, 3) * 36, capture.about(800 * MS))
            talk.say(1, 36 + 36 * capture.between(0, 12), capture.about(20 * MS))
    talk.close(0 if success else 1)


def benign(capture, day):
    clients = ["10.0.0.%d" % n for n in range(101, 121)]
    time = day.begin
    while time < day.begin + LENGTH:
        client, kind = capture.random.choice(clients), capture.random.random()
        if kind < 0.50:
            web(capture, time, client)
        elif kind < 0.88:
            names(capture, time, client)
        elif kind < 0.96:
            ping(capture, time, MONITOR, "10.0.0.%d" % capture.between(1, 99), capture.between(1, 3), not capture.chance(0.15),
                 capture.between(1, 65535))
        else:
            attempts, success = capture.between(1, 3), not capture.chance(0.2)
            login(capture, time, capture.random.choice(ADMINS), attempts, 2 * S, success)
        time += capture.about(400 * MS)


def scan(capture, day, time):
    """Half-open: a SYN for each port, and a RST where one is open."""
    for port in capture.random.sample(range(1, 10000), 300):
        window, options = CRAFTED if capture.chance(day.crafted) else ORDINARY
        talk = Talk(capture, time, day.scanner, WEB, port, (window, 0))
        talk.packet(0, SYN, after=0, options=options)
        answer = capture.random.random()
        if answer < 0.04:
            talk.windows = (0, 65160)
            talk.packet(1, SYN | ACK, options=SYN_OPTIONS)
            talk.packet(0, RST)
        elif answer < 0.80:
            talk.packet(1, RST | ACK)
        time += capture.about(day.scan_pause)


def flood(capture, day, time):
    """SYNs under false addresses; the server answers and answers again."""
    for _ in range(400):
        source = "198.18.%d.%d" % (capture.between(0, 255), capture.between(1, 254))
        talk = Talk(capture, time, source, WEB, 80, (capture.between(512, 65535), 65160))
        talk.packet(0, SYN, after=0)
        if not capture.chance(0.3):
            talk.packet(1, SYN | ACK, options=SYN_OPTIONS[:4])
            for wait in (1, 2) if capture.chance(0.5) else ():
                talk.again(1, SYN | ACK, wait * S, SYN_OPTIONS[:4])
        time += capture.about(day.flood_pause)


def sweep(capture, day, time):
    identifier = capture.between(1, 65535)
    for number in range(1, 255):
        ping(capture, time, day.scanner, "10.0.0.%d" % number, 1, capture.chance(0.15), identifier)
        time += capture.about(day.sweep_pause)


def guesses(capture, day, time):
    for _ in range(120):
        login(capture, time, day.guesser, 3, day.guess_pause, False)
        time += capture.about(2 * day.guess_pause)


def compose(number):
    day, capture = DAYS[number], Capture(int(number))
    benign(capture, day)
    begin = day.begin + (60 * S if number == "1" else 20 * S)
    for attack, after in ((sweep, 0), (scan, 60 * S), (guesses, 240 * S), (flood, 400 * S)):
        attack(capture, day, begin + after)
    return pcap(sorted(capture.frames, key=lambda frame: frame.time_ns))


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in DAYS:
        sys.exit(__doc__.split("\n\n")[1])
    with open(sys.argv[2], "wb") as file:
        file.write(compose(sys.argv[1]))


if __name__ == "__main__":
    main()
