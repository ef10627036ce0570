"""What a sender holds: drafts that can be thrown away, and lines that keep their order."""

from __future__ import annotations

import asyncio
from collections import deque
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from publisher.actions.held import Ask, Held, reply
from publisher.model.delivery import Batch
from tests.databases import NOW
from tests.relays import ENVELOPES

SECOND = timedelta(seconds=1)
BATCH = Batch(mailing=1, number=0, first_subscriber=1, last_subscriber=9, fence=1, lease_until=NOW)


def held(*queue: int) -> Held:
    return Held(batch=BATCH, envelopes=ENVELOPES, queue=deque(queue), lease_until=NOW)


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
