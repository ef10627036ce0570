"""`publisher hold`."""

from __future__ import annotations

from typing import Annotated

import typer

from publisher.cli.newsroom import opened
from publisher.cli.output import AsJson, emit, say


def hold(
    context: typer.Context,
    issue: Annotated[str, typer.Argument(help="Slug of the issue.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, in words that others understand.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Hold an issue back; its slot passes empty and the others keep theirs."""
    from publisher.actions.hold import hold as act

    with opened(context) as publisher:
        record = act(publisher, issue, reason=reason)
    if as_json:
        emit(record)
    else:
        say(f"{record.slug} is held. It goes on with: publisher release {record.slug}")
