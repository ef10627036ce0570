"""Readers and filters for tests of segments, and what a filter means, said a second time in plain Python."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from sqlalchemy import Connection

from publisher.model.filters import Either, Every, Field, Filter, Flag, Has, Is, Joined, Not, Sign
from publisher.model.shelves import tag_name
from publisher.model.subscriber import SubscriptionState
from publisher.store.schema import subscribers, subscriptions
from publisher.store.schema_readers import topics
from tests.databases import NOW

ZONE = "Europe/Madrid"
LISTS = ("weekly", "daily", "extra")
TAGS = ("energy", "Heat Pumps", "c++", "50%", "a_b")
LANGS = ("en", "pt", "pt-BR", "de")
DOMAINS = ("example.org", "sub.example.org", "my-example.org", "xn--bcher-kva.example")
DAYS = tuple(date(2026, 3, day) for day in (27, 28, 29, 30))
"""Around the night in which the clocks go forward."""

STATES = tuple(SubscriptionState)

filters = st.recursive(
    st.one_of(
        st.builds(Has, st.just(Field.LIST), st.sampled_from(LISTS)),
        st.builds(Has, st.just(Field.TAG), st.sampled_from(TAGS)),
        st.builds(Has, st.just(Field.LANG), st.sampled_from([lang.lower() for lang in LANGS])),
        st.builds(Has, st.just(Field.DOMAIN), st.sampled_from(DOMAINS)),
        st.builds(Joined, st.sampled_from(Sign), st.sampled_from(DAYS)),
        st.builds(Is, st.sampled_from(Flag)),
    ),
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: Every(tuple(parts))),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: Either(tuple(parts))),
    ),
    max_leaves=6,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A reader as the database knows one."""

    states: Mapping[str, SubscriptionState]
    topics: frozenset[str] = frozenset()
    lang: str | None = None
    domain: str = "example.org"
    created_at: datetime = NOW
    flags: frozenset[Flag] = field(default_factory=frozenset)

    def is_active_on(self, name: str) -> bool:
        return self.states.get(name) is SubscriptionState.ACTIVE


def some_readers(count: int) -> list[Reader]:
    """Return so many readers of all kinds, who are the same each time."""
    chance = random.Random(6)  # noqa: S311 - nobody has to guess them
    return [
        Reader(
            states={
                name: chance.choice((SubscriptionState.ACTIVE, SubscriptionState.ACTIVE, *STATES))
                for name in chance.sample(LISTS, chance.randint(0, 3))
            },
            topics=frozenset(chance.sample(TAGS, chance.choice((0, 0, 1, 2)))),
            lang=chance.choice((None, *LANGS)),
            domain=chance.choice(DOMAINS),
            created_at=datetime(2026, 3, 27, tzinfo=UTC) + timedelta(minutes=chance.randint(0, 5_000)),
            flags=frozenset(chance.sample(tuple(Flag), chance.choice((0, 0, 1, 2)))),
        )
        for _ in range(count)
    ]


def holds(found: Filter, reader: Reader) -> bool:
    """Return whether a filter holds for a reader."""
    match found:
        case Not():
            return not holds(found.part, reader)
        case Every():
            return all(holds(part, reader) for part in found.parts)
        case Either():
            return any(holds(part, reader) for part in found.parts)
        case Is():
            return found.flag in reader.flags
        case Joined():
            return _compared(found, reader.created_at.astimezone(ZoneInfo(ZONE)).date())
        case Has():
            return _has(found, reader)


def add(db: Connection, everybody: list[Reader]) -> None:
    """Add readers, numbered from 1."""
    for number, reader in enumerate(everybody, 1):
        moments = {
            f"{flag}_at": NOW if flag in reader.flags else None for flag in (Flag.BOUNCED, Flag.COMPLAINED)
        }
        address = f"reader{number}@{reader.domain}"
        db.execute(
            subscribers.insert().values(
                id=number,
                public_id=f"p{number}",
                address=address,
                address_key=address,
                lang=reader.lang,
                created_at=reader.created_at,
                is_role=Flag.ROLE in reader.flags,
                is_disposable=Flag.DISPOSABLE in reader.flags,
                **moments,
            )
        )
        for name, state in reader.states.items():
            values = {"subscriber": number, "list": name, "state": state, "since": NOW, "consent": "a test"}
            db.execute(subscriptions.insert().values(values))
        for topic in reader.topics:
            db.execute(topics.insert().values(subscriber=number, topic=tag_name(topic)))


def _has(found: Has, reader: Reader) -> bool:
    lang = (reader.lang or "").lower()
    return {
        Field.LIST: reader.is_active_on(found.value),
        Field.TAG: tag_name(found.value) in set(map(tag_name, reader.topics)),
        Field.LANG: lang == found.value or lang.startswith(f"{found.value}-"),
        Field.DOMAIN: reader.domain == found.value,
    }[found.field]


def _compared(found: Joined, day: date) -> bool:
    return {
        Sign.BEFORE: day < found.day,
        Sign.UNTIL: day <= found.day,
        Sign.SINCE: day >= found.day,
        Sign.AFTER: day > found.day,
        Sign.ON: day == found.day,
    }[found.sign]
