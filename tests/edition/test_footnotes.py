from __future__ import annotations

import pytest

from publisher.model.story import Fact, Role, Takeaway
from tests.edition.manuscripts import HOME, issue, passage, print_issue, print_story, section, story, tree

HERE = f"{HOME}/stories/heat/"


def test_footnotes_are_numbered_by_first_reference_through_the_whole_story() -> None:
    printed = print_story(
        lead=passage("Two[^b]."),
        sections=(
            section(
                Role.KEY_TAKEAWAYS, takeaways=(Takeaway(lead="L[^a]", colon=":", text="again[^b]", line=9),)
            ),
            section(Role.DID_YOU_KNOW, facts=(Fact(text="More[^c]", line=9),)),
        ),
        footnotes=passage(
            "[^a]: Alpha, see[^d].\n[^b]: Beta\n[^c]: Gamma\n[^d]: Delta\n[^e]: Nobody\n[^a]: Twice"
        ),
    )

    assert [note.text for note in printed.footnotes] == [
        "Beta",
        "Alpha, see[^4].",
        "Gamma",
        "Delta",
        "Nobody",
        "Twice",
    ]
    assert (printed.lead.text, printed.takeaways[0].lead.text, printed.takeaways[0].text.text) == (
        "Two[^1].",
        "L[^2]",
        "again[^1]",
    )


def test_references_and_notes_lead_to_each_other() -> None:
    printed = print_story(lead=passage("One[^a], two[^a]."), footnotes=passage("[^a]: Alpha\n\n    Beta"))

    first, second = tree(printed.lead).findall(".//sup/a")
    note = tree(printed.footnotes[0]).find("./div")
    assert note is not None
    assert first.attrib == {"href": f"{HERE}#heat.fn1", "id": "heat.fnref1", "role": "doc-noteref"}
    assert (second.get("href"), second.get("id")) == (f"{HERE}#heat.fn1", "heat.fnref1.2")
    assert note.get("id") == "heat.fn1"
    back = tree(printed.footnotes[0]).findall("./div/p[2]/a")
    assert [way.get("href") for way in back] == [f"{HERE}#heat.fnref1", f"{HERE}#heat.fnref1.2"]
    assert {way.get("role") for way in back} == {"doc-backlink"}
    assert printed.footnotes[0].text == "Alpha\n\nBeta"


@pytest.mark.parametrize("note", ["    - a list", "    ```\n    code\n    ```", ""])
def test_a_note_that_ends_without_a_paragraph_has_its_way_back(note: str) -> None:
    printed = print_story(lead=passage("One[^a]."), footnotes=passage(f"[^a]:\n{note}"))

    assert len(tree(printed.footnotes[0]).findall(".//a")) == 1


def test_notes_of_two_stories_on_one_page_do_not_collide() -> None:
    edition = print_issue(
        issue(
            story("a", lead=passage("x[^1]"), footnotes=passage("[^1]: one")),
            story("é", lead=passage("x[^1]"), footnotes=passage("[^1]: two")),
            story("e", lead=passage("x[^1]"), footnotes=passage("[^1]: three")),
            opening=passage("x[^1]"),
            closing=passage("[^1]: four"),
        )
    )

    fragments = [part for one in edition.stories for part in (one.lead, *one.footnotes)]
    ids = [
        element.get("id")
        for part in (*fragments, edition.opening, edition.closing)
        for element in tree(part).iter()
    ]
    given_out = [name for name in ids if name]
    assert len(given_out) == len(set(given_out)) == 8
    assert edition.closing.text == "1. four"


def test_a_reference_inside_a_link_wins_for_links_do_not_nest() -> None:
    printed = print_story(lead=passage("[see[^a]](https://x.example/)"), footnotes=passage("[^a]: Alpha"))

    assert printed.lead.text == "[see[^1]](https://x.example/)"
    assert tree(printed.lead).findall(".//a//a") == []
