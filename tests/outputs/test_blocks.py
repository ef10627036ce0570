"""Blocks of the mail: a newsroom replaces any single one by a file of the same name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from publisher.data_files import templates
from publisher.errors import ThemeError
from publisher.outputs.email import EmailOutput
from publisher.outputs.text import TextOutput
from publisher.theme import open_theme
from tests.editions import rich_edition
from tests.sites import INK

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "own-templates.md"

OWN = {
    "header.mjml": "<p>our own head</p>",
    "contents.mjml": "<p>our own contents</p>",
    "story.mjml": "<mj-text><p>our own story</p></mj-text>",
    "footer.mjml": "<p>our own foot <a href='{{ slots.unsubscribe }}'>{{ words.unsubscribe }}</a></p>",
    "box.mjml": "{% macro box(light) %}<div>our own box {{ caller() }}</div>{% endmacro %}",
    "button.mjml": "{% macro button(light, url, label) %}<i>our own {{ label }}</i>{% endmacro %}",
    "picture.mjml": "{% macro picture(light, column, shown) %}<p>our own {{ shown.alt }}</p>{% endmacro %}",
    "section.mjml": "{% macro section(light, part) %}<h3>our own {{ part.heading }}</h3>{% endmacro %}",
    "sponsor.mjml": "{% macro sponsor(light, words, said) %}<p>our own thanks</p>{% endmacro %}",
    "light.css": "/* our own light */",
    "modern.css": "/* our own dark */",
    "header.txt": "our own head",
    "contents.txt": "our own contents",
    "story.txt": "our own story",
    "footer.txt": "our own foot {{ slots.unsubscribe }}",
    "passages.txt": "{% macro passage(links, printed, words) %}our own passage{% endmacro %}"
    "{% macro addresses(found, words) %}our own addresses{% endmacro %}",
}


def mail(own: Path, name: str) -> str:
    output = TextOutput() if name.endswith(".txt") else EmailOutput()
    (part,) = output.render(rich_edition(), theme=open_theme(own), ink=INK)
    return part.body.decode()


@pytest.mark.parametrize("name", OWN)
def test_a_newsroom_replaces_one_block_and_keeps_the_others(tmp_path: Path, name: str) -> None:
    (tmp_path / "email").mkdir()
    usual = mail(tmp_path, name)

    (tmp_path / "email" / name).write_text(OWN[name], encoding="utf-8")
    changed = mail(tmp_path, name)

    assert "our own" not in usual
    assert "our own" in changed
    lines = set(re.split(r"\n|(?=<)", usual))
    assert len(lines & set(re.split(r"\n|(?=<)", changed))) > len(lines) / 10


def test_every_block_is_tried_here_and_told_in_the_documents() -> None:
    names = {file.name for file in (templates() / "email").iterdir()}
    mail, _, _ = PAGE.read_text(encoding="utf-8").partition("\n## The pages\n")
    told = set(re.findall(r"`([a-z]+\.(?:mjml|txt|css))`", mail))

    assert names - {"issue.mjml", "issue.txt"} == set(OWN)
    assert told == names


def test_a_slip_in_ones_own_block_is_placed_there(tmp_path: Path) -> None:
    (tmp_path / "email").mkdir()
    (tmp_path / "email" / "footer.mjml").write_text("<p>we\n{{ edition.adress }}</p>", encoding="utf-8")

    with pytest.raises(ThemeError) as caught:
        mail(tmp_path, "footer.mjml")

    assert str(caught.value.place) == "templates/email/footer.mjml:2"


@pytest.mark.parametrize("name", ["footer.mjml", "footer.txt"])
def test_a_mail_that_nobody_could_leave_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "email").mkdir()
    (tmp_path / "email" / name).write_text("so long", encoding="utf-8")

    with pytest.raises(ThemeError, match=rf"email/{name}: the mail does not tell how to unsubscribe"):
        mail(tmp_path, name)


def test_the_example_of_the_documents_works(tmp_path: Path) -> None:
    (example,) = re.findall(
        r"^```html\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    (tmp_path / "email").mkdir()
    (tmp_path / "email" / "header.mjml").write_text(example, encoding="utf-8")

    made = mail(tmp_path, "header.mjml")

    assert '<img src="https://news.example.org/logo.png" alt="Field Notes &amp; Co."' in made
    assert "<h1>Notebooks, &lt;meta&gt; &amp; the sun</h1>" in made


def test_every_template_of_a_public_page_is_told_in_the_documents() -> None:
    _, _, pages = PAGE.read_text(encoding="utf-8").partition("\n## The pages\n")
    names = {file.name for file in (templates() / "web").iterdir()}
    tools = {name for name in names if re.match(r"preview|mailbox", name)}
    parts = {"byline.html", "number.html", "source.html"}
    answers = {
        *("choices.css", "form.css", "message.html", "own_link.html", "preferences.html"),
        "unsubscribe.html",
    }

    told = set(re.findall(r"`([a-z_]+\.(?:html|css|js|svg))`", pages))

    assert told == names - tools - parts - answers
