"""A table of open flows that is walked in the order of Java's HashMap, which is the order of the last rows.

Buckets are chosen by the string hash; a bucket keeps the order of insertion; the table doubles when it holds more than
three quarters of its buckets, and never shrinks. Walking goes bucket by bucket.
"""


def bucket_hash(text):
    value = 0
    for character in text:
        value = (31 * value + ord(character)) & 0xFFFFFFFF
    return value ^ value >> 16


class JavaTable:
    def __init__(self):
        self.flows = {}
        self.capacity = 16

    def __contains__(self, key):
        return key in self.flows

    def __getitem__(self, key):
        return self.flows[key]

    def put(self, key, flow):
        self.flows[key] = flow
        if len(self.flows) > self.capacity * 3 // 4:
            self.capacity *= 2

    def remove(self, key):
        del self.flows[key]

    def values(self):
        """Splitting a bucket keeps its order, so insertion order within the final buckets is all there is to know."""
        order = sorted(self.flows, key=lambda key: bucket_hash(key) & (self.capacity - 1))
        return [self.flows[key] for key in order]
