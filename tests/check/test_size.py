from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from publisher.check.all import check
from publisher.check.rules import Rules
from publisher.model.rendered import Part
from tests.check.issues import read, short, single


def mail(longest: int, *shortened: str) -> Part:
    part = Part(output="email", key="", media_type="text/html", body=b"", longest=longest)
    return replace(part, shortened=shortened)


def test_a_mail_that_would_be_cut_off_is_an_error(tmp_path: Path) -> None:
    issue = single(tmp_path).issue

    fits = check(issue, rendered=mail(100_000))
    too_large = check(issue, rendered=mail(100_001))
    own_limit = check(issue, rendered=mail(101), rules=Rules(mail_bytes=100))

    assert fits == ()
    assert [short(finding) for finding in (*too_large, *own_limit)] == ["heat.md:3 E610"] * 2
    assert "100,001 bytes" in too_large[0].what


def test_each_story_that_became_an_excerpt_is_named_and_can_be_allowed(tmp_path: Path) -> None:
    story = "---\nid: {0}\ntitle: {0} title\nsource: S\n{1}---\n\nLead."
    files = {
        "heat/issue.md": "---\nid: i\ntitle: Heat in the city\nstories: [a, b, c]\n---\n",
        "heat/a.md": story.format("a", ""),
        "heat/b.md": story.format("b", ""),
        "heat/c.md": story.format("c", "allow: [W611]\n"),
    }
    issue = read(tmp_path, files).issue

    findings = [each for each in check(issue, rendered=mail(99_000, "b", "c")) if each.code == "W611"]

    assert [(short(each), each.blocks) for each in findings] == [
        ("b.md:3 W611", True),
        ("c.md:3 W611", False),
    ]
    assert "'b title'" in findings[0].what


def test_an_issue_that_is_too_large_even_in_excerpts_says_so(tmp_path: Path) -> None:
    issue = single(tmp_path).issue

    (found,) = [
        each
        for each in check(issue, rendered=mail(100_001, issue.slug if issue else ""))
        if each.code == "E610"
    ]

    assert "even with its stories as excerpts" in found.what
