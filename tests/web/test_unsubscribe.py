from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import html5lib
import pytest
from starlette.testclient import TestClient

from publisher.actions.subscribe import add, everybody
from publisher.app import Publisher
from publisher.delivery import tokens
from publisher.model.phrases import PHRASES
from publisher.model.subscriber import Subscription, SubscriptionState
from publisher.store import audit, keys
from publisher.web.routes import LARGEST_BODY, site
from publisher.web.sentences import SENTENCES
from publisher.web.unsubscribe import masked

ADDRESS = "ada@example.net"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def subscription(publisher: Publisher) -> Subscription:
    return next(each for each in everybody(publisher) if each.address == ADDRESS)


def token_for(publisher: Publisher, name: str = "weekly", *, purpose: str = tokens.UNSUBSCRIBE) -> str:
    """Subscribe a reader and return the token that the mails of list `name` have for her."""
    add(publisher, ADDRESS)
    public_id = subscription(publisher).public_id
    with publisher.database.read() as db:
        kid, secret = keys.current(db)
    return tokens.make(secret, kid=str(kid), public_id=public_id, list=name, purpose=purpose)


def shown(html: str) -> str:
    """Return the words of a page's main part."""
    main = html5lib.parse(html, namespaceHTMLElements=False).find(".//main")
    assert main is not None
    return " ".join(" ".join(main.itertext()).split())


@pytest.fixture
def link(publisher: Publisher) -> str:
    return f"/unsubscribe/{token_for(publisher)}"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_at_the_link_changes_nothing(
    reader: TestClient, publisher: Publisher, link: str, method: str
) -> None:
    answer = reader.request(method, link, content=b"List-Unsubscribe=One-Click")

    assert answer.status_code == 200
    assert SENTENCES["en"].done not in answer.text
    assert subscription(publisher).state is SubscriptionState.ACTIVE


def test_the_page_says_who_leaves_what_and_shows_the_address_to_nobody(reader: TestClient, link: str) -> None:
    page = reader.get(link)

    assert "a…@example.net" in shown(page.text)
    assert "The Weekly" in shown(page.text)
    assert ADDRESS not in page.text
    assert '<form method="post">' in page.text
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "same-origin"
    assert "set-cookie" not in page.headers


@pytest.mark.parametrize(
    "sent",
    [
        {"data": ONE_CLICK},
        {"files": {"List-Unsubscribe": (None, "One-Click")}},
        {"content": b""},
        {"content": b"\xff\x00", "headers": {"content-type": "application/octet-stream"}},
    ],
    ids=["one click", "one click as form data", "button", "anything"],
)
def test_posting_ends_the_subscription_at_once_without_cookie_or_redirect(
    reader: TestClient, publisher: Publisher, link: str, sent: dict[str, object]
) -> None:
    answer = reader.post(link, **sent)  # type: ignore[arg-type] # each case is a set of arguments

    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert SENTENCES["en"].done in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert subscription(publisher).state is SubscriptionState.UNSUBSCRIBED


def test_a_mail_program_gets_a_word_and_a_person_a_page(
    reader: TestClient, link: str, publisher: Publisher
) -> None:
    for_a_program, for_a_person = reader.post(link, data=ONE_CLICK), reader.post(link)
    unknown = reader.post("/unsubscribe/x", data=ONE_CLICK)

    assert for_a_program.headers["content-type"] == "text/plain; charset=utf-8"
    assert for_a_program.text == f"{SENTENCES['en'].done}\n"
    assert SENTENCES["en"].done in shown(for_a_person.text)
    assert unknown.status_code == 404
    assert subscription(publisher).state is SubscriptionState.UNSUBSCRIBED


def test_posting_twice_says_the_same_and_is_one_entry_in_the_audit(
    reader: TestClient, publisher: Publisher, link: str
) -> None:
    first, second = reader.post(link), reader.post(link)
    looked = reader.get(link)

    with publisher.database.read() as db:
        rows = [row for row in audit.listed(db) if row.verb == "unsubscribe"]
    assert first.text == second.text == looked.text
    assert '<form method="post">' not in looked.text
    assert len(rows) == 1


def test_the_link_works_when_the_list_is_gone_from_the_settings(
    open_copy: Callable[..., Publisher],
) -> None:
    publisher = open_copy()
    token = token_for(publisher)
    lists = {"daily": publisher.settings.lists["weekly"]}
    without = replace(publisher, settings=publisher.settings.model_copy(update={"lists": lists}))

    with TestClient(site(without)) as reader:
        page, done = reader.get(f"/unsubscribe/{token}"), reader.post(f"/unsubscribe/{token}")

    assert "weekly" in shown(page.text)
    assert done.status_code == 200
    assert subscription(publisher).state is SubscriptionState.UNSUBSCRIBED


@pytest.mark.parametrize("change", ["", "x", "truncated", "other list", "other purpose", "not ours", "%00"])
def test_a_token_that_is_nobodys_is_404_with_what_to_do(
    reader: TestClient, publisher: Publisher, change: str
) -> None:
    token = token_for(publisher)
    wrong = {
        "": "x",
        "x": f"{token}x",
        "truncated": token[:-5],
        "other list": token.replace(".weekly.", ".daily."),
        "other purpose": token_for(publisher, purpose="erase"),
        "not ours": tokens.make(b"k" * 32, kid="1", public_id="0" * 16, list="weekly"),
        "%00": "%00",
    }[change]

    for answer in (reader.get(f"/unsubscribe/{wrong}"), reader.post(f"/unsubscribe/{wrong}")):
        assert answer.status_code == 404
        assert SENTENCES["en"].stale in shown(answer.text)
        assert "editors@example.org" in shown(answer.text)
    assert subscription(publisher).state is SubscriptionState.ACTIVE


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_the_link_of_a_test_mail_says_that_it_was_one_and_acts_on_nobody(
    reader: TestClient, publisher: Publisher, method: str
) -> None:
    token = token_for(publisher, purpose=tokens.TEST)

    answer = reader.request(method, f"/unsubscribe/{token}", data=ONE_CLICK if method == "POST" else None)

    with publisher.database.read() as db:
        rows = [row.verb for row in audit.listed(db)]
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert method == "HEAD" or SENTENCES["en"].tested_text in shown(answer.text)
    assert "<form" not in answer.text
    assert ADDRESS not in answer.text
    assert subscription(publisher).state is SubscriptionState.ACTIVE
    assert "unsubscribe" not in rows


def test_the_link_of_a_test_mail_that_was_changed_is_nobodys(
    reader: TestClient, publisher: Publisher
) -> None:
    token = token_for(publisher, purpose=tokens.TEST)

    for wrong in (f"{token}x", token.replace(".test.", ".unsubscribe."), token.replace(".weekly.", ".x.")):
        assert reader.get(f"/unsubscribe/{wrong}").status_code == 404


def test_a_large_body_is_refused_before_anything_happens(
    reader: TestClient, publisher: Publisher, link: str
) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"x" * LARGEST_BODY
        yield b"x"

    told = reader.post(link, content=b"x" * (LARGEST_BODY + 1))
    streamed = reader.post(link, content=pieces())

    assert (told.status_code, streamed.status_code) == (413, 413)
    assert subscription(publisher).state is SubscriptionState.ACTIVE


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_the_link_takes_nothing_else(reader: TestClient, link: str, method: str) -> None:
    answer = reader.request(method, link)

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize("language", SENTENCES)
def test_the_page_speaks_the_publications_language(
    open_copy: Callable[..., Publisher], language: str
) -> None:
    publisher = open_copy(language=language)
    token = token_for(publisher)

    with TestClient(site(publisher)) as reader:
        asked, done = reader.get(f"/unsubscribe/{token}"), reader.post(f"/unsubscribe/{token}")
        tested = reader.get(f"/unsubscribe/{token_for(publisher, purpose=tokens.TEST)}")

    told = SENTENCES[language]
    assert told.ask in shown(asked.text)
    assert told.done_text in shown(done.text)
    assert told.tested_text in shown(tested.text)
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in asked.text


@pytest.mark.parametrize(
    ("address", "seen"),
    [
        ("ada@example.net", "a…@example.net"),
        ("a@b", "…@b"),
        ("例@b", "…@b"),
        ("用户@例.jp", "用…@例.jp"),
        ("x@y@z", "x…@z"),
    ],
)
def test_an_address_is_masked(address: str, seen: str) -> None:
    assert masked(address) == seen


def test_pages_that_answer_speak_every_language_that_mails_speak() -> None:
    assert set(SENTENCES) == set(PHRASES)
