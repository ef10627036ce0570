from __future__ import annotations

import pytest

from publisher.actions.readers import count_readers
from publisher.actions.status import status
from publisher.actions.subscribe import add
from publisher.app import Publisher
from publisher.store import audiences
from tests.newsrooms import HandClock


def test_readers_of_a_large_list_are_counted_once_a_minute(
    publisher: Publisher, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audiences, "LARGE", 1)
    counted = count_readers(publisher)
    add(publisher, "ben@example.net")

    at_once = status(publisher).readers["weekly"]
    clock.passes(seconds=59)
    too_soon = count_readers(publisher)
    clock.passes(seconds=1)
    again = count_readers(publisher)

    assert (counted, too_soon, again) == (2, 0, 2)
    assert (at_once, status(publisher).readers["weekly"]) == (1, 2)


def test_a_count_that_nobody_renews_is_no_answer(
    publisher: Publisher, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audiences, "LARGE", 1)
    count_readers(publisher)
    add(publisher, "ben@example.net")
    clock.passes(minutes=2, seconds=1)

    assert status(publisher).readers["weekly"] == 2


def test_readers_of_a_small_list_are_counted_whenever_somebody_asks(publisher: Publisher) -> None:
    count_readers(publisher)
    add(publisher, "ben@example.net")

    assert status(publisher).readers["weekly"] == 2
