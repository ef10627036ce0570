"""`publisher resume`."""

from __future__ import annotations

from typing import Annotated

import typer

from publisher.cli.newsroom import opened
from publisher.cli.output import AsJson, emit, say


def resume(
    context: typer.Context,
    issue: Annotated[str, typer.Argument(help="Slug of the issue.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Go on with a mailing that was paused, by you or because the relay refused."""
    from publisher.actions.mailing import resume as act

    with opened(context) as publisher:
        mailing = act(publisher, issue)
    if as_json:
        emit(mailing)
    else:
        say(f"The mailing of {mailing.issue} goes on, while `publisher serve` runs.")
