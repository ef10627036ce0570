"""The rules of MJML against the compiler itself: what they allow does something, the rest is refused."""

from __future__ import annotations

from pathlib import Path

import mjml
import pytest

from publisher.errors import ThemeError
from publisher.mjml_cures import MjmlError, compile_mjml
from publisher.mjml_rules import ATTRIBUTES, PARENTS
from publisher.theme import open_theme

VALUES = {
    "align": "right",
    "background-repeat": "no-repeat",
    "background-size": "40%",
    "background-position": "left top",
    "background-url": "https://news.example.org/b.png",
    "border": "7px dashed #654321",
    "border-radius": "13px",
    "border-style": "dotted",
    "border-width": "9px",
    "dir": "rtl",
    "direction": "rtl",
    "fluid-on-mobile": "true",
    "font-size": "31px",
    "font-style": "italic",
    "font-weight": "900",
    "full-width": "full-width",
    "height": "33px",
    "href": "https://news.example.org/",
    "lang": "xx",
    "letter-spacing": "4px",
    "line-height": "41px",
    "max-height": "22px",
    "padding": "3px 5px 7px 9px",
    "src": "https://news.example.org/a.png",
    "target": "_self",
    "text-align": "right",
    "text-decoration": "underline",
    "text-transform": "uppercase",
    "vertical-align": "bottom",
    "width": "55px",
}
WITH_A_GROUND = 'background-url="https://news.example.org/g.png"'
WITH_A_LINK = 'href="https://news.example.org/l"'
BESIDE = {
    **dict.fromkeys(("background-position", "background-repeat", "background-size"), WITH_A_GROUND),
    **dict.fromkeys(("background-position-x", "background-position-y"), WITH_A_GROUND),
    **dict.fromkeys(("name", "rel", "target"), WITH_A_LINK),
}
"""What an attribute needs beside it to do something."""


def value(attribute: str) -> str:
    if attribute in VALUES:
        return VALUES[attribute]
    if "color" in attribute:
        return "#123456"
    if attribute.startswith("border"):
        return VALUES["border"]
    return "17px" if attribute.startswith(("padding", "inner-padding")) else "special"


def document(name: str, attributes: str) -> str:
    """Return a mail with every component, in which `name` has `attributes`."""

    def given(component: str, otherwise: str = "") -> str:
        return f" {attributes}" if component == name and attributes else otherwise

    image = given("mj-image") if "alt=" in attributes else f'{given("mj-image")} alt=""'
    things = (
        f"<mj-text{given('mj-text')}>words</mj-text><mj-button{given('mj-button')}>go</mj-button>"
        f"<mj-image{image} /><mj-divider{given('mj-divider')} /><mj-spacer{given('mj-spacer')} />"
    )
    plain = "<mj-column><mj-text>words</mj-text></mj-column>"
    breakpoint_ = given("mj-breakpoint", ' width="480px"')
    head = (
        f"<mj-breakpoint{breakpoint_} /><mj-attributes><mj-all{given('mj-all')} />"
        f'<mj-class name="special"{given("mj-class")} color="#abcdef" /></mj-attributes>'
    )
    return (
        f"<mjml{given('mjml')}><mj-head>{head}</mj-head><mj-body{given('mj-body')}>"
        f"<mj-wrapper{given('mj-wrapper')}><mj-section>{plain}</mj-section></mj-wrapper>"
        f"<mj-section{given('mj-section')}><mj-column{given('mj-column')}>{things}</mj-column></mj-section>"
        "</mj-body></mjml>"
    )


ALLOWED = [
    (name, attribute)
    for name, attributes in ATTRIBUTES.items()
    for attribute in sorted(attributes - {"mj-class"})
    if name not in ("mj-all", "mj-class")
]
WITH_CLASSES = [name for name, attributes in ATTRIBUTES.items() if "mj-class" in attributes]


@pytest.mark.parametrize(("name", "attribute"), ALLOWED)
def test_an_attribute_that_is_allowed_does_something(name: str, attribute: str) -> None:
    beside = BESIDE.get(attribute, "")

    html = compile_mjml(document(name, f'{beside} {attribute}="{value(attribute)}"'.strip()))

    assert html != compile_mjml(document(name, beside))


@pytest.mark.parametrize("name", WITH_CLASSES)
def test_a_class_gives_its_attributes_to_a_component(name: str) -> None:
    with_class = document(name, 'mj-class="special"')

    html = compile_mjml(with_class.replace('color="#abcdef"', 'padding="1px 2px 3px 47px"'))

    assert "47px" in html
    assert "47px" not in compile_mjml(document(name, "").replace("#abcdef", "47px"))


def test_what_all_components_share_is_given_to_each() -> None:
    assert "color:#123456" in compile_mjml(document("mj-all", 'color="#123456"'))


@pytest.mark.parametrize(
    ("name", "attribute"),
    [
        ("mj-section", "gap"),
        ("mj-column", "inner-border"),
        ("mj-button", "title"),
        ("mj-image", "sizes"),
        ("mj-body", "id"),
    ],
)
def test_the_compiler_takes_attributes_that_do_nothing_and_we_do_not(name: str, attribute: str) -> None:
    source = document(name, f'{attribute}="special"')

    assert mjml.mjml2html(source, fonts={}) == mjml.mjml2html(document(name, ""), fonts={})
    with pytest.raises(MjmlError, match=f"{attribute} does nothing on <{name}>"):
        compile_mjml(source)


def test_a_misspelt_attribute_is_placed_and_told_the_nearest_one(tmp_path: Path) -> None:
    own = tmp_path / "email" / "x.mjml"
    own.parent.mkdir()
    own.write_text(
        '<mjml>\n<mj-body>\n<mj-section>\n<mj-column>\n<mj-text font-sise="3px">a</mj-text>\n</mj-column>\n'
        "</mj-section>\n</mj-body>\n</mjml>"
    )

    with pytest.raises(ThemeError) as caught:
        open_theme(tmp_path).mjml("x.mjml")

    assert str(caught.value) == (
        "templates/email/x.mjml:5: font-sise does nothing on <mj-text> (did you mean font-size?)"
    )


def test_an_attribute_without_a_value_is_seen_too() -> None:
    with pytest.raises(MjmlError, match="full does nothing on <mj-text>"):
        compile_mjml(document("mj-text", "full"))


def test_a_component_without_attributes_takes_none() -> None:
    with pytest.raises(MjmlError) as caught:
        compile_mjml(document("mj-text", "").replace("<mj-attributes>", '<mj-attributes a="b">'))

    assert caught.value.fix == "take it away"


def test_every_component_has_its_attributes() -> None:
    assert set(ATTRIBUTES) == set(PARENTS)
