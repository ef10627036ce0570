"""How many mails about their own affairs readers can ask for: a link that was passed on floods nobody."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from publisher.model.pace import Gate
from publisher.model.reader_notices import ReaderNotice
from publisher.store import rates

A_DAY: Final = 3
"""So many mails of each kind one reader can ask for in a day."""

_INTERVAL_US: Final = timedelta(days=1) // A_DAY // timedelta(microseconds=1)


def may_be_written_to(
    db: Connection, subscriber: int, kind: ReaderNotice, *, now: datetime, to: str = ""
) -> bool:
    """Take one mail of a kind out of a reader's budget; return False if nothing is left.

    Where it goes `to` another address, given as its hash, that one has a budget as well.
    """
    names = [f"reader {subscriber} {kind.value}", *([f"address {to}"] if to else [])]
    gates = [Gate(name=name, interval_us=_INTERVAL_US, burst=A_DAY) for name in names]
    return rates.take_for_each(db, [gates], now=now) == (None,)


def may_say(db: Connection, subscriber: int, what: str, *, now: datetime, times: int = 1) -> bool:
    """Take one word to us, such as a reason, out of a reader's budget; return False if nothing is left.

    That of some words is `times` as large.
    """
    most = A_DAY * times
    gate = Gate(name=f"reader {subscriber} {what}", interval_us=_INTERVAL_US // times, burst=most)
    return rates.take_for_each(db, [[gate]], now=now) == (None,)
