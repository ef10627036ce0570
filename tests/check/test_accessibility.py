"""Accessibility: language, headings, colours and edges."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from publisher.check.all import check
from publisher.check.mail_styles import Mode, painted
from publisher.model.finding import Finding
from publisher.model.phrases import PHRASES
from publisher.model.rendered import Part
from tests.check.issues import read, short, single
from tests.check.printed import edition_of, mail_of

IN_THE_DARK = (
    "<style>@media (prefers-color-scheme:dark){p{color:#eee!important} body{background:#111}}</style>"
)
PARAGRAPH = "A paragraph that is long enough to be read line by line. " * 3


def mail(html: str) -> Part:
    return Part(output="email", key="", media_type="text/html", body=html.encode())


def looked_at(tmp_path: Path, html: str) -> list[Finding]:
    """Return what group 7 says of a mail."""
    return [each for each in check(single(tmp_path).issue, rendered=mail(html)) if each.code[1] == "7"]


@pytest.mark.parametrize(
    ("lang", "guess"),
    [
        ("jp", "did you mean ja?"),
        ("cn-CN", "did you mean zh?"),
        ("eng", None),
        ("und", "write a language tag such as en or pt-BR"),
        ("xx", "write a language tag such as en or pt-BR"),
        *((lang, None) for lang in sorted(PHRASES)),
        ("pt-BR", None),
        ("zh-Hant-TW", None),
        ("gsw", None),
        ("sr-Latn", None),
        ("es-419", None),
    ],
)
def test_a_language_is_one_that_a_screen_reader_knows(tmp_path: Path, lang: str, guess: str | None) -> None:
    head = f"---\nid: i\ntitle: Heat\nsource: A\nlang: {lang}\n---\n\nText."
    reading = read(tmp_path, {"heat.md": head})

    found = [each for each in check(reading.issue, found=reading.findings) if each.code == "E701"]

    assert [(short(each), each.fix) for each in found] == ([("heat.md:5 E701", guess)] if guess else [])


def test_the_languages_of_stories_and_of_the_publication_are_looked_at_too(tmp_path: Path) -> None:
    files = {
        "e/issue.md": "---\nid: i\ntitle: E\n---\n",
        "e/a.md": "---\nid: a\ntitle: A\nsource: x\nlang: jp\n---\nText.",
    }
    reading = read(tmp_path, files, "e")
    edition = replace(edition_of(reading.issue), lang="und")

    found = check(reading.issue, edition=edition)

    assert [short(each) for each in found if each.code == "E701"] == ["a.md:5 E701", "publisher.toml E701"]


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("Lead.\n\n## One\n\n### Two\n\n#### Three\n\n## Four\n\n### Five", []),
        ("Lead.\n\n## One\n\n#### Two", [13]),
        ("Lead.\n\n## One\n\n##### Two\n\n###### Three\n\n## Four\n\n#### Five", [13, 19]),
        ("Lead.\n\n### One", [11]),
        ("## Key Takeaways\n\n### First point\n\nText.\n\n### Second point\n\nText.", []),
        ("Lead.\n\n## One\n\n```\n#### no heading\n```", []),
        ("Lead.\n\n## Closing\n\n### Two", []),
    ],
)
def test_headings_go_down_by_single_steps(tmp_path: Path, body: str, lines: list[int]) -> None:
    reading = single(tmp_path, "tags: []", body)

    found = check(reading.issue, found=reading.findings)

    assert [short(each) for each in found if each.code == "E702"] == [
        f"heat.md:{line} E702" for line in lines
    ]


@pytest.mark.parametrize(
    ("html", "codes"),
    [
        ('<p style="color:#767676">a</p>', []),
        ('<p style="color:#777777">a</p>', ["E703"]),
        ('<p style="color:rgb(200,200,200)">a</p>', ["E703"]),
        ('<p style="color:silver">a</p>', ["E703"]),
        ('<div style="background:#222"><p style="color:#333">a</p></div>', ["E703"]),
        ('<td bgcolor="#222222"><p style="color:#eee">a</p></td>', []),
        ('<table><tr><td bgcolor="#222222"><p style="color:#333">a</p></td></tr></table>', ["E703"]),
        ('<p style="color:#777777;font-size:24px">a</p>', []),
        ('<h2 style="color:#777777;font-size:19px">a</h2>', []),
        ('<p style="color:#777777;font-size:19px">a</p>', ["E703"]),
        ('<p style="color:#bbbbbb;font-size:40px">a</p>', ["E703"]),
        ('<p style="display:none;color:#fff">a</p>', []),
        ('<p style="color:#fff"> <img src="a.png" alt="b"> </p>', []),
        ('<p style="color:var(--x)">a</p>', []),
        ('<p style="background:url(a.png);color:#999">a</p>', []),
        ("<style>.q{color:#999}</style><p class=q>a</p>", ["E703"]),
        ("<style>p{color:#999} .q{color:#222}</style><p class=q>a</p>", []),
        ("<style>.q{color:#222} p{color:#999}</style><p class=q>a</p>", []),
        ('<style>.q{color:#222!important}</style><p class=q style="color:#999">a</p>', []),
        ("<style>div p{color:#999}</style><p>a</p>", []),
        ("<style>div>p{color:#999}</style><div><section><p>a</p></section></div>", []),
        ("<style>div>p{color:#999}</style><div><p>a</p></div>", ["E703"]),
        ("<style>@media (max-width:9px){p{color:#999}}</style><p>a</p>", []),
        ("<style>[data-x] p{color:#999}</style><p>a</p>", []),
        ("<style>/* p{color:#999} */</style><p>a</p>", []),
        ("<!--[if mso]><p style='color:#fff'>a</p><![endif]--><p>b</p>", []),
        ('<body style="background:#111"><a href="x">a</a></body>', ["E703"]),
        ("", []),
        ("<!-- nothing -->", []),
        ('<p style="color:rgb(300,300,300);background:#12">a</p>', []),
        ('<p style="color:#99999980">a</p>', []),
    ],
)
def test_text_stands_out_from_its_background(tmp_path: Path, html: str, codes: list[str]) -> None:
    assert sorted({each.code for each in looked_at(tmp_path, html)}) == codes


def test_dark_mode_is_looked_at_by_itself(tmp_path: Path) -> None:
    dark = "<style>@media (prefers-color-scheme: dark){body{background:#111!important}%s}</style>"
    text = '<body style="background:#ffffff"><p style="color:#222222">Evening</p></body>'

    (forgotten,) = looked_at(tmp_path, dark % "" + text)
    minded = looked_at(tmp_path, dark % "p{color:#eee!important}" + text)

    assert "'Evening' has a contrast of 1.2:1 in dark mode (#222222 on #111111)" in forgotten.what
    assert minded == []


@pytest.mark.parametrize(
    ("html", "words"),
    [
        (f'<p style="text-align:justify">{PARAGRAPH}</p>', "text-align: justify"),
        (f'<div style="text-align:center"><p>{PARAGRAPH}</p></div>', "text-align: center"),
        (f'<table align="center"><tr><td>{PARAGRAPH}</td></tr></table>', None),
        ('<p style="text-align:center">A short line</p>', None),
        (f'<td style="text-align:center"><p style="text-align:left">{PARAGRAPH}</p></td>', None),
        ('<p style="color:#000000">Text</p>', "#000000 in dark mode"),
        ('<p><font color="#000">Text</font></p>', "#000000 in dark mode"),
        ('<p style="background:#005500;color:#ffffff">Text</p>', "#ffffff in dark mode"),
        ("<p>Text</p>", None),
        ('<p style="color:#1b1f24">Text</p>', None),
        (f'{IN_THE_DARK}<p style="color:#000">Text</p>', None),
        ('<div><p style="background:#005500"><b style="color:#fff">Button</b></p></div>', None),
    ],
)
def test_nothing_is_set_against_the_readers_way(tmp_path: Path, html: str, words: str | None) -> None:
    found = [each for each in looked_at(tmp_path, html) if each.code == "W704"]

    assert len(found) == (words is not None)
    assert all(words is not None and words in each.what for each in found)


@pytest.mark.parametrize("accent", ["#0b5cad", "#ffff00", "#000000", "#ffffff", "#777777", "#ff0000"])
@pytest.mark.parametrize("lang", ["en", "ar", "ja"])
def test_the_theme_that_ships_can_be_read_with_any_accent(tmp_path: Path, accent: str, lang: str) -> None:
    body = (
        f"{PARAGRAPH}\n\n## Key Takeaways\n\n- **A:** [b](https://a.example)\n\n## Did You Know?\n\n"
        "- c `d`\n\n## Other\n\n> Quoted\n\n| a | b |\n|:-:|---|\n| c | d |\n\n    code\n\n"
        "End[^1].\n\n[^1]: e"
    )
    reading = single(tmp_path, f"sponsor: By them\ncategory: Energy\nx_lang: {lang}", body)
    edition = edition_of(reading.issue)
    edition = replace(edition, lang=lang, masthead=replace(edition.masthead, accent=accent))

    html = mail_of(edition)

    assert [str(each) for each in check(reading.issue, rendered=html) if each.code[1] == "7"] == []
    assert {each.mode for each in painted(html.body)} == set(Mode)
    assert len({each.background for each in painted(html.body)}) > 2
