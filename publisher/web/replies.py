"""Answers that several pages have: of test mails, of links that lead nowhere, and short ones."""

from __future__ import annotations

from starlette.responses import PlainTextResponse, Response

from publisher.app import Publisher
from publisher.delivery.addresses import masked as masked  # noqa: PLC0414 - known under this name
from publisher.web.frame import reply
from publisher.web.sentences import sentences
from publisher.web.words_of_help import help_words


def tested(publisher: Publisher) -> Response:
    """Say that a link is of a test mail and acts on nobody."""
    told = sentences(publisher.settings.publication.language)
    return reply(publisher, "message.html", title=told.tested, text=told.tested_text, write_to="")


def stale(publisher: Publisher) -> Response:
    """Say that a link does not work, and where to write to."""
    told = sentences(publisher.settings.publication.language)
    return reply(
        publisher,
        "message.html",
        status=404,
        title=told.stale,
        text=told.stale_text,
        write_to=publisher.settings.masthead().reply_to,
    )


def used(publisher: Publisher, lang: str = "") -> Response:
    """Say that a link that is good once is so no more, and where there is another."""
    masthead = publisher.settings.masthead()
    told = help_words(lang or masthead.lang)
    return reply(
        publisher,
        "message.html",
        status=404,
        title=told.used,
        lang=lang,
        text=told.used_text,
        write_to=masthead.reply_to,
    )


def message(publisher: Publisher, *, title: str, text: str, lang: str = "", named: str = "") -> Response:
    """Say something that is all there is to say; `named` is an address that it is about."""
    return reply(publisher, "message.html", title=title, text=text, lang=lang, named=named, write_to="")


def brief(text: str) -> Response:
    """Say something to a program."""
    return PlainTextResponse(f"{text}\n", headers={"cache-control": "no-store"})
