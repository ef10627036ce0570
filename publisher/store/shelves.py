"""Which entries stand on which shelves, so that a feed is made without looking at the whole archive."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, RowMapping, Select, func, select

from publisher.model.fillins import Ink
from publisher.model.rendered import Counted
from publisher.model.shelves import STORIES, Filed, Kind, shelf_of
from publisher.store.schema import editions, parts, shelves

_CHUNK = 500
_T = TypeVar("_T")

_COLUMNS = tuple(shelves.c[name] for name in Filed.__dataclass_fields__)


def put(db: Connection, filed: Iterable[Filed], *, instead_of: str) -> None:
    """Put entries on their shelves; whatever stands there of issue `instead_of` is taken off first.

    An entry that was withdrawn with another issue comes back: it stands on each shelf once.
    """
    db.execute(shelves.delete().where(shelves.c.edition.in_(_editions_of(instead_of))))
    rows = [asdict(each) | {"month": each.month} for each in filed]
    for chunk in _chunks(sorted({row["entry"] for row in rows if row["leaves_at"] is None})):
        db.execute(shelves.delete().where(shelves.c.entry.in_(chunk), shelves.c.leaves_at.is_not(None)))
    if rows:
        db.execute(shelves.insert(), rows)


def of_issues(db: Connection, slugs: Collection[str]) -> list[Filed]:
    """Return what stands anywhere of these issues."""
    return _filed(
        db,
        select(*_COLUMNS)
        .join(editions, editions.c.id == shelves.c.edition)
        .where(editions.c.issue.in_(slugs)),
    )


def elsewhere(db: Connection, entries: Collection[str], *, issues: Collection[str]) -> dict[str, str]:
    """Return which of these entries are public as those of others than `issues`, with their slugs there."""
    found: dict[str, str] = {}
    for chunk in _chunks(sorted(entries)):
        rows = db.execute(
            select(shelves.c.entry, shelves.c.key)
            .join(editions, editions.c.id == shelves.c.edition)
            .where(
                shelves.c.entry.in_(chunk),
                shelves.c.leaves_at.is_(None),
                editions.c.issue.not_in(issues),
            )
        )
        found.update({row.entry: row.key for row in rows})
    return found


def slugs(db: Connection, entries: Collection[str]) -> dict[str, str]:
    """Return the slugs under which these stories are public, by their entries."""
    found: dict[str, str] = {}
    for chunk in _chunks(sorted(entries)):
        rows = db.execute(
            select(shelves.c.entry, shelves.c.key).where(
                shelves.c.shelf == STORIES.key, shelves.c.entry.in_(chunk), shelves.c.leaves_at.is_(None)
            )
        )
        found.update({row.entry: row.key for row in rows})
    return found


def withdrawn(db: Connection, entries: Collection[str]) -> list[Filed]:
    """Return where these entries still stand as withdrawn ones, whatever issue they were in."""
    found: list[Filed] = []
    for chunk in _chunks(sorted(entries)):
        statement = select(*_COLUMNS).where(shelves.c.entry.in_(chunk), shelves.c.leaves_at.is_not(None))
        found += _filed(db, statement)
    return found


def newest(db: Connection, shelf: str, *, most: int) -> list[Filed]:
    """Return the entries of a shelf that changed last, newest first."""
    return _filed(db, _of(shelf).order_by(shelves.c.updated.desc(), shelves.c.entry).limit(most))


def newest_among(db: Connection, shelves_: Collection[str], *, most: int) -> list[Filed]:
    """Return the entries of any of these shelves that changed last, newest first, each once.

    They are not told from each other by shelf: that and the shelf's title are empty.
    """
    stands = [shelves.c[name] for name in ("entry", "edition", "key", "published", "updated", "leaves_at")]
    rows = db.execute(
        select(*stands)
        .where(shelves.c.shelf.in_(shelves_))
        .distinct()
        .order_by(shelves.c.updated.desc(), shelves.c.entry)
        .limit(most)
    )
    return [Filed(shelf="", title="", **row) for row in rows.mappings()]


def of_month(db: Connection, shelf: str, month: str) -> list[Filed]:
    """Return the entries of a shelf that were published in that month, oldest first."""
    return _filed(db, _oldest_first(shelf).where(shelves.c.month == month))


def oldest(db: Connection, shelf: str) -> list[Filed]:
    """Return all entries of a shelf, oldest first."""
    return _filed(db, _oldest_first(shelf))


def months(db: Connection, shelf: str) -> dict[str, int]:
    """Return the months of which a shelf has entries, each with their number."""
    rows = db.execute(
        select(shelves.c.month, func.count().label("entries"))
        .where(shelves.c.shelf == shelf)
        .group_by(shelves.c.month)
    )
    return {row.month: row.entries for row in rows}


def leaving(db: Connection, now: datetime) -> list[Filed]:
    """Return the entries whose time on their shelves is over."""
    return _filed(db, select(*_COLUMNS).where(shelves.c.leaves_at <= now))


def take_off(db: Connection, now: datetime) -> None:
    """Take the entries whose time is over off their shelves."""
    db.execute(shelves.delete().where(shelves.c.leaves_at <= now))


def keys(db: Connection) -> tuple[str, ...]:
    """Return the keys of all shelves on which something stands."""
    return tuple(db.scalars(select(shelves.c.shelf).distinct().order_by(shelves.c.shelf)))


def tags(db: Connection) -> tuple[Counted, ...]:
    """Return every tag with its number of stories that were not withdrawn, by name."""
    rows = db.execute(
        select(shelves.c.shelf, func.count(), func.max(shelves.c.title))
        .where(
            shelves.c.shelf.startswith(f"{Kind.TAG}:", autoescape=True),
            shelves.c.leaves_at.is_(None),
        )
        .group_by(shelves.c.shelf)
        .order_by(shelves.c.shelf)
    )
    return tuple(Counted(shelf=shelf_of(key, title), count=count) for key, count, title in rows)


def sizes(db: Connection, filed: Sequence[Filed], outputs: Collection[str]) -> dict[tuple[int, str], int]:
    """Return how many bytes the largest of `outputs` made of each entry, by edition and key."""
    found: dict[tuple[int, str], int] = {}
    for chunk in _chunks(sorted({each.edition for each in filed})):
        rows = db.execute(
            select(parts.c.edition, parts.c.key, func.max(func.length(parts.c.body)))
            .where(parts.c.edition.in_(chunk), parts.c.output.in_(outputs))
            .group_by(parts.c.edition, parts.c.key)
        )
        found.update({(edition, key): size for edition, key, size in rows})
    return found


def bodies(
    db: Connection, filed: Sequence[Filed], outputs: Collection[str]
) -> dict[tuple[int, str], dict[str, bytes]]:
    """Return what `outputs` made of each entry, fill-ins still open, by edition and key, then output."""
    wanted = {(each.edition, each.key) for each in filed}
    found: dict[tuple[int, str], dict[str, bytes]] = {}
    for chunk in _chunks(sorted({edition for edition, _ in wanted})):
        rows = db.execute(
            select(parts.c.edition, parts.c.key, parts.c.output, parts.c.body).where(
                parts.c.edition.in_(chunk), parts.c.output.in_(outputs)
            )
        )
        for edition, key, output, body in rows:
            if (edition, key) in wanted:
                found.setdefault((edition, key), {})[output] = body
    return found


def inks(db: Connection, numbers: Collection[int]) -> dict[int, tuple[Ink, dict[str, str]]]:
    """Return the ink of each edition, and the values of its fill-ins (none before it is public)."""
    found: dict[int, tuple[Ink, dict[str, str]]] = {}
    for chunk in _chunks(sorted(numbers)):
        rows = db.execute(
            select(editions.c.id, editions.c.nonce, editions.c.fillins).where(editions.c.id.in_(chunk))
        )
        found.update({row.id: (Ink(nonce=row.nonce), row.fillins or {}) for row in rows})
    return found


def _of(shelf: str) -> Select[Any]:
    return select(*_COLUMNS).where(shelves.c.shelf == shelf)


def _oldest_first(shelf: str) -> Select[Any]:
    return _of(shelf).order_by(shelves.c.month, shelves.c.published, shelves.c.entry)


def _editions_of(issue: str) -> Select[Any]:
    return select(editions.c.id).where(editions.c.issue == issue)


def _filed(db: Connection, statement: Select[Any]) -> list[Filed]:
    rows: Iterable[RowMapping] = db.execute(statement).mappings()
    return [Filed(**row) for row in rows]


def _chunks(items: Sequence[_T]) -> Iterable[Sequence[_T]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]
