"""Sample editions for every test of an output: what press makes, written by hand.

`rich_edition()` has three stories and everything a story can have; `japanese_edition()` is short and CJK.
Only here do tests make `Markup`.
"""

from __future__ import annotations

import html
import io
import re
from dataclasses import replace
from datetime import date
from functools import cache

from markupsafe import Markup
from PIL import Image, ImageDraw

from publisher.model.edition import (
    Direction,
    Edition,
    Masthead,
    Printed,
    PrintedPicture,
    PrintedSection,
    PrintedStory,
    PrintedTakeaway,
)
from publisher.model.story import Role

HOME = "https://news.example.org"
AWKWARD_TITLE = 'R&D at AT&T: 5 < 6 "q" 🚀'
MARKUP_TITLE = "The <meta> element"

MASTHEAD = Masthead(
    title="Field Notes & Co.",
    home_url=HOME,
    tag="example.org,2026",
    lang="en",
    timezone="Europe/Madrid",
    sender_name="Field Notes",
    sender_address="notes@example.org",
    reply_to="editors@example.org",
    postal_address="Field Notes, 1 Example Street, 28001 Madrid, Spain",
    description="Three stories a week on how the world's machines are changing.",
)


def printed(markup: str) -> Printed:
    """Make a fragment as `edition/markup` would: well-formed HTML, its text, its links in order.

    Links with a role are footnotes: `[^1]` in the text, and no link of its list.
    """
    text = re.sub(r'<a [^>]*role="doc-backlink">[^<]*</a>', "", markup)
    text = re.sub(r'<sup><a [^>]*role="doc-noteref">(\d+)</a></sup>', r"[^\1]", text)
    links = tuple(html.unescape(link) for link in re.findall(r'<a href="([^"]*)">', text))
    numbers = iter(range(1, len(links) + 1))
    text = re.sub(r"</a>", lambda _: f"\u00a0[{next(numbers)}]", text)
    text = re.sub(r"</(?:p|h\d|ul|ol|blockquote|table)>\s*", "\n\n", text.replace("<li>", "* "))
    text = re.sub(r"</(?:li|tr)>\s*", "\n", re.sub(r"</t[hd]><t[hd][^>]*>", " | ", text))
    text = html.unescape(re.sub(r"<[^>]+>", "", text))
    return Printed(
        html=Markup(markup),  # noqa: S704 (this stands in for edition/markup, which alone may)
        text=re.sub(r"\s*\n\n\s*", "\n\n", text).strip(),
        links=links,
    )


def takeaway(lead: str, text: str, *, colon: str = ":") -> PrintedTakeaway:
    """Make a takeaway of inline HTML."""
    return PrintedTakeaway(lead=printed(lead), colon=colon if lead else "", text=printed(text))


@cache
def picture() -> PrintedPicture:
    """Return a PNG of 1200 by 675 pixels: four bars growing to the right."""
    canvas = Image.new("RGB", (1200, 675), "#dfe9e4")
    draw = ImageDraw.Draw(canvas)
    draw.ellipse((860, 60, 1040, 240), fill="#f2c14e")
    for place, height in enumerate((150, 240, 310, 420)):
        draw.rectangle((120 + place * 250, 675 - height, 290 + place * 250, 675), fill="#2f6f73")
    buffer = io.BytesIO()
    canvas.save(buffer, "PNG", optimize=False)
    body = buffer.getvalue()
    return PrintedPicture(
        name="4f1c2a9be07d33c1.png",
        url=f"{HOME}/media/4f1c2a9be07d33c1.png",
        media_type="image/png",
        width=1200,
        height=675,
        size=len(body),
        alt='Four bars, each "taller" than the last, under a sun',
        credit="Field Notes & friends",
        body=body,
    )


def laboratory_story() -> PrintedStory:
    """Return the richest story: picture, unknown section, footnotes, a table, links, odd characters."""
    slug = "laboratory"
    return PrintedStory(
        id="tag:example.org,2026:story/0d0f4a0e-2b0b-4d7e-8e0f-9b6a4b0f8c01",
        slug=slug,
        url=f"{HOME}/stories/{slug}/",
        title=AWKWARD_TITLE,
        lang="en",
        dir=Direction.LTR,
        summary='A famous laboratory opens its notebooks & says "look".',
        minutes=4,
        words=620,
        link="https://review.example.net/labs?id=7&lang=en",
        source="Example Energy Review & Digest",
        author="A. Writer",
        source_date=date(2026, 10, 3),
        category="Research",
        tags=("energy", "R&D/é"),
        picture=picture(),
        lead=printed(
            "<p>A famous laboratory has put forty years of notebooks online, and the surprise is how often "
            "it was wrong on purpose.</p>\n"
            '<p>Its managers kept a <a href="https://lab.example.net/list?a=1&amp;b=2">public list of '
            "failures</a> and paid people to add to it — <em>every</em> week.</p>"
        ),
        sections=(
            PrintedSection(
                role=Role.KEY_TAKEAWAYS,
                heading="Key Takeaways",
                anchor=f"{slug}-key-takeaways",
                takeaways=(
                    takeaway("Failure had a budget", "one project in five was <em>meant</em> to end."),
                    takeaway(
                        "Small beats large",
                        'teams of 5 &lt; 6 people published <a href="https://lab.example.net/teams">twice as '
                        "much</a>.",
                    ),
                    takeaway("", "Half of the notebooks had never been read by anybody else."),
                ),
            ),
            PrintedSection(
                role=Role.DEEP_ANALYSIS,
                heading="Deep Analysis",
                anchor=f"{slug}-deep-analysis",
                body=printed(
                    "<p>The notebooks show a rhythm. A question was asked in spring, tried until autumn, and "
                    "then either dropped or handed to a larger team.<sup>"
                    f'<a href="{HOME}/stories/{slug}/#{slug}.fn1" id="{slug}.fnref1" role="doc-noteref">1</a>'
                    "</sup> Nobody was punished for the first, "
                    "and few were praised for the second.</p>\n"
                    "<h4>What it costs</h4>\n<p>That habit is expensive. It needs people who can say no "
                    "without making enemies, and accountants who can read a graph.</p>\n"
                    '<table>\n<thead>\n<tr><th scope="col">Decade</th><th scope="col">Dropped</th>'
                    '<th scope="col">Kept</th></tr>\n</thead>\n'
                    "<tbody>\n<tr><td>1960s</td><td>212</td><td>48</td></tr>\n"
                    "<tr><td>1970s</td><td>187</td><td>61</td></tr>\n</tbody>\n</table>\n"
                    "<p>The code that sorted them ended in <code>]]&gt;</code>, and a family 👩‍👩‍👧‍👦 of "
                    "tools was named after 𠮷野.</p>\n"
                    "<blockquote>\n<p>We were wrong early, which is the cheapest time.</p>\n</blockquote>"
                ),
            ),
            PrintedSection(
                role=Role.PLAIN,
                heading="How we read <them>",
                anchor=f"{slug}-how-we-read-them",
                body=printed(
                    "<p>Two of us took a decade each.</p>\n<ul>\n<li>Dates first,</li>\n"
                    "<li>then names.</li>\n</ul>"
                ),
            ),
            PrintedSection(
                role=Role.DID_YOU_KNOW,
                heading="Did You Know?",
                anchor=f"{slug}-did-you-know",
                facts=(
                    printed(
                        "<p>The first notebook is from 1958. "
                        '<a href="https://lab.example.net/1958">Source</a></p>'
                    ),
                    printed("<p>It smells of tea, says the archivist.</p>"),
                ),
            ),
        ),
        closing=printed("<p>The next batch of notebooks is due in January.</p>"),
        sponsor=printed('Paper for this story came from <a href="https://paper.example.com/">Reams</a>.'),
        footnotes=(
            printed(
                f'<div id="{slug}.fn1"><p>Counted by hand, with an error of about 3\N{NO-BREAK SPACE}%. '
                f'<a href="{HOME}/stories/{slug}/#{slug}.fnref1" role="doc-backlink">↩</a></p></div>'
            ),
        ),
    )


def meta_story() -> PrintedStory:
    """Return a small story whose title looks like markup, without picture, link or facts."""
    slug = "meta-element"
    return PrintedStory(
        id="tag:example.org,2026:story/6a1e7c52-93a4-4c02-9d5f-2f6f0e1d7b02",
        slug=slug,
        url=f"{HOME}/stories/{slug}/",
        title=MARKUP_TITLE,
        lang="en",
        dir=Direction.LTR,
        summary="Four bytes of a page's head decide how it is read.",
        minutes=1,
        words=90,
        source="Markup Weekly",
        tags=("web",),
        lead=printed("<p>Four bytes of a page's head decide how all of it is read.</p>"),
        sections=(
            PrintedSection(
                role=Role.WHY_IT_MATTERS,
                heading="Why It Matters",
                anchor=f"{slug}-why-it-matters",
                body=printed("<p>A browser guesses when nobody tells it, and it guesses by country.</p>"),
            ),
            PrintedSection(
                role=Role.KEY_TAKEAWAYS,
                heading="Key Takeaways",
                anchor=f"{slug}-key-takeaways",
                takeaways=(takeaway("Say it first", "within the first 1,024 bytes."),),
            ),
        ),
    )


def arabic_story() -> PrintedStory:
    """Return a story in a right-to-left language inside an issue of another."""
    slug = "shams"
    return PrintedStory(
        id="https://old.example.org/?p=112",
        slug=slug,
        url=f"{HOME}/stories/{slug}/",
        title="الشمس فوق السطوح: أرخص مما ظنّوا",
        lang="ar",
        dir=Direction.RTL,
        summary="صارت ألواح السطوح أرخص من فاتورة شهر واحد.",
        minutes=2,
        words=120,
        link="https://review.example.net/%D8%B4%D9%85%D8%B3",
        source="مجلة الطاقة",
        author="ليلى حداد",
        source_date=date(2026, 9, 28),
        tags=("energy",),
        lead=printed("<p>صارت ألواح السطوح في المدينة أرخص من فاتورة شهر واحد، ولم ينتبه أحد.</p>"),
        sections=(
            PrintedSection(
                role=Role.KEY_TAKEAWAYS,
                heading="أبرز النقاط",
                anchor=f"{slug}-key-takeaways",
                takeaways=(
                    takeaway("السعر أولا", "هبط سعر اللوح إلى <strong>الثلث</strong> خلال عام."),
                    takeaway("الظل مهم", "لا تعمل الألواح تحت الأشجار."),
                ),
            ),
            PrintedSection(
                role=Role.DEEP_ANALYSIS,
                heading="تحليل معمّق",
                anchor=f"{slug}-deep-analysis",
                body=printed("<p>بدأ التغيير في الأحياء القديمة، حيث السطوح مستوية والجيران يتكلمون.</p>"),
            ),
            PrintedSection(
                role=Role.DID_YOU_KNOW,
                heading="هل تعلم؟",
                anchor=f"{slug}-did-you-know",
                facts=(printed("<p>أول لوح في المدينة رُكّب عام 1986.</p>"),),
            ),
        ),
        closing=printed("<p>الموعد القادم في الربيع.</p>"),
    )


def rich_edition() -> Edition:
    """Return an English issue of three stories, one of them Arabic, with opening, closing and sponsor."""
    return Edition(
        id="tag:example.org,2026:issue/3b9d2f60-4f0c-4a2e-8d0b-7c1f5a9e2c10",
        slug="notebooks",
        url=f"{HOME}/issues/notebooks/",
        title="Notebooks, <meta> & the sun",
        subject="Forty years of being wrong on purpose",
        preheader="A laboratory opens its notebooks; four bytes decide a page; the sun gets cheap.",
        lang="en",
        dir=Direction.LTR,
        lists=("weekly",),
        masthead=MASTHEAD,
        content_hash="5f" * 32,
        stories=(laboratory_story(), meta_story(), arabic_story()),
        opening=printed("<p>Good morning. Three stories today, and one of them is <em>old</em>.</p>"),
        closing=printed("<p>That is all for this week; write to us if you kept a notebook.</p>"),
        tags=("energy", "web"),
        sponsor=printed('Paid for by <a href="https://sponsor.example.com/?a=1&amp;b=2">Acme Pens</a>.'),
        sponsor_after=1,
        minutes=7,
        pictures=(picture(),),
    )


def japanese_edition() -> Edition:
    """Return a Japanese issue of one story with a fixed number."""
    slug = "denchi"
    story = PrintedStory(
        id="tag:example.org,2026:story/c2b7f1de-0a4b-4f4e-a6a2-5d1f3a7b9e03",
        slug=slug,
        url=f"{HOME}/stories/{slug}/",
        title="蓄電池、夕方の主役へ",
        lang="ja",
        dir=Direction.LTR,
        summary="初めて一か月を通して、夕方の電力需要を蓄電池が支えた。",
        minutes=2,
        words=380,
        link="https://review.example.net/denchi",
        source="例電力レビュー",
        author="山田花子",
        source_date=date(2026, 10, 1),
        tags=("電力",),
        lead=printed("<p>初めて一か月を通して、夕方の電力需要を蓄電池が支えた。静かな交代だった。</p>"),
        sections=(
            PrintedSection(
                role=Role.KEY_TAKEAWAYS,
                heading="要点",
                anchor=f"{slug}-key-takeaways",
                takeaways=(
                    takeaway("政策より価格", "電池の価格は一年で三分の一下がった。", colon="："),
                    takeaway("四時間で足りる", "夕方の山は四時間の蓄電で越えられる。", colon="："),
                ),
            ),
            PrintedSection(
                role=Role.DEEP_ANALYSIS,
                heading="深掘り",
                anchor=f"{slug}-deep-analysis",
                body=printed(
                    "<p>変化はモデルの予測より速かった。接続待ちの列が<em>短く</em>なったからだ。</p>"
                ),
            ),
            PrintedSection(
                role=Role.DID_YOU_KNOW,
                heading="ご存じですか",
                anchor=f"{slug}-did-you-know",
                facts=(printed("<p>最初の系統用蓄電池は一九八六年に動き始めた。</p>"),),
            ),
        ),
        closing=printed("<p>次の試験は一月である。</p>"),
    )
    return Edition(
        id="tag:example.org,2026:issue/8e0b6a11-2f5b-4b8f-93a7-9d7d0c1f4e22",
        slug="denchi-no-aki",
        url=f"{HOME}/issues/denchi-no-aki/",
        title="電池の秋",
        subject="蓄電池、夕方の主役へ",
        preheader="静かな交代だった。",
        lang="ja",
        dir=Direction.LTR,
        lists=("weekly",),
        masthead=MASTHEAD,
        content_hash="a7" * 32,
        stories=(story,),
        number=7,
        minutes=2,
    )


def single_edition() -> Edition:
    """Return an issue in the short form: one file, one title, one story."""
    slug = "failures"
    story = replace(meta_story(), slug=slug, id="tag:example.org,2026:9", url=f"{HOME}/stories/{slug}/")
    return replace(
        japanese_edition(),
        id="tag:example.org,2026:issue:9",
        slug=slug,
        url=f"{HOME}/issues/{slug}/",
        title=story.title,
        lang="en",
        stories=(story,),
        number=6,
    )
