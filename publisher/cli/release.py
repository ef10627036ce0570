"""`publisher release`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from publisher.cli.newsroom import opened
from publisher.cli.output import AsJson, clock_text, emit, say
from publisher.cli.several import chosen, each
from publisher.model.states import IssueState

if TYPE_CHECKING:
    from publisher.model.records import IssueRecord


def release(
    context: typer.Context,
    issues: Annotated[list[str] | None, typer.Argument(help="Slugs of the issues.")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="All issues that are held.")] = False,
    reprint: Annotated[bool, typer.Option("--reprint", help="Print them anew from their files.")] = False,
    as_json: AsJson = False,
) -> None:
    """Queue held issues again, as they were printed or printed anew."""
    from publisher.actions.hold import held
    from publisher.actions.hold import release as act

    with opened(context) as publisher:
        slugs = chosen(issues, every=every, all_of=lambda: held(publisher))
        records, troubles = each(slugs, lambda slug: act(publisher, slug, reprint=reprint))
        zone = publisher.settings.publication.timezone
    if as_json:
        emit({"released": records, "troubles": troubles})
    else:
        for record in records:
            say(_outcome(record, zone))
        if not slugs:
            say("no issue is held")
    if troubles:
        raise typer.Exit(1)


def _outcome(record: IssueRecord, zone: str) -> str:
    if record.state is IssueState.QUEUED:
        return f"{record.slug} goes out {clock_text(record.due_at, zone)}"
    then = f"as soon as somebody approves it: publisher approve {record.slug}"
    return f"{record.slug} is printed anew from its files {then}"
