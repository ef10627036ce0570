"""Edits, errors and moves at unlucky moments: what goes out is what somebody wanted last."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from publisher.actions.approve import approve
from publisher.actions.archive import archive
from publisher.actions.hold import hold, release
from publisher.actions.publish import publish
from publisher.actions.queue import Place, queue
from publisher.actions.scan import scan
from publisher.actions.tick import tick
from publisher.errors import PublisherError, TransitionError
from publisher.store import issues, public
from publisher.store.schema import parts
from tests.journeys.conftest import Person

Ready = Callable[..., Path]
MONDAY = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)


def test_an_edit_that_could_not_be_followed_is_followed_by_the_next_look(
    editor: Person, ready_issue: Ready
) -> None:
    path = ready_issue("one")
    with editor.publisher(lambda: MONDAY) as publisher:
        printed = queue(publisher, "one", Place())
    theme = editor.writes("templates/email/issue.mjml", "{% broken")
    path.write_text(path.read_text().replace("it grew", "it shrank"))

    with editor.publisher(lambda: MONDAY) as publisher:
        broken = scan(publisher, patient=False)
    theme.unlink()
    with editor.publisher(lambda: MONDAY) as publisher:
        mended = scan(publisher, patient=False)
        with publisher.database.read() as db:
            after = issues.find(db, "one")

    assert broken.troubles
    assert not mended.troubles
    assert after is not None
    assert after.edition != printed.edition


def test_a_print_does_not_outlive_a_return_to_draft(editor: Person, ready_issue: Ready) -> None:
    path = ready_issue("one")

    with editor.publisher(lambda: MONDAY) as publisher:
        queue(publisher, "one", Place())
        path.write_text(path.read_text().replace("status: ready", "status: draft"))
        scan(publisher, patient=False)
        held = hold(publisher, "one", reason="not yet")

        with pytest.raises(PublisherError, match="draft"):
            release(publisher, "one")

    assert held.edition is None
    assert held.approved_hash is None


def test_an_approval_does_not_outlive_an_edit(editor: Person, ready_issue: Ready) -> None:
    editor.sets('# approval = "none"', 'approval = "required"')
    path = ready_issue("one")

    with editor.publisher(lambda: MONDAY) as publisher:
        approve(publisher, "one")
        path.write_text(path.read_text().replace("it grew", "it shrank"))
        scan(publisher, patient=False)
        hold(publisher, "one", reason="a question")
        released = release(publisher, "one")

    assert released.state == "ready"
    assert released.approved_hash is None


def test_an_issue_that_is_corrected_and_archived_in_one_go_is_public_as_corrected(
    editor: Person, ready_issue: Ready
) -> None:
    path = ready_issue("one")

    with editor.publisher(lambda: MONDAY) as publisher:
        approve(publisher, "one")
        path.write_text(
            path.read_text().replace("it grew", "it shrank").replace("status: ready", "status: archived")
        )
        archive(publisher, ["one"])
        with publisher.database.read() as db:
            page = public.find(db, "/issues/one/")

    assert page is not None
    assert "it shrank" in page.body.decode()


def test_an_issue_that_was_moved_meanwhile_is_not_published_at_its_old_moment(
    editor: Person, ready_issue: Ready
) -> None:
    ready_issue("one")

    with editor.publisher(lambda: MONDAY) as publisher:
        before = queue(publisher, "one", Place())
        queue(publisher, "one", Place(at="2026-10-20T10:00"))

        with pytest.raises(TransitionError, match="moved"):
            publish(publisher, "one", due=before.due_at)


def test_a_bug_that_one_issue_meets_keeps_no_other_back(editor: Person, ready_issue: Ready) -> None:
    ready_issue("one")
    ready_issue("two")

    with editor.publisher(lambda: MONDAY) as publisher:
        broken = queue(publisher, "one", Place())
        queue(publisher, "two", Place(at="2026-10-06T07:00"))
        with publisher.database.begin() as db:
            db.execute(parts.delete().where(parts.c.edition == broken.edition))
    with editor.publisher(lambda: datetime(2026, 10, 6, 6, 0, tzinfo=UTC)) as publisher:
        ticked = tick(publisher)

    assert ticked.published == ("two",)
    assert any("one" in trouble for trouble in ticked.troubles)


def test_a_dated_issue_that_was_held_can_be_released_into_the_next_slot(
    editor: Person, ready_issue: Ready
) -> None:
    ready_issue("one", date="2026-10-01")

    with editor.publisher(lambda: MONDAY) as publisher:
        scan(publisher, patient=False)
        released = release(publisher, "one")

    assert released.due_at == datetime(2026, 10, 6, 4, 30, tzinfo=UTC)
