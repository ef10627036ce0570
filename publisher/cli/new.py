"""`publisher new`."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from publisher.cli.newsroom import now, settings_of
from publisher.cli.output import AsJson, emit, say


def new(
    context: typer.Context,
    title: Annotated[str, typer.Argument(help='Title of the issue, such as "What the sea remembers".')],
    template: Annotated[
        str | None, typer.Option("--template", help="Copy this folder of issues/_templates/, such as weekly.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Begin an issue: a draft with an id of its own, ready to be written."""
    from publisher.actions.write import new_issue

    settings = settings_of(context)
    today = now().astimezone(ZoneInfo(settings.publication.timezone)).date()
    path = new_issue(settings, title, template=template, today=today)
    if as_json:
        emit({"path": path})
    else:
        say(f"wrote {path}. Write it, look at it with `publisher preview`, then set its status to ready.")
        if settings.publishing.approval == "none":
            say("A ready issue takes the next free slot by itself.")
