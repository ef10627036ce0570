from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from publisher.model.edition import Masthead
from publisher.model.rendered import Document, Item
from publisher.model.shelves import ISSUES, STORIES, Volume, list_shelf, tag_shelf
from publisher.outputs.atom import AtomOutput
from publisher.outputs.feed import (
    AT_LEAST,
    AT_MOST,
    EPOCH,
    WINDOW,
    Channel,
    Sized,
    channels,
    entries,
    window,
)
from publisher.outputs.rss import RssOutput
from tests.editions import HOME, MASTHEAD, meta_story, printed, rich_edition
from tests.sites import INK, MOMENT, days_before, site, theme


def item(name: str, updated: datetime) -> Item:
    return Item(id=f"tag:{name}", published=MOMENT, updated=updated, bodies={"rss": name.encode()})


def made(*documents: Document, hubs: tuple[str, ...] = (), masthead: Masthead = MASTHEAD) -> list[Channel]:
    """Return the RSS feeds of a site in which these documents have to be made."""
    news = replace(site(masthead=masthead), documents=documents, hubs=hubs)
    return list(channels(news, output="rss"))


def test_a_feed_shows_its_entries_as_they_stand_and_was_updated_when_the_newest_was() -> None:
    items = (item("b", days_before(1)), item("a", days_before(2)))

    (feed,) = made(Document(shelf=STORIES, items=items))

    assert feed.entries == (b"b", b"a")
    assert feed.updated == days_before(1)


def test_a_feed_without_entries_has_a_fixed_date() -> None:
    assert [feed.updated for feed in made(Document(shelf=STORIES, items=()))] == [EPOCH]


def test_every_shelf_has_an_address_an_id_and_a_title_of_its_own() -> None:
    shelves = (STORIES, ISSUES, tag_shelf("R&D/é"), list_shelf("weekly", "The Weekly"))

    feeds = made(*(Document(shelf=shelf, items=()) for shelf in shelves))

    assert [(feed.url.removeprefix(HOME), feed.id.partition(":feed/")[2], feed.title) for feed in feeds] == [
        ("/feed.rss", "stories", "Field Notes & Co."),
        ("/issues/feed.rss", "issues", "Field Notes & Co. – Issues"),
        ("/tags/r%26d-%C3%A9/feed.rss", "tag/r%26d-%C3%A9", "Field Notes & Co. – R&D/é"),
        ("/lists/weekly/feed.rss", "list/weekly", "Field Notes & Co. – The Weekly"),
    ]
    assert [feed.path for feed in feeds][2] == "/tags/r&d-é/feed.rss"
    assert [feed.home.removeprefix(HOME) for feed in feeds] == ["/", "/", "/tags/r%26d-%C3%A9/", "/"]


def test_a_volume_of_the_archive_leads_to_the_one_before_it_and_to_the_live_feed() -> None:
    older, volume = Volume("2026-09", 2), Volume("2026-10")

    live, archived = made(
        Document(shelf=ISSUES, items=(), older=volume),
        Document(shelf=ISSUES, items=(), volume=volume, older=older),
    )

    assert (live.current, live.older) == ("", f"{HOME}/issues/feed/2026-10.rss")
    assert archived.path == "/issues/feed/2026-10.rss"
    assert archived.older == f"{HOME}/issues/feed/2026-09-2.rss"
    assert archived.current == f"{HOME}/issues/feed.rss"
    assert live.id == archived.id


def test_hubs_are_told_by_live_feeds_alone_and_by_their_header() -> None:
    hub = "https://hub.example.org/"

    live, archived = made(
        Document(shelf=STORIES, items=()),
        Document(shelf=STORIES, items=(), volume=Volume("2026-10")),
        hubs=(hub,),
    )

    assert (live.hubs, archived.hubs) == ((hub,), ())
    assert live.link == f'<{HOME}/feed.rss>; rel="self", <{hub}>; rel="hub"'
    assert archived.link == (f'<{HOME}/feed/2026-10.rss>; rel="self", <{HOME}/feed.rss>; rel="current"')


def test_addresses_and_ids_come_from_the_masthead_alone() -> None:
    moved = replace(MASTHEAD, home_url="https://other.example/news")

    (feed,) = made(Document(shelf=ISSUES, items=()), masthead=moved)

    assert (feed.path, feed.url) == ("/issues/feed.rss", "https://other.example/news/issues/feed.rss")
    assert feed.home == feed.site == "https://other.example/news/"
    assert feed.stylesheet == "/news/feed.css"
    assert feed.id == "tag:example.org,2026:feed/issues"


def test_an_issue_that_was_printed_without_this_format_is_left_out() -> None:
    news = replace(site(), documents=(Document(shelf=STORIES, items=(item("a", MOMENT),)),))

    assert [feed.entries for feed in channels(news, output="new")] == [()]


@given(
    ages=st.lists(st.integers(0, 60 * 24), min_size=1, max_size=60, unique=True),
    size=st.integers(1, 30_000),
)
def test_a_feed_has_all_of_two_weeks_and_at_least_25_entries_but_is_never_too_large(
    ages: list[int], size: int
) -> None:
    moments = sorted((MOMENT - timedelta(hours=age) for age in ages), reverse=True)

    found = window([Sized(updated=moment, size=size) for moment in moments])

    wanted = max(sum(moment >= moments[0] - WINDOW for moment in moments), min(AT_LEAST, len(moments)))
    assert found == min(wanted, AT_MOST // size)


def test_an_entry_larger_than_a_feed_may_be_is_better_than_none() -> None:
    assert window([Sized(updated=MOMENT, size=AT_MOST + 1), Sized(updated=days_before(1), size=1)]) == 1


def test_an_edition_has_an_entry_for_the_issue_and_one_for_each_story() -> None:
    found = list(entries(rich_edition(), ink=INK))

    assert [entry.key for entry in found] == ["", "laboratory", "meta-element", "shams"]
    assert [entry.updated for entry in found] == [INK.token(f"updated-{position}") for position in range(4)]
    assert len({entry.id for entry in found}) == 4


def test_language_and_direction_are_told_where_a_reader_cannot_know_them() -> None:
    _, english, _, arabic = entries(rich_edition(), ink=INK)

    assert not english.html.startswith("<div")
    assert arabic.html.startswith('<div lang="ar" dir="rtl">\n')
    assert arabic.html.endswith("\n</div>")


def test_a_title_that_is_empty_becomes_the_first_words_of_the_story() -> None:
    edition = replace(rich_edition(), stories=(replace(meta_story(), title=" \u202e\n"),))

    _, entry = entries(edition, ink=INK)

    assert entry.title == "Four bytes of a page's head decide how it is read."


def test_control_characters_spoil_no_entry() -> None:
    story = replace(
        meta_story(),
        title="A\x00 \x1btitle\ud800",
        summary="b\x0b",
        author="c\x7f",
        tags=("d\ufffe",),
        lead=printed("<p>e\x01</p>"),
    )

    _, entry = entries(replace(rich_edition(), stories=(story,)), ink=INK)

    assert (entry.title, entry.summary, entry.author, entry.tags) == ("A title", "b", "c", ("d",))
    assert "<p>e</p>" in entry.html


def test_an_old_id_that_is_no_address_is_made_one_for_atom_alone() -> None:
    story = replace(meta_story(), id="post 17/é")
    edition = replace(rich_edition(), stories=(story, replace(meta_story(), id="https://old.example/?p=17")))

    _, odd, whole = entries(edition, ink=INK)

    assert (odd.id, odd.uri) == ("post 17/é", "tag:example.org,2026:external/post%2017%2F%C3%A9")
    assert whole.uri == whole.id == "https://old.example/?p=17"
    (_, atom, _), (_, rss, _) = (
        output.render(edition, theme=theme(), ink=INK) for output in (AtomOutput(), RssOutput())
    )
    assert f"<id>{odd.uri}</id>".encode() in atom.body
    assert '<guid isPermaLink="false">post 17/é</guid>'.encode() in rss.body
