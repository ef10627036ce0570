"""What is left of an edition that was withdrawn: titles that say so, and the reason."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from publisher.edition.markup import paragraph
from publisher.model.addresses import last_part
from publisher.model.edition import Direction, Edition, PrintedStory
from publisher.model.phrases import phrases
from publisher.model.records import EditionRecord


def withdrawn(record: EditionRecord, *, reason: str, stories: Collection[str]) -> Edition:
    """Return an edition whose only words are the titles of `record`, told to be withdrawn, and the reason.

    It has the stories of these ids, each under its id and address and with its tags, which say where its
    entry stands. `reason` is plain text.
    """
    words = paragraph(reason)
    return Edition(
        id=record.entry_id,
        slug=last_part(record.url),
        url=record.url,
        title=_told(record.title, record.lang),
        subject=record.subject,
        preheader=words.text,
        lang=record.lang,
        dir=Direction(record.dir),
        lists=record.lists,
        segment=record.segment,
        masthead=record.masthead,
        content_hash=record.content_hash,
        stories=tuple(_story(story, reason) for story in record.stories if story["id"] in stories),
        opening=words,
        tags=record.tags,
        number=record.number,
        corrections=record.corrections,
    )


def alone(edition: Edition) -> Edition:
    """Return the edition as its issue's own entry tells it: without stories."""
    return replace(edition, stories=())


def _story(story: Mapping[str, Any], reason: str) -> PrintedStory:
    words = paragraph(reason)
    return PrintedStory(
        id=story["id"],
        slug=story["slug"],
        url=story["url"],
        title=_told(story["title"], story["lang"]),
        lang=story["lang"],
        dir=Direction(story["dir"]),
        summary=words.text,
        minutes=1,
        words=len(words.text.split()),
        tags=tuple(story["tags"]),
        lead=words,
    )


def _told(title: str, lang: str) -> str:
    return phrases(lang).withdrawn.format(title)
