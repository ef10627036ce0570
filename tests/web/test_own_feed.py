"""A reader's own feed: the reader's topics, at an address that can be taken back, without a cookie."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import feedparser  # type: ignore[import-untyped]  # it has no types
import pytest
from starlette.testclient import TestClient

from publisher.actions.subscribe import add, everybody
from publisher.app import Publisher
from publisher.delivery import tokens
from publisher.model.phrases import PHRASES
from publisher.model.shelves import tag_name
from publisher.store import audit, keys
from publisher.store.schema import subscribers
from publisher.store.schema_readers import reader_tokens, topics
from publisher.web.routes import site
from publisher.web.words_of_answers import ANSWER_WORDS
from publisher.web.words_of_own import OWN_WORDS
from tests.editions import rich_edition
from tests.web.newsroom import MovedClock
from tests.web.readers import mailed
from tests.web.test_unsubscribe import ADDRESS, shown

FORMATS = ("atom", "rss", "json")
TITLES = [story.title for story in rich_edition().stories]


def link_of(publisher: Publisher, address: str = ADDRESS, *, purpose: str = tokens.PREFERENCES) -> str:
    """Subscribe a reader and return the token in the link to the preferences that mails have."""
    add(publisher, address)
    public_id = next(each.public_id for each in everybody(publisher) if each.address == address)
    with publisher.database.read() as db:
        kid, secret = keys.current(db)
    return tokens.make(secret, kid=str(kid), public_id=public_id, list="weekly", purpose=purpose)


def made(reader: TestClient, token: str) -> str:
    """Have the own feed made and return its path without the format."""
    page = reader.post(f"/preferences/{token}/feed", data={"do": "make"})
    found = re.search(r'href="https://news\.example\.org(/own/[\w-]+/feed\.)atom"', page.text)
    assert found, page.text
    return found[1]


def titles(reader: TestClient, path: str) -> list[str]:
    return [entry.title for entry in feedparser.parse(reader.get(path).content).entries]


def chooses(publisher: Publisher, *names: str) -> None:
    with publisher.database.begin() as db:
        db.execute(topics.delete())
        if names:
            db.execute(topics.insert(), [{"subscriber": 1, "topic": tag_name(name)} for name in names])


@pytest.fixture
def token(publisher: Publisher) -> str:
    return link_of(publisher)


@pytest.mark.parametrize("output", FORMATS)
def test_without_topics_the_own_feed_has_every_story_as_the_public_one_has_it(
    reader: TestClient, token: str, output: str
) -> None:
    own, public = reader.get(f"{made(reader, token)}{output}"), reader.get(f"/feed.{output}")

    assert own.headers["content-type"] == public.headers["content-type"]
    if output == "json":
        assert own.json()["items"] == public.json()["items"]
    else:
        name = "entry" if output == "atom" else "item"
        cut = re.compile(rf"<{name}[ >].*</{name}>", re.DOTALL)
        assert cut.findall(own.text) == cut.findall(public.text)


def test_topics_choose_the_stories_and_a_story_with_two_of_them_stands_once(
    reader: TestClient, publisher: Publisher, token: str
) -> None:
    path = f"{made(reader, token)}atom"
    tagged = {story.title: story.tags for story in rich_edition().stories}
    (title, tags), *_ = [each for each in tagged.items() if each[1]]
    chooses(publisher, *tags)
    wanted = [each for each, own in tagged.items() if set(own) & set(tags)]

    assert titles(reader, path) == wanted
    assert title in wanted
    chooses(publisher, "nobody writes about this")
    assert titles(reader, path) == []


def test_a_poll_costs_a_304_until_something_changes(
    reader: TestClient, publisher: Publisher, token: str
) -> None:
    path = f"{made(reader, token)}atom"
    first = reader.get(path)
    etag = first.headers["etag"]

    known = [reader.get(path, headers={"if-none-match": each}) for each in (etag, f'"x", W/{etag}', "*")]
    other = reader.get(path, headers={"if-none-match": '"x"'})
    chooses(publisher, "nothing")
    changed = reader.get(path, headers={"if-none-match": etag})

    assert {(each.status_code, each.content) for each in known} == {(304, b"")}
    assert {each.headers["cache-control"] for each in known} == {first.headers["cache-control"]}
    assert (other.status_code, changed.status_code) == (200, 200)
    assert changed.headers["etag"] != etag


def test_only_the_readers_own_program_keeps_it_and_nobody_is_told_its_address(
    reader: TestClient, token: str
) -> None:
    path = f"{made(reader, token)}atom"

    answer, head = reader.get(path), reader.head(path)

    assert answer.headers["cache-control"].startswith("private, max-age=")
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-robots-tag"] == "noindex"
    assert "last-modified" not in answer.headers
    assert "access-control-allow-origin" not in answer.headers
    assert "set-cookie" not in answer.headers
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == answer.headers["etag"]


def test_the_id_that_programs_pass_on_with_an_entry_is_not_the_secret(reader: TestClient, token: str) -> None:
    path = made(reader, token)
    secret = path.split("/")[2]

    feed = feedparser.parse(reader.get(f"{path}atom").content).feed

    assert feed.id.startswith("tag:example.org,2026:feed/own/")
    assert secret not in feed.id


def test_the_same_feed_has_the_same_bytes_after_a_restart(publisher: Publisher, token: str) -> None:
    with TestClient(site(publisher)) as one:
        path = f"{made(one, token)}rss"
        first = one.get(path)
    with TestClient(site(publisher)) as two:
        second = two.get(path)

    assert (first.content, first.headers["etag"]) == (second.content, second.headers["etag"])


def removes(reader: TestClient, publisher: Publisher, token: str) -> None:
    """Have the own feed removed, by the link of the mail."""
    reader.post(f"/preferences/{token}/feed", data={"do": "remove"})
    page = reader.post(mailed(publisher)[-1][2])
    assert OWN_WORDS["en"].feed_removed in shown(page.text)


def test_a_feed_that_was_removed_is_gone_for_all_its_addresses(
    reader: TestClient, publisher: Publisher, token: str
) -> None:
    paths = [f"{made(reader, token)}json" for _ in range(2)]

    removes(reader, publisher, token)

    for path in paths:
        gone = reader.get(path)
        assert gone.status_code == 410
        assert gone.headers["cache-control"] == "private, no-store"


def test_who_has_a_mail_of_somebody_else_takes_no_feed_from_its_reader(
    reader: TestClient, publisher: Publisher, token: str
) -> None:
    path = f"{made(reader, token)}json"

    made(reader, token)
    asked = [reader.post(f"/preferences/{token}/feed", data={"do": "remove"}) for _ in range(4)]

    assert ANSWER_WORDS["en"].mailed in shown(asked[0].text)
    assert [each.status_code for each in asked] == [200, 200, 200, 429]
    assert [(kind, address) for kind, address, _ in mailed(publisher)] == [("decide", ADDRESS)] * 3
    assert reader.get(path).status_code == 200


def test_where_there_is_no_feed_nobody_is_mailed(
    reader: TestClient, publisher: Publisher, token: str
) -> None:
    page = reader.post(f"/preferences/{token}/feed", data={"do": "remove"})

    assert OWN_WORDS["en"].make in shown(page.text)
    assert mailed(publisher) == []


def test_the_address_is_shown_once_and_kept_as_a_hash(
    reader: TestClient, publisher: Publisher, token: str
) -> None:
    secret = made(reader, token).split("/")[2]

    page = reader.get(f"/preferences/{token}/feed")

    assert secret not in page.text
    assert OWN_WORDS["en"].feed_has in shown(page.text)
    with publisher.database.read() as db:
        (row,) = db.execute(reader_tokens.select()).all()
    assert secret not in str(row)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_at_the_page_makes_and_removes_nothing(reader: TestClient, token: str, method: str) -> None:
    path = made(reader, token)

    answer = reader.request(method, f"/preferences/{token}/feed?do=remove")
    reader.post(f"/preferences/{token}/feed", data={"do": "dance"})
    reader.post(f"/preferences/{token}/feed", content=b"\xff&" * 50)

    assert answer.status_code == 200
    assert reader.get(f"{path}atom").status_code == 200


def test_what_a_reader_did_is_in_the_audit_by_number(
    reader: TestClient, publisher: Publisher, token: str
) -> None:
    made(reader, token)
    removes(reader, publisher, token)
    reader.post(f"/preferences/{token}/feed", data={"do": "remove"})

    with publisher.database.read() as db:
        rows = [(row.verb, row.detail) for row in audit.listed(db, subject="preferences")]
    assert rows == [("remove feed", {"subscriber": 1}), ("make feed", {"subscriber": 1})]


def test_who_has_too_many_addresses_made_in_a_day_waits_and_keeps_the_last(
    reader: TestClient, clock: MovedClock, token: str
) -> None:
    paths = [made(reader, token) for _ in range(10)]

    refused = reader.post(f"/preferences/{token}/feed", data={"do": "make"})

    assert refused.status_code == 429
    assert OWN_WORDS["en"].too_many in shown(refused.text)
    assert reader.get(f"{paths[-1]}atom").status_code == 200
    clock.moves(timedelta(days=1))
    made(reader, token)


def test_another_sites_form_changes_nothing(reader: TestClient, token: str) -> None:
    path = made(reader, token)

    answer = reader.post(
        f"/preferences/{token}/feed", data={"do": "remove"}, headers={"sec-fetch-site": "cross-site"}
    )

    assert answer.status_code == 403
    assert reader.get(f"{path}atom").status_code == 200


@pytest.mark.parametrize("purpose", [tokens.UNSUBSCRIBE, tokens.TEST, "erase"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_other_token_of_a_mail_opens_the_page(
    reader: TestClient, publisher: Publisher, purpose: str, method: str
) -> None:
    token = link_of(publisher, purpose=purpose)

    answer = reader.request(
        method, f"/preferences/{token}/feed", data={"do": "make"} if method == "POST" else None
    )

    assert answer.status_code == 404
    with publisher.database.read() as db:
        assert db.execute(reader_tokens.select()).all() == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/own/x/feed.atom", 404),
        ("/own/%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00/feed.atom", 404),
        (f"/own/{'a' * 22}/feed.atom", 410),
        (f"/own/{'a' * 22}/feed.xml", 404),
        (f"/own/{'a' * 22}/feed.", 404),
        (f"/own/{'a' * 22}/", 404),
    ],
)
def test_what_cannot_be_a_feed_is_not_found_and_what_could_have_been_one_is_gone(
    reader: TestClient, path: str, status: int
) -> None:
    assert reader.get(path).status_code == status


def test_a_feed_goes_with_its_reader(reader: TestClient, publisher: Publisher, token: str) -> None:
    path = made(reader, token)

    with publisher.database.begin() as db:
        db.execute(subscribers.delete())

    assert reader.get(f"{path}atom").status_code == 410


def test_many_polls_of_many_feeds_keep_few_of_them_in_memory(
    reader: TestClient, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("publisher.web.own_feed.HELD", 1)
    path = made(reader, token)
    bodies = {output: reader.get(f"{path}{output}").content for output in FORMATS}

    assert {output: reader.get(f"{path}{output}").content for output in FORMATS} == bodies


@pytest.mark.parametrize("language", OWN_WORDS)
def test_the_page_speaks_the_readers_language(open_copy: Callable[..., Publisher], language: str) -> None:
    publisher = open_copy()
    token = link_of(publisher)
    with publisher.database.begin() as db:
        db.execute(subscribers.update().values(lang=language))

    with TestClient(site(publisher)) as reader:
        asked = reader.get(f"/preferences/{token}/feed")
        done = reader.post(f"/preferences/{token}/feed", data={"do": "make"})

    words = OWN_WORDS[language]
    assert words.make in shown(asked.text)
    assert words.feed_made in shown(done.text)
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in asked.text


def test_own_pages_speak_every_language_that_mails_speak() -> None:
    assert set(OWN_WORDS) == set(PHRASES)
