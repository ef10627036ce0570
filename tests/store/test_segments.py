"""Segments in the database: they choose exactly whom they say, and their words never become SQL."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Dialect, select
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.dialects.sqlite.base import SQLiteDialect

from publisher.model.audience import Selection, selection
from publisher.model.filters import Either, Field, Filter, Flag, Has, Is, Not
from publisher.model.shelves import tag_name
from publisher.store import mailings, segments, subscribers
from publisher.store.database import Database
from publisher.store.schema import subscriptions
from tests.databases import NOW
from tests.ledgers import add_readers, claimed, send_all, start, states
from tests.segments import LISTS, TAGS, ZONE, Reader, add, filters, holds, some_readers

IDS = select(subscriptions.c.subscriber).distinct()
FEW = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)


@pytest.fixture
def everybody(database: Database) -> list[Reader]:
    """Put 80 readers of all kinds into the database."""
    made = some_readers(80)
    with database.begin() as db:
        add(db, made)
    return made


@FEW
@given(filters, st.sets(st.sampled_from(LISTS), min_size=1))
def test_a_filter_chooses_exactly_those_for_whom_it_holds(
    database: Database, everybody: list[Reader], found: Filter, lists: set[str]
) -> None:
    chosen = Selection(segment=found, zone=ZONE)
    wanted = {
        number
        for number, reader in enumerate(everybody, 1)
        if any(map(reader.is_active_on, lists)) and holds(found, reader)
    }

    with database.read() as db:
        assert set(db.scalars(segments.readers(IDS, lists, chosen))) == wanted
        assert mailings.audience_of(db, lists, chosen) == len(wanted)


@pytest.mark.parametrize("tags", [(), ("ENERGY",), ("heat pumps", "C++"), ("nobody's",)])
def test_who_chose_topics_gets_an_issue_with_one_of_them_and_who_chose_none_gets_all(
    database: Database, everybody: list[Reader], tags: tuple[str, ...]
) -> None:
    names = set(map(tag_name, tags))
    wanted = {
        number
        for number, reader in enumerate(everybody, 1)
        if reader.is_active_on("weekly")
        and (not names or not reader.topics or names & set(map(tag_name, reader.topics)))
    }

    with database.read() as db:
        found = set(db.scalars(segments.readers(IDS, ("weekly",), selection(None, tags, zone=ZONE))))

    assert found == wanted
    assert wanted


@pytest.mark.parametrize("kind", [SQLiteDialect, PGDialect])
@given(text=st.text(min_size=1), field=st.sampled_from(Field))
def test_no_value_of_a_filter_is_ever_text_of_sql(kind: type[Dialect], text: str, field: Field) -> None:
    hostile = f"zqx{text}"
    chosen = Selection(segment=Not(Either((Has(field, hostile), Is(Flag.ROLE)))), topics=frozenset({hostile}))

    statement = segments.readers(IDS, (hostile, "weekly"), chosen)

    assert "zqx" not in str(statement.compile(dialect=kind(), compile_kwargs={"render_postcompile": True}))


@pytest.mark.parametrize(
    ("field", "text"),
    [
        (Field.TAG, "'; DROP TABLE subscribers; --"),
        (Field.TAG, "%"),
        (Field.TAG, "e_ergy"),
        (Field.DOMAIN, "%"),
        (Field.DOMAIN, "e_ample.org"),
        (Field.DOMAIN, "/_example.org"),
        (Field.LANG, "%"),
        (Field.LANG, "p_"),
        (Field.LIST, "week%"),
    ],
)
def test_signs_that_databases_know_mean_nothing_in_a_filter(
    database: Database, everybody: list[Reader], field: Field, text: str
) -> None:
    with database.read() as db:
        assert everybody
        assert segments.count(db, LISTS, Selection(segment=Has(field, text))) == 0


def test_the_audience_that_is_frozen_is_the_one_that_was_counted(
    database: Database, everybody: list[Reader]
) -> None:
    chosen = selection("NOT bounced AND (lang:pt OR joined<2026-03-29)", TAGS[:2], zone=ZONE)
    with database.begin() as db:
        expected = mailings.audience_of(db, ("weekly", "daily"), chosen)
        everyone = mailings.audience_of(db, ("weekly", "daily"), chosen.whatever_topics())

        mailing = start(db, lists=("weekly", "daily"), chosen=chosen)

        assert 0 < expected < everyone < len(everybody)
        assert mailing.audience == len(states(db, mailing.id)) == expected
        assert [each.readers for each in mailings.latest(db) if each.issue == "denchi"] == [everyone]


def test_whoever_leaves_after_the_audience_was_frozen_gets_no_mail(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 3)
        mailing = start(db, chosen=selection("domain:example.org", (), zone=ZONE))
        subscribers.unsubscribe(db, public_id="p0002", list="weekly", now=NOW)

        sent = send_all(db, claimed(db))

        assert mailing.audience == 3
        assert [each.address[6:10] for each in sent] == ["0001", "0003"]
