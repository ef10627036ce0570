"""Mending what can be mended without asking: `check --fix` takes out of links what watches readers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from publisher.actions.newsroom import Found, find_issue, find_issues, reading
from publisher.actions.write import replace_file
from publisher.content.tracking import Removed, without_tracking
from publisher.errors import ContentError, NotFoundError
from publisher.model.issue import Issue
from publisher.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """A file that was rewritten, and what was taken out of it."""

    path: Path
    removed: tuple[Removed, ...]


def untrack_links(settings: Settings, names: Sequence[str]) -> list[Mended]:
    """Take what watches readers out of the links of these issues (none named: of all); return what was done.

    Only those bytes change. Shared stories and sponsors that an issue uses are mended, too. A file that
    cannot be understood is left as it is: the check tells why.

    Raises:
        NotFoundError: one of the issues is not there.
        PublisherError: a file cannot be written.
    """
    found = [_named(settings, name) for name in names] if names else find_issues(settings)
    files = {path for each in found for path in _files(settings, each)}
    return [mended for path in sorted(files) if (mended := _mend(path))]


def _mend(path: Path) -> Mended | None:
    try:
        before = path.read_bytes().decode("utf-8")
        after, removed = without_tracking(before, path=str(path))
    except (OSError, UnicodeDecodeError, ContentError, RecursionError):
        return None
    if after == before:
        return None
    replace_file(path, after)
    return Mended(path=path, removed=removed)


def _files(settings: Settings, found: Found) -> Iterator[Path]:
    """Yield the text files that an issue is made of."""
    result = reading(settings, found)
    if result.issue is None:
        return
    yield from (settings.root / path for path in _own(result.issue))
    yield from (settings.issues / path for path in result.elsewhere if path.endswith(".md"))


def _own(issue: Issue) -> Iterator[str]:
    yield issue.place.path
    yield from (story.place.path for story in issue.stories)


def _named(settings: Settings, name: str) -> Found:
    found = find_issue(settings, name)
    if found is None:
        raise NotFoundError(f"there is no issue '{name}'", fix="name a slug or a path")
    return found
