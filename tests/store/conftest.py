"""The store keeps whatever it is given: here feeds are made up of a few bytes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.validity.all import MadeFeeds


@pytest.fixture(autouse=True)
def _every_feed_is_valid(made_feeds: MadeFeeds) -> Iterator[None]:
    """Forget what is wrong with them."""
    yield
    made_feeds.faults()
