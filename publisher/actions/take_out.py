"""Exporting the readers: one row a subscription, streamed, so that a million of them need no memory."""

from __future__ import annotations

import csv
import json
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TextIO
from zoneinfo import ZoneInfo

from publisher.actions.segment import chosen_by, refuse_unknown_lists
from publisher.app import Publisher
from publisher.errors import PublisherError
from publisher.model.audience import Selection
from publisher.model.cells import defused
from publisher.model.reader_history import Exported
from publisher.model.subscriber import SubscriptionState
from publisher.store import readers


class Form(StrEnum):
    """As what the readers leave the house."""

    CSV = "csv"
    JSON_LINES = "jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """Which subscriptions are meant: those of some lists, in some states; none named stands for all.

    With a `segment`, a filter or the name of one, they are the active ones of the readers whom it chooses.
    """

    lists: tuple[str, ...] = ()
    states: tuple[SubscriptionState, ...] = ()
    segment: str | None = None


COLUMNS: Final = tuple(each.name for each in fields(Exported))
"""The columns of an export, in order."""


def export(publisher: Publisher, file: TextIO, *, whom: Whom, form: Form) -> int:
    """Write the subscriptions to a file, by number of their readers; return how many there were.

    In CSV, a cell that a spreadsheet could take for a formula has an apostrophe before it, which an import
    takes away again; moments have the offset of the publication's clock. Readers who come or go meanwhile
    may be in it or not.

    Raises:
        NotFoundError: there is no such list.
        FilterError: the segment is neither a filter nor the name of one.
        PublisherError: a segment and states are given, although it chooses among active subscriptions only.
    """
    refuse_unknown_lists(publisher, whom.lists)
    if whom.segment is not None and whom.states:
        raise PublisherError("a filter chooses among active subscriptions only", fix="leave out the states")
    chosen = None if whom.segment is None else chosen_by(publisher, whom.segment)
    return _FORMS[form](file, _all(publisher, whom, chosen))


@contextmanager
def written(path: Path) -> Iterator[TextIO]:
    """Yield a file that takes the place of `path` once it is whole, for nobody else's eyes.

    Raises:
        PublisherError: it cannot be written; what was there stays.
    """
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        raise PublisherError(f"'{path}' cannot be written: {error.strerror}") from None
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)


def _all(publisher: Publisher, whom: Whom, chosen: Selection | None) -> Iterator[Exported]:
    last, zone = 0, ZoneInfo(publisher.settings.publication.timezone)
    lists = whom.lists if chosen is None else whom.lists or tuple(publisher.settings.lists)
    while True:
        with publisher.database.read() as db:
            page, last = readers.page(db, lists=lists, states=whom.states, chosen=chosen, after=last)
        if not page:
            return
        yield from (_on_clock(row, zone) for row in page)


def _on_clock(row: Exported, zone: ZoneInfo) -> Exported:
    """Return a row whose moments have the offset of the publication's clock."""
    bounced, complained = (each and each.astimezone(zone) for each in (row.bounced, row.complained))
    return replace(row, since=row.since.astimezone(zone), bounced=bounced, complained=complained)


def _as_csv(file: TextIO, rows: Iterable[Exported]) -> int:
    writer, count = csv.writer(file), 0
    writer.writerow(COLUMNS)
    for count, row in enumerate(rows, 1):  # noqa: B007 - how many there were
        writer.writerow([defused(_cell(value)) for value in _values(row)])
    return count


def _as_json_lines(file: TextIO, rows: Iterable[Exported]) -> int:
    count = 0
    for count, row in enumerate(rows, 1):  # noqa: B007 - how many there were
        line = dict(zip(COLUMNS, map(_plain, _values(row)), strict=True))
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
    return count


_FORMS: Final[dict[Form, Callable[[TextIO, Iterable[Exported]], int]]] = {
    Form.CSV: _as_csv,
    Form.JSON_LINES: _as_json_lines,
}


def _values(row: Exported) -> Sequence[Any]:
    return [getattr(row, name) for name in COLUMNS]


def _cell(value: object) -> str:
    plain = _plain(value)
    return ";".join(plain) if isinstance(plain, list) else str("" if plain is None else plain)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
