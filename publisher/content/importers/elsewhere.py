"""One Markdown text of Hugo, Jekyll, Pelican, Obsidian or the like, alone: read as a site's texts are."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from publisher.content.fields import Where, find, is_free
from publisher.content.importers.change import Changes
from publisher.content.importers.head import Value, read_head
from publisher.content.importers.headings import first_title
from publisher.content.importers.imported import Imported, imported
from publisher.content.importers.shelf import Shelf
from publisher.content.importers.site import Site, has_wiki_links, open_text, prepare
from publisher.content.plain_shape import is_plain_shape
from publisher.content.text import body_lines
from publisher.errors import ContentError

_NAME: Final = "text.md"
_MARKS = re.compile(
    r"\{\{[<%]|\{%-?\s*\w|\[\[[^\[\]\n]+\]\]|(?<![=\w])==(?=[^\s=])[^=\n]+==(?![=\w])|^[ \t]*>[ \t]*\[!\w"
    r"|\]\(\{(?:static|attach|filename)\}",
    re.MULTILINE,
)


def is_from_elsewhere(text: str) -> bool:
    """Return whether a Markdown text has fields or marks of other tools, and not the plain-text shape."""
    head = read_head(text, Changes())
    if is_plain_shape(body_lines(head.body)):
        return False
    strange = any(find(name, Where.SINGLE) is None and not is_free(name) for name in head.fields)
    return strange or bool(head.fields and not head.fenced) or bool(_MARKS.search(head.body))


def to_markdown(text: str, *, id: str, where: Where = Where.SINGLE, lang: str | None = None) -> Imported:  # noqa: A002, ARG001 (the field's name; every importer takes a language)
    """Return the file that a text of another tool becomes: a draft under its old date, or a story.

    Nothing came with it, so its own files and other texts are not found, and that is told.

    Raises:
        ContentError: there is no title, or its blocks stand too deep in each other.
    """
    opened = open_text(_NAME, text)
    if not (opened.meant.title or first_title(opened.body)):
        raise ContentError("the text has no title", fix="begin it with a line such as: # Title")
    site = Site(
        shelf=Shelf(()), page=lambda _name: None, trouble=lambda _name: "", notes=has_wiki_links(text)
    )
    prepared = prepare(opened, site)
    fields: dict[str, Value] = {}
    if prepared.when and where & Where.ISSUE:
        fields["date"] = prepared.when
    elif prepared.when:
        fields["source_date"] = prepared.when[:10]
    made = imported(prepared.title, prepared.body, id=id, where=where, more=fields | dict(prepared.fields))
    slug = opened.meant.slug or made.slug
    return replace(made, slug=slug, changes=prepared.changes)
