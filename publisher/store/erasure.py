"""Forgetting a reader: every row that is the reader's own, and every text that may repeat an address."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import Any

from sqlalchemy import Column, Connection, Table, and_, or_, select

from publisher.model.reader_notices import READER_KINDS, ReaderNotice
from publisher.store.schema import subscribers
from publisher.store.schema_readers import reader_tokens, requests
from publisher.store.schema_sending import (
    delivery_errors,
    mailings,
    notices,
    rates,
    relays,
    reports,
)

_SAID: tuple[tuple[Table, Column[Any]], ...] = (
    (relays, relays.c.said),
    (mailings, mailings.c.reason),
)
"""Words of relays that were told for all readers: one may have named an address."""

_ERASED = "(erased)"


def forget(db: Connection, subscriber: int, *, address: str, address_key: str) -> None:
    """Remove a reader and all that belongs to the reader or names the address, in whichever spelling.

    What was sent is still counted, under the number alone; what relays said of it is blank. Mails to an
    earlier address, and to one to which the reader wanted to move, are forgotten as well.
    """
    own = or_(notices.c.subscriber == subscriber, notices.c.address_key == address_key)
    db.execute(notices.delete().where(own))
    db.execute(reader_tokens.delete().where(reader_tokens.c.address_key == address_key))
    blank_words(db, subscriber)
    forms = _forms(address) | _forms(address_key)
    _forget_mentions(db, forms)
    _forget_answers(db, forms)
    db.execute(rates.delete().where(rates.c.name.startswith(f"reader {subscriber} ", autoescape=True)))
    db.execute(subscribers.delete().where(subscribers.c.id == subscriber))


def blank_words(db: Connection, subscriber: int) -> None:
    """Remove what relays and mailboxes said of a reader's mails: it may name the address."""
    every = select(mailings.c.id)
    errors = delivery_errors.c
    db.execute(
        delivery_errors.update()
        .where(errors.mailing.in_(every), errors.subscriber == subscriber)
        .values(text="")
    )
    db.execute(reports.update().where(reports.c.subscriber == subscriber).values(text=""))


def _forget_mentions(db: Connection, forms: Collection[str]) -> None:
    """Blank the address in notices to others, and what names it in words that were told for all readers.

    It may stand in those to editors, and in the question to somebody who wants to move to it.
    """
    editors = and_(notices.c.address_key.is_(None), notices.c.kind.not_in(READER_KINDS))
    others = or_(editors, notices.c.kind == ReaderNotice.LEAVE_ADDRESS.value)
    for row in db.execute(select(notices.c.id, notices.c.payload).where(others)).all():
        text = json.dumps(row.payload, ensure_ascii=False)
        if _names(text, forms):
            payload = json.loads(_without(text, forms))
            db.execute(notices.update().where(notices.c.id == row.id).values(payload=payload))
    for table, column in _SAID:
        for said in set(db.scalars(select(column).where(column.contains("@")))):
            if _names(said, forms):
                db.execute(table.update().where(column == said).values({column: _ERASED}))


def _forget_answers(db: Connection, forms: Collection[str]) -> None:
    """Remove kept answers of the API that tell an address; they are few, and kept for a day."""
    kept = select(requests.c.token, requests.c.key, requests.c.body).where(requests.c.body.is_not(None))
    for row in db.execute(kept).all():
        if _names(bytes(row.body).decode("utf-8", "replace"), forms):
            db.execute(requests.delete().where(requests.c.token == row.token, requests.c.key == row.key))


def _names(text: str, forms: Collection[str]) -> bool:
    """Tell whether a text has an address in it; capitals do not matter, in no script."""
    folded = text.lower()
    return any(each in folded for each in forms)


def _without(text: str, forms: Collection[str]) -> str:
    """Return JSON without an address."""
    any_form = "|".join(re.escape(each) for each in sorted(forms, key=len, reverse=True))
    return re.sub(any_form, _ERASED, text, flags=re.IGNORECASE)


def _forms(address: str) -> set[str]:
    """Return an address in small letters, as a text and as JSON have it."""
    escaped = json.dumps(address.lower())[1:-1], json.dumps(address)[1:-1].lower()
    return {address.lower(), json.dumps(address.lower(), ensure_ascii=False)[1:-1], *escaped}
