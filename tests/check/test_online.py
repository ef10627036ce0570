from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from publisher.check.all import check
from publisher.check.rules import Rules
from publisher.model.finding import Finding
from publisher.model.issue import Issue
from publisher.model.links import LinkAnswer
from tests.check.issues import short, single

DEAD = LinkAnswer(address="https://a.example/1", status=404, trouble="the server answers 404 Not Found")
MOVED = LinkAnswer(address="https://b.example/", status=200, moved_to="https://c.example/")
SHY = LinkAnswer(address="https://d.example/", status=403, trouble="it turns programs away", unsure=True)
THERE = LinkAnswer(address="https://e.example/", status=200)
LINKS = {answer.address: answer for answer in (DEAD, MOVED, SHY, THERE)}
BODY = "[some words](https://a.example/1)\n\n[and](https://b.example/)\n\n[more](https://d.example/)"


def online(
    issue: Issue | None, *, links: Mapping[str, LinkAnswer] | None = None, rules: Rules | None = None
) -> tuple[Finding, ...]:
    """Return what the check says of answers; what it says of the links themselves is tested elsewhere."""
    found = check(issue, links=links, rules=rules)
    return tuple(each for each in found if each.code in ("W404", "I411", "I412"))


def test_links_that_nobody_asked_for_are_not_judged(tmp_path: Path) -> None:
    issue = single(tmp_path, body=BODY).issue

    assert online(issue) == ()
    assert online(issue, links={}) == ()


def test_a_dead_link_is_a_warning_at_its_place_with_the_answer(tmp_path: Path) -> None:
    issue = single(tmp_path, body=BODY).issue

    finding = online(issue, links=LINKS)[0]

    assert short(finding) == "heat.md:9 W404"
    assert finding.what == "https://a.example/1 leads to no page: the server answers 404 Not Found"
    assert finding.blocks


def test_a_dead_source_is_found_in_its_field(tmp_path: Path) -> None:
    issue = single(tmp_path, "link: https://a.example/1").issue

    assert [short(finding) for finding in online(issue, links=LINKS)] == ["heat.md:6 W404"]


def test_each_place_of_a_dead_link_is_told(tmp_path: Path) -> None:
    issue = single(
        tmp_path, "link: https://a.example/1", "[a](https://a.example/1)\n\n[b](https://a.example/1)"
    ).issue

    assert [short(finding) for finding in online(issue, links=LINKS)] == [
        f"heat.md:{line} W404" for line in (6, 9, 11)
    ]


def test_a_moved_link_and_one_of_which_nobody_knows_are_remarks(tmp_path: Path) -> None:
    issue = single(tmp_path, body=BODY).issue

    _, moved, shy = online(issue, links=LINKS)

    assert (short(moved), moved.fix) == ("heat.md:11 I411", "write https://c.example/")
    assert short(shy) == "heat.md:13 I412"
    assert "it turns programs away" in shy.what
    assert [each.blocks for each in (moved, shy)] == [False, False]


def test_a_living_link_says_nothing(tmp_path: Path) -> None:
    issue = single(tmp_path, body="[words](https://e.example/)").issue

    assert online(issue, links=LINKS) == ()


def test_a_dead_link_can_be_allowed_or_switched_off(tmp_path: Path) -> None:
    issue = single(tmp_path, "allow: [W404]", BODY).issue

    assert [finding.allowed for finding in online(issue, links=LINKS) if finding.code == "W404"] == [True]
    assert "W404" not in {
        each.code for each in online(issue, links=LINKS, rules=Rules(off=frozenset({"W404"})))
    }
