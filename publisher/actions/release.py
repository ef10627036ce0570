"""Making editions public: their pages, and everything that pages and feeds share, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from publisher.app import Publisher
from publisher.errors import StoreError
from publisher.model import fillins
from publisher.model.fillins import Ink
from publisher.model.phrases import phrases
from publisher.model.records import EditionRecord
from publisher.model.rendered import Artefact, IssueCard, Part, Site
from publisher.outputs.all import join_all
from publisher.store import editions, public

MAILED = ("email", "text")
"""Outputs that only mailings use."""

RECENT_ISSUES = 30
RECENT_STORIES = 25
RECENT_TIME = timedelta(days=14)

_TRIES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """An edition about to become public, and the moment (aware) and number that it gets."""

    edition: EditionRecord
    parts: tuple[Part, ...]
    published_at: datetime
    number: int | None

    @property
    def fillins(self) -> dict[str, str]:
        """The values of the edition's issue fill-ins."""
        return fillins.values(
            published=self.published_at,
            number=self.number,
            date_text=local_date(
                self.published_at, lang=self.edition.lang, zone=self.edition.masthead.timezone
            ),
            stories=len(self.edition.stories),
        )

    def filled(self, output: str) -> bytes:
        """Return what `output` made of the issue, with the fill-ins put in."""
        body = next(part.body for part in self.parts if (part.output, part.key) == (output, ""))
        return Ink(nonce=self.edition.nonce).fill(body, self.fillins)

    def pages(self) -> tuple[Artefact, ...]:
        """Return the pages of the edition's own."""
        ink, values = Ink(nonce=self.edition.nonce), self.fillins
        return tuple(
            Artefact(path=part.path, media_type=part.media_type, body=ink.fill(part.body, values))
            for part in self.parts
            if part.path is not None
        )


def local_date(moment: datetime, *, lang: str, zone: str) -> str:
    """Return the date of a moment as people write it in the language of an issue, where it is made."""
    return phrases(lang).date(moment.astimezone(ZoneInfo(zone)).date())


def prepare(db: Connection, edition: int, *, published_at: datetime, number: int | None) -> Release:
    """Read the frozen edition of that number for release."""
    record = editions.find(db, edition)
    if record is None:
        raise StoreError(f"edition {edition} is missing from the database", fix="restore a backup")
    return Release(
        edition=record,
        parts=tuple(editions.parts(db, edition)),
        published_at=published_at.replace(microsecond=0),
        number=record.number if record.number is not None else number,
    )


def go_public(
    publisher: Publisher,
    choose: Callable[[Connection], tuple[Release, ...]],
    record: Callable[[Connection, tuple[Release, ...]], None],
) -> None:
    """Make what `choose` returns public, with all that pages and feeds share, in one transaction.

    What is shared is built outside of it, from one generation of what is public; if another process has
    raised the generation meanwhile, it is chosen and built again. `record` writes what else belongs to the
    same transaction; if it raises, nothing has happened.
    """
    for _ in range(_TRIES):
        with publisher.database.read() as db:
            generation = public.generation(db)
            releases = choose(db)
            site = _site(publisher, db, releases)
        shared = join_all(site, theme=publisher.theme)
        with publisher.database.begin() as db:
            if not public.raise_generation(db, expected=generation):
                continue
            now = publisher.now(db)
            record(db, releases)
            for release in releases:
                _publish(db, release, generation=generation + 1, now=now)
            public.put(db, shared, generation=generation + 1, now=now)
            return
    raise StoreError("what is public kept changing while it was rebuilt", fix="try again")


def rebuild(publisher: Publisher) -> None:
    """Make what pages and feeds share anew, as after a change of the masthead."""
    go_public(publisher, lambda _db: (), lambda _db, _releases: None)


def _publish(db: Connection, release: Release, *, generation: int, now: datetime) -> None:
    edition = release.edition
    editions.publish(
        db,
        edition.id,
        published_at=release.published_at,
        updated_at=release.published_at,
        number=release.number,
        fillins=release.fillins,
    )
    public.put(db, release.pages(), generation=generation, now=now, issue=edition.issue)


def _site(publisher: Publisher, db: Connection, releases: Sequence[Release]) -> Site:
    """Return what is public once `releases` are, as far as shared artefacts need it."""
    new = [
        editions.card(
            db,
            release.edition.id,
            published_at=release.published_at,
            number=release.number,
            fillins=release.fillins,
        )
        for release in releases
    ]
    recent = editions.recent(db, issues=RECENT_ISSUES, stories=RECENT_STORIES, since=RECENT_TIME)
    settings = publisher.settings
    years = {card.published.year for card in new} or set(editions.years(db))
    return Site(
        masthead=settings.masthead(),
        recent=_newest_first([*new, *_others(recent, new)]),
        touched={year: _newest_first(_in_year(db, year, new)) for year in sorted(years)},
        years=tuple(sorted(years | set(editions.years(db)), reverse=True)),
        lists={name: settings.list_title(name) for name, own in settings.lists.items() if own.public},
    )


def _others(cards: Sequence[IssueCard], new: Sequence[IssueCard]) -> list[IssueCard]:
    """Return the cards of issues that are not being replaced."""
    replaced = {card.id for card in new}
    return [card for card in cards if card.id not in replaced]


def _newest_first(cards: list[IssueCard]) -> tuple[IssueCard, ...]:
    return tuple(sorted(cards, key=lambda card: (card.published, card.slug), reverse=True))


def _in_year(db: Connection, year: int, new: Sequence[IssueCard]) -> list[IssueCard]:
    known = editions.of_year(db, year)
    return [*(card for card in new if card.published.year == year), *_others(known, new)]
