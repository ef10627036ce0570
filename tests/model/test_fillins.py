from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.model.fillins import (
    DATE,
    LIST,
    NUMBER,
    PUBLISHED,
    ROOM,
    UNSUBSCRIBE,
    Ink,
    first_moments,
    moments_in,
    rfc3339,
    rfc5322,
    story_moment,
    values,
)

INK = Ink(nonce="5eed5eed5eed5eed")
MOMENT = datetime(2026, 10, 6, 4, 30, 0, 999_999, tzinfo=UTC)

nonces = st.text("0123456789abcdef", min_size=4, max_size=16)
names = st.sampled_from([NUMBER, DATE, PUBLISHED, UNSUBSCRIBE, LIST, "published-0", "pubdate-12"])
moments = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants naive ends


@given(st.lists(st.tuples(st.text(), names), max_size=6), st.text())
def test_filling_leaves_no_token_whose_value_is_known_and_keeps_all_other_text(
    pieces: list[tuple[str, str]], end: str
) -> None:
    body = "".join(text + INK.token(name) for text, name in pieces) + end

    filled = INK.fill(body.encode(), {name: f"<{name}>" for _, name in pieces})

    assert filled.decode() == "".join(f"{text}<{name}>" for text, name in pieces) + end
    assert INK.names(filled) == frozenset()


@given(nonces, nonces, names)
def test_a_token_of_another_print_is_text_like_any_other(one: str, other: str, name: str) -> None:
    token = Ink(nonce=other).token(name).encode()

    filled = Ink(nonce=one).fill(token, {name: "filled in"})

    assert filled == (b"filled in" if one == other else token)


def test_a_token_without_a_value_stays_for_whoever_fills_it_later() -> None:
    body = f"{INK.token(DATE)} {INK.token(UNSUBSCRIBE)}".encode()

    filled = INK.fill(body, {DATE: "6 October 2026"})

    assert filled == f"6 October 2026 {INK.token(UNSUBSCRIBE)}".encode()
    assert INK.names(filled) == {UNSUBSCRIBE}


def test_a_value_that_looks_like_a_token_is_not_filled_in_again() -> None:
    filled = INK.fill(INK.token(DATE).encode(), {DATE: INK.token(NUMBER), NUMBER: "42"})

    assert filled == INK.token(NUMBER).encode()


@pytest.mark.parametrize("name", ["", "Date", "published-", "-1", "a b", "date-1-2", "é"])
def test_a_name_that_could_not_be_found_again_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"^{name}$"):
        INK.token(name)


@given(moments, st.integers(1, 40))
def test_the_moments_of_stories_are_distinct_in_order_and_never_later_than_the_issue(
    published: datetime, stories: int
) -> None:
    found = [story_moment(published, position) for position in range(stories + 1)]

    assert found == sorted(set(found), reverse=True)
    assert found[0] <= published
    assert published - found[0] < timedelta(seconds=1)


@given(moments, st.integers(0, 12))
def test_every_fill_in_of_an_edition_has_its_value(published: datetime, stories: int) -> None:
    filled = values(moments=first_moments(published, stories), number=42, date_text="today")

    wanted = {f"{kind}-{i}" for kind in ("published", "updated", "pubdate") for i in range(stories + 1)}
    assert set(filled) == wanted | {NUMBER, DATE, PUBLISHED}
    assert (filled[NUMBER], filled[DATE]) == ("42", "today")
    for position in range(stories + 1):
        moment = story_moment(published, position)
        assert datetime.fromisoformat(filled[f"published-{position}"]) == moment
        assert parsedate_to_datetime(filled[f"pubdate-{position}"]) == moment
        assert filled[f"updated-{position}"] == filled[f"published-{position}"]


@given(moments, st.integers(0, 12))
def test_moments_are_read_back_from_the_values_of_fill_ins(published: datetime, stories: int) -> None:
    first = first_moments(published, stories)

    assert moments_in(values(moments=first, number=None, date_text="")) == first
    assert moments_in({}) == ()


def test_an_issue_without_a_number_shows_none() -> None:
    assert values(moments=first_moments(MOMENT, 0), number=None, date_text="")[NUMBER] == ""


def test_moments_are_written_in_utc_as_their_standards_ask() -> None:
    madrid = MOMENT.astimezone(timezone(timedelta(hours=2)))

    assert rfc3339(madrid) == "2026-10-06T04:30:00Z"
    assert rfc5322(madrid) == "Tue, 06 Oct 2026 04:30:00 +0000"


def test_the_longest_size_counts_the_room_of_each_token_each_time_it_stands() -> None:
    ink = Ink(nonce="n0")
    body = f"<p>{ink.token('list')}</p><a href='{ink.token('list')}'>{ink.token('number')}</a>".encode()
    widest = {name: "x" * room for name, room in ROOM.items()}

    assert ink.longest(body) == len(ink.fill(body, widest))
