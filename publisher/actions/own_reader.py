"""Who comes with the link of a mail: the token is read, and good for preferences alone."""

from __future__ import annotations

from sqlalchemy import Connection

from publisher.app import Publisher
from publisher.delivery import tokens
from publisher.store import audit, keys, own_choices
from publisher.store.own_choices import OwnReader


def own_reader(db: Connection, token: str) -> OwnReader | None:
    """Return whose link to the preferences `token` is, None if it is nobody's or good for something else."""
    known = {str(kid): secret for kid, secret in keys.every(db).items()}
    read = tokens.read(token, known, purpose=tokens.PREFERENCES)
    return own_choices.reader(db, read.public_id) if read else None


def note_choice(publisher: Publisher, db: Connection, subscriber: int, verb: str) -> None:
    """Write into the audit what a reader has done, by the reader's number."""
    audit.write(
        db,
        at=publisher.now(db),
        actor="subscriber",
        verb=verb,
        subject="preferences",
        detail={"subscriber": subscriber},
    )
