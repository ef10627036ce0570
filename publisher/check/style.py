"""Group 8: style. All of it are remarks: a good text may break any of these rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from publisher.check.proof import TARGET, Proof, at, word_count, words_in
from publisher.check.subject import in_capitals
from publisher.errors import Place
from publisher.model.finding import Finding

LEAD_WORDS: Final = 6
FEW_TAKEAWAYS: Final = 3
MANY_TAKEAWAYS: Final = 5

_PARAGRAPH: Final = re.compile(r"\n[ \t]*\n\s*")
_ADDRESS: Final = re.compile(rf"{TARGET}|<?https?://\S+")
_REFERENCE: Final = re.compile(r"\[\^[^\[\]]++\]")
_LINK: Final = re.compile(r"\]\(|\]\[|\[\^|https?://")
_DIGIT: Final = re.compile(r"\d")


def has_short_leads(proof: Proof) -> Iterator[Finding]:
    """A lead is one or two paragraphs."""
    most = proof.rules.lead_paragraphs
    for story in proof.issue.stories:
        count = len(_PARAGRAPH.split(story.lead.markdown.strip()))
        if count > most:
            what = f"the lead has {count} paragraphs, more than {most}"
            place = Place(path=story.place.path, line=story.lead.line)
            yield Finding(code="I801", what=what, fix="move the rest below a heading", place=place)


def has_short_takeaways(proof: Proof) -> Iterator[Finding]:
    """A takeaway can be read at a glance, and so can the phrase that leads it."""
    most = proof.rules.takeaway_words
    for story in proof.issue.stories:
        for item in story.takeaways:
            place = Place(path=story.place.path, line=item.line)
            words, lead = words_in(item.text), words_in(item.lead)
            if words > most:
                what = f"the takeaway has {words} words, more than {most}"
                yield Finding(code="I802", what=what, fix="keep the point, move the rest", place=place)
            if lead > LEAD_WORDS:
                what = f"the lead phrase has {lead} words, more than {LEAD_WORDS}"
                yield Finding(code="I803", what=what, fix="name the point and no more", place=place)


def has_a_handful_of_takeaways(proof: Proof) -> Iterator[Finding]:
    """There are three to five takeaways, where a story has any."""
    for story in proof.issue.stories:
        count = len(story.takeaways)
        if count and not FEW_TAKEAWAYS <= count <= MANY_TAKEAWAYS:
            what = f"the story has {count} takeaway{'' if count == 1 else 's'}"
            place = Place(path=story.place.path, line=story.takeaways[0].line)
            fix = f"{FEW_TAKEAWAYS} to {MANY_TAKEAWAYS} are what readers remember"
            yield Finding(code="I804", what=what, fix=fix, place=place)


def has_proof_for_numbers(proof: Proof) -> Iterator[Finding]:
    """A number in a fact can be looked up."""
    for story in proof.issue.stories:
        for fact in story.facts:
            words = _REFERENCE.sub("", _ADDRESS.sub("", fact.text))
            if _DIGIT.search(words) and not _LINK.search(fact.text):
                place = Place(path=story.place.path, line=fact.line)
                what = "this fact has a number and no link to where it is from"
                yield Finding(code="I805", what=what, fix="add [Source](https://…)", place=place)


def has_quiet_titles(proof: Proof) -> Iterator[Finding]:
    """Titles are not in capitals."""
    titles = [(story.title, at(story, "title")) for story in proof.issue.stories]
    for title, place in ((proof.issue.title, proof.at_issue("title")), *titles):
        if in_capitals(title):
            fix = "write it as a sentence; capitals are hard to read, and some screen readers spell them"
            yield Finding(code="I806", what="the title is in capitals", fix=fix, place=place)


def tells_its_length(proof: Proof) -> Iterator[Finding]:
    """The editor knows how long the reading takes."""
    if proof.edition is not None:
        words = sum(word_count(story) for story in proof.issue.stories)
        minutes = proof.edition.minutes
        length = f"about {words:,} word{'' if words == 1 else 's'}"
        what = f"{length}, {minutes} minute{'' if minutes == 1 else 's'} to read"
        yield Finding(code="I807", what=what, fix="nothing to do", place=proof.at_issue("title"))


CHECKS: Final = (
    has_short_leads,
    has_short_takeaways,
    has_a_handful_of_takeaways,
    has_proof_for_numbers,
    has_quiet_titles,
    tells_its_length,
)
