"""The site after one new story with three tags, against building it with its archive for the first time."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.measure import options, report, seconds
from benchmarks.newsroom import open_newsroom, three_tags, write_archived_issue, write_single_issue
from publisher.actions.build import build
from publisher.actions.publish import publish
from publisher.actions.queue import Place, queue
from publisher.actions.scan import scan
from publisher.actions.subscribe import add
from publisher.app import Publisher

ISSUES = 1000
QUICK_ISSUES = 10
STORIES = 10
TAGS = 200
YEARS = 10
LIMIT = 1 / 50
SECONDS = 1.0
"""What a publication and the writing of its files may take together."""
ROUNDS = 5
QUICK_ROUNDS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """Seconds until one more story is public, and until the files of all that changed with it are written."""

    publication: float
    files: float

    @property
    def whole(self) -> float:
        """Both."""
        return self.publication + self.files


def main() -> None:
    """Measure and report: a first build, then one story at a time, as files of a static site with gzip."""
    given = options(__doc__)
    count = QUICK_ISSUES if given.quick else ISSUES
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for number in range(count):
            date = _date(number, each_year=count // YEARS)
            write_archived_issue(root, number, stories=STORIES, date=date, tags=TAGS)
        publisher = open_newsroom(root)
        add(publisher, "reader@example.net")
        first = seconds(partial(_first_build, publisher, root))
        rounds = range(QUICK_ROUNDS if given.quick else ROUNDS)
        again = min((_one_more(publisher, root, extra) for extra in rounds), key=lambda each: each.whole)
        publisher.close()
    report(
        given,
        name="rebuild",
        ratio=again.whole / first,
        against=f"the first build of {count * STORIES} stories",
        limit=LIMIT,
        stories=count * STORIES,
        first_s=round(first, 3),
        again_s=round(again.whole, 3),
        again_limit_s=SECONDS,
        publication_s=round(again.publication, 3),
        files_s=round(again.files, 3),
    )


def _first_build(publisher: Publisher, root: Path) -> None:
    troubles = scan(publisher, patient=False).troubles
    if troubles:
        raise SystemExit(troubles[0])
    build(publisher, root / "site")


def _one_more(publisher: Publisher, root: Path, extra: int) -> Again:
    """Write and queue a story, which is no part of the measure, and publish it."""
    number = ISSUES * STORIES + extra
    slug = write_single_issue(root, number, status="ready", tags=three_tags(number, of=TAGS))
    queue(publisher, slug, Place(now=True))
    return Again(
        publication=seconds(partial(publish, publisher, slug)),
        files=seconds(partial(build, publisher, root / "site")),
    )


def _date(number: int, *, each_year: int) -> str:
    """Spread the issues over ten years, evenly."""
    year, place = divmod(number, each_year)
    day = place * 336 // each_year
    return f"{2016 + year}-{day // 28 + 1:02d}-{day % 28 + 1:02d}"


if __name__ == "__main__":
    main()
