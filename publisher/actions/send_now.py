"""Sending now: publishing without waiting for a slot, and delivering in the foreground."""

from __future__ import annotations

from publisher.actions.audience import Audience, audience_of
from publisher.actions.deliver import Sender
from publisher.actions.look import look_at
from publisher.actions.newsroom import find_issue, read
from publisher.actions.printing import press_issue
from publisher.actions.publish import publish
from publisher.actions.queue import Place, queue
from publisher.actions.transport import open_transport
from publisher.app import Publisher
from publisher.errors import NotFoundError, TransitionError
from publisher.model.delivery import MailingState
from publisher.model.edition import Edition
from publisher.model.records import MailingRecord
from publisher.model.states import IssueState
from publisher.store import editions, mailings
from publisher.store.sending_lock import try_take


def publish_now(publisher: Publisher, slug: str) -> MailingRecord | None:
    """Queue the issue for this moment and publish it; return its mailing, if it has readers' lists.

    An issue whose mailing was interrupted is left as it is, so that delivering it can go on.

    Raises:
        SettingsError: the transport cannot be opened as it is set; nothing is published.
        TransitionError: the issue's state does not allow it.
        CheckFailedError: it had to be printed and the check finds something that blocks.
    """
    open_transport(publisher.settings)
    record = look_at(publisher, slug)
    interrupted = _mailing(publisher, record.slug)
    if interrupted is not None and interrupted.state is MailingState.SENDING:
        return interrupted
    queue(publisher, record.slug, Place(now=True))
    try:
        return publish(publisher, record.slug)
    except TransitionError:
        if look_at(publisher, record.slug).state is not IssueState.PUBLISHED:
            raise
        return _mailing(publisher, record.slug)  # a running server found it due and was faster


def audience_now(publisher: Publisher, slug: str) -> Audience | None:
    """Return whom the issue would be mailed to now, in the print that would go out; None if it was already.

    Raises:
        ContentError: it would have to be printed, and its files cannot be understood.
        FilterError: its segment cannot be read.
    """
    record = look_at(publisher, slug)
    if record.state is IssueState.PUBLISHED:
        return None
    printed = None if record.state in _PRINTED else _as_written(publisher, record.slug)
    with publisher.database.read() as db:
        edition = printed or (editions.find(db, record.edition) if record.edition else None)
        return audience_of(db, edition) if edition else None


def progress_of(publisher: Publisher, mailing: int) -> MailingRecord:
    """Return how far a mailing has come.

    Raises:
        NotFoundError: there is no such mailing.
    """
    with publisher.database.read() as db:
        found = mailings.find(db, mailing)
    if found is None:
        raise NotFoundError(f"there is no mailing {mailing}")
    return found


def sender_for(publisher: Publisher, *, until_idle: bool) -> Sender | None:
    """Start a sender that goes on until it is closed, or with `until_idle` until nothing is due now.

    Returns None if another process has the right to send.

    Raises:
        SettingsError: the transport cannot be opened as it is set, or the key that signs cannot be used.
        StoreError: the database cannot be written.
    """
    open_transport(publisher.settings)
    right = try_take(publisher.database)
    if right is None:
        return None
    try:
        sender = Sender(publisher, right, until_idle=until_idle)
        sender.start()
    except BaseException:
        right.release()
        raise
    return sender


def _as_written(publisher: Publisher, slug: str) -> Edition | None:
    found = find_issue(publisher.settings, slug)
    return press_issue(publisher.settings, read(publisher.settings, found)[0]) if found else None


_PRINTED = (IssueState.APPROVED, IssueState.QUEUED)
"""The states in which what goes out is frozen already."""


def _mailing(publisher: Publisher, slug: str) -> MailingRecord | None:
    with publisher.database.read() as db:
        return mailings.of_issue(db, slug)
