"""Markdown made safe: the only place where text becomes `Markup`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

import nh3
from markdown_it.token import Token
from markupsafe import Markup

from publisher.edition import grammar
from publisher.edition.footnotes import Attributes, Footnotes, apart, element
from publisher.edition.languages import turned
from publisher.edition.links import SCHEMES, Standpoint, file_name
from publisher.edition.pictures import Album
from publisher.edition.plain import plain_text, prose
from publisher.edition.words import clean, one_line
from publisher.errors import ContentError, Place
from publisher.model.edition import Direction, Printed
from publisher.model.story import Passage

_TAGS: Final = {
    *("a", "blockquote", "br", "code", "div", "em", "h2", "h3", "h4", "h5", "h6", "hr", "img", "li", "ol"),
    *("p", "pre", "s", "strong", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}
_ATTRIBUTES: Final = {
    "a": {"href", "id", "role", "title"},
    "div": {"id"},
    **{tag: {"dir"} for tag in ("h2", "h3", "h4", "h5", "h6", "li", "p")},
    "img": {"alt", "height", "src", "title", "width"},
    "ol": {"start"},
    "td": {"align", "dir"},
    "th": {"align", "dir", "scope"},
}

_PRE: Final = re.compile(r"(<pre>.*?</pre>)", re.DOTALL)
_VOID: Final = re.compile(r'<(br|hr|img)((?:[^">]|"[^"]*")*)>')
_ALIGN: Final = {"text-align:center": "center", "text-align:right": "right"}

_NOTE_LEVEL: Final = 4

_Parse = Callable[[str, dict[str, object]], list[Token]]

_FIRST: Final = "\ue000"
"""Put before inline text so that its first line is a paragraph even if it begins with `1.`, `#` or `-`."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What all fragments of one edition are set with."""

    parser: grammar.Grammar
    cleaner: nh3.Cleaner


def tools() -> Tools:
    """Return tools for one call of the press; they are not for several threads at once."""
    cleaner = nh3.Cleaner(
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=set(SCHEMES),
        url_relative="deny",
        link_rel=None,
    )
    return Tools(parser=grammar.parser(), cleaner=cleaner)


def paragraph(text: str) -> Printed:
    """Return plain text, in which nothing means markup, as a paragraph."""
    line = one_line(text)
    return Printed(html=Markup("<p>{}</p>").format(line), text=line)


class Typesetter:
    """Prints the passages of one text: they share link definitions and the numbering of footnotes.

    `passages` are all that may hold definitions. `prefix` begins the ids of footnotes. `dir` is the direction
    in which the whole text runs. Every method raises
    `ContentError` for a picture that cannot be printed and for blocks nested too deep.
    """

    def __init__(  # noqa: PLR0913 (each says one thing about the text)
        self,
        tools: Tools,
        *,
        place: Place,
        standpoint: Standpoint,
        album: Album,
        prefix: str,
        passages: Iterable[Passage],
        dir: Direction,  # noqa: A002 (HTML's word)
    ) -> None:
        self._tools = tools
        self._place = place
        self._standpoint = standpoint
        self._album = album
        self._dir = dir
        self._environment: dict[str, object] = {}
        self._notes = Footnotes(url=standpoint.url, prefix=prefix)
        self._define([passage for passage in passages if "]:" in passage.markdown])

    def blocks(self, passage: Passage, *, level: int) -> Printed:
        """Print blocks; their headings begin at `level` and skip none."""
        return _unmarked_blocks(passage, self._dir) or self._printed(self._blocks(passage, level))

    def lead(self, passage: Passage, *, level: int) -> tuple[Printed, str]:
        """Print blocks as `blocks` does; return with them their running words in one line of plain text."""
        if unmarked := _unmarked_blocks(passage, self._dir):
            return unmarked, one_line(unmarked.text)
        tokens, _ = apart(self._parse(passage))
        spoken = one_line(prose(tokens))
        return self._printed(self._set(tokens, passage.line, level)), spoken

    def item(self, passage: Passage, *, level: int) -> Printed:
        """Print text that stands in a list item or after a lead phrase: its first paragraph gets no `<p>`."""
        return _unmarked_line(passage) or self._printed(self._set(self._item(passage), passage.line, level))

    def phrase(self, passage: Passage) -> Printed:
        """Print inline text; no mark in it begins a block."""
        return _unmarked_line(passage) or self._printed(self._set(self._phrase(passage), passage.line, 1))

    def heading(self, passage: Passage) -> str:
        """Return the words of a heading."""
        unmarked = _unmarked_line(passage)
        return one_line(unmarked.text if unmarked else prose(self._phrase(passage)))

    def footnotes(self) -> tuple[Printed, ...]:
        """Print the footnotes: in order of first reference, then those that nothing refers to.

        To be called last. Each is an element with the id its references lead to, and ends with ways back.
        """
        return tuple(self._printed(note) for note in self._notes.notes(self._set_note))

    def blocks_and_notes(self, passage: Passage, *, level: int) -> Printed:
        """Print blocks and, as a list below them, all footnotes; to be called last."""
        tokens = self._blocks(passage, level)
        if notes := self._notes.notes(self._set_note):
            items = (token for note in notes for token in element("list_item", "li", note))
            tokens += element("ordered_list", "ol", items)
        return self._printed(tokens)

    def _printed(self, tokens: Sequence[Token]) -> Printed:
        if not tokens:
            return Printed()
        parser = self._tools.parser
        html = parser.renderer.render(tokens, parser.options, self._environment)
        text, links = plain_text(tokens)
        safe = Markup(_as_xml(self._tools.cleaner.clean(html)))  # noqa: S704 (the cleaner made it safe)
        return Printed(html=safe, text=clean(text), links=links)

    def _blocks(self, passage: Passage, level: int) -> list[Token]:
        return self._set(apart(self._parse(passage))[0], passage.line, level)

    def _parse(self, passage: Passage) -> list[Token]:
        return self._parsed(self._tools.parser.parse, clean(passage.markdown), passage.line)

    def _phrase(self, passage: Passage) -> list[Token]:
        return self._parsed(self._tools.parser.parseInline, clean(passage.markdown.strip()), passage.line)

    def _parsed(self, parse: _Parse, markdown: str, line: int) -> list[Token]:
        if not markdown:
            return []
        if not grammar.too_many_brackets(markdown):
            with suppress(RecursionError):
                tokens = parse(markdown, self._environment)
                if not grammar.too_deep(tokens):
                    return tokens
        raise ContentError(
            "quotes, lists or brackets are nested too deep",
            place=replace(self._place, line=line),
            fix="make it flatter; 20 levels are the most",
        )

    def _item(self, passage: Passage) -> list[Token]:
        """Parse with a first line that is sure to be a paragraph, and take that paragraph's tags away."""
        if not passage:
            return []
        body = replace(passage, markdown=f"{_FIRST} {passage.markdown.strip()}")
        tokens, _ = apart(self._parse(body))
        if tokens[0].type == "paragraph_open":
            tokens[0].hidden = tokens[2].hidden = True
        first = next(child for token in tokens for child in token.children or ())
        first.content = first.content.removeprefix(f"{_FIRST} ")
        return tokens

    def _define(self, passages: Sequence[Passage]) -> None:
        """Read all definitions, so that passages and notes may refer to what is defined further down."""
        for passage in passages:
            self._parse(passage)
        for passage in passages:
            for label, tokens in apart(self._parse(passage))[1]:
                self._notes.define(label, tokens, passage.line)

    def _set_note(self, tokens: list[Token], line: int) -> list[Token]:
        return self._set(tokens, line, _NOTE_LEVEL)

    def _set(self, tokens: list[Token], line: int, level: int) -> list[Token]:
        """Make blocks fit for print, in place: headings, cells, and everything inline."""
        above: list[int] = []
        offset = 0
        for token in tokens:
            offset = token.map[0] if token.map else offset
            if token.type == "heading_open":
                own = int(token.tag[1:])
                above = [*(number for number in above if number < own), own]
            if token.type in ("heading_open", "heading_close"):
                token.tag = f"h{min(level + len(above) - 1, 6)}"
            elif token.type in ("th_open", "td_open"):
                align = _ALIGN.get(str(token.attrs.get("style")))
                cell: Attributes = {"scope": "col"} if token.type == "th_open" else {}
                token.attrs = cell | ({"align": align} if align else {})
            elif token.type == "inline":
                token.children = self._set_inline(token.children or [], line + offset)
        self._turn(tokens)
        return tokens

    def _turn(self, tokens: Sequence[Token]) -> None:
        """Let each block whose words run against the rest say so."""
        around: list[Token] = []
        for token in tokens:
            if token.nesting > 0:
                around.append(token)
            elif token.nesting < 0:
                around.pop()
            elif token.type == "inline" and (way := turned(token.content, self._dir)):
                shown = [block for block in around if not block.hidden]
                if shown:
                    shown[-1].attrs["dir"] = way.value

    def _set_inline(self, children: Sequence[Token], line: int) -> list[Token]:
        """Make inline tokens fit for print; of a link that leads nowhere, or is in another, words stay."""
        out: list[Token] = []
        linked: list[bool] = []
        for token in children:
            if token.type == "link_open":
                href = None if any(linked) else self._standpoint.resolve(str(token.attrs["href"]))
                linked.append(href is not None)
                if href is None:
                    continue
                _direct(token, "href", href)
            elif token.type == "link_close":
                if not linked.pop():
                    continue
            elif token.type == "image":
                self._set_image(token, line)
            elif token.type == "footnote_ref":
                self._notes.refer(token)
            token.content = clean(token.content)
            out.append(token)
        return out

    def _set_image(self, token: Token, line: int) -> None:
        """Give a picture its printed address and size; one of a refused scheme leaves its words."""
        parser = self._tools.parser
        alt = parser.renderer.renderInlineAsText(token.children, parser.options, self._environment)
        token.content = one_line(alt)
        token.children = [Token("text", "", 0, content=token.content)]
        source = str(token.attrs["src"])
        if (name := file_name(source)) is not None:
            place = replace(self._place, line=line)
            picture = self._album.picture(
                name, folder=self._standpoint.folder, place=place, alt=token.content
            )
            _direct(token, "src", picture.url)
            token.attrs |= {"width": picture.width, "height": picture.height}
        elif (address := self._standpoint.resolve(source)) and address.startswith(("http:", "https:")):
            _direct(token, "src", address)
        else:
            token.type = "text"


def _unmarked_blocks(passage: Passage, usual: Direction) -> Printed:
    """Print paragraphs without any mark, in the usual direction; return nothing if there is anything else.

    Most texts are such paragraphs: that they need no parser saves a third of the time of the press.
    """
    lines = clean(passage.markdown).strip("\n").split("\n\n")
    if not all(map(grammar.unmarked, lines)) or any(turned(line, usual) for line in lines):
        return Printed()
    html = Markup(" ".join(f"<p>{line}</p>" for line in lines))  # noqa: S704 (no line has `<` or `&`)
    return Printed(html=html, text="\n\n".join(lines))


def _unmarked_line(passage: Passage) -> Printed:
    """Print a line without any mark; return nothing if it has some, or there are more lines."""
    line = clean(passage.markdown.strip())
    if not grammar.unmarked(line):
        return Printed()
    return Printed(html=Markup(line), text=line)  # noqa: S704 (it has neither `<` nor `&`)


def _direct(token: Token, attribute: str, address: str) -> None:
    """Give a link or a picture its address; of what it had, it keeps the title."""
    title = one_line(str(token.attrs.get("title", "")))
    token.attrs = {attribute: address}
    if title:
        token.attrs["title"] = title


def _as_xml(html: str) -> str:
    """Rewrite clean HTML as well-formed XML in which white space means nothing outside `pre`.

    A combining solidus after a tag is written as a reference: normalised to NFC, it would swallow the `>`.
    """
    xml = _VOID.sub(r"<\1\2 />", html.strip()).replace("&nbsp;", "\u00a0").replace(">\u0338", ">&#824;")
    return "".join(part if part.startswith("<pre>") else part.replace("\n", " ") for part in _PRE.split(xml))
