"""Segments: some of the readers, described in a small filter language.

    list:weekly AND (tag:energy OR tag:"heat pumps") AND joined>2026-01-01 AND NOT bounced

`AND` binds closer than `OR`, `NOT` closer than both, in capitals or not. `str` writes a filter as it is read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Final

from publisher.errors import PublisherError
from publisher.model.characters import clean_line
from publisher.model.filters import (
    JOINED,
    WORD,
    WORDS,
    Either,
    Every,
    Field,
    Filter,
    Flag,
    Has,
    Is,
    Joined,
    Not,
    Sign,
)

LONGEST: Final = 2_000
"""Characters that a filter may have."""

DEEPEST: Final = 20
"""So many brackets and NOTs may stand in each other."""


class FilterError(PublisherError):
    """A text is no filter. `column` is where it stops to be one, from 1."""

    def __init__(self, what: str, *, column: int, fix: str) -> None:
        super().__init__(f"{what}, in column {column} of the filter", fix=fix)
        self.column = column


def parse(text: str, *, names: Collection[str] = ()) -> Filter:
    """Read a filter. `names` are those of segments, which are not read but may have been meant.

    Raises:
        FilterError: the text is no filter, has more than `LONGEST` characters or is nested deeper than
            `DEEPEST`.
    """
    if len(text) > LONGEST:
        fix = f"a filter has at most {LONGEST:,} characters"
        raise FilterError("it is too long", column=LONGEST + 1, fix=fix)
    return _Parser(text, names).whole()


def resolved(text: str, segments: Mapping[str, str]) -> Filter:
    """Return the filter that a text is, or that is kept in `segments` under this name.

    Raises:
        FilterError: it is neither, or the one that is kept is none.
    """
    kept = segments.get(text.strip())
    return parse(text, names=segments) if kept is None else parse(kept)


def written_out(text: str | None, segments: Mapping[str, str]) -> str | None:
    """Return a filter in its one spelling, instead of its name if that stands there.

    What is neither stays as it is: the check says so, and nothing is sent.
    """
    if text is None:
        return None
    try:
        return str(resolved(text, segments))
    except FilterError:
        return text


def is_name(text: str) -> bool:
    """Return whether a text can be the name of a segment: it could mean nothing else."""
    return bool(_NAME.fullmatch(text)) and text not in {*WORDS, *_OPERATORS}


@dataclass(frozen=True, slots=True)
class _Token:
    """A piece of a filter: a word, what stood in quotation marks, or a sign; "" at the end."""

    text: str
    column: int
    is_quoted: bool = False

    @property
    def word(self) -> str:
        """What it says if it is an operator or a sign."""
        return "" if self.is_quoted else self.text.lower()


class _Parser:
    """Reads from left to right; `_next` is the token that nobody has taken yet.

    `_topic` is what the last one said, if that was a topic without quotation marks.
    """

    def __init__(self, text: str, names: Collection[str]) -> None:
        self._tokens = _tokens(text)
        self._next = next(self._tokens)
        self._names = names
        self._topic = ""

    def whole(self) -> Filter:
        found = self._either(0)
        if self._next.text == ")":
            raise self._wrong("there is a bracket too many", "take it away, or open it before")
        if self._next.text or self._next.is_quoted:
            fix = "write one of them"
            if self._topic and not self._next.is_quoted and self._next.word not in WORDS:
                fix = f'is it one topic? write tag:"{self._topic} {_short(self._next.text)}"'
            raise self._wrong(f"AND or OR is missing before {self._shown()}", fix)
        return found

    def _either(self, depth: int) -> Filter:
        parts = [self._every(depth)]
        while self._next.word == "or":
            self._take()
            parts.append(self._every(depth))
        return _joined_parts(Either, parts)

    def _every(self, depth: int) -> Filter:
        parts = [self._single(depth)]
        while self._next.word == "and":
            self._take()
            parts.append(self._single(depth))
        return _joined_parts(Every, parts)

    def _single(self, depth: int) -> Filter:
        if depth > DEEPEST:
            raise self._wrong("it is nested too deep", f"{DEEPEST} brackets or NOTs are enough")
        if self._next.word == "not":
            self._take()
            return Not(self._single(depth + 1))
        if self._next.word != "(":
            return self._term()
        opened = self._take()
        found = self._either(depth + 1)
        if self._next.word != ")":
            raise FilterError("this bracket is not closed", column=opened.column, fix="write a ) behind it")
        self._take()
        return found

    def _term(self) -> Filter:
        if not WORD.fullmatch(self._next.word):
            raise self._wrong(
                f"a condition is missing before {self._shown()}",
                "write one such as tag:energy or NOT bounced",
            )
        name = self._take()
        if name.word in _FLAGS:
            return Is(Flag(name.word))
        if name.word == JOINED:
            return self._joined()
        if name.word not in _VALUES:
            raise self._unknown(name)
        if self._next.word != ":":
            raise self._wrong(f"a colon is missing after {name.word}", f"write {WORDS[name.word][0]}")
        self._take()
        return self._has(Field(name.word))

    def _has(self, field: Field) -> Filter:
        given = self._next
        value = _VALUES[field](given.text) if given.is_quoted or WORD.fullmatch(given.text) else ""
        if not value:
            said = (
                f"{self._shown()} is no {_KINDS[field]}" if given.text else f"the {_KINDS[field]} is missing"
            )
            raise self._wrong(said, f"write one such as {WORDS[field][0]}")
        taken = self._take()
        if field is Field.TAG and not taken.is_quoted:
            self._topic = value
        return Has(field, value)

    def _joined(self) -> Filter:
        example = WORDS[JOINED][0]
        if self._next.word not in {*Sign}:
            raise self._wrong("a sign is missing after joined", f"write one such as {example}")
        sign = Sign(self._take().word)
        day = _day(self._next.text)
        if day is None:
            raise self._wrong(f"{self._shown()} is no day", f"write one such as {example}")
        self._take()
        return Joined(sign, day)

    def _take(self) -> _Token:
        taken, self._next = self._next, next(self._tokens)
        self._topic = ""
        return taken

    def _unknown(self, name: _Token) -> FilterError:
        """Complain of a word that means nothing, and name the nearest that does."""
        words = [*WORDS, *_OPERATORS, *self._names]
        close = get_close_matches(name.word, words, n=1)
        if close and close[0] in {*Field}:
            fix = f"did you mean {close[0]}:…?"
        elif close:
            fix = f"did you mean {close[0]}?"
        else:
            fix = f"a filter is made of {', '.join(WORDS)}"
        return FilterError(f"'{_short(name.text)}' has no meaning", column=name.column, fix=fix)

    def _shown(self) -> str:
        return f"'{_short(self._next.text)}'" if self._next.text else "the end"

    def _wrong(self, what: str, fix: str) -> FilterError:
        return FilterError(what, column=self._next.column, fix=fix)


_OPERATORS: Final = ("and", "or", "not")
_FLAGS: Final = frozenset(Flag)
_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_TOKEN: Final = re.compile(rf'\s*+(?:"((?:[^"]|"")*+)"|(<=|>=|[<>=:()])|({WORD.pattern})|(\S)|\Z)')
_DAY: Final = re.compile(r"(?:19|2\d)\d\d-\d\d-\d\d", re.ASCII)
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")
_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def _tokens(text: str) -> Iterator[_Token]:
    """Yield the pieces of a text, and the end again and again."""
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        quoted, sign, word, odd = found.groups() if found else (None, None, None, text[position])
        column = (found.start(found.lastindex or 0) if found else position) + 1
        if odd is not None:
            raise FilterError("a quotation mark is not closed", column=column, fix='write a second "')
        if quoted is not None:
            yield _Token(quoted.replace('""', '"'), column - 1, is_quoted=True)
        elif sign or word:
            yield _Token(sign or word or "", column)
        position = found.end() if found else len(text)
    while True:
        yield _Token("", len(text) + 1)


def _joined_parts(kind: type[Every | Either], parts: list[Filter]) -> Filter:
    """Return the parts as one filter; those that are of the same kind themselves lend theirs."""
    flat = [each for part in parts for each in (part.parts if isinstance(part, kind) else (part,))]
    return kind(tuple(flat)) if len(flat) > 1 else flat[0]


def _day(text: str) -> date | None:
    """Return a day from 1900 to 2999; nobody joins at the ends of the calendar."""
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def _list(text: str) -> str:
    return text.lower() if _NAME.fullmatch(text.lower()) else ""


def _lang(text: str) -> str:
    return text.lower() if _LANGUAGE.fullmatch(text.lower()) else ""


def _domain(text: str) -> str:
    """Return a domain as it stands in addresses: in small letters, each label in ASCII (RFC 5890)."""
    labels = [_label(label) for label in text.removeprefix("@").split(".")]
    return ".".join(labels) if len(labels) > 1 and all(labels) else ""


def _label(text: str) -> str:
    label = unicodedata.normalize("NFKC", text).lower()
    if not label.isascii() and label.isprintable():
        label = "xn--" + label.encode("punycode").decode("ascii")
    return label if _LABEL.fullmatch(label) else ""


def _short(text: str) -> str:
    shown = clean_line(text)
    return shown if len(shown) <= 40 else f"{shown[:40]}…"


_VALUES: Final[dict[str, Callable[[str], str]]] = {
    Field.LIST: _list,
    Field.TAG: clean_line,
    Field.LANG: _lang,
    Field.DOMAIN: _domain,
}
"""Field -> what makes its value of a text, or nothing if the text cannot be one."""

_KINDS: Final[dict[str, str]] = {
    Field.LIST: "name of a list",
    Field.TAG: "topic",
    Field.LANG: "language",
    Field.DOMAIN: "domain",
}
