"""Which file has an id first: a copied file has its original's, and feed readers take it for the original."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from publisher.actions.newsroom import Found, find_issues, reading
from publisher.content import folder
from publisher.model.issue import Issue, Reading
from publisher.settings import Settings


def ids_by_file(settings: Settings, every: Mapping[Found, Reading]) -> Mapping[str, str]:
    """Return which file has which of the ids of these issues; of several with one id, the oldest.

    The files of all other issues are searched for these ids; only what has one of them is read.
    """
    own = [result.issue for result in every.values() if result.issue]
    words = {id_.encode() for issue in own for id_, _ in _ids(issue)}
    others = (found for found in find_issues(settings) if found not in every) if words else ()
    twins = [found for found in others if folder.mentions(settings.issues, found.path, words)]
    more = [issue for found in twins if (issue := reading(settings, found).issue)]
    return _oldest(settings, (*own, *more))


def _oldest(settings: Settings, issues: Iterable[Issue]) -> Mapping[str, str]:
    named = {(_moved_at(settings, path), path, id_) for issue in issues for id_, path in _ids(issue)}
    ids: dict[str, str] = {}
    for _, path, id_ in sorted(named):
        ids.setdefault(id_, path)
    return ids


def _ids(issue: Issue) -> list[tuple[str, str]]:
    """Return the ids of an issue and its stories, with their files."""
    named = [(issue.id, issue.place.path)]
    if not issue.single:
        named += [(story.id, story.place.path) for story in issue.stories]
    return [(id_, path) for id_, path in named if id_]


def _moved_at(settings: Settings, path: str) -> int:
    """Return when a file was last changed; one that has gone by now is no original."""
    try:
        return (settings.root / path).stat().st_mtime_ns
    except OSError:
        return 0
