from __future__ import annotations

from collections import deque
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.delivery.retry import (
    GIVE_UP,
    MOST_COPIES,
    UNCERTAIN_WAIT,
    WAITS,
    WINDOW,
    counts,
    decide,
    refuses_readers,
    should_pause,
    wait,
)
from publisher.model.delivery import DeliveryState, NextStep, Outcome, Stage, UncertainPolicy

NOW = datetime(2026, 10, 6, 6, 30, tzinfo=UTC)
MAILBOX_FULL = Outcome(state=DeliveryState.DEFERRED, code=452, text="mailbox full", stage=Stage.RCPT)
NO_SUCH_USER = Outcome(
    state=DeliveryState.REJECTED, code=550, enhanced="5.1.1", text="5.1.1 no such user", stage=Stage.RCPT
)
UNREACHABLE = Outcome(state=DeliveryState.DEFERRED, stage=Stage.CONNECT, relay_fault=True)
RELAYING_DENIED = Outcome(
    state=DeliveryState.REJECTED,
    code=554,
    enhanced="5.7.1",
    text="5.7.1 relaying denied",
    stage=Stage.RCPT,
    relay_fault=True,
)
SENDER_REFUSED = Outcome(
    state=DeliveryState.DEFERRED, code=550, text="who are you", stage=Stage.MAIL, relay_fault=True
)
NOBODY_KNOWS = Outcome(state=DeliveryState.UNCERTAIN, stage=Stage.REPLY, relay_fault=True)
ACCEPTED = Outcome(state=DeliveryState.ACCEPTED, code=250)

outcomes = st.builds(
    Outcome,
    state=st.sampled_from(
        [
            DeliveryState.ACCEPTED,
            DeliveryState.DEFERRED,
            DeliveryState.REJECTED,
            DeliveryState.UNCERTAIN,
            DeliveryState.SUPPRESSED,
        ]
    ),
    code=st.none() | st.integers(200, 599),
    stage=st.sampled_from(Stage),
    relay_fault=st.booleans(),
)


def after(
    outcome: Outcome,
    *,
    attempts: int = 0,
    first_try: datetime | None = None,
    jitter: float = 0.0,
    uncertain: UncertainPolicy = UncertainPolicy.RESEND,
) -> NextStep:
    return decide(
        outcome, attempts=attempts, now=NOW, first_try=first_try, jitter=jitter, uncertain=uncertain
    )


def test_temporary_refusal_is_tried_again_ever_later_and_permanent_is_not() -> None:
    waits = [after(MAILBOX_FULL, attempts=attempts).retry_at for attempts in range(4)]
    rejected = after(NO_SUCH_USER)

    assert waits == [NOW + timedelta(minutes=minutes) for minutes in (1, 5, 15, 60)]
    assert rejected == NextStep(state=DeliveryState.REJECTED)


def test_what_is_still_refused_after_two_days_is_given_up() -> None:
    last_try = after(MAILBOX_FULL, attempts=15, first_try=NOW - GIVE_UP)

    assert last_try == NextStep(state=DeliveryState.REJECTED, reason="gave up after 48 hours")


def test_the_last_try_comes_at_the_end_of_the_two_days_and_not_after_it() -> None:
    first_try = NOW - GIVE_UP + timedelta(minutes=30)

    step = after(MAILBOX_FULL, attempts=15, first_try=first_try)

    assert step == NextStep(state=DeliveryState.DEFERRED, retry_at=first_try + GIVE_UP)


def test_a_mailing_that_was_paused_for_days_still_gives_each_reader_every_try() -> None:
    steps = [
        after(MAILBOX_FULL, attempts=attempts, first_try=NOW - 2 * GIVE_UP) for attempts in range(len(WAITS))
    ]

    assert [step.state for step in steps] == [*[DeliveryState.DEFERRED] * 5, DeliveryState.REJECTED]


def test_a_relay_that_is_down_for_a_week_costs_nobody_a_try_or_the_mail() -> None:
    step = after(UNREACHABLE, attempts=0, first_try=NOW - timedelta(days=7))

    assert not counts(UNREACHABLE)
    assert step == NextStep(state=DeliveryState.DEFERRED, retry_at=NOW + WAITS[0])


@pytest.mark.parametrize("stage", [Stage.RCPT, Stage.DATA, Stage.BODY])
def test_a_message_at_which_the_relay_breaks_off_every_time_does_not_go_round_for_ever(stage: Stage) -> None:
    outcome = Outcome(state=DeliveryState.DEFERRED, stage=stage, relay_fault=True)

    step = after(outcome, attempts=len(WAITS), first_try=NOW - GIVE_UP)

    assert counts(outcome)
    assert step.state is DeliveryState.REJECTED


def test_a_refusal_that_is_not_the_readers_fault_does_not_cost_the_reader_the_issue() -> None:
    step = after(RELAYING_DENIED)

    assert step == NextStep(state=DeliveryState.DEFERRED, retry_at=NOW + WAITS[0])


def test_an_uncertain_delivery_is_sent_again_or_held_as_the_policy_says() -> None:
    resent = after(NOBODY_KNOWS, uncertain=UncertainPolicy.RESEND)
    held = after(NOBODY_KNOWS, uncertain=UncertainPolicy.HOLD)

    assert resent == NextStep(state=DeliveryState.UNCERTAIN, retry_at=NOW + UNCERTAIN_WAIT)
    assert held == NextStep(state=DeliveryState.UNCERTAIN)


def test_a_relay_that_always_hangs_up_after_the_message_does_not_fill_a_mailbox() -> None:
    last = after(NOBODY_KNOWS, attempts=MOST_COPIES - 1)

    assert last.state is DeliveryState.UNCERTAIN
    assert last.retry_at is None
    assert last.reason == "still uncertain after 5 tries; not sent again"


@given(
    outcome=outcomes,
    attempts=st.integers(0, 1000),
    age=st.none() | st.timedeltas(timedelta(days=-1), timedelta(days=30)),
    jitter=st.floats(0, 1, exclude_max=True),
    uncertain=st.sampled_from(UncertainPolicy),
)
def test_open_states_always_have_a_next_try_in_the_future_and_final_ones_never(
    outcome: Outcome, attempts: int, age: timedelta | None, jitter: float, uncertain: UncertainPolicy
) -> None:
    first_try = None if age is None else NOW - age

    step = after(outcome, attempts=attempts, first_try=first_try, jitter=jitter, uncertain=uncertain)

    assert step.state not in {DeliveryState.PENDING, DeliveryState.SENDING}
    if step.state is DeliveryState.DEFERRED:
        assert step.retry_at is not None
        assert step.retry_at > NOW
    elif step.state is DeliveryState.UNCERTAIN:
        assert step.retry_at is None or step.retry_at > NOW
    else:
        assert step.retry_at is None


@given(outcome=outcomes, attempts=st.integers(0, 1000), uncertain=st.sampled_from(UncertainPolicy))
def test_what_was_accepted_or_is_uncertain_never_turns_into_something_else(
    outcome: Outcome, attempts: int, uncertain: UncertainPolicy
) -> None:
    step = after(outcome, attempts=attempts, uncertain=uncertain)

    certain = {DeliveryState.ACCEPTED, DeliveryState.UNCERTAIN}
    assert (step.state in certain) == (outcome.state in certain)
    assert step.state is outcome.state or outcome.state not in certain


@given(attempts=st.integers(0, 1000), jitter=st.floats(0, 1, exclude_max=True))
def test_waiting_never_gets_shorter_and_jitter_adds_a_quarter_at_the_most(
    attempts: int, jitter: float
) -> None:
    plain = wait(attempts, jitter=0.0)

    assert plain <= wait(attempts + 1, jitter=0.0)
    assert plain <= wait(attempts, jitter=jitter) <= plain * 1.25


@pytest.mark.parametrize("fault", [RELAYING_DENIED, SENDER_REFUSED])
def test_five_refusals_of_us_among_the_first_twenty_pause_the_mailing_in_the_relays_words(
    fault: Outcome,
) -> None:
    four = should_pause([ACCEPTED] * 15 + [fault] * 4)
    five = should_pause([ACCEPTED] * 15 + [fault] * 5)

    assert four is None
    assert five == f"5 of the last 20 messages were refused at {fault.stage}: {fault.code} {fault.text}"


def test_later_more_than_five_in_a_hundred_pause_the_mailing() -> None:
    five = should_pause([ACCEPTED] * 95 + [SENDER_REFUSED] * 5)
    six = should_pause(deque([ACCEPTED] * 94 + [SENDER_REFUSED] * 6, maxlen=WINDOW))

    assert five is None
    assert six is not None
    assert should_pause([SENDER_REFUSED] * 20 + [ACCEPTED] * WINDOW) is None


@pytest.mark.parametrize("outcome", [ACCEPTED, NO_SUCH_USER, MAILBOX_FULL, UNREACHABLE, NOBODY_KNOWS])
def test_readers_who_are_gone_and_relays_that_are_down_do_not_pause_a_mailing(outcome: Outcome) -> None:
    assert should_pause([outcome] * 50) is None


def test_our_own_broken_messages_pause_a_mailing_too() -> None:
    broken = Outcome(
        state=DeliveryState.REJECTED,
        text="the message has a bare line feed",
        stage=Stage.BODY,
        relay_fault=True,
    )

    reason = should_pause([broken] * 5)

    assert reason == "5 of the last 5 messages were refused at body: the message has a bare line feed"


def test_a_relay_that_refuses_twenty_of_twenty_five_readers_pauses_the_mailing_in_its_words() -> None:
    nineteen = refuses_readers([ACCEPTED] * 100 + [NO_SUCH_USER] * 19)
    twenty = refuses_readers([ACCEPTED] * 100 + [NO_SUCH_USER] * 10 + [ACCEPTED] * 5 + [NO_SUCH_USER] * 10)

    assert nineteen is None
    assert twenty is not None
    assert twenty.startswith("20 of the last 25 readers were refused: 550 5.1.1 no such user; look whether")


def test_a_relay_that_refuses_more_than_every_second_reader_pauses_the_mailing() -> None:
    half = refuses_readers([ACCEPTED, NO_SUCH_USER] * (WINDOW // 2))
    more = refuses_readers([ACCEPTED, NO_SUCH_USER] * (WINDOW // 2 - 1) + [NO_SUCH_USER] * 2)

    assert half is None
    assert more is not None
    assert more.startswith("51 of the last 100 readers were refused: ")


@pytest.mark.parametrize(
    "recent",
    [
        [NO_SUCH_USER] * 19,
        [*[ACCEPTED] * 9, NO_SUCH_USER] * 10,
        [MAILBOX_FULL] * WINDOW,
        [RELAYING_DENIED] * WINDOW,
        [Outcome(state=DeliveryState.REJECTED, text="nobody can be written to there")] * WINDOW,
    ],
)
def test_a_short_list_an_old_one_and_trouble_of_another_kind_are_no_burst_of_refusals(
    recent: list[Outcome],
) -> None:
    assert refuses_readers(recent) is None
