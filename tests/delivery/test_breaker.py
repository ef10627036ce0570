"""The circuit breaker of one relay."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.delivery.breaker import (
    FAILURES,
    FIRST_REST,
    LONGEST_REST,
    Breaker,
    BreakerState,
    Event,
    after,
    ask,
    may_try,
)


def tell(breaker: Breaker, event: Event, *, now: float = 0.0, turn: int | None = None) -> Breaker:
    """Tell as the connection that asked last, unless another turn is given."""
    return after(breaker, event, turn=breaker.turn if turn is None else turn, now=now, jitter=0.0)


def asked(breaker: Breaker, now: float) -> Breaker:
    granted = ask(breaker, now=now)
    assert granted is not None
    return granted


def opened() -> Breaker:
    breaker = Breaker()
    for _ in range(FAILURES):
        breaker = tell(asked(breaker, 0.0), Event.FAILED)
    return breaker


def test_a_relay_that_cannot_be_reached_three_times_in_a_row_is_left_alone() -> None:
    twice = tell(tell(Breaker(), Event.FAILED), Event.FAILED)

    assert twice.is_closed
    assert tell(twice, Event.FAILED).state is BreakerState.OPEN
    assert tell(tell(tell(twice, Event.REACHED), Event.FAILED), Event.FAILED).is_closed


def test_nobody_may_turn_to_it_before_its_rest_is_over_and_then_exactly_one() -> None:
    breaker = opened()

    assert ask(breaker, now=0.99) is None
    assert not may_try(breaker, now=0.99)
    assert may_try(breaker, now=1.0)
    trying = asked(breaker, 1.0)
    assert trying.state is BreakerState.HALF_OPEN
    assert ask(trying, now=1.0) is None
    assert ask(trying, now=1e9) is None


def test_rests_get_twice_as_long_up_to_a_minute() -> None:
    breaker, now, rests = opened(), 0.0, []
    for _ in range(9):
        rests.append(breaker.try_at - now)
        now = breaker.try_at
        breaker = tell(asked(breaker, now), Event.FAILED, now=now)

    assert rests == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_try_that_succeeds_closes_it_and_the_next_trouble_begins_with_a_short_rest() -> None:
    failed_again = tell(asked(opened(), 1.0), Event.FAILED, now=1.0)

    closed = tell(asked(failed_again, 3.0), Event.REACHED, now=3.0)

    assert closed.is_closed
    for _ in range(FAILURES):
        closed = tell(closed, Event.FAILED, now=10.0)
    assert closed.try_at == 10.0 + FIRST_REST


def test_a_try_that_was_stopped_lets_another_connection_try_at_once() -> None:
    dropped = tell(asked(opened(), 5.0), Event.DROPPED, now=5.0)

    assert asked(dropped, 5.0).state is BreakerState.HALF_OPEN


@pytest.mark.parametrize("event", [Event.FAILED, Event.DROPPED])
def test_what_connections_tell_that_began_before_does_not_end_a_try_or_lengthen_a_rest(event: Event) -> None:
    before = Breaker()
    breaker = opened()
    trying = asked(breaker, 1.0)

    assert tell(breaker, event, now=0.5, turn=before.turn) == breaker
    assert tell(trying, event, now=1.5, turn=before.turn) == trying
    closed = tell(trying, Event.REACHED, now=2.0)
    assert tell(closed, event, now=2.5, turn=before.turn) == closed


def test_a_connection_that_began_before_and_reaches_the_relay_closes_it() -> None:
    assert tell(opened(), Event.REACHED, turn=Breaker().turn).is_closed


@given(jitter=st.floats(0, 1, exclude_max=True), rests=st.integers(0, 10_000))
def test_jitter_makes_a_rest_a_quarter_longer_at_the_most(jitter: float, rests: int) -> None:
    trying = Breaker(state=BreakerState.HALF_OPEN, rests=rests)

    plain = after(trying, Event.FAILED, turn=0, now=0.0, jitter=0.0).try_at
    longer = after(trying, Event.FAILED, turn=0, now=0.0, jitter=jitter).try_at

    assert FIRST_REST <= plain <= LONGEST_REST
    assert plain <= longer <= 1.25 * plain


@pytest.mark.parametrize(("state", "event"), list(product(BreakerState, Event)))
def test_every_event_has_an_answer_in_every_state(state: BreakerState, event: Event) -> None:
    told = tell(Breaker(state=state), event)

    assert told.is_closed or event is not Event.REACHED


class Connection:
    """One of several connections that turn to the same relay: what it holds while it does not know yet."""

    def __init__(self) -> None:
        self.turn: int | None = None


@given(
    steps=st.lists(
        st.tuples(st.integers(0, 4), st.sampled_from(Event), st.floats(0, 30), st.floats(0, 0.9)), max_size=80
    )
)
def test_after_a_rest_only_one_of_several_connections_tries_whatever_happens(
    steps: list[tuple[int, Event, float, float]],
) -> None:
    breaker, now = Breaker(), 0.0
    connections = [Connection() for _ in range(5)]
    for number, event, seconds, jitter in steps:
        now += seconds
        connection = connections[number]
        if connection.turn is None:
            granted = ask(breaker, now=now)
            if granted is None:
                assert not breaker.is_closed
                continue
            breaker = granted
            connection.turn = breaker.turn
        else:
            breaker = after(breaker, event, turn=connection.turn, now=now, jitter=jitter)
            connection.turn = None

        trying = [each for each in connections if each.turn == breaker.turn]
        if breaker.state is BreakerState.HALF_OPEN:
            assert len(trying) == 1
        elif breaker.state is BreakerState.OPEN:
            assert not trying
            assert breaker.try_at <= now + 1.25 * LONGEST_REST
