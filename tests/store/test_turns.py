"""The fair lock."""

from __future__ import annotations

import signal
import threading
import time
from datetime import timedelta

import pytest

from publisher.store.turns import NoTurnError, Turns

LONG = timedelta(seconds=10)


def test_turns_come_in_the_order_of_asking() -> None:
    turns, order = Turns(), []
    threads = []

    def ask(name: int) -> None:
        with turns.taken(LONG):
            order.append(name)

    with turns.taken(LONG):
        for name in range(6):
            threads.append(threading.Thread(target=ask, args=(name,)))
            threads[-1].start()
            _until_waiting(turns, name + 1)
    for thread in threads:
        thread.join()

    assert order == list(range(6))


def test_only_one_has_the_turn() -> None:
    turns, inside, most = Turns(), [], []

    def ask() -> None:
        for _ in range(50):
            with turns.taken(LONG):
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(most) == 400
    assert set(most) == {1}


def test_whoever_gave_up_waiting_does_not_keep_the_others_back() -> None:
    turns = Turns()
    gave_up: list[str] = []

    def ask_in_vain() -> None:
        try:
            with turns.taken(timedelta(seconds=0.01)):
                gave_up.append("never")
        except NoTurnError:
            gave_up.append("yes")

    with turns.taken(LONG):
        impatient = threading.Thread(target=ask_in_vain)
        impatient.start()
        impatient.join()

    with turns.taken(timedelta(seconds=0.01)):
        assert gave_up == ["yes"]


def test_whoever_is_interrupted_while_waiting_does_not_keep_the_others_back() -> None:
    turns, begun, enough = Turns(), threading.Event(), threading.Event()

    def hold() -> None:
        with turns.taken(LONG):
            begun.set()
            enough.wait(10)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    holder = threading.Thread(target=hold)
    holder.start()
    assert begun.wait(10)
    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with pytest.raises(KeyboardInterrupt), turns.taken(LONG):
            pass
    finally:
        signal.signal(signal.SIGALRM, before)
        enough.set()
        holder.join()

    with turns.taken(timedelta(seconds=0.01)):
        assert not turns._waiting


def test_an_exception_passes_the_turn_on() -> None:
    turns = Turns()
    with pytest.raises(ZeroDivisionError), turns.taken(LONG):
        _ = 1 / 0

    with turns.taken(timedelta(seconds=0.01)):
        pass


def test_asking_twice_is_a_bug_and_does_not_hang() -> None:
    turns = Turns()

    with pytest.raises(RuntimeError, match="inside another"), turns.taken(LONG), turns.taken(LONG):
        pass


def _until_waiting(turns: Turns, count: int) -> None:
    for _ in range(1000):
        if len(turns._waiting) == count:
            return
        time.sleep(0.005)
    raise AssertionError("nobody is waiting")
