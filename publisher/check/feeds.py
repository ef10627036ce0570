"""Group 9: what programs that read feeds trip over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.entities import html5
from typing import Final

from publisher.check.proof import Proof, at
from publisher.model.addresses import same_page
from publisher.model.finding import Finding

_TAG: Final = re.compile(r"</?[A-Za-z][^<>]*>|<[!?]")
_ENTITY: Final = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")


def keeps_its_ids(proof: Proof) -> Iterator[Finding]:
    """A story that is public keeps the id by which feeds know it, whatever address or source it has now."""
    if proof.facts is None or proof.edition is None:
        return
    public = [each for each in proof.facts.public if each.issue == proof.issue.slug]
    known = {each.id for each in public}
    by_name = {each.slug: each.id for each in public}
    by_link = {same_page(each.link): each.id for each in public if each.link}
    for story, printed in zip(proof.issue.stories, proof.edition.stories, strict=True):
        before = by_name.get(printed.slug) or by_link.get(same_page(printed.link))
        if before and printed.id not in known:
            what = f"the story is public with the id {before}, and now has {printed.id}"
            fix = "give it back its id; with another one feed readers show it a second time"
            yield Finding(code="E901", what=what, fix=fix, place=at(story, "id"))


def has_titles_that_survive(proof: Proof) -> Iterator[Finding]:
    """No title looks like markup to a program that takes titles for HTML."""
    titles = [(proof.issue.title, proof.at_issue("title"))]
    titles += [(story.title, at(story, "title")) for story in proof.issue.stories]
    for title, place in titles:
        if found := _like_markup(title):
            what = f"some feed readers take '{found}' in the title for HTML and swallow it"
            yield Finding(code="W902", what=what, fix="say it without the brackets", place=place)


CHECKS: Final = (keeps_its_ids, has_titles_that_survive)


def _like_markup(title: str) -> str | None:
    if tag := _TAG.search(title):
        return tag[0]
    entities = (found[0] for found in _ENTITY.finditer(title))
    return next((each for each in entities if each.startswith("&#") or each[1:] in html5), None)
