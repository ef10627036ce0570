"""What a reader can do after leaving, and that only the reader's own press does it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from publisher.actions.addressing import address_hash, suppression_secret
from publisher.actions.erase import erase
from publisher.app import Publisher
from publisher.delivery import tokens
from publisher.model.choices import Change
from publisher.model.leaving import LeavingReason
from publisher.model.phrases import PHRASES
from publisher.model.states import IssueState
from publisher.model.subscriber import SubscriptionState, SuppressionReason
from publisher.store import audit, choices, issues, keys, subscribers
from publisher.web.routes import site
from publisher.web.sentences import SENTENCES
from publisher.web.words_of_help import HELP_WORDS
from publisher.web.words_of_leaving import LEAVING_WORDS
from tests.editions import rich_edition
from tests.web.newsroom import NOW, MovedClock
from tests.web.readers import OWN, READER, chosen, contents, states, token_for, with_lists

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
WORDS = LEAVING_WORDS["en"]


@pytest.fixture
def token(publisher: Publisher) -> str:
    return token_for(publisher, tokens.UNSUBSCRIBE)


@pytest.fixture
def own(publisher: Publisher) -> str:
    """The same reader's token to choose, by which tests look."""
    return token_for(publisher)


def rows(publisher: Publisher, verb: str) -> list[dict[str, object]]:
    with publisher.database.read() as db:
        return [dict(row.detail) for row in audit.listed(db) if row.verb == verb]


def test_whoever_has_left_can_take_it_back(
    reader: TestClient, publisher: Publisher, token: str, own: str
) -> None:
    left = reader.post(f"/unsubscribe/{token}")

    undone = reader.post(f"/unsubscribe/{token}/undo", headers=OWN)
    again = reader.post(f"/unsubscribe/{token}/undo", headers=OWN)

    assert f'action="/unsubscribe/{token}/undo"' in left.text
    assert undone.status_code == 200
    assert WORDS.undone in undone.text
    assert again.text == undone.text
    assert states(publisher, own) == {"weekly": "active"}
    assert len(rows(publisher, "undo unsubscribe")) == 1


def test_a_day_later_only_joining_anew_brings_anybody_back(
    reader: TestClient, publisher: Publisher, clock: MovedClock, token: str, own: str
) -> None:
    reader.post(f"/unsubscribe/{token}")
    clock.moves(timedelta(hours=24))

    looked, undone = (
        reader.get(f"/unsubscribe/{token}"),
        reader.post(f"/unsubscribe/{token}/undo", headers=OWN),
    )

    assert "/undo" not in looked.text
    assert SENTENCES["en"].done in undone.text
    assert states(publisher, own) == {"weekly": "unsubscribed"}


def test_what_a_complaint_has_ended_cannot_be_taken_back(
    reader: TestClient, publisher: Publisher, token: str, own: str
) -> None:
    with publisher.database.begin() as db:
        subscribers.unsubscribe(db, public_id=chosen(publisher, own).public_id, list="weekly", now=NOW)

    reader.post(f"/unsubscribe/{token}/undo", headers=OWN)

    assert states(publisher, own) == {"weekly": "unsubscribed"}


def test_whoever_complains_after_leaving_is_not_brought_back(
    reader: TestClient, publisher: Publisher, token: str, own: str
) -> None:
    reader.post(f"/unsubscribe/{token}")
    with publisher.database.begin() as db:
        hashed = address_hash(suppression_secret(keys.every(db)), READER)
        subscribers.suppress(db, address_hash=hashed, reason=SuppressionReason.COMPLAINT, now=NOW)

    reader.post(f"/unsubscribe/{token}/undo", headers=OWN)

    assert states(publisher, own) == {"weekly": "unsubscribed"}


def test_what_was_never_confirmed_is_not_confirmed_by_taking_back_that_it_ended(
    reader: TestClient, publisher: Publisher, token: str, own: str
) -> None:
    number = chosen(publisher, own).subscriber
    with publisher.database.begin() as db:
        pending = SubscriptionState.PENDING
        choices.change(db, number, Change(list="weekly", state=pending), consent="asked", now=NOW)
    reader.post(f"/unsubscribe/{token}")

    reader.post(f"/unsubscribe/{token}/undo", headers=OWN)

    assert states(publisher, own) == {"weekly": "unsubscribed"}


def test_leaving_and_coming_back_again_and_again_ends_in_having_left(
    reader: TestClient, publisher: Publisher, token: str, own: str
) -> None:
    for _ in range(5):
        reader.post(f"/unsubscribe/{token}")
        reader.post(f"/unsubscribe/{token}/undo", headers=OWN)

    assert states(publisher, own) == {"weekly": "unsubscribed"}
    assert len(rows(publisher, "undo unsubscribe")) == 3


def test_a_reason_is_kept_without_whose_it_is(reader: TestClient, publisher: Publisher, token: str) -> None:
    reader.post(f"/unsubscribe/{token}")

    answer = reader.post(f"/unsubscribe/{token}/reason", data={"reason": "too many"}, headers=OWN)

    assert WORDS.thanks_text in answer.text
    assert rows(publisher, "leaving reason") == [{"reason": "too many"}]


@pytest.mark.parametrize("sent", [{}, {"reason": ""}, {"reason": "<script>"}, {"reason": "x" * 5000}])
def test_who_gives_no_reason_of_ours_gets_the_page_again(
    reader: TestClient, publisher: Publisher, token: str, sent: dict[str, str]
) -> None:
    reader.post(f"/unsubscribe/{token}")

    answer = reader.post(f"/unsubscribe/{token}/reason", data=sent, headers=OWN)

    assert answer.status_code == 200
    assert SENTENCES["en"].done in answer.text
    assert rows(publisher, "leaving reason") == []


def test_whoever_has_not_left_has_no_reason(reader: TestClient, publisher: Publisher, token: str) -> None:
    reader.post(f"/unsubscribe/{token}/reason", data={"reason": "other"}, headers=OWN)

    assert rows(publisher, "leaving reason") == []


def test_nobody_fills_the_audit_with_reasons(reader: TestClient, publisher: Publisher, token: str) -> None:
    reader.post(f"/unsubscribe/{token}")

    for _ in range(6):
        reader.post(f"/unsubscribe/{token}/reason", data={"reason": "other"}, headers=OWN)

    assert len(rows(publisher, "leaving reason")) == 3


@pytest.mark.parametrize("path", ["undo", "reason"])
def test_another_site_takes_nothing_back_and_gives_no_reason(
    reader: TestClient, publisher: Publisher, token: str, path: str
) -> None:
    reader.post(f"/unsubscribe/{token}")
    before = contents(publisher)

    answer = reader.post(
        f"/unsubscribe/{token}/{path}",
        data={"reason": "other"},
        headers={"sec-fetch-site": "cross-site"},
    )

    assert answer.status_code == 403
    assert contents(publisher) == before


def test_the_way_out_works_when_its_issue_was_withdrawn(
    reader: TestClient, publisher: Publisher, token: str, own: str
) -> None:
    with publisher.database.begin() as db:
        slug = rich_edition().slug
        assert issues.change(
            db, slug, expected=IssueState.PUBLISHED, state=IssueState.WITHDRAWN, withdrawn_at=NOW
        )

    answer = reader.post(f"/unsubscribe/{token}", data=ONE_CLICK)

    assert answer.status_code == 200
    assert states(publisher, own) == {"weekly": "unsubscribed"}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_way_out_of_a_reader_who_was_erased_says_that_no_mail_comes(
    reader: TestClient, publisher: Publisher, token: str, own: str, method: str
) -> None:
    erase(publisher, chosen(publisher, own).subscriber)

    answer = reader.request(method, f"/unsubscribe/{token}", data=ONE_CLICK if method == "POST" else None)

    assert answer.status_code == 200
    assert SENTENCES["en"].done_text in answer.text
    assert "example.net" not in answer.text


def test_after_leaving_one_can_go_on_by_feed(reader: TestClient, token: str) -> None:
    page = reader.post(f"/unsubscribe/{token}")

    assert f'<a href="/feeds/">{PHRASES["en"].feed}</a>' in page.text
    assert reader.get("/feeds/").status_code == 200


def test_whoever_leaves_one_of_several_lists_is_told_that_others_go_on_and_where_to_choose(
    publisher: Publisher,
) -> None:
    publisher = with_lists(publisher)
    token = token_for(publisher, tokens.UNSUBSCRIBE, lists=["weekly", "daily"])
    with TestClient(site(publisher)) as reader:
        before = reader.get(f"/unsubscribe/{token}").text
        one = reader.post(f"/unsubscribe/{token}").text
        found = re.search(r'href="[^"]*(/preferences/[^"]+)"', one)
        assert found is not None
        page = reader.get(found[1])
        reader.post(found[1], data={}, headers=OWN)
        none = reader.get(f"/unsubscribe/{token}").text

    assert "/preferences/" not in before
    assert HELP_WORDS["en"].others in one
    assert page.status_code == 200
    assert "/preferences/" not in none


@pytest.mark.parametrize("lang", ["de", "ar"])
def test_the_pages_of_leaving_speak_the_readers_language(
    reader: TestClient, publisher: Publisher, token: str, own: str, lang: str
) -> None:
    number = chosen(publisher, own).subscriber
    with publisher.database.begin() as db:
        choices.set_lang(db, number, lang)

    asked = reader.get(f"/unsubscribe/{token}").text
    left = reader.post(f"/unsubscribe/{token}").text
    thanked = reader.post(f"/unsubscribe/{token}/reason", data={"reason": "other"}, headers=OWN).text
    undone = reader.post(f"/unsubscribe/{token}/undo", headers=OWN).text

    assert all(f'<html lang="{lang}"' in page for page in (asked, left, thanked, undone))
    assert SENTENCES[lang].ask in asked
    assert SENTENCES[lang].done_text in left
    assert LEAVING_WORDS[lang].thanks_text in thanked
    assert LEAVING_WORDS[lang].undone_text in undone


@pytest.mark.parametrize("language", LEAVING_WORDS)
def test_what_can_be_done_after_leaving_is_said_in_the_publications_language(
    open_copy: Callable[..., Publisher], language: str
) -> None:
    publisher = open_copy(language=language)
    token = token_for(publisher, tokens.UNSUBSCRIBE)

    with TestClient(site(publisher)) as reader:
        left = reader.post(f"/unsubscribe/{token}")
        thanked = reader.post(f"/unsubscribe/{token}/reason", data={"reason": "other"}, headers=OWN)
        undone = reader.post(f"/unsubscribe/{token}/undo", headers=OWN)

    words = LEAVING_WORDS[language]
    for said in (words.undo, words.why, *words.reasons, words.send):
        assert said in left.text
    assert words.thanks_text in thanked.text
    assert words.undone_text in undone.text


def test_every_language_has_every_reason() -> None:
    assert set(LEAVING_WORDS) == set(PHRASES)
    assert {len(words.choices) for words in LEAVING_WORDS.values()} == {len(LeavingReason)}
