"""What programs do with issues and mailings."""

from __future__ import annotations

from starlette.testclient import TestClient

from publisher.actions.scan import scan
from publisher.actions.tick import tick
from publisher.app import Publisher
from publisher.model.delivery import MailingState
from publisher.model.states import IssueState
from publisher.store import mailings
from tests.newsrooms import Newsroom, history_of, mailing_of, state_of


def test_issues_are_read_portion_by_portion(
    program: TestClient, newsroom: Newsroom, publisher: Publisher
) -> None:
    for slug in ("b", "c", "d"):
        newsroom.writes(slug, title=f"A machine called {slug}", status="draft")
    scan(publisher, patient=False)
    found: list[str] = []
    after: dict[str, str] | None = {}

    while after is not None:
        answer = program.get("issues", params=after | {"limit": "2"}).json()
        found += [each["slug"] for each in answer["items"]]
        after = {"after": answer["next"]} if answer["next"] else None

    assert found == ["b", "c", "cold", "d", "heat"]
    assert [each["slug"] for each in program.get("issues?state=published").json()["items"]] == ["heat"]


def test_an_issue_is_checked_as_its_files_are_now(program: TestClient, newsroom: Newsroom) -> None:
    assert program.post("issues/cold/check").json()["is_ready"] is True

    newsroom.edits("cold", "- **First point:** it grew.", "- **First point:** TODO")
    checked = program.post("issues/cold/check").json()

    assert checked["is_ready"] is False
    (finding,) = (each for each in checked["findings"] if each["blocks"])
    assert (finding["path"], finding["line"], finding["severity"]) == ("issues/cold.md", 13, "error")


def test_checking_changes_nothing(program: TestClient) -> None:
    before = program.get("issues").json()

    program.post("issues/cold/check")

    assert program.get("issues").json() == before


def test_an_issue_goes_through_its_life(program: TestClient, publisher: Publisher) -> None:
    def does(verb: str, **body: object) -> tuple[int, str]:
        answer = (
            program.post(f"issues/cold/{verb}", json=body) if body else program.post(f"issues/cold/{verb}")
        )
        return answer.status_code, answer.json()["state"]

    assert does("approve") == (200, "approved")
    assert does("queue") == (200, "queued")
    assert does("unqueue") == (200, "approved")
    assert does("queue", at="2026-10-08 12:00") == (200, "queued")
    assert program.get("issues/cold").json()["due_at"] == "2026-10-08T10:00:00Z"
    assert does("queue", soon=True) == (200, "queued")
    assert does("hold", reason="the photo is missing") == (200, "held")
    assert program.get("issues/cold").json()["reason"] == "the photo is missing"
    assert does("release", reprint=True) == (200, "queued")
    assert {row.actor for row in history_of(publisher, "cold")} == {"api:shop"}


def test_what_the_state_does_not_allow_is_a_conflict(program: TestClient, publisher: Publisher) -> None:
    for verb in ("approve", "queue", "unqueue", "hold", "release"):
        answer = program.post(f"issues/heat/{verb}", json={"reason": "no"} if verb == "hold" else {})
        assert (answer.status_code, answer.json()["code"]) == (409, "state")
        assert "published" in answer.json()["detail"]

    assert state_of(publisher, "heat") is IssueState.PUBLISHED


def test_an_issue_that_fails_the_check_is_a_conflict_with_its_findings(
    program: TestClient, newsroom: Newsroom
) -> None:
    newsroom.edits("cold", "- **First point:** it grew.", "- **First point:** TODO")

    answer = program.post("issues/cold/approve")

    assert (answer.status_code, answer.json()["code"]) == (409, "check")
    assert [each["blocks"] for each in answer.json()["findings"]] == [True]
    assert "\n" not in answer.json()["detail"]


def test_a_place_that_cannot_be_meant_is_refused(program: TestClient) -> None:
    for body, code in (
        ({"at": "2020-01-01 10:00"}, "refused"),
        ({"at": "whenever"}, "refused"),
        ({"first": True, "soon": True}, "refused"),
        ({"first": "yes"}, "invalid"),
        ({"now": True}, "invalid"),
    ):
        answer = program.post("issues/cold/queue", json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, code), body


NO_SLUGS = (
    "none",
    "..",
    "%2e%2e",
    "cold.md",
    "publisher.toml",
    "%00",
    "..%5C..",
    "%0acold",
    "a" * 300,
    "é" * 150,
)


def test_no_slug_leads_anywhere_else(program: TestClient) -> None:
    for slug in NO_SLUGS:
        for verb in ("check", "approve", "release"):
            assert program.post(f"issues/{slug}/{verb}").status_code in (404, 405, 422), slug


def test_mailings_are_read_newest_first_and_by_issue(
    program: TestClient, publisher: Publisher, newsroom: Newsroom
) -> None:
    program.post("issues/cold/queue", json={"soon": True})
    newsroom.clock.passes(minutes=3)
    tick(publisher)

    first = program.get("mailings", params={"limit": "1"}).json()
    second = program.get("mailings", params={"limit": "1", "after": first["next"]}).json()
    assert [each["issue"] for each in first["items"] + second["items"]] == ["cold", "heat"]
    assert second["next"] is None
    assert [each["issue"] for each in program.get("mailings?issue=heat").json()["items"]] == ["heat"]
    assert program.get("mailings?issue=none").json()["items"] == []


def test_a_mailing_is_paused_resumed_and_cancelled(program: TestClient, publisher: Publisher) -> None:
    address = f"mailings/{mailing_of(publisher, 'heat').id}"

    assert (
        program.post(f"{address}/pause", json={"reason": "a wrong link"}).json()["reason"] == "a wrong link"
    )
    assert program.post(f"{address}/pause").json()["reason"] == "a wrong link"
    assert program.post(f"{address}/resume").json()["state"] == "sending"
    assert program.post(f"{address}/cancel").json()["state"] == "cancelled"
    again = program.post(f"{address}/resume")
    assert (again.status_code, again.json()["code"]) == (409, "state")
    assert mailing_of(publisher, "heat").state is MailingState.CANCELLED


def test_the_progress_of_a_mailing_adds_up_and_names_nobody(
    program: TestClient, publisher: Publisher
) -> None:
    id_ = mailing_of(publisher, "heat").id
    with publisher.database.begin() as db:
        mailings.note_rate(db, id_, 2_000, publisher.now())

    answer = program.get(f"mailings/{id_}")

    shown = answer.json()
    assert sum(shown["counts"].values()) == shown["audience"] == 1
    assert (shown["rate"], shown["seconds_left"]) == (2.0, 1)
    assert shown["refused"] == []
    assert set(shown["reports"].values()) == {0}
    assert "@" not in answer.text


def test_a_mailing_that_is_none_is_not_found(program: TestClient) -> None:
    for id_ in ("999", "0", "-1", "x", "99999999999999999999"):
        assert program.get(f"mailings/{id_}").status_code in (404, 422)
        assert program.post(f"mailings/{id_}/cancel").status_code in (404, 422)
