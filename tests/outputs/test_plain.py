from __future__ import annotations

from dataclasses import replace

from publisher.model.edition import Edition, Printed
from publisher.model.search import Words, read_words
from publisher.outputs.plain import PlainOutput
from tests.editions import japanese_edition, printed, rich_edition
from tests.sites import INK, theme


def words_in(edition: Edition) -> dict[str, Words]:
    parts = PlainOutput().render(edition, theme=theme(), ink=INK)
    return {part.key: read_words(part.body.decode()) for part in parts}


def test_a_story_has_its_words_in_the_order_of_how_much_they_tell() -> None:
    words = words_in(rich_edition())["laboratory"]

    assert words.title == rich_edition().stories[0].title
    assert words.lead.startswith("A famous laboratory has put forty years of notebooks online")
    for said in (
        "Failure had a budget: one project in five was meant to end.",
        "What it costs",
        "1960s 212 48",
        "Dates first",
        "It smells of tea, says the archivist.",
        "The next batch of notebooks is due in January.",
        "Counted by hand, with an error of about 3",
        "Example Energy Review & Digest · A. Writer",
    ):
        assert said in words.body


def test_nothing_stands_between_the_words_but_what_the_author_wrote() -> None:
    told = "\n".join(f"{each.lead}\n{each.body}" for each in words_in(rich_edition()).values())

    assert "public list of failures and paid people" in told
    assert not any(mark in told for mark in ("[1]", "[^1]", "* ", " | ", "https://"))


def test_headings_that_every_story_has_and_sponsors_are_no_words_of_it() -> None:
    body = words_in(rich_edition())["laboratory"].body

    assert "How we read <them>" in body
    assert not any(said in body for said in ("Key Takeaways", "Deep Analysis", "Did You Know?", "Reams"))


def test_an_issue_has_words_of_its_own_only_if_somebody_wrote_some() -> None:
    bare = replace(rich_edition(), opening=Printed(), closing=Printed())

    assert words_in(rich_edition())[""].lead.startswith("Good morning.")
    assert "" not in words_in(bare)
    assert set(words_in(japanese_edition())) == {"denchi"}


def test_empty_lines_in_a_text_do_not_mix_up_what_is_lead_and_what_is_not() -> None:
    story = replace(rich_edition().stories[0], lead=printed("<p>One</p>\n\n\n\n<p>two</p>"))

    words = words_in(replace(rich_edition(), stories=(story,)))["laboratory"]

    assert words.lead.split() == ["One", "two"]
