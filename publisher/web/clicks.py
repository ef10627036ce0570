"""`/to/<token>`: on to where a link of a mail leads, and one more in a sum. No cookie, nothing about whom.

`/preferences/<token>/clicks` is where readers ask for it, and agree by mail, or do not any more.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from publisher.actions import clicks
from publisher.actions.clicks import Asked, Link
from publisher.app import Publisher
from publisher.errors import StoreError
from publisher.web.fields import first, posted
from publisher.web.frame import reply
from publisher.web.own_feed import stale
from publisher.web.programs import is_program
from publisher.web.same_site import refuse_other_sites
from publisher.web.words_of_answers import answer_words
from publisher.web.words_of_own import own_words

EVERY: Final = 5.0
"""So many seconds clicks are summed up in memory before they are written; a crash loses them."""

_REMEMBERED: Final = 4096
_HEADERS: Final = {"cache-control": "no-store", "referrer-policy": "no-referrer", "x-robots-tag": "noindex"}

_log = structlog.get_logger()


class Clicks:
    """Sends on at once, and writes the sums later: nobody waits for them."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._links: dict[str, Link] = {}
        self._counted: Counter[tuple[int, int]] = Counter()
        self._writing: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    async def go(self, request: Request) -> Response:
        """Send on to the stored address; only what a person seems to open by GET is counted.

        Raises:
            HTTPException: 404, no link of ours has this token.
            StoreError: the database does not answer.
        """
        link = await self._find(request.path_params["token"])
        if link is None:
            raise HTTPException(404)
        if request.method == "GET" and not is_program(request.headers):
            self._counted[link.mailing, link.number] += 1
            if self._writing is None:
                self._writing = asyncio.create_task(self._write_later())
        return Response(status_code=302, headers={"location": link.url, **_HEADERS})

    async def close(self) -> None:
        """Write what was counted, at the end."""
        self._closing.set()
        if self._writing is not None:
            await self._writing
        await self._write()

    async def _find(self, token: str) -> Link | None:
        if (known := self._links.get(token)) is not None:
            return known
        found = await run_in_threadpool(clicks.link_of, self._publisher, token)
        if found is not None:
            if len(self._links) >= _REMEMBERED:
                self._links.clear()
            self._links[token] = found
        return found

    async def _write_later(self) -> None:
        try:
            while self._counted:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._closing.wait(), EVERY)
                await self._write()
                if self._closing.is_set():
                    return
        finally:
            self._writing = None

    async def _write(self) -> None:
        """Write the sums; what cannot be written waits for the next time."""
        counted, self._counted = self._counted, Counter()
        if not counted:
            return
        try:
            await run_in_threadpool(clicks.keep, self._publisher, counted)
        except StoreError as error:
            self._counted += counted
            _log.warning("clicks are not written yet", trouble=str(error))


class ClicksPage:
    """The page on which a reader agrees that clicks are counted, or does not any more."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher

    async def page(self, request: Request) -> Response:
        """Show what holds, or do what a button says.

        Raises:
            HTTPException: 403, the form is of another site; 413, the body is too large.
            StoreError: the database does not answer; nothing has happened.
        """
        token = request.path_params["token"]
        act: Callable[[Publisher, str], Asked | None] = _look
        did = False
        if request.method == "POST":
            refuse_other_sites(request, self._publisher.settings)
            pressed = first(await posted(request), "do")
            act, did = _ACTS.get(pressed, act), pressed in _ACTS
        asked = await run_in_threadpool(act, self._publisher, token)
        if asked is None:
            return stale(self._publisher)
        settings = self._publisher.settings.publication
        lang = asked.reader.lang or settings.language
        words = own_words(lang)
        return reply(
            self._publisher,
            "own_clicks.html",
            title=words.clicks_title,
            status=429 if asked.is_refused else 200,
            lang=lang,
            own=words,
            answers=answer_words(lang),
            asked=asked,
            did=did,
            preferences=f"{settings.home_url}/preferences/{token}",
        )


def _look(publisher: Publisher, token: str) -> Asked | None:
    reader = clicks.asked_of(publisher, token)
    return Asked(reader=reader) if reader else None


_ACTS: Final[dict[str, Callable[[Publisher, str], Asked | None]]] = {
    "agree": clicks.ask_to_agree,
    "refuse": clicks.refuse,
}
"""What the buttons say, and what they do."""
