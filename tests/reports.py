"""What tests of reports need: the return path of a reader, and what has become of the reader."""

from __future__ import annotations

from publisher.actions.addressing import address_hash, suppression_secret
from publisher.actions.report import Taken, take
from publisher.actions.subscribe import everybody
from publisher.app import Publisher
from publisher.delivery.reports.return_path import return_path
from publisher.model.reports import ReportKind
from publisher.model.subscriber import SuppressionReason
from publisher.store import deliveries, keys, reports, subscribers
from tests.databases import NOW
from tests.ledgers import claimed, send_all, start
from tests.newsrooms import mailing_of

MAILBOX = "bounces@news.example.net"
RETURN_PATH = f'[reports]\nreturn_path = "{MAILBOX}"\n'


def send(publisher: Publisher, issue: str = "heat") -> None:
    """Send an issue to every reader, without printing it; all mails are accepted."""
    with publisher.database.begin() as db:
        start(db, issue)
        batch = claimed(db)
        assert send_all(db, batch)
        deliveries.give_back(db, batch, now=NOW)


def path_of(publisher: Publisher, address: str, *, issue: str = "heat", mailing: int | None = None) -> str:
    """Return the return path of the mail of an issue, or of a mailing, to a reader."""
    subscriber = next(each.subscriber for each in everybody(publisher) if each.address == address)
    number = mailing_of(publisher, issue).id if mailing is None else mailing
    with publisher.database.read() as db:
        _, secret = keys.current(db)
    return return_path(secret, MAILBOX, mailing=number, subscriber=subscriber)


def take_one(publisher: Publisher, raw: bytes) -> Taken:
    """Take a mail."""
    return take(publisher, raw, source="test")


def reports_of(publisher: Publisher, issue: str) -> dict[ReportKind, int]:
    """Return how many deliveries of an issue have come back, by kind, without zeros."""
    mailing = mailing_of(publisher, issue).id
    with publisher.database.read() as db:
        return {kind: count for kind, count in reports.counts(db, mailing).items() if count}


def suppressed(publisher: Publisher, address: str, *, mailing: int | None = None) -> SuppressionReason | None:
    """Return why an address must not be mailed now, by a mailing if one is named."""
    with publisher.database.begin() as db:
        hashed = address_hash(suppression_secret(keys.every(db)), address)
        now = publisher.now(db)
        reason = subscribers.suppression(db, hashed, now=now, mailing=mailing)
        if reason is None and mailing is not None and subscribers.suppressed(db, [hashed]):
            subscribers.begin_probe(db, hashed, now=now, mailing=mailing)
        return reason
