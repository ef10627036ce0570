from __future__ import annotations

import pytest

from publisher.edition.grammar import DEPTH, parser, too_deep
from publisher.errors import ContentError
from tests.edition.manuscripts import print_body, seen


@pytest.mark.parametrize(
    "markdown",
    [
        ">" * 60 + " a",
        "- " * 60 + "a",
        "> - " * 40 + "a",
        "[" * 5_000,
        "![" * 5_000,
        "[[a](" * 5_000,
        "> [" * 5_000,
    ],
)
def test_what_is_nested_too_deep_is_refused_with_its_place(markdown: str) -> None:
    with pytest.raises(ContentError, match=r"heat\.md:10: quotes, lists or brackets are nested too deep"):
        print_body(markdown)


@pytest.mark.parametrize(
    "markdown", [">" * 20 + " deep", "- " * 20 + "deep", "[0, 1) " * 40 + "deep", "*" * 3_000 + "deep"]
)
def test_what_is_nested_as_deep_as_the_limit_is_printed(markdown: str) -> None:
    assert "deep" in seen(print_body(markdown))


def test_the_parser_drops_nothing_unless_it_is_said() -> None:
    for depth in range(1, DEPTH + 10):
        tokens = parser().parse("> " * depth + "words", {})

        assert too_deep(tokens) or any(token.content == "words" for token in tokens)
