"""The table of importers: which one reads a file."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Final, Protocol

from publisher.content.fields import Where
from publisher.content.importers import elsewhere, markdown, page, plain_text
from publisher.content.importers.imported import Imported
from publisher.content.plain_shape import is_plain_shape
from publisher.content.text import body_lines


class Importer(Protocol):
    """Turns the text of a file from elsewhere into the text of one for `issues/`."""

    def __call__(
        self,
        text: str,
        *,
        id: str,  # noqa: A002 (the field's name)
        where: Where = Where.SINGLE,
        lang: str | None = None,
    ) -> Imported:
        """Return the file. It gets `id` and becomes what `where` says; `lang` is the publication's language.

        Raises:
            ContentError: the text cannot be imported.
        """


IMPORTERS: Final[dict[str, Importer]] = {
    ".txt": plain_text.to_markdown,
    ".md": markdown.to_markdown,
    ".markdown": markdown.to_markdown,
    ".html": page.to_markdown,
    ".htm": page.to_markdown,
    ".xhtml": page.to_markdown,
}
"""Suffix of a file -> what reads it."""

_FRONT_MATTER = re.compile(r"\ufeff?(?:---|\+\+\+)[ \t]*[\r\n]")
_HTML = re.compile(r"\ufeff?\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_HEADED = re.compile(r"\A\s*# |^#{2,6} ", re.MULTILINE)


def importer_for(name: str, text: str) -> Importer:
    """Return the importer for a text by its shape; where that says nothing, by the suffix of its file."""
    reader = _reader_for(name, text)
    if reader is markdown.to_markdown and elsewhere.is_from_elsewhere(text):
        return elsewhere.to_markdown
    return reader


def _reader_for(name: str, text: str) -> Importer:
    if _HTML.match(text):
        return page.to_markdown
    if _FRONT_MATTER.match(text):
        return markdown.to_markdown
    if is_plain_shape(body_lines(text)):
        return plain_text.to_markdown
    if _HEADED.search(text):
        return markdown.to_markdown
    return IMPORTERS.get(PurePath(name).suffix.lower(), plain_text.to_markdown)
