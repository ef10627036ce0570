"""Which of several relays gets the work."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from publisher.delivery.breaker import Breaker, BreakerState, may_try
from publisher.delivery.routes import in_use, rested_at

CLOSED = Breaker()
RESTING = Breaker(state=BreakerState.OPEN, failures=3, rests=1, try_at=10.0)
RESTING_LONGER = Breaker(state=BreakerState.OPEN, failures=3, rests=3, try_at=15.0)
TRYING = Breaker(state=BreakerState.HALF_OPEN, failures=3, rests=1, try_at=10.0)

breakers = st.lists(
    st.builds(Breaker, state=st.sampled_from(BreakerState), try_at=st.floats(0, 20)), max_size=5
).map(lambda each: {f"relay{number}": breaker for number, breaker in enumerate(each)})


def test_all_work_goes_to_the_first_relay_while_it_can_be_reached() -> None:
    assert in_use({"first": CLOSED, "second": CLOSED}, now=5.0) == ("first",)


def test_a_lower_relay_gets_work_only_while_all_above_it_cannot_be_reached() -> None:
    assert in_use({"first": RESTING, "second": CLOSED, "third": CLOSED}, now=5.0) == ("second",)
    assert in_use({"first": RESTING, "second": RESTING, "third": CLOSED}, now=5.0) == ("third",)


def test_while_the_first_relay_is_tried_again_the_second_goes_on() -> None:
    assert in_use({"first": RESTING, "second": CLOSED}, now=10.0) == ("first", "second")
    assert in_use({"first": TRYING, "second": CLOSED}, now=10.0) == ("second",)


def test_a_relay_that_came_back_gets_the_work_again() -> None:
    assert in_use({"first": CLOSED, "second": CLOSED, "third": RESTING}, now=99.0) == ("first",)


def test_when_none_can_be_reached_nobody_takes_anything_until_the_first_rest_ends() -> None:
    relays = {"first": RESTING_LONGER, "second": RESTING}

    assert in_use(relays, now=9.9) == ()
    assert rested_at(relays, now=9.9) == 10.0
    assert in_use(relays, now=10.0) == ("second",)
    assert rested_at(relays, now=10.0) == 15.0


def test_nobody_waits_for_a_relay_below_the_one_in_use_or_for_one_that_is_being_tried() -> None:
    assert rested_at({"first": CLOSED, "second": RESTING}, now=5.0) is None
    assert rested_at({"first": RESTING, "second": CLOSED}, now=5.0) == 10.0
    assert rested_at({"first": TRYING, "second": CLOSED}, now=5.0) is None
    assert rested_at({}, now=5.0) is None


@given(relays=breakers, now=st.floats(0, 20))
def test_work_is_only_taken_where_it_may_be_tried_and_one_closed_relay_is_enough(
    relays: dict[str, Breaker], now: float
) -> None:
    taking = in_use(relays, now=now)

    closed = [name for name in relays if relays[name].is_closed]
    assert all(may_try(relays[name], now=now) for name in taking)
    assert [name for name in taking if relays[name].is_closed] == closed[:1]


@given(relays=breakers, now=st.floats(0, 20))
def test_there_is_always_something_to_take_to_wait_for_or_a_try_under_way(
    relays: dict[str, Breaker], now: float
) -> None:
    trying = [each for each in relays.values() if each.state is BreakerState.HALF_OPEN]

    waiting = rested_at(relays, now=now)

    assert waiting is None or waiting > now
    assert in_use(relays, now=now) or waiting is not None or trying or not relays
