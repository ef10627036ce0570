"""Pieces of Markdown that importers write: text, code, addresses and pictures."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin

from publisher.content.importers.change import Changes
from publisher.content.importers.escape import marks_escaped
from publisher.content.importers.marks import marked
from publisher.content.text import CONTROL

_KEPT: Final = re.compile(r"(?:https?|mailto|tel|sms):", re.IGNORECASE)
_WEB: Final = re.compile(r"https?://[^\s/?#]", re.IGNORECASE)
_TEMPLATE: Final = re.compile(r"(\{\{[^{}\n]*\}\}|\{%[^%\n]*%\}|\{\{+|\{%)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How addresses are found: where a link leads now, and which picture is meant; None if nobody knows."""

    link: Callable[[str], str | None]
    picture: Callable[[str], str | None]


def from_base(base: str) -> Way:
    """Return the way of a page on the web: addresses are relative to `base`, which may be empty."""

    def whole(address: str) -> str | None:
        try:
            joined = urljoin(base, address.strip())
        except ValueError:
            return None
        return joined if _KEPT.match(joined) else None

    def picture(address: str) -> str | None:
        joined = whole(address)
        return joined if joined and _WEB.match(joined) else None

    return Way(link=whole, picture=picture)


def picture(address: str, alt: str, way: Way, changes: Changes, *, title: str = "") -> str:
    """Return a picture as Markdown; one that is not there is its words, one without alt text gets some."""
    found = way.picture(address)
    if found is None:
        shown = address if len(address) <= 200 else f"{address[:60]}…"
        changes.leave_out("a picture that is not there is its words now", address)
        words = alt if address.startswith("data:") else " ".join(filter(None, (alt, f"({shown})")))
        return marked(words_of(words), "*")
    if not alt:
        alt = alt_from(address, title)
        changes.note(f"a picture had no alt text; it says '{alt}' now", address)
    return f"![{words_of(alt)}]({written(found)})"


def alt_from(address: str, title: str) -> str:
    """Return words for a picture that has none: those of its file's name if there are any, else the title."""
    stem = re.split(r"[?#]", address)[0].rpartition("/")[2].rpartition(".")[0]
    words = " ".join(word for word in re.split(r"[^\w]+|_", stem) if word)
    is_name = re.fullmatch(r"[^\W\d_]+(?: [^\W\d_]+)+", words)
    return words if is_name else title or "Picture"


def words_of(text: str | None) -> str:
    """Return the text of an element as Markdown; what would look like a template's gap becomes code."""
    pieces = _TEMPLATE.split(CONTROL.sub("", text or ""))
    return "".join(
        code_span(piece) if index % 2 else marks_escaped(piece) for index, piece in enumerate(pieces)
    )


def code_span(code: str) -> str:
    """Return code in running text between as many backticks as it takes."""
    if not code:
        return ""
    ticks = "`" * (max((len(run) for run in re.findall("`+", code)), default=0) + 1)
    gap = " " if code.startswith("`") or code.endswith("`") else ""
    return f"{ticks}{gap}{code}{gap}{ticks}"


def written(address: str) -> str:
    """Return an address as Markdown takes it between parentheses."""
    table = {
        " ": "%20",
        "(": "%28",
        ")": "%29",
        "<": "%3C",
        ">": "%3E",
        "\\": "%5C",
        "\n": "",
        "\t": "",
        "\r": "",
    }
    return "".join(table.get(letter, letter) for letter in address.strip())
