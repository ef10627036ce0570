from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.delivery.tokens import TEST, UNSUBSCRIBE, Token, make, read

KEY, OTHER = b"k" * 32, b"o" * 32
LABELS = st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True)
TOKEN = make(KEY, kid="k1", public_id="Ab3_x", list="weekly", purpose=UNSUBSCRIBE)


@given(LABELS, LABELS, LABELS)
def test_a_token_says_what_it_was_made_of(kid: str, public_id: str, name: str) -> None:
    token = make(KEY, kid=kid, public_id=public_id, list=name, purpose=UNSUBSCRIBE)

    assert read(token, {kid: KEY}) == Token(kid=kid, public_id=public_id, list=name, purpose=UNSUBSCRIBE)


def test_a_token_is_the_same_whenever_it_is_made() -> None:
    assert make(KEY, kid="k1", public_id="Ab3_x", list="weekly") == TOKEN
    assert TOKEN.split(".") == [
        "v1",
        "k1",
        "Ab3_x",
        "weekly",
        "unsubscribe",
        "ayzmh7ywftogkjerfffdtfaekpd56tap",
    ]


def test_a_token_for_one_purpose_is_good_for_no_other() -> None:
    assert read(TOKEN, {"k1": KEY}, purpose="erase") is None


def test_a_token_of_a_test_mail_is_good_for_nothing_else() -> None:
    token = make(KEY, kid="k1", public_id="Ab3_x", list="weekly", purpose=TEST)

    assert read(token, {"k1": KEY}) is None
    assert read(TOKEN, {"k1": KEY}, purpose=TEST) is None
    assert read(token, {"k1": KEY}, purpose=TEST) is not None


def test_a_token_of_another_key_or_of_a_key_no_longer_known_says_nothing() -> None:
    assert read(TOKEN, {"k1": OTHER}) is None
    assert read(TOKEN, {"k2": KEY}) is None
    assert read(TOKEN, {}) is None


def test_a_retired_key_is_still_read_while_it_is_kept() -> None:
    assert read(TOKEN, {"k2": OTHER, "k1": KEY}) is not None


@given(st.integers(0, len(TOKEN) - 1), st.characters())
def test_a_token_that_was_changed_anywhere_says_nothing(position: int, character: str) -> None:
    changed = TOKEN[:position] + character + TOKEN[position + 1 :]

    assert (read(changed, {"k1": KEY}) is None) == (changed != TOKEN)


@given(st.text())
def test_whatever_is_asked_for_is_an_answer_and_not_an_error(token: str) -> None:
    assert read(token, {"k1": KEY}) is None


@pytest.mark.parametrize("bad", ["", "a.b", "a b", "a\r\nb", "é", "x" * 65])
def test_parts_that_could_be_mistaken_are_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="cannot be part of a token"):
        make(KEY, kid="k1", public_id="Ab3_x", list=bad)
