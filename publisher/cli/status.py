"""`publisher status`."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from publisher.cli.newsroom import opened
from publisher.cli.obstacles import relay_down, why_paused
from publisher.cli.output import AsJson, clock_text, counted, emit, say, show, table
from publisher.cli.reached import account
from publisher.cli.uncertain import in_words
from publisher.model.delivery import MailingState
from publisher.model.progress import pace
from publisher.model.reports import ReportKind
from publisher.model.states import IssueState
from publisher.model.subscriber import SuppressionReason

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from publisher.actions.audience import Audience
    from publisher.actions.status import Status
    from publisher.model.progress import Pace
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
        "uncertain_in_all": found.uncertain_in_all,
        "relays": found.relays,
        "parked": found.parked,
        "refused_notices": found.refused_notices,
        "empty_budgets": found.empty_budgets,
        "nobody_sends": found.is_idle,
        "readers": found.readers,
        "left_alone": found.suppressed,
        "last_tick": found.ticked_at,
        "hubs": found.hubs,
        "troubles": troubles,
    }


def _issue(record: IssueRecord, found: Status) -> dict[str, object]:
    mailing, audience = found.mailings.get(record.slug), found.audiences.get(record.slug)
    return {
        "slug": record.slug,
        "state": record.state,
        "due": record.due_at,
        "title": record.title,
        "reason": record.reason,
        "number": record.number,
        "lists": record.lists,
        "segment": audience and audience.segment,
        "audience": audience and audience.readers,
        "approved_by": record.approved_by,
        "published": record.published_at,
        "withdrawn": record.withdrawn_at,
        "changed": record.slug in found.changed,
        "difference": found.differences.get(record.slug, ()),
        "mailing": None if mailing is None else _mailing(mailing, found),
    }


def _mailing(mailing: MailingRecord, found: Status) -> dict[str, object]:
    going = pace(mailing, found.now)
    return {
        "state": mailing.state,
        "reason": mailing.reason,
        "audience": mailing.audience,
        **{str(state): count for state, count in mailing.counts.items()},
        "next_try": mailing.next_try,
        "finished": mailing.finished_at,
        "rate": going.per_second if going else None,
        "seconds_left": going.seconds_left if going else None,
        "adds_up": mailing.adds_up,
        "reports": found.reports.get(mailing.issue),
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
    say(_readers(found))
    for sentence in (*_of_mailings(found, zone), *_of_hubs(found, zone)):
        say(sentence)
    for slug, lines in found.differences.items():
        say(f"\nWhat changed in {slug} since it was printed:")
        for line in lines:
            say(f"  {line}")
    for trouble in (*troubles, *_of_budgets(found)):
        say(f"Trouble: {trouble}")
    if found.is_idle:
        say("Nobody is sending: start `publisher serve`")
    elif not found.is_served and any(record.state is IssueState.QUEUED for record in found.issues):
        say("Nothing is sent while `publisher serve` is not running.")


def _readers(found: Status) -> str:
    """Return how many readers there are on each list, and how many addresses are not mailed on any."""
    by_list = ", ".join(f"{count} on {name}" for name, count in found.readers.items())
    alone = [f"{count:,} {why}" for reason, why in _LEFT_ALONE.items() if (count := found.suppressed[reason])]
    return f"Readers: {by_list}" + (f"; addresses left alone: {', '.join(alone)}" if alone else "")


def _of_budgets(found: Status) -> Iterator[str]:
    """Yield what keeps readers from joining just now."""
    if "in_all" in found.empty_budgets:
        yield "nobody can ask to join just now: the budget in_all under [joining] is empty"
    if domains := found.empty_budgets.get("per_domain"):
        yield (
            f"nobody with an address of {counted(domains, 'domain')} can ask to join just now: "
            "the budget per_domain under [joining] is empty"
        )


def _of_mailings(found: Status, zone: str) -> Iterator[str]:
    """Yield what an editor must know of mail on its way, the worst first."""
    for mailing in found.mailings.values():
        if not mailing.adds_up:
            yield (
                f"THE ACCOUNTS OF {mailing.issue} DO NOT ADD UP: {sum(mailing.counts.values()):,} deliveries "
                f"are counted and its audience is {mailing.audience:,}; see: publisher verify"
            )
    for relay in found.relays:
        instead = f"; relay {found.replacement} sends meanwhile" if found.replacement else ""
        yield relay_down(relay, zone) + instead
    for each in found.parked:
        yield (
            f"Parked: {counted(each.deliveries, 'message')} of {each.issue}, because their sender ended time "
            f"and again; find out why, then go on with: publisher resume {each.issue}"
        )
    for trouble in found.uncertain:
        yield f"Uncertain: {in_words(trouble, zone)}"
    if more := found.uncertain_in_all - len(found.uncertain):
        yield f"Uncertain: {more:,} more; `publisher uncertain ISSUE --list` names those of an issue"
    for address in found.refused_notices:
        yield (
            f"A notice to {address} was not delivered: the log of `publisher serve` says why; "
            "is the address right in [notify] editors?"
        )


def _of_hubs(found: Status, zone: str) -> Iterator[str]:
    for hub in found.hubs:
        if not hub.works:
            waiting = f"; it is to be told of {counted(hub.waiting, 'feed')}" if hub.waiting else ""
            since = clock_text(hub.since, zone)
            yield f"Hub {hub.url} has not worked since {since}, and feeds do not name it{waiting}"


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
        return f"{_progress(mailing, found)}; {why}" if mailing else why
    if mailing is None:
        is_waiting = record.state is IssueState.QUEUED and not found.is_served
        if is_waiting and record.due_at and record.due_at <= found.now:
            return f"due {_ago(found.now - record.due_at)}; `publisher serve` is not running"
        return "; ".join(filter(None, (record.reason, _chosen(found.audiences.get(record.slug)))))
    if mailing.state is MailingState.PAUSED:
        return f"{_progress(mailing, found)} ({why_paused(mailing)})"
    return _progress(mailing, found) + (f" ({mailing.reason})" if mailing.reason else "")


def _chosen(audience: Audience | None) -> str:
    """Return which readers an issue goes to that is not for all: "1,204 readers (only: tag:energy)"."""
    if audience is None or not audience.segment:
        return ""
    return f"{counted(audience.readers, 'reader')} (only: {audience.segment})"


def _progress(mailing: MailingRecord, found: Status) -> str:
    """Return how far a mailing has come: "sending: 4,210 accepted, 79 pending; 38/s, about 1 minute left"."""
    if mailing.state is MailingState.CANCELLED:
        counts = account(mailing)
    else:
        counts = ", ".join(f"{count:,} {state}" for state, count in mailing.counts.items() if count)
    going = pace(mailing, found.now)
    parts = (counts or "no readers", _returned(found.reports.get(mailing.issue, {})), _speed(going))
    return f"{mailing.state}: " + "; ".join(part for part in parts if part)


def _returned(reports: Mapping[ReportKind, int]) -> str:
    """Return what came back that a sender must watch: "12 bounces, 1 complaint"."""
    bounces = reports.get(ReportKind.HARD_BOUNCE, 0) + reports.get(ReportKind.SOFT_BOUNCE, 0)
    found = {"bounce": bounces, "complaint": reports.get(ReportKind.COMPLAINT, 0)}
    return ", ".join(counted(count, noun) for noun, count in found.items() if count)


def _speed(going: Pace | None) -> str:
    if going is None:
        return ""
    rate = f"{going.per_second:,.0f}" if going.per_second >= 10 else f"{going.per_second:.1f}"
    seconds = going.seconds_left
    unit, size = next(((unit, size) for unit, size in _UNITS.items() if seconds >= size), ("second", 1))
    return f"{rate}/s, about {counted(round(seconds / size), unit)} left"


def _ago(passed: timedelta) -> str:
    """Return how long ago something was, in its largest unit: "2 hours ago"."""
    seconds = int(passed.total_seconds())
    unit = next((unit for unit, size in _UNITS.items() if seconds >= size), "second")
    return f"{counted(seconds // _UNITS.get(unit, 1), unit)} ago"


_LEFT_ALONE = {
    SuppressionReason.HARD_BOUNCE: "after bounces",
    SuppressionReason.COMPLAINT: "after complaints",
    SuppressionReason.BY_HAND: "by hand",
    SuppressionReason.MOVED: "after moves",
}

_UNITS = {"day": 86400, "hour": 3600, "minute": 60}
"""Seconds of the units in which times are told, the largest first."""
