"""What a sender holds: drafts that can be thrown away, and lines that keep their order."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from publisher.actions.held import Answer, Ask, Held, Promise, key_of, reply, taken_for
from publisher.actions.relays import Relays
from publisher.model.delivery import Batch
from tests.databases import NOW
from tests.relays import ENVELOPES, TAKEN, answer

SECOND = timedelta(seconds=1)
BATCH = Batch(mailing=1, number=0, first_subscriber=1, last_subscriber=9, fence=1, lease_until=NOW)


def held(*queue: int) -> Held:
    return Held(batch=BATCH, envelopes=ENVELOPES, queue=deque(queue), lease_until=NOW)


def promised(subscriber: int) -> Answer:
    """Return an answer to a delivery with which this reader was promised."""
    promise = Promise(batch=key_of(BATCH), subscriber=subscriber, address="r@example.net")
    given = answer(Relays({"smtp": None}, {}), TAKEN)
    return replace(given, handed=replace(given.handed, promise=promise))


def test_a_draft_can_be_thrown_away() -> None:
    batch = held(1, 2, 3)
    draft = batch.draft(NOW)

    draft.put_off({2: NOW + SECOND}, now=NOW)
    draft.take_out({1})
    draft.on_their_way += 1

    assert (list(batch.queue), batch.later, batch.on_their_way) == ([1, 2, 3], [], 0)
    assert list(draft.queue) == [3]


def test_whoever_was_put_off_is_in_line_again_when_it_is_time() -> None:
    batch = held(1, 2, 3)
    batch.put_off({1: NOW + SECOND, 2: NOW + 3 * SECOND}, now=NOW)

    lines = [list(batch.draft(NOW + passed * SECOND).queue) for passed in (0, 1, 2, 3)]

    assert [sorted(line) for line in lines] == [[3], [1, 3], [1, 3], [1, 2, 3]]
    assert not batch.is_done


def test_after_the_clock_was_put_back_nobody_waits_for_a_moment_of_the_old_time() -> None:
    batch = held(1)
    batch.put_off({1: NOW + SECOND}, now=NOW)

    draft = batch.draft(NOW - timedelta(hours=1))

    assert list(draft.queue) == [1]
    assert draft.later == []


@given(st.permutations(range(9)), st.sets(st.integers(0, 8)))
def test_whoever_leaves_the_line_changes_nothing_about_the_order_of_the_others(
    queue: list[int], leaving: set[int]
) -> None:
    batch = held(*queue)

    batch.take_out(leaving)

    assert list(batch.queue) == [each for each in queue if each not in leaving]


@given(st.permutations(range(9)), st.lists(st.integers(0, 12)), st.sets(st.integers(0, 12)))
def test_nobody_is_offered_twice_and_only_those_promised_to_others_are_left_out(
    queue: list[int], own: list[int], others: set[int]
) -> None:
    offered = held(*queue).line(own, others - set(own))

    first = [each for each in dict.fromkeys(own) if each in queue]
    assert len(set(offered)) == len(offered)
    assert set(queue) - others <= set(offered) <= set(queue)
    assert offered[: len(first)] == first


def test_whoever_was_promised_to_somebody_else_is_neither_offered_nor_promised_again() -> None:
    batch = held(1, 2, 3, 4, 5)

    assert batch.line([3], {1, 2}) == [3, 4, 5]
    assert batch.line([], {1}) == [2, 3, 4, 5]
    assert batch.next_but({1, 2}) == 3
    assert batch.next_but({1, 2, 3, 4, 5}) is None


def test_a_delivery_goes_to_the_connection_that_was_promised_it_or_else_to_one_without_a_promise() -> None:
    async def takers() -> list[Ask]:
        loop = asyncio.get_running_loop()
        answers = (promised(7), None, promised(8))
        return [Ask(relay="smtp", answer=each, future=loop.create_future()) for each in answers]

    of_seven, free, of_eight = asyncio.run(takers())
    key = key_of(BATCH)

    assert taken_for(8, key, deque([of_seven, free, of_eight])) is of_eight
    assert taken_for(9, key, deque([of_seven, free, of_eight])) is free
    assert taken_for(9, key, deque([of_seven, of_eight])) is of_seven
    assert taken_for(7, (2, 0, 1), deque([of_seven, free])) is free


def test_a_batch_is_done_when_nothing_is_in_line_nor_waits_nor_is_on_its_way() -> None:
    batch = held()
    done = batch.is_done
    batch.on_their_way = 1

    assert done
    assert not batch.is_done


def test_an_answer_for_a_connection_that_is_gone_harms_nobody() -> None:
    async def both() -> None:
        loop = asyncio.get_running_loop()
        gone, alive = (Ask(relay="smtp", answer=None, future=loop.create_future()) for _ in range(2))
        gone.future.cancel()

        for each in (gone, alive):
            reply(each, None)

        assert await asyncio.wait_for(alive.future, 5) is None

    asyncio.run(both())
