"""The form with which readers join, and the page behind the link of the mail that it sends."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import html5lib
import httpx2
import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from publisher.actions.addressing import address_hash, suppression_secret
from publisher.actions.subscribe import add, everybody
from publisher.app import Publisher
from publisher.model.phrases import PHRASES
from publisher.model.subscriber import SubscriptionState, SuppressionReason
from publisher.settings_file import parse_settings
from publisher.store import keys, notices, subscribers
from publisher.web.routes import site
from publisher.web.subscribe import FASTEST, TRAP, VALID
from publisher.web.words_of_help import HELP_WORDS
from publisher.web.words_of_joining import JOINING_WORDS
from tests.web.newsroom import SETTINGS, MovedClock

ADDRESS = "Ada@example.net"
EN, HELP = JOINING_WORDS["en"], HELP_WORDS["en"]
MORE = """
[lists.monthly]
title = "The Monthly"
description = "Once a month, the best of it."
[lists.insiders]
public = false
"""
HOSTILE = (
    *("", " ", "\0", "ada", "ada@", "@example.net", "<script>alert(1)</script>", "'; DROP TABLE x; --"),
    *("ada@example.net\r\nBcc: x@example.net", "ada@example.net,bob@example.net", "{lists}", "{{ 7*7 }}"),
    *("%s%n", "a" * 5000, "\u202ead@example.net", "ada@exam\u00adple.net", "\ud83d\ude00@example.net"),
    *("javascript:alert(1)", "//evil.example", "ada@xn--\u00fc.example", '"><b x="', "../../etc/passwd"),
)
OTHER_SITE = {"origin": "https://blog.example.com", "sec-fetch-site": "cross-site"}


def fields(html: str) -> dict[str, list[str]]:
    """Return what the form on a page would send."""
    found: dict[str, list[str]] = {}
    for field in html5lib.parse(html, namespaceHTMLElements=False).iterfind(".//main//input"):
        if field.get("type") != "checkbox" or field.get("checked") is not None:
            found.setdefault(field.get("name", ""), []).append(field.get("value", ""))
    return found


def shown(html: str) -> str:
    main = html5lib.parse(html, namespaceHTMLElements=False).find(".//main")
    assert main is not None
    return " ".join(" ".join(main.itertext()).split())


def with_more(publisher: Publisher, more: str = MORE) -> Publisher:
    """Return the same publisher with more in its settings."""
    settings = parse_settings(SETTINGS + more, root=Path("/newsroom"))
    return replace(publisher, settings=settings.model_copy(update={"root": publisher.settings.root}))


def form(reader: TestClient, clock: MovedClock, page: str = "/subscribe") -> dict[str, list[str]]:
    """Open the form, and take some time to fill it in."""
    filled = fields(reader.get(page).text)
    clock.moves(timedelta(seconds=5))
    return filled


def asked(
    reader: TestClient, clock: MovedClock, address: str = ADDRESS, **typed: list[str]
) -> httpx2.Response:
    return reader.post("/subscribe", data=form(reader, clock) | {"email": address} | typed)


def waiting(publisher: Publisher) -> list[tuple[str, str, Mapping[str, Any]]]:
    """Return kind, address and payload of the mails that are to go out."""
    with publisher.database.read() as db:
        found = notices.due(db, publisher.now(db), limit=1000)
    return [(each.kind, each.address, each.payload) for each in found]


def link(publisher: Publisher) -> str:
    """Return the path of the link in the newest mail."""
    url: str = waiting(publisher)[-1][2]["items"][0]["url"]
    return url.removeprefix("https://news.example.org")


def states(publisher: Publisher) -> dict[tuple[str, str], SubscriptionState]:
    return {(each.address, each.list): each.state for each in everybody(publisher)}


@contextmanager
def verbs_of() -> Iterator[list[str]]:
    """Note with what each statement begins, and of which table it is."""
    noted: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        noted.append(" ".join(re.findall(r"^\w+|(?:FROM|INTO|UPDATE) (?:\w+)", statement)[:2]))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield noted
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@pytest.fixture
def two_lists(publisher: Publisher) -> Publisher:
    return with_more(publisher)


@pytest.fixture
def chooser(two_lists: Publisher) -> Iterator[TestClient]:
    with TestClient(site(two_lists), follow_redirects=False) as client:
        yield client


def test_whoever_asks_and_confirms_gets_the_list(
    reader: TestClient, publisher: Publisher, clock: MovedClock
) -> None:
    answer = asked(reader, clock)
    ((kind, address, payload),) = waiting(publisher)
    path = link(publisher)

    assert answer.status_code == 200
    assert shown(answer.text).startswith(f"{EN.sent} A mail with a link goes to Ada@example.net")
    assert (kind, address) == ("confirm", ADDRESS)
    assert payload["items"] == [
        {"about": "reader", "lang": "en", "url": f"https://news.example.org{path}", "lists": "The Weekly"}
    ]
    assert states(publisher) == {(ADDRESS, "weekly"): SubscriptionState.PENDING}

    page = reader.get(path)
    assert "The Weekly" in shown(page.text)
    assert states(publisher) == {(ADDRESS, "weekly"): SubscriptionState.PENDING}

    done = reader.post(path)
    assert shown(done.text).startswith(EN.done)
    assert states(publisher) == {(ADDRESS, "weekly"): SubscriptionState.ACTIVE}


def test_the_link_works_once_and_says_the_same_again(
    reader: TestClient, publisher: Publisher, clock: MovedClock
) -> None:
    asked(reader, clock)
    path = link(publisher)
    first = reader.post(path)
    told = len(waiting(publisher))
    subscribers_of = everybody(publisher)
    with publisher.database.begin() as db:
        subscribers.unsubscribe(db, public_id=subscribers_of[0].public_id, list="weekly", now=clock.now)

    second, looked = reader.post(path), reader.get(path)

    assert first.text == second.text == looked.text
    assert states(publisher) == {(ADDRESS, "weekly"): SubscriptionState.UNSUBSCRIBED}
    assert len(waiting(publisher)) == told


def test_the_link_is_over_after_a_day(reader: TestClient, publisher: Publisher, clock: MovedClock) -> None:
    asked(reader, clock)
    path = link(publisher)
    clock.moves(VALID + timedelta(seconds=1))

    for answer in (reader.get(path), reader.post(path), reader.get("/confirm/nobodys")):
        assert answer.status_code == 404
        assert EN.old_text in shown(answer.text)
    assert states(publisher) == {(ADDRESS, "weekly"): SubscriptionState.PENDING}


def test_another_site_cannot_confirm(reader: TestClient, publisher: Publisher, clock: MovedClock) -> None:
    asked(reader, clock)

    refused = reader.post(link(publisher), headers=OTHER_SITE)

    assert refused.status_code == 403
    assert states(publisher) == {(ADDRESS, "weekly"): SubscriptionState.PENDING}


def known_as(publisher: Publisher, what: str) -> None:
    """Let the reader be known in one of the ways that there are."""
    if what == "unknown":
        return
    reason = {each.value: each for each in SuppressionReason}.get(what)
    if reason is not None:
        with publisher.database.begin() as db:
            hashed = address_hash(suppression_secret(keys.every(db)), ADDRESS.lower())
            subscribers.suppress(db, address_hash=hashed, reason=reason, now=publisher.now(db))
        return
    add(publisher, ADDRESS)
    if what == "unsubscribed":
        with publisher.database.begin() as db:
            public_id = everybody(publisher)[0].public_id
            subscribers.unsubscribe(db, public_id=public_id, list="weekly", now=publisher.now(db))


WAYS = {
    "unknown": "confirm",
    "active": "subscribed",
    "unsubscribed": "confirm",
    "erased": "confirm",
    "hard bounce": "confirm",
    "complaint": None,
    "by hand": None,
}


def test_nobody_learns_from_the_answer_or_from_what_is_done_who_is_known(
    open_copy: Callable[..., Publisher], clock: MovedClock
) -> None:
    answers, done = {}, {}
    began = clock.now
    for what, kind in WAYS.items():
        clock.now = began
        publisher = open_copy()
        known_as(publisher, what)
        with TestClient(site(publisher), follow_redirects=False) as reader:
            filled = form(reader, clock) | {"email": ADDRESS}
            with verbs_of() as verbs:
                answer = reader.post("/subscribe", data=filled)
        answers[what], done[what] = (answer.status_code, answer.headers.multi_items(), answer.content), verbs
        assert [told[0] for told in waiting(publisher)] == ([kind] if kind else [])

    assert all(answer == answers["unknown"] for answer in answers.values())
    assert all(verbs == done["unknown"] for verbs in done.values())
    assert {"INSERT INTO subscribers", "INSERT INTO notices"} <= set(done["unknown"])


def test_a_proxy_that_is_not_trusted_is_told_of_once_and_by_no_address(
    reader: TestClient, clock: MovedClock
) -> None:
    with capture_logs() as logs:
        asked(reader, clock)
        reader.headers["x-forwarded-for"] = "198.51.100.7"
        asked(reader, clock)
        asked(reader, clock)

    (said,) = [each["event"] for each in logs if each["log_level"] == "warning"]
    assert "trusted_proxies" in said
    assert "198.51" not in str(logs)


@pytest.mark.parametrize("what", ["erased", "hard bounce"])
def test_a_suppressed_address_is_not_stored_until_it_asks_itself(
    reader: TestClient, publisher: Publisher, clock: MovedClock, what: str
) -> None:
    known_as(publisher, what)
    asked(reader, clock)

    before = states(publisher)
    reader.post(link(publisher))

    assert before == {}
    assert states(publisher) == {(ADDRESS, "weekly"): SubscriptionState.ACTIVE}
    with publisher.database.read() as db:
        assert not any(subscribers.suppression_counts(db).values())


def test_somebody_who_has_left_is_back_after_confirming(
    reader: TestClient, publisher: Publisher, clock: MovedClock
) -> None:
    known_as(publisher, "unsubscribed")
    asked(reader, clock)

    before = states(publisher)
    reader.post(link(publisher))

    assert before == {(ADDRESS, "weekly"): SubscriptionState.UNSUBSCRIBED}
    assert states(publisher) == {(ADDRESS, "weekly"): SubscriptionState.ACTIVE}


@pytest.mark.parametrize("what", ["complaint", "by hand"])
def test_a_complaint_or_an_editors_word_since_the_mail_keeps_the_link_from_working(
    reader: TestClient, publisher: Publisher, clock: MovedClock, what: str
) -> None:
    asked(reader, clock)
    path = link(publisher)
    known_as(publisher, what)

    refused = reader.post(path)

    assert refused.status_code == 404
    assert states(publisher) == {(ADDRESS, "weekly"): SubscriptionState.PENDING}


@pytest.mark.parametrize(
    "trap", ["too fast", "too old", "honeypot", "no stamp", "forged", "for another site", "of another site"]
)
def test_a_form_that_a_program_may_have_sent_is_shown_once_more_with_what_was_typed(
    chooser: TestClient, two_lists: Publisher, clock: MovedClock, trap: str
) -> None:
    sent = form(chooser, clock) | {"email": [ADDRESS], "list": ["monthly"]}
    if trap == "too fast":
        clock.moves(timedelta(seconds=-5) + FASTEST / 2)
    elif trap == "too old":
        clock.moves(VALID)
    else:
        stamp = sent["stamp"][0]
        changes: dict[str, dict[str, list[str]]] = {
            "honeypot": {TRAP: ["https://spam.example"]},
            "no stamp": {"stamp": []},
            "forged": {"stamp": [stamp[:-1] + ("a" if stamp[-1] != "a" else "b")]},
            "for another site": {"source": ["https://evil.example"]},
            "of another site": {},
        }
        sent |= changes[trap]
    headers = OTHER_SITE if trap == "of another site" else {}

    answer = chooser.post("/subscribe", data=sent, headers=headers)

    assert answer.status_code == 200
    assert shown(answer.text).startswith(HELP.step if trap == "no stamp" else EN.again)
    again = fields(answer.text)
    assert (again["email"], again["list"], again[TRAP]) == ([ADDRESS], ["monthly"], [""])
    assert waiting(two_lists) == []
    assert states(two_lists) == {}

    clock.moves(FASTEST)
    assert EN.sent in chooser.post("/subscribe", data=again).text
    assert len(waiting(two_lists)) == 1


def test_a_form_on_another_site_leads_to_ours_filled_in_and_its_origin_is_kept(
    chooser: TestClient, two_lists: Publisher, clock: MovedClock
) -> None:
    first = chooser.post("/subscribe", data={"email": ADDRESS, "list": "monthly"}, headers=OTHER_SITE)
    again = fields(first.text)
    clock.moves(FASTEST)
    chooser.post("/subscribe", data=again)
    chooser.post(link(two_lists))

    assert shown(first.text).startswith(f"{HELP.step} {HELP.step_text.format(EN.button)}")
    assert again["email"] == [ADDRESS]
    assert again["source"] == ["https://blog.example.com"]
    assert states(two_lists) == {(ADDRESS, "monthly"): SubscriptionState.ACTIVE}


def test_the_form_of_the_documents_leads_to_ours_filled_in(chooser: TestClient) -> None:
    page = (Path(__file__).parents[2] / "docs/how-to/let-readers-join.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```html\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    sent = fields(f"<main>{example}</main>") | {"email": [ADDRESS]}

    answer = chooser.post("/subscribe", data=sent, headers=OTHER_SITE)

    assert sent == {"email": [ADDRESS], "list": ["weekly"]}
    assert {name: fields(answer.text)[name] for name in sent} == sent
    assert 'action="https://news.example.org/subscribe" method="post"' in example


def test_whoever_has_seen_another_text_sees_the_new_one_before_agreeing_to_it(
    reader: TestClient, publisher: Publisher, clock: MovedClock
) -> None:
    sent = form(reader, clock) | {"email": [ADDRESS]}
    changed = with_more(publisher, '[joining]\nconsent = "I agree & I know why."\n')

    with TestClient(site(changed)) as later:
        answer = later.post("/subscribe", data=sent)

    assert shown(answer.text).startswith(EN.again)
    assert "I agree & I know why." in shown(answer.text)
    assert waiting(publisher) == []


@pytest.mark.parametrize(
    ("origin", "source"),
    [
        ("https://blog.example.com:8443", "https://blog.example.com:8443"),
        ("https://news.example.org", "/subscribe"),
        ("null", "/subscribe"),
        ("https://x.example/<script>", "/subscribe"),
        ("https://" + "a" * 300 + ".example", "/subscribe"),
        ("javascript:alert(1)", "/subscribe"),
    ],
)
def test_only_a_valid_origin_is_kept_as_the_source(reader: TestClient, origin: str, source: str) -> None:
    answer = reader.post("/subscribe", data={"email": ADDRESS}, headers={"origin": origin})

    assert fields(answer.text)["source"] == [source]


def test_the_form_offers_the_public_lists_and_the_link_may_choose_one(chooser: TestClient) -> None:
    plain, chosen = chooser.get("/subscribe"), chooser.get("/subscribe?list=monthly&list=insiders&list=x")

    assert fields(plain.text)["list"] == ["weekly"]
    assert fields(chosen.text)["list"] == ["monthly"]
    assert "Once a month, the best of it." in shown(plain.text)
    assert "insiders" not in plain.text + chosen.text
    assert 'autocomplete="email"' in plain.text
    assert plain.headers["cache-control"] == "no-store"
    assert "form-action 'self'" in plain.headers["content-security-policy"]
    assert "set-cookie" not in plain.headers
    assert "<script" not in plain.text


def test_a_private_list_cannot_be_joined_and_none_is_no_choice(
    chooser: TestClient, two_lists: Publisher, clock: MovedClock
) -> None:
    for chosen in ([], ["insiders"], ["nothing"]):
        answer = asked(chooser, clock, list=chosen)

        assert answer.status_code == 422
        assert EN.no_list in shown(answer.text)
        assert fields(answer.text)["email"] == [ADDRESS]
    assert waiting(two_lists) == []


@pytest.mark.parametrize("typed", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_in_any_field_are_no_error_and_reach_nobody(
    chooser: TestClient, two_lists: Publisher, clock: MovedClock, typed: str
) -> None:
    safe = typed.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    filled = form(chooser, clock)
    for name in ("email", "list", "lang", "source", "stamp", TRAP, "unknown"):
        answer = chooser.post(
            "/subscribe",
            content=urlencode(filled | {"email": [ADDRESS.encode()]} | {name: [safe]}, doseq=True),
            headers={"content-type": "application/x-www-form-urlencoded", "host": "evil.example"},
        )

        assert answer.status_code in (200, 422, 429)
        assert "location" not in answer.headers
        assert "<script" not in answer.text
        assert "<b x=" not in answer.text
        assert "evil.example" not in re.sub(r'value="[^"]*"', "", answer.text)
    for told in waiting(two_lists):
        assert told[1] in (ADDRESS, "ada@example.net", "ad@example.net")
        assert told[2]["items"][0]["lists"] in ("The Weekly", "The Monthly")
    assert chooser.get("/subscribe", params={"list": safe, "lang": safe}).status_code == 200
    assert chooser.get(f"/confirm/{urlencode({'': safe})}").status_code == 404


@pytest.mark.parametrize(
    "sent",
    [
        {"files": {"email": (None, ADDRESS)}},
        {"content": b"\xff\x00", "headers": {"content-type": "application/octet-stream"}},
        {"content": b""},
    ],
    ids=["form data", "anything", "nothing"],
)
def test_a_form_that_cannot_be_read_is_shown_once_more(reader: TestClient, sent: dict[str, Any]) -> None:
    answer = reader.post("/subscribe", **sent)

    assert answer.status_code == 200
    assert shown(answer.text).startswith(HELP.step)


def test_a_form_that_is_none_of_ours_is_refused(reader: TestClient) -> None:
    assert reader.post("/subscribe", content=b"&".join([b"email=a"] * 1000)).status_code == 400


def test_an_address_that_cannot_be_written_to_is_told_beside_what_was_typed(
    reader: TestClient, publisher: Publisher, clock: MovedClock
) -> None:
    answer = asked(reader, clock, "ada@printer.local")

    assert answer.status_code == 422
    assert EN.bad_address in shown(answer.text)
    assert fields(answer.text)["email"] == ["ada@printer.local"]
    assert waiting(publisher) == []


@pytest.mark.parametrize("lang", PHRASES)
@pytest.mark.parametrize(
    ("typed", "told"), [("", "no_address"), (" ", "no_address"), ("a@x.example, b@x.example", "one_address")]
)
def test_an_address_that_is_missing_or_more_than_one_is_called_so_and_the_title_says_it_first(
    reader: TestClient, clock: MovedClock, lang: str, typed: str, told: str
) -> None:
    words = HELP_WORDS[lang]
    sent = form(reader, clock, f"/subscribe?lang={lang}")

    answer = reader.post("/subscribe", data=sent | {"email": [typed]})

    assert getattr(words, told) in shown(answer.text)
    assert answer.text.partition("<title>")[2].startswith(words.error.format(JOINING_WORDS[lang].title))
    assert 'aria-invalid="true"' in answer.text


def test_a_list_that_is_not_there_is_said_and_none_is_chosen_instead(chooser: TestClient) -> None:
    wrong = chooser.get("/subscribe", params={"list": "nothing"})
    right = chooser.get("/subscribe", params={"list": "monthly"})

    assert HELP.no_such_list in shown(wrong.text)
    assert "list" not in fields(wrong.text)
    assert HELP.no_such_list not in shown(right.text)
    assert fields(right.text)["list"] == ["monthly"]


@pytest.mark.parametrize(
    ("accepted", "asked", "lang"),
    [
        ("de-AT,de;q=0.9,en;q=0.8", "", "de"),
        ("en;q=0.1, fr ;q=0.7", "", "fr"),
        ("eo, tlh;q=0.9", "", "en"),
        ("de;q=0", "", "en"),
        ("not a language;;q=x,\u00e9", "", "en"),
        ("de", "ja", "ja"),
    ],
)
def test_the_form_speaks_the_language_that_is_asked_for_or_the_browsers(
    reader: TestClient, accepted: str, asked: str, lang: str
) -> None:
    query = {"lang": asked} if asked else {}
    page = reader.get("/subscribe", params=query, headers={b"accept-language": accepted.encode()})

    assert f'<html lang="{lang}"' in page.text
    assert (page.headers["vary"], page.headers["cache-control"]) == ("Accept-Language", "no-store")
    for name in PHRASES:
        assert f'href="/subscribe?lang={name}&amp;list=weekly"' in page.text


def test_a_link_to_confirm_that_is_over_leads_to_the_form(reader: TestClient) -> None:
    page = reader.get("/confirm/nothing")

    assert HELP.used in shown(page.text)
    assert 'href="/subscribe"' in page.text


def test_whoever_has_confirmed_can_choose_at_once(
    reader: TestClient, publisher: Publisher, clock: MovedClock
) -> None:
    asked(reader, clock)
    page = reader.post(link(publisher))

    found = re.search(r'href="[^"]*(/preferences/[^"]+)"', page.text)
    assert found is not None
    assert reader.get(found[1]).status_code == 200


def test_too_many_from_one_network_are_told_so_and_may_come_again_later(
    publisher: Publisher, clock: MovedClock
) -> None:
    strict = with_more(publisher, '[joining]\nper_network = "2/h"\n')
    with TestClient(site(strict), client=("198.51.100.7", 1)) as reader:
        first = asked(reader, clock, "one@example.net")
        refused = asked(reader, clock, "two@example.net")
        clock.moves(timedelta(seconds=int(refused.headers["retry-after"])))
        later = asked(reader, clock, "two@example.net")
    with TestClient(site(strict), client=("198.51.100.8", 1)) as neighbour:
        other = asked(neighbour, clock, "three@example.net")

    assert (first.status_code, refused.status_code, later.status_code, other.status_code) == (
        200,
        429,
        200,
        200,
    )
    assert EN.too_many in shown(refused.text)
    assert refused.headers["cache-control"] == "no-store"
    assert [told[1] for told in waiting(strict)] == [
        "one@example.net",
        "two@example.net",
        "three@example.net",
    ]


def test_one_address_gets_no_second_mail_too_soon_and_the_answer_is_the_same(
    publisher: Publisher, clock: MovedClock
) -> None:
    strict = with_more(publisher, '[joining]\nper_address = "1/d"\n')
    with TestClient(site(strict)) as reader:
        first = asked(reader, clock)
        second = asked(reader, clock, ADDRESS.upper())

    assert first.text == second.text.replace(ADDRESS.upper(), ADDRESS)
    assert len(waiting(strict)) == 1


def test_there_is_no_form_where_nobody_can_join(publisher: Publisher) -> None:
    for more in ("[joining]\nform = false\n", "public = false\n"):
        settings = SETTINGS + more
        without = replace(publisher, settings=parse_settings(settings, root=publisher.settings.root))
        with TestClient(site(without)) as reader:
            assert reader.get("/subscribe").status_code == 404
            assert reader.post("/subscribe", data={"email": ADDRESS}).status_code in (404, 405)


@pytest.mark.parametrize("language", JOINING_WORDS)
def test_the_pages_speak_the_language_of_the_form_and_the_mail_does_too(
    reader: TestClient, publisher: Publisher, clock: MovedClock, language: str
) -> None:
    words = JOINING_WORDS[language]
    page = f"/subscribe?lang={language}"
    opened = reader.get(page)
    answer = reader.post("/subscribe", data=form(reader, clock, page) | {"email": ADDRESS})
    confirmed = reader.post(link(publisher))

    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in opened.text
    for html, title in ((opened.text, words.title), (answer.text, words.sent), (confirmed.text, words.done)):
        assert title in shown(html)
    assert words.consent.format(publisher.settings.publication.title) in shown(opened.text)
    assert [told[2]["items"][0]["lang"] for told in waiting(publisher)] == [language] * 2


def test_every_language_has_every_word_and_its_fields() -> None:
    for words in JOINING_WORDS.values():
        for name in words.__slots__:
            assert getattr(words, name)
            assert getattr(words, name).count("{}") == (name in ("consent", "sent_text"))
