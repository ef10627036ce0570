"""Going public: what is released and everything that pages and feeds share, in one transaction."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from publisher.actions import detours
from publisher.actions.release import Release, prepare_again
from publisher.actions.searching import index_what_is_public, searchable
from publisher.actions.site import Anew, site_of
from publisher.app import Publisher
from publisher.errors import StoreError
from publisher.model.rendered import Artefact
from publisher.model.shelves import ISSUES, STORIES, Kind, list_shelf
from publisher.outputs.all import join_all
from publisher.outputs.feed import FORMATS, is_live
from publisher.store import editions, hubs, public, search, shelves

_TRIES = 20
_TOGETHER = 50
"""So many tags are made anew in one transaction."""


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
            shared = (*join_all(site, theme=publisher.theme), *detours.moved(site, publisher.theme))
            changed = _packed(public.differing(db, shared))
            is_over = bool(shelves.leaving(db, now))
            ways = public.ways(db, [path for release in releases for path in detours.paths_away(release)])
        pages = [_packed(detours.own_pages(release, ways, publisher.theme)) for release in releases]
        old = [each for release in releases for each in detours.old_addresses(release, publisher.theme)]
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
            unused = _packed(detours.unused(db, old))
            public.put(db, unused, generation=generation + 1, now=publisher.now(db))
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


def _again(publisher: Publisher, anew: Anew) -> tuple[str, ...]:
    return go_public(publisher, lambda _db: (), lambda _db, _releases: None, anew=anew)


def _file_what_is_public(publisher: Publisher) -> None:
    """Put what an older version of this program made public on its shelves; a new one finds it there.

    A story of two issues has one page from now on, that of the older one: the other address leads there.
    """
    with publisher.database.begin() as db:
        generation = public.settled_generation(db)
        now, away = publisher.now(db), []
        for record in editions.unfiled(db):
            release = prepare_again(db, record.id, like=record)
            shelves.put(db, release.filed(), instead_of=record.issue)
            away.append((record.issue, _packed(detours.detours(release, publisher.theme))))
        if any(pages for _, pages in away) and public.raise_generation(db, expected=generation):
            for issue, pages in away:
                public.put(db, pages, generation=generation + 1, now=now, issue=issue)


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
    if release.earlier:
        public.hand_over(db, release.earlier, issue=edition.issue)
    public.put(db, pages, generation=generation, now=now, issue=edition.issue)
