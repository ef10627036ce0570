"""The documentation is true: generated pages are current, links lead somewhere, the tutorial runs."""

from __future__ import annotations

import re
import shlex
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from docs.generate import PAGES, REFERENCE, command_names
from publisher.settings_file import parse_settings
from tests.programs import run

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted(
    path for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")) if path.is_relative_to(ROOT)
)
REQUIRED = """\
[publication]
title = "Heat"
tag = "example.net,2026"
sender = "Heat <heat@example.net>"
postal_address = "1 Street"
[lists.daily]
"""
FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Step:
    """What a reader of the tutorial does: type a command, or replace a file (its name may be a pattern)."""

    command: str = ""
    exit_code: int = 0
    file: str = ""
    text: str = ""


def steps(tutorial: str) -> list[Step]:
    """Return what `console` blocks and blocks with `file=NAME` ask for, in order.

    A line `# exit code N` after a command says how it is meant to end.
    """
    found: list[Step] = []
    for language, options, text in FENCE.findall(tutorial):
        if name := re.search(r"\bfile=(\S+)", options):
            found.append(Step(file=name[1], text=text))
        elif language == "console":
            commands = re.findall(r"^\$ (.+)\n(?:# exit code (\d+)\n)?", text, re.MULTILINE)
            found += [Step(command=command, exit_code=int(code or 0)) for command, code in commands]
    return found


def links(text: str) -> list[str]:
    """Return the targets of the links and pictures of a Markdown text, without those in code."""
    prose = re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL))
    return re.findall(r"\]\(([^)\s]+)\)", prose)


def anchors(text: str) -> set[str]:
    """Return the anchors that a code host gives to the headings of a Markdown text."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def dead_links(document: Path) -> list[str]:
    """Return the relative links of a document that lead nowhere."""
    dead = []
    for link in links(document.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = document.parent / name if name else document
        if not target.exists() or (anchor and anchor not in anchors(target.read_text(encoding="utf-8"))):
            dead.append(link)
    return dead


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_what_the_program_says_now(name: str) -> None:
    committed = (REFERENCE / name).read_text(encoding="utf-8")

    assert committed == PAGES[name](), "run `make docs`"


def test_every_page_of_the_reference_is_generated() -> None:
    assert {path.name for path in REFERENCE.iterdir()} == set(PAGES)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(document: Path) -> None:
    assert dead_links(document) == []


def test_a_dead_link_is_found(tmp_path: Path) -> None:
    document = tmp_path / "page.md"
    document.write_text(
        "# Here\n[a](#here) [b](#there) [c](none.md) [d](https://example.org) `[e](code.md)`\n"
    )

    assert dead_links(document) == ["#there", "none.md"]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_command_that_a_page_names_exists(document: Path) -> None:
    code = re.findall(
        r"`[^`\n]+`|^```\w+\n.*?^```$", document.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    named = {
        name
        for text in code
        for name in re.findall(r"(?:^|[`$/ ])publisher ([a-z]+(?:-[a-z]+)*)", text, re.MULTILINE)
    }

    assert named <= set(command_names())


def test_the_sample_settings_show_every_setting() -> None:
    page = (REFERENCE / "settings.md").read_text(encoding="utf-8").replace("[lists.NAME]", "[lists.weekly]")
    documented = {
        (section, key)
        for section, rows in re.findall(
            r"^## `\[([^\]]+)\]`$(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL
        )
        for key in re.findall(r"^\| `(\w+)` \|", rows, re.MULTILINE)
    }
    sample = re.sub(
        r"^# (?=\"?[\w-]+\"? = )",
        "",
        (ROOT / "publisher.toml").read_text(encoding="utf-8"),
        flags=re.MULTILINE,
    )
    settings = tomllib.loads(sample)
    shown = {(section, key) for section, values in settings.items() for key in values}
    shown |= {("lists.weekly", key) for key in settings["lists"]["weekly"]}
    shown |= {("relays.NAME", key) for key in settings["smtp"]}  # the file says so there

    assert documented <= shown


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_example_of_settings_is_understood(document: Path) -> None:
    for language, _, text in FENCE.findall(document.read_text(encoding="utf-8")):
        if language == "toml":
            assert parse_settings(f"{REQUIRED}{text}", root=ROOT)


def test_a_further_relay_is_described_by_what_is_different_about_it() -> None:
    page = (REFERENCE / "settings.md").read_text(encoding="utf-8")

    assert "used while `[smtp]` cannot be reached" in page.partition("## `[relays.NAME]`")[2]


def test_every_page_is_reached_from_the_index() -> None:
    reached, waiting = set(), [ROOT / "docs/README.md"]
    while waiting:
        page = waiting.pop()
        reached.add(page)
        targets = [
            (page.parent / link.partition("#")[0]).resolve() for link in links(page.read_text("utf-8"))
        ]
        waiting += [target for target in targets if target.suffix == ".md" and target not in reached]

    assert set(ROOT.glob("docs/**/*.md")) <= reached


def test_the_tutorial_can_be_followed_word_by_word(tmp_path: Path) -> None:
    here = tmp_path

    for step in steps((ROOT / "docs/tutorial.md").read_text(encoding="utf-8")):
        if step.file:
            (file,) = here.glob(step.file)
            file.write_text(step.text, encoding="utf-8")
        elif step.command.startswith("cd "):
            here /= step.command.removeprefix("cd ")
        else:
            program, *words = shlex.split(step.command)
            done = run(*words, cwd=here)
            assert program == "publisher"
            assert done.returncode == step.exit_code, f"$ {step.command}\n{done.stdout}{done.stderr}"

    mails = [path.read_bytes() for path in (here / "var/mail/new").iterdir()]
    (test_mail,) = (mail for mail in mails if b"[Test] First light" in mail)
    (mail,) = (mail for mail in mails if mail != test_mail)
    assert b"you@example.net" in test_mail
    assert b"reader@example.net" in mail
    assert "First light" in (here / "site/index.html").read_text(encoding="utf-8")
