from __future__ import annotations

from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from publisher.app import Publisher
from publisher.store import public
from publisher.web.routes import site
from tests.web.newsroom import NOW, MovedClock


def test_a_process_that_answers_is_up(reader: TestClient) -> None:
    answer = reader.get("/healthz")

    assert (answer.status_code, answer.text) == (200, "ok\n")


@pytest.mark.parametrize(
    ("ticked_before", "status", "reasons"),
    [
        (None, 503, ["the clock has not ticked yet"]),
        (0, 200, []),
        (119, 200, []),
        (121, 503, ["the clock has not ticked for 121 s"]),
        (90_000, 503, ["the clock has not ticked for 90000 s"]),
    ],
)
def test_it_is_ready_while_its_clock_ticks(
    reader: TestClient,
    publisher: Publisher,
    clock: MovedClock,
    *,
    ticked_before: int | None,
    status: int,
    reasons: list[str],
) -> None:
    if ticked_before is not None:
        with publisher.database.begin() as db:
            public.note_tick(db, NOW)
        clock.moves(timedelta(seconds=ticked_before))

    answer = reader.get("/readyz")

    assert answer.status_code == status
    assert answer.json() == {"ready": not reasons, "reasons": reasons}
    assert answer.headers["cache-control"] == "no-store"


def test_a_process_that_only_serves_needs_no_clock(publisher: Publisher) -> None:
    with TestClient(site(publisher, ticking=False)) as reader:
        assert reader.get("/readyz").json() == {"ready": True, "reasons": []}
