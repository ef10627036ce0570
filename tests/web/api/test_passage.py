"""What stands before every operation: token, scope, budget, body."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

from httpx2 import Response
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.testclient import TestClient

from publisher.actions.api_token import create, listed, revoke
from publisher.app import Publisher
from publisher.logs import configure_logs
from publisher.model.scope import Scope
from publisher.web.api.all import OPERATIONS
from publisher.web.api.door import LARGEST_BODY, PREFIX
from publisher.web.api.operation import Operation
from publisher.web.routes import api, site
from tests.newsrooms import READER, HandClock, Newsroom, mailing_of, token_of
from tests.web.api.conftest import Knocks, public_id_of

EVERY = [each for operations in OPERATIONS.values() for each in operations]
PROBLEM = "application/problem+json"


def asks(client: TestClient, operation: Operation, publisher: Publisher) -> int:
    """Send what an operation needs, so far as it is the same for all, and return the status."""
    id_ = str(mailing_of(publisher, "heat").id) if "mailings" in operation.path else public_id_of(publisher)
    address = operation.path.lstrip("/").format(id=id_, slug="cold")
    body: dict[str, object] | None = {} if operation.method in ("POST", "PATCH") else None
    return client.request(operation.method, address, json=body).status_code


def test_whoever_has_no_working_token_is_told_the_same(
    knocks: Knocks, publisher: Publisher, clock: HandClock
) -> None:
    short = create(publisher, "short", scopes=tuple(Scope), lifetime=timedelta(days=1)).token
    gone = create(publisher, "gone", scopes=tuple(Scope)).token
    revoke(publisher, "gone")
    clock.passes(days=1)
    client = knocks()
    mine = client.headers.pop("authorization").removeprefix("Bearer ")

    refused = [None, "Bearer", "Bearer pub_x", f"Bearer {short}", f"Bearer {gone}", f"Basic {mine}", mine]
    answers = [client.get("lists", headers={"authorization": each} if each else {}) for each in refused]

    assert {each.status_code for each in answers} == {401}
    assert len({each.text for each in answers}) == 1
    assert {each.headers["www-authenticate"] for each in answers} == {"Bearer"}
    assert {each.headers["content-type"] for each in answers} == {PROBLEM}
    assert client.get("lists", headers={"authorization": f"bearer {mine}"}).status_code == 200


def test_without_a_token_nothing_else_is_looked_at(knocks: Knocks) -> None:
    client = knocks()
    del client.headers["authorization"]

    for each in EVERY:
        answer = client.request(each.method, each.path.lstrip("/"), content=b"{", params={"limit": "x"})
        assert (answer.status_code, answer.json()["code"]) == (401, "token"), each.name


def test_every_operation_needs_its_own_scope(knocks: Knocks, publisher: Publisher) -> None:
    scopes = {scope: create(publisher, scope.replace(":", "-"), scopes=[scope]).token for scope in Scope}
    client = knocks()

    for each in EVERY:
        for scope, token in scopes.items():
            client.headers["authorization"] = f"Bearer {token}"
            if scope is not each.scope:
                assert asks(client, each, publisher) == 403, (each.name, scope)
        client.headers["authorization"] = f"Bearer {scopes[each.scope]}"
        if each.name != "erase_subscriber":
            assert asks(client, each, publisher) not in (401, 403), each.name


def test_who_lacks_a_scope_learns_which(knocks: Knocks) -> None:
    answer = knocks(Scope.ISSUES_READ).get("lists")

    assert answer.json()["detail"] == "the token 'shop' lacks the scope lists:read"
    assert answer.headers["www-authenticate"] == 'Bearer error="insufficient_scope", scope="lists:read"'


def test_the_token_of_a_mail_opens_no_door_of_the_api(knocks: Knocks, publisher: Publisher) -> None:
    client = knocks()

    client.headers["authorization"] = f"Bearer {token_of(publisher, READER)}"

    assert client.get("lists").status_code == 401


def test_a_revoked_token_opens_nothing_from_the_next_request_on(
    program: TestClient, publisher: Publisher
) -> None:
    assert program.get("lists").status_code == 200

    revoke(publisher, "shop")

    assert program.get("lists").status_code == 401


def test_the_use_of_a_token_is_noted_once_a_minute(
    program: TestClient, publisher: Publisher, clock: HandClock
) -> None:
    def used() -> float:
        moment = listed(publisher)[0].used_at
        assert moment is not None
        return moment.timestamp()

    program.get("lists")
    first = used()
    clock.passes(seconds=59)
    program.get("lists")
    assert used() == first
    clock.passes(seconds=1)
    program.get("lists")

    assert used() == first + 60


def test_a_token_has_a_budget_of_its_own(publisher: Publisher) -> None:
    first, other = (create(publisher, name, scopes=[Scope.ISSUES_READ]).token for name in ("one", "two"))
    app = Starlette(routes=[api(publisher, burst=3, interval_us=600_000_000)])
    with TestClient(app, base_url=f"http://testserver{PREFIX}/") as client:

        def asks_with(token: str) -> Response:
            return client.get("lists", headers={"authorization": f"Bearer {token}"})

        statuses = [asks_with(first).status_code for _ in range(4)]
        answer = asks_with(first)

        assert statuses == [403, 403, 403, 429]
        assert (answer.json()["code"], answer.headers["content-type"]) == ("often", PROBLEM)
        assert 590 < int(answer.headers["retry-after"]) <= 600
        assert asks_with(other).status_code == 403


def test_a_body_may_be_so_large_and_not_larger(program: TestClient) -> None:
    wish = b'{"address": "x@example.net", "consent": "yes"'
    largest = wish + b" " * (LARGEST_BODY - len(wish) - 1) + b"}"
    kind = {"content-type": "application/json"}

    for body in (largest + b" ", iter([largest, b" "])):
        answer = program.post("subscribers", content=body, headers=kind)
        assert (answer.status_code, answer.json()["code"]) == (413, "large")
        assert answer.headers["content-type"] == PROBLEM
    assert program.post("subscribers", content=largest, headers=kind).status_code == 201


BODIES = (
    (b"{", "application/json", 400, "json"),
    (b"\xff", "application/json", 400, "json"),
    (b"{}", "text/plain", 415, "media"),
    (b"{}", "", 415, "media"),
    (b"[]", "application/json", 422, "invalid"),
    (b"", "application/json", 422, "invalid"),
    (b'{"address": "a@example.net", "consent": "yes", "more": 1}', "application/json", 422, "invalid"),
    (b'{"address": "\\ud800@example.net", "consent": "yes"}', "application/json", 422, "invalid"),
)


def test_a_body_that_is_not_what_it_must_be_is_refused(program: TestClient) -> None:
    for content, kind, status, code in BODIES:
        answer = program.post("subscribers", content=content, headers={"content-type": kind} if kind else {})
        assert (answer.status_code, answer.json()["code"]) == (status, code), content
        assert answer.headers["content-type"] == PROBLEM


def test_each_thing_that_is_wrong_is_told_and_nothing_that_was_sent(program: TestClient) -> None:
    answer = program.post("subscribers", json={"address": "ada@secret.example", "lists": [1]})

    places = [(each["where"], each["at"]) for each in answer.json()["errors"]]
    assert places == [("body", "/lists/0"), ("body", "/consent")]
    assert answer.json()["detail"] == "body /lists/0: must be a text; body /consent: is missing"
    assert "secret" not in answer.text


def test_a_parameter_that_nobody_reads_is_refused(program: TestClient) -> None:
    answer = program.get("subscribers", params={"sate": "active"})

    assert answer.status_code == 422
    assert "list, state, after, limit" in answer.json()["detail"]


def test_an_address_that_is_none_is_a_problem_too(program: TestClient) -> None:
    for address in ("nothing", "subscribers/", "docs", "redoc", "issues/heat/%0A", "lists%0A/x"):
        answer = program.get(address)
        assert (answer.status_code, answer.headers["content-type"]) == (404, PROBLEM), address


ALLOWED = {"subscribers": "GET, POST", "subscribers/0123456789abcdef": "DELETE, GET, PATCH", "lists": "GET"}


def test_a_method_that_an_address_does_not_know_is_told_all_that_it_knows(program: TestClient) -> None:
    for address, allowed in ALLOWED.items():
        for method in ("PUT", "OPTIONS"):
            answer = program.request(method, address, headers={"origin": "https://elsewhere.example"})
            assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
            assert not [name for name in answer.headers if name.startswith("access-control")]


def test_no_answer_is_stored_on_the_way(program: TestClient) -> None:
    answers = [program.get(each) for each in ("lists", "nothing", "subscribers")]

    assert {each.headers["cache-control"] for each in answers} == {"no-store"}
    assert {each.headers["x-content-type-options"] for each in answers} == {"nosniff"}


def test_a_database_that_is_gone_is_a_reason_to_come_back_later(
    program: TestClient, publisher: Publisher
) -> None:
    assert publisher.database.path is not None
    publisher.database.path.rename(publisher.database.path.with_suffix(".away"))

    answer = program.get("lists")

    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "busy", "30")
    assert "publisher.db" not in answer.text


def test_a_bug_is_a_problem_without_a_traceback(program: TestClient, publisher: Publisher) -> None:
    configure_logs()
    with publisher.database.begin() as db:
        db.execute(text("UPDATE api_tokens SET scopes = '5'"))

    answer = program.get("lists")

    assert (answer.status_code, answer.json()["code"]) == (500, "bug")
    assert answer.headers["content-type"] == PROBLEM
    assert "Traceback" not in answer.text


def test_the_document_is_for_everybody_and_names_this_site(knocks: Knocks) -> None:
    client = knocks()
    del client.headers["authorization"]

    document = client.get("openapi.json", headers={"host": "elsewhere.example"}).json()

    assert document["servers"] == [{"url": "https://news.example.net/api/v1"}]
    assert {
        operation["operationId"] for path in document["paths"].values() for operation in path.values()
    } == {each.name for each in EVERY}


def test_below_a_home_url_with_a_path_the_api_answers_with_and_without_it(newsroom: Newsroom) -> None:
    newsroom.sets(instead=("https://news.example.net", "https://news.example.net/paper"))

    with newsroom.opened() as publisher, TestClient(site(publisher)) as client:
        token = create(publisher, "shop", scopes=[Scope.LISTS_READ]).token
        headers = {"authorization": f"Bearer {token}"}
        answers = [client.get(f"{root}/api/v1/lists", headers=headers) for root in ("", "/paper")]

        assert [each.status_code for each in answers] == [200, 200]
        document = client.get("/paper/api/v1/openapi.json").json()
        assert document["servers"] == [{"url": "https://news.example.net/paper/api/v1"}]


def test_who_serves_imports_the_framework_when_a_program_knocks() -> None:
    code = "import publisher.web.routes, sys; sys.exit('fastapi' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
