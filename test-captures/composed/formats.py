"""The same packets in every file format: the rows are the same, or differ only by what the format cannot hold."""
import gzip
import struct

import files
import packets as p
from capture import TCP, UDP, Capture, row
from files import BEGIN_NS, MS, NS, S, US, Frame, Interface, at

A, B = "10.3.0.1", "10.3.0.2"
SYN, REPLY = p.ipv4(A, B, p.tcp(1000, 80, p.SYN)), p.ipv4(B, A, p.tcp(80, 1000, p.SYN | p.ACK))
NS_GAPS = [at(0, p.ethernet(SYN)), at(1 * NS, p.ethernet(REPLY)), at(1 * S, p.ethernet(SYN))]
US_GAPS = [at(0, p.ethernet(SYN)), at(1 * US, p.ethernet(REPLY)), at(1 * S, p.ethernet(SYN))]


def rows(gap, **more):
    return [row((A, 1000), (B, 80), TCP, (2, 1), flow_iat_min=gap, flow_iat_max=1 - gap, flow_duration=1.0, **more)]


def resolutions():
    """Interfaces of several resolutions and link types in one file, two sections of either byte order."""
    frames = [at(0, p.ethernet(SYN), interface=0), at(1 * MS, REPLY, interface=1), at(1 * S + MS, p.ethernet(SYN), interface=2),
              at(1500 * MS, p.ethernet(SYN), interface=3)]
    interfaces = [Interface(1, 6), Interface(101, 3), Interface(1, 9), Interface(1, 0x80 | 20)]
    later = [at(2 * S, p.ethernet(REPLY))]
    data = files.pcapng_section(frames, interfaces) + files.pcapng_section(later, [Interface(1, 9)], ">")
    expected = [row((A, 1000), (B, 80), TCP, (3, 2), flow_duration=2.0, totlen_fwd_pkts=3 * 54, totlen_bwd_pkts=40 + 54,
                    flow_iat_min=0.001, flow_iat_max=1.0)]
    return Capture("interfaces.pcapng", data, expected, {})


def offset():
    """The if_tsoffset option is added to every time; with a negative one there is time before 1970."""
    data, frame = files.pcapng_section([], []), p.ethernet(SYN)
    for seconds in (-20, 1_000_000_000):
        options = struct.pack("<HHqHH", 14, 8, seconds, 0, 0)
        data += files.block("<", 1, struct.pack("<HHI", 1, 0, 65535) + options)
    for interface in (0, 1):
        head = struct.pack("<IIIII", interface, 0, 5_000_000, len(frame), len(frame))
        data += files.block("<", 6, head + frame)
    expected = [row((A, 1000), (B, 80), TCP, (1, 0), timestamp="1969-12-31 23:59:45"),
                row((A, 1000), (B, 80), TCP, (1, 0), timestamp="2001-09-09 01:46:45")]
    return Capture("time-offset.pcapng", data, expected, {})


def no_time():
    """Simple packets have no time: they count as those of 1970, and time does not run backwards."""
    frame, section = p.ethernet(SYN), files.pcapng_section([], [Interface(1)])
    data = section + 2 * files.block("<", 3, struct.pack("<I", len(frame)) + frame)
    return Capture("simple-packets.pcapng", data, [row((A, 1000), (B, 80), TCP, (2, 0), timestamp="1970-01-01 00:00:00",
                                                       flow_duration=0.0)], {})


def far_times():
    """The first second there is, the last of 32 bits, and in pcapng one beyond."""
    frames = [Frame(0, p.ethernet(SYN), 54), Frame(0xFFFFFFFF * S + 999_999 * US, p.ethernet(SYN), 54)]
    expected = [row((A, 1000), (B, 80), TCP, (1, 0), timestamp="1970-01-01 00:00:00"),
                row((A, 1000), (B, 80), TCP, (1, 0), timestamp="2106-02-07 06:28:15")]
    beyond = [Frame((1 << 32) * S, p.ethernet(SYN), 54)]
    return [Capture("far-times.pcap", files.pcap(frames), expected, {}),
            Capture("far-times.pcapng", files.pcapng_section(beyond, [Interface(1)]),
                    [row((A, 1000), (B, 80), TCP, (1, 0), timestamp="2106-02-07 06:28:16")], {})]


def captures():
    micro, nano = rows(0.000001), rows(0.000000001)
    found = [
        Capture("microseconds.pcap", files.pcap(US_GAPS), micro, {}),
        Capture("microseconds-big-endian.pcap", files.pcap(US_GAPS, order=">"), micro, {}),
        Capture("nanoseconds.pcap", files.pcap(NS_GAPS, nanoseconds=True), nano, {}),
        Capture("nanoseconds-big-endian.pcap", files.pcap(NS_GAPS, nanoseconds=True, order=">"), nano, {}),
        Capture("zipped.pcap.gz", gzip.compress(files.pcap(US_GAPS), mtime=0), micro, {}),
        Capture("zipped.pcapng.gz", gzip.compress(files.pcapng_section(NS_GAPS, [Interface(1, 9)]), mtime=0), nano, {}),
        resolutions(), offset(), no_time(), *far_times()]
    return [capture._replace(about_format=True) for capture in found]
