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
    """Return who gets an issue: "12,304 readers of Weekly (only: tag:energy)"."""
    names = " and ".join(settings.list_title(name) for name in audience.lists)
    only = f" (only: {audience.segment})" if audience.segment else ""
    return f"{counted(audience.readers, 'reader')} of {names}{only}"


def with_audience(record: IssueRecord, audience: Audience | None) -> dict[str, object]:
    """Return an issue as programs read it, with the audience that was counted when it was approved."""
    facts = {each.name: getattr(record, each.name) for each in fields(record)}
    return facts | {"segment": audience and audience.segment, "audience": audience and audience.readers}
