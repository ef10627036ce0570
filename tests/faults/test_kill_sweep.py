"""A sender that is killed at any moment of its work keeps the promise: see `tests/kill_sweep.py`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.kill_sweep import CONNECTIONS, Found, Sweep, spread


def assert_the_promise_is_kept(found: Sequence[Found]) -> None:
    assert [(str(each.point), each.faults) for each in found if each.faults] == []
    assert sum(each.lost for each in found) == 0
    assert all(each.second_copies <= each.uncertain <= CONNECTIONS for each in found)
    assert sum(each.was_killed for each in found) > len(found) / 2


def test_a_kill_at_any_system_call_loses_nobody_and_doubles_only_who_is_named(tmp_path: Path) -> None:
    with Sweep(tmp_path) as sweep:
        found = sweep.killed_at_each(spread(sweep.points(), 25))

    assert_the_promise_is_kept(found)


def test_where_there_is_no_strace_a_kill_between_any_two_functions_keeps_the_promise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with Sweep(tmp_path) as sweep:
        points = sweep.points()
        found = sweep.killed_at_each(spread(points, 4))

    assert {point.kind for point in points} == {""}
    assert_the_promise_is_kept(found)


def test_on_postgresql_a_kill_at_any_system_call_keeps_the_promise(
    tmp_path: Path, postgresql_server: str
) -> None:
    with Sweep(tmp_path, server=postgresql_server) as sweep:
        found = sweep.killed_at_each(spread(sweep.points(), 5))

    assert_the_promise_is_kept(found)
