from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from publisher.actions.archive import archive
from publisher.actions.check import CheckFailedError
from publisher.actions.correct import correct
from publisher.actions.correction import Draft
from publisher.actions.masthead import follow_masthead
from publisher.actions.scan import scan
from publisher.actions.send_now import publish_now
from publisher.actions.status import status
from publisher.actions.subscribe import add
from publisher.actions.withdraw import withdraw
from publisher.app import Publisher
from publisher.errors import ContentError, NotFoundError, PublisherError, TransitionError
from publisher.model.delivery import MailingState
from publisher.model.states import IssueState
from publisher.store import editions, mailings, public
from tests.newsrooms import (
    MONDAY,
    READER,
    HandClock,
    Newsroom,
    deliver,
    history_of,
    mailing_of,
    record_of,
    served,
    state_of,
)
from tests.public_issues import Folder, at, items, statuses


@pytest.fixture
def heat(newsroom: Newsroom) -> Folder:
    """Return an issue of three stories that is published, three hours ago."""
    folder = Folder(newsroom).has("one", "two", "three")
    with newsroom.opened() as publisher:
        publish_now(publisher, "heat")
    newsroom.clock.passes(hours=3)
    return folder


@pytest.fixture(params=["sqlite", "postgresql"])
def anywhere(request: pytest.FixtureRequest, newsroom: Newsroom) -> Iterator[Publisher]:
    """Open a newsroom whose database is a file, or on a server, with an issue of three stories in public."""
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql_url")
        newsroom.sets(f'\n[database]\nurl = "{url}"\n')
    folder = Folder(newsroom).has("one", "two", "three")
    with newsroom.opened() as publisher:
        if request.param == "postgresql":
            add(publisher, READER)
            scan(publisher, patient=False)
        publish_now(publisher, "heat")
        assert folder.newsroom is newsroom
        yield publisher


def moments(publisher: Publisher, path: str = "/feed.json") -> dict[str, tuple[str, str]]:
    return {
        id_: (item["date_published"], item["date_modified"]) for id_, item in items(publisher, path).items()
    }


def test_pages_and_feeds_follow_the_files_and_ids_and_publication_stay(
    newsroom: Newsroom, anywhere: Publisher
) -> None:
    before, record = moments(anywhere), record_of(anywhere, "heat")
    Folder(newsroom).has("one", "two", "three").says("two", "it shrank")

    done = correct(anywhere, "heat", note="It shrank.")

    after, now = moments(anywhere), record_of(anywhere, "heat")
    assert (done.is_public, done.changed, done.added, done.removed) == (True, ("two",), (), ())
    assert "it shrank" in at(anywhere, "/stories/two/").body.decode()
    assert "it shrank" in at(anywhere, "/issues/heat/").body.decode()
    assert "it shrank" in items(anywhere)["two"]["content_html"]
    assert {id_: published for id_, (published, _) in after.items()} == {
        id_: published for id_, (published, _) in before.items()
    }
    assert (now.state, now.number, now.published_at) == (record.state, record.number, record.published_at)
    assert now.edition != record.edition


def test_only_what_really_changed_is_updated(publisher: Publisher, heat: Folder) -> None:
    before, issue = moments(publisher), moments(publisher, "/issues/feed.json")
    heat.says("two", "it shrank")

    correct(publisher, "heat")

    after, issue_after = moments(publisher), moments(publisher, "/issues/feed.json")
    assert after["one"] == before["one"]
    assert after["three"] == before["three"]
    assert before["two"][1] < after["two"][1] == "2026-10-05T10:59:58Z"
    assert issue["issue:heat-0"][1] < issue_after["issue:heat-0"][1] == "2026-10-05T11:00:00Z"
    assert list(items(publisher)) == ["two", "one", "three"]


def test_a_correction_is_kept_with_its_note_moment_and_stories(publisher: Publisher, heat: Folder) -> None:
    heat.says("two", "it shrank")
    correct(publisher, "heat", note="It shrank.")
    heat.says("one", "it stood")

    correct(publisher, "heat")

    with publisher.database.read() as db:
        edition = editions.find(db, record_of(publisher, "heat").edition or 0)
    assert edition is not None
    first, second = edition.corrections
    assert (first.note, first.stories) == ("It shrank.", ("tag:example.net,2026:two",))
    assert first.at == publisher.now()
    assert (second.note, second.stories) == ("", ("tag:example.net,2026:one",))


def test_a_minor_correction_changes_bytes_alone(publisher: Publisher, heat: Folder) -> None:
    before, etag = moments(publisher), at(publisher, "/feed.json").etag
    heat.says("two", "it shrank")

    done = correct(publisher, "heat", minor=True)

    assert done.is_minor
    assert moments(publisher) == before
    assert at(publisher, "/feed.json").etag != etag
    assert "it shrank" in items(publisher)["two"]["content_html"]
    with publisher.database.read() as db:
        edition = editions.find(db, record_of(publisher, "heat").edition or 0)
    assert edition is not None
    assert edition.corrections == ()


def test_another_order_is_no_change_of_a_story(publisher: Publisher, heat: Folder) -> None:
    before = moments(publisher), moments(publisher, "/issues/feed.json")
    heat.has("three", "two", "one")

    done = correct(publisher, "heat")

    assert done.changed == ()
    assert (done.is_reordered, done.is_minor, done.is_same) == (True, True, False)
    assert (moments(publisher), moments(publisher, "/issues/feed.json")) == before
    page = at(publisher, "/issues/heat/").body.decode()
    assert "orrected" not in page
    assert page.index("The story of three") < page.index("The story of one")


def test_another_order_beside_a_real_change_updates_what_changed(publisher: Publisher, heat: Folder) -> None:
    before = moments(publisher)
    heat.says("two", "it shrank")
    heat.has("three", "two", "one")

    done = correct(publisher, "heat")

    assert (done.changed, done.is_reordered, done.is_minor) == (("two",), True, False)
    assert {id_ for id_, each in moments(publisher).items() if each != before[id_]} == {"two"}


def test_where_nothing_has_changed_nothing_is_written(anywhere: Publisher) -> None:
    before = served(anywhere), record_of(anywhere, "heat"), len(history_of(anywhere, "heat"))

    done = correct(anywhere, "heat", note="Nothing.")

    assert done.is_same
    assert (served(anywhere), record_of(anywhere, "heat"), len(history_of(anywhere, "heat"))) == before


def test_a_dry_run_shows_the_difference_and_writes_nothing(publisher: Publisher, heat: Folder) -> None:
    heat.says("two", "it shrank")
    with publisher.database.read() as db:
        before = public.generation(db)

    done = correct(publisher, "heat", dry_run=True)

    with publisher.database.read() as db:
        assert public.generation(db) == before
    assert not done.is_public
    assert done.difference == ("“The story of two”", "-First point: it grew.", "+First point: it shrank.")


def test_the_audit_has_the_difference(publisher: Publisher, heat: Folder) -> None:
    heat.says("two", "it shrank")

    correct(publisher, "heat", note="It shrank.")

    last = history_of(publisher, "heat")[-1]
    assert (last.verb, last.actor, last.from_state, last.to_state) == (
        "correct",
        "ann",
        "published",
        "published",
    )
    assert last.detail["note"] == "It shrank."
    assert "+First point: it shrank." in str(last.detail["difference"])


def test_the_difference_is_what_readers_of_pages_find_and_never_the_mail(
    publisher: Publisher, heat: Folder
) -> None:
    heat.says("one", "[it grew](https://example.net/why)", tags="[sea]").says("three", summary="In short.")
    heat.says("two", title="A better story")

    done = correct(publisher, "heat", dry_run=True)

    one, two, three = (
        done.difference.index(f"“{name}”")
        for name in ("The story of one", "A better story", "The story of three")
    )
    assert done.difference[one:two] == (
        "“The story of one”",
        "-Tags: ",
        "+Tags: sea",
        "+Link: https://example.net/why",
    )
    assert done.difference[two + 1 : two + 3] == ("-Title: The story of two", "+Title: A better story")
    assert done.difference[three:] == ("“The story of three”", "+Summary: In short.")
    assert "+Story: A better story" in done.difference
    assert not any("In this issue" in line or "Subject" in line for line in done.difference)


def test_other_tags_are_followed_and_no_story_is_told_to_have_changed(
    publisher: Publisher, heat: Folder
) -> None:
    before, issue = moments(publisher), moments(publisher, "/issues/feed.json")
    heat.says("two", tags="[sea]")

    done = correct(publisher, "heat", note="Tagged.")

    assert (done.is_public, done.is_minor, done.changed) == (True, True, ())
    assert items(publisher)["two"]["tags"] == ["sea"]
    assert "two" in items(publisher, "/tags/sea/feed.json")
    assert (moments(publisher), moments(publisher, "/issues/feed.json")) == (before, issue)


def test_a_note_on_a_withdrawal_stands_in_the_issue_and_in_no_story_that_changed_beside_it(
    publisher: Publisher, heat: Folder
) -> None:
    heat.has("one", "three").says("three", "it shrank")

    correct(publisher, "heat", note="Our source has taken this back.")

    issue, three = (at(publisher, path).body.decode() for path in ("/issues/heat/", "/stories/three/"))
    assert re.search(r"Withdrawn: .The story of two.\. Our source has taken this back\.", issue)
    assert "Our source" in at(publisher, "/stories/two/").body.decode()
    assert "Corrected on" in three
    assert "Our source" not in three
    assert "Our source" not in items(publisher)["three"]["content_html"]


def test_stories_are_added_with_publication_now_and_a_second_apart(
    publisher: Publisher, heat: Folder
) -> None:
    heat.has("one", "two", "three", "four", "five")

    done = correct(publisher, "heat")

    found = moments(publisher)
    assert done.added == ("four", "five")
    assert found["four"] == ("2026-10-05T10:59:56Z",) * 2
    assert found["five"] == ("2026-10-05T10:59:55Z",) * 2
    assert at(publisher, "/stories/five/").status == 200


def test_a_story_that_is_taken_out_is_withdrawn_with_the_note_as_reason(
    newsroom: Newsroom, anywhere: Publisher
) -> None:
    published = items(anywhere)["one"]["date_published"]
    Folder(newsroom).has("two", "three")

    done = correct(anywhere, "heat", note="It was <b>made up</b>.")

    entry, page = items(anywhere)["one"], at(anywhere, "/stories/one/")
    assert done.removed == ("one",)
    assert entry["title"] == "Withdrawn: The story of one"
    assert entry["content_html"] == "<p>It was &lt;b&gt;made up&lt;/b&gt;.</p>"
    assert entry["date_published"] == published
    assert page.status == 410
    assert "It was &lt;b&gt;made up&lt;/b&gt;." in page.body.decode()
    assert "/stories/one/" not in at(anywhere, "/issues/heat/").body.decode()
    assert "/stories/one/" not in at(anywhere, "/sitemap-2026.xml").body.decode()


def test_a_story_that_is_taken_out_leaves_the_feeds_after_thirty_days_whatever_is_corrected_meanwhile(
    publisher: Publisher, heat: Folder, clock: HandClock
) -> None:
    heat.has("two", "three")
    correct(publisher, "heat", note="Made up.")
    clock.passes(days=29)
    heat.says("two", "it shrank")
    correct(publisher, "heat")
    before = items(publisher)
    clock.passes(days=1, seconds=1)
    heat.says("three", "it shrank")
    correct(publisher, "heat")

    assert before["one"]["title"] == "Withdrawn: The story of one"
    assert set(items(publisher)) == {"two", "three"}


def test_a_story_that_comes_back_has_its_id_publication_and_address_again(
    publisher: Publisher, heat: Folder, clock: HandClock
) -> None:
    before = moments(publisher)["one"]
    heat.has("two", "three")
    correct(publisher, "heat", note="Made up.")
    clock.passes(hours=1)
    heat.has("two", "one", "three")

    correct(publisher, "heat", note="It is true.")

    published, updated = moments(publisher)["one"]
    assert published == before[0]
    assert updated == "2026-10-05T11:59:58Z"
    assert at(publisher, "/stories/one/").status == 200
    assert items(publisher)["one"]["title"] == "The story of one"


def test_a_story_is_taken_out_only_with_a_reason_and_never_as_something_minor(
    publisher: Publisher, heat: Folder
) -> None:
    before = served(publisher)
    heat.has("two", "three")

    with pytest.raises(PublisherError, match="its page will say why"):
        correct(publisher, "heat")
    with pytest.raises(PublisherError, match="no minor correction"):
        correct(publisher, "heat", minor=True, note="Made up.")
    assert served(publisher) == before


def test_a_new_address_is_reached_from_all_old_ones(publisher: Publisher, heat: Folder) -> None:
    ids = set(items(publisher))
    heat.fields["slug"] = "warmth"
    heat.says("two", slug="zwei")
    first = correct(publisher, "heat", minor=True)
    heat.says("two", slug="deux")

    correct(publisher, "heat", minor=True)

    assert first.moved == {"/stories/two/": "/stories/zwei/", "/issues/heat/": "/issues/warmth/"}
    for path, to in (
        ("/stories/two/", "/stories/deux/"),
        ("/stories/zwei/", "/stories/deux/"),
        ("/issues/heat/", "/issues/warmth/"),
    ):
        assert (at(publisher, path).status, at(publisher, path).location) == (301, to)
        assert f"https://news.example.net{to}" in at(publisher, path).body.decode()
    assert at(publisher, "/stories/deux/").status == 200
    assert set(items(publisher)) == ids


def test_a_new_address_alone_is_no_change_of_the_story(publisher: Publisher, heat: Folder) -> None:
    before = moments(publisher)
    heat.says("two", slug="zwei")

    done = correct(publisher, "heat")

    assert done.is_minor
    assert moments(publisher) == before


def test_an_old_address_stays_taken(newsroom: Newsroom, publisher: Publisher, heat: Folder) -> None:
    heat.says("two", slug="zwei")
    correct(publisher, "heat")
    newsroom.writes("two", title="About the rain")

    with pytest.raises(CheckFailedError, match="E106 the slug 'two' is used by heat"):
        publish_now(publisher, "two")


def test_another_id_of_a_story_or_of_the_issue_is_refused(publisher: Publisher, heat: Folder) -> None:
    before = served(publisher)
    heat.says("two", id="other")
    with pytest.raises(CheckFailedError, match="E901"):
        correct(publisher, "heat")
    heat.says("two", id="two")
    heat.fields["id"] = "other"
    heat.saves()

    with pytest.raises(ContentError, match=r"heat/issue\.md.*is public with the id .*heat-0"):
        correct(publisher, "heat")
    assert served(publisher) == before


def test_another_number_is_refused_and_the_one_it_has_may_be_written_down(
    publisher: Publisher, heat: Folder
) -> None:
    heat.fields["number"] = "7"
    heat.saves()
    with pytest.raises(ContentError, match="went out with the number 1, and now has 7"):
        correct(publisher, "heat")
    heat.fields["number"] = "1"
    heat.says("two", "it shrank")

    correct(publisher, "heat")

    assert record_of(publisher, "heat").number == 1
    assert "<b>1</b>" in at(publisher, "/issues/heat/").body.decode()


def test_another_date_moves_nothing(publisher: Publisher, heat: Folder) -> None:
    heat.fields["date"] = "2026-12-24"
    heat.says("two", "it shrank")

    correct(publisher, "heat")

    assert record_of(publisher, "heat").published_at == MONDAY
    assert "5 October 2026" in at(publisher, "/issues/heat/").body.decode()


def test_the_feeds_of_lists_follow_the_file_and_the_mailing_does_not(
    publisher: Publisher, heat: Folder
) -> None:
    heat.fields["lists"] = "[extra]"
    heat.saves()

    correct(publisher, "heat")

    assert set(items(publisher, "/lists/extra/feed.json")) == {"one", "two", "three"}
    assert items(publisher, "/lists/weekly/feed.json") == {}
    with publisher.database.read() as db:
        (template,) = mailings.templates(db, mailing_of(publisher, "heat").id)
    assert template.list == "weekly"


def test_what_the_check_finds_blocks_unless_it_is_a_warning_that_somebody_acknowledges(
    publisher: Publisher, heat: Folder
) -> None:
    heat.says("two", "TK")
    with pytest.raises(CheckFailedError, match="E302"):
        correct(publisher, "heat", allow=["E302"])
    heat.says("two", "[it shrank](https://example.net/?utm_source=mail)")
    with pytest.raises(CheckFailedError) as caught:
        correct(publisher, "heat")
    codes = {finding.code for finding in caught.value.findings}
    assert "`publisher correct ISSUE --allow CODE`" in str(caught.value)

    assert correct(publisher, "heat", allow=sorted(codes)).is_public
    assert history_of(publisher, "heat")[-1].detail["allowed"] == sorted(codes)


def test_an_audience_that_has_changed_keeps_no_correction_back(
    newsroom: Newsroom, publisher: Publisher, heat: Folder
) -> None:
    newsroom.writes("rain", title="About the rain")
    publish_now(publisher, "rain")
    for number in range(20):
        add(publisher, f"r{number}@example.net")
    heat.says("two", "it shrank")

    assert correct(publisher, "heat").is_public


def test_an_archived_issue_is_corrected_and_stays_archived(newsroom: Newsroom, publisher: Publisher) -> None:
    newsroom.writes("old", title="Long ago", date="2020-01-07")
    archive(publisher, ["old"])
    newsroom.edits("old", "it grew", "it shrank")

    correct(publisher, "old")

    record = record_of(publisher, "old")
    assert record.state is IssueState.ARCHIVED
    assert record.published_at is not None
    assert record.published_at.year == 2020
    assert "it shrank" in at(publisher, "/stories/old/").body.decode()


@pytest.mark.parametrize("status", ["ready", "draft"])
def test_what_is_not_public_is_not_corrected(newsroom: Newsroom, publisher: Publisher, status: str) -> None:
    newsroom.writes("heat", status=status)

    with pytest.raises(TransitionError, match="cannot correct issue 'heat'"):
        correct(publisher, "heat")
    with pytest.raises(NotFoundError):
        correct(publisher, "rain")


def test_an_issue_whose_files_are_gone_is_not_corrected(newsroom: Newsroom, publisher: Publisher) -> None:
    newsroom.writes("heat")
    publish_now(publisher, "heat")
    (newsroom.issues / "heat.md").unlink()

    with pytest.raises(NotFoundError, match="there is no issue 'heat'"):
        correct(publisher, "heat")


@pytest.mark.parametrize(
    ("note", "why"), [("two\nlines", "more than one line"), ("x" * 301, "301 characters")]
)
def test_a_note_is_one_line_of_some_length(publisher: Publisher, heat: Folder, note: str, why: str) -> None:
    heat.says("two", "it shrank")

    with pytest.raises(PublisherError, match=why):
        correct(publisher, "heat", note=note)


def test_the_mailing_keeps_its_own_edition_and_sends_the_same_bytes_after_a_correction(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    add(publisher, "ben@example.net")
    folder = Folder(newsroom).has("one", "two", "three")
    publish_now(publisher, "heat")
    before = mailing_of(publisher, "heat")
    with publisher.database.read() as db:
        templates = mailings.templates(db, before.id)
    folder.says("two", "it shrank")

    correct(publisher, "heat", note="It shrank.")
    deliver(publisher)

    after = mailing_of(publisher, "heat")
    with publisher.database.read() as db:
        assert mailings.templates(db, after.id) == templates
    assert (after.edition, after.state) == (before.edition, MailingState.SENT)
    mails = [path.read_text() for path in (newsroom.root / "var/mail/new").iterdir()]
    assert len(mails) == 2
    assert all("it grew" in mail and "it shrank" not in mail for mail in mails)


@pytest.mark.usefixtures("heat")
def test_a_new_masthead_is_followed_and_updates_nothing(newsroom: Newsroom) -> None:
    newsroom.sets(instead=('title = "Heat"', 'title = "Cold"'))
    with newsroom.opened() as publisher:
        before = moments(publisher)

        done = correct(publisher, "heat")

        assert done.is_minor
        assert moments(publisher) == before
        assert "Cold" in at(publisher, "/issues/heat/").body.decode()
        assert correct(publisher, "heat").is_same


def test_corrections_moments_and_withdrawn_stories_outlive_a_new_masthead(
    newsroom: Newsroom, heat: Folder
) -> None:
    heat.has("two", "three").says("two", "it shrank")
    with newsroom.opened() as publisher:
        correct(publisher, "heat", note="It shrank.")
        before, page = moments(publisher), at(publisher, "/stories/one/").body
        with publisher.database.read() as db:
            told = editions.find(db, record_of(publisher, "heat").edition or 0)
    newsroom.sets(instead=('title = "Heat"', 'title = "Cold"'))
    newsroom.clock.passes(days=1)

    with newsroom.opened() as publisher:
        assert follow_masthead(publisher) == ()

        with publisher.database.read() as db:
            edition = editions.find(db, record_of(publisher, "heat").edition or 0)
        assert edition is not None
        assert told is not None
        assert edition.corrections == told.corrections != ()
        assert moments(publisher) == before
        assert at(publisher, "/stories/one/").body == page
        assert "Cold" in at(publisher, "/stories/two/").body.decode()


def test_a_correction_beside_another_one_is_refused_and_leaves_everything_as_it_is(
    newsroom: Newsroom, publisher: Publisher, heat: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    heat.says("two", "it shrank")
    with newsroom.opened() as other:
        from publisher.actions import correct as module  # noqa: PLC0415 - to look in between

        store = module._store

        def meddle(own: Publisher, made: Draft) -> object:
            monkeypatch.setattr(module, "_store", store)
            stored = store(own, made)
            correct(other, "heat")
            heat.says("two", "it vanished")
            return stored

        monkeypatch.setattr(module, "_store", meddle)
        with pytest.raises(TransitionError, match="has changed meanwhile"):
            correct(publisher, "heat")

    assert "it shrank" in at(publisher, "/stories/two/").body.decode()
    assert [row.verb for row in history_of(publisher, "heat")].count("correct") == 1


def test_a_crash_in_the_middle_leaves_all_as_it_was(
    publisher: Publisher, heat: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, found = served(publisher), items(publisher)
    heat.has("two", "three", "four")

    def crash(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(public, "put", crash)
        with pytest.raises(KeyboardInterrupt):
            correct(publisher, "heat", note="Made up.")
    undone = served(publisher), items(publisher), [row.verb for row in history_of(publisher, "heat")]
    correct(publisher, "heat", note="Made up.")

    assert undone[:2] == (before, found)
    assert "correct" not in undone[2]
    assert statuses(publisher)["/stories/one/"] == 410


def test_the_status_names_public_issues_whose_files_say_something_else(
    publisher: Publisher, heat: Folder
) -> None:
    scan(publisher, patient=False)
    before = status(publisher).changed
    heat.says("two", "it shrank")
    scan(publisher, patient=False)
    changed = status(publisher).changed
    correct(publisher, "heat")
    scan(publisher, patient=False)

    assert [set(each) for each in (before, changed, status(publisher).changed)] == [set(), {"heat"}, set()]


def test_an_issue_that_is_withdrawn_is_not_corrected(publisher: Publisher, heat: Folder) -> None:
    withdraw(publisher, "heat", reason="Made up.")
    heat.says("two", "it shrank")

    with pytest.raises(TransitionError, match="a withdrawn issue stays withdrawn"):
        correct(publisher, "heat")
    assert state_of(publisher, "heat") is IssueState.WITHDRAWN
