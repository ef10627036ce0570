"""Every word of what is brought in is in the file that it becomes, or in the report."""

from __future__ import annotations

import re
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.content.importers.change import Changes
from publisher.content.importers.feed import read_feed
from publisher.content.importers.html import to_blocks
from publisher.content.importers.imported import file_text
from publisher.content.importers.masked import Masked
from publisher.content.importers.pieces import from_base
from publisher.content.text import CONTROL
from publisher.errors import ContentError
from tests.content.importers.sites import prepared, reported, words

PATTERNS = (
    "{} {}\n",
    "# {}\n\n",
    "#### {} {}\n",
    "{}\n---\n",
    "{}\n===\n\n",
    "\n\n",
    "> {}\n",
    "> [!note] {}\n> {}\n",
    "- {}\n  - {}\n",
    "- [ ] {}\n",
    "1. {}\n",
    "**{}** _{}_ `{}`",
    "```{}\n{}\n```\n",
    "    {}\n",
    "[{}](https://x.example/{})",
    "[{}]({}.md)",
    '[{}](../{} "{}")',
    "![{}]({}.png)",
    '![{}](/a/{}.jpg "{}")',
    "[![{}]({}.gif)]({})",
    "[{}]: /{}\n",
    "[{}][{}]",
    "[^{}]: {}\n",
    "[[{}]]",
    "[[{}#{}|{}]]",
    "![[{}.png|{}]]",
    "=={}==",
    "%%{}%%",
    "{} ^{}\n",
    "<!-- {} -->",
    "<!-- {}",
    "{{{{< {} {} >}}}}",
    '{{{{< figure src="{}.png" caption="{}" alt="{}" >}}}}',
    "{{{{< youtube {} >}}}}",
    '{{{{< x user="{}" id="{}" >}}}}',
    "{{{{% {} %}}}}{}{{{{% /{} %}}}}",
    "{{{{/* {} */}}}}",
    "{{{{< highlight {} >}}}}\n{}\n{{{{< /highlight >}}}}\n",
    "{{% include {}.html {}='{}' %}}",
    "{{% highlight {} %}}\n{}\n{{% endhighlight %}}\n",
    "{{% comment %}}{}{{% endcomment %}}",
    "{{% post_url {} %}}",
    "{{{{ {}.{} }}}}",
    "{{: .{} }}\n",
    "{{static}}/{}.png",
    "<b>{}</b> <em class='{}'>{}</em>",
    '<a href="/{}">{}</a>',
    '<img src="{}.png" alt="{}">',
    "{}<br>{}<br/>\n",
    '\n\n<div class="{}">\n{} <i>{}</i>\n</div>\n\n',
    "\n\n<table><tr><td>{}<td>{}</tr></table>\n\n",
    "\n\n<details><summary>{}</summary>\n\n{}\n\n</details>\n\n",
    "<script>{}</script>",
    "<{}>",
    "</{}>",
    "<u>{}",
    "\n| {} | {} |\n|---|---|\n| {} | <b>{}</b> |\n\n",
    '<iframe src="https://{}.example/{}"></iframe>',
    "[TOC]\n{}",
    "{}\\\n",
    "&{}; \\{} ~~{}~~",
)
HTML = (
    "<p>{}</p>",
    "<p>{} <b>{}</b>{}</p>",
    "{}",
    "<div>{}",
    "</div>",
    "<h1>{}</h1>",
    "<h4>{}</h4>",
    "<ul><li>{}<li>{}</ul>",
    "<ol><li><p>{}</p><p>{}</p></ol>",
    "<blockquote>{}</blockquote>",
    "<br>{}",
    "<pre>{}\n{}</pre>",
    "<code>{}</code>",
    '<a href="{}">{}</a>',
    '<a href="#{}">{}</a>',
    "<hr>",
    "{}&nbsp;",
    '<img src="{}.png" alt="{}">',
    '<img src="data:{}">',
    "<script>{}</script>",
    "<!-- {} -->",
    "<q>{}</q>",
    "<table><tr><th>{}<td>{}<tr><td>{}</table>",
    "<table><tr><td><p>{}</p><ul><li>{}</ul></table>",
    "<table>{}<tr>{}<td>{}</table>",
    "<dl><dt>{}<dd>{}</dl>",
    "<figure><img src='{}'><figcaption>{}</figcaption></figure>",
    "<i><b>{}</i></b>",
    "<iframe src='/{}'>{}</iframe>",
    "<video><source src='/{}'>{}</video>",
    "<b>{}</b><i>{}</i>",
    "<em>*{}*</em>",
    "<select><option>{}</select>",
    "<svg><text>{}</text></svg>",
    "<ul>{}</ul>",
    "<li>{}",
    "<table>{}</table>",
)


def texts(patterns: tuple[str, ...]) -> st.SearchStrategy[str]:
    """Return texts made of these patterns, in which every blank is filled with a word of its own."""
    return st.lists(st.sampled_from(patterns), max_size=12).map(filled)


def filled(patterns: list[str]) -> str:
    text = "".join(pattern.replace("{}", "\0") for pattern in patterns)
    text = text.replace("{{", "{").replace("}}", "}")
    number = iter(range(10_000))
    return re.sub("\0", lambda _: f"qx{next(number)}z", text)


def own(text: str) -> set[str]:
    """Return the words that `filled` put in."""
    return set(re.findall(r"qx\d+z", text))


@given(text=texts(PATTERNS), notes=st.booleans())
def test_every_word_of_a_text_is_in_the_file_or_in_the_report(text: str, notes: bool) -> None:  # noqa: FBT001 - hypothesis gives it
    made = prepared(f"---\ntitle: T\n---\n{text}", notes=notes, others=["posts/pic.png"])

    assert own(text) - own(made.body) - own(reported(made)) == set()
    assert not CONTROL.search(made.body)


@given(text=texts(HTML))
def test_every_word_of_html_is_in_the_markdown_or_in_the_report(text: str) -> None:
    changes = Changes()
    written = to_blocks(text, from_base(""), changes)

    visible = re.sub(r"(?:src|href)=(['\"]).*?\1", "", text)
    assert not CONTROL.search(written)
    report = "\n".join(f"{change.what} {change.piece}" for change in changes.listed)
    assert own(visible) - own(written) - own(report) == set()


KEYS = (
    "title",
    "Tags",
    "date",
    "draft",
    "odd key",
    "x_y",
    "image",
    "url",
    "published",
    "status",
    "slug",
    "id",
)


@given(pairs=st.dictionaries(st.sampled_from(KEYS), st.text(max_size=40), max_size=8))
def test_every_field_of_a_text_is_in_the_file_or_in_the_report(pairs: dict[str, str]) -> None:
    head = "".join(f"{key}: {value!r}\n" for key, value in pairs.items())
    made = prepared(f"---\n{head}---\nText\n")

    written = file_text({"title": made.title, **made.fields}, made.body)
    kept = (
        words(written) | words(made.when) | words(made.slug) | words(reported(made)) | words(made.why_draft)
    )
    plain = {word for key, value in pairs.items() if key not in ("draft", "status") for word in words(value)}
    lost = {word.lower() for word in plain if word.isascii() and len(word) > 3} - {
        word.lower() for word in kept
    }
    assert lost <= {"true", "false"}


PIECES = (
    *("{{<", "{{% a %}}", "{% ", "{{ ", "{{/*", "{% comment %}", "{: ", "{static}"),
    *("<b>", "</b>", "<a href='", "<a ", '<a "', "<!-- ", "<script>", "<br", "<div>\n", "\n\n<p>"),
    *("[[", "![[", "![", "](", "[](a", "[a](", "[x]: ", "[^1]: ", "("),
    *("==", "%%", "- [ ] ", "> [!a] ", " ^", "   ", "| ", "# ", "a\n---\n", "*", "_a", "&", "\\"),
    *("`", "~~~\n"),
)


@pytest.mark.parametrize("piece", PIECES)
def test_no_text_takes_long(piece: str) -> None:
    text = f"---\ntitle: T\n---\n{piece * (30_000 // len(piece))}"
    begun = time.thread_time()

    with suppress(ContentError):
        prepared(text)

    assert time.thread_time() - begun < 10


def test_code_takes_time_that_grows_with_the_text_alone() -> None:
    text = "```\n" * 20_001
    begun = time.thread_time()

    masked = Masked(text)

    assert time.thread_time() - begun < 4
    assert masked.shown() == text


@pytest.mark.parametrize(
    "piece", ["<b>", "<div>", "<ul><li>", "<blockquote>", "</p>", "<table><tr><td>", "<i>a</i>", "<", "&amp;"]
)
def test_no_html_takes_long_and_its_words_stay(piece: str) -> None:
    begun = time.thread_time()

    written = to_blocks(f"{piece * (30_000 // len(piece))} word", from_base(""), Changes())

    assert "word" in written
    assert time.thread_time() - begun < 10


@given(data=st.binary(max_size=400))
def test_any_bytes_are_a_feed_or_a_sentence(data: bytes) -> None:
    for shape in (
        data,
        b"<rss><channel><item><title>" + data,
        b'{"version":"https://jsonfeed.org/version/1","items":[' + data,
    ):
        with suppress(ContentError):
            feed = read_feed(shape)

            assert feed.entries or feed.troubles
