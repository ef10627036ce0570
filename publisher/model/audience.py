"""Whom an issue is for, among the readers of its lists."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from publisher.model.filters import Filter
from publisher.model.segment import parse
from publisher.model.shelves import tag_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What narrows an audience; without anything it is everybody.

    `topics` are the names of the issue's tags (see `shelves.tag_name`): readers who chose topics want one of
    them, and without any the issue is for all. The days of `segment` are those of a calendar in `zone`.
    """

    segment: Filter | None = None
    topics: frozenset[str] = frozenset()
    zone: str = "UTC"

    def __bool__(self) -> bool:
        return self.segment is not None or bool(self.topics)

    def whatever_topics(self) -> Selection:
        """Return the same without a look at topics."""
        return replace(self, topics=frozenset())


EVERYBODY: Final = Selection()


def selection(segment: str | None, tags: Iterable[str], *, zone: str) -> Selection:
    """Return the selection of an issue with a filter, written out, and tags as somebody wrote them.

    Raises:
        FilterError: the filter cannot be read.
    """
    topics = frozenset(tag_name(tag) for tag in tags)
    return Selection(segment=parse(segment) if segment else None, topics=topics, zone=zone)
