from __future__ import annotations

import re
import unicodedata
import xml.etree.ElementTree as ET

import mjml
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from publisher.edition.markup import _as_xml, tools
from publisher.errors import ContentError
from publisher.model.story import Fact, Role, Takeaway
from tests.edition.manuscripts import (
    HOME,
    issue,
    passage,
    picture_file,
    pictures,
    print_body,
    print_issue,
    print_story,
    section,
    seen,
    story,
    tree,
)

HERE = f"{HOME}/stories/heat/"


@pytest.mark.parametrize(
    ("markdown", "html", "text"),
    [
        ("*a* and **b**", "<p><em>a</em> and <strong>b</strong></p>", "a and b"),
        ("1 < 2 & \"q\" > 'p'", "<p>1 &lt; 2 &amp; \"q\" &gt; 'p'</p>", "1 < 2 & \"q\" > 'p'"),
        ("~~old~~ new", "<p><s>old</s> new</p>", "~~old~~ new"),
        ("one  \ntwo", "<p>one<br /> two</p>", "one\ntwo"),
        ("**b**\n*c*", "<p><strong>b</strong> <em>c</em></p>", "b c"),
        ("a\n\n---\n\nb", "<p>a</p> <hr /> <p>b</p>", "a\n\n---\n\nb"),
        ("`a < b`", "<p><code>a &lt; b</code></p>", "a < b"),
        ("```py\na\n\n  b\n```", "<pre><code>a\n\n  b\n</code></pre>", "    a\n\n      b"),
        (
            "> a\n>\n> > b",
            "<blockquote> <p>a</p> <blockquote> <p>b</p> </blockquote> </blockquote>",
            "> a\n>\n> > b",
        ),
        ("- a\n- b\n  - c", "<ul> <li>a</li> <li>b <ul> <li>c</li> </ul> </li> </ul>", "* a\n* b\n  * c"),
        ("3. a\n4. b", '<ol start="3"> <li>a</li> <li>b</li> </ol>', "3. a\n4. b"),
        (
            "- a\n\n  b\n- c",
            "<ul> <li> <p>a</p> <p>b</p> </li> <li> <p>c</p> </li> </ul>",
            "* a\n\n  b\n\n* c",
        ),
        ("5&nbsp;%", "<p>5\u00a0%</p>", "5\u00a0%"),
        ("end ]]> of", "<p>end ]]&gt; of</p>", "end ]]> of"),
        ("**要点：**本文", "<p><strong>要点：</strong>本文</p>", "要点：本文"),
        ("本文**「要点」**です", "<p>本文<strong>「要点」</strong>です</p>", "本文「要点」です"),
        (
            "이것은 **강조(强調)**이다",
            "<p>이것은 <strong>강조(强調)</strong>이다</p>",
            "이것은 강조(强調)이다",
        ),
        ("価格~~「旧」~~は", "<p>価格<s>「旧」</s>は</p>", "価格~~「旧」~~は"),
        ("a * b * c, 2*3*4", "<p>a * b * c, 2<em>3</em>4</p>", "a * b * c, 234"),
        ("👩‍👩‍👧‍👦 𠮷 🇪🇸", "<p>👩‍👩‍👧‍👦 𠮷 🇪🇸</p>", "👩‍👩‍👧‍👦 𠮷 🇪🇸"),
    ],
)
def test_markdown_is_printed_as_xml_and_as_text(markdown: str, html: str, text: str) -> None:
    printed = print_body(markdown)

    assert (printed.html, printed.text) == (html, text)


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<b onclick="x">bold',
        "<iframe src='x.example'></iframe>\n\n<style>p{}</style>",
        "<!-- note -->",
    ],
)
def test_raw_html_is_text(markdown: str) -> None:
    printed = print_body(markdown)

    assert {element.tag for element in tree(printed).iter()} <= {"div", "p"}
    assert seen(printed) == " ".join(markdown.split())


@pytest.mark.parametrize(
    ("html", "safe"),
    [
        ("<p>a<script>alert(1)</script>b", "<p>ab</p>"),
        ('<p style="color:red" class="x" onclick="y()">a</p>', "<p>a</p>"),
        ('<a href="javascript:alert(1)">a</a>', "<a>a</a>"),
        ('<img src="data:image/png;base64,x" alt="5 < 6">', '<img alt="5 &lt; 6" />'),
        ("<iframe></iframe><svg><title>t</title></svg><form><input>f</form>", "f"),
        ("<b><i>x</b></i><p>open", "x<p>open</p>"),
        ('<td align="right">x', "x"),
        ('<a href="/relative">a</a>', "<a>a</a>"),
    ],
)
def test_the_cleaner_stands_behind_the_parser(html: str, safe: str) -> None:
    assert _as_xml(tools().cleaner.clean(html)) == safe


@pytest.mark.parametrize(
    ("markdown", "href", "text"),
    [
        ("[a](https://x.example/?q=1&r=2)", "https://x.example/?q=1&r=2", "a\u00a0[1]"),
        ("[a](#notes)", f"{HERE}#notes", "a\u00a0[1]"),
        ("[a](?print)", f"{HERE}?print", "a\u00a0[1]"),
        ("[a](//x.example/y)", "https://x.example/y", "a\u00a0[1]"),
        ("[a](data.csv)", f"{HERE}data.csv", "a\u00a0[1]"),
        ("[a](sun.md#why)", f"{HOME}/stories/sun/#why", "a\u00a0[1]"),
        ("[a](issue.md)", f"{HOME}/issues/energy/", "a\u00a0[1]"),
        ("[a](<https://x.example/a b>)", "https://x.example/a%20b", "a\u00a0[1]"),
        ("[a](https://例え.jp/é)", "https://xn--r8jz45g.jp/%C3%A9", "a\u00a0[1]"),
        ("[a][ref]\n\n[ref]: https://x.example/", "https://x.example/", "a\u00a0[1]"),
        ("<https://x.example/>", "https://x.example/", "https://x.example/"),
        ("<me@x.example>", "mailto:me@x.example", "me@x.example"),
        ("see https://x.example/a.", "https://x.example/a", "see https://x.example/a."),
        ("見よhttps://x.example/値。次", "https://x.example/%E5%80%A4", "見よhttps://x.example/値。次"),
        ("[https://x.example/](https://x.example/)", "https://x.example/", "https://x.example/"),
        ("[**a** *b*](https://x.example/)", "https://x.example/", "a b\u00a0[1]"),
    ],
)
def test_links_are_absolute_and_numbered_in_text(markdown: str, href: str, text: str) -> None:
    edition = print_issue(issue(story(lead=passage(markdown)), story("sun")))

    lead = edition.stories[0].lead

    assert [element.get("href") for element in tree(lead).iter("a")] == [href]
    assert lead.text == text
    assert lead.links == ((href,) if "[1]" in text else ())


@pytest.mark.parametrize(
    "markdown",
    [
        "[a](javascript:alert(1))",
        "[a](data:text/html,x)",
        "[a](other.md)",
        "[a](<http://[broken>)",
        "[a]()",
        "<tel:x>",
    ],
)
def test_a_link_that_must_not_be_leaves_its_words(markdown: str) -> None:
    printed = print_body(markdown)

    assert printed.html in {"<p>a</p>", "<p>tel:x</p>"}
    assert printed.links == ()


@pytest.mark.parametrize(
    ("markdown", "href"),
    [
        ("[us](tel:+34-911)", "tel:+34-911"),
        ("[us](<TEL:+34 911>)", "tel:+34911"),
        ("[us](sms:+34911)", "sms:+34911"),
    ],
)
def test_telephones_are_linked_and_told_in_plain_text(markdown: str, href: str) -> None:
    printed = print_body(markdown)

    assert printed.html == f'<p><a href="{href}">us</a></p>'
    assert printed.links == (href,)
    assert printed.text == "us\u00a0[1]"


@pytest.mark.parametrize(
    "bare", ["www.example.org", "example.org/x", "ftp://example.org", "me@example.org", "//example.org"]
)
def test_only_bare_http_addresses_become_links(bare: str) -> None:
    assert list(tree(print_body(f"see {bare} there")).iter("a")) == []


def test_the_same_address_has_one_number_and_links_do_not_nest() -> None:
    printed = print_body(
        "[a](https://x.example/) [b](https://y.example/) [c <https://z.example/>](https://x.example/)"
    )

    assert printed.text == "a\u00a0[1] b\u00a0[2] c https://z.example/\u00a0[1]"
    assert printed.links == ("https://x.example/", "https://y.example/")
    assert len(list(tree(printed).iter("a"))) == 3


def test_a_number_in_brackets_is_not_taken_for_that_of_a_link() -> None:
    printed = print_body("Fell [1] by `a[1]` [here](https://x.example/)")

    assert re.findall(r"\u00a0\[(\d+)\]", printed.text) == ["1"]
    assert printed.text == "Fell [1] by a[1] here\u00a0[1]"


def test_a_link_may_have_a_title() -> None:
    link = tree(print_body('[a](https://x.example/ "5 < 6\n& \\"q\\"")')).find(".//a")

    assert link is not None
    assert link.get("title") == '5 < 6 & "q"'


@pytest.mark.parametrize(
    ("markdown", "levels"),
    [
        ("### a\n\n#### b\n\n### c", ["h4", "h5", "h4"]),
        ("# a\n\n##### b\n\n#### c", ["h4", "h5", "h5"]),
        ("##### a\n\n### b", ["h4", "h4"]),
        ("# a\n## b\n### c\n#### d\n##### e", ["h4", "h5", "h6", "h6", "h6"]),
    ],
)
def test_headings_stand_below_their_sections_and_skip_no_level(markdown: str, levels: list[str]) -> None:
    assert [element.tag for element in tree(print_body(markdown)) if element.tag[1:].isdigit()] == levels


def test_headings_of_a_lead_stand_below_the_title_of_the_story() -> None:
    assert print_story(lead=passage("### a")).lead.html == "<h3>a</h3>"


def test_tables_say_what_their_headings_are_for() -> None:
    printed = print_body("| Decade | Kept |\n|---|--:|\n| 1960s | [48](https://x.example/) |\n| 値 | 1 |")

    head = tree(printed).findall(".//th")
    assert [(cell.get("scope"), cell.get("align")) for cell in head] == [("col", None), ("col", "right")]
    assert printed.text == "Decade | Kept\n-------+-------\n1960s  | 48\u00a0[1]\n値     | 1"


def test_a_wide_table_is_text_row_by_row() -> None:
    printed = print_body(f"| Name | Why |\n|---|---|\n| {'a' * 40} | {'b' * 40} |\n| c | d |")

    assert printed.text == f"Name: {'a' * 40}\nWhy: {'b' * 40}\n\nName: c\nWhy: d"


def test_inline_fragments_have_no_paragraph_and_keep_emphasis() -> None:
    takeaway = Takeaway(lead="Price, *not* policy", colon=":", text="cells **fell**.", line=9)

    printed = print_story(sections=(section(Role.KEY_TAKEAWAYS, takeaways=(takeaway,)),)).takeaways[0]

    assert (printed.lead.html, printed.lead.text) == ("Price, <em>not</em> policy", "Price, not policy")
    assert (printed.colon, printed.text.html) == (":", "cells <strong>fell</strong>.")


@pytest.mark.parametrize(
    "text", ["2024. A year", "- dash", "# hash", "> quote", "+ plus", "1) one", "---", "*** b", "    four"]
)
def test_a_takeaway_that_looks_like_a_block_is_words(text: str) -> None:
    takeaway = Takeaway(lead=text, colon=":", text=text, line=9)

    printed = print_story(sections=(section(Role.KEY_TAKEAWAYS, takeaways=(takeaway,)),)).takeaways[0]

    assert printed.lead.text == printed.text.text == text.strip()
    assert {element.tag for element in tree(printed.text).iter()} == {"div"}


def test_a_takeaway_may_hold_a_list_after_its_text() -> None:
    takeaway = Takeaway(lead="", colon="", text="_All_ fell:\n\n- cells\n- packs", line=9)

    printed = print_story(sections=(section(Role.KEY_TAKEAWAYS, takeaways=(takeaway,)),)).takeaways[0]

    assert printed.text.html == "<em>All</em> fell: <ul> <li>cells</li> <li>packs</li> </ul>"
    assert printed.text.text == "All fell:\n\n* cells\n* packs"


def test_facts_are_blocks() -> None:
    printed = print_story(sections=(section(Role.DID_YOU_KNOW, facts=(Fact(text="It is old.", line=9),)),))

    assert printed.facts[0].html == "<p>It is old.</p>"


def test_definitions_of_links_serve_the_whole_story() -> None:
    printed = print_story(lead=passage("[a][x]"), closing=passage("Bye.\n\n[x]: https://x.example/"))

    assert printed.lead.links == ("https://x.example/",)
    assert printed.closing.text == "Bye."


def test_pictures_in_text_are_printed_with_size_and_words() -> None:
    files = pictures(picture_file("a b.png", (40, 30)))
    markdown = 'See ![A *red* "bar"](<a b.png> "T")[![](a%20b.png)](https://x.example/) ![far](https://x.example/y.png)'

    edition = print_issue(issue(story(lead=passage(markdown)), pictures=files))

    lead = edition.stories[0].lead
    near, linked, far = tree(lead).iter("img")
    (picture,) = edition.pictures
    assert near.attrib == {
        "src": picture.url,
        "width": "40",
        "height": "30",
        "alt": 'A red "bar"',
        "title": "T",
    }
    assert linked.attrib == {"src": picture.url, "width": "40", "height": "30", "alt": ""}
    assert far.attrib == {"src": "https://x.example/y.png", "alt": "far"}
    assert lead.text == 'See A red "bar"\u00a0[1] far'


def test_a_picture_of_a_refused_scheme_leaves_its_words() -> None:
    assert print_body("![chart](data:image/png;base64,xx)").html == "<p>chart</p>"


def test_a_missing_picture_is_named_with_the_line_where_it_stands() -> None:
    for markdown in ("One.\n\nTwo ![x](chart.png)", "| a |\n|---|\n| ![x](chart.png) |"):
        with pytest.raises(ContentError) as refusal:
            print_story(lead=passage(markdown, line=10))

        assert str(refusal.value).startswith(
            "issues/2026-10-06-energy/heat.md:12: picture 'chart.png' is not"
        )


def test_characters_from_entities_are_cleaned_too() -> None:
    printed = print_body("a&#12;b e&#769; &#0; &#x202E;")

    assert printed.text == "ab é \ufffd \u202e"
    assert seen(printed) == printed.text


def test_a_combining_solidus_after_a_tag_does_not_swallow_it_when_normalised() -> None:
    printed = print_body("*\u0338x*")

    assert unicodedata.is_normalized("NFC", str(printed.html))
    assert ET.fromstring(str(printed.html)).find("em") is not None  # noqa: S314 (our own, and small)


def test_mail_compiler_keeps_every_space_and_word() -> None:
    printed = print_body(
        "**b**\n*c*\n\n- [d](https://x.example/?a=1&b=2)  \n  e\n\n```\nf\n\n g\n```\n\n1 < 2 & 3"
    )

    mail = mjml.mjml2html(
        f"<mjml><mj-body><mj-section><mj-column><mj-text>{printed.html}</mj-text></mj-column></mj-section></mj-body></mjml>"
    )

    assert "<strong>b</strong> <em>c</em>" in mail
    assert "<code>f\n\n g\n</code>" in mail
    assert "1 &lt; 2 &amp; 3" in mail
    assert 'href="https://x.example/?a=1&amp;b=2"' in mail


WORDS = st.from_regex(r"[a-zà-þ]{1,4}[0-9]?", fullmatch=True)
MARKS = st.text(alphabet="*_~#>+-|<&'\"()!\\`.: \n", max_size=5).map(lambda marks: f" {marks} ")


@given(
    st.lists(
        st.tuples(MARKS, WORDS, st.sampled_from(["", "*", "**", "_", "~~", "`"])), min_size=1, max_size=12
    )
)
@example([("\n- ", "a", ""), ("\n  - ", "b", "*"), ("\n\n", "c", "")])
def test_every_word_that_was_written_is_printed_once_in_order(parts: list[tuple[str, str, str]]) -> None:
    markdown = "".join(f"{marks}{style}{word}{style}" for marks, word, style in parts)
    assume(not re.search(r"```|~~~|\|.*\n.*-", markdown))

    printed = print_body(markdown)

    words = [word for _, word, _ in parts]
    assert re.findall(r"[a-zà-þ]+[0-9]?", seen(printed).replace("&", " ")) == words
    assert re.findall(r"[a-zà-þ]+[0-9]?", printed.text) == words


@given(
    st.text(
        st.sampled_from("ab1 \n\t*_~#>+-|<&'\"()[]:/.^`!\\`=\0\x1b\u0338\u0301\u202e\ud83d\ufffe文：。é👩‍👧"),
        max_size=60,
    )
)
@example("[^a]: [^a]\n\nx[^a]")
@example("[a]: <b>\n[a][a]")
def test_whatever_is_written_the_print_is_safe_and_well_formed(markdown: str) -> None:
    printed = print_body(re.sub(r"!(?=\[)", "", markdown))

    for element in tree(printed).iter():
        assert element.tag in ALLOWED
        assert set(element.attrib) <= {"href", "id", "role", "title", "start", "scope", "align"}
        assert re.match(r"https?://|mailto:", element.get("href", "mailto:"))
    for part in (str(printed.html), printed.text):
        assert unicodedata.is_normalized("NFC", part)
        assert not re.search("[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", part)
    assert "\n" not in re.sub(r"<pre>.*?</pre>", "", str(printed.html), flags=re.DOTALL)


LINES = st.text(st.sampled_from("aé1 .,:;/-+=#|!?$^(){}@'\"’…\u00a0\u0338文。👩"), max_size=20).map(
    "a{}".format
)


@given(st.lists(LINES, min_size=1, max_size=3))
@example(["a “b”: c - d", "a://b"])
def test_text_without_marks_is_printed_as_it_is_beside_marks(lines: list[str]) -> None:
    markdown = "\n\n".join(lines)
    takeaway = Takeaway(lead="", colon="", text=markdown, line=1)
    marked = Takeaway(lead="", colon="", text=f"{markdown}\n\n*z*", line=1)

    blocks, blocks_and_mark = print_body(markdown), print_body(f"{markdown}\n\n*z*")
    item, item_and_mark = print_story(sections=(section(takeaways=(takeaway, marked)),)).takeaways

    assert blocks_and_mark.html == f"{blocks.html} <p><em>z</em></p>"
    assert blocks_and_mark.text == f"{blocks.text}\n\nz"
    assert item_and_mark.text.html == f"{item.text.html} <p><em>z</em></p>"
    assert item_and_mark.text.text == f"{item.text.text}\n\nz"


ALLOWED = {
    *("div", "p", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "hr", "br", "a", "sup"),
    *("table", "thead", "tbody", "tr", "th", "td", "h4", "h5", "h6"),
}


ARABIC = "هذه فقرة بالعربية كلها"


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        (ARABIC, f'<p dir="rtl">{ARABIC}</p>'),
        (f"*{ARABIC}*", f'<p dir="rtl"><em>{ARABIC}</em></p>'),
        (f"> {ARABIC}", f'<blockquote> <p dir="rtl">{ARABIC}</p> </blockquote>'),
        (f"- {ARABIC}\n- words", f'<ul> <li dir="rtl">{ARABIC}</li> <li>words</li> </ul>'),
        (f"### {ARABIC}", f'<h4 dir="rtl">{ARABIC}</h4>'),
        ("ماء means water, and water is what this is about", None),
        ("12:30 – 14:00", None),
    ],
)
def test_a_block_that_runs_against_its_story_says_so(markdown: str, html: str | None) -> None:
    printed = print_body(markdown)

    assert ('dir="' in printed.html) == (html is not None)
    assert html is None or str(printed.html) == html


def test_in_a_story_from_right_to_left_a_latin_block_says_so() -> None:
    printed = print_story("heat", lang="ar", lead=passage(f"{ARABIC}\n\nThis one is in English"))

    assert str(printed.lead.html) == f'<p>{ARABIC}</p> <p dir="ltr">This one is in English</p>'
