"""`publisher queue`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from publisher.cli.newsroom import opened
from publisher.cli.output import AsJson, clock_text, emit, say
from publisher.cli.whom import whom, with_audience

if TYPE_CHECKING:
    from publisher.model.records import IssueRecord


def queue(
    context: typer.Context,
    issue: Annotated[str, typer.Argument(help="Slug or path of the issue.")],
    at: Annotated[
        str | None, typer.Option("--at", help='When: "2026-10-06T06:30", "06:30" or "+10m".')
    ] = None,
    before: Annotated[
        str | None, typer.Option("--before", help="Take the slot of this issue; it and those behind move on.")
    ] = None,
    *,
    now: Annotated[
        bool,
        typer.Option("--now", help="Send it as soon as the time to take it back is over: [delivery] undo."),
    ] = False,
    first: Annotated[
        bool, typer.Option("--first", help="Take the next slot; those in the queue move on.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Give an issue the moment at which it goes out: its own date, else the next free slot."""
    from publisher.actions.audience import audience_when_approved
    from publisher.actions.queue import Place, moments, stories_of
    from publisher.actions.queue import queue as act

    if sum((at is not None, before is not None, first, now)) > 1:
        raise typer.BadParameter("--now, --at, --before and --first exclude each other")
    with opened(context) as publisher:
        before_it = moments(publisher)
        record = act(publisher, issue, Place(soon=now, at=at, before=before, first=first))
        after_it = moments(publisher)
        stories = stories_of(publisher, record)
        audience = audience_when_approved(publisher, record)
        settings, zone = publisher.settings, publisher.settings.publication.timezone
    if as_json:
        emit(with_audience(record, audience))
    else:
        say(_moved(record, before_it.get(record.slug), zone))
        if now:
            say(
                f"Nothing is public before; until then it is taken back with: publisher unqueue {record.slug}"
            )
        if audience and audience.lists:
            say(f"When it was approved it had {whom(audience, settings)}.")
        say("It goes out while `publisher serve` runs. Its stories:")
        for title in stories:
            say(f"  {title}")
        for slug, moment in after_it.items():
            if slug != record.slug and before_it.get(slug, moment) != moment:
                say(f"{slug} moves to {clock_text(moment, zone)}")


def _moved(record: IssueRecord, before: datetime | None, zone: str) -> str:
    when = clock_text(record.due_at, zone)
    if before in (None, record.due_at):
        return f"{record.slug} goes out {when} ({zone})."
    return f"{record.slug} is moved from {clock_text(before, zone)} to {when} ({zone})."
