"""Whom an issue goes to, in words."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from publisher.cli.output import counted

if TYPE_CHECKING:
    from publisher.actions.audience import Audience
    from publisher.model.records import IssueRecord
    from publisher.settings import Settings


def whom(audience: Audience, settings: Settings) -> str:
    """Return who gets an issue: "12,304 readers of Weekly (only: tag:energy); 20 more chose other topics"."""
    names = " and ".join(settings.list_title(name) for name in audience.lists)
    only = f" (only: {audience.segment})" if audience.segment else ""
    others = f"; {audience.other_topics:,} more chose other topics" if audience.other_topics else ""
    return f"{counted(audience.readers, 'reader')} of {names}{only}{others}"


def with_audience(record: IssueRecord, audience: Audience | None) -> dict[str, object]:
    """Return an issue as programs read it, with the audience that was counted when it was approved."""
    facts = {each.name: getattr(record, each.name) for each in fields(record)}
    return facts | {
        "segment": audience and audience.segment,
        "audience": audience and audience.readers,
        "other_topics": audience and audience.other_topics,
    }
