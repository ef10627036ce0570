"""`publisher approve`."""

from __future__ import annotations

from typing import Annotated

import typer

from publisher.cli.newsroom import opened
from publisher.cli.output import AsJson, emit, say


def approve(
    context: typer.Context,
    issue: Annotated[str, typer.Argument(help="Slug or path of the issue.")],
    allow: Annotated[
        list[str] | None,
        typer.Option("--allow", help="Acknowledge this warning, such as W302; may be repeated."),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Print an issue and approve exactly that; a later edit needs a new approval."""
    from publisher.actions.approve import approve as act

    with opened(context) as publisher:
        record = act(publisher, issue, allow=allow or ())
    if as_json:
        emit(record)
    else:
        say(f"{record.slug} is approved. Next: publisher queue {record.slug}")
