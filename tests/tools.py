"""Programs that some tests need and that no package brings: a browser, feed readers, git, web servers."""

from __future__ import annotations

import os
import shutil

import pytest

PACKAGES = {
    "caddy": "caddy",
    "chromium": "chromium",
    "curl": "curl",
    "git": "git",
    "newsboat": "newsboat",
    "nginx": "nginx-light",
    "openssl": "openssl",
    "r2e": "rss2email",
    "sfeed": "sfeed",
    "sfeed_update": "sfeed",
    "smtp-sink": "postfix",
    "smtp-source": "postfix",
    "wrk": "wrk",
}
"""What Debian calls the packages."""

_FOR_ADMINISTRATORS = "/usr/sbin"
"""Where some of them are; not everybody has it on the path."""


def tool(name: str) -> str:
    """Return the path of a program; where it is missing, the test is left out and says why.

    With CI=true it fails instead: there everything is installed first.
    """
    path = shutil.which(name) or shutil.which(name, path=_FOR_ADMINISTRATORS)
    if path is not None:
        return path
    why = f"'{name}' is not installed (Debian: apt-get install {PACKAGES[name]})"
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)
