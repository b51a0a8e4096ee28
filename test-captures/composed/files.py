"""Writes captures byte by byte: pcap in its four forms, and pcapng with any time resolution. The same bytes every time.

Times are integer nanoseconds; a time that the file's resolution cannot hold is an error, never rounded.
"""
import struct
from collections import namedtuple

ETHERNET, LOOPBACK, RAW_IP, PPP, SLL = 1, 0, 101, 9, 113
NS, US, MS, S = 1, 10 ** 3, 10 ** 6, 10 ** 9
BEGIN_NS = 1_700_000_000 * S             # 2023-11-14 22:13:20 UTC
SNAPLEN = 262144

Frame = namedtuple("Frame", "time_ns data length interface", defaults=(None, 0))
Interface = namedtuple("Interface", "link resolution", defaults=(6,))


def at(offset_ns, data, captured=None, interface=0):
    """A frame this long after the beginning; captured: how much of it a snaplen left."""
    return Frame(BEGIN_NS + offset_ns, data[:captured], len(data), interface)


def pcap(frames, link=ETHERNET, nanoseconds=False, order="<", snaplen=SNAPLEN):
    unit = NS if nanoseconds else US
    magic = 0xA1B23C4D if nanoseconds else 0xA1B2C3D4
    data = [struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, snaplen, link)]
    for frame in frames:
        seconds, rest = divmod(frame.time_ns, S)
        assert rest % unit == 0, f"{frame.time_ns} ns does not fit into units of {unit} ns"
        data += [struct.pack(order + "IIII", seconds, rest // unit, len(frame.data), frame.length), frame.data]
    return b"".join(data)


def block(order, kind, body):
    """A pcapng block of any kind."""
    body += b"\0" * (-len(body) % 4)
    size = struct.pack(order + "I", len(body) + 12)
    return struct.pack(order + "I", kind) + size + body + size


def pcapng_section(frames, interfaces, order="<"):
    """One section; resolution is the if_tsresol option: 10^-n, or 2^-n with its top bit set."""
    data = [block(order, 0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1))]
    for interface in interfaces:
        option = struct.pack(order + "HHB3xHH", 9, 1, interface.resolution, 0, 0)
        data.append(block(order, 1, struct.pack(order + "HHI", interface.link, 0, SNAPLEN) + option))
    for frame in frames:
        resolution = interfaces[frame.interface].resolution
        ticks, rest = divmod(frame.time_ns * (2 if resolution & 0x80 else 10) ** (resolution & 0x7F), S)
        assert rest == 0, f"{frame.time_ns} ns does not fit into resolution {resolution:#x}"
        head = struct.pack(order + "IIIII", frame.interface, ticks >> 32, ticks & 0xFFFFFFFF, len(frame.data), frame.length)
        data.append(block(order, 6, head + frame.data))
    return b"".join(data)
