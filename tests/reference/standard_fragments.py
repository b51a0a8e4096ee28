"""IP fragments put together again.

A datagram is complete once its last fragment is known and no byte before it is missing; where fragments overlap, the one
that begins first wins (of two that begin alike, the one that came first). It remembers the frames of all its fragments,
for they make up its packet length. There is no time-out: what never completes simply stays open.
"""
from collections import namedtuple

Fragment = namedtuple("Fragment", "offset data")


class Datagram:
    """The fragments seen so far of one datagram."""

    def __init__(self):
        self.fragments, self.frames, self.end = [], [], None

    def add(self, offset, data, more, frames):
        self.fragments.append(Fragment(offset, data))
        self.frames += [frame for frame in frames if frame not in self.frames]
        if not more and self.end is None:
            self.end = offset + len(data)

    def whole(self):
        """The datagram's bytes, or None while something is missing."""
        if self.end is None:
            return None
        data = b""
        for fragment in sorted(self.fragments, key=lambda fragment: fragment.offset):
            if fragment.offset > len(data):
                return None
            data += fragment.data[len(data) - fragment.offset:]
        return data[:self.end] if len(data) >= self.end else None


class FragmentTable:
    """All datagrams not yet complete, by whatever key identifies them."""

    def __init__(self):
        self.open = {}

    def add(self, key, offset, data, more, frames):
        """Returns (bytes, frames) of the datagram this fragment completes, else None."""
        datagram = self.open.setdefault(key, Datagram())
        datagram.add(offset, data, more, frames)
        whole = datagram.whole()
        if whole is None:
            return None
        del self.open[key]
        return whole, datagram.frames
