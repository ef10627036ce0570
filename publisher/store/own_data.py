"""All that is stored about one reader, for the reader alone: plain values that JSON can hold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any, Final

from sqlalchemy import Connection, Select, or_, select

from publisher.store.schema import audit, subscribers, subscriptions
from publisher.store.schema_readers import consent_texts, consents, former_ids, reader_tokens, topics
from publisher.store.schema_sending import (
    deliveries,
    delivery_errors,
    mailings,
    notices,
    reports,
    suppressions,
)

_NAMES: Final = {
    "id": "number",
    "public_id": "name_in_links",
    "score": "mails_that_came_back_lately",
    "scored_at": "last_came_back_at",
}
"""What columns are called for their reader. The key of the address says no more than the address."""


def of(db: Connection, subscriber: int, *, address_hash: str) -> dict[str, Any]:
    """Return everything that is known of a reader, by what it is; empty if there is no such reader.

    Of links that open a door it tells that there were some, and not which.
    """
    row = db.execute(select(subscribers).where(subscribers.c.id == subscriber)).mappings().first()
    if row is None:
        return {}
    found = _statements(subscriber, address_key=row["address_key"], address_hash=address_hash)
    return {
        "reader": {
            _NAMES.get(name, name): value for name, value in _plain(row).items() if name != "address_key"
        },
        **{name: _rows(db, statement) for name, statement in found.items()},
        "history": _history(db, subscriber),
        "topics": sorted(db.scalars(select(topics.c.topic).where(topics.c.subscriber == subscriber))),
    }


def _statements(number: int, *, address_key: str, address_hash: str) -> dict[str, Select[Any]]:
    token = reader_tokens.c
    return {
        "subscriptions": _without(subscriptions, "subscriber", "before")
        .add_columns(subscriptions.c.before.label("state_before"))
        .where(subscriptions.c.subscriber == number),
        "consents": select(
            consents.c.list, consents.c.at, consent_texts.c.text, consents.c.source, consents.c.network
        )
        .join_from(consents, consent_texts)
        .where(consents.c.subscriber == number)
        .order_by(consents.c.id),
        "links": select(token.purpose, token.created_at, token.expires_at, token.used_at)
        .where(token.subscriber == number)
        .order_by(token.created_at),
        "mails": select(mailings.c.issue, deliveries.c.state, deliveries.c.attempts, deliveries.c.done_at)
        .join_from(mailings, deliveries, deliveries.c.mailing == mailings.c.id)
        .where(deliveries.c.subscriber == number)
        .order_by(mailings.c.id),
        "answers": _without(delivery_errors, "subscriber").where(
            delivery_errors.c.mailing.in_(select(mailings.c.id)), delivery_errors.c.subscriber == number
        ),
        "reports": select(reports.c.at, reports.c.kind, reports.c.code, reports.c.text)
        .where(reports.c.subscriber == number)
        .order_by(reports.c.id),
        "notices": select(notices.c.kind, notices.c.created_at, notices.c.state)
        .where(or_(notices.c.subscriber == number, notices.c.address_key == address_key))
        .order_by(notices.c.id),
        "suppression": _without(suppressions, "address_hash", "probed_by").where(
            suppressions.c.address_hash == address_hash
        ),
        "moves": select(former_ids.c.at).where(former_ids.c.subscriber == number).order_by(former_ids.c.at),
    }


def _history(db: Connection, number: int) -> list[dict[str, Any]]:
    """Return what was done to a reader and by the reader: rows that name the number, maybe among others."""
    own = or_(
        audit.c.detail["subscriber"].as_integer() == number,
        audit.c.subject == f"subscriber {number}",
        audit.c.subject == "subscribers",
    )
    rows = db.execute(select(audit).where(own).order_by(audit.c.id)).mappings()
    return [
        _plain({name: row[name] for name in ("at", "actor", "verb", "subject")})
        for row in rows
        if row["subject"] != "subscribers" or number in _named(row["detail"])
    ]


def _named(detail: Mapping[str, Any]) -> list[object]:
    return [detail.get("subscriber"), *detail.get("subscribers", ())]


def _without(table: Any, *names: str) -> Select[Any]:  # noqa: ANN401 - any table
    return select(*(column for column in table.c if column.name not in names))


def _rows(db: Connection, statement: Select[Any]) -> list[dict[str, Any]]:
    return [_plain(row) for row in db.execute(statement).mappings()]


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name): _value(value) for name, value in row.items()}


def _value(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value
