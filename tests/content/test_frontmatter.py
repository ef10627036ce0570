from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from publisher.content.fields import FIELDS, Where, find
from publisher.content.frontmatter import FRONT_MATTER_CHARACTERS, FrontMatter, read_front_matter
from publisher.content.trouble import UnreadableError
from publisher.model.issue import Intent


def read(fields: str, *, where: Where = Where.SINGLE, fence: str = "---") -> FrontMatter:
    return read_front_matter(f"{fence}\n{fields}\n{fence}\nBody.\n", path="issues/x.md", where=where)


def complaints(front: FrontMatter) -> list[str]:
    return [f"{finding.place}: {finding.code}" for finding in front.findings]


def refusal(text: str) -> tuple[str, str]:
    with pytest.raises(UnreadableError) as error:
        read_front_matter(text, path="x.md", where=Where.SINGLE)
    return error.value.finding().code, str(error.value)


def test_fields_come_with_their_lines_and_the_body_with_its_own() -> None:
    front = read('# a comment\ntitle: "Grid: 5 < 6"\n\ntags:\n  - energy\n  - R&D\n')

    assert front.values == {"title": "Grid: 5 < 6", "tags": ("energy", "R&D")}
    assert front.lines == {"title": 3, "tags": 5}
    assert (front.body, front.body_line) == ("Body.\n", 10)


@pytest.mark.parametrize("start", ["\ufeff", ""])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_byte_order_mark_and_line_ends_make_no_difference(start: str, line_end: str) -> None:
    text = f"{start}---\ntitle: Heat\nnumber: 4\n---\nBody.\nMore.".replace("\n", line_end)

    front = read_front_matter(text, path="x.md", where=Where.SINGLE)

    assert front.values == {"title": "Heat", "number": 4}
    assert (front.lines["number"], front.body_line) == (3, 5)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title: no", "no"),
        ("title: 2024", "2024"),
        ("title: 'It''s here'", "It's here"),
        ("title: >\n  folded\n  text\n", "folded text"),
        ('title: "a\\tb\\n c"', "a b c"),
        ("number: 042", 42),
        ("date: 2026-10-06", date(2026, 10, 6)),
        ("date: 2026-10-06T06:30", datetime(2026, 10, 6, 6, 30)),  # noqa: DTZ001 - a wall clock
        ("date: 2026-10-06 06:30:15", datetime(2026, 10, 6, 6, 30, 15)),  # noqa: DTZ001 - a wall clock
        ("date: 2026-10-06T06:30Z", datetime(2026, 10, 6, 6, 30, tzinfo=UTC)),
        ("date: 2026-10-06T06:30+0200", datetime(2026, 10, 6, 6, 30, tzinfo=timezone(timedelta(hours=2)))),
        ("source_date: 2026-10-06T06:30:00Z", date(2026, 10, 6)),
        ("status: review", Intent.DRAFT),
        ("status: published", Intent.ARCHIVED),
        ("lists: []", ()),
        ("lists: weekly", ("weekly",)),
        ("tags: energy, storage", ("energy", "storage")),
        ("image_decorative: true", True),
        ("weight: -3", -3),
        ("timezone: Europe/Madrid", "Europe/Madrid"),
    ],
)
def test_a_value_means_what_its_field_says_and_not_what_yaml_guesses(field: str, value: object) -> None:
    front = read(field)

    assert list(front.values.values()) == [value]
    assert front.findings == ()


def test_a_field_left_empty_is_left_out() -> None:
    front = read("title:\nsource: ~\nauthor: null\nimage_alt: ''\ntags:")

    assert front.values == {}
    assert front.findings == ()


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_each_example_of_the_reference_page_is_a_value_of_its_field(field: object) -> None:
    row = next(each for each in FIELDS if each is field)

    front = read(f"{row.name}: {row.example}")

    assert front.findings == ()
    assert row.name in front.lines or row.name == "draft"


@pytest.mark.parametrize(
    ("alias", "name"), [(alias, field.name) for field in FIELDS for alias in field.aliases]
)
def test_aliases_are_read_as_the_field_they_mean(alias: str, name: str) -> None:
    field = find(name, Where.SINGLE)

    assert field is not None
    assert name in read(f"{alias}: {field.example}").lines


def test_no_name_means_two_fields_in_one_file() -> None:
    for where in (Where.ISSUE, Where.STORY):
        names = [name for row in FIELDS if row.where & where for name in (row.name, *row.aliases)]

        assert len(names) == len(set(names))


def test_other_tools_draft_makes_a_draft_and_its_opposite_never_makes_ready() -> None:
    assert read("draft: true").values == {"status": Intent.DRAFT}
    assert read("draft: false").values == {}


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        (
            "title: Bitcoin: the next ten years",
            'this title needs quotes (write title: "Bitcoin: the next ten years")',
        ),
        ("title: [Video] A tour", 'this title needs quotes (write title: "[Video] A tour")'),
        ("source: *The* Review", 'this source needs quotes (write source: "*The* Review")'),
        ("title: @home", 'this title needs quotes (write title: "@home")'),
        ("title: 100% `code`: yes", 'this title needs quotes (write title: "100% `code`: yes")'),
        ("subject: %off", 'this subject needs quotes (write subject: "%off")'),
        ('title: "Foo" and bar', 'this title needs quotes (write title: "\\"Foo\\" and bar")'),
        ("title: 'don't'", 'this title needs quotes (write title: "don\'t")'),
        ("author: !ana", 'this author needs quotes (write author: "!ana")'),
    ],
)
def test_missing_quotes_are_named_with_the_line_that_would_be_right(field: str, sentence: str) -> None:
    code, text = refusal(f"---\nid: a\n{field}\n---\n")

    column = field.index(":") + 3
    assert (code, text) == ("E007", f"x.md:3:{column}: {sentence}")


@pytest.mark.parametrize(
    ("fields", "code", "where"),
    [
        pytest.param('id: a\ntitle: "Heat', "E006", "x.md:3:8", id="quotation mark without its other"),
        pytest.param("id: a\n\ttitle: b", "E006", "x.md:3:1", id="tab"),
        pytest.param("id: a\nfoo", "E006", "x.md:3:1", id="no colon"),
        pytest.param("foo", "E006", "x.md:2:1", id="no field"),
        pytest.param("- a\n- b", "E006", "x.md:2:1", id="a list"),
        pytest.param("{title: a}", "E006", "x.md:2:1", id="braces"),
        pytest.param("  title: a", "E006", "x.md:2:3", id="indented"),
        pytest.param("? title\n: a", "E006", "x.md:2:3", id="question mark"),
        pytest.param("id: a\n...\nid: b", "E006", "x.md:4:1", id="second document"),
        pytest.param('id: "\\UFFFFFFFF"', "E006", "x.md:2:1", id="impossible letter"),
        pytest.param("x_a: &a b\nx_b: *a", "E011", "x.md:2:6", id="anchor"),
        pytest.param("x_a: !!python/object b", "E011", "x.md:2:6", id="tag"),
        pytest.param(f"x_a: {'[' * 60_000}", "E012", "x.md:2:13", id="brackets"),
        pytest.param(f"x_a:\n  {'- ' * 30_000}", "E012", "x.md:3:17", id="dashes"),
        pytest.param(f"notes: {'a' * FRONT_MATTER_CHARACTERS}", "E003", "x.md:1:1", id="too large"),
    ],
)
def test_front_matter_that_cannot_be_understood_is_one_error_with_a_place(
    fields: str, code: str, where: str
) -> None:
    found, sentence = refusal(f"---\n{fields}\n---\n")

    assert found == code
    assert sentence.startswith(f"{where}: ")


@pytest.mark.parametrize(
    "text", ["", "Just text.\n", "---\ntitle: a\n", "---", " ---\ntitle: a\n---\n", "+++\na = 1\n---\n"]
)
def test_a_file_without_a_whole_front_matter_is_refused(text: str) -> None:
    assert refusal(text)[0] == "E005"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param("title: A tour of C#", [], id="no blank before it"),
        pytest.param("title: We are # 1", ["issues/x.md:2:14: E010"], id="after text"),
        pytest.param("title: # 1", ["issues/x.md:2:7: E010"], id="all of it"),
        pytest.param('title: "A" # mind the quotes', [], id="after quotes"),
        pytest.param("weight: 3 # last", [], id="a number"),
        pytest.param("summary: a\n  b # c", ["issues/x.md:3:4: E010"], id="over two lines"),
    ],
)
def test_a_comment_that_cuts_off_words_of_a_text_is_an_error(fields: str, expected: list[str]) -> None:
    assert complaints(read(fields)) == expected


@pytest.mark.parametrize(
    "field",
    [
        "date: 2026-13-01",
        "date: 6.10.2026",
        "date: 2026-10-06T25:00",
        "source_date: yesterday",
        "number: four",
        "number: -1",
        "number: 4.5",
        "image_decorative: yes",
        "status: redy",
        "lang: English",
        "timezone: Europe/Madird",
        "link: www.example.org",
        "link: javascript:alert(1)",
        "slug: Two Words",
        "id: two words",
        "title:\n  - a",
        "title: {a: b}",
        "tags: [a, [b]]",
        "tags:\n  - #ai",
        'title: "a\\0b"',
        'tags: ["a\\eb"]',
    ],
)
def test_a_value_that_does_not_fit_is_an_error_at_its_place_and_the_field_is_left_out(field: str) -> None:
    front = read(f"id: a\n{field}") if not field.startswith("id") else read(f"number: 1\n{field}")

    assert [finding.code for finding in front.findings] == ["E009"]
    assert len(front.values) == 1
    assert front.findings[0].place.column is not None


def test_nearest_values_are_offered() -> None:
    findings = read("status: redy\ntimezone: Europe/Madird").findings

    assert "did you mean ready?" in findings[0].what
    assert "did you mean Europe/Madrid?" in findings[1].what


def test_a_field_that_stands_twice_is_an_error_also_under_another_name() -> None:
    front = read(
        "link: https://a.example\nurl: https://b.example\ntitle: A\ntitle: B\ndraft: true\nstatus: ready"
    )

    assert complaints(front) == ["issues/x.md:3:1: E008", "issues/x.md:5:1: E008", "issues/x.md:7:1: E008"]
    assert front.values == {"link": "https://a.example", "title": "A", "status": Intent.DRAFT}


def test_unknown_fields_are_warnings_with_the_nearest_name_and_free_ones_are_not() -> None:
    front = read("titel: A\nSource-Date: 2026-10-06\nwhatever: 1\nx_mine: {a: [b]}\nparams:\n  a: {b: c}")

    assert [finding.code for finding in front.findings] == ["W301"] * 3
    assert [finding.fix for finding in front.findings] == [
        "did you mean title?",
        "did you mean source_date?",
        "delete it, or let its name begin with x_",
    ]


def test_a_field_in_the_wrong_kind_of_file_says_where_it_belongs() -> None:
    in_story = read("date: 2026-10-06", where=Where.STORY)
    in_issue = read("link: https://a.example", where=Where.ISSUE)

    assert in_story.findings[0].fix == "it belongs in `issue.md`"
    assert in_issue.findings[0].fix == "it belongs in the file of a story"


def test_toml_is_read_with_the_same_fields_and_places() -> None:
    front = read(
        'title = "A: b" # fine\n"tags" = [ # c\n  "x",\n  \'y\',\n]\ndate = 2026-10-06T06:30:00\nnumber = 4\n'
        'image_decorative = true\nnotes = """\ntitle = "no"\n"""\ntitel = 1\n'
        "[params]\na = 1\n[params.b]\ntags = 2",
        fence="+++",
    )

    assert front.values == {
        "title": "A: b",
        "tags": ("x", "y"),
        "date": datetime(2026, 10, 6, 6, 30),  # noqa: DTZ001 - a wall clock
        "number": 4,
        "image_decorative": True,
        "notes": 'title = "no"',
    }
    assert (front.lines["tags"], front.lines["date"], front.lines["notes"]) == (3, 7, 10)
    assert complaints(front) == ["issues/x.md:13:1: W301"]


@pytest.mark.parametrize(
    ("fields", "code", "where"),
    [
        ("title = A tour", "E007", "x.md:2:9"),
        ('title = "A" tour', "E006", "x.md:2:13"),
        ('title = "A"\ntitle = "B"', "E006", "x.md:3:12"),
        ("a" + ".a" * 20_000 + " = 1", "E012", "x.md:2:1"),
        (f"a = {'[' * 30_000}", "E012", "x.md:2:1"),
        ("number = " + "1" * 10_000, "E012", "x.md:2:1"),
    ],
)
def test_toml_that_cannot_be_understood_is_one_error_with_a_place(fields: str, code: str, where: str) -> None:
    found, sentence = refusal(f"+++\n{fields}\n+++\n")

    assert found == code
    assert sentence.startswith(f"{where}: ")
