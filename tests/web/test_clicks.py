"""A link that counts leads on at once; sums are written later, and tell nothing of whoever clicked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from publisher.actions import clicks as action
from publisher.app import Publisher
from publisher.delivery import tokens
from publisher.delivery.counted_links import click_token
from publisher.errors import StoreError
from publisher.model.delivery import UncertainPolicy
from publisher.store import audit, clicks, keys, mailings
from publisher.store.schema import editions, subscribers
from publisher.store.schema_readers import links
from publisher.web import clicks as page
from publisher.web.programs import is_program
from publisher.web.routes import site
from publisher.web.words_of_answers import ANSWER_WORDS
from publisher.web.words_of_own import OWN_WORDS
from tests.web.newsroom import NOW
from tests.web.readers import READER, mailed
from tests.web.test_own_feed import link_of
from tests.web.test_unsubscribe import shown

URL = "https://example.net/heat?a=1&b=%7C~'(x)#top"
PERSON = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
SCANNERS = (
    "",
    "Barracuda Sentinel (EE)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 HeadlessChrome/120.0 Safari/537.36",
    "Mimecast URL Protect",
    "Proofpoint URL Defense",
    "SkypeUriPreview Preview/0.5",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "curl/8.5.0",
    "python-requests/2.32",
    "Go-http-client/2.0",
    "Mozilla/5.0 (compatible; Google-Safety; +http://www.google.com/bot.html)",
    "facebookexternalhit/1.1",
)
PEOPLE = (
    PERSON["user-agent"],
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15",
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/130.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 OPR/115.0",
    "Lynx/2.9.0 libwww-FM/2.14",
)


@pytest.fixture
def publisher(open_copy: Callable[..., Publisher]) -> Publisher:
    """A newsroom whose list counts clicks, and whose issue had a mail with one link."""
    publisher = open_copy()
    weekly = publisher.settings.lists["weekly"].model_copy(update={"clicks": True})
    settings = publisher.settings.model_copy(update={"lists": {"weekly": weekly}})
    with publisher.database.begin() as db:
        ((edition, issue),) = db.execute(select(editions.c.id, editions.c.issue)).all()
        mailings.start(
            db,
            issue=issue,
            edition=edition,
            templates=[("weekly", "The Weekly", b"")],
            uncertain=UncertainPolicy.RESEND,
            kid=1,
            now=NOW,
            not_before=NOW,
        )
        clicks.add(db, 1, [URL])
    return replace(publisher, settings=settings)


@pytest.fixture
def link(publisher: Publisher) -> str:
    with publisher.database.read() as db:
        _, secret = keys.current(db)
    return f"/to/{click_token(secret, mailing=1, number=1)}"


@pytest.fixture
def reader(publisher: Publisher, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setattr(page, "EVERY", 0.01)
    with TestClient(site(publisher), follow_redirects=False, headers=PERSON) as client:
        yield client


def counted(publisher: Publisher) -> int:
    with publisher.database.read() as db:
        return int(db.scalar(select(links.c.clicks)) or 0)


def until(publisher: Publisher, clicked: int) -> None:
    deadline = time.monotonic() + 10
    while counted(publisher) != clicked:
        assert time.monotonic() < deadline, counted(publisher)
        time.sleep(0.01)


def test_a_link_leads_to_the_very_address_and_is_counted_soon(
    reader: TestClient, publisher: Publisher, link: str
) -> None:
    answers = [reader.get(link) for _ in range(3)]

    until(publisher, 3)
    for answer in answers:
        assert (answer.status_code, answer.headers["location"]) == (302, URL)
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "set-cookie" not in answer.headers
    reader.get(link)
    until(publisher, 4)


def test_what_was_counted_is_written_when_the_server_stops(publisher: Publisher, link: str) -> None:
    with TestClient(site(publisher), follow_redirects=False, headers=PERSON) as client:
        client.get(link)
        assert counted(publisher) == 0

    assert counted(publisher) == 1


def test_trouble_with_the_database_loses_no_click_and_keeps_nobody_waiting(
    reader: TestClient, publisher: Publisher, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []

    def refuse(*_: object) -> None:
        tries.append(1)
        raise StoreError("somebody else is writing")

    with monkeypatch.context() as trouble:
        trouble.setattr(action, "keep", refuse)
        assert reader.get(link).status_code == 302
        while not tries:
            time.sleep(0.01)

    until(publisher, 1)


def test_head_leads_on_and_counts_nothing(reader: TestClient, publisher: Publisher, link: str) -> None:
    assert reader.head(link).headers["location"] == URL
    reader.get(link)

    until(publisher, 1)


@pytest.mark.parametrize("agent", SCANNERS)
def test_a_program_is_known_by_its_name(agent: str) -> None:
    assert is_program({"user-agent": agent})


@pytest.mark.parametrize("agent", PEOPLE)
def test_a_person_with_a_browser_is_none(agent: str) -> None:
    assert not is_program({"user-agent": agent})


@pytest.mark.parametrize(
    "header", [{"sec-purpose": "prefetch;prerender"}, {"purpose": "prefetch"}, {"x-moz": "prefetch"}]
)
def test_to_look_ahead_is_no_click(header: dict[str, str]) -> None:
    assert is_program(PERSON | header)


def test_a_program_is_led_on_and_not_counted(reader: TestClient, publisher: Publisher, link: str) -> None:
    for agent in SCANNERS:
        assert reader.get(link, headers={"user-agent": agent}).status_code == 302
    reader.get(link)

    until(publisher, 1)


@pytest.mark.parametrize(
    "path",
    [
        "/to/https://evil.example/",
        "/to/1.1.aaaaaaaaaaaaaaaa?url=https://evil.example/",
        "/to/%2F%2Fevil.example",
        "/to/1.2.aaaaaaaaaaaaaaaa",
        "/to/%00",
        "/to/x",
        f"/to/{'9' * 5000}",
    ],
)
def test_nobody_can_make_it_lead_elsewhere(reader: TestClient, path: str) -> None:
    answer = reader.get(path)

    assert answer.status_code == 404
    assert "location" not in answer.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_link_takes_nothing(reader: TestClient, link: str, method: str) -> None:
    assert reader.request(method, link).status_code == 405


def test_a_row_says_how_often_and_nothing_else(reader: TestClient, publisher: Publisher, link: str) -> None:
    reader.get(link, headers={"referer": "https://mail.example/", "x-forwarded-for": "203.0.113.9"})
    until(publisher, 1)

    with publisher.database.read() as db:
        (row,) = db.execute(select(links)).mappings().all()
        rows = [each.verb for each in audit.listed(db)]
    assert dict(row) == {"mailing": 1, "number": 1, "url": URL, "clicks": 1}
    assert "click" not in " ".join(rows)


def agreed(publisher: Publisher) -> list[bool]:
    with publisher.database.read() as db:
        return list(db.scalars(select(subscribers.c.counts_clicks)))


def test_a_reader_asks_by_a_press_agrees_by_mail_and_takes_it_back_by_a_press(
    reader: TestClient, publisher: Publisher
) -> None:
    own = f"/preferences/{link_of(publisher)}/clicks"

    asked, mail = reader.get(own), reader.post(own, data={"do": "agree"})
    ((kind, address, link),) = mailed(publisher)
    before, shown_there = agreed(publisher), reader.get(link)
    yes, again = reader.post(link), reader.post(link)
    after, no = agreed(publisher), reader.post(own, data={"do": "refuse"})

    words = OWN_WORDS["en"]
    assert words.clicks_off in shown(asked.text)
    assert ANSWER_WORDS["en"].mailed in shown(mail.text)
    assert (kind, address, before, after) == ("decide", READER, [False], [True])
    assert words.agree in shown(shown_there.text)
    assert words.clicks_on in shown(yes.text)
    assert again.status_code == 404
    assert words.clicks_off in shown(no.text)
    assert agreed(publisher) == [False]
    with publisher.database.read() as db:
        rows = [(row.verb, row.detail) for row in audit.listed(db, subject="preferences")]
    assert rows == [("refuse clicks", {"subscriber": 1}), ("agree to clicks", {"subscriber": 1})]


def test_who_has_a_mail_of_somebody_else_agrees_to_nothing_and_floods_nobody(
    reader: TestClient, publisher: Publisher
) -> None:
    own = f"/preferences/{link_of(publisher)}/clicks"

    answers = [reader.post(own, data={"do": "agree"}) for _ in range(5)]

    assert [each.status_code for each in answers] == [200, 200, 200, 429, 429]
    assert len(mailed(publisher)) == 3
    assert agreed(publisher) == [False]


def test_who_refuses_takes_back_what_was_asked_for(reader: TestClient, publisher: Publisher) -> None:
    own = f"/preferences/{link_of(publisher)}/clicks"
    reader.post(own, data={"do": "agree"})

    reader.post(own, data={"do": "refuse"})

    ((_, _, link),) = mailed(publisher)
    assert reader.post(link).status_code == 404
    assert agreed(publisher) == [False]


def test_looking_or_another_sites_form_agrees_to_nothing(reader: TestClient, publisher: Publisher) -> None:
    own = f"/preferences/{link_of(publisher)}/clicks"

    reader.get(f"{own}?do=agree")
    reader.head(own)
    reader.post(own, data={"do": "dance"})
    refused = reader.post(own, data={"do": "agree"}, headers={"sec-fetch-site": "cross-site"})

    assert refused.status_code == 403
    assert agreed(publisher) == [False]


@pytest.mark.parametrize("purpose", [tokens.UNSUBSCRIBE, tokens.TEST, "erase"])
def test_no_other_token_of_a_mail_agrees(reader: TestClient, publisher: Publisher, purpose: str) -> None:
    own = f"/preferences/{link_of(publisher, purpose=purpose)}/clicks"

    assert reader.get(own).status_code == reader.post(own, data={"do": "agree"}).status_code == 404
    assert agreed(publisher) == [False]


def test_where_no_list_counts_clicks_nobody_is_asked(open_copy: Callable[..., Publisher]) -> None:
    publisher = open_copy()
    own = f"/preferences/{link_of(publisher)}/clicks"

    with TestClient(site(publisher)) as reader:
        assert reader.get(own).status_code == reader.post(own, data={"do": "agree"}).status_code == 404
        assert agreed(publisher) == [False]
        with publisher.database.begin() as db:
            db.execute(subscribers.update().values(counts_clicks=True))
        assert reader.post(own, data={"do": "refuse"}).status_code == 200
    assert agreed(publisher) == [False]


def test_the_preferences_lead_to_the_own_feed_and_ask_about_clicks_where_they_are_counted(
    reader: TestClient, publisher: Publisher, open_copy: Callable[..., Publisher]
) -> None:
    token = link_of(publisher)
    other = open_copy()
    silent = link_of(other)

    counting = reader.get(f"/preferences/{token}").text
    with TestClient(site(other)) as elsewhere:
        plain = elsewhere.get(f"/preferences/{silent}").text

    assert f'href="/preferences/{token}/feed"' in counting
    assert f'href="/preferences/{token}/clicks"' in counting
    assert f'href="/preferences/{silent}/feed"' in plain
    assert "/clicks" not in plain
