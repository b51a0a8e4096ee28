"""Frames of a pcap or pcapng file, as libpcap hands them to a program that asks for microseconds.

Only what the tools of the Java lineage look at is kept: capture time in whole microseconds (finer resolutions are cut
off, not rounded), the length on the wire and the captured bytes. The link type is not reported, because those tools
take every frame for Ethernet. A file cut off in the middle ends with its last whole frame.
"""
import struct
from collections import namedtuple

Frame = namedtuple("Frame", "time_us wire_length data")

MICROSECONDS = 1000000
PCAP_MAGIC = {0xA1B2C3D4: MICROSECONDS, 0xA1B23C4D: 1000 * MICROSECONDS}
SECTION_HEADER, INTERFACE, SIMPLE_PACKET, ENHANCED_PACKET = 0x0A0D0D0A, 1, 3, 6
OPTION_END, OPTION_RESOLUTION, OPTION_OFFSET = 0, 9, 14


class CaptureError(Exception):
    """The file is no capture that can be read; the text says what was found and what is needed."""


def frames(path):
    """Yield the frames of the capture file at path in file order."""
    with open(path, "rb") as f:
        data = f.read()
    if data[:4] == struct.pack("<I", SECTION_HEADER):
        return pcapng_frames(data)
    for order in "<>":
        if len(data) >= 24 and struct.unpack(order + "I", data[:4])[0] in PCAP_MAGIC:
            return pcap_frames(data, order)
    raise CaptureError(f"{path}: not a capture (first bytes {data[:4].hex() or 'none'}); pcap or pcapng is needed")


def pcap_frames(data, order):
    units = PCAP_MAGIC[struct.unpack(order + "I", data[:4])[0]]
    at = 24
    while at + 16 <= len(data):
        seconds, fraction, captured, wire = struct.unpack(order + "IIII", data[at:at + 16])
        at += 16
        if at + captured > len(data):
            return
        yield Frame(seconds * MICROSECONDS + fraction * MICROSECONDS // units, wire, data[at:at + captured])
        at += captured


def pcapng_frames(data):
    at, order, interfaces = 0, "<", []
    while at + 12 <= len(data):
        if data[at:at + 4] == b"\x0a\x0d\x0d\x0a":
            order = "<" if data[at + 8:at + 12] == b"\x4d\x3c\x2b\x1a" else ">"
            interfaces = []
        kind, length = struct.unpack(order + "II", data[at:at + 8])
        if length < 12 or at + length > len(data):
            return
        body = data[at + 8:at + length - 4]
        if kind == INTERFACE:
            interfaces.append(clock(body, order))
        elif kind == ENHANCED_PACKET:
            yield enhanced_packet(body, order, interfaces)
        elif kind == SIMPLE_PACKET:
            wire = struct.unpack(order + "I", body[:4])[0]
            yield Frame(0, wire, body[4:4 + wire])
        at += length


def clock(body, order):
    """Units per second and offset in seconds of an interface description block."""
    units, offset, at = MICROSECONDS, 0, 8
    while at + 4 <= len(body):
        code, length = struct.unpack(order + "HH", body[at:at + 4])
        value = body[at + 4:at + 4 + length]
        if code == OPTION_END:
            break
        if code == OPTION_RESOLUTION:
            units = 1 << (value[0] & 0x7F) if value[0] & 0x80 else 10 ** value[0]
        if code == OPTION_OFFSET:
            offset = struct.unpack(order + "q", value)[0]
        at += 4 + (length + 3) // 4 * 4
    return units, offset


def enhanced_packet(body, order, interfaces):
    interface, high, low, captured, wire = struct.unpack(order + "IIIII", body[:20])
    units, offset = interfaces[interface]
    ticks = high << 32 | low
    time_us = (ticks // units + offset) * MICROSECONDS + ticks % units * MICROSECONDS // units
    return Frame(time_us, wire, body[20:20 + captured])
