"""From a rough issue to a mail: the check and its mending, a test mail, approval, delivery."""

from __future__ import annotations

import re
from email.message import EmailMessage

from tests.journeys.conftest import Person

ISSUE = """\
---
id: 9b0c9a8e-0000-4000-8000-000000000001
title: "Twelve stories about heat"
subject: "Heat, twelve times, and what to do with it"
preheader: "From data centres to tool sheds: where warmth goes."
status: ready
stories: [{names}]
---

Twelve stories this time.
"""
STORY = """\
---
{head}title: "{title}"
link: {link}
source: Example Review
---

{lead}

## Key Takeaways

- **It is warm:** and it stays warm for a long time.
- **It moves:** from where it is made to where it is wanted.
- **It is cheap:** compared with making it anew.

## Deep Analysis

{analysis}

## Did You Know?

- The first one was built in Denmark. [A history](https://history.example.net/{number})

## Closing

The next winter is the test.
"""
FILLER = "Warmth. " * 95
NAMES = [f"heat-{number:02}" for number in range(1, 13)]


def rough_issue(editor: Person) -> None:
    """Write an issue with a slip in it, a link that watches readers, and a story without an id."""
    editor.writes("issues/heat/issue.md", ISSUE.format(names=", ".join(NAMES)))
    for number, name in enumerate(NAMES, 1):
        slip = "The plant costs TK euros." if number == 2 else "The plant has paid for itself."
        tracked = "?utm_source=letter" if number == 3 else ""
        text = STORY.format(
            head="" if number == 4 else f"id: 9b0c9a8e-0000-4000-8000-1{number:011}\n",
            title=f"Heat story number {number}",
            link=f"https://news.example.net/{number}{tracked}",
            lead=f"Lead of story {number}, which says what happened there.",
            analysis="\n\n".join([slip, *(f"Paragraph {at} of {number}. {FILLER}" for at in range(12))]),
            number=number,
        )
        editor.writes(f"issues/heat/{name}.md", text)


def codes(editor: Person, *words: str, code: int | None = None) -> dict[str, list[str]]:
    """Return the places of what blocks or wants to be allowed, by code."""
    findings = editor.types("check", "heat", "--json", *words, code=code).json["findings"]
    found: dict[str, list[str]] = {}
    for each in findings:
        if each["severity"] != "I" and not each["allowed"]:
            place = each["path"].removeprefix("issues/heat/")
            found.setdefault(each["code"], []).append(f"{place}:{each['line']}")
    return found


def parts(mail: EmailMessage) -> tuple[str, str]:
    """Return the text and the HTML of a mail, which has no defects."""
    assert [defect for part in mail.walk() for defect in part.defects] == []
    text, html = (part.get_content() for part in mail.iter_parts())
    return text, html


def test_from_a_rough_issue_to_a_mail_that_is_shown_whole(editor: Person) -> None:
    rough_issue(editor)

    rough = codes(editor, code=1)
    assert rough["E302"] == ["heat-02.md:18"]
    assert rough["W408"] == ["heat-03.md:4"]
    assert rough["E113"] == ["heat-04.md:1"]
    assert len(rough["W611"]) > 1
    assert all(place.startswith("heat-") for place in rough["W611"])
    assert "utm_source" in editor.types("check", "--explain", "W408").out

    editor.types("check", "heat", "--fix", code=1)
    slip = editor.root / "issues/heat/heat-02.md"
    slip.write_text(slip.read_text().replace("TK euros", "nine million euros"))
    assert set(codes(editor, code=0)) == {"W611"}
    assert "?utm" not in (editor.root / "issues/heat/heat-03.md").read_text()

    editor.types("send-test", "heat", "me@example.net")
    (test_mail,) = editor.mails()
    assert test_mail["Subject"] == "[Test] Heat, twelve times, and what to do with it"
    assert test_mail["To"] == "me@example.net"

    refused = editor.types("approve", "heat", code=1).err
    assert "W611" in refused
    issue = editor.root / "issues/heat/issue.md"
    issue.write_text(issue.read_text().replace("stories:", "allow: [W611]\nstories:"))
    editor.types("publish", "heat", "--now", "--yes")

    (mail,) = [each for each in editor.mails() if each["To"] == "ada@example.org"]
    text, html = parts(mail)
    test_text, test_html = parts(test_mail)
    assert len(html.encode()) <= 100_000
    assert "Read the rest of “Heat story number 12”" in html
    assert "Read “Heat story number 1” on the web" in html
    assert "Paragraph 11 of 12." in " ".join(text.split())
    own = re.compile(r"https?://[^\s\"]*/(?:unsubscribe|preferences)/[^\s\"<]*")
    assert own.sub("", html) == own.sub("", test_html)
    assert own.sub("", text) == own.sub("", test_text)
    assert mail["Subject"] == "Heat, twelve times, and what to do with it"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert editor.types("status", "--json").json["issues"]
