"""Feeds and what else programs fetch, from memory: exactly the stored bytes, swapped all at once."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Final
from urllib.parse import urlsplit

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from publisher.app import Publisher
from publisher.errors import StoreError
from publisher.store import issues, public
from publisher.web.representation import (
    READING,
    Answer,
    Answers,
    Representation,
    encoded,
    fresh_until,
    represent,
)
from publisher.web.security import public_headers

POLL: Final = 0.5
"""The store is asked for something new at most so often, in seconds."""

_PATIENCE: Final = 0.25
"""A slow store keeps nobody waiting longer, in seconds; what is in memory is served meanwhile."""

ROOM: Final = 64_000_000
"""So many bytes of feeds are kept in memory, however many there are."""

_VOLUME: Final = re.compile(r"/feed/[\d-]+\.\w+\Z")
_A_DAY: Final = "public, max-age=86400, stale-while-revalidate=60, stale-if-error=86400"
"""Volumes of an archive change only when something in them is corrected."""

_METHODS: Final = ", ".join((*READING, "OPTIONS"))
_SHARED: Final = encoded({"access-control-allow-origin": "*"})
_EXPOSED: Final = encoded({"access-control-expose-headers": "ETag, Last-Modified, Link"})
_PREFLIGHT: Final = Answer(
    status=204,
    headers=(
        *_SHARED,
        *encoded(
            {
                "access-control-allow-methods": _METHODS,
                "access-control-allow-headers": "If-None-Match, If-Modified-Since",
                "access-control-max-age": "86400",
            }
        ),
    ),
    cache="no-store",
)
_READ_ONLY: Final = Answer(status=405, headers=(*_SHARED, *encoded({"allow": _METHODS})), cache="no-store")

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shelf:
    """What is served at one generation, and the `Cache-Control` of this moment.

    `paths` has all there is, `held` what of it is in memory, what came last at its end; `answers` has what
    was asked for under this `Cache-Control`, ready to be sent again.
    """

    generation: int
    paths: frozenset[str]
    held: dict[str, Representation]
    cache: str
    answers: dict[str, Answers] = field(default_factory=dict, init=False)

    def find(self, path: str) -> Answers | None:
        """Return the answers at a path, None if they are not in memory."""
        if (ready := self.answers.get(path)) is not None:
            return ready
        found = self.held.get(path)
        if found is not None:
            self.answers[path] = found.answers(cache=self._cache(path))
        return self.answers.get(path)

    def hold(self, path: str, made: Representation, *, room: int) -> Answers:
        """Keep what was made for a path, instead of what came before if there is no room, and answer."""
        self.held[path] = made
        size = sum(each.size for each in self.held.values())
        for other in [each for each in self.held if not _is_main(each)]:
            if size <= room:
                break
            size -= self.held.pop(other).size
            self.answers.pop(other, None)
        return made.answers(cache=self._cache(path))

    def _cache(self, path: str) -> str:
        return _A_DAY if _VOLUME.search(path) else self.cache


class Feeds:
    """An ASGI application in front of `others`: every stored artefact that is no page is served from memory.

    The feeds that most readers poll are always there; those of tags, lists and archives from the first time
    that somebody asks for them, as long as there are `room` bytes. Trouble with the store leaves the last
    good bytes in place.
    """

    def __init__(self, publisher: Publisher, others: ASGIApp, *, room: int = ROOM) -> None:
        self._database = publisher.database
        self._root = urlsplit(publisher.settings.publication.home_url).path
        self._protecting = (*_EXPOSED, *public_headers(publisher.settings))
        self._others = others
        self._room = room
        self._shelf: _Shelf | None = None
        self._looking: asyncio.Task[None] | None = None
        self._look_again = 0.0
        self._trouble = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, or pass the request on."""
        if scope["type"] == "http":
            if self._looking is not None or monotonic() >= self._look_again:
                await self._look()
            shelf, path = self._shelf, scope["path"].removeprefix(self._root)
            found = shelf and (shelf.find(path) or await self._fetched(shelf, path))
            if found:
                await _answer(found, scope)(scope, receive, send)
                return
        await self._others(scope, receive, send)

    async def _fetched(self, shelf: _Shelf, path: str) -> Answers | None:
        """Return the answers at a path that was not in memory; None if there are none, or nobody can tell."""
        if path not in shelf.paths:
            return None
        try:
            (made,) = await run_in_threadpool(self._represented, [path])
        except StoreError as error:
            _log.warning("a feed cannot be read", trouble=str(error))
            return None
        return shelf.hold(path, made, room=self._room)

    async def _look(self) -> None:
        """See whether there is something new, unless somebody is about to."""
        if self._looking is None:
            self._looking = asyncio.create_task(self._refresh())
        elif self._shelf is not None:
            return
        await asyncio.wait({self._looking}, timeout=_PATIENCE if self._shelf else None)

    async def _refresh(self) -> None:
        shelf = self._shelf
        held = dict(shelf.held) if shelf else {}
        try:
            self._shelf = await run_in_threadpool(self._read, shelf, held)
            self._trouble = ""
        except StoreError as error:
            if str(error) != self._trouble:
                _log.warning("feeds stay as they were", trouble=str(error))
            self._trouble = str(error)
        except Exception:  # noqa: BLE001 - nobody waits for this task, so a bug in it is told here
            _log.exception("feeds stay as they were")
        finally:
            self._look_again = monotonic() + POLL
            self._looking = None

    def _read(self, shelf: _Shelf | None, held: dict[str, Representation]) -> _Shelf:
        """Return the shelf of this moment; of what was `held`, only what has changed is read again.

        After a backup was restored the generation is lower than before: then nothing that was held counts.
        """
        with self._database.read() as db:
            generation = public.generation(db)
            cache = fresh_until(issues.next_due(db), now=self._database.now(db))
            if shelf and shelf.generation == generation:
                return shelf if shelf.cache == cache else replace(shelf, cache=cache)
            if shelf and generation < shelf.generation:
                shelf, held = None, {}
            changed = public.programs(db, since=shelf.generation if shelf else 0)
        wanted = [path for path in changed if path in held or _is_main(path)]
        fresh = dict(zip(wanted, self._represented(wanted), strict=True))
        paths = (shelf.paths if shelf else frozenset()) | frozenset(changed)
        return _Shelf(generation=generation, paths=paths, held=held | fresh, cache=cache)

    def _represented(self, paths: Sequence[str]) -> list[Representation]:
        """Read what stands at these paths now; nothing that was public is ever removed."""
        with self._database.read() as db:
            stored = [public.get(db, path) for path in paths]
        return [
            represent(each, root=self._root, also=_SHARED, protecting=self._protecting) for each in stored
        ]


def _answer(found: Answers, scope: Scope) -> Answer:
    if scope["method"] in READING:
        return found.to(scope)
    return _PREFLIGHT if scope["method"] == "OPTIONS" else _READ_ONLY


def _is_main(path: str) -> bool:
    """Return whether something is always held in memory: what stands at the top, and the feed of issues."""
    return path.startswith("/issues/feed.") or path.count("/") == 1
