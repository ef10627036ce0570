"""Making editions public: their pages, and everything that pages and feeds share, in one transaction."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from publisher.actions.searching import index_what_is_public, searchable
from publisher.actions.site import Anew, New, shelves_of, site_of
from publisher.app import Publisher
from publisher.errors import StoreError
from publisher.model import fillins
from publisher.model.edition import Correction, Direction, Masthead
from publisher.model.fillins import Ink, Moments, first_moments, moments_in
from publisher.model.phrases import phrases
from publisher.model.records import EditionRecord
from publisher.model.rendered import Artefact, IssueCard, Part, Site
from publisher.model.shelves import ISSUES, STORIES, Filed, Kind, address, list_shelf
from publisher.outputs.all import join_all
from publisher.outputs.feed import FORMATS, is_live
from publisher.outputs.head import HTML
from publisher.outputs.standin import moved_page
from publisher.store import editions, hubs, public, search, shelves
from publisher.theme import Theme

MAILED = ("email", "text")
"""Outputs that only mailings use."""

_TRIES = 20
_TOGETHER = 50
"""So many tags are made anew in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """An edition about to become public: the moments of the issue and of its stories, and its number.

    `elsewhere` are the ids of its stories that are public as another issue's, with their slugs there: their
    pages and entries stay that issue's. `leaves_at` is set for a withdrawal: its pages are gone (410), and
    then its entries leave the feeds. `kept` are entries of stories that were withdrawn before. `also` are
    further pages of the issue: those that it had and has no more.
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
    published = published_at.replace(microsecond=0)
    return Release(
        edition=record,
        parts=tuple(editions.parts(db, edition)),
        moments=_moments(db, record, first_moments(published, len(record.stories))),
        number=record.number if record.number is not None else number,
        elsewhere=elsewhere(db, record),
    )


def _moments(db: Connection, record: EditionRecord, first: tuple[Moments, ...]) -> tuple[Moments, ...]:
    """Return first moments, but that a story which was withdrawn with another issue keeps its publication."""
    ids = [str(story["id"]) for story in record.stories]
    before = {filed.entry: filed.published for filed in shelves.withdrawn(db, ids)}
    stories = (
        replace(moments, published=before.get(id_, moments.published))
        for id_, moments in zip(ids, first[1:], strict=True)
    )
    return (first[0], *stories)


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
    same transaction; if it raises, nothing has happened. Withdrawn entries whose time is over leave the
    feeds. Returns the paths of shared artefacts that changed; without any, and without releases, nothing is
    written.
    """
    for _ in range(_TRIES):
        with publisher.database.read() as db:
            generation, now = public.generation(db), publisher.now(db)
            releases = choose(db)
            site = site_of(publisher, db, [each.new() for each in releases], anew=anew or Anew(), now=now)
            shared = (*join_all(site, theme=publisher.theme), *_moved(site, publisher.theme))
            changed = _packed(public.differing(db, shared))
            is_over = bool(shelves.leaving(db, now))
        pages = [_packed((*release.pages(), *_detours(release, publisher.theme))) for release in releases]
        if generation and not changed and not releases and not is_over:
            return ()
        with publisher.database.begin() as db:
            if not public.raise_generation(db, expected=generation):
                continue
            record(db, releases)
            for release, own in zip(releases, pages, strict=True):
                _publish(db, release, own, generation=generation + 1, now=publisher.now(db))
            shelves.take_off(db, now)
            public.put(db, changed, generation=generation + 1, now=publisher.now(db))
            paths = tuple(artefact.path for artefact in changed)
            hubs.note(db, publisher.settings.feeds.hubs, tuple(filter(is_live, paths)), now=publisher.now(db))
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
        months = {month for shelf in (STORIES, ISSUES) for month in shelves.months(db, shelf.key)}
        years = sorted({*editions.years(db), *(int(month[:4]) for month in months)}, reverse=True)
        tags = [key for key in shelves.keys(db) if key.startswith(f"{Kind.TAG}:")]
    if not any(path.endswith(FORMATS) for path in live):
        return
    for year in years:
        _again(publisher, Anew(years=frozenset({year})))
    for start in range(0, len(tags), _TOGETHER):
        _again(publisher, Anew(shelves=frozenset(tags[start : start + _TOGETHER])))


def let_go(publisher: Publisher) -> None:
    """Take the withdrawn entries off whose time is over; without any, one question is all that is asked."""
    with publisher.database.read() as db:
        is_over = bool(shelves.leaving(db, publisher.now(db)))
    if is_over:
        _again(publisher, Anew())


def detour(  # noqa: PLR0913 (each is a word of the page)
    path: str,
    to: str,
    *,
    title: str,
    lang: str,
    dir: str,  # noqa: A002 (HTML's own name, as everywhere in editions)
    masthead: Masthead,
    theme: Theme,
) -> Artefact:
    """Return what is served at `path` when its page stands at the path `to` now.

    Raises:
        ThemeError: the template cannot be rendered.
    """
    url = masthead.home_url + address(to)
    body = moved_page(masthead=masthead, url=url, title=title, lang=lang, dir=Direction(dir), theme=theme)
    return Artefact(path=path, media_type=HTML, body=body, status=301, location=to)


def story_path(slug: object) -> str:
    """Return the public path of a story."""
    return f"/stories/{slug}/"


def _detours(release: Release, theme: Theme) -> Iterator[Artefact]:
    """Yield what leads from a release's own addresses to the pages of stories that are another issue's."""
    for story in release.edition.stories:
        there = release.elsewhere.get(str(story["id"]))
        if there not in (None, story["slug"]):
            yield detour(
                story_path(story["slug"]),
                story_path(there),
                title=str(story["title"]),
                lang=str(story["lang"]),
                dir=str(story["dir"]),
                masthead=release.edition.masthead,
                theme=theme,
            )


def _moved(site: Site, theme: Theme) -> Iterator[Artefact]:
    """Yield what stands at the addresses of shared pages that are no more."""
    masthead, lang = site.masthead, site.masthead.lang
    for path, to in site.moved.items():
        title = to.strip("/").rpartition("/")[2]
        yield detour(path, to, title=title, lang=lang, dir=Direction.LTR, masthead=masthead, theme=theme)


def _again(publisher: Publisher, anew: Anew) -> tuple[str, ...]:
    return go_public(publisher, lambda _db: (), lambda _db, _releases: None, anew=anew)


def _file_what_is_public(publisher: Publisher) -> None:
    """Put what an older version of this program made public on its shelves; a new one finds it there."""
    with publisher.database.begin() as db:
        public.settled_generation(db)
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
