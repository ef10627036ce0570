"""One text of a site made with Hugo, Jekyll, Pelican, Obsidian or the like -> a story that can be written."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urljoin, urlsplit

from publisher.content.importers import hugo, jekyll, obsidian, pelican
from publisher.content.importers.addresses import with_found_addresses
from publisher.content.importers.change import Change, Changes
from publisher.content.importers.head import Value, read_head
from publisher.content.importers.headings import first_title, with_steps
from publisher.content.importers.imported import short_slug
from publisher.content.importers.meanings import Meant, meant
from publisher.content.importers.pieces import Way, alt_from
from publisher.content.importers.raw_html import without_html
from publisher.content.importers.shelf import Shelf, day_of, stem_of
from publisher.content.slugs import slug_of, slug_of_name
from publisher.model.old_paths import old_path

_WEB: Final = ("http://", "https://")
_KEPT: Final = re.compile(r"(?:https?|mailto|tel|sms):|#", re.IGNORECASE)
_HOME = re.compile(
    r"^\s*(?:baseURL|url|SITEURL)\s*[:=]\s*[\"']?(https?://[^\"'\s]+)", re.MULTILINE | re.IGNORECASE
)
_WIKI = re.compile(r"\[\[[^\[\]\n]+\]\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A text whose head is read: `name` is its path among what came, `slug` what it is called here."""

    name: str
    slug: str
    title: str
    meant: Meant
    body: str
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A story that only lacks a place: our fields but id, status and date, the body, and its pictures.

    `when` is its old date as ISO 8601 or empty, `pictures` maps names beside the text to names among what
    came. `why_draft` says why it was not public.
    """

    title: str
    slug: str
    when: str
    why_draft: str
    fields: Mapping[str, Value]
    body: str
    pictures: Mapping[str, str] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What the texts of a site share.

    `page` knows the new address of a text that is imported as well, `trouble` why a picture cannot be copied
    (empty if it can), `home` is the old address or empty. With `notes` `%%…%%` was never shown.
    """

    shelf: Shelf
    page: Callable[[str], str | None]
    trouble: Callable[[str], str]
    home: str = ""
    notes: bool = False


def home_in(config: str) -> str:
    """Return the address of a site that its configuration names, empty if it names none."""
    found = _HOME.search(config)
    return found[1] if found else ""


def has_wiki_links(text: str) -> bool:
    """Return whether a text was written for a program that knows `[[…]]`."""
    return bool(_WIKI.search(text))


def open_text(name: str, text: str) -> Opened:
    """Read the head of a text; its body is left as it is but for its line ends."""
    changes = Changes()
    head = read_head(text, changes)
    known = meant(head.fields, changes)
    title = known.title or first_title(head.body) or ""
    if not title:
        title = " ".join(re.sub(r"^\d{4}-\d{2}-\d{2}[-_ ]*", "", stem_of(name)).split()) or stem_of(name)
        if "-" in title and " " not in title and not day_of(title):
            title = title.replace("-", " ").capitalize()
        changes.note("there was no title; it is made from the name of the file", title)
    if not known.when and (day := day_of(name)):
        known.when = day
    if "_drafts" in name.split("/") and not known.why_draft:
        known.why_draft = "it was a draft"
    slug = known.slug or slug_of_name(stem_of(name)) or short_slug(title)
    return Opened(
        name=name, slug=slug, title=title, meant=known, body=head.body, changes=tuple(changes.listed)
    )


def prepare(opened: Opened, site: Site) -> Prepared:
    """Return the story that a text becomes; nothing of it is dropped in silence.

    Raises:
        ContentError: its blocks stand too deep in each other.
    """
    changes = Changes(list(opened.changes))
    album = _Album(opened, site, changes)
    way = Way(link=album.link, picture=album.picture)
    title = opened.title
    text = hugo.rewritten(opened.body, changes)
    text = jekyll.rewritten(text, changes, title=title)
    text = pelican.rewritten(text, changes)
    text = obsidian.rewritten(text, album.page, changes, notes=site.notes)
    text = without_html(text, way, changes, title=title)
    text = with_found_addresses(text, way, changes, title=title)
    text = with_steps(text, changes, title=title)
    fields = _fields(opened, site, album, changes)
    return Prepared(
        title=title,
        slug=opened.slug,
        when=opened.meant.when,
        why_draft=opened.meant.why_draft,
        fields=fields,
        body=text.strip("\n"),
        pictures=album.pictures,
        changes=tuple(changes.listed),
    )


class _Album:
    """Finds what the addresses of one text mean, and gives each picture a name of its own beside it."""

    def __init__(self, opened: Opened, site: Site, changes: Changes) -> None:
        self.pictures: dict[str, str] = {}
        self._opened = opened
        self._site = site
        self._changes = changes

    def link(self, address: str) -> str | None:
        """Return where a link leads now."""
        if _KEPT.match(address):
            return address
        if address.startswith("//"):
            return f"https:{address}"
        page = self.page(address)
        if page is not None:
            return page
        is_on_site = address.startswith("/") and bool(self._site.home)
        return urljoin(self._site.home, address) if is_on_site else None

    def page(self, address: str) -> str | None:
        """Return the new page of another text, with the place on it."""
        found = self._site.shelf.text(address, self._opened.name)
        return self._site.page(found) if found is not None else None

    def picture(self, address: str) -> str | None:
        """Return the name of a picture beside the text, or its address on the web."""
        if address.startswith(_WEB) or address in self.pictures:
            return address
        if address.startswith("//"):
            return f"https:{address}"
        found = self._site.shelf.picture(address, self._opened.name)
        if found is None:
            is_on_site = address.startswith("/") and bool(self._site.home)
            return urljoin(self._site.home, address) if is_on_site else None
        trouble = self._site.trouble(found)
        if trouble:
            self._changes.leave_out(f"a picture is not copied, {trouble}", found)
            return None
        return self._own_name(found)

    def _own_name(self, found: str) -> str:
        for name, other in self.pictures.items():
            if other == found:
                return name
        stem, suffix = posixpath.splitext(posixpath.basename(found))
        plain = re.sub(r"[^a-z0-9-]", "", slug_of(stem))[:60] or "picture"
        name, number = f"{plain}{suffix.lower()}", 1
        while name in self.pictures:
            number += 1
            name = f"{plain}-{number}{suffix.lower()}"
        self.pictures[name] = found
        return name


def _fields(opened: Opened, site: Site, album: _Album, changes: Changes) -> dict[str, Value]:
    known = opened.meant
    texts = dict(known.texts)
    image = texts.pop("image", "")
    if "external_id" not in texts and known.address.startswith("/") and site.home:
        texts["external_id"] = urljoin(site.home, known.address)
    fields: dict[str, Value] = {}
    if old := _old_paths(known, site.home):
        fields["old_paths"] = old
        changes.note("an old address will lead to the new page", ", ".join(old))
    for name in ("lang", "link", "source", "author", "external_id", "summary"):
        if name in texts:
            fields[name] = texts.pop(name)
    if known.tags:
        fields["tags"] = known.tags
    if known.category:
        fields["category"] = known.category
    alt = texts.pop("image_alt", "")
    if image:
        fields |= _image(image, alt, opened.title, album, changes)
    number = texts.pop("number", "")
    if number:
        fields["x_number"] = number
    return fields | known.extra


def _old_paths(known: Meant, home: str) -> tuple[str, ...]:
    """Return the paths at which a text says that it stood."""
    address = urlsplit(known.address) if known.address.startswith((*_WEB, "/")) else None
    hosts = ("", urlsplit(home).netloc)
    stood = old_path(address.path) if address and address.netloc in hosts and not address.query else None
    return tuple(dict.fromkeys(filter(None, (*known.old, stood))))


def _image(image: str, alt: str, title: str, album: _Album, changes: Changes) -> dict[str, Value]:
    """Return the fields of the picture at the head: a file that came, or else only its address."""
    found = album.picture(image)
    if found is None or found.startswith(_WEB):
        changes.note(
            "the picture at the head is not among the files; its address is kept", f"{image} as x_image"
        )
        kept: dict[str, Value] = {"x_image": image}
        return kept | {"x_image_alt": alt} if alt else kept
    if not alt:
        alt = alt_from(image, title)
        changes.note(f"the picture at the head had no alt text; it says '{alt}' now", image)
    fields: dict[str, Value] = {"image": found, "image_alt": alt}
    return fields
