"""RSS, Atom and JSON Feed -> stories. What of a broken feed can be read is read, and the rest is told."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from publisher.content.importers.change import Changes
from publisher.content.importers.escape import escaped
from publisher.content.importers.head import Value
from publisher.content.importers.html import to_blocks
from publisher.content.importers.imported import short_slug
from publisher.content.importers.meanings import moment
from publisher.content.importers.page import unwatched
from publisher.content.importers.pieces import from_base
from publisher.content.importers.site import Prepared
from publisher.content.text import CONTROL
from publisher.errors import ContentError

_ROOT = re.compile(rb"<(?:\w+:)?(rss|feed|RDF|channel)\b", re.IGNORECASE)
_HTML = re.compile(rb"<!doctype\s+html|<html", re.IGNORECASE)
_JSON = re.compile(rb"\s*\{")
_JSON_FEED: Final = "https://jsonfeed.org/version/"
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_WEB: Final = re.compile(r"https?://[^\s/?#]+\S*", re.IGNORECASE)
_MAILED: Final = re.compile(r"\S+@\S+ \(([^()]+)\)")
_HEAD: Final = 4096
_ENTRIES: Final = 20_000
_PLAIN: Final = "text/plain"
_TITLE: Final = 70


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed as it was read: its entries in its own order; `troubles` are sentences for an editor."""

    title: str
    entries: tuple[Prepared, ...]
    troubles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """An entry before its texts are Markdown; `content` and `summary` are pairs of media type and text.

    `odd` are names and texts of what cannot be read.
    """

    title: str
    id: str
    link: str
    author: str
    when: str
    tags: tuple[str, ...]
    source: str
    lang: str
    content: tuple[str, str] | None
    summary: tuple[str, str] | None
    enclosures: tuple[str, ...]
    base: str
    odd: tuple[tuple[str, str], ...] = ()


def is_feed(data: bytes) -> bool:
    """Return whether bytes look like a feed of any kind."""
    head = data[:_HEAD]
    if _JSON.match(head):
        return _JSON_FEED.encode() in data[:65536].replace(b"\\/", b"/")
    found, page = _ROOT.search(head), _HTML.search(head)
    return found is not None and (page is None or found.start() < page.start())


def read_feed(data: bytes, *, url: str = "") -> Feed:
    """Return the entries of a feed as stories; nothing is fetched. `url` is where it came from, if known.

    Raises:
        ContentError: it is no feed.
    """
    title, found, troubles = _json_feed(data) if _JSON.match(data[:_HEAD]) else _xml_feed(data, url)
    entries: list[Prepared] = []
    for number, entry in enumerate(found, 1):
        try:
            entries.append(_prepared(entry, title))
        except ContentError as error:
            troubles.append(f"entry {number} is left out: {error}")
    if not entries and not troubles:
        troubles.append("the feed has no entries")
    return Feed(title=title, entries=tuple(entries), troubles=tuple(troubles))


def _xml_feed(data: bytes, url: str) -> tuple[str, list[_Entry], list[str]]:
    import feedparser  # type: ignore[import-untyped]  # noqa: PLC0415 - feedparser has no types; it is slow to import

    headers = {"content-location": url} if url else {}
    read = feedparser.parse(io.BytesIO(data), sanitize_html=False, response_headers=headers)
    if not read.get("version") and not read.entries:
        raise ContentError("this is no feed", fix="name an RSS, Atom or JSON feed")
    troubles = []
    if read.bozo and not isinstance(read.bozo_exception, feedparser.CharacterEncodingOverride):
        broken = _broken_at(read.bozo_exception, data)
        troubles.append(f"the feed is broken{broken}; what can be read is read")
    home = _one_line(read.feed.get("link", "")) or url
    entries = [_xml_entry(each, home) for each in read.entries[:_ENTRIES]]
    return _plain_words(read.feed.get("title", "")), entries, troubles


def _broken_at(error: Exception, data: bytes) -> str:
    """Return where and why a parser of XML stopped, in words; feedparser puts a declaration above it."""
    line = getattr(error, "getLineNumber", lambda: None)()
    line = line - 1 if line and not data.lstrip().startswith(b"<?xml") else line
    said = getattr(error, "getMessage", lambda: str(error))()
    where = f" in line {line}" if line else ""
    why = " ".join(str(said).split())
    return f"{where} ({why})" if why else where


def _xml_entry(entry: Mapping[str, Any], home: str) -> _Entry:
    content = next((each for each in entry.get("content", []) if each.get("value", "").strip()), None)
    summary = entry.get("summary_detail")
    when = entry.get("published_parsed") or entry.get("updated_parsed") or entry.get("created_parsed")
    return _Entry(
        title=_plain_words(entry.get("title", "")),
        id=_one_line(entry.get("id", "")),
        link=_one_line(entry.get("link", "")),
        author=_author(entry),
        when=_moment(when) or moment(str(entry.get("published", ""))),
        tags=tuple(_one_line(each.get("term") or "") for each in entry.get("tags", [])),
        source=_plain_words(entry.get("source", {}).get("title", "")),
        lang=str((content or {}).get("language") or ""),
        content=(str(content.get("type")), str(content["value"])) if content else None,
        summary=(str(summary.get("type")), str(summary["value"]))
        if summary and summary.get("value")
        else None,
        enclosures=tuple(str(each.get("href")) for each in entry.get("enclosures", []) if each.get("href")),
        base=_one_line(entry.get("link", "")) or home,
    )


def _author(entry: Mapping[str, Any]) -> str:
    """Return the names of who wrote it; feedparser cuts `mail@host (Name)` in a wrong place."""
    written = _one_line(entry.get("author", ""))
    named = _MAILED.fullmatch(written)
    if named is not None:
        return named[1]
    names = [_one_line(each.get("name", "")) for each in entry.get("authors", [])]
    return ", ".join(filter(None, names)) or written


def _moment(when: tuple[int, ...] | None) -> str:
    """Return a moment in UTC, as feedparser has it, in ISO 8601; empty for none that exists."""
    try:
        return datetime(*when[:6], tzinfo=UTC).isoformat() if when else ""  # type: ignore[misc, arg-type]  # six numbers
    except ValueError:
        return ""


def _json_feed(data: bytes) -> tuple[str, list[_Entry], list[str]]:
    """Read a JSON Feed; numbers are texts (JSON Feed 1.1 says so of ids), so no digit of them is lost."""
    try:
        read = json.loads(data.decode("utf-8-sig"), parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        raise ContentError("this is no JSON that can be read", fix="name an RSS, Atom or JSON feed") from None
    items = read.get("items") if isinstance(read, dict) else None
    if not isinstance(items, list) or not str(read.get("version", "")).startswith(_JSON_FEED):
        raise ContentError("this is no feed", fix="name an RSS, Atom or JSON feed")
    good = [each for each in items[:_ENTRIES] if isinstance(each, dict)]
    troubles = [] if len(good) == len(items) else [f"{len(items) - len(good)} of its items cannot be read"]
    known, odd = _fitting(read, _JSON_HEAD)
    troubles += [f"the feed's '{name}' cannot be read" for name in odd]
    return _one_line(known.get("title")), [_json_entry(each, known) for each in good], troubles


def _json_entry(item: Mapping[str, Any], feed: Mapping[str, Any]) -> _Entry:
    known, odd = _fitting(item, _JSON_ITEM)
    when = moment(_one_line(known.get("date_published")))
    if not when and known.get("date_published"):
        odd["date_published"] = item["date_published"]
    authors = known.get("authors") or [known.get("author") or {}]
    content = next(((kind, known[name]) for name, kind in _JSON_CONTENT if known.get(name)), None)
    return _Entry(
        title=_one_line(known.get("title")),
        id=_one_line(known.get("id")),
        link=_one_line(known.get("external_url") or known.get("url")),
        author=", ".join(filter(None, (_one_line(each.get("name")) for each in authors))),
        when=when,
        tags=tuple(map(_one_line, known.get("tags", ()))),
        source="",
        lang=_one_line(known.get("language") or feed.get("language")),
        content=content,
        summary=(_PLAIN, known["summary"]) if known.get("summary") else None,
        enclosures=tuple(filter(None, (_one_line(each.get("url")) for each in known.get("attachments", ())))),
        base=_one_line(known.get("url") or feed.get("home_page_url")),
        odd=tuple((name, _as_json(value)) for name, value in odd.items()),
    )


def _fitting(
    read: Mapping[str, Any], kinds: Mapping[str, type | tuple[type]]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return those members that are what they are to be, and what is odd among the others."""
    known: dict[str, Any] = {}
    odd: dict[str, Any] = {}
    for name, kind in kinds.items():
        value = read.get(name)
        inner = kind[0] if isinstance(kind, tuple) else None
        if inner is not None and isinstance(value, list):
            known[name] = [each for each in value if isinstance(each, inner)]
            if strange := [each for each in value if not isinstance(each, inner)]:
                odd[name] = strange
        elif inner is None and isinstance(value, kind):
            known[name] = value
        elif value is not None:
            odd[name] = value
    return known, odd


def _as_json(value: object) -> str:
    try:
        return _one_line(json.dumps(value, ensure_ascii=False))
    except RecursionError:
        return "…"


_JSON_CONTENT: Final = (("content_html", "text/html"), ("content_text", _PLAIN))
_JSON_HEAD: Final = dict.fromkeys(("title", "language", "home_page_url"), str)
_JSON_TEXTS: Final = (
    *("id", "title", "url", "external_url", "language", "date_published"),
    *("summary", "content_html", "content_text"),
)
_JSON_ITEM: Final[Mapping[str, type | tuple[type]]] = {
    **dict.fromkeys(_JSON_TEXTS, str),
    "author": dict,
    "authors": (dict,),
    "tags": (str,),
    "attachments": (dict,),
}
"""Member of an item -> what it is, or in a tuple what it is a list of."""


def _prepared(entry: _Entry, feed_title: str) -> Prepared:
    changes = Changes()
    content = _markdown(entry.content, entry, changes)
    summary = _markdown(entry.summary, entry, Changes() if content else changes)
    body = content or summary
    if content and summary and not _repeats(summary, content):
        body = f"{summary}\n\n{content}"
    title = entry.title or _beginning(body)
    if not title:
        raise ContentError("it has neither a title nor a text", fix="nothing to do")
    if not entry.title:
        changes.note("there was no title; the first words are it", title)
    for name, piece in entry.odd:
        changes.leave_out(f"'{name}' of the entry cannot be read and is left out", piece)
    known = {
        "lang": entry.lang if _LANGUAGE.fullmatch(entry.lang) else "",
        "link": unwatched(entry.link) if _WEB.fullmatch(entry.link) else "",
        "source": entry.source or feed_title,
        "author": entry.author,
        "external_id": entry.id or entry.link,
    }
    fields: dict[str, Value] = {name: value for name, value in known.items() if value}
    if tags := tuple(dict.fromkeys(filter(None, entry.tags))):
        fields["tags"] = tags
    if entry.enclosures:
        fields["x_enclosure"] = entry.enclosures
        changes.note("what is attached is kept as its address", ", ".join(entry.enclosures))
    return Prepared(
        title=title,
        slug=short_slug(title),
        when=entry.when,
        why_draft="",
        fields=fields,
        body=body,
        changes=tuple(changes.listed),
    )


def _markdown(text: tuple[str, str] | None, entry: _Entry, changes: Changes) -> str:
    if text is None:
        return ""
    kind, value = text
    if kind == _PLAIN and "<" not in value:
        blocks = re.split(r"\n[ \t]*\n", CONTROL.sub("", value).strip())
        return "\n\n".join(escaped(" ".join(block.split())) for block in blocks if block.strip())
    return to_blocks(value, from_base(entry.base), changes, title=entry.title)


def _repeats(summary: str, content: str) -> bool:
    """Return whether a summary only says how the content begins."""
    said, begins = list(_words(summary)), list(_words(content))
    most = max(1, len(said) - 2)
    return said[:most] == begins[:most]


def _words(text: str) -> Iterator[str]:
    return (found[0].casefold() for found in re.finditer(r"\w+", re.sub(r"\]\([^()]*\)", "", text)))


def _beginning(body: str) -> str:
    text = " ".join(re.sub(r"!?\[([^\]]*)\]\([^()]*\)|[*_`#>\\]", r"\1", body).split())
    return text if len(text) <= _TITLE else f"{text[:_TITLE].rpartition(' ')[0] or text[:_TITLE]} …"


def _plain_words(text: object) -> str:
    """Return a title without HTML; one that only looks like HTML stays."""
    plain = _one_line(text)
    if re.search(r"</?(?:b|i|em|strong|a|span|code|sup|sub|br|p)\b[^<>]*>", plain, re.IGNORECASE):
        plain = re.sub(r"</?[A-Za-z][^<>]*>", "", plain)
    return _one_line(plain)


def _one_line(text: object) -> str:
    return " ".join(CONTROL.sub("", text).split()) if isinstance(text, str) else ""
