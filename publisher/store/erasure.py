"""Forgetting a reader: every row that is the reader's own, and every text that may repeat an address."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, Text, cast, func, or_, select

from publisher.model.reader_notices import ReaderNotice
from publisher.model.reader_token import TokenPurpose
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


def forget(db: Connection, subscriber: int, spellings: Collection[str]) -> None:
    """Remove a reader and all that belongs to the reader, in whichever of these spellings of the address.

    What was sent is still counted, under the number alone; what relays said of it is blank. Mails that ask
    at an address to which the reader wanted to move are forgotten as well.
    """
    for address in _wanted(db, subscriber):
        asking = notices.c.kind == ReaderNotice.CHANGE_ADDRESS.value
        db.execute(notices.delete().where(asking, _is(notices.c.address, address)))
    _blank_words(db, subscriber)
    for address in spellings:
        _forget_mentions(db, address)
    _forget_answers(db, spellings)
    db.execute(rates.delete().where(rates.c.name.startswith(f"reader {subscriber} ", autoescape=True)))
    db.execute(subscribers.delete().where(subscribers.c.id == subscriber))


def _wanted(db: Connection, subscriber: int) -> set[str]:
    """Return the addresses that the reader has typed as new ones."""
    payloads = db.scalars(
        select(reader_tokens.c.payload).where(
            reader_tokens.c.subscriber == subscriber,
            reader_tokens.c.purpose == TokenPurpose.CHANGE_ADDRESS.value,
        )
    )
    return {payload["address"] for payload in payloads if payload.get("address")}


def _blank_words(db: Connection, subscriber: int) -> None:
    every = select(mailings.c.id)
    errors = delivery_errors.c
    db.execute(
        delivery_errors.update()
        .where(errors.mailing.in_(every), errors.subscriber == subscriber)
        .values(text="")
    )
    db.execute(reports.update().where(reports.c.subscriber == subscriber).values(text=""))


def _forget_mentions(db: Connection, address: str) -> None:
    """Remove the notices to an address and the links that would make something of it; blank what names it."""
    db.execute(notices.delete().where(_is(notices.c.address, address)))
    named = select(notices.c.id, notices.c.payload).where(_has(notices.c.payload, address))
    for row in db.execute(named).all():
        payload = json.loads(_without(json.dumps(row.payload), address))
        db.execute(notices.update().where(notices.c.id == row.id).values(payload=payload))
    quoted = func.lower(cast(reader_tokens.c.payload, Text))
    values = (quoted.contains(f'"{form}"', autoescape=True) for form in _forms(address))
    db.execute(reader_tokens.delete().where(or_(*values)))
    for table, column in _SAID:
        db.execute(table.update().where(_has(column, address)).values({column: _ERASED}))


def _forget_answers(db: Connection, addresses: Collection[str]) -> None:
    """Remove kept answers of the API that tell an address."""
    needles = [form.encode() for each in addresses for form in _forms(each)]
    found = db.execute(
        select(requests.c.token, requests.c.key, requests.c.body).where(requests.c.body.is_not(None))
    )
    telling = [(row.token, row.key) for row in found if any(each in row.body.lower() for each in needles)]
    for token, key in telling:
        db.execute(requests.delete().where(requests.c.token == token, requests.c.key == key))


def _is(column: Column[Any], address: str) -> ColumnElement[bool]:
    return or_(column == address, func.lower(column) == address.lower())


def _has(column: Column[Any], address: str) -> ColumnElement[bool]:
    """Tell whether a text, or a JSON value as it is written, has an address in it; capitals do not matter."""
    text = func.lower(cast(column, Text))
    return or_(*(text.contains(form, autoescape=True) for form in _forms(address)))


def _without(text: str, address: str) -> str:
    """Return JSON without an address; letters of any case are found as they were in the database."""
    forms = "|".join(re.escape(form) for form in sorted(_forms(address)))
    return re.sub(forms, _ERASED, text, flags=re.IGNORECASE)


def _forms(address: str) -> set[str]:
    """Return an address in small letters, as a text and as JSON have it."""
    return {address.lower(), json.dumps(address.lower())[1:-1], json.dumps(address)[1:-1].lower()}
