"""The fields of other tools: what they mean here, and nothing of them is lost."""

from __future__ import annotations

import pytest

from publisher.content.importers.head import Value
from publisher.content.importers.meanings import moment
from publisher.content.importers.site import Prepared
from tests.content.importers.sites import prepared, reported


def of(head: str, *, name: str = "posts/first.md", body: str = "Text", fence: str = "---") -> Prepared:
    return prepared(f"{fence}\n{head}\n{fence}\n{body}\n", name=name)


def field(made: Prepared, name: str) -> Value | None:
    return made.fields.get(name)


@pytest.mark.parametrize(
    ("head", "name", "value"),
    [
        ("title: A\nguid: tag:x,2020:1", "external_id", "tag:x,2020:1"),
        ("title: A\nid: 5f3a", "external_id", "5f3a"),
        ("title: A\npermalink: https://old.example/a/", "external_id", "https://old.example/a/"),
        ("title: A\ncanonical_url: https://old.example/a/", "external_id", "https://old.example/a/"),
        ("title: A\nid: 7\nurl: https://old.example/a/", "x_url", "https://old.example/a/"),
        ("title: A\ntags: [sea, 'deep']", "tags", ("sea", "deep")),
        ("title: A\ntags: '#sea, #deep'", "tags", ("sea", "deep")),
        ("title: A\nkeywords:\n  - sea", "tags", ("sea",)),
        ("title: A\ncategories: [Letters, sea]\ntags: [deep]", "tags", ("deep", "sea")),
        ("title: A\ncategories: [Letters, sea]", "category", "Letters"),
        ("title: A\nauthors:\n  - Ann\n  - Ben", "author", "Ann, Ben"),
        ("title: A\ncustom_excerpt: In short", "summary", "In short"),
        ("title: A\nlanguage: pt_BR", "lang", "pt-BR"),
        ("title: A\nexternal_url: https://x.example/", "link", "https://x.example/"),
        ("title: A\nlayout: wide", "x_layout", "wide"),
        ("title: A\nOdd Key: 7", "x_odd_key", "7"),
        ("title: A\nx_mine: 7", "x_mine", "7"),
        ("title: A\nmenu:\n  main:\n    weight: 3", "x_menu", "main: weight: 3"),
        ("title: A\nimage: https://x.example/a.png", "x_image", "https://x.example/a.png"),
    ],
)
def test_fields_mean_here_what_they_meant_there(head: str, name: str, value: Value) -> None:
    assert field(of(head), name) == value


def test_toml_and_json_and_bare_fields_are_read_alike() -> None:
    toml = of('title = "A"\ndate = 2024-01-02T10:00:00Z\ntags = ["sea"]\n[params]\nx = 1', fence="+++")
    bare = prepared("Title: A\nDate: 2024-01-02 10:00\nTags: sea, deep\nSlug: a-b\n    c\n\nText\n")
    json = prepared(';;;\n{"title": "A", "date": "2024-01-02", "tags": ["sea"]}\n;;;\nText\n')

    assert (toml.title, toml.when, field(toml, "tags")) == ("A", "2024-01-02T10:00:00+00:00", ("sea",))
    assert field(toml, "x_params") == '{"x": 1}'
    assert (bare.title, bare.when, field(bare, "tags"), bare.body) == (
        "A",
        "2024-01-02T10:00:00",
        ("sea", "deep"),
        "Text",
    )
    assert (json.title, json.when, field(json, "tags")) == ("A", "2024-01-02", ("sea",))


def test_broken_front_matter_is_read_line_by_line_and_no_word_of_it_is_lost() -> None:
    made = of("title: Bitcoin: the next ten years\ntags:\n- &a sea\n- *a\n!odd\ndate: 2024-01-02")

    assert made.title == "Bitcoin: the next ten years"
    assert made.when == "2024-01-02"
    assert field(made, "x_unread") == "!odd"
    assert "read line by line" in reported(made)


@pytest.mark.parametrize(
    ("head", "why"),
    [
        ("draft: true", "it was a draft"),
        ("published: false", "it was a draft"),
        ("status: scheduled", "it was a draft"),
        ("visibility: members", "it was not for everybody"),
        ("visibility: public", ""),
        ("published: true", ""),
        ("published: 2024-01-02", ""),
        ("status: published", ""),
    ],
)
def test_what_was_not_public_stays_so(head: str, why: str) -> None:
    assert of(f"title: A\n{head}").why_draft == why


@pytest.mark.parametrize(
    ("name", "title", "when", "slug"),
    [
        ("_posts/2024-01-02-the-sea.md", "The sea", "2024-01-02", "the-sea"),
        ("content/2024-01-02-the-sea/index.md", "The sea", "2024-01-02", "the-sea"),
        ("Vault/Deep Sea.md", "Deep Sea", "", "deep-sea"),
        ("daily/2024-01-02.md", "2024-01-02", "2024-01-02", "2024-01-02"),
    ],
)
def test_what_fields_do_not_say_the_name_says(name: str, title: str, when: str, slug: str) -> None:
    made = prepared("Text\n", name=name)

    assert (made.title, made.when, made.slug) == (title, when, slug)
    assert "made from the name of the file" in reported(made)


def test_a_first_heading_is_the_title_where_no_field_is() -> None:
    made = prepared("# The *deep* sea\n\nText\n")

    assert (made.title, made.body) == ("The deep sea", "Text")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2024-01-02", "2024-01-02"),
        ("2024/1/2", "2024-01-02"),
        ("2024-01-02 10:00", "2024-01-02T10:00:00"),
        ("2024-01-02T10:00:00.123Z", "2024-01-02T10:00:00+00:00"),
        ("2024-01-02 10:00:00 +0130", "2024-01-02T10:00:00+01:30"),
        ("Tue, 02 Jan 2024 10:00:00 GMT", "2024-01-02T10:00:00+00:00"),
        ("January 2, 2024", "2024-01-02"),
        ("2 January 2024", "2024-01-02"),
        ("2024-13-40", ""),
        ("2024-01-02T99:00", ""),
        ("yesterday", ""),
        ("", ""),
    ],
)
def test_dates_are_read_in_the_usual_spellings(written: str, read: str) -> None:
    assert moment(written) == read


def test_a_date_that_cannot_be_read_is_kept_and_told() -> None:
    made = of("title: A\ndate: the other day")

    assert made.when == ""
    assert field(made, "x_date") == "the other day"


def test_a_sign_before_a_tag_is_left_out_and_told() -> None:
    made = prepared('---\ntitle: A\ntags: ["#sea", calm]\n---\nText\n')

    assert made.fields["tags"] == ("sea", "calm")
    assert "the # before a tag is left out #sea" in reported(made)


@pytest.mark.parametrize(
    ("fields", "old"),
    [
        ("aliases: [/old/a/, /older/a]", ("/old/a/", "/older/a/")),
        ("redirect_from: /old/a.html\npermalink: /2024/a/", ("/old/a.html", "/2024/a/")),
        ("url: https://old.example/blog/a/", ("/blog/a/",)),
        ("url: https://elsewhere.example/blog/a/", None),
        ("permalink: /:year/:title/", None),
        ("aliases: [The sea, //evil.example/]", None),
        ("aliases: [/a/../b, /old/]", None),
        ("url: /a/?page=2", None),
    ],
)
def test_old_addresses_are_kept_where_they_can_lead_to_the_new_page(
    fields: str, old: tuple[str, ...] | None
) -> None:
    made = prepared(f"---\ntitle: A\n{fields}\n---\nText\n", home="https://old.example")

    assert made.fields.get("old_paths") == old
    assert ("an old address will lead" in reported(made)) == (old is not None)
