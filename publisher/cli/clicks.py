"""`publisher clicks`."""

from __future__ import annotations

from typing import Annotated

import typer

from publisher.cli.newsroom import opened
from publisher.cli.output import AsJson, emit, say, show, table


def clicks(
    context: typer.Context,
    issue: Annotated[str, typer.Argument(help="Slug of the issue.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Show how often each link of an issue's mail was opened, by readers who agreed to be counted."""
    from publisher.actions.clicks import FEWEST, clicks_of

    with opened(context) as publisher:
        found = clicks_of(publisher, issue)
    if as_json:
        emit({"issue": issue, "links": found})
    elif found:
        show(table("clicks", "link", rows=[(f"{each.clicks:,}", each.url) for each in found]))
    else:
        say(
            f"The mail of {issue} counts no clicks: no list of it had `clicks = true` when it went out, "
            f"or fewer than {FEWEST} of its readers had agreed."
        )
