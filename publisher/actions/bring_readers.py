"""Importing a file of readers: row by row, a portion a transaction, and on from there after a crash."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final, TypeAlias
from zoneinfo import ZoneInfo

from publisher.actions.addressing import address_hasher, suppression_secret
from publisher.actions.reader_file import ReaderFile, looked_over
from publisher.actions.reader_rows import Portion, ReaderRows, columns_in
from publisher.actions.refused_rows import RefusedRows, refused_rows
from publisher.app import Publisher
from publisher.errors import NotFoundError, PublisherError, TransitionError
from publisher.model.reader_columns import Columns, Field
from publisher.model.subscriber import Added, SubscriptionState
from publisher.store import audit, imports, keys, subscribers
from publisher.store.imports import Import, Mark

PORTION: Final = 1000
"""So many subscriptions are added in one transaction, within some 50 ms."""

REST: Final = 0.002
"""Seconds between two portions, for those who want to write meanwhile."""

REFUSED: Final = "refused"
"""How the rows that were refused are called among the counts."""

INACTIVE: Final = "not active"
NAMELESS: Final = "without an address"
NEW_READERS: Final = "new readers"

MOST_EXAMPLES: Final = 1000

Progress: TypeAlias = Callable[[int, int, int], None]
"""Told how many bytes of how many are done, and how many rows that were."""


def _quietly(_done: int, _total: int, _rows: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """How a file is to be imported.

    `source` says how its readers came to agree; it is kept with each subscription. `columns` names those of
    the file, `lists` are for rows that name none (none: the default list). `again` reads a finished file once
    more. Refused rows are written to `errors`, a file that is made when there is one.
    """

    source: str
    lists: tuple[str, ...] = ()
    columns: Mapping[Field, str] = field(default_factory=dict)
    dry_run: bool = False
    again: bool = False
    errors: Path | None = None
    progress: Progress = _quietly


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What came of a file: subscriptions by answer, rows, and the first of those that were refused.

    A file that was finished before has `earlier`, the moment of that, and nothing was done. `went_on_at` is
    the line after which an import that had been broken off went on, `errors` the file of the refused rows.
    `guessed` says that the file was taken for Windows-1252, because it is not UTF-8. So many rows were
    `inactive`, were left out and are not refused; so many had something, but no address (`nameless`).
    `columns` says what was found where.
    """

    counts: Mapping[Added, int]
    rows: int
    refused: int
    examples: tuple[PublisherError, ...] = ()
    errors: Path | None = None
    earlier: datetime | None = None
    went_on_at: int = 0
    guessed: bool = False
    new_readers: int = 0
    inactive: int = 0
    nameless: int = 0
    columns: Columns = field(default_factory=Columns)


def bring(publisher: Publisher, file: BinaryIO, *, name: str, wishes: Wishes) -> Brought:
    """Make active subscribers of the readers in a file, which can be sought in.

    Who has left by what the file says is kept as one who has left, and who bounced or complained as one who
    must not be mailed; nothing that is known here is changed by that. Nobody who has left or must not be
    mailed is added back, and doing it twice changes nothing. Progress is kept with each portion: the same
    file with the same wishes goes on where it was broken off. A dry run changes nothing, and says what would
    come of it, also in the file of refused rows.

    Raises:
        PublisherError: the file cannot be read as a table, or nobody said how its readers agreed; nobody was
            added.
        NotFoundError: there is no such list; nobody was added.
        TransitionError: another process imports the same file.
    """
    _refuse_wishes(publisher, wishes, name)
    with looked_over(file, name=name) as found:
        return _brought_in(publisher, found, wishes)


def _brought_in(publisher: Publisher, found: ReaderFile, wishes: Wishes) -> Brought:
    columns = columns_in(found, wishes.columns, own_lists=not wishes.lists)
    lists = wishes.lists or publisher.settings.default_lists
    key = _key(found, wishes, lists)
    with publisher.database.read() as db:
        known = imports.find(db, key)
        rows = ReaderRows(
            file=found,
            columns=columns,
            lists=tuple(publisher.settings.lists),
            hashed=address_hasher(suppression_secret(keys.every(db))),
            zone=ZoneInfo(publisher.settings.publication.timezone),
            now=publisher.now(db),
        )
    if wishes.dry_run or wishes.again:
        known = None
    if known is not None and known.finished_at is not None:
        return _brought(found, columns, known.mark, earlier=known.finished_at)
    start = (
        known.mark if known is not None else Mark(bytes_done=found.begin, line=found.begin_line, counts={})
    )
    went_on_at = known.mark.line if known is not None else 0
    with refused_rows(wishes.errors, head=columns.heads, after=went_on_at) as refused:
        way = _Way(publisher, rows, wishes, lists, refused)
        mark = way.tried(start) if wishes.dry_run else way.gone(key, known, start)
        return _brought(found, columns, mark, went_on_at=went_on_at, way=way)


def _refuse_wishes(publisher: Publisher, wishes: Wishes, name: str) -> None:
    if not wishes.source.strip():
        raise PublisherError(
            f"nobody has said how the readers in '{name}' agreed to be mailed",
            fix='write --source "signed up at the fair in May 2026", or whatever is true',
        )
    known = publisher.settings.lists
    for each in wishes.lists:
        if each not in known:
            raise NotFoundError(f"there is no list '{each}'", fix=f"the lists are: {', '.join(known)}")


def _key(file: ReaderFile, wishes: Wishes, lists: tuple[str, ...]) -> str:
    """Return what is the same for the same file with the same wishes."""
    said = json.dumps([wishes.source, lists, sorted(wishes.columns.items())])
    return sha256(f"{file.digest} {said}".encode()).hexdigest()


class _Way:
    """One file on its way in; keeps the first refused rows as examples."""

    def __init__(
        self,
        publisher: Publisher,
        rows: ReaderRows,
        wishes: Wishes,
        lists: tuple[str, ...],
        refused: RefusedRows,
    ) -> None:
        self._publisher = publisher
        self._rows = rows
        self._wishes = wishes
        self._lists = lists
        self._size = max(1, PORTION // len(lists))
        self.refused = refused
        self.examples: list[PublisherError] = []

    def gone(self, key: str, known: Import | None, mark: Mark) -> Mark:
        """Add everybody from a mark on; return the last mark."""
        number = known.id if known is not None else self._begun(key, mark)
        with self._room():
            for portion in self._portions(mark):
                mark = self._added(number, portion, mark)
                self._tell(mark)
                time.sleep(REST)
        self._finish(number, mark)
        return mark

    def tried(self, mark: Mark) -> Mark:
        """Return the mark at which all would end, and change nothing."""
        seen = subscribers.Seen()
        for portion in self._portions(mark):
            with self._publisher.database.read() as db:
                came = subscribers.would_bring(db, portion.newcomers, lists=self._lists, seen=seen)
            mark = self._after(portion, mark, came)
            self._tell(mark)
        return mark

    def _begun(self, key: str, start: Mark) -> int:
        with self._publisher.database.begin() as db:
            return imports.begin(
                db,
                key=key,
                name=self._rows.file.name,
                source=self._wishes.source,
                lists=self._lists,
                start=start,
                now=self._publisher.now(db),
            )

    @contextmanager
    def _room(self) -> Iterator[None]:
        with self._publisher.database.begin() as db:
            imports.make_room(db)
        try:
            yield
        finally:
            with self._publisher.database.begin() as db:
                imports.leave_room(db)

    def _portions(self, mark: Mark) -> Iterator[Portion]:
        for portion in self._rows.portions(self._size, offset=mark.bytes_done, line=mark.line):
            self.refused.add(portion.refused)
            room = MOST_EXAMPLES - len(self.examples)
            self.examples += [each.why for each in portion.refused[:room]]
            yield portion

    def _added(self, number: int, portion: Portion, mark: Mark) -> Mark:
        """Add one portion; what is refused of it has been written before."""
        with self._publisher.database.begin() as db:
            came = subscribers.bring(
                db,
                portion.newcomers,
                lists=self._lists,
                state=SubscriptionState.ACTIVE,
                consent=self._wishes.source,
                now=self._publisher.now(db),
            )
            after = self._after(portion, mark, came)
            if not imports.advance(db, number, before=mark, after=after):
                raise TransitionError(
                    f"another process imports '{self._rows.file.name}' at this moment",
                    fix="wait until it has ended",
                )
        return after

    def _after(self, portion: Portion, mark: Mark, came: subscribers.Brought) -> Mark:
        counts = Counter(mark.counts)
        answers: Iterable[Mapping[str, Added]] = came.answers
        if portion.inactive:
            both = zip(portion.newcomers, came.answers, strict=True)
            answers = [answer for person, answer in both if not (person.has_left or person.bars)]
        said = [answer for each in answers for answer in each.values()]
        counts.update({answer.value: said.count(answer) for answer in Added})
        counts[REFUSED] += len(portion.refused)
        counts[INACTIVE] += portion.inactive
        counts[NAMELESS] += portion.nameless
        counts[NEW_READERS] += came.new_readers
        return Mark(
            bytes_done=self._rows.file.offset,
            rows_done=mark.rows_done + portion.rows,
            line=self._rows.file.line,
            counts=counts,
        )

    def _tell(self, mark: Mark) -> None:
        self._wishes.progress(mark.bytes_done, self._rows.file.size, mark.rows_done)

    def _finish(self, number: int, mark: Mark) -> None:
        with self._publisher.database.begin() as db:
            now = self._publisher.now(db)
            imports.finish(db, number, now=now)
            audit.write(
                db,
                at=now,
                actor=self._publisher.actor,
                verb="import",
                subject="subscribers",
                detail={"import": number, "rows": mark.rows_done, "counts": dict(mark.counts)},
            )


def _brought(  # noqa: PLR0913 - what is known of a file, and what came of it
    file: ReaderFile,
    columns: Columns,
    mark: Mark,
    *,
    earlier: datetime | None = None,
    went_on_at: int = 0,
    way: _Way | None = None,
) -> Brought:
    path = way.refused.path if way is not None else None
    return Brought(
        counts={answer: mark.counts.get(answer.value, 0) for answer in Added},
        rows=mark.rows_done,
        refused=mark.counts.get(REFUSED, 0),
        examples=tuple(way.examples) if way is not None else (),
        errors=path if path is not None and mark.counts.get(REFUSED, 0) else None,
        earlier=earlier,
        went_on_at=went_on_at,
        guessed=file.guessed,
        new_readers=mark.counts.get(NEW_READERS, 0),
        inactive=mark.counts.get(INACTIVE, 0),
        nameless=mark.counts.get(NAMELESS, 0),
        columns=columns,
    )
