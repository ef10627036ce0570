"""The dialects of other tools, one construct after the other: what readers saw there they see here."""

from __future__ import annotations

import pytest

from tests.content.importers.sites import HOME, body_of, prepared, reported

FILES = ["posts/other.md", "static/img/a-nice-view.jpg", "posts/pic.png", "notes/Deep Sea.md"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("{{< youtube w7Ft2ymGmfc >}}", "[www.youtube.com/watch?v=w7Ft2ymGmfc](https://www.youtube.com/watch?v=w7Ft2ymGmfc)"),
        ('{{< youtube id="w7Ft2" title="A film" >}}', "[A film](https://www.youtube.com/watch?v=w7Ft2)"),
        ("{{< vimeo 146022717 >}}", "[vimeo.com/146022717](https://vimeo.com/146022717)"),
        ('{{< x user="ann" id="42" >}}', "[x.com/ann/status/42](https://x.com/ann/status/42)"),
        ("{{< gist ann 0a1b >}}", "[gist.github.com/ann/0a1b](https://gist.github.com/ann/0a1b)"),
        ('{{< figure src="pic.png" alt="A boat" caption="At noon" >}}', "![A boat](pic.png)\n\n*At noon*"),
        ('[there]({{< ref "other.md" >}})', f"[there]({HOME}/stories/other/)"),
        ('[there]({{< relref path="/posts/other.md" >}})', f"[there]({HOME}/stories/other/)"),
        ("{{< highlight go >}}\nx := 1\n{{< /highlight >}}", "```go\nx := 1\n```"),
        ("{{% notice tip %}}\nMind the gap.\n{{% /notice %}}", "Mind the gap."),
        ('See {{< chart id="7" >}}.', 'See `{{< chart id="7" >}}`.'),
        ("{{</* youtube x */>}}", "`{{< youtube x >}}`"),
        ("`{{< youtube x >}}`", "`{{< youtube x >}}`"),
        ("![](/img/a-nice-view.jpg)", "![a nice view](a-nice-view.jpg)"),
        ("```\n{{< figure >}} <b> [[x]]\n```", "```\n{{< figure >}} <b> [[x]]\n```"),
    ],
)  # fmt: skip
def test_shortcodes_of_hugo_become_what_they_show(written: str, read: str) -> None:
    assert body_of(written, others=FILES) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("{% highlight ruby %}\nputs 1\n{% endhighlight %}", "```ruby\nputs 1\n```"),
        ("[there]({% post_url 2024-01-02-other %})", f"[there]({HOME}/stories/2024-01-02-other/)"),
        ("[there]({% link _posts/2024-01-02-other.md %})", f"[there]({HOME}/stories/2024-01-02-other/)"),
        ("![A view]({{ site.baseurl }}/img/a-nice-view.jpg)", "![A view](a-nice-view.jpg)"),
        ("![A view]({{ '/img/a-nice-view.jpg' | relative_url }})", "![A view](a-nice-view.jpg)"),
        ("{% include youtube.html id='w7Ft2ymGmfc' %}", "`{% include youtube.html id='w7Ft2ymGmfc' %}`"),
        ('{% include youtube.html id="w7Ft2ymGmfc" %}', "[www.youtube.com/watch?v=w7Ft2ymGmfc](https://www.youtube.com/watch?v=w7Ft2ymGmfc)"),
        ("{% comment %}not for readers{% endcomment %}Text", "Text"),
        ("{% raw %}{{ page.x }}{% endraw %}", "`{{ page.x }}`"),
        ('A text.\n{: .lead}\n\nMore{:target="_blank"}.', "A text.\n\nMore."),
        ("{{ content }}", "`{{ content }}`"),
        ("A brace {{ alone", "A brace `{{` alone"),
    ],
)  # fmt: skip
def test_liquid_of_jekyll_is_filled_in_or_stays_visible(written: str, read: str) -> None:
    assert body_of(written, others=[*FILES, "_posts/2024-01-02-other.md"]) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("[[Deep Sea]]", f"[Deep Sea]({HOME}/stories/Deep Sea/)"),
        ("[[Deep Sea|below]]", f"[below]({HOME}/stories/Deep Sea/)"),
        ("[[Nowhere]]", "Nowhere"),
        ("[[Nowhere#Part|that]]", "that"),
        ("![[pic.png]]", "![Anything](pic.png)"),
        ("![[pic.png|300]]", "![Anything](pic.png)"),
        ("![[a-nice-view.jpg|A view]]", "![A view](a-nice-view.jpg)"),
        ("- [ ] one\n- [x] two", "- ☐ one\n- ☑ two"),
        ("so ==very== nice, a == b", "so **very** nice, a == b"),
        ("> [!warning] Mind\n> the gap", "> **Mind**  \n> the gap"),
        ("> [!info]-\n> folded", "> **Info**  \n> folded"),
        ("> [!did-you-know]\n> It is ours.", "> [!did-you-know]\n> It is ours."),
        ("A paragraph. ^ab12\n", "A paragraph."),
        ("`[[code]]` and ==`x`==", "`[[code]]` and **`x`**"),
    ],
)
def test_obsidian_says_the_same_in_markdown(written: str, read: str) -> None:
    assert body_of(written, others=FILES) == read


def test_percent_signs_hide_words_only_where_they_did() -> None:
    assert body_of("50 %%and%% more") == "50 \\%%and\\%% more"
    assert body_of("50 %%and%% more", notes=True) == "50 %%and%% more"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("![A view]({static}/img/a-nice-view.jpg)", "![A view](a-nice-view.jpg)"),
        ("[there]({filename}other.md)", f"[there]({HOME}/stories/other/)"),
        ("[there](|filename|/posts/other.md)", f"[there]({HOME}/stories/other/)"),
        ("[TOC]\n\nText", "Text"),
    ],
)
def test_paths_of_pelican_lose_their_braces(written: str, read: str) -> None:
    assert body_of(written, others=FILES) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a <b>strong</b> and <em>soft</em> word", "a **strong** and *soft* word"),
        ("the<strong> blanks </strong>outside", "the **blanks** outside"),
        ('<a href="https://x.example/(1)">x</a>', "[x](https://x.example/%281%29)"),
        ('an <a href="other.md">inner</a> link', f"an [inner]({HOME}/stories/other/) link"),
        ('see <img src="pic.png" alt="A boat">', "see ![A boat](pic.png)"),
        ("one<br>two", "one\\\ntwo"),
        ("| a | b |\n|---|---|\n| one<br>two | <b>x</b> |", "| a | b |\n|---|---|\n| one two | **x** |"),
        ("H<sub>2</sub>O and <kbd>Ctrl</kbd>", "H2O and `Ctrl`"),
        ('<div class="box">\nA <i>box</i>\n</div>\n\nText', "A *box*\n\nText"),
        ("<div markdown='1'>\nA *box*\n</div>", "A *box*"),
        ("<table><tr><th>a<th>b<tr><td>1<td>2</table>", "| a | b |\n| --- | --- |\n| 1 | 2 |"),
        ("<details>\n<summary>More</summary>\n\nInside\n\n</details>", "**More**\n\nInside"),
        ("Text <!-- a note --> here", "Text <!-- a note --> here"),
        ("never <!-- closed", "never \\<!-- closed"),
        ("<u>left open", "left open"),
        ("a <script>x()</script>word", "a word"),
        ("`<b>` and <https://x.example/>", "`<b>` and <https://x.example/>"),
        ("5 < 6 and a<b", "5 < 6 and a<b"),
    ],
)
def test_raw_html_becomes_markdown(written: str, read: str) -> None:
    assert body_of(written, others=FILES).strip("\n") == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("# One\n\n## Two\n\n#### Four", "## One\n\n### Two\n\n#### Four"),
        ("### Three\n\n### Again", "## Three\n\n## Again"),
        ("Big\n===\n\nSmall\n---", "## Big\n\n### Small"),
        ("# Anything\n\nText", "Text"),
        ("A whole sentence stands here.\n---\n\nText", "## A whole sentence stands here.\n\nText"),
    ],
)
def test_headings_come_in_steps_below_the_title(written: str, read: str) -> None:
    assert body_of(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("[about](/about/)", "about (`/about/`)"),
        ("[top](#top) [full](https://x.example/a) [mail](mailto:a@x.example)", None),
        ("[![A boat](pic.png)](https://x.example/)", None),
        ("[![A boat](pic.png)](/about/)", "![A boat](pic.png) (`/about/`)"),
        ("![A boat](gone.png)", "*A boat (gone.png)*"),
        ("![](https://x.example/IMG_1.png)", "![Anything](https://x.example/IMG_1.png)"),
        ('![A boat](pic.png "At noon"){: .wide}', "![A boat](pic.png)"),
        ("[x][1]\n\n[1]: other.md", f"[x][1]\n\n[1]: {HOME}/stories/other/"),
        ("\\[not a link](/x)", None),
    ],
)
def test_relative_addresses_are_found_anew_or_become_words(written: str, read: str | None) -> None:
    assert body_of(written, others=FILES) == (written if read is None else read)


def test_links_to_the_old_site_lead_there_where_its_address_is_known() -> None:
    assert body_of("[about](/about/)", home="https://old.example/") == "[about](https://old.example/about/)"


def test_a_picture_that_cannot_be_copied_is_words_and_the_reason_is_told() -> None:
    made = prepared("---\ntitle: T\n---\n![A boat](pic.png)", others=FILES, broken=["posts/pic.png"])

    assert made.body == "*A boat (pic.png)*"
    assert made.pictures == {}
    assert "because it is broken" in reported(made)


def test_two_pictures_of_one_name_stay_two() -> None:
    made = prepared(
        "---\ntitle: T\n---\n![a](x/p.png) ![b](y/p.png) ![c](x/p.png)",
        others=["posts/x/p.png", "posts/y/p.png"],
    )

    assert made.pictures == {"p.png": "posts/x/p.png", "p-2.png": "posts/y/p.png"}
    assert made.body == "![a](p.png) ![b](p-2.png) ![c](p.png)"


def test_the_words_of_an_unknown_pair_of_shortcodes_are_in_the_report() -> None:
    made = prepared('---\ntitle: A\n---\n{{< box kind="tip" >}}Calm{{< /box >}} {{< seal a=1 >}}\n')

    assert made.body == "Calm `{{< seal a=1 >}}`"
    assert [change.piece for change in made.changes if change.left_out] == [
        '{{< box kind="tip" >}}',
        "{{< /box >}}",
    ]
