"""Addresses that must not be mailed, and the one mailing that may try an address that has bounced again."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, select

from publisher.model.subscriber import SuppressionReason
from publisher.store import subscribers
from publisher.store.database import Database
from publisher.store.schema_sending import suppressions
from publisher.store.subscribers import PROBE_PATIENCE, suppression
from tests.databases import NOW

HARD, COMPLAINT, ERASED = SuppressionReason.HARD_BOUNCE, SuppressionReason.COMPLAINT, SuppressionReason.ERASED
PROBE_AT = NOW + timedelta(days=14)
SECOND = timedelta(seconds=1)


def suppress(
    db: Connection, reason: SuppressionReason = HARD, *, probe_at: datetime | None = PROBE_AT
) -> bool:
    return subscribers.suppress(db, address_hash="a", reason=reason, now=NOW, probe_at=probe_at)


def at(db: Connection, now: datetime, *, mailing: int = 7) -> SuppressionReason | None:
    """Return why the address must not be mailed by a mailing; if it may be, it is from then on."""
    reason = suppression(db, "a", now=now, mailing=mailing)
    if reason is None and subscribers.suppressed(db, ["a"]):
        return None if subscribers.begin_probe(db, "a", now=now, mailing=mailing) else HARD
    return reason


def test_an_address_is_left_alone_until_its_probe(database: Database) -> None:
    with database.begin() as db:
        assert suppress(db)

        assert at(db, PROBE_AT - SECOND) is HARD
        assert at(db, PROBE_AT) is None


def test_only_a_hand_over_is_a_probe(database: Database) -> None:
    with database.begin() as db:
        suppress(db)

        assert suppression(db, "a") is HARD
        assert suppression(db, "a", now=PROBE_AT) is HARD
        assert not subscribers.is_probed_by(db, "a", 7)


def test_to_look_whether_an_address_may_be_probed_uses_up_no_probe(database: Database) -> None:
    with database.begin() as db:
        suppress(db)

        assert suppression(db, "a", now=PROBE_AT, mailing=7) is None
        assert suppression(db, "a", now=PROBE_AT, mailing=8) is None
        assert subscribers.begin_probe(db, "a", now=PROBE_AT, mailing=8)
        assert not subscribers.begin_probe(db, "a", now=PROBE_AT, mailing=7)


def test_one_mailing_is_the_probe_on_each_of_its_tries_and_no_other_is(database: Database) -> None:
    with database.begin() as db:
        suppress(db)

        first = at(db, PROBE_AT, mailing=7)

        assert first is None
        assert at(db, PROBE_AT + SECOND, mailing=8) is HARD
        assert at(db, PROBE_AT + timedelta(days=2), mailing=7) is None
        assert subscribers.is_probed_by(db, "a", 7)
        assert not subscribers.is_probed_by(db, "a", 8)


def test_a_probe_of_which_nothing_comes_back_lifts_the_suppression(database: Database) -> None:
    with database.begin() as db:
        suppress(db)
        at(db, PROBE_AT, mailing=7)

        assert at(db, PROBE_AT + PROBE_PATIENCE - SECOND, mailing=8) is HARD
        assert at(db, PROBE_AT + PROBE_PATIENCE, mailing=8) is None
        assert suppression(db, "a") is None


def test_after_a_probe_that_came_back_there_is_none_any_more(database: Database) -> None:
    with database.begin() as db:
        suppress(db)
        at(db, PROBE_AT)

        back_at = PROBE_AT + timedelta(hours=1)
        subscribers.end_probe(db, "a", now=back_at, probe_at=None)

        assert db.execute(select(suppressions.c.since)).scalar_one() == back_at
        assert at(db, PROBE_AT + timedelta(days=999)) is HARD
        assert not subscribers.is_probed_by(db, "a", 7)


def test_the_first_hard_bounce_stays(database: Database) -> None:
    with database.begin() as db:
        suppress(db)

        assert not suppress(db, probe_at=PROBE_AT + timedelta(days=9))
        assert at(db, PROBE_AT) is None


@pytest.mark.parametrize("reason", [COMPLAINT, ERASED])
def test_a_graver_reason_than_a_hard_bounce_ends_all_probes(
    database: Database, reason: SuppressionReason
) -> None:
    with database.begin() as db:
        suppress(db)
        at(db, PROBE_AT)

        assert suppress(db, reason, probe_at=None)
        assert not suppress(db)
        assert at(db, PROBE_AT + timedelta(days=999)) is reason
