"""Stories and issues as `content` would read them, written by hand, and what was printed, read back."""

# ruff: noqa: ANN401 (the fields of a story have many types, and mypy knows them where it matters)
from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import Any

from PIL import Image as Canvas

from publisher.edition.press import press
from publisher.errors import Place
from publisher.model.edition import Edition, Masthead, Printed, PrintedStory
from publisher.model.issue import Issue, PictureFile
from publisher.model.story import Fact, Image, Passage, Role, Section, Story, Takeaway

HOME = "https://news.example.org"
FOLDER = "2026-10-06-energy"
MASTHEAD = Masthead(
    title="Field Notes",
    home_url=HOME,
    tag="example.org,2026",
    lang="en",
    timezone="Europe/Madrid",
    sender_name="Field Notes",
    sender_address="notes@example.org",
    reply_to="editors@example.org",
    postal_address="Field Notes, 1 Example Street, 28001 Madrid, Spain",
)


def passage(markdown: str, line: int = 10) -> Passage:
    return Passage(markdown=markdown, line=line)


def section(role: Role = Role.PLAIN, heading: str = "Notes", **parts: Any) -> Section:
    return Section(role=role, heading=heading, line=20, **parts)


def story(slug: str = "heat", **fields: Any) -> Story:
    given: dict[str, Any] = {
        "place": Place(path=f"issues/{FOLDER}/{slug}.md", line=1),
        "folder": FOLDER,
        "title": "Chips & heat",
        "id": "0d0f4a0e-2b0b-4d7e-8e0f-9b6a4b0f8c01",
    }
    return Story(slug=slug, **(given | fields))


def issue(*stories: Story, **fields: Any) -> Issue:
    given: dict[str, Any] = {
        "place": Place(path=f"issues/{FOLDER}/issue.md", line=1),
        "slug": "energy",
        "title": "Energy",
        "id": "3b9d2f60-4f0c-4a2e-8d0b-7c1f5a9e2c10",
    }
    return Issue(stories=stories, **(given | fields))


def picture_file(
    name: str = "cover.png", size: tuple[int, int] = (8, 6), kind: str = "PNG", **options: Any
) -> PictureFile:
    buffer = io.BytesIO()
    Canvas.new("RGB", size, "#2f6f73").save(buffer, kind, **options)
    return PictureFile(path=f"{FOLDER}/{name}", body=buffer.getvalue())


def pictures(*files: PictureFile) -> dict[str, PictureFile]:
    return {file.path: file for file in files}


def print_issue(whole: Issue, **masthead: str) -> Edition:
    return press(
        whole,
        replace(MASTHEAD, **masthead),  # type: ignore[arg-type]  # texts, whatever their names
        default_lists=("weekly",),
    )


def print_story(slug: str = "heat", **fields: Any) -> PrintedStory:
    return print_issue(issue(story(slug, **fields))).stories[0]


def print_body(markdown: str) -> Printed:
    """Print `markdown` as the body of a section."""
    return print_story(sections=(section(body=passage(markdown)),)).sections[0].body


def tree(printed: Printed) -> ET.Element:
    """Read a fragment as XML, strictly."""
    return ET.fromstring(f"<div>{printed.html}</div>")  # noqa: S314 (our own, and small)


def seen(printed: Printed) -> str:
    """Return what a reader sees of a fragment, white space as a browser shows it outside `pre`."""
    return re.sub(r"[ \n]+", " ", "".join(tree(printed).itertext())).strip()


def rich_issue() -> Issue:
    """Return an issue that has everything, in several languages."""
    heat = story(
        link="https://review.example.net/wärme?q=1&r=2",
        source="Example Review",
        tags=("energy", "R&D/é"),
        image=Image(file="cover.png", alt="Bars", credit="Us"),
        lead=passage("Heat is **work**[^1]; see [the list][l].\n\n![A bar](chart.png)"),
        sections=(
            section(
                Role.KEY_TAKEAWAYS,
                "Key Takeaways",
                takeaways=(
                    Takeaway(lead="Price, *not* policy", colon=":", text="cells fell[^2].", line=21),
                    Takeaway(lead="", colon="", text="2024. A year\n\n- nested", line=22),
                ),
            ),
            section(
                Role.DEEP_ANALYSIS,
                "Deep *Analysis*",
                body=passage("### Why\n\n| a | b |\n|--:|---|\n| 1 | 2 |\n\n> `1 < 2`\n\n```py\nx = 1\n```"),
            ),
            section(Role.DID_YOU_KNOW, "Did You Know?", facts=(Fact(text="It is old[^1].", line=40),)),
        ),
        closing=passage("Bye.\n\n[l]: https://lab.example.net/list"),
        footnotes=passage("[^1]: By hand.\n[^2]: See [next](sun.md).", line=50),
    )
    sun = story(
        "sun", id="6a1e7c52-93a4-4c02-9d5f-2f6f0e1d7b02", title="الشمس", lang="ar", lead=passage("صارت أرخص.")
    )
    files = pictures(picture_file(), picture_file("chart.png", (30, 20)))
    return issue(
        heat,
        sun,
        opening=passage("Good morning."),
        sponsor="By [Acme](https://acme.example.com)",
        pictures=files,
    )
