from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.content.article import read_article
from publisher.content.fields import Where
from publisher.content.folder import read_issue
from publisher.content.frontmatter import read_front_matter
from publisher.content.importers.plain_text import in_place, to_markdown
from publisher.content.text import CONTROL
from publisher.errors import ContentError
from publisher.model.issue import Intent, Issue
from publisher.model.story import Role
from tests.content.seeds import ANALYSIS, CLOSING, FACTS, LEAD, PLAIN, TAKEAWAYS, TITLE, write

UUID = "0d0f4a0e-2b0b-4d7e-8e0f-9b6a4b0f8c01"


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text))


def read(tmp_path: Path, text: str) -> Issue:
    """Read a text as an issue and return it; nothing may be wrong with it."""
    reading = read_issue(write(tmp_path, {"trains.md": text}), "trains")
    assert reading.issue is not None
    assert reading.findings == ()
    return reading.issue


def test_the_seed_shape_becomes_a_draft_that_is_read_back_in_all_its_parts(tmp_path: Path) -> None:
    imported = to_markdown(PLAIN, id=UUID)

    issue = read(tmp_path, imported.text)
    story = issue.stories[0]
    assert (issue.id, issue.title, issue.status, issue.when) == (UUID, TITLE, Intent.DRAFT, None)
    assert story.lead.markdown.split("\n\n") == list(LEAD)
    assert [(item.lead, item.colon, item.text) for item in story.takeaways] == [
        (lead, ":", text) for lead, text in TAKEAWAYS
    ]
    assert story.parts(Role.DEEP_ANALYSIS)[0].body.markdown.split("\n\n") == list(ANALYSIS)
    assert [fact.text for fact in story.facts] == list(FACTS)
    assert story.closing.markdown == CLOSING


def test_every_word_of_the_seed_shape_is_in_the_file_once() -> None:
    imported = to_markdown(PLAIN, id="i")

    once = PLAIN.removeprefix(f"{TITLE}\n")
    assert words(imported.text) - words(once) == words("id: i title: status: draft Closing")
    assert words(once) - words(imported.text) == Counter()


def test_the_file_is_named_after_whole_words_of_the_title() -> None:
    assert to_markdown(PLAIN, id="i").slug == "night-trains-return-to-europe-slowly"
    assert to_markdown("Word " * 30, id="i").slug == "-".join(["word"] * 12)
    assert to_markdown("!?", id="i").slug == "untitled"


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "\n\n", "\n   \n"])
def test_line_ends_and_empty_lines_make_no_difference(line_end: str) -> None:
    text = "\ufeff" + PLAIN.replace("\n", line_end)

    assert to_markdown(text, id="i").text == to_markdown(PLAIN, id="i").text


def test_wrapped_paragraphs_are_joined_where_empty_lines_part_them() -> None:
    text = "Title\n\nA lead that is\nwrapped.\n\nKey Takeaways\n\n- One: two\n  three\n- Four: five\n"

    body = to_markdown(text, id="i").text.partition("---\n\n")[2]

    assert body == "A lead that is wrapped.\n\n## Key Takeaways\n\n- **One:** two three\n- **Four:** five\n"


@pytest.mark.parametrize("bullet", ["-", "*", "•", "–", "·"])
def test_any_bullet_alone_on_its_line_is_one(bullet: str) -> None:
    assert (
        to_markdown(PLAIN.replace("\n-\n", f"\n{bullet}\n"), id="i").text == to_markdown(PLAIN, id="i").text
    )


def test_text_after_a_bullet_belongs_to_it_unless_it_is_the_last_of_all(tmp_path: Path) -> None:
    text = "T\nKey Takeaways\n-\nA: b\nmore of it\n-\nC: d\nDid You Know?\n-\nfact\nend\nmore end"

    story = read(tmp_path, to_markdown(text, id="i").text).stories[0]

    assert [item.text for item in story.takeaways] == ["b\n\nmore of it", "d"]
    assert story.closing.markdown == "end\n\nmore end"


def test_headings_in_other_languages_are_roles_and_the_closing_is_headed_in_theirs() -> None:
    text = "Título\nPuntos clave\n-\nUno: dos\n¿Sabías que…?\n-\nhecho\nfin"

    imported = to_markdown(text, id="i", lang="en")

    assert "lang: es\n" in imported.text
    assert "## ¿Sabías que…?\n" in imported.text
    assert imported.text.endswith("## Cierre\n\nfin\n")
    assert "lang" not in to_markdown(text, id="i", lang="es-MX").text


def test_an_article_without_headings_is_all_lead(tmp_path: Path) -> None:
    story = read(tmp_path, to_markdown("Title\nOne.\nTwo.", id="i").text).stories[0]

    assert (story.lead.markdown, story.sections) == ("One.\n\nTwo.", ())


def test_a_story_for_an_issue_has_no_status() -> None:
    assert "status" not in to_markdown(PLAIN, id="i", where=Where.STORY).text


@pytest.mark.parametrize("text", ["", " \n\n", "\ufeff"])
def test_nothing_cannot_be_imported(text: str) -> None:
    with pytest.raises(ContentError, match="nothing to import"):
        to_markdown(text, id="i")


def test_text_pasted_under_front_matter_is_cured_in_place(tmp_path: Path) -> None:
    head = f'---\r\n# keep me\r\ntitle: "{TITLE}"\r\ndate: 2026-10-06\r\n---\r\n'

    cured = in_place(head + PLAIN.replace("\n", "\r\n"), id="i", path="x.md")

    assert cured.startswith(
        f'---\r\nid: i\r\n# keep me\r\ntitle: "{TITLE}"\r\ndate: 2026-10-06\r\n---\r\n\r\n'
    )
    assert re.search(r"(?<!\r)\n", cured) is None
    story = read(tmp_path, cured).stories[0]
    assert (len(story.takeaways), len(story.facts), story.closing.markdown) == (4, 3, CLOSING)
    assert words(cured)["Slowly"] == 1


def test_in_place_a_missing_title_is_taken_from_the_text_and_another_one_is_kept() -> None:
    untitled = in_place(f"---\nid: a\n---\n{PLAIN}", id="i", path="x.md")
    other = in_place(f"---\nid: a\ntitle: Trains\n---\n{PLAIN}", id="i", path="x.md")

    assert untitled.startswith(f'---\nid: a\ntitle: "{TITLE}"\n---\n\n{LEAD[0][:9]}')
    assert other.startswith(f"---\nid: a\ntitle: Trains\n---\n\n{TITLE}\n\n{LEAD[0][:9]}")


def test_markdown_is_not_converted_in_place() -> None:
    with pytest.raises(ContentError, match="not in the plain-text shape"):
        in_place("---\ntitle: a\n---\n## Key Takeaways\n\n- a\n", id="i", path="x.md")


LINES = """
Key Takeaways|Deep Analysis|Did You Know?|-|•|Lead: text|**bold**|# no heading|> no quote|1. no list|a_b_c|_a_
[[x]]|[a](b)|`code|<b>|&amp;|a  b|\\|==x==|%%x%%|https://a.b/c_d_e?f=1&g=2
    code|---|===|| a | b ||~~~|éè|中文：文
"""


@given(
    st.lists(
        st.sampled_from(re.split(r"[|\n]", LINES.strip())) | st.text(max_size=8), min_size=1, max_size=20
    )
)
def test_no_word_of_any_plain_text_is_lost_or_doubled(lines: list[str]) -> None:
    marked = [CONTROL.sub("", f"{line} w{number}w") for number, line in enumerate(lines)]
    structure = [line for line in lines if line in ("Key Takeaways", "Deep Analysis", "-", "•")]
    text = "\n".join([*marked, *structure, "last w0x"])

    imported = to_markdown(text, id="i")

    front = read_front_matter(imported.text, path="x.md", where=Where.SINGLE)
    article = read_article(front.body, path="x.md", first_line=front.body_line)
    assert Counter(re.findall(r"w\d+[wx]", imported.text)) == Counter(re.findall(r"w\d+[wx]", text))
    assert [finding.code for finding in article.findings if finding.code[0] == "E"] == []
