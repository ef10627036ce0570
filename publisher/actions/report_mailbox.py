"""Reading the mailbox to which reports come (IMAP, RFC 9051), beside the clock.

A report is deleted there once it is recorded, and not before; to read one again changes nothing. Whatever
else lies there, letters of people above all, is left as it is, unread, and not looked at twice.
"""

from __future__ import annotations

import time
from typing import Final

import structlog

from publisher.actions.imap import Mailbox, opened
from publisher.actions.report import Came, take
from publisher.app import Publisher
from publisher.delivery.reports.all import may_say
from publisher.delivery.reports.mail import LARGEST
from publisher.errors import PublisherError, SettingsError
from publisher.settings_sending import ReportsSettings
from publisher.store import reports
from publisher.store.reports import Mark

SOURCE: Final = "imap"

PORTION: Final = 25
"""So many mails are recorded before they are deleted; after a crash no more than these are read again."""

SECONDS: Final = 10.0
"""So long a mailbox is read before others may have a turn; the rest of it follows with the next tick."""

LARGEST_HEAD: Final = 32 * 1024
"""Bytes of a head that are looked at to see whether the mail may be a report."""

_log = structlog.get_logger()


def read_reports(publisher: Publisher) -> int:
    """Read the mailbox of the settings if it is due, and return how many reports were recorded.

    It is due once in `[reports] every`, however many processes ask. Trouble with it is logged once, until it
    is over, and kept beside the mailbox.

    Raises:
        StoreError: the database does not answer.
    """
    settings = publisher.settings.reports
    name = name_of(settings)
    if not settings.imap_host:
        return 0
    with publisher.database.read() as db:
        if not reports.is_mailbox_due(db, name, publisher.now(db)):
            return 0
    with publisher.database.begin() as db:
        now = publisher.now(db)
        mark = reports.claim_mailbox(db, name, now=now, next_at=now + settings.every)
    if mark is None:
        return 0
    recorded, said = 0, ""
    try:
        recorded = _read(publisher, name, mark)
    except PublisherError as error:
        said = str(error)
    _tell(publisher, name, mark, said)
    return recorded


def name_of(settings: ReportsSettings) -> str:
    """Return under which name it is kept how far a mailbox was read."""
    return f"{settings.imap_username}@{settings.imap_host}:{settings.imap_port}/{settings.imap_folder}"


def _read(publisher: Publisher, name: str, mark: Mark) -> int:
    """Read what is new in the mailbox, a portion after the other; return how many reports were recorded.

    Raises:
        PublisherError: the mailbox cannot be read; what was recorded stays so.
    """
    if not publisher.settings.reports.return_path:
        raise SettingsError(
            "a mailbox of reports is set, and no return path by which they are known",
            fix='write return_path = "bounces@example.com" under [reports]',
        )
    end = time.monotonic() + SECONDS
    recorded = 0
    with opened(publisher.settings) as mailbox:
        seen = mark.seen if mailbox.validity == mark.validity else 0
        while (portion := mailbox.after(seen, PORTION)).last > seen:
            recorded += _take(publisher, mailbox, portion.uids)
            seen, is_late = portion.last, time.monotonic() > end
            with publisher.database.begin() as db:
                reports.note_seen(db, name, validity=mailbox.validity, seen=seen)
                if is_late:
                    reports.ask_again(db, name, publisher.now(db))
            if is_late:
                break
    return recorded


def _take(publisher: Publisher, mailbox: Mailbox, uids: tuple[int, ...]) -> int:
    """Record the reports among these mails and then delete them; return how many are new.

    Of what cannot be a report no more than the head is fetched.
    """
    heads = ((uid, mailbox.fetch(uid, LARGEST_HEAD, part="HEADER")) for uid in uids)
    perhaps = (uid for uid, head in heads if head and may_say(head))
    mails = ((uid, mailbox.fetch(uid, LARGEST)) for uid in perhaps)
    taken = {uid: _came(publisher, raw) for uid, raw in mails if raw}
    mailbox.delete([uid for uid, came in taken.items() if came is not Came.FOREIGN])
    return sum(came is Came.RECORDED for came in taken.values())


def _came(publisher: Publisher, raw: bytes) -> Came:
    """Record a report; a bug that one mail meets keeps no other back, and that mail stays where it is."""
    try:
        return take(publisher, raw, source=SOURCE).came
    except PublisherError:
        raise
    except Exception:  # noqa: BLE001 - strangers write these mails
        _log.exception("a mail among the reports could not be read")
        return Came.FOREIGN


def _tell(publisher: Publisher, name: str, mark: Mark, said: str) -> None:
    """Log and keep what has changed about the trouble with the mailbox."""
    if said == mark.said:
        return
    if said:
        _log.warning("trouble", what=said)
    else:
        _log.info("the mailbox of reports can be read again")
    with publisher.database.begin() as db:
        reports.note_trouble(db, name, said)
