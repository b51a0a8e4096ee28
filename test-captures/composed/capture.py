"""What a composed capture is: its file and what must come out of it, worked out by hand.

A row names the columns that its capture is about; the rows are those of the file, in order. `skipped` are the frames that
are no flow packets, by reason. `reference` is False where the independent computation does not know the link type or the
encapsulation: then the rows here are all there is. `about_format` is True where the file and not its frames
are the subject.
"""
from collections import namedtuple

TCP, UDP, ICMP, ICMPV6 = 6, 17, 1, 58

Capture = namedtuple("Capture", "name data rows skipped outer_rows reference about_format",
                     defaults=(None, None, True, False))


def row(source, destination, protocol, packets, **columns):
    """source, destination: (address, port), or an address alone for ICMP; packets: (forward, backward)."""
    ends = [end if isinstance(end, tuple) else (end, -1) for end in (source, destination)]
    return {"src_ip": ends[0][0], "dst_ip": ends[1][0], "src_port": ends[0][1], "dst_port": ends[1][1],
            "protocol": protocol, "tot_fwd_pkts": packets[0], "tot_bwd_pkts": packets[1], **columns}
