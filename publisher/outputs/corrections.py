"""Corrections as readers see them: when a text was changed after its publication, and what for."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from zoneinfo import ZoneInfo

from publisher.model.characters import clean_line
from publisher.model.edition import Correction, Edition, PrintedStory
from publisher.model.fillins import rfc3339
from publisher.model.phrases import phrases
from publisher.outputs.labels import labels


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionLine:
    """A correction in words: `before`, the `day`, `between`, the `note`, `after`; `iso` is its moment.

    `lang` is the language of everything but the note, which is in that of the issue.
    """

    iso: str
    lang: str
    before: str
    day: str
    between: str
    note: str
    after: str

    @property
    def text(self) -> str:
        """The line as plain text."""
        return f"{self.before}{self.day}{self.between}{self.note}{self.after}"

    @property
    def html(self) -> str:
        """The line as a paragraph of an article."""
        time = f'<time datetime="{self.iso}">{escape(self.day)}</time>'
        return f"<p>{escape(self.before)}{time}{escape(f'{self.between}{self.note}{self.after}')}</p>"


def correction_lines(edition: Edition, story: PrintedStory | None = None) -> tuple[CorrectionLine, ...]:
    """Return all corrections of an issue, or those that are in one of its stories, oldest first."""
    lang = edition.lang if story is None else story.lang
    return tuple(
        _line(each, lang, ZoneInfo(edition.masthead.timezone))
        for each in edition.corrections
        if story is None or story.id in each.stories
    )


def _line(correction: Correction, lang: str, zone: ZoneInfo) -> CorrectionLine:
    """Say it in `lang`, with the day on the publication's wall clock."""
    said, note = labels(lang), clean_line(correction.note)
    before, _, rest = (said.corrected_why if note else said.corrected).partition("{}")
    between, _, after = rest.partition("{}") if note else (rest, "", "")
    return CorrectionLine(
        iso=rfc3339(correction.at),
        lang=said.lang,
        before=before,
        day=phrases(lang).date(correction.at.astimezone(zone).date()),
        between=between,
        note=note,
        after=after,
    )
