"""`/change/…`, `/erase/…`, `/data/…`, `/count/…`, `/remove-feed/…`: behind links that readers asked for.

GET shows, POST does it, once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from publisher.actions.change_address import Moved, change_address
from publisher.actions.clicks import agree_by_link
from publisher.actions.erase import erase_by_link
from publisher.actions.own_data import Asked, asked_with, data_by_link
from publisher.actions.personal_feed import remove_by_link
from publisher.app import Publisher
from publisher.model.reader_token import TokenPurpose
from publisher.web.frame import reply
from publisher.web.replies import masked, message, used
from publisher.web.same_site import refuse_other_sites
from publisher.web.words_of_answers import AnswerWords, answer_words
from publisher.web.words_of_choices import choice_words
from publisher.web.words_of_own import OwnWords, own_words


class OwnLinks:
    """The pages behind links that are good once: a sentence, the masked address and a button."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher

    def routes(self) -> tuple[BaseRoute, ...]:
        """Return an address for each kind of link."""
        return tuple(
            Route(f"/{name}/{{token}}", partial(self._page, kind), methods=["GET", "POST"])
            for name, kind in _KINDS.items()
        )

    async def _page(self, kind: _Kind, request: Request) -> Response:
        """Show what the button does, or do it.

        Raises:
            HTTPException: 403, another site has sent the form; 413, the body is too large.
            StoreError: the database does not answer; nothing has happened.
        """
        token = request.path_params["token"]
        if request.method == "POST":
            refuse_other_sites(request, self._publisher.settings)
            await request.body()
            return await run_in_threadpool(self._done, kind, token)
        return await run_in_threadpool(self._shown, kind, token)

    def _shown(self, kind: _Kind, token: str) -> Response:
        asked = asked_with(self._publisher, token, kind.purpose)
        lang = self._language(asked)
        if asked is None or asked.is_used:
            return used(self._publisher, lang)
        title, text, button = kind.words(lang)
        return reply(
            self._publisher,
            "own_link.html",
            title=title,
            lang=lang,
            text=text,
            button=button,
            address="" if asked.is_there else masked(asked.reader.address),
            new=asked.address,
            new_is=choice_words(lang).new_address,
        )

    def _done(self, kind: _Kind, token: str) -> Response:
        asked = asked_with(self._publisher, token, kind.purpose)
        lang = self._language(asked)
        return (asked and kind.act(self._publisher, token, lang, asked)) or used(self._publisher, lang)

    def _language(self, asked: Asked | None) -> str:
        return (asked.reader.lang if asked else None) or self._publisher.settings.publication.language


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """A kind of link: the words of its page in a language, what its button does; None if it is no good."""

    purpose: TokenPurpose
    words: Callable[[str], tuple[str, str, str]]
    act: Callable[[Publisher, str, str, Asked], Response | None]


def _change(publisher: Publisher, token: str, lang: str, asked: Asked) -> Response | None:
    moved, words = change_address(publisher, token), answer_words(lang)
    if moved is None:
        return None
    is_half = moved is Moved.HALF
    title, text = (words.half, words.half_text) if is_half else (words.changed, words.changed_text)
    named = "" if is_half and asked.is_there else asked.address
    return message(publisher, title=title, text=text, lang=lang, named=named)


def _data(publisher: Publisher, token: str, _lang: str, _asked: Asked) -> Response | None:
    data = data_by_link(publisher, token)
    if not data:
        return None
    headers = {"content-disposition": 'attachment; filename="my-data.json"', "cache-control": "no-store"}
    body = json.dumps(data, ensure_ascii=False, indent=2)
    return Response(f"{body}\n", headers=headers, media_type="application/json")


def _says(
    act: Callable[[Publisher, str], bool], said: Callable[[str], tuple[str, str]]
) -> Callable[[Publisher, str, str, Asked], Response | None]:
    """Return what a button does that does `act` and says so in two sentences."""

    def pressed(publisher: Publisher, token: str, lang: str, _asked: Asked) -> Response | None:
        if not act(publisher, token):
            return None
        title, text = said(lang)
        return message(publisher, title=title, text=text, lang=lang)

    return pressed


def _erased(lang: str) -> tuple[str, str]:
    words = answer_words(lang)
    return words.erased, words.erased_text


def _counted(lang: str) -> tuple[str, str]:
    words = own_words(lang)
    return words.clicks_title, words.clicks_on


def _feed_removed(lang: str) -> tuple[str, str]:
    words = own_words(lang)
    return words.feed_title, words.feed_removed


def _of_answers(
    chosen: Callable[[AnswerWords], tuple[str, str, str]],
) -> Callable[[str], tuple[str, str, str]]:
    return lambda lang: chosen(answer_words(lang))


def _of_own(chosen: Callable[[OwnWords], tuple[str, str, str]]) -> Callable[[str], tuple[str, str, str]]:
    return lambda lang: chosen(own_words(lang))


_KINDS: Final[Mapping[str, _Kind]] = {
    "change": _Kind(
        purpose=TokenPurpose.CHANGE_ADDRESS,
        words=_of_answers(lambda words: (words.change_title, words.change_ask, words.change_yes)),
        act=_change,
    ),
    "erase": _Kind(
        purpose=TokenPurpose.ERASE,
        words=_of_answers(lambda words: (words.erase_title, words.erase_ask, words.erase_yes)),
        act=_says(erase_by_link, _erased),
    ),
    "data": _Kind(
        purpose=TokenPurpose.OWN_DATA,
        words=_of_answers(lambda words: (words.data_title, words.data_ask, words.download)),
        act=_data,
    ),
    "count": _Kind(
        purpose=TokenPurpose.COUNT_CLICKS,
        words=_of_own(lambda words: (words.clicks_title, words.clicks_text, words.agree)),
        act=_says(agree_by_link, _counted),
    ),
    "remove-feed": _Kind(
        purpose=TokenPurpose.REMOVE_FEED,
        words=_of_own(lambda words: (words.feed_title, words.remove_text, words.remove)),
        act=_says(remove_by_link, _feed_removed),
    ),
}
