"""What all benchmarks share: options, timing, and the one line that programs read."""

from __future__ import annotations

import argparse
import gc
import json
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a benchmark was called: `quick` ends within 40 s, `json` prints one line.

    `smoke`, for tests, is as quick as can be: it shows that the benchmark works, its figures say nothing.
    """

    quick: bool
    json: bool
    smoke: bool


class AtLeast(float):
    """What a ratio must be at the least."""


def options(description: str | None) -> Options:
    """Read the options that every benchmark has."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help="a smaller run that ends within 40 s")
    parser.add_argument("--json", action="store_true", help="print one line of JSON")
    parser.add_argument("--smoke", action="store_true", help="only show that it works: figures mean nothing")
    given = parser.parse_args()
    return Options(quick=given.quick or given.smoke, json=given.json, smoke=given.smoke)


def best(work: Callable[[], object], *, rounds: int) -> float:
    """Return the shortest of `rounds` runs, in seconds: what the work takes when nothing disturbs it."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def beside(ours: Callable[[], object], theirs: Callable[[], object], *, rounds: int) -> tuple[float, float]:
    """Return the median times in seconds, taken by turns, so that a slow moment slows both.

    As in `timeit`, no garbage is collected meanwhile: when that happens depends on what ran before.
    """
    gc.collect()
    gc.disable()
    times = [(seconds(ours), seconds(theirs)) for _ in range(rounds)]
    gc.enable()
    return median(own for own, _ in times), median(other for _, other in times)


def seconds(work: Callable[[], object]) -> float:
    """Return how long one run takes, in seconds."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def report(given: Options, *, name: str, ratio: float, against: str, limit: float, **details: object) -> None:
    """Print the result; `ratio` is ours divided by `against`, `limit` what it may be at the most.

    Where more is better, the limit is `AtLeast`.
    """
    result: dict[str, object] = {
        "name": name,
        "ratio": round(ratio, 4),
        "against": against,
        "at_least" if isinstance(limit, AtLeast) else "limit": limit,
        **details,
        "python": platform.python_version(),
        "machine": platform.machine(),
    }
    if given.json:
        print(json.dumps(result))
    else:
        width = max(map(len, result))
        print(*(f"{key:<{width}}  {value}" for key, value in result.items()), sep="\n")
    sys.stdout.flush()
