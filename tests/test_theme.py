from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from jinja2 import nodes
from markupsafe import Markup

from publisher.data_files import sample_newsroom, templates
from publisher.errors import ThemeError
from publisher.template_limits import LIMIT
from publisher.theme import Theme, open_theme

MAIL = "<mjml><mj-body><mj-section><mj-column><mj-text>{}</mj-text></mj-column></mj-section></mj-body></mjml>"
Write = Callable[[str, str], Theme]


@pytest.fixture
def written(tmp_path: Path) -> Write:
    """Write one of the newsroom's own templates and open its theme."""

    def write(name: str, source: str) -> Theme:
        file = tmp_path / "templates" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source, encoding="utf-8")
        return open_theme(tmp_path / "templates")

    return write


def test_values_are_escaped_in_pages_and_mails_and_not_in_text(written: Write) -> None:
    written(
        "email/x.mjml", "<mjml><mj-head><mj-title>{{ value }}</mj-title></mj-head><mj-body></mj-body></mjml>"
    )
    written("email/x.txt", "{{ value }}")
    theme = written("web/x.html", "{{ value }} {{ safe }}")

    assert theme.html("x.html", value="a<b>&", safe=Markup("<i>")) == "a&lt;b&gt;&amp; <i>"
    assert "<title>a&lt;b&gt;&amp;</title>" in theme.mjml("x.mjml", value="a<b>&")
    assert theme.text("x.txt", value="a<b>&") == "a<b>&"


def test_a_template_is_looked_for_where_its_kind_is_unless_its_name_says_where(written: Write) -> None:
    written("email/x.html", "mail")
    theme = written("web/x.html", "page")

    assert theme.html("x.html") == "page"
    assert theme.html("email/x.html") == "mail"


def test_the_newsrooms_own_templates_come_first_and_may_use_the_others(tmp_path: Path) -> None:
    own, shipped = tmp_path / "own", tmp_path / "shipped"
    for folder, name, source in (
        (own, "web/a.html", "own {% include 'web/b.html' %}"),
        (shipped, "web/a.html", "never seen"),
        (shipped, "web/b.html", "shipped {% include 'web/c.html' %}"),
        (own, "web/c.html", "and own"),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(source)

    assert Theme([own, shipped]).html("a.html") == "own shipped and own"


def test_a_template_that_a_newsroom_adds_or_takes_away_is_noticed_at_once(tmp_path: Path) -> None:
    own = tmp_path / "own" / "web" / "a.html"
    shipped = tmp_path / "shipped" / "web" / "a.html"
    for file in (own, shipped):
        file.parent.mkdir(parents=True)
    shipped.write_text("shipped")
    theme = Theme([tmp_path / "own", tmp_path / "shipped"])

    before = theme.html("a.html")
    own.write_text("own")
    with_own = theme.html("a.html")
    own.unlink()
    after = theme.html("a.html")

    assert [before, with_own, after] == ["shipped", "own", "shipped"]


def test_one_more_theme_compiles_only_what_is_another_text(written: Write) -> None:
    written("web/edited.html", "before")
    first = written("web/same.html", "{{ value }}")
    before = [first.html(name, value="a") for name in ("edited.html", "same.html")]

    second = written("web/edited.html", "after")
    after = [second.html(name, value="b") for name in ("edited.html", "same.html")]

    assert [before, after] == [["before", "a"], ["after", "b"]]
    assert _code(first, "web/same.html") is _code(second, "web/same.html")


def _code(theme: Theme, name: str) -> object:
    return theme._plain.get_template(name).root_render_func.__code__


@pytest.mark.parametrize("name", ["notices/confirm.mjml", "desk/queue.html"])
def test_a_newsroom_cannot_change_notices_and_desk(written: Write, name: str) -> None:
    theme = written(name, "<mjml></mjml>")

    with pytest.raises(ThemeError, match="there is no template"):
        theme.html(name)


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("one\n{{ missing }}", "templates/web/x.html:2: 'missing' is undefined (mend the template)"),
        (
            "one\ntwo\n{% if %}",
            "templates/web/x.html:3: Expected an expression, got 'end of statement block'",
        ),
        ("\n{{ 1 / 0 }}", "templates/web/x.html:2: division by zero (mend the template)"),
        ("\n{{ 'a' + 1 }}", 'templates/web/x.html:2: can only concatenate str (not "int") to str'),
        ("\n{% include 'web/y.html' %}", "templates/web/x.html:2: there is no template 'web/y.html'"),
        ("\n{{ '<b>'|safe }}", "templates/web/x.html:2: No filter named 'safe'."),
        ("\n{{ [1, 2]|random }}", "templates/web/x.html:2: No filter named 'random'."),
        ("\n{{ lipsum() }}", "templates/web/x.html:2: 'lipsum' is undefined"),
        ("\n{{ ''.__class__ }}", "templates/web/x.html:2: access to attribute '__class__' of 'str' object"),
        ("\n{{ '{0.__class__}'.format('') }}", "templates/web/x.html:2: access to attribute '__class__'"),
        ("\n{{ '{} of {}'.format(1) }}", "templates/web/x.html:2: Replacement index 1 out of range"),
        ("\n{{ given.append(1) }}", "templates/web/x.html:2: access to attribute 'append' of 'list' object"),
        ("\n{{ 9 ** 9 }}", "templates/web/x.html:2: '**' is not for templates"),
        ("\n{{ 'a' * 9999999 }}", "templates/web/x.html:2: '*' is not for templates, or not for that much"),
        ("\n{% for i in range(9999999) %}{% endfor %}", "templates/web/x.html:2: Range too big."),
        ("\n{% macro a() %}\n{{ a() }}{% endmacro %}{{ a() }}", "templates/web/x.html:3: maximum recursion"),
    ],
)
def test_a_fault_is_one_sentence_with_template_and_line(written: Write, source: str, error: str) -> None:
    theme = written("web/x.html", source)

    with pytest.raises(ThemeError) as caught:
        theme.html("x.html", given=[])

    assert str(caught.value).startswith(error)


def test_phrases_are_filled_with_values_that_are_not_phrases_themselves(written: Write) -> None:
    theme = written("web/x.html", "{{ '{} & {:>3}'.format(1, 2) }} {{ 'on {}'.format(title) }}")

    assert theme.html("x.html", title="<i> {} {0.real}") == "1 &amp;   2 on &lt;i&gt; {} {0.real}"


def test_a_fault_in_an_included_template_is_placed_there(written: Write) -> None:
    written("web/inner.html", "\n\n{{ missing }}")
    theme = written("web/x.html", "{% include 'web/inner.html' %}")

    with pytest.raises(ThemeError) as caught:
        theme.html("x.html")

    assert str(caught.value.place) == "templates/web/inner.html:3"


def test_a_file_that_is_not_utf_8_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "x.html").write_bytes(b"caf\xe9")

    with pytest.raises(ThemeError, match=r"templates/web/x\.html: 'utf-8' codec"):
        open_theme(tmp_path).html("x.html")


def test_nothing_grows_without_limit(written: Write) -> None:
    theme = written("web/x.html", "{% for i in range(99999) %}{{ line }}{% endfor %}")

    with pytest.raises(ThemeError, match="more than 8,000,000 characters"):
        theme.html("x.html", line="x" * (LIMIT // 50000))


def test_short_lines_and_sums_are_allowed(written: Write) -> None:
    theme = written("web/x.html", "{{ '-' * 8 }} {{ 6 * 7 }}")

    assert theme.html("x.html") == "-------- 42"


@pytest.mark.parametrize("name", ["../secret.html", "/etc/passwd", "web/../../secret.html"])
def test_no_template_outside_the_folders_can_be_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.html").write_text("secret")

    with pytest.raises(ThemeError, match="there is no template"):
        open_theme(tmp_path / "templates").html(name)


def test_a_fault_in_mjml_is_placed_in_the_template_that_wrote_it(written: Write) -> None:
    written("email/part.mjml", "<mj-column>\n<mj-text>\n<img src=x>\n</mj-text>\n</mj-column>")
    theme = written(
        "email/x.mjml",
        "<mjml><mj-body>\n{% for i in range(3) %}<mj-section>\n{% if i == 2 %}{% include 'email/part.mjml' %}"
        "{% endif %}</mj-section>{% endfor %}</mj-body></mjml>",
    )

    with pytest.raises(ThemeError) as caught:
        theme.mjml("x.mjml")

    assert str(caught.value.place) == "templates/email/part.mjml:3"
    assert "'<img src=x>" in caught.value.what


WHOLE = (
    "<mjml><mj-body><mj-section><mj-column>\n<mj-text>\n<p>{{ words }}</p>\n{% include 'email/part.mjml' %}\n"
    "</mj-text>\n</mj-column></mj-section></mj-body></mjml>"
)


@pytest.mark.parametrize(
    ("part", "fault"),
    [
        ("\n<p>one\n<b>two</b>", "part.mjml:2: <p> is never closed"),
        ("\n<div\n", "part.mjml:2: '<div"),
        ("<p>\n<b>x\n</i></b></p>", "part.mjml:3: </i> closes what is not open here"),
        ("\n<b>x</i>", "part.mjml:2: </i> closes what is not open here"),
        ("\n{% for i in range(600) %}\n<b>{% endfor %}", "part.mjml:3: more than 500 tags are open at once"),
        (
            "\n{{ '<b>' }}{# <b> #}<!-- <b> -->\n<i{% if 1 %} class='x'{% endif %}>",
            "part.mjml:3: <i> is never",
        ),
        ("\n{% macro a() %}\n<p>\n{% endmacro %}{{ a() }}", "part.mjml:3: <p> is never closed"),
        ("\n</mj-text>\n<p>a</p><mj-text>", "part.mjml:3: '<p>a</p>' may not stand directly in <mj-column>"),
        ("\n</mj-text>\n<mj-image />\n<mj-text>", "part.mjml:3: <mj-image> has no alt"),
        ("\n</mj-text>\n<mj-text>\n<mj-text2>a</mj-text2>", "part.mjml:4: <mj-text2> is not supported"),
        ("\n</mj-text>\n<mj-text mj-class='a'>", "part.mjml:3: there is no mj-class 'a'"),
    ],
)
def test_a_fault_in_a_block_is_placed_where_it_was_written(written: Write, part: str, fault: str) -> None:
    written("email/part.mjml", part)
    theme = written("email/x.mjml", WHOLE)

    with pytest.raises(ThemeError) as caught:
        theme.mjml("x.mjml", words="words")

    assert str(caught.value).startswith(f"templates/email/{fault}")


def test_a_link_that_leads_out_of_the_templates_is_refused(written: Write, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    theme = written("email/real.txt", "real")
    (tmp_path / "templates/email/x.txt").symlink_to("real.txt")
    (tmp_path / "templates/email/y.txt").symlink_to("../../secret")
    (tmp_path / "templates/web").symlink_to(tmp_path)

    inside = theme.text("x.txt")

    assert inside == "real"
    for name in ("email/y.txt", "web/secret"):
        with pytest.raises(ThemeError) as caught:
            theme.text(name)
        assert str(caught.value) == (
            f"templates/{name}: this is a link that leads out of the templates (put the file itself here)"
        )


def test_files_that_nothing_asks_for_are_told_with_what_may_have_been_meant(written: Write) -> None:
    for name in ("email/heder.mjml", "web/zzz.html", "email/mine.mjml", "web/.hidden", "web/broken.html"):
        written(name, "{% if %}" if "broken" in name else "")
    theme = written("email/footer.mjml", "{% include 'email/mine.mjml' %}")

    assert theme.unused() == (
        ("templates/email/heder.mjml", "email/header.mjml"),
        ("templates/web/broken.html", ""),
        ("templates/web/zzz.html", ""),
    )


def test_where_names_are_computed_no_file_is_told_to_be_unused(written: Write) -> None:
    written("email/mine.mjml", "")
    theme = written("email/footer.mjml", "{% include 'email/' ~ 'mine.mjml' %}{% include name %}")

    assert theme.unused() == ()
    assert open_theme(None).unused() == ()


def test_an_unknown_component_is_placed_and_told_what_there_is(written: Write) -> None:
    theme = written("email/x.mjml", "<mjml>\n<mj-body>\n<mj-hero>\n</mj-hero>\n</mj-body>\n</mjml>")

    with pytest.raises(ThemeError) as caught:
        theme.mjml("x.mjml")

    assert str(caught.value).startswith("templates/email/x.mjml:3: <mj-hero> is not supported (use mj-head,")


def test_mjml_without_a_component_is_placed_in_its_template(written: Write) -> None:
    theme = written("email/x.mjml", "nothing of use")

    with pytest.raises(ThemeError, match=r"^templates/email/x\.mjml: this is not well-formed"):
        theme.mjml("x.mjml")


def test_every_template_that_ships_can_be_read_and_none_switches_escaping_off() -> None:
    environment = open_theme(None)._plain

    for file in templates().rglob("*.*"):
        tree = environment.parse(file.read_text(encoding="utf-8"), name=file.name)
        assert not list(tree.find_all(nodes.ScopedEvalContextModifier))


def test_the_sample_newsroom_ships() -> None:
    assert (sample_newsroom() / "publisher.toml").is_file()


def test_html_is_looked_at_where_a_newsroom_has_templates_of_its_own(tmp_path: Path) -> None:
    for folder in ("own", "shipped"):
        (tmp_path / folder / "email").mkdir(parents=True)
    (tmp_path / "shipped" / "email" / "x.mjml").write_text(MAIL.format("<b>x</i>"))
    theme = Theme([tmp_path / "own", tmp_path / "shipped"])
    ours = theme.mjml("x.mjml")

    (tmp_path / "own" / "email" / "y.mjml").write_text("mine")

    assert "<b>x</b>" in ours
    with pytest.raises(ThemeError, match="</i> closes what is not open here"):
        theme.mjml("x.mjml")


def test_even_our_own_templates_cannot_nest_so_deep_that_the_compiler_dies(tmp_path: Path) -> None:
    (tmp_path / "email").mkdir()
    deep = "{% for i in range(30000) %}<b>{% endfor %}x{% for i in range(30000) %}</b>{% endfor %}"
    (tmp_path / "email" / "x.mjml").write_text(MAIL.format(deep))

    with pytest.raises(ThemeError, match="more than 500 tags are open at once"):
        Theme([tmp_path]).mjml("x.mjml")
