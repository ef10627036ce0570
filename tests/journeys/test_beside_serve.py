"""Everything an editor does works while `publisher serve` runs on the same database."""

from __future__ import annotations

import re
import selectors
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from publisher.model.delivery import Stage
from tests.journeys.conftest import Person
from tests.newsrooms import Newsroom, newsroom_in, relay_at
from tests.programs import Program, start
from tests.smtp_memory import Rule
from tests.smtp_process import SmtpProcess
from tests.smtp_server import SmtpServer

PATIENCE = 30.0
ENDS_WITHIN = 10.0


@dataclass(frozen=True, slots=True)
class Serving:
    """A running `publisher serve`: its process, and the address that it printed."""

    process: Program
    url: str

    def get(self, path: str, **headers: str) -> tuple[int, str, str]:
        """Return status, ETag and body of the answer to a GET."""
        request = urllib.request.Request(self.url + path, headers=headers)  # noqa: S310 - our own server
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - same
                return answer.status, answer.headers.get("ETag", ""), answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers.get("ETag", ""), ""

    def end(self) -> int:
        """Ask it to end, as a service manager does, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(ENDS_WITHIN)


@contextmanager
def serving(root: Path) -> Iterator[Serving]:
    """Start `publisher serve` on a free port, and end it at the latest with the block."""
    with start("-C", str(root), "serve", "--port", "0") as process:
        yield Serving(process, _address(process))


def _address(process: Program) -> str:
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        assert selector.select(PATIENCE), "the server has said nothing"
    line = process.stdout.readline()
    found = re.search(r"http://127\.0\.0\.1:\d+", line)
    assert found, line
    return found[0]


def until(happened: Callable[[], object]) -> None:
    """Wait until something has happened, but not for ever."""
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, "it has not happened"
        time.sleep(0.1)


@pytest.fixture
def newsroom(tmp_path: Path, sqlite_template: Path) -> Newsroom:
    return newsroom_in(tmp_path / "newsroom", sqlite_template)


@pytest.fixture
def editor(newsroom: Newsroom) -> Person:
    return Person(newsroom.root)


def test_every_command_works_beside_a_running_server(newsroom: Newsroom, editor: Person) -> None:
    with serving(newsroom.root) as server:
        readers = editor.writes("readers.csv", "email\ncleo@example.net\ndora@example.net\n")
        editor.types("subscribers", "add", "ben@example.net")
        editor.types("subscribers", "import", str(readers), "--source", "a test")
        newsroom.writes("heat")
        newsroom.writes("rain", title="Rain")
        editor.types("check", "--strict")
        editor.types("queue", "heat", "--at", "+1d")
        editor.types("hold", "heat", "--reason", "wait")
        editor.types("release", "heat")
        second = editor.types("serve", "--port", "0", code=1)

        published = editor.types("publish", "heat", "--now")
        editor.types("build", str(newsroom.root / "site"))
        status = editor.types("status", "--json").json
        code, etag, feed = server.get("/feed.json")
        again, _, _ = server.get("/feed.json", **{"If-None-Match": etag})
        ended = server.end()

    issues = {issue["slug"]: issue for issue in status["issues"]}
    assert issues["heat"]["mailing"]["accepted"] == 4
    assert issues["rain"]["state"] in {"ready", "queued"}
    assert "`publisher serve` is running and sends it; this only watches." in published.out
    assert "heat is published, 4 readers: 4 accepted" in published.out
    assert "another `publisher` process is sending from this database" in second.err
    assert (code, again) == (200, 304)
    assert "A quiet machine" in feed
    assert (newsroom.root / "site" / "issues" / "heat" / "index.html").is_file()
    assert len(editor.mails()) == 4
    assert ended == 0


def test_an_issue_that_is_saved_beside_the_server_goes_out_at_its_moment(
    newsroom: Newsroom, editor: Person
) -> None:
    with serving(newsroom.root) as server:
        before, etag, _ = server.get("/feed.json")
        newsroom.writes("heat")
        editor.types("queue", "heat", "--at", "+1d")
        editor.types("queue", "heat", "--at", _soon())

        until(lambda: server.get("/feed.json", **{"If-None-Match": etag})[0] == 200)
        until(lambda: len(editor.mails()) == 1)
        page, _, html = server.get("/issues/heat/")

    assert before == page == 200
    assert "it grew" in html
    assert editor.issue("heat")["state"] == "published"


def _soon() -> str:
    """Return a moment that is near, but not past before a command has read it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3))


def test_a_server_that_is_killed_in_mid_send_is_started_again_and_goes_on(
    newsroom: Newsroom, editor: Person, tmp_path: Path
) -> None:
    slow = Rule(stage=Stage.DOT, delay=0.03)
    with SmtpProcess(tmp_path / "taken", rules=[slow]) as relay:
        newsroom.sets(relay_at(relay.port, more='uncertain = "hold"'))
        readers = editor.writes("readers.txt", "\n".join(f"r{number}@example.net" for number in range(39)))
        editor.types("subscribers", "import", str(readers), "--source", "a test")
        newsroom.writes("heat")
        editor.types("queue", "heat", "--at", "+1d")
        with serving(newsroom.root) as server:
            editor.types("queue", "heat", "--at", _soon())
            until(lambda: len(relay.messages) >= 10)
            server.process.kill()
            server.process.wait(ENDS_WITHIN)
        with serving(newsroom.root) as server:
            until(lambda: editor.issue("heat")["mailing"]["state"] == "sent")
            front, _, _ = server.get("/issues/heat/")
            ended = server.end()
        received = [message.envelope_to[0] for message in relay.messages]

    mailing = editor.issue("heat")["mailing"]
    assert len(received) == len(set(received))
    assert mailing["accepted"] + mailing["uncertain"] == mailing["audience"] == 40
    assert mailing["uncertain"] <= 2
    assert (front, ended) == (200, 0)
    assert len(received) >= mailing["accepted"]


def test_a_server_that_is_asked_to_end_finishes_what_is_on_its_way_and_the_next_one_goes_on(
    newsroom: Newsroom, editor: Person
) -> None:
    with SmtpServer() as relay:
        relay.when(Stage.DOT, delay=0.2)
        newsroom.sets(relay_at(relay.port))
        readers = editor.writes("readers.txt", "\n".join(f"r{number}@example.net" for number in range(39)))
        editor.types("subscribers", "import", str(readers), "--source", "a test")
        newsroom.writes("heat")
        editor.types("queue", "heat", "--at", "+1d")
        with serving(newsroom.root) as server:
            editor.types("queue", "heat", "--at", _soon())
            relay.wait_for(3, patience=PATIENCE)

            ended = server.end()
        taken, stopped = len(relay.messages), editor.issue("heat")["mailing"]
        with serving(newsroom.root):
            until(lambda: editor.issue("heat")["mailing"]["state"] == "sent")
        received = [message.envelope_to[0] for message in relay.messages]

    assert ended == 0
    assert stopped["accepted"] == taken < 40
    assert stopped["sending"] == stopped["uncertain"] == 0
    assert len(received) == len(set(received)) == 40
