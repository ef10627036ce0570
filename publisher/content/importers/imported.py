"""What importing gives: the text of a file for `issues/`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from publisher.content.fields import Where
from publisher.content.importers.change import Change
from publisher.content.raw_yaml import render
from publisher.content.slugs import slug_of

_SLUG_LENGTH: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A file that is not written yet: its title, a slug that can be its name, its whole text, the changes."""

    title: str
    slug: str
    text: str
    changes: tuple[Change, ...] = ()


def imported(  # noqa: PLR0913 (what a file is made of)
    title: str,
    body: str,
    *,
    id: str,  # noqa: A002 (the field's name)
    where: Where,
    lang: str | None = None,
    more: Mapping[str, str | tuple[str, ...]] | None = None,
) -> Imported:
    """Return a file with fresh front matter, and `more` fields below: a draft if it is an issue."""
    fields: dict[str, str | tuple[str, ...]] = {"id": id, "title": title}
    if where & Where.ISSUE:
        fields["status"] = "draft"
    if lang is not None:
        fields["lang"] = lang
    return Imported(title=title, slug=short_slug(title), text=file_text(fields | dict(more or {}), body))


def file_text(fields: Mapping[str, str | tuple[str, ...]], body: str) -> str:
    """Return the text of a file with this front matter and body."""
    head = "".join(f"{name}: {render(value, indent=None)}\n" for name, value in fields.items())
    text = body.strip("\n")
    return f"---\n{head}---\n\n{text}\n" if text else f"---\n{head}---\n"


def short_slug(title: str) -> str:
    """Return a slug of whole words, of at most 60 characters where that is possible."""
    slug = slug_of(title)
    if len(slug) > _SLUG_LENGTH:
        slug = slug[: _SLUG_LENGTH + 1].rpartition("-")[0] or slug[:_SLUG_LENGTH]
    return slug or "untitled"
