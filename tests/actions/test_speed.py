"""How fast mailings go."""

from __future__ import annotations

from publisher.actions.relays import Relays
from publisher.actions.speed import TELL_EVERY, Speed
from tests.relays import DOWN, GREYLISTED, TAKEN, Seconds, answer


def test_a_speed_is_told_every_few_seconds_in_messages_per_thousand_seconds() -> None:
    seconds, relays = Seconds(), Relays({"smtp": None}, {})
    speed = Speed(seconds)
    for mailing in (1, 1, 1, 2):
        speed.count(answer(relays, TAKEN, mailing=mailing))

    seconds.now += TELL_EVERY / 2
    early = speed.news()
    seconds.now += TELL_EVERY / 2
    told = speed.news()
    seconds.now += TELL_EVERY

    assert early == {}
    assert told == {1: 600, 2: 200}
    assert speed.news() == {}


def test_only_what_is_final_counts() -> None:
    seconds, relays = Seconds(), Relays({"smtp": None}, {})
    speed = Speed(seconds)
    for outcome in (DOWN, GREYLISTED):
        speed.count(answer(relays, outcome))

    seconds.now += TELL_EVERY

    assert speed.news() == {}
