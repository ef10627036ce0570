"""The text mail of an edition, printed from the edition itself and never squeezed out of HTML."""

from __future__ import annotations

import re
from typing import Final

from publisher.model.edition import Edition, Printed
from publisher.model.fillins import DATE, LIST, NUMBER, Ink
from publisher.model.phrases import phrases
from publisher.model.rendered import Artefact, Part, Site
from publisher.outputs.article import sponsor_place
from publisher.outputs.email import slots, with_way_out
from publisher.outputs.wrapping import wrap
from publisher.theme import Theme

WIDTH: Final = 72
"""Columns of a line: what RFC 5322 section 2.1.1 allows, less some for the marks of those who quote it."""

_NUMBER: Final = re.compile(r"\u00a0\[(\d{1,4})\]")
_NOTE: Final = re.compile(r"\[\^(\d{1,3})\]")
_SUPERSCRIPTS: Final = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
"""Numbers of notes, apart from those of links; a screen reader says "superscript 1"."""

_USUALLY: Final = {NUMBER: ("\ue001", 2), DATE: ("\ue002", 16), LIST: ("\ue003", 12)}
"""What stands for a value until the lines are wrapped: a character of no text, and in how many columns."""

_GAP: Final = re.compile(r"\n(?:[ \t]*\n)+")


class TextOutput:
    """The mail as plain text, one part for the whole issue, with the same tokens as the HTML mail."""

    name: Final = "text"

    def render(self, edition: Edition, *, theme: Theme, ink: Ink) -> tuple[Part, ...]:
        """Print the mail; the same edition, theme and ink give the same bytes."""
        made = theme.text(
            "issue.txt",
            edition=edition,
            items=[(story, phrases(story.lang)) for story in edition.stories],
            links=Links,
            words=phrases(edition.lang),
            slots=slots(edition, ink),
            sponsor_after=sponsor_place(edition),
        )
        with_way_out(made, ink, template="footer.txt")
        raised = _NOTE.sub(lambda found: found[1].translate(_SUPERSCRIPTS), made)
        wrapped = _wrapped(_spaced(raised), ink)
        text = wrapped.replace("\u00a0[", " [")  # it has kept the numbers of links with their words
        return (Part(output=self.name, key="", media_type="text/plain", body=f"{text}\n".encode()),)

    def join(self, site: Site, *, theme: Theme) -> tuple[Artefact, ...]:  # noqa: ARG002 (nothing is shared)
        """Return nothing: a mail belongs to its issue alone."""
        return ()


def tidy(text: str) -> str:
    """Return a text with its lines wrapped and at most one empty line between two others."""
    return f"{wrap(_spaced(text), width=WIDTH)}\n"


def _spaced(text: str) -> str:
    return "\n\n".join(block.rstrip(" \t") for block in _GAP.split(text)).strip("\n")


def _wrapped(text: str, ink: Ink) -> str:
    """Wrap a mail in which each token takes the room that its value will usually need."""
    stands = {ink.token(name): mark * width for name, (mark, width) in _USUALLY.items()}
    for token, stand in stands.items():
        text = text.replace(token, stand)
    text = wrap(text, width=WIDTH)
    for token, stand in stands.items():
        text = text.replace(stand, token)
    return text


class Links:
    """The links of some texts that belong together, such as a story's, numbered as they are met."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses so far; the first is number 1."""
        return tuple(self._numbers)

    def text(self, printed: Printed) -> str:
        """Return the text of a fragment with its own numbers turned into those of the whole."""
        numbers = [self._numbers.setdefault(link, len(self._numbers) + 1) for link in printed.links]

        def renumbered(match: re.Match[str]) -> str:
            own = int(match[1])
            return f"\u00a0[{numbers[own - 1]}]" if 1 <= own <= len(numbers) else match[0]

        return _NUMBER.sub(renumbered, printed.text)
