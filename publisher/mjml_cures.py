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

_TAG: Final = re.compile(
    r"<!--.*?-->|<(?P<end>/?)(?P<name>mj-[a-z-]+|mjml)\b(?P<rest>(?:[^>\"']|\"[^\"]*\"|'[^']*')*)>",
    re.DOTALL,
)
_AS_WRITTEN: Final = re.compile(r"(<mj-style\b.*?</mj-style>|<pre\b.*?</pre>)", re.DOTALL)
_REFERENCE: Final = r"&#(?:9|10|92|1[6-9]\d|[2-9]\d\d|[1-9]\d{3,6});"
_REFERENCES: Final = re.compile(rf"{_REFERENCE}(?:{_REFERENCE})*")
_CONDITIONAL: Final = r"<!--\[if mso \| IE\]>.*?<!\[endif\]-->"
_CONDITIONALS: Final = re.compile(rf"{_CONDITIONAL}(?:{_CONDITIONAL})+", re.DOTALL)
_POSITION: Final = re.compile(r" at position (\d+)(?::\d+)?")
_SPACE: Final = " \t\r\n"
_UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML, or a mail, cannot carry. Line breaks of all kinds are not among them."""


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
    pieces = _AS_WRITTEN.split(_tidied(_UNPRINTABLE.sub("", source)))
    cured = "".join(_CURES[position % 2](piece) for position, piece in enumerate(pieces))
    try:
        html = mjml.mjml2html(cured, fonts={})
    except ValueError as error:
        raise _explained(str(error), cured) from None
    return _CONDITIONALS.sub(_merged, _REFERENCES.sub(_characters, html))


def _tidied(source: str) -> str:
    """Take away the space around components, which the compiler may refuse; require what `PARENTS` says."""
    made: list[str] = []
    done = 0
    open_tags = [""]
    for tag in _TAG.finditer(source):
        name = tag["name"]
        if name is None:
            continue
        problem = _not_closing(name, open_tags[-1]) if tag["end"] else _not_opening(name, open_tags[-1])
        if problem:
            raise MjmlError(problem[0], fix=problem[1], before=source[: tag.end()])
        made += source[done : tag.start()].strip(_SPACE), tag[0]
        done = tag.end()
        if tag["end"]:
            open_tags.pop()
        elif not tag["rest"].endswith("/"):
            open_tags.append(name)
    if len(open_tags) > 1:
        raise MjmlError(f"<{open_tags[-1]}> is never closed", fix=f"add </{open_tags[-1]}>", before=source)
    return "".join(made)


def _not_opening(name: str, parent: str) -> tuple[str, str] | None:
    """Return what is wrong with `name` directly inside `parent`, and how to mend it."""
    if name not in PARENTS:
        known = ", ".join(known for known in PARENTS if known.startswith("mj-"))
        return f"<{name}> is not supported", f"use {known}"
    if parent not in PARENTS[name]:
        places = " or ".join(f"<{place}>" for place in PARENTS[name] if place)
        return f"<{name}> does nothing here", f"put it directly into {places}"
    return None


def _not_closing(name: str, open_tag: str) -> tuple[str, str] | None:
    """Return what is wrong with closing `name` where `open_tag` is open, and how to mend it."""
    if name == open_tag:
        return None
    return f"</{name}> closes what is not open here", f"close <{open_tag}> first"


def _broken_lines_are_spaces(piece: str) -> str:
    """Write line breaks as spaces: between two inline tags the compiler drops them and joins the words."""
    lines = (line.strip(_SPACE) for line in piece.splitlines())
    return _referenced(" ".join(line for line in lines if line))


def _as_written(piece: str) -> str:
    """Keep the lines of preformatted text as references, which the compiler leaves alone, and keep CSS."""
    if piece.startswith("<mj-style"):
        return "\n".join(line.strip(_SPACE) for line in piece.splitlines())
    opening, text = piece.split(">", 1)
    return _referenced(f"{opening}>{'&#10;'.join(text.splitlines())}")


def _referenced(piece: str) -> str:
    r"""Write all but printable ASCII as references: in attributes the compiler prints `\u{a0}` and `\\`."""
    written = piece.replace("\\", "&#92;").replace("\t", "&#9;")
    return written.encode("ascii", "xmlcharrefreplace").decode("ascii")


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
