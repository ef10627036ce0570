"""The kill sweep: a sender that mails 40 readers is killed at every fifth of its calls that change anything.

The points are those of `tests/kill_sweep.py`: the sender is about to write, to flush or to send something.
After each kill others go on until everybody has the issue, and what is uncertain is sent again. It runs on
SQLite and on PostgreSQL; `--quick` takes a few points of the time in which messages leave. The ratio is the
most second copies after one kill to the connections that were open.

Beside it stands, but not with `--quick`, what four workers on one PostgreSQL database make of a rate of 100
messages a second, and how many seconds after one is killed another has its batch.
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from benchmarks.measure import options, report
from benchmarks.sharing import LEASE, PER_SECOND, held_rate, taken_over_after
from tests.databases import postgresql
from tests.kill_sweep import CONNECTIONS, Found, Sweep, in_mid_send, spread

EVERY: Final = 5
QUICK: Final = {"sqlite": 2, "postgresql": 1}
LOT: Final = 25
"""So many kills in one folder, where each is the slower the more there were before."""


def main() -> None:
    """Sweep and report."""
    given = options(__doc__)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers = {"sqlite": "", "postgresql": stack.enter_context(postgresql())}
        workers = {} if given.quick else _of_workers(folder, servers["postgresql"])
        found = {name: _swept(folder, name, server, quick=given.quick) for name, server in servers.items()}
    every = [each for kills in found.values() for each in kills]
    report(
        given,
        name="faults",
        ratio=max(each.second_copies for each in every) / CONNECTIONS,
        against="the connections that are open when the sender is killed",
        limit=1.0,
        lost=sum(each.lost for each in every),
        second_copies=sum(each.second_copies for each in every),
        uncertain=sum(each.uncertain for each in every),
        broken_promises=[f"{each.point}: {fault}" for each in every for fault in each.faults],
        **workers,
        **{f"kills_{name}": sum(each.was_killed for each in kills) for name, kills in found.items()},
    )


def _of_workers(folder: Path, server: str) -> dict[str, dict[str, float]]:
    """Return what several workers make of a rate, and of the end of one of them."""
    rate = held_rate(folder / "rate", server)
    after = taken_over_after(folder / "lease", server)
    return {
        "workers_rate": {"wanted": PER_SECOND, "held": round(rate.per_second, 1)},
        "workers_most_in_a_second": {"allowed": rate.allowed, "found": rate.most},
        "workers_takeover_s": {"lease": LEASE, "taken_over_after": after},
    }


def _swept(folder: Path, name: str, server: str, *, quick: bool) -> list[Found]:
    """Kill senders on one kind of database."""
    with Sweep(folder / f"{name}-points", server=server) as sweep:
        points = sweep.points()
    points = spread(in_mid_send(points), QUICK[name]) if quick else points[::EVERY]
    found = []
    for start in range(0, len(points), LOT):
        with Sweep(folder / f"{name}-{start}", server=server) as sweep:
            found += sweep.killed_at_each(points[start : start + LOT])
    return found


if __name__ == "__main__":
    main()
