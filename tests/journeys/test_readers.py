"""The way of a reader: find the form, confirm, read, choose, move, leave, come back, be forgotten."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import html5lib
import pytest
from starlette.testclient import TestClient

from publisher.actions.send_now import publish_now
from publisher.actions.tick import tick
from publisher.app import Publisher
from publisher.web.routes import site
from tests.journeys.conftest import Person
from tests.newsrooms import HandClock, deliver

ADA = "ada.lovelace@example.net"
HOME = "http://127.0.0.1:8000"
FROM_US = {"sec-fetch-site": "same-origin"}


@dataclass(slots=True, kw_only=True)
class Reader:
    """Somebody with a browser and a mailbox."""

    person: Person
    publisher: Publisher
    clock: HandClock
    browser: TestClient

    def mails(self, address: str = ADA) -> list[EmailMessage]:
        """Fetch the mails to an address, after all that is due has gone out."""
        tick(self.publisher)
        deliver(self.publisher)
        return [mail for mail in self.person.mails() if address in str(mail["To"])]

    def link(self, name: str, address: str = ADA) -> str:
        """Return the path of the newest link to such a page that came by mail."""
        found = [
            match[0]
            for mail in self.mails(address)
            for match in re.finditer(rf"{HOME}/{name}/[\w.-]+", _text(mail))
        ]
        return found[-1].removeprefix(HOME)

    def presses(self, page: str, *, button: int = 0, **typed: str | list[str]) -> str:
        """Open a page, fill in one of its forms and press its button; return what is said then."""
        opened = self.browser.get(page)
        assert opened.status_code == 200, page
        self.clock.passes(seconds=5)
        form = html5lib.parse(opened.text, namespaceHTMLElements=False).findall(".//main//form")[button]
        fields = _fields(form) | typed
        answer = self.browser.post(form.get("action") or page, data=fields, headers=FROM_US)
        assert answer.status_code in (200, 303), answer.text
        return answer.text


@pytest.fixture
def reader(editor: Person, ready_issue: Callable[..., Path]) -> Iterator[Reader]:
    clock = HandClock(datetime(2026, 10, 5, 8, 0, tzinfo=UTC))
    ready_issue("wind", title="The wind of the north", tags="[wind]")
    ready_issue("heat", title="What heat leaves behind", tags="[heat]")
    with editor.publisher(clock) as publisher, TestClient(site(publisher), base_url=HOME) as browser:
        yield Reader(person=editor, publisher=publisher, clock=clock, browser=browser)


def test_a_reader_joins_reads_chooses_leaves_and_comes_back(reader: Reader) -> None:
    reader.presses("/subscribe", email=ADA)
    assert reader.person.types("subscribers", "find", ADA).out.count("pending") == 1
    reader.presses(reader.link("confirm"))

    publish_now(reader.publisher, "wind")
    (wind,) = [mail for mail in reader.mails() if mail["Subject"] == "The wind of the north"]
    preferences = reader.link("preferences")
    assert ADA not in reader.browser.get(preferences).text
    reader.presses(preferences, topic=["wind"])
    publish_now(reader.publisher, "heat")
    assert not [mail for mail in reader.mails() if "heat" in str(mail["Subject"])]

    leave = re.search(r"<(http[^>]+)>", str(wind["List-Unsubscribe"]))
    assert leave
    path = leave[1].removeprefix(HOME)
    one_click = reader.browser.post(path, data={"List-Unsubscribe": "One-Click"})
    assert (one_click.status_code, len(one_click.cookies)) == (200, 0)
    assert "unsubscribed" in reader.person.types("subscribers", "find", ADA).out
    reader.browser.post(f"{path}/undo", headers=FROM_US)
    assert "active" in reader.person.types("subscribers", "find", ADA).out


def test_a_reader_takes_the_data_along_and_is_forgotten(reader: Reader) -> None:
    reader.presses("/subscribe", email=ADA)
    reader.presses(reader.link("confirm"))
    publish_now(reader.publisher, "wind")
    preferences = reader.link("preferences")

    reader.browser.post(f"{preferences}/data", headers=FROM_US)
    data = reader.presses(reader.link("data"))
    assert json.loads(data)["reader"]["address"] == ADA

    reader.clock.passes(hours=1)
    reader.browser.post(f"{preferences}/erase", headers=FROM_US)
    reader.presses(reader.link("erase"))
    assert reader.person.types("subscribers", "find", ADA, code=None).out.count("@") == 0
    refused = reader.person.types("subscribers", "add", ADA, code=None)
    assert "must not be mailed" in refused.out + refused.err


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\n", " ")


def _fields(form: object) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for field in form.iterfind(".//input"):  # type: ignore[attr-defined]  # html5lib says nothing of its tree
        is_box = field.get("type") in ("checkbox", "radio")
        if field.get("name") and (not is_box or field.get("checked") is not None):
            found.setdefault(field.get("name"), []).append(field.get("value", ""))
    return found
