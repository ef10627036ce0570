"""Tags of HTML within Markdown -> Markdown that says the same; a tag that says nothing goes, its words stay."""

from __future__ import annotations

import re
from typing import Final

from publisher.content.importers.change import Changes
from publisher.content.importers.html import UNREAD, Way, code_span, picture, to_blocks, written
from publisher.content.importers.masked import Masked, block_parser, too_deep

_ATTRIBUTES = r"(?:\s(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)?"
_TAG = re.compile(rf"</?[A-Za-z][A-Za-z0-9-]*{_ATTRIBUTES}/?>")
_ODD = re.compile(r"<(?=!--|![A-Za-z\[]|\?|/?[A-Za-z][A-Za-z0-9-]*(?:\s[^<>]*)?/?>)")
_COMMENT = re.compile(r"\s*<!--")
_INSIDE = r"((?:(?!\n[ \t]*\n).)*?)"
_UNREAD = re.compile(rf"<(script|style|template|noscript){_ATTRIBUTES}>.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_LINK = re.compile(rf"<a({_ATTRIBUTES})>{_INSIDE}</a\s*>", re.DOTALL | re.IGNORECASE)
_PICTURE = re.compile(rf"<img({_ATTRIBUTES})\s*/?>", re.IGNORECASE)
_BREAK = re.compile(r"(?P<before>^[^\n]*?)[ \t]*<br\s*/?>[ \t]*(?P<end>\n?)", re.MULTILINE | re.IGNORECASE)
_RULE = re.compile(r"^[ \t]*<hr\s*/?>[ \t]*$", re.MULTILINE | re.IGNORECASE)
_MARKDOWN_INSIDE = re.compile(r"\smarkdown\s*=", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([A-Za-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_TOOK: Final = "a tag of HTML is taken out"
_PAIRS: Final = tuple(
    (re.compile(rf"<({names}){_ATTRIBUTES}>(\s*){_INSIDE}(\s*)</\1\s*>", re.DOTALL | re.IGNORECASE), sign)
    for names, sign in (("b|strong|mark", "**"), ("i|em", "*"), ("del|s|strike", "~~"))
)
_CODE = re.compile(rf"<(code|kbd|samp|tt){_ATTRIBUTES}>([^\n`<>]+?)</\1\s*>", re.IGNORECASE)


def without_html(text: str, way: Way, changes: Changes, *, title: str = "") -> str:
    """Return a text without raw HTML; lines end with LF. Code and comments are left alone."""
    text = _without_blocks(text, way, changes, title)
    masked = Masked(text)
    if "<" not in masked.text:
        return text
    masked.text = _UNREAD.sub(lambda found: _left_out(found, masked, changes), masked.text)
    masked.text = _LINK.sub(lambda found: _link(found, masked, way, changes), masked.text)
    masked.text = _PICTURE.sub(lambda found: _picture(found, masked, way, changes, title), masked.text)
    masked.text = _CODE.sub(lambda found: _code(found, masked, changes), masked.text)
    for pattern, sign in _PAIRS:
        masked.text = pattern.sub(lambda found, sign=sign: _marked(found, sign, changes), masked.text)  # type: ignore[misc] # mypy has no type for a default in a lambda
    masked.text = _RULE.sub(lambda found: _said(found, "* * *", changes), masked.text)
    masked.text = _BREAK.sub(lambda found: _broken(found, changes), masked.text)
    masked.text = _TAG.sub(lambda found: _taken_out(found, masked, changes), masked.text)
    masked.text = _ODD.sub(r"\\<", masked.text)
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
        inside = to_blocks(piece, way, Changes() if not _says_something(piece) else changes, title=title)
        changes.note("a block of HTML is Markdown now" if inside else "tags of HTML are taken out", piece)
        above = [""] if start and lines[start - 1].strip() else []
        below = [""] if lines[end : end + 1] and lines[end].strip() else []
        lines[start:end] = [*above, *inside.split("\n"), *below] if inside else [""]
    return "\n".join(lines)


def _says_something(piece: str) -> bool:
    return bool(_TAG.sub("", piece).strip()) or "<i" in piece.lower()


def _left_out(found: re.Match[str], masked: Masked, changes: Changes) -> str:
    changes.leave_out(f"<{found[1].lower()}> is left out", masked.shown(found[0]))
    return ""


def _link(found: re.Match[str], masked: Masked, way: Way, changes: Changes) -> str:
    address = _attributes(found[1]).get("href", "")
    target = way.link(address) if address and not address.startswith("#") else None
    if target is None or not found[2].strip():
        changes.note(_TOOK, masked.shown(found[0]))
        return found[2]
    changes.note("a link in HTML is Markdown now", masked.shown(found[0]))
    return f"[{found[2].strip()}]({masked.hide(written(target))})"


def _picture(found: re.Match[str], masked: Masked, way: Way, changes: Changes, title: str) -> str:
    attributes = _attributes(found[1])
    changes.note("a picture in HTML is Markdown now", found[0])
    alt = " ".join(attributes.get("alt", "").split())
    return masked.hide(picture(attributes.get("src", ""), alt, way, changes, title=title))


def _code(found: re.Match[str], masked: Masked, changes: Changes) -> str:
    changes.note("a tag of HTML is a mark now", found[0])
    return masked.hide(code_span(masked.shown(found[2])))


def _marked(found: re.Match[str], sign: str, changes: Changes) -> str:
    changes.note("a tag of HTML is a mark now", found[0][: found[0].index(">") + 1])
    inside = found[3]
    return f"{found[2]}{sign}{inside}{sign}{found[4]}" if inside.strip("*~ \n") else found[2] + inside + found[4]


def _said(found: re.Match[str], instead: str, changes: Changes) -> str:
    changes.note("a tag of HTML is a mark now", found[0])
    return instead


def _broken(found: re.Match[str], changes: Changes) -> str:
    """Write a line break; in a heading or a table, which is one line, it is a blank."""
    before = found["before"]
    changes.note("<br> is a line break now")
    if before.lstrip().startswith(("|", "#")) or not before.strip():
        return f"{before} {found['end']}"
    return f"{before}\\\n"


def _taken_out(found: re.Match[str], masked: Masked, changes: Changes) -> str:
    name = re.sub(r"\W.*", "", found[0].strip("</>"), flags=re.DOTALL).lower()
    changes.note(f"<{name}> is taken out" if name in UNREAD else _TOOK, masked.shown(found[0]))
    return ""


def _attributes(text: str) -> dict[str, str]:
    import html  # noqa: PLC0415 - the module beside this one has the same name

    return {
        found[1].lower(): html.unescape(found[2] or found[3] or found[4] or "")
        for found in _ATTRIBUTE.finditer(text)
    }
