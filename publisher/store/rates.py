"""Rates that all senders share: one row for a relay, one for a domain at a relay."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from publisher.model.pace import Admitted, Gate, admit, moment_of_us, us_of
from publisher.store.compiled import Statement
from publisher.store.schema_sending import rates
from publisher.store.statements import insert


def take(  # noqa: PLR0913 - all that the answer depends on, by name
    db: Connection, name: str, *, interval_us: int, burst: int, wanted: int, now: datetime
) -> Admitted:
    """Return how many of `wanted` messages may go now at the rate `name`, and when to ask for the next.

    They count as gone once the transaction is committed; until then nobody else gets an answer for this rate.
    `now` is the database's time. Take from one rate, or from several at once by `take_for_each`. Whoever
    takes from one after another in a transaction locks them first: two senders could wait for each other.
    """
    held = _held(db, [name])
    admitted = admit(held[name], us_of(now), interval_us, wanted, burst)
    _keep(db, held, {name: admitted.next_at_us})
    return admitted


def take_for_each(
    db: Connection, asked: Sequence[Collection[Gate]], *, now: datetime
) -> tuple[datetime | None, ...]:
    """Answer for each message, which has to pass all of its gates: None, it may go now; or when to ask again.

    A message that one gate refuses uses up nothing at the others, and those behind it may still go. The
    rates are locked in one order, so senders that take from several never wait for each other in a circle.
    """
    held = _held(db, {gate.name for gates in asked for gate in gates})
    next_at_us = dict(held)
    answers = tuple(_pass(next_at_us, gates, us_of(now)) for gates in asked)
    _keep(db, held, next_at_us)
    return answers


def refused_until(db: Connection, gates: Collection[Gate], *, now: datetime) -> datetime | None:
    """Return when a message that has to pass all gates should ask, None: it would pass. Nothing is taken."""
    names = [gate.name for gate in gates]
    rows = _NEXT.rows(db, {"wanted": names}) if names else []
    kept = {row["name"]: row["next_at_us"] for row in rows}
    return _pass(dict.fromkeys(names, 0) | kept, gates, us_of(now))


def beginning(db: Connection, prefix: str) -> dict[str, int]:
    """Return the rates whose names begin so, with the moment in µs from which on each is as new."""
    found = select(rates.c.name, rates.c.next_at_us).where(rates.c.name.startswith(prefix, autoescape=True))
    return {row.name: row.next_at_us for row in db.execute(found)}


def lock(db: Connection, names: Collection[str]) -> None:
    """Let nobody else get an answer for these rates until the transaction ends."""
    if names:
        _held(db, names)


def _pass(next_at_us: dict[str, int], gates: Collection[Gate], now_us: int) -> datetime | None:
    """Let one message through all gates or through none, and note in `next_at_us` what came of it."""
    answers = {
        gate.name: admit(next_at_us[gate.name], now_us, gate.interval_us, 1, gate.burst) for gate in gates
    }
    refused = [answer for answer in answers.values() if not answer.count]
    next_at_us |= {
        name: answer.next_at_us for name, answer in answers.items() if not (refused and answer.count)
    }
    return moment_of_us(max(answer.retry_at_us for answer in refused)) if refused else None


def _held(db: Connection, names: Collection[str]) -> dict[str, int]:
    """Return what is kept of these rates, and keep others from them until the transaction ends.

    Missing rows are made first and in the same order, since a new row keeps others waiting, too.
    """
    rows = select(rates.c.name, rates.c.next_at_us).where(rates.c.name.in_(names)).order_by(rates.c.name)
    missing = sorted(set(names) - set(db.scalars(rows)))
    for name in missing:
        new = insert(db, rates).values(name=name, next_at_us=0)
        db.execute(new.on_conflict_do_nothing(index_elements=[rates.c.name]))
    held = {row.name: row.next_at_us for row in db.execute(rows.with_for_update())}
    return held if len(held) == len(set(names)) else _held(db, names)  # a purge has come between


def _keep(db: Connection, held: dict[str, int], next_at_us: dict[str, int]) -> None:
    """Write what has changed."""
    changed = [{"of_name": name, "then": next_at_us[name]} for name in held if next_at_us[name] != held[name]]
    if changed:
        db.execute(_KEEP, changed)


_KEEP = rates.update().where(rates.c.name == bindparam("of_name")).values(next_at_us=bindparam("then"))

_NEXT = Statement(
    select(rates.c.name, rates.c.next_at_us).where(rates.c.name.in_(bindparam("wanted", expanding=True)))
)
