"""Links as they are written: where they lead, what they say, and whom they tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from publisher.check.all import check
from publisher.check.facts import Facts
from publisher.model.bare_words import BARE_WORDS
from publisher.model.finding import Finding
from publisher.model.phrases import PHRASES
from publisher.model.records import PublicStory
from tests.check.issues import read, short, single


def about(tmp_path: Path, body: str, fields: str = "", *, facts: Facts | None = None) -> list[str]:
    """Return place and code of what group 4 says of a text."""
    return [short(each) for each in findings(tmp_path, body, fields, facts=facts)]


def findings(tmp_path: Path, body: str, fields: str = "", *, facts: Facts | None = None) -> list[Finding]:
    reading = single(tmp_path, fields, body)
    found = check(reading.issue, found=reading.findings, facts=facts)
    return [each for each in found if each.code[1] == "4"]


def folder(tmp_path: Path, first: str, second: str = "Text.", *, issue: str = "") -> list[str]:
    """Return what group 4 says of an issue of two stories, `a.md` and `b ü.md`; texts begin on line 6."""
    head = "---\nid: {0}\ntitle: {0}\nsource: A\n---\n{1}"
    files = {
        "e/issue.md": f"---\nid: i\ntitle: E\n---\n{issue}",
        "e/a.md": head.format("a", first),
        "e/b ü.md": head.format("b", second),
    }
    reading = read(tmp_path, files, "e")
    return [short(each) for each in check(reading.issue, found=reading.findings) if each.code[1] == "4"]


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("https://a.example/x", None),
        ("mailto:ana@a.example", None),
        ("#notes", None),
        ("heat.md", None),
        ("heat.md#notes", None),
        ("./heat.md", None),
        ("//a.example/x", None),
        ("", "E401"),
        ("#", "E401"),
        ("x.md", "E401"),
        ("../heat.md", "E401"),
        ("report.html", "E401"),
        ("/stories/heat/", "E401"),
        ("?page=2", "E401"),
        ("www.a.example/x", "E401"),
        ("https://", "E401"),
        ("https:///x", "E401"),
        ("https://a.example:port/", "E401"),
        ("file:///home/ana/report.pdf", "E402"),
        ("C:/Users/ana/report.pdf", "E402"),
        ("data:text/html,x", "E402"),
        ("javascript:alert(1)", "E402"),
        ("JavaScript:alert(1)", "E402"),
        ("vbscript:x", "E402"),
        ("ftp://a.example/", "E402"),
        ("tel:+34123", None),
        ("sms:+34(91)123-45.67;ext=8", None),
        ("tel:nobody", "E402"),
        ("tel:", "E402"),
        ("whatsapp:+34123", "E402"),
        ("http://[64:ff9b::7f00:1]/", "E403"),
        ("http://127.1/", "E403"),
        ("http://0x7f.1/", "E403"),
        ("http://2130706433/", "E403"),
        ("http://0177.0.0.1/", "E403"),
        ("http://127%2e0.0.1/", "E403"),
        ("http://①②⑦.0.0.1/", "E403"),
        ("http://127。0。0。1/", "E403"),
        ("http://ne\u00adws.example/", "E403"),
        ("http://localhost:8000/x", "E403"),
        ("http://news.localhost/", "E403"),
        ("https://127.0.0.2/", "E403"),
        ("https://[::1]/", "E403"),
        ("https://10.0.0.7/", "E403"),
        ("https://192.168.1.1/", "E403"),
        ("https://172.16.0.1/", "E403"),
        ("https://169.254.169.254/", "E403"),
        ("https://[fd00::1]/", "E403"),
        ("https://intranet/report", "E403"),
        ("https://printer.local/", "E403"),
        ("//localhost/x", "E403"),
        ("https://8.8.8.8/", None),
        ("https://例え.jp/頁", None),
    ],
)
def test_a_link_can_be_followed_from_a_mail_by_anybody(
    tmp_path: Path, address: str, code: str | None
) -> None:
    found = about(tmp_path, f"Text.\nThis is [a page]({address}).")

    assert found == ([f"heat.md:10 {code}"] if code else [])


@pytest.mark.parametrize(
    "end",
    ["localhost", "local", "internal", "lan", "home.arpa", "test", "invalid", "intranet", "corp", "home"],
)
def test_names_of_ones_own_network_are_no_places(tmp_path: Path, end: str) -> None:
    assert about(tmp_path, f"This is [a page](https://news.{end}/).") == ["heat.md:9 E403"]
    assert about(tmp_path / "other", f"This is [a page](https://{end.replace('.', '')}.example/).") == []


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ("[https://bank.example/](https://evil.example/)", ["W413"]),
        ("[www.bank.example](https://evil.example/)", ["W413"]),
        ("[**bank.com**](https://evil.example/)", ["W413"]),
        ("[bank.com/login](https://bank.com.evil.example/)", ["W413"]),
        ("https://bank.example@evil.example/", ["W413"]),
        ("[a page](https://bank.example@evil.example/)", ["W413"]),
        ("[https://bank.example/](https://www.bank.example/login)", []),
        ("[bank.com](https://online.bank.com/)", []),
        ("[online.bank.com](https://bank.com/)", []),
        ("[https://bücher.example/](https://xn--bcher-kva.example/)", []),
        ("[Booking.com](https://news.example/booking)", []),
        ("[node.js](https://news.example/node)", []),
        ("[what bank.com did](https://news.example/)", []),
        ("https://bank.example/@ann", []),
    ],
)
def test_words_that_are_an_address_lead_there(tmp_path: Path, body: str, codes: list[str]) -> None:
    assert [each.split()[1] for each in about(tmp_path, body)] == codes


def test_files_of_the_same_issue_are_links_and_those_of_others_are_not(tmp_path: Path) -> None:
    good = "[one](b%20%C3%BC.md) [two](<b ü.md#x>) [three](issue.md)"
    bad = "[one](../other/x.md)"

    assert folder(tmp_path, good, bad, issue="[a](a.md)") == ["b ü.md:6 E401"]


def test_a_relative_link_is_told_with_what_was_probably_meant(tmp_path: Path) -> None:
    cures = {
        "www.a.example/x": "did you mean https://www.a.example/x?",
        "haet.md": "did you mean heat.md?",
        "heat": "did you mean heat.md?",
    }

    assert {
        address: findings(tmp_path / str(number), f"[a page]({address})")[0].fix
        for number, address in enumerate(cures)
    } == cures


@pytest.mark.parametrize(
    "body",
    [
        "`[x](javascript:y)`",
        "```\n[x](file:///y)\n```",
        "javascript:alert(1) is no link, nor is file:///x",
        "<!-- [x](file:///y) -->Text.",
    ],
)
def test_code_notes_and_plain_words_are_no_links(tmp_path: Path, body: str) -> None:
    assert about(tmp_path, body) == []


def test_links_of_references_footnotes_bullets_and_sponsors_are_looked_at_on_their_lines(
    tmp_path: Path,
) -> None:
    body = (
        "Read [the report][1] and[^2].\n\n## Key Takeaways\n\n- **A:** [b](x.html)\n- c\n  [d](y.html)\n\n"
        "[1]: z.html\n[^2]: See [it](w.html)."
    )

    found = about(tmp_path, body, 'sponsor: "By [them](v.html)"')

    assert sorted(found) == [f"heat.md:{line} E401" for line in (13, 15, 18, 6, 9)]


@pytest.mark.parametrize("lang", sorted(PHRASES))
def test_words_that_say_nothing_are_known_in_every_language(tmp_path: Path, lang: str) -> None:
    for number, words in enumerate(sorted(BARE_WORDS[lang])):
        head = f"---\nid: i\ntitle: Heat\nsource: A\nlang: {lang}\n---\n\nText, [{words.capitalize()} »](https://a.example)"
        reading = read(tmp_path / str(number), {"heat.md": head})

        assert [each.code for each in check(reading.issue) if each.code[1] == "4"] == ["W405"], words


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ("[**here**](https://a.example)", ["W405"]),
        ("[](https://a.example)", ["W405"]),
        ("[![Here](a.png)](https://a.example)", ["W405"]),
        ("[here it began](https://a.example)", []),
        ("[Source](https://a.example)", []),
        ("[`here`](https://a.example)", ["W405"]),
        ("<https://a.example/here>", []),
        ("https://a.example/here", []),
        ("[1](https://a.example)", []),
        ("[hier](https://a.example)", []),
    ],
)
def test_a_link_says_where_it_leads(tmp_path: Path, body: str, codes: list[str]) -> None:
    assert [each.split()[1] for each in about(tmp_path, body)] == codes


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("[One](https://a.example/x)\n\n[Two](https://a.example/x)", ["heat.md:11 W406"]),
        (
            "[One](https://a.example/x)\n\n[Two](http://www.a.example/x/#y)",
            ["heat.md:11 W406", "heat.md:11 W409"],
        ),
        ("[Source](https://a.example/x)\n\n[Source](https://a.example/x)", []),
        ("[One](https://a.example/x)\n\n[Two](https://a.example/y)", []),
        ("[One](https://a.example/x#a)\n\n[Two](https://a.example/x#b)", []),
        ("[One](https://a.example/x#a)\n\n[Two](https://a.example/x#a)", ["heat.md:11 W406"]),
        ("[One](https://a.example/x#a)\n\n[Two](https://a.example/x)", ["heat.md:11 W406"]),
        ("[One](https://a.example/x?p=1)\n\n[Two](https://a.example/x?p=2)", []),
        ("[One](https://a.example/)\n\n[Two](https://a.example)", []),
        ("[One](mailto:a@a.example)\n\n[Two](mailto:a@a.example)", []),
    ],
)
def test_two_names_for_one_page_are_a_slip(tmp_path: Path, body: str, expected: list[str]) -> None:
    assert about(tmp_path, body) == expected


def test_a_story_may_link_to_its_own_source_and_two_stories_may_not_be_about_one_page(tmp_path: Path) -> None:
    own = single(tmp_path / "own", "link: https://a.example/x", "[the report](https://a.example/x)")
    head = "---\nid: {0}\ntitle: {0}\nlink: https://a.example/x\n---\nText."
    files = {
        "e/issue.md": "---\nid: i\ntitle: E\n---\n",
        "e/a.md": head.format("a"),
        "e/b.md": head.format("b"),
    }
    two = read(tmp_path / "two", files, "e")

    assert [each for each in check(own.issue) if each.code == "W406"] == []
    assert [short(each) for each in check(two.issue) if each.code == "W406"] == ["b.md:4 W406"]


@pytest.mark.parametrize(
    ("link", "issue", "number", "told"),
    [
        ("https://a.example/x", "old", 41, "ran in issue 41"),
        ("https://a.example/x?utm_source=y#z", "old", None, "ran in issue 'old'"),
        ("https://a.example/y", "old", 41, None),
        ("https://a.example/x", "heat", 41, None),
    ],
)
def test_a_page_that_ran_before_is_told_with_its_issue(
    tmp_path: Path, link: str, issue: str, number: int | None, told: str | None
) -> None:
    ran = PublicStory(id="s", slug="s", link="https://a.example/x", issue=issue, number=number)

    found = findings(tmp_path, "Text.", f"link: {link}", facts=Facts(public=(ran,)))

    whats = [each.what for each in found if each.code == "W407"]
    assert len(whats) == (told is not None)
    assert all(told is not None and told in what for what in whats)


def test_a_page_that_ran_before_may_be_cited(tmp_path: Path) -> None:
    ran = PublicStory(id="s", slug="s", link="https://a.example/x", issue="old", number=1)

    assert about(tmp_path, "[The report](https://a.example/x)", facts=Facts(public=(ran,))) == []


@pytest.mark.parametrize(
    ("address", "codes"),
    [
        ("https://a.example/x?utm_source=y", ["W408"]),
        ("https://a.example/x?id=1&UTM_Medium=y", ["W408"]),
        ("https://a.example/x?fbclid=y", ["W408"]),
        ("https://a.example/x?gclid=y", ["W408"]),
        ("https://a.example/x?mc_eid=y", ["W408"]),
        ("https://a.example/x?utm=y", []),
        ("https://a.example/x?id=utm_source", []),
        ("https://a.example/x#utm_source=y", []),
        ("http://a.example/x", ["W409"]),
        ("https://bit.ly/x", ["W410"]),
        ("http://www.tinyurl.com/x", ["W409", "W410"]),
        ("https://habit.ly/x", []),
    ],
)
def test_links_lead_straight_to_a_page_and_tell_nobody(
    tmp_path: Path, address: str, codes: list[str]
) -> None:
    in_text = about(tmp_path / "text", f"See [the report]({address}).")
    bare = about(tmp_path / "bare", f"See {address}.")
    source = about(tmp_path / "source", "Text.", f"link: {address}")

    assert in_text == bare == [f"heat.md:9 {code}" for code in codes]
    assert source == [f"heat.md:6 {code}" for code in codes]
