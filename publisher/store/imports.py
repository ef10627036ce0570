"""Files of readers that were imported, and how far each has been read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from publisher.store.schema_readers import imports
from publisher.store.statements import new_row, unless_taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """How far a file has been read, and what came of its rows: so many octets, rows and lines."""

    bytes_done: int = 0
    rows_done: int = 0
    line: int = 0
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """A file that has been read, or is being read, or was left in the middle."""

    id: int
    name: str
    started_at: datetime
    finished_at: datetime | None
    mark: Mark


_ROOMY: Final = ("PRAGMA cache_size = -32000", "PRAGMA wal_autocheckpoint = 8000")
_USUAL: Final = ("PRAGMA cache_size = -2000", "PRAGMA wal_autocheckpoint = 1000")


def make_room(db: Connection) -> None:
    """Let the writer of an SQLite database keep 32 MB of it at hand: new addresses land all over an index."""
    _pragmas(db, _ROOMY)


def leave_room(db: Connection) -> None:
    """Undo what `make_room` did."""
    _pragmas(db, _USUAL)


def find(db: Connection, key: str) -> Import | None:
    """Return what is known of a file, given as what its bytes and the wishes were made into."""
    row = db.execute(select(imports).where(imports.c.key == key)).first()
    if row is None:
        return None
    return Import(
        id=row.id,
        name=row.name,
        started_at=row.started_at,
        finished_at=row.finished_at,
        mark=Mark(bytes_done=row.bytes_done, rows_done=row.rows_done, line=row.line, counts=row.counts),
    )


def begin(  # noqa: PLR0913 - one argument a column
    db: Connection, *, key: str, name: str, source: str, lists: Sequence[str], start: Mark, now: datetime
) -> int:
    """Begin with a file, from its first row even if it was read before; return the number of the import.

    Raises:
        TransitionError: somebody else begins with it at this moment.
    """
    values = {
        "name": name,
        "source": source,
        "lists": list(lists),
        "started_at": now,
        "finished_at": None,
        "bytes_done": start.bytes_done,
        "rows_done": start.rows_done,
        "line": start.line,
        "counts": dict(start.counts),
    }
    if (known := find(db, key)) is not None:
        db.execute(imports.update().where(imports.c.id == known.id).values(values))
        return known.id
    with unless_taken(db, f"'{name}' is being imported already", fix="wait until that has ended"):
        return new_row(db, imports, {"key": key, **values})


def advance(db: Connection, number: int, *, before: Mark, after: Mark) -> bool:
    """Note that rows were read, in the transaction that adds their readers.

    Returns False, and changes nothing, if somebody else has read on from there.
    """
    done = db.execute(
        imports.update()
        .where(
            imports.c.id == number,
            imports.c.bytes_done == before.bytes_done,
            imports.c.finished_at.is_(None),
        )
        .values(
            bytes_done=after.bytes_done,
            rows_done=after.rows_done,
            line=after.line,
            counts=dict(after.counts),
        )
    )
    return done.rowcount == 1


def finish(db: Connection, number: int, *, now: datetime) -> None:
    """Note that a file has been read to its end."""
    db.execute(imports.update().where(imports.c.id == number).values(finished_at=now))


def _pragmas(db: Connection, statements: Sequence[str]) -> None:
    if db.dialect.name == "sqlite":
        for statement in statements:
            db.exec_driver_sql(statement)
