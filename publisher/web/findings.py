"""Findings in the preview: each stands beside the place that it concerns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from publisher.actions.check import Checked
from publisher.actions.manuscript import Sheet
from publisher.check.codes import CODES
from publisher.model.finding import Finding
from publisher.model.issue import Issue

_SUBJECT_GROUP: Final = "2"
_SUBJECT_FIELDS: Final = ("subject", "preheader")
_TITLE_GROUPS: Final = ("3",)
"""What is said about the words of a title; else a finding stands at the title for want of a better place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A finding, the id of its line among the files, and whether its code has a page of its own."""

    finding: Finding
    line: str
    is_explained: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The findings about one thing: the issue (`story` is 0), or its n-th story, counted from 1."""

    title: str
    story: int
    notes: tuple[Noted, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """All findings of an issue: those about its row in an inbox, and the others by what they are about."""

    row: tuple[Noted, ...]
    groups: tuple[Group, ...]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.row) + sum(len(group.notes) for group in self.groups)


def notes(checked: Checked, sheets: Sequence[Sheet]) -> Notes:
    """Return what the check says of an issue, whose files are `sheets`, in the order of a reader."""
    lines = line_ids(sheets)
    noted = [
        Noted(finding=finding, line=lines.get(finding, ""), is_explained=finding.code in CODES)
        for finding in checked.findings
    ]
    row = tuple(each for each in noted if _is_about_row(each.finding, checked.issue))
    others = [each for each in noted if each not in row]
    stories = _stories(checked.issue)
    titles = {0: "The issue", **dict(stories.values())}
    groups = (
        Group(
            title=title,
            story=number,
            notes=tuple(
                each for each in others if stories.get(each.finding.place.path, (0, ""))[0] == number
            ),
        )
        for number, title in sorted(titles.items())
    )
    return Notes(row=row, groups=tuple(group for group in groups if group.notes))


def line_ids(sheets: Sequence[Sheet]) -> dict[Finding, str]:
    """Return the id of the line at which each finding stands, or that of its file."""
    ids: dict[Finding, str] = {}
    for number, sheet in enumerate(sheets, 1):
        ids |= dict.fromkeys(sheet.findings, f"file-{number}")
        for line in sheet.lines:
            ids |= dict.fromkeys(line.findings, f"file-{number}-line-{line.number}")
    return ids


def _is_about_row(finding: Finding, issue: Issue | None) -> bool:
    """Return whether a finding is about what an inbox shows: by its group, or by the field that it names."""
    if finding.code[1] == _SUBJECT_GROUP:
        return True
    if issue is None or finding.place.path != issue.place.path or finding.place.line is None:
        return False
    if finding.place.line == issue.lines.get("title"):
        return finding.code[1] in _TITLE_GROUPS
    return finding.place.line in {issue.lines.get(name) for name in _SUBJECT_FIELDS}


def _stories(issue: Issue | None) -> dict[str, tuple[int, str]]:
    """Return number and title of each story by its file; that of the short form is the issue itself."""
    if issue is None or issue.single:
        return {}
    return {story.place.path: (number, story.title) for number, story in enumerate(issue.stories, 1)}
