"""`publisher uncertain`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from publisher.cli.newsroom import opened
from publisher.cli.output import AsJson, clock_text, counted, emit, say
from publisher.model.delivery import LEFT

if TYPE_CHECKING:
    from publisher.app import Publisher
    from publisher.model.records import DeliveryTrouble


def uncertain(
    context: typer.Context,
    issue: Annotated[str, typer.Argument(help="Slug of the issue.")],
    addresses: Annotated[
        list[str] | None,
        typer.Option("--address", help="Only the message to this reader; can be repeated."),
    ] = None,
    *,
    resend: Annotated[
        bool | None,
        typer.Option("--resend/--leave", help="Send them again, or leave them as they are for good."),
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="Name them, and change nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Decide about the messages of which nobody knows whether they were accepted."""
    if (resend is None) is not listed or (listed and addresses):
        raise typer.BadParameter("write either --resend, --leave or --list")
    with opened(context) as publisher:
        if resend is None:
            _list(publisher, issue, as_json=as_json)
        else:
            _decide(publisher, issue, tuple(addresses or ()), resend=resend, as_json=as_json)


def in_words(each: DeliveryTrouble, zone: str) -> str:
    """Return a sentence about one message of which nobody knows, and what becomes of it."""
    what = f"{each.address} may or may not have got {each.issue}"
    decide = f"`publisher uncertain {each.issue}`"
    if each.next_try:
        return f"{what}, is sent again {clock_text(each.next_try, zone)} unless you say otherwise ({decide})"
    if each.text == LEFT:
        return f"{what}, and was left so by an editor"
    return f"{what}, is not sent again unless you say so ({decide})"


def _list(publisher: Publisher, issue: str, *, as_json: bool) -> None:
    from publisher.actions.mailing import uncertain_of

    found = uncertain_of(publisher, issue)
    if as_json:
        emit(found)
    elif not found:
        say(f"Nothing is uncertain in the mailing of {issue}.")
    else:
        for each in found:
            say(in_words(each, publisher.settings.publication.timezone))


def _decide(
    publisher: Publisher, issue: str, addresses: tuple[str, ...], *, resend: bool, as_json: bool
) -> None:
    from publisher.actions.mailing import decide_uncertain

    decided = decide_uncertain(publisher, issue, resend=resend, addresses=addresses)
    messages = counted(decided.deliveries, "message")
    if as_json:
        emit({"issue": issue, "uncertain": decided.deliveries, "left": decided.left, "resend": resend})
    elif resend:
        say(f"{issue}: {messages} will be sent again, while `publisher serve` runs{_left(decided.left)}.")
    else:
        say(f"{issue}: {messages} left uncertain.")


def _left(count: int) -> str:
    if not count:
        return ""
    return "; 1 stays as you left it" if count == 1 else f"; {count:,} stay as you left them"
