"""Tags of HTML within Markdown -> Markdown that says the same; where a tag says nothing, its words stay."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from html import unescape
from typing import Final

from publisher.content.importers.change import Changes
from publisher.content.importers.html import UNREAD, to_blocks
from publisher.content.importers.marks import line
from publisher.content.importers.masked import Masked, block_parser, too_deep
from publisher.content.importers.pieces import Way, code_span, picture, written

_ATTRIBUTES = r"(?:\s(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)?"
_TAG = re.compile(rf"<(?P<end>/)?(?P<name>[A-Za-z][A-Za-z0-9-]*)(?P<attributes>{_ATTRIBUTES})/?>")
_TOKEN = re.compile(rf"{_TAG.pattern}|\n[ \t]*(?=\n)")
_ODD = re.compile(r"<(?=!--|![A-Za-z\[]|\?|/?[A-Za-z][A-Za-z0-9-]*(?:\s[^<>]*)?/?>)")
_COMMENT = re.compile(r"\s*<!--")
_MARKDOWN_INSIDE = re.compile(r"\smarkdown\s*=", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([A-Za-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_PICTURES: Final = re.compile(r"<(?:img|iframe|video|audio|embed)\b", re.IGNORECASE)
_TOOK: Final = "a tag of HTML is taken out"
_MARKED: Final = "a tag of HTML is a mark now"
_NESTED: Final = 50
_SIGNS: Final = (
    dict.fromkeys(("b", "strong", "mark"), "**")
    | dict.fromkeys(("i", "em"), "*")
    | dict.fromkeys(("del", "s", "strike"), "~~")
)
_CODE: Final = frozenset({"code", "kbd", "samp", "tt"})


def without_html(text: str, way: Way, changes: Changes, *, title: str = "") -> str:
    """Return a text without raw HTML; lines end with LF. Code and comments are left alone.

    Raises:
        ContentError: its blocks stand too deep in each other.
    """
    text = _without_blocks(text, way, changes, title)
    masked = Masked(text)
    if "<" not in masked.text:
        return text
    masked.text = _ODD.sub(r"\\<", _Tags(masked, way, changes, title).rewritten())
    return masked.shown()


def _without_blocks(text: str, way: Way, changes: Changes, title: str) -> str:
    """Replace the outermost blocks of HTML, which Markdown ends at an empty line."""
    try:
        tokens = block_parser(html=True).parse(text)
    except RecursionError:
        raise too_deep() from None
    lines = text.split("\n")
    for token in reversed(tokens):
        if token.type != "html_block" or token.level or token.map is None:
            continue
        start, end = token.map
        piece = "\n".join(lines[start:end])
        if _COMMENT.match(piece) or _MARKDOWN_INSIDE.search(piece):
            continue
        has_more = bool(_TAG.sub("", piece).strip()) or _PICTURES.search(piece) is not None
        inside = to_blocks(piece, way, changes, title=title) if has_more else ""
        changes.note("a block of HTML is Markdown now" if inside else "tags of HTML are taken out", piece)
        above = [""] if start and lines[start - 1].strip() else []
        below = [""] if lines[end : end + 1] and lines[end].strip() else []
        lines[start:end] = [*above, *inside.split("\n"), *below] if inside else [""]
    return "\n".join(lines)


@dataclass(slots=True)
class _Open:
    """A tag that waits for its end: its name, the place of what follows it, and how it was written."""

    name: str
    index: int
    tag: str
    attributes: str


class _Tags:
    """Rewrites the tags in running text, from the inside out; no pair reaches over an empty line."""

    def __init__(self, masked: Masked, way: Way, changes: Changes, title: str) -> None:
        self._masked = masked
        self._way = way
        self._changes = changes
        self._title = title
        self._pieces: list[str] = []
        self._opened: deque[_Open] = deque(maxlen=_NESTED)

    def rewritten(self) -> str:
        """Return the whole text without tags."""
        text = self._masked.text
        position = 0
        unclosed: set[str] = set()
        for found in _TOKEN.finditer(text):
            if found.start() < position:
                continue
            self._pieces.append(text[position : found.start()])
            position = found.end()
            name = (found["name"] or "").lower()
            if not name:
                self._forget()
                self._pieces.append(found[0])
            elif name in UNREAD and not found["end"] and name not in unclosed:
                end = re.compile(rf"</{name}\s*>", re.IGNORECASE).search(text, position)
                position = end.end() if end else position
                unclosed |= set() if end else {name}
                self._changes.leave_out(
                    f"<{name}> is left out", self._masked.shown(text[found.start() : position])
                )
            else:
                self._tag(name, found)
        self._forget()
        return "".join([*self._pieces, text[position:]])

    def _forget(self) -> None:
        """Take out the tags that are never closed."""
        for opened in self._opened:
            self._changes.note(_TOOK, self._masked.shown(opened.tag))
        self._opened.clear()

    def _tag(self, name: str, found: re.Match[str]) -> None:
        if found["end"]:
            self._close(name, found[0])
        elif name == "img":
            self._picture(found)
        elif name in ("br", "hr"):
            self._changes.note(f"<{name}> is {'a line break' if name == 'br' else 'a rule'} now")
            self._pieces.append(self._break() if name == "br" else "\n\n* * *\n\n")
        elif len(self._opened) == _NESTED or found[0].endswith("/>"):
            self._changes.note(_TOOK, self._masked.shown(found[0]))
        else:
            self._opened.append(_Open(name, len(self._pieces), found[0], found["attributes"] or ""))

    def _close(self, name: str, tag: str) -> None:
        """Make Markdown of what stands between a tag and its end."""
        while self._opened and any(each.name == name for each in self._opened):
            opened = self._opened.pop()
            if opened.name != name:
                self._changes.note(_TOOK, self._masked.shown(opened.tag))
                continue
            inside = "".join(self._pieces[opened.index :])
            del self._pieces[opened.index :]
            self._pieces.append(self._made(opened, inside))
            return
        self._changes.note(_TOOK, tag)

    def _made(self, opened: _Open, inside: str) -> str:
        words = inside.strip()
        if opened.name == "a" and words:
            address = _attributes(self._masked.shown(opened.attributes)).get("href", "")
            target = self._way.link(address) if address and not address.startswith("#") else None
            if target is not None:
                self._changes.note("a link in HTML is Markdown now", opened.tag)
                return f"[{words}]({self._masked.hide(written(target))})"
        elif opened.name in _CODE and words and "`" not in words and "\n" not in words:
            self._changes.note(_MARKED, opened.tag)
            return self._masked.hide(code_span(self._masked.shown(words)))
        elif opened.name in _SIGNS and words.strip("*~ \n"):
            self._changes.note(_MARKED, opened.tag)
            before, _, after = inside.partition(words)
            return f"{before}{_SIGNS[opened.name]}{words}{_SIGNS[opened.name]}{after}"
        self._changes.note(_TOOK, self._masked.shown(opened.tag))
        return inside

    def _picture(self, found: re.Match[str]) -> None:
        attributes = _attributes(self._masked.shown(found["attributes"] or ""))
        self._changes.note("a picture in HTML is Markdown now", found[0])
        alt = " ".join(attributes.get("alt", "").split())
        shown = picture(attributes.get("src", ""), alt, self._way, self._changes, title=self._title)
        self._pieces.append(self._masked.hide(line(shown)))

    def _break(self) -> str:
        """Return a line break; in a heading, a table or an empty line it is a blank."""
        before = ""
        for piece in reversed(self._pieces):
            before = f"{piece.rpartition(chr(10))[2]}{before}"
            if "\n" in piece or len(before) > 200:
                break
        if self._pieces:
            self._pieces[-1] = self._pieces[-1].rstrip(" \t")
        return " " if not before.strip() or before.lstrip().startswith(("|", "#")) else "\\\n"


def _attributes(text: str) -> dict[str, str]:
    return {
        found[1].lower(): unescape(found[2] or found[3] or found[4] or "")
        for found in _ATTRIBUTE.finditer(text)
    }
