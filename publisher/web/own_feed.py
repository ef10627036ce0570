"""`/own/<token>/feed.*` for programs, and `/preferences/<token>/feed`, where a reader has one made."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from publisher.actions import personal_feed
from publisher.actions.personal_feed import OwnPage
from publisher.app import Publisher
from publisher.outputs.feed import FORMATS
from publisher.outputs.own_feed import own_path
from publisher.web.fields import first, posted
from publisher.web.frame import reply
from publisher.web.representation import Answer, Representation, fresh_until, is_known, represent_own
from publisher.web.same_site import refuse_other_sites
from publisher.web.sentences import sentences
from publisher.web.words_of_answers import answer_words
from publisher.web.words_of_own import own_words

HELD: Final = 32
"""So many own feeds are kept as they were sent last: who asks again and again costs two questions."""

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")
_PRIVATE: Final = {"cache-control": "private, no-store", "x-robots-tag": "noindex"}
_TITLES: Final = {"atom": "Atom", "rss": "RSS", "json": "JSON Feed"}


class OwnFeeds:
    """Feeds of single readers: made when they are asked for, kept by no cache but the reader's own."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._held: OrderedDict[str, Representation] = OrderedDict()
        self._lock = threading.Lock()

    def serve(self, request: Request) -> Answer | Response:
        """Answer with the feed, or 304; with 410 if it was removed, so that programs stop asking.

        An address that never was is not told from one that is no more. No cookie, no redirect.

        Raises:
            HTTPException: 404, no feed can have this address.
            StoreError: the database does not answer.
        """
        token, output = request.path_params["token"], request.path_params["output"]
        if output not in FORMATS or not _TOKEN.fullmatch(token):
            raise HTTPException(404)
        own = personal_feed.look_up(self._publisher, token, output)
        if own is None:
            return PlainTextResponse("This feed is no more.\n", 410, _PRIVATE)
        cache = fresh_until(own.due_at, now=own.now).replace("public", "private")
        if is_known(request.scope, own.tag):
            return represent_own(own.tag, media_type="", body=b"").answer(request.scope, cache=cache)
        made = self._find(own.tag)
        if made is None:
            artefact = personal_feed.join(self._publisher, own)
            made = represent_own(own.tag, media_type=artefact.media_type, body=artefact.body)
            self._hold(own.tag, made)
        return made.answer(request.scope, cache=cache)

    def _find(self, tag: str) -> Representation | None:
        with self._lock:
            if tag in self._held:
                self._held.move_to_end(tag)
            return self._held.get(tag)

    def _hold(self, tag: str, made: Representation) -> None:
        with self._lock:
            self._held[tag] = made
            while len(self._held) > HELD:
                self._held.popitem(last=False)


class OwnFeedPage:
    """The page on which a reader has the own feed made or removed; without a script and a password."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher

    async def page(self, request: Request) -> Response:
        """Show what there is, or do what a button says.

        Raises:
            HTTPException: 403, the form is of another site; 413, the body is too large.
            StoreError: the database does not answer; nothing has happened.
        """
        token = request.path_params["token"]
        act: Callable[[Publisher, str], OwnPage | None] = personal_feed.page_of
        if request.method == "POST":
            refuse_other_sites(request, self._publisher.settings)
            act = _ACTS.get(first(await posted(request), "do"), personal_feed.page_of)
        found = await run_in_threadpool(act, self._publisher, token)
        return self._show(found, token) if found else stale(self._publisher)

    def _show(self, found: OwnPage, token: str) -> Response:
        lang = found.reader.lang or self._publisher.settings.publication.language
        home, words = self._publisher.settings.publication.home_url, own_words(lang)
        addresses = [(_TITLES[output], home + own_path(found.made, output)) for output in FORMATS]
        return reply(
            self._publisher,
            "own_feed.html",
            title=words.feed_title,
            status=429 if found.is_refused else 200,
            lang=lang,
            own=words,
            answers=answer_words(lang),
            found=found,
            addresses=addresses if found.made else (),
            preferences=f"{home}/preferences/{token}",
        )


def stale(publisher: Publisher) -> Response:
    """Return the page of a link that is nobody's."""
    masthead = publisher.settings.masthead()
    told = sentences(masthead.lang)
    return reply(
        publisher,
        "message.html",
        status=404,
        title=told.stale,
        text=told.stale_text,
        write_to=masthead.reply_to,
    )


_ACTS: Final[dict[str, Callable[[Publisher, str], OwnPage | None]]] = {
    "make": personal_feed.make,
    "remove": personal_feed.ask_to_remove,
}
"""What the buttons say, and what they do."""
