"""The queue as an editor meets it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from publisher.actions.approve import approve
from publisher.actions.queue import Place, queue
from publisher.actions.scan import scan
from publisher.actions.tick import tick
from publisher.model.hold import HoldReason
from publisher.store import audit, issues, mailings
from tests.journeys.conftest import READY, Person

Ready = Callable[..., Path]


class Clock:
    """A clock that a test moves by hand."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)  # a Monday

    def __call__(self) -> datetime:
        return self.moment

    def passes(self, **time: float) -> None:
        self.moment += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_an_issue_takes_the_next_free_slot_and_the_next_one_the_slot_after(
    editor: Person, ready_issue: Ready, clock: Clock
) -> None:
    ready_issue("one")
    ready_issue("two")

    with editor.publisher(clock) as publisher:
        first, second = queue(publisher, "one", Place()), queue(publisher, "two", Place())

    assert first.due_at == datetime(2026, 10, 6, 4, 30, tzinfo=UTC)  # Tue 06:30 in Madrid
    assert second.due_at == datetime(2026, 10, 8, 4, 30, tzinfo=UTC)


def test_before_and_first_move_the_others_on(editor: Person, ready_issue: Ready, clock: Clock) -> None:
    for slug in ("one", "two", "three"):
        ready_issue(slug)

    with editor.publisher(clock) as publisher:
        queue(publisher, "one", Place())
        queue(publisher, "two", Place())
        queue(publisher, "three", Place(before="two"))
        queue(publisher, "two", Place(first=True))
        with publisher.database.read() as db:
            order = [record.slug for record in issues.due(db, clock() + timedelta(days=30))]

    assert order == ["two", "one", "three"]


def test_what_is_due_is_published_once_however_many_ticks_there_are(
    editor: Person, ready_issue: Ready, clock: Clock
) -> None:
    ready_issue("one")

    with editor.publisher(clock) as publisher:
        queue(publisher, "one", Place())
        early = tick(publisher)
        clock.passes(days=1)
        ticks = [tick(publisher) for _ in range(3)]
        with publisher.database.read() as db:
            mailing = mailings.of_issue(db, "one")

    assert early.published == ()
    assert [each.published for each in ticks] == [("one",), (), ()]
    assert mailing is not None
    assert mailing.audience == 1


def test_an_issue_later_than_the_limit_is_held_and_one_less_late_is_sent(
    editor: Person, ready_issue: Ready, clock: Clock
) -> None:
    ready_issue("one")
    ready_issue("two")

    with editor.publisher(clock) as publisher:
        queue(publisher, "one", Place())
        queue(publisher, "two", Place(at="2026-10-06T10:00"))
        clock.moment = datetime(2026, 10, 6, 11, 0, tzinfo=UTC)
        ticked = tick(publisher)
        with publisher.database.read() as db:
            held = issues.find(db, "one")

    assert ticked.published == ("two",)
    assert ticked.held == ("one",)
    assert held is not None
    assert held.reason == HoldReason.LATE


def test_a_heap_that_a_new_database_meets_is_never_sent(editor: Person, clock: Clock) -> None:
    for number in range(300):
        text = READY.format(
            id=f"0d0f4a0e-2b0b-4d7e-8e0f-{number:012d}", title=f"Story {number}", slug=f"s{number}", more=""
        )
        editor.writes(f"issues/s{number}.md", text)
    for file in (editor.root / "var").glob("publisher.db*"):
        file.unlink()
    editor.types("subscribers", "add", "ada@example.org")
    clock.moment = datetime.now(UTC) + timedelta(seconds=5)

    with editor.publisher(clock) as publisher:
        for _ in range(60):
            tick(publisher)
            clock.passes(days=1)
        with publisher.database.read() as db:
            held = [each for each in issues.listed(db) if each.reason == HoldReason.HEAP]
            sent = mailings.listed(db)

    assert len(held) == 301
    assert sent == []


def test_an_approval_stands_for_one_content_and_an_edit_ends_it(
    editor: Person, ready_issue: Ready, clock: Clock
) -> None:
    editor.sets('# approval = "none"', 'approval = "required"')
    path = ready_issue("one")

    with editor.publisher(clock) as publisher:
        scan(publisher, patient=False)
        approved = approve(publisher, "one")
        queue(publisher, "one", Place())
        path.write_text(path.read_text().replace("it grew", "it shrank"))
        scan(publisher, patient=False)
        with publisher.database.read() as db:
            held = issues.find(db, "one")
            history = [row.verb for row in audit.listed(db, subject="one")]

    assert approved.approved_hash
    assert held is not None
    assert held.state == "held"
    assert held.reason == HoldReason.EDITED
    assert held.due_at == datetime(2026, 10, 6, 4, 30, tzinfo=UTC)
    assert sorted(history) == ["approve", "hold", "queue"]


def test_without_approval_an_edited_issue_is_printed_anew_and_keeps_its_slot(
    editor: Person, ready_issue: Ready, clock: Clock
) -> None:
    path = ready_issue("one")

    with editor.publisher(clock) as publisher:
        before = queue(publisher, "one", Place())
        path.write_text(path.read_text().replace("it grew", "it shrank"))
        scan(publisher, patient=False)
        with publisher.database.read() as db:
            after = issues.find(db, "one")

    assert after is not None
    assert after.state == "queued"
    assert after.due_at == before.due_at
    assert after.edition != before.edition
    assert after.approved_hash != before.approved_hash


def test_a_queued_issue_that_becomes_a_draft_leaves_the_queue_at_once(
    editor: Person, ready_issue: Ready, clock: Clock
) -> None:
    path = ready_issue("one")

    with editor.publisher(clock) as publisher:
        queue(publisher, "one", Place())
        path.write_text(path.read_text().replace("status: ready", "status: draft"))
        scan(publisher, patient=False)
        clock.passes(days=2)
        ticked = tick(publisher)
        with publisher.database.read() as db:
            draft = issues.find(db, "one")

    assert draft is not None
    assert draft.state == "draft"
    assert ticked.published == ()


def test_a_change_in_the_last_minutes_holds_the_issue(
    editor: Person, ready_issue: Ready, clock: Clock
) -> None:
    path = ready_issue("one")

    with editor.publisher(clock) as publisher:
        queue(publisher, "one", Place())
        clock.moment = datetime(2026, 10, 6, 4, 25, tzinfo=UTC)
        path.write_text(path.read_text().replace("it grew", "it shrank"))
        scan(publisher, patient=False)
        with publisher.database.read() as db:
            held = issues.find(db, "one")

    assert held is not None
    assert held.reason == HoldReason.EDITED


def test_what_was_printed_goes_out_even_when_the_files_have_vanished(
    editor: Person, ready_issue: Ready, clock: Clock
) -> None:
    path = ready_issue("one", title="The frozen one")

    with editor.publisher(clock) as publisher:
        queue(publisher, "one", Place())
        path.unlink()
        clock.passes(days=1)
        ticked = tick(publisher)

    assert ticked.published == ("one",)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("unqueue", "fresh"), "cannot unqueue issue 'fresh': it is ready"),
        (("release", "fresh"), "cannot release issue 'fresh': it is ready"),
        (("approve", "2024-10-24-kazan"), "cannot approve"),
        (("queue", "nothing-such"), "there is no issue 'nothing-such'"),
        (("queue", "fresh", "--at", "2027-03-28T02:30"), "does not exist in Europe/Madrid"),
        (("queue", "fresh", "--at", "soon"), "'soon' is not a time"),
        (("queue", "fresh", "--at", "2020-01-01T10:00"), "is past"),
        (("queue", "fresh", "--before", "kazan"), "stands in no slot"),
    ],
)
def test_what_is_not_possible_is_told_in_one_sentence(
    editor: Person, ready_issue: Ready, words: tuple[str, ...], sentence: str
) -> None:
    editor.sets('# approval = "none"', 'approval = "required"') if words[0] != "queue" else None
    ready_issue("fresh")
    editor.types("status")

    said = editor.types(*words, code=1)

    assert sentence in said.err
    assert said.err.count("\n") <= 1
