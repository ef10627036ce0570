"""Whatever happens to readers, the log of a server names none of them, and no machine of theirs."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from starlette.testclient import TestClient

from publisher.actions.purge import purge_nightly
from publisher.actions.report import Came, take
from publisher.actions.send_now import publish_now
from publisher.actions.subscribe import add
from publisher.app import Publisher
from publisher.delivery import tokens
from publisher.logs import configure_logs, without_addresses
from publisher.model.delivery import DeliveryState, Stage
from publisher.model.notices import NoticeKind
from publisher.store import keys, notices
from publisher.store.database import Database
from publisher.store.schema import subscribers
from publisher.web import unsubscribe
from publisher.web.routes import site
from tests.databases import NOW
from tests.delivery.reports import samples
from tests.newsrooms import Newsroom, deliver, mailing_of, newsroom_in, relay_at, token_of
from tests.notices import HEAT
from tests.reports import RETURN_PATH, path_of
from tests.smtp_server import SmtpServer

LOCAL, NETWORK = "very.secret-name", "203.0.113.77"
READER = f"{LOCAL}@example.net"


class Terminal(io.StringIO):
    """A file that people look at."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """Log as a server does, and return what it has written so far."""
    file = io.StringIO()
    monkeypatch.setattr(sys, "stderr", file)
    configure_logs(level=0)
    return file.getvalue


@pytest.fixture
def relay() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        server.when(Stage.RCPT, f"550 5.1.1 <{READER}>: nobody is called {LOCAL} here", recipient=READER)
        yield server


@pytest.fixture
def publisher(tmp_path: Path, sqlite_template: Path, relay: SmtpServer) -> Iterator[Publisher]:
    """Open a newsroom with a reader whom the relay refuses in so many words."""
    newsroom: Newsroom = newsroom_in(tmp_path / "newsroom", sqlite_template)
    newsroom.sets(RETURN_PATH + relay_at(relay.port))
    newsroom.writes("heat")
    with newsroom.opened() as opened:
        add(opened, READER)
        yield opened


def test_sending_bounces_and_notices_name_nobody(publisher: Publisher, log: Callable[[], str]) -> None:
    publish_now(publisher, "heat")
    with publisher.database.begin() as db:
        item = HEAT | {"slug": "heat", "reason": "we wait", "moment": ""}
        payload = {"items": [item], "count": 1}
        notices.add(db, kind=NoticeKind.HELD, address=READER, payload=payload, now=publisher.now(db))

    deliver(publisher)
    taken = take(publisher, samples.postfix(path_of(publisher, READER)), source="test")
    purge_nightly(publisher)

    said = log()
    assert mailing_of(publisher, "heat").counts[DeliveryState.REJECTED] == 1
    assert taken.came is Came.RECORDED
    assert "a notice was not delivered" in said
    assert LOCAL not in said


def test_pages_name_neither_readers_nor_their_machines_nor_their_links(
    publisher: Publisher, log: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    token = token_of(publisher, READER)
    public_id = token.split(".")[2]
    with publisher.database.read() as db:
        kid, secret = keys.current(db)
    own = tokens.make(secret, kid=str(kid), public_id=public_id, list="weekly", purpose=tokens.PREFERENCES)

    def break_down(*_: object) -> None:
        raise RuntimeError(f"{READER} met a bug")

    machine = (NETWORK, 50_000)
    with TestClient(site(publisher), raise_server_exceptions=False, client=machine) as reader:
        assert reader.get(f"/unsubscribe/{token}").status_code == 200
        assert reader.post(f"/preferences/{own}/feed", data={"do": "make"}).status_code == 200
        assert reader.post(f"/unsubscribe/{token}").status_code == 200
        monkeypatch.setattr(unsubscribe, "subscription_of", break_down)
        assert reader.get(f"/unsubscribe/{token}").status_code == 500

    said = log()
    assert "a page has failed" in said
    assert "@example.net met a bug" in said
    for secret_word in (LOCAL, NETWORK, token, own, public_id):
        assert secret_word not in said


def test_a_database_that_refuses_a_reader_does_not_say_whom(
    database: Database, log: Callable[[], str]
) -> None:
    row = {"public_id": "p", "address": READER, "address_key": READER, "created_at": NOW}

    try:
        with database.begin() as db:
            for _ in range(2):
                db.execute(subscribers.insert().values(row))
    except IntegrityError:
        structlog.get_logger().exception("a bug")

    said = log()
    assert "IntegrityError" in said
    assert LOCAL not in said


def test_people_at_a_terminal_see_no_values_of_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    file = Terminal()
    monkeypatch.setattr(sys, "stderr", file)
    configure_logs()

    def break_down(address: str) -> None:
        raise RuntimeError(f"for {address}")

    try:
        break_down(READER)
    except RuntimeError:
        structlog.get_logger().exception("a bug", who=READER)

    said = file.getvalue()
    assert "RuntimeError: for …@example.net" in said
    assert LOCAL not in said


@given(
    st.text(
        st.characters(codec="utf-8", exclude_characters='"<>()[],;:\\@', exclude_categories=["Z", "C"]),
        min_size=1,
        max_size=64,
    ).filter(lambda local: local[0] not in "'{}=|")
)
@example(local="first{x}")
@example(local="o'brien")
@example(local="a=b|c")
@example(local="f" * 64)
def test_of_an_address_a_line_keeps_its_domain(local: str) -> None:
    line = f"550 <{local}@example.net>, {local}@example.org: no"

    event = without_addresses(None, "", {"event": line, "who": [f"{local}@example.net"], "count": 3})

    assert event["event"] == "550 <…@example.net>, …@example.org: no"
    assert event["who"] in ("['…@example.net']", '["…@example.net"]')
    assert event["count"] == 3


@pytest.mark.parametrize("at", ["@", "%40"])
@pytest.mark.parametrize("local", ["ada", "o%27brien", "first{x}"])
def test_an_address_in_the_address_of_a_page_is_left_out_too(local: str, at: str) -> None:
    event = without_addresses(
        None, "", {"event": f"GET https://news.example.net/find?who={local}{at}example.net"}
    )

    assert event == {"event": "GET https:…@example.net"}
