"""Status: what goes out next, when, to how many, and whether anything is in its way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import Connection

from publisher.actions import budgets
from publisher.actions.audience import Audience, when_approved
from publisher.app import Publisher
from publisher.model.delivery import DeliveryState, MailingState
from publisher.model.notices import NoticeKind
from publisher.model.records import DeliveryTrouble, HubRecord, IssueRecord, MailingRecord
from publisher.model.reports import ReportKind
from publisher.model.states import IssueState
from publisher.model.subscriber import SuppressionReason
from publisher.settings import Settings
from publisher.store import (
    audiences,
    audit,
    decisions,
    hubs,
    issues,
    mailings,
    obstacles,
    public,
    reports,
    slots,
    subscribers,
)
from publisher.store.obstacles import Parked, RelayTrouble
from publisher.store.sending_lock import is_taken

MOST_NAMED = 50
"""So many uncertain deliveries are named at the most; the others are counted."""

_REPORTED = 10
"""Of so many mailings, the newest ones, reports are counted."""

_SILENCE = timedelta(seconds=30)
"""After so long without a tick no server is at work."""


_WAITING = (IssueState.APPROVED, IssueState.QUEUED, IssueState.HELD)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSlot:
    """A slot to come and the issue that has it, or None if it is empty."""

    list: str
    moment: datetime
    issue: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """All that an editor wants to know at one glance.

    `uncertain` names the first `MOST_NAMED` deliveries of which nobody knows whether they were accepted,
    `readers` counts active subscribers by list.
    """

    now: datetime
    issues: tuple[IssueRecord, ...]
    slots: tuple[PlannedSlot, ...]
    outside: tuple[IssueRecord, ...]
    """Queued issues whose moment is no slot."""
    mailings: Mapping[str, MailingRecord]
    uncertain: tuple[DeliveryTrouble, ...]
    audiences: Mapping[str, Audience]
    """Whom issues that wait for their moment go to, by slug, as it was counted when they were approved."""
    readers: Mapping[str, int]
    ticked_at: datetime | None
    differences: Mapping[str, tuple[str, ...]]
    """What changed in held issues since they were printed, as unified diffs."""
    hubs: tuple[HubRecord, ...] = ()
    changed: frozenset[str] = frozenset()
    """Public issues whose files say something else than what is public."""
    reports: Mapping[str, Mapping[ReportKind, int]] = field(default_factory=dict)
    """What came back, by issue, for the newest mailings."""
    relays: tuple[RelayTrouble, ...] = ()
    """The relays that do not work."""
    replacement: str = ""
    """The relay that sends while others before it do not work, if there is one."""
    parked: tuple[Parked, ...] = ()
    suppressed: Mapping[SuppressionReason, int] = field(default_factory=dict)
    """How many addresses are not mailed, on any list, and why."""
    refused_notices: tuple[str, ...] = ()
    """The editors whose last notice was given up."""
    empty_budgets: Mapping[str, int] = field(default_factory=dict)
    """Which budgets that all who want to join share are empty, by setting, and how many of each."""
    is_idle: bool = False
    """Whether something of a mailing is due now and nobody sends it."""

    @property
    def uncertain_in_all(self) -> int:
        """How many deliveries there are of which nobody knows, also those that are not named."""
        return sum(mailing.counts[DeliveryState.UNCERTAIN] for mailing in self.mailings.values())

    @property
    def is_served(self) -> bool:
        """Whether a server is at work: nothing else keeps the timetable."""
        return _has_ticked_lately(self.ticked_at, self.now)


def status(publisher: Publisher, *, slots_each: int = 4) -> Status:
    """Return the status, with so many slots to come of each list."""
    with publisher.database.read() as db:
        records, newest_first, down = issues.listed(db), mailings.listed(db), obstacles.relays_down(db)
        planned = [
            PlannedSlot(list=name, moment=slot.moment, issue=taken.get((slot.day, slot.hour)))
            for name in publisher.settings.lists
            for taken in [slots.taken(db, name)]
            for slot in islice(publisher.settings.timetable(name).slots(after=publisher.now()), slots_each)
        ]
        return Status(
            now=publisher.now(),
            issues=tuple(records),
            slots=tuple(sorted(planned, key=lambda each: (each.moment, each.list))),
            outside=tuple(
                record
                for record in records
                if record.state is IssueState.QUEUED and slots.of_issue(db, record.slug) is None
            ),
            mailings={mailing.issue: mailing for mailing in newest_first},
            uncertain=tuple(decisions.uncertain(db, limit=MOST_NAMED)),
            audiences=when_approved(db, [each for each in records if each.state in _WAITING]),
            readers={
                name: audiences.readers_of(db, name, publisher.now(db)) for name in publisher.settings.lists
            },
            ticked_at=public.ticked_at(db),
            differences={
                record.slug: tuple(str(line) for line in lines)
                for record in records
                if record.state is IssueState.HELD
                for row in audit.listed(db, subject=record.slug, limit=1)
                if isinstance(lines := row.detail.get("difference"), list)
            },
            hubs=tuple(hubs.listed(db, publisher.settings.feeds.hubs)),
            changed=issues.changed_since(db),
            reports={each.issue: reports.counts(db, each.id) for each in newest_first[:_REPORTED]},
            relays=tuple(down),
            replacement=_replacement(publisher.settings, down),
            parked=tuple(obstacles.parked(db)),
            suppressed=subscribers.suppression_counts(db),
            refused_notices=tuple(obstacles.refused_notices(db, tuple(NoticeKind))),
            empty_budgets=budgets.empty(db, publisher.settings.joining, now=publisher.now(db)),
            is_idle=_is_idle(publisher, db, newest_first),
        )


def trouble_of_relays(publisher: Publisher) -> RelayTrouble | None:
    """Return the trouble with the first relay if none of them works."""
    with publisher.database.read() as db:
        down = {each.name: each for each in obstacles.relays_down(db)}
    names = publisher.settings.relay_names
    return down[names[0]] if names and down.keys() >= set(names) else None


def in_progress(publisher: Publisher) -> tuple[MailingRecord, ...]:
    """Return the mailings that are not finished."""
    with publisher.database.read() as db:
        return tuple(each for each in mailings.listed(db) if each.state is MailingState.SENDING)


def _replacement(settings: Settings, down: Sequence[RelayTrouble]) -> str:
    """Return the relay that carries the work of others before it, which are down."""
    names, broken = settings.relay_names, {each.name for each in down}
    working = next((name for name in names if name not in broken), "")
    return working if working and working != names[0] else ""


def _is_idle(publisher: Publisher, db: Connection, found: Sequence[MailingRecord]) -> bool:
    """Tell whether something is due that nobody sends: no server is at work, nor any other sender."""
    now = publisher.now(db)
    is_due = any(
        each.state is MailingState.SENDING and each.next_try is not None and each.next_try <= now
        for each in found
    )
    if not is_due or _has_ticked_lately(public.ticked_at(db), now):
        return False
    taken = is_taken(publisher.database)
    return not (obstacles.is_leased(db, now) if taken is None else taken)


def _has_ticked_lately(ticked_at: datetime | None, now: datetime) -> bool:
    return ticked_at is not None and now - ticked_at <= _SILENCE
