"""What came together: which file an address in one text means, by the rules of whoever made it."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import unquote, urlsplit

from publisher.content.files import nfc
from publisher.content.slugs import slug_of_name

TEXTS: Final = (".md", ".markdown", ".mdown", ".mkd", ".mdx")
PICTURES: Final = (".png", ".jpg", ".jpeg", ".gif", ".webp")

_DATED = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[-_ .]|\Z)")
_PAGE: Final = frozenset({"index", "_index", "readme"})


class Shelf:
    """The names of all files that came together, with forward slashes; nothing of them is read here."""

    def __init__(self, names: Iterable[str], addresses: Mapping[str, str] | None = None) -> None:
        """Take the names, and of texts the addresses that they had (path -> name)."""
        self._names = {nfc(name): name for name in names}
        self._addresses = {path.strip("/").lower(): name for path, name in (addresses or {}).items()}
        self._by_last: dict[str, list[str]] = defaultdict(list)
        self._by_slug: dict[str, list[str]] = defaultdict(list)
        for name in sorted(self._names.values()):
            self._by_last[posixpath.basename(nfc(name)).lower()].append(name)
            if name.lower().endswith(TEXTS):
                self._by_slug[slug_of_name(stem_of(name))].append(name)

    def picture(self, address: str, text: str) -> str | None:
        """Return the picture that `address` means in a text, None if it did not come."""
        path = _path(address)
        return self._file(path, posixpath.dirname(text)) if path else None

    def text(self, address: str, text: str) -> str | None:
        """Return the text that `address` means in a text: a file, an address it had, or its name alone."""
        path = _path(address)
        if not path:
            return None
        known = self._addresses.get(path.strip("/").lower())
        if known is not None:
            return known
        folder = posixpath.dirname(text)
        for suffix in ("", *TEXTS):
            found = self._file(f"{path.rstrip('/')}{suffix}", folder)
            if found is not None and found.lower().endswith(TEXTS):
                return found
        bare = re.sub(r"(?:/index)?\.(?:html?|md|markdown)\Z", "", path.rstrip("/"))
        named = self._by_slug.get(slug_of_name(posixpath.basename(bare)), [])
        return named[0] if len(named) == 1 else None

    def _file(self, path: str, folder: str) -> str | None:
        """Return the file at a path: beside the text, below any folder, or the only one of that name."""
        beside = nfc(posixpath.normpath(posixpath.join(folder, path.lstrip("/"))))
        if not path.startswith("/") and beside in self._names:
            return self._names[beside]
        tail = nfc(posixpath.normpath(path.lstrip("/"))).lower()
        while tail.startswith("../"):
            tail = tail[3:]
        same = self._by_last.get(posixpath.basename(tail), [])
        ending = [name for name in same if f"/{nfc(name).lower()}".endswith(f"/{tail}")]
        if ending:
            return min(ending, key=len)
        return same[0] if len(same) == 1 and "/" not in path else None


def stem_of(name: str) -> str:
    """Return what a text is called: the name of its file, or of its folder if the file is `index.md`."""
    folder, last = posixpath.split(name)
    stem = posixpath.splitext(last)[0]
    return posixpath.basename(folder) or stem if stem.lower() in _PAGE else stem


def day_of(name: str) -> str:
    """Return the day that the name of a text or of its folder begins with, empty if there is none."""
    for part in reversed(name.split("/")):
        found = _DATED.match(part)
        if found is not None:
            return found[1]
    return ""


def _path(address: str) -> str:
    """Return the path of an address without a host; empty for any other address."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return ""
    return unquote(parts.path) if not parts.scheme and not parts.netloc else ""
