"""The words of stories alone, without any markup: what a search finds them by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from publisher.model.edition import Edition, Printed, PrintedSection, PrintedStory
from publisher.model.fillins import Ink
from publisher.model.rendered import Artefact, Part, Site
from publisher.model.search import Words
from publisher.model.story import Role
from publisher.theme import Theme

_NUMBER: Final = re.compile(r"\u00a0\[\d{1,4}\]|\[\^\d{1,3}\]")
"""The numbers of links and notes."""

_MARK: Final = re.compile(r"^(?:[ \t]*(?:[*>|]|\d+\.)[ \t]+)+|^[-+| ]{3,}$|[ \t]\|[ \t]|~~", re.MULTILINE)
"""What makes items, quotations, tables and deletions out of plain lines."""


class PlainOutput:
    """A part for each story, and one for the issue if it has words of its own; sponsors have none here."""

    name: Final = "plain"

    def render(self, edition: Edition, *, theme: Theme, ink: Ink) -> tuple[Part, ...]:  # noqa: ARG002 (every output's signature)
        """Print the words; they are the same whatever the theme, and nothing in them is filled in."""
        found = {story.slug: _of_story(story) for story in edition.stories}
        if edition.opening or edition.closing:
            found[""] = Words(title=edition.title, lead=_bare(edition.opening), body=_bare(edition.closing))
        return tuple(
            Part(output=self.name, key=key, media_type="text/plain", body=words.written().encode())
            for key, words in found.items()
        )

    def join(self, site: Site, *, theme: Theme) -> tuple[Artefact, ...]:  # noqa: ARG002 (nothing is shared)
        """Return nothing: words are no page."""
        return ()


def _of_story(story: PrintedStory) -> Words:
    sections = "\n\n".join(block for section in story.sections for block in _of_section(section) if block)
    rest = _bare(story.closing, *story.footnotes)
    told = " · ".join(each for each in (story.source, story.author) if each)
    return Words(
        title=story.title,
        lead=_bare(story.lead),
        body="\n\n".join(block for block in (sections, rest, told) if block),
    )


def _of_section(section: PrintedSection) -> Iterator[str]:
    """Yield the blocks of a section; a heading that every story has tells nothing of one."""
    if section.role is Role.PLAIN:
        yield section.heading
    yield _bare(section.body)
    for takeaway in section.takeaways:
        yield f"{_bare(takeaway.lead)}{takeaway.colon} {_bare(takeaway.text)}".strip()
    yield _bare(*section.facts)


def _bare(*printed: Printed) -> str:
    """Return fragments as plain paragraphs, without the signs that stand for markup in text mails."""
    texts = (_MARK.sub(" ", _NUMBER.sub("", each.text)).strip() for each in printed)
    return "\n\n".join(text for text in texts if text)
