#!/usr/bin/python3
"""Flow records of the `standard` dialect, computed from a capture file without Wireshark and without the plugin.

An independent second opinion for the tests: written from the definitions of the columns, exact, and slow. Writes CSV to
standard output, the rows in the order in which flows are completed. Exit status 1 when the capture could not be read to
its end (what could be read is written), 2 for wrong usage.
"""
import argparse
import csv
import struct
import sys
import zlib
from fractions import Fraction

from standard_capture import BadCapture, read_frames
from standard_features import COLUMNS, NS_PER_SECOND, cells
from standard_internet import Decoder
from standard_table import FlowTable, TimeOuts


def nanoseconds(text):
    """Seconds, fractions allowed, as integer nanoseconds."""
    try:
        value = Fraction(text) * NS_PER_SECOND
    except (ValueError, ZeroDivisionError):
        value = Fraction(-1)
    if value < 0 or value.denominator != 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds, 0 or more, with at most nine decimals")
    return int(value)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("capture", help="pcap or pcapng file, gzip or not")
    for name, default, meaning in (
            ("idle-timeout", "240", "TCP and UDP: a longer gap begins a new flow"),
            ("icmp-idle-timeout", "60", "the same for ICMP and ICMPv6"),
            ("active-timeout", "0", "a flow that lasts longer is cut; 0: never"),
            ("closed-timeout", "0", "TCP after a RST, or a FIN from both sides: a longer gap begins a new flow; 0: as others"),
            ("activity-timeout", "5", "a longer gap is an idle period"),
            ("subflow-gap", "1", "a longer gap begins a subflow and ends a bulk")):
        parser.add_argument("--" + name, type=nanoseconds, default=default, metavar="S", help=f"{meaning} (default {default})")
    parser.add_argument("--vlan-flows", action="store_true", help="flows are told apart by VLANs")
    parser.add_argument("--tunnel", choices=("inner", "outer"), default="inner", help="which IP header counts")
    parser.add_argument("--stats", action="store_true", help="print what became of the frames, to standard error")
    return parser.parse_args()


def main():
    options = arguments()
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)

    def emit(flow):
        writer.writerow(cells(flow, options.activity_timeout, options.subflow_gap))

    time_outs = TimeOuts(options.idle_timeout, options.icmp_idle_timeout, options.active_timeout, options.closed_timeout)
    table = FlowTable(time_outs, emit, options.vlan_flows)
    decoder, status = Decoder(options.tunnel), 0
    try:
        for frame in read_frames(options.capture):
            for late in decoder.overdue(frame.time_ns):
                table.frame(*late)
            packet, length = decoder.decode(frame)
            table.frame(frame.time_ns, packet, length)
    except (OSError, EOFError, zlib.error, struct.error, BadCapture) as error:
        print(f"{options.capture}: {getattr(error, 'strerror', None) or error}", file=sys.stderr)
        status = 1
    for late in decoder.overdue():
        table.frame(*late)
    table.end()
    if options.stats:
        print(" ".join(f"{name}={count}" for name, count in decoder.statistics().items()), file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
