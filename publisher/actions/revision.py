"""What a correction changes: which stories really differ, when they changed, where they stood."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from publisher.actions.earlier import story_path
from publisher.actions.printing import Print
from publisher.model.addresses import last_part
from publisher.model.edition import Edition
from publisher.model.fillins import Ink, Moments, moments_in, story_moment
from publisher.model.records import EditionRecord
from publisher.model.rendered import Part
from publisher.outputs.feed import FORMATS

_PUBLIC = (*FORMATS, "page")


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """How a new print differs from the public one, by the ids of entries; the issue's own counts, too.

    `changed` are in both, and say something else; `added` and `removed` are in one of them only.
    """

    changed: tuple[str, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def is_significant(self) -> bool:
        """Whether there is anything that readers of feeds could notice."""
        return bool(self.changed or self.added or self.removed)


def revision(old: EditionRecord, parts: Iterable[Part], new: Print) -> Revision:
    """Compare the entries of a public edition with those of a new print, whatever the fill-ins are.

    An address is no content: a story that is only called otherwise in its address has not changed.
    """
    before, after = _entries(old, parts), _entries_of(new)
    return Revision(
        changed=tuple(id_ for id_ in after if id_ in before and before[id_] != after[id_]),
        added=tuple(id_ for id_ in after if id_ not in before),
        removed=tuple(id_ for id_ in before if id_ not in after),
    )


def in_order_of(old: EditionRecord, edition: Edition) -> Edition:
    """Return the edition with its stories in the order of a public one, if they are the same stories.

    Another order alone is nothing of which readers of feeds are told.
    """
    order = {str(story["id"]): place for place, story in enumerate(old.stories)}
    if order.keys() != {story.id for story in edition.stories}:
        return edition
    return replace(edition, stories=tuple(sorted(edition.stories, key=lambda story: order[story.id])))


def looks_the_same(old: EditionRecord, parts: Iterable[Part], new: Print) -> bool:
    """Return whether pages and feed entries of a new print are those of the public edition, byte for byte."""
    return _faces(Ink(nonce=old.nonce), parts) == _faces(new.ink, new.parts)


def moments(
    edition: Edition, what: Revision, *, known: Mapping[str, Moments], now: datetime, is_minor: bool
) -> tuple[Moments, ...]:
    """Return the moments of an edition's issue and stories, in their order.

    What was public once keeps its publication, and its update moves for a change that is not minor: never
    back, never into the future, and in the order of the stories.
    """
    moved = {*what.added} if is_minor else {*what.added, *what.changed}
    return tuple(
        _moments(known.get(id_), story_moment(now, position), has_moved=id_ in moved)
        for position, id_ in enumerate((edition.id, *(story.id for story in edition.stories)))
    )


def moments_of_removed(
    removed: Iterable[str], *, known: Mapping[str, Moments], now: datetime, stories: int
) -> tuple[Moments, ...]:
    """Return the moments of stories that are taken out of an edition which keeps so many."""
    return tuple(
        _moments(known.get(id_), story_moment(now, stories + place), has_moved=True)
        for place, id_ in enumerate(removed, 1)
    )


def known_moments(former: Iterable[EditionRecord]) -> dict[str, Moments]:
    """Return the last moments of every entry that an issue has ever had, from its editions, oldest first."""
    return {id_: each for record in former for id_, each in zip(_ids(record), _told(record), strict=True)}


def former_paths(former: Iterable[EditionRecord]) -> dict[str, str]:
    """Return every path at which a page of these editions stood, oldest first, with the id of its entry."""
    return {path: id_ for record in former for id_, path in paths_of(record).items()}


def paths_of(record: EditionRecord) -> dict[str, str]:
    """Return the paths of an edition's pages by the ids of their entries."""
    stories = {str(story["id"]): story_path(story["slug"]) for story in record.stories}
    return {record.entry_id: f"/issues/{last_part(record.url)}/"} | stories


def _moments(before: Moments | None, now: datetime, *, has_moved: bool) -> Moments:
    if before is None:
        return Moments(published=now, updated=now)
    return replace(before, updated=max(before.updated, now)) if has_moved else before


def _ids(record: EditionRecord) -> Iterator[str]:
    yield record.entry_id
    yield from (str(story["id"]) for story in record.stories)


def _told(record: EditionRecord) -> Sequence[Moments]:
    return moments_in(record.fillins)


def _entries(old: EditionRecord, parts: Iterable[Part]) -> dict[str, list[bytes]]:
    names = {"": (old.entry_id, old.url)}
    names |= {str(story["slug"]): (str(story["id"]), str(story["url"])) for story in old.stories}
    return _plain(Ink(nonce=old.nonce), parts, names)


def _entries_of(new: Print) -> dict[str, list[bytes]]:
    names = {"": (new.edition.id, new.edition.url)}
    names |= {story.slug: (story.id, story.url) for story in new.edition.stories}
    return _plain(new.ink, new.parts, names)


def _plain(ink: Ink, parts: Iterable[Part], names: Mapping[str, tuple[str, str]]) -> dict[str, list[bytes]]:
    """Return the bytes of each entry in each format, without fill-ins and addresses of this issue."""
    urls = [url.encode() for _, url in names.values()]
    made = {(part.key, part.output): part.body for part in parts if part.output in FORMATS}
    found: dict[str, list[bytes]] = {}
    for key, (id_, _) in names.items():
        bodies = [_blank(ink, made[key, output]) for output in FORMATS if (key, output) in made]
        found[id_] = [_without(body, urls) for body in bodies]
    return found


def _without(body: bytes, urls: Iterable[bytes]) -> bytes:
    for url in urls:
        body = body.replace(url, b"")
    return body


def _blank(ink: Ink, body: bytes) -> bytes:
    return ink.fill(body, dict.fromkeys(ink.names(body), ""))


def _faces(ink: Ink, parts: Iterable[Part]) -> dict[tuple[str, str, str | None], bytes]:
    shown = (part for part in parts if part.output in _PUBLIC)
    return {(part.output, part.key, part.path): _blank(ink, part.body) for part in shown}
