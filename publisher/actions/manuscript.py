"""The manuscript: the files of an issue as they are saved, with what the check says at each line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from publisher.actions.check import Checked
from publisher.actions.newsroom import texts_of
from publisher.model.finding import Finding
from publisher.settings import Settings

MOST_LINES = 5_000
"""So many lines of an issue are shown; of the files after them only what a finding is about."""

_AROUND = 3
_LONGEST = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a file, counted from 1, and the findings about it.

    `after_gap` says that lines before it are left out.
    """

    number: int
    text: str
    findings: tuple[Finding, ...] = ()
    after_gap: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A file: its path as a finding names it, its lines, and the findings about it as a whole."""

    path: str
    lines: tuple[Line, ...]
    findings: tuple[Finding, ...] = ()


def manuscript(settings: Settings, checked: Checked) -> tuple[Sheet, ...]:
    """Return the files of an issue: its own first, then its stories in order, then what findings name.

    Every finding stands in exactly one place. A file that is no text, or that cannot be read, has no lines;
    nothing is read through links that leave `issues/`.
    """
    sheets, room = [], MOST_LINES
    for path, lines in texts_of(settings, checked.slug, _paths(checked)):
        found = [finding for finding in checked.findings if finding.place.path == path]
        sheet = _sheet(path, lines, found, whole=len(lines) <= room)
        room -= len(sheet.lines)
        if sheet.lines or sheet.findings:
            sheets.append(sheet)
    return tuple(sheets)


def _paths(checked: Checked) -> Iterator[str]:
    if checked.issue:
        yield checked.issue.place.path
        yield from (story.place.path for story in checked.issue.stories)
    yield from (finding.place.path for finding in checked.findings)


def _sheet(path: str, texts: Sequence[str], found: Iterable[Finding], *, whole: bool) -> Sheet:
    at: dict[int, list[Finding]] = {}
    for finding in found:
        line = finding.place.line or 0
        at.setdefault(line if line <= len(texts) else 0, []).append(finding)
    numbers = [
        number
        for number in range(1, len(texts) + 1)
        if whole or any(abs(number - line) <= _AROUND for line in at if line)
    ]
    lines = tuple(
        Line(
            number=number,
            text=_shortened(texts[number - 1]),
            findings=tuple(at.get(number, ())),
            after_gap=number != before + 1,
        )
        for before, number in zip([0, *numbers], numbers, strict=False)
    )
    return Sheet(path=path, lines=lines, findings=tuple(at.get(0, ())))


def _shortened(line: str) -> str:
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
