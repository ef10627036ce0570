"""MJML to HTML through mjml-python, with a cure for each thing that it gets wrong (measured and tested).

The cures work on rendered MJML as a whole, so mails and notices get them without asking.
"""

from __future__ import annotations

import re
from typing import Final

import mjml

from publisher.mjml_rules import not_closing, not_opening

_TAG: Final = re.compile(
    r"<(?:!--.*?--|(?P<end>/?)(?P<name>mj-[a-z-]+|mjml)\b(?P<rest>[^>\"']*(?:(?:\"[^\"]*\"|'[^']*')[^>\"']*)*))>",
    re.DOTALL,
)
_PRE: Final = re.compile(r"(<pre\b.*?</pre>)", re.DOTALL)
_AS_WRITTEN: Final = re.compile(r"<mj-style\b.*?</mj-style>|<pre\b.*?</pre>", re.DOTALL)
_REFERENCE: Final = r"&#(?:9|10|92|1[6-9]\d|[2-9]\d\d|[1-9]\d{3,6});"
_REFERENCES: Final = re.compile(rf"{_REFERENCE}(?:{_REFERENCE})*")
_OUTLOOK: Final = "<!--[if mso | IE]>"
_SEAM: Final = re.compile(r"<!\[endif\]--><!--\[if mso \| IE\]>")
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
    cured = _referenced(_tidied(_printable(source)))
    try:
        html = mjml.mjml2html(cured, fonts={})
    except ValueError as error:
        raise _explained(str(error), cured) from None
    return _SEAM.sub(_merged, _REFERENCES.sub(_characters, html))


def _printable(source: str) -> str:
    """Leave out what no mail can carry; that most sources have none of it is seen at once."""
    return source if source.replace("\n", " ").isprintable() else _UNPRINTABLE.sub("", source)


def _tidied(source: str) -> str:
    """Require what the rules of MJML say, and set each component and what is in it in one line.

    The compiler may refuse the space around components; of a line break between two inline tags it makes
    nothing and joins their words.
    """
    made: list[str] = []
    done = 0
    open_tags = [""]
    for tag in _TAG.finditer(source):
        name, parent = tag["name"], open_tags[-1]
        if name is None:
            continue
        problem = not_closing(name, parent) if tag["end"] else not_opening(name, tag["rest"], parent)
        if problem:
            raise MjmlError(problem[0], fix=problem[1], before=source[: tag.end()])
        made += _lines(source[done : tag.start()], parent), _in_one_line(tag[0])
        done = tag.end()
        if tag["end"]:
            open_tags.pop()
        elif not tag["rest"].endswith("/"):
            open_tags.append(name)
    if len(open_tags) > 1:
        raise MjmlError(f"<{open_tags[-1]}> is never closed", fix=f"add </{open_tags[-1]}>", before=source)
    return "".join(made)


def _lines(text: str, parent: str) -> str:
    """Set the text of a component in one line, but for style sheets and what is preformatted."""
    if parent == "mj-style":
        return "\n".join(line.strip(_SPACE) for line in text.splitlines())
    if "<pre" not in text:
        return _in_one_line(text)
    pieces = _PRE.split(text)
    return "".join(
        _with_its_lines(piece) if position % 2 else _in_one_line(piece)
        for position, piece in enumerate(pieces)
    )


def _in_one_line(text: str) -> str:
    if text.isprintable():
        return text.strip(_SPACE)
    if text == "\n":
        return ""
    lines = [line.strip(_SPACE) for line in text.splitlines()]
    return " ".join(line for line in lines if line)


def _with_its_lines(preformatted: str) -> str:
    """Write the line breaks of a `<pre>` as references, which the compiler leaves alone."""
    opening, text = preformatted.split(">", 1)
    return f"{opening}>{'&#10;'.join(text.splitlines())}"


def _referenced(source: str) -> str:
    r"""Write all but printable ASCII as references: in attributes the compiler prints `\u{a0}` and `\\`."""
    written = source.replace("\\", "&#92;").replace("\t", "&#9;")
    return written.encode("ascii", "xmlcharrefreplace").decode("ascii")


def _characters(references: re.Match[str]) -> str:
    return "".join(chr(int(number)) for number in references[0][2:-1].split(";&#"))


def _merged(seam: re.Match[str]) -> str:
    """Join two neighbouring conditionals for Outlook: 3 % of a mail. Those of other kinds stay."""
    opening = seam.string.rfind("<!--[if", 0, seam.start())
    return "" if seam.string.startswith(_OUTLOOK, opening) else seam[0]


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
