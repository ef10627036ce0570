"""What a filter of readers is made of, and how it is written; `segment` reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, TypeAlias

WORD: Final = re.compile(r'[^\s()":<>=]+')
"""What stands in a filter as it is, without quotation marks."""


class Field(StrEnum):
    """What a reader has, of which a filter names a value: `tag:energy`."""

    LIST = "list"
    TAG = "tag"
    LANG = "lang"
    DOMAIN = "domain"


class Sign(StrEnum):
    """How a day is compared: `joined>=2026-01-01`."""

    BEFORE = "<"
    UNTIL = "<="
    SINCE = ">="
    AFTER = ">"
    ON = "="


class Flag(StrEnum):
    """What a reader is or is not: `bounced`."""

    BOUNCED = "bounced"
    COMPLAINED = "complained"
    ROLE = "role"
    DISPOSABLE = "disposable"


JOINED: Final = "joined"
"""The word for the day on which a reader's address first came here."""

WORDS: Final[dict[str, tuple[str, str]]] = {
    Field.LIST: ("list:weekly", "is an active reader of that list"),
    Field.TAG: ("tag:energy", "chose that topic; capitals and hyphens for blanks make no difference"),
    Field.LANG: ("lang:pt", "reads that language; `pt` means `pt-BR` as well"),
    Field.DOMAIN: ("domain:example.org", "has an address at exactly that domain"),
    JOINED: ("joined>=2026-01-01", "came on such a day of the publication's calendar: `<` `<=` `=` `>=` `>`"),
    Flag.BOUNCED: ("bounced", "has an address from which mail came back for good"),
    Flag.COMPLAINED: ("complained", "called a mail spam"),
    Flag.ROLE: ("role", "has an address of an office, such as info@"),
    Flag.DISPOSABLE: ("disposable", "has an address that was made to be thrown away"),
}
"""Every word of the language with an example and what it says of a reader: "the reader …"."""


@dataclass(frozen=True, slots=True)
class Has:
    """A reader has that value of a field."""

    field: Field
    value: str

    def __str__(self) -> str:
        return f"{self.field}:{_quoted(self.value)}"


@dataclass(frozen=True, slots=True)
class Joined:
    """A reader came on such a day."""

    sign: Sign
    day: date

    def __str__(self) -> str:
        return f"{JOINED}{self.sign}{self.day.isoformat()}"


@dataclass(frozen=True, slots=True)
class Is:
    """A reader has a flag."""

    flag: Flag

    def __str__(self) -> str:
        return self.flag.value


@dataclass(frozen=True, slots=True)
class Not:
    """A reader for whom something does not hold."""

    part: Filter

    def __str__(self) -> str:
        return f"NOT {_in_brackets(self.part, Every, Either)}"


@dataclass(frozen=True, slots=True)
class Every:
    """A reader for whom all of the parts hold; there are two or more, none of which is an `Every`."""

    parts: tuple[Filter, ...]

    def __str__(self) -> str:
        return " AND ".join(_in_brackets(part, Either) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Either:
    """A reader for whom one of the parts holds; there are two or more, none of which is an `Either`."""

    parts: tuple[Filter, ...]

    def __str__(self) -> str:
        return " OR ".join(map(str, self.parts))


Filter: TypeAlias = Has | Joined | Is | Not | Every | Either


def lists_in(found: Filter) -> Iterator[str]:
    """Yield the lists that a filter names."""
    return _named(found, Field.LIST)


def tags_in(found: Filter) -> Iterator[str]:
    """Yield the topics that a filter names."""
    return _named(found, Field.TAG)


def _named(found: Filter, field: Field) -> Iterator[str]:
    if isinstance(found, Has) and found.field is field:
        yield found.value
    elif isinstance(found, Not):
        yield from _named(found.part, field)
    elif isinstance(found, Every | Either):
        for part in found.parts:
            yield from _named(part, field)


def _in_brackets(part: Filter, *kinds: type[Filter]) -> str:
    return f"({part})" if isinstance(part, kinds) else str(part)


def _quoted(value: str) -> str:
    return value if WORD.fullmatch(value) else '"' + value.replace('"', '""') + '"'
