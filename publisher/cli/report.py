"""`publisher report`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from publisher.cli.given import bytes_of
from publisher.cli.newsroom import opened
from publisher.cli.output import AsJson, emit, say
from publisher.cli.several import each

if TYPE_CHECKING:
    from publisher.actions.report import Taken
    from publisher.app import Publisher


def report(
    context: typer.Context,
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Raw mails; - reads one from standard input.")
    ],
    *,
    as_json: AsJson = False,
) -> None:
    """Take bounces and complaints out of files, or from a mail server.

    A mail that is no report on a delivery of this newsroom changes nothing and is no error.
    """
    from publisher.actions.report import take_by_hand

    with opened(context) as publisher:
        taken, troubles = each(files, lambda name: (name, take_by_hand(publisher, bytes_of(name))))
        lines = [] if as_json else [f"{name}: {_line(publisher, one)}" for name, one in taken]
    if as_json:
        emit([{"file": name, "came": one.came, "report": one.report} for name, one in taken])
    for line in lines:
        say(line)
    if troubles:
        raise typer.Exit(1)


def _line(publisher: Publisher, taken: Taken) -> str:
    """Return what came of a mail: what it says, of which reader and issue, and what follows."""
    from publisher.actions.report import reader_of

    found = taken.report
    if found is None:
        return "; ".join((str(taken.came), *(str(effect) for effect in taken.effects)))
    code = f" {found.code}" if found.code else ""
    about = f"{found.kind}{code}, {reader_of(publisher, found) or '(erased)'} of {taken.issue}"
    return "; ".join((about, *(str(effect) for effect in taken.effects or (taken.came,))))
