"""What search engines read: an index of sitemaps (sitemaps.org), one for each year and one for the rest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from publisher.model.edition import Edition
from publisher.model.fillins import Ink, rfc3339
from publisher.model.rendered import Artefact, IssueCard, Part, Site, StoryCard
from publisher.outputs.head import page_of
from publisher.theme import Theme

MEDIA_TYPE: Final = "application/xml; charset=utf-8"

MOST: Final = 50_000
"""So many addresses a sitemap may have."""

PRIVATE: Final = (
    *(
        "/api/",
        "/change/",
        "/confirm/",
        "/count/",
        "/data/",
        "/desk",
        "/erase/",
        "/f/",
        "/preferences/",
        "/remove-feed/",
    ),
    *("/unsubscribe/", "/view/"),
)
"""Paths that are nobody's but a reader's or an editor's."""


class SitemapOutput:
    """`/sitemap.xml`, `/sitemap-pages.xml`, `/sitemap-<year>.xml` for touched years, and `/robots.txt`."""

    name = "sitemap"

    def render(self, edition: Edition, *, theme: Theme, ink: Ink) -> tuple[Part, ...]:  # noqa: ARG002 (every output's signature)
        """Return nothing: a sitemap lists pages that others print."""
        return ()

    def join(self, site: Site, *, theme: Theme) -> tuple[Artefact, ...]:  # noqa: ARG002 (every output's signature)
        """Return the index of all sitemaps, that of shared pages, those of touched years and `robots.txt`."""
        home = site.masthead.home_url
        index = "\n".join(
            f"<sitemap><loc>{escape(home)}/sitemap-{name}.xml</loc></sitemap>"
            for name in ("pages", *map(str, site.years))
        )
        return (
            _xml("/sitemap.xml", "sitemapindex", index),
            _xml("/sitemap-pages.xml", "urlset", "\n".join(_shared(site))),
            *(
                _xml(f"/sitemap-{year}.xml", "urlset", "\n".join(_urls(home, year, cards)))
                for year, cards in site.touched.items()
            ),
            _robots(home),
        )


def _shared(site: Site) -> Iterable[str]:
    """Yield front page, archive, tags and feeds, then the page of each tag, as many as a sitemap may have."""
    tags = [page_of(tag.shelf) for tag in site.tags]
    for path in ["/", "/archive/", "/tags/", "/feeds/", *tags][:MOST]:
        yield f"<url><loc>{escape(site.masthead.home_url + path)}</loc></url>"


def _urls(home: str, year: int, cards: Iterable[IssueCard]) -> Iterable[str]:
    """Yield the year's archive page, then every issue and story once, newest first."""
    yield f"<url><loc>{escape(home)}/archive/{year}/</loc></url>"
    seen: set[str] = set()
    for issue in cards:
        pages: tuple[IssueCard | StoryCard, ...] = (issue, *issue.stories)
        for page in pages:
            if page.url not in seen:
                seen.add(page.url)
                yield f"<url><loc>{escape(page.url)}</loc><lastmod>{rfc3339(page.updated)}</lastmod></url>"


def _xml(path: str, root: str, children: str) -> Artefact:
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{children}\n</{root}>\n'
    )
    return Artefact(path=path, media_type=MEDIA_TYPE, body=body.encode())


def _robots(home: str) -> Artefact:
    rules = [f"Disallow: {urlsplit(home).path}{path}" for path in PRIVATE]
    text = "\n".join(["User-agent: *", *rules, "", f"Sitemap: {home}/sitemap.xml", ""])
    return Artefact(path="/robots.txt", media_type="text/plain; charset=utf-8", body=text.encode())
