"""`publisher unqueue`."""

from __future__ import annotations

from typing import Annotated

import typer

from publisher.cli.newsroom import opened
from publisher.cli.output import AsJson, emit, say


def unqueue(
    context: typer.Context,
    issue: Annotated[str, typer.Argument(help="Slug of the issue.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Take an issue out of the queue; it stays approved."""
    from publisher.actions.queue import unqueue as act

    with opened(context) as publisher:
        record = act(publisher, issue)
    if as_json:
        emit(record)
    else:
        say(f"{record.slug} is out of the queue. It goes out again with: publisher queue {record.slug}")
