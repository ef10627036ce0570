"""A request with an idempotency key is done once, however often it comes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from httpx2 import Response
from sqlalchemy import select
from starlette.testclient import TestClient

from publisher.actions.api_token import create
from publisher.actions.purge import purge
from publisher.actions.repeated import PATIENCE, Refused, begin
from publisher.app import Publisher
from publisher.logs import configure_logs
from publisher.model.scope import Scope
from publisher.store import audit
from publisher.store.requests import KEPT
from publisher.store.schema_readers import requests as table
from publisher.web.routes import site
from tests.newsrooms import HandClock, Newsroom
from tests.web.api.conftest import Knocks

BO = {"address": "bo@example.net", "consent": "ticked the box"}


def adds(client: TestClient, key: str = "k1", **changed: object) -> Response:
    return client.post("subscribers", json=BO | changed, headers={"idempotency-key": key})


def kept(publisher: Publisher) -> list[bytes]:
    with publisher.database.read() as db:
        return [row.body for row in db.execute(select(table.c.body))]


def test_the_same_request_is_answered_as_the_first_time(program: TestClient) -> None:
    first, again = adds(program), adds(program)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert first.headers["location"] == again.headers["location"]
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"


def test_the_quotes_of_a_structured_header_make_no_other_key(program: TestClient) -> None:
    adds(program, "k1")

    assert adds(program, '"k1"').headers["idempotency-replayed"] == "true"


def test_it_is_answered_also_after_a_restart(program: TestClient, newsroom: Newsroom) -> None:
    first = adds(program)

    with newsroom.opened() as reopened, TestClient(site(reopened)) as client:
        client.headers["authorization"] = program.headers["authorization"]
        client.base_url = client.base_url.join("/api/v1/")
        again = adds(client)

    assert again.content == first.content
    assert again.headers["idempotency-replayed"] == "true"


def test_another_request_with_the_key_is_refused(program: TestClient) -> None:
    adds(program)

    other_body = adds(program, consent="another one")
    other_address = program.post("subscribers/find", json=BO, headers={"idempotency-key": "k1"})

    assert [each.status_code for each in (other_body, other_address)] == [422, 422]
    assert other_body.json()["code"] == "reused"


def test_the_keys_of_two_programs_have_nothing_to_do_with_each_other(knocks: Knocks) -> None:
    adds(knocks())

    assert adds(knocks(name="other")).status_code == 200


def test_of_several_at_once_one_is_done(program: TestClient, publisher: Publisher) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: adds(program), range(8)))

    assert {each.status_code for each in answers} <= {201, 409}
    assert (
        sum("idempotency-replayed" not in each.headers and each.status_code == 201 for each in answers) == 1
    )
    assert {each.json()["code"] for each in answers if each.status_code == 409} <= {"running"}
    with publisher.database.read() as db:
        assert [row.verb for row in audit.listed(db) if row.actor == "api:shop"] == ["subscribe"]


def test_while_the_first_is_being_done_a_repetition_waits(
    program: TestClient, publisher: Publisher, clock: HandClock
) -> None:
    first = adds(program)
    with publisher.database.begin() as db:
        db.execute(table.update().values(status=None, body=None, headers=None))

    early = adds(program)
    clock.passes(seconds=PATIENCE.total_seconds())
    late = adds(program)

    assert (early.status_code, early.json()["code"], early.headers["retry-after"]) == (409, "running", "1")
    assert (late.status_code, late.json()["id"]) == (200, first.json()["id"])
    assert adds(program).headers["idempotency-replayed"] == "true"


def test_what_was_refused_is_not_kept_and_can_be_sent_again(
    program: TestClient, publisher: Publisher
) -> None:
    assert adds(program, address="nobody").status_code == 422
    assert adds(program, lists=["none"]).status_code == 404
    assert kept(publisher) == []
    assert adds(program).status_code == 201


def test_a_bug_gives_the_key_free(program: TestClient, publisher: Publisher) -> None:
    configure_logs()
    with publisher.database.begin() as db:
        db.exec_driver_sql("ALTER TABLE topics RENAME TO gone")
    assert adds(program).status_code >= 500
    with publisher.database.begin() as db:
        db.exec_driver_sql("ALTER TABLE gone RENAME TO topics")

    assert kept(publisher) == []
    assert adds(program).status_code == 201


def test_after_a_day_the_key_is_new(program: TestClient, clock: HandClock) -> None:
    adds(program)
    clock.passes(seconds=KEPT.total_seconds() - 1)
    assert adds(program).status_code == 201
    clock.passes(seconds=1)

    assert adds(program, consent="another one").status_code == 200


def test_a_purge_forgets_what_was_kept_for_a_day(
    program: TestClient, publisher: Publisher, clock: HandClock
) -> None:
    adds(program)
    clock.passes(seconds=KEPT.total_seconds() - 1)
    purge(publisher)
    assert len(kept(publisher)) == 1
    clock.passes(seconds=1)
    purge(publisher)

    assert kept(publisher) == []


def test_no_address_is_kept_with_an_answer(program: TestClient, publisher: Publisher) -> None:
    adds(program)

    assert b"bo@" not in b"".join(kept(publisher))


def test_a_key_that_cannot_be_one_is_refused(program: TestClient) -> None:
    for key in (b"", b" ", b"a b", "é".encode(), b"x" * 201):
        answer = program.post("subscribers", json=BO, headers=[(b"idempotency-key", key)])
        assert (answer.status_code, answer.json()["code"]) == (400, "key"), key


def test_a_dead_request_is_taken_over_by_one(publisher: Publisher, clock: HandClock) -> None:
    create(publisher, "shop", scopes=tuple(Scope))
    begin(publisher, 1, "k", fingerprint="f")
    clock.passes(seconds=PATIENCE.total_seconds())

    answers = [begin(publisher, 1, "k", fingerprint="f") for _ in range(2)]

    assert answers == [None, Refused.RUNNING]
