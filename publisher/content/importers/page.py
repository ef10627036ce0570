"""A page of the web: what it says about itself, and the article in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin, urlsplit

from publisher.content.fields import Where
from publisher.content.importers.change import Changes
from publisher.content.importers.html import UNREAD, element_to_blocks, parse
from publisher.content.importers.imported import Imported, imported
from publisher.content.importers.meanings import moment
from publisher.content.importers.pieces import from_base, words_of
from publisher.content.text import CONTROL
from publisher.errors import ContentError
from publisher.model.addresses import watching_parts

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]  # lxml has no types

_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_IN_HEADER = re.compile(r"charset\s*=\s*\"?([\w-]+)", re.IGNORECASE)
_FEEDS: Final = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/json")
_ARTICLES: Final = (
    "article",
    "posting",
    "report",
    "webpage",
    "videoobject",
    "recipe",
    "book",
    "podcastepisode",
)
_AROUND: Final = ("nav", "header", "footer", "aside", "form", "dialog")
_LEAD: Final = 400
_TITLE: Final = 70
_TITLES: Final = ("og:title", "twitter:title", "dc.title", "dcterms.title")
_SITES: Final = ("og:site_name", "application-name", "dc.publisher")
_AUTHORS: Final = ("author", "article:author", "dc.creator", "parsely-author", "sailthru.author")
_DATES: Final = (
    "article:published_time",
    "og:published_time",
    "date",
    "dc.date",
    "dcterms.created",
    "pubdate",
)
_LEADS: Final = ("og:description", "description", "twitter:description", "dc.description")
_PICTURES: Final = ("og:image", "og:image:url", "og:image:secure_url", "twitter:image")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """What a page says about itself; empty texts where it says nothing. `feeds` are addresses of feeds."""

    title: str
    link: str
    site: str = ""
    author: str = ""
    when: str = ""
    lead: str = ""
    picture: str = ""
    lang: str = ""
    feeds: tuple[str, ...] = ()


def clip(data: bytes, *, url: str, content_type: str = "") -> Clip:
    """Return what the page at `url` says: in Open Graph, JSON-LD, meta elements and its title, in this order.

    The address it claims for itself counts only on the same site, and what only watches readers is taken out.

    Raises:
        ContentError: there is no title.
    """
    root = parsed(data, content_type)
    meta, said = _meta(root), next(_linked_data(root), {})
    site = _site(meta, said) or (urlsplit(url).hostname or "").removeprefix("www.")
    title = (
        _first(meta, _TITLES)
        or _text(said.get("headline"))
        or _heading(root, "h1")
        or _without(_title(root), site)
    )
    if not title:
        raise ContentError(f"the page at '{url}' has no title", fix="write the story by hand")
    picture = _picture(meta, said)
    return Clip(
        title=title,
        link=unwatched(_own_address(root, meta, url)),
        site=site,
        author=_author(meta, said),
        when=_when(root, meta, said),
        lead=_cut(_lead(meta, said)),
        picture=_joined(url, picture) if picture else "",
        lang=str(root.get("lang") or "")[:20],
        feeds=tuple(dict.fromkeys(_joined(url, each) for each in _feeds(root) if _joined(url, each))),
    )


def to_markdown(text: str, *, id: str, where: Where = Where.SINGLE, lang: str | None = None) -> Imported:  # noqa: A002, ARG001 (the field's name; every importer takes a language)
    """Return the file that the article in a page of HTML becomes; what is around it is left out, and told.

    Raises:
        ContentError: there is no text.
    """
    changes = Changes()
    root = parsed(text.encode("utf-8", "replace"), "charset=utf-8", changes)
    fields = _fields(root)
    title = _heading(root, "h1") or _first(_meta(root), _TITLES) or _title(root)
    article = _article(root)
    title = title or _beginning(article)
    for name in _AROUND:
        for element in [each for each in article.iter(name) if each is not article]:
            _leave_out(element, changes)
    _leave_out_around(root, article, changes)
    first = next(iter(article.iter("h1")), None)
    if first is not None:
        first.drop_tree()
    body = element_to_blocks(article, from_base(""), changes, title=title)
    if not title:
        raise ContentError("there is nothing to import", fix="the file has no words in it")
    made = imported(title, body, id=id, where=where, more=fields)
    if "x_image" in fields:
        changes.note(
            "the picture at the head is no file here; its address is kept as x_image", fields["x_image"]
        )
    return Imported(title=made.title, slug=made.slug, text=made.text, changes=tuple(changes.listed))


def parsed(data: bytes, content_type: str = "", changes: Changes | None = None) -> HtmlElement:
    """Return the root of a page, in whatever encoding it says to have.

    Raises:
        ContentError: there is nothing.
    """
    from lxml import etree  # type: ignore[import-untyped]  # noqa: PLC0415 - lxml has no types, and few need it

    text = CONTROL.sub("", decoded(data, content_type))
    text = re.sub(r"\A\s*<\?xml[^>]*\?>", "", text)
    try:
        return parse(text, changes or Changes())
    except (etree.ParserError, etree.XMLSyntaxError):
        raise ContentError("the page has no words in it", fix="write the story by hand") from None


def decoded(data: bytes, content_type: str = "") -> str:
    """Return the text of a page as its header, itself or its bytes say; what is wrong becomes U+FFFD."""
    named = _IN_HEADER.search(content_type)
    within = _CHARSET.search(data[:4096])
    for name in (named and named[1], within and within[1].decode("ascii"), "utf-8-sig"):
        try:
            if name:
                return data.decode("utf-8-sig" if name.lower() in ("utf-8", "utf8") else name)
        except (LookupError, UnicodeDecodeError):
            continue
    return data.decode("cp1252" if named is None and within is None else "utf-8", "replace")


def unwatched(address: str) -> str:
    """Return an address without what only watches readers."""
    for start, end in reversed(watching_parts(address)):
        address = address[:start] + address[end:]
    return address


def _fields(root: HtmlElement) -> dict[str, str]:
    """Return what a page that is a file says of itself, as our fields."""
    meta, said = _meta(root), next(_linked_data(root), {})
    found = {
        "link": unwatched(_joined("", _claimed(root, meta))),
        "source": _site(meta, said),
        "author": _author(meta, said),
        "source_date": _when(root, meta, said)[:10],
        "summary": _lead(meta, said),
        "x_image": _picture(meta, said),
    }
    return {name: value for name, value in found.items() if value}


def _site(meta: dict[str, str], said: dict[str, Any]) -> str:
    return _first(meta, _SITES) or _name(said.get("publisher"))


def _author(meta: dict[str, str], said: dict[str, Any]) -> str:
    author = _name(said.get("author")) or _first(meta, _AUTHORS)
    return "" if author.startswith(("http:", "https:")) else author


def _when(root: HtmlElement, meta: dict[str, str], said: dict[str, Any]) -> str:
    return moment(_first(meta, _DATES) or _text(said.get("datePublished")) or _time(root))


def _lead(meta: dict[str, str], said: dict[str, Any]) -> str:
    return _first(meta, _LEADS) or _text(said.get("description"))


def _picture(meta: dict[str, str], said: dict[str, Any]) -> str:
    return _first(meta, _PICTURES) or _image(said.get("image"))


def _article(root: HtmlElement) -> HtmlElement:
    for name in ("article", "main", "body"):
        found = list(root.iter(name))
        if found:
            return max(found, key=lambda each: len(each.text_content())) if name == "article" else found[0]
    return root


def _beginning(article: HtmlElement) -> str:
    """Return the first line of an article, or what of it can be a title."""
    lines = (" ".join(line.split()) for line in str(article.text_content()).split("\n"))
    text = next(filter(None, lines), "")
    return text if len(text) <= _TITLE else f"{text[:_TITLE].rpartition(' ')[0] or text[:_TITLE]} …"


def _leave_out_around(root: HtmlElement, article: HtmlElement, changes: Changes) -> None:
    """Note what stands outside of the article."""
    inside = set(article.iter())
    above = set(article.iterancestors())
    for element in root.iter():
        parent = element.getparent()
        if (
            element not in inside
            and element not in above
            and parent in above
            and isinstance(element.tag, str)
        ):
            words = " ".join(str(element.text_content()).split())
            if words and element.tag != "head":
                changes.leave_out(f"<{element.tag}> around the article is left out", words)


def _leave_out(element: HtmlElement, changes: Changes) -> None:
    if element.getparent() is None or element.tag in UNREAD:
        return
    changes.leave_out(f"<{element.tag}> is left out", " ".join(str(element.text_content()).split()))
    element.drop_tree()


def _meta(root: HtmlElement) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in root.iter("meta"):
        name = str(element.get("property") or element.get("name") or element.get("itemprop") or "").lower()
        content = " ".join(str(element.get("content") or "").split())
        if name and content:
            found.setdefault(name, content)
    return found


def _linked_data(root: HtmlElement) -> Iterator[dict[str, Any]]:
    """Yield what JSON-LD says of an article."""
    for script in root.iter("script"):
        if "ld+json" not in str(script.get("type") or "").lower():
            continue
        try:
            value = json.loads(script.text or "")
        except (ValueError, RecursionError):
            continue
        for each in _flat(value):
            kinds = each.get("@type")
            names = kinds if isinstance(kinds, list) else [kinds]
            if any(str(name).lower().endswith(_ARTICLES) for name in names):
                yield each


def _flat(value: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - whatever JSON holds
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, dict):
            yield each
            inner = each.get("@graph")
            yield from (one for one in inner if isinstance(one, dict)) if isinstance(inner, list) else ()


def _first(meta: dict[str, str], names: tuple[str, ...]) -> str:
    return next((meta[name] for name in names if name in meta), "")


def _text(value: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    return " ".join(CONTROL.sub("", value).split()) if isinstance(value, str) else ""


def _name(value: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    """Return the name, or the names, of persons or an organisation."""
    if isinstance(value, list):
        return ", ".join(filter(None, map(_name, value[:5])))
    return _text(value.get("name")) if isinstance(value, dict) else _text(value)


def _image(value: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, list):
        return _image(value[0]) if value else ""
    return _text(value.get("url")) if isinstance(value, dict) else _text(value)


def _title(root: HtmlElement) -> str:
    return _heading(root, "title")


def _heading(root: HtmlElement, name: str) -> str:
    found = next(iter(root.iter(name)), None)
    return " ".join(str(found.text_content()).split()) if found is not None else ""


def _without(title: str, site: str) -> str:
    """Return a title without the name of the site at its end."""
    for sign in (" | ", " – ", " — ", " - ", " · ", " :: "):
        before, found, after = title.rpartition(sign)
        if found and after.strip().casefold() == site.casefold():
            return before.strip()
    return title


def _time(root: HtmlElement) -> str:
    return next((str(each.get("datetime")) for each in root.iter("time") if each.get("datetime")), "")


def _own_address(root: HtmlElement, meta: dict[str, str], url: str) -> str:
    """Return the address that the page claims, if it is on the same site; else the one that was asked for."""
    claimed = _claimed(root, meta)
    found = _joined(url, claimed) if claimed else ""
    return found if found and _host(found) == _host(url) else url.partition("#")[0]


def _claimed(root: HtmlElement, meta: dict[str, str]) -> str:
    links = (each for each in root.iter("link") if "canonical" in str(each.get("rel") or "").lower().split())
    return next((str(each.get("href")) for each in links if each.get("href")), meta.get("og:url", ""))


def _feeds(root: HtmlElement) -> Iterator[str]:
    for link in root.iter("link"):
        kinds = str(link.get("rel") or "").lower().split()
        if "alternate" in kinds and str(link.get("type") or "").lower() in _FEEDS and link.get("href"):
            yield str(link.get("href"))


def _joined(base: str, address: str) -> str:
    """Return a whole address of the web; empty if it is none."""
    try:
        found = urljoin(base, address.strip())
        return found if urlsplit(found).scheme in ("http", "https") and urlsplit(found).hostname else ""
    except ValueError:
        return ""


def _host(address: str) -> str:
    return (urlsplit(address).hostname or "").removeprefix("www.").lower()


def _cut(text: str) -> str:
    """Return a description, as Markdown, that ends where a lead may end."""
    if len(text) > _LEAD:
        text = f"{text[:_LEAD].rpartition(' ')[0]} …"
    return words_of(text)
