"""Changes of single rows and bytes that somebody makes in a database file by hand, and their way back."""
import contextlib
import sqlite3

# Kept by the engine, or says only who changes the schema at the moment.
SKIPPED = ("sqlite_sequence", "schema_lock")


class Table:
    """A table as the engine describes it."""

    def __init__(self, connection, service, name):
        self.service = service
        self.name = name
        described = connection.execute(f"PRAGMA table_info(`{name}`)").fetchall()
        self.columns = [column[1] for column in described]
        self.types = {column[1]: column[2].upper() for column in described}
        self.key = [column[1] for column in sorted(described, key=lambda one: one[5]) if column[5]]
        self.has_unit = self.key[0] == "unit_id"

    def rows(self, connection):
        return [dict(zip(self.columns, row)) for row in
                connection.execute(f"SELECT {', '.join(f'`{column}`' for column in self.columns)} FROM `{self.name}`")]

    def named(self, row):
        """(unit, key) as `lianfang verify` names the row."""
        if self.has_unit:
            return row["unit_id"], "/".join(str(row[column]) for column in self.key[1:])
        return "", "/".join(str(row[column]) for column in self.key)

    def delete(self, connection, row):
        where = " AND ".join(f"`{column}` = ?" for column in self.key)
        connection.execute(f"DELETE FROM `{self.name}` WHERE {where}", [row[column] for column in self.key])

    def insert(self, connection, row):
        connection.execute(f"INSERT INTO `{self.name}` ({', '.join(f'`{column}`' for column in self.columns)}) VALUES "
                           f"({', '.join('?' * len(self.columns))})", [row[column] for column in self.columns])


class Mutation:
    """Rows taken out and rows put in their place."""

    def __init__(self, table, what, before, after):
        self.table = table
        self.what = what
        self.before = before
        self.after = after

    def _replace(self, connection, out, into):
        for row in out:
            self.table.delete(connection, row)
        for row in into:
            self.table.insert(connection, row)
        connection.commit()

    def apply(self, connection):
        self._replace(connection, self.before, self.after)

    def undo(self, connection):
        self._replace(connection, self.after, self.before)

    def keys(self):
        """Keys of which each finding may name one."""
        return {self.table.named(row) for row in self.before + self.after}

    def __str__(self):
        return f"{self.table.service}.{self.table.name}: {self.what}"


def _other(random, value):
    """Another value of the same type."""
    if isinstance(value, int):
        return value + random.choice((-1, 1, random.randrange(2, 1000)))
    if isinstance(value, str):
        at = random.randrange(len(value) + 1)
        return value[:at] + random.choice("abcxyz019") + value[at + random.randrange(2):]
    at = random.randrange(len(value) + 1)
    return value[:at] + bytes([random.randrange(256)]) + value[at + random.randrange(2):]


def _flipped(random, value):
    at = random.randrange(len(value))
    return value[:at] + bytes([value[at] ^ (1 << random.randrange(8))]) + value[at + 1:]


def _fresh_key(random, table, row, rows):
    """A copy of the row under a key that is not taken."""
    copy = dict(row)
    column = table.key[-1]
    if isinstance(copy[column], int):
        copy[column] = max(one[column] for one in rows) + random.randrange(1, 4)
    else:
        copy[column] = copy[column] + "x"
    if "request_id" in copy:
        copy["request_id"] += "x"
    return copy


class Chooser:
    """Draws mutations of one table. A derived row with an empty body says the same as none, in every program that reads
    it: such rows are neither taken out nor copied, nor given another key, which is both at once."""

    def __init__(self, random, table, rows):
        self._random = random
        self._table = table
        self._rows = rows
        self._full = [row for row in rows if row.get("body", b"x")]
        self.kinds = []
        if self._full:
            self.kinds += ["edit", "flip", "delete", "insert"]
        if len(rows) > 1:
            self.kinds += ["swap all", "swap one"]
        if not any(self._blobs(row) for row in rows):
            self.kinds = [kind for kind in self.kinds if kind != "flip"]

    @staticmethod
    def _blobs(row):
        return [column for column, value in row.items() if isinstance(value, bytes) and value]

    def _edit(self):
        row = self._random.choice(self._rows)
        columns = self._table.columns
        if row not in self._full:
            columns = [column for column in columns if column not in self._table.key]
        column = self._random.choice(columns)
        changed = dict(row)
        changed[column] = _other(self._random, row[column])
        return Mutation(self._table, f"edit of {column}", [row], [changed])

    def _flip(self):
        row = self._random.choice([one for one in self._rows if self._blobs(one)])
        column = self._random.choice(self._blobs(row))
        changed = dict(row)
        changed[column] = _flipped(self._random, row[column])
        return Mutation(self._table, f"bit of {column}", [row], [changed])

    def _delete(self):
        return Mutation(self._table, "deleted row", [self._random.choice(self._full)], [])

    def _insert(self):
        return Mutation(self._table, "inserted row", [],
                        [_fresh_key(self._random, self._table, self._random.choice(self._full), self._rows)])

    def _swap(self, columns):
        one, other = self._random.sample(self._rows, 2)
        left, right = dict(one), dict(other)
        for column in columns:
            left[column], right[column] = other[column], one[column]
        return Mutation(self._table, f"swapped {', '.join(columns)}", [one, other], [left, right])

    def draw(self, kind):
        """A mutation that changes something; None when the table has none of this kind."""
        free = [column for column in self._table.columns if column not in self._table.key]
        for _ in range(20):
            if kind == "edit":
                mutation = self._edit()
            elif kind == "flip":
                mutation = self._flip()
            elif kind == "delete":
                mutation = self._delete()
            elif kind == "insert":
                mutation = self._insert()
            elif kind == "swap all":
                mutation = self._swap(free)
            else:
                mutation = self._swap([self._random.choice(free)])
            if self._table.name == "ledger_entries" and "request_id" in mutation.what and len(mutation.before) == 2:
                continue  # the two rows would have one key for a moment
            if sorted(map(repr, mutation.before)) != sorted(map(repr, mutation.after)) and self._free(mutation):
                return mutation
        return None

    def _free(self, mutation):
        """No key is taken twice, and none is out of what the column can hold."""
        taken = [tuple(row[column] for column in self._table.key) for row in self._rows if row not in mutation.before]
        new = [tuple(row[column] for column in self._table.key) for row in mutation.after]
        return not set(new) & set(taken) and len(set(new)) == len(new)


def tables_of(connection, service):
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
    return [Table(connection, service, name) for name in names if name not in SKIPPED]


def opened(folder, service):
    return contextlib.closing(sqlite3.connect(f"{folder}/{service}.db"))
