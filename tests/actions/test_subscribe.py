from __future__ import annotations

from collections.abc import Callable

import pytest

from publisher.actions.bring_readers import PORTION
from publisher.actions.subscribe import (
    BY_HAND,
    IMPORTED,
    add,
    add_from_file,
    everybody,
    subscription_of,
    unsubscribe,
)
from publisher.app import Publisher
from publisher.errors import NotFoundError, PublisherError
from publisher.model.subscriber import Subscription, SubscriptionState
from publisher.store import audit
from publisher.store.subscribers import Added
from tests.newsrooms import MONDAY, READER, HandClock, suppress, token_of


def one(publisher: Publisher, address: str) -> Subscription:
    """Return the only subscription of an address."""
    (found,) = [each for each in everybody(publisher) if each.address == address]
    return found


def test_a_person_added_by_hand_is_an_active_subscriber_of_the_default_list(publisher: Publisher) -> None:
    answers = add(publisher, "ben@example.net")

    found = one(publisher, "ben@example.net")
    assert answers == {"weekly": Added.ADDED}
    assert (found.list, found.state, found.since, found.consent) == (
        "weekly",
        SubscriptionState.ACTIVE,
        MONDAY,
        BY_HAND,
    )


def test_adding_twice_changes_nothing_however_the_address_is_spelled(
    publisher: Publisher, clock: HandClock
) -> None:
    before = one(publisher, READER)
    clock.passes(days=1)

    answers = [add(publisher, spelling) for spelling in (READER, "ADA@Example.NET")]

    assert answers == [{"weekly": Added.ALREADY}] * 2
    assert one(publisher, READER) == before
    assert len(everybody(publisher)) == 1


def test_a_person_may_be_on_several_lists(publisher: Publisher) -> None:
    answers = add(publisher, READER, lists=["extra", "weekly"])

    assert answers == {"extra": Added.ADDED, "weekly": Added.ALREADY}
    assert [each.list for each in everybody(publisher)] == ["extra", "weekly"]
    assert [each.list for each in everybody(publisher, lists=["extra"])] == ["extra"]


@pytest.mark.parametrize(
    "act",
    [
        lambda publisher: add(publisher, READER, lists=["dayly"]),
        lambda publisher: add_from_file(publisher, READER, path="x", lists=["weekly", "dayly"]),
        lambda publisher: everybody(publisher, lists=["dayly"]),
    ],
    ids=["add", "import", "list"],
)
def test_a_list_that_is_not_there_is_told_with_those_that_are(
    publisher: Publisher, act: Callable[[Publisher], object]
) -> None:
    with pytest.raises(NotFoundError, match=r"no list 'dayly' \(the lists are: weekly, extra\)"):
        act(publisher)


def test_whoever_has_left_is_not_added_back(publisher: Publisher) -> None:
    unsubscribe(publisher, token_of(publisher, READER))

    by_hand = add(publisher, READER)
    imported = add_from_file(publisher, READER, path="readers.txt").counts

    assert by_hand == {"weekly": Added.LEFT}
    assert imported[Added.LEFT] == 1
    assert one(publisher, READER).state is SubscriptionState.UNSUBSCRIBED


def test_whoever_must_not_be_mailed_is_not_even_stored(publisher: Publisher) -> None:
    suppress(publisher, "ben@example.net")

    assert add(publisher, "Ben@example.net") == {"weekly": Added.SUPPRESSED}
    assert [each.address for each in everybody(publisher)] == [READER]


def test_an_impossible_address_is_refused(publisher: Publisher) -> None:
    with pytest.raises(PublisherError, match="'ben' has no @"):
        add(publisher, "ben")


@pytest.mark.parametrize(
    "text",
    [
        "ben@example.net\ncleo@example.net\n",
        "email\nben@example.net\ncleo@example.net",
        "name,E-Mail \nBen,ben@example.net\nCleo,cleo@example.net\n",
        '"Address","name"\r\n"ben@example.net","Ben, B."\r\n"cleo@example.net",\r\n',
        "\ufeffemail\nben@example.net\n\n  \n# a remark\ncleo@example.net\n",
        "ben@example.net\rcleo@example.net\r",
        " ben@example.net ,x\ncleo@example.net,y\n",
        "Name;E-Mail\nBen, B.;ben@example.net\nCleo;cleo@example.net\n",
        "name\temail\nBen\tben@example.net\nCleo\tcleo@example.net\n",
    ],
)
def test_addresses_come_from_a_csv_file_or_one_a_line(publisher: Publisher, text: str) -> None:
    imported = add_from_file(publisher, text, path="readers.csv")

    assert imported.refused == ()
    assert imported.counts[Added.ADDED] == 2
    assert {each.address for each in everybody(publisher)} == {READER, "ben@example.net", "cleo@example.net"}
    assert one(publisher, "ben@example.net").consent == IMPORTED


def test_refused_rows_are_told_with_their_lines_and_keep_no_other_back(publisher: Publisher) -> None:
    text = (
        f'email,name\nben@example.net,Ben\nnobody,x\n{READER},Ada\n"a\nb@example.net",y\ncleo@example.net,\n'
    )

    imported = add_from_file(publisher, text, path="readers.csv")

    assert [str(error) for error in imported.refused] == [
        "readers.csv:3: 'nobody' has no @",
        "readers.csv:5: 'a\\nb@example.net' has a line break or an invisible character in it",
    ]
    assert imported.counts == {Added.ADDED: 2, Added.ALREADY: 1, Added.LEFT: 0, Added.SUPPRESSED: 0}


def test_a_file_in_which_a_quote_is_not_closed_adds_nobody(publisher: Publisher) -> None:
    text = "ben@example.net\n" + '"cleo@example.net\n' + "x@example.net\n" * 20_000

    with pytest.raises(
        PublisherError, match=r"readers\.csv:2: this is not CSV: a row has more than 65,536 bytes"
    ):
        add_from_file(publisher, text, path="readers.csv")

    assert [each.address for each in everybody(publisher)] == [READER]


def test_an_empty_file_adds_nobody(publisher: Publisher) -> None:
    imported = add_from_file(publisher, "\n \n# nobody yet\n", path="readers.csv")

    assert set(imported.counts.values()) == {0}
    assert imported.refused == ()


def test_many_are_added_in_portions_each_once(publisher: Publisher) -> None:
    addresses = [f"reader{number}@example.net" for number in range(PORTION + 20)]

    imported = add_from_file(publisher, "\n".join([*addresses, *addresses[:30]]), path="readers.txt")

    assert imported.counts[Added.ADDED] == PORTION + 20
    assert imported.counts[Added.ALREADY] == 30
    assert len(everybody(publisher)) == PORTION + 21


def test_the_link_in_a_mail_ends_one_subscription_once(publisher: Publisher, clock: HandClock) -> None:
    add(publisher, READER, lists=["extra"])
    token = token_of(publisher, READER)

    first = unsubscribe(publisher, token)
    clock.passes(days=1)
    second = unsubscribe(publisher, token)

    assert first is not None
    assert first == second
    assert (first.state, first.since) == (SubscriptionState.UNSUBSCRIBED, MONDAY)
    assert {each.list: each.state for each in everybody(publisher)} == {
        "extra": SubscriptionState.ACTIVE,
        "weekly": SubscriptionState.UNSUBSCRIBED,
    }
    with publisher.database.read() as db:
        (row,) = audit.listed(db, subject="weekly")
    assert (row.actor, row.verb) == ("subscriber", "unsubscribe")
    assert READER not in str(row.detail)


def test_a_token_that_is_nobodys_does_nothing(publisher: Publisher) -> None:
    token = token_of(publisher, READER)
    forged = token.replace(".weekly.", ".extra.")
    gone = token_of(publisher, READER, "gone")

    for nobodys in ("", "x", forged, gone, token[:-1], "\x00" * 40):
        assert subscription_of(publisher, nobodys) is None
        assert unsubscribe(publisher, nobodys) is None

    assert one(publisher, READER).state is SubscriptionState.ACTIVE
