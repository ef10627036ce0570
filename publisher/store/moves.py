"""Readers who move to another address, and what mails to the earlier one may still do."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, ScalarSelect, select
from sqlalchemy.exc import IntegrityError

from publisher.store.erasure import blank_words
from publisher.store.schema import subscribers
from publisher.store.schema_readers import consents, former_ids
from publisher.store.schema_sending import notices, rates
from publisher.store.statements import insert


def lock(db: Connection, numbers: Collection[int]) -> None:
    """Let nobody else change these readers before the transaction ends; nobody can lock them crosswise."""
    wanted = select(subscribers.c.id).where(subscribers.c.id.in_(numbers))
    db.execute(wanted.order_by(subscribers.c.id).with_for_update()).all()


def set_address(  # noqa: PLR0913 - one argument a column
    db: Connection,
    subscriber: int,
    *,
    address: str,
    address_key: str,
    is_role: bool = False,
    is_disposable: bool = False,
) -> bool:
    """Give a reader another address, of which nothing is known yet: what came back was about the old one.

    Returns False, and nothing is changed, if another reader has just come to have it.
    """
    fresh = {"score": 0, "scored_at": None, "bounced_at": None}
    flags = {"is_role": is_role, "is_disposable": is_disposable}
    values = {"address": address, "address_key": address_key, **flags, **fresh}
    try:
        with db.begin_nested():
            db.execute(subscribers.update().where(subscribers.c.id == subscriber).values(values))
    except IntegrityError:
        return False
    return True


def rename(db: Connection, subscriber: int, *, old: str, new: str, now: datetime) -> None:
    """Let links in mails call a reader `new` from now on; those that say `old` are good for leaving alone."""
    db.execute(subscribers.update().where(subscribers.c.id == subscriber).values(public_id=new))
    _keep_former(db, subscriber, old, now)


def merge(db: Connection, gone: int, *, public_id: str, into: int, now: datetime) -> None:
    """Let one reader, whom links call `public_id`, be another, to whom what was agreed to and told goes.

    Subscriptions, topics and links of the one who is `gone` go as well: whatever is to stay is moved before.
    """
    for table in (consents, notices, former_ids):
        db.execute(table.update().where(table.c.subscriber == gone).values(subscriber=into))
    _keep_former(db, into, public_id, now)
    blank_words(db, gone)
    db.execute(rates.delete().where(rates.c.name.startswith(f"reader {gone} ", autoescape=True)))
    db.execute(subscribers.delete().where(subscribers.c.id == gone))


def called_so(public_id: str) -> ScalarSelect[int]:
    """Select the number of the reader whom links in mails to an earlier address call so."""
    return select(former_ids.c.subscriber).where(former_ids.c.public_id == public_id).scalar_subquery()


def _keep_former(db: Connection, subscriber: int, public_id: str, now: datetime) -> None:
    new = insert(db, former_ids).values(public_id=public_id, subscriber=subscriber, at=now)
    db.execute(new.on_conflict_do_nothing(index_elements=[former_ids.c.public_id]))
