"""What pages say of themselves to programs, in the words of schema.org (JSON-LD)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from publisher.model.edition import Edition, Masthead, PrintedPicture, PrintedStory
from publisher.model.fillins import Ink
from publisher.model.length import cut
from publisher.outputs.article import source_name
from publisher.outputs.corrections import CorrectionLine, correction_lines

Data = dict[str, object]

CONTEXT: Final = {"@context": "https://schema.org"}

HEADLINE: Final = 110
"""So many characters of a headline are shown by those who read it."""


def news_article(edition: Edition, position: int, ink: Ink) -> Data:
    """Return the description of the story at `position` (from 1), with tokens for its moments.

    What it was curated from is its `isBasedOn`, with name and author as its `citation`.
    """
    story, publisher = edition.stories[position - 1], _publisher(edition.masthead)
    return CONTEXT | _said(
        _article(edition, position, ink)
        | {
            "description": story.summary,
            "mainEntityOfPage": story.url,
            "articleSection": story.category,
            "keywords": list(story.tags),
            "wordCount": story.words,
            "timeRequired": f"PT{story.minutes}M",
            "author": publisher,
            "publisher": publisher,
            "isPartOf": _issue(edition),
            "isBasedOn": story.link,
            "citation": _citation(story),
            "correction": [_correction(line) for line in correction_lines(edition, story)],
        }
    )


def publication_issue(edition: Edition, ink: Ink) -> Data:
    """Return the description of an issue and of what is in it, with tokens for its moments."""
    masthead = edition.masthead
    return CONTEXT | _said(
        _issue(edition)
        | {
            "description": edition.preheader,
            "inLanguage": edition.lang,
            "datePublished": ink.token("published-0"),
            "dateModified": ink.token("updated-0"),
            "issueNumber": "" if edition.number is None else str(edition.number),
            "keywords": list(edition.tags),
            "image": _image(next((story.picture for story in edition.stories if story.picture), None)),
            "publisher": _publisher(masthead),
            "isPartOf": {"@type": "Periodical", "name": masthead.title, "url": f"{masthead.home_url}/"},
            "hasPart": [
                _said(_article(edition, position, ink)) for position in range(1, len(edition.stories) + 1)
            ],
            "correction": [_correction(line) for line in correction_lines(edition)],
        }
    )


def website(masthead: Masthead, *, has_search: bool) -> Data:
    """Return the description of the site, and how to search it."""
    search = {
        "@type": "SearchAction",
        "target": {
            "@type": "EntryPoint",
            "urlTemplate": f"{masthead.home_url}/search?q={{search_term_string}}",
        },
        "query-input": "required name=search_term_string",
    }
    return CONTEXT | _said(
        {
            "@type": "WebSite",
            "@id": f"{masthead.home_url}/#website",
            "url": f"{masthead.home_url}/",
            "name": masthead.title,
            "description": masthead.description,
            "inLanguage": masthead.lang,
            "publisher": _publisher(masthead),
            "potentialAction": search if has_search else None,
        }
    )


def headline(title: str) -> str:
    """Return a title of at most `HEADLINE` characters, cut between words where it can be."""
    return title if len(title) <= HEADLINE else cut(title, HEADLINE)


def _article(edition: Edition, position: int, ink: Ink) -> Data:
    story = edition.stories[position - 1]
    return {
        "@type": "NewsArticle",
        "@id": story.url,
        "url": story.url,
        "headline": headline(story.title),
        "inLanguage": story.lang,
        "datePublished": ink.token(f"published-{position}"),
        "dateModified": ink.token(f"updated-{position}"),
        "image": _image(story.picture),
    }


def _issue(edition: Edition) -> Data:
    return {"@type": "PublicationIssue", "@id": edition.url, "url": edition.url, "name": edition.title}


def _publisher(masthead: Masthead) -> Data:
    return {"@type": "Organization", "name": masthead.title, "url": f"{masthead.home_url}/"}


def _image(picture: PrintedPicture | None) -> Data | None:
    if picture is None:
        return None
    return {
        "@type": "ImageObject",
        "url": picture.url,
        "width": picture.width,
        "height": picture.height,
        **({"caption": picture.alt} if picture.alt else {}),
        **({"creditText": picture.credit} if picture.credit else {}),
    }


def _citation(story: PrintedStory) -> Data | None:
    """Return what is known of a story's source; a bare link is `isBasedOn` already."""
    source = source_name(story)
    if not source:
        return None
    return _said(
        {
            "@type": "CreativeWork",
            "url": story.link,
            "author": {"@type": "Person", "name": story.author} if story.author else None,
            "publisher": {"@type": "Organization", "name": source},
            "datePublished": story.source_date.isoformat() if story.source_date else "",
        }
    )


def _correction(line: CorrectionLine) -> Data:
    return {"@type": "CorrectionComment", "text": line.note or line.text, "datePublished": line.iso}


def _said(described: Mapping[str, object]) -> Data:
    """Leave out what has nothing to say."""
    return {name: value for name, value in described.items() if value}
