"""`publisher pause`."""

from __future__ import annotations

from typing import Annotated

import typer

from publisher.cli.newsroom import opened
from publisher.cli.output import AsJson, emit, say


def pause(
    context: typer.Context,
    issue: Annotated[str, typer.Argument(help="Slug of the issue.")],
    reason: Annotated[
        str | None,
        typer.Option(
            "--reason", help="Why, in words that others understand; default: who paused it by hand."
        ),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Pause the mailing of a published issue."""
    from publisher.actions.mailing import pause as act

    with opened(context) as publisher:
        mailing = act(publisher, issue, reason=reason)
    if as_json:
        emit(mailing)
    else:
        say(f"The mailing of {mailing.issue} is paused: {mailing.reason}")
        say(f"It goes on with: publisher resume {mailing.issue}")
