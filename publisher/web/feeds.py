"""Feeds and what else programs fetch, from memory: exactly the stored bytes, swapped all at once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
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
    """All that is served from memory: one generation of it, and the `Cache-Control` of this moment.

    `answers` has what was asked for under this `Cache-Control`, ready to be sent again.
    """

    generation: int
    served: Mapping[str, Representation]
    cache: str
    answers: dict[str, Answers] = field(default_factory=dict, init=False)

    def find(self, path: str) -> Answers | None:
        """Return the answers at a path, None if nothing is served there."""
        if (ready := self.answers.get(path)) is not None:
            return ready
        found = self.served.get(path)
        if found is not None:
            self.answers[path] = found.answers(cache=self.cache)
        return self.answers.get(path)


class Feeds:
    """An ASGI application in front of `others`: every stored artefact that is no page is served from memory.

    Trouble with the store leaves the last good bytes in place.
    """

    def __init__(self, publisher: Publisher, others: ASGIApp) -> None:
        self._database = publisher.database
        self._root = urlsplit(publisher.settings.publication.home_url).path
        self._protecting = (*_EXPOSED, *public_headers(publisher.settings))
        self._others = others
        self._shelf: _Shelf | None = None
        self._looking: asyncio.Task[None] | None = None
        self._look_again = 0.0
        self._trouble = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, or pass the request on."""
        if scope["type"] == "http":
            if self._looking is not None or monotonic() >= self._look_again:
                await self._look()
            answer = self._answer(scope)
            if answer is not None:
                await answer(scope, receive, send)
                return
        await self._others(scope, receive, send)

    def _answer(self, scope: Scope) -> Answer | None:
        shelf = self._shelf
        found = shelf and shelf.find(scope["path"].removeprefix(self._root))
        if not found:
            return None
        if scope["method"] in READING:
            return found.to(scope)
        return _PREFLIGHT if scope["method"] == "OPTIONS" else _READ_ONLY

    async def _look(self) -> None:
        """See whether there is something new, unless somebody is about to."""
        if self._looking is None:
            self._looking = asyncio.create_task(self._refresh())
        elif self._shelf is not None:
            return
        await asyncio.wait({self._looking}, timeout=_PATIENCE if self._shelf else None)

    async def _refresh(self) -> None:
        try:
            self._shelf = await run_in_threadpool(self._read, self._shelf)
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

    def _read(self, shelf: _Shelf | None) -> _Shelf:
        """Return the shelf of this moment; what has not changed is taken over as it is."""
        with self._database.read() as db:
            generation = public.generation(db)
            cache = fresh_until(issues.next_due(db), now=self._database.now(db))
            if shelf and shelf.generation == generation:
                return shelf if shelf.cache == cache else replace(shelf, cache=cache)
            states = {path: s for path, s in public.states(db).items() if not path.endswith(("/", ".html"))}
            kept = {
                path: served
                for path, served in (shelf.served if shelf else {}).items()
                if shelf and _is_as_it_was(states.get(path, ""), served.tag, shelf.generation)
            }
            new = [public.find(db, path) for path in states if path not in kept]
        fresh = {
            stored.path: represent(stored, root=self._root, also=_SHARED, protecting=self._protecting)
            for stored in new
            if stored
        }
        return _Shelf(generation=generation, served=kept | fresh, cache=cache)


def _is_as_it_was(state: str, tag: str, since: int) -> bool:
    """Return whether a path has the same bytes, and has got no others beside them, such as brotli."""
    etag, _, generation = state.partition(" ")
    return etag == f'"{tag}"' and int(generation) <= since
