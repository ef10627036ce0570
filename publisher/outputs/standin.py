"""Pages that stand where another one stood: it was withdrawn, or has moved."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from publisher.model.characters import clean, clean_line
from publisher.model.edition import Direction, Masthead
from publisher.model.fillins import rfc3339
from publisher.model.phrases import phrases
from publisher.outputs.head import Page, frame
from publisher.outputs.labels import labels
from publisher.theme import Theme


def withdrawn_page(  # noqa: PLR0913 (each is a word of the page)
    *,
    masthead: Masthead,
    url: str,
    title: str,
    lang: str,
    dir: Direction,  # noqa: A002 (HTML's own name, as everywhere in editions)
    reason: str,
    at: datetime,
    theme: Theme,
) -> bytes:
    """Return the page that says that what stood at `url` was withdrawn `at` (aware) that moment, and why.

    `reason` is plain text in the language of the page and may be empty.

    Raises:
        ThemeError: the template cannot be rendered.
    """
    day = phrases(lang).date(at.astimezone(ZoneInfo(masthead.timezone)).date())
    page = Page(
        url=url,
        title=title,
        description=labels(lang).gone.format(day),
        lang=lang,
        dir=dir,
        robots="noindex",
    )
    html = theme.html(
        "withdrawn.html",
        **frame(masthead, page),
        day={"iso": rfc3339(at), "text": day},
        reason=clean_line(reason),
    )
    return clean(html).encode()


def moved_page(  # noqa: PLR0913 (each is a word of the page)
    *,
    masthead: Masthead,
    url: str,
    title: str,
    lang: str,
    dir: Direction,  # noqa: A002 (HTML's own name, as everywhere in editions)
    theme: Theme,
) -> bytes:
    """Return the page that leads to `url`, for hosts that cannot answer 301.

    Raises:
        ThemeError: the template cannot be rendered.
    """
    page = Page(url=url, title=title, description=labels(lang).moved, lang=lang, dir=dir)
    return clean(theme.html("moved.html", **frame(masthead, page))).encode()
