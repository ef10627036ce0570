"""What an edit changes for readers, shown as they would read it."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from html import unescape
from typing import Any

from publisher.actions.printing import Print, press_issue, render
from publisher.app import Publisher
from publisher.errors import PublisherError
from publisher.model.edition import Edition
from publisher.model.fillins import Ink
from publisher.model.issue import Issue
from publisher.model.records import EditionRecord, IssueRecord
from publisher.model.rendered import Part
from publisher.store import editions

_OUTPUT = "text"
_ENTRY, _WORDS = "json", "plain"
"""The outputs in which an entry's facts and its words stand for themselves."""

_FIELDS = {
    "Title": "title",
    "Address": "url",
    "Source": "external_url",
    "Language": "language",
    "Tags": "tags",
}
_PICTURE = re.compile(r"<img\b[^>]*>")
_ATTRIBUTE = re.compile(r'\b(?:alt|src)="[^"]*"')
_LINK = re.compile(r'<a\b[^>]*?\bhref="([^"]*)"')


def difference(publisher: Publisher, record: IssueRecord, issue: Issue) -> list[str]:
    """Return the lines in which the text mail of `issue` differs from the frozen print, as a unified diff."""
    if record.edition is None:
        return []
    with publisher.database.read() as db:
        frozen = editions.find(db, record.edition)
        parts = editions.parts(db, record.edition, outputs=(_OUTPUT,))
    if frozen is None or not parts:
        return []
    try:
        printed = render(press_issue(publisher.settings, issue), publisher.theme)
    except PublisherError as error:
        return [str(error)]
    return between(frozen, parts[0], printed)


def between(frozen: EditionRecord, text: Part, printed: Print) -> list[str]:
    """Return the lines in which the text mail of a print differs from `text`, that of a frozen one."""
    before = _lines(_head(frozen), text.body, Ink(nonce=frozen.nonce))
    after = _lines(_head(printed.edition), printed.part(_OUTPUT), printed.ink)
    return list(unified_diff(before, after, "as printed", "as it is now", lineterm="", n=1))


def for_readers(
    old: EditionRecord, parts: Iterable[Part], printed: Print, *, changed: Collection[str]
) -> Iterator[str]:
    """Yield what readers of pages and feeds find changed by a print: under a name, lines that go and come.

    Only entries that were there before are compared; of one that has `changed` in no words, that is said.
    """
    before = _faces(old.title, old.entry_id, old.stories, parts, Ink(nonce=old.nonce))
    edition = printed.edition
    stories = [{"id": story.id, "slug": story.slug, "title": story.title} for story in edition.stories]
    after = _faces(edition.title, edition.id, stories, printed.parts, printed.ink)
    for id_, now in after.items():
        if id_ not in before:
            continue
        lines = list(unified_diff(before[id_].lines, now.lines, lineterm="", n=0))[2:]
        told = [line for line in lines if not line.startswith("@@")]
        if id_ in changed and id_ != edition.id:
            told = told or ["  what is emphasised, or how it is laid out"]
        if told:
            yield now.name
            yield from told


@dataclass(frozen=True, slots=True, kw_only=True)
class _Face:
    """What readers see of an entry, in lines, and what it is called."""

    name: str
    lines: tuple[str, ...]


def _faces(
    title: str, issue: str, stories: Iterable[Mapping[str, object]], parts: Iterable[Part], ink: Ink
) -> dict[str, _Face]:
    """Return the faces of an issue's entry and of its stories by their ids."""
    made = {(part.key, part.output): part.body for part in parts if part.output in (_ENTRY, _WORDS)}
    rows = list(stories)
    faces = {issue: _Face(name=f"Issue “{title}”", lines=(*_issue(made, ink), *_order(rows)))}
    for row in rows:
        lines = tuple(_story(made, str(row["slug"]), ink))
        faces[str(row["id"])] = _Face(name=f"“{row['title']}”", lines=lines)
    return faces


def _order(rows: Iterable[Mapping[str, object]]) -> Iterator[str]:
    return (f"Story: {row['title']}" for row in rows)


def _issue(made: Mapping[tuple[str, str], bytes], ink: Ink) -> Iterator[str]:
    """Yield the lines of an issue's own words."""
    item = _item(made, "", ink)
    yield from _fields(item)
    yield from _words(made, "")


def _story(made: Mapping[tuple[str, str], bytes], key: str, ink: Ink) -> Iterator[str]:
    """Yield the lines of a story: its words, and what else its page and its entry show."""
    item = _item(made, key, ink)
    yield from _fields(item)
    words = list(_words(made, key))
    summary = str(item.get("summary", ""))
    if not " ".join(words).startswith(summary.removesuffix("…")):
        yield f"Summary: {summary}"
    html = str(item.get("content_html", ""))
    yield from (f"Picture: {' '.join(_ATTRIBUTE.findall(found))}" for found in _PICTURE.findall(html))
    yield from (f"Link: {unescape(address)}" for address in _LINK.findall(html))
    yield from words


def _fields(item: Mapping[str, Any]) -> Iterator[str]:
    for name, member in _FIELDS.items():
        value = item.get(member, "")
        yield f"{name}: {', '.join(value) if isinstance(value, list) else value}"


def _item(made: Mapping[tuple[str, str], bytes], key: str, ink: Ink) -> dict[str, Any]:
    body = made.get((key, _ENTRY), b"{}")
    item: dict[str, Any] = json.loads(ink.fill(body, dict.fromkeys(ink.names(body), "…")))
    return item


def _words(made: Mapping[tuple[str, str], bytes], key: str) -> Iterator[str]:
    """Yield the words below the title."""
    text = made.get((key, _WORDS), b"").decode()
    return (line.strip() for line in text.splitlines()[1:] if line.strip())


def _head(edition: EditionRecord | Edition) -> list[str]:
    """Return what no reader of the text mail sees, and decides who sees it."""
    chosen = [f"Segment: {edition.segment}"] if edition.segment else []
    return [f"Subject: {edition.subject}", *chosen]


def _lines(head: Sequence[str], body: bytes, ink: Ink) -> list[str]:
    blank = dict.fromkeys(ink.names(body), "…")
    return [*head, *ink.fill(body, blank).decode().splitlines()]
