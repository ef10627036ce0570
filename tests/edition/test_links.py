from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from publisher.edition.links import Standpoint, absolute, file_key, file_name, permalink, tag_uri

HERE = Standpoint(
    url="https://news.example.org/stories/heat/",
    folder="2026-10-06-energy",
    pages={
        "2026-10-06-energy/sun.md": "https://news.example.org/stories/sun/",
        "2026-10-06-energy/caf\u00e9 au lait.md": "https://news.example.org/stories/caf%C3%A9/",
        "_stories/evergreen.md": "https://news.example.org/stories/evergreen/",
    },
)


@pytest.mark.parametrize(
    ("href", "resolved"),
    [
        ("https://Example.ORG/A", "https://example.org/A"),
        ("HTTP://example.org", "http://example.org"),
        ("//cdn.example.org/x", "https://cdn.example.org/x"),
        ("#notes", "https://news.example.org/stories/heat/#notes"),
        ("?page=2", "https://news.example.org/stories/heat/?page=2"),
        ("/about/", "https://news.example.org/about/"),
        ("more/../data.csv", "https://news.example.org/stories/heat/data.csv"),
        ("sun.md", "https://news.example.org/stories/sun/"),
        ("./sun.md#why", "https://news.example.org/stories/sun/#why"),
        ("../_stories/evergreen.md", "https://news.example.org/stories/evergreen/"),
        ("cafe%CC%81%20au%20lait.md", "https://news.example.org/stories/caf%C3%A9/"),
        ("https://host.example/readme.md", "https://host.example/readme.md"),
        ("mailto:editors@example.org?subject=a b", "mailto:editors@example.org?subject=a%20b"),
        ("TEL:+34 (91) 123-45.67;ext=8", "tel:+34(91)123-45.67;ext=8"),
        ("sms:+34%20123", "sms:+34123"),
        (" \n https://example.org/x\t", "https://example.org/x"),
    ],
)
def test_every_address_becomes_absolute(href: str, resolved: str) -> None:
    assert HERE.resolve(href) == resolved


@pytest.mark.parametrize(
    ("url", "encoded"),
    [
        ("https://例え.jp/パス?q=値#部", "https://xn--r8jz45g.jp/%E3%83%91%E3%82%B9?q=%E5%80%A4#%E9%83%A8"),
        ("https://straße.de/", "https://xn--strae-oqa.de/"),
        ("https://MÜNCHEN.de", "https://xn--mnchen-3ya.de"),
        ("https://例え。jp/", "https://xn--r8jz45g.jp/"),
        ('https://example.org/a b"<>^`{|}\\', "https://example.org/a%20b%22%3C%3E%5E%60%7B%7C%7D%5C"),
        ("https://example.org/100%/50%25/%zz", "https://example.org/100%25/50%25/%25zz"),
        ("https://example.org/(a)_[b]", "https://example.org/(a)_%5Bb%5D"),
        ("https://user:p%40ss@example.org:8080/x", "https://user:p%40ss@example.org:8080/x"),
        ("https://[2001:DB8::1]:8443/", "https://[2001:db8::1]:8443/"),
        ("mailto:zoë@bücher.de", "mailto:zo%C3%AB@xn--bcher-kva.de"),
        ("https://example.org/?a=1&b=2", "https://example.org/?a=1&b=2"),
    ],
)
def test_addresses_are_written_in_ascii(url: str, encoded: str) -> None:
    assert absolute(url) == encoded
    assert absolute(encoded) == encoded


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        "\u00a0javascript:alert(1)",
        "data:text/html,<b>x</b>",
        "vbscript:x",
        "file:///etc/passwd",
        "ftp://example.org/x",
        "tel:",
        "tel:call me",
        "tel:+34<script>",
        "tel:+34%0d%0a1",
        "sms:nobody",
        "http://example.org/?q=\ud800",
        "http://ex\ud800ample.org/",
        "mailto:\ud800@example.org",
        "http://exam\u00adple.org/",
        "http://exam\u2060ple.org/",
        "mailto:ann@exam\u00adple.org",
        "C:\\pictures\\x.png",
        "http:example.org",
        "https:///path",
        "https://[broken",
        "https://exa mple.org/",
        "https://example.org:port/",
        "https://example.org:99999/",
        "//[broken",
        "mailto:",
        "mailto:nobody",
        "other.md",
        "../2026-09-01-wind/turbine.md",
        "",
        " ",
    ],
)
def test_what_leads_nowhere_or_is_dangerous_is_refused(href: str) -> None:
    assert HERE.resolve(href) is None


@given(
    st.text(alphabet=st.characters(exclude_categories=()))
    | st.from_regex(r"(tel|sms):.*", fullmatch=True)
    | st.from_regex(r"(https?:)?//[^/]*[/?#\\@:].*", fullmatch=True)
)
@example("https://a@b@c/")
@example("/\\evil.example")
@example("https://example.org\\@evil.example/")
def test_whatever_is_written_the_result_is_safe_in_html_and_stays_the_same(href: str) -> None:
    resolved = HERE.resolve(href)

    if resolved is not None:
        assert re.fullmatch(
            r"(https?://[^\s\"'<>\\]+|mailto:[^\s\"<>\\]+|(tel|sms):[^\s\"<>\\]+)", resolved.replace("'", "")
        )
        assert resolved.isascii()
        assert absolute(resolved) == resolved


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("cover.jpg", "cover.jpg"),
        ("my%20cover.jpg", "my cover.jpg"),
        ("../cover.jpg", "../cover.jpg"),
        ("https://example.org/x.png", None),
        ("//example.org/x.png", None),
        ("data:image/png;base64,xx", None),
    ],
)
def test_a_picture_is_a_file_beside_the_text_or_elsewhere(source: str, name: str | None) -> None:
    assert file_name(source) == name


def test_file_names_of_two_normal_forms_are_one() -> None:
    assert file_key("a", "./cafe\u0301.jpg") == file_key("a/b/..", "caf\u00e9.jpg") == "a/caf\u00e9.jpg"


def test_a_permalink_is_ascii() -> None:
    assert (
        permalink("https://example.org/news", "stories", "日 a/b")
        == "https://example.org/news/stories/%E6%97%A5%20a%2Fb/"
    )


def test_a_tag_uri_is_made_of_the_id_alone() -> None:
    assert tag_uri("example.org,2026", "0d0f", path="a/b.md") == "tag:example.org,2026:0d0f"
    assert (
        tag_uri("example.org,2026", "0d0f", path="a/c.md", kind="issue:") == "tag:example.org,2026:issue:0d0f"
    )


def test_without_an_id_the_path_gives_one_that_is_always_the_same() -> None:
    first = tag_uri("example.org,2026", None, path="a/b.md")

    assert first == tag_uri("example.org,2026", "", path="a/b.md")
    assert first == "tag:example.org,2026:ee365786-9045-5391-9c31-648dba57b3bd"
    assert first != tag_uri("example.org,2026", None, path="a/c.md")
    assert first != tag_uri("example.net,2026", None, path="a/b.md")
