"""`publisher status`."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from publisher.cli.newsroom import opened
from publisher.cli.output import AsJson, clock_text, counted, emit, say, show, table
from publisher.cli.reached import account
from publisher.model.delivery import MailingState
from publisher.model.states import IssueState

if TYPE_CHECKING:
    from publisher.actions.status import Status
    from publisher.model.records import IssueRecord, MailingRecord


def status(
    context: typer.Context,
    *,
    slots: Annotated[
        int, typer.Option("--slots", min=0, help="How many slots to come to show of each list.")
    ] = 4,
    as_json: AsJson = False,
) -> None:
    """Show what goes out next, when, to how many, and whether anything is in its way."""
    from publisher.actions.scan import scan
    from publisher.actions.status import status as act

    with opened(context) as publisher:
        met = scan(publisher, patient=False)
        found = act(publisher, slots_each=slots)
        zone = publisher.settings.publication.timezone
    if as_json:
        emit(_document(found, met.troubles))
    else:
        for record in met.queued:
            say(f"queued {record.slug} for {clock_text(record.due_at, zone)}")
        _print(found, met.troubles, zone)


def _document(found: Status, troubles: tuple[str, ...]) -> dict[str, object]:
    """Return the status as programs read it; keys are added over time and never change their meaning."""
    return {
        "now": found.now,
        "issues": [_issue(record, found) for record in found.issues],
        "slots": found.slots,
        "uncertain": found.uncertain,
        "readers": found.readers,
        "last_tick": found.ticked_at,
        "hubs": found.hubs,
        "troubles": troubles,
    }


def _issue(record: IssueRecord, found: Status) -> dict[str, object]:
    mailing = found.mailings.get(record.slug)
    return {
        "slug": record.slug,
        "state": record.state,
        "due": record.due_at,
        "title": record.title,
        "reason": record.reason,
        "number": record.number,
        "lists": record.lists,
        "approved_by": record.approved_by,
        "published": record.published_at,
        "withdrawn": record.withdrawn_at,
        "changed": record.slug in found.changed,
        "difference": found.differences.get(record.slug, ()),
        "mailing": None if mailing is None else _mailing(mailing),
    }


def _mailing(mailing: MailingRecord) -> dict[str, object]:
    return {
        "state": mailing.state,
        "reason": mailing.reason,
        "audience": mailing.audience,
        **{str(state): count for state, count in mailing.counts.items()},
        "next_try": mailing.next_try,
        "finished": mailing.finished_at,
    }


def _print(found: Status, troubles: tuple[str, ...], zone: str) -> None:
    rows = [
        (
            record.slug,
            record.state,
            clock_text(record.due_at or record.published_at, zone),
            _remark(record, found),
        )
        for record in found.issues
    ]
    if rows:
        show(table("issue", "state", f"when ({zone})", "", rows=rows))
    else:
        say("No issues yet. Write one with: publisher new")
    if found.slots:
        say()
        show(table("slot", "list", "issue", rows=_slots(found, zone)))
    say()
    say("Readers: " + ", ".join(f"{count} on {name}" for name, count in found.readers.items()))
    for each in found.uncertain:
        again = f", again {clock_text(each.next_try, zone)}" if each.next_try else ""
        say(f"Uncertain: {each.address} may or may not have got {each.issue}{again}")
    for hub in found.hubs:
        if not hub.works:
            waiting = f"; it is to be told of {counted(hub.waiting, 'feed')}" if hub.waiting else ""
            since = clock_text(hub.since, zone)
            say(f"Hub {hub.url} has not worked since {since}, and feeds do not name it{waiting}")
    for slug, lines in found.differences.items():
        say(f"\nWhat changed in {slug} since it was printed:")
        for line in lines:
            say(f"  {line}")
    for trouble in troubles:
        say(f"Trouble: {trouble}")
    if not found.is_served and any(record.state is IssueState.QUEUED for record in found.issues):
        say("Nothing is sent while `publisher serve` is not running.")


def _slots(found: Status, zone: str) -> list[tuple[str, str, str]]:
    """Return the slots to come and the moments between them that issues have, in order of time."""
    held = {record.slug for record in found.issues if record.state is IssueState.HELD}
    rows = [(each.moment, each.list, each.issue or "— empty —") for each in found.slots]
    rows += [(each.due_at, "—", each.slug) for each in found.outside if each.due_at]
    return [
        (clock_text(moment, zone), name, f"{issue} (held)" if issue in held else issue)
        for moment, name, issue in sorted(rows)
    ]


def _remark(record: IssueRecord, found: Status) -> str:
    said = _what_stands(record, found)
    if record.slug not in found.changed:
        return said
    changed = f"changed since; `publisher correct {record.slug}`"
    return f"{said}; {changed}" if said else changed


def _what_stands(record: IssueRecord, found: Status) -> str:
    mailing = found.mailings.get(record.slug)
    if record.state is IssueState.WITHDRAWN:
        why = f"reason: {record.reason}"
        return f"{_progress(mailing)}; {why}" if mailing else why
    if mailing is None:
        is_waiting = record.state is IssueState.QUEUED and not found.is_served
        if is_waiting and record.due_at and record.due_at <= found.now:
            return f"due {_ago(found.now - record.due_at)}; `publisher serve` is not running"
        return record.reason or ""
    return _progress(mailing) + (f" ({mailing.reason})" if mailing.reason else "")


def _progress(mailing: MailingRecord) -> str:
    if mailing.state is MailingState.CANCELLED:
        return f"{mailing.state}: {account(mailing) or 'no readers'}"
    counts = ", ".join(f"{count:,} {state}" for state, count in mailing.counts.items() if count)
    return f"{mailing.state}: {counts or 'no readers'}"


def _ago(passed: timedelta) -> str:
    """Return how long ago something was, in its largest unit: "2 hours ago"."""
    seconds = int(passed.total_seconds())
    units = {"day": 86400, "hour": 3600, "minute": 60}
    unit = next((unit for unit, size in units.items() if seconds >= size), "second")
    return f"{counted(seconds // units.get(unit, 1), unit)} ago"
