from __future__ import annotations

from dataclasses import asdict

import pytest

from publisher.model.phrases import PHRASES
from publisher.outputs.words import WORDS, words

WITH_A_PLACE = {"original", "part_of", "source"}


def test_pages_speak_the_languages_that_mails_speak() -> None:
    assert WORDS.keys() == PHRASES.keys()


@pytest.mark.parametrize("lang", sorted(WORDS))
def test_every_word_is_there_and_has_a_place_for_a_name_where_one_goes(lang: str) -> None:
    said = asdict(words(lang))

    assert all(said.values())
    assert {key for key, text in said.items() if text.count("{}") == 1} == WITH_A_PLACE


@pytest.mark.parametrize(
    ("tag", "lang"), [("en-GB", "en"), ("ZH-Hant-TW", "zh"), ("tlh", "en"), ("und", "en")]
)
def test_the_first_subtag_decides_and_english_stands_in(tag: str, lang: str) -> None:
    assert words(tag).lang == lang
