"""The columns of a file of readers: which says what. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from typing import Final

from publisher.errors import NotFoundError, PublisherError


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

_BETWEEN: Final = re.compile(r"[;,|]")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where in a row each field stands, from 0; a file without a head has its addresses in the first."""

    places: Mapping[Field, int] = field(default_factory=lambda: {Field.EMAIL: 0})
    has_head: bool = False

    def only_addresses(self) -> Columns:
        """Return the same without anything else that a row says."""
        return Columns(places={Field.EMAIL: self.places[Field.EMAIL]}, has_head=self.has_head)


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
    heads = [cell.strip().lower() for cell in first]
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
        return Columns(places=places, has_head=True)
    if wanted or (len(first) > 1 and not any("@" in cell for cell in first)):
        raise PublisherError(
            "no column says that it has the addresses",
            fix=f"write --map email=COLUMN; the columns are: {', '.join(first)}",
        )
    return Columns()


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
