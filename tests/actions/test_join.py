"""Joining: what is stored, what is written to whom, and how much of it at most."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import ColumnElement, Connection, Table, func, select

from publisher.actions.budgets import BUDGETS, budget
from publisher.actions.join import Confirmation, Wish, ask, confirm, confirmation_of
from publisher.actions.notices import write
from publisher.actions.preferences import choices_of
from publisher.actions.purge import purge, purge_nightly
from publisher.actions.scan import scan
from publisher.actions.send_now import publish_now
from publisher.actions.status import status
from publisher.actions.subscribe import add, everybody, subscription_of
from publisher.app import Publisher
from publisher.delivery.addresses import AddressError
from publisher.model.consent import Consent
from publisher.model.notices import Item, Payload
from publisher.model.pace import admit, us_of
from publisher.model.records import Notice
from publisher.model.subscriber import SubscriptionState
from publisher.store import audit, consents, notices, schema, subscribers
from publisher.store.database import Database
from publisher.store.schema_readers import reader_tokens
from publisher.store.schema_sending import notices as sent
from publisher.store.schema_sending import rates
from tests.mails import bodies, read
from tests.newsrooms import MONDAY, Newsroom

ADDRESS = "Bea@example.net"
SAID = "I want to get Heat by email."
FLOOD = 10_000


def wish(address: str = ADDRESS, *lists: str, origin: str = "198.51.100.7", lang: str = "en") -> Wish:
    return Wish(
        address=address,
        lists=lists or ("weekly",),
        lang=lang,
        consent=SAID,
        source="https://blog.example.com",
        origin=origin,
        network="198.51.100.0/24",
    )


def waiting(publisher: Publisher) -> list[Notice]:
    """Return the mails that are to go out."""
    with publisher.database.read() as db:
        return notices.due(db, publisher.now(db), limit=FLOOD)


def item_of(notice: Notice) -> Item:
    payload: Payload = notice.payload
    item: Item = payload["items"][0]
    return item


def token(publisher: Publisher) -> str:
    """Return the token of the newest mail with a link to confirm."""
    urls = [str(item_of(each)["url"]) for each in waiting(publisher)]
    return [url for url in urls if "/confirm/" in url][-1].rpartition("/")[2]


def joined(publisher: Publisher, *lists: str, address: str = ADDRESS, lang: str = "en") -> Confirmation:
    assert ask(publisher, wish(address, *lists, lang=lang)) is None
    done = confirm(publisher, token(publisher))
    assert done is not None
    return done


def leave(publisher: Publisher) -> None:
    """End the subscription of `ADDRESS` to the weekly list."""
    (public_id,) = {each.public_id for each in everybody(publisher) if each.address == ADDRESS}
    with publisher.database.begin() as db:
        subscribers.unsubscribe(db, public_id=public_id, list="weekly", now=publisher.now(db))


def states(publisher: Publisher) -> dict[tuple[str, str], SubscriptionState]:
    return {(each.address, each.list): each.state for each in everybody(publisher)}


def count(db: Connection, table: Table, *conditions: ColumnElement[bool]) -> int:
    return db.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one()


def set_up(newsroom: Newsroom, joining: str) -> None:
    newsroom.sets(f"[joining]\n{joining}\n")


@pytest.fixture
def anywhere(publisher: Publisher, database: Database) -> Publisher:
    """A publisher on each kind of database."""
    return replace(publisher, database=database)


def test_asking_and_confirming_is_the_same_on_each_database(anywhere: Publisher) -> None:
    assert ask(anywhere, wish(ADDRESS, "weekly", "extra")) is None
    asked = states(anywhere)
    link = token(anywhere)
    seen = confirmation_of(anywhere, link)
    done, again = confirm(anywhere, link), confirm(anywhere, link)

    assert set(asked.values()) == {SubscriptionState.PENDING}
    assert seen == Confirmation(titles=("The Weekly", "extra"), lang="en", is_done=False)
    assert done == again == confirmation_of(anywhere, link)
    assert done is not None
    assert done.is_done
    assert states(anywhere) == dict.fromkeys(asked, SubscriptionState.ACTIVE)
    assert ask(anywhere, wish(ADDRESS.lower(), "weekly")) is None
    assert Counter(each.kind for each in waiting(anywhere)) == {
        "confirm": 1,
        "first welcome": 1,
        "subscribed": 1,
    }


def test_the_consent_is_kept_for_each_list_with_all_that_proves_it(publisher: Publisher) -> None:
    joined(publisher, "weekly", "extra")

    with publisher.database.read() as db:
        (number,) = db.execute(
            select(schema.subscribers.c.id).where(schema.subscribers.c.address == ADDRESS)
        ).scalars()
        kept = consents.of_subscriber(db, number)
        rows = [(row.verb, row.subject, row.detail) for row in audit.listed(db, limit=2)]
    assert kept == [
        Consent(
            list=name,
            at=MONDAY,
            text=SAID,
            version=consents.version_of(SAID),
            source="https://blog.example.com",
            network="198.51.100.0/24",
        )
        for name in ("weekly", "extra")
    ]
    assert rows == [("subscribe", name, {"subscriber": number}) for name in ("extra", "weekly")]


def test_another_text_is_another_version_and_the_old_one_stays(publisher: Publisher) -> None:
    joined(publisher)
    ask(publisher, replace(wish(), consent="Another text."))
    confirm(publisher, token(publisher))

    with publisher.database.read() as db:
        kept = [each.text for each in consents.of_subscriber(db, everybody(publisher)[-1].subscriber)]
    assert kept == [SAID, "Another text."]


def test_the_spelling_that_was_typed_is_kept_and_offices_are_marked(publisher: Publisher) -> None:
    joined(publisher, address="Info@Mailinator.COM")
    joined(publisher, address="Bea.Bee@B\u00fccher.example", lang="de")

    with publisher.database.read() as db:
        found = schema.subscribers
        rows = db.execute(
            select(found.c.address, found.c.lang, found.c.is_role, found.c.is_disposable).order_by(found.c.id)
        ).all()
    assert [tuple(row) for row in rows[1:]] == [
        ("Info@mailinator.com", "en", True, True),
        ("Bea.Bee@xn--bcher-kva.example", "de", False, False),
    ]


def test_a_new_reader_is_welcomed_with_the_latest_issue(newsroom: Newsroom, publisher: Publisher) -> None:
    newsroom.writes("heat", title="What heat leaves behind")
    scan(publisher, patient=False)
    publish_now(publisher, "heat")

    joined(publisher)

    told = [each for each in waiting(publisher) if each.kind == "welcome"]
    assert [(each.address, item_of(each)["title"]) for each in told] == [(ADDRESS, "What heat leaves behind")]
    assert str(item_of(told[0])["url"]).startswith("https://news.example.net/issues/")


def test_who_is_on_a_list_gets_a_way_to_leave_and_to_choose_with_every_mail_about_it(
    publisher: Publisher,
) -> None:
    done = joined(publisher)
    ask(publisher, wish())

    told = {each.kind: each for each in waiting(publisher)}
    assert set(told) == {"confirm", "first welcome", "subscribed"}
    assert "leave" not in item_of(told["confirm"])
    for kind in ("first welcome", "subscribed"):
        leave, choose = (str(item_of(told[kind])[name]) for name in ("leave", "choose"))
        mail = write(publisher, told[kind], secret=b"s" * 32).body
        assert read(mail)["List-Unsubscribe"] == f"<{leave}>"
        assert read(mail)["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert all(link in body for link in (leave, choose) for body in bodies(mail))
        found = subscription_of(publisher, leave.rpartition("/")[2])
        assert found is not None
        assert (found.address, found.list) == (ADDRESS, "weekly")
        assert choices_of(publisher, choose.rpartition("/")[2]) is not None
        assert done.choose == choose


def test_nobody_is_welcomed_with_an_issue_of_a_list_that_is_not_public(newsroom: Newsroom) -> None:
    newsroom.sets("public = false\n")
    newsroom.writes("heat", lists="[extra]")
    with newsroom.opened() as publisher:
        add(publisher, "insider@example.net", lists=["extra"])
        scan(publisher, patient=False)
        publish_now(publisher, "heat")

        joined(publisher)

        assert [each.kind for each in waiting(publisher) if "welcome" in each.kind] == ["first welcome"]


def test_nobody_is_welcomed_twice_or_where_the_settings_say_no(newsroom: Newsroom) -> None:
    with newsroom.opened() as publisher:
        joined(publisher)
        joined(publisher)
        assert [each.kind for each in waiting(publisher)].count("first welcome") == 1
    set_up(newsroom, "welcome = false")
    with newsroom.opened() as publisher:
        joined(publisher, address="carl@example.net")
        assert [each.kind for each in waiting(publisher)].count("first welcome") == 1


def test_a_second_link_brings_nobody_back_who_has_left_since(newsroom: Newsroom) -> None:
    with newsroom.opened() as publisher:
        ask(publisher, wish())
        second = token(publisher)
        joined(publisher)
        newsroom.clock.passes(hours=13)
        leave(publisher)

        refused, left = confirm(publisher, second), states(publisher)
        joined(publisher)

        assert refused is None
        assert left[ADDRESS, "weekly"] is SubscriptionState.UNSUBSCRIBED
        assert states(publisher)[ADDRESS, "weekly"] is SubscriptionState.ACTIVE


def test_a_second_link_still_joins_the_lists_that_were_not_left(newsroom: Newsroom) -> None:
    with newsroom.opened() as publisher:
        ask(publisher, wish(ADDRESS, "weekly", "extra"))
        second = token(publisher)
        joined(publisher)
        newsroom.clock.passes(hours=13)
        leave(publisher)

        done = confirm(publisher, second)

        assert done is not None
        assert done.titles == ("extra",)
        assert states(publisher)[ADDRESS, "weekly"] is SubscriptionState.UNSUBSCRIBED
        assert states(publisher)[ADDRESS, "extra"] is SubscriptionState.ACTIVE


def test_a_link_for_a_list_that_is_gone_or_private_by_now_is_for_the_others_alone(
    newsroom: Newsroom,
) -> None:
    with newsroom.opened() as publisher:
        ask(publisher, wish(ADDRESS, "weekly", "extra"))
        link = token(publisher)
    newsroom.sets("public = false\n")
    with newsroom.opened() as publisher:
        done = confirm(publisher, link)
        assert done is not None
        assert done.titles == ("The Weekly",)
        assert states(publisher)[ADDRESS, "extra"] is SubscriptionState.PENDING


def test_what_a_stranger_typed_is_in_no_mail(publisher: Publisher) -> None:
    with pytest.raises(AddressError):
        ask(publisher, wish("Buy <now@example.net>"))
    ask(publisher, wish("buy-cheap-pills@example.net"))

    (told,) = waiting(publisher)
    assert "pills" not in str(told.payload)


def test_the_mail_that_is_kept_back_leaves_no_address_behind(newsroom: Newsroom) -> None:
    set_up(newsroom, 'per_address = "1/d"')
    with newsroom.opened() as publisher:
        for _ in range(3):
            ask(publisher, wish())

        with publisher.database.read() as db:
            payloads = db.execute(select(reader_tokens.c.payload)).scalars().all()
            silent = count(db, sent, sent.c.address == "")
    assert len(waiting(publisher)) == 1
    assert (payloads.count({}), silent) == (2, 2)


@given(
    rate=st.builds("{}/{}".format, st.integers(1, 50), st.sampled_from("smhd")),
    gaps=st.lists(st.floats(0, 0.6), max_size=200),
)
def test_a_budget_lets_through_as_many_as_it_says_in_any_such_time(rate: str, gaps: list[float]) -> None:
    gate = budget("x", rate)
    assert gate is not None
    most, length = int(rate[:-2]), {"s": 1, "m": 60, "h": 3600, "d": 86400}[rate[-1]] * 1_000_000
    moment, next_at, passed = us_of(MONDAY), 0, list[int]()
    for gap in gaps:
        moment += int(gap * length / most)
        answer = admit(next_at, moment, gate.interval_us, 1, gate.burst)
        next_at = answer.next_at_us
        passed += [moment] * answer.count

    for start in passed:
        assert sum(start <= each < start + length for each in passed) <= most
    assert passed or not gaps


def test_budgets_are_kept_when_the_program_starts_anew_and_tell_nobody_whose_they_are(
    newsroom: Newsroom,
) -> None:
    set_up(newsroom, 'per_network = "2/h"')
    with newsroom.opened() as publisher:
        first = ask(publisher, wish("one@example.net"))
    with newsroom.opened() as publisher:
        second = ask(publisher, wish("two@example.net"))
        elsewhere = ask(publisher, wish("two@example.net", origin="203.0.113.9"))
        with publisher.database.read() as db:
            names = " ".join(db.execute(select(rates.c.name)).scalars())

    assert (first, elsewhere) == (None, None)
    assert second == MONDAY + timedelta(minutes=30)
    assert not any(word in names for word in ("example", "one@", "198.51", "203.0"))


@pytest.mark.parametrize(
    ("limit", "refused"),
    [
        ("per_network", "198.51.100.7 any.example"),
        ("per_block", "any any.example"),
        ("per_domain", "any example.net"),
        ("in_all", "any any.example"),
    ],
)
def test_each_budget_holds_for_what_it_is_called_after(newsroom: Newsroom, limit: str, refused: str) -> None:
    set_up(newsroom, f'{limit} = "1/h"')
    origin, domain = refused.split()
    others = {"per_network": "203.0.113.9 example.net", "per_domain": "198.51.100.7 any.example"}.get(limit)
    with newsroom.opened() as publisher:
        assert ask(publisher, wish("one@example.net")) is None
        assert ask(publisher, wish(f"two@{domain}", origin=origin)) is not None
        if others:
            origin, domain = others.split()
            assert ask(publisher, wish(f"three@{domain}", origin=origin)) is None


def test_whoever_is_refused_has_used_up_nothing_else(newsroom: Newsroom) -> None:
    set_up(newsroom, 'per_network = "1/h"\nper_address = "1/d"')
    with newsroom.opened() as publisher:
        ask(publisher, wish("one@example.net"))
        refused = ask(publisher, wish("two@example.net"))
        accepted = ask(publisher, wish("two@example.net", origin="203.0.113.9"))

        assert isinstance(refused, datetime)
        assert accepted is None
        assert [each.address for each in waiting(publisher)] == ["one@example.net", "two@example.net"]


def test_a_flood_of_ten_thousand_writes_no_more_mails_than_the_budgets_allow(newsroom: Newsroom) -> None:
    set_up(newsroom, 'per_network = "20/h"\nper_block = ""\nin_all = "150/h"')
    with newsroom.opened() as publisher:
        answers = Counter(
            ask(
                publisher,
                wish(f"reader{number}@example{number % 50}.net", origin=f"198.51.100.{number % 20}"),
            )
            is None
            for number in range(FLOOD)
        )
        mails = len(waiting(publisher))
        before = time.monotonic()
        confirm(publisher, token(publisher))
        took = time.monotonic() - before

        assert answers[True] == mails <= 150
        assert answers[True] >= 70
    assert took < 5


def test_a_purge_forgets_links_that_are_over_and_budgets_that_are_full_again(newsroom: Newsroom) -> None:
    with newsroom.opened() as publisher:
        ask(publisher, wish())
        newsroom.clock.passes(hours=23)
        purge(publisher)
        with publisher.database.read() as db:
            assert count(db, reader_tokens) == 1
        newsroom.clock.passes(days=8, hours=2)
        purge(publisher)
        with publisher.database.read() as db:
            assert count(db, reader_tokens) == 0
            assert count(db, rates, rates.c.name.startswith(BUDGETS)) == 0


def test_budgets_that_have_long_been_full_again_are_forgotten_before_the_night(newsroom: Newsroom) -> None:
    set_up(newsroom, 'per_address = ""')
    with newsroom.opened() as publisher:
        ask(publisher, wish())
        purge_nightly(publisher)
        with publisher.database.read() as db:
            kept = count(db, rates, rates.c.name.startswith(BUDGETS))
        newsroom.clock.passes(hours=2)
        purge_nightly(publisher)
        with publisher.database.read() as db:
            left = count(db, rates, rates.c.name.startswith(BUDGETS))

    assert (kept, left) == (4, 0)


def test_a_network_of_many_machines_closes_the_form_to_nobody_else(newsroom: Newsroom) -> None:
    with newsroom.opened() as publisher:
        answers = [
            ask(publisher, wish(f"r{each}@example.net", origin=f"198.51.100.{each % 25}")) is None
            for each in range(250)
        ]
        elsewhere = replace(wish("new@example.net", origin="203.0.113.9"), network="203.0.113.0/24")

        assert answers.count(True) == 50
        assert ask(publisher, elsewhere) is None


def test_the_status_says_which_shared_budgets_are_empty(newsroom: Newsroom) -> None:
    set_up(newsroom, 'per_domain = "1/h"\nin_all = "2/h"')
    with newsroom.opened() as publisher:
        ask(publisher, wish("one@example.net"))
        one = status(publisher).empty_budgets
        ask(publisher, wish("one@example.com", origin="203.0.113.9"))
        newsroom.clock.passes(hours=1)
        ask(publisher, wish("two@example.com", origin="203.0.113.9"))
        later = status(publisher).empty_budgets

    assert one == {"per_domain": 1, "in_all": 1}
    assert later == {"per_domain": 1, "in_all": 1}
