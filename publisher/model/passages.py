"""The passage of a text that shows best why it was found, with its hits marked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, NamedTuple

from publisher.model.length import columns
from publisher.model.search import Piece, Query, Term, fold, pieces

WIDTH: Final = 220
"""Columns of a passage; an ideograph takes two."""

_BEFORE: Final = WIDTH // 4
"""So many columns stand before the first hit of a passage at most."""

_STRIDE: Final = WIDTH // 2

_JOINED: Final = re.compile("[\u200d\ufe0e\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
_FLAG: Final = re.compile("[\U0001f1e6-\U0001f1ff]")


class Segment(NamedTuple):
    """A part of a passage, and whether it is what was looked for."""

    text: str
    is_hit: bool = False


@dataclass(frozen=True, slots=True)
class _Hit:
    term: int
    start: int
    end: int
    place: int


def marked(text: str, query: Query) -> tuple[Segment, ...]:
    """Return all of `text`, its hits marked."""
    return tuple(_segments(text, _hits(text, tuple(pieces(text)), query), 0, len(text)))


def passage(text: str, query: Query) -> tuple[Segment, ...]:
    """Return the part of `text`, in one line, that holds the most terms of `query`, the earliest such part.

    It is about `WIDTH` columns long and begins with the text if nothing is found. It begins and ends between
    words, or between letters where a script has no spaces; never between a letter and its marks or within an
    emoji. "…" stands where the text goes on.
    """
    line = " ".join(text.split())
    if len(line) <= WIDTH and columns(line) <= WIDTH:
        return marked(line, query)
    near, far = _surroundings(line, query)
    found = tuple(pieces(line, near, far))
    hits = _hits(line, found, query)
    best = _best(hits)
    start = 0 if best is None else _start(line, found, best, near)
    end = _end(line, start, best.end if best else start)
    segments = list(_segments(line, hits, start, end))
    before = [Segment("…")] if start else []
    after = [Segment("…")] if end < len(line) else []
    return tuple(_joined([*before, *segments, *after]))


def _surroundings(text: str, query: Query) -> tuple[int, int]:
    """Return where that part of `text` begins and ends which seems to hold the most terms.

    This is quick and looks at beginnings of terms only: what is a hit is decided within that part.
    """
    wanted = [term.pieces[0].letters for term in query.terms]
    best, most, before = 0, 0, ""
    for start in range(0, len(text), _STRIDE):
        folded = fold(text[start : start + _STRIDE])
        held = sum(letters in before + folded for letters in wanted)
        if held > most:
            best, most = max(0, start - _STRIDE), held
        before = folded
        if most == len(wanted):
            break
    near = max(0, best - _BEFORE)
    space = text.find(" ", near, best)
    return (near if not near or space < 0 else space), min(len(text), best + 4 * _STRIDE)


def _hits(text: str, found: Sequence[Piece], query: Query) -> list[_Hit]:
    """Return where the terms stand, in the order of the text, none within another."""
    places: dict[str, list[int]] = {}
    for place, piece in enumerate(found):
        places.setdefault(piece.letters, []).append(place)
    hits = [
        _Hit(number, found[place].start, found[place + len(term.pieces) - 1].end, place)
        for number, term in enumerate(query.terms)
        for place in _places(found, places, term)
    ]
    hits.sort(key=lambda hit: (hit.start, -hit.end))
    apart: list[_Hit] = []
    for hit in hits:
        if not apart or hit.start >= apart[-1].end:
            apart.append(_Hit(hit.term, hit.start, _whole(text, hit.end), hit.place))
    return apart


def _places(found: Sequence[Piece], places: dict[str, list[int]], term: Term) -> Iterator[int]:
    """Yield the places in `found` at which a term begins."""
    first, *rest = [piece.letters for piece in term.pieces]
    begun = [first]
    if term.is_open and not rest:
        begun = [letters for letters in places if letters.startswith(first)]
    for place in (place for letters in begun for place in places.get(letters, ())):
        following = [piece.letters for piece in found[place + 1 : place + 1 + len(rest)]]
        if following == rest or (
            term.is_open
            and len(following) == len(rest)
            and following[:-1] == rest[:-1]
            and following[-1].startswith(rest[-1])
        ):
            yield place


def _best(hits: Sequence[_Hit]) -> _Hit | None:
    """Return the hit from which on the most different terms fit into a passage, the earliest such hit."""
    best, most = None, 0
    for number, hit in enumerate(hits):
        fitting = (other.term for other in hits[number:] if other.end <= hit.start + WIDTH - _BEFORE)
        terms = len(set(islice(fitting, WIDTH)))
        if terms > most:
            best, most = hit, terms
    return best


def _start(text: str, found: Sequence[Piece], hit: _Hit, near: int) -> int:
    """Return where a passage begins, at most `_BEFORE` columns before its first hit."""
    if not near and columns(text[: hit.start]) <= _BEFORE:
        return 0
    start, room = hit.start, _BEFORE
    for piece in reversed(found[: hit.place]):
        if (room := room - columns(text[piece.start : start])) < 0:
            break
        if piece.is_single or text[piece.start - 1].isspace():
            start = piece.start
    return start


def _end(text: str, start: int, least: int) -> int:
    """Return where a passage that begins at `start` ends, not before `least`."""
    end, used = least, columns(text[start:least])
    for piece in pieces(text, least, min(len(text), start + 2 * WIDTH)):
        used += columns(text[end : piece.end])
        if used > WIDTH:
            break
        end = piece.end
    if end == start:
        end = min(len(text), start + WIDTH // 2)
    return _whole(text, end)


def _whole(text: str, end: int) -> int:
    """Return the first place from `end` on that is not within a letter with its marks, a flag or an emoji."""
    while 0 < end < len(text) and (
        unicodedata.category(text[end])[0] == "M"
        or _JOINED.match(text[end])
        or text[end - 1] == "\u200d"
        or (_FLAG.match(text[end]) and _FLAG.match(text[end - 1]))
    ):
        end += 1
    return end


def _segments(text: str, hits: Sequence[_Hit], start: int, end: int) -> Iterator[Segment]:
    done = start
    for hit in hits:
        if start <= hit.start and hit.end <= end:
            if hit.start > done:
                yield Segment(text[done : hit.start])
            yield Segment(text[hit.start : hit.end], is_hit=True)
            done = hit.end
    if end > done:
        yield Segment(text[done:end])


def _joined(segments: Sequence[Segment]) -> list[Segment]:
    """Return the segments, those that follow each other and are no hits as one."""
    joined: list[Segment] = []
    for segment in segments:
        if joined and not segment.is_hit and not joined[-1].is_hit:
            joined[-1] = Segment(joined[-1].text + segment.text)
        else:
            joined.append(segment)
    return joined
