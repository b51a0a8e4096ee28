"""IP fragments: which pieces of a datagram are there, and what it is when it counts.

A datagram is complete once its last piece is known and no byte before it is missing, by what the headers say, however much
was captured. Where pieces overlap, the one that begins first wins (of two that begin alike, the one that came first). One that
stays incomplete is given up when a piece or any frame comes more than 30 s after its newest piece, or at the end.
"""
from collections import namedtuple

Fragment = namedtuple("Fragment", "offset length data")
TIME_OUT_NS = 30 * 10 ** 9


class Datagram:
    """The pieces seen so far. `ip` and `protocol` are those of the newest piece (the protocol: of the first)."""

    def __init__(self):
        self.fragments, self.frames, self.end = [], [], None
        self.newest_ns, self.newest, self.ip, self.protocol = None, None, None, None

    def add(self, offset, part, more, frames, now, ip, protocol):
        self.fragments.append(Fragment(offset, part.length, part.data))
        self.frames += [frame for frame in frames if frame not in self.frames]
        if not more and self.end is None:
            self.end = offset + part.length
        if self.newest_ns is None or now.time_ns >= self.newest_ns:
            self.newest_ns, self.newest, self.ip = now.time_ns, now.number, ip
        if offset == 0 and self.protocol is None:
            self.protocol = protocol

    def is_complete(self):
        return self.end is not None and self._reach() >= self.end

    def _reach(self):
        """Bytes from the beginning on without a gap."""
        reach = 0
        for fragment in sorted(self.fragments, key=lambda fragment: fragment.offset):
            if fragment.offset > reach:
                break
            reach = max(reach, fragment.offset + fragment.length)
        return reach

    def held(self):
        """Number of the datagram's bytes that came, each once."""
        return len({at for fragment in self.fragments for at in range(fragment.offset, fragment.offset + fragment.length)})

    def bytes(self):
        """The captured bytes up to the first that is missing."""
        data = b""
        for fragment in sorted(self.fragments, key=lambda fragment: fragment.offset):
            if fragment.offset > len(data):
                break
            data += fragment.data[len(data) - fragment.offset:]
        return data if self.end is None else data[:self.end]


class FragmentTable:
    """All datagrams not yet complete, by whatever key identifies them, the one with the oldest last piece first."""

    def __init__(self):
        self.open, self.given_up = {}, []

    def add(self, key, now, offset, part, more, frames, ip, protocol):
        """Returns the datagram that this piece completes, else None."""
        if key in self.open and now.time_ns - self.open[key].newest_ns > TIME_OUT_NS:
            self.given_up.append(self.open.pop(key))
        datagram = self.open.pop(key, None) or Datagram()
        datagram.add(offset, part, more, frames, now, ip, protocol)
        if datagram.is_complete():
            return datagram
        self.open[key] = datagram
        return None

    def overdue(self, now_ns=None):
        """Takes out the datagrams that are not waited for at this time; without a time all of them."""
        while self.given_up:
            yield self.given_up.pop(0)
        while self.open:
            key, oldest = next(iter(self.open.items()))
            if now_ns is not None and now_ns - oldest.newest_ns <= TIME_OUT_NS:
                return
            yield self.open.pop(key)
