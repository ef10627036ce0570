"""What editors are told, and when: each is written in the transaction of what it tells of.

Without `[notify] editors` nothing is written. What happens within half a minute is told in one notice, so a
folder of three hundred old issues makes one mail and not three hundred.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import parseaddr
from itertools import takewhile
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from publisher.app import Publisher
from publisher.delivery.mime import one_line
from publisher.delivery.refusals import reason
from publisher.errors import NotFoundError
from publisher.model.delivery import DeliveryState, MailingState
from publisher.model.notices import MOST_ITEMS, Item, NoticeKind
from publisher.model.phrases import phrases
from publisher.model.records import IssueRecord, MailingRecord
from publisher.model.timetable import Slot
from publisher.settings import Settings
from publisher.store import accounting, editions, issues, mailings, notices, slots

GATHERING: Final = timedelta(seconds=30)
"""How long a notice waits for more of its kind."""

LATE: Final = timedelta(minutes=5)
"""An issue that goes out later than this is told of."""

AHEAD: Final = timedelta(hours=24)
"""So long before a slot editors hear that it is empty."""

_REMEMBERED: Final = timedelta(days=3)
_LONGEST: Final = 300
_MOST_REASONS: Final = 10

_ENDINGS: Final[dict[DeliveryState, str]] = {
    DeliveryState.ACCEPTED: "Accepted for delivery",
    DeliveryState.REJECTED: "Rejected",
    DeliveryState.SUPPRESSED: "Left, paused or suppressed before it was their turn",
    DeliveryState.UNCERTAIN: "Uncertain",
    DeliveryState.PENDING: "Not sent",
    DeliveryState.DEFERRED: "Tried, and not tried again",
    DeliveryState.SENDING: "On their way",
}
"""The states of deliveries as an accounting says them, in its order."""


def issue_held(publisher: Publisher, db: Connection, record: IssueRecord) -> None:
    """Tell the editors that an issue is held, and why."""
    item = _about(record) | {
        "reason": _line(record.reason or ""),
        "moment": _moment(publisher.settings, record.due_at) if record.due_at else "",
    }
    _tell(publisher, db, NoticeKind.HELD, item)


def issue_late(publisher: Publisher, db: Connection, record: IssueRecord) -> None:
    """Tell the editors of an issue that has just been published, if it is more than `LATE` late."""
    if record.due_at is None or record.published_at is None or record.published_at - record.due_at <= LATE:
        return
    item = _about(record) | {
        "late": span(record.published_at - record.due_at),
        "moment": _moment(publisher.settings, record.due_at),
    }
    _tell(publisher, db, NoticeKind.LATE, item)


def empty_slots(publisher: Publisher, db: Connection) -> None:
    """Tell the editors of slots within `AHEAD` that no issue has; of each of them once."""
    editors = _editors(publisher.settings)
    if not editors:
        return
    now = publisher.now(db)
    empty = {
        f"{name} {slot.day} {slot.hour:%H:%M}": _slot(publisher.settings, name, slot)
        for name in publisher.settings.lists
        for slot in _free(publisher, db, name, now)
    }
    for editor in editors if empty else ():
        kind, since = NoticeKind.EMPTY_SLOT, now - _REMEMBERED
        before = notices.payloads(db, kind=kind, address=editor, since=since)
        told = {about for payload in before for about in payload["told"]}
        new = {about: item for about, item in empty.items() if about not in told}
        if new:
            key = _key(kind, next(iter(new)), editor)
            payload = {"items": list(new.values())[:MOST_ITEMS], "count": len(new), "told": list(new)}
            notices.add(db, kind=kind, address=editor, payload=payload, now=now, key=key)


def mailing_paused(publisher: Publisher, db: Connection, mailing: int, why: str) -> None:
    """Tell the editors that the sender has paused a mailing; `why` has the relay's words.

    Raises:
        NotFoundError: there is no such mailing.
    """
    record, issue = _mailing(db, mailing)
    item = _about(issue) | {
        "reason": _line(why),
        "done": f"{record.done:,}",
        "audience": f"{record.audience:,}",
    }
    _tell(publisher, db, NoticeKind.PAUSED, item)


def batch_parked(publisher: Publisher, db: Connection, mailing: int, batch: int) -> None:
    """Tell the editors that the batch of that number is parked, and how many deliveries wait in it.

    Raises:
        NotFoundError: there is no such mailing.
    """
    _, issue = _mailing(db, mailing)
    waiting = accounting.waiting(db, mailing, batch)
    item = _about(issue) | {"about": f"{mailing} {batch}", "batch": batch, "waiting": f"{waiting:,}"}
    _tell(publisher, db, NoticeKind.PARKED, item)


def mailing_ended(publisher: Publisher, db: Connection, mailing: int) -> None:
    """Tell the editors what came of a mailing that has just ended.

    Raises:
        NotFoundError: there is no such mailing.
    """
    if not _editors(publisher.settings):
        return
    record, issue = _mailing(db, mailing)
    edition = editions.find(db, record.edition)
    took = (record.finished_at or publisher.now(db)) - (record.started_at or record.created_at)
    uncertain = record.counts[DeliveryState.UNCERTAIN]
    item = _about(issue) | {
        "ending": _ending(record),
        "audience": f"{record.audience:,}",
        "took": span(took) if record.started_at else "",
        "counts": [
            {"what": words, "number": f"{record.counts[state]:,}"}
            for state, words in _ENDINGS.items()
            if record.counts[state]
        ],
        "reasons": _reasons(db, mailing),
        "uncertain": f"{uncertain:,}" if uncertain else "",
        "url": edition.url if edition else "",
    }
    _tell(publisher, db, NoticeKind.ENDED, item)


def span(time: timedelta) -> str:
    """Return a length of time in words, in its two largest units: "2 days 1 hour", "40 seconds"."""
    minutes, seconds = divmod(max(0, round(time.total_seconds())), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    units = ((days, "day"), (hours, "hour"), (minutes, "minute"), (seconds, "second"))
    first = next((place for place, (number, _) in enumerate(units) if number), len(units) - 1)
    shown = [each for each in units[first : first + 2] if each[0] or each is units[first]]
    return " ".join(f"{number} {unit}{'' if number == 1 else 's'}" for number, unit in shown)


def _tell(publisher: Publisher, db: Connection, kind: NoticeKind, item: Item) -> None:
    now = publisher.now(db)
    for editor in _editors(publisher.settings):
        notices.gather(
            db,
            kind=kind,
            address=editor,
            item=item,
            key=_key(kind, f"{item['about']} {now.isoformat()}", editor),
            now=now,
            due_at=now + GATHERING,
        )


def _editors(settings: Settings) -> tuple[str, ...]:
    """Return the bare address of each editor, once."""
    distinct: dict[str, str] = {}
    for each in settings.notify.editors:
        address = parseaddr(each)[1]
        distinct.setdefault(address.casefold(), address)
    return tuple(distinct.values())


def _key(kind: NoticeKind, about: str, editor: str) -> str:
    return f"{kind}: {about}: {editor.casefold()}"


def _about(record: IssueRecord) -> dict[str, object]:
    return {"about": record.slug, "slug": record.slug, "title": _line(record.title) or record.slug}


def _free(publisher: Publisher, db: Connection, name: str, now: datetime) -> list[Slot]:
    """Return the slots of a list within `AHEAD` that no issue has."""
    soon = takewhile(
        lambda slot: slot.moment <= now + AHEAD, publisher.settings.timetable(name).slots(after=now)
    )
    found = list(soon)
    taken = slots.taken(db, name) if found else {}
    return [slot for slot in found if (slot.day, slot.hour) not in taken]


def _slot(settings: Settings, name: str, slot: Slot) -> Item:
    return {"moment": _moment(settings, slot.moment), "list": _line(settings.list_title(name))}


def _mailing(db: Connection, mailing: int) -> tuple[MailingRecord, IssueRecord]:
    record = mailings.find(db, mailing)
    issue = issues.find(db, record.issue) if record else None
    if record is None or issue is None:
        raise NotFoundError(f"there is no mailing {mailing}")
    return record, issue


def _ending(record: MailingRecord) -> str:
    if record.state is MailingState.CANCELLED:
        return "Cancelled"
    uncertain = record.counts[DeliveryState.UNCERTAIN]
    return f"Sent, {uncertain:,} uncertain" if uncertain else "Sent"


def _reasons(db: Connection, mailing: int) -> list[dict[str, str]]:
    """Return why deliveries were rejected, the most frequent first; what is rare stands together."""
    found = [(reason(each.code, each.enhanced), each.count) for each in accounting.refusals(db, mailing)]
    rare = sum(count for _, count in found[_MOST_REASONS:])
    shown = found[:_MOST_REASONS] + ([("other reasons", rare)] if rare else [])
    return [{"what": what, "number": f"{count:,}"} for what, count in shown]


def _moment(settings: Settings, moment: datetime) -> str:
    """Return a moment on the publication's clock: "Tuesday, 6 October 2026, 06:30 (Europe/Madrid)"."""
    zone = settings.publication.timezone
    local = moment.astimezone(ZoneInfo(zone))
    return f"{_DAYS[local.weekday()]}, {phrases('en').date(local.date())}, {local:%H:%M} ({zone})"


_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _line(text: str) -> str:
    """Return somebody's words as one line of bounded length."""
    line = one_line(text)
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
