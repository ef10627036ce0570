"""`publisher archive`."""

from __future__ import annotations

from typing import Annotated

import typer

from publisher.cli.asking import ask
from publisher.cli.newsroom import opened
from publisher.cli.output import AsJson, counted, emit, say, warn
from publisher.cli.several import chosen


def archive(
    context: typer.Context,
    issues: Annotated[list[str] | None, typer.Argument(help="Slugs or paths of the issues.")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="All issues that are held.")] = False,
    yes: Annotated[
        bool,
        typer.Option("--yes", help="Do not ask if issues are among --all that were to be mailed."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Put issues online under their own dates; they are never mailed."""
    from publisher.actions.archive import archive_each, for_readers
    from publisher.actions.hold import held

    with opened(context) as publisher:
        slugs = chosen(issues, every=every, all_of=lambda: held(publisher))
        waited_for = for_readers(publisher, slugs) if every and not yes else ()
        if waited_for:
            never = f"would never be mailed: {', '.join(waited_for)}"
            ask(f"{never}. Archive all the same?", otherwise=f"nothing was archived: {never}")
        done = archive_each(publisher, slugs)
    if as_json:
        emit({"archived": len(done.issues), "issues": done.issues, "troubles": done.troubles})
    else:
        for trouble in done.troubles:
            warn(f"publisher: {trouble}")
        for slug in done.issues:
            say(slug)
        said = f"{len(done.issues)} of {counted(len(slugs), 'issue')} archived"
        say(said if slugs else "no issue is held")
    if done.troubles:
        raise typer.Exit(1)
