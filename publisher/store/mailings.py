"""Mailings: an edition on its way to an audience that was frozen when it started."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    RowMapping,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
)

from publisher.model.audience import EVERYBODY, Selection
from publisher.model.delivery import DeliveryState, MailingState, UncertainPolicy
from publisher.model.records import LastMail, MailingRecord, MailingTemplate
from publisher.store import segments
from publisher.store.columns import DeliveryCode
from publisher.store.compiled import Statement
from publisher.store.schema import editions, subscriptions
from publisher.store.schema_sending import accounts, batches, deliveries, mailing_templates, mailings
from publisher.store.statements import insert, new_row, unless_taken

BATCH = 500
"""So many subscribers share one lease."""

_LATEST = 100
"""So far back mailings are looked at for one to the same lists."""

_OPEN = (MailingState.SENDING.value, MailingState.PAUSED.value)


def start(  # noqa: PLR0913 - one argument a column
    db: Connection,
    *,
    issue: str,
    edition: int,
    templates: Sequence[tuple[str, str, bytes]],
    uncertain: UncertainPolicy,
    kid: int,
    now: datetime,
    not_before: datetime,
    chosen: Selection = EVERYBODY,
) -> MailingRecord:
    """Freeze the audience of an issue: one delivery for each active subscriber of its lists who is chosen.

    `templates` are list, title and message for each list, in the issue's order; a reader on several of them
    is in the audience once, by the first. Whoever subscribes later is not.

    Raises:
        TransitionError: the issue has had its mailing.
    """
    values = {
        "issue": issue,
        "edition": edition,
        "state": MailingState.SENDING.value,
        "uncertain": uncertain.value,
        "kid": kid,
        "audience": 0,
        "created_at": now,
        "not_before": not_before,
    }
    with unless_taken(db, f"issue '{issue}' has had its mailing", fix="an issue is mailed once"):
        id_ = new_row(db, mailings, values)
    for position, (name, title, template) in enumerate(templates):
        values = {"mailing": id_, "position": position, "list": name, "title": title, "template": template}
        db.execute(mailing_templates.insert().values(values))
        _add_readers(db, id_, position, name, chosen)
    audience = _add_batches(db, id_, not_before)
    everybody = audience
    if chosen.topics:
        everybody = audience_of(db, [name for name, _, _ in templates], chosen.whatever_topics())
    counts = {"audience": audience, "readers": everybody}
    db.execute(mailings.update().where(mailings.c.id == id_).values(counts))
    return _records(db, mailings.c.id == id_)[0]


def audience_of(db: Connection, lists: Collection[str], chosen: Selection = EVERYBODY) -> int:
    """Return how many readers an issue for `lists` would have if it started now."""
    return segments.count(db, lists, chosen)


def find(db: Connection, id: int) -> MailingRecord | None:  # noqa: A002 - the column's name
    """Return the mailing of that number."""
    return next(iter(_records(db, mailings.c.id == id)), None)


def of_issue(db: Connection, slug: str) -> MailingRecord | None:
    """Return the mailing of an issue."""
    return next(iter(_records(db, mailings.c.issue == slug)), None)


def open_mailings(db: Connection) -> list[MailingRecord]:
    """Return the mailings that are being sent or paused, oldest first."""
    return _records(db, mailings.c.state.in_(_OPEN))


def listed(db: Connection) -> list[MailingRecord]:
    """Return all mailings, newest first."""
    return _records(db)[::-1]


def latest(db: Connection) -> list[LastMail]:
    """Return the last mailings that were not cancelled, newest first."""
    rows = db.execute(
        select(
            mailings.c.issue,
            func.coalesce(mailings.c.readers, mailings.c.audience).label("readers"),
            editions.c.lists,
            editions.c.segment,
            editions.c.subject,
        )
        .join_from(mailings, editions, mailings.c.edition == editions.c.id)
        .where(mailings.c.state != MailingState.CANCELLED.value)
        .order_by(mailings.c.id.desc())
        .limit(_LATEST)
    )
    return [
        LastMail(
            issue=row.issue,
            lists=tuple(row.lists),
            segment=row.segment,
            readers=row.readers,
            subject=row.subject,
        )
        for row in rows
    ]


def templates(db: Connection, mailing: int) -> list[MailingTemplate]:
    """Return the messages of a mailing, in the order of the issue's lists."""
    table = mailing_templates
    rows = db.execute(select(table).where(table.c.mailing == mailing).order_by(table.c.position)).mappings()
    return [MailingTemplate(**row) for row in rows]


def pause(db: Connection, mailing: int, reason: str) -> bool:
    """Stop handing out deliveries, and say why; return False if the mailing is not being sent."""
    return _move(db, mailing, (MailingState.SENDING,), MailingState.PAUSED, reason=reason)


def paused(db: Connection, among: Collection[int]) -> set[int]:
    """Return those of the mailings that are paused."""
    if not among:
        return set()
    is_paused = mailings.c.state == MailingState.PAUSED.value
    return set(db.execute(select(mailings.c.id).where(mailings.c.id.in_(among), is_paused)).scalars())


def resume(db: Connection, mailing: int) -> bool:
    """Go on with a mailing, with its parked batches too; return False if it is neither sending nor paused."""
    _stop_workers(db, mailing)
    if not _move(db, mailing, (MailingState.SENDING, MailingState.PAUSED), MailingState.SENDING):
        return False
    db.execute(
        batches.update()
        .where(batches.c.mailing == mailing, batches.c.parked)
        .values(parked=False, takeovers=0)
    )
    return True


def note_rate(db: Connection, mailing: int, rate: int, now: datetime) -> None:
    """Keep how many messages of a mailing go in a thousand seconds at the moment."""
    db.execute(mailings.update().where(mailings.c.id == mailing).values(rate=rate, rate_at=now))


def cancel(db: Connection, mailing: int) -> bool:
    """Send nothing more of a mailing, for good; return False if it is neither sending nor paused.

    What is on its way is still recorded; deliveries that were never tried stay pending.
    """
    _stop_workers(db, mailing)
    if not _move(db, mailing, (MailingState.SENDING, MailingState.PAUSED), MailingState.CANCELLED):
        return False
    db.execute(
        batches.update().where(batches.c.mailing == mailing, batches.c.sending == 0).values(due_at=None)
    )
    return True


def finish_if_done(db: Connection, mailing: int, now: datetime) -> bool:
    """End a mailing of which nothing is open: it is sent, or stays cancelled. Return whether it ends now.

    An uncertain delivery is open as long as it will be tried again by itself; of a cancelled mailing, only
    what is on its way is.
    """
    is_cancelled = mailings.c.state == MailingState.CANCELLED.value
    is_sending = mailings.c.state == MailingState.SENDING.value
    something_open = exists().where(batches.c.mailing == mailing, batches.c.due_at.is_not(None))
    finished = db.execute(
        mailings.update()
        .where(mailings.c.id == mailing, or_(is_sending, is_cancelled), mailings.c.finished_at.is_(None))
        .where(~something_open)
        .values(
            state=case((is_cancelled, MailingState.CANCELLED.value), else_=MailingState.SENT.value),
            finished_at=now,
        )
    )
    if finished.rowcount != 1:
        return False
    _keep_account(db, mailing)
    return True


def reopen(db: Connection, mailing: int) -> bool:
    """Send again what has become due in a mailing that was sent; return False if it is in another state."""
    reopened = db.execute(
        mailings.update()
        .where(mailings.c.id == mailing, mailings.c.state == MailingState.SENT.value)
        .values(state=MailingState.SENDING.value, finished_at=None)
    )
    if reopened.rowcount != 1:
        return False
    db.execute(accounts.delete().where(accounts.c.mailing == mailing))
    return True


def amend_account(db: Connection, mailing: int, moved: Mapping[DeliveryState, int]) -> None:
    """Add what has `moved` to the counts of a mailing that has ended; of one that has not, change nothing."""
    changed = {state.value: accounts.c[state.value] + count for state, count in moved.items() if count}
    if changed:  # whoever ends the mailing now is waited for, or waits
        db.execute(select(mailings.c.id).where(mailings.c.id == mailing).with_for_update())
        db.execute(accounts.update().where(accounts.c.mailing == mailing).values(changed))


def _stop_workers(db: Connection, mailing: int) -> None:
    """Let no worker change the mailing before the transaction ends.

    Everybody locks batches in the order of their numbers and then the mailing, so that nobody waits for
    somebody who waits for him.
    """
    own = select(batches.c.number).where(batches.c.mailing == mailing)
    db.execute(own.order_by(batches.c.number).with_for_update())


def _keep_account(db: Connection, mailing: int) -> None:
    """Add up the counts of a mailing for the last time; what moves later amends them."""
    own = batches.c.mailing == mailing
    sums = [func.coalesce(func.sum(batches.c[state.value]), 0) for state in DeliveryState]
    counts = select(literal(mailing), *sums).where(own)
    db.execute(accounts.insert().from_select(["mailing", *(state.value for state in DeliveryState)], counts))


def _add_readers(db: Connection, mailing: int, position: int, name: str, chosen: Selection) -> None:
    """Add the active readers of a list who are chosen and not in the audience by an earlier list."""
    columns = [column.name for column in deliveries.c if not column.nullable]
    rows = select(
        literal(mailing),
        subscriptions.c.subscriber,
        literal(position),
        literal(DeliveryState.PENDING, DeliveryCode),
        literal(0),
    )
    readers = segments.readers(rows, (name,), chosen).order_by(subscriptions.c.subscriber)
    db.execute(insert(db, deliveries).from_select(columns, readers).on_conflict_do_nothing())


def _add_batches(db: Connection, mailing: int, not_before: datetime) -> int:
    """Divide the audience into ranges of `BATCH` subscribers, and return how many there are in all.

    Walking along the ledger's key takes a tenth of the time of numbering its rows.
    """
    ranges: list[dict[str, object]] = []
    audience, last = 0, _BEFORE_ALL
    while found := _next_range(db, mailing, last):
        of_batch = {"mailing": mailing, "number": len(ranges), "due_at": not_before}
        ranges.append(of_batch | found)
        audience, last = audience + found["pending"], found["last_subscriber"]
    if ranges:
        db.execute(batches.insert(), ranges)
    return audience


def _next_range(db: Connection, mailing: int, after: int) -> dict[str, int] | None:
    (found,) = _RANGE.rows(db, {"of_mailing": mailing, "after": after, "most": BATCH})
    return found if found["pending"] else None


_BEFORE_ALL = 0
"""Subscribers are numbered from 1."""

_OF_NEXT = (
    select(deliveries.c.subscriber)
    .where(
        deliveries.c.mailing == bindparam("of_mailing"),
        deliveries.c.subscriber > bindparam("after"),
    )
    .order_by(deliveries.c.subscriber)
    .limit(bindparam("most", type_=Integer))
    .subquery()
)

_RANGE = Statement(
    select(
        func.count().label("pending"),
        func.min(_OF_NEXT.c.subscriber).label("first_subscriber"),
        func.max(_OF_NEXT.c.subscriber).label("last_subscriber"),
    ).select_from(_OF_NEXT)
)


def _move(
    db: Connection,
    mailing: int,
    expected: Collection[MailingState],
    state: MailingState,
    *,
    reason: str | None = None,
) -> bool:
    moved = db.execute(
        mailings.update()
        .where(mailings.c.id == mailing, mailings.c.state.in_([each.value for each in expected]))
        .values(state=state.value, reason=reason)
    )
    return moved.rowcount == 1


def _records(db: Connection, *wanted: ColumnElement[bool]) -> list[MailingRecord]:
    """Return mailings, oldest first, with counts that are summed over batches, never over deliveries.

    Those of mailings that have ended were summed when they did.
    """
    rows = (
        db.execute(
            select(mailings, *(accounts.c[state.value].label(f"count_{state}") for state in DeliveryState))
            .join_from(mailings, accounts, isouter=True)
            .where(*wanted)
            .order_by(mailings.c.id)
        )
        .mappings()
        .all()
    )
    summed = _sums(db, [row["id"] for row in rows if row["count_pending"] is None])
    return [_record(row, summed.get(row["id"], row)) for row in rows]


def _sums(db: Connection, ids: Collection[int]) -> dict[int, RowMapping]:
    """Return the counts of mailings that have not ended, and when something of them can be sent."""
    counts = [func.sum(batches.c[state.value]).label(f"count_{state}") for state in DeliveryState]
    next_try = func.min(batches.c.due_at).filter(~batches.c.parked).label("next_try")
    rows = db.execute(
        select(batches.c.mailing, *counts, next_try)
        .where(batches.c.mailing.in_(ids))
        .group_by(batches.c.mailing)
    )
    return {row["mailing"]: row for row in rows.mappings()}


def _record(row: RowMapping, counts: RowMapping) -> MailingRecord:
    return MailingRecord(
        id=row["id"],
        issue=row["issue"],
        edition=row["edition"],
        state=MailingState(row["state"]),
        reason=row["reason"],
        uncertain=UncertainPolicy(row["uncertain"]),
        kid=row["kid"],
        audience=row["audience"],
        created_at=row["created_at"],
        not_before=row["not_before"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        counts={state: counts[f"count_{state}"] or 0 for state in DeliveryState},
        next_try=counts.get("next_try") if row["state"] in _OPEN else None,
        rate=row["rate"],
        rate_at=row["rate_at"],
    )
