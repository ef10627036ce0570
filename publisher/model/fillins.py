"""Issue fill-ins: the few values of an edition that are known only when it is published.

A printed output carries a token in their place. The token holds the nonce of that print, so no text of a
story can be mistaken for one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Final

NUMBER = "number"
DATE = "date"
PUBLISHED = "published"
"""Further names, each of the i-th story, 0 being the issue: `published-<i>` and `updated-<i>` (RFC 3339),
`pubdate-<i>` (the same moment as `published-<i>`, RFC 5322).
"""

UNSUBSCRIBE = "unsubscribe"
PREFERENCES = "preferences"
LIST = "list"
"""Slots, which each subscriber's own message fills: addresses of two pages, and the title of the list."""

ROOM: Final = {NUMBER: 10, DATE: 60, LIST: 480, UNSUBSCRIBE: 400, PREFERENCES: 400}
"""Bytes that the longest value of each name may take in the HTML of a mail.

Settings keep titles of lists within 80 characters, each of up to 5 bytes when it is escaped, and the home
URL within 200.
"""

_NAME = re.compile(r"[a-z]+(?:-\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ink:
    """The nonce of one print and the tokens made with it."""

    nonce: str

    def token(self, name: str) -> str:
        """Return the token that stands for fill-in or slot `name`."""
        if not _NAME.fullmatch(name):
            raise ValueError(name)
        return f"zq{self.nonce}.{name}.qz"

    @property
    def _pattern(self) -> re.Pattern[bytes]:
        return re.compile(rb"zq%b\.([a-z]+(?:-\d+)?)\.qz" % self.nonce.encode("ascii"))

    def fill(self, body: bytes, values: Mapping[str, str]) -> bytes:
        """Replace every token whose name is in `values`; leave the others as they are."""

        def value(match: re.Match[bytes]) -> bytes:
            name = match[1].decode("ascii")
            return values[name].encode() if name in values else match[0]

        return self._pattern.sub(value, body)

    def names(self, body: bytes) -> frozenset[str]:
        """Return the names of the tokens that still stand in `body`."""
        return frozenset(found.decode("ascii") for found in self._pattern.findall(body))

    def longest(self, body: bytes) -> int:
        """Return how many bytes `body` has at most once its tokens are filled in (see `ROOM`)."""
        names = (found.decode("ascii") for found in self._pattern.findall(body))
        return len(body) + sum(ROOM[name] - len(self.token(name)) for name in names if name in ROOM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """When an issue or a story was first published, and last changed in a way that readers should notice."""

    published: datetime
    updated: datetime


def story_moment(published: datetime, position: int) -> datetime:
    """Return the `updated` of the story at `position` (from 1; 0 is the issue itself).

    Moments are distinct, ordered and never in the future, so readers that sort by time keep the order.
    """
    return published.astimezone(UTC).replace(microsecond=0) - timedelta(seconds=position)


def rfc3339(moment: datetime) -> str:
    """Return `moment` in UTC as RFC 3339 writes it, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def rfc5322(moment: datetime) -> str:
    """Return `moment` in UTC as RFC 5322 writes it, whatever the process's locale."""
    return format_datetime(moment.astimezone(UTC), usegmt=False)


def first_moments(published: datetime, stories: int) -> tuple[Moments, ...]:
    """Return the moments of an issue that is published for the first time, and of so many stories."""
    found = (story_moment(published, position) for position in range(stories + 1))
    return tuple(Moments(published=moment, updated=moment) for moment in found)


def values(*, moments: Sequence[Moments], number: int | None, date_text: str) -> dict[str, str]:
    """Return every issue fill-in of an edition, ready to be put in.

    `moments` are those of the issue, then those of its stories in their order.
    """
    filled = {
        NUMBER: "" if number is None else str(number),
        DATE: date_text,
        PUBLISHED: rfc3339(moments[0].published),
    }
    for position, each in enumerate(moments):
        filled[f"published-{position}"] = rfc3339(each.published)
        filled[f"pubdate-{position}"] = rfc5322(each.published)
        filled[f"updated-{position}"] = rfc3339(each.updated)
    return filled


def moments_in(filled: Mapping[str, str]) -> tuple[Moments, ...]:
    """Return the moments that `values` has put in: those of the issue, then those of its stories."""
    found: list[Moments] = []
    while (published := filled.get(f"published-{len(found)}")) is not None:
        updated = filled[f"updated-{len(found)}"]
        found.append(
            Moments(published=datetime.fromisoformat(published), updated=datetime.fromisoformat(updated))
        )
    return tuple(found)
