"""Words to search for and words to be found: how both are folded, and what people may write into a search."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from publisher.model.characters import clean_line
from publisher.model.edition import Direction

LONGEST: Final = 200
"""So many characters of what somebody searches for count."""

MOST_TERMS: Final = 12

MOST_FOUND: Final = 1000
"""So many results are counted and can be reached."""

ON_A_PAGE: Final = 20

_BEGINNING: Final = 3
"""From so many letters on, a word is also found as the beginning of a longer one."""

_LONGEST_WORD: Final = 60
_LONGEST_WORD_OF_A_QUERY: Final = 3 * LONGEST

_SINGLE: Final = (
    "\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd-\u0ec6\u0edc-\u0edf"
    "\u1000-\u102a\u103f\u1100-\u11ff\u1780-\u17b3\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa"
    "\u30fc-\u30ff\u3105-\u312f\u3131-\u318e\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uff9d\uffa0-\uffdc\U0001b000-\U0001b16f"
    "\U00020000-\U0003ffff"
)
"""Letters of scripts without spaces between words (Thai, Lao, Burmese, Khmer, kana, Han), and Hangul, which
has spaces but glues particles to the word before."""

_MARKS: Final = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640"
    "\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a"
    "\u07a6-\u07b0\u07eb-\u07f3\u0816-\u082d\u0859-\u085b\u08ca-\u08e1\u08e3-\u0903\u093a-\u094f"
    "\u0951-\u0957\u0962\u0963\u0981-\u0983\u09bc-\u09cd\u09d7\u09e2\u09e3\u09fe\u0a01-\u0a03"
    "\u0a3c-\u0a51\u0a70\u0a71\u0a75\u0a81-\u0a83\u0abc-\u0acd\u0ae2\u0ae3\u0afa-\u0aff\u0b01-\u0b03"
    "\u0b3c-\u0b57\u0b62\u0b63\u0b82\u0bbe-\u0bcd\u0bd7\u0c00-\u0c04\u0c3c-\u0c56\u0c62\u0c63"
    "\u0c81-\u0c83\u0cbc-\u0cd6\u0ce2\u0ce3\u0d00-\u0d03\u0d3b-\u0d4d\u0d57\u0d62\u0d63\u0d81-\u0d83"
    "\u0dca-\u0df3\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u0f18\u0f19\u0f35"
    "\u0f37\u0f39\u0f71-\u0f84\u0f86\u0f87\u0f8d-\u0fbc\u102b-\u103e\u1056-\u1059\u17b4-\u17d3\u17dd"
    "\u180b-\u180d\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\u3099\u309a\ufe00-\ufe0f\ufe20-\ufe2f"
    "\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
)
"""What belongs to the letter before: marks, Arabic's lengthening, joiners and what nobody sees."""

_LETTER: Final = f"[A-Za-z0-9]+|(?![{_SINGLE}])[^\\W_]"
_PIECES: Final = re.compile(
    f"(?P<single>[{_SINGLE}][{_MARKS}\uff9e\uff9f]*)|(?:{_LETTER})(?:{_LETTER}|[{_MARKS}])*"
)
_LETTERS: Final = re.compile(f"(?:[^\\W_][{_MARKS}]*)+")

_ACCENTS: Final = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f]"
)
"""What is left out of letters that are found without it: accents, points of Hebrew, vowels of Arabic."""

_DIGITS: Final = re.compile("(?![0-9])\\d")
_UNSEEN: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufe00-\ufe0f\ufeff]")

_MINUS: Final = "-\uff0d\u2212"
_QUOTES: Final = '"\u201c\u201d\u201e\u201f\u00ab\u00bb\uff02'
_TERMS: Final = re.compile(
    f"(?P<minus>[{_MINUS}]?)[{_QUOTES}](?P<phrase>[^{_QUOTES}]*)(?:[{_QUOTES}]|$)"
    f"|(?P<without>[{_MINUS}]?)(?P<word>[^\\s{_QUOTES}]+)"
)


class Piece(NamedTuple):
    """A word of a text as it is folded, or a single letter of a script without spaces, and where it stands.

    `start` and `end` count characters of the text.
    """

    letters: str
    start: int
    end: int
    is_single: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One thing to look for: pieces that follow each other.

    `is_open` if the last one may be the beginning of a longer word.
    """

    pieces: tuple[Piece, ...]
    is_open: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """What follows each other in an index (see `words_of`), the last as `ends_open` says."""
        found = words_of(self.pieces)
        is_pair = len(self.pieces) > 1 and self.pieces[-2].is_single
        return found[:-1] if self.pieces[-1].is_single and is_pair else found

    @property
    def ends_open(self) -> bool:
        """Whether the last of `words` may go on in the index."""
        return self.is_open or (self.pieces[-1].is_single and len(self.words) == len(self.pieces))


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What somebody searches for: all of `terms`, and none of `without`; `text` is what was written."""

    text: str = ""
    terms: tuple[Term, ...] = ()
    without: tuple[Term, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.terms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The plain words of a story or an issue, in the order of how much they tell of it."""

    title: str
    lead: str = ""
    body: str = ""

    def written(self) -> str:
        """Return them as one text, from which `read_words` reads them back."""
        return f"{_BETWEEN.join(_closed_up(part) for part in (self.title, self.lead, self.body))}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Searchable:
    """A page that can be found, and its words. `key` is "" for an issue, else the slug of the story."""

    edition: int
    key: str
    url: str
    title: str
    summary: str
    lang: str
    dir: Direction
    published: datetime
    tags: tuple[str, ...]
    words: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page that was found; `text` are its words but for the title, in one line."""

    url: str
    title: str
    lang: str
    dir: Direction
    published: datetime
    tags: tuple[str, ...]
    text: str


def read_query(text: str) -> Query:
    """Return what `text` asks for; whatever it is, it is never an error.

    Words separated by spaces must all be there, each also as the beginning of a longer word from three
    letters on; "in quotes" exactly so, one after the other; what has a minus before it must not be there.
    Everything else is plain text. Only the first 200 characters and 12 terms count.
    """
    said = clean_line(text)[:LONGEST].rstrip()
    wanted: list[Term] = []
    without: list[Term] = []
    for found in _TERMS.finditer(said):
        quoted = found["phrase"] is not None
        found_pieces = tuple(pieces(found["phrase"] if quoted else found["word"]))[:_LONGEST_WORD_OF_A_QUERY]
        if not found_pieces or len(wanted) + len(without) == MOST_TERMS:
            continue
        if found["minus"] or found["without"]:
            without.append(Term(pieces=found_pieces))
        else:
            last = found_pieces[-1]
            is_open = not quoted and not last.is_single and len(last.letters) >= _BEGINNING
            wanted.append(Term(pieces=found_pieces, is_open=is_open))
    return Query(text=said, terms=tuple(wanted), without=tuple(without))


def pieces(text: str, start: int = 0, end: int | None = None) -> Iterator[Piece]:
    """Yield the words of a text, or of the part that begins and ends there; letters alone where none are.

    Case, accents, width, the forms of letters and digits make no difference; what is neither letter nor
    digit separates. Two letters of kana stay two: が is not か.
    """
    known: dict[str, tuple[str, ...]] = {}
    for found in _PIECES.finditer(text, start, len(text) if end is None else end):
        written = found[0]
        if (folded := known.get(written)) is None:
            folded = known[written] = tuple(each[:_LONGEST_WORD] for each in _LETTERS.findall(fold(written)))
        first, last = found.span()
        is_single = found.lastgroup == "single"
        for letters in folded:
            yield Piece(letters, first, last, is_single)


def fold(text: str) -> str:
    """Return text as searching compares it: small letters without accents, in one form and one width."""
    if text.isascii():
        return text.lower()
    bare = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).casefold())
    folded = unicodedata.normalize("NFKC", _ACCENTS.sub("", bare))
    return _DIGITS.sub(lambda found: str(unicodedata.decimal(found[0])), folded)


def words_of(text: Sequence[Piece]) -> tuple[str, ...]:
    """Return what an index holds of pieces: single letters in pairs with the next one, else as they are.

    Pairs are much rarer than single letters, and there are as many of them. So a word in a script without
    spaces is found wherever it stands, as a phrase, and a letter alone as the beginning of a pair.
    """
    following = [*text, None][1:]
    return tuple(
        f"{piece.letters}{after.letters}" if piece.is_single and after and after.is_single else piece.letters
        for piece, after in zip(text, following, strict=True)
    )


def read_words(text: str) -> Words:
    """Return the words that `Words.written` wrote."""
    title, lead, body = [*text.removesuffix("\n").split(_BETWEEN), "", ""][:3]
    return Words(title=title, lead=lead, body=body)


_BETWEEN: Final = "\n\n\n"
_GAP: Final = re.compile(r"\n\s*\n")


def _closed_up(text: str) -> str:
    """Return text in NFC in which no two empty lines follow each other."""
    return _GAP.sub("\n\n", unicodedata.normalize("NFC", text.strip()))
