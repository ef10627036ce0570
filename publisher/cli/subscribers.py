"""`publisher subscribers add | list | find | show | erase`, and the table of all its commands."""

from __future__ import annotations

from typing import Annotated

import typer

from publisher.cli import subscribers_files, subscribers_suppress
from publisher.cli.asking import ask
from publisher.cli.newsroom import opened
from publisher.cli.output import AsJson, counted, day_text, emit, say, show, table
from publisher.cli.several import each
from publisher.cli.subscriber_history import readable, tell

app = typer.Typer(help="Add, import, find, export and erase subscribers.", no_args_is_help=True)

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


app.command("import")(subscribers_files.import_)
app.command("export")(subscribers_files.export)


@app.command("find")
def find(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help="Part of an address; @example.org means a whole domain.")],
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="So many at the most.")] = 50,
    *,
    as_json: AsJson = False,
) -> None:
    """Find subscribers by a part of their address."""
    from publisher.actions.reader import find as act

    with opened(context) as publisher:
        found, are_more = act(publisher, text, limit=limit)
    if as_json:
        emit({"found": found, "more": are_more})
        return
    rows = [
        (
            str(one.number),
            readable(one.address),
            ", ".join(f"{name}: {state}" for name, state in one.lists.items()),
        )
        for one in found
    ]
    if rows:
        show(table("number", "address", "lists", rows=rows))
    say(counted(len(found), "subscriber") + (", and there are more; --limit shows them" if are_more else ""))


@app.command("show")
def show_(
    context: typer.Context,
    who: Annotated[str, typer.Argument(metavar="ADDRESS|NUMBER", help="Whose history to show.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Show all that is known of one subscriber: lists, consent, deliveries, and what came back."""
    from publisher.actions.reader import show as act

    with opened(context) as publisher:
        history = act(publisher, who)
        zone = publisher.settings.publication.timezone
    if as_json:
        emit(history)
    else:
        tell(history, who, zone)


@app.command("erase")
def erase(
    context: typer.Context,
    who: Annotated[list[str], typer.Argument(metavar="ADDRESS|NUMBER...", help="Whom to forget.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Erase without asking.")] = False,
    as_json: AsJson = False,
) -> None:
    """Forget subscribers: all that is kept of them goes, but for a mark that they must not be mailed."""
    from publisher.actions.erase import erase as act
    from publisher.actions.reader import number_of

    with opened(context) as publisher:
        numbers, troubles = each(who, lambda one: number_of(publisher, one))
        numbers = list(dict.fromkeys(numbers))
        if numbers and not yes:
            whom = counted(len(numbers), "subscriber")
            ask(f"Erase {whom} and all that is kept of them? Nothing brings it back.", otherwise="not erased")
        erased = [number for number in numbers if act(publisher, number)]
    if as_json:
        emit({"erased": erased, "troubles": troubles})
    elif erased:
        say(f"{counted(len(erased), 'subscriber')} erased")
    if troubles:
        raise typer.Exit(1)


app.command("suppress")(subscribers_suppress.suppress)


@app.command("list")
def list_(context: typer.Context, lists: ListsToShow = None, *, as_json: AsJson = False) -> None:
    """List the subscribers with the state of each subscription."""
    from publisher.actions.subscribe import everybody

    with opened(context) as publisher:
        found = everybody(publisher, lists=lists or ())
        zone = publisher.settings.publication.timezone
    if as_json:
        emit(found)
        return
    rows = [(one.address, one.list, one.state, day_text(one.since, zone), one.consent) for one in found]
    show(table("address", "list", "state", "since", "consent", rows=rows))
    say(counted(len(found), "subscription"))
