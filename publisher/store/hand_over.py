"""The moment of hand-over: who of a batch is next, and who may not be mailed any more."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from publisher.model.delivery import DeliveryState, Recipient
from publisher.model.subscriber import SubscriptionState
from publisher.store.compiled import Row
from publisher.store.ledger import Move, Page
from publisher.store.subscribers import begin_probe, suppressed, suppression


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What a step of a batch gave: who was handed over, in order, and with whom there is nothing more to do.

    `gone` are those offered who were passed over: they may not be mailed any more, or were not due any more.
    """

    handed: tuple[Recipient, ...] = ()
    gone: frozenset[int] = frozenset()
    can_send: bool = True


def everybody(candidates: Sequence[Recipient]) -> Collection[int]:
    """Admit everybody, at once."""
    return [candidate.subscriber for candidate in candidates]


def hand_over(  # noqa: PLR0913 - who, how many, and who may not
    db: Connection,
    page: Page,
    *,
    offered: Sequence[int],
    wanted: int,
    suppressed_hash: Callable[[str], str],
    admit: Callable[[Sequence[Recipient]], Collection[int]],
) -> Step:
    """Look at those offered, a few at a time, until `wanted` of them are marked as being sent.

    `suppressed_hash` makes of an address key what a suppression would keep of it, `admit` says whose turn it
    is now. It is not asked again about those who are marked already, by a commit that seemed to fail. Whoever
    is offered twice is looked at once.
    """
    handed: list[Recipient] = []
    gone: set[int] = set()
    seen: set[int] = set()
    start = 0
    while len(handed) < wanted and start < len(offered):
        end = start + wanted - len(handed)
        some = [each for each in dict.fromkeys(offered[start:end]) if each not in seen]
        start = end
        if not some:
            continue
        seen.update(some)
        facts = page.facts(some)
        gone.update(each for each in some if not _is_due(facts.get(each), page.now))
        due = [facts[each] for each in some if each not in gone]
        refused, probes = _refusals(db, page, due, suppressed_hash)
        candidates = [
            _recipient(page.row["mailing"], facts[each])
            for each in some
            if each not in gone and each not in refused
        ]
        new = [each for each in candidates if not _is_marked(facts[each.subscriber])]
        admitted = set(admit(new)) if new else set()
        marked = [each for each in candidates if each not in new or each.subscriber in admitted]
        for each in [each for each in marked if each.subscriber in probes]:
            hashed, mailing = probes[each.subscriber], page.row["mailing"]
            if not begin_probe(db, hashed, now=page.now, mailing=mailing, subscriber=each.subscriber):
                marked.remove(each)
        page.move_all(_moves(facts, marked, refused))
        for subscriber, why in refused.items():
            page.note(subscriber, DeliveryState.SUPPRESSED, why)
        gone.update(refused)
        handed += marked
        if len(marked) < len(candidates):
            break
    return Step(handed=tuple(handed), gone=frozenset(gone))


def _moves(facts: Mapping[int, Row], marked: Iterable[Recipient], refused: Iterable[int]) -> list[Move]:
    old = {subscriber: row["state"] for subscriber, row in facts.items()}
    sending = [
        Move(each.subscriber, old[each.subscriber], DeliveryState.SENDING, tries=1)
        for each in marked
        if not _is_marked(facts[each.subscriber])
    ]
    return sending + [Move(each, old[each], DeliveryState.SUPPRESSED) for each in refused]


def _is_due(row: Row | None, now: datetime) -> bool:
    """Return whether it can be sent; what is marked already was marked by a commit that seemed to fail."""
    if row is None:
        return False
    if row["state"] in (DeliveryState.PENDING, DeliveryState.SENDING):
        return True
    return row["due_at"] is not None and row["due_at"] <= now


def _is_marked(row: Row) -> bool:
    return row["state"] is DeliveryState.SENDING


def _recipient(mailing: int, row: Row) -> Recipient:
    return Recipient(
        mailing=mailing,
        subscriber=row["subscriber"],
        public_id=row["public_id"],
        address=row["address"],
        list=row["list"],
        attempts=row["attempts"] - _is_marked(row),
        counts_clicks=bool(row["counts_clicks"]),
    )


def _refusals(
    db: Connection, page: Page, rows: Iterable[Row], suppressed_hash: Callable[[str], str]
) -> tuple[dict[int, str], dict[int, str]]:
    """Return the readers who may not be mailed any more, with the reason, and those who would be a probe.

    Of the latter, the hash under which they are suppressed.
    """
    left: dict[int, str] = {}
    probes: dict[int, str] = {}
    hashes: dict[str, int] = {}
    for row in rows:
        if row["subscription"] != SubscriptionState.ACTIVE.value:
            left[row["subscriber"]] = f"no active subscription to {row['list']} any more"
        else:
            hashes[suppressed_hash(row["address_key"])] = row["subscriber"]
    for each in suppressed(db, hashes):
        if reason := suppression(db, each, now=page.now, mailing=page.row["mailing"]):
            left[hashes[each]] = f"the address must not be mailed: {reason}"
        else:
            probes[hashes[each]] = each
    return left, probes
