"""Files of readers, whatever wrote them: their rows, their lines, and their limits."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.actions import reader_file
from publisher.actions.reader_file import LONGEST_ROW, Row, looked_over
from publisher.errors import PublisherError

TABLE = 'email,name\nada@example.net,"Ada; ""A."""\nzoë@example.net,Zoë\n'
ROWS = [["email", "name"], ["ada@example.net", 'Ada; "A."'], ["zoë@example.net", "Zoë"]]


def rows_of(data: bytes) -> list[Row]:
    with looked_over(io.BytesIO(data), name="readers.csv") as found:
        return list(found.rows(offset=found.begin, line=found.begin_line))


@pytest.mark.parametrize(
    "data",
    [
        TABLE.encode(),
        TABLE.encode("utf-8-sig"),
        TABLE.encode("utf-16"),
        b"\xfe\xff" + TABLE.encode("utf-16-be"),
        TABLE.encode("cp1252"),
        TABLE.replace("\n", "\r\n").encode(),
        TABLE.replace("\n", "\r").encode(),
        TABLE.replace("\n", "\r").encode("utf-8-sig"),
        TABLE.replace("\n", "\r").encode("cp1252"),
        TABLE.replace(";", "\t").replace(",", ";").replace("\t", ";").encode(),
        TABLE.replace(",", "\t").encode(),
        TABLE.removesuffix("\n").encode(),
        f"sep=|\n{TABLE.replace(',', '|')}".encode(),
        f"\n\n{TABLE}\n\n".encode(),
    ],
)
def test_rows_are_the_same_however_the_file_was_saved(data: bytes) -> None:
    assert [row.cells for row in rows_of(data)] == ROWS


def test_it_is_told_when_the_encoding_was_guessed() -> None:
    with looked_over(io.BytesIO(TABLE.encode("cp1252")), name="x") as guessed:
        assert guessed.guessed
    with looked_over(io.BytesIO(TABLE.encode()), name="x") as known:
        assert not known.guessed


def test_rows_know_their_first_line() -> None:
    found = rows_of(b'sep=;\n\na;b\n"c\nd";e\nf;g\n')

    assert [(row.line, row.cells) for row in found] == [
        (3, ["a", "b"]),
        (4, ["c\nd", "e"]),
        (6, ["f", "g"]),
    ]


def test_a_row_that_is_no_csv_is_told_and_keeps_no_other_back() -> None:
    found = rows_of(b'email,name\nada@example.net,"Ada" A.\nben@example.net,Ben\n')

    assert [(row.line, bool(row.wrong)) for row in found] == [(1, False), (2, True), (3, False)]
    assert found[1].wrong.startswith("this is not CSV: ")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b'a,b\nc,"d\n' + b"e,f\n" * 99, "r.csv:2: this is not CSV: a quote is not closed"),
        (b'a,b\nc,"d\n' + b"e,f\n" * 20_000, "r.csv:2: this is not CSV: a row has more than 65,536 bytes"),
        (b"a" * (LONGEST_ROW + 1), "r.csv:1: this is not CSV: a row has more than 65,536 bytes"),
        (b"a,b\n" + b"," * 256, "r.csv:2: this is not CSV: a row has more than 256 columns"),
        (b"PK\x03\x04\0\0", "'r.csv' is no text (save it as CSV in the encoding UTF-8)"),
        (b"a\x81b\n", "'r.csv' is not UTF-8 (save it as UTF-8 text)"),
        (b"\xff\xfea\0b", "'r.csv' is no utf-16 text to its end (save it as UTF-8)"),
    ],
)
def test_what_is_no_table_is_told_with_its_place(data: bytes, sentence: str) -> None:
    with (
        pytest.raises(PublisherError, match=re.escape(sentence)),
        looked_over(io.BytesIO(data), name="r.csv"),
    ):
        pass


def test_a_file_beyond_all_measure_is_not_even_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_file, "LARGEST", 1 << 20)
    with (
        pytest.raises(PublisherError, match="'x' is larger than"),
        looked_over(io.BytesIO(b"a" * ((1 << 20) + 1)), name="x"),
    ):
        pass


@settings(max_examples=60)
@given(
    table=st.lists(
        st.lists(st.text(alphabet='ab,;"\n\té ', min_size=1, max_size=5), min_size=2, max_size=3), max_size=8
    ),
    data=st.data(),
)
def test_reading_can_go_on_after_any_row(table: list[list[str]], data: st.DataObject) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([["email", "name", "x", "y"], *table])
    with looked_over(io.BytesIO(text.getvalue().encode()), name="x") as found:
        marks, rows = [(found.begin, found.begin_line)], []
        for row in found.rows(offset=found.begin, line=found.begin_line):
            rows.append(row)
            marks.append((found.offset, found.line))
        at = data.draw(st.integers(0, len(rows)))

        left = list(found.rows(offset=marks[at][0], line=marks[at][1]))

    assert [row.cells for row in rows[1:]] == table
    assert left == rows[at:]
