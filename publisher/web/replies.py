"""Messages that several pages have: of test mails, of links that lead nowhere, and short answers."""

from __future__ import annotations

from starlette.responses import Response

from publisher.app import Publisher
from publisher.web.frame import reply
from publisher.web.sentences import sentences


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


def message(publisher: Publisher, *, title: str, text: str, lang: str = "") -> Response:
    """Say something that is all there is to say."""
    return reply(publisher, "message.html", title=title, text=text, lang=lang, write_to="")


def masked(address: str) -> str:
    """Return an address that its owner recognises and nobody else learns: "a…@example.org".

    Where one letter is all that there is before the @, it is left out, too.
    """
    local, _, domain = address.rpartition("@")
    return f"{local[:1] if len(local) > 1 else ''}…@{domain}"
