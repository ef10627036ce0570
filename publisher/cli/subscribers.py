"""`publisher subscribers add | import | list`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from publisher.cli.given import text_of
from publisher.cli.newsroom import opened
from publisher.cli.output import AsJson, counted, emit, say, show, table, warn
from publisher.cli.several import each

app = typer.Typer(help="Add, import and list subscribers.", no_args_is_help=True)

Lists = Annotated[
    list[str] | None, typer.Option("--list", help="List to be on; may be repeated; default: the first.")
]

ListsToShow = Annotated[
    list[str] | None, typer.Option("--list", help="List to show; may be repeated; default: all.")
]


@app.command("add")
def add(
    context: typer.Context,
    address: Annotated[list[str], typer.Argument(help="Addresses of people who asked for it.")],
    lists: Lists = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Make addresses active subscribers.

    Their consent is noted as "added by hand".
    """
    from publisher.actions.subscribe import add as act

    with opened(context) as publisher:
        answers, troubles = each(address, lambda one: (one, act(publisher, one, lists=lists or ())))
    if as_json:
        emit(dict(answers))
    else:
        for one, on_lists in answers:
            for name, answer in on_lists.items():
                say(f"{one}: {answer} ({name})")
    if troubles:
        raise typer.Exit(1)


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(help="CSV file with a column `email`, or one address a line; - reads standard input."),
    ],
    lists: Lists = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Add the addresses of a file.

    Rows that are refused are told and keep no other back.
    """
    from publisher.actions.subscribe import add_from_file

    text = text_of(file)
    with opened(context) as publisher:
        imported = add_from_file(publisher, text, path=str(file), lists=lists or ())
    if as_json:
        emit({"counts": imported.counts, "refused": [str(error) for error in imported.refused]})
    else:
        for error in imported.refused:
            warn(f"publisher: {error}")
        counts = {str(answer): count for answer, count in imported.counts.items()}
        counts["refused"] = len(imported.refused)
        say(", ".join(f"{count} {answer}" for answer, count in counts.items() if count) or "no addresses")
    if imported.refused:
        raise typer.Exit(1)


@app.command("list")
def list_(context: typer.Context, lists: ListsToShow = None, *, as_json: AsJson = False) -> None:
    """List the subscribers with the state of each subscription."""
    from publisher.actions.subscribe import everybody

    with opened(context) as publisher:
        found = everybody(publisher, lists=lists or ())
    if as_json:
        emit(found)
        return
    rows = [(one.address, one.list, one.state, f"{one.since:%Y-%m-%d}", one.consent) for one in found]
    show(table("address", "list", "state", "since", "consent", rows=rows))
    say(counted(len(found), "subscription"))
