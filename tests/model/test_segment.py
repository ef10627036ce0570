"""The filter language: what it says, how it is written, and how each mistake in it is told."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.errors import PublisherError
from publisher.model.audience import EVERYBODY, selection
from publisher.model.filters import (
    WORDS,
    Either,
    Every,
    Field,
    Filter,
    Flag,
    Has,
    Is,
    Joined,
    Not,
    Sign,
    lists_in,
)
from publisher.model.segment import DEEPEST, LONGEST, FilterError, is_name, parse, resolved, written_out
from tests.segments import filters

ENERGY = Has(Field.TAG, "energy")
WEEKLY = Has(Field.LIST, "weekly")
BOUNCED = Is(Flag.BOUNCED)


def refusal(text: str) -> tuple[int, str]:
    """Return the column and the sentence with which a text is refused."""
    with pytest.raises(FilterError) as refused:
        parse(text)
    return refused.value.column, str(refused.value)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("tag:energy", ENERGY),
        ("  list : weekly ", WEEKLY),
        ('tag:"heat  pumps"', Has(Field.TAG, "heat pumps")),
        ('tag:"a ""b"" c"', Has(Field.TAG, 'a "b" c')),
        ("tag:NOT", Has(Field.TAG, "NOT")),
        ("lang:pt-BR", Has(Field.LANG, "pt-br")),
        ("domain:@Bücher.Example", Has(Field.DOMAIN, "xn--bcher-kva.example")),
        ("joined>2026-01-01", Joined(Sign.AFTER, date(2026, 1, 1))),
        ("joined <= 2026-01-01", Joined(Sign.UNTIL, date(2026, 1, 1))),
        ("not Bounced", Not(BOUNCED)),
        ("tag:energy AND list:weekly OR bounced", Either((Every((ENERGY, WEEKLY)), BOUNCED))),
        ("tag:energy AND (list:weekly OR bounced)", Every((ENERGY, Either((WEEKLY, BOUNCED))))),
        ("tag:energy and (list:weekly and bounced)", Every((ENERGY, WEEKLY, BOUNCED))),
        ("NOT (tag:energy OR bounced)", Not(Either((ENERGY, BOUNCED)))),
        ("((bounced))", BOUNCED),
    ],
)
def test_a_filter_says_what_its_words_say(text: str, meant: Filter) -> None:
    assert parse(text) == meant


@pytest.mark.parametrize(
    ("text", "column", "sentence"),
    [
        ("", 1, "a condition is missing before the end"),
        ("tga:energy", 1, "'tga' has no meaning, in column 1 of the filter (did you mean tag:…?)"),
        ("role AND bounsed", 10, "did you mean bounced?"),
        ("xyzzy", 1, "a filter is made of list, tag, lang, domain, joined, bounced"),
        ("tag:a list:b", 7, "AND or OR is missing before 'list'"),
        ("tag:heat pumps", 10, "AND or OR is missing before 'pumps'"),
        ("tag energy", 5, "a colon is missing after tag, in column 5 of the filter (write tag:energy)"),
        ("tag:", 5, "the topic is missing"),
        ('tag:""', 5, "the topic is missing"),
        ("list:Über", 6, "'Über' is no name of a list"),
        ("domain:example", 8, "'example' is no domain"),
        ("joined:2026-01-01", 7, "a sign is missing after joined"),
        ("joined>2026-02-30", 8, "'2026-02-30' is no day"),
        ("joined>yesterday", 8, "(write one such as joined>=2026-01-01)"),
        ("(role", 1, "this bracket is not closed"),
        ("role)", 5, "there is a bracket too many"),
        ('tag:"heat', 5, "a quotation mark is not closed"),
        ("NOT " * (DEEPEST + 1) + "role", 4 * (DEEPEST + 1) + 1, "it is nested too deep"),
        ("role OR " * LONGEST, LONGEST + 1, "it is too long"),
    ],
)
def test_what_is_no_filter_is_told_with_its_column_and_what_to_do(
    text: str, column: int, sentence: str
) -> None:
    found, said = refusal(text)

    assert found == column
    assert sentence in said
    assert said.endswith(")")
    assert "\n" not in said


@given(filters)
def test_a_filter_is_read_as_it_is_written(found: Filter) -> None:
    again = parse(str(found))

    assert str(again) == str(found)
    assert parse(str(again)) == again


@given(st.text() | st.text("()\":<>= 'abANDORNOTtaglistjoined-2026energy\n\x00é"))
def test_any_text_is_a_filter_or_an_error_with_a_column_in_it(text: str) -> None:
    found, column = None, 1
    try:
        found = parse(text)
    except FilterError as error:
        column = error.column

    assert found is None or parse(str(found)) == found
    assert 1 <= column <= len(text) + 1


def test_every_word_of_the_language_has_an_example_that_is_read() -> None:
    assert set(WORDS) == {*Field, *Flag, "joined"}
    for word, (example, _) in WORDS.items():
        assert str(parse(example)) == example
        assert example.startswith(word)


def test_a_segment_may_be_the_name_of_a_filter() -> None:
    known = {"fans": "tag:energy"}

    assert resolved(" fans ", known) == ENERGY
    assert resolved("list:weekly", known) == WEEKLY
    assert written_out("fans", known) == "tag:energy"
    assert written_out("( list:weekly )", known) == "list:weekly"
    assert written_out("fens", known) == "fens"
    assert written_out(None, known) is None
    with pytest.raises(PublisherError, match=r"'fens' has no meaning.*did you mean fans\?"):
        resolved("fens", known)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("fans", True), ("fans-2", True), ("role", False), ("not", False), ("tag:a", False), ("Fans", False)],
)
def test_a_name_means_nothing_else_in_a_filter(text: str, *, is_one: bool) -> None:
    assert is_name(text) is is_one


def test_the_lists_of_a_filter_are_known() -> None:
    assert list(lists_in(parse("list:a AND NOT (list:b OR tag:c)"))) == ["a", "b"]


def test_a_selection_of_nothing_is_everybody() -> None:
    assert not EVERYBODY
    assert not selection(None, (), zone="UTC")
    assert selection("role", (), zone="UTC")
    assert selection(None, ["Heat  Pumps"], zone="UTC").topics == {"heat-pumps"}
