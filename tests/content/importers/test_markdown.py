from __future__ import annotations

import pytest

from publisher.content.fields import Where
from publisher.content.importers import elsewhere
from publisher.content.importers.all import IMPORTERS, importer_for
from publisher.content.importers.markdown import to_markdown
from publisher.content.importers.plain_text import to_markdown as plain_text
from publisher.errors import ContentError
from tests.content.seeds import PLAIN


def test_a_text_without_front_matter_gets_one_and_its_first_heading_is_the_title() -> None:
    imported = to_markdown("\ufeff\n# Heat: a *new* use #\n\nText.\n\n## More\n", id="i")

    assert imported.text == '---\nid: i\ntitle: "Heat: a new use"\nstatus: draft\n---\n\nText.\n\n## More\n'
    assert (imported.title, imported.slug) == ("Heat: a new use", "heat-a-new-use")
    assert (
        to_markdown("Heat\n====\r\nText.", id="i", where=Where.STORY).text
        == "---\nid: i\ntitle: Heat\n---\n\nText.\n"
    )


def test_own_fields_stay_as_they_are_written() -> None:
    text = "---\n# keep\nurl: https://a.b   # 2\npubDate: 2026-10-06\nslug: heat-wave\n---\n# Heat\n\nText.\n"

    imported = to_markdown(text, id="i")

    assert imported.slug == "heat-wave"
    assert imported.text == (
        "---\nid: i\n# keep\nurl: https://a.b   # 2\npubDate: 2026-10-06\nslug: heat-wave\n"
        "title: Heat\nstatus: draft\n---\n\nText.\n"
    )


def test_a_title_that_the_text_repeats_is_not_doubled_and_another_heading_stays() -> None:
    same = to_markdown("---\nid: a\ntitle: Heat\n---\n\n# Heat\n\nText.", id="i")
    other = to_markdown("---\nid: a\ntitle: Heat\n---\n\n# Cold\n\nText.", id="i")

    assert same.text == "---\nid: a\ntitle: Heat\nstatus: draft\n---\n\nText."
    assert "# Cold" in other.text


@pytest.mark.parametrize(
    ("field", "line"),
    [
        ("status: ready", "status: draft"),
        ("draft: false", "status: draft"),
        ("draft: true", "draft: true"),
        ("status: published", "status: published"),
    ],
)
def test_nothing_that_is_imported_is_ready(field: str, line: str) -> None:
    imported = to_markdown(f"---\nid: a\ntitle: Heat\n{field}\n---\nText.", id="i")

    assert imported.text == f"---\nid: a\ntitle: Heat\n{line}\n---\nText."


def test_a_body_in_the_plain_text_shape_is_converted() -> None:
    imported = to_markdown(f"---\ntitle: Trains\nstatus: ready\n---\n{PLAIN}", id="i")

    assert imported.text.startswith("---\nid: i\ntitle: Trains\nstatus: draft\n---\n")
    assert "\n## Key Takeaways\n\n- **Demand Is There:** Most" in imported.text


@pytest.mark.parametrize("text", ["Just text.", "", "## Only a section\n", "---\nid: a\n---\nText."])
def test_a_text_without_a_title_is_refused(text: str) -> None:
    with pytest.raises(ContentError, match="has no title"):
        to_markdown(text, id="i")


@pytest.mark.parametrize(
    ("name", "text", "importer"),
    [
        ("a.txt", "Title\nText", plain_text),
        ("a.md", "# Title\n", to_markdown),
        ("a.MARKDOWN", "Title\n=====\n", to_markdown),
        ("a.md", PLAIN, plain_text),
        ("a.txt", "# Title\n\n## Key Takeaways\n", to_markdown),
        ("-", PLAIN, plain_text),
        ("-", "---\ntitle: a\n---\n", to_markdown),
        ("-", "Title\n\n## Key Takeaways\n", to_markdown),
        ("a.weird", "Title\nText", plain_text),
        ("a.txt", "Title\n# 1 reason", plain_text),
        ("a.md", f"---\ntitle: a\n---\n{PLAIN}", to_markdown),
    ],
)
def test_the_importer_fits_the_text(name: str, text: str, importer: object) -> None:
    assert importer_for(name, text) is importer


@pytest.mark.parametrize("importer", IMPORTERS.values())
def test_every_importer_takes_a_large_text_in_its_stride(importer: object) -> None:
    assert callable(importer)
    for piece in (" ", "\n", "# a ", "a\n", "-\n", "*a_ ", "[", "https://a.b/c "):
        text = f"# Title\n{piece * (50_000 // len(piece))}"

        assert importer(text, id="i").title in ("Title", "# Title")


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: Heat\ndate: 2024-01-02\nweather: hot\n---\nText\n",
        "Title: Heat\nDate: 2024-01-02\n\nText\n",
        "# Heat\n\nOn {{< youtube abc >}}.\n",
        "# Heat\n\nSee [[Cold]].\n",
        "---\ntitle: Heat\n---\n\n> [!tip] Drink\n",
    ],
)
def test_a_text_of_another_tool_is_read_as_a_site_s_texts_are(text: str) -> None:
    made = importer_for("heat.md", text)(text, id="i")

    assert importer_for("heat.md", text) is elsewhere.to_markdown
    assert made.title == "Heat"
    assert made.text.startswith("---\nid: i\ntitle: Heat\nstatus: draft\n")
    assert not any(mark in made.text for mark in ("{{", "[[", "[!", "weather: hot\nT", "Date:"))


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: Heat\nx_mine: 1\n---\n\nA [link](https://x.example/).\n",
        "# Heat\n\n`{{ x }}` and a == b\n",
    ],
)
def test_a_text_of_ours_keeps_its_fields_as_they_are_written(text: str) -> None:
    assert importer_for("heat.md", text) is to_markdown


def test_an_old_date_is_the_issue_s_or_the_source_s() -> None:
    text = "---\ntitle: Heat\ndate: 2024-01-02\nweather: hot\nslug: hot\n---\nText\n"

    issue, story = (elsewhere.to_markdown(text, id="i", where=where) for where in (Where.SINGLE, Where.STORY))

    assert (issue.slug, story.slug) == ("hot", "hot")
    assert '\ndate: "2024-01-02"\nx_weather: hot\n' in issue.text
    assert '\nsource_date: "2024-01-02"\nx_weather: hot\n' in story.text
    assert "status" not in story.text


def test_a_text_of_another_tool_without_a_title_is_told() -> None:
    with pytest.raises(ContentError, match="the text has no title"):
        elsewhere.to_markdown("---\nweather: hot\n---\nText\n", id="i")
