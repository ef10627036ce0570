"""Links and pictures of Markdown: relative addresses meant another site, and are found anew or told."""

from __future__ import annotations

import re
from collections import deque
from typing import Final

from publisher.content.importers.change import Changes
from publisher.content.importers.marks import line
from publisher.content.importers.masked import Masked
from publisher.content.importers.pieces import Way, picture, written

_TARGET = re.compile(
    r"""\]\([ \t]*(?:<(?P<pointed>[^<>\n]*)>|(?P<plain>(?:\\.|[^\s()\\]|\((?:\\.|[^\s()\\])*\)){0,2000}))"""
    r"""(?P<title>[ \t\n]+(?:"[^"]*"|'[^']*'|\([^()]*\)))?[ \t\n]*\)(?P<style>\{[:.#][^{}\n]*\})?"""
)
_DEFINITION = re.compile(
    r"^(?P<head> {0,3}\[(?P<name>(?!\^)[^\]\n]+)\]:[ \t]*)(?:<(?P<pointed>[^<>\n]*)>|(?P<plain>\S+))"
    r"(?P<rest>[^\n]*)$",
    re.MULTILINE,
)
_BRACKET = re.compile(r"\\.|\[|\]|\n[ \t]*\n", re.DOTALL)
_PICTURE_NAME = re.compile(r"\.(?:png|jpe?g|gif|webp|svg)\Z", re.IGNORECASE)
_FULL: Final = re.compile(r"(?:https?://|mailto:|tel:|sms:|#)", re.IGNORECASE)
_NESTED: Final = 50
_ESCAPE: Final = re.compile(r"\\([!-/:-@\[-`{-~])")


def with_found_addresses(text: str, way: Way, changes: Changes, *, title: str = "") -> str:
    """Return a text whose links and pictures lead somewhere; lines end with LF.

    A link that leads nowhere is its words and its address, a picture that is not there its alt text.
    """
    masked = Masked(text)
    masked.text = _inline(masked, way, changes, title)
    masked.text = _DEFINITION.sub(lambda found: _defined(found, way, changes), masked.text)
    return masked.shown()


def _inline(masked: Masked, way: Way, changes: Changes, title: str) -> str:
    """Return the text with each `[words](address)` written anew, from the inside out."""
    text = masked.text
    pieces: list[str] = []
    opened: deque[int] = deque(maxlen=_NESTED)
    position = 0
    for bracket in _BRACKET.finditer(text):
        if bracket.start() < position:
            continue
        pieces.append(text[position : bracket.start()])
        position = bracket.end()
        found = _TARGET.match(text, bracket.start()) if bracket[0] == "]" and opened else None
        if bracket[0] == "[":
            opened.append(len(pieces))
        elif bracket[0] == "]" and opened:
            start = opened.pop()
            if found is not None:
                words = "".join(pieces[start + 1 :])
                is_picture = pieces[start - 1].endswith("!") and not pieces[start - 1].endswith("\\!")
                del pieces[start:]
                if is_picture:
                    pieces[-1] = pieces[-1][:-1]
                pieces.append(_anew(found, words, masked, way, changes, title if is_picture else None))
                position = found.end()
                continue
        elif bracket[0] != "]" and bracket[0][0] != "\\":
            opened.clear()
        pieces.append(bracket[0])
    return "".join([*pieces, text[position:]])


def _anew(  # noqa: PLR0913, PLR0917 - what a link is made of
    found: re.Match[str], words: str, masked: Masked, way: Way, changes: Changes, title: str | None
) -> str:
    """Return a picture, or a link where there is no `title`, with an address that can be used."""
    address = _ESCAPE.sub(r"\1", masked.shown(found["pointed"] or found["plain"] or ""))
    label, style = found["title"] or "", found["style"] or ""
    if style:
        changes.leave_out("styles behind a link are left out", style)
    if title is not None:
        return masked.hide(_picture(address, masked.shown(words), label, way, changes, title))
    if _FULL.match(address):
        return f"[{words}{found[0].removesuffix(style)}"
    return _link(words, address, label, way, changes)


def _picture(address: str, alt: str, label: str, way: Way, changes: Changes, title: str) -> str:  # noqa: PLR0913, PLR0917 - what a picture is made of
    found = way.picture(address)
    if found is not None and alt.strip():
        if label:
            changes.leave_out("the title of a picture is left out", label)
        return f"![{alt}]({written(found)})"
    if label:
        changes.leave_out("the title of a picture is left out", label)
    words = " ".join(re.sub(r"[\\\[\]*_`]", "", alt).split())
    return line(picture(address, words, way, changes, title=title))


def _link(words: str, address: str, label: str, way: Way, changes: Changes) -> str:
    found = way.link(address) if address else None
    if found is not None:
        changes.note("a link leads to the new address now", address)
        return f"[{words}]({written(found)}{label})"
    changes.note("a link that leads nowhere from here is words now", f"{address}{label}")
    return f"{words} (`{address}`)" if address and "`" not in address else words


def _defined(found: re.Match[str], way: Way, changes: Changes) -> str:
    address = found["pointed"] or found["plain"] or ""
    if _FULL.match(address):
        return found[0]
    picture_first = bool(_PICTURE_NAME.search(address))
    ways = (way.picture, way.link) if picture_first else (way.link, way.picture)
    target = ways[0](address) or ways[1](address)
    if target is not None:
        changes.note("a link leads to the new address now", address)
        return f"{found['head']}{written(target)}{found['rest']}"
    changes.note("a link that leads nowhere from here is words now", found[0])
    return ""
