"""`publisher queue`."""

from __future__ import annotations

from typing import Annotated

import typer

from publisher.cli.newsroom import opened
from publisher.cli.output import AsJson, clock_text, emit, say


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
    first: Annotated[
        bool, typer.Option("--first", help="Take the next slot; those in the queue move on.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Give an issue the moment at which it goes out: its own date, else the next free slot."""
    from publisher.actions.queue import Place, stories_of
    from publisher.actions.queue import queue as act

    if sum((at is not None, before is not None, first)) > 1:
        raise typer.BadParameter("--at, --before and --first exclude each other")
    with opened(context) as publisher:
        record = act(publisher, issue, Place(at=at, before=before, first=first))
        stories = stories_of(publisher, record)
        zone = publisher.settings.publication.timezone
    if as_json:
        emit(record)
    else:
        when = clock_text(record.due_at, zone)
        say(f"{record.slug} goes out {when} ({zone}), while `publisher serve` runs. Its stories:")
        for title in stories:
            say(f"  {title}")
