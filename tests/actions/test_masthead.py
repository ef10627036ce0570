from __future__ import annotations

import pytest

from publisher.actions.archive import archive
from publisher.actions.masthead import follow_masthead
from publisher.actions.scan import scan
from publisher.actions.send_now import publish_now
from publisher.app import Publisher
from publisher.model.states import IssueState
from publisher.store import mailings, public
from tests.newsrooms import Newsroom, history_of, mailing_of, record_of, served

RENAMED = ('title = "Heat"', 'title = "Cold"')


def body(publisher: Publisher, path: str) -> str:
    with publisher.database.read() as db:
        found = public.find(db, path)
    assert found is not None
    return found.body.decode()


@pytest.fixture
def speaking(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom with a published and an archived issue, and a new title in its settings."""
    newsroom.writes("heat")
    newsroom.writes("old", title="Long ago", status="archived", date="2020-01-01")
    with newsroom.opened() as publisher:
        publish_now(publisher, "heat")
        scan(publisher, patient=False)
    newsroom.sets(instead=RENAMED)
    return newsroom


def test_a_database_in_which_nothing_is_public_gets_its_front_page_and_feeds(publisher: Publisher) -> None:
    assert follow_masthead(publisher) == ()

    assert {"/", "/feed.rss", "/feed.atom", "/feed.json"} <= set(served(publisher))


def test_pages_and_feeds_follow_a_new_title_and_keep_their_dates(speaking: Newsroom) -> None:
    with speaking.opened() as publisher:
        before = {slug: record_of(publisher, slug) for slug in ("heat", "old")}
        speaking.clock.passes(days=1)

        troubles = follow_masthead(publisher)

        assert troubles == ()
        for path in ("/", "/issues/heat/", "/issues/old/", "/feed.json"):
            assert "Cold" in body(publisher, path)
        for slug, record in before.items():
            after = record_of(publisher, slug)
            assert (after.state, after.number, after.published_at) == (
                record.state,
                record.number,
                record.published_at,
            )
            assert after.edition != record.edition


def test_a_masthead_that_is_the_same_changes_nothing(speaking: Newsroom) -> None:
    with speaking.opened() as publisher:
        follow_masthead(publisher)
        before = served(publisher)
        speaking.clock.passes(days=1)

        assert follow_masthead(publisher) == ()
        assert served(publisher) == before


def test_the_mailing_keeps_what_was_approved(speaking: Newsroom) -> None:
    with speaking.opened() as publisher:
        before = mailing_of(publisher, "heat")
        with publisher.database.read() as db:
            message = mailings.templates(db, before.id)

        follow_masthead(publisher)

        assert mailing_of(publisher, "heat") == before
        with publisher.database.read() as db:
            assert mailings.templates(db, before.id) == message


def test_an_issue_whose_files_have_changed_or_are_gone_keeps_its_old_masthead_and_is_named(
    speaking: Newsroom,
) -> None:
    speaking.edits("heat", "it grew", "it shrank")
    (speaking.issues / "old.md").unlink()
    with speaking.opened() as publisher:
        troubles = follow_masthead(publisher)

        assert len(troubles) == 2
        assert any("'heat' keep their old masthead: its files have changed" in each for each in troubles)
        assert any("'old' keep their old masthead: its files are gone" in each for each in troubles)
        assert "it grew" in body(publisher, "/issues/heat/")
        assert "Cold" in body(publisher, "/")
        assert record_of(publisher, "heat").state is IssueState.PUBLISHED


def test_what_was_printed_anew_stands_in_the_audit(speaking: Newsroom) -> None:
    with speaking.opened() as publisher:
        follow_masthead(publisher)

        last = history_of(publisher, "old")[-1]
        assert (last.verb, last.from_state, last.to_state) == ("reprint", "archived", "archived")
        assert last.detail == {"because": "the masthead has changed"}


def test_an_issue_that_becomes_public_later_speaks_with_the_masthead_of_now(speaking: Newsroom) -> None:
    speaking.writes("rain", title="Rain")
    with speaking.opened() as publisher:
        follow_masthead(publisher)
        archive(publisher, ["rain"])

        assert "Cold" in body(publisher, "/issues/rain/")
