"""What `publisher import` says: each thing that came, what is not as it was, and what is next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from publisher.cli.check import printable
from publisher.cli.output import counted, say, warn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from publisher.actions.arrivals import Arrival, Arrivals
    from publisher.content.importers.change import Change

_PIECES = 3
"""So many pieces of one kind are shown; `--json` has all."""


def tell(arrivals: Arrivals) -> None:
    """Print the report of an import for people."""
    for arrival in arrivals.arrivals:
        for line in _arrival(arrival):
            say(printable(line))
    for what, number in arrivals.left_out.items():
        say(f"left out: {counted(number, what)}")
    for trouble in arrivals.troubles:
        warn(f"publisher: {printable(trouble)}")
    for line in _summary(arrivals):
        say(line)


def change_lines(changes: Sequence[Change]) -> Iterator[str]:
    """Yield a line for each kind of change, with the first pieces that it was about."""
    kinds: dict[tuple[bool, str], list[Change]] = defaultdict(list)
    for change in changes:
        kinds[change.left_out, change.what].append(change)
    for (left_out, what), same in kinds.items():
        pieces = [str(each).removeprefix(what).removeprefix(": ") for each in same]
        shown = ", ".join(dict.fromkeys(piece for piece in pieces if piece))
        shown = ", ".join(list(dict.fromkeys(pieces))[:_PIECES]) if len(same) > _PIECES else shown
        more = f" and {len(same) - _PIECES} more" if len(same) > _PIECES and shown else ""
        times = f" ({len(same)} times)" if len(same) > 1 else ""
        yield f"  {'left out' if left_out else 'changed'}: {what}{times}{f': {shown}{more}' if shown else ''}"


def as_json(arrivals: Arrivals) -> dict[str, object]:
    """Return all of an import for programs."""
    return {
        "arrivals": arrivals.arrivals,
        "left_out": arrivals.left_out,
        "troubles": arrivals.troubles,
        "dry_run": arrivals.dry_run,
    }


def _arrival(arrival: Arrival) -> Iterator[str]:
    where = f" -> {arrival.path}" if arrival.path else ""
    yield f"{arrival.source}{where} ({arrival.fate})"
    yield from change_lines(arrival.changes)
    yield from (f"  note: {remark}" for remark in arrival.remarks)
    yield from (f"  {error}" for error in arrival.errors)


def _summary(arrivals: Arrivals) -> Iterator[str]:
    from publisher.actions.arrivals import Fate

    counts = {fate: arrivals.count(fate) for fate in Fate if arrivals.count(fate)}
    names = {Fate.INBOX: "in the inbox", Fate.DRAFT: "draft" if counts.get(Fate.DRAFT) == 1 else "drafts"}
    total = ", ".join(f"{number:,} {names.get(fate, fate.value)}" for fate, number in counts.items())
    yield f"{total or 'nothing'}; nothing is mailed"
    if arrivals.dry_run:
        yield "Nothing is written: this was a dry run. Next: the same command without --dry-run"
        return
    broken = sum(bool(arrival.errors) for arrival in arrivals.arrivals)
    if broken:
        yield f"Next: mend what stands above in {counted(broken, 'issue')}; `publisher check` says it again"
    if Fate.HELD in counts:
        yield "Next: `publisher archive --all` puts what is held online under its old dates, without mail"
    if Fate.INBOX in counts:
        yield "Next: write what you think of it, and move the file from issues/_inbox/ into an issue"
