"""Packets as lines of text, turned into the records of a pcap file.

    TIME tcp|udp|sctp SOURCE:PORT > DESTINATION:PORT [NAME=VALUE ...]
    TIME icmp SOURCE > DESTINATION [NAME=VALUE ...]
    TIME ip SOURCE > DESTINATION protocol=NUMBER [NAME=VALUE ...]
    TIME udp|ip|icmp ... carrying LINE WITHOUT TIME (udp: the inner frame in VXLAN; ip, icmp: the inner datagram)
    TIME frame HEX                                  (the bytes of the frame as they are)

The words of tests/flow/packet_text.h, for whole frames: TIME is seconds with up to nine decimals, counted from 2023-01-01
00:00:00 UTC, or from 1970 after a line "epoch 0".  Names: payload, pad (bytes after the datagram), header (of TCP), flags
(letters of FSRPAUEC), seq, ack, win, type, code, id (ICMP), options (IP, bytes), vlan, captured (bytes of the frame that the file
has), offset (of the fragment, bytes), more (1: fragments follow), total and ihl (fields of the IP header, wrong on purpose),
times and step (the packet so many times, seconds apart).  IPv6 addresses are in brackets where a port follows.  A line
"link NAME" with one of wire.LINKS before the packets changes the link layer of the file from Ethernet.
"""
import pcap
import wire

EPOCH_NS = 1672531200 * pcap.NS_PER_SECOND
NUMBERS = frozenset("payload pad header seq ack win type code id options vlan captured offset more total ihl protocol "
                    "times".split())
TIME_DECIMALS = 9
TRANSPORTS = {"tcp": wire.TCP, "udp": wire.UDP, "sctp": wire.SCTP, "icmp": wire.ICMP, "icmpv6": wire.ICMPV6, "ip": None}


class TextError(Exception):
    """A line that cannot be read; the text says which word is wrong and what would be right."""


def nanoseconds(text):
    """Seconds as text, exactly; a minus sign is allowed."""
    whole, _, decimals = text.lstrip("-").partition(".")
    if not whole.isdigit() or not (decimals or "0").isdigit() or len(decimals) > TIME_DECIMALS:
        raise TextError(f'"{text}" is not seconds with up to {TIME_DECIMALS} decimals, such as 12.5')
    size = int(whole) * pcap.NS_PER_SECOND + int(decimals.ljust(TIME_DECIMALS, "0"))
    return -size if text.startswith("-") else size


def capture(lines):
    """(link type, pcap records) of (line number, text) pairs."""
    epoch_ns, link, records = EPOCH_NS, "ethernet", []
    for number, line in lines:
        words = line.split()
        try:
            if words[0] == "epoch":
                epoch_ns = nanoseconds(words[1])
            elif words[0] == "link":
                link = words[1]
                wire.LINKS[link]
            else:
                records += _packet_records(words, epoch_ns, link)
        except (TextError, LookupError, ValueError, OSError) as error:
            raise TextError(f"line {number}: {error}: {line}") from error
    return wire.LINKS[link][0], records


def _packet_records(words, epoch_ns, link):
    start_ns = nanoseconds(words[0])
    if words[1] == "frame":
        frame, named = bytes.fromhex("".join(words[2:])), {}
    else:
        frame, named = frame_of(words[1:], link)
    step_ns = nanoseconds(named.get("step", "0"))
    return [pcap.record(epoch_ns + start_ns + n * step_ns, frame, named.get("captured")) for n in range(named.get("times", 1))]


def frame_of(words, link):
    """(bytes, named values) of the frame that the words after the time describe."""
    inner = b""
    if "carrying" in words:
        at = words.index("carrying")
        inner = wire.vxlan(frame_of(words[at + 1:], "ethernet")[0]) if words[0] == "udp" else frame_of(words[at + 1:], "raw")[0]
        words = words[:at]
    if len(words) < 4 or words[0] not in TRANSPORTS or words[2] != ">":
        raise TextError('expected "tcp|udp|sctp|icmp|ip SOURCE > DESTINATION"')
    named = dict(_named(word) for word in words[4:])
    ends = [_end(word, words[0] in ("tcp", "udp", "sctp")) for word in (words[1], words[3])]
    payload = inner or bytes(named.get("payload", 0))
    content = _transport(words[0], [port for _, port in ends], named, payload)
    protocol = named["protocol"] if words[0] == "ip" else TRANSPORTS[words[0]]
    return _network([address for address, _ in ends], protocol, content, named, link), named


def _named(word):
    name, equals, value = word.partition("=")
    if not equals or name not in NUMBERS | {"flags", "step"}:
        raise TextError(f'"{word}" is not NAME=VALUE with one of {" ".join(sorted(NUMBERS))} flags step')
    return name, int(value) if name in NUMBERS else value


def _end(word, has_port):
    if not has_port:
        return word, None
    address, colon, port = word.rpartition(":")
    if not colon:
        raise TextError(f'"{word}" has no port; write ADDRESS:PORT')
    return address.strip("[]"), int(port)


def _transport(name, ports, named, payload):
    if name == "ip" or named.get("offset", 0) > 0:
        return payload
    if name == "tcp":
        return wire.tcp(ports, payload, wire.flag_bits(named.get("flags", "")), named.get("win", 0), named.get("header", 20),
                        (named.get("seq", 1), named.get("ack", 1)))
    if name in ("udp", "sctp"):
        return getattr(wire, name)(ports, payload)
    return wire.icmp(named.get("type", 8), named.get("id", 0), payload, named.get("code", 0))


def _network(addresses, protocol, content, named, link):
    padding, vlan = bytes(named.get("pad", 0)), named.get("vlan")
    if ":" in addresses[0]:
        return wire.link(link, wire.ipv6(addresses, protocol, content) + padding, wire.ETHERTYPE_IPV6, vlan)
    fragment = named.get("offset", 0) // 8 | (wire.MORE_FRAGMENTS if named.get("more") else 0)
    datagram = wire.ipv4(addresses, protocol, content, named.get("options", 0), fragment, total=named.get("total"))
    if "ihl" in named:
        datagram = bytes([0x40 | named["ihl"]]) + datagram[1:]
    return wire.link(link, datagram + padding, vlan=vlan)
