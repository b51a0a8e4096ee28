"""Frames of a capture file: pcap and pcapng, either byte order, micro- or nanoseconds, gzip or not.

This file knows file formats only, nothing of protocols. A frame is what was captured of it, its length on the wire, its
link type, and its time as an integer number of nanoseconds since 1970; no time ever passes through a float.
A file that ends in the middle of a frame raises CutShort after everything readable was handed out.
"""
import gzip
import struct
from collections import namedtuple

Frame = namedtuple("Frame", "number time_ns length link data")

NS_PER_SECOND = 10 ** 9
PCAP_UNITS = {0xA1B2C3D4: 1000, 0xA1B23C4D: 1}      # magic -> nanoseconds per fraction of a second
SECTION_HEADER, INTERFACE, OLD_PACKET, SIMPLE_PACKET, ENHANCED_PACKET = 0x0A0D0D0A, 1, 2, 3, 6
BYTE_ORDER_MAGIC = 0x1A2B3C4D
OPTION_END, OPTION_RESOLUTION, OPTION_OFFSET = 0, 9, 14


class BadCapture(Exception):
    """The file is not a capture this reader understands."""


class CutShort(BadCapture):
    """The file ends in the middle of a frame."""


def read_frames(path):
    """Yields the frames of the file in order, numbered from 1."""
    with open(path, "rb") as raw:
        zipped = raw.read(2) == b"\x1f\x8b"
    with (gzip.open if zipped else open)(path, "rb") as stream:
        magic = stream.read(4)
        if struct.unpack("<I", magic.ljust(4, b"\0"))[0] == SECTION_HEADER:
            yield from _number(_pcapng(stream))
        else:
            yield from _number(_pcap(stream, magic))


def _number(frames):
    for number, (time_ns, length, link, data) in enumerate(frames, 1):
        yield Frame(number, time_ns, max(length, len(data)), link, data)


def _exactly(stream, count, what):
    data = stream.read(count)
    if len(data) < count:
        raise CutShort(f"the file ends in the middle of {what}")
    return data


def _pcap(stream, magic):
    for order in "<>":
        unit = PCAP_UNITS.get(struct.unpack(order + "I", magic.ljust(4, b"\0"))[0])
        if unit:
            break
    else:
        raise BadCapture("neither a pcap nor a pcapng file (unknown first four bytes)")
    link = struct.unpack(order + "HHiIII", _exactly(stream, 20, "the file header"))[5] & 0xFFFF
    while header := stream.read(16):
        if len(header) < 16:
            raise CutShort("the file ends in the middle of a record header")
        seconds, fraction, captured, length = struct.unpack(order + "IIII", header)
        data = _exactly(stream, captured, "a record")
        yield seconds * NS_PER_SECOND + fraction * unit, length, link, data


def _pcapng(stream):
    order, interfaces = "<", []
    pending = struct.pack("<I", SECTION_HEADER)
    while pending or (pending := stream.read(4)):
        kind = struct.unpack(order + "I", pending.ljust(4, b"\0"))[0]
        pending = b""
        size = _exactly(stream, 4, "a block")
        start = b""
        if kind == SECTION_HEADER:
            start = _exactly(stream, 4, "a section header")
            order = "<" if struct.unpack("<I", start)[0] == BYTE_ORDER_MAGIC else ">"
            interfaces = []
        total = struct.unpack(order + "I", size)[0]
        if total % 4 or total < 12 + len(start):
            raise BadCapture(f"a block of {total} bytes: a multiple of 4, at least {12 + len(start)}, would be right")
        body = start + _exactly(stream, total - 12 - len(start), "a block")
        _exactly(stream, 4, "a block")
        if kind == INTERFACE:
            interfaces.append(_interface(order, body))
        elif kind in (ENHANCED_PACKET, OLD_PACKET, SIMPLE_PACKET):
            yield _packet(order, kind, body, interfaces)


def _interface(order, body):
    """(link type, snaplen, ticks per second, offset in seconds) of an interface description."""
    link, _, snaplen = struct.unpack(order + "HHI", body[:8])
    ticks, offset, at = 10 ** 6, 0, 8
    while at + 4 <= len(body):
        code, size = struct.unpack(order + "HH", body[at:at + 4])
        value = body[at + 4:at + 4 + size]
        at += 4 + (size + 3) // 4 * 4
        if code == OPTION_END:
            break
        if code == OPTION_RESOLUTION:
            ticks = (2 if value[0] & 0x80 else 10) ** (value[0] & 0x7F)
        elif code == OPTION_OFFSET:
            offset = struct.unpack(order + "q", value)[0]
    return link, snaplen, ticks, offset


def _packet(order, kind, body, interfaces):
    if not interfaces:
        raise BadCapture("a packet block before any interface description")
    if kind == SIMPLE_PACKET:
        length = struct.unpack(order + "I", body[:4])[0]
        link, snaplen, _, _ = interfaces[0]
        captured = min(length, snaplen or length, len(body) - 4)
        return 0, length, link, body[4:4 + captured]
    head = order + ("HHIIII" if kind == OLD_PACKET else "IIIII")
    numbers = struct.unpack(head, body[:20])
    interface, (high, low, captured, length) = numbers[0], numbers[-4:]
    if interface >= len(interfaces):
        raise BadCapture(f"a packet of interface {interface}, but only {len(interfaces)} are described")
    link, _, ticks, offset = interfaces[interface]
    time_ns = ((high << 32) + low) * NS_PER_SECOND // ticks + offset * NS_PER_SECOND
    return time_ns, length, link, body[20:20 + captured]
