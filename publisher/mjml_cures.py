"""MJML to HTML through mjml-python, with a cure for each thing that it gets wrong (measured and tested).

The cures work on rendered MJML as a whole, so mails and notices get them without asking.
"""

from __future__ import annotations

import re
from typing import Final

import mjml

from publisher.mjml_rules import MARK, ONCE, WITH_TEXT, not_closing, not_opening

_TAG: Final = re.compile(
    r"<(?:!--.*?--|(?P<end>/?)(?P<name>[mM][jJ][-mM][\w:.-]*)(?P<rest>[^>\"']*(?:(?:\"[^\"]*\"|'[^']*')[^>\"']*)*))>",
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
_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")
_COMMENT: Final = re.compile(r"<!--.*?-->", re.DOTALL)
_MARKED: Final = re.compile(rf' {MARK}="[^"]*"|<!-- {MARK}="[^"]*" -->')
_BEGUN: Final = re.compile(rf'</?[A-Za-z][\w:.-]*(?: {MARK}="[^"]*")?|<')
_CLASS_NAME: Final = re.compile(r"<mj-class\b[^>]*?\sname=[\"']([^\"']*)")
_CLASS_USED: Final = re.compile(r"\smj-class=[\"']([^\"']*)")
_WITH_HTML: Final = frozenset({"mj-text", "mj-button"})
_WELL_FORMED: Final = "close every tag that you open, quote every attribute and write &lt; and &amp;"
_DEEP: Final = "more than 500 tags are open at once"
_UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML, or a mail, cannot carry. Line breaks of all kinds are not among them."""


DEEPEST: Final = 500
"""So many tags may be open at once: the compiler's stack bears some thousands, then the process dies."""


class MjmlError(Exception):
    """What a template made is not MJML that works; `before` is the MJML up to the fault, if that is known."""

    def __init__(self, what: str, *, fix: str, before: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix
        self.before = before


def compile_mjml(source: str, *, ours: bool = False) -> str:
    """Return the HTML of `source`, the same for the same source.

    In what `ours` templates made, HTML is not looked at tag by tag: tests do that. It is in a newsroom's, of
    which the compiler would repair or drop things without a word.

    Raises:
        MjmlError: `source` is not well-formed, or uses what the compiler does not do.
    """
    cured = _referenced(_tidied(_printable(source), ours=ours))
    try:
        html = mjml.mjml2html(cured, fonts={})
    except ValueError as error:
        raise _explained(str(error), cured) from None
    return _SEAM.sub(_merged, _REFERENCES.sub(_characters, html))


def _printable(source: str) -> str:
    """Leave out what no mail can carry; that most sources have none of it is seen at once."""
    return source if source.replace("\n", " ").isprintable() else _UNPRINTABLE.sub("", source)


def _tidied(source: str, *, ours: bool) -> str:
    """Require what the rules of MJML say, and set each component and what is in it in one line.

    The compiler may refuse the space around components; of a line break between two inline tags it makes
    nothing and joins their words.
    """
    made: list[str] = []
    done = 0
    open_tags = [""]
    seen: set[str] = set()
    for tag in _TAG.finditer(source):
        whole, name, end, rest = tag.group(0, "name", "end", "rest")
        if name is None:
            continue
        parent, text = open_tags[-1], source[done : tag.start()]
        if text and text != "\n":
            if not ours or parent not in WITH_TEXT or text.count("<") > DEEPEST:
                _check_text(text, parent, source, done)
            made.append(_lines(text, parent))
        problem = not_closing(name, parent) if end else not_opening(name, rest, parent)
        if name in ONCE and not problem:
            problem = _not_once(name, closes=bool(end), seen=seen)
        if problem:
            raise MjmlError(problem[0], fix=problem[1], before=source[: tag.end()])
        made.append(_in_one_line(whole))
        done = tag.end()
        _step(open_tags, name, closes=bool(end), is_empty=rest.endswith("/"))
    if len(open_tags) > 1:
        opened = source.rfind(f"<{open_tags[-1]}")
        before = source[: source.find(">", opened) + 1]
        raise MjmlError(f"<{open_tags[-1]}> is never closed", fix=f"add </{open_tags[-1]}>", before=before)
    if seen:
        _check_text(source[done:], "", source, done)
        _check_classes(source)
    return "".join(made)


def _step(open_tags: list[str], name: str, *, closes: bool, is_empty: bool) -> None:
    """Remember that a tag has opened or closed."""
    if closes:
        open_tags.pop()
    elif not is_empty:
        open_tags.append(name)


def _not_once(name: str, *, closes: bool, seen: set[str]) -> tuple[str, str] | None:
    """Return what is wrong with a component of which a mail has one; None if nothing is, and remember it."""
    if closes:
        without = name == "mjml" and "mj-body" not in seen
        return ("<mjml> has no <mj-body>", "add one with what the mail says") if without else None
    if name in seen:
        return f"there is a second <{name}>", "put all into one"
    seen.add(name)
    return None


def _check_text(text: str, parent: str, source: str, start: int) -> None:
    """Raise MjmlError if `text`, all from `start` to the next tag of MJML, may not stand there."""
    if parent in WITH_TEXT:
        fault = _fault_in_html(text) if "<" in text and parent in _WITH_HTML else None
        if not fault and parent == "mj-raw" and text.count("<") > DEEPEST:
            fault = _too_deep(text)
        if fault:
            raise MjmlError(fault[0], fix=_WELL_FORMED, before=source[: start + fault[1]])
    elif not text.isspace() and (rest := _COMMENT.sub("", text).strip()) and (parent or start):
        where = f"directly in <{parent}>" if parent else "behind </mjml>"
        what = f"'{_MARKED.sub('', rest)[:30]}' may not stand {where}"
        at = _begun(text, text.index(rest[:2]))
        raise MjmlError(what, fix="put it into <mj-text> or <mj-raw>", before=source[: start + at])


def _check_classes(source: str) -> None:
    """Raise MjmlError if a component has a class that is nowhere defined."""
    if "mj-class=" not in source:
        return
    known = set(_CLASS_NAME.findall(source))
    for tag in _TAG.finditer(source):
        used = _CLASS_USED.search(tag["rest"] or "")
        unknown = [name for name in used[1].split() if name not in known] if used else []
        if unknown:
            what, fix = f"there is no mj-class '{unknown[0]}'", "define it in <mj-attributes>"
            raise MjmlError(what, fix=fix, before=source[: tag.end()])


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
    """Write references as what they mean; those that mean no character stay as they are."""
    try:
        made = "".join(chr(int(number)) for number in references[0][2:-1].split(";&#"))
    except ValueError:
        return references[0]
    return references[0] if _SURROGATE.search(made) else made


def _merged(seam: re.Match[str]) -> str:
    """Join two neighbouring conditionals for Outlook: 3 % of a mail. Those of other kinds stay."""
    opening = seam.string.rfind("<!--[if", 0, seam.start())
    return "" if seam.string.startswith(_OUTLOOK, opening) else seam[0]


def _explained(words: str, cured: str) -> MjmlError:
    """Put the compiler's words, which speak of byte offsets, into words for a person."""
    position = _POSITION.search(words)
    offset = int(position[1]) if position else None
    what, offset = _first_fault(cured) or ("this is not well-formed", offset)
    return MjmlError(what, fix=_WELL_FORMED, before=None if offset is None else cured[:offset])


_HTML_TAG: Final = re.compile(
    r"<!--.*?-->|<(?P<end>/?)(?P<name>[A-Za-z][\w:.-]*)(?P<rest>(?:\s+[\w:.-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'))?)*)"
    r"\s*(?P<empty>/?)>|<",
    re.DOTALL,
)
_VOID: Final = frozenset(
    {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
)


def _fault_in_html(text: str) -> tuple[str, int] | None:
    """Find the first fault in the HTML of a component; some of them the compiler repairs its own way."""
    return _first_fault(text)


def _first_fault(cured: str) -> tuple[str, int] | None:
    """Find the first tag that is not written as XML, not closed, or too deep.

    Return a sentence and where the tag ends, or the beginning of what is no tag.
    """
    open_tags: list[tuple[str, int]] = []
    for tag in _HTML_TAG.finditer(_AS_WRITTEN.sub(lambda kept: " " * len(kept[0]), cured)):
        name = tag["name"]
        if name is None:
            if tag[0] == "<":
                start = _MARKED.sub("", cured[tag.start() : tag.start() + 30])
                return f"'{start}' is not a tag", _begun(cured, tag.start())
        elif tag["end"]:
            if not open_tags:
                return f"</{name}> closes what is not open here", tag.end()
            opened, where = open_tags.pop()
            if opened != name:
                return _mismatch(name, opened, where, [each for each, _ in open_tags], tag.end())
        elif not tag["empty"] and name not in _VOID:
            open_tags.append((name, tag.end()))
            if len(open_tags) > DEEPEST:
                return _DEEP, tag.end()
    return (f"<{open_tags[-1][0]}> is never closed", open_tags[-1][1]) if open_tags else None


def _mismatch(name: str, opened: str, where: int, others: list[str], end: int) -> tuple[str, int]:
    """Say which of two tags is at fault: the opened one, if the other closes what is around it."""
    if name in others:
        return f"<{opened}> is never closed", where
    return f"</{name}> closes what is not open here", end


def _too_deep(text: str) -> tuple[str, int] | None:
    """Find where more tags are open at once than the compiler's stack bears, whatever closes them."""
    depth = 0
    for tag in _HTML_TAG.finditer(text):
        if tag["name"] and not tag["empty"] and tag["name"] not in _VOID:
            depth = max(0, depth - 1) if tag["end"] else depth + 1
            if depth > DEEPEST:
                return _DEEP, tag.end()
    return None


def _begun(text: str, start: int) -> int:
    """Return where what begins like a tag at `start` has said its name, and its mark if it has one."""
    begun = _BEGUN.match(text, start)
    return begun.end() if begun else start
