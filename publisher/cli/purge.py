"""`publisher purge`."""

from __future__ import annotations

from typing import Annotated

import typer

from publisher.cli.newsroom import opened
from publisher.cli.output import AsJson, clock_text, emit, say, show, table


def purge(
    context: typer.Context,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be removed.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove what is older than [privacy] allows, as `publisher serve` does each night."""
    from publisher.actions.purge import purge as act
    from publisher.actions.purge import purgeable

    with opened(context) as publisher:
        found = purgeable(publisher) if dry_run else act(publisher)
        zone = publisher.settings.publication.timezone
    if as_json:
        emit({"dry_run": dry_run, "purged": found})
        return
    rows = [(each.kind, clock_text(each.before, zone), f"{each.rows:,}") for each in found if each.rows]
    if rows:
        show(table("what", "older than", "would be removed" if dry_run else "removed", rows=rows))
    else:
        say("Nothing is older than it may be.")
