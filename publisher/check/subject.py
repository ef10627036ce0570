"""Group 2: the row that an inbox shows of a mail. What is not mailed has none, nor what is not printed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from publisher.check.proof import Proof
from publisher.errors import Place
from publisher.model.finding import Finding
from publisher.model.length import columns, cut

CUTS: Final = (35, 60, 90)
"""How many columns of a subject a phone, a window and a wide window show."""

_SHOUTS: Final = re.compile("[!！]{2,}|[?？]{2,}|[!?！？]{3,}|[$€£¥]{2,}")
_WORD: Final = re.compile(r"[^\W\d_]+")
_REAL_WORD: Final = 4
_LONG_WORD: Final = 6
"""Capitals of fewer letters may be an acronym."""


def has_subject(proof: Proof) -> Iterator[Finding]:
    """The subject says something, and is neither too short nor too long to be read."""
    subject = _subject(proof)
    if subject is None:
        return
    rules, width, place = proof.rules, visible_columns(subject), _place(proof)
    if not says_something(proof.issue.subject or proof.issue.title):
        what = "the subject has neither letters nor digits"
        yield Finding(code="E201", what=what, fix="write subject: …", place=place)
    elif width < rules.subject_min:
        what = f"the subject '{subject}' takes {width} columns, fewer than {rules.subject_min}"
        fix = "say in a few words more what is in it: subject: …"
        yield Finding(code="W202", what=what, fix=fix, place=place)
    elif width > rules.subject_max:
        what = f"the subject takes {width} columns, more than {rules.subject_max}; inboxes cut it off"
        fix = "shorten it, or write a shorter one: subject: …"
        yield Finding(code="W202", what=what, fix=fix, place=place)


def is_not_the_last_subject(proof: Proof) -> Iterator[Finding]:
    """The subject is not that of the last issue, below which many programs would fold it away."""
    last = proof.facts.last_subject if proof.facts else None
    subject = _subject(proof)
    if subject is not None and last and _alike(subject, last):
        what = f"the last issue had the subject '{last}', too"
        fix = "write another one: subject: …"
        yield Finding(code="W203", what=what, fix=fix, place=_place(proof))


def has_preheader(proof: Proof) -> Iterator[Finding]:
    """What follows the subject is there, and says something else."""
    subject = _subject(proof)
    if proof.edition is None or subject is None:
        return
    preheader = proof.edition.preheader
    place = proof.at_issue("preheader", otherwise="title")
    fix = "write preheader: … with what the subject leaves out"
    if not says_something(preheader):
        what = "nothing stands after the subject: there is no preheader, and no lead to take it from"
        yield Finding(code="W204", what=what, fix=fix, place=place)
    elif _alike(preheader, subject):
        yield Finding(code="W204", what="the preheader repeats the subject", fix=fix, place=place)


def does_not_shout(proof: Proof) -> Iterator[Finding]:
    """The subject is written as one speaks: filters and people distrust what shouts."""
    subject = _subject(proof)
    if subject is None:
        return
    if in_capitals(subject):
        what = "the subject is in capitals"
        fix = "write it as a sentence; filters distrust capitals, and they are hard to read"
        yield Finding(code="W205", what=what, fix=fix, place=_place(proof))
    if found := _SHOUTS.search(subject):
        what = f"'{found[0]}' in the subject makes filters distrust it"
        yield Finding(code="W206", what=what, fix="one mark is enough", place=_place(proof))


def shows_its_cuts(proof: Proof) -> Iterator[Finding]:
    """Where a subject does not fit, its editor sees what is left of it."""
    subject = _subject(proof)
    cuts = {limit: cut(subject, limit) for limit in CUTS} if subject is not None else {}
    shown = [f"'{text}' ({limit})" for limit, text in cuts.items() if text != subject]
    if shown:
        what = f"small inboxes show the subject as {', '.join(shown)}"
        fix = "nothing to do if the beginning says enough"
        yield Finding(code="I207", what=what, fix=fix, place=_place(proof))


CHECKS: Final = (has_subject, is_not_the_last_subject, has_preheader, does_not_shout, shows_its_cuts)


def says_something(text: str) -> bool:
    """Return whether a reader sees a letter, a digit or a picture sign."""
    return any(unicodedata.category(character)[0] in "LNS" for character in text)


def visible_columns(text: str) -> int:
    """Return how wide a text is; marks above letters and unseen characters take no room."""
    composed = unicodedata.normalize("NFC", text)
    return columns("".join(each for each in composed if unicodedata.category(each) not in _NO_ROOM))


def in_capitals(text: str) -> bool:
    """Return whether words, and not acronyms alone, are all in capitals; most scripts have none."""
    words = [word for word in _WORD.findall(text) if word.lower() != word.upper()]
    real = [word for word in words if len(word) >= _REAL_WORD]
    long = any(len(word) >= _LONG_WORD for word in real)
    return len(real) > 1 and long and all(word == word.upper() for word in words)


_NO_ROOM: Final = ("Mn", "Me", "Cf", "Cc")


def _subject(proof: Proof) -> str | None:
    """Return the subject that readers will get; None if nobody gets a mail, or nothing is printed yet."""
    return proof.edition.subject if proof.edition and proof.is_mailed else None


def _place(proof: Proof) -> Place:
    return proof.at_issue("subject", otherwise="title")


def _alike(one: str, other: str) -> bool:
    """Return whether two texts say the same, whatever their capitals, blanks and marks."""
    return _letters(one) == _letters(other)


def _letters(text: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFKC", text).casefold() if says_something(each))
