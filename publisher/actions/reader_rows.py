"""From the rows of a file to the people who are to be readers, or to why a row is refused."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import islice
from typing import Final

from publisher.actions.reader_file import ReaderFile, Row
from publisher.actions.refused_rows import Refused
from publisher.delivery import addresses
from publisher.delivery.addresses import AddressError
from publisher.delivery.special_addresses import is_disposable, is_role
from publisher.edition.languages import is_meant
from publisher.errors import NotFoundError, Place, PublisherError
from publisher.model.cells import restored
from publisher.model.reader_columns import (
    BARRED,
    GONE,
    WILLING,
    Columns,
    Field,
    columns_of,
    language_of,
    moment_of,
    several,
)
from publisher.model.shelves import tag_name
from publisher.model.subscriber import PUBLIC_ID, NewSubscriber

_ADDRESS_LIKE: Final = re.compile(r"^\s*\S+@\S+\s*$")

_SHARED: Final = 6
"""So many characters the random ids of a portion have in common: that keeps their index quick."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """The newcomers and the refused rows of the next part of a file; it has so many rows.

    Of those so many are `inactive`, and only some of these are among the newcomers, as people who have left
    or must not be mailed. Beside them so many rows are `nameless`: they say something, but no address.
    """

    newcomers: list[NewSubscriber]
    refused: list[Refused]
    rows: int
    inactive: int = 0
    nameless: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderRows:
    """Reads the rows of a file; `lists` are those that there are, `hashed` makes what a suppression keeps."""

    file: ReaderFile
    columns: Columns
    lists: Collection[str]
    hashed: Callable[[str], str]
    zone: tzinfo
    now: datetime

    def portions(self, size: int, *, offset: int, line: int) -> Iterator[Portion]:
        """Yield the file from an offset on, so many rows at a time; the last portion may be empty."""
        rows = self.file.rows(offset=offset, line=line)
        if self.columns.has_head and offset == self.file.begin:
            next(row for row in rows if not _is_remark(row.cells))
        while portion := list(islice(rows, size)):
            yield self._portion(portion)

    def _portion(self, rows: list[Row]) -> Portion:
        newcomers: list[NewSubscriber] = []
        refused: list[Refused] = []
        place = self.columns.places[Field.EMAIL]
        is_plain = len(self.columns.places) == 1
        names = _public_ids(len(rows))
        count = inactive = nameless = 0
        for row, name in zip(rows, names, strict=True):
            cells = row.cells
            if row.wrong:
                count += 1
                refused.append(self._refused(row, PublisherError(row.wrong)))
                continue
            text = cells[place].strip() if len(cells) > place else ""
            if not text or _is_remark(cells):
                nameless += not text and not _is_remark(cells) and any(map(str.strip, cells))
                continue
            count += 1
            try:
                if is_plain:
                    newcomers.append(self._person(text, name))
                elif (state := self._state(cells)) in WILLING:
                    newcomers.append(self._whole(text, name, cells))
                else:
                    inactive += 1
                    newcomers += self._inactive(text, name, cells, state)
            except PublisherError as error:
                refused.append(self._refused(row, error))
        return Portion(newcomers=newcomers, refused=refused, rows=count, inactive=inactive, nameless=nameless)

    def _state(self, cells: list[str]) -> str:
        place = self.columns.places.get(Field.STATE)
        return _cell(cells, place).lower() if place is not None else ""

    def _person(self, text: str, public_id: str) -> NewSubscriber:
        if text[:1] == "'":
            text = restored(text)
        address = addresses.admit(text)
        key = text.lower() if text.isascii() else addresses.normalise(address)  # the same, and quicker
        return NewSubscriber(
            text if text == key else str(address),
            key,
            self.hashed(key),
            public_id,
            is_role=is_role(address),
            is_disposable=is_disposable(address),
        )

    def _whole(self, text: str, public_id: str, cells: list[str]) -> NewSubscriber:
        """Return a person with all that the row says.

        Raises:
            PublisherError: a cell cannot be meant.
        """
        said = {each: _cell(cells, place) for each, place in self.columns.places.items()}
        person = self._person(text, public_id)
        lists = several(said.get(Field.LISTS, ""))
        for name in lists:
            if name not in self.lists:
                raise NotFoundError(
                    f"there is no list '{name}'", fix=f"the lists are: {', '.join(self.lists)}"
                )
        return person._replace(
            lang=_language(said.get(Field.LANG, "")),
            since=moment_of(said.get(Field.JOINED, ""), zone=self.zone, now=self.now),
            lists=lists,
            topics=tuple(dict.fromkeys(map(tag_name, several(said.get(Field.TOPICS, ""))))),
        )

    def _inactive(self, text: str, public_id: str, cells: list[str], state: str) -> Iterator[NewSubscriber]:
        """Yield somebody who is not active in the file, if what it says of that is to be kept."""
        if state not in GONE and state not in BARRED:
            return
        place = self.columns.places.get(Field.LISTS)
        named = several(_cell(cells, place)) if place is not None else ()
        lists = tuple(name for name in named if name in self.lists)
        if named and not lists:
            return
        with suppress(AddressError):
            person = self._person(text, public_id)
            yield person._replace(lists=lists, has_left=state in GONE, bars=BARRED.get(state))

    def _refused(self, row: Row, why: PublisherError) -> Refused:
        place = Place(path=self.file.name, line=row.line)
        cells = row.cells[: len(self.columns.heads)] if self.columns.is_ours else row.cells
        return Refused(line=row.line, cells=cells, why=PublisherError(why.what, place=place, fix=why.fix))


def columns_in(file: ReaderFile, wanted: Mapping[Field, str], *, own_lists: bool = True) -> Columns:
    """Return where the fields stand in the rows of a file; see `columns_of`.

    Raises:
        PublisherError: a wanted column is not there, or nothing says where the addresses stand.
    """
    rows = file.rows(offset=file.begin, line=file.begin_line)
    first = next((row for row in rows if not _is_remark(row.cells)), None)
    return columns_of(first.cells, wanted, own_lists=own_lists) if first else Columns()


def _is_remark(cells: Sequence[str]) -> bool:
    """Tell whether a row begins like a remark and has nothing that could be an address, such as #1@a.net."""
    return bool(cells) and cells[0].startswith("#") and not any(map(_ADDRESS_LIKE.search, cells))


def _language(cell: str) -> str | None:
    """Return a language tag, None if the cell is empty.

    Raises:
        PublisherError: it is none, or of a language that nobody has heard of.
    """
    found = language_of(cell)
    if found is not None and not is_meant(found):
        raise PublisherError(f"'{cell}' is no language", fix="write a tag such as en or pt-BR")
    return found


def _cell(cells: list[str], place: int) -> str:
    return restored(cells[place].strip()) if len(cells) > place else ""


def _public_ids(count: int) -> list[str]:
    """Draw ids for so many people, each with 40 random bits of its own."""
    own = PUBLIC_ID - _SHARED
    drawn = secrets.token_hex(own * count // 2 + _SHARED)
    first, rest = drawn[:_SHARED], drawn[_SHARED:]
    return [first + rest[start : start + own] for start in range(0, own * count, own)]
