"""The columns of a file of readers."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from publisher.errors import PublisherError
from publisher.model.reader_columns import (
    Columns,
    Field,
    columns_of,
    language_of,
    moment_of,
    several,
    wishes_of,
)

NOW = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)
MADRID = ZoneInfo("Europe/Madrid")


def test_columns_are_found_by_their_heads_in_any_case_and_order() -> None:
    found = columns_of(["Name", "Topics", " E-Mail ", "LANG"], {})

    assert found.has_head
    assert found.places == {Field.TOPICS: 1, Field.EMAIL: 2, Field.LANG: 3}


def test_a_column_that_was_named_goes_before_one_that_would_be_found() -> None:
    found = columns_of(["email", "Adresse"], {Field.EMAIL: "adresse"})

    assert found.places[Field.EMAIL] == 1


def test_the_lists_of_a_file_count_only_if_nobody_named_others() -> None:
    head = ["email", "list"]

    assert Field.LISTS in columns_of(head, {}).places
    assert Field.LISTS not in columns_of(head, {}, own_lists=False).places
    assert Field.LISTS in columns_of(head, {Field.LISTS: "list"}, own_lists=False).places


@pytest.mark.parametrize("first", [["ada@example.net"], ["ada@example.net", "Ada"], ["nobody"]])
def test_without_a_head_the_addresses_stand_in_the_first_column(first: list[str]) -> None:
    heads = ("email", "")[: len(first)]
    assert columns_of(first, {}) == Columns(places={Field.EMAIL: 0}, has_head=False, heads=heads)


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (
            lambda: columns_of(["Name", "Adresse"], {}),
            "no column says that it has the addresses (write",
        ),
        (lambda: columns_of(["email"], {Field.LANG: "Sprache"}), "there is no column 'Sprache' (the columns"),
        (lambda: wishes_of(["email"]), "'email' does not say which column is meant (write email=E-Mail)"),
        (lambda: wishes_of(["name=Name"]), "nothing called 'name' is kept of a reader (map email, lang,"),
        (lambda: language_of("<b>"), "'<b>' is no language (write a tag such as en or pt-BR)"),
        (lambda: moment_of("soon", zone=MADRID, now=NOW), "'soon' is no date (write 2026-10-31"),
        (lambda: moment_of("2026-10-05 10:01", zone=MADRID, now=NOW), "'2026-10-05 10:01' is still to come"),
    ],
)
def test_what_cannot_be_meant_is_told(act: Callable[[], object], sentence: str) -> None:
    with pytest.raises(PublisherError, match=re.escape(sentence)):
        act()


def test_a_moment_without_a_zone_is_the_publications() -> None:
    assert moment_of("2026-10-05 10:00", zone=MADRID, now=NOW) == NOW
    assert moment_of("2026-10-05T08:00Z", zone=MADRID, now=NOW) == NOW
    assert moment_of("", zone=MADRID, now=NOW) is None


def test_a_cell_can_list_several_things_each_once() -> None:
    assert several(" energy; storage,energy | heat ;;") == ("energy", "storage", "heat")
    assert several(" ") == ()


def test_a_language_is_spelled_with_hyphens() -> None:
    assert (language_of("pt_BR"), language_of("")) == ("pt-BR", None)
