"""What templates may not use up: each of these would take all memory, or never end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from publisher import template_limits
from publisher.errors import ThemeError
from publisher.template_limits import WITHOUT
from publisher.theme import Theme, open_theme

Write = Callable[[str], Theme]


@pytest.fixture
def page(tmp_path: Path) -> Write:
    """Open a theme whose page `x.html` has this source."""

    def write(source: str) -> Theme:
        file = tmp_path / "templates" / "web" / "x.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source, encoding="utf-8")
        return open_theme(tmp_path / "templates")

    return write


DOUBLED = (
    "{%% set ns = namespace(x=%s) %%}{%% for i in range(60) %%}{%% set ns.x = %s %%}{%% endfor %%}{{ ns.x }}"
)


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ('{{ "%9000000000d" % 1 }}', "'%' is not for templates"),
        ('{{ "{:9000000000d}".format(1) }}', "'format' is not for that much"),
        ('{{ "{:{}}".format(1, 9000000000) }}', "'format' is not for that much"),
        ('{{ "{:.9000000000f}".format(1.5) }}', "'format' is not for that much"),
        ('{{ ("{0}" * 9999).format("a" * 9999) }}', "'format' is not for that much"),
        ('{{ "a".center(5000000000) }}', "access to attribute 'center' of 'str' object is unsafe"),
        ('{{ "a".zfill(5000000000) }}', "access to attribute 'zfill' of 'str' object is unsafe"),
        ('{{ "a".replace("a", "b") }}', "access to attribute 'replace' of 'str' object is unsafe"),
        ('{{ ("a"|e).ljust(5000000000) }}', "access to attribute 'ljust' of 'Markup' object is unsafe"),
        ("{{ 1 .to_bytes(5000000000) }}", "access to attribute 'to_bytes' of 'int' object is unsafe"),
        (DOUBLED % ("'ab'", "ns.x ~ ns.x"), "'~' is not for that much"),
        (DOUBLED % ("'ab'", "ns.x + ns.x"), "'+' is not for templates, or not for that much"),
        (DOUBLED % ("'ab'", "[ns.x, ns.x]|join"), "'join' is not for that much"),
        (DOUBLED % ("'ab'", "ns.x|replace('a', ns.x)"), "'replace' is not for that much"),
        (DOUBLED % ("['ab']", "ns.x + ns.x"), "the template works without end"),
        (DOUBLED % ("['ab']", "[ns.x, ns.x]"), "the template works without end"),
        (DOUBLED % ("3", "ns.x * ns.x"), "'*' is not for templates, or not for that much"),
        ("{{ ('a' * 9999 ~ '\\n')|replace('a', 'b' * 9999) }}", "'replace' is not for that much"),
        ("{{ ('\\n' * 9999)|indent('b' * 9999) }}", "'indent' is not for that much"),
        ("{{ ('a' * 9999)|wordwrap(1, wrapstring='b' * 9999) }}", "'wordwrap' is not for that much"),
        ("{{ ('a' * 9999)|wordwrap(1, true, 'b' * 9999) }}", "'wordwrap' takes its wrapstring by name"),
        ("{{ range(9999)|join('b' * 9999) }}", "'join' is not for that much"),
        ("{{ 'a'|indent(5000000000) }}", "'indent' is not for that much"),
        ("{{ 2.5|round(1000000000, 'ceil') }}", "'round' is not for that much"),
        ("{{ 'abc'|truncate(5000000000) }}", "'truncate' is not for that much"),
        (
            "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
            "works without end",
        ),
        (
            "{% macro a(n) %}{% if n %}{{ a(n - 1) }}{{ a(n - 1) }}{% endif %}{% endmacro %}{{ a(60) }}",
            "works without end",
        ),
        (
            "{% for i in [1, 2] recursive %}{{ loop([1, 2]) if loop.depth < 60 }}{% endfor %}",
            "works without end",
        ),
        (
            "{% set n = n|default(60) - 1 %}{% for i in [1, 2] if n %}{% include 'web/x.html' %}{% endfor %}",
            "works without end",
        ),
        (
            "{% set x %}{% for i in range(99999) %}{{ 'a' * 99999 }}{% endfor %}{% endset %}",
            "works without end",
        ),
        (
            "{% set x %}{% for i in range(99999) %}" + "a" * 999 + "{% endfor %}{% endset %}",
            "makes more than 8,000,000",
        ),
        (
            "{% set x = 'a' * 7999999 %}{% for i in range(99999) %}{{ x.count('b') }}{% endfor %}",
            "without end",
        ),
        (
            "{% set x = 'a' * 7999999 %}{% for i in range(99999) %}{{ x|upper|length }}{% endfor %}",
            "without end",
        ),
        ("{{ range(99999)|map('replace', '', 'b' * 9999)|list|length }}", "works without end"),
    ],
)
def test_a_template_that_would_grow_or_run_without_end_is_stopped(
    page: Write, monkeypatch: pytest.MonkeyPatch, source: str, what: str
) -> None:
    monkeypatch.setattr(template_limits, "STEPS", 300_000)  # the same, but sooner

    with pytest.raises(ThemeError) as caught:
        page(source).html("x.html")

    assert what in caught.value.what
    assert caught.value.place is not None
    assert caught.value.place.line == 1


@pytest.mark.parametrize("name", WITHOUT)
def test_filters_that_grow_with_a_number_are_not_there(page: Write, name: str) -> None:
    with pytest.raises(ThemeError, match=f"No filter named '{name}'"):
        page("{{ 'a'|" + name + "(5000000000) }}").html("x.html")


def test_work_that_no_budget_sees_ends_by_the_clock(page: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template_limits, "SECONDS", 0.05)
    theme = page(
        "{% set x = 'a' * 999999 %}{% for i in range(99999) %}{% for j in [x[:-1]] %}{% endfor %}{% endfor %}"
    )

    with pytest.raises(ThemeError, match="the template works without end"):
        theme.html("x.html")


def test_each_rendering_has_a_budget_of_its_own(page: Write) -> None:
    theme = page("{% for i in range(9999) %}{% for j in range(70) %}{% endfor %}{% endfor %}done")

    assert [theme.html("x.html") for _ in range(3)] == ["done"] * 3


@pytest.mark.parametrize(
    ("source", "made"),
    [
        ("{{ 'a' ~ '<'|e ~ 1 }}", "a&lt;1"),
        ("{{ 'a<' ~ given }}", "a&lt;&lt;b&gt;"),
        ("{{ [1, 'a<', given]|join(', ') }}", "1, a&lt;, &lt;b&gt;"),
        ("{{ [{'a': 1}, {'a': 2}]|join('-', attribute='a') }}", "1-2"),
        ("{{ [1] + [2] }} {{ 1 + 2 }} {{ 'a' + 'b' }} {{ 7 % 4 }}", "[1, 2] 3 ab 3"),
        (
            "{{ 'a\nb'|indent(2) }} {{ 'aXa'|replace('X', '-') }} {{ 'abc def'|wordwrap(3) }}",
            "a\n  b a-a abc\ndef",
        ),
        ("{{ {'a': [1]}|tojson }} {{ 2.345|round(1) }} {{ 'a b'|title }}", '{"a": [1]} 2.3 A B'),
        ("{% for i in [1, 2, 3] if i > 1 %}{{ i }}/{{ loop.length }} {% endfor %}", "2/2 3/2 "),
        (
            "{% for i in [1, 2]|map('string') %}{{ i }}{{ loop.last }}{% else %}none{% endfor %}",
            "1False2True",
        ),
        ("{% for i in [] %}{{ i }}{% else %}none{% endfor %}", "none"),
    ],
)
def test_what_templates_need_works_as_before(page: Write, source: str, made: str) -> None:
    assert page(source).html("x.html", given="<b>") == made


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ('{{ "abc"|truncate(1) }}', "expected length >= 3, got 1"),
        ("{{ (2|string * 999)|int / 3 }}", "integer division result too large for a float"),
        ("{{ fail() }}", "MemoryError"),
    ],
)
def test_whatever_a_template_raises_is_a_fault_with_its_line(page: Write, source: str, what: str) -> None:
    def fail() -> None:
        raise MemoryError

    with pytest.raises(ThemeError) as caught:
        page(f"one\n{source}").html("x.html", fail=fail)

    assert str(caught.value).startswith(f"templates/web/x.html:2: {what}")
