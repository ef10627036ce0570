"""Verifying: asking the database whether everything that must be true is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import islice

from sqlalchemy import Connection

from publisher.actions.addressing import address_hash, suppression_secret
from publisher.app import Publisher
from publisher.store import keys, mailings
from publisher.store.verify import INVARIANTS, Facts, Invariant

MOST_TOLD = 20
"""So many faults of one kind are told at the most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of one invariant: `faults` are sentences, none if it holds; `more` if there are others."""

    code: str
    sentence: str
    faults: tuple[str, ...]
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What came of all invariants, and how much was looked at."""

    verdicts: tuple[Verdict, ...]
    mailings: int
    deliveries: int

    @property
    def holds(self) -> bool:
        """Whether everything is as it must be."""
        return not any(verdict.faults for verdict in self.verdicts)


def verify(publisher: Publisher) -> Verified:
    """Look at everything that the database holds, as it is at one moment, and change nothing.

    It can be done at any time, also while mail is sent.
    """
    with publisher.database.read() as db:
        facts = _facts(publisher, db)
        found = mailings.listed(db)
        return Verified(
            verdicts=tuple(_verdict(db, facts, invariant) for invariant in INVARIANTS),
            mailings=len(found),
            deliveries=sum(mailing.audience for mailing in found),
        )


def _facts(publisher: Publisher, db: Connection) -> Facts:
    ways_out = 1 + len(publisher.settings.relays)
    return Facts(
        most_sending=publisher.settings.delivery.connections * ways_out,
        suppressed_hash=partial(address_hash, suppression_secret(keys.every(db))),
    )


def _verdict(db: Connection, facts: Facts, invariant: Invariant) -> Verdict:
    faults = tuple(islice(invariant.faults(db, facts), MOST_TOLD + 1))
    return Verdict(
        code=invariant.code,
        sentence=invariant.sentence,
        faults=faults[:MOST_TOLD],
        more=len(faults) > MOST_TOLD,
    )
