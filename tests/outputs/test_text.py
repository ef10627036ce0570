from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from publisher.model.edition import Edition, Printed, PrintedStory
from publisher.outputs.text import WIDTH, Links, TextOutput
from publisher.outputs.wrapping import columns
from tests.editions import japanese_edition, laboratory_story, meta_story, printed, rich_edition, takeaway
from tests.sites import INK, fillins, theme

SLOTS = {
    "list": "Weekly",
    "unsubscribe": "https://news.example.org/unsubscribe/" + "x" * 100,
    "preferences": "https://news.example.org/preferences/" + "x" * 100,
}


def mail(edition: Edition) -> str:
    """Return the mail as a subscriber gets it."""
    (part,) = TextOutput().render(edition, theme=theme(), ink=INK)
    return INK.fill(part.body, fillins(edition) | SLOTS).decode()


def alone(story: PrintedStory) -> str:
    return mail(
        replace(
            rich_edition(),
            title=story.title,
            stories=(story,),
            opening=Printed(),
            closing=Printed(),
            sponsor=Printed(),
        )
    )


@pytest.mark.parametrize("edition", [rich_edition(), japanese_edition()], ids=lambda edition: edition.slug)
def test_the_mail_is_as_it_was(edition: Edition, golden: Callable[[str, bytes], None]) -> None:
    golden(f"text/{edition.slug}.txt", mail(edition).encode())


@pytest.mark.parametrize("edition", [rich_edition(), japanese_edition()], ids=lambda edition: edition.slug)
def test_lines_fit_and_addresses_are_whole(edition: Edition) -> None:
    lines = mail(edition).split("\n")

    assert [line for line in lines if columns(line) > WIDTH] == [SLOTS["unsubscribe"], SLOTS["preferences"]]


def test_there_is_no_markup_no_trailing_blank_and_one_line_end_at_the_end() -> None:
    text = mail(rich_edition())

    assert "&amp;" not in text
    assert "<p>" not in text
    assert "\n\n\n" not in text
    assert [line for line in text.split("\n") if line != line.rstrip()] == []
    assert text.endswith("Spain\n")


def test_takeaways_keep_the_authors_colon() -> None:
    story = replace(
        meta_story(),
        sections=(
            replace(
                meta_story().sections[1],
                takeaways=(
                    takeaway("Say it first", "within 1,024 bytes."),
                    takeaway("要点", "本文", colon="："),
                    takeaway("", "No lead at all."),
                ),
            ),
        ),
    )

    assert "\n* Say it first: within 1,024 bytes.\n* 要点：本文\n* No lead at all.\n" in alone(story)


def test_links_are_numbered_through_a_story_and_listed_below_it() -> None:
    text = alone(laboratory_story())

    assert "a public list of failures [1] and" in text
    assert "published twice as much [2].\n" in text
    assert "from 1958. Source [3]\n" in text
    assert (
        "\n\nLinks\n\n"
        "[1] https://lab.example.net/list?a=1&b=2\n"
        "[2] https://lab.example.net/teams\n"
        "[3] https://lab.example.net/1958\n"
    ) in text


def test_an_address_that_is_linked_twice_has_one_number() -> None:
    links = Links()

    first = links.text(
        printed('<p><a href="https://a.example/">A</a> <a href="https://b.example/">B</a></p>')
    )
    second = links.text(printed('<p><a href="https://b.example/">B again</a></p>'))

    assert (first, second) == ("A\u00a0[1] B\u00a0[2]", "B again\u00a0[2]")
    assert links.addresses == ("https://a.example/", "https://b.example/")


def test_brackets_that_are_no_link_stay() -> None:
    links = Links()
    links.text(printed('<p><a href="https://a.example/">A</a></p>'))

    assert (
        links.text(printed('<p><a href="https://b.example/">B</a> says [7] and [0]</p>'))
        == "B\u00a0[2] says [7] and [0]"
    )
    assert links.text(Printed(text="as in [1]")) == "as in [1]"


def test_an_issue_that_is_its_only_story_is_not_titled_twice() -> None:
    text = alone(meta_story())

    assert text.count("\nThe <meta> element\n") == 1
    assert text.startswith(
        "Field Notes & Co.\nIssue 42\n6 October 2026 · 7 min read\n\n---\n\nThe <meta> element\n"
    )


def test_stories_are_listed_with_minutes_from_three_on_and_numbered_from_two() -> None:
    three = mail(rich_edition())
    two = mail(replace(rich_edition(), stories=rich_edition().stories[:2]))

    assert (
        '\nIn this issue\n\n1. R&D at AT&T: 5 < 6 "q" 🚀 (4 min read)\n2. The <meta> element (1 min read)\n'
        in three
    )
    assert "In this issue" not in two
    assert "\n---\n\n2. The <meta> element\n" in two


def test_a_picture_is_told_by_its_words() -> None:
    text = mail(rich_edition())

    assert '\nPicture: Four bars, each "taller" than the last, under a sun\nField Notes & friends\n' in text


def test_the_footer_names_list_way_out_and_postal_address() -> None:
    text = mail(rich_edition())

    assert text.endswith(
        "\n---\n\nYou get this mail because you subscribed to Weekly.\n\n"
        f"Unsubscribe:\n{SLOTS['unsubscribe']}\n\n"
        f"Preferences:\n{SLOTS['preferences']}\n\n"
        "View in browser:\nhttps://news.example.org/issues/notebooks/\n\n"
        "Follow by feed:\nhttps://news.example.org/feeds/\n\n"
        "Field Notes, 1 Example Street, 28001 Madrid, Spain\n"
    )


def test_each_token_stands_once() -> None:
    (part,) = TextOutput().render(rich_edition(), theme=theme(), ink=INK)

    assert INK.names(part.body) == {"number", "date", "list", "unsubscribe", "preferences"}
    assert part.body.count(f"zq{INK.nonce}.".encode()) == 5


def test_lines_with_values_that_come_later_are_as_long_as_others() -> None:
    japanese = mail(japanese_edition())

    assert "\nこのメールはWeeklyを購読している方にお送りしています。\n" in japanese


def test_numbers_of_notes_are_not_those_of_links() -> None:
    text = mail(rich_edition())

    assert "handed to a larger team.¹ Nobody" in text
    assert "\n¹ Counted by hand" in text
    assert "[^" not in text
