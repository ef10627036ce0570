"""An editor sends herself an issue before the readers get it, and presses everything that can be pressed."""

from __future__ import annotations

import re
import urllib.request
from pathlib import Path

import pytest

from publisher.model.delivery import Stage
from tests.journeys.conftest import Person
from tests.journeys.test_beside_serve import PATIENCE, Serving, serving
from tests.newsrooms import READER, Newsroom, newsroom_in, relay_at
from tests.smtp_server import SmtpServer

EDITOR = "ed@example.net"


@pytest.fixture
def newsroom(tmp_path: Path, sqlite_template: Path) -> Newsroom:
    return newsroom_in(tmp_path / "newsroom", sqlite_template)


@pytest.fixture
def editor(newsroom: Newsroom) -> Person:
    return Person(newsroom.root)


def path_of_link(mail: object) -> str:
    """Return where the one-click link of a mail leads, below the home URL."""
    found = re.search(r"<https://news\.example\.net(/unsubscribe/[^>]+)>", str(mail))
    assert found is not None
    return found[1]


def post(server: Serving, path: str) -> tuple[int, str]:
    """Press the button that mail programs have for leaving (RFC 8058)."""
    request = urllib.request.Request(server.url + path, data=b"List-Unsubscribe=One-Click", method="POST")  # noqa: S310 - our own server
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - same
        return answer.status, answer.read().decode()


def test_an_editor_looks_at_an_issue_in_her_own_mailbox_and_then_it_goes_out_to_readers(
    newsroom: Newsroom, editor: Person
) -> None:
    newsroom.writes("heat", status="draft")
    with serving(newsroom.root) as server:
        editor.types("send-test", "heat", READER, EDITOR)
        draft = editor.mails()
        newsroom.edits("heat", "status: draft", "status: ready")
        editor.types("approve", "heat")
        editor.types("send-test", "heat", EDITOR)
        link = path_of_link(draft[0]["List-Unsubscribe"])
        looked, _, page = server.get(link)
        pressed, said = post(server, link)
        readers = editor.types("subscribers", "list", "--json").json
        editor.types("publish", "heat", "--now")
        server.end()

    real = [mail for mail in editor.mails() if not mail["Subject"].startswith("[Test] ")]
    assert (looked, pressed) == (200, 200)
    assert "nobody was unsubscribed" in page
    assert "nobody was unsubscribed" in said
    assert [(reader["address"], reader["state"]) for reader in readers] == [(READER, "active")]
    assert len(editor.mails()) == 4
    assert [mail["To"] for mail in real] == [READER]
    assert {mail["Subject"] for mail in draft} == {"[Test] A quiet machine"}
    assert editor.issue("heat")["mailing"]["audience"] == 1
    assert editor.issue("heat")["number"] == 1


def test_a_relay_gets_the_test_that_it_would_get_of_the_mailing(newsroom: Newsroom, editor: Person) -> None:
    newsroom.writes("heat")
    with SmtpServer() as relay:
        newsroom.sets(relay_at(relay.port))
        editor.types("send-test", "heat", EDITOR)
        (taken,) = relay.messages
        relay.when(Stage.CONNECT, "421 too busy")
        refused = editor.types("send-test", "heat", EDITOR, code=1)

    gone = editor.types("send-test", "heat", EDITOR, code=1)
    assert taken.envelope_to == (EDITOR,)
    assert b"\r\nSubject: [Test] A quiet machine\r\n" in taken.body
    assert refused.err.startswith("no test mail was sent: too busy")
    assert gone.err.startswith("no test mail was sent: relay smtp (127.0.0.1:")
    assert gone.out == ""
