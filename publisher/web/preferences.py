"""`/preferences/<token>`: what a reader chooses without a password. GET shows, POST does."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from publisher.actions import asking_readers, preferences
from publisher.actions.preferences import Wish, choices_of
from publisher.actions.subscribe import is_of_a_test
from publisher.app import Publisher
from publisher.delivery.addresses import AddressError
from publisher.model.choices import LONGEST_PAUSE, Choices
from publisher.model.phrases import phrases
from publisher.web.fields import Fields, first, posted
from publisher.web.frame import reply
from publisher.web.network import Origin, networks, origin_of
from publisher.web.replies import masked, stale, tested
from publisher.web.same_site import refuse_other_sites
from publisher.web.words_of_answers import answer_words
from publisher.web.words_of_choices import LANGUAGES, choice_words
from publisher.web.words_of_help import help_words
from publisher.web.words_of_own import own_words


class Said(StrEnum):
    """What is said after something was done; the names are those of `AnswerWords` or of `HelpWords`."""

    SAVED = "saved"
    PAUSE_SET = "pause_set"
    RESUMED = "resumed"
    MAILED = "mailed"
    MAILED_BOTH = "mailed_both"
    TOO_OFTEN = "too_often"
    WRONG_DAY = "wrong_day"
    WRONG_ADDRESS = "wrong_address"
    NO_ADDRESS = "no_address"
    ONE_ADDRESS = "one_address"
    NONE_LEFT = "none_left"


_ADDRESS: Final = (Said.WRONG_ADDRESS, Said.NO_ADDRESS, Said.ONE_ADDRESS)

_REFUSED: Final[Mapping[Said, int]] = {
    Said.TOO_OFTEN: 429,
    Said.WRONG_DAY: 422,
    **dict.fromkeys(_ADDRESS, 422),
}
"""What was not done, and under which status that is said."""

_OF_A_LINK: Final = frozenset({Said.SAVED, Said.PAUSE_SET, Said.RESUMED, Said.NONE_LEFT})
"""What is said after a redirect. Anybody can write that address, so it may claim nothing of mails: those are
spoken of in the answer to the form itself, and that nothing comes is said only where it is so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A form, and where it comes from."""

    fields: Fields
    origin: Origin


class Preferences:
    """The page of a reader's choices, and what its forms do."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._trusted = networks(publisher.settings.web.trusted_proxies)
        self._root = urlsplit(publisher.settings.publication.home_url).path

    def routes(self) -> tuple[BaseRoute, ...]:
        """Return the page, and an address for each of its forms."""
        acts = (
            Route(f"/preferences/{{token}}/{name}", partial(self._act, act), methods=["POST"])
            for name, act in _ACTS.items()
        )
        return (
            Route("/preferences/{token}", self.page),
            Route("/preferences/{token}", partial(self._act, _save), methods=["POST"]),
            *acts,
        )

    def page(self, request: Request) -> Response:
        """Show what a reader has chosen, and what came of the form that was just sent.

        Raises:
            StoreError: the database does not answer.
        """
        token, asked = request.path_params["token"], request.query_params.get("said", "")
        said = asked if asked in _OF_A_LINK else ""
        found = choices_of(self._publisher, token)
        if found is None:
            return self._nobodys(token)
        if said == Said.NONE_LEFT and any(each.is_on for each in found.lists.values()):
            said = ""
        return self._shown(token, found, said=said)

    async def _act(self, act: _Act, request: Request) -> Response:
        """Do what a form asks for, and show the page anew; of mails, and of what cannot be done, at once.

        Raises:
            HTTPException: 403, another site has sent the form; 413, the body is too large.
            StoreError: the database does not answer; nothing has happened.
        """
        refuse_other_sites(request, self._publisher.settings)
        sent = Sent(fields=await posted(request), origin=origin_of(request, self._trusted))
        return await run_in_threadpool(self._done, act, request.path_params["token"], sent)

    def _done(self, act: _Act, token: str, sent: Sent) -> Response:
        found = choices_of(self._publisher, token)
        if found is None:
            return self._nobodys(token)
        said = act(self._publisher, found, sent)
        if said not in _OF_A_LINK:
            typed = first(sent.fields, "address") if said in _REFUSED else ""
            now = choices_of(self._publisher, token) or found
            return self._shown(token, now, said=said, status=_REFUSED.get(said, 200), typed=typed)
        place = f"{self._root}/preferences/{token}?said={said}"
        return RedirectResponse(place, 303, {"cache-control": "no-store"})

    def _nobodys(self, token: str) -> Response:
        return tested(self._publisher) if is_of_a_test(self._publisher, token) else stale(self._publisher)

    def _shown(
        self, token: str, found: Choices, *, said: str, status: int = 200, typed: str = ""
    ) -> Response:
        settings = self._publisher.settings
        lang = found.lang or settings.publication.language
        own, answers, help_ = choice_words(lang), answer_words(lang), help_words(lang)
        is_refused = said in _REFUSED
        with self._publisher.database.read() as db:
            topics = preferences.topics_for(db, found)
            now, is_mailed = self._publisher.now(db), preferences.is_mailed(db, found)
        today = now.astimezone(ZoneInfo(settings.publication.timezone)).date()
        return reply(
            self._publisher,
            "preferences.html",
            title=help_.error.format(own.title) if is_refused else own.title,
            status=status,
            lang=lang,
            own=own,
            more=own_words(lang),
            help=help_,
            counts=any(settings.lists[name].clicks for name in found.lists if name in settings.lists),
            token=token,
            address=masked(found.address),
            said=_sentence(said, lang),
            is_refused=is_refused,
            is_wrong_day=said == Said.WRONG_DAY,
            is_wrong_address=said in _ADDRESS,
            typed=typed,
            no_mail="" if is_mailed else answers.no_mail,
            lost_mailbox=answers.lost_mailbox,
            write_to=settings.masthead().reply_to,
            lists=[
                {
                    "name": name,
                    "title": settings.list_title(name),
                    "description": settings.lists[name].description if name in settings.lists else "",
                    "is_on": name in found.lists and found.lists[name].is_on,
                }
                for name in preferences.lists_for(settings, found)
            ],
            topics=[(each.name, each.title, each.name in found.topics) for each in topics],
            languages=LANGUAGES,
            chosen=found.lang,
            is_paused=found.is_paused,
            paused=self._paused(found, lang),
            first_day=(today + timedelta(days=1)).isoformat(),
            usual_day=(today + timedelta(days=28)).isoformat(),
            last_day=(today + LONGEST_PAUSE).isoformat(),
        )

    def _paused(self, found: Choices, lang: str) -> str:
        """Return until when nothing comes, empty if nobody has said."""
        until = found.paused_until
        if until is None:
            return ""
        day = until.astimezone(ZoneInfo(self._publisher.settings.publication.timezone)).date()
        return choice_words(lang).paused.format(phrases(lang).date(day))


def _sentence(said: str, lang: str) -> str:
    """Return what to say; nothing for what is none of our own names."""
    if said not in set(Said):
        return ""
    words, help_ = answer_words(lang), help_words(lang)
    return str(getattr(words if hasattr(words, said) else help_, said))


def _save(publisher: Publisher, found: Choices, sent: Sent) -> Said:
    wish = Wish(
        lists=frozenset(sent.fields.get("list", ())),
        topics=frozenset(sent.fields.get("topic", ())),
        lang=first(sent.fields, "lang"),
    )
    waiting = preferences.save(publisher, found, wish)
    if not waiting:
        was_on = any(standing.is_on for standing in found.lists.values())
        has_left = was_on and not preferences.is_on_a_list(publisher, found.subscriber)
        return Said.NONE_LEFT if has_left else Said.SAVED
    origin = sent.origin
    try:
        asked = preferences.ask_to_join(
            publisher, found, waiting, lang=wish.lang, origin=origin.budget, network=origin.kept
        )
    except AddressError:
        return Said.WRONG_ADDRESS
    return Said.MAILED if asked else Said.TOO_OFTEN


def _pause(publisher: Publisher, found: Choices, sent: Sent) -> Said:
    is_set = preferences.pause(publisher, found, first(sent.fields, "until"))
    return Said.PAUSE_SET if is_set else Said.WRONG_DAY


def _resume(publisher: Publisher, found: Choices, _sent: Sent) -> Said:
    preferences.resume(publisher, found)
    return Said.RESUMED


def _address(publisher: Publisher, found: Choices, sent: Sent) -> Said:
    typed = first(sent.fields, "address")
    try:
        asked = asking_readers.ask_to_change_address(publisher, found, typed)
    except AddressError:
        if not typed.strip():
            return Said.NO_ADDRESS
        return Said.ONE_ADDRESS if re.search("[,;]", typed) else Said.WRONG_ADDRESS
    return Said.MAILED_BOTH if asked else Said.TOO_OFTEN


def _data(publisher: Publisher, found: Choices, _sent: Sent) -> Said:
    return Said.MAILED if asking_readers.ask_for_data(publisher, found) else Said.TOO_OFTEN


def _erase(publisher: Publisher, found: Choices, _sent: Sent) -> Said:
    return Said.MAILED if asking_readers.ask_to_erase(publisher, found) else Said.TOO_OFTEN


_Act = Callable[[Publisher, Choices, Sent], Said]

_ACTS: Final[Mapping[str, _Act]] = {
    "pause": _pause,
    "resume": _resume,
    "address": _address,
    "data": _data,
    "erase": _erase,
}
"""What each form of the page does, but for the one that saves lists, topics and language."""
