"""Ids: which files have none yet, and writing one into a file."""

from __future__ import annotations

from publisher.content.frontmatter import set_field
from publisher.model.issue import Issue


def files_without_id(issue: Issue) -> tuple[str, ...]:
    """Return the files of an issue that have no id, as their places name them."""
    named = [(issue.id, issue.place.path)]
    if not issue.single:
        named += [(story.id, story.place.path) for story in issue.stories]
    return tuple(path for id_, path in named if id_ is None)


def with_id(text: str, id: str, *, path: str) -> str:  # noqa: A002 (the field's name)
    """Return the text of a file with that id in its front matter; everything else stays as it is.

    Raises:
        ContentError: the front matter cannot be understood.
    """
    return set_field(text, "id", id, path=path)
