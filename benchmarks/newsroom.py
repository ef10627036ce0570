"""Made-up issues of any size, in the shape that editors bring."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from publisher.app import Publisher, open_publisher
from publisher.settings_file import parse_settings

MOMENT = datetime(2026, 10, 6, 4, 30, tzinfo=UTC)

SETTINGS = """\
[publication]
title = "Benchmark"
home_url = "https://news.example.org"
tag = "example.org,2026"
sender = "Benchmark <news@example.org>"
postal_address = "1 Example Street, Sampleville"

[lists.weekly]
slots = ["Tue 06:30"]
"""

_SENTENCES = (
    "The change came faster than the models said, because the queue of older projects shrank.",
    "Nobody had planned for a summer in which demand fell on nine weekends out of thirteen.",
    "Engineers call this the quiet hour, and they have begun to sell it to whoever can wait.",
    "What looks like a technical detail decides who pays for the next decade of cables.",
    "Two of the three largest utilities have rewritten their tariffs since the spring.",
)


def paragraph(seed: int, sentences: int) -> str:
    """Return a paragraph of so many sentences that differs from seed to seed."""
    chosen = (_SENTENCES[(seed + step) % len(_SENTENCES)] for step in range(sentences))
    return f"Note {seed}: " + " ".join(chosen)


def story_body(seed: int) -> str:
    """Return the body of a story of about 5,000 characters, in the shape that editors bring."""
    takeaways = "\n".join(f"- **Point {n} of {seed}:** {paragraph(seed + n, 2)}" for n in range(4))
    facts = "\n".join(
        f"- {paragraph(seed + n, 2)} [Source](https://example.net/{seed}/{n})" for n in range(3)
    )
    analysis = "\n\n".join(paragraph(seed + n, 5) for n in range(4))
    blocks = [paragraph(seed, 4), paragraph(seed + 1, 4), "## Key Takeaways", takeaways]
    blocks += ["## Deep Analysis", analysis, "## Did You Know?", facts, "## Closing", paragraph(seed, 2)]
    return "\n\n".join(blocks) + "\n"


def head(seed: int, **fields: str) -> str:
    """Return the front matter of story or issue number `seed`."""
    lines = [f"id: 00000000-0000-4000-8000-{seed:012d}", f'title: "Story number {seed}"']
    lines += [f"{key}: {value}" for key, value in fields.items()]
    lines += [f"link: https://example.net/{seed}", "source: Example Review"]
    return "---\n" + "\n".join(lines) + "\n---\n\n"


def write_folder_issue(root: Path, slug: str, *, stories: int) -> None:
    """Write an issue of so many stories."""
    folder = root / "issues" / slug
    folder.mkdir(parents=True)
    fields = f'id: 10000000-0000-4000-8000-{stories:012d}\ntitle: "{slug}"\nstatus: ready\n'
    (folder / "issue.md").write_text(f"---\n{fields}---\n\nAn opening.\n", encoding="utf-8")
    for number in range(stories):
        (folder / f"story-{number:02d}.md").write_text(head(number) + story_body(number), encoding="utf-8")


def write_archived_issue(root: Path, number: int, *, stories: int, date: str, tags: int) -> None:
    """Write issue `number` of an archive; each of its stories has three of so many tags."""
    folder = root / "issues" / f"letter-{number:05d}"
    folder.mkdir(parents=True)
    fields = f'id: 10000000-0000-4000-8000-{number:012d}\ntitle: "Letter number {number}"\n'
    fields += f"status: archived\ndate: {date}\n"
    (folder / "issue.md").write_text(f"---\n{fields}---\n\nAn opening.\n", encoding="utf-8")
    for seed in range(number * stories, (number + 1) * stories):
        text = head(seed, slug=f"story-{seed}", tags=three_tags(seed, of=tags)) + story_body(seed)
        (folder / f"story-{seed:05d}.md").write_text(text, encoding="utf-8")


def three_tags(seed: int, *, of: int) -> str:
    """Return three of so many tags, as front matter spells them."""
    return "[" + ", ".join(f"Topic {(seed * step) % of}" for step in (1, 7, 31)) + "]"


def write_single_issue(root: Path, number: int, *, status: str, **fields: str) -> str:
    """Write a single-file issue and return its slug."""
    slug = f"note-{number:05d}"
    (root / "issues").mkdir(exist_ok=True)
    text = head(number, status=status, **fields) + story_body(number)
    (root / "issues" / f"{slug}.md").write_text(text, encoding="utf-8")
    return slug


def open_newsroom(root: Path) -> Publisher:
    """Open a newsroom in `root` whose clock stands still."""
    (root / "publisher.toml").write_text(SETTINGS, encoding="utf-8")
    return open_publisher(parse_settings(SETTINGS, root=root), clock=lambda: MOMENT, actor="benchmark")
