"""Making editions public: their pages, and everything that pages and feeds share, in one transaction."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from publisher.actions.searching import index_what_is_public, searchable
from publisher.actions.site import Anew, New, shelves_of, site_of
from publisher.app import Publisher
from publisher.errors import StoreError
from publisher.model import fillins
from publisher.model.edition import Correction
from publisher.model.fillins import Ink, Moments, first_moments, moments_in
from publisher.model.phrases import phrases
from publisher.model.records import EditionRecord
from publisher.model.rendered import Artefact, IssueCard, Part
from publisher.model.shelves import ISSUES, STORIES, Filed, Kind, list_shelf
from publisher.outputs.all import join_all
from publisher.outputs.feed import FORMATS, is_live
from publisher.store import editions, hubs, public, search, shelves

MAILED = ("email", "text")
"""Outputs that only mailings use."""

_TRIES = 20
_TOGETHER = 50
"""So many tags are made anew in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """An edition about to become public: the moments of the issue and of its stories, and its number.

    `elsewhere` are the ids of its stories that are public as another issue's: their pages and entries stay
    that issue's. `leaves_at` is set for a withdrawal: its pages are gone (410), and then its entries leave
    the feeds. `also` are further pages of the issue: those that it had and has no more.
    """

    edition: EditionRecord
    parts: tuple[Part, ...]
    moments: tuple[Moments, ...]
    number: int | None
    elsewhere: frozenset[str] = frozenset()
    corrections: tuple[Correction, ...] = ()
    leaves_at: datetime | None = None
    also: tuple[Artefact, ...] = ()

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
        """Return what it puts on which shelves."""
        card = self.card()
        entries = {"": card.id} | {story.slug: story.id for story in card.stories}
        moments = dict(zip(entries, self.moments, strict=True))
        return tuple(
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
    published = published_at.replace(microsecond=0)
    return Release(
        edition=record,
        parts=tuple(editions.parts(db, edition)),
        moments=first_moments(published, len(record.stories)),
        number=record.number if record.number is not None else number,
        elsewhere=elsewhere(db, record),
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


def elsewhere(db: Connection, edition: EditionRecord) -> frozenset[str]:
    """Return the ids of an edition's stories that are public already as those of another issue."""
    return shelves.elsewhere(db, {str(story["id"]) for story in edition.stories}, issue=edition.issue)


def go_public(
    publisher: Publisher,
    choose: Callable[[Connection], tuple[Release, ...]],
    record: Callable[[Connection, tuple[Release, ...]], None],
    *,
    anew: Anew | None = None,
) -> tuple[str, ...]:
    """Make what `choose` returns public, with all that pages and feeds share, in one transaction.

    What is shared is built outside of it, from one generation of what is public; if another process has
    raised the generation meanwhile, it is chosen and built again. `record` writes what else belongs to the
    same transaction; if it raises, nothing has happened. Returns the paths of shared artefacts that changed;
    without any, and without releases, nothing is written.
    """
    for _ in range(_TRIES):
        with publisher.database.read() as db:
            generation = public.generation(db)
            releases = choose(db)
            site = site_of(publisher, db, [each.new() for each in releases], anew=anew or Anew())
            shared = join_all(site, theme=publisher.theme)
            known = public.index(db, [artefact.path for artefact in shared])
        changed = _packed(each for each in shared if known.get(each.path) != public.etag_of(each.body))
        pages = [_packed(release.pages()) for release in releases]
        if generation and not changed and not releases:
            return ()
        with publisher.database.begin() as db:
            if not public.raise_generation(db, expected=generation):
                continue
            now = publisher.now(db)
            record(db, releases)
            for release, own in zip(releases, pages, strict=True):
                _publish(db, release, own, generation=generation + 1, now=now)
            public.put(db, changed, generation=generation + 1, now=now)
            paths = tuple(artefact.path for artefact in changed)
            hubs.note(db, publisher.settings.feeds.hubs, tuple(filter(is_live, paths)), now=now)
            return paths
    raise StoreError("what is public kept changing while it was rebuilt", fix="try again")


def rebuild(publisher: Publisher) -> None:
    """Make what pages and feeds share anew, as after a change of the settings; only what differs is written.

    If feeds of today differ although no issue has changed, so do those of tags and of earlier years.
    """
    _file_what_is_public(publisher)
    index_what_is_public(publisher)
    lists = {list_shelf(name).key for name in publisher.settings.lists}
    live = _again(publisher, Anew(shelves=frozenset({STORIES.key, ISSUES.key, *lists})))
    with publisher.database.read() as db:
        years, tags = editions.years(db), [key for key in shelves.keys(db) if key.startswith(f"{Kind.TAG}:")]
    if not any(path.endswith(FORMATS) for path in live):
        return
    for year in years:
        _again(publisher, Anew(years=frozenset({year})))
    for start in range(0, len(tags), _TOGETHER):
        _again(publisher, Anew(shelves=frozenset(tags[start : start + _TOGETHER])))


def _again(publisher: Publisher, anew: Anew) -> tuple[str, ...]:
    return go_public(publisher, lambda _db: (), lambda _db, _releases: None, anew=anew)


def _file_what_is_public(publisher: Publisher) -> None:
    """Put what an older version of this program made public on its shelves; a new one finds it there."""
    with publisher.database.begin() as db:
        unfiled = editions.unfiled(db)
        for record in unfiled:
            release = prepare_again(db, record.id, like=record)
            shelves.put(db, release.filed(), instead_of=record.issue)


def _packed(artefacts: Iterable[Artefact]) -> list[Artefact]:
    """Return the artefacts with their bytes compressed, where that makes them smaller."""
    packed = []
    for artefact in artefacts:
        small = gzip.compress(artefact.body, compresslevel=9, mtime=0)
        packed.append(replace(artefact, gzip=small if len(small) < len(artefact.body) else None))
    return packed


def _publish(
    db: Connection, release: Release, pages: Sequence[Artefact], *, generation: int, now: datetime
) -> None:
    edition = release.edition
    editions.publish(
        db,
        edition.id,
        published_at=release.published_at,
        updated_at=release.moments[0].updated,
        number=release.number,
        fillins=release.fillins,
        corrections=release.corrections,
    )
    shelves.put(db, release.filed(), instead_of=edition.issue)
    search.put(db, searchable(release.new(), release.parts), instead_of=edition.issue)
    public.put(db, pages, generation=generation, now=now, issue=edition.issue)
