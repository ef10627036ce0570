"""What readers choose with the link of their mails: each form does its own thing, and tells nobody else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import UTC, datetime, timedelta

import html5lib
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from publisher.actions.addressing import address_hash, suppression_secret
from publisher.actions.budgets import Asker, spend
from publisher.actions.notices import write
from publisher.actions.preferences import CHOSEN
from publisher.actions.subscribe import everybody
from publisher.actions.tick import tick
from publisher.app import Publisher
from publisher.delivery import tokens
from publisher.model.phrases import PHRASES
from publisher.model.subscriber import SuppressionReason
from publisher.store import audit, consents, keys, notices, subscribers
from publisher.web.preferences import Said
from publisher.web.routes import site
from publisher.web.sentences import SENTENCES
from publisher.web.words_of_answers import ANSWER_WORDS
from publisher.web.words_of_choices import CHOICE_WORDS, LANGUAGES
from publisher.web.words_of_help import HELP_WORDS
from tests.mails import bodies
from tests.web.newsroom import NOW, MovedClock
from tests.web.readers import OWN, READER, chosen, contents, mailed, states, token_for, with_lists

WORDS, ANSWERS, HELP = CHOICE_WORDS["en"], ANSWER_WORDS["en"], HELP_WORDS["en"]
NEW = "ada@lovelace.example"


@pytest.fixture
def publisher(publisher: Publisher) -> Publisher:
    return with_lists(publisher)


@pytest.fixture
def token(publisher: Publisher) -> str:
    return token_for(publisher)


@pytest.fixture
def reader(publisher: Publisher) -> Iterator[TestClient]:
    with TestClient(site(publisher), follow_redirects=False, headers=OWN) as client:
        yield client


def boxes(html: str, name: str) -> dict[str, bool]:
    """Return the boxes of that name on a page, and which are checked."""
    found = html5lib.parse(html, namespaceHTMLElements=False).iterfind(f".//input[@name='{name}']")
    return {box.get("value", ""): box.get("checked") is not None for box in found}


def suppress(publisher: Publisher, address: str, reason: SuppressionReason) -> str:
    with publisher.database.begin() as db:
        hashed = address_hash(suppression_secret(keys.every(db)), address)
        subscribers.suppress(db, address_hash=hashed, reason=reason, now=NOW)
    return hashed


def test_the_page_shows_what_there_is_to_choose_and_the_address_to_nobody(
    reader: TestClient, token: str
) -> None:
    page = reader.get(f"/preferences/{token}")

    assert page.status_code == 200
    assert boxes(page.text, "list") == {"weekly": True, "daily": False}
    assert boxes(page.text, "topic")["energy"] is False
    assert "a…@example.net" in page.text
    assert READER not in page.text
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "same-origin"
    assert "set-cookie" not in page.headers


def test_a_private_list_is_shown_to_those_who_are_on_it(publisher: Publisher, reader: TestClient) -> None:
    token = token_for(publisher, lists=["weekly", "board"])

    before = boxes(reader.get(f"/preferences/{token}").text, "list")
    reader.post(f"/preferences/{token}", data={"list": ["weekly"]})
    after = boxes(reader.get(f"/preferences/{token}").text, "list")

    assert before == {"weekly": True, "daily": False, "board": True}
    assert after == {"weekly": True, "daily": False}


def test_nobody_joins_a_private_list_by_naming_it(
    publisher: Publisher, reader: TestClient, token: str
) -> None:
    reader.post(f"/preferences/{token}", data={"list": ["weekly", "board", "nothing"]})

    assert states(publisher, token) == {"weekly": "active"}


def test_lists_topics_and_language_are_saved_and_then_shown(
    publisher: Publisher, reader: TestClient, token: str
) -> None:
    answer = reader.post(
        f"/preferences/{token}", data={"list": ["daily"], "topic": ["energy", "made up"], "lang": "de"}
    )
    page = reader.get(answer.headers["location"])

    assert answer.status_code == 303
    assert answer.headers["location"] == f"/preferences/{token}?said=saved"
    assert ANSWER_WORDS["de"].saved in page.text
    assert boxes(page.text, "list") == {"weekly": False, "daily": True}
    assert boxes(page.text, "topic")["energy"] is True
    assert states(publisher, token) == {"weekly": "unsubscribed", "daily": "active"}
    assert chosen(publisher, token).topics == {"energy"}
    assert chosen(publisher, token).lang == "de"


def test_joining_a_list_is_kept_as_a_consent_and_leaving_one_is_not(
    publisher: Publisher, reader: TestClient, token: str
) -> None:
    reader.post(f"/preferences/{token}", data={"list": "daily"})

    with publisher.database.read() as db:
        (consent,) = consents.of_subscriber(db, chosen(publisher, token).subscriber)
    assert (consent.list, consent.source, consent.text) == ("daily", "/preferences", CHOSEN)


def test_who_has_left_everything_comes_back_by_a_mail_and_not_by_an_old_link(
    publisher: Publisher, reader: TestClient, token: str
) -> None:
    reader.post(f"/preferences/{token}", data={})
    answer = reader.post(f"/preferences/{token}", data={"list": "daily", "topic": "energy", "lang": "de"})
    before, topics = states(publisher, token), chosen(publisher, token).topics
    ((kind, address, link),) = mailed(publisher)
    reader.post(link)

    assert answer.status_code == 200
    assert ANSWER_WORDS["de"].mailed in answer.text
    assert boxes(answer.text, "topic")["energy"] is True
    assert (kind, address, topics) == ("confirm", READER, frozenset({"energy"}))
    assert before == {"weekly": "unsubscribed", "daily": "pending"}
    assert states(publisher, token) == {"weekly": "unsubscribed", "daily": "active"}
    with publisher.database.read() as db:
        (consent,) = consents.of_subscriber(db, chosen(publisher, token).subscriber)
    assert (consent.list, consent.source, consent.text) == ("daily", "/preferences", CHOSEN)


def test_who_comes_back_by_an_old_link_too_often_waits(
    publisher: Publisher, reader: TestClient, token: str
) -> None:
    reader.post(f"/preferences/{token}", data={})
    answers = [reader.post(f"/preferences/{token}", data={"list": "weekly"}) for _ in range(30)]

    assert answers[-1].status_code == 429
    assert states(publisher, token) == {"weekly": "unsubscribed"}
    assert 1 <= len([row for row in contents(publisher)["notices"] if READER in row]) < 10


def test_who_chooses_no_topic_and_no_language_is_back_at_what_everybody_gets(
    publisher: Publisher, reader: TestClient, token: str
) -> None:
    reader.post(f"/preferences/{token}", data={"list": "weekly", "topic": "energy", "lang": "ja"})
    reader.post(f"/preferences/{token}", data={"list": "weekly", "lang": "xx"})

    assert chosen(publisher, token).topics == frozenset()
    assert chosen(publisher, token).lang is None


def test_saving_the_same_again_changes_no_subscription(
    publisher: Publisher, reader: TestClient, clock: MovedClock, token: str
) -> None:
    before = contents(publisher)["subscriptions"]
    clock.moves(timedelta(days=1))

    reader.post(f"/preferences/{token}", data={"list": "weekly"})

    assert contents(publisher)["subscriptions"] == before


def test_a_pause_ends_by_itself_when_its_day_begins(
    publisher: Publisher, reader: TestClient, clock: MovedClock, token: str
) -> None:
    answer = reader.post(f"/preferences/{token}/pause", data={"until": "2026-10-20"})
    page = reader.get(answer.headers["location"])
    clock.now = datetime(2026, 10, 19, 23, 59, tzinfo=UTC)
    tick(publisher)
    last = states(publisher, token)
    clock.moves(timedelta(minutes=1))
    tick(publisher)

    assert ANSWERS.pause_set in page.text
    assert WORDS.paused.format("20 October 2026") in page.text
    assert last == {"weekly": "paused"}
    assert states(publisher, token) == {"weekly": "active"}


def test_a_pause_can_be_ended_and_what_is_joined_meanwhile_takes_part_in_it(
    publisher: Publisher, reader: TestClient, token: str
) -> None:
    reader.post(f"/preferences/{token}/pause", data={"until": "2026-10-20"})
    reader.post(f"/preferences/{token}", data={"list": ["weekly", "daily"]})
    paused = states(publisher, token)

    reader.post(f"/preferences/{token}/resume")

    assert paused == {"weekly": "paused", "daily": "paused"}
    assert states(publisher, token) == {"weekly": "active", "daily": "active"}


def test_a_pause_brings_nobody_back_who_has_left(
    publisher: Publisher, reader: TestClient, clock: MovedClock, token: str
) -> None:
    reader.post(f"/preferences/{token}", data={})
    reader.post(f"/preferences/{token}/pause", data={"until": "2026-10-20"})
    clock.moves(timedelta(days=30))
    tick(publisher)

    assert states(publisher, token) == {"weekly": "unsubscribed"}


@pytest.mark.parametrize(
    "day", ["", "2026-10-06", "2020-01-01", "2027-10-08", "tomorrow", "2026-13-40", "\x00"]
)
def test_a_day_that_is_none_to_pause_until_is_said_at_the_form(
    publisher: Publisher, reader: TestClient, token: str, day: str
) -> None:
    answer = reader.post(f"/preferences/{token}/pause", data={"until": day})

    assert answer.status_code == 422
    assert ANSWERS.wrong_day in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert states(publisher, token) == {"weekly": "active"}


@pytest.mark.parametrize("said", sorted(set(Said) - {Said.SAVED, Said.PAUSE_SET, Said.RESUMED}))
def test_a_link_that_was_passed_on_claims_no_mail_that_was_not_sent(
    reader: TestClient, token: str, said: Said
) -> None:
    page = reader.get(f"/preferences/{token}?said={said}")

    assert page.text == reader.get(f"/preferences/{token}").text


@pytest.mark.parametrize("reason", [SuppressionReason.COMPLAINT, SuppressionReason.HARD_BOUNCE])
@pytest.mark.parametrize("lang", sorted(ANSWER_WORDS))
def test_a_reader_who_is_not_mailed_is_told_so_and_whom_to_write_to(
    publisher: Publisher, reader: TestClient, token: str, reason: SuppressionReason, lang: str
) -> None:
    told, reply_to = ANSWER_WORDS[lang].no_mail, publisher.settings.masthead().reply_to
    reader.post(f"/preferences/{token}", data={"list": "weekly", "lang": lang})
    before = reader.get(f"/preferences/{token}?said=saved")
    suppress(publisher, READER, reason)
    after = reader.get(f"/preferences/{token}?said=saved")

    assert told not in before.text
    assert ANSWER_WORDS[lang].saved in after.text
    assert f'{told} <a href="mailto:{reply_to}"><bdi>{reply_to}</bdi></a>' in after.text


def test_who_has_lost_the_old_mailbox_is_told_whom_to_write_to(
    publisher: Publisher, reader: TestClient, token: str
) -> None:
    reply_to = publisher.settings.masthead().reply_to

    page = reader.get(f"/preferences/{token}")

    assert f'{ANSWERS.lost_mailbox} <a href="mailto:{reply_to}"><bdi>{reply_to}</bdi></a>' in page.text


@pytest.mark.parametrize(("path", "kind"), [("data", "own data"), ("erase", "erase")])
def test_data_and_erasure_are_confirmed_by_a_mail_to_the_address_that_we_know(
    publisher: Publisher, reader: TestClient, token: str, path: str, kind: str
) -> None:
    page = reader.post(f"/preferences/{token}/{path}")

    ((told, address, link),) = mailed(publisher)
    assert page.status_code == 200
    assert ANSWERS.mailed in page.text
    assert (told, address) == (kind, READER)
    assert link.startswith(f"/{path}/")
    assert link not in page.text


def test_the_budgets_of_joining_hold_for_new_addresses_too(
    publisher: Publisher, reader: TestClient, token: str
) -> None:
    with publisher.database.begin() as db:
        secret = suppression_secret(keys.every(db))
        for number in range(1000):
            asker = Asker(address_key=f"{number}@x.example", domain="x.example")
            spend(db, publisher.settings.joining, asker, secret=secret, now=publisher.now(db))

    refused = reader.post(f"/preferences/{token}/address", data={"address": "new@x.example"})
    elsewhere = reader.post(f"/preferences/{token}/address", data={"address": NEW})

    assert (refused.status_code, elsewhere.status_code) == (429, 200)
    assert {address for _, address, _ in mailed(publisher)} == {READER, NEW}


def test_the_audit_has_real_changes_alone_and_not_without_end(
    publisher: Publisher, reader: TestClient, token: str
) -> None:
    for _ in range(3):
        reader.post(f"/preferences/{token}", data={"list": ["weekly"], "lang": "de"})
    with publisher.database.read() as db:
        once = [row.verb for row in audit.listed(db, subject="preferences")]
    for number in range(80):
        reader.post(f"/preferences/{token}", data={"list": ["weekly"], "lang": ("fr", "de")[number % 2]})

    with publisher.database.read() as db:
        assert once == ["choose"]
        assert len(audit.listed(db, subject="preferences")) == 30


@pytest.mark.parametrize("path", ["data", "erase", "address"])
def test_a_link_that_was_passed_on_floods_nobody(
    publisher: Publisher, reader: TestClient, clock: MovedClock, token: str, path: str
) -> None:
    asked = [
        reader.post(f"/preferences/{token}/{path}", data={"address": f"{n}@x.example"}) for n in range(5)
    ]
    mails = len(mailed(publisher))
    clock.moves(timedelta(days=1))
    later = reader.post(f"/preferences/{token}/{path}", data={"address": NEW})

    assert [answer.status_code for answer in asked] == [200, 200, 200, 429, 429]
    assert ANSWERS.too_often in asked[-1].text
    assert mails == (6 if path == "address" else 3)
    assert later.status_code == 200


def test_one_address_is_not_flooded_by_many_readers_who_want_to_move_to_it(
    publisher: Publisher, reader: TestClient
) -> None:
    owners = [token_for(publisher, address=f"reader{number}@example.net") for number in range(5)]

    for owner in owners:
        reader.post(f"/preferences/{owner}/address", data={"address": NEW})

    assert len([address for _, address, _ in mailed(publisher) if address == NEW]) == 2


def test_an_address_changes_once_both_sides_have_agreed(
    publisher: Publisher, reader: TestClient, token: str
) -> None:
    number = chosen(publisher, token).subscriber
    asked = reader.post(f"/preferences/{token}/address", data={"address": "Ada@Lovelace.Example"})
    (leave, old, old_link), (change, new, new_link) = mailed(publisher)
    half = reader.post(new_link)
    between = chosen(publisher, token).address
    done = reader.post(old_link)

    assert (asked.status_code, ANSWERS.mailed_both in asked.text) == (200, True)
    assert (leave, old, change, new) == ("leave address", READER, "change address", "Ada@lovelace.example")
    assert ANSWERS.half_text in half.text
    assert between == READER
    assert ANSWERS.changed_text in done.text
    moved = token_for(publisher, address="Ada@lovelace.example")
    assert chosen(publisher, moved).subscriber == number
    assert reader.get(f"/preferences/{token}").status_code == 404
    assert mailed(publisher)[-1][:2] == ("address changed", READER)


@pytest.mark.parametrize("side", [0, 1])
def test_one_side_alone_changes_no_address_however_often_it_agrees(
    publisher: Publisher, reader: TestClient, token: str, side: int
) -> None:
    reader.post(f"/preferences/{token}/address", data={"address": NEW})
    link = mailed(publisher)[side][2]

    answers = [reader.post(link) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 404, 404]
    assert chosen(publisher, token).address == READER


def test_sides_of_two_wishes_do_not_add_up(publisher: Publisher, reader: TestClient, token: str) -> None:
    reader.post(f"/preferences/{token}/address", data={"address": "eve@x.example"})
    reader.post(f"/preferences/{token}/address", data={"address": NEW})
    (_, _, old_of_first), _, _, (_, _, new_of_second) = mailed(publisher)

    reader.post(old_of_first)
    reader.post(new_of_second)

    assert chosen(publisher, token).address == READER


def test_agreement_does_not_wait_longer_than_a_day(
    publisher: Publisher, reader: TestClient, clock: MovedClock, token: str
) -> None:
    reader.post(f"/preferences/{token}/address", data={"address": NEW})
    (_, _, old), (_, _, new) = mailed(publisher)
    reader.post(old)
    clock.moves(timedelta(hours=24))

    assert reader.post(new).status_code == 404
    assert chosen(publisher, token).address == READER


def test_moving_to_an_address_that_is_known_takes_the_lists_there(
    publisher: Publisher, reader: TestClient
) -> None:
    other = token_for(publisher, address=NEW, lists=["daily"])
    token = token_for(publisher, lists=["weekly", "daily"])
    reader.post(f"/preferences/{token}/address", data={"address": NEW})
    for _, _, link in mailed(publisher):
        reader.post(link)

    assert states(publisher, other) == {"weekly": "active", "daily": "active"}
    assert reader.get(f"/preferences/{token}").status_code == 404


def test_whether_an_address_is_known_is_not_told(
    publisher: Publisher, reader: TestClient, token: str
) -> None:
    token_for(publisher, address="known@x.example")
    suppress(publisher, "angry@x.example", SuppressionReason.COMPLAINT)

    answers = [
        reader.post(f"/preferences/{token}/address", data={"address": address})
        for address in ("new@x.example", "known@x.example", "angry@x.example")
    ]

    assert len({(answer.status_code, answer.text) for answer in answers}) == 1
    assert "angry@x.example" not in {address for _, address, _ in mailed(publisher)}


@pytest.mark.parametrize(
    ("reason", "left"),
    [
        (SuppressionReason.ERASED, None),
        (SuppressionReason.HARD_BOUNCE, None),
        (SuppressionReason.COMPLAINT, SuppressionReason.COMPLAINT),
        (SuppressionReason.BY_HAND, SuppressionReason.BY_HAND),
    ],
)
def test_who_moves_to_an_address_asks_for_mail_there_but_a_graver_reason_stays(
    publisher: Publisher,
    reader: TestClient,
    token: str,
    reason: SuppressionReason,
    left: SuppressionReason | None,
) -> None:
    reader.post(f"/preferences/{token}/address", data={"address": NEW})
    hashed = suppress(publisher, NEW, reason)

    for _, _, link in mailed(publisher):
        reader.post(link)

    with publisher.database.read() as db:
        assert subscribers.suppression(db, hashed) is left


@pytest.mark.parametrize("typed", ["ada", "a b@x.example", "x@y\r\nBcc: z@x.example", '"><script>@x.example'])
def test_what_is_no_address_is_said_at_the_form_and_kept_there(
    publisher: Publisher, reader: TestClient, token: str, typed: str
) -> None:
    answer = reader.post(f"/preferences/{token}/address", data={"address": typed})

    assert answer.status_code == 422
    assert ANSWERS.wrong_address in answer.text
    assert "<script>" not in answer.text
    assert mailed(publisher) == []


@pytest.mark.parametrize(("typed", "told"), [("", "no_address"), ("a@x.example; b@x.example", "one_address")])
def test_an_address_that_is_missing_or_more_than_one_is_called_so(
    publisher: Publisher, reader: TestClient, token: str, typed: str, told: str
) -> None:
    answer = reader.post(f"/preferences/{token}/address", data={"address": typed})

    assert answer.status_code == 422
    assert getattr(HELP, told) in answer.text
    assert answer.text.partition("<title>")[2].startswith(HELP.error.format(WORDS.title))
    assert mailed(publisher) == []


def test_the_old_mailbox_is_told_which_address_comes_and_the_new_one_only_itself(
    publisher: Publisher, reader: TestClient, token: str
) -> None:
    reader.post(f"/preferences/{token}/address", data={"address": NEW})
    with publisher.database.read() as db:
        leave, change = notices.due(db, publisher.now(db))
    texts = {told.kind: write(publisher, told, secret=b"s" * 32).body for told in (leave, change)}
    (_, _, old_link), (_, _, new_link) = mailed(publisher)

    at_old, at_new = reader.get(old_link).text, reader.get(new_link).text
    half_old, done = reader.post(old_link).text, reader.post(new_link).text

    assert all(f"a…@example.net, and then it is {NEW}" in text for text in bodies(texts["leave address"]))
    assert all(NEW in text and "example.net" not in text for text in bodies(texts["change address"]))
    assert all(NEW in page for page in (at_old, at_new, half_old, done))
    assert "a…@example.net" in at_old
    assert "a…@example.net" not in at_new


def test_whoever_wants_to_move_where_mail_comes_already_is_told_so_by_mail_alone(
    publisher: Publisher, reader: TestClient, token: str
) -> None:
    other = reader.post(f"/preferences/{token}/address", data={"address": NEW})
    same = reader.post(f"/preferences/{token}/address", data={"address": READER})

    assert (same.status_code, same.text) == (other.status_code, other.text)
    assert mailed(publisher)[2:] == [("same address", READER, "/")]


def test_a_link_that_was_used_says_so_in_the_readers_language(
    publisher: Publisher, reader: TestClient, token: str
) -> None:
    reader.post(f"/preferences/{token}", data={"list": "weekly", "lang": "de"})
    reader.post(f"/preferences/{token}/data")
    ((_, _, link),) = mailed(publisher)
    reader.post(link)

    for answer in (reader.get(link), reader.post(link)):
        assert answer.status_code == 404
        assert HELP_WORDS["de"].used in answer.text
        assert "<form" not in answer.text


def test_whoever_leaves_the_last_list_is_told_that_nothing_comes(
    publisher: Publisher, reader: TestClient, token: str
) -> None:
    some = reader.post(f"/preferences/{token}", data={"list": ["weekly", "daily"]})
    fewer = reader.post(f"/preferences/{token}", data={"list": "daily"})
    none = reader.post(f"/preferences/{token}")

    assert [each.headers["location"].partition("?")[2] for each in (some, fewer, none)] == [
        "said=saved",
        "said=saved",
        "said=none_left",
    ]
    assert HELP.none_left in reader.get(none.headers["location"]).text
    reader.post(f"/preferences/{token}", data={"list": "daily"})
    reader.post(mailed(publisher)[-1][2])
    assert HELP.none_left not in reader.get(none.headers["location"]).text


def test_data_are_downloaded_once_and_hold_what_is_known(
    publisher: Publisher, reader: TestClient, token: str
) -> None:
    reader.post(f"/preferences/{token}/data")
    ((_, _, link),) = mailed(publisher)

    shown, got, again = reader.get(link), reader.post(link), reader.post(link)

    assert ANSWERS.data_ask in shown.text
    assert got.headers["content-disposition"] == 'attachment; filename="my-data.json"'
    assert got.headers["cache-control"] == "no-store"
    assert got.json()["reader"]["address"] == READER
    (own,) = got.json()["subscriptions"]
    assert (own["list"], own["title"], own["state_before"]) == ("weekly", "The Weekly", None)
    assert got.json()["reader"]["mails_that_came_back_lately"] == 0
    assert {"address_key", "score", "scored_at", "before"}.isdisjoint(got.json()["reader"] | own)
    assert again.status_code == 404


def test_who_is_erased_is_gone_and_not_brought_back_by_an_import(
    publisher: Publisher, reader: TestClient, token: str
) -> None:
    reader.post(f"/preferences/{token}/erase")
    ((_, _, link),) = mailed(publisher)

    shown, done, again = reader.get(link), reader.post(link), reader.post(link)
    token_for_nobody = reader.get(f"/preferences/{token}")

    assert ANSWERS.erase_ask in shown.text
    assert ANSWERS.erased_text in done.text
    assert again.status_code == 404
    assert token_for_nobody.status_code == 404
    assert everybody(publisher) == []


@pytest.mark.parametrize("path", ["", "/pause", "/resume", "/address", "/data", "/erase"])
def test_another_site_chooses_nothing(
    publisher: Publisher, reader: TestClient, token: str, path: str
) -> None:
    before = contents(publisher)

    for headers in ({"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}):
        answer = reader.post(
            f"/preferences/{token}{path}", data={"until": "2026-10-20", "address": NEW}, headers=headers
        )
        assert answer.status_code == 403
    assert contents(publisher) == before


@pytest.mark.parametrize("path", ["change", "erase", "data"])
def test_another_site_presses_no_button_of_a_mail(
    publisher: Publisher, reader: TestClient, token: str, path: str
) -> None:
    reader.post(f"/preferences/{token}/{'address' if path == 'change' else path}", data={"address": NEW})
    before = contents(publisher)

    answer = reader.post(mailed(publisher)[0][2], headers={"sec-fetch-site": "cross-site"})

    assert answer.status_code == 403
    assert contents(publisher) == before


@pytest.mark.parametrize("path", ["", "/pause", "/resume", "/address", "/data", "/erase"])
def test_the_link_of_a_test_mail_chooses_for_nobody(
    publisher: Publisher, reader: TestClient, path: str
) -> None:
    token = token_for(publisher, tokens.TEST)
    before = contents(publisher)

    shown = reader.get(f"/preferences/{token}")
    done = reader.post(f"/preferences/{token}{path}", data={"address": NEW, "until": "2026-10-20"})

    assert SENTENCES["en"].tested in shown.text
    assert SENTENCES["en"].tested in done.text
    assert contents(publisher) == before


HOSTILE = st.text(max_size=60) | st.sampled_from(
    [
        "'; DROP TABLE topics; --",
        "<script>alert(1)</script>",
        "../../etc/passwd",
        "\x00",
        "{{ 7*7 }}",
        "%0d%0aX: y",
    ]
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(["", "/pause", "/address"]),
    sent=st.dictionaries(st.sampled_from(["list", "topic", "lang", "until", "address"]), HOSTILE),
)
def test_no_form_fails_whatever_is_sent(
    reader: TestClient, token: str, path: str, sent: dict[str, str]
) -> None:
    answer = reader.post(f"/preferences/{token}{path}", data=sent)

    assert answer.status_code in (303, 422, 429)
    assert "<script>alert" not in answer.text
    assert answer.headers.get("location", "/preferences/").startswith("/preferences/")


def test_a_form_of_too_many_fields_is_refused(reader: TestClient, token: str) -> None:
    answer = reader.post(f"/preferences/{token}", data={"topic": ["x"] * 500})

    assert answer.status_code == 400


def test_what_a_link_says_was_done_is_one_of_our_own_sentences(reader: TestClient, token: str) -> None:
    page = reader.get(f"/preferences/{token}", params={"said": "You have won"})

    assert "You have won" not in page.text
    assert 'role="status"' not in page.text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_speaks_the_readers_language(reader: TestClient, token: str, lang: str) -> None:
    reader.post(f"/preferences/{token}", data={"list": "weekly", "lang": lang})

    page = reader.get(f"/preferences/{token}").text

    words = CHOICE_WORDS[lang]
    for field in fields(words):
        if field.name not in ("paused", "resume"):
            assert getattr(words, field.name) in page
    assert f'<html lang="{lang}" dir="{"rtl" if lang == "ar" else "ltr"}">' in page


def test_pages_of_choices_speak_every_language_that_mails_speak() -> None:
    assert set(CHOICE_WORDS) == set(ANSWER_WORDS) == set(LANGUAGES) == set(PHRASES)
    assert {said.value for said in Said} <= {field.name for field in (*fields(ANSWERS), *fields(HELP))}
    assert set(HELP_WORDS) == set(PHRASES)


def test_below_a_home_with_a_path_every_form_leads_there(open_copy: Callable[..., Publisher]) -> None:
    publisher = with_lists(open_copy(home_url="https://example.org/news"))
    token = token_for(publisher)

    with TestClient(site(publisher), follow_redirects=False, headers=OWN) as reader:
        page = reader.get(f"/news/preferences/{token}")
        saved = reader.post(f"/news/preferences/{token}", data={"list": "daily"})

    forms = re.findall(r'<form method="post" action="([^"]+)"', page.text)
    assert len(forms) == 5
    assert all(form.startswith(f"/news/preferences/{token}") for form in forms)
    assert saved.headers["location"] == f"/news/preferences/{token}?said=saved"
    assert states(publisher, token) == {"weekly": "unsubscribed", "daily": "active"}
