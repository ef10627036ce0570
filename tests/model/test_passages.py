from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.model.length import columns
from publisher.model.passages import WIDTH, Segment, marked, passage
from publisher.model.search import read_query

FILLING = "The notebooks show a rhythm, and nobody minds. " * 40
JAPANESE = "変化はモデルの予測より速かった。" * 60


def shown(segments: tuple[Segment, ...]) -> str:
    return "".join(f"[{segment.text}]" if segment.is_hit else segment.text for segment in segments)


def test_hits_are_marked_as_whole_words_and_phrases() -> None:
    text = "Écoles and a grid battery; batteries of the Grid."

    assert (
        shown(marked(text, read_query("ecole batter")))
        == "[Écoles] and a grid [battery]; [batteries] of the Grid."
    )
    assert (
        shown(marked(text, read_query('"grid battery"')))
        == "Écoles and a [grid battery]; batteries of the Grid."
    )
    assert shown(marked(text, read_query("moon"))) == text
    assert shown(marked("蓄電池の価格", read_query("電池 価"))) == "蓄[電池]の[価]格"


def test_what_must_not_be_there_is_not_marked() -> None:
    assert shown(marked("sun and moon", read_query("sun -moon"))) == "[sun] and moon"


def test_a_short_text_is_shown_whole_in_one_line() -> None:
    assert shown(passage("One\n\ntwo  three", read_query("two"))) == "One [two] three"


def test_the_passage_is_where_most_of_the_search_is() -> None:
    text = f"{FILLING}A battery here. {FILLING}In Madrid a battery grew. {FILLING}"

    found = shown(passage(text, read_query("battery madrid")))

    assert "In [Madrid] a [battery] grew." in found
    assert found.startswith("…")
    assert found.endswith("…")


def test_a_text_without_hits_is_shown_from_its_beginning() -> None:
    found = shown(passage(FILLING, read_query("moon")))

    assert found.startswith("The notebooks show")
    assert found.endswith("…")


@pytest.mark.parametrize("filling", [FILLING, JAPANESE])
@pytest.mark.parametrize("hit", ["battery", "蓄電池"])
def test_a_passage_is_short_in_any_script(filling: str, hit: str) -> None:
    found = passage(f"{filling} {hit} {filling}", read_query(hit))

    assert f"[{hit}]" in shown(found)
    assert WIDTH // 2 < columns("".join(segment.text for segment in found)) <= WIDTH + 4


def test_a_passage_begins_and_ends_between_words() -> None:
    text = FILLING + "battery " + FILLING

    words = "".join(segment.text for segment in passage(text, read_query("battery"))).strip("…").split()

    assert set(words) <= set(text.split()) | {word.strip(",.") for word in text.split()}


family = "👩‍👩‍👧‍👦"
letters = st.sampled_from(
    [*"abc 日本の。é", "e\u0301", "が", "か\u3099", family, "🇪🇸", "👍🏽", "क्षि", "น้ำ", " batt "]
)


@given(
    st.lists(letters, max_size=400).map("".join), st.sampled_from(["batt", "日本", "a", "c b", "の", "zz"])
)
def test_a_passage_is_cut_out_of_the_text_and_never_within_what_is_one_sign(text: str, asked: str) -> None:
    line = " ".join(text.split())

    found = "".join(segment.text for segment in passage(text, read_query(asked)))

    cut = found.removesuffix("…") if found not in line else found
    cut = cut.removeprefix("…") if cut not in line else cut
    assert cut in line
    if cut != found:
        after = line[line.index(cut) + len(cut) :][:1]
        assert not after or unicodedata.category(after)[0] != "M"
        assert after not in ("\u200d", "\U0001f3fd")
        assert unicodedata.category(cut[:1] or "a")[0] != "M"
        assert not cut.startswith(("\u200d", "\U0001f3fd"))
        assert cut.count("\U0001f1ea") == cut.count("\U0001f1f8")
