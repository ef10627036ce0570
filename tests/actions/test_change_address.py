"""Whoever has moved is not at the old address any more: no mail, no link and no erasure says otherwise."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from sqlalchemy import select

from publisher.actions import join, leaving
from publisher.actions.addressing import address_hash, suppression_secret
from publisher.actions.asking_readers import ask_for_data, ask_to_change_address, ask_to_erase
from publisher.actions.change_address import MOVED, Moved, change_address
from publisher.actions.erase import erase, erase_by_link
from publisher.actions.own_data import data_by_link, data_of
from publisher.actions.preferences import Wish, choices_of, save
from publisher.actions.subscribe import add, everybody, subscription_of, unsubscribe
from publisher.actions.suppress import lift, suppress
from publisher.app import Publisher
from publisher.delivery import addresses, tokens
from publisher.errors import TransitionError
from publisher.model.choices import Choices
from publisher.model.reader_token import TokenPurpose
from publisher.model.subscriber import Added, SuppressionReason
from publisher.store import choices, consents, keys, reader_tokens, subscribers
from publisher.store.schema_readers import reader_tokens as tokens_table
from publisher.store.schema_sending import notices
from tests.newsrooms import READER, Newsroom
from tests.web.readers import contents, mailed, with_lists

OLD = "zerubbabel@old.example"
NEW = "zerubbabel@new.example"


@pytest.fixture
def publisher(newsroom: Newsroom) -> Iterator[Publisher]:
    with newsroom.opened() as opened:
        yield with_lists(opened)


@pytest.fixture(params=["sqlite", "postgresql"])
def on_each(request: pytest.FixtureRequest, newsroom: Newsroom) -> Iterator[Publisher]:
    if request.param == "postgresql":
        newsroom.sets(f'[database]\nurl = "{request.getfixturevalue("postgresql_url")}"\n')
    with newsroom.opened() as opened:
        yield with_lists(opened)


def reader(publisher: Publisher, address: str = OLD, *lists: str) -> Choices:
    """Return a reader, who is added if there is none."""
    key = addresses.normalise(addresses.parse(address))
    with publisher.database.read() as db:
        number = choices.number_of(db, key)
    if number is None:
        add(publisher, address, lists=lists or ["weekly"])
    with publisher.database.read() as db:
        number = choices.number_of(db, key)
        found = choices.of(db, number) if number else None
    assert found is not None
    return found


def links(publisher: Publisher, found: Choices, to: str = NEW) -> list[str]:
    """Let a reader ask for another address, and return the tokens that both sides got."""
    assert ask_to_change_address(publisher, found, to)
    return [path.rpartition("/")[2] for _, _, path in mailed(publisher)[-2:]]


def move(publisher: Publisher, found: Choices, to: str = NEW) -> None:
    results = [change_address(publisher, token) for token in links(publisher, found, to)]
    assert results == [Moved.HALF, Moved.CHANGED]


def of_a_mail(publisher: Publisher, found: Choices, purpose: str = tokens.UNSUBSCRIBE) -> str:
    """Return the token of a mail as it went to a reader."""
    with publisher.database.read() as db:
        kid, secret = keys.current(db)
    return tokens.make(secret, kid=str(kid), public_id=found.public_id, list="weekly", purpose=purpose)


def why_not(publisher: Publisher, address: str) -> SuppressionReason | None:
    with publisher.database.read() as db:
        hashed = address_hash(suppression_secret(keys.every(db)), address)
        return subscribers.suppression(db, hashed)


def addresses_of(publisher: Publisher) -> list[str]:
    return sorted({each.address for each in everybody(publisher)} - {READER})


def test_who_has_moved_is_not_added_back_at_the_old_address_not_even_after_an_erasure(
    publisher: Publisher,
) -> None:
    move(publisher, reader(publisher))

    moved = add(publisher, OLD, lists=["weekly"])
    erase(publisher, reader(publisher, NEW).subscriber)
    erased = add(publisher, OLD, lists=["weekly"])

    assert moved == erased == {"weekly": Added.SUPPRESSED}
    assert addresses_of(publisher) == []
    assert why_not(publisher, OLD) is SuppressionReason.MOVED


def test_only_the_owner_of_the_old_address_can_have_mail_sent_there_again(publisher: Publisher) -> None:
    move(publisher, reader(publisher))
    with pytest.raises(TransitionError, match="its owner moved to another one"):
        lift(publisher, OLD)
    wish = join.Wish(
        address=OLD, lists=("weekly",), lang="en", consent="Yes.", source="/", origin="o", network=""
    )

    join.ask(publisher, wish)
    asked = addresses_of(publisher)
    join.confirm(publisher, mailed(publisher)[-1][2].rpartition("/")[2])

    assert asked == [NEW]
    assert addresses_of(publisher) == [NEW, OLD]
    assert why_not(publisher, OLD) is None


def test_who_moves_back_is_mailed_there_and_no_more_at_the_other(publisher: Publisher) -> None:
    move(publisher, reader(publisher))
    move(publisher, reader(publisher, NEW), to=OLD)

    assert addresses_of(publisher) == [OLD]
    assert why_not(publisher, OLD) is None
    assert why_not(publisher, NEW) is SuppressionReason.MOVED


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (SuppressionReason.HARD_BOUNCE, SuppressionReason.MOVED),
        (SuppressionReason.BY_HAND, SuppressionReason.BY_HAND),
        (SuppressionReason.COMPLAINT, SuppressionReason.COMPLAINT),
    ],
)
def test_a_move_makes_no_light_of_what_was_said_of_the_old_address(
    publisher: Publisher, before: SuppressionReason, after: SuppressionReason
) -> None:
    found = reader(publisher)
    suppress(publisher, OLD, reason=before)

    move(publisher, found)

    assert why_not(publisher, OLD) is after


def test_another_spelling_of_the_same_address_is_no_move(publisher: Publisher) -> None:
    found = reader(publisher)

    move(publisher, found, to=OLD.replace("z", "Z"))

    assert addresses_of(publisher) == [OLD.replace("z", "Z")]
    assert why_not(publisher, OLD) is None
    assert choices_of(publisher, of_a_mail(publisher, found, tokens.PREFERENCES)) is not None


@pytest.mark.parametrize("known", [False, True])
def test_after_a_move_and_an_erasure_no_row_names_any_of_the_addresses(
    on_each: Publisher, *, known: bool
) -> None:
    found = reader(on_each, "Zerubbabel@Old.example", "weekly", "daily")
    ask_for_data(on_each, found)
    if known:
        reader(on_each, NEW)
    move(on_each, found)
    before = contents(on_each)

    erase(on_each, reader(on_each, NEW).subscriber)

    assert "zerubbabel" in str(before["notices"]).lower()
    assert "zerubbabel" not in str(contents(on_each)).lower()


@pytest.mark.parametrize("asked", ["JÖRG@öl.example", "jörg@öl.example"])
def test_capitals_of_any_script_are_no_hiding_place(on_each: Publisher, asked: str) -> None:
    wish = join.Wish(
        address=asked, lists=("weekly",), lang="en", consent="Yes.", source="/", origin="o", network=""
    )
    found = reader(on_each, "Jörg@öl.example")
    join.ask(on_each, wish)
    other = reader(on_each, "other@x.example")
    links(on_each, other, asked)

    erase(on_each, found.subscriber)

    left = str(contents(on_each)).lower()
    assert "jörg" not in left
    assert "j\\u00f6rg" not in left


def test_a_typed_address_is_forgotten_also_when_its_link_is_older_than_links_get(
    publisher: Publisher,
) -> None:
    found = reader(publisher)
    links(publisher, found)
    with publisher.database.begin() as db:
        db.execute(tokens_table.delete())

    erase(publisher, found.subscriber)

    with publisher.database.read() as db:
        assert list(db.scalars(select(notices.c.address))) == []


def test_links_mailed_to_the_old_address_open_nothing_after_a_move(publisher: Publisher) -> None:
    found = reader(publisher)
    ask_for_data(publisher, found)
    ask_to_erase(publisher, found)
    for_data, to_erase = (path.rpartition("/")[2] for _, _, path in mailed(publisher))
    with publisher.database.begin() as db:
        for number, subscriber in enumerate((found.subscriber, None)):
            reader_tokens.keep(
                db,
                f"{number}" * 22,
                purpose=TokenPurpose.CONFIRM,
                subscriber=subscriber,
                payload={"address": OLD, "lists": ["daily"], "lang": "en"},
                address_key=OLD,
                now=publisher.now(db),
            )

    move(publisher, found)

    assert data_by_link(publisher, for_data) == {}
    assert not erase_by_link(publisher, to_erase)
    assert [join.confirm(publisher, each * 22) for each in "01"] == [None, None]
    assert addresses_of(publisher) == [NEW]


@pytest.mark.parametrize("known", [False, True])
def test_old_mails_end_a_subscription_after_a_move_and_do_nothing_else(
    publisher: Publisher, *, known: bool
) -> None:
    found = reader(publisher)
    if known:
        reader(publisher, NEW, "daily")
    move(publisher, found)
    old = of_a_mail(publisher, found)

    ended = unsubscribe(publisher, old)
    undone = leaving.undo(publisher, old)

    assert choices_of(publisher, of_a_mail(publisher, found, tokens.PREFERENCES)) is None
    assert ended is not None
    assert ended.is_former
    assert (ended.address, ended.state.value) == (NEW, "unsubscribed")
    assert undone is not None
    assert undone.state.value == "unsubscribed"
    assert not leaving.can_be_undone(publisher, undone)


def test_mails_to_each_of_the_earlier_addresses_end_the_subscription(publisher: Publisher) -> None:
    first = reader(publisher)
    move(publisher, first)
    second = reader(publisher, NEW)
    move(publisher, second, to="z@third.example")
    third = reader(publisher, "z@third.example")

    found = [subscription_of(publisher, of_a_mail(publisher, each)) for each in (first, second, third)]

    assert [(each.address, each.is_former) for each in found if each] == [
        ("z@third.example", True),
        ("z@third.example", True),
        ("z@third.example", False),
    ]


def test_a_reader_who_moves_to_a_known_address_is_there_with_lists_topics_and_consents(
    publisher: Publisher,
) -> None:
    found = reader(publisher, OLD, "weekly", "daily")
    there = reader(publisher, NEW, "daily")
    with publisher.database.begin() as db:
        choices.set_topics(db, found.subscriber, {"energy"})
        choices.set_topics(db, there.subscriber, {"water"})
        number, now, feed = found.subscriber, publisher.now(db), TokenPurpose.FEED
        reader_tokens.keep(db, "f" * 22, purpose=feed, subscriber=number, payload={}, now=now)
        version, source = consents.keep_text(db, "Yes."), "/subscribe"
        consents.add(
            db, subscriber=number, lists=["weekly"], version=version, source=source, network="", now=now
        )

    move(publisher, found)

    after = reader(publisher, NEW)
    with publisher.database.read() as db:
        agreed = consents.of_subscriber(db, there.subscriber)
        assert reader_tokens.find(db, "f" * 22, purpose=feed, now=now) is None
        assert choices.of(db, found.subscriber) is None
    assert after.subscriber == there.subscriber
    assert {name: each.state.value for name, each in after.lists.items()} == {
        "daily": "active",
        "weekly": "active",
    }
    assert after.topics == {"energy", "water"}
    assert [(each.list, each.text, each.source) for each in agreed] == [
        ("weekly", "Yes.", "/subscribe"),
        ("weekly", MOVED, "/change"),
    ]


def test_of_two_who_are_one_who_wanted_all_topics_still_does_and_a_list_that_was_left_stays_left(
    publisher: Publisher,
) -> None:
    found = reader(publisher, OLD, "weekly", "board")
    reader(publisher, NEW, "daily")
    with publisher.database.begin() as db:
        choices.set_topics(db, found.subscriber, {"energy"})
    wish = Wish(lists=frozenset({"weekly"}), topics=frozenset({"energy"}))
    save(publisher, reader(publisher), wish)

    move(publisher, reader(publisher))

    after = reader(publisher, NEW)
    assert after.topics == frozenset()
    assert {name: each.state.value for name, each in after.lists.items()} == {
        "daily": "active",
        "weekly": "active",
        "board": "unsubscribed",
    }


def test_own_data_have_what_was_done_to_one_among_others_and_told_at_an_earlier_address(
    publisher: Publisher,
) -> None:
    found = reader(publisher)
    move(publisher, found)
    suppress(publisher, NEW, reason=SuppressionReason.BY_HAND)
    suppress(publisher, "other@x.example", reason=SuppressionReason.BY_HAND)

    data = data_of(publisher, found.subscriber)

    assert [each["verb"] for each in data["history"]] == ["subscribe", "change address", "suppress"]
    assert [each["kind"] for each in data["notices"]] == [
        "leave address",
        "change address",
        "address changed",
    ]
    assert len(data["moves"]) == 1


def at_once(*acts: Callable[[], object]) -> list[BaseException]:
    """Do things at the same time; return what went wrong."""
    wrong: list[BaseException] = []
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        gate.wait()
        try:
            act()
        except BaseException as error:  # noqa: BLE001 - told to the test
            wrong.append(error)

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def test_two_who_move_to_each_others_address_at_once_do_not_wait_for_each_other_for_ever(
    on_each: Publisher,
) -> None:
    for number in range(8):
        one = reader(on_each, f"one{number}@x.example")
        two = reader(on_each, f"two{number}@x.example")
        there, back = links(on_each, one, two.address), links(on_each, two, one.address)
        change_address(on_each, there[0])
        change_address(on_each, back[0])

        wrong = at_once(
            partial(change_address, on_each, there[1]),
            partial(change_address, on_each, back[1]),
        )

        assert wrong == []
        assert len({each.address for each in everybody(on_each) if f"{number}@" in each.address}) == 1


def test_who_is_added_at_the_new_address_during_a_move_and_who_moves_are_one(on_each: Publisher) -> None:
    for number in range(8):
        found = reader(on_each, f"one{number}@x.example")
        new = f"two{number}@x.example"
        first, last = links(on_each, found, new)
        change_address(on_each, first)

        wrong = at_once(
            partial(change_address, on_each, last),
            partial(add, on_each, new, lists=["daily"]),
        )

        assert wrong == []
        assert {each.address for each in everybody(on_each) if f"{number}@" in each.address} == {new}
        assert {each.list for each in everybody(on_each) if each.address == new} == {"weekly", "daily"}
