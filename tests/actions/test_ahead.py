"""Mails made ahead: few, of use only while they are true, and never in the way."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from publisher.actions.ahead import MOST, Ahead, Line, next_in_line
from publisher.actions.held import Handed, Held
from publisher.model.delivery import Batch, Message, Recipient
from tests.databases import NOW
from tests.relays import ENVELOPES, recipient

BATCH = Batch(mailing=1, number=0, first_subscriber=1, last_subscriber=9, fence=1, lease_until=NOW)
MAIL = Message(key="m1-d1", message_id="<1>", envelope_from="a@b.c", envelope_to="d@e.f", body=b"")
SUBSCRIBERS = st.integers(1, 3 * MOST)


def held(*queue: int) -> Held:
    return Held(batch=BATCH, envelopes=ENVELOPES, queue=deque(queue), lease_until=NOW)


def line(*subscribers: int) -> Line:
    return Line(envelopes=ENVELOPES, subscribers=subscribers)


def handed(who: Recipient) -> Handed:
    return Handed(batch=BATCH, recipient=who, envelopes=ENVELOPES, relay="smtp", turn=0)


def made_for(*subscribers: int) -> Ahead:
    """Return what is made ahead when these are next."""
    ahead = Ahead()
    see(ahead, subscribers)
    make_all(ahead)
    return ahead


def see(ahead: Ahead, subscribers: Sequence[int]) -> list[int]:
    """Look at a line, as it is in the ledger; return of whom nothing was known."""
    new = [each for found in ahead.look([line(*subscribers)]) for each in found.subscribers]
    ahead.foresee(ENVELOPES, [recipient(subscriber=each) for each in new])
    return new


def make_all(ahead: Ahead) -> int:
    """Make all mails that may be made; return how many these were."""
    count = 0
    while foreseen := ahead.next():
        ahead.keep(foreseen, MAIL)
        count += 1
    return count


def test_next_in_line_are_the_first_of_the_first_batches() -> None:
    lines = next_in_line([held(4, 2), held(), held(7, 8, 9)], most=4)

    assert [list(each.subscribers) for each in lines] == [[4, 2], [7, 8]]


def test_a_mail_made_ahead_is_taken_by_its_delivery_and_only_once() -> None:
    ahead = made_for(1, 2)

    taken = [ahead.take(handed(recipient(subscriber=each))) for each in (2, 2, 3)]

    assert taken == [MAIL, None, None]


def test_a_mail_made_of_anything_else_than_the_hand_over_finds_is_thrown_away() -> None:
    who = recipient()
    others = [
        handed(replace(who, address="ada@example.com")),
        handed(replace(who, public_id="eve")),
        handed(replace(who, list="daily")),
        handed(replace(who, attempts=1)),
        replace(handed(who), envelopes=replace(ENVELOPES, kid="2")),
    ]

    for other in others:
        ahead = made_for(1)
        assert ahead.take(other) is None
        assert ahead.take(handed(who)) is None


def test_nobody_is_asked_about_twice_while_they_are_next() -> None:
    ahead = Ahead()

    asked = [see(ahead, each) for each in ((1, 2), (1, 2), (2, 3), (1, 2))]

    assert asked == [[1, 2], [], [3], [1]]


def test_whoever_is_not_next_any_more_is_forgotten() -> None:
    ahead = made_for(1, 2)

    see(ahead, (2, 3))

    assert ahead.take(handed(recipient(subscriber=1))) is None
    assert ahead.take(handed(recipient(subscriber=2))) is MAIL


def test_a_delivery_that_was_handed_out_is_not_made_ahead_any_more() -> None:
    ahead = Ahead()
    see(ahead, (1,))

    ahead.take(handed(recipient()))

    assert not ahead.has_work
    assert ahead.next() is None


def test_more_of_the_line_is_looked_at_once_half_of_the_mails_are_used() -> None:
    ahead = made_for(*range(MOST))
    ahead.allow(MOST)

    low = []
    for each in range(MOST):
        low.append(ahead.is_low)
        ahead.take(handed(recipient(subscriber=each)))

    assert low.index(True) == MOST // 2 + 1


def test_a_line_of_which_nobody_may_go_costs_a_bounded_number_of_mails() -> None:
    ahead = Ahead()

    count = 0
    for first in range(0, 100 * MOST, MOST):
        see(ahead, range(first, first + MOST))
        count += make_all(ahead)

    assert count == MOST
    assert not ahead.is_low


@given(
    st.lists(
        st.one_of(
            st.lists(SUBSCRIBERS, unique=True, max_size=MOST).map(tuple),
            SUBSCRIBERS,
        )
    )
)
def test_no_more_mails_are_made_ahead_than_are_handed_out_and_so_many_more(
    steps: list[tuple[int, ...] | int],
) -> None:
    ahead, made, handed_out, kept = Ahead(), 0, 0, set[int]()

    for step in steps:
        if isinstance(step, int):
            handed_out += 1
            ahead.allow(1)
            ahead.take(handed(recipient(subscriber=step)))
            kept.discard(step)
        else:
            see(ahead, step)
            kept &= set(step)
        while foreseen := ahead.next():
            ahead.keep(foreseen, MAIL)
            kept.add(foreseen.recipient.subscriber)
            made += 1
        assert len(kept) <= MOST

    assert made <= handed_out + MOST
    everybody = range(1, 3 * MOST + 1)
    found = {each for each in everybody if ahead.take(handed(recipient(subscriber=each)))}
    assert found == kept
