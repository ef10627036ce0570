"""Telling WebSub hubs which feeds have changed, so that their subscribers hear of it at once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import groupby
from time import monotonic
from typing import Final

import structlog
from sqlalchemy import Connection

from publisher.actions.going_public import go_public
from publisher.actions.release import Release
from publisher.actions.site import Anew
from publisher.app import Publisher
from publisher.fetch import Fetcher, Limits
from publisher.model.fetching import FetchError
from publisher.model.records import Ping
from publisher.model.shelves import ISSUES, STORIES, address, list_shelf
from publisher.store import hubs, shelves

LIMITS: Final = Limits(seconds=10, body_bytes=64 * 1024)
"""What telling a hub of one feed may cost; its answer is not read."""

SECONDS: Final = 20.0
"""So long one hub is told of one feed after the other; what is left waits for the next turn."""

FAILED_TRIES: Final = 3
"""After so many tries in vain feeds do not name a hub any more."""

_FIRST_WAIT: Final = timedelta(minutes=1)
_LONGEST_WAIT: Final = timedelta(hours=6)
_PATIENCE: Final = timedelta(hours=24)
_TOGETHER: Final = 50
_BUSY: Final = 429

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """What one hub was told in one turn: pings that it took, that failed, and that wait for the next."""

    hub: str
    taken: tuple[Ping, ...]
    failed: tuple[Ping, ...]
    left: tuple[Ping, ...]


def tell_hubs(publisher: Publisher, *, fetcher: Fetcher | None = None) -> int:
    """Tell every hub of every feed that it has still to be told of; return how many they took.

    What a hub does not take is tried again after a minute, then ever more seldom, for a day. A hub that
    does not take anything at the third try is not named in feeds until it works again.
    """
    claimed = _claim(publisher)
    if not claimed:
        return 0
    asking = fetcher or Fetcher(home_url=publisher.settings.publication.home_url, limits=LIMITS)
    turns = asyncio.run(_tell(asking, publisher.settings.publication.home_url, claimed))
    if _note(publisher, turns):
        _name_anew(publisher)
    return sum(len(turn.taken) for turn in turns)


def wait_after(attempts: int) -> timedelta | None:
    """Return how long to wait after so many tries, None when it was long enough: 1 min, 2 min … 6 h."""
    waits = [min(_FIRST_WAIT * 2**number, _LONGEST_WAIT) for number in range(attempts)]
    return waits[-1] if sum(waits, timedelta()) <= _PATIENCE else None


def _claim(publisher: Publisher) -> list[Ping]:
    """Take what is due for this turn, each with its next try already noted, should this process end."""
    with publisher.database.read() as db:
        if not hubs.due(db, publisher.now(db)):
            return []
    with publisher.database.begin() as db:
        hubs.keep_only(db, publisher.settings.feeds.hubs)
        now = publisher.now(db)
        claimed = []
        for ping in hubs.due(db, now):
            attempts = ping.attempts + 1
            later = replace(ping, attempts=attempts, due_at=now + (wait_after(attempts) or _LONGEST_WAIT))
            if hubs.move(db, ping, due_at=later.due_at, attempts=attempts):
                claimed.append(later)
        return claimed


async def _tell(fetcher: Fetcher, home: str, pings: Iterable[Ping]) -> list[_Turn]:
    """Tell all hubs at the same time."""
    each = [(hub, tuple(own)) for hub, own in groupby(pings, key=lambda ping: ping.hub)]
    return await asyncio.gather(*(_tell_hub(fetcher, home, hub, own) for hub, own in each))


async def _tell_hub(fetcher: Fetcher, home: str, hub: str, pings: Sequence[Ping]) -> _Turn:
    """Tell a hub of one feed after the other; one that does not answer, or has trouble, is left alone."""
    taken: list[Ping] = []
    failed: list[Ping] = []
    end = monotonic() + SECONDS
    for place, ping in enumerate(pings):
        if monotonic() > end:
            return _Turn(hub=hub, taken=tuple(taken), failed=tuple(failed), left=tuple(pings[place:]))
        topic = home + address(ping.path)
        try:
            answer = await fetcher.submit(hub, {"hub.mode": "publish", "hub.url": topic, "hub.topic": topic})
            status = answer.status
        except FetchError:
            status = 0
        if 200 <= status < 300:
            taken.append(ping)
        elif status == 0 or status >= 500 or status == _BUSY:
            return _Turn(hub=hub, taken=tuple(taken), failed=(*failed, *pings[place:]), left=())
        else:
            failed.append(ping)
    return _Turn(hub=hub, taken=tuple(taken), failed=tuple(failed), left=())


def _note(publisher: Publisher, turns: Iterable[_Turn]) -> bool:
    """Write down what hubs took and did not; return whether feeds have to name other hubs from now on."""
    has_changed = False
    with publisher.database.begin() as db:
        for turn in turns:
            for ping in turn.taken:
                hubs.done(db, ping)
            for ping in turn.left:
                hubs.move(db, ping, due_at=publisher.now(db), attempts=ping.attempts - 1)
            given_up = [ping for ping in turn.failed if wait_after(ping.attempts) is None]
            lost = sum(hubs.done(db, ping) for ping in given_up)
            if lost:
                _log.warning(
                    "a hub was told in vain for a day, and is not any more", hub=turn.hub, feeds=lost
                )
            has_changed |= _judge(publisher, db, turn)
    return has_changed


def _judge(publisher: Publisher, db: Connection, turn: _Turn) -> bool:
    """Note whether a hub works, if this turn tells; return whether that has changed."""
    now = publisher.now(db)
    if turn.taken:
        is_new = hubs.set_works(db, turn.hub, works=True, now=now)
        if is_new:
            _log.info("a hub works again, and feeds name it", hub=turn.hub)
        return is_new
    if any(ping.attempts >= FAILED_TRIES for ping in turn.failed):
        is_new = hubs.set_works(db, turn.hub, works=False, now=now)
        if is_new:
            _log.warning("a hub does not work, and feeds do not name it any more", hub=turn.hub)
        return is_new
    return False


def _name_anew(publisher: Publisher) -> None:
    """Make all live feeds anew, which name the hubs that work."""
    lists = (list_shelf(name).key for name in publisher.settings.lists)
    with publisher.database.read() as db:
        keys = sorted({STORIES.key, ISSUES.key, *lists, *shelves.keys(db)})
    for start in range(0, len(keys), _TOGETHER):
        anew = Anew(shelves=frozenset(keys[start : start + _TOGETHER]))
        go_public(publisher, _nothing, lambda _db, _releases: None, anew=anew)


def _nothing(_db: Connection) -> tuple[Release, ...]:
    return ()
