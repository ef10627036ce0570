"""Links that watch readers are mended in their files, and nothing else is touched."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from publisher.check.all import check
from publisher.content.folder import read_issue
from publisher.content.tracking import without_tracking
from publisher.content.trouble import UnreadableError
from publisher.model.addresses import watches

HEAD = "---\nid: i\ntitle: Heat\nsource: A\nlink: {link}\n---\n\n{body}"


def mended(body: str) -> str:
    """Return a body without what watches."""
    head = HEAD.format(link="https://a.example/", body="")
    return without_tracking(head + body, path="heat.md")[0].removeprefix(head)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[a](https://a.b/x?utm_source=y)", "[a](https://a.b/x)"),
        ("[a](https://a.b/x?utm_source=y&id=1)", "[a](https://a.b/x?id=1)"),
        ("[a](https://a.b/x?id=1&utm_source=y&p=2)", "[a](https://a.b/x?id=1&p=2)"),
        ("[a](https://a.b/x?id=1&utm_source=y#z)", "[a](https://a.b/x?id=1#z)"),
        ("[a](https://a.b/x?utm_source=y#z 'A title')", "[a](https://a.b/x#z 'A title')"),
        ("[a](https://a.b/x?id=1&amp;fbclid=y&amp;p=2)", "[a](https://a.b/x?id=1&amp;p=2)"),
        ("[a](https://a.b/x?utm\\_source=y)", "[a](https://a.b/x)"),
        ("[a](<https://a.b/x?gclid=y>)", "[a](<https://a.b/x>)"),
        ("<https://a.b/x?gclid=y>", "<https://a.b/x>"),
        ("See https://a.b/x?utm_source=y.", "See https://a.b/x."),
        ("See https://a.b/x?utm_source=y, and", "See https://a.b/x, and"),
        ("**https://a.b/x?utm_source=y**", "**https://a.b/x**"),
        ("「https://a.b/x?utm_source=y」。", "「https://a.b/x」。"),
        ("[a][1]\n\n[1]: https://a.b/x?mc_eid=y\n", "[a][1]\n\n[1]: https://a.b/x\n"),
        ("[a](https://a.b/x?utm_source=y)\r\n\r\n b\t\r\n", "[a](https://a.b/x)\r\n\r\n b\t\r\n"),
    ],
)
def test_what_watches_is_taken_out_of_every_kind_of_link(before: str, after: str) -> None:
    assert mended(before) == after


@pytest.mark.parametrize(
    "body",
    [
        "`https://a.b/x?utm_source=y`",
        "```\nhttps://a.b/x?utm_source=y\n```\n",
        "- a\n\n  ~~~\r\n  https://a.b/x?utm_source=y\r\n  ~~~\r\n",
        "a\n\n    https://a.b/x?utm_source=y\n",
        "<!-- https://a.b/x?utm_source=y -->",
        "%% https://a.b/x?utm_source=y %%",
        "[a](https://a.b/x?id=utm_source)",
        "[a](https://a.b/x#?utm_source=y)",
        "the parameter ?utm_source=y",
    ],
)
def test_code_notes_and_other_words_stay(body: str) -> None:
    assert mended(body) == body


def test_the_fields_that_hold_addresses_are_mended_and_no_others() -> None:
    watching = "https://a.b/x?utm_source=y"
    fields = f'title: "{watching}"\nurl: "{watching}" # {watching}\nsponsor: By <{watching}>'
    text = f"---\n{fields}\nnotes: {watching}\n---\n"

    after, removed = without_tracking(text, path="heat.md")

    assert after == text.replace(f'url: "{watching}"', 'url: "https://a.b/x"').replace(
        f"<{watching}>", "<https://a.b/x>"
    )
    assert [(each.line, each.names) for each in removed] == [(3, ("utm_source",)), (4, ("utm_source",))]


def test_toml_and_a_byte_order_mark_are_read_as_everywhere() -> None:
    text = '\ufeff+++\r\ntitle = "x"\r\nlink = "https://a.b/x?utm_source=y&id=1"\r\n+++\r\nText.\r\n'

    after, _ = without_tracking(text, path="heat.md")

    assert after == text.replace("utm_source=y&", "")


def test_a_file_that_cannot_be_understood_is_refused() -> None:
    with pytest.raises(UnreadableError):
        without_tracking("---\ntitle: [\nlink: https://a.b/?utm_source=y\n---\n", path="heat.md")


names = st.sampled_from(["id", "p", "q", "utm_source", "utm_medium", "fbclid", "gclid", "mc_eid", "UTM_TERM"])
values = st.text("abcXYZ019-_.~%2", max_size=6)
addresses = st.builds(
    lambda given, fragment: f"https://a.example/x{'?' if given else ''}{'&'.join(given)}{fragment}",
    st.lists(st.builds("{}={}".format, names, values), max_size=5),
    st.sampled_from(["", "#z"]),
)
forms = st.sampled_from(["[a]({})", "<{}>", " {} ", "[a](<{}> 'b')", "`{}`", "**{}**", "- {}\n", "> {}\n"])
links = st.builds(lambda form, address: form.format(address), forms, addresses)
words = st.text("ab éü水。*_.,;!\n\r-#>", max_size=12)


@settings(max_examples=60)
@given(st.lists(st.one_of(words, links), max_size=6).map("".join), addresses)
@example("**https://a.example/x?fbclid=a._**", "https://a.example/?utm_source=")
@example("[a](https://a.example/x?id=1)[a](https://a.example/x?gclid=1)", "https://a.example/?id=1")
def test_a_mended_file_watches_nobody_and_every_other_byte_is_the_same(body: str, link: str) -> None:
    text = HEAD.format(link=f'"{link}"', body=body)

    after, removed = without_tracking(text, path="heat.md")

    assert _bare(text) == _bare(after)
    assert (after == text) == (not removed)
    assert without_tracking(after, path="heat.md") == (after, ())
    assert all(watches(name) for each in removed for name in each.names)
    with TemporaryDirectory() as folder:
        (Path(folder) / "heat.md").write_bytes(after.encode())
        reading = read_issue(Path(folder), "heat")
        assert [str(each) for each in check(reading.issue) if each.code == "W408"] == []


def _bare(text: str) -> str:
    """Return a text without parameters that watch, and without marks that may belong to their ends."""
    return re.sub(r"[?&.*_~]+", "", re.sub(r"(?i)(utm_\w+|fbclid|gclid|mc_eid)=[\w%~.-]*", "", text))
