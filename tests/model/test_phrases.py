from __future__ import annotations

from dataclasses import fields
from datetime import date

import pytest

from publisher.model.phrases import PHRASES, Phrases, phrases

WITH_A_VALUE = {"issue", "minutes", "read_on", "read_rest", "picture", "why", "withdrawn"}
DAY = date(2026, 3, 6)


def test_there_are_phrases_in_ten_languages() -> None:
    assert set(PHRASES) == {"ar", "de", "en", "es", "fr", "it", "ja", "pt", "ru", "zh"}


@pytest.mark.parametrize("lang", PHRASES)
def test_every_phrase_is_there_and_has_room_for_its_value(lang: str) -> None:
    for field in fields(Phrases):
        phrase = getattr(PHRASES[lang], field.name)
        if field.name in {"when", "months"}:
            continue
        assert phrase == phrase.strip() != ""
        assert phrase.count("{}") == (field.name in WITH_A_VALUE), field.name


@pytest.mark.parametrize("lang", PHRASES)
def test_every_language_has_twelve_months_of_its_own(lang: str) -> None:
    written = {PHRASES[lang].date(DAY.replace(month=month)) for month in range(1, 13)}

    assert len(PHRASES[lang].months) == len(written) == 12


@pytest.mark.parametrize(
    ("lang", "written"),
    [("en", "6 March 2026"), ("es", "6 de marzo de 2026"), ("de", "6. März 2026"), ("ja", "2026年3月6日")],
)
def test_a_date_is_written_as_its_language_writes_it(lang: str, written: str) -> None:
    assert phrases(lang).date(DAY) == written


@pytest.mark.parametrize(("lang", "found"), [("pt-BR", "pt"), ("ZH-Hant-TW", "zh"), ("de", "de")])
def test_a_language_tag_is_judged_by_its_first_subtag(lang: str, found: str) -> None:
    assert phrases(lang) is PHRASES[found]


@pytest.mark.parametrize("lang", ["tlh", "und", "", "x-pirate"])
def test_other_languages_get_english(lang: str) -> None:
    assert phrases(lang) is PHRASES["en"]
