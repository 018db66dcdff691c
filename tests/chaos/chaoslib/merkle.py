"""The Merkle tree of RFC 6962, written again and independently: the ledger's root is recomputed here."""
import base64
import hashlib


class Tree:
    """Roots of the complete subtrees so far, the largest first."""

    def __init__(self):
        self.size = 0
        self._roots = []

    def append(self, leaf):
        node = hashlib.sha256(b"\0" + leaf).digest()
        size = self.size
        while size & 1:
            node = hashlib.sha256(b"\1" + self._roots.pop() + node).digest()
            size >>= 1
        self._roots.append(node)
        self.size += 1

    def root(self):
        if not self._roots:
            return hashlib.sha256(b"").digest()
        node = self._roots[-1]
        for left in reversed(self._roots[:-1]):
            node = hashlib.sha256(b"\1" + left + node).digest()
        return node


def checkpoint(note):
    """Origin, size and root of a checkpoint's text; its signature is `lianfang verify`'s to check."""
    origin, size, root = note.split("\n")[:3]
    return origin, int(size), base64.b64decode(root)
