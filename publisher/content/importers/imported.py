"""What importing gives: the text of a file for `issues/`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from publisher.content.fields import Where
from publisher.content.raw_yaml import render
from publisher.content.slugs import slug_of

_SLUG_LENGTH: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A file that is not written yet: its title, a slug that can be its name, and its whole text."""

    title: str
    slug: str
    text: str


def imported(title: str, body: str, *, id: str, where: Where, lang: str | None = None) -> Imported:  # noqa: A002 (the field's name)
    """Return a file with fresh front matter: a draft if it is an issue."""
    fields = {"id": id, "title": title}
    if where & Where.ISSUE:
        fields["status"] = "draft"
    if lang is not None:
        fields["lang"] = lang
    head = "".join(f"{name}: {render(value, indent=None)}\n" for name, value in fields.items())
    return Imported(title=title, slug=short_slug(title), text=f"---\n{head}---\n\n{body.strip(chr(10))}\n")


def short_slug(title: str) -> str:
    """Return a slug of whole words, of at most 60 characters where that is possible."""
    slug = slug_of(title)
    if len(slug) > _SLUG_LENGTH:
        slug = slug[: _SLUG_LENGTH + 1].rpartition("-")[0] or slug[:_SLUG_LENGTH]
    return slug or "untitled"
