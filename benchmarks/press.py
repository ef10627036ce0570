"""Press and all outputs of a 10-story issue with whole stories, against compiling its MJML alone."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path
from unittest.mock import patch

import mjml

from benchmarks.measure import beside, options, report
from benchmarks.newsroom import open_newsroom, write_folder_issue
from publisher.actions.newsroom import find_issue, read
from publisher.actions.printing import press_issue, render
from publisher.app import Publisher
from publisher.model.issue import Issue

STORIES = 10
LIMIT = 40.0


def main() -> None:
    """Measure and report."""
    given = options(__doc__)
    rounds = 5 if given.quick else 25
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_folder_issue(root, "ten", stories=STORIES)
        publisher = open_newsroom(root)
        found = find_issue(publisher.settings, "ten")
        if found is None:
            raise SystemExit("the benchmark's own issue is not found")
        issue, _ = read(publisher.settings, found)
        source = _mjml_of(publisher, issue)
        compiled = partial(mjml.mjml2html, source, fonts={})
        ours, reference = beside(partial(_print, publisher, issue), compiled, rounds=rounds)
        publisher.close()
    report(
        given,
        name="press",
        ratio=ours / reference,
        against="mjml-python compiling the same issue's MJML",
        limit=LIMIT,
        stories=STORIES,
        ours_ms=round(ours * 1000, 2),
        reference_ms=round(reference * 1000, 2),
        mjml_bytes=len(source.encode()),
    )


def _print(publisher: Publisher, issue: Issue) -> None:
    edition = press_issue(publisher.settings, issue)
    whole = replace(edition, masthead=replace(edition.masthead, mail_bytes=10**9))
    render(whole, publisher.theme)


def _mjml_of(publisher: Publisher, issue: Issue) -> str:
    """Return the MJML that our theme hands to the compiler for this issue."""
    with patch("mjml.mjml2html", wraps=mjml.mjml2html) as compiler:
        _print(publisher, issue)
    source: str = compiler.call_args.args[0]
    return source


if __name__ == "__main__":
    main()
