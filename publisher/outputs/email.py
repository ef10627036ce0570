"""The HTML mail of an edition: MJML through the theme, with tokens where a value comes later."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Final, Required, TypedDict

from publisher.errors import Place, ThemeError
from publisher.model.colours import readable
from publisher.model.edition import Direction, Edition, PrintedSection, PrintedStory
from publisher.model.fillins import DATE, LIST, NUMBER, PREFERENCES, UNSUBSCRIBE, Ink
from publisher.model.phrases import Phrases, phrases
from publisher.model.rendered import Artefact, Part, Site
from publisher.model.story import Role
from publisher.outputs.article import sponsor_place
from publisher.outputs.excerpts import excerpt, fit
from publisher.outputs.mail_html import COLUMN, finish
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

    `minutes` says how long it takes to read, `more` where the rest is, `serifs` whether its script has them.
    `main` stands beside `aside` where the screen is wide; beside or below each other, the sections keep the
    author's order. `whole` is False for a story of which the mail has only the beginning.
    """

    story: PrintedStory
    words: Phrases
    minutes: str
    more: str
    serifs: bool
    before: tuple[PrintedSection, ...]
    main: tuple[PrintedSection, ...] = ()
    aside: PrintedSection | None = None
    after: tuple[PrintedSection, ...] = ()
    whole: bool = True


class EmailOutput:
    """The mail as HTML, one part for the whole issue.

    Besides the issue fill-ins it has a token for each slot of a subscriber's: `unsubscribe` and
    `preferences`, the addresses of pages, and `list`, the title of the list. Where it would be larger than
    the masthead allows, the last stories are excerpts: lead, takeaways and the way to the rest.
    """

    name: Final = "email"

    def render(self, edition: Edition, *, theme: Theme, ink: Ink) -> tuple[Part, ...]:
        """Print the mail; the same edition, theme and ink give the same bytes."""
        printed: dict[int, Part] = {}

        def size(excerpts: int) -> int:
            printed[excerpts] = self._print(edition, excerpts, theme=theme, ink=ink)
            return printed[excerpts].longest

        needed = fit(edition.stories, limit=edition.masthead.mail_bytes, size=size)
        return (printed.get(needed) or self._print(edition, needed, theme=theme, ink=ink),)

    def join(self, site: Site, *, theme: Theme) -> tuple[Artefact, ...]:  # noqa: ARG002 (nothing is shared)
        """Return nothing: a mail belongs to its issue alone."""
        return ()

    def _print(self, edition: Edition, excerpts: int, *, theme: Theme, ink: Ink) -> Part:
        """Print the mail with so many of its last stories as excerpts."""
        whole = len(edition.stories) - excerpts
        items = [arrange(story, whole=place < whole) for place, story in enumerate(edition.stories)]
        html = theme.mjml(
            "issue.mjml",
            edition=edition,
            items=items,
            words=phrases(edition.lang),
            slots=slots(edition, ink),
            light=palette(LIGHT, edition.masthead.accent),
            dark=palette(DARK, edition.masthead.accent),
            edges=_EDGES,
            serifs=_has_serifs(edition.lang),
            column=COLUMN,
            sponsor_after=sponsor_place(edition),
        )
        shortened = [item.story for item in items if not item.whole]
        html = finish(html, excerpts={story.url for story in shortened})
        body = with_way_out(html, ink, template="footer.mjml").encode()
        return Part(
            output=self.name,
            key="",
            media_type="text/html",
            body=body,
            longest=ink.longest(body),
            shortened=tuple(story.slug for story in shortened),
        )


def slots(edition: Edition, ink: Ink) -> dict[str, str]:
    """Return what a mail says of values that come later: their tokens, or a number that the file fixed."""
    tokens = {name: ink.token(name) for name in (NUMBER, DATE, UNSUBSCRIBE, PREFERENCES, LIST)}
    return tokens if edition.number is None else tokens | {NUMBER: str(edition.number)}


def with_way_out(mail: str, ink: Ink, *, template: str) -> str:
    """Return `mail`, which tells how to unsubscribe.

    Raises:
        ThemeError: it does not, so the newsroom's own templates have lost it; they keep it in `template`.
    """
    if ink.token(UNSUBSCRIBE) not in mail:
        raise ThemeError(
            "the mail does not tell how to unsubscribe",
            place=Place(path=f"templates/email/{template}"),
            fix="write {{ slots.unsubscribe }} where the address shall stand",
        )
    return mail


def arrange(story: PrintedStory, *, whole: bool = True) -> Item:
    """Set the facts beside the analysis, if they come after it, and with it whatever stands between.

    Unless it shall be `whole`, the story is set as its excerpt, in which nothing stands beside anything.
    """
    short = story if whole else excerpt(story)
    words = phrases(story.lang)
    rows: _Rows = _rows(short) if short is story else {"before": short.sections}
    return Item(
        story=short,
        words=words,
        minutes=words.minutes.format(story.minutes),
        more=(words.read_on if short is story else words.read_rest).format(story.title),
        serifs=_has_serifs(story.lang),
        whole=short is story,
        **rows,
    )


@cache
def _has_serifs(lang: str) -> bool:
    """Return whether the script of a language has letters with serifs that mail programs know."""
    return lang.partition("-")[0].lower() not in {"ar", "fa", "he", "ja", "ko", "ur", "yi", "zh"}


class _Rows(TypedDict, total=False):
    """The sections of a story by the rows of an `Item`."""

    before: Required[tuple[PrintedSection, ...]]
    main: tuple[PrintedSection, ...]
    aside: PrintedSection
    after: tuple[PrintedSection, ...]


def _rows(story: PrintedStory) -> _Rows:
    sections = story.sections
    roles = [section.role for section in sections]
    if Role.DEEP_ANALYSIS in roles:
        start = roles.index(Role.DEEP_ANALYSIS)
        if Role.DID_YOU_KNOW in roles[start:]:
            side = roles.index(Role.DID_YOU_KNOW, start)
            return {
                "before": sections[:start],
                "main": sections[start:side],
                "aside": sections[side],
                "after": sections[side + 1 :],
            }
    return {"before": sections}


@cache
def palette(colours: Palette, accent: str) -> Palette:
    """Return `colours` with the shade of the publication's `accent` that can be read in them."""
    return replace(colours, accent=readable(accent, on=colours.box))


_EDGES: Final = {Direction.LTR: "left", Direction.RTL: "right"}

LIGHT: Final = Palette(
    paper="#ffffff", box="#f3f6f9", rule="#d5dbe1", ink="#1b1f24", quiet="#57606a", accent="#0b5cad"
)
DARK: Final = Palette(
    paper="#14171a", box="#20262c", rule="#39424b", ink="#e6e9ec", quiet="#a4adb6", accent="#6cb0f2"
)
