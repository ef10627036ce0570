"""Releases: editions about to become public, with the moments, numbers and pages that they get."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from publisher.actions.earlier import comes_back, earlier
from publisher.actions.site import New, shelves_of
from publisher.errors import StoreError
from publisher.model import fillins
from publisher.model.edition import Correction
from publisher.model.fillins import Ink, Moments, first_moments, moments_in
from publisher.model.phrases import phrases
from publisher.model.records import EditionRecord
from publisher.model.rendered import Artefact, IssueCard, Part
from publisher.model.shelves import Filed
from publisher.store import editions, shelves

MAILED = ("email", "text")
"""Outputs that only mailings use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """An edition about to become public: the moments of the issue and of its stories, and its number.

    `elsewhere` are the ids of its stories that are public as another issue's, with their slugs there: their
    pages and entries stay that issue's. `leaves_at` is set for a withdrawal: its pages are gone (410), and
    then its entries leave the feeds. `kept` are entries of stories that were withdrawn before. `also` are
    further pages of the issue: those that it had and has no more. `earlier` are paths at which its stories
    stood before, with their ids: what is left there becomes the issue's, and leads to them.
    """

    edition: EditionRecord
    parts: tuple[Part, ...]
    moments: tuple[Moments, ...]
    number: int | None
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    corrections: tuple[Correction, ...] = ()
    leaves_at: datetime | None = None
    kept: tuple[Filed, ...] = ()
    also: tuple[Artefact, ...] = ()
    earlier: Mapping[str, str] = field(default_factory=dict)

    @property
    def published_at(self) -> datetime:
        """When the issue was first public."""
        return self.moments[0].published

    @property
    def fillins(self) -> dict[str, str]:
        """The values of the edition's issue fill-ins."""
        return fillins.values(
            moments=self.moments,
            number=self.number,
            date_text=local_date(
                self.published_at, lang=self.edition.lang, zone=self.edition.masthead.timezone
            ),
        )

    def filled(self, output: str) -> bytes:
        """Return what `output` made of the issue, with the fill-ins put in."""
        body = next(part.body for part in self.parts if (part.output, part.key) == (output, ""))
        return Ink(nonce=self.edition.nonce).fill(body, self.fillins)

    def pages(self) -> tuple[Artefact, ...]:
        """Return the pages of the edition's own."""
        ink, values = Ink(nonce=self.edition.nonce), self.fillins
        others = {str(story["slug"]) for story in self.edition.stories if story["id"] in self.elsewhere}
        pages = tuple(
            Artefact(
                path=part.path,
                media_type=part.media_type,
                body=ink.fill(part.body, values),
                status=410 if self.leaves_at else 200,
            )
            for part in self.parts
            if part.path is not None and part.key not in others
        )
        return pages + self.also

    def card(self) -> IssueCard:
        """Return the card of the issue as it will be."""
        return editions.card(replace(self.edition, number=self.number, fillins=self.fillins))

    def filed(self) -> tuple[Filed, ...]:
        """Return what stands on which shelves of its issue."""
        card = self.card()
        entries = {"": card.id} | {story.slug: story.id for story in card.stories}
        moments = dict(zip(entries, self.moments, strict=True))
        own = tuple(
            Filed(
                shelf=shelf.key,
                entry=entries[key],
                edition=self.edition.id,
                key=key,
                title=shelf.title,
                published=moments[key].published,
                updated=moments[key].updated,
                leaves_at=self.leaves_at,
            )
            for key, found in shelves_of(card).items()
            for shelf in found
            if entries[key] not in self.elsewhere
        )
        return own + self.kept

    def new(self) -> New:
        """Return what the rest of the site has to know of it."""
        return New(
            issue=self.edition.issue,
            edition=self.edition.id,
            card=None if self.leaves_at else self.card(),
            filed=self.filed(),
            ink=Ink(nonce=self.edition.nonce),
            fillins=self.fillins,
        )


def local_date(moment: datetime, *, lang: str, zone: str) -> str:
    """Return the date of a moment as people write it in the language of an issue, where it is made."""
    return phrases(lang).date(moment.astimezone(ZoneInfo(zone)).date())


def prepare(
    db: Connection,
    edition: int,
    *,
    published_at: datetime,
    number: int | None,
) -> Release:
    """Read the frozen edition of that number for its first release."""
    record = edition_of(db, edition)
    issue, *stories = first_moments(published_at.replace(microsecond=0), len(record.stories))
    ids = [str(story["id"]) for story in record.stories]
    before, there = earlier(db, ids), elsewhere(db, record)
    known = (comes_back(each, before.moments.get(id_)) for id_, each in zip(ids, stories, strict=True))
    return Release(
        edition=record,
        parts=tuple(editions.parts(db, edition)),
        moments=(issue, *known),
        number=record.number if record.number is not None else number,
        elsewhere=there,
        earlier={path: id_ for path, id_ in before.paths.items() if id_ not in there},
    )


def prepare_again(db: Connection, edition: int, *, like: EditionRecord) -> Release:
    """Read a frozen edition that takes the place of a public one: moments, number and corrections stay."""
    record = edition_of(db, edition)
    return Release(
        edition=record,
        parts=tuple(editions.parts(db, edition)),
        moments=moments_in(like.fillins),
        number=like.number,
        elsewhere=elsewhere(db, record),
        corrections=like.corrections,
        kept=kept(db, record),
    )


def edition_of(db: Connection, edition: int) -> EditionRecord:
    """Return the frozen edition of that number.

    Raises:
        StoreError: it is missing.
    """
    record = editions.find(db, edition)
    if record is None:
        raise StoreError(f"edition {edition} is missing from the database", fix="restore a backup")
    return record


def elsewhere(db: Connection, edition: EditionRecord, *, besides: str | None = None) -> dict[str, str]:
    """Return the ids of an edition's stories that are public already as another issue's, with their slugs.

    What is public as that of issue `besides` does not count.
    """
    issues = {edition.issue, besides or edition.issue}
    return shelves.elsewhere(db, {str(story["id"]) for story in edition.stories}, issues=issues)


def kept(db: Connection, edition: EditionRecord) -> tuple[Filed, ...]:
    """Return the entries of an edition's issue that were withdrawn, and are no stories of it."""
    own = {edition.entry_id, *(str(story["id"]) for story in edition.stories)}
    filed = shelves.of_issues(db, [edition.issue])
    return tuple(each for each in filed if each.leaves_at is not None and each.entry not in own)
