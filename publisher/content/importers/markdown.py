"""Markdown files from elsewhere: with or without front matter, the title perhaps as a first heading."""

from __future__ import annotations

import re

from publisher.content.blocks import plain_text
from publisher.content.fields import Where
from publisher.content.frontmatter import read_front_matter, set_field
from publisher.content.importers.imported import Imported, imported, short_slug
from publisher.content.importers.plain_text import in_place
from publisher.content.plain_shape import is_plain_shape
from publisher.content.text import BOM, body_lines
from publisher.errors import ContentError
from publisher.model.issue import Intent

_FRONT_MATTER = re.compile(r"(?:---|\+\+\+)[ \t]*(?:\r\n|\r|\n)")
_TITLE = re.compile(
    r"\s*+(?:#[ \t]++(?P<marked>[^\r\n]+)|(?P<underlined>[^\r\n]+)(?:\r\n|\r|\n)=+[ \t]*+)(?:\r\n|\r|\n|\Z)"
)
_CLOSING_MARKS = re.compile(r"(?:^|[ \t])#+[ \t]*\Z")


def to_markdown(text: str, *, id: str, where: Where = Where.SINGLE, lang: str | None = None) -> Imported:  # noqa: A002, ARG001 (the field's name; every importer takes a language)
    """Return the file that a Markdown text becomes. Its own fields stay as they are written.

    A first heading is the title where the front matter has none. A body in the plain-text shape is converted.
    An issue becomes a draft, unless it says that it has been published.

    Raises:
        ContentError: there is no title, or the front matter cannot be understood.
    """
    text = text.removeprefix(BOM)
    if not _FRONT_MATTER.match(text):
        return imported(*_titled(text), id=id, where=where)
    front = read_front_matter(text, path="the text", where=where)
    if is_plain_shape(body_lines(front.body)):
        text = in_place(text, id=id, path="the text")
        front = read_front_matter(text, path="the text", where=where)
    title, heading = front.text("title"), _TITLE.match(front.body)
    if title is None or (heading is not None and _words(heading) == title):
        title, body = _titled(front.body)
        text = text[: len(text) - len(front.body)] + body
    wanted = {"title": title, "id": front.text("id") or id}
    if where & Where.ISSUE and front.values.get("status") is not Intent.ARCHIVED:
        wanted["status"] = Intent.DRAFT
    for name, value in wanted.items():
        if front.values.get(name) != value:
            text = set_field(text, name, value, path="the text")
    return Imported(title=title, slug=front.text("slug") or short_slug(title), text=text)


def _titled(body: str) -> tuple[str, str]:
    """Return the title that a text begins with, and the rest."""
    heading = _TITLE.match(body)
    if heading is None or not _words(heading):
        raise ContentError("the text has no title", fix="begin it with a line such as: # Title")
    return _words(heading), body[heading.end() :]


def _words(heading: re.Match[str]) -> str:
    return plain_text(heading["underlined"] or _CLOSING_MARKS.sub("", heading["marked"]))
