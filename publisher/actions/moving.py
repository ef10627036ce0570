"""Moving in: all texts of a site become issues, and their links and pictures follow them."""

from __future__ import annotations

import io
import warnings
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from PIL import Image

from publisher.actions.already import FROM, Keys, keys_of
from publisher.actions.arrivals import Arrival, Arrivals, Fate, Progress
from publisher.actions.facts import ONLY_HERE
from publisher.actions.landing import Landing
from publisher.actions.placing import standing
from publisher.actions.unpacking import Material
from publisher.content.importers.change import Change
from publisher.content.importers.shelf import Shelf
from publisher.content.importers.site import (
    Opened,
    Site,
    has_wiki_links,
    home_in,
    open_text,
    prepare,
)
from publisher.content.text import FILE_BYTES
from publisher.edition.links import permalink
from publisher.edition.pictures import MAX_PIXELS
from publisher.errors import ContentError, PublisherError

_FORMATS: Final = ("JPEG", "PNG", "GIF", "WEBP")
_NOWHERE: Final = (
    "home_url under [publication] is still this machine's, so links among the texts cannot lead to their new "
    "pages; set it, and import into an empty newsroom"
)
_UNSHOWN: Final = "picture that no text shows"


def move(material: Material, place: Landing, name: str, progress: Progress | None) -> Arrivals:
    """Make an issue of each text of the site `name`; all are known before the first is written."""
    return _Moving(material, place, name).move(progress)


class _Moving:
    """Moves the texts of one site."""

    def __init__(self, material: Material, place: Landing, name: str) -> None:
        self._material = material
        self._place = place
        self._name = name
        self._slugs: dict[str, str] = {}
        self._public: set[str] = set()
        self._shown: set[str] = set()
        host = urlsplit(place.settings.publication.home_url).hostname
        self._is_nowhere = host in ONLY_HERE

    def move(self, progress: Progress | None) -> Arrivals:
        opened, arrivals, notes = self._open_all()
        home = self._home()
        known = {path: text.name for text in opened for path in text.meant.old}
        known |= {text.meant.address: text.name for text in opened if text.meant.address.startswith("/")}
        shelf = Shelf((*self._material.texts, *self._material.pictures), known)
        site = Site(shelf=shelf, page=self._page, trouble=self._trouble, home=home, notes=notes)
        now, zone = self._place.publisher.now(), self._place.settings.publication.timezone
        for text in opened:
            keys = self._keys(text)
            self._slugs[text.name] = self._place.slug_for(text.slug, keys)
            if standing(text.meant.when, text.meant.why_draft, now=now, zone=zone).fate is Fate.HELD:
                self._public.add(text.name)
        for number, text in enumerate(opened, 1):
            arrivals.append(self._arrive(text, site))
            if progress is not None:
                progress(number, len(opened))
        left_out = dict(self._material.left_out)
        if unshown := len(set(self._material.pictures) - self._shown):
            left_out[_UNSHOWN] = unshown
        arrivals.sort(key=lambda arrival: arrival.source)
        troubles = [] if arrivals else [f"there is no Markdown file in '{self._name}'"]
        if self._is_nowhere and arrivals:
            troubles.append(_NOWHERE)
        return Arrivals(
            arrivals=tuple(arrivals), left_out=left_out, troubles=tuple(troubles), dry_run=self._place.dry_run
        )

    def _open_all(self) -> tuple[list[Opened], list[Arrival], bool]:
        """Read the head of every text; return those that can be read, the others, and whether `%%` hides."""
        opened: list[Opened] = []
        refused: list[Arrival] = []
        notes = self._material.vault
        for name in self._material.texts:
            try:
                text, change = _text(self._material.read(name), name)
            except ContentError as error:
                refused.append(Arrival(source=name, fate=Fate.REFUSED, remarks=(str(error),)))
                continue
            one = open_text(name, text)
            notes = notes or has_wiki_links(text)
            one.meant.extra[FROM] = name
            if change is not None:
                one = replace(one, changes=(change, *one.changes))
            opened.append(one)
        return opened, refused, notes

    def _home(self) -> str:
        for name in self._material.configuration:
            try:
                found = home_in(self._material.read(name).decode("utf-8", "replace"))
            except ContentError:
                continue
            if found:
                return found
        return ""

    def _keys(self, text: Opened) -> Keys:
        fields = dict(text.meant.extra)
        if "external_id" in text.meant.texts:
            fields["external_id"] = text.meant.texts["external_id"]
        return keys_of(fields, text.title, day=text.meant.when, by_link=False)

    def _arrive(self, text: Opened, site: Site) -> Arrival:
        try:
            prepared = prepare(text, site)
            self._shown.update(prepared.pictures.values())
            return self._place.as_issue(
                text.name, prepared, slug=self._slugs[text.name], read_picture=self._material.read
            )
        except PublisherError as error:
            return Arrival(source=text.name, fate=Fate.REFUSED, title=text.title, remarks=(str(error),))

    def _page(self, name: str) -> str | None:
        """Return where a text of this site will be, if it will be public."""
        if self._is_nowhere:
            return None
        home = self._place.settings.publication.home_url.rstrip("/")
        return permalink(home, "stories", self._slugs[name]) if name in self._public else None

    def _trouble(self, name: str) -> str:
        """Return why a picture cannot be copied, empty if it can."""
        try:
            body = self._material.read(name)
        except ContentError as error:
            return str(error)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", Image.DecompressionBombWarning)
                with Image.open(io.BytesIO(body), formats=_FORMATS) as image:
                    width, height = image.size
        except Image.DecompressionBombError:
            width, height = MAX_PIXELS, 2
        except Exception:  # noqa: BLE001 - a hostile file can make Pillow's plug-ins raise anything
            return "because it is no JPEG, PNG, GIF or WebP"
        return "because it has more than 50 megapixels" if width * height > MAX_PIXELS else ""


def _text(data: bytes, name: str) -> tuple[str, Change | None]:
    """Return the text of a file; one that is not UTF-8 is read as Western European, and that is told."""
    if len(data) > FILE_BYTES:
        raise ContentError(f"'{name}' is larger than {FILE_BYTES // 1024} KiB", fix="divide it into several")
    try:
        return data.decode("utf-8"), None
    except UnicodeDecodeError:
        what = "the file is not UTF-8; it is read as Windows-1252"
        return data.decode("cp1252", "replace"), Change(what=what)
