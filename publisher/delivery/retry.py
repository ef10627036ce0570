"""What to do after an outcome: try again only what may still succeed, and not for ever; pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from publisher.model.delivery import DeliveryState, NextStep, Outcome, Stage, UncertainPolicy

GIVE_UP = timedelta(hours=48)
"""After this time a delivery that is still refused is rejected, if it had its share of tries."""

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 120, 240))
"""How long to wait after the first, second, … try; the last one repeats. As many tries are made in any case,
however old a mailing is that was paused or slow."""

UNCERTAIN_WAIT = timedelta(minutes=10)
"""How long reports may still settle an uncertain delivery before it is sent again."""

MOST_COPIES = 5
"""So often a delivery is sent at the most when each try ends uncertain; then an editor decides."""

WINDOW = 100
"""How many of a mailing's last outcomes `should_pause` and `refuses_readers` look at."""

_FIRST = 20
_ENOUGH = 5
_SHARE = 0.05
_BURSTS = ((25, 20), (WINDOW, 51))
"""Of so many outcomes so many are final refusals of readers, which no list that people read comes to."""

_JITTER = 0.25
_BEFORE_ANY_MESSAGE = frozenset({Stage.CONNECT, Stage.HELO, Stage.TLS, Stage.AUTH, Stage.MAIL})


def decide(  # noqa: PLR0913 - all that the decision depends on, by name
    outcome: Outcome,
    *,
    attempts: int,
    now: datetime,
    first_try: datetime | None,
    jitter: float,
    uncertain: UncertainPolicy,
) -> NextStep:
    """Return what the ledger records after one try.

    `attempts` are the earlier tries that counted (`counts`), `first_try` is when they began (None: now),
    `jitter` is drawn from [0, 1) so that many retries do not come back as one wave.

    A refusal for which the reader cannot be blamed stays open: the cure is on our side or the relay's.
    Like any other it ends after 48 hours, except where no relay ever heard of the message.
    """
    if outcome.state is DeliveryState.UNCERTAIN:
        return _uncertain(attempts, now, uncertain)
    if outcome.state is DeliveryState.DEFERRED or (
        outcome.state is DeliveryState.REJECTED and outcome.relay_fault
    ):
        return _again(outcome, attempts, now, first_try, jitter)
    return NextStep(state=outcome.state)


def counts(outcome: Outcome) -> bool:
    """Tell whether a try counts as one of the delivery: not if it broke off before any message was named."""
    return not (
        outcome.state is DeliveryState.DEFERRED
        and outcome.relay_fault
        and outcome.stage in _BEFORE_ANY_MESSAGE
    )


def wait(attempts: int, *, jitter: float) -> timedelta:
    """Return the time between a try that `attempts` others preceded and the next one."""
    return WAITS[min(attempts, len(WAITS) - 1)] * (1 + _JITTER * jitter)


def should_pause(recent: Sequence[Outcome]) -> str | None:
    """Return why a mailing must pause, in the relay's words, or None.

    `recent` are its outcomes since it was started or resumed, oldest first; the last `WINDOW` are enough. It
    pauses when five of the first twenty, or later more than 5 %, were final refusals of us or of the message
    and not of a reader: the next readers would fare no better.
    """
    seen = list(recent)[-WINDOW:]
    refusals = [outcome for outcome in seen if _is_refusal_of_us(outcome)]
    allowed = 0 if len(seen) <= _FIRST else _SHARE * len(seen)
    if len(refusals) < _ENOUGH or len(refusals) <= allowed:
        return None
    last = refusals[-1]
    return f"{len(refusals)} of the last {len(seen)} messages were refused at {last.stage}: {_said(last)}"


def refuses_readers(recent: Sequence[Outcome]) -> str | None:
    """Return why a mailing must pause because nearly every reader is refused for good, or None.

    `recent` is what `should_pause` gets. An old list with one reader gone in ten does not come to it, nor one
    of fewer than twenty readers: it is a relay that does not know where mail goes which refuses 20 of 25.
    """
    for size, enough in _BURSTS:
        seen = list(recent)[-size:]
        refusals = [outcome for outcome in seen if is_refusal_of_reader(outcome)]
        if len(refusals) >= enough:
            return (
                f"{len(refusals)} of the last {len(seen)} readers were refused: {_said(refusals[-1])}; look "
                "whether the relay knows where mail goes, then resume and retry; no address is left alone "
                "for these refusals"
            )
    return None


def is_refusal_of_reader(outcome: Outcome) -> bool:
    """Tell whether a relay has refused a reader for good, and not us or the message."""
    return outcome.state is DeliveryState.REJECTED and not outcome.relay_fault and outcome.code is not None


def _uncertain(attempts: int, now: datetime, policy: UncertainPolicy) -> NextStep:
    if policy is UncertainPolicy.HOLD:
        return NextStep(state=DeliveryState.UNCERTAIN)
    if attempts + 1 >= MOST_COPIES:
        reason = f"still uncertain after {attempts + 1} tries; not sent again"
        return NextStep(state=DeliveryState.UNCERTAIN, reason=reason)
    return NextStep(state=DeliveryState.UNCERTAIN, retry_at=now + UNCERTAIN_WAIT)


def _again(
    outcome: Outcome, attempts: int, now: datetime, first_try: datetime | None, jitter: float
) -> NextStep:
    if not counts(outcome):
        return NextStep(state=DeliveryState.DEFERRED, retry_at=now + wait(0, jitter=jitter))
    end = (first_try or now) + GIVE_UP
    if now >= end and attempts + 1 >= len(WAITS):
        return NextStep(state=DeliveryState.REJECTED, reason="gave up after 48 hours")
    retry_at = now + wait(attempts, jitter=jitter)
    return NextStep(state=DeliveryState.DEFERRED, retry_at=min(retry_at, end) if now < end else retry_at)


def _is_refusal_of_us(outcome: Outcome) -> bool:
    is_final = outcome.state is DeliveryState.REJECTED or (outcome.code or 0) >= 500
    return outcome.relay_fault and is_final


def _said(outcome: Outcome) -> str:
    return f"{outcome.code} {outcome.text}" if outcome.code else outcome.text
