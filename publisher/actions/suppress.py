"""Suppressing addresses by hand, and lifting what may be lifted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import BinaryIO, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from publisher.actions.addressing import address_hash, address_hasher, suppression_secret
from publisher.actions.reader_file import looked_over
from publisher.actions.reader_rows import ReaderRows, columns_in
from publisher.actions.refused_rows import Refused
from publisher.app import Publisher
from publisher.delivery import addresses
from publisher.errors import NotFoundError, TransitionError
from publisher.model.reports import ReportKind
from publisher.model.subscriber import SuppressionReason
from publisher.store import audit, keys, readers, reports, subscribers

LIFTABLE: Final = (SuppressionReason.BY_HAND, SuppressionReason.HARD_BOUNCE)
"""What an editor may take back. Who complained, moved or was erased has decided that alone."""

_PORTION: Final = 500


def suppress(publisher: Publisher, address: str, *, reason: SuppressionReason) -> bool:
    """Mail an address no more, on any list; return whether that is new.

    Raises:
        AddressError: the address is impossible.
    """
    key = addresses.normalise(addresses.parse(address))
    with publisher.database.begin() as db:
        secret = suppression_secret(keys.every(db))
        return _suppress(publisher, db, [(key, address_hash(secret, key))], reason) == 1


def suppress_file(
    publisher: Publisher, file: BinaryIO, *, name: str, reason: SuppressionReason
) -> tuple[int, int, list[Refused]]:
    """Suppress the addresses in a file: a CSV file with a column `email`, or one address a line.

    Returns how many were suppressed, how many had been before, and the rows that were refused.

    Raises:
        PublisherError: the file cannot be read as a table; nobody was suppressed.
    """
    new, known, refused = 0, 0, list[Refused]()
    with looked_over(file, name=name) as found:
        with publisher.database.read() as db:
            rows = ReaderRows(
                file=found,
                columns=columns_in(found, {}).only_addresses(),
                lists=(),
                hashed=address_hasher(suppression_secret(keys.every(db))),
                zone=ZoneInfo(publisher.settings.publication.timezone),
                now=publisher.now(db),
            )
        for portion in rows.portions(_PORTION, offset=found.begin, line=found.begin_line):
            addressed = [(each.address_key, each.address_hash) for each in portion.newcomers]
            with publisher.database.begin() as db:
                count = _suppress(publisher, db, addressed, reason)
            new, known = new + count, known + len(addressed) - count
            refused += portion.refused
    return new, known, refused


def lift(publisher: Publisher, address: str) -> SuppressionReason:
    """Mail an address again that an editor suppressed, or that bounced; return what the reason was.

    Raises:
        AddressError: the address is impossible.
        NotFoundError: it is not suppressed.
        TransitionError: its owner complained, moved or was erased; only its owner can change that.
    """
    key = addresses.normalise(addresses.parse(address))
    with publisher.database.begin() as db:
        now = publisher.now(db)
        hashed = address_hash(suppression_secret(keys.every(db)), key)
        found = readers.suppression(db, hashed)
        if found is None:
            raise NotFoundError(f"'{address}' is not suppressed")
        if found.reason not in LIFTABLE:
            raise TransitionError(
                f"'{address}' stays suppressed: {_WHY[found.reason]}",
                fix="only its owner can ask for mail again",
            )
        subscribers.lift(db, hashed, since=found.since, reason=found.reason)
        number = readers.number_of(db, key)
        if number is not None:
            reports.forgive(db, number)
        _note(publisher, db, verb="lift", numbers=[number], reason=found.reason, now=now)
        return found.reason


_WHY: Final = {
    SuppressionReason.COMPLAINT: "its owner complained",
    SuppressionReason.ERASED: "its owner was erased",
    SuppressionReason.MOVED: "its owner moved to another one",
}

_MARKS: Final[dict[SuppressionReason, ReportKind]] = {
    SuppressionReason.COMPLAINT: ReportKind.COMPLAINT,
    SuppressionReason.HARD_BOUNCE: ReportKind.HARD_BOUNCE,
}


def _suppress(
    publisher: Publisher, db: Connection, addressed: Sequence[tuple[str, str]], reason: SuppressionReason
) -> int:
    """Suppress addresses, given as key and hash; return how many were not before."""
    now = publisher.now(db)
    new = [
        key
        for key, hashed in addressed
        if subscribers.suppress(db, address_hash=hashed, reason=reason, now=now)
    ]
    numbers = [readers.number_of(db, key) for key in new]
    for number in filter(None, numbers):
        if reason in _MARKS:
            reports.mark(db, number, _MARKS[reason], now)
    if new:
        _note(publisher, db, verb="suppress", numbers=numbers, reason=reason, now=now)
    return len(new)


def _note(  # noqa: PLR0913 - what an audit row says
    publisher: Publisher,
    db: Connection,
    *,
    verb: str,
    numbers: Sequence[int | None],
    reason: SuppressionReason,
    now: datetime,
) -> None:
    audit.write(
        db,
        at=now,
        actor=publisher.actor,
        verb=verb,
        subject="subscribers",
        detail={
            "reason": reason.value,
            "addresses": len(numbers),
            "subscribers": [number for number in numbers if number is not None],
        },
    )
