"""What came back for deliveries, and how far the mailboxes to which it comes have been read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, exists, func, select

from publisher.model.delivery import DeliveryState
from publisher.model.reports import Report, ReportKind
from publisher.store.ledger import Page
from publisher.store.schema import subscribers
from publisher.store.schema_readers import former_ids
from publisher.store.schema_sending import (
    batches,
    deliveries,
    mailing_templates,
    mailings,
    report_mailboxes,
    reports,
)
from publisher.store.statements import insert


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """The delivery that a report is about; `is_elsewhere` if its reader has moved since."""

    issue: str
    list: str
    state: DeliveryState
    attempts: int
    is_elsewhere: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """The subscriber that a report is about: what of a suppression is made, and the score so far."""

    public_id: str
    address_key: str
    score: int
    scored_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """How far a mailbox was read: the UIDs up to `seen`, as long as `validity` is the mailbox's own.

    `said` is the trouble that there was with it, empty if there was none.
    """

    validity: int
    seen: int
    said: str


def add(db: Connection, report: Report) -> bool:
    """Keep a report; return False, and change nothing, if it is known already."""
    statement = insert(db, reports).values(
        key=report.key,
        kind=report.kind.value,
        mailing=report.mailing,
        subscriber=report.subscriber,
        at=report.at,
        source=report.source,
        code=report.code,
        text=report.text,
    )
    added = statement.on_conflict_do_nothing(index_elements=[reports.c.key]).returning(reports.c.id)
    return db.execute(added).first() is not None


def counts(db: Connection, mailing: int) -> dict[ReportKind, int]:
    """Return for how many deliveries of a mailing a report of each kind came, all kinds included."""
    rows = db.execute(
        select(reports.c.kind, func.count(reports.c.subscriber.distinct()))
        .where(reports.c.mailing == mailing)
        .group_by(reports.c.kind)
    )
    return dict.fromkeys(ReportKind, 0) | {ReportKind(kind): count for kind, count in rows}


def latest(db: Connection, mailing: int, *, source: str, limit: int) -> list[tuple[int, str, datetime]]:
    """Return number, address key and moment of a mailing's last reports from a source, on known readers."""
    rows = db.execute(
        select(subscribers.c.id, subscribers.c.address_key, reports.c.at)
        .join_from(reports, subscribers, subscribers.c.id == reports.c.subscriber)
        .where(reports.c.mailing == mailing, reports.c.source == source)
        .order_by(reports.c.id.desc())
        .limit(limit)
    )
    return [(row.id, row.address_key, row.at) for row in rows]


def has_come(db: Connection, mailing: int, subscriber: int, *kinds: ReportKind) -> bool:
    """Tell whether a report of one of these kinds (none: of any) has come for a delivery."""
    found = exists().where(reports.c.mailing == mailing, reports.c.subscriber == subscriber)
    if kinds:
        found = found.where(reports.c.kind.in_([kind.value for kind in kinds]))
    return bool(db.execute(select(found)).scalar_one())


def reported(db: Connection, mailing: int, subscriber: int) -> Reported | None:
    """Return the delivery that a report is about, None if there is none."""
    row = db.execute(
        select(
            mailings.c.issue,
            mailing_templates.c.list,
            deliveries.c.state,
            deliveries.c.attempts,
            deliveries.c.done_at,
        )
        .join_from(deliveries, mailings, mailings.c.id == deliveries.c.mailing)
        .join(
            mailing_templates,
            (mailing_templates.c.mailing == deliveries.c.mailing)
            & (mailing_templates.c.position == deliveries.c.list),
        )
        .where(deliveries.c.mailing == mailing, deliveries.c.subscriber == subscriber)
    ).first()
    if row is None:
        return None
    moved_at = db.scalar(select(func.max(former_ids.c.at)).where(former_ids.c.subscriber == subscriber))
    return Reported(
        issue=row.issue,
        list=row.list,
        state=row.state,
        attempts=row.attempts,
        is_elsewhere=row.done_at is not None and moved_at is not None and row.done_at <= moved_at,
    )


def reader(db: Connection, subscriber: int) -> Reader | None:
    """Return a subscriber, whom nobody else changes before the transaction ends; None if erased."""
    row = db.execute(
        select(
            subscribers.c.public_id, subscribers.c.address_key, subscribers.c.score, subscribers.c.scored_at
        )
        .where(subscribers.c.id == subscriber)
        .with_for_update()
    ).first()
    return Reader(**row._mapping) if row else None  # noqa: SLF001 - SQLAlchemy's public name for it


def address(db: Connection, subscriber: int) -> str | None:
    """Return the address of a subscriber, None if erased."""
    found: str | None = db.scalar(select(subscribers.c.address).where(subscribers.c.id == subscriber))
    return found


def clear_bounce(db: Connection, subscriber: int, *, at: datetime) -> None:
    """Take back the mark of a bounce of that moment, and of no other."""
    own = subscribers.c.id == subscriber, subscribers.c.bounced_at == at
    db.execute(subscribers.update().where(*own).values(bounced_at=None))


def set_score(db: Connection, subscriber: int, *, score: int, scored_at: datetime | None) -> None:
    """Note a subscriber's score, and since when it stands."""
    values = {"score": score, "scored_at": scored_at}
    db.execute(subscribers.update().where(subscribers.c.id == subscriber).values(values))


def mark(db: Connection, subscriber: int, kind: ReportKind, at: datetime) -> None:
    """Mark a subscriber as one whose address bounced, or who complained; other kinds leave no mark."""
    column = {ReportKind.HARD_BOUNCE: "bounced_at", ReportKind.COMPLAINT: "complained_at"}.get(kind)
    if column is not None:
        db.execute(subscribers.update().where(subscribers.c.id == subscriber).values({column: at}))


def forgive(db: Connection, subscriber: int) -> None:
    """Forget that a subscriber's address bounced: it was reached, or its owner has confirmed it anew."""
    values = {"bounced_at": None, "score": 0, "scored_at": None}
    db.execute(subscribers.update().where(subscribers.c.id == subscriber).values(values))


def settle(db: Connection, mailing: int, subscriber: int, now: datetime) -> bool:
    """Call an uncertain delivery accepted: somebody must have taken it. Return False if it is not uncertain.

    Whoever asks ends the mailing if nothing else of it is open.
    """
    number = db.execute(
        select(batches.c.number).where(
            batches.c.mailing == mailing,
            batches.c.first_subscriber <= subscriber,
            batches.c.last_subscriber >= subscriber,
        )
    ).scalar()
    if number is None:
        return False
    page = Page(db, mailing, number, now)
    is_settled = page.move(subscriber, DeliveryState.UNCERTAIN, DeliveryState.ACCEPTED)
    if is_settled:
        page.close()
    return is_settled


def claim_mailbox(db: Connection, name: str, *, now: datetime, next_at: datetime) -> Mark | None:
    """Take a mailbox that is due for reading, and say how far it was read; nobody else reads it till then.

    Returns None if it is not due.
    """
    mailbox = report_mailboxes
    new = insert(db, mailbox).values(name=name, due_at=now, validity=0, seen=0, said="")
    db.execute(new.on_conflict_do_nothing(index_elements=[mailbox.c.name]))
    claimed = db.execute(
        mailbox.update().where(mailbox.c.name == name, mailbox.c.due_at <= now).values(due_at=next_at)
    )
    if claimed.rowcount != 1:
        return None
    row = db.execute(select(mailbox).where(mailbox.c.name == name)).one()
    return Mark(validity=row.validity, seen=row.seen, said=row.said)


def is_mailbox_due(db: Connection, name: str, now: datetime) -> bool:
    """Tell whether a mailbox is to be read."""
    due_at = db.execute(select(report_mailboxes.c.due_at).where(report_mailboxes.c.name == name)).scalar()
    return due_at is None or due_at <= now


def note_seen(db: Connection, name: str, *, validity: int, seen: int) -> None:
    """Note how far a mailbox was read."""
    values = {"validity": validity, "seen": seen}
    db.execute(report_mailboxes.update().where(report_mailboxes.c.name == name).values(values))


def ask_again(db: Connection, name: str, now: datetime) -> None:
    """Let a mailbox be due at once: more is left in it than one turn could read."""
    db.execute(report_mailboxes.update().where(report_mailboxes.c.name == name).values(due_at=now))


def note_trouble(db: Connection, name: str, said: str) -> None:
    """Note what the trouble with a mailbox is, or with an empty text that there is none."""
    db.execute(report_mailboxes.update().where(report_mailboxes.c.name == name).values(said=said))
