from __future__ import annotations

import pytest

from publisher.model.issue import picture_path


@pytest.mark.parametrize(
    ("folder", "address", "path"),
    [
        ("energy", "cover.jpg", "energy/cover.jpg"),
        ("", "cover.jpg", "cover.jpg"),
        ("energy", "pictures/a%20b.jpg", "energy/pictures/a b.jpg"),
        ("energy", "./../shared/a.jpg", "shared/a.jpg"),
        ("energy", "../../a.jpg", "../a.jpg"),
        ("energy", "cafe\u0301.jpg", "energy/café.jpg"),
        ("energy", "https://a.b/c.jpg", None),
        ("energy", "//a.b/c.jpg", None),
        ("energy", "data:image/png;base64,AA", None),
        ("energy", "#top", None),
        ("energy", " ", None),
    ],
)
def test_a_picture_is_known_by_its_path_below_issues(folder: str, address: str, path: str | None) -> None:
    assert picture_path(folder, address) == path
