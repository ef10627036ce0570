"""`publisher publish ISSUE --now`."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from publisher.cli.newsroom import opened
from publisher.cli.obstacles import relay_down, why_paused
from publisher.cli.output import AsJson, clock_text, counted, emit, say, warn
from publisher.cli.reached import reached
from publisher.cli.whom import whom
from publisher.errors import PublisherError
from publisher.model.delivery import DeliveryState, MailingState
from publisher.model.progress import pace
from publisher.model.states import IssueState

if TYPE_CHECKING:
    from datetime import datetime

    from publisher.actions.audience import Audience
    from publisher.app import Publisher
    from publisher.model.records import MailingRecord

_POLL = 0.1
_STOPPED = 130
"""The exit code of a command that was interrupted."""
_STALLED = 60.0
"""Seconds without progress after which watching a server ends."""


def publish(
    context: typer.Context,
    issue: Annotated[str, typer.Argument(help="Slug or path of the issue.")],
    *,
    now: Annotated[
        bool, typer.Option("--now", help="Publish at once instead of at its moment in the queue.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before mailing people.")] = False,
    as_json: AsJson = False,
) -> None:
    """Publish an issue at once and deliver it; started again after a stop, it goes on where it was."""
    from publisher.actions.send_now import audience_now, publish_now

    if not now:
        raise typer.BadParameter(
            "write --now to publish at once, or use `publisher queue` for a moment to come"
        )
    with opened(context) as publisher:
        _ask(publisher, audience_now(publisher, issue), yes=yes, issue=issue)
        mailing, obstacle = publish_now(publisher, issue), ""
        if mailing is not None:
            mailing, obstacle = _deliver(publisher, mailing, quiet=as_json)
        zone = publisher.settings.publication.timezone
        ended, moment = obstacle or _why_ended(publisher, mailing), publisher.now()
    if as_json:
        emit({"issue": issue, "mailing": mailing})
    elif not ended:
        say(_report(issue, mailing, zone, moment))
    if ended:
        warn(f"publisher: {ended}")
        raise typer.Exit(1)


def _ask(publisher: Publisher, audience: Audience | None, *, yes: bool, issue: str) -> None:
    """Ask once before many people are mailed through a real relay."""
    if yes or audience is None or not audience.readers:
        return
    if publisher.settings.delivery.transport == "folder" or not sys.stdin.isatty():
        return
    if not typer.confirm(f"Send issue {issue} to {whom(audience, publisher.settings)}?"):
        raise PublisherError("nothing was sent")


def _deliver(publisher: Publisher, mailing: MailingRecord, *, quiet: bool) -> tuple[MailingRecord, str]:
    """Send what is due, or watch the server do it, and show how far it has come.

    Return the mailing as it then is, and what keeps a server that is watched from going on with it.

    Raises:
        typer.Exit: somebody stopped it; what was on its way is finished, and how far it has come is told.
    """
    from publisher.actions.send_now import progress_of, sender_for
    from publisher.cli.running import settle, until_stopped

    settle()
    sender = sender_for(publisher, until_idle=True)
    if sender is None and not quiet:
        say("`publisher serve` is running and sends it; this only watches.")
    with until_stopped() as stopped, _bar(quiet=quiet) as bar:
        before, moved, obstacle = mailing.done, time.monotonic(), ""
        task = bar.add_task(mailing.issue, total=mailing.audience, speed="")
        while not stopped.is_set():
            alive = sender.is_alive if sender else True
            mailing = progress_of(publisher, mailing.id)
            going = pace(mailing, publisher.now())
            bar.update(task, completed=mailing.done, speed=f"{going.per_second:,.0f}/s" if going else "")
            if mailing.done != before:
                before, moved = mailing.done, time.monotonic()
            obstacle = _in_the_way(publisher, mailing) if sender is None else ""
            due_later = mailing.next_try is None or mailing.next_try > publisher.now()
            is_stalled = due_later or time.monotonic() - moved > _STALLED
            if not alive or (sender is None and (obstacle or is_stalled)):
                break
            stopped.wait(_POLL)
    if sender is not None:
        sender.close()
        if sender.complaint:
            warn(f"publisher: {sender.complaint}")
    if stopped.is_set():
        mailing = progress_of(publisher, mailing.id)
        warn(f"stopped: {mailing.done} of {mailing.audience} delivered; the same command goes on")
        raise typer.Exit(_STOPPED)
    return mailing, obstacle


def _in_the_way(publisher: Publisher, mailing: MailingRecord) -> str:
    """Return why a mailing that a server sends does not go on, or an empty text."""
    from publisher.actions.status import trouble_of_relays

    if mailing.state is MailingState.PAUSED:
        return f"the mailing of {mailing.issue} is paused: {why_paused(mailing)}"
    trouble = trouble_of_relays(publisher) if mailing.state is MailingState.SENDING else None
    return relay_down(trouble, publisher.settings.publication.timezone) if trouble else ""


def _why_ended(publisher: Publisher, mailing: MailingRecord | None) -> str:
    """Return who has the mail, and why nobody else will, if somebody ended it while it was sent."""
    from publisher.actions.look import look_at

    if mailing is None or mailing.state is not MailingState.CANCELLED:
        return ""
    is_withdrawn = look_at(publisher, mailing.issue).state is IssueState.WITHDRAWN
    what = (
        f"{mailing.issue} was withdrawn" if is_withdrawn else f"the mailing of {mailing.issue} was cancelled"
    )
    accepted, on_their_way = mailing.counts[DeliveryState.ACCEPTED], mailing.counts[DeliveryState.SENDING]
    return f"{what}; {reached(accepted, mailing.audience, on_their_way=on_their_way)}"


def _bar(*, quiet: bool) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=quiet or not sys.stderr.isatty(),
    )


def _report(issue: str, mailing: MailingRecord | None, zone: str, now: datetime) -> str:
    if mailing is None:
        return f"{issue} is published on pages and in feeds; it has no list to be mailed to."
    deferred_last = sorted(mailing.counts.items(), key=lambda each: each[0] is DeliveryState.DEFERRED)
    counts = ", ".join(f"{count:,} {state}" for state, count in deferred_last if count)
    later = f", next try {_when(mailing.next_try, now, zone)}" if mailing.next_try else ""
    paused = f"; paused: {mailing.reason}" if mailing.reason else ""
    readers = counted(mailing.audience, "reader")
    return f"{issue} is published, {readers}: {counts or 'nobody yet'}{later}{paused}"


def _when(moment: datetime, now: datetime, zone: str) -> str:
    """Return a moment as a wall clock shows it, with the day if it is another one."""
    then, today = clock_text(moment, zone), clock_text(now, zone)
    day, _, hour = then.rpartition(" ")
    return hour if today.startswith(day) else then
