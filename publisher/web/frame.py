"""Pages that answer one person, in the frame and the language of the publication."""

from __future__ import annotations

from starlette.responses import HTMLResponse

from publisher.app import Publisher
from publisher.edition.languages import direction
from publisher.outputs.head import Page, frame
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
    page = Page(
        url=f"{masthead.home_url}/",
        title=title,
        description=title,
        lang=lang,
        dir=direction(lang),
        robots="noindex",
    )
    html = publisher.theme.html(template, **frame(masthead, page), told=sentences(lang), **values)
    return HTMLResponse(html, status, {"cache-control": "no-store", "referrer-policy": "no-referrer"})
