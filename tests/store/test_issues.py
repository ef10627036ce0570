"""Facts about issues."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from publisher.errors import TransitionError
from publisher.model.states import IssueState
from publisher.store import issues
from publisher.store.database import Database
from tests.databases import NOW
from tests.editions import japanese_edition
from tests.ledgers import add_issue

HOUR = timedelta(hours=1)


def test_an_issue_is_kept_as_it_was_seen(database: Database) -> None:
    with database.begin() as db:
        added = issues.add(
            db,
            slug="energy",
            id="0d0f",
            title="Energy ⚡",
            state=IssueState.HELD,
            reason="first seen in a heap",
            first_seen_at=NOW,
            signature="a:1",
            seen_hash="5f",
            asked_for="2026-10-06T06:30",
            lists=("weekly", "daily"),
        )

        record = issues.find(db, "energy")

        assert added
        assert record is not None
        assert (record.slug, record.id, record.title) == ("energy", "0d0f", "Energy ⚡")
        assert (record.state, record.reason) == (IssueState.HELD, "first seen in a heap")
        assert (record.first_seen_at, record.signature, record.seen_hash) == (NOW, "a:1", "5f")
        assert (record.asked_for, record.lists) == ("2026-10-06T06:30", ("weekly", "daily"))
        assert (record.edition, record.due_at, record.number, record.published_at) == (None,) * 4
        assert issues.signatures(db) == {"energy": "a:1"}
        assert issues.find(db, "chips") is None


def test_an_issue_is_seen_for_the_first_time_only_once(database: Database) -> None:
    with database.begin() as db:
        add_issue(db, "energy")

        again = issues.add(
            db,
            slug="energy",
            id="other",
            title="Other",
            state=IssueState.DRAFT,
            reason=None,
            first_seen_at=NOW + HOUR,
            signature="2",
            seen_hash=None,
            asked_for=None,
            lists=(),
        )

        record = issues.find(db, "energy")
        assert not again
        assert record is not None
        assert (record.title, record.first_seen_at) == ("Issue energy", NOW)


def test_what_files_say_is_noted_and_the_state_stays(database: Database) -> None:
    with database.begin() as db:
        add_issue(db, "energy", state=IssueState.APPROVED, approved_by="anna")

        issues.note_files(
            db,
            "energy",
            signature="2",
            seen_hash="77",
            title="Renamed",
            id="new",
            asked_for="2026-10-08",
            lists=(),
        )

        record = issues.find(db, "energy")
        assert record is not None
        assert (record.signature, record.seen_hash, record.title) == ("2", "77", "Renamed")
        assert (record.id, record.asked_for, record.lists) == ("new", "2026-10-08", ())
        assert (record.state, record.approved_by) == (IssueState.APPROVED, "anna")


def test_two_issues_cannot_have_one_id_and_the_transaction_goes_on(database: Database) -> None:
    with database.begin() as db:
        add_issue(db, "energy")
        add_issue(db, "chips")

        with pytest.raises(TransitionError, match="'chips' has the same id as issue 'energy'"):
            issues.note_files(
                db,
                "chips",
                signature="2",
                seen_hash=None,
                title="Chips",
                id="id-of-energy",
                asked_for=None,
                lists=(),
            )

        record = issues.find(db, "chips")
        assert record is not None
        assert (record.id, record.signature) == ("id-of-chips", "1")


def test_a_state_changes_only_from_where_it_is_thought_to_be(database: Database) -> None:
    with database.begin() as db:
        edition = add_issue(db, "energy")
        queued = {"edition": edition, "due_at": NOW}

        first = issues.change(db, "energy", expected=IssueState.READY, state=IssueState.QUEUED, **queued)
        second = issues.change(db, "energy", expected=IssueState.READY, state=IssueState.QUEUED, **queued)

        assert (first, second) == (True, False)


def test_a_reason_ends_with_its_state_and_other_facts_stay(database: Database) -> None:
    with database.begin() as db:
        add_issue(db, "energy", state=IssueState.HELD, reason="late", due_at=NOW, approved_by="anna")

        issues.change(db, "energy", expected=IssueState.HELD, state=IssueState.QUEUED)

        record = issues.find(db, "energy")
        assert record is not None
        assert (record.reason, record.due_at, record.approved_by) == (None, NOW, "anna")


def test_what_is_no_fact_of_an_issue_is_a_bug(database: Database) -> None:
    with pytest.raises(ValueError, match="title"), database.begin() as db:
        issues.change(db, "x", expected=IssueState.READY, state=IssueState.DRAFT, title="y")


def test_two_issues_cannot_have_one_number(database: Database) -> None:
    with database.begin() as db:
        add_issue(db, "energy", state=IssueState.PUBLISHED, number=41, published_at=NOW)
        edition = add_issue(db, "chips")

        with pytest.raises(TransitionError, match="issue number 41 is taken"):
            issues.change(
                db,
                "chips",
                expected=IssueState.READY,
                state=IssueState.PUBLISHED,
                number=41,
                edition=edition,
            )

        record = issues.find(db, "chips")
        assert record is not None
        assert record.state is IssueState.READY


def test_what_the_database_refuses_for_another_reason_is_a_bug(database: Database) -> None:
    with database.begin() as db:
        add_issue(db, "energy")

    with pytest.raises(IntegrityError), database.begin() as db:
        issues.change(db, "energy", expected=IssueState.READY, state=IssueState.HELD)


def test_what_is_due_comes_in_the_order_of_its_moments(database: Database) -> None:
    with database.begin() as db:
        for slug, due_at in (("c", NOW + HOUR), ("b", NOW), ("a", NOW), ("d", NOW - HOUR)):
            add_issue(db, slug, state=IssueState.QUEUED, due_at=due_at)
        add_issue(db, "held", state=IssueState.HELD, reason="late", due_at=NOW - HOUR)

        assert [record.slug for record in issues.due(db, NOW)] == ["d", "a", "b"]
        assert issues.due(db, NOW - HOUR * 2) == []
        assert issues.next_due(db) == NOW - HOUR


def test_an_empty_queue_is_never_due(database: Database) -> None:
    with database.read() as db:
        assert issues.next_due(db) is None
        assert issues.due(db, NOW) == []


def test_what_waits_for_an_editor_is_listed_first_and_the_newest_public_issue_before_the_older(
    database: Database,
) -> None:
    with database.begin() as db:
        add_issue(db, "withdrawn", state=IssueState.WITHDRAWN)
        add_issue(db, "archived", state=IssueState.ARCHIVED, published_at=NOW)
        add_issue(db, "older", state=IssueState.PUBLISHED, published_at=NOW - HOUR)
        add_issue(db, "newer", state=IssueState.PUBLISHED, published_at=NOW)
        add_issue(db, "draft", state=IssueState.DRAFT)
        add_issue(db, "ready-b")
        add_issue(db, "ready-a")
        add_issue(db, "approved", state=IssueState.APPROVED)
        add_issue(db, "later", state=IssueState.QUEUED, due_at=NOW + HOUR)
        add_issue(db, "sooner", state=IssueState.QUEUED, due_at=NOW)
        add_issue(db, "held", state=IssueState.HELD, reason="late")

        assert [record.slug for record in issues.listed(db)] == [
            "held",
            "sooner",
            "later",
            "approved",
            "ready-a",
            "ready-b",
            "draft",
            "newer",
            "older",
            "archived",
            "withdrawn",
        ]


def test_the_next_number_follows_the_highest_and_leaves_out_those_that_waiting_prints_have_fixed(
    database: Database,
) -> None:
    with database.begin() as db:
        assert issues.next_number(db) == 1
        add_issue(db, "first", state=IssueState.PUBLISHED, number=5, published_at=NOW)
        assert issues.next_number(db) == 6

        add_issue(db, "fixed", state=IssueState.APPROVED)
        assert issues.next_number(db) == 6
        add_issue(db, "second", state=IssueState.PUBLISHED, number=6, published_at=NOW)
        assert issues.next_number(db) == 8


def test_what_other_issues_have_for_themselves(database: Database) -> None:
    with database.begin() as db:
        add_issue(db, "public", state=IssueState.PUBLISHED, number=5, published_at=NOW)
        add_issue(db, "waiting", state=IssueState.APPROVED)
        add_issue(db, "own", state=IssueState.APPROVED)

        taken = issues.taken(db, besides="own")

        assert taken.ids == {"id-of-public": "public", "id-of-waiting": "waiting"}
        assert taken.numbers == {5: "public", 7: "waiting"}
        assert set(taken.stories) == {"denchi"}
        assert set(taken.stories.values()) <= {"public", "waiting"}
        assert set(taken.pages) == {japanese_edition().url.split("/")[-2]}
        assert set(taken.pages.values()) <= {"public", "waiting"}
        assert taken.content == {"a7" * 32: "public"}


def test_public_stories_are_known_with_the_addresses_of_their_sources(database: Database) -> None:
    with database.begin() as db:
        add_issue(db, "denchi", state=IssueState.PUBLISHED, number=7, published_at=NOW)
        add_issue(db, "queued", state=IssueState.QUEUED, due_at=NOW)

        public = issues.public_stories(db)

    story = japanese_edition().stories[0]
    assert [(each.id, each.slug, each.link) for each in public] == [(story.id, story.slug, story.link)]
    assert {(each.issue, each.number) for each in public} == {("denchi", 7)}


def test_the_moments_of_queued_and_published_issues_are_known_with_their_lists(database: Database) -> None:
    later = NOW + timedelta(days=1)
    with database.begin() as db:
        add_issue(db, "denchi", state=IssueState.PUBLISHED, published_at=NOW)
        add_issue(db, "queued", state=IssueState.QUEUED, due_at=later)
        add_issue(db, "ready")
        add_issue(db, "archived", state=IssueState.ARCHIVED, published_at=NOW)

        moments = issues.moments(db)

    assert moments == {"denchi": (("weekly",), NOW), "queued": (("weekly",), later)}
