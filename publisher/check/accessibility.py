"""Group 7: what readers need who hear a mail, or see it badly or in the dark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from publisher.check.languages import misread, wrong_tag
from publisher.check.mail_styles import Mode, Painted, painted
from publisher.check.proof import Proof, at
from publisher.errors import Place
from publisher.model.colours import READABLE, contrast
from publisher.model.finding import Finding
from publisher.model.story import Story

_TEMPLATE: Final = Place(path="templates/email/issue.mjml")
_READABLE_LARGE: Final = 3.0
_RUNNING_TEXT: Final = 120
"""So many columns of text in one paragraph are read line by line."""

_PURE: Final = ("#000000", "#ffffff")
_FILL_IN: Final = re.compile(r"zq[0-9a-f]+\.[a-z]+(?:-\d+)?\.qz")
_MODES: Final = {Mode.LIGHT: "in light", Mode.DARK: "in dark mode"}


def has_language(proof: Proof) -> Iterator[Finding]:
    """A screen reader knows in which language to speak."""
    issue = proof.issue
    named = [(issue.lang, proof.at_issue("lang"))]
    if not issue.single:
        named += [(story.lang, at(story, "lang")) for story in issue.stories]
    if issue.lang is None and proof.edition is not None:
        named.append((proof.edition.lang, Place(path="publisher.toml")))
    for tag, place in named:
        if tag is not None and wrong_tag(tag):
            guess = misread(tag)
            fix = f"did you mean {guess}?" if guess else "write a language tag such as en or pt-BR"
            what = f"'{tag}' is no language that a screen reader could speak"
            yield Finding(code="E701", what=what, fix=fix, place=place)


def has_headings_in_steps(proof: Proof) -> Iterator[Finding]:
    """No heading is more than one level below the one before it."""
    for story in proof.issue.stories:
        above = 1
        for line, level in _headings(proof, story):
            if level > above + 1:
                what = f"a heading of level {level} follows one of level {above}"
                fix = f"write it with {'#' * (above + 1)}"
                place = Place(path=story.place.path, line=line)
                yield Finding(code="E702", what=what, fix=fix, place=place)
            above = level


def can_be_read(proof: Proof) -> Iterator[Finding]:
    """Text stands out from its background, in light and in dark (WCAG 2.2, 1.4.3)."""
    seen: set[tuple[str, str, Mode]] = set()
    for each in _painted(proof):
        if each.colour is None or each.background is None:
            continue
        ratio = contrast(each.colour, each.background)
        key = (each.colour, each.background, each.mode)
        if ratio < (_READABLE_LARGE if each.large else READABLE) and key not in seen:
            seen.add(key)
            what = (
                f"'{_sample(each)}' has a contrast of {ratio:.1f}:1 {_MODES[each.mode]} "
                f"({each.colour} on {each.background}), less than {READABLE}:1"
            )
            fix = "choose other colours in the theme's templates"
            yield Finding(code="E703", what=what, fix=fix, place=_TEMPLATE)


def leaves_readers_their_ways(proof: Proof) -> Iterator[Finding]:
    """Running text begins at the edge, and no colour is fixed that a dark screen cannot change."""
    seen: set[str] = set()
    for each in _painted(proof):
        if each.align in ("justify", "center") and each.columns >= _RUNNING_TEXT and each.align not in seen:
            seen.add(each.align)
            what = f"running text is set with text-align: {each.align} ('{_sample(each)}')"
            fix = "let it begin at the edge; lines with gaps or without an edge are hard to follow"
            yield Finding(code="W704", what=what, fix=fix, place=_TEMPLATE)
        fixed = each.mode is Mode.DARK and each.fixed and each.colour in _PURE
        if fixed and str(each.colour) not in seen:
            seen.add(str(each.colour))
            what = f"the text '{_sample(each)}' is {each.colour} in dark mode, too"
            fix = "take another colour, or set one for prefers-color-scheme: dark"
            yield Finding(code="W704", what=what, fix=fix, place=_TEMPLATE)


CHECKS: Final = (has_language, has_headings_in_steps, can_be_read, leaves_readers_their_ways)


def _headings(proof: Proof, story: Story) -> list[tuple[int, int]]:
    """Return line and level of each heading of a story, as they follow each other."""
    own = [(section.line, 2) for section in story.sections]
    if story.closing:
        own.append((story.closing.line - 1, 2))
    found = [(piece.place.line or 1, piece.heading) for piece in proof.pieces_of(story) if piece.heading]
    return sorted({*own, *found})


def _painted(proof: Proof) -> tuple[Painted, ...]:
    return painted(proof.mail.body) if proof.mail is not None else ()


def _sample(each: Painted) -> str:
    words = re.sub(r"\s+", " ", _FILL_IN.sub("…", each.text)).strip()
    return words if len(words) <= 40 else f"{words[:39]}…"
