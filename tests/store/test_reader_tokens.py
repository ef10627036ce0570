"""Links to readers that open a door: for one purpose, for a time, once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from publisher.model.reader_token import LIFETIMES, TokenPurpose
from publisher.store import reader_tokens
from publisher.store.database import Database
from publisher.store.schema_readers import reader_tokens as table
from tests.databases import NOW
from tests.ledgers import add_readers


@pytest.fixture
def db(database: Database) -> Iterator[Connection]:
    with database.begin() as connection:
        add_readers(connection, 2)
        yield connection


def kept(db: Connection, token: str = "t" * 22, *, purpose: TokenPurpose = TokenPurpose.ERASE) -> None:
    reader_tokens.keep(db, token, purpose=purpose, subscriber=1, payload={"a": 1}, now=NOW)


def test_a_token_is_found_for_its_purpose_alone(db: Connection) -> None:
    kept(db)

    found = {each: reader_tokens.find(db, "t" * 22, purpose=each, now=NOW) for each in TokenPurpose}

    assert [each for each in found if found[each]] == [TokenPurpose.ERASE]
    (token,) = filter(None, found.values())
    assert (token.purpose, token.subscriber, token.payload) == (TokenPurpose.ERASE, 1, {"a": 1})


def test_the_token_itself_is_not_kept(db: Connection) -> None:
    kept(db)

    assert "t" * 22 not in str(db.execute(select(table)).all())


def test_a_token_is_used_once(db: Connection) -> None:
    kept(db)
    found = reader_tokens.find(db, "t" * 22, purpose=TokenPurpose.ERASE, now=NOW)
    assert found is not None

    assert reader_tokens.use(db, found, now=NOW)
    assert not reader_tokens.use(db, found, now=NOW)
    assert reader_tokens.find(db, "t" * 22, purpose=TokenPurpose.ERASE, now=NOW) is None


@pytest.mark.parametrize("purpose", TokenPurpose)
def test_a_token_holds_as_long_as_its_purpose_allows(db: Connection, purpose: TokenPurpose) -> None:
    kept(db, purpose=purpose)
    lifetime = LIFETIMES[purpose]
    last = NOW + (lifetime or timedelta(days=3650)) - timedelta(seconds=1)

    assert reader_tokens.find(db, "t" * 22, purpose=purpose, now=last)
    if lifetime is not None:
        assert reader_tokens.find(db, "t" * 22, purpose=purpose, now=NOW + lifetime) is None


def test_all_tokens_of_a_subscriber_are_revoked_or_those_for_a_purpose(db: Connection) -> None:
    kept(db, "a" * 22, purpose=TokenPurpose.FEED)
    kept(db, "b" * 22, purpose=TokenPurpose.ERASE)
    kept(db, "c" * 22, purpose=TokenPurpose.OWN_DATA)

    assert reader_tokens.revoke(db, 2) == 0
    assert reader_tokens.revoke(db, 1, TokenPurpose.FEED) == 1
    assert reader_tokens.find(db, "b" * 22, purpose=TokenPurpose.ERASE, now=NOW)
    assert reader_tokens.revoke(db, 1) == 2
