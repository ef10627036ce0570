"""Pages that answer one person, in the frame and the language of the publication."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.responses import HTMLResponse

from publisher.app import Publisher
from publisher.edition.languages import direction
from publisher.model.phrases import phrases
from publisher.outputs.page import Page
from publisher.outputs.words import words
from publisher.web.sentences import sentences


def reply(
    publisher: Publisher, template: str, *, title: str, status: int = 200, **values: object
) -> HTMLResponse:
    """Return `template` as an answer that is stored nowhere, and whose address is told to nobody.

    Raises:
        ThemeError: the template cannot be rendered.
    """
    masthead = publisher.settings.masthead()
    lang = masthead.lang
    home = urlsplit(masthead.home_url)
    html = publisher.theme.html(
        template,
        page=Page(
            url=f"{masthead.home_url}/",
            title=title,
            description=title,
            lang=lang,
            dir=direction(lang),
            robots="noindex",
        ),
        masthead=masthead,
        root=home.path,
        origin=f"{home.scheme}://{home.netloc}",
        say=phrases(lang),
        words=words(lang),
        told=sentences(lang),
        **values,
    )
    return HTMLResponse(html, status, {"cache-control": "no-store", "referrer-policy": "no-referrer"})
