"""Obsidian's links, pictures, tasks, marks, callouts and block ids."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from publisher.content.importers.change import Changes
from publisher.content.importers.masked import Masked
from publisher.content.importers.pieces import written
from publisher.content.roles import role_of
from publisher.model.story import Role

_WIKI = re.compile(r"(!?)\[\[([^\[\]\n|#^]*)((?:[#^][^\[\]\n|]*)?)(?:\\?\|([^\[\]\n]*))?\]\](?!\()")
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|webp|svg|bmp|avif)\Z", re.IGNORECASE)
_SIZE = re.compile(r"\d+(?:x\d+)?")
_TICKED = re.compile(r"^((?:[ \t>]*)(?:[-*+]|\d{1,9}[.)])[ \t]+)\[([ xX/-])\](?=[ \t\n]|\Z)", re.MULTILINE)
_MARK = re.compile(r"(?<![=\w])==(?=[^\s=])([^=\n]*)(?<=[^\s=])==(?![=\w])")
_CALLOUT = re.compile(r"^((?:[ \t]*>)+[ \t]*)\[!([^\]\n]+)\][+-]?[ \t]*([^\n]*)$", re.MULTILINE)
_BLOCK_ID = re.compile(r"(?<![ \t])[ \t]+\^[A-Za-z0-9-]+[ \t]*$", re.MULTILINE)
_NOTE = re.compile(r"%%.*?%%", re.DOTALL)
_PERCENTS = re.compile(r"(?<![\\%])%%")
_BOXES: Final = {" ": "☐", "x": "☑", "X": "☑", "/": "☐", "-": "☒"}


def rewritten(text: str, page: Callable[[str], str | None], changes: Changes, *, notes: bool) -> str:
    """Return a text in Markdown; `page` knows where the page of a note is, if it is imported too.

    With `notes` a `%%…%%` is an editor's note, as it is for us; else readers have seen it, and see it still.
    """
    masked = Masked(text)
    whole = masked.text
    if notes:
        whole = _NOTE.sub(lambda found: masked.hide(masked.shown(found[0])), whole)
    whole = _PERCENTS.sub(r"\\%%", whole)
    whole = _WIKI.sub(lambda found: _wiki(found, page, changes), whole)
    whole = _TICKED.sub(lambda found: _ticked(found, changes), whole)
    whole = _MARK.sub(lambda found: _marked(found, changes), whole)
    whole = _CALLOUT.sub(lambda found: _callout(found, changes), whole)
    masked.text = _BLOCK_ID.sub(lambda found: _left_out(found, changes), whole)
    return masked.shown()


def _wiki(found: re.Match[str], page: Callable[[str], str | None], changes: Changes) -> str:
    name, place, label = found[2].strip(), found[3][1:].strip("^ "), (found[4] or "").strip()
    if found[1] and _PICTURE.search(name):
        alt = "" if _SIZE.fullmatch(label) else label
        changes.note("an embedded picture is Markdown now", found[0])
        return f"![{alt}]({written(name)})"
    words = label or " > ".join(filter(None, (name, place)))
    address = page(name) if name else None
    if address is None:
        changes.note("a link to a note that is not imported is words now", found[0])
        return words
    changes.note("a link to a note leads to its page now", found[0])
    return f"[{words}]({address})"


def _ticked(found: re.Match[str], changes: Changes) -> str:
    changes.note("a box to tick is a sign now", found[0].strip())
    return f"{found[1]}{_BOXES[found[2]]}"


def _marked(found: re.Match[str], changes: Changes) -> str:
    changes.note("a marked text is strong now", found[0])
    return f"**{found[1]}**"


def _callout(found: re.Match[str], changes: Changes) -> str:
    if role_of(found[2]) is Role.DID_YOU_KNOW:
        return found[0]
    changes.note("a callout is a quotation now", f"[!{found[2]}]")
    words = found[3].strip() or found[2].strip().capitalize()
    return f"{found[1]}**{words.strip('*')}**  "


def _left_out(found: re.Match[str], changes: Changes) -> str:
    changes.leave_out("the id of a block is left out", found[0])
    return ""
