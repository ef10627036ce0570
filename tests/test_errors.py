from __future__ import annotations

import pytest

from publisher.errors import ContentError, NotFoundError, Place, PublisherError


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        (Place(path="issues/a.md"), "issues/a.md"),
        (Place(path="issues/a.md", line=3), "issues/a.md:3"),
        (Place(path="issues/a.md", line=3, column=7), "issues/a.md:3:7"),
        (Place(path="issues/a.md", column=7), "issues/a.md"),
    ],
)
def test_a_place_is_written_as_editors_and_terminals_read_it(place: Place, shown: str) -> None:
    assert str(place) == shown


def test_an_error_is_a_sentence_with_place_and_cure() -> None:
    place = Place(path="issues/a.md", line=3)

    assert str(PublisherError("it is broken")) == "it is broken"
    assert str(ContentError("it is broken", fix="mend it")) == "it is broken (mend it)"
    assert str(NotFoundError("gone", place=place, fix="find it")) == "issues/a.md:3: gone (find it)"
