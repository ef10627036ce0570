"""Send now, and think again: the clock of a server keeps the time in which it can be taken back."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from publisher.actions.queue import Place, queue, unqueue
from publisher.app import Publisher
from publisher.model.states import IssueState
from publisher.schedule.clock import Clock
from tests.newsrooms import PATIENCE, history_of, mailing_of, newsroom_in, served, state_of

NOW = Place(soon=True)
UNDO = timedelta(seconds=2)


def test_what_is_sent_now_can_be_taken_back_until_its_moment_and_then_goes_out_once(
    tmp_path: Path, sqlite_template: Path
) -> None:
    newsroom = newsroom_in(tmp_path / "newsroom", sqlite_template)
    newsroom.sets('[delivery]\nundo = "2s"\n')
    newsroom.writes("heat")

    with newsroom.opened(clock=lambda: datetime.now(UTC)) as publisher:
        clock = Clock(publisher, every=timedelta(seconds=0.2))
        clock.start()
        try:
            taken_back = _taken_back(publisher)
            before = datetime.now(UTC)
            due = queue(publisher, "heat", NOW).due_at
            _wait_until_published(publisher)
        finally:
            clock.stop()
        last, mailing = history_of(publisher, "heat")[-1], mailing_of(publisher, "heat")

    assert taken_back == (IssueState.APPROVED, False)
    assert due is not None
    assert before + UNDO <= due
    assert last.verb == "publish"
    assert last.at >= due
    assert mailing.audience == 1


def _taken_back(publisher: Publisher) -> tuple[IssueState, bool]:
    """Queue and unqueue; return what the issue is after its moment, and whether anything of it is public."""
    queue(publisher, "heat", NOW)
    unqueue(publisher, "heat")
    time.sleep(1.2 * UNDO.total_seconds())
    return state_of(publisher, "heat"), any("heat" in path for path in served(publisher))


def _wait_until_published(publisher: Publisher) -> None:
    deadline = time.monotonic() + PATIENCE
    while state_of(publisher, "heat") is not IssueState.PUBLISHED:
        assert time.monotonic() < deadline, "it was never published"
        time.sleep(0.05)
