from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.model.search import (
    LONGEST,
    MOST_TERMS,
    Term,
    Words,
    fold,
    pieces,
    read_query,
    read_words,
    words_of,
)

hostile = st.one_of(
    st.text(max_size=300),
    st.lists(
        st.sampled_from(
            ["\0", '"', "'", "NEAR(", "*", "^", ":", "-", "(", ")", "AND", "NOT", "a", "日", "\\"]
        )
    ).map("".join),
)


def indexed(text: str) -> tuple[str, ...]:
    return words_of(tuple(pieces(text)))


def asked(text: str) -> list[tuple[tuple[str, ...], bool]]:
    return [(term.words, term.ends_open) for term in read_query(text).terms]


def has(text: str, term: Term) -> bool:
    """Return whether an index that holds `text` finds a term in it."""
    words, wanted = indexed(text), term.words
    return any(
        words[place : place + len(wanted) - 1] == wanted[:-1]
        and (
            words[place + len(wanted) - 1].startswith(wanted[-1])
            if term.ends_open
            else words[place + len(wanted) - 1] == wanted[-1]
        )
        for place in range(len(words) - len(wanted) + 1)
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Café ÉCOLE", "cafe e\u0301cole"),
        ("Straße ﬁne", "STRASSE fine"),
        ("\uff21\uff29 \uff12\uff10\uff12\uff16", "ai 2026"),
        ("الشَّمْسُ أحمد", "الشمس احمد"),
        ("عام ١٩٨٦", "عام 1986"),
        ("Ёлка", "елка"),
        ("soft\u00adhyphen", "softhyphen"),
        ("ﾊﾞｯﾃﾘｰ", "バッテリー"),
        ("שָׁלוֹם", "שלום"),
        ("don't — stop!", "don’t stop"),
    ],
)
def test_case_accents_width_and_forms_make_no_difference(one: str, other: str) -> None:
    assert indexed(one) == indexed(other)


@pytest.mark.parametrize(("one", "other"), [("が", "か"), ("bar", "baz"), ("हिन्दी", "हन्द"), ("น้ำ", "นา")])
def test_letters_that_are_two_stay_two(one: str, other: str) -> None:
    assert indexed(one) != indexed(other)


def test_scripts_without_spaces_are_indexed_in_pairs_of_letters() -> None:
    assert indexed("AI技術 が") == ("ai", "技術", "術が", "が")
    assert indexed("ไทย")[0] == "ไท"
    assert indexed("배터리") == ("배터", "터리", "리")


@pytest.mark.parametrize(
    "word", ["蓄", "蓄電", "蓄電池", "電池の", "の価格が", "価格", "下", "た", "AI", "力AI", "AI下"]
)
def test_what_stands_in_a_script_without_spaces_is_found_wherever_it_stands(word: str) -> None:
    (term,) = read_query(word).terms

    assert has("夕方の蓄電池の価格が下がり、電力AI下がった", term)


@pytest.mark.parametrize("word", ["池電", "格価", "価下", "蓄価"])
def test_letters_in_another_order_are_not_found(word: str) -> None:
    (term,) = read_query(word).terms

    assert not has("夕方の蓄電池の価格が下がった", term)


def test_a_word_may_go_on_from_three_letters_on_unless_it_is_quoted() -> None:
    assert asked("battery") == [(("battery",), True)]
    assert asked("ai") == [(("ai",), False)]
    assert asked('"battery"') == [(("battery",), False)]
    assert asked("grid-batt") == [(("grid", "batt"), True)]


@pytest.mark.parametrize("quotes", ['""', "“”", "„“", "«»"])
def test_words_in_quotes_follow_each_other(quotes: str) -> None:
    assert asked(f"{quotes[0]}grid power{quotes[1]} Madrid") == [
        (("grid", "power"), False),
        (("madrid",), True),
    ]


def test_a_quote_that_is_never_closed_ends_with_the_search() -> None:
    assert asked('"grid power') == [(("grid", "power"), False)]


@pytest.mark.parametrize("minus", ["-", "\uff0d", "\u2212"])
def test_a_minus_leaves_out_just_this_word_or_phrase(minus: str) -> None:
    query = read_query(f'sun {minus}moon {minus}"new york" co-operation')

    assert [term.words for term in query.terms] == [("sun",), ("co", "operation")]
    assert [(term.words, term.ends_open) for term in query.without] == [
        (("moon",), False),
        (("new", "york"), False),
    ]


@pytest.mark.parametrize("text", ["", " ", "-", '""', "*^:()", "-moon", "\0", "🚀", "—"])
def test_without_a_word_nothing_is_asked(text: str) -> None:
    assert not read_query(text)


def test_only_so_much_of_a_search_counts() -> None:
    many = read_query(" ".join(f"w{number}" for number in range(50)))
    long = read_query("x" * 10_000)

    assert len(many.terms) == MOST_TERMS
    assert len(long.text) == LONGEST
    assert max(len(word) for word in long.terms[0].words) <= 60
    assert len(read_query("\ufdfa" * 10_000).terms) == 1


@given(hostile)
def test_whatever_is_asked_only_letters_digits_and_their_marks_are_left(text: str) -> None:
    query = read_query(text)

    letters = "".join(word for term in (*query.terms, *query.without) for word in term.words)
    assert all(char.isalnum() or unicodedata.category(char)[0] == "M" for char in letters)
    assert len(query.terms) + len(query.without) <= MOST_TERMS
    assert all(term.words and all(term.words) for term in (*query.terms, *query.without))


@given(st.text())
def test_pieces_stand_where_they_say_in_order(text: str) -> None:
    found = list(pieces(text))

    assert all(0 <= piece.start < piece.end <= len(text) for piece in found)
    assert [piece.start for piece in found] == sorted(piece.start for piece in found)
    assert all(piece.letters for piece in found)


@given(st.text())
def test_folding_twice_changes_nothing_more_in_words(text: str) -> None:
    words = " ".join(piece.letters for piece in pieces(text))

    assert " ".join(piece.letters for piece in pieces(fold(words))) == words


paragraphs = st.text("ab é日\n", max_size=40)


@given(st.text("ab é日", max_size=20), paragraphs, paragraphs)
def test_words_are_read_back_as_they_were_written(title: str, lead: str, body: str) -> None:
    words = Words(title=title, lead=lead, body=body)

    back = read_words(words.written())

    assert [part.split() for part in (back.title, back.lead, back.body)] == [
        part.split() for part in (title, lead, body)
    ]
