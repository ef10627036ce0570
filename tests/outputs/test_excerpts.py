"""Excerpts: which stories a mail shortens so that it is shown whole."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.model.edition import Edition, Printed, PrintedStory
from publisher.model.fillins import ROOM
from publisher.model.phrases import PHRASES
from publisher.outputs.email import EmailOutput
from publisher.outputs.excerpts import excerpt, fit, saving
from publisher.outputs.text import TextOutput
from tests.editions import arabic_story, laboratory_story, meta_story, printed, rich_edition
from tests.sites import INK, fillins, theme


def long(story: PrintedStory, place: int, size: int) -> PrintedStory:
    """Return a story with an analysis of about so many bytes."""
    sentence = f"Story {place} goes on and on, and says what nobody had expected. "
    body = printed(f"<p>{sentence * (size // len(sentence))}</p>")
    sections = tuple(replace(each, body=body) if not each.takeaways else each for each in story.sections)
    return replace(story, slug=f"story-{place}", title=f"Title {place}", sections=sections)


def edition(*stories: PrintedStory, mail_bytes: int = 100_000) -> Edition:
    return replace(
        rich_edition(),
        stories=stories,
        masthead=replace(rich_edition().masthead, mail_bytes=mail_bytes),
    )


def sizes(count: int, size: int) -> Edition:
    return edition(*(long(laboratory_story(), place, size) for place in range(count)))


@given(
    st.lists(st.sampled_from([0, 300, 4_000, 30_000, 120_000]), min_size=1, max_size=14),
    st.sampled_from([laboratory_story(), meta_story(), arabic_story()]),
)
def test_no_mail_is_larger_than_it_may_be_and_no_story_is_shortened_without_need(
    lengths: list[int], story: PrintedStory
) -> None:
    issue = edition(*(long(story, place, size) for place, size in enumerate(lengths)))

    (part,) = EmailOutput().render(issue, theme=theme(), ink=INK)

    shortened = len(part.shortened)
    slugs = tuple(each.slug for each in issue.stories)
    assert part.longest <= 100_000
    assert part.shortened == slugs[len(slugs) - shortened :] if shortened else part.shortened == ()
    if shortened and all(map(saving, issue.stories)):
        one_less = EmailOutput()._print(issue, shortened - 1, theme=theme(), ink=INK)
        assert one_less.longest > 100_000


def test_the_size_counts_the_longest_values_that_a_reader_can_have() -> None:
    (part,) = EmailOutput().render(rich_edition(), theme=theme(), ink=INK)
    widest = {name: "x" * room for name, room in ROOM.items()}

    assert part.longest == len(INK.fill(part.body, widest))


def test_an_excerpt_is_title_lead_takeaways_and_the_way_to_the_rest() -> None:
    issue = sizes(20, 9_000)

    (part,) = EmailOutput().render(issue, theme=theme(), ink=INK)
    html = INK.fill(part.body, fillins(issue)).decode()

    _, begins, last = html.rpartition(">Title 19</a></h2>")
    assert begins
    assert "A famous laboratory has put forty years of notebooks online" in last
    assert "Failure had a budget:" in last
    assert "Read the rest of “Title 19”" in last
    assert "Story 19 goes on" not in last
    assert "Read “Title 0” on the web" in html
    assert "Story 0 goes on" in html


def test_the_text_mail_keeps_every_story_whole() -> None:
    issue = sizes(20, 9_000)

    (part,) = TextOutput().render(issue, theme=theme(), ink=INK)

    assert "Story 19 goes on" in part.body.decode()


def test_a_sponsor_is_in_the_excerpt_too() -> None:
    story = replace(long(laboratory_story(), 1, 9_000), sponsor=printed("Acme keeps this free."))

    assert excerpt(story).sponsor == story.sponsor


def test_a_story_that_is_lead_and_takeaways_is_its_own_excerpt() -> None:
    story = laboratory_story()
    short = replace(
        story,
        sections=tuple(each for each in story.sections if each.takeaways),
        closing=Printed(),
        footnotes=(),
    )

    assert saving(short) == 0
    assert excerpt(short) is short


def test_even_where_excerpts_are_not_enough_all_stories_are_excerpts() -> None:
    story = replace(long(meta_story(), 0, 9_000), lead=printed("<p>word </p>" * 12_000))

    (part,) = EmailOutput().render(edition(story), theme=theme(), ink=INK)

    assert part.longest > 100_000
    assert part.shortened == ("story-0",)


def test_a_mail_that_fits_is_printed_once() -> None:
    asked: list[int] = []

    def size(excerpts: int) -> int:
        asked.append(excerpts)
        return 100

    assert fit([meta_story()] * 50, limit=100, size=size) == 0
    assert asked == [0]


@given(st.lists(st.integers(0, 20_000), min_size=1, max_size=60), st.integers(1, 300_000))
def test_the_fewest_excerpts_are_found_with_few_questions(lengths: list[int], limit: int) -> None:
    stories = [replace(meta_story(), sections=(), closing=printed("x" * size)) for size in lengths]
    mails = [
        sum(lengths[: len(lengths) - count]) + 2_500 * len(lengths) - 900 * count
        for count in range(len(lengths) + 1)
    ]
    asked: list[int] = []

    def size(excerpts: int) -> int:
        asked.append(excerpts)
        return mails[excerpts]

    found = fit(stories, limit=limit, size=size)

    fitting = [count for count, made in enumerate(mails) if made <= limit]
    assert found == min(fitting, default=len(lengths))
    assert len(asked) <= 8


@pytest.mark.parametrize("lang", sorted(PHRASES))
def test_every_language_has_words_for_the_rest(lang: str) -> None:
    assert PHRASES[lang].read_rest.count("{}") == 1
    assert PHRASES[lang].read_rest != PHRASES[lang].read_on
