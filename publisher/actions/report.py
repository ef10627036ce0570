"""Taking what comes back for deliveries: each report counts once, and what it says has its consequences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import Connection

from publisher.actions.addressing import address_hash, suppression_secret
from publisher.actions.ending import finish_if_done
from publisher.actions.subscribe import subscription_of, unsubscribe
from publisher.app import Publisher
from publisher.delivery.reports import leaving
from publisher.delivery.reports.all import read
from publisher.delivery.reports.dsn import bounce
from publisher.delivery.reports.mail import mail_of
from publisher.delivery.reports.policy import Measures, Standing, decide
from publisher.delivery.reports.reading import Reading
from publisher.delivery.reports.return_path import read_return_path
from publisher.delivery.retry import is_refusal_of_reader
from publisher.errors import SettingsError
from publisher.model.delivery import Outcome, Recipient
from publisher.model.reports import Report, ReportKind
from publisher.model.subscriber import SubscriptionState, SuppressionReason
from publisher.store import audit, keys, reports, subscribers
from publisher.store.reports import Reader, Reported

ACTOR = "report"
"""Who acts, for the audit."""

_BOUNCES = (ReportKind.HARD_BOUNCE, ReportKind.SOFT_BOUNCE)

_MARKS = {
    SuppressionReason.HARD_BOUNCE: ReportKind.HARD_BOUNCE,
    SuppressionReason.COMPLAINT: ReportKind.COMPLAINT,
}
"""As what a reader is marked: soft bounces leave a mark when there are too many of them."""

RELAY = "relay"
"""The source of a report that a relay made at once, by refusing a reader."""

_MOST_LIFTED = 1000
"""So many of a relay's last refusals are taken back at the most when it refuses nearly everybody."""

BY_HAND = "command"
"""The source of a report that was handed to the command `report`."""


class Came(StrEnum):
    """What came of something that was taken for a report."""

    RECORDED = "recorded"
    AGAIN = "known already"
    FOREIGN = "no report on a delivery of this newsroom"


class Effect(StrEnum):
    """What a report has changed."""

    SUSPENDED = "the address is left alone, and tried once more later"
    SUPPRESSED = "the address is not mailed any more"
    UNSUBSCRIBED = "the subscription is ended"
    SETTLED = "the delivery is not uncertain any more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What came of a mail. Without a `report` it was none: a foreign one, or one with which a reader left."""

    came: Came
    report: Report | None = None
    issue: str = ""
    effects: tuple[Effect, ...] = ()


def take(publisher: Publisher, raw: bytes, *, source: str) -> Taken:
    """Take a mail that may be a report; raises nothing for what the mail is.

    Only one that came to the return path of a delivery of ours, or returns a mail that has it, is believed.
    A mail with which a reader leaves is believed for the token in it.

    Raises:
        StoreError: the database cannot be written; the mail has to be taken again.
    """
    token = leaving.token_in(mail_of(raw))
    if token is not None:
        return _leave(publisher, token)
    reading = read(raw)
    return Taken(came=Came.FOREIGN) if reading is None else take_reading(publisher, reading, source=source)


def take_by_hand(publisher: Publisher, raw: bytes) -> Taken:
    """Take a mail that an editor or a mail server hands over.

    Raises:
        SettingsError: no return path is set, so that no report can be known as ours.
        StoreError: the database cannot be written; the mail has to be taken again.
    """
    if not publisher.settings.reports.return_path:
        raise SettingsError(
            "no return path is set by which reports are known",
            fix='write return_path = "bounces@example.com" under [reports]',
        )
    return take(publisher, raw, source=BY_HAND)


def reader_of(publisher: Publisher, report: Report) -> str | None:
    """Return the address of the reader whom a report is about, None if it was erased."""
    with publisher.database.read() as db:
        return reports.address(db, report.subscriber)


def take_reading(publisher: Publisher, reading: Reading, *, source: str) -> Taken:
    """Take what a report says, in one transaction.

    Raises:
        StoreError: the database cannot be written; it has to be taken again.
    """
    with publisher.database.read() as db:
        named = delivery_of(publisher, reading.named, keys.every(db).values())
    if named is None:
        return Taken(came=Came.FOREIGN)
    with publisher.database.begin() as db:
        mailing, subscriber = named
        report = Report(
            key=_key(reading, mailing, subscriber),
            kind=reading.kind,
            mailing=mailing,
            subscriber=subscriber,
            at=publisher.now(db),
            source=source,
            code=reading.code,
            text=reading.text,
        )
        taken = record(db, report)
        if Effect.SETTLED in taken.effects:
            finish_if_done(publisher, db, mailing)
        return taken


def record(db: Connection, report: Report) -> Taken:
    """Keep a report on a delivery, and do what follows from it, in the transaction of whoever asks.

    A delivery that is not there, or that was never handed to a relay, cannot have come back: nothing changes.
    An erased reader has nothing left that could change.
    """
    found = reports.reported(db, report.mailing, report.subscriber)
    if found is None or found.attempts == 0:
        return Taken(came=Came.FOREIGN)
    reader = reports.reader(db, report.subscriber)
    is_first = not reports.has_come(db, report.mailing, report.subscriber, *_BOUNCES)
    if not reports.add(db, report):
        return Taken(came=Came.AGAIN, report=report, issue=found.issue)
    effects = _settle(db, report)
    if reader is not None:
        effects += _follow(db, report, found, reader, is_first=is_first)
    if effects:
        _note(db, report, found, effects)
    return Taken(came=Came.RECORDED, report=report, issue=found.issue, effects=tuple(effects))


def record_refusal(db: Connection, recipient: Recipient, outcome: Outcome, now: datetime) -> None:
    """Count a relay's final refusal of a reader as the bounce that it is; any other outcome is none."""
    if not is_refusal_of_reader(outcome):
        return
    report = Report(
        key=f"{RELAY} {recipient.mailing} {recipient.subscriber} {now.timestamp():.0f}",
        kind=bounce(outcome.enhanced),
        mailing=recipient.mailing,
        subscriber=recipient.subscriber,
        at=now,
        source=RELAY,
        code=outcome.enhanced,
        text=outcome.text,
    )
    record(db, report)


def lift_refusals(db: Connection, mailing: int) -> None:
    """Lift the suppressions for which a relay's refusals of a mailing's readers were the reason.

    Only the last ones can be doubtful; the points of readers' scores fade by themselves.
    """
    secret = suppression_secret(keys.every(db))
    for subscriber, address_key, at in reports.latest(db, mailing, source=RELAY, limit=_MOST_LIFTED):
        subscribers.lift(db, address_hash(secret, address_key), since=at)
        reports.clear_bounce(db, subscriber, at=at)


def delivery_of(
    publisher: Publisher, named: Iterable[str], secrets: Iterable[bytes]
) -> tuple[int, int] | None:
    """Return mailing and subscriber of the first address that is a return path of ours, None if none is."""
    mailbox, known = publisher.settings.reports.return_path, tuple(secrets)
    if not mailbox:
        return None
    found = (read_return_path(address, mailbox, known) for address in named)
    return next((each for each in found if each is not None), None)


def _leave(publisher: Publisher, token: str) -> Taken:
    """End the subscription of a reader who has written to leave; whoever has left before stays away."""
    before = subscription_of(publisher, token)
    if before is None:
        return Taken(came=Came.FOREIGN)
    if before.state is SubscriptionState.UNSUBSCRIBED:
        return Taken(came=Came.AGAIN)
    unsubscribe(publisher, token)
    return Taken(came=Came.RECORDED, effects=(Effect.UNSUBSCRIBED,))


def _key(reading: Reading, mailing: int, subscriber: int) -> str:
    identity = f"{reading.kind} {mailing} {subscriber} {reading.identity}"
    return sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()


def _settle(db: Connection, report: Report) -> list[Effect]:
    """Whatever comes back, and be it the answer of a machine: the relay had the message."""
    is_settled = reports.settle(db, report.mailing, report.subscriber, report.at)
    return [Effect.SETTLED] if is_settled else []


def _follow(
    db: Connection, report: Report, found: Reported, reader: Reader, *, is_first: bool
) -> list[Effect]:
    """Do what the policy says; of an address that the reader has left, end the subscription at most."""
    hashed = address_hash(suppression_secret(keys.every(db)), reader.address_key)
    standing = Standing(
        score=reader.score,
        scored_at=reader.scored_at,
        is_first=is_first,
        is_probe=subscribers.is_probed_by(db, hashed, report.mailing),
    )
    measures = decide(report.kind, report.code, standing=standing, now=report.at)
    if found.is_elsewhere:
        measures = replace(measures, suppress=None, score=reader.score, scored_at=reader.scored_at)
    if (measures.score, measures.scored_at) != (reader.score, reader.scored_at):
        reports.set_score(db, report.subscriber, score=measures.score, scored_at=measures.scored_at)
    if measures.suppress is not None:
        reports.mark(db, report.subscriber, _MARKS[measures.suppress], report.at)
    effects = _suppress(db, hashed, measures, standing, report)
    if measures.unsubscribe and _unsubscribe(db, reader, found, report):
        effects.append(Effect.UNSUBSCRIBED)
    return effects


def _suppress(
    db: Connection, hashed: str, measures: Measures, standing: Standing, report: Report
) -> list[Effect]:
    if measures.suppress is None:
        return []
    effect = Effect.SUPPRESSED if measures.probe_at is None else Effect.SUSPENDED
    if standing.is_probe and measures.suppress is SuppressionReason.HARD_BOUNCE:
        subscribers.end_probe(db, hashed, now=report.at, probe_at=measures.probe_at)
        return [effect]
    is_new = subscribers.suppress(
        db, address_hash=hashed, reason=measures.suppress, now=report.at, probe_at=measures.probe_at
    )
    return [effect] if is_new else []


def _unsubscribe(db: Connection, reader: Reader, found: Reported, report: Report) -> bool:
    return subscribers.unsubscribe(db, public_id=reader.public_id, list=found.list, now=report.at)


def _note(db: Connection, report: Report, found: Reported, effects: list[Effect]) -> None:
    audit.write(
        db,
        at=report.at,
        actor=ACTOR,
        verb=report.kind.value,
        subject=found.issue,
        detail={
            "subscriber": report.subscriber,
            "code": report.code,
            "source": report.source,
            "effects": [effect.name.lower() for effect in effects],
        },
    )
