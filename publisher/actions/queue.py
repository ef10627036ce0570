"""Queueing: an approved issue gets the moment at which it goes out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import dropwhile
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from publisher.actions.approve import approve
from publisher.actions.look import look_at
from publisher.actions.printing import POLICY
from publisher.actions.transition import known, transition
from publisher.app import Publisher
from publisher.errors import PublisherError, TransitionError
from publisher.model.hold import UNQUEUED, undecided
from publisher.model.moments import moment_of, parse_moment, parse_when
from publisher.model.records import IssueRecord, Occurrence
from publisher.model.states import IssueState, Verb, move
from publisher.model.timetable import Slot, Timetable
from publisher.store import editions, issues, slots


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in the queue an issue shall stand; without a wish: at its own date, else the next free slot.

    `now` is this very moment, `soon` the moment at which `[delivery] undo` is over: until then nothing is
    public, and whoever queued the issue can take it out again.
    """

    now: bool = False
    soon: bool = False
    at: str | None = None
    before: str | None = None
    first: bool = False


def queue(publisher: Publisher, slug: str, place: Place) -> IssueRecord:
    """Give the issue its moment, or another one if it has one already.

    A ready issue is approved by policy first where nobody has to approve.

    Raises:
        TransitionError: the issue's state or the queue does not allow it, or another issue has that slot.
        NotFoundError: there is no such issue, or none before which it could stand.
        CheckFailedError: it had to be approved and the check finds something that blocks.
        PublisherError: the time cannot be understood, or is past.
    """
    record = look_at(publisher, slug)
    if (
        record.state is IssueState.READY or undecided(record)
    ) and publisher.settings.publishing.approval == "none":
        record = approve(publisher, record.slug, by=POLICY)
    verb = Verb.MOVE if record.state is IssueState.QUEUED else Verb.QUEUE
    move(record.slug, record.state, verb)
    with publisher.database.begin() as db:
        return _take(publisher, db, known(db, record.slug), verb, place)


def unqueue(publisher: Publisher, slug: str) -> IssueRecord:
    """Take the issue out of the queue; it stays approved.

    Raises:
        TransitionError: it is not queued.
    """
    with publisher.database.begin() as db:
        record = known(db, slug)
        move(slug, record.state, Verb.UNQUEUE)
        slots.free(db, slug)
        return transition(publisher, db, record, Verb.UNQUEUE, due_at=None, reason=UNQUEUED)


def requeue(publisher: Publisher, db: Connection, record: IssueRecord, verb: Verb) -> IssueRecord:
    """Put an issue back at its own moment or its file's date, if still to come, else at the next free slot.

    Raises:
        TransitionError: there is neither.
    """
    slots.free(db, record.slug)
    for moment in (record.due_at, asked_moment(publisher, record)):
        if moment is not None and moment > publisher.now(db):
            return _take_moment(publisher, db, record, verb, moment)
    return _take_next(publisher, db, record, verb)


def stories_of(publisher: Publisher, record: IssueRecord) -> list[str]:
    """Return the titles of the stories that were printed, in their order."""
    if record.edition is None:
        return []
    with publisher.database.read() as db:
        edition = editions.find(db, record.edition)
    return [str(story["title"]) for story in edition.stories] if edition else []


def timetable_of(publisher: Publisher, record: IssueRecord) -> Timetable:
    """Return the timetable that an issue follows: its first list's, else the default list's."""
    names = record.lists or publisher.settings.default_lists
    return publisher.settings.timetable(names[0])


def moments(publisher: Publisher) -> dict[str, datetime]:
    """Return the moment of each queued issue."""
    with publisher.database.read() as db:
        records = issues.listed(db)
    return {each.slug: each.due_at for each in records if each.state is IssueState.QUEUED and each.due_at}


def next_free_slot(publisher: Publisher, db: Connection, timetable: Timetable) -> Slot | None:
    """Return the earliest slot to come that no issue has taken."""
    taken = slots.taken(db, timetable.name)
    free = (slot for slot in timetable.slots(after=publisher.now(db)) if (slot.day, slot.hour) not in taken)
    return next(free, None)


def asked_moment(publisher: Publisher, record: IssueRecord) -> datetime | None:
    """Return the instant (UTC) that the issue's file asks for, if any."""
    if record.asked_for is None:
        return None
    return moment_of(parse_when(record.asked_for), timetable_of(publisher, record))


def _take(publisher: Publisher, db: Connection, record: IssueRecord, verb: Verb, place: Place) -> IssueRecord:
    timetable = timetable_of(publisher, record)
    slots.free(db, record.slug)
    if place.first or place.before:
        return _take_earlier(publisher, db, record, verb, place)
    if place.now:
        return transition(publisher, db, record, verb, due_at=publisher.now(db), detail={"due": "now"})
    if place.soon:
        due_at = publisher.now(db) + publisher.settings.delivery.undo
        detail: dict[str, object] = {"due": due_at.isoformat(), "soon": True}
        return transition(publisher, db, record, verb, due_at=due_at, detail=detail)
    if place.at is not None:
        return _take_moment(
            publisher, db, record, verb, parse_moment(place.at, timetable, now=publisher.now(db))
        )
    asked = asked_moment(publisher, record)
    if asked is not None:
        return _take_moment(publisher, db, record, verb, asked)
    return _take_next(publisher, db, record, verb)


def _take_next(publisher: Publisher, db: Connection, record: IssueRecord, verb: Verb) -> IssueRecord:
    timetable = timetable_of(publisher, record)
    slot = next_free_slot(publisher, db, timetable)
    if slot is None:
        raise TransitionError(
            f"list '{timetable.name}' has no slot to come",
            fix=f'give a time with --at, or add slots = ["Tue 06:30"] under [lists.{timetable.name}]',
        )
    return _take_slot(publisher, db, record, verb, slot)


def _take_moment(
    publisher: Publisher, db: Connection, record: IssueRecord, verb: Verb, moment: datetime
) -> IssueRecord:
    timetable = timetable_of(publisher, record)
    if moment <= publisher.now(db):
        raise PublisherError(
            f"{moment.astimezone(ZoneInfo(timetable.zone)):%Y-%m-%d %H:%M} ({timetable.zone}) is past",
            fix="give a time to come with --at, or use `publish --now`",
        )
    taken = slots.taken(db, timetable.name)
    same = (slot for slot in timetable.slots(after=publisher.now(db)) if slot.moment >= moment)
    slot = next(same, None)
    if slot is None or slot.moment != moment:
        return transition(publisher, db, record, verb, due_at=moment, detail={"due": moment.isoformat()})
    if owner := taken.get((slot.day, slot.hour)):
        raise _slot_taken(slot, known(db, owner))
    return _take_slot(publisher, db, record, verb, slot)


def _slot_taken(slot: Slot, owner: IssueRecord) -> TransitionError:
    moves_on = owner.state is IssueState.QUEUED
    return TransitionError(
        f"slot {slot.day:%a %Y-%m-%d} {slot.hour:%H:%M} is taken by '{owner.slug}'",
        fix=f"take it with --before {owner.slug}, or choose another time"
        if moves_on
        else "choose another time",
    )


def _take_slot(
    publisher: Publisher, db: Connection, record: IssueRecord, verb: Verb, slot: Slot
) -> IssueRecord:
    slots.take(
        db,
        Occurrence(
            timetable=timetable_of(publisher, record).name, day=slot.day, hour=slot.hour, issue=record.slug
        ),
    )
    return transition(
        publisher, db, record, verb, due_at=slot.moment, detail={"due": slot.moment.isoformat(), "slot": True}
    )


def _take_earlier(
    publisher: Publisher, db: Connection, record: IssueRecord, verb: Verb, place: Place
) -> IssueRecord:
    """Take the slot of another issue; it and those behind it move on until a free slot ends the row.

    A held issue keeps its slot: the row moves past it.

    Raises:
        NotFoundError: there is no issue of the slug `place.before`.
        TransitionError: that issue has no slot to come.
    """
    timetable = timetable_of(publisher, record)
    if place.before:
        known(db, place.before)
    taken = slots.taken(db, timetable.name)
    mover = record.slug
    for slot in _row(publisher, timetable, taken, before=None if place.first else place.before):
        displaced = taken.get((slot.day, slot.hour))
        if displaced is not None and known(db, displaced).state is not IssueState.QUEUED:
            continue
        if displaced is not None:
            slots.free(db, displaced)
        _take_slot(publisher, db, known(db, mover), verb if mover == record.slug else Verb.MOVE, slot)
        if displaced is None:
            return known(db, record.slug)
        mover = displaced
    raise TransitionError(
        f"'{place.before or 'the first slot'}' stands in no slot to come of list '{timetable.name}'",
        fix="`publisher status` shows the queue; --at takes any time",
    )


def _row(
    publisher: Publisher, timetable: Timetable, taken: Mapping[tuple[date, time], str], *, before: str | None
) -> Iterator[Slot]:
    """Yield the slots to come, from the next one or from that of issue `before`."""
    coming = timetable.slots(after=publisher.now())
    if before is None:
        return coming
    return dropwhile(lambda slot: taken.get((slot.day, slot.hour)) != before, coming)
