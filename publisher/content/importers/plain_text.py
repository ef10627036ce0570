"""The plain-text shape: title, lead, bare headings, bullets alone on their lines, a closing paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from publisher.content.bullets import split_lead
from publisher.content.fields import Where
from publisher.content.frontmatter import read_front_matter, set_field
from publisher.content.importers.escape import escaped
from publisher.content.importers.imported import Imported, imported
from publisher.content.plain_shape import LONE_BULLET, bare_role, is_plain_shape
from publisher.content.roles import heading_for, languages_of
from publisher.content.text import BOM, body_lines
from publisher.errors import ContentError, Place
from publisher.model.story import Role

_BULLET = re.compile(r"[-*•‣◦·][ \t]+(?=\S)")
_ITEM_ROLES = (Role.KEY_TAKEAWAYS, Role.DID_YOU_KNOW)
_WRAPPED = 100
"""Where no line is longer and empty lines part the paragraphs, a line's end is a blank."""


@dataclass(slots=True)
class _Part:
    """What stands under one heading: paragraphs, and bullets that may go on for several of them."""

    heading: str
    role: Role
    above: list[str] = field(default_factory=list)
    bullets: list[list[str]] = field(default_factory=list)


def to_markdown(text: str, *, id: str, where: Where = Where.SINGLE, lang: str | None = None) -> Imported:  # noqa: A002 (the field's name)
    """Return the file that an article in the plain-text shape becomes; every word of it is there once.

    `lang` is the publication's language: the file names its own where its headings are in another one.

    Raises:
        ContentError: there is no text.
    """
    lines = _paragraphs(text.removeprefix(BOM))
    if not lines:
        raise ContentError("there is nothing to import", fix="the first line is the title")
    title = lines[0]
    parts = _parts(_without(lines, title))
    spoken = _language(parts)
    own = spoken if lang and spoken and spoken != lang.partition("-")[0].lower() else None
    return imported(title, _body(parts, spoken or lang), id=id, where=where, lang=own)


def in_place(text: str, *, id: str, path: str) -> str:  # noqa: A002 (the field's name)
    """Return the text of a file whose body was in the plain-text shape under front matter; fields stay.

    The body's first line is left out where it repeats the title, and becomes the title where there is none.

    Raises:
        ContentError: the body is no plain-text shape, or the front matter cannot be understood.
    """
    front = read_front_matter(text, path=path, where=Where.SINGLE)
    if not is_plain_shape(body_lines(front.body)):
        what, fix = "the text is not in the plain-text shape", "there is nothing to convert"
        raise ContentError(what, place=Place(path=path, line=front.body_line), fix=fix)
    lines = _paragraphs(front.body)
    title = front.text("title") or lines[0]
    parts = _parts(_without(lines, title) if lines[0] == title else _once(lines))
    body = _body(parts, front.text("lang") or _language(parts))
    head = text[: len(text) - len(front.body)]
    line_end = "\r\n" if "\r\n" in head else "\n"
    whole = f"{head}\n{body}".replace("\r\n", "\n").replace("\n", line_end)
    for name, value in (("title", title), ("id", id)):
        if front.text(name) is None:
            whole = set_field(whole, name, value, path=path)
    return whole


def _paragraphs(text: str) -> list[str]:
    """Return the paragraphs, headings and bullets of the text, each as one line."""
    lines = [line.strip() for line in body_lines(text)]
    wrapped = "" in "\n".join(lines).strip("\n").split("\n") and max(map(len, lines)) <= _WRAPPED
    found: list[str] = []
    above = ""
    for line in lines:
        if wrapped and len(found) > 1 and _is_text(above) and _is_text(line) and not _BULLET.match(line):
            found[-1] += f" {line}"
        elif line:
            found.append(line)
        above = line
    return found


def _is_text(line: str) -> bool:
    """Return whether a line has words that are no heading."""
    return bool(line) and not LONE_BULLET.fullmatch(line) and bare_role(line) is Role.PLAIN


def _without(lines: Sequence[str], title: str) -> list[str]:
    """Return the lines below the title, which may stand there twice."""
    return list(lines[2:] if lines[1:2] == [title] else lines[1:])


def _once(lines: Sequence[str]) -> list[str]:
    """Return the lines, the first one once if it stands there twice."""
    return list(lines[1:] if lines[1:2] == [lines[0]] else lines)


def _parts(lines: Iterable[str]) -> list[_Part]:
    """Deal the lines out to the lead and the sections."""
    parts = [_Part("", Role.PLAIN)]
    for line in lines:
        part, role = parts[-1], bare_role(line)
        if role is not Role.PLAIN:
            parts.append(_Part(line.rstrip(":：").rstrip(), role))
        elif LONE_BULLET.fullmatch(line):
            part.bullets.append([])
        elif (bullet := _BULLET.match(line)) is not None:
            part.bullets.append([line[bullet.end() :]])
        elif part.bullets:
            part.bullets[-1].append(line)
        else:
            part.above.append(line)
    return parts


def _body(parts: Sequence[_Part], lang: str | None) -> str:
    """Write the parts as Markdown; what follows the text of the last bullet of all is the closing."""
    closing: list[str] = []
    last = parts[-1]
    if last.role in _ITEM_ROLES and last.bullets:
        closing = last.bullets[-1][1:]
        del last.bullets[-1][1:]
    blocks = [block for part in parts for block in _blocks(part)]
    if closing:
        blocks += [f"## {heading_for(Role.CLOSING, lang)}", *map(escaped, closing)]
    return "\n\n".join(blocks) + "\n"


def _blocks(part: _Part) -> Iterable[str]:
    if part.heading:
        yield f"## {escaped(part.heading)}"
    yield from map(escaped, part.above)
    items = [_item(texts, part.role) for texts in part.bullets if texts]
    if items:
        yield "\n".join(items)


def _item(texts: Sequence[str], role: Role) -> str:
    first, *rest = map(escaped, texts)
    lead, colon, text = split_lead(first) if role is Role.KEY_TAKEAWAYS else ("", "", first)
    bold = f"**{lead}{colon}**{'' if colon == '：' else ' '}" if lead else ""
    return "\n\n  ".join([f"- {bold}{text}", *rest])


def _language(parts: Iterable[_Part]) -> str | None:
    """Return the language of the headings, if there is exactly one that has them all."""
    languages = [languages_of(part.heading) for part in parts if part.heading]
    shared = frozenset.intersection(*languages) if languages else frozenset()
    return next(iter(shared)) if len(shared) == 1 else None
