"""What a great many readers cost an editor, on SQLite: each part against the plain statement it is built on.

`segments`: counting who of 1,000,000 readers of a list is in a segment of four conditions, against counting
the list. `freeze`: fixing an audience of 1,000,000 who all have to be asked about a segment and ten topics,
with its batches, against copying the list's readers into the same table. `import`: 1,000,000 rows of a CSV
file, checked and hashed, against plain `sqlite3` writing them (see `import_subscribers`). `ratio` is the
worst of the parts divided by its limit. The milliseconds are printed, too, of which `segments` may take 300
and `freeze` 5,000, and those of the processor, which say more on a busy machine. Of the import `rows_per_s`
must be 20,000, `peak_mb` less than 200, and after a SIGKILL in the middle nobody may be `lost` or `doubled`.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median
from typing import Final

from sqlalchemy import text

from benchmarks.import_subscribers import measured_import
from benchmarks.measure import beside, options, report
from benchmarks.newsroom import open_newsroom, write_single_issue
from publisher.actions.approve import approve
from publisher.app import Publisher
from publisher.model.audience import Selection, selection
from publisher.model.delivery import UncertainPolicy
from publisher.store import keys, mailings

READERS, QUICK_READERS, SMOKE_READERS = 1_000_000, 50_000, 3_000
COUNTS, FREEZES = 5, 3

LIST: Final = "weekly"
SEGMENT: Final = "list:weekly AND tag:topic-1 AND joined>2026-01-01 AND NOT bounced"
ALL_ARE_ASKED: Final = "list:weekly AND NOT complained"
TOPICS: Final = tuple(f"topic-{number}" for number in range(10))


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a part took in milliseconds, and the plain statement; `limit` is for the one divided by the other.

    `cpu_ms` is what it needed of the processor, `readers` how many it chose.
    """

    ms: float
    cpu_ms: float
    plain_ms: float
    limit: float
    readers: int

    @property
    def ratio(self) -> float:
        """How many times as long as the plain statement it took."""
        return self.ms / self.plain_ms


def main() -> None:
    """Measure and report."""
    given = options(__doc__)
    readers = QUICK_READERS if given.quick else READERS
    readers = SMOKE_READERS if given.smoke else readers
    with tempfile.TemporaryDirectory() as name:
        publisher = open_newsroom(Path(name))
        _add_readers(publisher, readers)
        found = {part: measure(publisher, readers) for part, measure in PARTS.items()}
        publisher.close()
    brought = measured_import(readers)
    found["import"] = Part(
        ms=brought.ours.seconds * 1000,
        cpu_ms=brought.ours.cpu_seconds * 1000,
        plain_ms=brought.plain_seconds * 1000,
        limit=3,
        readers=brought.ours.added,
    )
    report(
        given,
        name="subscribers",
        ratio=max(part.ratio / part.limit for part in found.values()),
        against="the limits of the parts, each against its plain statement",
        limit=1,
        ms={name: round(part.ms, 1) for name, part in found.items()},
        cpu_ms={name: round(part.cpu_ms, 1) for name, part in found.items()},
        plain_ms={name: round(part.plain_ms, 1) for name, part in found.items()},
        ratios={name: round(part.ratio, 2) for name, part in found.items()},
        chosen={name: part.readers for name, part in found.items()},
        readers=readers,
        rows_per_s=round(readers / brought.ours.seconds),
        rows_per_cpu_s=round(readers / brought.ours.cpu_seconds),
        peak_mb=round(brought.ours.peak_mb),
        lost=brought.lost,
        doubled=brought.doubled,
    )


def segments(publisher: Publisher, readers: int) -> Part:
    """Count a segment, against counting its list."""
    chosen = selection(SEGMENT, (), zone="Europe/Madrid")
    with publisher.database.read() as db:
        part = _beside(
            lambda: mailings.audience_of(db, (LIST,), chosen),
            lambda: mailings.audience_of(db, (LIST,)),
            rounds=COUNTS,
            limit=8,
        )
    if not 0 < part.readers < readers:
        raise SystemExit(f"{part.readers} of {readers} readers are in the segment")
    return part


def freeze(publisher: Publisher, readers: int) -> Part:
    """Start a mailing, against copying the readers of its list into the ledger."""
    chosen = selection(ALL_ARE_ASKED, TOPICS, zone="Europe/Madrid")
    slugs = [write_single_issue(publisher.settings.root, number, status="ready") for number in range(FREEZES)]
    prints = {slug: approve(publisher, slug).edition or 0 for slug in slugs}
    waiting, copies = iter(prints.items()), count(1)
    part = _beside(
        lambda: _start(publisher, *next(waiting), chosen),
        lambda: _copy(publisher, -next(copies)),
        rounds=FREEZES,
        limit=5,
    )
    if part.readers != readers:
        raise SystemExit(f"the audience has {part.readers} of {readers} readers")
    return part


PARTS: Final[dict[str, Callable[[Publisher, int], Part]]] = {"segments": segments, "freeze": freeze}
"""Each part, which is given a newsroom with so many readers."""


def _beside(ours: Callable[[], int], plain: Callable[[], object], *, rounds: int, limit: float) -> Part:
    """Take turns with the plain statement; `ours` returns how many readers it has chosen."""
    used: list[float] = []
    chosen: list[int] = []

    def work() -> None:
        before = time.process_time()
        chosen.append(ours())
        used.append(time.process_time() - before)

    took, other = beside(work, plain, rounds=rounds)
    return Part(
        ms=took * 1000, cpu_ms=median(used) * 1000, plain_ms=other * 1000, limit=limit, readers=chosen[0]
    )


def _start(publisher: Publisher, slug: str, edition: int, chosen: Selection) -> int:
    """Start a mailing and return how large its audience is."""
    with publisher.database.begin() as db:
        kid, _ = keys.current(db)
        now = publisher.now(db)
        return mailings.start(
            db,
            issue=slug,
            edition=edition,
            templates=[(LIST, "Weekly", b"a message")],
            uncertain=UncertainPolicy.RESEND,
            kid=kid,
            now=now,
            not_before=now,
            chosen=chosen,
        ).audience


def _copy(publisher: Publisher, mailing: int) -> None:
    copy = (
        "INSERT INTO deliveries (mailing, subscriber, list, state, attempts)"
        " SELECT :mailing, subscriber, 0, 0, 0 FROM subscriptions"
        " WHERE list = :list AND state = 'active' ORDER BY subscriber"
    )
    with publisher.database.begin() as db:
        db.execute(text(copy), {"mailing": mailing, "list": LIST})


def _add_readers(publisher: Publisher, readers: int) -> None:
    """Let the database make readers up: over two years, one of 50 bounced, two of five with two topics."""
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)"
    values = {"count": readers, "list": LIST, "now": "2026-01-01 00:00:00.000000"}
    address = "'reader' || i || '@example.net'"
    joined = "strftime('%Y-%m-%d %H:%M:%S.000000', '2025-01-01', (i * 7919 % 900000) || ' minutes')"
    people = (
        "INSERT INTO subscribers (id, public_id, address, address_key, created_at, bounced_at)"  # noqa: S608 (our own)
        f" {numbers} SELECT i, printf('%016x', i * 1000003), {address}, {address}, {joined},"
        " CASE WHEN i % 50 = 0 THEN :now END FROM n"
    )
    places = (
        "INSERT INTO subscriptions (subscriber, list, state, since, consent)"  # noqa: S608 (our own)
        f" {numbers} SELECT i, :list, 'active', :now, 'made up' FROM n"
    )
    choices = (
        "INSERT OR IGNORE INTO topics (subscriber, topic)"  # noqa: S608 (our own)
        f" {numbers} SELECT i, 'topic-' || (i / 5 * way % 10)"
        " FROM n, (SELECT 3 AS way UNION ALL SELECT 7) WHERE i % 5 < 2"
    )
    with publisher.database.begin() as db:
        for statement in (people, places, choices):
            db.execute(text(statement), values)


if __name__ == "__main__":
    main()
