"""Checking 200 stories in 20 issues with their prints, against parsing the same Markdown once."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

from markdown_it import MarkdownIt

from benchmarks.measure import best, options, report
from benchmarks.newsroom import open_newsroom, write_folder_issue
from publisher.actions.check import check_issues
from publisher.app import Publisher

ISSUES = 20
STORIES = 10
LIMIT = 20.0
SECONDS = 2.0
"""What `publisher check` may take for them: reading, printing the mails, and checking."""


def main() -> None:
    """Measure and report."""
    given = options(__doc__)
    rounds = 1 if given.quick else 7
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for number in range(ISSUES):
            write_folder_issue(root, f"issue-{number}", stories=STORIES)
        publisher = open_newsroom(root)
        texts = [path.read_text(encoding="utf-8") for path in (root / "issues").glob("*/*.md")]
        parser = MarkdownIt("commonmark").enable(["table"])
        ours = best(partial(_check, publisher), rounds=rounds)
        reference = best(partial(_parse, parser, texts), rounds=rounds * 2)
        publisher.close()
    report(
        given,
        name="check",
        ratio=ours / reference,
        against="markdown-it-py parsing the same files",
        limit=LIMIT,
        stories=ISSUES * STORIES,
        ours_s=round(ours, 3),
        ours_limit_s=SECONDS,
        reference_s=round(reference, 3),
    )


def _check(publisher: Publisher) -> None:
    checked = check_issues(publisher.settings, publisher.theme, [])
    if len(checked) != ISSUES or any(each.printed is None for each in checked):
        raise SystemExit("the benchmark's own issues cannot be checked")


def _parse(parser: MarkdownIt, texts: list[str]) -> None:
    for text in texts:
        parser.parse(text)


if __name__ == "__main__":
    main()
