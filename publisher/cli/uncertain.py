"""`publisher uncertain`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from publisher.cli.newsroom import opened
from publisher.cli.output import AsJson, clock_text, counted, emit, say

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
    """Return a sentence about one message of which nobody knows."""
    again = f", again {clock_text(each.next_try, zone)}" if each.next_try else ""
    return f"{each.address} may or may not have got {each.issue}{again}"


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

    count = decide_uncertain(publisher, issue, resend=resend, addresses=addresses)
    if as_json:
        emit({"issue": issue, "uncertain": count, "resend": resend})
    elif resend:
        say(f"{issue}: {counted(count, 'message')} will be sent again, while `publisher serve` runs.")
    else:
        say(f"{issue}: {counted(count, 'message')} left uncertain.")
