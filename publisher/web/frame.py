"""Pages that answer one person, in the frame and the language of the publication."""

from __future__ import annotations

from starlette.responses import HTMLResponse

from publisher.app import Publisher
from publisher.edition.languages import direction
from publisher.outputs.head import Page, frame
from publisher.web.sentences import sentences


def reply(
    publisher: Publisher,
    template: str,
    *,
    title: str,
    status: int = 200,
    lang: str = "",
    **values: object,
) -> HTMLResponse:
    """Return `template` as an answer that is stored nowhere, and whose address is told to no other site.

    It is in `lang`, or in the publication's language.

    Raises:
        ThemeError: the template cannot be rendered.
    """
    masthead = publisher.settings.masthead()
    lang = lang or masthead.lang
    page = Page(
        url=f"{masthead.home_url}/",
        title=title,
        description=title,
        lang=lang,
        dir=direction(lang),
        robots="noindex",
    )
    html = publisher.theme.html(template, **frame(masthead, page), told=sentences(lang), **values)
    return HTMLResponse(html, status, {"cache-control": "no-store", "referrer-policy": "same-origin"})
