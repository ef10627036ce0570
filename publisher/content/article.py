"""The body of a story file -> lead, sections, closing. Every word of it ends up in exactly one part."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from publisher.content.blocks import Block, Parsed, Shape, Target, parse_blocks, pictures, plain_text
from publisher.content.bullets import item_text, lazy_line, takeaway
from publisher.content.forbidden import forbidden
from publisher.content.notes import Noted, without_notes
from publisher.content.plain_shape import refuse_plain_shape
from publisher.content.roles import heading_for, nearest_role, role_of
from publisher.content.text import body_lines
from publisher.errors import Place
from publisher.model.finding import Finding
from publisher.model.story import Fact, Passage, Role, Section, Takeaway

_CALLOUT = re.compile(r"\[!([^\]\n]+)\][+-]?[ \t]*(.*)")
_QUOTE_MARK = re.compile(r" {0,3}> ?")
_ITEM_ROLES: Final = (Role.KEY_TAKEAWAYS, Role.DID_YOU_KNOW)
_UNDERLINED: Final = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """The parts of a story's body, and what an editor should know about them.

    `pictures` are the images in it; their lines are those of the file. The parts' own lines are, too, but for
    those that `moved` maps to them: the lines between an editor's note and the end of its paragraph.
    """

    lead: Passage
    sections: tuple[Section, ...]
    closing: Passage
    footnotes: Passage
    pictures: tuple[Target, ...]
    findings: tuple[Finding, ...]
    moved: Mapping[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The words around an issue's stories, and what an editor should know about them; see `Article`."""

    opening: Passage
    closing: Passage
    pictures: tuple[Target, ...]
    findings: tuple[Finding, ...]
    moved: Mapping[int, int]


def read_article(
    body: str,
    *,
    path: str,
    first_line: int = 1,
    lang: str | None = None,
    headings: Mapping[str, Role] | None = None,
) -> Article:
    """Read the body of a story; its first line is `first_line` of the file at `path`.

    `headings` are a newsroom's own names of roles. `lang` (BCP 47) tells whose spelling a heading may have
    missed, and how to head a sidebar that only callouts made.

    Raises:
        UnreadableError: the body is the plain-text shape (E013), or nested too deep (E012).
    """
    composer, parsed = _opened(body, path, first_line, headings, lang)
    composer.compose(parsed.blocks)
    found = forbidden(parsed.prose, path=path, first_line=first_line)
    return Article(
        lead=composer.lead,
        sections=tuple(composer.sections),
        closing=composer.passage(composer.closing),
        footnotes=composer.passage(composer.definitions),
        pictures=composer.pictures(),
        findings=(*composer.findings, *map(composer.moved_back, found)),
        moved=composer.moved,
    )


def read_frame(
    body: str, *, path: str, first_line: int = 1, headings: Mapping[str, Role] | None = None
) -> Frame:
    """Read the body of an `issue.md`: its closing, and everything else as the opening.

    Raises:
        UnreadableError: the body is the plain-text shape (E013), or nested too deep (E012).
    """
    composer, parsed = _opened(body, path, first_line, headings)
    opening = composer.frame(parsed.blocks)
    found = forbidden(parsed.prose, path=path, first_line=first_line)
    return Frame(
        opening=opening,
        closing=composer.passage(composer.closing),
        pictures=composer.pictures(),
        findings=(*composer.findings, *map(composer.moved_back, found)),
        moved=composer.moved,
    )


def _opened(
    body: str, path: str, first_line: int, headings: Mapping[str, Role] | None, lang: str | None = None
) -> tuple[_Composer, Parsed]:
    lines = body_lines(body)
    refuse_plain_shape(lines, path=path, first_line=first_line)
    noted = without_notes("\n".join(lines))
    parsed = parse_blocks(noted.text, path=path, first_line=first_line)
    return _Composer(noted, path=path, first_line=first_line, headings=headings, lang=lang), parsed


class _Composer:
    """Deals the blocks of one body out to its parts."""

    def __init__(
        self,
        noted: Noted,
        *,
        path: str,
        first_line: int,
        headings: Mapping[str, Role] | None,
        lang: str | None,
    ) -> None:
        self.lead = Passage(line=first_line)
        self.sections: list[Section] = []
        self.closing: list[Block] = []
        self.definitions: list[Block] = []
        self.findings: list[Finding] = []
        self._text = noted.text
        self._lines = noted.text.split("\n")
        self._path = path
        self._first_line = first_line
        self._headings = headings
        self._lang = lang
        self._callouts: list[tuple[str, Fact]] = []
        self.moved = {self._line(line): self._line(before) for line, before in noted.moved.items()}
        self._report_notes(noted)

    def compose(self, blocks: Sequence[Block]) -> None:
        """Fill all parts from the blocks of the body."""
        kept = [block for block in blocks if not self._set_aside(block)]
        starts = [index for index, block in enumerate(kept) if self._opens_section(block)]
        bounds = [*starts, len(kept)]
        lead = self._without_closing(kept[: bounds[0]], last=not starts)
        self.lead = self.passage(lead)
        for start, end in pairwise(bounds):
            self._section(kept[start], kept[start + 1 : end], last=end == len(kept))
        self._place_callouts()

    def frame(self, blocks: Sequence[Block]) -> Passage:
        """Find the closing; return all other blocks as one passage."""
        opening: list[Block] = []
        closes = False
        for block in blocks:
            if block.shape is Shape.QUOTE and _CALLOUT.match(block.text):
                self._add("E021", "callouts belong in a story", block.start, "write a plain quotation")
            if self._opens_section(block):
                closes = role_of(plain_text(block.text), self._headings) is Role.CLOSING
                if closes:
                    continue
            (self.closing if closes else opening).append(block)
        self.closing = self._without_rules(self.closing)
        return self.passage(self._without_closing(opening, last=not self.closing))

    def pictures(self) -> tuple[Target, ...]:
        """Return the images of the body with their lines in the file."""
        return tuple(replace(each, line=self._in_file(each.line)) for each in pictures(self._text))

    def moved_back(self, finding: Finding) -> Finding:
        """Return a finding with its line in the file."""
        return finding.on_lines(self.moved)

    def passage(self, blocks: Sequence[Block]) -> Passage:
        """Return the source of some blocks; lines between them that belong elsewhere are left empty."""
        if not blocks:
            return Passage(line=self._first_line)
        kept = {index for block in blocks for index in range(block.start, block.end)}
        first, last = blocks[0].start, blocks[-1].end
        lines = [self._lines[index] if index in kept else "" for index in range(first, last)]
        return Passage(markdown="\n".join(lines).rstrip("\n \t"), line=self._line(first))

    def _line(self, index: int) -> int:
        return self._first_line + index

    def _in_file(self, index: int) -> int:
        line = self._line(index)
        return self.moved.get(line, line)

    def _add(self, code: str, what: str, index: int, fix: str) -> None:
        place = Place(path=self._path, line=self._in_file(index))
        self.findings.append(Finding(code=code, what=what, fix=fix, place=place))

    def _report_notes(self, noted: Noted) -> None:
        if noted.count:
            notes = "an editor's note is" if noted.count == 1 else f"{noted.count} editors' notes are"
            self._add("I031", f"{notes} left out", noted.first_line, "nothing to do: no reader sees them")

    def _set_aside(self, block: Block) -> bool:
        """Take definitions and callouts out of the stream of blocks."""
        if block.shape is Shape.DEFINITION:
            self.definitions.append(block)
            return True
        callout = _CALLOUT.match(block.text) if block.shape is Shape.QUOTE else None
        if callout is None:
            return False
        if role_of(callout[1], self._headings) is not Role.DID_YOU_KNOW:
            what = f"the callout [!{callout[1]}] is not known; only [!did-you-know] is"
            self._add("E021", what, block.start, "write a plain quotation, or a section of its own")
            return False
        title = callout[2].strip()
        named = role_of(plain_text(title), self._headings) is Role.DID_YOU_KNOW
        inside = [_QUOTE_MARK.sub("", line, count=1) for line in self._lines[block.start + 1 : block.end]]
        start = block.start + 1
        if title and not named:
            above = [title] if not "".join(inside[:1]).strip() else [title, ""]
            inside, start = above + inside, start - len(above)
        while inside and not inside[0].strip():
            inside, start = inside[1:], start + 1
        fact = Fact(text="\n".join(inside).rstrip("\n"), line=self._line(start if inside else block.start))
        self._callouts.append((title if named else "", fact))
        return True

    def _opens_section(self, block: Block) -> bool:
        """Return whether the block is an H2, and complain of headings that cannot be meant."""
        if block.shape is not Shape.HEADING:
            return False
        if self._is_underlined_by_chance(block):
            what = f"a line of {block.markup * 3} directly under a text makes the text a heading"
            self._add("E020", what, block.end - 1, "put an empty line between the two")
        elif block.level == 1:
            self._add("E019", "a second title stands in the text", block.start, "begin sections with ##")
        return block.level == 2

    def _is_underlined_by_chance(self, block: Block) -> bool:
        """Return whether a heading is a text with a rule directly below it, which Markdown takes for one."""
        text = block.text
        if block.markup not in ("-", "=") or role_of(text, self._headings) is not Role.PLAIN:
            return False
        return "\n" in text or len(text) > _UNDERLINED or text.endswith((".", "!", "?", "…", "。"))

    def _section(self, head: Block, blocks: Sequence[Block], *, last: bool) -> None:
        heading = head.text.strip()
        words = plain_text(heading)
        role = role_of(words, self._headings)
        if role is Role.CLOSING:
            self.closing += self._without_rules(blocks)
            return
        if role is Role.PLAIN and (meant := nearest_role(words, self._lang)) is not None:
            what = f"the heading '{words}' is nearly '{meant}'"
            self._add("W305", what, head.start, f"write ## {meant}, or leave it as a heading like any other")
        takeaways: tuple[Takeaway, ...] = ()
        facts: tuple[Fact, ...] = ()
        body = self._without_closing(blocks, last=last)
        if role in _ITEM_ROLES:
            lists = [block for block in body if block.shape is Shape.LIST]
            body = self._without_text_below(body, lists)
            if role is Role.DID_YOU_KNOW:
                facts = tuple(Fact(text=text, line=line) for text, line in self._items(lists))
            elif lists:
                takeaways = tuple(takeaway(text, line) for text, line in self._items(lists))
            else:
                body, takeaways = self._headed(body)
            body = [block for block in body if block.shape is not Shape.LIST]
        section = Section(
            role=role,
            heading=heading,
            line=self._line(head.start),
            body=self.passage(body),
            takeaways=takeaways,
            facts=facts,
        )
        self.sections.append(section)

    def _without_closing(self, blocks: Sequence[Block], *, last: bool) -> list[Block]:
        """Return the blocks of one part; in the last part what follows the last `---` is the closing."""
        rules = [index for index, block in enumerate(blocks) if _is_dashes(block)]
        tail = self._without_rules(blocks[rules[-1] + 1 :]) if rules and last else []
        if not tail or not self._without_rules(blocks[: rules[-1]]):
            return self._without_rules(blocks)
        self._imply(tail, "after a line of ---")
        return self._without_rules(blocks[: rules[-1]])

    def _without_text_below(self, blocks: Sequence[Block], lists: Sequence[Block]) -> list[Block]:
        """Return the blocks down to the last list; what stands below it is the closing."""
        if not lists:
            return list(blocks)
        end = blocks.index(lists[-1]) + 1
        tail = self._without_rules(blocks[end:])
        if tail:
            self._imply(tail, "below a list")
        self._report_lazy(lists[-1])
        return list(blocks[:end])

    def _imply(self, tail: Sequence[Block], where: str) -> None:
        self.closing += tail
        what = f"the text {where} is read as the closing"
        self._add("I032", what, tail[0].start, "if it is meant: nothing to do; ## Closing says it in words")

    def _report_lazy(self, block: Block) -> None:
        start, end = block.items[-1]
        index = lazy_line(self._lines[start:end])
        if index is not None:
            fix = "if it is the closing, put an empty line before it; else indent it"
            self._add("I033", "this line still belongs to the bullet above it", start + index, fix)

    def _without_rules(self, blocks: Sequence[Block]) -> list[Block]:
        """Return the blocks without the rules of dashes at both ends."""
        start, end = 0, len(blocks)
        while start < end and _is_dashes(blocks[start]):
            start += 1
        while end > start and _is_dashes(blocks[end - 1]):
            end -= 1
        return list(blocks[start:end])

    def _items(self, lists: Iterable[Block]) -> list[tuple[str, int]]:
        ranges = [item for block in lists for item in block.items]
        return [(item_text(self._lines[start:end]).rstrip(), self._line(start)) for start, end in ranges]

    def _headed(self, blocks: Sequence[Block]) -> tuple[list[Block], tuple[Takeaway, ...]]:
        """Read takeaways that are written as H3 headings with text below them."""
        heads = [index for index, block in enumerate(blocks) if block.level == 3]
        bounds = [*heads, len(blocks)]
        takeaways = []
        for start, end in pairwise(bounds):
            text = self.passage(blocks[start + 1 : end]).markdown
            lead, colon = _headed_lead(blocks[start].text)
            bold = "" if lead else f"**{blocks[start].text.strip()}** "
            line = self._line(blocks[start].start)
            takeaways.append(Takeaway(lead=lead, colon=colon, text=bold + text, line=line))
        return list(blocks[: bounds[0]]), tuple(takeaways)

    def _place_callouts(self) -> None:
        """Put facts from callouts into the story's sidebar; make one where the story has none."""
        if not self._callouts:
            return
        facts = tuple(fact for _, fact in self._callouts)
        for index, section in enumerate(self.sections):
            if section.role is Role.DID_YOU_KNOW:
                self.sections[index] = replace(section, facts=section.facts + facts)
                return
        heading = next(
            (title for title, _ in self._callouts if title), heading_for(Role.DID_YOU_KNOW, self._lang)
        )
        self.sections.append(
            Section(role=Role.DID_YOU_KNOW, heading=heading, line=facts[0].line, facts=facts)
        )


def _is_dashes(block: Block) -> bool:
    return block.shape is Shape.RULE and block.markup.startswith("-")


def _headed_lead(heading: str) -> tuple[str, str]:
    """Return lead and colon that an H3 makes; neither if it ends like a sentence, where no colon fits."""
    text = heading.strip()
    if text.endswith((":", "：")):
        return text[:-1].rstrip(), text[-1]
    return ("", "") if text.endswith(("?", "!", ".", "…", "？", "！", "。")) else (text, ":")
