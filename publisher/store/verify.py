"""The invariants of the database: what must be true at any moment, as questions that find what is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import reduce
from operator import add
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    Subquery,
    Table,
    and_,
    case,
    exists,
    func,
    or_,
    select,
)

from publisher.model.delivery import DeliveryState, MailingState
from publisher.model.subscriber import SubscriptionState
from publisher.store.schema import keys, subscribers, subscriptions
from publisher.store.schema_sending import (
    accounts,
    batches,
    deliveries,
    delivery_errors,
    mailing_templates,
    mailings,
    suppressions,
)
from publisher.store.verify_stored import database_faults, stored_faults

IN_FLIGHT: Final = timedelta(minutes=10)
"""So long may a message have been on its way when its reader left; `done_at` is the moment of the answer."""

_STREAM: Final = {"yield_per": 2000}
"""So many rows are in memory at once."""

_S: Final = DeliveryState


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the database does not know.

    `most_sending` messages of one worker may be on their way; `suppressed_hash` is what a suppression keeps
    of an address, given by its key.
    """

    most_sending: int
    suppressed_hash: Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Invariant:
    """One thing that must be true: its code, which keeps its meaning for ever, a sentence, and a question.

    `faults` reads without writing, and yields a sentence for each thing that is otherwise.
    """

    code: str
    sentence: str
    faults: Callable[[Connection, Facts], Iterator[str]]


def _accounting(db: Connection, _: Facts) -> Iterator[str]:
    found = {state: func.count().filter(deliveries.c.state == state) for state in _S}
    differs = or_(*(batches.c[state.value] != count for state, count in found.items()))
    columns = [count.label(f"found_{state}") for state, count in found.items()]
    for row in _streamed(db, _by_batch(batches, *columns).having(differs)):
        wrong = (
            f"{row[state.value]:,} {state} where {row[f'found_{state}']:,} are"
            for state in _S
            if row[state.value] != row[f"found_{state}"]
        )
        yield f"batch {row['number']} of {row['issue']} counts {', '.join(wrong)}"


def _partition(db: Connection, _: Facts) -> Iterator[str]:
    total = reduce(add, (batches.c[state.value] for state in _S))
    counted = _per_mailing(batches, func.sum(total))
    rows = _per_mailing(deliveries, func.count())
    sums = (func.coalesce(counted.c.found, 0), func.coalesce(rows.c.found, 0))
    wrong = (
        select(mailings.c.issue, mailings.c.audience, sums[0].label("counted"), sums[1].label("rows"))
        .join_from(mailings, counted, counted.c.mailing == mailings.c.id, isouter=True)
        .join(rows, rows.c.mailing == mailings.c.id, isouter=True)
        .where(or_(*(mailings.c.audience != each for each in sums)), mailings.c.forgotten_at.is_(None))
    )
    for row in _streamed(db, wrong.order_by(mailings.c.id)):
        yield (
            f"the audience of {row['issue']} is {row['audience']:,}, its batches count {row['counted']:,}, "
            f"and there are {row['rows']:,} deliveries"
        )
    yield from _overlaps(db)
    yield from _stale_accounts(db)


def _overlaps(db: Connection) -> Iterator[str]:
    before = func.lag(batches.c.last_subscriber).over(
        partition_by=batches.c.mailing, order_by=(batches.c.first_subscriber, batches.c.number)
    )
    ranges = select(
        batches.c.mailing, batches.c.number, batches.c.first_subscriber, before.label("before")
    ).subquery()
    overlapping = select(mailings.c.issue, ranges.c.number).join_from(
        ranges, mailings, mailings.c.id == ranges.c.mailing
    )
    for row in _streamed(db, overlapping.where(ranges.c.before >= ranges.c.first_subscriber)):
        yield f"batch {row['number']} of {row['issue']} has readers of the batch before it"


def _stale_accounts(db: Connection) -> Iterator[str]:
    sums = (
        select(batches.c.mailing, *(func.sum(batches.c[state.value]).label(state.value) for state in _S))
        .group_by(batches.c.mailing)
        .subquery()
    )
    stale = (
        select(mailings.c.issue)
        .join_from(accounts, mailings)
        .outerjoin(sums, sums.c.mailing == accounts.c.mailing)
        .where(or_(*(accounts.c[state.value] != func.coalesce(sums.c[state.value], 0) for state in _S)))
        .where(mailings.c.forgotten_at.is_(None))
    )
    for row in _streamed(db, stale):
        yield f"the last counts of {row['issue']} are not the sums of its batches"


def _once_each(db: Connection, _: Facts) -> Iterator[str]:
    """Ask by the spelling in small letters: two readers with one key cannot be stored at all."""
    spelling = func.lower(subscribers.c.address)
    several = select(spelling).group_by(spelling).having(func.count() > 1)
    twice = (
        select(mailings.c.issue, spelling.label("address"), func.count().label("times"))
        .join_from(subscribers, deliveries, deliveries.c.subscriber == subscribers.c.id)
        .join(mailings, mailings.c.id == deliveries.c.mailing)
        .where(spelling.in_(several))
        .group_by(mailings.c.id, mailings.c.issue, spelling)
        .having(func.count() > 1)
    )
    for row in _streamed(db, twice):
        yield f"{row['address']} is {row['times']} times in the audience of {row['issue']}"


def _nobody_unwilling(db: Connection, facts: Facts) -> Iterator[str]:
    left = (
        select(mailings.c.issue, subscribers.c.address, subscriptions.c.since, deliveries.c.done_at)
        .join_from(subscriptions, mailing_templates, mailing_templates.c.list == subscriptions.c.list)
        .join(mailings, mailings.c.id == mailing_templates.c.mailing)
        .join(
            deliveries,
            and_(
                deliveries.c.mailing == mailings.c.id,
                deliveries.c.subscriber == subscriptions.c.subscriber,
                deliveries.c.list == mailing_templates.c.position,
            ),
        )
        .join(subscribers, subscribers.c.id == subscriptions.c.subscriber)
        .where(
            subscriptions.c.state != SubscriptionState.ACTIVE.value,
            or_(mailings.c.finished_at.is_(None), mailings.c.finished_at > subscriptions.c.since),
            _SURELY_MAILED,
        )
    )
    for row in _streamed(db, left):
        if row["done_at"] > row["since"] + IN_FLIGHT:
            yield f"{row['address']} left at {row['since']}, and {row['issue']} went out at {row['done_at']}"
    yield from _suppressed(db, facts)


def _suppressed(db: Connection, facts: Facts) -> Iterator[str]:
    """Hash every address, because nobody can tell from a suppression whose it is."""
    since = {
        row["address_hash"]: (row["since"], row["probe_at"]) for row in _streamed(db, select(suppressions))
    }
    if not since:
        return
    mailed = select(mailings.c.issue, deliveries.c.done_at).join(
        deliveries, deliveries.c.mailing == mailings.c.id
    )
    readers = select(subscribers.c.id, subscribers.c.address_key)
    for reader, address_key in db.execute(readers, execution_options=_STREAM):
        begun, probe_at = since.get(facts.suppressed_hash(address_key), (None, None))
        if begun is None:
            continue
        for mail in db.execute(mailed.where(deliveries.c.subscriber == reader, _SURELY_MAILED)):
            if mail.done_at > begun + IN_FLIGHT and (probe_at is None or mail.done_at < probe_at):
                yield f"{address_key} is suppressed since {begun}; {mail.issue} went out at {mail.done_at}"


def _leased(db: Connection, facts: Facts) -> Iterator[str]:
    unleased = select(mailings.c.issue, batches.c.number, batches.c.sending).join_from(batches, mailings)
    unleased = unleased.where(batches.c.sending > 0, batches.c.lease_until.is_(None))
    for row in _streamed(db, unleased):
        yield f"batch {row['number']} of {row['issue']} has {row['sending']} on their way and no worker"
    busy = (
        select(batches.c.worker, func.sum(batches.c.sending).label("sending"))
        .where(batches.c.sending > 0, batches.c.worker.is_not(None))
        .group_by(batches.c.worker)
        .having(func.sum(batches.c.sending) > facts.most_sending)
    )
    for row in _streamed(db, busy):
        yield (
            f"worker {row['worker']} has {row['sending']} messages on their way over {facts.most_sending} "
            "connections"
        )


def _due(db: Connection, _: Facts) -> Iterator[str]:
    still_open = (
        batches.c.pending + batches.c.sending + batches.c.deferred > 0,
        batches.c.due_at.is_not(None),
    )
    unfinished = select(mailings.c.issue).join_from(mailings, batches).distinct()
    for row in _streamed(db, unfinished.where(mailings.c.state == MailingState.SENT.value, or_(*still_open))):
        yield f"{row['issue']} is called sent, and something of it is open"
    earliest = func.min(deliveries.c.due_at)
    at_once = batches.c.pending + batches.c.sending > 0
    forgotten = and_(batches.c.due_at.is_(None), or_(at_once, earliest.is_not(None)))
    differs = and_(~at_once, batches.c.lease_until.is_(None), batches.c.due_at.is_distinct_from(earliest))
    is_cancelled = mailings.c.state == MailingState.CANCELLED.value
    left_over = and_(batches.c.due_at.is_not(None), batches.c.sending == 0)
    wrong = case((is_cancelled, left_over), else_=or_(forgotten, differs))
    for row in _streamed(db, _by_batch(batches).having(wrong)):
        yield f"batch {row['number']} of {row['issue']} is due at {row['due_at']}, which is not right"


def _tries(db: Connection, _: Facts) -> Iterator[str]:
    tried = (_S.ACCEPTED, _S.REJECTED, _S.UNCERTAIN)
    explained = (_S.DEFERRED, _S.REJECTED, _S.SUPPRESSED, _S.UNCERTAIN)
    has_words = exists().where(
        delivery_errors.c.mailing == deliveries.c.mailing,
        delivery_errors.c.subscriber == deliveries.c.subscriber,
    )
    rules = {
        "without a try": and_(deliveries.c.attempts == 0, deliveries.c.state.in_(tried)),
        "without a word why": and_(deliveries.c.state.in_(explained), ~has_words),
    }
    for words, rule in rules.items():
        rows = select(mailings.c.issue, deliveries.c.subscriber, deliveries.c.state)
        rows = rows.join_from(deliveries, mailings, mailings.c.id == deliveries.c.mailing).where(rule)
        for row in _streamed(db, rows):
            yield f"{row['issue']} to subscriber {row['subscriber']} is {row['state']} {words}"
    keyless = select(mailings.c.issue).where(mailings.c.kid.not_in(select(keys.c.kid)))
    for row in _streamed(db, keyless):
        yield f"the key is gone from which the Message-IDs of {row['issue']} were made"


def _database(db: Connection, _: Facts) -> Iterator[str]:
    return database_faults(db)


def _stored(db: Connection, _: Facts) -> Iterator[str]:
    return stored_faults(db)


INVARIANTS: Final = (
    Invariant(code="I1", sentence="each batch counts the deliveries that it has", faults=_accounting),
    Invariant(code="I2", sentence="the batches are the audience, everybody once", faults=_partition),
    Invariant(code="I3", sentence="nobody is in an audience twice", faults=_once_each),
    Invariant(code="I4", sentence="nobody was mailed who had left", faults=_nobody_unwilling),
    Invariant(code="I5", sentence="what is on its way has a worker, which has few", faults=_leased),
    Invariant(code="I6", sentence="what is open is due, what is sent is done", faults=_due),
    Invariant(code="I7", sentence="tries are counted, and trouble has its words", faults=_tries),
    Invariant(code="I8", sentence="the database itself is sound", faults=_database),
    Invariant(code="I9", sentence="what is public is whole, and feeds are well-formed", faults=_stored),
)
"""Everything that `publisher verify` looks at, in this order."""


def _by_batch(*columns: object) -> Select[tuple[object, ...]]:
    """Select batches with their issues, together with the deliveries in their ranges."""
    return (
        select(mailings.c.issue, *columns)
        .join_from(batches, mailings)
        .outerjoin(
            deliveries,
            and_(
                deliveries.c.mailing == batches.c.mailing,
                deliveries.c.subscriber.between(batches.c.first_subscriber, batches.c.last_subscriber),
            ),
        )
        .group_by(batches.c.mailing, batches.c.number, mailings.c.id)
        .order_by(batches.c.mailing, batches.c.number)
    )


def _per_mailing(table: Table, found: ColumnElement[int]) -> Subquery:
    return select(table.c.mailing, found.label("found")).group_by(table.c.mailing).subquery()


def _streamed(db: Connection, statement: Select[Any]) -> Iterator[RowMapping]:
    yield from db.execute(statement, execution_options=_STREAM).mappings()


_SURELY_MAILED = and_(
    deliveries.c.state == DeliveryState.ACCEPTED,
    ~exists().where(
        delivery_errors.c.mailing == deliveries.c.mailing,
        delivery_errors.c.subscriber == deliveries.c.subscriber,
        delivery_errors.c.state == DeliveryState.UNCERTAIN,
    ),
)
"""What was uncertain once may have become accepted long after it was handed over, by a report."""
