from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from publisher.errors import Place
from publisher.model.finding import Finding, Severity, in_order


def finding(
    code: str = "E301", path: str = "issues/a.md", line: int | None = 1, column: int | None = None
) -> Finding:
    return Finding(
        code=code, what="TK is left", fix="finish it", place=Place(path=path, line=line, column=column)
    )


findings = st.builds(
    finding,
    st.sampled_from(["E301", "W306", "I801"]),
    st.sampled_from(["issues/a.md", "issues/b.md"]),
    st.none() | st.integers(1, 30),
    st.none() | st.integers(1, 9),
)


@given(st.lists(findings), st.randoms(use_true_random=False))
def test_findings_come_as_a_reader_of_the_files_meets_them_each_once(
    found: list[Finding], luck: object
) -> None:
    ordered = in_order(found)

    shuffled = sorted(found, key=lambda _: luck.random())  # type: ignore[attr-defined] # hypothesis's own type
    assert in_order(shuffled) == ordered
    assert set(ordered) == set(found)
    assert len(ordered) == len(set(ordered))
    places = [(each.place.path, each.place.line or 0, each.place.column or 0) for each in ordered]
    assert places == sorted(places)


def test_an_error_blocks_always_and_a_warning_until_somebody_allows_it() -> None:
    allowed = Finding(code="W306", what="no source", fix="name it", place=Place(path="a"), allowed=True)

    assert [each.blocks for each in (finding("E301"), finding("W306"), allowed, finding("I801"))] == [
        True,
        True,
        False,
        False,
    ]
    assert [each.severity for each in (finding("E301"), allowed, finding("I801"))] == list(Severity)


def test_a_finding_is_one_line_with_place_code_what_and_cure() -> None:
    assert str(finding(line=14, column=3)) == "issues/a.md:14:3: E301 TK is left (finish it)"
    assert str(finding(line=None, column=3)) == "issues/a.md: E301 TK is left (finish it)"
