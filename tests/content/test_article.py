from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.content.article import Article, read_article, read_frame
from publisher.content.trouble import UnreadableError
from publisher.model.story import Role


def read(body: str, *, lang: str | None = None) -> Article:
    return read_article(body, path="issues/x.md", first_line=1, lang=lang)


def findings(article: Article) -> list[str]:
    return [f"{finding.place.line}: {finding.code}" for finding in article.findings]


WHOLE = """For the first time, batteries supplied the evening peak.

> A quotation belongs to the lead.

## Key Takeaways

- **Price, not policy:** cell prices fell.
- **Evening peak**: four hours
  are enough.

## Deep Analysis

The change came *fast*.

### A smaller heading

1. one
2. two

## Did You Know?

- The first one went live in 1986. [Source](https://example.org/1986)
- Another fact:
  - with a bullet

## A heading of our own

Text.

## Closing

The next test is January.
"""


def test_a_story_is_read_in_all_its_parts_with_their_lines() -> None:
    article = read(WHOLE)

    assert article.lead.markdown.startswith("For the first time")
    assert article.lead.markdown.endswith("belongs to the lead.")
    assert [(section.role, section.heading, section.line) for section in article.sections] == [
        (Role.KEY_TAKEAWAYS, "Key Takeaways", 5),
        (Role.DEEP_ANALYSIS, "Deep Analysis", 11),
        (Role.DID_YOU_KNOW, "Did You Know?", 20),
        (Role.PLAIN, "A heading of our own", 26),
    ]
    takeaways, analysis, facts, plain = article.sections
    assert [(item.lead, item.colon, item.text, item.line) for item in takeaways.takeaways] == [
        ("Price, not policy", ":", "cell prices fell.", 7),
        ("Evening peak", ":", "four hours\nare enough.", 8),
    ]
    assert analysis.body.markdown == "The change came *fast*.\n\n### A smaller heading\n\n1. one\n2. two"
    assert analysis.body.line == 13
    assert [fact.text for fact in facts.facts][1] == "Another fact:\n- with a bullet"
    assert not facts.body
    assert plain.body.markdown == "Text."
    assert (article.closing.markdown, article.closing.line) == ("The next test is January.", 32)
    assert article.findings == ()


def test_roles_are_found_in_every_script() -> None:
    article = read(
        "导语。\n\n## 要点\n\n- **价格：**下降\n- 速度：更快\n\n## 你知道吗？\n\n- 一件事\n\n## 结语\n\n完。"
    )

    assert [(item.lead, item.colon, item.text) for item in article.sections[0].takeaways] == [
        ("价格", "：", "下降"),
        ("速度", "：", "更快"),
    ]
    assert article.sections[1].facts[0].text == "一件事"
    assert article.closing.markdown == "完。"


def test_a_newsroom_names_its_own_headings() -> None:
    article = read_article(
        "## Worum es geht\n\nText.", path="x.md", headings={"worum-es-geht": Role.WHY_IT_MATTERS}
    )

    assert article.sections[0].role is Role.WHY_IT_MATTERS


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("## Did You Know?\n\n- a fact\n\nThe end.", 5),
        ("## Key Takeaways\n\n- a\n\nThe end.", 5),
        ("Lead.\n\n## Deep Analysis\n\nText.\n\n---\n\nThe end.", 9),
        ("## Did You Know?\n\n- a fact\n\n---\n\nThe end.", 7),
        ("Only a lead.\n\n---\n\nThe end.", 5),
    ],
)
def test_a_closing_that_is_only_implied_is_read_and_told(body: str, line: int) -> None:
    article = read(body)

    assert (article.closing.markdown, article.closing.line) == ("The end.", line)
    assert findings(article) == [f"{line}: I032"]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("a\n\n***\n\nb", id="stars part scenes"),
        pytest.param("a\n\n---\n\nb\n\n## Deep Analysis\n\nc", id="a section follows"),
        pytest.param("---\n\nb", id="nothing above"),
        pytest.param("a\n\n---\n", id="nothing below"),
    ],
)
def test_a_rule_that_closes_nothing_makes_no_closing(body: str) -> None:
    article = read(body)

    assert not article.closing
    assert findings(article) == []


def test_a_rule_between_sections_belongs_to_none() -> None:
    article = read("a\n\n---\n\n## Deep Analysis\n\nb\n\n---\n\n## Closing\n\nc\n")

    assert (article.lead.markdown, article.sections[0].body.markdown, article.closing.markdown) == (
        "a",
        "b",
        "c",
    )


def test_a_line_directly_below_the_last_bullet_stays_in_it_and_is_told() -> None:
    article = read("## Did You Know?\n\n- one\n- two\nThe end.")

    assert article.sections[0].facts[1].text == "two\nThe end."
    assert findings(article) == ["5: I033"]


def test_takeaways_may_be_numbered_nested_or_headings() -> None:
    numbered = read("## Key Takeaways\n\nIntro.\n\n1. **A:** b\n   - c\n2. D: e\n").sections[0]
    headed = read("## Key Takeaways\n\nIntro.\n\n### A\n\nb\n\nc\n\n### D:\n\ne\n\n### Why?\n\nf").sections[0]

    assert [(item.lead, item.text) for item in numbered.takeaways] == [("A", "b\n- c"), ("D", "e")]
    assert [(item.lead, item.colon, item.text) for item in headed.takeaways] == [
        ("A", ":", "b\n\nc"),
        ("D", ":", "e"),
        ("", "", "**Why?** f"),
    ]
    assert (numbered.body.markdown, headed.body.markdown) == ("Intro.", "Intro.")


def test_a_heading_in_code_is_no_heading() -> None:
    article = read("a\n\n```\n## Key Takeaways\n```\n\n    ## Closing\n")

    assert article.sections == ()
    assert "## Key Takeaways" in article.lead.markdown


def test_an_underlined_heading_names_a_role_too() -> None:
    assert read("Key Takeaways\n---\n\n- a\n\n## Closing\n\nb").sections[0].role is Role.KEY_TAKEAWAYS


def test_a_heading_keeps_its_marks_and_is_known_without_them() -> None:
    section = read("## *Deep* Analysis\n\na").sections[0]

    assert (section.role, section.heading) == (Role.DEEP_ANALYSIS, "*Deep* Analysis")


def test_callouts_are_facts_of_the_storys_sidebar() -> None:
    with_sidebar = read("> [!did-you-know]\n> one\n> two\n\nLead.\n\n## Did You Know?\n\n- three")
    without = read("Lead.\n\n> [!sabias-que]- ¿Sabías que…?\n> uno\n\nMore.", lang="es")
    titled = read("> [!did-you-know] A *title*\n> one")

    assert [fact.text for fact in with_sidebar.sections[0].facts] == ["three", "one\ntwo"]
    assert with_sidebar.lead.markdown == "Lead."
    assert [(section.heading, section.facts[0].text) for section in without.sections] == [
        ("¿Sabías que…?", "uno")
    ]
    assert without.lead.markdown == "Lead.\n\n\n\n\nMore."
    assert [(section.heading, section.facts[0].text) for section in titled.sections] == [
        ("Did You Know?", "A *title*\n\none")
    ]


def test_definitions_are_apart_wherever_they_stand() -> None:
    article = read(
        "A [link][1] and a note[^n].\n\n[1]: https://a.b\n\n## X\n\nText.\n\n[^n]: The note.\n    Goes on.\n"
    )

    assert article.lead.markdown == "A [link][1] and a note[^n]."
    assert article.sections[0].body.markdown == "Text."
    assert (
        re.sub(r"\n+", "\n", article.footnotes.markdown) == "[1]: https://a.b\n[^n]: The note.\n    Goes on."
    )
    assert article.footnotes.line == 3


def test_notes_are_left_out_and_counted() -> None:
    article = read("Lead. <!-- not\n\nthis --> More.\n\n%% nor this %%\n\n## Closing\n\nEnd.")

    assert article.lead.markdown == "Lead.  More."
    assert article.closing.line == 9
    assert findings(article) == ["1: I031"]
    assert "2 editors' notes" in article.findings[0].what


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("a\n\nsee [[Grid]]", "E014"),
        ("a\n\n![[cover.jpg]]", "E014"),
        ("a\n\n- [ ] call", "E015"),
        ("a\n\n1. [x] called", "E015"),
        ("a\n\n==marked==", "E016"),
        ("a\n\n<b>bold</b>", "E017"),
        ("a\n\n<div\nclass=x>", "E017"),
        ("a\n\n<!DOCTYPE html>", "E017"),
        ("a\n\n|a|\n|-|\n|<br>|", "E017"),
        ("a\n\n<!-- open", "E018"),
        ("a\n\n50%% of", "E018"),
        ("a\n\n# Title", "E019"),
        ("a\n\nTitle\n=====", "E019"),
        ("a\n\nThe end.\n---", "E020"),
        ("a\n\n> [!note]\n> b", "E021"),
    ],
)
def test_what_other_programs_understand_is_an_error_that_says_what_to_write(body: str, code: str) -> None:
    article = read(body)

    assert [finding.code for finding in article.findings] == [code]
    assert (article.findings[0].place.line or 0) >= 3
    assert article.findings[0].fix


@pytest.mark.parametrize(
    "body",
    [
        "`<b>` and ``[[x]]`` and `==a==`",
        "```\n<b>[[x]]==a==\n- [ ] x\n```",
        "a\n\n    <b>[[x]]\n",
        r"\<b> \[[x]] \==a==",
        "<https://example.org/a> <ana@example.org>",
        "[[1]](https://example.org)",
        "if a == b and c==d",
        "1 < 2 > 0",
        "https://example.org/?a==b==",
        "- [x](https://example.org) is a link",
    ],
)
def test_code_escapes_and_addresses_are_no_such_thing(body: str) -> None:
    assert findings(read(body)) == []


def test_ten_thousand_tags_are_one_finding() -> None:
    article = read("<b>" * 10_000)

    assert findings(article) == ["1: E017"]
    assert "9999 more" in article.findings[0].what


def test_a_misspelt_role_is_a_warning_with_the_right_word() -> None:
    article = read("## Key Takaways\n\n- a\n\n## Deep water\n\nb", lang="en")

    assert findings(article) == ["1: W305"]
    assert "## Key Takeaways" in article.findings[0].fix


def test_another_languages_heading_is_no_misspelling_of_ours() -> None:
    assert findings(read("## Em numeros!\n\na", lang="en")) == []


@pytest.mark.parametrize(
    "body",
    [
        "Title\nText\nKey Takeaways\n-\nA: b\n-\nC: d\nDeep Analysis\nText.",
        "Key Takeaways\n\n•\n\nA: b",
        "Puntos clave\n- a\n\n¿Sabías que…?\n- b",
    ],
)
def test_the_plain_text_shape_is_refused_with_the_command_that_cures_it(body: str) -> None:
    with pytest.raises(UnreadableError) as error:
        read(body)

    assert error.value.finding().code == "E013"
    assert error.value.fix == "run `publisher import --in-place issues/x.md`"


def test_a_heading_without_marks_alone_is_not_the_plain_text_shape() -> None:
    assert read("Closing\n\ntext").lead.markdown == "Closing\n\ntext"


@pytest.mark.parametrize("depth", [20, 21])
@pytest.mark.parametrize("mark", ["> ", "- ", "1. "])
def test_twenty_levels_are_enough(mark: str, depth: int) -> None:
    body = f"a\n\n{mark * depth}b"

    if depth == 20:
        assert "b" in read(body).lead.markdown
    else:
        with pytest.raises(UnreadableError, match=r"x\.md:3:1: more than 20"):
            read(body)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(">" * 100_000, id="quotations"),
        pytest.param("1. " * 100_000, id="lists"),
        pytest.param("[" * 100_000, id="brackets"),
        pytest.param("![" * 50_000, id="pictures"),
        pytest.param("\n".join(" " * 2 * depth + "- a" for depth in range(300)), id="indents"),
    ],
)
def test_depth_is_an_error_and_never_exhausts_the_program(body: str) -> None:
    with pytest.raises(UnreadableError) as error:
        read(body)

    assert error.value.finding().code == "E012"


def test_pictures_are_found_with_their_lines_wherever_they_are_defined() -> None:
    article = read(
        "![a](a%20b.png)\n\n## X\n\n- ![b][ref] <!-- ![no](no.png) -->\n\n`![no](no.png)`\n\n[ref]: <c d.png>"
    )

    assert [(target.address, target.line) for target in article.pictures] == [
        ("a%20b.png", 1),
        ("c%20d.png", 5),
    ]


def test_a_callout_around_the_stories_is_an_error() -> None:
    frame = read_frame("Hello.\n\n> [!did-you-know]\n> a", path="x.md")

    assert [finding.code for finding in frame.findings] == ["E021"]


def test_the_words_around_stories_are_opening_and_closing() -> None:
    frame = read_frame("Hello.\n\n## News\n\n[a][1]\n\n[1]: https://a.b\n\n## Closing\n\nBye.", path="x.md")
    ruled = read_frame("Hello.\n\n---\n\nBye.", path="x.md")

    assert frame.opening.markdown == "Hello.\n\n## News\n\n[a][1]\n\n[1]: https://a.b"
    assert frame.closing.markdown == "Bye."
    assert (ruled.opening.markdown, ruled.closing.markdown) == ("Hello.", "Bye.")


FRAGMENTS = [
    *(
        "## Key Takeaways\n",
        "## Did You Know?\n",
        "## Deep Analysis\n",
        "## Closing\n",
        "## Other\n",
        "# H1\n",
    ),
    *(
        "### three\n",
        "- ",
        "  - ",
        "1. ",
        "> ",
        "```\n",
        "~~~\n",
        "`",
        "``",
        "[[x]]",
        "==a==",
        "<b>",
        "\n",
        "\n\n",
    ),
    *(
        "---\n",
        "***\n",
        "===\n",
        "bar: ",
        "**Lead:** ",
        "**",
        "*",
        "_",
        "[^1]",
        "[a]",
        "![p](x.png)",
        "    ",
        "\t",
    ),
    *("|a|\n|-|\n|b|\n", "\\", "&amp;", "：", "https://x.y/z ", "-\n", "é", "中文", "\u2028"),
]
GAPS = st.sampled_from([" ", "\n", "\n\n", ""])


@given(st.lists(st.tuples(st.sampled_from(FRAGMENTS), GAPS), max_size=25))
def test_every_word_is_in_exactly_one_part(pieces: list[tuple[str, str]]) -> None:
    body = "".join(f"{fragment}w{number}q{gap}" for number, (fragment, gap) in enumerate(pieces))

    try:
        article = read(body)
    except UnreadableError:
        return

    parts = [article.lead.markdown, article.closing.markdown, article.footnotes.markdown]
    for section in article.sections:
        parts += [section.heading, section.body.markdown]
        parts += [part for item in section.takeaways for part in (item.lead, item.text)]
        parts += [fact.text for fact in section.facts]
    assert Counter(re.findall(r"w\d+q", "\n".join(parts))) == Counter(re.findall(r"w\d+q", body))
