"""`/subscribe`: a form that works from any site, without script, and asks once more when it is not sure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil
from typing import Final

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from publisher.actions.join import Wish, ask, public_lists
from publisher.app import Publisher
from publisher.delivery.addresses import AddressError
from publisher.delivery.stamps import moment_of, stamp
from publisher.store import keys
from publisher.store.consents import version_of
from publisher.web.fields import Fields, first, posted
from publisher.web.frame import reply
from publisher.web.languages import preferred
from publisher.web.network import Origin, has_strange_proxy, networks, origin_of
from publisher.web.same_site import refuse_other_sites
from publisher.web.words_of_choices import LANGUAGES
from publisher.web.words_of_help import help_words
from publisher.web.words_of_joining import JOINING_WORDS, JoiningWords, joining_words

_log = structlog.get_logger()

VALID: Final = timedelta(hours=24)
"""How long a form may lie open."""

FASTEST: Final = timedelta(seconds=1)
"""Nobody fills a form in within this time."""

PAGE: Final = "/subscribe"

TRAP: Final = "url"
"""A field that people do not see, and programs like to fill."""

_LONGEST: Final = 320
"""Characters of an address that are shown again."""

_ORIGIN: Final = re.compile(r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d{1,5})?", re.ASCII)
_LONGEST_ORIGIN: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What stands in the form; `source` is the page or the site from which it came."""

    address: str
    lists: tuple[str, ...]
    lang: str
    source: str = PAGE


class Subscribe:
    """The page with the form, and the answer to it, which is the same for every address."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._trusted = networks(publisher.settings.web.trusted_proxies)
        self._has_warned = False

    async def page(self, request: Request) -> Response:
        """Show the form, or take it.

        Raises:
            HTTPException: 400, it has too many fields; 413, the body is too large.
            StoreError: the database does not answer; nothing has happened.
        """
        if request.method != "POST":
            query = {name: request.query_params.getlist(name) for name in ("list", "lang")}
            return await run_in_threadpool(self._first, self._typed(query, request, default=True), query)
        fields = await posted(request)
        typed = self._typed(fields, request, default="stamp" not in fields)
        if not self._is_ours(request):
            typed = replace(typed, source=self._source(request.headers.get("origin", "")))
            return await run_in_threadpool(self._once_more, typed, fields)
        self._warn_of_proxy(request)
        return await run_in_threadpool(self._take, fields, typed, origin_of(request, self._trusted))

    def _first(self, typed: Typed, query: Fields) -> Response:
        """Show the form to somebody who comes; a list that is not there is said."""
        is_wrong = bool(query["list"]) and not typed.lists
        return self._form(typed, problem=help_words(typed.lang).no_such_list if is_wrong else "")

    def _take(self, fields: Fields, typed: Typed, origin: Origin) -> Response:
        words = joining_words(typed.lang)
        signed = replace(typed, source=first(fields, "source"))
        made = self._made(signed, first(fields, "stamp"))
        if made is None:
            return self._once_more(typed, fields)
        if first(fields, TRAP) or not FASTEST <= self._publisher.now() - made <= VALID:
            return self._once_more(signed, fields)
        if not signed.lists:
            return self._form(signed, problem=words.no_list, status=422)
        try:
            retry_at = ask(self._publisher, self._wish(signed, origin))
        except AddressError:
            return self._form(signed, problem=_trouble(signed), status=422)
        return self._sent(signed, words) if retry_at is None else self._too_many(words, retry_at)

    def _warn_of_proxy(self, request: Request) -> None:
        """Say once in the log that all readers may share one budget."""
        if self._has_warned or not has_strange_proxy(request, self._trusted):
            return
        self._has_warned = True
        _log.warning(
            "a proxy that is not trusted sends readers to the form, and they share one budget; "
            "if it is yours, name it in trusted_proxies under [web]"
        )

    def _is_ours(self, request: Request) -> bool:
        """Return whether our own page has sent the form; what another site sends is only shown."""
        try:
            refuse_other_sites(request, self._publisher.settings)
        except HTTPException:
            return False
        return True

    def _wish(self, typed: Typed, origin: Origin) -> Wish:
        return Wish(
            address=typed.address,
            lists=typed.lists,
            lang=typed.lang,
            consent=self._consent(typed.lang),
            source=typed.source,
            origin=origin.budget,
            network=origin.kept,
        )

    def _typed(self, fields: Fields, request: Request, *, default: bool) -> Typed:
        """Return what was typed, as far as it means anything.

        With `default` some list is chosen where none is named. The language is the one that is asked for,
        else that of the browser, else the publication's.
        """
        settings = self._publisher.settings
        names = public_lists(settings)
        wanted = tuple(name for name in names if name in fields.get("list", ()))
        is_open = default and not any(fields.get("list", ()))
        if not wanted and (is_open or len(names) == 1):
            wanted = tuple(name for name in settings.default_lists if name in names) or names[:1]
        lang = first(fields, "lang")
        if lang not in JOINING_WORDS:
            lang = preferred(request.headers.get("accept-language", ""), JOINING_WORDS)
        return Typed(
            address=first(fields, "email")[:_LONGEST],
            lists=wanted,
            lang=lang or settings.publication.language,
        )

    def _source(self, site: str) -> str:
        """Return the site whose page has sent the form, this page if that is not told or is ours."""
        home = self._publisher.settings.publication.home_url
        is_site = len(site) <= _LONGEST_ORIGIN and _ORIGIN.fullmatch(site)
        return site if is_site and not f"{home}/".startswith(f"{site}/") else PAGE

    def _consent(self, lang: str) -> str:
        settings = self._publisher.settings
        return settings.joining.consent or joining_words(lang).consent.format(settings.publication.title)

    def _made(self, typed: Typed, text: str) -> datetime | None:
        """Return when the form was made, if we have made it, with the consent that it would have now."""
        with self._publisher.database.read() as db:
            secrets = keys.every(db)
        return moment_of(text, secrets.values(), about=self._about(typed))

    def _about(self, typed: Typed) -> str:
        return f"{version_of(self._consent(typed.lang))} {typed.lang} {typed.source}"

    def _once_more(self, typed: Typed, fields: Fields) -> Response:
        """Show what was typed: a form without our stamp is of another site, and nothing is wrong with it."""
        words, more = joining_words(typed.lang), help_words(typed.lang)
        if "stamp" not in fields and not first(fields, TRAP):
            return self._form(typed, title=more.step, note=more.step_text.format(words.button))
        return self._form(typed, title=words.again, note=words.again_text)

    def _form(
        self, typed: Typed, *, title: str = "", note: str = "", problem: str = "", status: int = 200
    ) -> Response:
        publisher, words, more = self._publisher, joining_words(typed.lang), help_words(typed.lang)
        heading = title or words.title
        with publisher.database.read() as db:
            now = publisher.now(db)
            _, key = keys.current(db)
        response = reply(
            publisher,
            "subscribe.html",
            title=more.error.format(heading) if problem else heading,
            heading=heading,
            status=status,
            lang=typed.lang,
            join=words,
            typed=typed,
            lists=_choices(publisher, typed.lists),
            consent=self._consent(typed.lang),
            has_own_consent=bool(publisher.settings.joining.consent),
            stamp=stamp(key, about=self._about(typed), now=now),
            note=note,
            problem=problem,
            is_bad_address=problem in (words.bad_address, more.no_address, more.one_address),
            trap=TRAP,
            languages=LANGUAGES,
            languages_are=more.languages,
        )
        response.headers["vary"] = "Accept-Language"
        return response

    def _sent(self, typed: Typed, words: JoiningWords) -> Response:
        before, _, after = words.sent_text.partition("{}")
        return reply(
            self._publisher,
            "subscribed.html",
            title=words.sent,
            lang=typed.lang,
            join=words,
            before=before,
            address=typed.address,
            after=after,
        )

    def _too_many(self, words: JoiningWords, retry_at: datetime) -> Response:
        response = reply(
            self._publisher,
            "message.html",
            title=words.too_many,
            status=429,
            lang=words.lang,
            text=words.too_many_text,
            write_to="",
        )
        wait = (retry_at - self._publisher.now()).total_seconds()
        response.headers["retry-after"] = str(max(1, ceil(wait)))
        return response


def _trouble(typed: Typed) -> str:
    """Return what is wrong with an address that cannot be written to."""
    more = help_words(typed.lang)
    if not typed.address.strip():
        return more.no_address
    return more.one_address if re.search("[,;]", typed.address) else joining_words(typed.lang).bad_address


def _choices(publisher: Publisher, chosen: Iterable[str]) -> list[dict[str, object]]:
    settings = publisher.settings
    return [
        {
            "name": name,
            "title": settings.list_title(name),
            "description": settings.lists[name].description,
            "is_chosen": name in chosen,
        }
        for name in public_lists(settings)
    ]
