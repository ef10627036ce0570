"""`publisher uncertain`."""

from __future__ import annotations

from typing import Annotated

import typer

from publisher.cli.newsroom import opened
from publisher.cli.output import AsJson, counted, emit, say


def uncertain(
    context: typer.Context,
    issue: Annotated[str, typer.Argument(help="Slug of the issue.")],
    *,
    resend: Annotated[
        bool, typer.Option("--resend/--leave", help="Send them again, or leave them as they are for good.")
    ],
    as_json: AsJson = False,
) -> None:
    """Decide about the messages of which nobody knows whether they were accepted."""
    from publisher.actions.mailing import decide_uncertain

    with opened(context) as publisher:
        count = decide_uncertain(publisher, issue, resend=resend)
    if as_json:
        emit({"issue": issue, "uncertain": count, "resend": resend})
    elif resend:
        say(f"{issue}: {counted(count, 'message')} will be sent again, while `publisher serve` runs.")
    else:
        say(f"{issue}: {counted(count, 'message')} left uncertain.")
