from __future__ import annotations

from collections.abc import Iterator

import pytest

from publisher.actions.archive import archive
from publisher.actions.correct import correct
from publisher.actions.masthead import follow_masthead
from publisher.actions.scan import scan
from publisher.actions.send_now import publish_now
from publisher.actions.subscribe import add
from publisher.actions.tick import tick
from publisher.actions.withdraw import look_before, withdraw
from publisher.app import Publisher
from publisher.errors import PublisherError, TransitionError
from publisher.model.delivery import DeliveryState, MailingState
from publisher.model.states import IssueState
from publisher.store import public, shelves
from publisher.store.schema import shelves as table
from tests.newsrooms import (
    READER,
    HandClock,
    Newsroom,
    deliver,
    history_of,
    mailing_of,
    record_of,
    served,
    state_of,
    verbs_of,
)
from tests.public_issues import Folder, at, items, statuses

SHOWING = ("/", "/archive/", "/archive/2026/", "/sitemap-2026.xml", "/feeds/")
"""What lists pages."""


@pytest.fixture(params=["sqlite", "postgresql"])
def anywhere(request: pytest.FixtureRequest, newsroom: Newsroom) -> Iterator[Publisher]:
    """Open a newsroom whose database is a file, or on a server, with an issue of three stories in public."""
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql_url")
        newsroom.sets(f'\n[database]\nurl = "{url}"\n')
    Folder(newsroom).has("one", "two", "three", tags="[energy]")
    with newsroom.opened() as publisher:
        if request.param == "postgresql":
            add(publisher, READER)
            scan(publisher, patient=False)
        publish_now(publisher, "heat")
        yield publisher


@pytest.fixture
def heat(newsroom: Newsroom) -> Folder:
    folder = Folder(newsroom).has("one", "two", "three", tags="[energy]")
    with newsroom.opened() as publisher:
        publish_now(publisher, "heat")
    newsroom.clock.passes(hours=3)
    return folder


def test_pages_are_gone_and_say_why_and_entries_say_so_under_the_same_ids(anywhere: Publisher) -> None:
    before, issue = items(anywhere), items(anywhere, "/issues/feed.json")

    done = withdraw(anywhere, "heat", reason="It was <made> up.")

    record = record_of(anywhere, "heat")
    assert (record.state, record.reason) == (IssueState.WITHDRAWN, "It was <made> up.")
    assert record.withdrawn_at == done.at
    for path in ("/issues/heat/", "/stories/one/", "/stories/two/", "/stories/three/"):
        assert at(anywhere, path).status == 410
        assert "It was &lt;made&gt; up." in at(anywhere, path).body.decode()
    for feed, entries in (("/feed.json", before), ("/issues/feed.json", issue)):
        after = items(anywhere, feed)
        assert after.keys() == entries.keys()
        for id_, entry in after.items():
            assert entry["title"] == f"Withdrawn: {entries[id_]['title']}"
            assert entry["content_html"] == "<p>It was &lt;made&gt; up.</p>"
            assert entry["date_published"] == entries[id_]["date_published"]
            assert entry["date_modified"] >= entries[id_]["date_modified"]
    assert items(anywhere, "/tags/energy/feed.json").keys() == before.keys()


def test_nothing_that_lists_pages_lists_them_any_more(anywhere: Publisher) -> None:
    opml = at(anywhere, "/feeds.opml").body

    withdraw(anywhere, "heat", reason="Made up.")

    for path, status in statuses(anywhere).items():
        if status == 200 and path.endswith(("/", ".xml", ".html")):
            body = at(anywhere, path).body.decode()
            assert "/issues/heat/" not in body, path
            assert "/stories/one/" not in body, path
    assert at(anywhere, "/feeds.opml").body == opml


@pytest.mark.usefixtures("heat")
def test_entries_are_updated_now_one_second_after_the_other(publisher: Publisher) -> None:
    withdraw(publisher, "heat", reason="Made up.")

    assert [each["date_modified"] for each in items(publisher).values()] == [
        f"2026-10-05T10:59:{second}Z" for second in (59, 58, 57)
    ]
    assert items(publisher, "/issues/feed.json")["issue:heat-0"]["date_modified"] == "2026-10-05T11:00:00Z"


@pytest.mark.usefixtures("heat")
def test_entries_leave_the_feeds_after_thirty_days_and_a_tick_sees_to_it(
    publisher: Publisher, clock: HandClock
) -> None:
    withdraw(publisher, "heat", reason="Made up.")
    clock.passes(days=30, seconds=-1)
    assert tick(publisher).troubles == ()
    still = set(items(publisher))
    clock.passes(seconds=1)

    assert tick(publisher).troubles == ()

    assert still == {"one", "two", "three"}
    for feed in ("/feed.json", "/issues/feed.json", "/tags/energy/feed.json", "/feed/2026-10.json"):
        assert items(publisher, feed) == {}
    assert at(publisher, "/stories/one/").status == 410
    with publisher.database.read() as db:
        assert shelves.keys(db) == ()
        before = public.generation(db)
    tick(publisher)
    with publisher.database.read() as db:
        assert public.generation(db) == before


def test_entries_leave_the_feeds_by_the_clock_of_the_server(anywhere: Publisher) -> None:
    withdraw(anywhere, "heat", reason="Made up.")
    with anywhere.database.begin() as db:
        now = anywhere.now(db)
        db.execute(table.update().values(leaves_at=now))

    tick(anywhere)

    assert items(anywhere) == {}


def test_titles_say_it_in_the_language_of_each(newsroom: Newsroom, publisher: Publisher) -> None:
    folder = Folder(newsroom, fields={"lang": "de"}).has("one", "two")
    folder.says("two", lang="ar", title="قصة قصيرة عن الحر")
    publish_now(publisher, "heat")

    withdraw(publisher, "heat", reason="Erfunden.")

    assert items(publisher)["one"]["title"] == "Zurückgezogen: The story of one"
    assert items(publisher)["two"]["title"].startswith("مسحوب: ")
    assert 'dir="rtl"' in items(publisher)["two"]["content_html"]
    assert 'dir="rtl"' in at(publisher, "/stories/two/").body.decode()


def test_a_mailing_on_its_way_is_cancelled_and_who_had_it_is_told_and_audited(anywhere: Publisher) -> None:
    _, mailing = look_before(anywhere, "heat")

    done = withdraw(anywhere, "heat", reason="Made up.")

    assert mailing is not None
    assert mailing.state is MailingState.SENDING
    assert (done.is_cancelled, done.mailed, done.audience) == (True, 0, 1)
    assert mailing_of(anywhere, "heat").state is MailingState.CANCELLED
    rows = history_of(anywhere, "heat")
    assert [row.verb for row in rows][-2:] == ["cancel", "withdraw"]
    assert rows[-1].detail == {"reason": "Made up.", "mailed": 0, "cancelled": True}
    deliver(anywhere)
    assert mailing_of(anywhere, "heat").counts[DeliveryState.ACCEPTED] == 0


@pytest.mark.usefixtures("heat")
def test_a_mailing_that_is_sent_stays_sent(publisher: Publisher) -> None:
    deliver(publisher)

    done = withdraw(publisher, "heat", reason="Made up.")

    assert (done.is_cancelled, done.mailed, done.audience) == (False, 1, 1)
    assert mailing_of(publisher, "heat").state is MailingState.SENT


@pytest.mark.usefixtures("heat")
def test_a_mailing_that_cannot_be_cancelled_keeps_everything_as_it_is(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    from publisher.store import mailings  # noqa: PLC0415 - only here

    before = served(publisher)
    with monkeypatch.context() as patch:
        patch.setattr(mailings, "cancel", lambda _db, _id: False)
        with pytest.raises(TransitionError, match="has changed meanwhile"):
            withdraw(publisher, "heat", reason="Made up.")

    assert served(publisher) == before
    assert state_of(publisher, "heat") is IssueState.PUBLISHED


@pytest.mark.usefixtures("heat")
@pytest.mark.parametrize("reason", ["", "  ", "two\nlines", "x" * 301])
def test_a_reason_is_one_line_that_readers_understand(publisher: Publisher, reason: str) -> None:
    with pytest.raises(PublisherError, match="reason"):
        withdraw(publisher, "heat", reason=reason)

    assert state_of(publisher, "heat") is IssueState.PUBLISHED


def test_what_is_withdrawn_stays_withdrawn_whatever_its_files_say(
    publisher: Publisher, heat: Folder, clock: HandClock
) -> None:
    withdraw(publisher, "heat", reason="Made up.")
    before = served(publisher)
    clock.passes(days=1)
    heat.fields["status"] = "archived"
    heat.says("two", "it shrank")

    scanned = scan(publisher, patient=False)

    assert scanned.troubles == ()
    with pytest.raises(TransitionError, match="stays withdrawn"):
        withdraw(publisher, "heat", reason="Again.")
    with pytest.raises(TransitionError, match="stays withdrawn"):
        publish_now(publisher, "heat")
    assert archive(publisher, ["heat"]) != ()
    assert served(publisher) == before
    assert state_of(publisher, "heat") is IssueState.WITHDRAWN


def test_what_is_not_public_is_not_withdrawn(newsroom: Newsroom, publisher: Publisher) -> None:
    newsroom.writes("rain", title="About the rain")

    with pytest.raises(TransitionError, match="cannot withdraw issue 'rain'"):
        withdraw(publisher, "rain", reason="Made up.")


@pytest.mark.usefixtures("heat")
def test_withdrawn_pages_keep_the_masthead_that_they_had(newsroom: Newsroom) -> None:
    with newsroom.opened() as publisher:
        withdraw(publisher, "heat", reason="Made up.")
        before = at(publisher, "/stories/one/").body
    newsroom.sets(instead=('title = "Heat"', 'title = "Cold"'))

    with newsroom.opened() as publisher:
        assert follow_masthead(publisher) == ()
        assert at(publisher, "/stories/one/").body == before
        assert items(publisher)["one"]["title"] == "Withdrawn: The story of one"


def test_the_addresses_of_a_withdrawn_issue_are_gone_or_lead_to_what_is_gone(
    publisher: Publisher, heat: Folder
) -> None:
    heat.says("two", slug="zwei")
    correct(publisher, "heat")
    heat.has("two", "three")
    correct(publisher, "heat", note="Made up.")

    withdraw(publisher, "heat", reason="All of it is made up.")

    found = statuses(publisher)
    assert {path: found[path] for path in found if path.startswith(("/stories/", "/issues/heat"))} == {
        "/issues/heat/": 410,
        "/stories/one/": 410,
        "/stories/two/": 301,
        "/stories/zwei/": 410,
        "/stories/three/": 410,
    }
    assert items(publisher)["one"]["content_html"] == "<p>Made up.</p>"
    assert items(publisher)["two"]["content_html"] == "<p>All of it is made up.</p>"


@pytest.fixture
def twice(newsroom: Newsroom, heat: Folder) -> Folder:
    """Return an issue that is public beside `heat`, three hours later, and has its first story, too."""
    rain = Folder(newsroom, name="rain").has("four", "uno")
    rain.says("uno", id="one", title="The story of one")
    with newsroom.opened() as publisher:
        publish_now(publisher, "rain")
    newsroom.clock.passes(hours=3)
    assert "one" in heat.stories
    return rain


@pytest.mark.usefixtures("twice")
def test_a_story_of_two_issues_has_one_page_and_its_other_address_leads_there(publisher: Publisher) -> None:
    other = at(publisher, "/stories/uno/")

    assert (other.status, other.location) == (301, "/stories/one/")
    assert items(publisher)["one"]["url"] == "https://news.example.net/stories/one/"
    assert len(items(publisher)) == 4


@pytest.mark.usefixtures("twice")
def test_a_story_that_runs_in_another_public_issue_stays_public_as_that_ones(publisher: Publisher) -> None:
    before = items(publisher)["one"]

    withdraw(publisher, "heat", reason="Made up.")

    after = items(publisher)["one"]
    assert after["title"] == "The story of one"
    assert after["url"] == "https://news.example.net/stories/uno/"
    assert (after["date_published"], after["date_modified"] >= before["date_modified"]) == (
        before["date_published"],
        True,
    )
    assert (at(publisher, "/stories/one/").status, at(publisher, "/stories/one/").location) == (
        301,
        "/stories/uno/",
    )
    assert at(publisher, "/stories/uno/").status == 200
    assert at(publisher, "/stories/two/").status == 410
    assert state_of(publisher, "rain") is IssueState.PUBLISHED
    assert verbs_of(publisher, "rain")[-1] == "reprint"


@pytest.mark.usefixtures("twice")
def test_a_story_that_is_taken_out_of_one_of_two_issues_stays_public_as_the_others(
    publisher: Publisher, heat: Folder
) -> None:
    heat.has("two", "three")

    done = correct(publisher, "heat", note="It belongs to the rain.")

    assert done.removed == ("one",)
    assert items(publisher)["one"]["title"] == "The story of one"
    assert at(publisher, "/stories/one/").location == "/stories/uno/"
    assert at(publisher, "/stories/uno/").status == 200
    withdraw(publisher, "rain", reason="Made up.")
    assert items(publisher)["one"]["title"] == "Withdrawn: The story of one"
    assert at(publisher, "/stories/uno/").status == 410


@pytest.mark.usefixtures("twice")
def test_the_issue_that_has_a_story_second_is_withdrawn_without_it(publisher: Publisher) -> None:
    before = items(publisher)["one"]

    withdraw(publisher, "rain", reason="Made up.")

    assert items(publisher)["one"] == before
    assert at(publisher, "/stories/one/").status == 200
    assert items(publisher)["four"]["title"] == "Withdrawn: The story of four"


@pytest.mark.usefixtures("heat")
def test_a_story_of_a_withdrawn_issue_that_comes_back_in_another_one_keeps_its_id_and_publication(
    newsroom: Newsroom, publisher: Publisher, clock: HandClock
) -> None:
    before = items(publisher)["one"]
    withdraw(publisher, "heat", reason="Made up.")
    clock.passes(days=2)
    rain = Folder(newsroom, name="rain").has("four", "uno")
    rain.says("uno", id="one", title="The story of one")

    publish_now(publisher, "rain")

    after = items(publisher)["one"]
    assert (after["title"], after["date_published"]) == ("The story of one", before["date_published"])
    assert after["date_modified"] > before["date_modified"]
    assert at(publisher, "/stories/uno/").status == 200


def test_a_story_goes_on_in_another_issue_whatever_the_database(
    newsroom: Newsroom, anywhere: Publisher
) -> None:
    before = items(anywhere)["one"]
    rain = Folder(newsroom, name="rain").has("four", "uno")
    rain.says("uno", id="one", title="The story of one")
    publish_now(anywhere, "rain")

    withdraw(anywhere, "heat", reason="Made up.")

    after = items(anywhere)["one"]
    assert (after["title"], after["date_published"]) == (before["title"], before["date_published"])
    assert at(anywhere, "/stories/uno/").status == 200
    assert at(anywhere, "/stories/one/").location == "/stories/uno/"
