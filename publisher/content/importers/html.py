"""HTML -> Markdown that says the same: every word that readers see is kept, and what is not is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from publisher.content.importers.change import Changes
from publisher.content.importers.escape import marks_escaped
from publisher.content.importers.html_tables import table_blocks
from publisher.content.importers.marks import BREAK, line, marked, paragraph
from publisher.content.importers.pieces import Way, code_span, picture, words_of, written
from publisher.content.importers.steps import stepped
from publisher.content.text import CONTROL

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]  # lxml has no types

UNREAD: Final = frozenset(
    [
        "script",
        "style",
        "template",
        "noscript",
        "head",
        "title",
        "meta",
        "link",
        "base",
        "svg",
        "math",
        "canvas",
        "button",
        "input",
        "select",
        "option",
        "textarea",
        "map",
        "area",
        "object",
        "param",
    ]
)
"""Elements that hold no words for readers; they are left out, and told."""

_SIGNS: Final = {"b": "**", "strong": "**", "mark": "**", "i": "*", "em": "*", "cite": "*"} | dict.fromkeys(
    ("del", "s", "strike"), "~~"
)
_CODE: Final = frozenset({"code", "kbd", "samp", "tt"})
_EMBEDS: Final = frozenset({"iframe", "video", "audio", "embed"})
_HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}
_BLOCKS: Final = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "details",
        "dialog",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "header",
        "hgroup",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "search",
        "section",
        "summary",
        "table",
        "tbody",
        "thead",
        "tfoot",
        "tr",
        "td",
        "th",
        "caption",
        "ul",
    ]
) | frozenset(_HEADINGS)
_QUOTED: Final = 12
"""So many quotations and lists may stand in each other; what is deeper loses its marks."""

_DEEP: Final = 120
"""So many elements may stand in each other; of what is deeper only the words are read."""

_HEADING: Final = re.compile(r"\A\x04(\d)")
_CLOSING: Final = re.compile(r"(?<=\s)(#+)$")
_ESCAPED: Final = r"\\\1"
_FENCE_LANGUAGE: Final = re.compile(r"(?:language|lang|highlight-source|brush:)[-\s]*([\w+#-]+)")
_ANY_TAG: Final = re.compile(r"<[^<>]*>")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_EMBEDDED: Final = (
    (re.compile(r"https?://(?:www\.)?youtube(?:-nocookie)?\.com/embed/([\w-]+).*"), r"https://www.youtube.com/watch?v=\1"),
    (re.compile(r"https?://player\.vimeo\.com/video/(\d+).*"), r"https://vimeo.com/\1"),
)  # fmt: skip


def to_blocks(html: str, way: Way, changes: Changes, *, title: str = "") -> str:
    """Return the Markdown that a piece of HTML becomes; `title` stands in for alt texts that are missing."""
    clean = CONTROL.sub("", html)
    if not clean.strip():
        return ""
    root = parse(f"<html><body>{clean}</body></html>", changes)
    return element_to_blocks(root, way, changes, title=title)


def parse(html: str, changes: Changes) -> HtmlElement:
    """Return the root of a document; of one that no parser can hold, only the words.

    Raises:
        ParserError: (of lxml) there is nothing in it.
    """
    from lxml import html as lxml_html  # type: ignore[import-untyped]  # noqa: PLC0415 - lxml has no types

    parser = lxml_html.HTMLParser(huge_tree=True, encoding="utf-8")
    root = lxml_html.document_fromstring(html.encode("utf-8", "replace"), parser=parser)
    if any(each.type_name == "ERR_RESOURCE_LIMIT" for each in parser.error_log):
        changes.note("elements stood too deep in each other; their words are kept")
        words = _ANY_TAG.sub(" ", html)
        root = lxml_html.document_fromstring(f"<html><body>{words}</body></html>".encode("utf-8", "replace"))
    return root


def element_to_blocks(root: HtmlElement, way: Way, changes: Changes, *, title: str = "") -> str:
    """Return the Markdown that an element with all that is in it becomes; see `to_blocks`."""
    return in_steps(_Writer(way, changes, title).blocks(root, 0, 0))


def in_steps(blocks: list[str]) -> str:
    """Join blocks; headings get their final levels."""
    levels = iter(stepped([int(found[1]) for block in blocks if (found := _HEADING.match(block))]))
    return "\n\n".join(
        f"{'#' * next(levels)} {block[2:]}" if _HEADING.match(block) else block for block in blocks
    )


class _Writer:
    """Writes elements as Markdown."""

    def __init__(self, way: Way, changes: Changes, title: str) -> None:
        self._way = way
        self._changes = changes
        self._title = title

    def blocks(self, parent: HtmlElement, depth: int, quoted: int) -> list[str]:
        """Return the blocks in an element; running text between blocks is a paragraph."""
        if depth > _DEEP:
            self._changes.note("elements stood too deep in each other; their words are kept")
            return self._flush([words_of(str(parent.text_content()))])
        written: list[str] = []
        run: list[str] = [words_of(parent.text)]
        for child in parent:
            if _holds_blocks(child, depth):
                written += self._flush(run)
                run.clear()
                written += self._block(child, depth + 1, quoted)
            else:
                run.append(self._inline(child, depth + 1))
            run.append(words_of(child.tail))
        return written + self._flush(run)

    def run(self, parent: HtmlElement, depth: int) -> str:
        """Return the running text in an element."""
        if depth > _DEEP:
            return words_of(str(parent.text_content()))
        pieces = [words_of(parent.text)]
        for child in parent:
            pieces += [self._inline(child, depth + 1), words_of(child.tail)]
        return "".join(pieces)

    def _flush(self, run: list[str]) -> list[str]:
        text = paragraph("".join(run))
        return [text] if text else []

    def _block(self, element: HtmlElement, depth: int, quoted: int) -> list[str]:
        name = str(element.tag)
        if name in _HEADINGS:
            text = line(self.run(element, depth))
            return [f"\x04{_HEADINGS[name]}{_CLOSING.sub(_ESCAPED, text)}"] if text else []
        if name in ("hr", "pre"):
            return ["* * *"] if name == "hr" else self._code_block(element)
        if name in ("ul", "ol", "menu") and quoted < _QUOTED:
            return self._list(element, depth, quoted + 1)
        if name == "table":
            return table_blocks(element, lambda cell: line(self.run(cell, depth)), self._changes)
        inside = self.blocks(element, depth, quoted + (name == "blockquote"))
        if name == "blockquote" and quoted < _QUOTED and inside:
            return [_prefixed("\n\n".join(_unheaded(inside)), "> ", "> ")]
        is_label = name in ("summary", "dt") and len(inside) == 1
        return [paragraph(marked(self.run(element, depth), "**"))] if is_label else inside

    def _list(self, element: HtmlElement, depth: int, quoted: int) -> list[str]:
        start = str(element.get("start") or "1")
        number = int(start) if re.fullmatch(r"\d{1,8}", start) else 1
        items: list[list[str]] = []
        for child in element:
            inside: list[str] = []
            if isinstance(child.tag, str) and child.tag not in UNREAD:
                item = child.tag == "li"
                inside = self.blocks(child, depth, quoted) if item else self._block(child, depth, quoted)
            else:
                inside = self._flush([self._inline(child, depth)])
            inside += self._flush([words_of(child.tail)])
            items += [_unheaded(inside)] if inside else []
        loose = any(sum(not _is_list(block) for block in item) > 1 for item in items)
        gap = "\n\n" if loose else "\n"
        signs = (f"{number + place}. " if element.tag == "ol" else "- " for place in range(len(items)))
        text = gap.join(
            _prefixed(gap.join(item), sign, " " * len(sign)) for item, sign in zip(items, signs, strict=True)
        )
        return [*self._flush([words_of(element.text)]), *([text] if text else [])]

    def _code_block(self, element: HtmlElement) -> list[str]:
        for broken in element.iter("br"):
            broken.tail = "\n" + (broken.tail or "")
        code = str(element.text_content()).strip("\n")
        classes = " ".join(
            str(each.get("class") or "") for each in element.iter() if isinstance(each.tag, str)
        )
        found = _FENCE_LANGUAGE.search(classes)
        longest = max((len(run) for run in re.findall("`+", code)), default=0)
        fence = "`" * max(3, longest + 1)
        return [f"{fence}{found[1] if found else ''}\n{code}\n{fence}"] if code.strip() else []

    def _inline(self, element: HtmlElement, depth: int) -> str:
        if not isinstance(element.tag, str):
            self._changes.leave_out("a note in the HTML is left out", str(element.text or ""))
            return ""
        name = element.tag
        if name in UNREAD:
            self._leave_out(element)
            return ""
        if name in _CODE and element.find(".//img") is None:
            return code_span(" ".join(str(element.text_content()).split()))
        if name in ("br", "img") or name in _EMBEDS:
            return self._shown(element, depth)
        inside = self.run(element, depth)
        if name == "a":
            return self._link(element, inside)
        return marked(inside, _SIGNS[name]) if name in _SIGNS else inside

    def _shown(self, element: HtmlElement, depth: int) -> str:
        """Return a break, a picture or what is embedded."""
        if element.tag == "br":
            return BREAK
        return self._picture(element) if element.tag == "img" else self._embed(element, depth)

    def _leave_out(self, element: HtmlElement) -> None:
        words = " ".join(str(element.text_content()).split())
        self._changes.leave_out(f"<{element.tag}> is left out", words)

    def _link(self, element: HtmlElement, inside: str) -> str:
        address = str(element.get("href") or "").strip()
        if not address or address.startswith("#"):
            return inside
        words = inside.strip()
        found = self._way.link(address)
        if found is None:
            self._changes.note("a link that leads nowhere from here is words now", address)
            return inside if _SCHEME.match(address) else f"{inside} ({marks_escaped(address)})"
        if not words:
            return ""
        before, _, after = inside.partition(words)
        return f"{before}[{words}]({written(found)}){after}"

    def _picture(self, element: HtmlElement) -> str:
        address = str(element.get("src") or element.get("data-src") or "").strip()
        alt = " ".join(str(element.get("alt") or "").split())
        if {str(element.get("width")), str(element.get("height"))} & {"0", "1"}:
            self._changes.leave_out("a picture that only watches readers is left out", address)
            return words_of(alt)
        return picture(address, alt, self._way, self._changes, title=self._title)

    def _embed(self, element: HtmlElement, depth: int) -> str:
        inner = next((each for each in element.iter("source") if each.get("src")), None)
        address = str(element.get("src") or (inner.get("src") if inner is not None else "") or "")
        for pattern, better in _EMBEDDED:
            address = pattern.sub(better, address)
        found = self._way.link(address) if address else None
        if found is None:
            self._changes.leave_out(f"<{element.tag}> is left out", address)
            return self.run(element, depth)
        self._changes.note(f"<{element.tag}> is a link now", address)
        words = " ".join(str(element.get("title") or "").split()) or found.partition("//")[2]
        return f"[{words_of(words)}]({written(found)})"


def _holds_blocks(element: HtmlElement, depth: int) -> bool:
    """Return whether an element is a block, or stands around one."""
    if not isinstance(element.tag, str) or element.tag in UNREAD:
        return False
    if element.tag in _BLOCKS:
        return True
    return depth < _DEEP and any(each.tag in _BLOCKS for each in _below(element))


def _below(element: HtmlElement) -> Iterator[HtmlElement]:
    return (each for each in element.iter() if isinstance(each.tag, str))


def _unheaded(blocks: list[str]) -> list[str]:
    """Return the blocks of a list item or a quotation, in which a heading is a line of strong words."""
    return [f"**{block[2:]}**" if _HEADING.match(block) else block for block in blocks]


def _is_list(block: str) -> bool:
    return bool(re.match(r"- |\d{1,9}\. ", block))


def _prefixed(text: str, first: str, rest: str) -> str:
    lines = text.split("\n")
    others = (f"{rest}{each}" if each else rest.rstrip() for each in lines[1:])
    return "\n".join([f"{first}{lines[0]}", *others])
