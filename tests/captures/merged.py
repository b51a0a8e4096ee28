"""Joins many captures in one file, so that one run reads them all.

Each begins so long after the previous one that no flow spans two of them.
"""
import files
from standard_capture import read_frames

PAUSE_NS = 1000 * files.S
LONGEST_NS = 3600 * files.S


def _shifted(frames, begin_ns):
    """Frames that begin then; None when they last too long for that."""
    first, last = min(f.time_ns for f in frames), max(f.time_ns for f in frames)
    if last - first > LONGEST_NS:
        return None, begin_ns
    shift = begin_ns - first
    return [(f.time_ns + shift, f) for f in frames], last + shift + PAUSE_NS


def _sequence(paths):
    begin_ns = files.BEGIN_NS
    for path in paths:
        frames = list(read_frames(path))
        shifted, begin_ns = _shifted(frames, begin_ns) if frames else (None, begin_ns)
        yield from shifted or ()


def any_link(paths):
    """A pcapng file with the frames of all, in nanoseconds, an interface for each link type."""
    links, frames = {}, []
    for time_ns, frame in _sequence(paths):
        interface = links.setdefault(frame.link, len(links))
        frames.append(files.Frame(time_ns, frame.data, frame.length, interface))
    return files.pcapng_section(frames, [files.Interface(link, 9) for link in links])


def ethernet(paths):
    """A nanosecond pcap file with the Ethernet frames of all."""
    frames = [files.Frame(time_ns, frame.data, frame.length) for time_ns, frame in _sequence(paths)
              if frame.link == files.ETHERNET]
    return files.pcap(frames, nanoseconds=True)
