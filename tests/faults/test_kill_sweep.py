"""A sender that is killed at any moment of its work keeps the promise: see `tests/kill_sweep.py`."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.kill_sweep import CONNECTIONS, Found, Point, Sweep

AT_ONCE = 2


def spread(points: Sequence[Point], number: int) -> list[Point]:
    """Return so many points, spread evenly over the whole run."""
    return [points[(2 * each + 1) * len(points) // (2 * number)] for each in range(number)]


def killed_at(sweep: Sweep, points: Sequence[Point]) -> list[Found]:
    """Kill a sender at each of the points, some at once."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(sweep.killed_at, points))


def assert_the_promise_is_kept(found: Sequence[Found]) -> None:
    assert [(str(each.point), each.faults) for each in found if each.faults] == []
    assert sum(each.lost for each in found) == 0
    assert all(each.second_copies <= each.uncertain <= CONNECTIONS for each in found)
    assert sum(each.was_killed for each in found) > len(found) / 2


def test_a_kill_at_any_system_call_loses_nobody_and_doubles_only_who_is_named(tmp_path: Path) -> None:
    with Sweep(tmp_path) as sweep:
        found = killed_at(sweep, spread(sweep.points(), 25))

    assert_the_promise_is_kept(found)


def test_a_kill_between_any_two_functions_loses_nobody_and_doubles_only_who_is_named(tmp_path: Path) -> None:
    with Sweep(tmp_path) as sweep:
        found = killed_at(sweep, spread(sweep.call_points(), 5))

    assert_the_promise_is_kept(found)


def test_on_postgresql_a_kill_at_any_system_call_keeps_the_promise(
    tmp_path: Path, postgresql_server: str
) -> None:
    with Sweep(tmp_path, server=postgresql_server) as sweep:
        found = killed_at(sweep, spread(sweep.points(), 5))

    assert_the_promise_is_kept(found)
