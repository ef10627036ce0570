"""Notices on their way: over a real relay and into a real Maildir, with nothing lost."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from structlog.testing import capture_logs

from publisher.actions.hold import hold
from publisher.actions.notices import rendered, send_due
from publisher.actions.notify import GATHERING
from publisher.actions.queue import Place, queue
from publisher.actions.transport import mail_folder, open_transport
from publisher.app import Publisher
from publisher.delivery.mime import one_line
from publisher.delivery.transports.transport import Transport
from publisher.model.delivery import DeliveryState, Envelope, Message, Outcome, Stage
from publisher.model.notices import NoticeKind
from publisher.model.reader_notices import ReaderNotice
from publisher.store import notices, schema
from publisher.store import schema_sending as sending
from publisher.store.database import open_database
from publisher.theme import open_theme
from tests.editions import MASTHEAD
from tests.mails import bodies, read
from tests.newsrooms import HandClock, Newsroom, relay_at
from tests.notices import EDITOR, HEAT, NOTICES, READER, notice
from tests.sites import theme
from tests.smtp_memory import Received
from tests.smtp_server import SmtpServer

LEASE = timedelta(minutes=15)


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        yield running


@pytest.fixture
def relayed(newsroom: Newsroom, server: SmtpServer) -> Iterator[Publisher]:
    """Open the newsroom with a relay."""
    newsroom.sets(relay_at(server.port))
    with newsroom.opened() as opened:
        yield opened


def put(
    publisher: Publisher, *, address: str = EDITOR, slug: str = "heat", kind: str = NoticeKind.HELD
) -> None:
    """Put a notice in line."""
    item = HEAT | {"slug": slug, "reason": "we wait", "moment": ""}
    payload = {"items": [item], "count": 1}
    with publisher.database.begin() as db:
        notices.add(db, kind=kind, address=address, payload=payload, now=publisher.now(db))


def send(publisher: Publisher, *, stopped: bool = False) -> int:
    """Send what is due over the way out that is set."""
    stopping = threading.Event()
    if stopped:
        stopping.set()

    async def over(transport: Transport) -> int:
        try:
            return (await send_due(publisher, transport, stopping)).accepted
        finally:
            await transport.close()

    return asyncio.run(over(open_transport(publisher.settings)))


def states(publisher: Publisher) -> list[DeliveryState]:
    with publisher.database.read() as db:
        return list(db.execute(select(sending.notices.c.state).order_by(sending.notices.c.id)).scalars())


def identity(mail: Received) -> str:
    return str(read(mail.body)["Message-ID"])


def test_what_an_editor_is_told_arrives_in_the_maildir(newsroom: Newsroom) -> None:
    newsroom.sets(f'[notify]\neditors = ["{EDITOR}"]\n')
    newsroom.writes("heat", title="Heat & more")
    with newsroom.opened() as publisher:
        queue(publisher, "heat", Place())
        hold(publisher, "heat", reason="5 < 6 & <script>alert(1)</script>")
        early = send(publisher)
        newsroom.clock.moment += GATHERING

        assert (early, send(publisher), send(publisher)) == (0, 1, 0)
        (file,) = (mail_folder(publisher.settings) / "new").iterdir()

    mail = file.read_bytes()
    text, html = bodies(mail)
    assert str(read(mail)["Subject"]) == "Held: Heat & more"
    assert "Why: 5 < 6 & <script>alert(1)</script>" in text
    assert "5 &lt; 6 &amp; &lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script" not in html
    assert "Heat &amp; more" in html


def test_notices_go_out_one_by_one_those_that_wait_longest_first(
    relayed: Publisher, server: SmtpServer, clock: HandClock
) -> None:
    for slug in ("one", "two", "three"):
        put(relayed, slug=slug)
        clock.passes(seconds=1)

    sent = send(relayed)

    assert sent == 3
    assert [
        next(slug for slug in ("one", "two", "three") if f"({slug})" in bodies(mail.body)[0])
        for mail in server.messages
    ] == ["one", "two", "three"]
    assert {(mail.envelope_from, mail.envelope_to) for mail in server.messages} == {
        ("heat@example.net", (EDITOR,))
    }
    assert states(relayed) == [DeliveryState.ACCEPTED] * 3


def test_a_mailbox_with_letters_outside_ascii_gets_its_mail_where_the_relay_can(
    relayed: Publisher, server: SmtpServer
) -> None:
    put(relayed, address="jörg@example.net")

    assert send(relayed) == 1
    assert server.messages[0].envelope_to == ("jörg@example.net",)
    assert "To: <jörg@example.net>".encode() in server.messages[0].body


def test_a_notice_that_no_mail_can_be_made_of_is_refused_with_one_line_and_not_tried_again(
    relayed: Publisher, clock: HandClock
) -> None:
    item = READER | {"lang": "en", "leave": "https://news.example.org/\u00fc"}
    with relayed.database.begin() as db:
        now, payload = relayed.now(db), {"items": [item], "count": 1}
        notices.add(db, kind=ReaderNotice.CONFIRM, address=EDITOR, payload=payload, now=now)
    with capture_logs() as logs:
        assert send(relayed) == 0
        clock.passes(days=1)
        assert send(relayed) == 0

    assert [entry["event"] for entry in logs] == ["a notice was not delivered"]
    assert states(relayed) == [DeliveryState.REJECTED]


def test_a_notice_that_is_refused_for_now_comes_later_as_the_same_mail(
    relayed: Publisher, server: SmtpServer, clock: HandClock
) -> None:
    put(relayed)
    server.when(Stage.DOT, "451 4.3.0 try again later", times=1)

    assert send(relayed) == 0
    assert send(relayed) == 0
    clock.passes(minutes=2)
    assert send(relayed) == 1

    assert states(relayed) == [DeliveryState.ACCEPTED]


def test_a_crash_between_sending_and_recording_lets_the_same_mail_come_twice(
    relayed: Publisher, server: SmtpServer, clock: HandClock
) -> None:
    put(relayed)

    class Crash(BaseException):
        pass

    class Crashing:
        """Sends for real, and dies before anybody hears of it."""

        name, idempotent = "smtp", False

        def __init__(self, real: Transport) -> None:
            self._real = real

        async def send(self, message: Message, *, then: Envelope | None = None) -> Outcome:
            await self._real.send(message, then=then)
            await self._real.close()
            raise Crash

        async def close(self) -> None:
            await self._real.close()

    with pytest.raises(Crash):
        asyncio.run(send_due(relayed, Crashing(open_transport(relayed.settings)), threading.Event()))
    clock.passes(seconds=LEASE.total_seconds() - 1)
    assert send(relayed) == 0
    clock.passes(seconds=1)
    assert send(relayed) == 1

    first, second = server.messages
    assert first.body == second.body
    assert identity(first) == identity(second)


def test_a_relay_that_is_down_is_asked_once_and_no_notice_is_lost(
    newsroom: Newsroom, clock: HandClock
) -> None:
    with SmtpServer() as server:
        newsroom.sets(relay_at(server.port))
    with newsroom.opened() as publisher:
        for _ in range(3):
            put(publisher)

        assert send(publisher) == 0
        assert states(publisher) == [DeliveryState.DEFERRED, *[DeliveryState.PENDING] * 2]

    with SmtpServer() as server:
        newsroom.sets(relay_at(server.port))
        with newsroom.opened() as publisher:
            clock.passes(minutes=2)
            assert send(publisher) == 3


def test_what_cannot_be_delivered_keeps_no_other_back_and_is_told_to_the_log_without_address(
    relayed: Publisher, server: SmtpServer
) -> None:
    server.when(Stage.RCPT, "550 5.1.1 no such user", recipient="gone@example.com")
    put(relayed, address="gone@example.com")
    put(relayed, address="none at all")
    put(relayed, kind="riddle")
    put(relayed)

    with capture_logs() as logs:
        assert send(relayed) == 1

    rejected, deferred = DeliveryState.REJECTED, DeliveryState.DEFERRED
    assert states(relayed) == [rejected, rejected, deferred, DeliveryState.ACCEPTED]
    assert [log["notice"] for log in logs] == [1, 2, 3]
    assert "gone@" not in str(logs)


def test_a_notice_that_is_given_up_is_told_to_the_log(
    relayed: Publisher, server: SmtpServer, clock: HandClock
) -> None:
    server.when(Stage.DOT, "451 4.3.0 try again later")
    put(relayed)

    with capture_logs() as logs:
        for _ in range(60):
            send(relayed)
            clock.passes(hours=1)

    assert states(relayed) == [DeliveryState.REJECTED]
    (log,) = logs
    assert log["why"] == "gave up after 48 hours: 4.3.0"


def test_after_a_stop_no_notice_is_begun(relayed: Publisher) -> None:
    put(relayed)

    assert send(relayed, stopped=True) == 0
    assert states(relayed) == [DeliveryState.PENDING]


def test_a_database_that_is_busy_ends_the_round_and_not_the_sender(relayed: Publisher) -> None:
    put(relayed)
    url = relayed.settings.database_url
    with (
        open_database(url, clock=relayed.clock, patience=timedelta(seconds=0.1)) as hasty,
        closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")

        with capture_logs() as logs:
            assert send(replace(relayed, database=hasty)) == 0

    assert [log["event"] for log in logs] == ["notices cannot be recorded; they are tried again later"]
    assert send(relayed) == 1


def test_a_new_key_between_two_tries_changes_nothing_in_the_mail(
    relayed: Publisher, server: SmtpServer, clock: HandClock
) -> None:
    put(relayed)
    server.when(Stage.DOT, "451 4.3.0 try again later", times=1, keep=True)

    send(relayed)
    with relayed.database.begin() as db:
        db.execute(schema.keys.insert().values(kid=2, secret=b"k" * 32, created_at=clock.moment))
    clock.passes(minutes=2)
    send(relayed)

    first, second = server.messages
    assert first.body == second.body


@pytest.mark.parametrize("name", NOTICES)
def test_the_mail_is_as_it_was(name: str, golden: Callable[[str, bytes], None]) -> None:
    subject, html, text = rendered(theme(), MASTHEAD, NOTICES[name])

    golden(f"notices/{name}.html", html.encode())
    golden(f"notices/{name}.txt", f"Subject: {subject}\n\n{text}".encode())


def test_a_newsrooms_own_templates_change_nothing_in_a_notice(tmp_path: Path) -> None:
    for name in ("notices/held.mjml", "notices/held.txt", "email/box.mjml", "email/light.css"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("own")

    own = rendered(open_theme(tmp_path), MASTHEAD, NOTICES["held"])

    assert own == rendered(theme(), MASTHEAD, NOTICES["held"])


@settings(max_examples=30)
@given(st.text(st.one_of(st.sampled_from("<>&\"'{}%#/\u00a0\u200d\\"), st.characters()), max_size=60))
def test_strangers_words_are_words_in_html_and_never_tags(words: str) -> None:
    said = f"x{one_line(words)}"

    made, usual = (tags(HEAT | {"title": each, "reason": each, "moment": each}) for each in (said, "x"))

    assert made == usual


def tags(item: Mapping[str, object]) -> list[str]:
    """Return the elements of a notice as a browser finds them."""
    _, html, _ = rendered(theme(), MASTHEAD, notice(NoticeKind.HELD, item))
    document = html5lib.parse(html)
    return [str(element.tag) for element in document.iter()]
