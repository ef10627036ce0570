"""MJML to HTML through mjml-python, with a cure for each thing that it gets wrong (measured and tested).

The cures work on rendered MJML as a whole, so mails and notices get them without asking.
"""

from __future__ import annotations

import re
from typing import Final

import mjml

PARENTS: Final[dict[str, tuple[str, ...]]] = {
    "mjml": ("",),
    "mj-head": ("mjml",),
    "mj-body": ("mjml",),
    "mj-title": ("mj-head",),
    "mj-style": ("mj-head",),
    "mj-breakpoint": ("mj-head",),
    "mj-attributes": ("mj-head",),
    "mj-all": ("mj-attributes",),
    "mj-class": ("mj-attributes",),
    "mj-raw": ("mj-head", "mj-body", "mj-section", "mj-column"),
    "mj-wrapper": ("mj-body",),
    "mj-section": ("mj-body", "mj-wrapper", "mj-attributes"),
    "mj-column": ("mj-section", "mj-attributes"),
    "mj-text": ("mj-column", "mj-attributes"),
    "mj-image": ("mj-column", "mj-attributes"),
    "mj-button": ("mj-column", "mj-attributes"),
    "mj-divider": ("mj-column", "mj-attributes"),
    "mj-spacer": ("mj-column", "mj-attributes"),
}
"""The components that may be used, and directly inside what.

The compiler takes anything else in silence, and then leaves it out, prints it as it stands or (`mj-include`)
ends the whole process.
"""

_MJ: Final = r"<(?P<end>/?)(?P<name>mj-[a-z-]+|mjml)\b(?P<rest>(?:[^>\"']|\"[^\"]*\"|'[^']*')*)>"
_TAG: Final = re.compile(rf"<!--.*?-->|{_MJ}", re.DOTALL)
_TAG_AND_SPACE: Final = re.compile(rf"(?<! ) *(?P<tag>{_MJ}) *")
_AS_WRITTEN: Final = re.compile(r"((?<!\s)\s*<mj-style\b.*?</mj-style>\s*|<pre\b.*?</pre>)", re.DOTALL)
_BREAK: Final = re.compile(r"(?<![ \t])[ \t]*[\r\n][ \t\r\n]*")
_REFERENCES: Final = re.compile(r"(?:&#(?:10|92|1[6-9]\d|[2-9]\d\d|[1-9]\d{3,6});)+")
_OUTLOOK: Final = re.compile(r"(?:<!--\[if mso \| IE\]>.*?<!\[endif\]-->)+", re.DOTALL)
_POSITION: Final = re.compile(r" at position (\d+)(?::\d+)?")

_UNPRINTABLE: Final[dict[int, str | None]] = {
    **dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF]),
    **{ord(space): space for space in "\t\n\r"},
    **{ord(space): " " for space in "\v\f\x85\u2028\u2029"},
}
"""Characters that XML cannot carry, and line breaks of other kinds."""


class MjmlError(Exception):
    """What a template made is not MJML that works; `before` is the MJML up to the fault, if that is known."""

    def __init__(self, what: str, *, fix: str, before: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix
        self.before = before


def compile_mjml(source: str) -> str:
    """Return the HTML of `source`, the same for the same source.

    Raises:
        MjmlError: `source` is not well-formed, or uses what the compiler does not do.
    """
    _require_known(source)
    pieces = _AS_WRITTEN.split(source.translate(_UNPRINTABLE))
    cured = "".join(_CURES[position % 2](piece) for position, piece in enumerate(pieces))
    try:
        html = mjml.mjml2html(cured, fonts={})
    except ValueError as error:
        raise _explained(str(error), cured) from None
    return _OUTLOOK.sub(_merged, _REFERENCES.sub(_characters, html))


def _require_known(source: str) -> None:
    """Refuse components that do not work, stand in the wrong place or are closed in the wrong order."""
    open_tags = [""]
    for tag in _TAG.finditer(source):
        name, before = tag["name"], source[: tag.end()]
        if name is None:
            continue
        if tag["end"]:
            if open_tags[-1] != name:
                what = f"</{name}> closes what is not open here"
                raise MjmlError(what, fix=f"close <{open_tags[-1]}> first", before=before)
            open_tags.pop()
            continue
        if name not in PARENTS:
            known = ", ".join(known for known in PARENTS if known.startswith("mj-"))
            raise MjmlError(f"<{name}> is not supported", fix=f"use {known}", before=before)
        if open_tags[-1] not in PARENTS[name]:
            where = " or ".join(f"<{parent}>" for parent in PARENTS[name] if parent)
            raise MjmlError(f"<{name}> does nothing here", fix=f"put it directly into {where}", before=before)
        if not tag["rest"].endswith("/"):
            open_tags.append(name)
    if len(open_tags) > 1:
        raise MjmlError(f"<{open_tags[-1]}> is never closed", fix=f"add </{open_tags[-1]}>", before=source)


def _broken_lines_are_spaces(piece: str) -> str:
    """Write line breaks as spaces: between two inline tags the compiler drops them and joins the words.

    Around its own tags it is the other way: there it takes a line break, and refuses a space.
    """
    return _referenced(_TAG_AND_SPACE.sub(r"\g<tag>", _BREAK.sub(" ", piece)))


def _as_written(piece: str) -> str:
    """Keep the lines of preformatted text as references, which the compiler leaves alone, and keep CSS."""
    if not piece.startswith("<pre"):
        return _BREAK.sub("\n", piece.strip())
    opening, rest = piece.split(">", 1)
    return _referenced(f"{opening}>" + rest.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "&#10;"))


def _referenced(piece: str) -> str:
    r"""Write all but printable ASCII as references: in attributes the compiler prints `\u{a0}` and `\\`."""
    return piece.replace("\\", "&#92;").encode("ascii", "xmlcharrefreplace").decode("ascii")


_CURES: Final = (_broken_lines_are_spaces, _as_written)


def _characters(references: re.Match[str]) -> str:
    return "".join(chr(int(number)) for number in references[0][2:-1].split(";&#"))


def _merged(conditionals: re.Match[str]) -> str:
    """Join neighbouring Outlook conditionals into one: 3 % of a mail."""
    return conditionals[0].replace("<![endif]--><!--[if mso | IE]>", "")


def _explained(words: str, cured: str) -> MjmlError:
    """Put the compiler's words, which speak of byte offsets, into words for a person."""
    position = _POSITION.search(words)
    offset = int(position[1]) if position else None
    what, offset = _first_fault(cured) or ("this is not well-formed", offset)
    fix = "close every tag that you open, quote every attribute and write &lt; and &amp;"
    return MjmlError(what, fix=fix, before=None if offset is None else cured[:offset])


_HTML_TAG: Final = re.compile(
    r"<!--.*?-->|<(?P<end>/?)(?P<name>[A-Za-z][\w:.-]*)(?P<rest>(?:\s+[\w:.-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'))?)*)"
    r"\s*(?P<empty>/?)>|<",
    re.DOTALL,
)
_VOID: Final = frozenset(
    {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)


def _first_fault(cured: str) -> tuple[str, int] | None:
    """Find the first tag that is not written as XML, or not closed; return a sentence and where it stands."""
    open_tags: list[tuple[str, int]] = []
    for tag in _HTML_TAG.finditer(_AS_WRITTEN.sub(lambda kept: " " * len(kept[0]), cured)):
        name = tag["name"]
        if name is None:
            if tag[0] == "<":
                return f"'{cured[tag.start() : tag.start() + 30]}' is not a tag", tag.start()
        elif tag["end"]:
            if not open_tags or open_tags.pop()[0] != name:
                return f"</{name}> closes what is not open here", tag.start()
        elif not tag["empty"] and name not in _VOID:
            open_tags.append((name, tag.end()))
    return (f"<{open_tags[-1][0]}> is never closed", open_tags[-1][1]) if open_tags else None
