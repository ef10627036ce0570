"""Requests that programs repeat because they heard no answer: done once, answered twice."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Final

from publisher.app import Publisher
from publisher.store import requests
from publisher.store.requests import Answered, Request

PATIENCE: Final = timedelta(minutes=5)
"""After so long without an answer, whoever did a request is gone, and a repetition does it."""


class Refused(StrEnum):
    """Why a repetition is neither done nor answered."""

    OTHER = "the key was used for another request"
    RUNNING = "the first request with this key is still being done"


def begin(publisher: Publisher, token: int, key: str, *, fingerprint: str) -> Answered | Refused | None:
    """Return what was answered to the same request before, why there is no answer, or None: do it now.

    Whoever is to do it calls `finish` or `give_up` afterwards. A request whose process ended in the middle
    is done again after `PATIENCE`.
    """
    with publisher.database.begin() as db:
        now = publisher.now(db)
        before = requests.begin(db, token, key, fingerprint=fingerprint, now=now)
        if before is None:
            return None
        if now - before.created_at >= requests.KEPT:
            requests.forget_old(db, now)
            return _again(requests.begin(db, token, key, fingerprint=fingerprint, now=now), fingerprint)
        is_dead = before.answer is None and abs(now - before.created_at) >= PATIENCE
        if (
            is_dead
            and before.fingerprint == fingerprint
            and requests.take_over(db, token, key, since=before.created_at, now=now)
        ):
            return None
        return _again(before, fingerprint)


def finish(publisher: Publisher, token: int, key: str, answer: Answered) -> None:
    """Keep the answer for those who ask again within a day, also after a restart."""
    with publisher.database.begin() as db:
        requests.finish(db, token, key, answer)


def give_up(publisher: Publisher, token: int, key: str) -> None:
    """Give the key free: the request was refused and changed nothing, so it may be sent again."""
    with publisher.database.begin() as db:
        requests.forget(db, token, key)


def _again(before: Request | None, fingerprint: str) -> Answered | Refused | None:
    if before is None:
        return None
    if before.fingerprint != fingerprint:
        return Refused.OTHER
    return before.answer or Refused.RUNNING
