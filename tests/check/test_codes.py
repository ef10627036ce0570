"""No code is dead: each row of the table of codes has an example here that produces it."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from publisher.actions.check import check_issue
from publisher.check.all import check
from publisher.check.codes import CODES
from publisher.check.facts import Facts
from publisher.check.rules import Rules
from publisher.content.folder import read_issue
from publisher.model.finding import Finding, Severity
from publisher.model.links import LinkAnswer
from publisher.model.records import PublicStory
from publisher.model.rendered import Part
from publisher.settings_file import load_settings
from publisher.theme import open_theme
from tests.check.issues import BODY, HEAD, picture, read
from tests.check.printed import edition_of, proofread
from tests.content.seeds import PLAIN
from tests.newsrooms import SETTINGS

Files = dict[str, str | bytes]

STORY = "---\nid: {0}\ntitle: {0}\nsource: A\n---\n\nText."
NOON = datetime(2026, 10, 6, 12, tzinfo=UTC)
RAN = PublicStory(id="tag:old", slug="heat", link="https://a.example/x", issue="heat", number=41)
MADRID = "Europe/Madrid"


def one(fields: str = "tags: []", body: str = BODY, **more: bytes) -> Files:
    """Return the files of an issue of one story, with pictures beside it."""
    pictures: Files = {name.replace("_", "."): content for name, content in more.items()}
    return {"heat.md": HEAD.format(fields=fields, body=body)} | pictures


def folder(fields: str = "tags: []", **stories: str) -> Files:
    """Return the files of an issue that is a folder, with these stories or one."""
    files: Files = {"heat/issue.md": f"---\nid: i\ntitle: Heat returns\n{fields}\n---\n"}
    named = stories or {"a": STORY.format("a")}
    return files | {f"heat/{name}.md": text for name, text in named.items()}


FROM_FILES: dict[str, Files] = {
    "E001": {"heat/a.md": STORY.format("a")},
    "E002": {"heat.md": b"---\ntitle: \xe9\n---\n"},
    "E003": {"heat.md": "x" * (1024 * 1024 + 1)},
    "E004": {"heat.md": "---\ntitle: x\0\n---\n"},
    "E005": {"heat.md": "Text."},
    "E006": {"heat.md": "---\n\ttitle: x\n---\n"},
    "E007": {"heat.md": "---\ntitle: Bitcoin: the next ten years\n---\n"},
    "E008": one("link: https://a.example\nurl: https://a.example"),
    "E009": one("date: next Tuesday"),
    "E010": one("subject: Why we are #1"),
    "E011": one("tags: &all [energy]"),
    "E012": one(body=f"{'>' * 30} Text."),
    "E013": one(body=PLAIN),
    "E014": one(body="[[Grid batteries]]"),
    "E015": one(body="- [ ] call the mayor"),
    "E016": one(body="==important=="),
    "E017": one(body="<b>important</b>"),
    "E018": one(body="<!-- ask Ana"),
    "E019": one(body="# Heat"),
    "E020": one(body="The next test is January.\n---\n"),
    "E021": one(body="> [!note]\n> Text."),
    "E022": folder("stories: [b]"),
    "W023": folder("stories: [a]", a=STORY.format("a"), b=STORY.format("b")),
    "E024": folder(**{"a": STORY.format("a"), "a 1": STORY.format("b")}),
    "E026": {"2026-10-06-heat.md": STORY.format("a"), "2026-11-06-heat.md": STORY.format("b")},
    "E027": folder(**{f"a{number}": STORY.format(f"a{number}") for number in range(201)}),
    "E028": {"heat/issue.md": "---\nid: i\ntitle: Heat returns\n---\n"},
    "E029": {"heat.md": "---\ntitle:\n---\nText."},
    "E030": folder("stories: [a, a]"),
    "I031": one(body="Text. <!-- ask Ana -->"),
    "I032": one(body="## Did You Know?\n\n- a\n\nEnd."),
    "I033": one(body="## Did You Know?\n\n- a\nEnd."),
    "E034": one("sponsor: acne"),
    "E113": {"heat.md": "---\ntitle: Heat returns\n---\nText."},
    "E201": one('subject: "…"'),
    "W202": one("subject: News"),
    "W204": one("preheader: Heat returns to the north"),
    "W205": one("subject: THE BATTERIES HAVE WON"),
    "W206": one("subject: Batteries win!!"),
    "I207": one("subject: Batteries carry the evening, and what that means for the winter"),
    "W301": one("titel: x"),
    "E302": one(body="The plant cost TK million."),
    "E303": one(body="Lorem ipsum dolor sit amet."),
    "E304": one(body="Dear {{ name }}"),
    "W305": one(body="## Key Takaways\n\n- a"),
    "W306": {"heat.md": "---\nid: i\ntitle: Heat returns\n---\nText."},
    "W307": one(body="## Key Takeaways\n\n- **Price:**"),
    "W308": one(body="[a](https://example.com/report)"),
    "I309": one("allow: [E501]"),
    "E310": one(body="It grew.[^9]"),
    "W311": one(body="Pay at &#x202e;moc.knab"),
    "E401": one(body="[the report](report.html)"),
    "E402": one(body="[the report](file:///home/ana/report.pdf)"),
    "E403": one(body="[the report](http://localhost:8000/)"),
    "W405": one(body="[Click here](https://a.example)"),
    "W406": one(body="[One](https://a.example/1)\n\n[Two](https://a.example/1)"),
    "W408": one(body="[One](https://a.example/1?utm_source=mail)"),
    "W409": one(body="[One](http://a.example/1)"),
    "W410": one(body="[One](https://bit.ly/1)"),
    "W413": one(body="[https://a.example/](https://b.example/)"),
    "I036": one("theme: post"),
    "I038": one("sponsor: acme") | {"_sponsors/acme.md": "---\ntitle: Acme\n---\n[Acme](https://a.example/)"},
    "E501": one("image: a.png", a_png=picture(9, 9)),
    "E502": one("image: covr.png\nimage_alt: Rows"),
    "W503": one("image: a.png\nimage_alt: IMG_2041.jpg", a_png=picture(9, 9)),
    "W504": one("image: a.png\nimage_alt: Rows", a_png=picture(1201, 9)),
    "W505": one("image: a.png\nimage_alt: Rows", "Come.", a_png=picture(9, 9)),
    "E506": one("image: a.png\nimage_alt: Rows", a_png=b"<svg/>"),
    "E507": one("image: a.png\nimage_alt: Rows", a_png=picture(8000, 6300)),
    "E508": one("image: a.png\nimage_alt: Rows", a_png=bytes(10 * 1024 * 1024 + 1)),
    "E612": one(f"tags: [{', '.join(f't{number}' for number in range(51))}]"),
    "E701": one("lang: jp").copy() | {"heat.md": "---\nid: i\ntitle: Heat\nsource: A\nlang: jp\n---\nText."},
    "E702": one(body="## One\n\n#### Two"),
    "I801": one(body="One.\n\nTwo.\n\nThree."),
    "I802": one(body=f"## Key Takeaways\n\n- {'word ' * 31}"),
    "I803": one(body="## Key Takeaways\n\n- **One two three four five six seven:** a"),
    "I804": one(body="## Key Takeaways\n\n- a\n- b"),
    "I805": one(body="## Did You Know?\n\n- It began in 1986."),
    "I806": {"heat.md": "---\nid: i\ntitle: THE BATTERIES HAVE WON\nsource: A\n---\nText."},
    "I807": one(),
    "W902": {"heat.md": '---\nid: i\ntitle: "What <canvas> can do"\nsource: A\n---\nText.'},
}
"""Code -> files of the issue `heat` in which it is found."""

FROM_FACTS: dict[str, tuple[str, Facts]] = {
    "E101": ("tags: []", Facts(postal_address="")),
    "E102": ("tags: []", Facts(sender="other@example.net")),
    "W103": ("tags: []", Facts(audience=0)),
    "E104": ("tags: []", Facts(samples=("sender",), transport="smtp")),
    "E105": ("tags: []", Facts(ids={"i1": "issues/other.md"})),
    "E106": ("tags: []", Facts(slugs={"heat": "issues/other.md"})),
    "E107": ("number: 4", Facts(numbers={4: "issues/other.md"})),
    "E109": ("date: 2026-03-29T02:30", Facts(timezone=MADRID)),
    "W110": ("tags: []", Facts(chosen=121, last_chosen=100)),
    "W111": ("tags: []", Facts(moment=NOON, neighbours={"rain": NOON}, gap=timedelta(days=2))),
    "W112": ("date: 2026-10-25", Facts(timezone=MADRID, usual_hour=time(2, 30))),
    "E114": ("lists: [weekyl]", Facts(lists=frozenset({"weekly"}))),
    "E115": ("segment: tga:energy", Facts(segments={})),
    "W203": ("tags: []", Facts(last_subject="Heat returns to the north")),
    "W407": ("link: https://a.example/x", Facts(public=(RAN,))),
    "E901": ("link: https://a.example/x", Facts(public=(RAN,))),
}
"""Code -> fields and facts with which it is found."""


def from_a_link_out_of_the_folder(tmp_path: Path) -> tuple[Finding, ...]:
    (tmp_path / "issues").mkdir()
    (tmp_path / "outside.md").write_text(STORY.format("a"))
    (tmp_path / "issues" / "heat.md").symlink_to(tmp_path / "outside.md")
    reading = read_issue(tmp_path / "issues", "heat")
    return check(reading.issue, found=reading.findings)


def from_what_was_sent(tmp_path: Path) -> tuple[Finding, ...]:
    reading = read(tmp_path, one())
    sent = edition_of(reading.issue).content_hash
    return proofread(reading, facts=Facts(contents={sent: "old"}))


def from_an_issue_that_ran(tmp_path: Path) -> tuple[Finding, ...]:
    facts = Facts(public=(PublicStory(id="s", slug="s", link=RAN.link, issue="old", number=1),))
    return proofread(read(tmp_path, one(f"link: {RAN.link}")), facts=facts)


def from_a_mail(
    html: str, rules: Rules | None = None, *, shortened: tuple[str, ...] = ()
) -> Callable[[Path], tuple[Finding, ...]]:
    part = Part(output="email", key="", media_type="text/html", body=html.encode())
    mail = replace(part, longest=len(html), shortened=shortened)

    def found(tmp_path: Path) -> tuple[Finding, ...]:
        return check(read(tmp_path, one()).issue, rendered=mail, rules=rules)

    return found


def from_an_answer(**answer: Any) -> Callable[[Path], tuple[Finding, ...]]:  # noqa: ANN401 - its fields
    def found(tmp_path: Path) -> tuple[Finding, ...]:
        links = {RAN.link: LinkAnswer(address=RAN.link, **answer)}
        return check(read(tmp_path, one(f"link: {RAN.link}")).issue, links=links)

    return found


def from_a_mail_of_other_templates(tmp_path: Path) -> tuple[Finding, ...]:
    issue = read(tmp_path, one()).issue
    part = Part(output="email", key="", media_type="text/html", body=b"<p>Text</p>")
    return check(issue, edition=edition_of(issue), rendered=part)


def from_printing(**files: str | bytes) -> Callable[[Path], tuple[Finding, ...]]:
    """Return what finds it in an issue that is read, checked and printed, in a newsroom with these files."""

    def found(tmp_path: Path) -> tuple[Finding, ...]:
        for path, content in {
            "publisher.toml": SETTINGS,
            "issues/heat.md": one()["heat.md"],
            **files,
        }.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_bytes(content.encode() if isinstance(content, str) else content)
        return check_issue(load_settings(tmp_path), open_theme(tmp_path / "templates"), "heat").findings

    return found


IMAGE = "image: a.png\nimage_alt: Rows of cells"


def torn() -> bytes:
    """Return a picture whose file ends in the middle."""
    picture = io.BytesIO()
    Image.effect_noise((200, 200), 90).save(picture, "PNG")
    return picture.getvalue()[:9000]


OTHERWISE: dict[str, Callable[[Path], tuple[Finding, ...]]] = {
    "E025": from_a_link_out_of_the_folder,
    "E108": from_what_was_sent,
    "W407": from_an_issue_that_ran,
    "W404": from_an_answer(status=404, trouble="the page is not there"),
    "I411": from_an_answer(status=200, moved_to="https://a.example/y"),
    "I412": from_an_answer(trouble="nobody answered", unsure=True),
    "E610": from_a_mail("<p>Text</p>", Rules(mail_bytes=3)),
    "W611": from_a_mail("<p>Text</p>", shortened=("heat",)),
    "E115": from_a_mail_of_other_templates,
    "E705": from_a_mail_of_other_templates,
    "E703": from_a_mail('<p style="color:#999999">Text</p>'),
    "E035": from_printing(**{"templates/email/footer.txt": b"{{ words.why"}),
    "I037": from_printing(**{"templates/email/heder.mjml": b"mine"}),
    "E500": from_printing(**{"issues/heat.md": one(IMAGE)["heat.md"], "issues/a.png": torn()}),
    "W704": from_a_mail('<p style="color:#000000">Text</p>'),
}
"""Code -> what else finds it."""


@pytest.mark.parametrize("code", sorted({*FROM_FILES, *FROM_FACTS, *OTHERWISE}))
def test_an_example_produces_its_code(tmp_path: Path, code: str) -> None:
    if code in OTHERWISE:
        found = OTHERWISE[code](tmp_path)
    elif code in FROM_FACTS:
        fields, facts = FROM_FACTS[code]
        found = proofread(read(tmp_path, one(fields)), facts=facts)
    else:
        reading = read(tmp_path, FROM_FILES[code])
        printable = reading.issue and not any(each.code.startswith("E5") for each in reading.findings)
        printable = printable and code not in ("E506", "E507")
        found = proofread(reading) if printable else check(reading.issue, found=reading.findings)

    assert code in {each.code for each in found}, [str(each) for each in found]
    example = next(each for each in found if each.code == code)
    assert example.what.strip()
    assert example.fix.strip()
    assert example.severity in Severity
    assert all(each.code in CODES for each in found)


def test_every_code_has_an_example() -> None:
    assert {*FROM_FILES, *FROM_FACTS, *OTHERWISE} == set(CODES)
