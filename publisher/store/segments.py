"""Segments as conditions of a database; every value of a filter is a bound parameter, never text of SQL.

A condition holds or does not: what is not known of a reader counts as not there, so NOT means all others.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Exists, Select, and_, exists, func, not_, or_, select, true

from publisher.model.audience import EVERYBODY, Selection
from publisher.model.filters import Either, Every, Field, Filter, Flag, Has, Is, Joined, Not, Sign
from publisher.model.shelves import tag_name
from publisher.model.subscriber import SubscriptionState
from publisher.model.timetable import instant
from publisher.store.schema import subscribers, subscriptions
from publisher.store.schema_readers import topics

_READER: Final = subscriptions.c.subscriber


def count(db: Connection, lists: Collection[str], chosen: Selection = EVERYBODY) -> int:
    """Return how many active readers of `lists` are chosen; who is on several of them is counted once."""
    if not lists:
        return 0
    counted = func.count(_READER if len(lists) == 1 else _READER.distinct())
    return int(db.execute(readers(select(counted), lists, chosen)).scalar_one())


def unchosen(db: Connection, tags: Iterable[str]) -> tuple[str, ...]:
    """Return those of the tags that no reader has chosen as a topic."""
    wanted = {tag: tag_name(tag) for tag in tags}
    rows = db.execute(select(topics.c.topic).distinct().where(topics.c.topic.in_(wanted.values())))
    chosen = set(rows.scalars())
    return tuple(tag for tag, name in wanted.items() if name not in chosen)


def readers(statement: Select[Any], lists: Collection[str], chosen: Selection = EVERYBODY) -> Select[Any]:
    """Narrow a statement over subscriptions to those that are active, on one of `lists`, and chosen."""
    names = tuple(lists)
    on_list = subscriptions.c.list == names[0] if len(names) == 1 else subscriptions.c.list.in_(names)
    statement = statement.select_from(subscriptions).where(on_list, _is_active(subscriptions))
    if chosen.segment is not None:
        if _asks_for_the_person(chosen.segment):
            statement = statement.join(subscribers, subscribers.c.id == _READER)
        compiler = _Compiler(zone=chosen.zone, only=names[0] if len(names) == 1 else "")
        statement = statement.where(*compiler.together(chosen.segment))
    if chosen.topics:
        has_none = ~exists().where(topics.c.subscriber == _READER)
        statement = statement.where(or_(has_none, _chose(chosen.topics)))
    return statement


class _Compiler:
    """Makes conditions of filters; `only` is the list that all of the subscriptions are to, if it is one."""

    def __init__(self, *, zone: str, only: str) -> None:
        self._zone = zone
        self._only = only

    def together(self, found: Filter) -> list[ColumnElement[bool]]:
        """Return conditions that must all hold.

        Topics among them are a set in which readers are looked for: SQLite walks along it instead of along
        the list, which takes a third of the time.
        """
        parts = found.parts if isinstance(found, Every) else (found,)
        return [
            _READER.in_(_those_who_chose(wanted)) if (wanted := _topics_of(part)) else self.condition(part)
            for part in parts
        ]

    def condition(self, found: Filter) -> ColumnElement[bool]:
        """Return what is true of exactly those readers for whom the filter holds."""
        if wanted := _topics_of(found):
            return _chose(wanted)
        match found:
            case Not():
                return not_(self.condition(found.part))
            case Every() | Either():
                return _TOGETHER[type(found)](*map(self.condition, found.parts))
            case Joined():
                return _JOINED[found.sign](*_ends(found.day, self._zone))
            case Is():
                return _FLAGS[found.flag]
            case Has():
                return true() if _is_list(found, self._only) else _FIELDS[found.field](found.value)


def _topics_of(found: Filter) -> frozenset[str]:
    """Return the topics of which a filter wants one, if it wants nothing else."""
    parts = found.parts if isinstance(found, Either) else (found,)
    tags = [part.value for part in parts if isinstance(part, Has) and part.field is Field.TAG]
    return frozenset(map(tag_name, tags)) if len(tags) == len(parts) else frozenset()


def _asks_for_the_person(found: Filter) -> bool:
    """Return whether a filter asks for what is kept of the reader, and not only of lists and topics."""
    match found:
        case Not():
            return _asks_for_the_person(found.part)
        case Every() | Either():
            return any(map(_asks_for_the_person, found.parts))
        case Has():
            return found.field in (Field.LANG, Field.DOMAIN)
        case _:
            return True


def _those_who_chose(wanted: Iterable[str]) -> Select[tuple[int]]:
    return select(topics.c.subscriber).where(topics.c.topic.in_(sorted(wanted)))


def _chose(wanted: Iterable[str]) -> Exists:
    return exists().where(topics.c.subscriber == _READER, topics.c.topic.in_(sorted(wanted)))


def _is_active(table: Any) -> ColumnElement[bool]:  # noqa: ANN401 - the table, or the same under another name
    condition: ColumnElement[bool] = table.c.state == SubscriptionState.ACTIVE.value
    return condition


def _is_list(found: Has, name: str) -> bool:
    return found.field is Field.LIST and found.value == name


def _reads(name: str) -> Exists:
    other = subscriptions.alias()
    return exists().where(other.c.list == name, _is_active(other), other.c.subscriber == _READER)


def _speaks(lang: str) -> ColumnElement[bool]:
    own = func.lower(func.coalesce(subscribers.c.lang, ""))
    return or_(own == lang, own.startswith(f"{lang}-", autoescape=True))


def _is_at(domain: str) -> ColumnElement[bool]:
    return subscribers.c.address_key.endswith(f"@{domain}", autoescape=True)


def _ends(day: date, zone: str) -> tuple[datetime, datetime]:
    """Return when a day begins and when it is over."""
    first, next_ = (instant(each, time(), zone)[0] for each in (day, day + timedelta(days=1)))
    return first, next_


_TOGETHER: Final[dict[type[Filter], Callable[..., ColumnElement[bool]]]] = {Every: and_, Either: or_}

_CREATED: Final = subscribers.c.created_at

_JOINED: Final[dict[Sign, Callable[[datetime, datetime], ColumnElement[bool]]]] = {
    Sign.BEFORE: lambda first, _: first > _CREATED,
    Sign.UNTIL: lambda _, next_: next_ > _CREATED,
    Sign.SINCE: lambda first, _: first <= _CREATED,
    Sign.AFTER: lambda _, next_: next_ <= _CREATED,
    Sign.ON: lambda first, next_: and_(first <= _CREATED, next_ > _CREATED),
}

_FIELDS: Final[dict[Field, Callable[[str], ColumnElement[bool]]]] = {
    Field.LIST: _reads,
    Field.TAG: lambda tag: _chose((tag_name(tag),)),
    Field.LANG: _speaks,
    Field.DOMAIN: _is_at,
}

_FLAGS: Final[dict[Flag, ColumnElement[bool]]] = {
    Flag.BOUNCED: subscribers.c.bounced_at.is_not(None),
    Flag.COMPLAINED: subscribers.c.complained_at.is_not(None),
    Flag.ROLE: subscribers.c.is_role.is_(true()),
    Flag.DISPOSABLE: subscribers.c.is_disposable.is_(true()),
}
