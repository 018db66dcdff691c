"""A rewrite of a ledger by somebody who knows everything: an entry is changed, and with it all hashes, the head, the row
that the entry wrote, the positions of those who follow, and the signed checkpoint, with the school's own key."""
import base64
import hashlib
import os
import subprocess

from chaoslib.base import require
from chaoslib.merkle import Tree
from mutations import opened


class Ledger(Tree):
    """The tree with what a database keeps of it."""

    def hashes(self, header):
        """What the append of an entry completes: the leaf, then its ancestors."""
        done = [hashlib.sha256(b"\0" + header).digest()]
        size, roots = self.size, list(self._roots)
        while size & 1:
            done.append(hashlib.sha256(b"\1" + roots.pop() + done[-1]).digest())
            size >>= 1
        self.append(header)
        return b"".join(done)

    def frontier(self):
        return self.size.to_bytes(8, "big") + b"".join(self._roots)


def writes(before, unit, frontier):
    """The head's `writes` with its check, as common/store/head_writes.h says."""
    count = before >> 32
    digest = hashlib.sha256(f"{unit}\n{count}\n".encode() + frontier).digest()
    return count << 32 | int.from_bytes(digest[:4], "big")


def _sign(work, key, text):
    message = work.file("rewrite", "text")
    with open(message, "wb") as file:
        file.write(text)
    return subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", key, "-in", message], check=True,
                          capture_output=True).stdout


def _same_length(text):
    """Another text of as many bytes, from a record's own."""
    at = text.index("年".encode())
    return text[:at] + "月".encode() + text[at + 3:]


def rewrite(work, folder, unit, service, followers, table):
    """Rewrites the newest record of `table` that has a 年 in it, on the ledger of `service`."""
    with opened(folder, service) as connection:
        rows = connection.execute(f"SELECT id, sequence, body FROM {table} WHERE unit_id = ? ORDER BY sequence DESC",
                                  (unit,)).fetchall()
        record, sequence, body = next(row for row in rows if "年".encode() in row[2])
        changed = _same_length(body)
        connection.execute(f"UPDATE {table} SET body = ? WHERE unit_id = ? AND id = ?", (changed, unit, record))
        (content, header), = connection.execute(
            "SELECT content, header FROM ledger_entries WHERE unit_id = ? AND sequence = ?", (unit, sequence))
        require(content.count(body) == 1, "the entry does not hold the record")
        new_content = content.replace(body, changed)
        new_header = header.replace(hashlib.sha256(content).digest(), hashlib.sha256(new_content).digest())
        require(new_header != header and len(new_header) == len(header), "the header holds no digest")
        connection.execute("UPDATE ledger_entries SET content = ?, header = ? WHERE unit_id = ? AND sequence = ?",
                           (new_content, new_header, unit, sequence))
        ledger, old = Ledger(), Ledger()
        for at, now in connection.execute("SELECT sequence, header FROM ledger_entries WHERE unit_id = ? ORDER BY sequence",
                                          (unit,)).fetchall():
            old.append(header if at == sequence else now)
            connection.execute("UPDATE ledger_entries SET hashes = ? WHERE unit_id = ? AND sequence = ?",
                               (ledger.hashes(now), unit, at))
        (before,), = connection.execute("SELECT writes FROM ledger_heads WHERE unit_id = ?", (unit,))
        connection.execute("UPDATE ledger_heads SET frontier = ?, writes = ? WHERE unit_id = ?",
                           (ledger.frontier(), writes(before, unit, ledger.frontier()), unit))
        # What witnesses have signed cannot be made again; that it is gone shows by itself to nobody.
        connection.execute("DELETE FROM cosignatures WHERE unit_id = ?", (unit,))
        connection.commit()
    for follower in followers:
        _follow(work, folder, follower, unit, service, old, ledger)


def _follow(work, folder, follower, unit, service, old, ledger):
    """A follower that was level: its frontier and its checkpoint become those of the rewritten ledger."""
    with opened(folder, follower) as connection:
        (body,), = connection.execute("SELECT body FROM follow_positions WHERE unit_id = ? AND id = ?", (unit, service))
        require(old.frontier() in body, follower, "is not level with", service)
        begin = body.index(f"lianfang/units/{unit}/ledgers/{service}\n".encode())
        text, _, rest = body[begin:].partition(b"\n\n")
        require(base64.b64encode(old.root()) in text, "the checkpoint is not of the whole ledger")
        line, _, after = rest.partition(b"\n")
        text = text.replace(base64.b64encode(old.root()), base64.b64encode(ledger.root())) + b"\n"
        dash, name, signature = line.split(b" ")
        signature = base64.b64decode(signature)[:4] + _sign(work, os.path.join(folder, "keys", "ledger.pem"), text)
        line = b" ".join((dash, name, base64.b64encode(signature)))
        body = body[:begin].replace(old.frontier(), ledger.frontier()) + text + b"\n" + line + b"\n" + after
        connection.execute("UPDATE follow_positions SET body = ? WHERE unit_id = ? AND id = ?", (body, unit, service))
        connection.commit()
