"""Group 3: what an editor meant to finish before it goes out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from publisher.check.proof import Proof, Words, at
from publisher.errors import Place
from publisher.model.finding import Finding

_LATIN: Final = "0-9A-Za-z\u00c0-\u024f_-"
"""What continues a word of Latin letters; in Chinese, Japanese or Thai other letters touch it without one."""

_ALONE: Final = (f"(?<![{_LATIN}])", f"(?![{_LATIN}])")
_TO_COME = re.compile(f"{_ALONE[0]}(?:(?:TK)+|TODO){_ALONE[1]}")
_TO_COME_ROMANCE = re.compile(f"{_ALONE[0]}(?:(?:TK)+{_ALONE[1]}|TODO(?=:))")
_WORD_TODO: Final = frozenset({"es", "pt", "gl", "ast"})
"""Languages in which TODO is a word in capitals: "all"."""

_ADDRESS = re.compile(r"https?://\S+")
_LOREM = re.compile(f"{_ALONE[0]}lorem ipsum{_ALONE[1]}", re.IGNORECASE)
_TEMPLATE = re.compile(r"\{\{|\{%")
_EXAMPLE = re.compile(f"(?<![0-9A-Za-z_])example\\.com{_ALONE[1]}", re.IGNORECASE)


def has_no_gaps(proof: Proof) -> Iterator[Finding]:
    """No word says that something is still to come."""
    for words in proof.words:
        if found := _to_come(words).search(_ADDRESS.sub("", words.text)):
            what = f"'{found[0]}' says that something is missing here"
            yield Finding(code="E302", what=what, fix="write what is missing", place=words.place)
        if _LOREM.search(words.text):
            yield Finding(
                code="E303", what="this is filler text", fix="write what it stands for", place=words.place
            )
        if found := _TEMPLATE.search(words.text):
            what = f"'{found[0]}' belongs to a template, and no template is filled in here"
            fix = "write the text itself, or put it in backticks if readers should see it"
            yield Finding(code="E304", what=what, fix=fix, place=words.place)


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


CHECKS: Final = (has_no_gaps, has_no_example_address, has_sources, has_whole_takeaways)


def _to_come(words: Words) -> re.Pattern[str]:
    romance = (words.lang or "").partition("-")[0].lower() in _WORD_TODO
    return _TO_COME_ROMANCE if romance else _TO_COME


def _example(place: Place) -> Finding:
    what = "example.com is nobody's address"
    return Finding(code="W308", what=what, fix="write the real address", place=place)
