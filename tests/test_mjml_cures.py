"""Each cure against the compiler itself: first the fault is shown, then that it is gone."""

from __future__ import annotations

import re

import html5lib
import mjml
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from publisher.mjml_cures import MjmlError, compile_mjml
from publisher.mjml_rules import PARENTS

HOSTILE = st.text(
    st.sampled_from(list("ab\u00a0\u200d\ufe0f\u0301\\\"'<>&{}\t;#x"))
    | st.characters(exclude_categories=["C"]),
)
VISIBLE = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1)


def mail(text: str, *, head: str = "") -> str:
    return (
        f"<mjml><mj-head>{head}</mj-head><mj-body><mj-section><mj-column><mj-text>{text}</mj-text></mj-column>"
        "</mj-section></mj-body></mjml>"
    )


def raw(html: str) -> str:
    return mail("").replace("<mj-text></mj-text>", f"<mj-raw>{html}</mj-raw>")


def body(html: str) -> str:
    """Return what stands in the only text of a mail, as it is written."""
    match = re.search(r'color:#000000;">(.*?)</div></td>', html, re.DOTALL)
    assert match is not None
    return match[1]


def element(html: str, name: str) -> dict[str, str]:
    """Return the attributes of the only element of that name, as a browser reads them."""
    tree = html5lib.parse(html, treebuilder="etree", namespaceHTMLElements=False)
    (found,) = tree.iter(name)
    return dict(found.attrib)


def test_characters_in_attributes_are_not_printed_as_rust_escapes() -> None:
    source = mail('<img src="x" alt="3\u00a0% \\ \u0627" />')

    uncured = mjml.mjml2html(source, fonts={})
    cured = compile_mjml(source)

    assert r"3\u{a0}% \\ " in uncured
    assert element(cured, "img")["alt"] == "3\u00a0% \\ \u0627"


@given(HOSTILE)
def test_any_attribute_arrives_as_it_was_written(value: str) -> None:
    html = compile_mjml(mail(f'<img src="x" alt="{escape(value)}" />'))

    assert element(html, "img")["alt"] == value


@given(st.lists(VISIBLE, min_size=1))
def test_any_text_arrives_as_it_was_written(words: list[str]) -> None:
    html = compile_mjml(mail("\n".join(f"<b>{escape(word)}</b>" for word in words)))

    tree = html5lib.parseFragment(body(html), treebuilder="etree", namespaceHTMLElements=False)
    assert "".join(tree.itertext()) == " ".join(words)


def test_a_line_break_between_two_inline_tags_does_not_join_their_words() -> None:
    source = mail("<b>one</b>\n  <i>two</i>")

    uncured = mjml.mjml2html(source, fonts={})
    cured = compile_mjml(source)

    assert body(uncured) == "<b>one</b><i>two</i>"
    assert body(cured) == "<b>one</b> <i>two</i>"


def test_preformatted_text_keeps_its_lines_and_blanks() -> None:
    source = mail("<pre><b>if</b>\n<i>  then</i>\n\n  else</pre>")

    uncured = mjml.mjml2html(source, fonts={})
    cured = compile_mjml(source)

    assert body(uncured) == "<pre><b>if</b><i>  then</i>\n\n  else</pre>"
    assert body(cured) == "<pre><b>if</b>\n<i>  then</i>\n\n  else</pre>"


def test_blanks_around_components_are_no_fault() -> None:
    source = mail("text", head=" <mj-title>title</mj-title> ")

    with pytest.raises(ValueError, match="unexpected token"):
        mjml.mjml2html(source, fonts={})
    cured = compile_mjml(source)

    assert body(cured) == "text"


def test_neighbouring_outlook_conditionals_become_one_and_others_stay() -> None:
    joint = "<![endif]--><!--[if mso | IE]>"
    source = mail("text").replace(
        "<mj-body>", "<mj-body><mj-raw><!--[if mso]>for Outlook<![endif]--></mj-raw>"
    )

    uncured = mjml.mjml2html(source, fonts={})
    cured = compile_mjml(source)

    assert uncured.count(joint) == 3
    assert cured.count(joint) == 1
    assert f"for Outlook{joint}" in cured
    assert len(cured) == len(uncured) - 2 * len(joint)


def test_no_font_is_fetched_from_anybody() -> None:
    source = mail("text", head='<mj-attributes><mj-all font-family="Roboto" /></mj-attributes>')

    uncured = mjml.mjml2html(source)
    cured = compile_mjml(source)

    assert "fonts.googleapis.com" in uncured
    assert "http" not in cured.replace("http://www.w3.org/1999/xhtml", "").replace("http-equiv", "")


def test_characters_that_xml_cannot_carry_are_left_out() -> None:
    source = mail("a\x00b\x0bc\ud800d\x9fe\ufffef")

    with pytest.raises(ValueError, match="surrogates not allowed"):
        mjml.mjml2html(source, fonts={})
    cured = compile_mjml(source)

    assert body(cured) == "ab cdef"


def test_style_sheets_are_left_as_they_are() -> None:
    css = 'a > b::after{content:"\\201c é"}'

    html = compile_mjml(mail("text", head=f"<mj-style>\n  {css}\n</mj-style>"))

    assert css in html


@pytest.mark.parametrize("reference", ["&#1114112;", "&#9999999;", "&#55296;", "&#57343;", "&#160;&#55296;"])
def test_references_that_mean_no_character_stay_as_they_are(reference: str) -> None:
    assert body(compile_mjml(mail(f"a{reference}b"))) == f"a{reference}b"


def test_many_tags_beside_one_another_and_some_within_one_another_are_no_fault() -> None:
    text = "<p>a<br />b</p>" * 2000 + "<b>" * 400 + "c" + "</b>" * 400

    assert body(compile_mjml(mail(text))) == text
    assert text in compile_mjml(raw(text))


def test_a_mail_about_mjml_may_name_a_class_that_is_not_defined() -> None:
    text = '&lt;mj-text mj-class="big"&gt; mj-class="big"'

    assert body(compile_mjml(mail(text))) == text


def test_notes_may_stand_anywhere() -> None:
    noted = mail("text").replace("<mj-", "<!-- a <note> --><mj-") + "<!-- the end -->"

    assert "text" in compile_mjml(noted)


def test_references_that_mean_something_in_html_stay_references() -> None:
    html = compile_mjml(mail("&lt;b&gt; &amp;#160; &#38; &#60; &#151; &nbsp;&#160;"))

    assert body(html) == "&lt;b&gt; &amp;#160; &#38; &#60; &#151; &nbsp;\u00a0"


@pytest.mark.parametrize(
    ("source", "what", "before"),
    [
        (mail('<mj-include path="/etc/passwd" />'), "<mj-include> is not supported", "/>"),
        (mail("").replace("mj-text", "mj-txt"), "<mj-txt> is not supported", "<mj-txt>"),
        (mail("").replace("<mj-column>", "", 1), "<mj-text> does nothing here", "<mj-text>"),
        (mail("").replace("</mj-column>", ""), "</mj-section> closes what is not open here", "</mj-section>"),
        ("<mjml><mj-body>", "<mj-body> is never closed", "<mjml><mj-body>"),
        (mail("1 < 2"), "'< 2' is not a tag", "1 <"),
        (mail("<b>fat"), "<b> is never closed", "<mj-text><b>"),
        (mail("<p><i>fat</p> and <b>more</b>"), "<i> is never closed", "<mj-text><p><i>"),
        (mail("<p><b>x</i></b></p>"), "</i> closes what is not open here", "x</i>"),
        (mail("<b>x</i>"), "</i> closes what is not open here", "x</i>"),
        (mail("a<br>b</b>"), "</b> closes what is not open here", "b</b>"),
        (mail("<a href=x>link</a>"), "'<a href=x>link</a>' is not a tag", "<mj-text><a"),
        (mail("<div\n"), "'<div\n' is not a tag", "<mj-text><div"),
        (mail("<b>" * 501), "more than 500 tags are open at once", "<b>" * 501),
        (mail("<b>" * 30000 + "</b>" * 30000), "more than 500 tags are open at once", "<b>" * 501),
        (raw("<div>" * 30000 + "</div>" * 30000), "more than 500 tags are open at once", "<div>" * 501),
        (raw("</p>" * 501 + "<p>" * 30000), "more than 500 tags are open at once", "</p>" + "<p>" * 501),
        (
            mail("").replace("</mj-body>", "</mj-body><mj-body></mj-body>"),
            "there is a second <mj-body>",
            "<mj-body>",
        ),
        (
            mail("").replace("<mj-body>", "<mj-head></mj-head><mj-body>"),
            "there is a second <mj-head>",
            "<mj-head>",
        ),
        ("<mjml></mjml>", "<mjml> has no <mj-body>", "</mjml>"),
        (mail("").replace("<mj-text", '<mj-text mj-class="a"'), "there is no mj-class 'a'", 'mj-class="a">'),
        (mail("").replace("mj-text", "mj-text2"), "<mj-text2> is not supported", "<mj-text2>"),
        (mail('<mj-Include path="/etc/passwd" />'), "<mj-Include> is not supported", "/>"),
        (mail('<MJ-INCLUDE path="/etc/passwd" />'), "<MJ-INCLUDE> is not supported", "/>"),
        (mail("") + "\nmore", "'more' may not stand behind </mjml>", "</mjml>\n"),
        (mail("") + "\n<p>more</p>", "'<p>more</p>' may not stand behind </mjml>", "\n<p"),
        (
            mail("").replace("<mj-body>", "<mj-body> text "),
            "'text' may not stand directly in <mj-body>",
            "<mj-body> ",
        ),
        (
            mail("").replace("<mj-text>", "text<mj-text>"),
            "'text' may not stand directly in <mj-column>",
            "<mj-column>",
        ),
        (
            mail("").replace("</mj-section>", "<!-- note --> <p>a</p></mj-section>"),
            "'<p>a</p>' may not stand directly in <mj-section>",
            "<!-- note --> <p",
        ),
        (mail("").replace("<mj-text>", '<mj-text color="a" color="b">'), "<mj-text> has color twice", '"b">'),
        (mail("").replace("<mj-text>", '<mj-image src="a" /><mj-text>'), "<mj-image> has no alt", "/>"),
        (mail("") + "</mjml>", "</mjml> closes what is not open here", "</mjml></mjml>"),
    ],
)
def test_what_is_not_mjml_is_refused_with_its_place(source: str, what: str, before: str) -> None:
    with pytest.raises(MjmlError) as caught:
        compile_mjml(source)

    assert caught.value.what == what
    assert caught.value.before is not None
    assert caught.value.before.endswith(before)


@pytest.mark.parametrize("source", ["", "just words", "<p>a paragraph</p>"])
def test_what_has_no_component_at_all_is_refused(source: str) -> None:
    with pytest.raises(MjmlError, match="not well-formed"):
        compile_mjml(source)


def test_the_compiler_takes_what_we_refuse_without_a_word() -> None:
    source = mail("").replace("mj-text", "mj-txt")

    assert "mj-txt" in mjml.mjml2html(source, fonts={})


@pytest.mark.parametrize("name", ["mj-text", "mj-image", "mj-button", "mj-divider", "mj-spacer"])
def test_every_component_of_a_column_leaves_something_in_the_mail(name: str) -> None:
    assert "mj-column" in PARENTS[name]
    empty = compile_mjml(mail("").replace("<mj-text></mj-text>", ""))
    alt = ' alt=""' if name == "mj-image" else ""

    html = compile_mjml(mail("").replace("<mj-text></mj-text>", f'<{name} css-class="x"{alt} />'))

    assert len(html) > len(empty)
