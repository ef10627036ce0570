"""Web pages: one for the issue and one for each story, printed once; then those that all issues share."""

from __future__ import annotations

import re

from publisher.model.characters import clean
from publisher.model.edition import Edition
from publisher.model.fillins import DATE, NUMBER, Ink
from publisher.model.phrases import phrases
from publisher.model.rendered import Artefact, Part, Site
from publisher.outputs.article import is_single, raised, sponsor_place
from publisher.outputs.corrections import correction_lines
from publisher.outputs.head import HTML, Named, Page, frame, tag_links
from publisher.outputs.labels import labels
from publisher.outputs.shared_pages import shared_pages
from publisher.outputs.structured import news_article, publication_issue
from publisher.outputs.words import words
from publisher.theme import Theme


class PageOutput:
    """`/issues/<slug>/` and `/stories/<slug>/`; then `/`, `/archive/…`, `/tags/…`, `/feeds/`, `/404.html`."""

    name = "page"

    def render(self, edition: Edition, *, theme: Theme, ink: Ink) -> tuple[Part, ...]:
        """Return the page of the issue and those of its stories, with tokens for dates and number."""
        pages = [("", f"/issues/{edition.slug}/", _issue(edition, theme, ink))]
        pages += [
            (story.slug, f"/stories/{story.slug}/", _story(edition, position, theme, ink))
            for position, story in enumerate(edition.stories, 1)
        ]
        return tuple(
            Part(output=self.name, key=key, media_type=HTML, body=clean(html).encode(), path=path)
            for key, path, html in pages
        )

    def join(self, site: Site, *, theme: Theme) -> tuple[Artefact, ...]:
        """Return front page, archive, tags, feeds, what is missing, and the files that pages need."""
        return shared_pages(site, theme)


def _issue(edition: Edition, theme: Theme, ink: Ink) -> str:
    page = Page(
        url=edition.url,
        title=edition.title,
        description=edition.preheader or edition.subject,
        lang=edition.lang,
        dir=edition.dir,
        kind="article",
        picture=next((story.picture for story in edition.stories if story.picture), None),
    )
    html = theme.html(
        "issue.html",
        **frame(edition.masthead, page),
        edition=edition,
        stories=[(story, phrases(story.lang), words(story.lang)) for story in edition.stories],
        tags_of={story.slug: tag_links(story.tags) for story in edition.stories},
        labels_of={story.slug: labels(story.lang) for story in edition.stories},
        tags=_further_tags(edition),
        corrections=correction_lines(edition),
        single=is_single(edition),
        sponsor_after=sponsor_place(edition),
        moment=_moment(edition, 0, ink),
        data=publication_issue(edition, ink),
    )
    html = _scrolling(_within(html, edition.url, *(story.url for story in edition.stories)))
    return raised(html) if is_single(edition) else html


def _further_tags(edition: Edition) -> tuple[Named, ...]:
    """Return the tags of an issue if they say more than those under its stories, else none."""
    own = tag_links(edition.tags)
    of_stories = tag_links(tag for story in edition.stories for tag in story.tags)
    return own if {tag.href for tag in own} - {tag.href for tag in of_stories} else ()


def _story(edition: Edition, position: int, theme: Theme, ink: Ink) -> str:
    story = edition.stories[position - 1]
    page = Page(
        url=story.url,
        title=story.title,
        description=story.summary or story.title,
        lang=story.lang,
        dir=story.dir,
        kind="article",
        picture=story.picture,
    )
    html = theme.html(
        "story.html",
        **frame(edition.masthead, page),
        edition=edition,
        story=story,
        tags=tag_links(story.tags),
        corrections=correction_lines(edition, story),
        single=is_single(edition),
        others=[other for other in edition.stories if other is not story],
        moment=_moment(edition, position, ink),
        data=news_article(edition, position, ink),
    )
    return raised(_scrolling(_within(html, story.url)))


def _within(html: str, *urls: str) -> str:
    """Make links to places in pages `urls`, such as footnotes, links to the same places in this page."""
    for url in urls:
        html = html.replace(f'href="{url}#', 'href="#')
    return html


def _scrolling(html: str) -> str:
    """Let wide tables and code be scrolled by themselves, and with keys as well (WCAG 2.2, 2.1.1)."""
    html = html.replace("<pre>", '<pre tabindex="0">')
    html = re.sub(r"<table\b", r'<div class="wide" tabindex="0">\g<0>', html)
    return html.replace("</table>", "</table></div>")


def _moment(edition: Edition, position: int, ink: Ink) -> dict[str, str]:
    return {
        "date": ink.token(DATE),
        "number": ink.token(NUMBER) if edition.number is None else str(edition.number),
        "published": ink.token(f"published-{position}"),
        "updated": ink.token(f"updated-{position}"),
    }
