"""Finding and reading the issues of a newsroom, with its settings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from publisher.content import folder
from publisher.errors import ContentError, NotFoundError
from publisher.model.finding import Finding, Severity
from publisher.model.issue import Issue, Reading
from publisher.settings import Settings

_SEPARATOR = "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An issue's files: the slug that their name gives, and where they are."""

    slug: str
    path: Path


def find_issues(settings: Settings) -> list[Found]:
    """Return all issues that have files, by slug; the cost is that of looking into the folders."""
    return [Found(slug=slug, path=path) for slug, path in sorted(folder.issue_names(settings.issues).items())]


def find_issue(settings: Settings, name: str) -> Found | None:
    """Return the issue of that slug or path, or None if no file is there."""
    try:
        path = folder.locate(settings.issues, name)
    except NotFoundError:
        return None
    return Found(slug=folder.slug_of(path), path=path)


def signature_of(settings: Settings, found: Found, elsewhere: Sequence[str]) -> str:
    """Return a text that changes whenever a file of the issue does, or one of those `elsewhere` that it uses.

    It carries the names of those, so that `has_changed` needs to read nothing.
    """
    stats = folder.signature(found.path, [settings.issues / path for path in elsewhere])
    return _SEPARATOR.join((stats, *elsewhere))


def has_changed(settings: Settings, found: Found, known: Mapping[str, str]) -> bool:
    """Return whether an issue's files are others than its signature in `known`, by slug, says."""
    before = known.get(found.slug)
    if before is None:
        return True
    elsewhere = before.split(_SEPARATOR)[1:]
    return signature_of(settings, found, elsewhere) != before


def settled(found: Found, now: datetime) -> bool:
    """Return whether nothing has moved among an issue's files for a moment, so that they can be read."""
    return folder.is_stable(found.path, now)


def reading(settings: Settings, found: Found) -> Reading:
    """Return what reading the files gives: the issue, or findings that say why there is none."""
    headings, lang = settings.content.headings, settings.publication.language
    return folder.read_issue(settings.issues, found.path.name, headings=headings, lang=lang)


def read(settings: Settings, found: Found) -> tuple[Issue, str]:
    """Return the issue and the signature of its files.

    Raises:
        ContentError: its files cannot be understood, or somebody is writing them.
    """
    shared = [settings.issues / name for name in folder.SHARED]
    before = folder.signature(found.path, shared)
    result = reading(settings, found)
    if result.issue is None:
        raise _refused(found, [each for each in result.findings if each.severity is Severity.ERROR])
    if folder.signature(found.path, shared) != before:
        raise ContentError(f"the files of '{found.slug}' changed while they were read", fix="try again")
    return result.issue, signature_of(settings, found, result.elsewhere)


def texts_of(settings: Settings, slug: str, more: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield the lines of the files `more`, each once, then those of the issue's other files, by path.

    Paths are as findings name them. What is no text of an issue, or cannot be read, has no lines.
    """
    found = find_issue(settings, slug)
    own = folder.text_names(settings.issues, found.path) if found else []
    for path in dict.fromkeys((*more, *own)):
        yield path, folder.shown_lines(settings.issues, path)


def _refused(found: Found, errors: Sequence[Finding]) -> ContentError:
    """Return an error that says the first thing to mend, and how many more there are."""
    first, *more = errors
    fix = f"{first.fix}; and {len(more)} more: `publisher check {found.slug}`" if more else first.fix
    return ContentError(f"{first.code} {first.what}", place=first.place, fix=fix)
