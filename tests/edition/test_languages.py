from __future__ import annotations

import pytest

from publisher.edition.languages import direction, language
from publisher.model.edition import Direction


@pytest.mark.parametrize(
    "lang", ["ar", "ar-EG", "he", "fa-IR", "ur", "yi", "dv", "ckb", "az-Arab", "pa-Arab-PK", "ff-Adlm"]
)
def test_languages_written_from_right_to_left(lang: str) -> None:
    assert direction(lang) is Direction.RTL


@pytest.mark.parametrize("lang", ["en", "ja", "zh-Hant-TW", "ar-Latn", "ku", "az", "und", "ru", "sr-Cyrl"])
def test_languages_written_from_left_to_right(lang: str) -> None:
    assert direction(lang) is Direction.LTR


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (("fr", "en"), "fr"),
        ((None, "", "en"), "en"),
        (("en_GB",), "en-GB"),
        (('en" onload="x', "de"), "de"),
        ((None,), "und"),
    ],
)
def test_the_first_real_language_tag_is_taken(wanted: tuple[str | None, ...], found: str) -> None:
    assert language(*wanted) == found
