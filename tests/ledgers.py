"""What tests of the store need in a database: issues with a print, readers, and a mailing to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from publisher.model.audience import EVERYBODY, Selection
from publisher.model.delivery import (
    Batch,
    DeliveryState,
    NextStep,
    Outcome,
    Recipient,
    UncertainPolicy,
)
from publisher.model.records import MailingRecord
from publisher.model.rendered import Part
from publisher.model.states import IssueState
from publisher.model.subscriber import NewSubscriber, SubscriptionState
from publisher.store import deliveries, editions, issues, mailings, subscribers
from publisher.store import schema_sending as sending
from publisher.store.deliveries import Done
from publisher.store.hand_over import Step, everybody
from tests.databases import NOW
from tests.editions import japanese_edition

LEASE = timedelta(minutes=2)
NONCE = "5eed5eed"


def add_issue(
    db: Connection, slug: str = "denchi", *, state: IssueState = IssueState.READY, **facts: object
) -> int:
    """Add an issue that was printed, and return the number of its edition."""
    issues.add(
        db,
        slug=slug,
        id=f"id-of-{slug}",
        title=f"Issue {slug}",
        state=IssueState.READY,
        reason=None,
        first_seen_at=NOW,
        signature="1",
        seen_hash=None,
        asked_for=None,
        lists=("weekly",),
    )
    edition = editions.add(
        db,
        replace(japanese_edition(), slug=slug),
        issue=slug,
        nonce=NONCE,
        parts=parts_of(slug),
        printed_at=NOW,
    )
    issues.change(db, slug, expected=IssueState.READY, state=state, edition=edition, **facts)
    return edition


def parts_of(slug: str) -> list[Part]:
    """Return the parts of an edition: a page, a mail and a feed entry of the issue and of its story."""
    body = f"<p>{slug} of zq{NONCE}.date.qz</p>".encode()
    return [
        Part(output="page", key="", media_type="text/html", body=body, path=f"/issues/{slug}/"),
        Part(output="email", key="", media_type="text/html", body=body),
        Part(output="rss", key="", media_type="application/xml", body=body),
        Part(output="rss", key="denchi", media_type="application/xml", body=body),
    ]


def add_readers(db: Connection, count: int, *lists: str, first: int = 1) -> list[str]:
    """Add active readers of `lists` (by default of "weekly"), and return their addresses."""
    people = [person(number) for number in range(first, first + count)]
    subscribers.add_many(
        db,
        people,
        lists=lists or ("weekly",),
        state=SubscriptionState.ACTIVE,
        consent="added by hand",
        now=NOW,
    )
    return [each.address for each in people]


def person(number: int) -> NewSubscriber:
    """Return a made-up person."""
    address = f"reader{number:04}@example.org"
    return NewSubscriber(
        address=address, address_key=address, address_hash=hash_of(address), public_id=f"p{number:04}"
    )


def hash_of(address_key: str) -> str:
    """Return what a suppression keeps of an address; real ones are keyed."""
    return address_key[::-1]


def start(
    db: Connection,
    slug: str = "denchi",
    *,
    lists: Sequence[str] = ("weekly",),
    uncertain: UncertainPolicy = UncertainPolicy.RESEND,
    not_before: datetime = NOW,
    chosen: Selection = EVERYBODY,
) -> MailingRecord:
    """Add an issue and start its mailing to those readers of `lists` who are chosen."""
    return mailings.start(
        db,
        issue=slug,
        edition=add_issue(db, slug),
        templates=[(name, name.title(), f"to {name}".encode()) for name in lists],
        uncertain=uncertain,
        kid=1,
        now=NOW,
        not_before=not_before,
        chosen=chosen,
    )


def claim(
    db: Connection, now: datetime = NOW, *, worker: str = "one", idempotent: bool = False
) -> Batch | None:
    """Claim a batch for two minutes."""
    return deliveries.claim(db, worker=worker, now=now, lease_until=now + LEASE, idempotent=idempotent)


def claimed(db: Connection, now: datetime = NOW, *, worker: str = "one", idempotent: bool = False) -> Batch:
    """Claim a batch that must be there."""
    batch = claim(db, now, worker=worker, idempotent=idempotent)
    assert batch is not None
    return batch


def advance(db: Connection, batch: Batch, *done: Done, now: datetime = NOW) -> Recipient | None:
    """Do one step of a connection."""
    step(db, batch, done=done, now=now)
    found = step(db, batch, offered=deliveries.due(db, batch, now), wanted=1, now=now)
    return found.handed[0] if found.handed else None


def step(  # what `deliveries.advance` takes, with a lease of two minutes
    db: Connection,
    batch: Batch,
    *,
    done: Sequence[Done] = (),
    offered: Sequence[int] = (),
    wanted: int = 0,
    now: datetime = NOW,
    admit: Callable[[Sequence[Recipient]], Collection[int]] = everybody,
) -> Step:
    """Do one step of a batch."""
    return deliveries.advance(
        db,
        batch,
        done=done,
        offered=offered,
        wanted=wanted,
        now=now,
        lease_until=now + LEASE,
        suppressed_hash=hash_of,
        admit=admit,
    )


def handed(db: Connection, batch: Batch, *done: Done, now: datetime = NOW) -> Recipient:
    """Do one step of a connection that must find something to send."""
    recipient = advance(db, batch, *done, now=now)
    assert recipient is not None
    return recipient


def answered(
    recipient: Recipient,
    state: DeliveryState = DeliveryState.ACCEPTED,
    *,
    retry_at: datetime | None = None,
    code: int | None = None,
    text: str = "",
    counted: bool = True,
) -> Done:
    """Return what came of a delivery."""
    return Done(
        recipient=recipient,
        step=NextStep(state=state, retry_at=retry_at),
        outcome=Outcome(state=state, code=code, text=text),
        counted=counted,
    )


def send_all(db: Connection, batch: Batch, *, now: datetime = NOW) -> list[Recipient]:
    """Let everything of a batch that is due be accepted; return who got it, in order."""
    sent: list[Recipient] = []
    recipient = advance(db, batch, now=now)
    while recipient is not None:
        sent.append(recipient)
        recipient = advance(db, batch, answered(recipient), now=now)
    return sent


def states(db: Connection, mailing: int) -> dict[int, DeliveryState]:
    """Return the state of every delivery, by subscriber."""
    table = sending.deliveries
    rows = db.execute(select(table.c.subscriber, table.c.state).where(table.c.mailing == mailing))
    return {row.subscriber: row.state for row in rows}


def counts(mailing: MailingRecord) -> Mapping[str, int]:
    """Return the counts of a mailing that are not zero."""
    return {state.value: count for state, count in mailing.counts.items() if count}


def assert_accounts(db: Connection, mailing: int) -> None:
    """Assert that counts and due moments of all batches are what the deliveries say."""
    table = sending.deliveries
    rows = db.execute(select(table).where(table.c.mailing == mailing)).all()
    for batch in db.execute(select(sending.batches).where(sending.batches.c.mailing == mailing)).mappings():
        own = [row for row in rows if batch["first_subscriber"] <= row.subscriber <= batch["last_subscriber"]]
        found = Counter(row.state for row in own)

        assert {state: batch[state.value] for state in DeliveryState} == {
            state: found[state] for state in DeliveryState
        }
        if found[DeliveryState.PENDING] or found[DeliveryState.SENDING]:
            assert batch["due_at"] is not None
        else:
            assert batch["due_at"] == min((row.due_at for row in own if row.due_at), default=None)
    record = mailings.find(db, mailing)
    assert record is not None
    assert sum(record.counts.values()) == record.audience == len(rows)
