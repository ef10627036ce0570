"""People's addresses, what they have asked for, and who must not be mailed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, bindparam, false, func, or_, select

from publisher.model.subscriber import Added as Added  # noqa: PLC0414 - what `add` answers
from publisher.model.subscriber import NewSubscriber, Subscription, SubscriptionState, SuppressionReason
from publisher.store import newcomers
from publisher.store.compiled import Statement
from publisher.store.moves import called_so
from publisher.store.schema import subscribers, subscriptions
from publisher.store.schema_sending import suppressions
from publisher.store.statements import insert

CHUNK = 500
"""So many people can be added within some 50 ms: more than that are added in transactions of this size."""

PROBE_PATIENCE = timedelta(days=7)
"""A probe of which nothing came back for so long has arrived: relays try for up to five days."""


def add(  # noqa: PLR0913 - one argument a column
    db: Connection,
    *,
    address: str,
    address_key: str,
    address_hash: str,
    lists: Sequence[str],
    state: SubscriptionState,
    consent: str,
    now: datetime,
    public_id: str,
    lang: str | None = None,
) -> dict[str, Added]:
    """Add one person to lists, and say of each what came of it; see `NewSubscriber` and `add_many`."""
    person = NewSubscriber(
        address=address,
        address_key=address_key,
        address_hash=address_hash,
        public_id=public_id,
        lang=lang,
    )
    return add_many(db, [person], lists=lists, state=state, consent=consent, now=now)[0]


def add_many(  # noqa: PLR0913 - who, and what is the same for all of them
    db: Connection,
    new: Sequence[NewSubscriber],
    *,
    lists: Sequence[str],
    state: SubscriptionState,
    consent: str,
    now: datetime,
) -> list[dict[str, Added]]:
    """Add up to `CHUNK` people to lists; say of each, in their order, what came of it on each list.

    Doing it twice changes nothing more. Somebody who has left stays away, and a suppressed address is not
    even stored. A pending subscription becomes active when `state` is. Nobody who is known is erased before
    the transaction ends; whoever just was stays away.
    """
    standing = newcomers.look(db, new, locked=True)
    forbidden = suppressed(db, {person.address_hash for person in new})
    found = newcomers.decide(new, standing, forbidden=forbidden, lists=lists, state=state)
    newcomers.write(db, found, standing, state=state, consent=consent, now=now)
    return found.answers


def would_add(
    db: Connection, new: Sequence[NewSubscriber], *, lists: Sequence[str], seen: set[int]
) -> list[dict[str, Added]]:
    """Say what `add_many` would of new active subscribers, and change nothing.

    `seen` is what earlier calls would have added: give an empty set to the first, and the same to the others.
    """
    forbidden = suppressed(db, {person.address_hash for person in new})
    standing = newcomers.look(db, new)
    wanted = ((person.address_key, name) for person in new for name in person.lists or lists)
    standing.states.update({place: SubscriptionState.ACTIVE for place in wanted if hash(place) in seen})
    found = newcomers.decide(new, standing, forbidden=forbidden, lists=lists, state=SubscriptionState.ACTIVE)
    seen.update(map(hash, found.places))
    return found.answers


def listed(
    db: Connection,
    *,
    list: str | None = None,  # noqa: A002 - the project's noun
    state: SubscriptionState | None = None,
    after: int = 0,
    limit: int = 1000,
) -> list[Subscription]:
    """Return the subscriptions of the next `limit` subscribers after number `after`, by number.

    Nobody's subscriptions are torn apart: the last `subscriber` of one answer is `after` of the next.
    """
    page = _only(select(subscribers.c.id).distinct().join(subscriptions), list, state)
    page = page.where(subscribers.c.id > after).order_by(subscribers.c.id).limit(limit)
    statement = _only(select(*_SUBSCRIPTION).join_from(subscribers, subscriptions), list, state)
    return _subscriptions(db, statement.where(subscribers.c.id.in_(page)))


def counts(db: Connection) -> dict[str, dict[SubscriptionState, int]]:
    """Return how many subscriptions each list has in each state."""
    rows = db.execute(
        select(subscriptions.c.list, subscriptions.c.state, func.count()).group_by(
            subscriptions.c.list, subscriptions.c.state
        )
    )
    found: dict[str, dict[SubscriptionState, int]] = {}
    for name, state, count in rows:
        found.setdefault(name, dict.fromkeys(SubscriptionState, 0))[SubscriptionState(state)] = count
    return found


def by_public_id(db: Connection, public_id: str, list: str) -> Subscription | None:  # noqa: A002 - the project's noun
    """Return the subscription to a list that a link in a mail means, be it a mail to an earlier address."""
    statement = select(*_SUBSCRIPTION).join_from(subscribers, subscriptions)
    own = or_(subscribers.c.public_id == public_id, subscribers.c.id == called_so(public_id))
    found = _subscriptions(db, _only(statement, list, None).where(own))
    return replace(found[0], is_former=found[0].public_id != public_id) if found else None


def unsubscribe(
    db: Connection,
    *,
    public_id: str,
    list: str,  # noqa: A002 - the project's noun
    now: datetime,
    can_be_undone: bool = False,
) -> bool:
    """End a subscription; return False if it had ended before, or there is none.

    What its reader may have done by mistake `can_be_undone` (see `leaving.take_back`).
    """
    subscriber = select(subscribers.c.id).where(subscribers.c.public_id == public_id).scalar_subquery()
    ended = db.execute(
        subscriptions.update()
        .where(
            subscriptions.c.subscriber == subscriber,
            subscriptions.c.list == list,
            subscriptions.c.state != SubscriptionState.UNSUBSCRIBED.value,
        )
        .values(
            state=SubscriptionState.UNSUBSCRIBED.value,
            since=now,
            resumes_at=subscriptions.c.resumes_at if can_be_undone else None,
            before=subscriptions.c.state if can_be_undone else None,
        )
    )
    return ended.rowcount == 1


def suppress(
    db: Connection,
    *,
    address_hash: str,
    reason: SuppressionReason,
    now: datetime,
    probe_at: datetime | None = None,
) -> bool:
    """Mail an address no more, on any list; return whether that is new.

    From `probe_at` on it may be tried once more. The first reason stays, unless the new one is graver: a move
    stands above a bounce, what an editor said above both, a complaint or an erasure is for ever.
    """
    values = {"reason": reason.value, "since": now, "probe_at": probe_at}
    slighter = [each.value for each, weight in _WEIGHTS.items() if weight < _WEIGHTS[reason]]
    graver = suppressions.c.reason.in_(slighter) if slighter else false()
    done = db.execute(
        insert(db, suppressions)
        .values(address_hash=address_hash, **values)
        .on_conflict_do_update(
            index_elements=[suppressions.c.address_hash],
            set_={**values, "probed_at": None, "probed_by": None},
            where=graver,
        )
        .returning(suppressions.c.address_hash)
    )
    return done.first() is not None


def suppression_counts(db: Connection) -> dict[SuppressionReason, int]:
    """Return how many addresses must not be mailed, by reason."""
    rows = db.execute(select(suppressions.c.reason, func.count()).group_by(suppressions.c.reason))
    return dict.fromkeys(SuppressionReason, 0) | {SuppressionReason(reason): count for reason, count in rows}


def lift(
    db: Connection,
    address_hash: str,
    *,
    since: datetime,
    reason: SuppressionReason = SuppressionReason.HARD_BOUNCE,
) -> None:
    """Mail an address again that was left alone for a reason of that moment, and for nothing else."""
    db.execute(
        suppressions.delete().where(
            suppressions.c.address_hash == address_hash,
            suppressions.c.reason == reason.value,
            suppressions.c.since == since,
        )
    )


def suppression(
    db: Connection, address_hash: str, *, now: datetime | None = None, mailing: int | None = None
) -> SuppressionReason | None:
    """Return why an address must not be mailed, None if it may be.

    With `now` and `mailing` this is a hand-over: None also if that mailing may probe it; see `begin_probe`.
    """
    row = db.execute(_SUPPRESSION, {"wanted": address_hash}).first()
    if row is None:
        return None
    reason = SuppressionReason(row.reason)
    if now is None or mailing is None or row.probe_at is None or now < row.probe_at:
        return reason
    is_free = row.probed_at is None or now >= row.probed_at + PROBE_PATIENCE
    return None if is_free or row.probed_by == mailing else reason


def begin_probe(
    db: Connection, address_hash: str, *, now: datetime, mailing: int, subscriber: int | None = None
) -> bool:
    """Let a mailing be the probe of a suppressed address, on each of its tries; False if another one is.

    When nothing has come back of an earlier probe for `PROBE_PATIENCE`, the suppression is lifted instead,
    and its `subscriber` is not marked as bounced any more.
    """
    own = suppressions.c.address_hash == address_hash
    over = suppressions.c.probed_at <= now - PROBE_PATIENCE
    if db.execute(suppressions.delete().where(own, over)).rowcount:
        db.execute(subscribers.update().where(subscribers.c.id == subscriber).values(bounced_at=None))
        return True
    free = suppressions.c.probed_by.is_(None) | (suppressions.c.probed_by == mailing)
    probe = suppressions.update().where(own, free).values(probed_at=now, probed_by=mailing)
    return db.execute(probe).rowcount == 1


def probe(db: Connection, address_hash: str, *, mailing: int, now: datetime) -> None:
    """Let a mailing try an address that has bounced, although nobody else may."""
    bounced = suppressions.c.reason == SuppressionReason.HARD_BOUNCE.value
    db.execute(
        suppressions.update()
        .where(suppressions.c.address_hash == address_hash, bounced)
        .values(probe_at=now, probed_at=now, probed_by=mailing)
    )


def is_probed_by(db: Connection, address_hash: str, mailing: int) -> bool:
    """Tell whether a mailing was the probe of a suppressed address."""
    row = db.execute(_SUPPRESSION, {"wanted": address_hash}).first()
    return row is not None and row.probed_by == mailing


def end_probe(db: Connection, address_hash: str, *, now: datetime, probe_at: datetime | None) -> None:
    """Note that a probe came back: the address is suppressed anew, until another at `probe_at` or for good.

    It counts from `now` on, because the probe itself was rightly sent.
    """
    values = {"since": now, "probe_at": probe_at, "probed_at": None, "probed_by": None}
    db.execute(suppressions.update().where(suppressions.c.address_hash == address_hash).values(values))


def suppressed(db: Connection, hashes: Collection[str]) -> set[str]:
    """Return those of the hashes under which there is a suppression."""
    if not hashes:
        return set()
    return {row["address_hash"] for row in _SUPPRESSED.rows(db, {"wanted": list(hashes)})}


def _only(statement: Select[Any], name: str | None, state: SubscriptionState | None) -> Select[Any]:
    """Narrow a statement to the subscriptions to one list, or in one state."""
    if name is not None:
        statement = statement.where(subscriptions.c.list == name)
    if state is not None:
        statement = statement.where(subscriptions.c.state == state.value)
    return statement


def _subscriptions(db: Connection, statement: Select[Any]) -> list[Subscription]:
    return [
        Subscription(
            subscriber=row.id,
            public_id=row.public_id,
            address=row.address,
            list=row.list,
            state=SubscriptionState(row.state),
            since=row.since,
            consent=row.consent,
        )
        for row in db.execute(statement.order_by(subscribers.c.id, subscriptions.c.list))
    ]


_WEIGHTS = {
    SuppressionReason.HARD_BOUNCE: 0,
    SuppressionReason.MOVED: 1,
    SuppressionReason.BY_HAND: 2,
    SuppressionReason.COMPLAINT: 3,
    SuppressionReason.ERASED: 3,
}

_SUPPRESSED = Statement(
    select(suppressions.c.address_hash).where(
        suppressions.c.address_hash.in_(bindparam("wanted", expanding=True))
    )
)

_SUPPRESSION = select(suppressions).where(suppressions.c.address_hash == bindparam("wanted"))

_SUBSCRIPTION = (
    subscribers.c.id,
    subscribers.c.public_id,
    subscribers.c.address,
    subscriptions.c.list,
    subscriptions.c.state,
    subscriptions.c.since,
    subscriptions.c.consent,
)
