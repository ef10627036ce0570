"""The HTML mail of an edition: MJML through the theme, with tokens where a value comes later."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from publisher.model.colours import readable
from publisher.model.edition import Direction, Edition, PrintedSection, PrintedStory
from publisher.model.fillins import DATE, LIST, NUMBER, UNSUBSCRIBE, Ink
from publisher.model.phrases import Phrases, phrases
from publisher.model.rendered import Artefact, Part, Site
from publisher.model.story import Role
from publisher.outputs.article import sponsor_place
from publisher.theme import Theme


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """The colours of a mail; `accent`, `ink` and `quiet` can be read on `paper` and on `box`."""

    paper: str
    box: str
    rule: str
    ink: str
    quiet: str
    accent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A story, the phrases of its language, and its sections by the rows in which they stand.

    `main` stands beside `aside` where the screen is wide. Whether beside or below each other, the sections
    keep the author's order.
    """

    story: PrintedStory
    words: Phrases
    before: tuple[PrintedSection, ...]
    main: tuple[PrintedSection, ...] = ()
    aside: PrintedSection | None = None
    after: tuple[PrintedSection, ...] = ()


class EmailOutput:
    """The mail as HTML, one part for the whole issue.

    Besides the issue fill-ins it has a token for each slot of a subscriber's: `unsubscribe`, the address of
    a page, and `list`, the title of the list.
    """

    name: Final = "email"

    def render(self, edition: Edition, *, theme: Theme, ink: Ink) -> tuple[Part, ...]:
        """Print the mail; the same edition, theme and ink give the same bytes."""
        html = theme.mjml(
            "issue.mjml",
            edition=edition,
            items=[arrange(story) for story in edition.stories],
            words=phrases(edition.lang),
            slots=slots(edition, ink),
            light=palette(LIGHT, edition.masthead.accent),
            dark=palette(DARK, edition.masthead.accent),
            edges={Direction.LTR: "left", Direction.RTL: "right"},
            sponsor_after=sponsor_place(edition),
        )
        body = html.encode()
        return (Part(output=self.name, key="", media_type="text/html", body=body, longest=ink.longest(body)),)

    def join(self, site: Site, *, theme: Theme) -> tuple[Artefact, ...]:  # noqa: ARG002 (nothing is shared)
        """Return nothing: a mail belongs to its issue alone."""
        return ()


def slots(edition: Edition, ink: Ink) -> dict[str, str]:
    """Return what a mail says of values that come later: their tokens, or a number that the file fixed."""
    tokens = {name: ink.token(name) for name in (NUMBER, DATE, UNSUBSCRIBE, LIST)}
    return tokens if edition.number is None else tokens | {NUMBER: str(edition.number)}


def arrange(story: PrintedStory) -> Item:
    """Set the facts beside the analysis, if they come after it, and with it whatever stands between."""
    sections, words = story.sections, phrases(story.lang)
    roles = [section.role for section in sections]
    if Role.DEEP_ANALYSIS in roles:
        start = roles.index(Role.DEEP_ANALYSIS)
        if Role.DID_YOU_KNOW in roles[start:]:
            side = roles.index(Role.DID_YOU_KNOW, start)
            before, main, after = sections[:start], sections[start:side], sections[side + 1 :]
            return Item(story=story, words=words, before=before, main=main, aside=sections[side], after=after)
    return Item(story=story, words=words, before=sections)


def palette(colours: Palette, accent: str) -> Palette:
    """Return `colours` with the shade of the publication's `accent` that can be read in them."""
    return replace(colours, accent=readable(accent, on=colours.box))


LIGHT: Final = Palette(
    paper="#ffffff", box="#f3f6f9", rule="#d5dbe1", ink="#1b1f24", quiet="#57606a", accent="#0b5cad"
)
DARK: Final = Palette(
    paper="#14171a", box="#20262c", rule="#39424b", ink="#e6e9ec", quiet="#a4adb6", accent="#6cb0f2"
)
