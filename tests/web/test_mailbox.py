from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import pytest
from starlette.testclient import TestClient

from publisher.delivery.transports.folder import FolderSettings, FolderTransport
from publisher.model.delivery import Message
from publisher.web.looking import looking
from publisher.web.mailbox import SHOWN, mailbox


def deliver(folder: Path, number: int, *, subject: str = "Borrowed power") -> None:
    """Put a mail into the Maildir, as publishing does."""
    mail = EmailMessage()
    mail["From"] = "Dispatch <dispatch@example.org>"
    mail["To"] = f"reader{number}@example.net"
    mail["Subject"] = subject
    mail["Date"] = "Tue, 06 Oct 2026 06:30:00 +0200"
    mail.set_content(f"Plain words {number} – ü")
    mail.add_alternative(f"<p>Rich words {number} – ü</p><script>alert(1)</script>", subtype="html")
    message = Message(
        key=f"m1-d{number}",
        message_id=f"<{number}@example.org>",
        envelope_from="dispatch@example.org",
        envelope_to=f"reader{number}@example.net",
        body=mail.as_bytes(policy=mail.policy.clone(linesep="\r\n")),
    )
    sending = FolderTransport(FolderSettings(path=folder)).send(message)
    with ThreadPoolExecutor() as thread:  # in this one, a browser may have its loop
        thread.submit(asyncio.run, sending).result()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "mail"


@pytest.fixture
def editor(folder: Path) -> TestClient:
    """A browser on the machine of the Maildir."""
    return TestClient(mailbox(folder), base_url="http://127.0.0.1", follow_redirects=False)


def within(html: str, place: str) -> Element:
    found = html5lib.parse(html, namespaceHTMLElements=False).find(place)
    assert found is not None
    return found


def shown(html: str) -> str:
    return " ".join(" ".join(within(html, "body").itertext()).split())


def links(html: str) -> list[str]:
    return [each.get("href", "") for each in within(html, ".//main").iter("a")]


def test_a_maildir_that_is_not_there_yet_is_empty(editor: TestClient) -> None:
    assert "No mail has been delivered yet" in shown(editor.get("/").text)


def test_mails_are_listed_newest_first_with_subject_recipient_and_date(
    editor: TestClient, folder: Path
) -> None:
    for number in (1, 2, 3):
        deliver(folder, number, subject=f"Issue {number} – 水 & <b>")
        newest = max((folder / "new").iterdir(), key=lambda path: path.stat().st_mtime_ns)
        os.utime(newest, (number, number))

    page = shown(editor.get("/").text)

    assert page.index("Issue 3 – 水 & <b>") < page.index("Issue 2") < page.index("Issue 1")
    assert "reader2@example.net" in page
    assert "06 Oct 2026" in page


def test_one_mail_is_shown_as_html_in_a_sandbox_as_text_and_as_source(
    editor: TestClient, folder: Path
) -> None:
    deliver(folder, 7)
    (link,) = links(editor.get("/").text)

    page, frame = editor.get(f"/{link}"), editor.get(f"/{link}html")
    text, source = editor.get(f"/{link}?view=text"), editor.get(f"/{link}?view=source")

    assert '<iframe sandbox="allow-popups' in page.text
    assert "Rich words 7 – ü" in frame.text
    assert "sandbox" in frame.headers["content-security-policy"]
    assert "Plain words 7 – ü" in shown(text.text)
    assert "Delivered-To: reader7@example.net" in shown(source.text)


def test_looking_leaves_a_mail_as_it_was(editor: TestClient, folder: Path) -> None:
    deliver(folder, 7)
    before = sorted(folder.rglob("*"))

    (link,) = links(editor.get("/").text)
    editor.get(f"/{link}")

    assert sorted(folder.rglob("*")) == before


def test_a_mail_that_a_mail_program_has_moved_keeps_its_address(editor: TestClient, folder: Path) -> None:
    deliver(folder, 7)
    (link,) = links(editor.get("/").text)
    (path,) = (folder / "new").iterdir()
    path.rename(folder / "cur" / f"{path.name}:2,S")

    assert "Borrowed power" in shown(editor.get(f"/{link}").text)


def test_only_the_newest_are_listed_and_all_are_counted(editor: TestClient, folder: Path) -> None:
    (folder / "new").mkdir(parents=True)
    for number in range(SHOWN + 5):
        (folder / "new" / f"m{number}").write_bytes(b"Subject: x\r\n\r\n")

    page = editor.get("/").text

    assert len(links(page)) == SHOWN
    assert f"The newest {SHOWN} of {SHOWN + 5}." in shown(page)


@pytest.mark.parametrize("key", ["nothing", "%2e%2e", "%00", "new", "m1-d7", "%ff"])
def test_a_mail_that_is_not_there_is_a_sentence(editor: TestClient, folder: Path, key: str) -> None:
    deliver(folder, 7)
    (folder.parent / "secret").write_text("Subject: secret\n\n")

    for answer in (editor.get(f"/{key}/"), editor.get(f"/{key}/html")):
        assert answer.status_code == 404
        assert "There is no such mail." in shown(answer.text)


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"\xff\xfe\x00",
        b"Subject: =?x-no-such?Q?=FF?=\nDate: never\nTo: @@<\n\nx",
        b"Content-Type: text/html; charset=no-such\n\n\xff",
        b"Content-Type: multipart/alternative\n\nno boundary",
        b"Content-Type: text/html; charset=\xff\nSubject: \xff\xfe\n\n<p>",
        b"From: " + b"(" * 300 + b"\n\nx",
    ],
)
def test_a_strange_mail_is_shown_as_far_as_it_can_be(editor: TestClient, folder: Path, source: bytes) -> None:
    (folder / "new").mkdir(parents=True)
    (folder / "new" / "strange").write_bytes(source)

    answers = [editor.get(f"/{path}") for path in ("", "strange/", "strange/html", "strange/?view=source")]

    assert {answer.status_code for answer in answers} == {200}


def test_preview_and_mails_stand_beside_each_other(newsroom: Path, folder: Path) -> None:
    deliver(folder, 7)
    editor = TestClient(looking(newsroom, mail=folder), base_url="http://localhost", follow_redirects=False)

    mails = editor.get("/mails/").text
    (link,) = links(mails)

    assert [editor.get(path).headers["location"] for path in ("/", "/preview", "/mails")] == [
        "/preview/",
        "/preview/",
        "/mails/",
    ]
    assert "Borrowed power" in shown(editor.get("/preview/").text)
    assert "Rich words 7" in editor.get(f"/mails/{link}html").text
    assert editor.get("/preview/borrowed-power").headers["location"] == "./borrowed-power/"
    for path in ("/preview/preview.css", "/preview/preview.js", "/mails/preview.css"):
        assert editor.get(path).status_code == 200
