from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from xml.etree.ElementTree import Element

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.model.colours import READABLE, contrast
from publisher.model.edition import Direction, Edition, Printed, PrintedSection, PrintedStory
from publisher.model.story import Role
from publisher.outputs.email import DARK, LIGHT, EmailOutput, Palette, arrange, palette
from tests.editions import (
    arabic_story,
    japanese_edition,
    laboratory_story,
    meta_story,
    printed,
    rich_edition,
    takeaway,
)
from tests.sites import INK, fillins, theme

SLOTS = {
    "list": "Weekly",
    "unsubscribe": "https://news.example.org/unsubscribe/token",
    "preferences": "https://news.example.org/preferences/token",
}
ROLES = st.lists(st.sampled_from(Role), max_size=9)


def mail(edition: Edition) -> str:
    """Return the mail as a subscriber gets it."""
    (part,) = EmailOutput().render(edition, theme=theme(), ink=INK)
    return INK.fill(part.body, fillins(edition) | SLOTS).decode()


def tree(edition: Edition) -> Element:
    """Return the mail as a browser reads it; any error of its HTML fails."""
    parser = html5lib.HTMLParser(
        tree=html5lib.getTreeBuilder("etree"), strict=True, namespaceHTMLElements=False
    )
    document = parser.parse(mail(edition))
    assert isinstance(document, Element)
    return document


def said(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def headings(document: Element) -> list[tuple[str, str]]:
    tags = [(str(element.tag), element) for element in document.iter()]
    return [(tag, said(element)) for tag, element in tags if re.fullmatch("h[1-6]", tag)]


def two_stories() -> Edition:
    return replace(rich_edition(), stories=(laboratory_story(), meta_story()))


def alone(story: PrintedStory) -> Edition:
    """Return the short form of an issue: one story, whose title is the issue's."""
    return replace(
        rich_edition(),
        title=story.title,
        stories=(story,),
        opening=Printed(),
        closing=Printed(),
        sponsor=Printed(),
    )


def with_facts(*roles: Role) -> PrintedStory:
    sections = (
        PrintedSection(role=role, heading=f"{place}. {role}", anchor=f"s{place}")
        for place, role in enumerate(roles)
    )
    return replace(meta_story(), sections=tuple(sections))


@pytest.mark.parametrize("edition", [rich_edition(), japanese_edition()], ids=lambda edition: edition.slug)
def test_the_mail_is_as_it_was(edition: Edition, golden: Callable[[str, bytes], None]) -> None:
    golden(f"email/{edition.slug}.html", mail(edition).encode())


def test_headings_are_an_outline_of_the_issue() -> None:
    found = headings(tree(two_stories()))

    assert found == [
        ("h1", "Notebooks, <meta> & the sun"),
        ("h2", 'R&D at AT&T: 5 < 6 "q" 🚀'),
        ("h3", "Key Takeaways"),
        ("h3", "Deep Analysis"),
        ("h4", "What it costs"),
        ("h3", "How we read <them>"),
        ("h3", "Did You Know?"),
        ("h2", "The <meta> element"),
        ("h3", "Why It Matters"),
        ("h3", "Key Takeaways"),
    ]


def test_an_issue_that_is_its_only_story_is_not_titled_twice() -> None:
    found = headings(tree(alone(meta_story())))

    assert found[:2] == [("h1", "Field Notes & Co."), ("h2", "The <meta> element")]


def test_the_header_says_who_which_and_when() -> None:
    words = said(tree(rich_edition()))

    assert "Field Notes & Co. Issue 42 · 6 October 2026 · 7 min read Notebooks, <meta> & the sun" in words


def test_a_number_that_the_file_fixed_needs_no_token() -> None:
    (part,) = EmailOutput().render(japanese_edition(), theme=theme(), ink=INK)

    assert "第7号" in part.body.decode()
    assert INK.names(part.body) == {"date", "list", "unsubscribe", "preferences"}


@pytest.mark.parametrize("name", ["number", "date", "list", "unsubscribe"])
def test_each_token_stands_once(name: str) -> None:
    (part,) = EmailOutput().render(rich_edition(), theme=theme(), ink=INK)

    assert part.body.count(INK.token(name).encode()) == 1


def test_from_three_stories_on_the_mail_begins_with_a_list_of_them() -> None:
    three, two = said(tree(rich_edition())), said(tree(two_stories()))

    assert 'In this issue R&D at AT&T: 5 < 6 "q" 🚀 4 min read The <meta> element 1 min read' in three
    assert "In this issue" not in two


def test_a_story_names_its_source_its_author_and_its_reading_time() -> None:
    words = said(tree(rich_edition()))

    assert "Example Energy Review & Digest · A. Writer · 3 October 2026 · 4 min read" in words
    assert "Markup Weekly · 1 min read" in words


def test_a_story_with_a_link_and_no_source_names_the_site() -> None:
    story = replace(meta_story(), source="", link="https://www.example.net/a/b")

    assert "www.example.net · 1 min read" in said(tree(alone(story)))


def test_every_link_is_absolute_and_says_where_it_goes() -> None:
    links = [(link.get("href", ""), said(link)) for link in tree(rich_edition()).iter("a")]

    assert all(re.match("https://|mailto:", href) for href, _ in links)
    assert all(text for _, text in links)
    read_on = [text for href, text in links if text.startswith("Read ")]
    assert read_on == ['Read “R&D at AT&T: 5 < 6 "q" 🚀” on the web', "Read “The <meta> element” on the web"]


def test_the_footer_says_why_how_to_leave_and_who_writes() -> None:
    document = tree(rich_edition())
    links = {said(link): link.get("href") for link in document.iter("a")}

    assert "You get this mail because you subscribed to Weekly." in said(document)
    assert "Field Notes, 1 Example Street, 28001 Madrid, Spain" in said(document)
    assert links["Unsubscribe"] == SLOTS["unsubscribe"]
    assert links["Preferences"] == SLOTS["preferences"]
    assert links["View in browser"] == "https://news.example.org/issues/notebooks/"
    assert links["Follow by feed"] == "https://news.example.org/feeds/"


def test_the_preheader_is_hidden_text_without_filler() -> None:
    edition = rich_edition()
    body = tree(edition).find("body")
    assert body is not None

    (hidden,) = (element for element in body.iter("div") if "display:none" in element.get("style", ""))
    assert said(hidden) == edition.preheader
    assert "\u200c" not in mail(edition).split("<h1", 1)[0]


def test_the_mail_and_each_story_tell_language_and_direction() -> None:
    document = tree(rich_edition())

    arabic = [
        element for element in document.iter() if (element.get("lang"), element.get("dir")) == ("ar", "rtl")
    ]
    assert (document.get("lang"), document.get("dir")) == ("en", "ltr")
    assert [element.tag for element in arabic] == ["li", "div", "div", "div", "div"]
    assert all(re.search("[\u0621-\u064a]", said(element)) for element in arabic)


def test_a_right_to_left_issue_is_mirrored() -> None:
    edition = replace(alone(arabic_story()), lang="ar", dir=Direction.RTL)
    html = mail(edition)

    assert "text-align:left" not in html.split("<body")[1].replace("font-size:0px;text-align:left", "")
    assert "direction:ltr" not in html
    assert html.index("38%") < html.index('class="aside"')


def test_tables_for_layout_say_so_and_tables_of_data_do_not() -> None:
    tables = list(tree(rich_edition()).iter("table"))

    data = [table for table in tables if table.get("role") != "presentation"]
    assert [said(table) for table in data] == ["DecadeDroppedKept 1960s21248 1970s18761"]
    assert len(tables) > 10


def test_pictures_have_their_words_and_their_size() -> None:
    (picture,) = tree(rich_edition()).iter("img")

    assert picture.get("alt") == 'Four bars, each "taller" than the last, under a sun'
    assert (picture.get("width"), picture.get("height")) == ("552", "310")
    assert "Field Notes & friends" in said(tree(rich_edition()))


def test_a_picture_within_a_text_is_no_wider_than_the_column() -> None:
    large = '<img src="https://news.example.org/media/a.png" alt="A" width="1200" height="675" />'
    small = '<img src="https://news.example.org/media/b.png" alt="B" width="20" height="30" />'
    story = replace(meta_story(), picture=None, lead=printed(f"<p>{large}</p><p>{small}</p>"))

    sizes = [(img.get("width"), img.get("height")) for img in tree(alone(story)).iter("img")]

    assert sizes == [("552", "310"), ("20", "30")]


def test_notes_that_stand_below_their_story_are_numbers_and_no_links_out_of_the_mail() -> None:
    document = tree(rich_edition())

    assert not [link for link in document.iter("a") if "fn" in link.get("href", "")]
    assert "handed to a larger team.1 Nobody" in said(document)
    assert "Counted by hand, with an error of about 3 %." in said(document)
    assert "\u21a9" not in said(document)


def test_the_number_of_a_note_in_an_excerpt_leads_to_its_page() -> None:
    story = laboratory_story()
    with_note = f'<p>Lead.<sup><a href="{story.url}#{story.slug}.fn1" role="doc-noteref">1</a></sup></p>'
    long = replace(story, lead=printed(with_note), closing=printed(f"<p>{'much more ' * 15_000}</p>"))

    links = [link.get("href") for link in tree(alone(long)).iter("a")]

    assert f"{story.url}#{story.slug}.fn1" in links


@given(st.text(st.characters(exclude_categories=["C", "Z"]) | st.sampled_from(" \\\"'<>&\u00a0\u200d\ufe0f")))
def test_any_words_of_a_picture_arrive(alt: str) -> None:
    story = laboratory_story()
    assert story.picture is not None

    document = tree(alone(replace(story, picture=replace(story.picture, alt=alt))))

    assert [picture.get("alt") for picture in document.iter("img")] == [alt]


@given(ROLES)
def test_sections_keep_the_authors_order_beside_and_below_each_other(roles: list[Role]) -> None:
    story = with_facts(*roles)

    item = arrange(story)

    aside = (item.aside,) if item.aside else ()
    assert (*item.before, *item.main, *aside, *item.after) == story.sections


def test_facts_stand_beside_the_analysis_they_follow() -> None:
    takeaways, analysis, plain = Role.KEY_TAKEAWAYS, Role.DEEP_ANALYSIS, Role.PLAIN
    story = with_facts(takeaways, analysis, plain, Role.DID_YOU_KNOW, plain)

    item = arrange(story)

    assert item.before == story.sections[:1]
    assert item.main == story.sections[1:3]
    assert item.aside == story.sections[3]
    assert item.after == story.sections[4:]


@pytest.mark.parametrize("roles", [(Role.DID_YOU_KNOW, Role.DEEP_ANALYSIS), (Role.DID_YOU_KNOW,), ()])
def test_without_an_analysis_before_them_facts_stand_in_their_place(roles: tuple[Role, ...]) -> None:
    story = with_facts(*roles)

    item = arrange(story)

    assert (item.before, item.aside) == (story.sections, None)


@given(st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}"))
def test_all_text_can_be_read_in_light_and_dark_whatever_the_accent(accent: str) -> None:
    for colours in (palette(LIGHT, accent), palette(DARK, accent)):
        assert lowest_contrast(colours) >= READABLE


def test_light_colours_survive_a_client_that_inverts_them() -> None:
    colours = palette(LIGHT, rich_edition().masthead.accent)

    inverted = {
        name: "#" + "".join(f"{255 - int(value[at : at + 2], 16):02x}" for at in (1, 3, 5))
        for name in Palette.__dataclass_fields__
        if (value := getattr(colours, name))
    }
    assert lowest_contrast(Palette(**inverted)) >= READABLE


def lowest_contrast(colours: Palette) -> float:
    return min(
        contrast(text, ground)
        for text in (colours.ink, colours.quiet, colours.accent)
        for ground in (colours.paper, colours.box)
    )


def test_the_mail_follows_a_dark_system_and_outlooks_apps() -> None:
    html = mail(rich_edition())
    dark = palette(DARK, rich_edition().masthead.accent)

    system = html.split("@media (prefers-color-scheme:dark){")[1].split("</style>")[0]
    assert system.count(f"color:{dark.ink}!important") == 2
    assert "[data-ogsc] .paper div" in system
    assert f"[data-ogsb] .box{{background:{dark.box}!important}}" in system
    assert '<meta name="color-scheme" content="light dark"' in html


def test_eight_long_stories_fit_into_what_a_client_shows() -> None:
    sentence = "The notebooks show a rhythm that nobody had expected, and it is older than the laboratory. "
    story = replace(
        laboratory_story(),
        picture=None,
        footnotes=(),
        lead=printed(f"<p>{sentence * 7}</p><p>{sentence * 7}</p>"),
        sections=(
            PrintedSection(
                role=Role.KEY_TAKEAWAYS,
                heading="Key Takeaways",
                anchor="t",
                takeaways=(takeaway("Failure had a budget", sentence * 3),) * 4,
            ),
            PrintedSection(
                role=Role.DEEP_ANALYSIS,
                heading="Deep Analysis",
                anchor="a",
                body=printed(f"<p>{sentence * 6}</p>" * 4),
            ),
            PrintedSection(
                role=Role.DID_YOU_KNOW,
                heading="Did You Know?",
                anchor="f",
                facts=(printed(sentence * 2),) * 3,
            ),
        ),
        closing=printed(f"<p>{sentence * 4}</p>"),
    )
    stories = tuple(replace(story, slug=f"story-{place}") for place in range(8))

    html = mail(replace(rich_edition(), stories=stories))

    assert len(html.encode()) < 100_000


def test_the_mail_needs_nothing_from_elsewhere_but_its_pictures() -> None:
    html = mail(rich_edition())

    assert re.findall(r'src="([^"]*)"', html) == ["https://news.example.org/media/4f1c2a9be07d33c1.png"]
    assert not re.search(r"@import|url\(|<script|<link", html)
