"""What readers agreed to: the texts word for word, and each yes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, select

from publisher.model.consent import Consent
from publisher.store.schema_readers import consent_texts, consents
from publisher.store.statements import insert


def version_of(text: str) -> str:
    """Return the version of a text: made of it, so that another text is another version."""
    return sha256(text.encode()).hexdigest()[:16]


def keep_text(db: Connection, text: str) -> str:
    """Keep a text to which somebody may agree, once, and return its version."""
    version = version_of(text)
    new = insert(db, consent_texts).values(version=version, text=text)
    db.execute(new.on_conflict_do_nothing(index_elements=[consent_texts.c.version]))
    return version


def add(  # noqa: PLR0913 - one argument a column
    db: Connection,
    *,
    subscriber: int,
    lists: Sequence[str],
    version: str,
    source: str,
    network: str,
    now: datetime,
) -> None:
    """Note that a subscriber has agreed, to the text of that version, for each of the lists."""
    same = {"subscriber": subscriber, "at": now, "version": version, "source": source, "network": network}
    db.execute(consents.insert(), [{"list": name, **same} for name in lists])


def of_subscriber(db: Connection, subscriber: int) -> list[Consent]:
    """Return all that a subscriber has agreed to, in that order."""
    rows = db.execute(
        select(consents, consent_texts.c.text)
        .join_from(consents, consent_texts)
        .where(consents.c.subscriber == subscriber)
        .order_by(consents.c.id)
    )
    return [
        Consent(
            list=row.list,
            at=row.at,
            text=row.text,
            version=row.version,
            source=row.source,
            network=row.network,
        )
        for row in rows
    ]
