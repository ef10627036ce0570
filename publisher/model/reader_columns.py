"""The columns of a file of readers: which says what. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from typing import Final

from publisher.errors import NotFoundError, PublisherError
from publisher.model.subscriber import SuppressionReason


class Field(StrEnum):
    """What a column can say of a reader. Names are not kept."""

    EMAIL = "email"
    LANG = "lang"
    LISTS = "lists"
    TOPICS = "topics"
    JOINED = "joined"
    STATE = "state"


HEADS: Final[dict[Field, tuple[str, ...]]] = {
    Field.EMAIL: ("email", "e-mail", "address", "email address", "mail"),
    Field.LANG: ("lang",),
    Field.LISTS: ("lists", "list"),
    Field.TOPICS: ("topics",),
    Field.JOINED: ("joined", "since"),
    Field.STATE: ("state", "status"),
}
"""The heads, in small letters, by which each field is found without a word."""

WILLING: Final = frozenset({"", "active", "subscribed", "confirmed", "enabled"})
"""The words of a state with which somebody wants mail."""

GONE: Final = frozenset({"unsubscribed", "left", "opted out", "opted-out", "opted_out", "removed"})
"""The words with which somebody has left."""

BARRED: Final[dict[str, SuppressionReason]] = {
    **dict.fromkeys(("cleaned", "bounced", "hard bounce", "hard bounced"), SuppressionReason.HARD_BOUNCE),
    **dict.fromkeys(("complained", "complaint", "spam"), SuppressionReason.COMPLAINT),
}
"""The words after which somebody must not be mailed, and why. With any other word nothing is kept."""

OURS: Final = ("line", "why")
"""The heads of the last two columns of a file of refused rows, which say nothing of a reader."""

_LIKELY: Final[dict[Field, tuple[str, ...]]] = {
    Field.LANG: ("lang", "locale", "sprache"),
    Field.JOINED: ("date", "since", "joined", "created", "time"),
    Field.TOPICS: ("tag", "topic", "interest"),
    Field.STATE: ("state", "status"),
}
"""What is likely to stand in a head that says a field in words of its own."""

_BETWEEN: Final = re.compile(r"[;,|]")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where in a row each field stands, from 0; a file without a head has its addresses in the first.

    `heads` are those of the file. One with refused rows (`is_ours`) has two columns more.
    """

    places: Mapping[Field, int] = field(default_factory=lambda: {Field.EMAIL: 0})
    has_head: bool = False
    heads: tuple[str, ...] = (Field.EMAIL.value,)
    is_ours: bool = False

    def only_addresses(self) -> Columns:
        """Return the same without anything else that a row says."""
        return replace(self, places={Field.EMAIL: self.places[Field.EMAIL]})

    def used(self) -> dict[Field, str]:
        """Return the head of the column in which each field was found."""
        return {each: self.heads[place] for each, place in self.places.items()} if self.has_head else {}

    def unused(self) -> tuple[str, ...]:
        """Return the heads of the columns that are left in the file."""
        taken = self.places.values()
        left = (head.strip() for place, head in enumerate(self.heads) if place not in taken)
        return tuple(filter(None, left)) if self.has_head else ()

    def likely(self) -> dict[Field, str]:
        """Return of the unused columns those that may say a field after all."""
        found: dict[Field, str] = {}
        for each, words in _LIKELY.items():
            heads = (head for head in self.unused() if any(word in head.lower() for word in words))
            if each not in self.places and (head := next(heads, "")):
                found[each] = head
        return found


def wishes_of(texts: Sequence[str]) -> dict[Field, str]:
    """Return which column of the file is which field, from "email=E-Mail" and the like.

    Raises:
        PublisherError: it cannot be understood, or there is no such field.
    """
    found: dict[Field, str] = {}
    for text in texts:
        name, separator, head = text.partition("=")
        if not separator or not head.strip():
            raise PublisherError(f"'{text}' does not say which column is meant", fix="write email=E-Mail")
        if name.strip() not in tuple(Field):
            raise NotFoundError(f"nothing called '{name}' is kept of a reader", fix=f"map {', '.join(Field)}")
        found[Field(name.strip())] = head.strip()
    return found


def columns_of(first: Sequence[str], wanted: Mapping[Field, str], *, own_lists: bool = True) -> Columns:
    """Return where the fields stand in a file with this first row.

    What is `wanted` is found by the exact head, in any case; the rest by `HEADS`, the lists of a file only
    if nobody named others (`own_lists`).

    Raises:
        PublisherError: a wanted column is not there, or nothing says where the addresses stand.
    """
    is_ours = tuple(cell.strip().lower() for cell in first[-len(OURS) :]) == OURS
    kept = first[: -len(OURS)] if is_ours else first
    heads = [cell.strip().lower() for cell in kept]
    places: dict[Field, int] = {}
    for each, head in wanted.items():
        if head.lower() not in heads:
            raise PublisherError(f"there is no column '{head}'", fix=f"the columns are: {', '.join(first)}")
        places[each] = heads.index(head.lower())
    for each, names in HEADS.items():
        known = [place for place, head in enumerate(heads) if head in names]
        if known and each not in places and (own_lists or each is not Field.LISTS):
            places[each] = known[0]
    if Field.EMAIL in places:
        return Columns(places=places, has_head=True, heads=tuple(kept), is_ours=is_ours)
    if wanted or (len(first) > 1 and not any("@" in cell for cell in first)):
        raise PublisherError(
            "no column says that it has the addresses",
            fix=f"write --map email=COLUMN; the columns are: {', '.join(first)}",
        )
    return Columns(heads=(Field.EMAIL.value, *[""] * (len(first) - 1)))


def several(cell: str) -> tuple[str, ...]:
    """Return what a cell lists, between semicolons, commas or bars, each once."""
    return tuple(dict.fromkeys(filter(None, map(str.strip, _BETWEEN.split(cell)))))


def language_of(cell: str) -> str | None:
    """Return a language tag as BCP 47 writes it, None if the cell is empty.

    Raises:
        PublisherError: it is no language tag.
    """
    if not cell:
        return None
    if not _LANGUAGE.fullmatch(cell):
        raise PublisherError(f"'{cell}' is no language", fix="write a tag such as en or pt-BR")
    return cell.replace("_", "-")


def moment_of(cell: str, *, zone: tzinfo, now: datetime) -> datetime | None:
    """Return the moment, in UTC, of a date or time as ISO 8601 writes it, None if the cell is empty.

    Raises:
        PublisherError: it is none, or is still to come.
    """
    if not cell:
        return None
    try:
        moment = datetime.fromisoformat(cell)
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise PublisherError(f"'{cell}' is no date", fix="write 2026-10-31 or 2026-10-31 08:00") from None
    if moment > now:
        raise PublisherError(f"'{cell}' is still to come", fix="write when the reader joined")
    return moment
