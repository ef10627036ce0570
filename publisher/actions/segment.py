"""Trying a segment: how many readers of each list it chooses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from publisher.app import Publisher
from publisher.errors import NotFoundError
from publisher.model.audience import Selection
from publisher.model.filters import lists_in, tags_in
from publisher.model.segment import resolved
from publisher.store import mailings, segments


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Of all active readers of a list, how many a segment chooses."""

    list: str
    readers: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A segment, its filter written out, and whom it chooses now; who is on several lists counts once.

    Nobody has chosen the topics `unchosen`.
    """

    segment: str
    filter: str
    shares: tuple[Share, ...]
    readers: int
    unchosen: tuple[str, ...] = ()


def try_segment(publisher: Publisher, text: str, *, lists: Sequence[str] = ()) -> Tried:
    """Count whom a filter, or the segment of that name, chooses on `lists` (none: on all that there are).

    Raises:
        FilterError: it is neither.
        NotFoundError: there is no such list, or the filter names one that there is not.
    """
    refuse_unknown_lists(publisher, lists)
    chosen = chosen_by(publisher, text)
    names = tuple(dict.fromkeys(lists)) or tuple(publisher.settings.lists)
    with publisher.database.read() as db:
        shares = tuple(
            Share(
                list=name,
                readers=mailings.audience_of(db, (name,), chosen),
                of=mailings.audience_of(db, (name,)),
            )
            for name in names
        )
        readers = mailings.audience_of(db, names, chosen) if len(names) > 1 else shares[0].readers
        unchosen = segments.unchosen(db, tags_in(chosen.segment)) if chosen.segment else ()
    return Tried(
        segment=text.strip(), filter=str(chosen.segment), shares=shares, readers=readers, unchosen=unchosen
    )


def try_all(publisher: Publisher, *, lists: Sequence[str] = ()) -> list[Tried]:
    """Count whom each of the segments in the settings chooses; see `try_segment`.

    Raises:
        NotFoundError: there is no such list.
    """
    return [try_segment(publisher, name, lists=lists) for name in publisher.settings.segments]


def chosen_by(publisher: Publisher, text: str) -> Selection:
    """Return whom a filter, or the segment of that name, chooses.

    Raises:
        FilterError: it is neither.
        NotFoundError: the filter names a list that there is not.
    """
    settings = publisher.settings
    found = resolved(text, settings.segments)
    refuse_unknown_lists(publisher, tuple(lists_in(found)))
    return Selection(segment=found, zone=settings.publication.timezone)


def refuse_unknown_lists(publisher: Publisher, names: Sequence[str]) -> None:
    """Raise if there is no list of one of these names.

    Raises:
        NotFoundError: there is none.
    """
    known = publisher.settings.lists
    for name in names:
        if name not in known:
            raise NotFoundError(f"there is no list '{name}'", fix=f"the lists are: {', '.join(known)}")
