"""What programs do with subscribers."""

from __future__ import annotations

from starlette.testclient import TestClient

from publisher.actions.subscribe import add
from publisher.app import Publisher
from publisher.model.scope import Scope
from publisher.model.subscriber import SubscriptionState
from publisher.store import audit, subscribers
from tests.newsrooms import READER, suppress
from tests.web.api.conftest import Knocks, public_id_of

BO = {"address": "bo@example.net", "consent": "ticked the box in the shop"}


def test_a_subscriber_is_shown_with_all_that_is_known(program: TestClient, publisher: Publisher) -> None:
    id_ = public_id_of(publisher)

    assert program.get(f"subscribers/{id_}").json() == {
        "id": id_,
        "address": READER,
        "lang": None,
        "created_at": "2026-10-05T08:00:00Z",
        "subscriptions": [
            {
                "list": "weekly",
                "state": "active",
                "since": "2026-10-05T08:00:00Z",
                "consent": "added by hand",
                "resumes_at": None,
            }
        ],
        "topics": [],
        "suppressed": None,
        "bounced_at": None,
        "complained_at": None,
        "is_role": False,
        "is_disposable": False,
    }


def test_a_newcomer_may_bring_language_and_topics_and_whoever_is_known_keeps_them(
    program: TestClient, publisher: Publisher
) -> None:
    chosen = {"lang": "pt-BR", "topics": ["Heat Pumps", "heat pumps"]}

    id_ = program.post("subscribers", json=BO | chosen).json()["id"]
    again = program.post("subscribers", json=BO | {"lang": "de", "lists": ["extra"], "topics": ["rain"]})
    shown = program.get(f"subscribers/{id_}").json()

    assert again.status_code == 201
    assert (shown["lang"], shown["topics"]) == ("pt-BR", ["heat-pumps"])
    refused = program.post("subscribers", json=BO | {"topics": ["\n"]})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
    assert public_id_of(publisher) != id_


def test_everybody_is_read_once_however_many_come_meanwhile(
    program: TestClient, publisher: Publisher
) -> None:
    for number in range(5):
        add(publisher, f"r{number}@example.net")
    found: list[str] = []
    after: str | None = "0"

    while after is not None:
        answer = program.get("subscribers", params={"after": after, "limit": "2"}).json()
        found += [each["address"] for each in answer["items"]]
        after = answer["next"]
        if len(found) == 2:
            add(publisher, "late@example.net")

    assert found == [READER, *(f"r{number}@example.net" for number in range(5)), "late@example.net"]


def test_subscribers_are_chosen_by_list_and_state(program: TestClient, publisher: Publisher) -> None:
    add(publisher, "both@example.net", lists=["weekly", "extra"])
    add(publisher, "extra@example.net", lists=["extra"])
    program.post(
        f"subscribers/{public_id_of(publisher, 'both@example.net')}/unsubscribe", json={"lists": ["extra"]}
    )

    def chosen(**by: str) -> list[str]:
        found = program.get("subscribers", params=by).json()["items"]
        return [each["address"].partition("@")[0] for each in found]

    assert chosen(list="weekly") == ["ada", "both"]
    assert chosen(list="extra") == ["both", "extra"]
    assert chosen(list="extra", state="active") == ["extra"]
    assert chosen(state="unsubscribed") == ["both"]
    assert program.get("subscribers", params={"list": "none"}).status_code == 404


def test_an_address_is_added_with_the_consent_that_was_stated(
    program: TestClient, publisher: Publisher
) -> None:
    answer = program.post("subscribers", json=BO | {"lists": ["weekly", "extra"]})

    id_ = public_id_of(publisher, "bo@example.net")
    assert (answer.status_code, answer.json()) == (
        201,
        {"id": id_, "lists": {"weekly": "added", "extra": "added"}},
    )
    assert answer.headers["location"] == f"https://news.example.net/api/v1/subscribers/{id_}"
    (place, _) = program.get(f"subscribers/{id_}").json()["subscriptions"]
    assert (place["state"], place["consent"]) == ("active", BO["consent"])


def test_adding_again_changes_nothing_and_says_so(program: TestClient) -> None:
    program.post("subscribers", json=BO)
    again = program.post("subscribers", json=BO | {"address": "BO@EXAMPLE.net"})

    assert (again.status_code, again.json()) == (200, {"id": None, "lists": {"weekly": "already subscribed"}})
    assert "location" not in again.headers


def test_without_a_stated_consent_nobody_is_added(program: TestClient) -> None:
    for consent in (None, "", "a\nb"):
        answer = program.post("subscribers", json={"address": "bo@example.net", "consent": consent})
        assert (answer.status_code, answer.json()["errors"][0]["at"]) == (422, "/consent")
    for consent in ("   ", "\u202e", "\u200b", "-- 4711"):
        answer = program.post("subscribers", json=BO | {"consent": consent})
        assert (answer.status_code, answer.json()["code"]) == (422, "refused")
    assert program.post("subscribers/find", json={"address": "bo@example.net"}).status_code == 404


def test_who_cannot_be_added_is_not(program: TestClient) -> None:
    for changed, status, code in (
        ({"address": "bo@example"}, 422, "refused"),
        ({"address": "Bo <bo@example.net>"}, 422, "refused"),
        ({"lists": ["none"]}, 404, "missing"),
    ):
        answer = program.post("subscribers", json=BO | changed)
        assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_who_has_left_or_complained_is_not_added_back(program: TestClient, publisher: Publisher) -> None:
    id_ = public_id_of(publisher)
    program.post(f"subscribers/{id_}/unsubscribe")
    suppress(publisher, BO["address"])

    left = program.post("subscribers", json=BO | {"address": READER})
    complained = program.post("subscribers", json=BO)

    assert (left.status_code, left.json()["lists"]) == (200, {"weekly": "has unsubscribed"})
    assert (complained.status_code, complained.json()["code"]) == (409, "state")
    assert program.get("subscribers", params={"state": "active"}).json()["items"] == []


def test_a_suppressed_reader_is_shown_as_such(program: TestClient, publisher: Publisher) -> None:
    suppress(publisher, READER)

    (shown,) = program.get("subscribers").json()["items"]

    assert shown["suppressed"] == "complaint"


def test_a_subscriber_is_found_by_any_spelling_of_the_address(
    program: TestClient, publisher: Publisher
) -> None:
    found = program.post("subscribers/find", json={"address": "ADA@Example.NET"})

    assert found.json()["id"] == public_id_of(publisher)
    assert program.post("subscribers/find", json={"address": "no@example.net"}).status_code == 404


def test_what_is_changed_is_what_was_named(program: TestClient, publisher: Publisher) -> None:
    address = f"subscribers/{public_id_of(publisher)}"

    assert program.patch(address, json={"lang": "pt-BR"}).json()["lang"] == "pt-BR"
    assert "lang" not in program.patch(address, json={}).json()
    assert program.get(address).json()["lang"] == "pt-BR"
    assert program.patch(address, json={"lang": "klingon!"}).status_code == 422
    assert program.patch(address, json={"lang": None}).json()["lang"] is None


def test_who_may_only_write_sees_what_was_written_and_erases_nobody(
    knocks: Knocks, publisher: Publisher
) -> None:
    program = knocks(Scope.SUBSCRIBERS_WRITE)
    id_ = public_id_of(publisher)

    changed = program.patch(f"subscribers/{id_}", json={"lang": "fr"})
    unchanged = program.patch(f"subscribers/{id_}", json={})
    known = program.post("subscribers", json=BO | {"address": READER})
    erased = program.delete(f"subscribers/{id_}")

    assert changed.json() == {"id": id_, "lang": "fr"}
    assert unchanged.json() == {"id": id_}
    assert known.json()["id"] is None
    assert erased.status_code == 403
    assert public_id_of(publisher) == id_


def test_a_consent_is_kept_as_a_line_without_what_nobody_sees(
    program: TestClient, publisher: Publisher
) -> None:
    program.post("subscribers", json=BO | {"consent": "  ticked\u202e  the box "})

    found = program.get(f"subscribers/{public_id_of(publisher, BO['address'])}").json()
    assert found["subscriptions"][0]["consent"] == "ticked the box"


def test_subscriptions_end_at_once_and_only_once(program: TestClient, publisher: Publisher) -> None:
    add(publisher, READER, lists=["extra"])
    address = f"subscribers/{public_id_of(publisher)}/unsubscribe"

    assert program.post(address, json={"lists": ["extra", "none"]}).json() == {"ended": ["extra"]}
    assert program.post(address).json() == {"ended": ["weekly"]}
    assert program.post(address).json() == {"ended": []}


def test_an_erased_subscriber_is_gone_and_stays_away(program: TestClient, publisher: Publisher) -> None:
    address = f"subscribers/{public_id_of(publisher)}"

    erased = program.delete(address)

    assert (erased.status_code, erased.content) == (204, b"")
    assert [program.get(address).status_code, program.delete(address).status_code] == [404, 404]
    assert program.post("subscribers", json=BO | {"address": READER}).status_code == 409


def test_the_audit_names_the_program_and_no_address(program: TestClient, publisher: Publisher) -> None:
    program.post("subscribers", json=BO)
    address = f"subscribers/{public_id_of(publisher, BO['address'])}"
    program.patch(address, json={"lang": "fr"})
    program.post(f"{address}/unsubscribe")
    program.delete(address)

    with publisher.database.read() as db:
        rows = [row for row in audit.listed(db) if row.actor == "api:shop"]
    assert [row.verb for row in rows][::-1][:3] == ["subscribe", "change subscriber", "unsubscribe"]
    assert rows[0].verb.startswith("erase")
    assert "bo@" not in str(rows)


def test_lists_are_shown_with_their_readers_by_state(program: TestClient, publisher: Publisher) -> None:
    with publisher.database.begin() as db:
        subscribers.add(
            db,
            address="p@example.net",
            address_key="p@example.net",
            address_hash="p",
            lists=["extra"],
            state=SubscriptionState.PENDING,
            consent="asked",
            now=publisher.now(),
            public_id="p" * 16,
        )

    weekly, extra = program.get("lists").json()["items"]

    assert (weekly["name"], weekly["title"], weekly["slots"]) == (
        "weekly",
        "The Weekly",
        ["Tue 06:30", "Thu 06:30"],
    )
    assert weekly["subscriptions"] == {"pending": 0, "active": 1, "paused": 0, "unsubscribed": 0}
    assert extra["subscriptions"]["pending"] == 1


def test_an_id_that_is_none_changes_nothing(program: TestClient) -> None:
    for id_ in ("0123456789abcdef", "x", "0", "%2e%2e", "0123456789ABCDEF", "0123456789abcdef%0A"):
        assert program.get(f"subscribers/{id_}").status_code in (404, 405, 422)
        assert program.delete(f"subscribers/{id_}").status_code in (404, 405, 422)

    assert len(program.get("subscribers").json()["items"]) == 1
