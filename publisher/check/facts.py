"""What the check cannot know from an issue's files: whoever has the settings and the database fills it in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from publisher.model.records import PublicStory


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The settings and the past, as far as an issue depends on them. None means: not known, not checked.

    `samples` are the settings that still say what the sample newsroom says, such as "sender". `usual_hour` is
    the hour that a date without a time means. `ids`, `slugs` and `numbers` map what other issues use to the
    files that use it, `story_ids` the slugs of stories to the ids of those that have them; `contents` maps
    the content hash of what was mailed to the issue that it was.
    `segments` are the filters that have names. `audience` are those who would get it, `readers` all of its
    lists, `chosen` those of them whom its segment chooses, whatever their topics, `last_chosen` those of the
    last mailing to the same lists with the same segment, `last_subject` what the last mail to any of them
    said. `moment` is when the issue will go out as far as its file or the queue says, `neighbours` when
    other issues for one of its lists do or did, `gap` the shortest time between two slots of its timetable.
    `public` are all stories that are public.
    """

    transport: str = "folder"
    sender: str | None = None
    postal_address: str | None = None
    samples: tuple[str, ...] = ()
    timezone: str | None = None
    usual_hour: time | None = None
    lists: frozenset[str] | None = None
    segments: Mapping[str, str] | None = None
    audience: int | None = None
    readers: int | None = None
    chosen: int | None = None
    last_chosen: int | None = None
    last_subject: str | None = None
    moment: datetime | None = None
    neighbours: Mapping[str, datetime] = field(default_factory=dict)
    gap: timedelta | None = None
    public: tuple[PublicStory, ...] = ()
    ids: Mapping[str, str] = field(default_factory=dict)
    slugs: Mapping[str, str] = field(default_factory=dict)
    story_ids: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[int, str] = field(default_factory=dict)
    contents: Mapping[str, str] = field(default_factory=dict)
