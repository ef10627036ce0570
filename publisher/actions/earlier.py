"""What stories were before they come (back) to an issue: when they were public, and where they stood."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from publisher.model.fillins import Moments, moments_in
from publisher.store import editions, public


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """The last moments of stories that some issue has lost, by their ids, and their old paths with the ids.

    At these paths nothing stands any more: who has one is told that the story is gone, or led elsewhere.
    """

    moments: Mapping[str, Moments]
    paths: Mapping[str, str]


def earlier(db: Connection, ids: Collection[str]) -> Earlier:
    """Return what was known of these stories before, however long they have left the feeds."""
    moments: dict[str, Moments] = {}
    paths: dict[str, str] = {}
    for record in editions.earlier_with(db, ids):
        for story, each in zip(record.stories, moments_in(record.fillins)[1:], strict=True):
            moments[str(story["id"])] = each
            paths[story_path(story["slug"])] = str(story["id"])
    own = {path: id_ for path, id_ in paths.items() if id_ in ids}
    left = public.ways(db, own)
    return Earlier(
        moments={id_: each for id_, each in moments.items() if id_ in ids},
        paths={path: id_ for path, id_ in own.items() if path in left},
    )


def comes_back(new: Moments, before: Moments | None) -> Moments:
    """Return the moments of a story that is public again; none of them moves back."""
    return new if before is None else replace(before, updated=max(new.updated, before.updated))


def story_path(slug: object) -> str:
    """Return the public path of a story."""
    return f"/stories/{slug}/"
