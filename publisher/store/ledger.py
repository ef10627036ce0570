"""One batch of the ledger while it changes: deliveries, counts and the due moment stay true to each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Connection, SmallInteger, and_, bindparam, func, or_, select

from publisher.model.delivery import DeliveryState, MailingState, Outcome
from publisher.store.columns import DELIVERY_CODES, second_of
from publisher.store.compiled import Row, Statement
from publisher.store.mailings import amend_account
from publisher.store.schema import subscribers, subscriptions
from publisher.store.schema_sending import batches, deliveries, delivery_errors, mailing_templates, mailings
from publisher.store.statements import insert


@dataclass(frozen=True, slots=True)
class Move:
    """A delivery that changes from `old` to `new`, with so many more `tries` and its next try at `due_at`."""

    subscriber: int
    old: DeliveryState
    new: DeliveryState
    due_at: datetime | None = None
    tries: int = 0


class Page:
    """A batch that is open for changes; nobody else can open it until the transaction ends.

    `row` is the batch as it was, with the `mailing_state` of its mailing. What was moved counts once the page
    is closed.
    """

    def __init__(self, db: Connection, mailing: int, number: int, now: datetime) -> None:
        (self.row,) = _BATCH.rows(db, {"of_mailing": mailing, "of_number": number})
        self._db = db
        self.now = now
        self._second = second_of(now)
        self._moved: Counter[DeliveryState] = Counter()
        self._range = {
            "of_mailing": mailing,
            "first": self.row["first_subscriber"],
            "last": self.row["last_subscriber"],
        }

    @property
    def can_send(self) -> bool:
        """Whether deliveries of this batch may be handed out now."""
        return self.row["mailing_state"] == MailingState.SENDING.value and not self.row["parked"]

    def due(self) -> list[int]:
        """Return the subscribers whose deliveries are due, in order."""
        return list(self._db.execute(_DUE, {**self._range, "now": self.now}).scalars())

    def facts(self, subscribers: Collection[int]) -> dict[int, Row]:
        """Return the deliveries to these subscribers, with what is known of each reader now."""
        wanted = {"of_mailing": self.row["mailing"], "wanted": list(subscribers)}
        return {row["subscriber"]: row for row in _FACTS.rows(self._db, wanted)}

    def in_state(self, state: DeliveryState) -> list[int]:
        """Return the subscribers whose deliveries are in `state`."""
        return list(self._db.execute(_IN_STATE, {**self._range, "wanted": state}).scalars())

    def move(
        self,
        subscriber: int,
        old: DeliveryState,
        new: DeliveryState,
        *,
        due_at: datetime | None = None,
        tries: int = 0,
    ) -> bool:
        """Move a delivery from `old` to `new` and add `tries` to its tries; False if it is not in `old`."""
        return self.move_all([Move(subscriber, old, new, due_at, tries)])

    def move_all(self, moves: Sequence[Move]) -> bool:
        """Make these moves; return False if some deliveries are not in their `old` state and stay."""
        if not moves:
            return True
        changed = _MOVE.change(
            self._db,
            *(
                {
                    "of_mailing": self.row["mailing"],
                    "of_subscriber": move.subscriber,
                    "old": DELIVERY_CODES[move.old],
                    "new": DELIVERY_CODES[move.new],
                    "done": self._second,
                    "due": None if move.due_at is None else second_of(move.due_at),
                    "tries": move.tries,
                }
                for move in moves
            ),
        )
        if changed != len(moves):
            if changed:
                self._count_anew()
            return False
        for move in moves:
            self._moved[move.old] -= 1
            self._moved[move.new] += 1
        return True

    def note(
        self, subscriber: int, state: DeliveryState, text: str, *, outcome: Outcome | None = None
    ) -> None:
        """Keep the words about a delivery that was not simply accepted."""
        key = {"mailing": self.row["mailing"], "subscriber": subscriber, "at": self.now}
        words = {
            "state": state,
            "code": outcome.code if outcome else None,
            "enhanced": outcome.enhanced if outcome else "",
            "stage": outcome.stage.value if outcome else "",
            "text": text,
        }
        statement = insert(self._db, delivery_errors).values(key | words)
        self._db.execute(statement.on_conflict_do_update(index_elements=list(key), set_=words))

    def close(self, **columns: object) -> None:
        """Write the counts and the due moment, and `columns` of the batch with them."""
        counts = {state: self.row[name] + self._moved[state] for state, name in _COLUMNS.items()}
        key = {"of_mailing": self.row["mailing"], "of_number": self.row["number"]}
        changed = {name: counts[state] for state, name in _COLUMNS.items()}
        _CLOSE.change(self._db, {**key, **changed, "due_at": self._due_at(counts), **columns})
        if any(self._moved[state] < 0 for state in _LEFT_BY_ENDED):
            amend_account(self._db, self.row["mailing"], self._moved)

    def _count_anew(self) -> None:
        """Take from the deliveries what was moved, where some moves were made and others were not."""
        found = {row.state: row.count for row in self._db.execute(_COUNTS, self._range)}
        self._moved = Counter({state: found.get(state, 0) - self.row[state.value] for state in DeliveryState})

    def _due_at(self, counts: dict[DeliveryState, int]) -> datetime | None:
        """Return when something here can be sent, or has to be looked after, None if nothing is left."""
        if self.row["mailing_state"] == MailingState.CANCELLED.value and not counts[DeliveryState.SENDING]:
            return None
        if counts[DeliveryState.PENDING] or counts[DeliveryState.SENDING]:
            return min(self.row["due_at"] or self.now, self.now)
        earliest: datetime | None = self._db.execute(_EARLIEST, self._range).scalar()
        return earliest


_COLUMNS = {state: state.value for state in DeliveryState}
"""The columns of a batch that count deliveries; to ask each state for its name takes ten times as long."""

_LEFT_BY_ENDED = (DeliveryState.UNCERTAIN, DeliveryState.REJECTED)
"""Out of these states deliveries move also when their mailing has ended, and has its counts summed up."""

IN_ITS_BATCH = and_(
    deliveries.c.mailing == batches.c.mailing,
    deliveries.c.subscriber.between(batches.c.first_subscriber, batches.c.last_subscriber),
)
"""How deliveries are joined to the batches in whose ranges they are."""

SAID_LAST = and_(
    delivery_errors.c.mailing == deliveries.c.mailing,
    delivery_errors.c.subscriber == deliveries.c.subscriber,
    delivery_errors.c.at
    == select(func.max(delivery_errors.c.at))
    .where(
        delivery_errors.c.mailing == deliveries.c.mailing,
        delivery_errors.c.subscriber == deliveries.c.subscriber,
    )
    .correlate(deliveries)
    .scalar_subquery(),
)
"""How the last words about deliveries are joined to them."""

_BATCH = Statement(
    select(batches, mailings.c.state.label("mailing_state"))
    .join_from(batches, mailings)
    .where(batches.c.mailing == bindparam("of_mailing"), batches.c.number == bindparam("of_number"))
    .with_for_update(of=batches)
)

_CLOSE = Statement(
    batches.update().where(
        batches.c.mailing == bindparam("of_mailing"), batches.c.number == bindparam("of_number")
    )
)
"""What it sets are the other values that it is executed with."""

_HERE = (
    deliveries.c.mailing == bindparam("of_mailing"),
    deliveries.c.subscriber.between(bindparam("first"), bindparam("last")),
)

_DUE = (
    select(deliveries.c.subscriber)
    .where(
        *_HERE,
        or_(deliveries.c.state == DeliveryState.PENDING, deliveries.c.due_at <= bindparam("now")),
    )
    .order_by(deliveries.c.subscriber)
)

_FACTS = Statement(
    select(
        deliveries.c.subscriber,
        deliveries.c.state,
        deliveries.c.attempts,
        deliveries.c.due_at,
        mailing_templates.c.list,
        subscribers.c.public_id,
        subscribers.c.address,
        subscribers.c.address_key,
        subscribers.c.counts_clicks,
        subscriptions.c.state.label("subscription"),
    )
    .join_from(
        deliveries,
        mailing_templates,
        (mailing_templates.c.mailing == deliveries.c.mailing)
        & (mailing_templates.c.position == deliveries.c.list),
    )
    .outerjoin(subscribers, subscribers.c.id == deliveries.c.subscriber)
    .outerjoin(
        subscriptions,
        (subscriptions.c.subscriber == deliveries.c.subscriber)
        & (subscriptions.c.list == mailing_templates.c.list),
    )
    .where(
        deliveries.c.mailing == bindparam("of_mailing"),
        deliveries.c.subscriber.in_(bindparam("wanted", expanding=True)),
    )
)

_IN_STATE = (
    select(deliveries.c.subscriber)
    .where(*_HERE, deliveries.c.state == bindparam("wanted"))
    .order_by(deliveries.c.subscriber)
)

_COUNTS = select(deliveries.c.state, func.count().label("count")).where(*_HERE).group_by(deliveries.c.state)

_EARLIEST = select(func.min(deliveries.c.due_at)).where(*_HERE)

_MOVE = Statement(
    deliveries.update()
    .where(
        deliveries.c.mailing == bindparam("of_mailing"),
        deliveries.c.subscriber == bindparam("of_subscriber"),
        deliveries.c.state == bindparam("old", type_=SmallInteger),
    )
    .values(
        state=bindparam("new", type_=SmallInteger),
        done_at=bindparam("done", type_=BigInteger),
        due_at=bindparam("due", type_=BigInteger),
        attempts=deliveries.c.attempts + bindparam("tries"),
    )
)
