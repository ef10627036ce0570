"""What is older than it may be goes, a few rows at a time; what is younger, or in use, stays."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, func, select, text

from publisher.model.delivery import DeliveryState, NextStep
from publisher.model.pace import us_of
from publisher.model.reader_token import TokenPurpose
from publisher.model.subscriber import SubscriptionState
from publisher.settings_privacy import PrivacySettings
from publisher.store import (
    audit,
    joining,
    mailings,
    notices,
    purging,
    reader_tokens,
    reports,
    schema,
    subscribers,
)
from publisher.store import schema_readers as readers
from publisher.store import schema_sending as sending
from publisher.store.columns import metadata
from publisher.store.database import Database, open_database
from publisher.store.inventory import INVENTORY
from publisher.store.verify import INVARIANTS, Facts
from tests.databases import NOW, FixedClock, until_somebody_waits
from tests.ledgers import (
    add_readers,
    advance,
    answered,
    claimed,
    counts,
    handed,
    hash_of,
    person,
    send_all,
    start,
)
from tests.store.test_reports import report

SECOND = timedelta(seconds=1)
FACTS = Facts(most_sending=1, suppressed_hash=hash_of)


def rows(db: Connection, table: Any) -> int:  # noqa: ANN401 - any table
    return int(db.execute(select(func.count()).select_from(table)).scalar_one())


def purged(db: Connection, kind: str, before: datetime = NOW) -> int:
    """Purge a kind to its end, a single row at a time, and return how many rows that were."""
    counted = 0
    while some := purging.purge_some(db, kind, before, most=1):
        counted += some
    return counted


def faults(db: Connection) -> list[str]:
    return [fault for each in INVARIANTS for fault in each.faults(db, FACTS)]


def ended(db: Connection) -> int:
    """Send a mailing to two readers, one of whom is refused in words; return its number."""
    add_readers(db, 2)
    mailing = start(db)
    batch = claimed(db)
    first = handed(db, batch)
    refused = answered(first, DeliveryState.REJECTED, code=550, text="<reader0001@example.org> is unknown")
    second = handed(db, batch, refused)
    assert advance(db, batch, answered(second)) is None
    assert mailings.finish_if_done(db, mailing.id, NOW)
    return mailing.id


def test_every_table_has_a_word_on_what_it_holds_and_how_long() -> None:
    assert set(INVENTORY) == set(metadata.tables)


def test_every_setting_is_what_a_purge_goes_by_and_a_table_that_names_one_is_purged() -> None:
    settings = set(PrivacySettings.model_fields)
    tables = {kind: {rest.table.name for rest in rests} for kind, rests in purging.RESTS.items()}

    assert set(purging.RESTS) == settings | {purging.BUDGETS}
    for kind in settings:
        named = {row.table for row in INVENTORY.values() if f"`[privacy] {kind}`" in row.until}
        assert named <= tables[kind]
        assert named


def test_what_belongs_to_a_reader_says_what_erasing_does() -> None:
    assert all(bool(row.erased) is row.about_readers for row in INVENTORY.values())


def test_who_never_confirmed_is_forgotten_and_who_did_is_not(database: Database) -> None:
    with database.begin() as db:
        for number, state in enumerate((SubscriptionState.PENDING, *SubscriptionState), 1):
            subscribers.add_many(
                db,
                [person(number)],
                lists=("weekly",),
                state=state,
                consent="form",
                now=NOW + number * SECOND,
            )

        assert purging.count_old(db, "pending", NOW + SECOND) == 1
        assert purged(db, "pending", NOW + SECOND) == 2  # the subscription, and then the reader
        assert rows(db, schema.subscribers) == len(SubscriptionState)
        assert purged(db, "pending", NOW + SECOND) == 0


def ask(db: Connection, number: int, moment: datetime, *, link: str = "") -> int:
    """Let somebody ask to join; return the subscriber's number."""
    known = joining.expect(db, person(number), lists=("weekly",), now=moment)
    assert known.subscriber is not None
    if link:
        confirm = TokenPurpose.CONFIRM
        reader_tokens.keep(
            db, link, purpose=confirm, subscriber=known.subscriber, payload={"a": 1}, now=moment
        )
    return known.subscriber


def test_who_asks_again_waits_anew(database: Database) -> None:
    with database.begin() as db:
        ask(db, 1, NOW)
        ask(db, 1, NOW + 2 * SECOND, link="fresh")

        assert purged(db, "pending", NOW + SECOND) == 0
        assert purged(db, "pending", NOW + 2 * SECOND) == 2


def test_nobody_is_forgotten_whose_link_to_confirm_may_still_work(database: Database) -> None:
    with database.begin() as db:
        ask(db, 1, NOW)
        ask(db, 1, NOW + 2 * SECOND, link="fresh")
        db.execute(schema.subscriptions.delete())

        assert purging.count_old(db, "pending", NOW + SECOND) == 0
        assert purged(db, "pending", NOW + SECOND) == 0
        assert purged(db, "pending", NOW + 2 * SECOND) == 1


def test_a_purge_lets_those_be_who_are_just_asking(postgresql_url: str) -> None:
    with open_database(postgresql_url, clock=FixedClock()) as database:
        with database.begin() as db:
            number = ask(db, 1, NOW)
            db.execute(schema.subscriptions.delete())

        with database.begin() as asking:
            ask(asking, 1, NOW, link="fresh")
            with database.begin() as db:
                db.execute(text("SET LOCAL lock_timeout = '3s'"))
                assert purged(db, "pending") == 0

        with database.read() as db:
            assert reader_tokens.has(db, number, TokenPurpose.CONFIRM)
            assert rows(db, schema.subscriptions) == 1


def test_who_asks_while_a_purge_forgets_them_is_stored_anew(postgresql_url: str) -> None:
    with open_database(postgresql_url, clock=FixedClock()) as database, ThreadPoolExecutor(1) as pool:
        with database.begin() as db:
            gone = ask(db, 1, NOW)
            db.execute(schema.subscriptions.delete())

        def ask_again() -> int:
            with database.begin() as db:
                return ask(db, 1, NOW, link="fresh")

        with database.begin() as db:
            db.execute(select(schema.subscribers.c.id).with_for_update())  # as the purge begins
            asking = pool.submit(ask_again)
            until_somebody_waits(database)
            assert purged(db, "pending") == 1

        assert asking.result(10) != gone
        with database.read() as db:
            assert rows(db, schema.subscriptions) == 1


def test_links_are_forgotten_after_their_use_or_their_time_and_feeds_never(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 1)
        for token, purpose in (
            ("a", TokenPurpose.ERASE),
            ("b", TokenPurpose.ERASE),
            ("c", TokenPurpose.FEED),
        ):
            reader_tokens.keep(db, token, purpose=purpose, subscriber=1, payload={}, now=NOW)
        used = reader_tokens.find(db, "a", purpose=TokenPurpose.ERASE, now=NOW)
        assert used is not None
        reader_tokens.use(db, used, now=NOW)

        assert purged(db, "links", NOW - SECOND) == 0
        assert purged(db, "links", NOW) == 1
        assert purged(db, "links", NOW + timedelta(days=3650)) == 1
        assert reader_tokens.find(db, "c", purpose=TokenPurpose.FEED, now=NOW)


def test_a_finished_notice_is_forgotten_and_an_open_one_never(database: Database) -> None:
    with database.begin() as db:
        for _ in range(2):
            notices.add(db, kind="welcome", address="a@example.org", payload={}, now=NOW)
        (done,) = notices.claim(db, now=NOW, lease_until=NOW + SECOND, limit=1)
        notices.mark(db, done, NextStep(state=DeliveryState.ACCEPTED), now=NOW)

        assert purged(db, "notices", NOW - SECOND) == 0
        assert purged(db, "notices", NOW + timedelta(days=3650)) == 1
        assert [each.id for each in notices.due(db, NOW + SECOND)] == [done.id + 1]


def test_what_servers_said_becomes_blank_and_the_code_stays(database: Database) -> None:
    with database.begin() as db:
        mailing = ended(db)
        reports.add(db, report("a", mailing=mailing))
        db.execute(sending.reports.update().values(text="no such user reader0001@example.org"))

        assert purged(db, "words", NOW - SECOND) == 0
        assert purged(db, "words", NOW) == 2
        assert db.execute(select(sending.delivery_errors.c.code, sending.delivery_errors.c.text)).all() == [
            (550, "")
        ]
        assert db.scalar(select(sending.reports.c.text)) == ""
        assert faults(db) == []


def test_who_got_a_mailing_is_forgotten_and_how_many_did_is_not(database: Database) -> None:
    with database.begin() as db:
        mailing = ended(db)
        before = mailings.find(db, mailing)
        reports.add(db, report("a", mailing=mailing))

        assert purging.forget_mailing(db, before=NOW - SECOND, now=NOW) is None
        assert purging.count_forgettable(db, NOW) == 2
        assert purging.forget_mailing(db, before=NOW, now=NOW) == mailing
        assert faults(db) == []
        assert purged(db, "deliveries") == 4  # two deliveries, what was said about one, and a report
        assert purging.forget_mailing(db, before=NOW, now=NOW) is None
        assert rows(db, sending.deliveries) == rows(db, sending.batches) == rows(db, sending.reports) == 0
        assert mailings.find(db, mailing) == before
        assert faults(db) == []


def test_a_mailing_on_its_way_is_never_forgotten(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 2)
        mailing = start(db)

        assert purging.forget_mailing(db, before=NOW + timedelta(days=3650), now=NOW) is None
        assert purged(db, "deliveries") == 0
        assert len(send_all(db, claimed(db))) == 2
        record = mailings.find(db, mailing.id)
        assert record is not None
        assert counts(record) == {"accepted": 2}


def test_the_audit_and_answers_of_the_api_have_their_time(database: Database) -> None:
    with database.begin() as db:
        audit.write(db, at=NOW, actor="ann", verb="add", subject="x")
        audit.write(db, at=NOW + SECOND, actor="ann", verb="add", subject="y")
        key = db.execute(
            readers.api_tokens.insert().values(
                name="n", hash="h", scopes=[], created_at=NOW, created_by="ann"
            )
        ).inserted_primary_key
        assert key is not None
        db.execute(readers.requests.insert().values(token=key[0], key="k", fingerprint="f", created_at=NOW))

        assert (purged(db, "audit"), purged(db, "requests")) == (1, 1)
        assert [row.subject for row in audit.listed(db)] == ["y"]


@pytest.mark.parametrize(("full_again", "left"), [(NOW, 0), (NOW + SECOND, 1)])
def test_a_budget_is_forgotten_once_it_says_nothing_any_more(
    database: Database, full_again: datetime, left: int
) -> None:
    with database.begin() as db:
        db.execute(sending.rates.insert().values(name="join all", next_at_us=us_of(full_again)))

        purged(db, purging.BUDGETS, NOW)

        assert rows(db, sending.rates) == left


def test_of_two_purges_one_begins(database: Database) -> None:
    with database.begin() as db:
        assert purging.purged_at(db) is None
        assert purging.begin_purge(db, last=None, now=NOW)
        assert not purging.begin_purge(db, last=None, now=NOW)
        assert purging.begin_purge(db, last=NOW, now=NOW + SECOND)
        assert purging.purged_at(db) == NOW + SECOND
