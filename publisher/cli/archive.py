"""`publisher archive`."""

from __future__ import annotations

from typing import Annotated

import typer

from publisher.cli.newsroom import opened
from publisher.cli.output import AsJson, counted, emit, say, warn
from publisher.cli.several import chosen


def archive(
    context: typer.Context,
    issues: Annotated[list[str] | None, typer.Argument(help="Slugs or paths of the issues.")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="All issues that are held.")] = False,
    as_json: AsJson = False,
) -> None:
    """Put issues online under their own dates; they are never mailed."""
    from publisher.actions.archive import archive as act
    from publisher.actions.hold import held

    with opened(context) as publisher:
        slugs = chosen(issues, every=every, all_of=lambda: held(publisher))
        troubles = act(publisher, slugs)
    if as_json:
        emit({"archived": len(slugs) - len(troubles), "troubles": troubles})
    else:
        for trouble in troubles:
            warn(f"publisher: {trouble}")
        done = f"{len(slugs) - len(troubles)} of {counted(len(slugs), 'issue')} archived"
        say(done if slugs else "no issue is held")
    if troubles:
        raise typer.Exit(1)
