from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from publisher.model.rendered import IssueCard, Site, StoryCard
from publisher.outputs.feed import AT_LEAST, AT_MOST, EPOCH, WINDOW, channels, chosen, entries
from tests.editions import MASTHEAD, japanese_edition, meta_story, printed, rich_edition
from tests.sites import INK, MOMENT, card, days_before, site


def issue(name: str, published: datetime, *stories: str) -> IssueCard:
    """Return a small issue whose entries are its own name and those of its stories."""
    blank = card(japanese_edition(), published=published)
    return replace(
        blank,
        id=f"tag:{name}",
        entries={"rss": name.encode()},
        stories=tuple(
            replace(
                blank.stories[0],
                id=f"tag:{story}",
                updated=published - timedelta(seconds=position),
                entries={"rss": f"{story} in {name}".encode()},
            )
            for position, story in enumerate(stories, 1)
        ),
    )


def shown(of: Site) -> tuple[list[str], list[str]]:
    stories, issues = channels(of, output="rss")
    return [entry.decode() for entry in stories.entries], [entry.decode() for entry in issues.entries]


def test_stories_and_issues_stand_newest_first() -> None:
    news = site(issue("old", days_before(7), "c"), issue("new", MOMENT, "a", "b"))

    assert shown(news) == (["a in new", "b in new", "c in old"], ["new", "old"])


def test_a_story_in_two_issues_stands_once_as_it_was_first_published() -> None:
    news = site(issue("old", days_before(7), "a"), issue("new", MOMENT, "a", "b"))

    assert shown(news)[0] == ["b in new", "a in old"]


def test_a_correction_moves_a_story_to_the_top_and_the_feed_with_it() -> None:
    old = issue("old", days_before(7), "a")
    later = MOMENT + timedelta(hours=1)
    corrected = replace(old, stories=(replace(old.stories[0], updated=later),))

    stories, _ = channels(site(corrected, issue("new", MOMENT, "b")), output="rss")

    assert stories.entries == (b"a in old", b"b in new")
    assert stories.updated == later


def test_a_feed_was_updated_when_its_newest_entry_was_and_never_now() -> None:
    stories, issues = channels(site(issue("new", MOMENT, "a", "b")), output="rss")

    assert stories.updated == MOMENT - timedelta(seconds=1)
    assert issues.updated == MOMENT


def test_a_feed_without_entries_has_a_fixed_date() -> None:
    assert [channel.updated for channel in channels(site(), output="rss")] == [EPOCH, EPOCH]


def test_addresses_and_ids_come_from_the_masthead_alone() -> None:
    moved = replace(MASTHEAD, home_url="https://other.example/news")

    stories, issues = channels(site(masthead=moved), output="atom")

    assert (stories.path, stories.url) == ("/feed.atom", "https://other.example/news/feed.atom")
    assert issues.home == "https://other.example/news/"
    assert issues.stylesheet == "/news/feed.css"
    assert [stories.id, issues.id] == [
        "tag:example.org,2026:feed/stories",
        "tag:example.org,2026:feed/issues",
    ]


def test_an_issue_that_was_printed_without_this_format_is_left_out() -> None:
    assert [channel.entries for channel in channels(site(issue("a", MOMENT, "b")), output="new")] == [(), ()]


@given(
    ages=st.lists(st.integers(0, 60 * 24), min_size=1, max_size=60, unique=True),
    size=st.integers(1, 30_000),
)
def test_a_feed_has_all_of_two_weeks_and_at_least_25_entries_but_is_never_too_large(
    ages: list[int], size: int
) -> None:
    dated = {str(age): (MOMENT - timedelta(hours=age), b"x" * size) for age in ages}

    found = chosen(dated)

    moments = sorted((moment for moment, _ in dated.values()), reverse=True)
    wanted = max(sum(moment >= moments[0] - WINDOW for moment in moments), min(AT_LEAST, len(moments)))
    assert [moment for moment, _ in found] == moments[: min(wanted, AT_MOST // size)]


def test_an_entry_larger_than_a_feed_may_be_is_better_than_none() -> None:
    assert len(chosen({"a": (MOMENT, b"x" * (AT_MOST + 1)), "b": (days_before(1), b"y")})) == 1


def test_entries_of_one_moment_are_ordered_by_id() -> None:
    assert [entry for _, entry in chosen({"b": (MOMENT, b"b"), "a": (MOMENT, b"a")})] == [b"a", b"b"]


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


def test_cards_outside_the_window_need_no_entries() -> None:
    blank: StoryCard = card(japanese_edition()).stories[0]

    assert blank.entries == {}
    assert channels(site(card(japanese_edition())), output="rss")[0].entries == ()
