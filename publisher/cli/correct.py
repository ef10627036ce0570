"""`publisher correct`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from publisher.cli.newsroom import opened
from publisher.cli.output import AsJson, emit, say

if TYPE_CHECKING:
    from publisher.actions.correction import Corrected


def correct(
    context: typer.Context,
    issue: Annotated[str, typer.Argument(help="Slug or path of the issue.")],
    allow: Annotated[
        list[str] | None,
        typer.Option("--allow", help="Acknowledge this warning, such as W302; may be repeated."),
    ] = None,
    note: Annotated[
        str, typer.Option("--note", help="What was wrong, in one line that readers will see.")
    ] = "",
    *,
    minor: Annotated[
        bool, typer.Option("--minor", help="Tell nobody: nothing is shown as updated or corrected.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Let pages and feeds of a public issue follow its files; what was mailed stays as it was."""
    from publisher.actions.correct import correct as act

    with opened(context) as publisher:
        done = act(publisher, issue, minor=minor, note=note, allow=allow or (), dry_run=dry_run)
    if as_json:
        emit(done)
        return
    for line in _report(done):
        say(line)


def _report(done: Corrected) -> list[str]:
    if done.is_same:
        return [f"{done.issue} says in public what its files say: there is nothing to correct."]
    told = "nobody is told" if done.is_minor else "its pages and feeds tell that it was corrected"
    outcome = f"{done.issue} is corrected; {told}." if done.is_public else f"{done.issue} would change:"
    return [
        *done.difference,
        *([""] if done.difference else []),
        outcome,
        *(["  the stories stand in another order"] if done.is_reordered else []),
        *(f"  changed: {_name(done, slug)}" for slug in done.changed),
        *(f"  added: {_name(done, slug)}" for slug in done.added),
        *(f"  withdrawn: “{done.titles[slug]}” ({done.note})" for slug in done.removed),
        *(f"  moved: {before} to {now}" for before, now in done.moved.items()),
        *(["The note stands in the audit only: a minor correction has none."] if _is_unsaid(done) else []),
    ]


def _name(done: Corrected, slug: str) -> str:
    return f"“{done.titles[slug]}” ({done.files[slug]})"


def _is_unsaid(done: Corrected) -> bool:
    return done.is_minor and bool(done.note)
