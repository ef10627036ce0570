"""How events become one notice."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from publisher.model.notices import MOST_ITEMS, first_payload, joined

ABOUT = st.text("abcde", min_size=1, max_size=2)


@given(st.lists(ABOUT, min_size=1, max_size=MOST_ITEMS))
def test_each_thing_is_told_of_once_with_its_last_event(things: list[str]) -> None:
    payload = first_payload({"about": things[0], "number": 0})
    for number, about in enumerate(things[1:], 1):
        payload = joined(payload, {"about": about, "number": number})

    last = {about: number for number, about in enumerate(things)}
    assert {each["about"]: each["number"] for each in payload["items"]} == last
    assert payload["count"] == len(payload["items"]) == len(last)


def test_a_notice_of_many_events_describes_the_first_and_counts_all() -> None:
    payload = first_payload({"about": 0})
    for about in range(1, 300):
        payload = joined(payload, {"about": about})

    assert [each["about"] for each in payload["items"]] == list(range(MOST_ITEMS))
    assert payload["count"] == 300
