"""What a newsroom's own templates may have lost, found in the printed mail."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from publisher.check.all import check
from publisher.model.finding import Finding
from publisher.model.rendered import Part
from tests.check.issues import BODY, HEAD, read
from tests.check.printed import edition_of, mail_of
from tests.editions import MASTHEAD
from tests.sites import INK

HEADS = '<html lang="en" dir="ltr"><body><h1>Field Notes</h1><h2>Heat returns to the north</h2>'
WAY_OUT = f'<a href="{INK.token("unsubscribe")}">Unsubscribe</a>'
GOOD = f"{HEADS}<p>{WAY_OUT}</p><p>{MASTHEAD.postal_address}</p></body></html>"


def found(tmp_path: Path, html: str) -> list[Finding]:
    """Return what is said of the structure of a mail, whoever made it."""
    issue = read(tmp_path, {"heat.md": HEAD.format(fields="tags: []", body=BODY)}).issue
    part = Part(output="email", key="", media_type="text/html", body=html.encode())
    edition = edition_of(issue)
    findings = check(issue, edition=edition, rendered=replace(part, longest=len(html)))
    return [each for each in findings if each.code in ("E101", "E115", "E705")]


def test_our_own_mail_has_nothing_to_mend(tmp_path: Path) -> None:
    issue = read(tmp_path, {"heat.md": HEAD.format(fields="tags: []", body=BODY)}).issue

    assert found(tmp_path, mail_of(edition_of(issue)).body.decode()) == []
    assert found(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("before", "after", "code", "words"),
    [
        ("<h1>Field Notes</h1>", "", "E705", "0 titles (h1)"),
        ("<h2>", "<h1>Again</h1><h2>", "E705", "2 titles (h1)"),
        ("<h2>", "<h3>", "E705", "the north' is of level 3 and follows one of level 1"),
        ("Heat returns", "Cold returns", "E705", "no heading 'Heat returns to the north'"),
        ("<p>", '<img src="a.png"><p>', "E705", "no alt text (a.png)"),
        ("<p>", '<a href="https://a.example/x"></a><p>', "E705", "no words (https://a.example/x)"),
        ("<p>", "<script>1</script><p>", "E705", "<script> does nothing"),
        (' lang="en"', "", "E705", "no lang"),
        (' dir="ltr"', "", "E705", "no dir"),
        (MASTHEAD.postal_address, "", "E101", "postal address"),
        (f"<p>{WAY_OUT}</p>", f"<!-- {WAY_OUT} -->", "E115", "unsubscribing"),
        ("<p><a", '<p style="display: none"><a', "E115", "unsubscribing"),
        (">Unsubscribe<", "><", "E115", "unsubscribing"),
    ],
)
def test_what_is_lost_is_said(tmp_path: Path, before: str, after: str, code: str, words: str) -> None:
    assert before in GOOD

    findings = found(tmp_path, GOOD.replace(before, after, 1))

    assert any(each.code == code and words in each.what for each in findings), findings
    assert {each.place.path for each in findings} == {"templates/email"}


def test_a_picture_with_an_empty_alt_and_a_link_around_a_picture_with_words_are_fine(tmp_path: Path) -> None:
    pictures = '<img src="a.png" alt=""><a href="https://a.example/x"><img src="b.png" alt="A bar"></a>'

    assert found(tmp_path, GOOD.replace("<p>", f"{pictures}<p>", 1)) == []
