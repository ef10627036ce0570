"""The site after one new issue, against building it with all its issues for the first time."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.measure import options, report
from benchmarks.newsroom import open_newsroom, write_single_issue
from publisher.actions.build import build
from publisher.actions.scan import scan
from publisher.app import Publisher

ISSUES = 1000
QUICK_ISSUES = 200
LIMIT = 1 / 50
ROUNDS = 3


def main() -> None:
    """Measure and report: a first build, then one new issue at a time, as files of a static site."""
    given = options(__doc__)
    count = QUICK_ISSUES if given.quick else ISSUES
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for number in range(count):
            write_single_issue(root, number, status="archived", date=_date(number))
        publisher = open_newsroom(root)
        first = _timed(lambda: _bring_up_to_date(publisher, root))
        again = min(_one_more(publisher, root, count + extra) for extra in range(ROUNDS))
        publisher.close()
    report(
        given,
        name="rebuild",
        ratio=again / first,
        against=f"the first build of {count} issues",
        limit=LIMIT,
        issues=count,
        first_s=round(first, 3),
        again_ms=round(again * 1000, 1),
    )


def _one_more(publisher: Publisher, root: Path, number: int) -> float:
    write_single_issue(root, number, status="archived", date=_date(number))
    return _timed(lambda: _bring_up_to_date(publisher, root))


def _bring_up_to_date(publisher: Publisher, root: Path) -> None:
    troubles = scan(publisher, patient=False).troubles
    if troubles:
        raise SystemExit(troubles[0])
    build(publisher, root / "site")


def _date(number: int) -> str:
    """Two issues a week, spread over the years."""
    year, week = divmod(number // 2, 50)
    month, day = divmod(week, 5)
    return f"{2010 + year}-{month + 1:02d}-{1 + 2 * (day * 2 + number % 2):02d}"


def _timed(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
