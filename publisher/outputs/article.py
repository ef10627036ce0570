"""Stories as clean article HTML, the form in which feeds carry them."""

from __future__ import annotations

import re

from publisher.model.edition import Edition, PrintedStory
from publisher.model.phrases import phrases
from publisher.outputs.characters import clean
from publisher.outputs.words import words
from publisher.theme import Theme


def story_html(story: PrintedStory, *, theme: Theme) -> str:
    """Return a whole story: picture, lead, sections, closing, notes and a visible line with its source.

    No classes, no scripts; facts stand in an `aside`, headings begin at level 2.
    """
    html = theme.html("article.html", story=story, say=phrases(story.lang), words=words(story.lang))
    return raised(clean(html).strip())


def issue_html(edition: Edition, *, theme: Theme) -> str:
    """Return a whole issue: its opening, every story under its title (level 2), sponsor and closing."""
    html = theme.html(
        "issue_article.html",
        edition=edition,
        stories=[(story, phrases(story.lang), words(story.lang)) for story in edition.stories],
        phrases=phrases(edition.lang),
        sponsor_after=sponsor_place(edition),
    )
    return clean(html).strip()


def raised(html: str) -> str:
    """Return HTML whose headings from level 3 on stand one level higher.

    Press and templates take a story's title for an `h2`, which it is inside an issue.
    """
    return re.sub(r"(</?h)([3-6])\b", lambda tag: f"{tag[1]}{int(tag[2]) - 1}", html)


def sponsor_place(edition: Edition) -> int:
    """Return after how many stories the sponsor's words stand: where the issue says, else after the first."""
    wanted = 1 if edition.sponsor_after is None else edition.sponsor_after
    return min(max(wanted, 1), len(edition.stories))
