"""`publisher withdraw`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from publisher.cli.asking import ask
from publisher.cli.newsroom import opened
from publisher.cli.output import AsJson, emit, say
from publisher.cli.reached import reached
from publisher.model.delivery import DeliveryState, MailingState

if TYPE_CHECKING:
    from publisher.actions.withdraw import Withdrawn
    from publisher.model.records import IssueRecord, MailingRecord


def withdraw(
    context: typer.Context,
    issue: Annotated[str, typer.Argument(help="Slug or path of the issue.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, in one line that readers will see.")],
    *,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask before it is withdrawn; needed without a terminal.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Withdraw a public issue for good: its pages and feeds say so, and a mailing on its way is cancelled."""
    from publisher.actions.withdraw import look_before
    from publisher.actions.withdraw import withdraw as act

    with opened(context) as publisher:
        if not yes:
            ask(_question(*look_before(publisher, issue)), otherwise="nothing was withdrawn")
        done = act(publisher, issue, reason=reason)
    if as_json:
        emit(done)
    else:
        say(_report(done))


def _question(record: IssueRecord, mailing: MailingRecord | None) -> str:
    """Return what is asked once: nothing brings the issue back."""
    name = f"{record.number} “{record.title}”" if record.number else f"“{record.title}”"
    question = f"Withdraw issue {name}? Its pages will say that it was withdrawn and why."
    if mailing is not None:
        said = reached(
            mailing.counts[DeliveryState.ACCEPTED],
            mailing.audience,
            on_their_way=mailing.counts[DeliveryState.SENDING],
        )
        question += f" {said}"
        is_open = mailing.state in (MailingState.SENDING, MailingState.PAUSED)
        question += "; the others will not get it." if is_open else "."
    return question


def _report(done: Withdrawn) -> str:
    said = f"{done.issue} is withdrawn: {done.reason}"
    if not done.audience:
        return said
    mailed = reached(done.mailed, done.audience, on_their_way=done.on_their_way)
    return f"{said}\n{mailed}" + ("; its mailing is cancelled." if done.is_cancelled else ".")
