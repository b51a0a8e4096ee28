"""Reads the frames of a pcap or pcapng file the way the Python fork gets to see them.

The fork does not read the file itself: tcpdump rewrites it into a microsecond pcap first.  So finer timestamps are cut
(not rounded) to microseconds, and one link type holds for the whole file.  Frames longer than 65,535 bytes are cut there.
Nothing here knows about packets; the result is (microseconds, link type, captured bytes).
"""
import struct

LONGEST_FRAME = 65535
MICROSECONDS = 10**6
PCAP_MAGICS = {0xA1B2C3D4: 1, 0xA1B23C4D: 1000}  # ticks of the file for one microsecond
SECTION_HEADER, INTERFACE, SIMPLE_PACKET, ENHANCED_PACKET = 0x0A0D0D0A, 1, 3, 6
OPTION_RESOLUTION, OPTION_OFFSET = 9, 14


class CaptureError(Exception):
    """The file is not a capture this module can read; the text says where and why."""


def frames(path):
    """Yield (time in microseconds, link type, bytes) for each frame of the capture file."""
    with open(path, "rb") as file:
        data = file.read()
    if len(data) < 4:
        raise CaptureError(f"{path}: {len(data)} bytes are too few for a capture file")
    for order in "<>":
        magic = struct.unpack(order + "I", data[:4])[0]
        if magic in PCAP_MAGICS:
            return _pcap_frames(path, data, order, PCAP_MAGICS[magic])
    if struct.unpack("<I", data[:4])[0] == SECTION_HEADER:
        return _pcapng_frames(path, data)
    raise CaptureError(f"{path}: starts with {data[:4].hex()}, which is neither pcap nor pcapng")


def _pcap_frames(path, data, order, divisor):
    if len(data) < 24:
        raise CaptureError(f"{path}: the pcap header is cut short at {len(data)} of 24 bytes")
    link_type = struct.unpack(order + "I", data[20:24])[0] & 0xFFFF
    position = 24
    while position + 16 <= len(data):
        seconds, fraction, captured, _wire = struct.unpack_from(order + "IIII", data, position)
        position += 16
        if position + captured > len(data):
            return
        yield (seconds * MICROSECONDS + fraction // divisor, link_type,
               data[position:position + min(captured, LONGEST_FRAME)])
        position += captured


def _pcapng_frames(path, data):
    position, order, interfaces = 0, "<", []
    while position + 12 <= len(data):
        if data[position:position + 4] == b"\x0a\x0d\x0d\x0a":
            order = "<" if data[position + 8:position + 12] == b"\x4d\x3c\x2b\x1a" else ">"
            interfaces = []
        kind, length = struct.unpack_from(order + "II", data, position)
        if length < 12 or position + length > len(data):
            return
        body = data[position + 8:position + length - 4]
        if kind == INTERFACE:
            interfaces.append(_interface(body, order))
        elif kind == ENHANCED_PACKET:
            yield _enhanced_packet(path, body, order, interfaces)
        elif kind == SIMPLE_PACKET:
            raise CaptureError(f"{path}: byte {position}: a simple packet block has no time; use enhanced packet blocks")
        position += length


def _interface(body, order):
    """(link type, ticks per second, offset in seconds) of an interface description block."""
    link_type, resolution, offset, position = struct.unpack_from(order + "H", body)[0], 6, 0, 8
    while position + 4 <= len(body):
        code, length = struct.unpack_from(order + "HH", body, position)
        value = body[position + 4:position + 4 + length]
        if code == 0:
            break
        if code == OPTION_RESOLUTION:
            resolution = value[0]
        elif code == OPTION_OFFSET:
            offset = struct.unpack(order + "q", value)[0]
        position += 4 + (length + 3) // 4 * 4
    ticks = 2 ** (resolution & 0x7F) if resolution & 0x80 else 10**resolution
    return link_type, ticks, offset


def _enhanced_packet(path, body, order, interfaces):
    number, high, low, captured = struct.unpack_from(order + "IIII", body)
    if number >= len(interfaces):
        raise CaptureError(f"{path}: a packet names interface {number}, but only {len(interfaces)} are described before it")
    link_type, ticks, offset = interfaces[number]
    microseconds = (high << 32 | low) * MICROSECONDS // ticks + offset * MICROSECONDS
    return microseconds, link_type, body[20:20 + min(captured, LONGEST_FRAME)]
