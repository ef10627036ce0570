"""The end of a mailing: whoever settles its last delivery tells the editors what came of it."""

from __future__ import annotations

from sqlalchemy import Connection

from publisher.actions import notify
from publisher.app import Publisher
from publisher.store import mailings


def finish_if_done(publisher: Publisher, db: Connection, mailing: int) -> None:
    """End a mailing of which nothing is open any more, and tell the editors, in the caller's transaction."""
    if mailings.finish_if_done(db, mailing, publisher.now(db)):
        notify.mailing_ended(publisher, db, mailing)
