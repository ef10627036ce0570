"""Suppressing addresses by hand, and lifting it."""

from __future__ import annotations

import io

import pytest

from publisher.actions.reader import show
from publisher.actions.subscribe import add
from publisher.actions.suppress import lift, suppress, suppress_file
from publisher.app import Publisher
from publisher.errors import NotFoundError, TransitionError
from publisher.model.subscriber import Added, SuppressionReason
from publisher.store import audit
from tests.newsrooms import MONDAY, READER

BY_HAND, COMPLAINT = SuppressionReason.BY_HAND, SuppressionReason.COMPLAINT
HARD, ERASED = SuppressionReason.HARD_BOUNCE, SuppressionReason.ERASED


def reason_of(publisher: Publisher, address: str) -> SuppressionReason | None:
    found = show(publisher, address).suppression
    return found.reason if found else None


def test_a_suppressed_address_cannot_be_added_until_that_is_lifted(publisher: Publisher) -> None:
    assert suppress(publisher, "Ben@example.net", reason=BY_HAND)
    assert add(publisher, "ben@example.net") == {"weekly": Added.SUPPRESSED}

    assert lift(publisher, "BEN@example.net") is BY_HAND
    assert add(publisher, "ben@example.net") == {"weekly": Added.ADDED}


def test_doing_it_twice_is_told_and_keeps_the_first_moment(publisher: Publisher) -> None:
    first = suppress(publisher, READER, reason=BY_HAND)

    assert (first, suppress(publisher, READER, reason=BY_HAND)) == (True, False)


@pytest.mark.parametrize(
    ("before", "after", "left"),
    [
        (HARD, BY_HAND, BY_HAND),
        (BY_HAND, HARD, BY_HAND),
        (BY_HAND, COMPLAINT, COMPLAINT),
        (COMPLAINT, BY_HAND, COMPLAINT),
        (ERASED, COMPLAINT, ERASED),
    ],
)
def test_the_graver_reason_stays(
    publisher: Publisher, before: SuppressionReason, after: SuppressionReason, left: SuppressionReason
) -> None:
    suppress(publisher, READER, reason=before)
    suppress(publisher, READER, reason=after)

    assert reason_of(publisher, READER) is left


@pytest.mark.parametrize("reason", [COMPLAINT, ERASED])
def test_what_its_owner_decided_is_not_lifted(publisher: Publisher, reason: SuppressionReason) -> None:
    suppress(publisher, READER, reason=reason)

    with pytest.raises(TransitionError, match=r"'ada@example\.net' stays suppressed: its owner"):
        lift(publisher, READER)

    assert reason_of(publisher, READER) is reason


def test_what_is_not_suppressed_cannot_be_lifted(publisher: Publisher) -> None:
    with pytest.raises(NotFoundError, match=r"'ada@example\.net' is not suppressed"):
        lift(publisher, READER)


def test_a_bounce_that_is_lifted_leaves_no_mark(publisher: Publisher) -> None:
    suppress(publisher, READER, reason=HARD)
    marked = show(publisher, READER).reader

    lift(publisher, READER)

    freed = show(publisher, READER).reader
    assert marked is not None
    assert freed is not None
    assert (marked.bounced_at, freed.bounced_at) == (MONDAY, None)


def test_the_list_of_another_program_is_taken_over(publisher: Publisher) -> None:
    text = f"email,status\n{READER},cleaned\nben@example.net,cleaned\nnobody,cleaned\n"

    new, known, refused = suppress_file(publisher, io.BytesIO(text.encode()), name="r.csv", reason=COMPLAINT)
    again = suppress_file(publisher, io.BytesIO(text.encode()), name="r.csv", reason=COMPLAINT)

    assert (new, known, [str(each.why) for each in refused]) == (2, 0, ["r.csv:4: 'nobody' has no @"])
    assert again[:2] == (0, 2)
    assert reason_of(publisher, "ben@example.net") is COMPLAINT


def test_the_audit_knows_it_without_an_address(publisher: Publisher) -> None:
    suppress(publisher, READER, reason=BY_HAND)
    lift(publisher, READER)

    with publisher.database.read() as db:
        rows = audit.listed(db, subject="subscribers")
    assert [(row.verb, row.detail) for row in rows] == [
        (verb, {"reason": "by hand", "addresses": 1, "subscribers": [1]}) for verb in ("lift", "suppress")
    ]
