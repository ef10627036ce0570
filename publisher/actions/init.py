"""Making a newsroom: a folder that works at once."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from publisher.actions.scan import scan
from publisher.app import Clock, open_publisher
from publisher.data_files import sample_newsroom
from publisher.errors import PublisherError
from publisher.settings import Settings
from publisher.settings_file import load_settings

GITIGNORE = "# What the publisher itself writes: database, mails, keys.\nvar/\n"


def init_newsroom(folder: Path, *, clock: Clock, actor: str, home_url: str | None = None) -> tuple[str, ...]:
    """Write the sample newsroom into `folder`, make its database, and return the slugs of its issues.

    The issues are looked at once, so none of them is ever queued by itself; the archived ones are public.
    `home_url` replaces the sample's.

    Raises:
        PublisherError: the folder is not empty or cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise PublisherError(f"'{folder}' is not empty", fix="name a new folder")
    sample = sample_newsroom()
    try:
        shutil.copytree(sample / "issues", folder / "issues", dirs_exist_ok=True)
        text = (sample / Settings.FILE).read_text(encoding="utf-8")
        if home_url is not None:
            text = re.sub(r'^home_url = "[^"]*"', f'home_url = "{home_url}"', text, flags=re.MULTILINE)
        (folder / Settings.FILE).write_text(text, encoding="utf-8")
        (folder / ".gitignore").write_text(GITIGNORE, encoding="utf-8")
    except OSError as error:
        raise PublisherError(
            f"'{error.filename or folder}' cannot be written: {error.strerror}", fix="choose another folder"
        ) from None
    publisher = open_publisher(load_settings(folder), clock=clock, actor=actor)
    try:
        return scan(publisher, patient=False).seen
    finally:
        publisher.close()
