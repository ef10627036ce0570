"""A form of another site changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request

from publisher.settings_file import parse_settings
from publisher.web.same_site import refuse_other_sites
from tests.web.newsroom import SETTINGS

HOME = "https://news.example.org"


def asked(headers: Mapping[str, str]) -> Request:
    return Request({"type": "http", "headers": [(k.encode(), v.encode()) for k, v in headers.items()]})


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "same-origin", "origin": HOME},
        {"sec-fetch-site": "same-origin", "origin": "null"},
        {"sec-fetch-site": "none"},
        {"origin": HOME},
        {"origin": "HTTPS://News.Example.org"},
        {"origin": f"{HOME}:443"},
        {},
    ],
)
def test_our_own_pages_and_programs_may_send(tmp_path: Path, headers: Mapping[str, str]) -> None:
    refuse_other_sites(asked(headers), parse_settings(SETTINGS, root=tmp_path))


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site", "origin": HOME},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "https://[x"},
        {"origin": f"{HOME}:8443"},
        {"origin": HOME.replace("https", "http")},
        {"origin": f"{HOME}.evil.example"},
    ],
)
def test_other_sites_may_not(tmp_path: Path, headers: Mapping[str, str]) -> None:
    with pytest.raises(HTTPException) as refused:
        refuse_other_sites(asked(headers), parse_settings(SETTINGS, root=tmp_path))

    assert refused.value.status_code == 403
