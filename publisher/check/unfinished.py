"""Group 3: what an editor meant to finish before it goes out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from publisher.check.proof import Proof, Words, at, below
from publisher.errors import Place
from publisher.model.finding import Finding

_LATIN: Final = "0-9A-Za-z\u00c0-\u024f_-"
"""What continues a word of Latin letters; in Chinese, Japanese or Thai other letters touch it without one."""

_ALONE: Final = (f"(?<![{_LATIN}])", f"(?![{_LATIN}])")
_NAMES: Final = r"[ \t\u00a0]+(?:Elevator|Maxx)\b"
"""What makes a name of TK. Other capitals do not: a gap may stand before any word, and German has many."""

_TK: Final = f"(?:TK(?!{_NAMES})|(?:TK){{2,}})"
_TO_COME = re.compile(f"{_ALONE[0]}(?:{_TK}|TODO){_ALONE[1]}")
_TO_COME_ROMANCE = re.compile(f"{_ALONE[0]}(?:{_TK}{_ALONE[1]}|TODO(?=:))")
_FINISH: Final = "write what is missing, or put it in backticks if readers should see it"
_WORD_TODO: Final = frozenset({"es", "pt", "gl", "ast"})
"""Languages in which TODO is a word in capitals: "all"."""

_ADDRESS = re.compile(r"https?://\S+")
_LOREM = re.compile(f"{_ALONE[0]}lorem ipsum{_ALONE[1]}", re.IGNORECASE)
_TEMPLATE = re.compile(r"\{\{|\{%")
_FOOTNOTE = re.compile(r"\[\^([^\s\[\]^]+)\]")
_NOT_ESCAPED = re.compile(r"(?<!\\)" + _FOOTNOTE.pattern)
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_EXAMPLE = re.compile(f"(?<![0-9A-Za-z_])example\\.com{_ALONE[1]}", re.IGNORECASE)


def has_no_gaps(proof: Proof) -> Iterator[Finding]:
    """No word says that something is still to come."""
    for words in proof.words:
        if found := _to_come(words).search(_ADDRESS.sub("", words.text)):
            what = f"'{found[0]}' says that something is missing here"
            yield Finding(code="E302", what=what, fix=_FINISH, place=words.place)
        if _LOREM.search(words.text):
            yield Finding(
                code="E303", what="this is filler text", fix="write what it stands for", place=words.place
            )
        if found := _TEMPLATE.search(words.text):
            what = f"'{found[0]}' belongs to a template, and no template is filled in here"
            fix = "write the text itself, or put it in backticks if readers should see it"
            yield Finding(code="E304", what=what, fix=fix, place=words.place)


def has_its_footnotes(proof: Proof) -> Iterator[Finding]:
    """Each reference to a footnote has one; readers would see the marks of any other."""
    for piece in proof.pieces:
        meant = set(_NOT_ESCAPED.findall(piece.token.content))
        for line, text in enumerate(piece.lines) if meant else ():
            for label in dict.fromkeys(_FOOTNOTE.findall(text)):
                if label in meant:
                    what = f"there is no footnote [^{label}]"
                    fix = f"write one, [^{label}]: …, on a line of its own, or take the reference away"
                    yield Finding(code="E310", what=what, fix=fix, place=below(piece.place, line))


def reads_in_its_own_direction(proof: Proof) -> Iterator[Finding]:
    """No unseen sign makes readers see the letters in another order than they stand in the file."""
    for words in proof.words:
        if found := _TURNS.search(words.text):
            what = f"an invisible sign, U+{ord(found[0]):04X}, turns the direction of what follows"
            fix = "delete it; scripts that run from right to left need none"
            yield Finding(code="W311", what=what, fix=fix, place=words.place)


def has_no_example_address(proof: Proof) -> Iterator[Finding]:
    """No address is a placeholder."""
    places = [words.place for words in proof.words if _EXAMPLE.search(words.text)]
    places += [place for address, place in proof.addresses if _EXAMPLE.search(address)]
    for place in dict.fromkeys(places):
        yield _example(place)


def has_sources(proof: Proof) -> Iterator[Finding]:
    """Each story says where it comes from."""
    for story in proof.issue.stories:
        if not story.link and not story.source:
            what = "the story names neither a source nor a link"
            fix = "write source: … or link: …, or allow: [W306] if it is your own"
            yield Finding(code="W306", what=what, fix=fix, place=at(story, "title"))


def has_whole_takeaways(proof: Proof) -> Iterator[Finding]:
    """Each takeaway says something."""
    for story in proof.issue.stories:
        for takeaway in story.takeaways:
            if not takeaway.text.strip():
                what = "this takeaway says nothing" + (" after its lead phrase" if takeaway.lead else "")
                place = Place(path=story.place.path, line=takeaway.line)
                yield Finding(code="W307", what=what, fix="finish it, or delete it", place=place)


CHECKS: Final = (
    has_no_gaps,
    has_its_footnotes,
    reads_in_its_own_direction,
    has_no_example_address,
    has_sources,
    has_whole_takeaways,
)


def _to_come(words: Words) -> re.Pattern[str]:
    romance = (words.lang or "").partition("-")[0].lower() in _WORD_TODO
    return _TO_COME_ROMANCE if romance else _TO_COME


def _example(place: Place) -> Finding:
    what = "example.com is nobody's address"
    return Finding(code="W308", what=what, fix="write the real address", place=place)
