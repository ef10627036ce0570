"""The import of `benchmarks.subscribers`: a CSV file into SQLite, against plain `sqlite3` writing its rows.

The import has a process of its own, reads a file of a spreadsheet, checks and hashes every address,
knows 1,000 that must not be mailed, and commits with each portion. The plain way is a loop over `csv.reader`
and `executemany` into the same two tables, with as many commits, and checks nothing. Afterwards the same
import is killed in the middle (SIGKILL) and goes on. Run by itself this module is that process.
"""

from __future__ import annotations

import csv
import json
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from benchmarks.newsroom import open_newsroom
from publisher.actions.addressing import address_hash, suppression_secret
from publisher.actions.bring_readers import PORTION, Wishes, bring
from publisher.app import Publisher
from publisher.model.subscriber import Added, SuppressionReason
from publisher.store import keys, subscribers

SUPPRESSED: Final = 1000
FILE: Final = "readers.csv"
WISHES: Final = Wishes(source="readers of the benchmark")

_DOMAINS: Final = ("example.com", "example.net", "example.org", "mail.example.co.uk")


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import took: seconds by the clock and of the processor, and the most memory in megabytes."""

    added: int
    seconds: float
    cpu_seconds: float
    peak_mb: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What came of an import of `rows` rows, and what the plain way took; nobody may be lost or doubled."""

    rows: int
    ours: Imported
    plain_seconds: float
    lost: int
    doubled: int

    @property
    def ratio(self) -> float:
        """How many times as long as the plain way it took."""
        return self.ours.seconds / self.plain_seconds


def measured_import(rows: int) -> Measured:
    """Import a file of so many rows, write them the plain way, and kill another import in the middle."""
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / FILE
        _write(file, rows)
        ours = _imported(_newsroom(Path(name) / "ours"), file)
        plain = _plain(_newsroom(Path(name) / "plain"), file)
        lost, doubled = _killed(_newsroom(Path(name) / "killed"), file, rows)
    if ours.added != rows - SUPPRESSED or lost or doubled:
        raise SystemExit(f"{ours.added} of {rows} rows were added; {lost} lost, {doubled} doubled")
    return Measured(rows=rows, ours=ours, plain_seconds=plain, lost=lost, doubled=doubled)


def _write(file: Path, rows: int) -> None:
    """Write a file in no order, with names that have to be quoted."""
    drawn = random.Random(1)  # noqa: S311 - the same file in every run
    numbers = list(range(rows))
    drawn.shuffle(numbers)
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["email", "name"])
        writer.writerows((_address(number), f"Reader, number {number}") for number in numbers)


def _address(number: int) -> str:
    return f"reader.{number * 7919 % 1_000_003}.{number}@{_DOMAINS[number % len(_DOMAINS)]}"


def _newsroom(root: Path) -> Path:
    """Make a newsroom that knows addresses that must not be mailed."""
    root.mkdir()
    publisher = open_newsroom(root)
    with publisher.database.begin() as db:
        secret, now = suppression_secret(keys.every(db)), publisher.now(db)
        for number in range(SUPPRESSED):
            hashed = address_hash(secret, _address(number))
            subscribers.suppress(db, address_hash=hashed, reason=SuppressionReason.COMPLAINT, now=now)
    publisher.close()
    return root


def _database(root: Path) -> Path:
    publisher = open_newsroom(root)
    publisher.close()
    assert publisher.database.path is not None  # noqa: S101 (it is SQLite)
    return publisher.database.path


def _command(root: Path, file: Path) -> list[str]:
    return [sys.executable, "-m", "benchmarks.import_subscribers", str(root), str(file)]


def _imported(root: Path, file: Path) -> Imported:
    done = subprocess.run(_command(root, file), stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603 (our own module)
    return Imported(**json.loads(done.stdout))


def _killed(root: Path, file: Path, rows: int) -> tuple[int, int]:
    """Kill an import in the middle and let it go on; return how many are lost, and how many doubled."""
    database = _database(root)
    with subprocess.Popen(_command(root, file), stdout=subprocess.DEVNULL) as run:  # noqa: S603 (our own module)
        while run.poll() is None and _scalar(database, "SELECT max(rows_done) FROM imports") < rows // 2:
            time.sleep(0.005)
        run.kill()
    if _scalar(database, "SELECT max(rows_done) FROM imports") >= rows:
        raise SystemExit("the import was over before it could be killed")
    _imported(root, file)
    found = _scalar(database, "SELECT count(DISTINCT address_key) FROM subscribers")
    on_list = _scalar(database, "SELECT count(*) FROM subscriptions")
    counted = _scalar(database, "SELECT sum(counts ->> 'added') FROM imports")
    return rows - SUPPRESSED - min(found, counted), max(on_list, counted) - found


def _scalar(database: Path, statement: str) -> int:
    with closing(sqlite3.connect(database, timeout=10)) as db:
        return int(db.execute(statement).fetchone()[0] or 0)


def _plain(root: Path, file: Path) -> float:
    """Return in how many seconds the plain way writes the rows."""
    database = _database(root)
    start = time.perf_counter()
    with closing(sqlite3.connect(database, isolation_level=None)) as db, file.open(newline="") as lines:
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")
        rows = csv.reader(lines)
        next(rows)
        numbers = enumerate(rows, 1)
        while portion := list(islice(numbers, PORTION)):
            db.execute("BEGIN IMMEDIATE")
            db.executemany(
                "INSERT INTO subscribers (id, public_id, address, address_key, created_at)"
                " VALUES (?, ?, ?, ?, '2026-01-01 00:00:00.000000')",
                [(number, f"{number:016x}", row[0], row[0]) for number, row in portion],
            )
            db.executemany(
                "INSERT INTO subscriptions (subscriber, list, state, since, consent)"
                " VALUES (?, 'weekly', 'active', '2026-01-01 00:00:00.000000', 'plain')",
                [(number,) for number, _ in portion],
            )
            db.execute("COMMIT")
    return time.perf_counter() - start


def _import(publisher: Publisher, file: Path) -> Imported:
    before = resource.getrusage(resource.RUSAGE_SELF)
    start = time.perf_counter()
    with file.open("rb") as stream:
        brought = bring(publisher, stream, name=file.name, wishes=WISHES)
    seconds, used = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    return Imported(
        added=brought.counts[Added.ADDED],
        seconds=seconds,
        cpu_seconds=used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime,
        peak_mb=used.ru_maxrss / 1024,
    )


if __name__ == "__main__":
    root, file = map(Path, sys.argv[1:])
    print(json.dumps(asdict(_import(open_newsroom(root), file))))
