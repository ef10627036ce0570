"""What is public, as far as outputs need it to make anew what readers share; its cost is the change's."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection

from publisher.actions.standing import Standing, newest_first
from publisher.app import Publisher
from publisher.model.fillins import Ink
from publisher.model.rendered import Counted, Document, IssueCard, Item, Site, StoryCard, TagPage
from publisher.model.shelves import (
    DOCUMENT,
    ISSUES,
    STORIES,
    Filed,
    Kind,
    Shelf,
    Volume,
    list_shelf,
    shelf_of,
    tag_name,
    tag_shelf,
)
from publisher.outputs.feed import FORMATS, Sized, window
from publisher.store import editions, hubs, shelves

SHOWN: Final = 12
"""So many issues are shown on the front page."""

_EVER: Final = datetime(1, 1, 1, tzinfo=UTC)

_CANDIDATES: Final = 1024
"""More entries than this are in no feed, however small they are."""

_FIRST_LOOK: Final = 32
"""So many entries are more than most feeds show; only if they are not, more are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """An edition that is about to be public: its card (None once it is withdrawn), what it files, its ink."""

    issue: str
    edition: int
    card: IssueCard | None
    filed: tuple[Filed, ...]
    ink: Ink
    fillins: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Anew:
    """What is made anew although no issue changes: live feeds, pages of tags, years with their volumes."""

    shelves: frozenset[str] = frozenset()
    years: frozenset[int] = frozenset()


def site_of(publisher: Publisher, db: Connection, new: Sequence[New], *, anew: Anew, now: datetime) -> Site:
    """Return what is public once `new` is, as far as it must be made anew.

    Withdrawn entries whose time is over `now` are gone.
    """
    settings = publisher.settings
    issues = {each.issue for each in new}
    standing = Standing(db, (filed for each in new for filed in each.filed), issues=issues, now=now)
    recent = editions.recent(db, issues=SHOWN + len(issues))
    known = frozenset(editions.years(db))
    cards = [each.card for each in new if each.card is not None]
    years = {card.published.year for card in cards} | {
        filed.published.year for filed in standing.changed(ISSUES.key)
    }
    touched = {year: _with(editions.of_year(db, year), new, year=year) for year in sorted(years | anew.years)}
    lasting = {year for year in known | touched.keys() if touched.get(year, True)}
    if lasting != known:  # every page of a year names all of them
        others = lasting - touched.keys()
        touched |= {year: _with(editions.of_year(db, year), new, year=year) for year in sorted(others)}
    lists = {name: settings.list_title(name) for name, own in settings.lists.items() if own.public}
    maker = _Maker(db, standing, new, tags=_tags(db, standing), lists=lists)
    return Site(
        masthead=settings.masthead(),
        recent=_with(recent, new)[:SHOWN],
        touched={year: _at_their_own_addresses(db, of_year, new) for year, of_year in touched.items()},
        years=tuple(sorted(lasting, reverse=True)),
        lists=lists,
        documents=tuple(maker.documents(anew)),
        tags=tuple(maker.tags.values()),
        tag_pages=tuple(maker.tag_pages(anew)),
        hubs=hubs.working(db, settings.feeds.hubs),
        moved=dict(maker.moved_tag_pages()),
        search=settings.web.search,
        joining=settings.joining.form and bool(lists),
        purist=settings.feeds.purist,
    )


def shelves_of(card: IssueCard) -> dict[str, tuple[Shelf, ...]]:
    """Return the shelves on which an issue stands ("") and those of its stories, by their slugs.

    A tag that the issue has and none of its stories is every story's.
    """
    lists = tuple(list_shelf(name) for name in card.lists)
    theirs = {tag_name(tag) for story in card.stories for tag in story.tags}
    common = [tag for tag in card.tags if tag_name(tag) not in theirs]
    return {"": (ISSUES,)} | {
        story.slug: (STORIES, *lists, *_tag_shelves((*story.tags, *common))) for story in card.stories
    }


class _Maker:
    """Makes documents and pages from what stands on the shelves, each entry's bytes once."""

    def __init__(
        self,
        db: Connection,
        standing: Standing,
        new: Sequence[New],
        *,
        tags: Mapping[str, Counted],
        lists: Mapping[str, str],
    ) -> None:
        self.tags = tags
        self._db = db
        self._standing = standing
        self._lists = lists
        self._inks = {each.edition: (each.ink, each.fillins) for each in new}
        self._cards = {
            (each.edition, story.slug): story for each in new if each.card for story in each.card.stories
        }
        self._items: dict[tuple[int, str], Item] = {}

    def documents(self, anew: Anew) -> Iterator[Document]:
        """Yield the feeds and volumes that have to be made."""
        for key in sorted(self._standing.touched | anew.shelves):
            shelf = self._shelf(key)
            if shelf is not None:
                yield self._live(shelf)
        for shelf in (STORIES, ISSUES):
            for volume, older in self._touched_volumes(shelf, anew.years):
                start = (volume.number - 1) * DOCUMENT
                filed = self._standing.of_month(shelf.key, volume.month)[start : start + DOCUMENT]
                yield Document(
                    shelf=shelf, items=self._filled(newest_first(filed)), volume=volume, older=older
                )

    def tag_pages(self, anew: Anew) -> Iterator[TagPage]:
        """Yield the pages of touched tags: from the page of the earliest change on, and the first one.

        All but the first one say nothing that depends on stories which are newer than those of the next page.
        """
        for key in sorted(self._standing.touched | anew.shelves):
            if not key.startswith(f"{Kind.TAG}:"):
                continue
            stories = self._standing.lasting(key)
            pages = _older_pages(len(stories))
            changes = [] if key in anew.shelves else self._standing.changed(key)
            since = min((each.published for each in changes), default=_EVER)
            earlier = sum(each.published < since for each in stories)
            first = max(1, min(earlier // DOCUMENT, self._last_linked(key, pages)))
            for number in (0, *range(first, pages + 1)):
                start = (number - 1 if number else pages) * DOCUMENT
                shown = stories[start : start + DOCUMENT] if number else stories[start:]
                yield TagPage(
                    shelf=self.tags[key].shelf if key in self.tags else shelf_of(key, self._title(key)),
                    count=len(stories),
                    stories=self._story_cards(shown[::-1]),
                    number=number,
                    pages=pages,
                )

    def _last_linked(self, key: str, pages: int) -> int:
        """Return the page of a tag whose way to newer stories leads elsewhere now, if there is one."""
        before = _older_pages(self._standing.lasting_before(key))
        return min(before, pages) if before != pages else pages + 1

    def moved_tag_pages(self) -> Iterator[tuple[str, str]]:
        """Yield the paths of pages of tags that are no more, each with the one that has their stories."""
        for key in sorted(self._standing.gone):
            if key.startswith(f"{Kind.TAG}:"):
                folder = shelf_of(key).folder
                first = _older_pages(len(self._standing.lasting(key))) + 1
                for number in range(first, _older_pages(self._standing.lasting_before(key)) + 1):
                    yield f"{folder}/{number}/", f"{folder}/"

    def _shelf(self, key: str) -> Shelf | None:
        """Return the shelf of a key with its title; None for a list that is not public."""
        shelf = shelf_of(key)
        if shelf.kind is Kind.LIST:
            return list_shelf(shelf.name, self._lists[shelf.name]) if shelf.name in self._lists else None
        return replace(shelf, title=self._title(key)) if shelf.kind is Kind.TAG else shelf

    def _title(self, key: str) -> str:
        """Return how a tag is spelt: as one of its stories does, also when the last of them has gone."""
        if key in self.tags:
            return self.tags[key].shelf.title
        return max((each.title for each in self._standing.changed(key)), default=shelf_of(key).name)

    def _live(self, shelf: Shelf) -> Document:
        shown = self._shown(shelf, most=_FIRST_LOOK)
        older = None
        if shelf.is_archived:
            last = self._standing.newest_besides(shelf.key, {each.entry for each in shown})
            older = None if last is None else self._standing.volume_of(last)
        return Document(shelf=shelf, items=self._filled(shown), older=older)

    def _shown(self, shelf: Shelf, *, most: int) -> list[Filed]:
        """Return the entries in the feed of a shelf, after a look at `most` of them, or more if need be."""
        candidates = self._standing.newest(shelf.key, most=most)
        sizes = shelves.sizes(self._db, candidates, FORMATS)
        sized = [
            Sized(updated=each.updated, size=sizes.get((each.edition, each.key), 0)) for each in candidates
        ]
        shown = candidates[: window(sized)]
        is_settled = len(shown) < most or most >= _CANDIDATES
        return shown if is_settled else self._shown(shelf, most=4 * most)

    def _touched_volumes(
        self, shelf: Shelf, years: Collection[int]
    ) -> Iterator[tuple[Volume, Volume | None]]:
        """Yield the volumes that change, or follow another one than before, each with the one before it.

        Volumes that are no more are made without entries: who has their address still finds the way back.
        """
        earliest = self._earliest_changes(shelf)
        chain, once = self._standing.chain(shelf.key), self._standing.chain_before(shelf.key)
        followed: dict[Volume, Volume | None] = dict(zip(once, (None, *once), strict=False))
        before: Volume | None = None
        for volume in chain:
            since = earliest.get(volume.month)
            if (
                followed.get(volume, volume) != before
                or int(volume.month[:4]) in years
                or (since is not None and volume.number >= since)
            ):
                yield volume, before
            before = volume
        for volume in sorted(set(once) - set(chain)):
            yield volume, max((each for each in chain if each < volume), default=None)

    def _earliest_changes(self, shelf: Shelf) -> dict[str, int]:
        """Return for each month in which something changes the number of the first volume that does."""
        found: dict[str, int] = {}
        earliest: dict[str, datetime] = {}
        for each in self._standing.changed(shelf.key):
            earliest[each.month] = min(each.published, earliest.get(each.month, each.published))
        for month, since in earliest.items():
            before = sum(each.published < since for each in self._standing.of_month(shelf.key, month))
            found[month] = before // DOCUMENT + 1
        return found

    def _filled(self, filed: Sequence[Filed]) -> tuple[Item, ...]:
        missing = [each for each in filed if (each.edition, each.key) not in self._items]
        bodies = shelves.bodies(self._db, missing, FORMATS)
        unknown = {each.edition for each in missing} - self._inks.keys()
        self._inks.update(shelves.inks(self._db, unknown))
        for each in missing:
            ink, values = self._inks[each.edition]
            made = bodies.get((each.edition, each.key), {})
            self._items[each.edition, each.key] = Item(
                id=each.entry,
                published=each.published,
                updated=each.updated,
                bodies={output: ink.fill(body, values) for output, body in made.items()},
            )
        return tuple(self._items[each.edition, each.key] for each in filed)

    def _story_cards(self, filed: Sequence[Filed]) -> tuple[StoryCard, ...]:
        missing = [each for each in filed if (each.edition, each.key) not in self._cards]
        self._cards.update(editions.stories(self._db, missing))
        return tuple(self._cards[each.edition, each.key] for each in filed)


def _at_their_own_addresses(
    db: Connection, cards: Sequence[IssueCard], new: Sequence[New]
) -> tuple[IssueCard, ...]:
    """Return the cards without stories whose pages stand at another issue's address."""
    slugs = shelves.slugs(db, {story.id for card in cards for story in card.stories})
    slugs |= {
        filed.entry: filed.key
        for each in new
        for filed in each.filed
        if filed.shelf == STORIES.key and filed.leaves_at is None
    }
    return tuple(
        replace(
            card,
            stories=tuple(story for story in card.stories if slugs.get(story.id, story.slug) == story.slug),
        )
        for card in cards
    )


def _older_pages(stories: int) -> int:
    """Return how many pages a tag with so many stories has beside the first one."""
    return max(0, stories // DOCUMENT - 1)


def _tags(db: Connection, standing: Standing) -> dict[str, Counted]:
    """Return every tag that has stories, by the key of its shelf."""
    counted = {each.shelf.key: each for each in shelves.tags(db)}
    for key in standing.touched:
        if key.startswith(f"{Kind.TAG}:"):
            stories = standing.lasting(key)
            counted.pop(key, None)
            if stories:
                title = max(each.title for each in stories)
                counted[key] = Counted(shelf=shelf_of(key, title), count=len(stories))
    return dict(sorted(counted.items()))


def _tag_shelves(tags: Sequence[str]) -> tuple[Shelf, ...]:
    """Return the shelves of tags, each once."""
    found = {shelf.key: shelf for shelf in map(tag_shelf, reversed(tags))}
    return tuple(found[key] for key in sorted(found))


def _with(
    cards: Sequence[IssueCard], new: Sequence[New], *, year: int | None = None
) -> tuple[IssueCard, ...]:
    """Return the cards with those of `new`, newest first, without what they replace."""
    replaced = {each.issue for each in new}
    kept = [card for card in cards if card.slug not in replaced]
    added = [each.card for each in new if each.card is not None and year in (None, each.card.published.year)]
    return tuple(sorted([*kept, *added], key=lambda card: (card.published, card.slug), reverse=True))
