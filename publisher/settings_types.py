"""How single settings are spelt: durations, tags, languages, colours, addresses, files."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict
from pydantic_core import PydanticCustomError


class Section(BaseModel):
    """What all sections share: no unknown keys, nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+", re.ASCII)
PLAIN_URL = re.compile(r"[!$-;=?-~]+")
FOREVER = timedelta.max
"""What "forever" means where something is kept for a time."""
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def wrong(what: str, *names: str) -> PydanticCustomError:
    """Return the complaint about a setting that is wrong beside others or in its name; `names` lead to it."""
    return PydanticCustomError("beside_others", "{what}", {"what": what, "names": names})


def _duration(value: Any) -> Any:  # noqa: ANN401 - pydantic hands over whatever the file says
    """Read "90s", "30m", "6h" or "2d"."""
    match = re.fullmatch(r"(\d{1,6})\s*([smhd])", value) if isinstance(value, str) else None
    if match is None:
        raise ValueError('write a number and a unit: "90s", "30m", "6h" or "2d"')
    return timedelta(seconds=int(match[1]) * _UNITS[match[2]])


def _kept(value: Any) -> Any:  # noqa: ANN401 - same
    """Read "forever", or a time as above."""
    if value == "forever":
        return FOREVER
    try:
        return _duration(value)
    except ValueError:
        raise ValueError('write a time such as "30d", or "forever"') from None


def _at_least_a_second(value: timedelta) -> timedelta:
    if value < timedelta(seconds=1):
        raise ValueError("this cannot be shorter than a second")
    return value


def _spelled(pattern: str, otherwise: str) -> AfterValidator:
    """Return what refuses every text that `pattern` does not match as a whole, with the words `otherwise`."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(otherwise)
        return value

    return AfterValidator(check)


def _host(value: str) -> str:
    """Take a name or a bare IP address; what else people write there belongs under other keys."""
    is_address = re.fullmatch(r"[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*", value)
    if is_address or re.fullmatch(r"[^\s:/@\[\]]*", value):
        return value
    if re.fullmatch(r"[^\s:/@]+:\d+", value):
        raise ValueError("write the name alone here, and the port under the key for it")
    raise ValueError('write the name of the server alone, such as "smtp.example.com"')


Duration = Annotated[timedelta, BeforeValidator(_duration)]
Kept = Annotated[timedelta, BeforeValidator(_kept)]
Patience = Annotated[Duration, AfterValidator(_at_least_a_second)]
Tag = Annotated[
    str,
    _spelled(
        r"[a-z0-9.-]+,\d{4}(-\d\d){0,2}", 'write a domain of yours and a year you had it: "example.org,2026"'
    ),
]
Rate = Annotated[
    str,
    _spelled(r"(?:[1-9]\d{0,5}/[smhd])?", 'write how many in which time: "14/s", "600/m" or "9000/h"'),
]
Language = Annotated[
    str, _spelled(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", 'write a language tag such as "en" or "pt-BR"')
]
Colour = Annotated[str, _spelled(r"#[0-9a-fA-F]{6}", 'write a colour such as "#0b5cad"')]
Host = Annotated[str, AfterValidator(_host)]
DnsName = Annotated[
    str,
    _spelled(
        r"(?:[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9-]{1,63})*)?",
        "write what a name in DNS may have: letters, digits, and hyphens or dots between them",
    ),
]
OptionalFile = Annotated[Path | None, BeforeValidator(lambda value: value or None)]
