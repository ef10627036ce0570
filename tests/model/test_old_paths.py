"""Old paths lead to pages, and never into anything else."""

from __future__ import annotations

import pytest

from publisher.model.old_paths import old_path


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("/blog/bridge/", "/blog/bridge/"),
        ("/blog/bridge", "/blog/bridge/"),
        ("/2024/01/02/bridge.html", "/2024/01/02/bridge.html"),
        ("/blog/bridge/index.html", "/blog/bridge/"),
        ("/blog/caf%C3%A9/", "/blog/café/"),
    ],
)
def test_a_path_is_taken_as_it_is_served(text: str, path: str) -> None:
    assert old_path(text) == path


@pytest.mark.parametrize(
    "text",
    [
        *("", "/", "bridge", "//evil.example/", "/a//b", "/../etc/", "/a/../b", "/a/%2e%2e/b", "/%2F/evil"),
        *("/a?b=1", "/a#b", "/a\\b", "/a\nb", "/a\0", "/a%00", "/.well-known/x", "/a.html/b", "/a.html/"),
        *(
            "/a.html.gz",
            "/feed.atom",
            "/stories/a/",
            "/Stories/a/",
            "/issues",
            "/media/a.html",
            "/index.html",
        ),
        *("/index.php", "/404.html", "/:year/:title/", "/a b/", f"/{'a' * 400}/", "https://x.example/a/"),
    ],
)
def test_what_could_stand_in_the_way_of_anything_is_no_old_path(text: str) -> None:
    assert old_path(text) is None
