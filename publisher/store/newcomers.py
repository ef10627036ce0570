"""Adding many readers at once: what is known of them, what comes of each, and writing it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import TypeAlias

from sqlalchemy import Connection, bindparam, exists, select, text

from publisher.model.subscriber import Added, NewSubscriber, SubscriptionState
from publisher.store.bulk import Insert, Rows
from publisher.store.compiled import Statement
from publisher.store.schema import subscribers, subscriptions
from publisher.store.schema_readers import topics
from publisher.store.statements import insert

Place: TypeAlias = tuple[str, str]
"""An address key and a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of some address keys: the numbers of those that are readers, and their subscriptions."""

    ids: dict[str, int] = field(default_factory=dict)
    states: dict[Place, SubscriptionState] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What comes of each person on each list, in order; whom that makes a reader, and of what since when."""

    answers: list[dict[str, Added]]
    admitted: dict[str, NewSubscriber]
    places: dict[Place, datetime | None]


def look(db: Connection, new: Collection[NewSubscriber], *, locked: bool = False) -> Standing:
    """Return what is known of people by now.

    While they are `locked` none of those who are known is removed before the transaction ends.
    """
    standing = Standing()
    if not new:
        return standing
    wanted = {"wanted": [person.address_key for person in new]}
    if locked and db.dialect.name != "sqlite":  # there, nobody else writes
        _LOCK.rows(db, wanted)
    for row in _KNOWN.rows(db, wanted):
        standing.ids[row["address_key"]] = row["id"]
        if row["list"] is not None:
            standing.states[row["address_key"], row["list"]] = SubscriptionState(row["state"])
    return standing


def decide(
    new: Sequence[NewSubscriber],
    standing: Standing,
    *,
    forbidden: Collection[str],
    lists: Sequence[str],
    state: SubscriptionState,
) -> Decided:
    """Say of each person what comes of it; `lists` are for those who bring none of their own. Pure.

    Somebody who has left stays away, and of a suppressed address nothing is kept.
    """
    decided = Decided(answers=[], admitted={}, places={})
    places, states = decided.places, standing.states
    for person in new:
        wanted, key = person.lists or lists, person.address_key
        if person.address_hash in forbidden:
            decided.answers.append(dict.fromkeys(wanted, Added.SUPPRESSED))
            continue
        decided.admitted.setdefault(key, person)
        answer = {}
        for name in wanted:
            place = (key, name)
            found = state if place in places else states.get(place)
            said = Added.ADDED if found is None else _answer(found, state)
            if said is Added.ADDED:
                places[place] = person.since
            answer[name] = said
        decided.answers.append(answer)
    return decided


def write(  # noqa: PLR0913 - what was decided, and what is the same for all
    db: Connection,
    decided: Decided,
    standing: Standing,
    *,
    state: SubscriptionState,
    consent: str,
    now: datetime,
) -> None:
    """Store those who are new, and the subscriptions of all; doing it twice changes nothing more."""
    new = {key: person for key, person in decided.admitted.items() if key not in standing.ids}
    ids = standing.ids | _stored(db, new, now)
    if not decided.places:
        return
    if state is SubscriptionState.ACTIVE:
        _renew(db, decided, standing)
    rows = sorted((ids[key], name, since or now) for (key, name), since in decided.places.items())
    each: dict[str, Sequence[object]] = {
        "subscriber": [row[0] for row in rows],
        "list": [row[1] for row in rows],
    }
    same: dict[str, object] = {"state": state.value, "consent": consent}
    if not any(decided.places.values()):
        same["since"] = now
    else:
        each["since"] = [row[2] for row in rows]
    _SUBSCRIBE.add(db, each, same)


def _renew(db: Connection, decided: Decided, standing: Standing) -> None:
    """Let those who were only pending be as they are told now: a stranger may have typed the rest."""
    confirmed = {key for (key, _), found in standing.states.items() if found is not SubscriptionState.PENDING}
    told = [
        {
            "number": standing.ids[key],
            "spelling": person.address,
            "own_lang": person.lang,
            "role": person.is_role,
            "disposable": person.is_disposable,
        }
        for key in {key for key, _ in decided.places} & standing.ids.keys() - confirmed
        for person in [decided.admitted[key]]
    ]
    if told:
        db.execute(_RENEW, sorted(told, key=itemgetter("number")))


def _answer(found: SubscriptionState, wanted: SubscriptionState) -> Added:
    if found is SubscriptionState.PENDING and wanted is SubscriptionState.ACTIVE:
        return Added.ADDED
    return Added.LEFT if found is SubscriptionState.UNSUBSCRIBED else Added.ALREADY


def _stored(db: Connection, new: Mapping[str, NewSubscriber], now: datetime) -> dict[str, int]:
    """Store people who are new, and return their numbers by address key.

    Numbers are drawn before, so that nobody has to be looked for; only where several write at once (on
    PostgreSQL), somebody else may have been quicker with one of the addresses.
    """
    if not new:
        return {}
    keys = sorted(new)
    people = [new[key] for key in keys]
    ids = dict(zip(keys, _numbers(db, len(keys)), strict=True))
    each: dict[str, Sequence[object]] = {
        "id": list(ids.values()),
        "public_id": [person.public_id for person in people],
        "address": [person.address for person in people],
        "address_key": keys,
    }
    same: dict[str, object] = {}
    for name, of, usual in (
        ("lang", _LANG, None),
        ("is_role", _IS_ROLE, False),
        ("is_disposable", _IS_DISPOSABLE, False),
        ("created_at", _SINCE, None),
    ):
        values = list(map(of, people))
        if values.count(usual) < len(values):
            each[name] = values
    if "created_at" in each:
        each["created_at"] = [since or now for since in each["created_at"]]
    else:
        same["created_at"] = now
    if _STORE.add(db, each, same) < len(keys):
        ids = {row["address_key"]: row["id"] for row in _IDS.rows(db, {"wanted": keys})}
    chosen = [(ids[key], topic) for key, person in new.items() for topic in person.topics]
    if chosen:
        _CHOOSE.add(db, {"subscriber": [one for one, _ in chosen], "topic": [each for _, each in chosen]}, {})
    return ids


def _numbers(db: Connection, count: int) -> Sequence[int]:
    """Return so many numbers that no subscriber has or had."""
    if db.dialect.name == "sqlite":
        last = db.execute(_LAST_ON_SQLITE).scalar() or 0
        return range(last + 1, last + count + 1)
    return db.execute(_NEXT_ON_POSTGRESQL, {"count": count}).scalars().all()


_LANG, _SINCE = attrgetter("lang"), attrgetter("since")
_IS_ROLE, _IS_DISPOSABLE = attrgetter("is_role"), attrgetter("is_disposable")

_LAST_ON_SQLITE = text("SELECT seq FROM sqlite_sequence WHERE name = 'subscribers'")
_NEXT_ON_POSTGRESQL = text(
    "SELECT nextval(pg_get_serial_sequence('subscribers', 'id')) FROM generate_series(1, :count)"
)

_KNOWN = Statement(
    select(subscribers.c.address_key, subscribers.c.id, subscriptions.c.list, subscriptions.c.state)
    .join_from(subscribers, subscriptions, subscriptions.c.subscriber == subscribers.c.id, isouter=True)
    .where(subscribers.c.address_key.in_(bindparam("wanted", expanding=True)))
)

_LOCK = Statement(
    select(subscribers.c.id)
    .where(subscribers.c.address_key.in_(bindparam("wanted", expanding=True)))
    .order_by(subscribers.c.id)
    .with_for_update(read=True, key_share=True)
)

_RENEW = (
    subscribers.update()
    .where(
        subscribers.c.id == bindparam("number"),
        ~exists().where(
            subscriptions.c.subscriber == subscribers.c.id,
            subscriptions.c.state != SubscriptionState.PENDING.value,
        ),
    )
    .values(
        address=bindparam("spelling"),
        lang=bindparam("own_lang"),
        is_role=bindparam("role"),
        is_disposable=bindparam("disposable"),
    )
)

_IDS = Statement(
    select(subscribers.c.address_key, subscribers.c.id).where(
        subscribers.c.address_key.in_(bindparam("wanted", expanding=True))
    )
)

_STORE = Rows(
    lambda db: insert(db, subscribers).on_conflict_do_nothing(index_elements=[subscribers.c.address_key])
)

_CHOOSE = Rows(lambda db: insert(db, topics).on_conflict_do_nothing())


def _subscribing(db: Connection) -> Insert:
    statement = insert(db, subscriptions)
    return statement.on_conflict_do_update(
        index_elements=[subscriptions.c.subscriber, subscriptions.c.list],
        set_={name: statement.excluded[name] for name in ("state", "since", "consent")},
        where=subscriptions.c.state == SubscriptionState.PENDING.value,
    )


_SUBSCRIBE = Rows(_subscribing)
