"""`publisher release`."""

from __future__ import annotations

from typing import Annotated

import typer

from publisher.cli.newsroom import opened
from publisher.cli.output import AsJson, clock_text, emit, say
from publisher.cli.several import chosen, each


def release(
    context: typer.Context,
    issues: Annotated[list[str] | None, typer.Argument(help="Slugs of the issues.")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="All issues that are held.")] = False,
    reprint: Annotated[bool, typer.Option("--reprint", help="Print them anew from their files.")] = False,
    as_json: AsJson = False,
) -> None:
    """Queue held issues again, as they were printed or printed anew."""
    from publisher.actions.hold import held
    from publisher.actions.hold import release as act

    with opened(context) as publisher:
        slugs = chosen(issues, every=every, all_of=lambda: held(publisher))
        records, troubles = each(slugs, lambda slug: act(publisher, slug, reprint=reprint))
        zone = publisher.settings.publication.timezone
    if as_json:
        emit({"released": records, "troubles": troubles})
    else:
        for record in records:
            when = f"goes out {clock_text(record.due_at, zone)}" if record.due_at else f"is {record.state}"
            say(f"{record.slug} {when}")
    if troubles:
        raise typer.Exit(1)
