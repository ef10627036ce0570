"""`publisher verify`."""

from __future__ import annotations

import typer

from publisher.cli.newsroom import opened
from publisher.cli.output import AsJson, counted, emit, say, warn


def verify(context: typer.Context, *, as_json: AsJson = False) -> None:
    """Look whether the database is as it must be; nothing is changed."""
    from publisher.actions.verify import verify as act

    with opened(context) as publisher:
        found = act(publisher)
    if as_json:
        emit(
            {
                "holds": found.holds,
                "mailings": found.mailings,
                "deliveries": found.deliveries,
                "invariants": found.verdicts,
            }
        )
    elif found.holds:
        looked_at = f"{counted(found.mailings, 'mailing')}, {found.deliveries:,} deliveries"
        say(f"All is as it must be: {looked_at}, {counted(len(found.verdicts), 'rule')}.")
    for verdict in () if as_json else found.verdicts:
        for fault in verdict.faults:
            warn(f"{verdict.code} ({verdict.sentence}): {fault}")
        if verdict.more:
            warn(f"{verdict.code}: and more of this kind")
    if not found.holds:
        raise typer.Exit(1)
