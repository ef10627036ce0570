"""`publisher approve`."""

from __future__ import annotations

from typing import Annotated

import typer

from publisher.cli.newsroom import opened
from publisher.cli.output import AsJson, emit, say
from publisher.cli.whom import whom, with_audience


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
    from publisher.actions.audience import audience_when_approved

    with opened(context) as publisher:
        record = act(publisher, issue, allow=allow or ())
        audience = audience_when_approved(publisher, record)
        settings = publisher.settings
    if as_json:
        emit(with_audience(record, audience))
    else:
        if audience and audience.lists:
            say(f"As of now it goes to {whom(audience, settings)}.")
        say(f"{record.slug} is approved. Next: publisher queue {record.slug}")
