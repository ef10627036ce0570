"""Links that watch readers are mended in their files, and nothing else is touched."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from publisher.check.all import check
from publisher.check.proof import Proof
from publisher.check.rules import Rules
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
        ("[a](https://a.b/x?a=(1)&utm_source=x(y)z)", "[a](https://a.b/x?a=(1))"),
        ("[a](https://a.b/x?a=[1]&utm_source=q)", "[a](https://a.b/x?a=[1])"),
        ("[a](https://a.b/x?a=1&#38;utm_source=q)", "[a](https://a.b/x?a=1)"),
        ("[a](https://a.b/x?a=&copy;&utm_source=q&b;)", "[a](https://a.b/x?a=&copy;&b;)"),
        ("[a](<https://a.b/x?a=a b&utm_source=q>)", "[a](<https://a.b/x?a=a b>)"),
        ("[a](https://a.b/x?a=%%20&utm_source=q)", "[a](https://a.b/x?a=%%20)"),
        ("[a](https://a.b/x?q='a'&utm_source=z)", "[a](https://a.b/x?q='a')"),
        ("See https://a.b/x?q='a'&utm_source=z(1).", "See https://a.b/x?q='a'."),
        ("[a](https:&#47;&#47;a.b/x?utm_source=q)", "[a](https:&#47;&#47;a.b/x)"),
        ("[a](\nhttps://a.b/x?utm_source=y\n)", "[a](\nhttps://a.b/x\n)"),
        ("See https://a.b/x?utm_source=y*b*", "See https://a.b/x*b*"),
        ("Text[^1].\n\n[^1]: [a](https://a.b/x?utm_source=y)", "Text[^1].\n\n[^1]: [a](https://a.b/x)"),
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
        "[a](https://a.b/ 'see https://a.b/x?utm_source=y')",
        '[a][1]\n\n[1]: https://a.b/ "see https://a.b/x?utm_source=y"\n',
        "![see https://a.b/x?utm_source=y](a.png)",
        "![a](https://a.b/x.png?utm_source=y)",
        "[https://a.b/x?utm_source=y](https://a.b/x)",
        "[https://a.b/x?utm_source=y]\n\n[https://a.b/x?utm_source=y]: https://a.b/\n",
        "[a](https://web.archive.org/web/2020/https://a.b/?utm_source=y)",
        "https://web.archive.org/web/2020/https://a.b/?utm_source=y",
        "[a](https://a.b/?to=https://c.d/?e=1&utm_source=y)",
        "[a](https://shop.example/?pk_price=20&mtm_width=3&hsa_size=4&at_home=5&cmpid=6&sc_cid=7)",
        "[a](https://a.b/?b=(1&utm_source=2))",
    ],
)
def test_code_notes_and_other_words_stay(body: str) -> None:
    assert mended(body) == body


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("https://a.b/x?utm_source=y", "https://a.b/x"),
        ('"https://a.b/x?\\u0075tm_source=y&q=1"', '"https://a.b/x?q=1"'),
        ('"https:\\/\\/a.b\\/x?\\x75tm_source=y"', '"https:\\/\\/a.b\\/x"'),
        ("'https://a.b/x?q=''a''&utm_source=y'", "'https://a.b/x?q=''a'''"),
        ("|-\n  https://a.b/x?utm_source=y\n", "|-\n  https://a.b/x\n"),
    ],
)
def test_an_address_in_a_field_may_be_written_in_several_ways(before: str, after: str) -> None:
    text = "---\nid: i\ntitle: Heat\nlink: {}\n---\nText."

    assert without_tracking(text.format(before), path="heat.md")[0] == text.format(after)


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
values = st.text("abcXYZ019-.~%2()[]'&#;", max_size=6)
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

    letters = iter(text)
    assert all(letter in letters for letter in after)
    assert len(text) - len(after) <= 20 * sum(text.count(name) for each in removed for name in each.names)
    assert (after == text) == (not removed)
    assert without_tracking(after, path="heat.md") == (after, ())
    assert all(watches(name) for each in removed for name in each.names)
    links_before, _ = _read(text)
    links_after, told = _read(after)
    assert len(links_before) == len(links_after)
    assert [each for each in told if "--fix" in each] == []


def _read(text: str) -> tuple[list[str], list[str]]:
    """Return where the links of an issue lead, and what is said of those that watch."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "heat.md").write_bytes(text.encode())
        issue = read_issue(Path(folder), "heat").issue
    assert issue is not None
    told = [str(each) + each.fix for each in check(issue) if each.code == "W408"]
    return [address for address, _ in Proof(issue=issue, rules=Rules()).addresses], told
