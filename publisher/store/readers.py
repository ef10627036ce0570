"""Looking for readers, and reading all that is known of one, or of all of them page by page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, case, or_, select

from publisher.model.audience import Selection
from publisher.model.delivery import DeliveryState
from publisher.model.reader_history import (
    Agreed,
    CameBack,
    Exported,
    FoundReader,
    OnList,
    Reader,
    Sent,
    Suppressed,
    Told,
)
from publisher.model.reports import ReportKind
from publisher.model.subscriber import SubscriptionState, SuppressionReason
from publisher.store import segments
from publisher.store.schema import subscribers, subscriptions
from publisher.store.schema_readers import consent_texts, consents, topics
from publisher.store.schema_sending import (
    deliveries,
    delivery_errors,
    mailing_templates,
    mailings,
    notices,
    reports,
    suppressions,
)

LAST: Final = 20
"""So many of the last deliveries, reports and notices are shown."""

_MAILINGS: Final = 500
"""Deliveries are looked for in so many of the last mailings: the ledger has no index by reader."""


def find(db: Connection, texts: Sequence[str], *, limit: int) -> list[FoundReader]:
    """Return up to `limit` readers whose address key has one of `texts` in it; what begins so comes first.

    With an @ at its beginning it is a whole domain.
    """
    key = subscribers.c.address_key
    matches = or_(
        *(
            key.endswith(text, autoescape=True) if text[:1] == "@" else key.contains(text, autoescape=True)
            for text in texts
        )
    )
    begins = or_(*(key.startswith(text, autoescape=True) for text in texts))
    rank = case((key.in_(texts), 0), (begins, 1), else_=2)
    rows = db.execute(
        select(subscribers.c.id, subscribers.c.address).where(matches).order_by(rank, key).limit(limit)
    ).all()
    lists = _lists_of(db, [row.id for row in rows])
    return [FoundReader(number=row.id, address=row.address, lists=lists.get(row.id, {})) for row in rows]


def number_of(db: Connection, address_key: str) -> int | None:
    """Return the number of the reader with an address key, None if there is none."""
    found: int | None = db.scalar(select(subscribers.c.id).where(subscribers.c.address_key == address_key))
    return found


def address_key_of(db: Connection, number: int) -> str | None:
    """Return the address key of a reader, None if there is none."""
    found: str | None = db.scalar(select(subscribers.c.address_key).where(subscribers.c.id == number))
    return found


def reader(db: Connection, number: int) -> Reader | None:
    """Return a reader by number, None if there is none."""
    row = db.execute(select(subscribers).where(subscribers.c.id == number)).first()
    if row is None:
        return None
    return Reader(
        number=row.id,
        address=row.address,
        lang=row.lang,
        created_at=row.created_at,
        is_role=row.is_role,
        is_disposable=row.is_disposable,
        counts_clicks=row.counts_clicks,
        score=row.score,
        bounced_at=row.bounced_at,
        complained_at=row.complained_at,
    )


def suppression(db: Connection, address_hash: str) -> Suppressed | None:
    """Return why and since when an address must not be mailed, None if it may be."""
    row = db.execute(select(suppressions).where(suppressions.c.address_hash == address_hash)).first()
    if row is None:
        return None
    return Suppressed(reason=SuppressionReason(row.reason), since=row.since, probe_at=row.probe_at)


def lists(db: Connection, number: int) -> tuple[OnList, ...]:
    """Return a reader's subscriptions, by list."""
    rows = db.execute(
        select(subscriptions).where(subscriptions.c.subscriber == number).order_by(subscriptions.c.list)
    )
    return tuple(
        OnList(
            list=row.list,
            state=SubscriptionState(row.state),
            since=row.since,
            consent=row.consent,
            resumes_at=row.resumes_at if row.state == SubscriptionState.PAUSED.value else None,
        )
        for row in rows
    )


def topics_of(db: Connection, number: int) -> tuple[str, ...]:
    """Return the tags that a reader chose; none stands for all."""
    return tuple(_topics_of(db, [number]).get(number, ()))


def consents_of(db: Connection, number: int) -> tuple[Agreed, ...]:
    """Return each time a reader said yes, the last one first."""
    rows = db.execute(
        select(consents, consent_texts.c.text)
        .join_from(consents, consent_texts)
        .where(consents.c.subscriber == number)
        .order_by(consents.c.id.desc())
    )
    return tuple(
        Agreed(
            list=row.list,
            at=row.at,
            source=row.source,
            version=row.version,
            text=row.text,
            network=row.network,
        )
        for row in rows
    )


def deliveries_of(db: Connection, number: int) -> tuple[Sent, ...]:
    """Return the last deliveries to a reader, with what a server that was not content said last."""
    last = select(mailings.c.id).order_by(mailings.c.id.desc()).limit(_MAILINGS).scalar_subquery()
    rows = db.execute(
        select(
            deliveries.c.mailing,
            deliveries.c.state,
            deliveries.c.attempts,
            deliveries.c.done_at,
            mailings.c.issue,
            mailing_templates.c.list,
        )
        .join_from(deliveries, mailings, mailings.c.id == deliveries.c.mailing)
        .join(
            mailing_templates,
            (mailing_templates.c.mailing == deliveries.c.mailing)
            & (mailing_templates.c.position == deliveries.c.list),
        )
        .where(deliveries.c.subscriber == number, deliveries.c.mailing.in_(last))
        .order_by(deliveries.c.mailing.desc())
        .limit(LAST)
    ).all()
    errors = db.execute(
        select(delivery_errors)
        .where(
            delivery_errors.c.subscriber == number,
            delivery_errors.c.mailing.in_([row.mailing for row in rows]),
        )
        .order_by(delivery_errors.c.at)
    )
    said = {row.mailing: row for row in errors}
    return tuple(
        Sent(
            issue=row.issue,
            list=row.list,
            state=row.state,
            attempts=row.attempts,
            at=row.done_at,
            code=said[row.mailing].code if row.mailing in said else None,
            enhanced=said[row.mailing].enhanced if row.mailing in said else "",
            said=said[row.mailing].text if row.mailing in said else "",
        )
        for row in rows
    )


def reports_of(db: Connection, number: int) -> tuple[CameBack, ...]:
    """Return what came back last from a reader's address."""
    rows = db.execute(
        select(reports, mailings.c.issue)
        .join_from(reports, mailings, mailings.c.id == reports.c.mailing, isouter=True)
        .where(reports.c.subscriber == number)
        .order_by(reports.c.id.desc())
        .limit(LAST)
    )
    return tuple(
        CameBack(
            issue=row.issue or "",
            kind=ReportKind(row.kind),
            at=row.at,
            code=row.code,
            said=row.text,
            source=row.source,
        )
        for row in rows
    )


def notices_of(db: Connection, number: int, address_key: str) -> tuple[Told, ...]:
    """Return the last notices to a reader, or to the reader's address before it was one."""
    rows = db.execute(
        select(notices.c.kind, notices.c.state, notices.c.created_at)
        .where(or_(notices.c.subscriber == number, notices.c.address_key == address_key))
        .order_by(notices.c.id.desc())
        .limit(LAST)
    )
    return tuple(Told(kind=row.kind, state=DeliveryState(row.state), at=row.created_at) for row in rows)


def page(  # noqa: PLR0913 - whom, and where the page begins
    db: Connection,
    *,
    lists: Collection[str] = (),
    states: Collection[SubscriptionState] = (),
    chosen: Selection | None = None,
    after: int = 0,
    limit: int = 1000,
) -> tuple[list[Exported], int]:
    """Return the subscriptions of the next `limit` readers after number `after`, and the last number.

    None given stands for all lists or states. With `chosen` they are the active subscriptions to `lists`, of
    which some must be given, of the readers who are chosen there. Nobody's subscriptions are torn apart; at
    the end there is nothing, and the number is 0.
    """
    states = states if chosen is None else (SubscriptionState.ACTIVE,)
    wanted = [subscriptions.c.list.in_(lists)] if lists else []
    wanted += [subscriptions.c.state.in_([state.value for state in states])] if states else []
    number = subscriptions.c.subscriber
    numbers = select(number).distinct().where(number > after, *wanted).order_by(number).limit(limit)
    if chosen is not None:
        numbers = segments.readers(numbers, lists, chosen)
    found = db.execute(
        select(*_EXPORTED)
        .join_from(subscribers, subscriptions)
        .where(subscribers.c.id.in_(numbers), *wanted)
        .order_by(subscribers.c.id, subscriptions.c.list)
    ).all()
    liked = _topics_of(db, {row.id for row in found})
    return [_exported(row, liked.get(row.id, ())) for row in found], found[-1].id if found else 0


def _exported(row: Row[Any], chosen: Sequence[str]) -> Exported:
    return Exported(
        email=row.address,
        list=row.list,
        state=SubscriptionState(row.state),
        since=row.since,
        consent=row.consent,
        lang=row.lang or "",
        topics=tuple(chosen),
        bounced=row.bounced_at,
        complained=row.complained_at,
    )


def _lists_of(db: Connection, numbers: Sequence[int]) -> dict[int, dict[str, SubscriptionState]]:
    found: dict[int, dict[str, SubscriptionState]] = {}
    rows = db.execute(
        select(subscriptions.c.subscriber, subscriptions.c.list, subscriptions.c.state)
        .where(subscriptions.c.subscriber.in_(numbers))
        .order_by(subscriptions.c.list)
    )
    for row in rows:
        found.setdefault(row.subscriber, {})[row.list] = SubscriptionState(row.state)
    return found


def _topics_of(db: Connection, numbers: Collection[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = db.execute(
        select(topics).where(topics.c.subscriber.in_(numbers)).order_by(topics.c.subscriber, topics.c.topic)
    )
    for row in rows:
        found.setdefault(row.subscriber, []).append(row.topic)
    return found


_EXPORTED: Final = (
    *(subscribers.c[name] for name in ("id", "address", "lang", "bounced_at", "complained_at")),
    *(subscriptions.c[name] for name in ("list", "state", "since", "consent")),
)
