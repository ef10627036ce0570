"""What was asked under an idempotency key, and the tokens under which it was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from publisher.model.scope import Scope
from publisher.store import api_tokens, requests
from publisher.store.database import Database
from publisher.store.requests import KEPT, Answered
from publisher.store.schema_readers import api_tokens as tokens_table
from tests.databases import NOW

DONE = Answered(status=201, headers={"location": "/x"}, body=b'{"a": 1}')


@pytest.fixture
def db(database: Database) -> Iterator[Connection]:
    with database.begin() as connection:
        yield connection


@pytest.fixture
def token(db: Connection) -> int:
    return api_tokens.add(
        db, "t" * 40, name="shop", scopes=[Scope.LISTS_READ], created_by="ann", expires_at=None, now=NOW
    )


def test_a_key_is_taken_once_and_its_answer_comes_back_byte_for_byte(db: Connection, token: int) -> None:
    assert requests.begin(db, token, "k", fingerprint="f", now=NOW) is None
    running = requests.begin(db, token, "k", fingerprint="g", now=NOW)
    requests.finish(db, token, "k", DONE)
    done = requests.begin(db, token, "k", fingerprint="f", now=NOW)

    assert running is not None
    assert (running.fingerprint, running.answer) == ("f", None)
    assert done is not None
    assert done.answer == DONE


def test_a_key_is_given_free_only_while_there_is_no_answer(db: Connection, token: int) -> None:
    requests.begin(db, token, "k", fingerprint="f", now=NOW)
    requests.forget(db, token, "k")
    assert requests.find(db, token, "k") is None

    requests.begin(db, token, "k", fingerprint="f", now=NOW)
    requests.finish(db, token, "k", DONE)
    requests.forget(db, token, "k")

    assert requests.find(db, token, "k") is not None


def test_one_takes_over_what_was_never_answered(db: Connection, token: int) -> None:
    requests.begin(db, token, "k", fingerprint="f", now=NOW)
    later = NOW + timedelta(minutes=5)

    assert requests.take_over(db, token, "k", since=NOW, now=later)
    assert not requests.take_over(db, token, "k", since=NOW, now=later)


def test_answers_are_forgotten_after_a_day(db: Connection, token: int) -> None:
    requests.begin(db, token, "k", fingerprint="f", now=NOW)

    assert requests.forget_old(db, NOW + KEPT - timedelta(seconds=1)) == 0
    assert requests.forget_old(db, NOW + KEPT) == 1


def test_of_a_token_only_the_hash_is_kept(db: Connection, token: int) -> None:
    found = api_tokens.find(db, "t" * 40)

    assert found is not None
    assert (found.id, found.name) == (token, "shop")
    assert found.scopes == {Scope.LISTS_READ}
    assert api_tokens.find(db, "u" * 40) is None
    assert "t" * 20 not in str(db.execute(select(tokens_table)).all())


def test_a_token_works_until_it_ends_or_is_revoked(db: Connection) -> None:
    day = timedelta(days=1)
    number = api_tokens.add(
        db, "x" * 40, name="day", scopes=[], created_by="ann", expires_at=NOW + day, now=NOW
    )
    found = api_tokens.find(db, "x" * 40)

    assert found is not None
    assert found.works(NOW + day - timedelta(seconds=1))
    assert not found.works(NOW + day)
    assert api_tokens.working(db, "day", NOW) == found
    assert api_tokens.working(db, "day", NOW + day) is None
    assert api_tokens.revoke(db, number, now=NOW)
    assert not api_tokens.revoke(db, number, now=NOW)
    assert api_tokens.working(db, "day", NOW) is None


def test_a_scope_that_is_no_more_opens_nothing(db: Connection, token: int) -> None:
    db.execute(tokens_table.update().values(scopes=["lists:read", "lists:eat"]))

    found = api_tokens.find(db, "t" * 40)

    assert found is not None
    assert found.scopes == {Scope.LISTS_READ}
    assert found.id == token
