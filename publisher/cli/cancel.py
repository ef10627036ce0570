"""`publisher cancel`."""

from __future__ import annotations

from typing import Annotated

import typer

from publisher.cli.newsroom import opened
from publisher.cli.output import AsJson, counted, emit, say
from publisher.model.delivery import DeliveryState


def cancel(
    context: typer.Context,
    issue: Annotated[str, typer.Argument(help="Slug of the issue.")],
    *,
    as_json: AsJson = False,
) -> None:
    """End a mailing for good; the issue stays public."""
    from publisher.actions.mailing import cancel as act

    with opened(context) as publisher:
        mailing = act(publisher, issue)
    if as_json:
        emit(mailing)
    else:
        accepted = counted(mailing.counts[DeliveryState.ACCEPTED], "message")
        say(f"The mailing of {mailing.issue} is cancelled; {accepted} of {mailing.audience:,} had gone out.")
