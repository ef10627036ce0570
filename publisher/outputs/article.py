"""Stories as clean article HTML, the form in which feeds carry them: the same whatever the theme."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from urllib.parse import urlsplit

from publisher.model.characters import clean
from publisher.model.edition import Edition, PrintedPicture, PrintedSection, PrintedStory, PrintedTakeaway
from publisher.model.phrases import phrases
from publisher.outputs.corrections import CorrectionLine, correction_lines
from publisher.outputs.words import words


def story_html(story: PrintedStory, *, corrections: Sequence[CorrectionLine] = ()) -> str:
    """Return a whole story: picture, lead, sections, closing, notes, corrections and a line with its source.

    No classes, no scripts; facts stand in an `aside`, headings begin at level 2.
    """
    return raised(clean(_story(story, corrections)))


def issue_html(edition: Edition) -> str:
    """Return a whole issue: opening, every story under its title (level 2), sponsor, closing, corrections.

    A story that is the issue, title and all, stands without its title.
    """
    sponsor = _sponsor(edition)
    parts: list[str] = [edition.opening.html]
    for number, story in enumerate(edition.stories, 1):
        title = "" if is_single(edition) else f"<h2>{escape(story.title)}</h2>"
        parts.append(f'<article lang="{story.lang}" dir="{story.dir}">')
        parts += [title, _story(story), "</article>"]
        if number == sponsor_place(edition):
            parts.append(sponsor)
    corrections = (line.html for line in correction_lines(edition))
    html = clean(_lines(*parts, edition.closing.html, *corrections))
    return raised(html) if is_single(edition) else html


def raised(html: str) -> str:
    """Return HTML whose headings from level 3 on stand one level higher.

    Press and templates take a story's title for an `h2`, which it is inside an issue.
    """
    return re.sub(r"(</?h)([3-6])\b", lambda tag: f"{tag[1]}{int(tag[2]) - 1}", html)


def is_single(edition: Edition) -> bool:
    """Return whether the issue is one story under one title, as the short form of a file makes it."""
    return [story.title for story in edition.stories] == [edition.title]


def sponsor_place(edition: Edition) -> int:
    """Return after how many stories the sponsor's words stand: where the issue says, else after the first."""
    wanted = 1 if edition.sponsor_after is None else edition.sponsor_after
    return min(max(wanted, 1), len(edition.stories))


def source_name(story: PrintedStory) -> str:
    """Return the name of where a story comes from, at least the host of its link; "" if it says neither."""
    return story.source or urlsplit(story.link).netloc


def _story(story: PrintedStory, corrections: Sequence[CorrectionLine] = ()) -> str:
    return _lines(
        _figure(story.picture) if story.picture else "",
        story.lead.html,
        *(_section(section) for section in story.sections),
        story.closing.html,
        _sponsor(story),
        _lines("<hr>", _list("ol", (note.html for note in story.footnotes))) if story.footnotes else "",
        *(line.html for line in corrections),
        _source(story),
    )


def _figure(picture: PrintedPicture) -> str:
    caption = f"<figcaption>{escape(picture.credit)}</figcaption>" if picture.credit else ""
    return (
        f'<figure><img src="{escape(picture.url)}" alt="{escape(picture.alt)}" '
        f'width="{picture.width}" height="{picture.height}">{caption}</figure>'
    )


def _section(section: PrintedSection) -> str:
    items = [*(_takeaway(item) for item in section.takeaways), *(fact.html for fact in section.facts)]
    html = _lines(
        f"<h3>{escape(section.heading)}</h3>", section.body.html, _list("ul", items) if items else ""
    )
    return _lines("<aside>", html, "</aside>") if section.facts else html


def _takeaway(takeaway: PrintedTakeaway) -> str:
    """Return lead and text as their author spelt them: only a Western colon has a space after it."""
    space = " " if takeaway.colon == ":" else ""
    lead = f"<strong>{takeaway.lead.html}{escape(takeaway.colon)}</strong>{space}" if takeaway.lead else ""
    return f"{lead}{takeaway.text.html}"


def _sponsor(text: Edition | PrintedStory) -> str:
    label = escape(phrases(text.lang).sponsored)
    return f"<p><strong>{label}:</strong> {text.sponsor.html}</p>" if text.sponsor else ""


def _source(story: PrintedStory) -> str:
    name = escape(source_name(story))
    if not name:
        return ""
    day = phrases(story.lang).date(story.source_date) if story.source_date else ""
    credit = escape(", ".join(filter(None, (story.author, day))))
    linked = f'<a href="{escape(story.link)}">{name}</a>' if story.link else name
    return f"<p>{words(story.lang).source.format(linked)}{f' ({credit})' if credit else ''}</p>"


def _list(tag: str, items: Iterable[str]) -> str:
    return _lines(f"<{tag}>", *(f"<li>{item}</li>" for item in items), f"</{tag}>")


def _lines(*parts: str) -> str:
    return "\n".join(part for part in parts if part)
