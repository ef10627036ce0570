"""What a static host has to be told beside the files: which addresses are gone, and which have moved."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Final

from publisher.model.shelves import address


@dataclass(frozen=True, slots=True, kw_only=True)
class Departed:
    """A public path with status 410 or 301, the `file` in which its page stands, and where it leads."""

    path: str
    file: str
    location: str = ""


def nginx(departed: Iterable[Departed], *, root: str) -> str:
    """Return rules for nginx, to be included in a server block; `root` is the path of the home URL.

    Whatever a path is made of, it is one exact match and nothing else: nothing in it is read as a variable,
    another rule or the end of one.
    """
    rules = [_rule(each, root) for each in sorted(departed, key=lambda each: each.path)]
    return "".join([_HEAD, *(f"{rule}\n" for rule in rules if rule)])


def moved_page(url: str) -> bytes:
    """Return a small page that leads to `url`, for hosts that know no redirects."""
    to = escape(url, quote=True)
    return (
        '<!doctype html>\n<html><head><meta charset="utf-8"><title>…</title>'
        f'<meta http-equiv="refresh" content="0; url={to}"><link rel="canonical" href="{to}">'
        f'<meta name="robots" content="noindex"></head><body><a href="{to}">{to}</a></body></html>\n'
    ).encode()


_HEAD: Final = (
    "# Written by `publisher build`: what was withdrawn, and what has moved. For the server block of nginx:\n"
    "# include FOLDER/.publisher-nginx.conf;\n"
)
_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_LONGEST: Final = 1000
"""nginx reads no word of more than 4 kB; no file has such a name either."""


def _rule(departed: Departed, root: str) -> str:
    path = root + departed.path
    if "\0" in path or len(path.encode(errors="replace")) > _LONGEST:
        return ""
    where = f"location = {_quoted(path)}"
    if departed.location:
        return f"{where} {{ return 301 {_quoted(address(root + departed.location))}; }}"
    page = address(root + departed.file)
    if re.search(r"[%$?]", page):  # nginx would read it otherwise than as the name of a file
        return f"{where} {{ return 410; }}"
    return f"{where} {{ error_page 410 {_quoted(page)}; return 410; }}"


def _quoted(text: str) -> str:
    return '"' + "".join(_ESCAPES.get(char, char) for char in text) + '"'
