"""`publisher retry`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from publisher.cli.asking import ask
from publisher.cli.newsroom import opened
from publisher.cli.output import AsJson, counted, emit, say


def retry(
    context: typer.Context,
    issue: Annotated[str, typer.Argument(help="Slug of the issue.")],
    addresses: Annotated[
        list[str] | None, typer.Option("--address", help="Try the message to this reader; can be repeated.")
    ] = None,
    code: Annotated[
        str, typer.Option("--code", help='Try those that were refused with this code: "5.7.1" or "550".')
    ] = "",
    *,
    every: Annotated[bool, typer.Option("--all", help="Try all that were rejected.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Try messages again that were rejected, when the reason for it is gone."""
    from publisher.actions.retry import Choice, rejected
    from publisher.actions.retry import retry as act

    if sum((bool(addresses), bool(code), every)) != 1:
        raise typer.BadParameter("write either --address, --code or --all")
    choice = Choice(addresses=tuple(addresses or ()), code=code)
    with opened(context) as publisher:
        _ask(issue, rejected(publisher, issue, choice), yes=yes or bool(addresses))
        done = act(publisher, issue, choice)
    if as_json:
        emit({"issue": issue, "again": done.again, "left_out": done.left_out})
        return
    say(f"{issue}: {counted(done.again, 'message')} tried again, while `publisher serve` runs.")
    if done.left_out:
        say(f"Left out: {counted(done.left_out, 'reader')} who left or must not be mailed any more.")


def _ask(issue: str, many: int, *, yes: bool) -> None:
    """Ask at a terminal before several messages go out again."""
    if many > 1 and not yes and sys.stdin.isatty():
        ask(f"Try {many:,} rejected messages of {issue} again?", otherwise="nothing is tried again")
