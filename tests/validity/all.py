"""Every feed of ours is held to the rules of its format.

    assert feed_faults("/feed.atom", body) == []

`MadeFeeds` looks at all that is stored for the public, whichever test has it stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import PurePosixPath

from publisher.model.rendered import Artefact
from tests.validity.atom import atom_faults
from tests.validity.json_feed import json_feed_faults
from tests.validity.rss import rss_faults

FORMATS: Mapping[str, Callable[[str, bytes], list[str]]] = {
    ".atom": atom_faults,
    ".json": json_feed_faults,
    ".rss": rss_faults,
}

MEDIA_TYPES: Mapping[str, frozenset[str]] = {
    ".atom": frozenset({"application/xml; charset=utf-8", "application/atom+xml; charset=utf-8"}),
    ".json": frozenset({"application/feed+json"}),
    ".rss": frozenset({"application/xml; charset=utf-8", "application/rss+xml; charset=utf-8"}),
}


def is_feed(path: str) -> bool:
    """Return whether a feed is served at `path`; the page of a tag may be called like one, too."""
    return not path.endswith("/") and PurePosixPath(path).suffix in FORMATS


@cache
def feed_faults(path: str, body: bytes) -> tuple[str, ...]:
    """Return what is wrong with the feed that is served at `path`, in words; the path tells its format."""
    return tuple(FORMATS[PurePosixPath(path).suffix](path, body))


def artefact_faults(artefact: Artefact) -> list[str]:
    """Return what is wrong with an artefact if it is a feed, each with its path in front."""
    if not is_feed(artefact.path):
        return []
    found = [*feed_faults(artefact.path, artefact.body)]
    if artefact.media_type not in MEDIA_TYPES[PurePosixPath(artefact.path).suffix]:
        found.append(f"its media type is {artefact.media_type}")
    return [f"{artefact.path}: {fault}" for fault in found]


class MadeFeeds:
    """The faults of all feeds that were stored for the public since somebody asked."""

    def __init__(self) -> None:
        self._faults: list[str] = []

    def look_at(self, artefacts: Iterable[Artefact]) -> None:
        """Note what is wrong with the feeds among them."""
        self._faults += (fault for artefact in artefacts for fault in artefact_faults(artefact))

    def faults(self) -> list[str]:
        """Return what was noted, and forget it."""
        found, self._faults = self._faults, []
        return found
