"""Whether a request comes from a program that looks at every link, as far as it says so."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_NAMES: Final = re.compile(
    r"bot\b|bot[/;_-]|crawl|spider|slurp|scan|preview|proxy|fetch|monitor|check|valid|archiv|headless|phantom|"
    r"curl|wget|python|perl|ruby|java/|go-http|okhttp|httpclient|http-client|axios|node|php|guzzle|"
    r"facebookexternalhit|whatsapp|skypeuri|google-safety|feedfetcher|safelinks|safebrowsing|msoffice|"
    r"ms-office|barracuda|mimecast|proofpoint|urldefense|symantec|messagelabs|trendmicro|trend micro|"
    r"forcepoint|websense|ironport|cisco|sophos|zscaler|fortinet|fortimail|fireeye|trellix|kaspersky|"
    r"bitdefender|avast|avira|eset|virustotal|urlscan|cloudmark|spamassassin|rspamd|mailguard|antivirus",
    re.IGNORECASE,
)
_AHEAD: Final = ("sec-purpose", "purpose", "x-purpose", "x-moz")


def is_program(headers: Mapping[str, str]) -> bool:
    """Tell whether a request names itself as a program's, names nobody, or only looks ahead.

    A program that pretends to be a browser cannot be told from a person.
    """
    agent = headers.get("user-agent", "")
    if any(word in headers.get(name, "").lower() for name in _AHEAD for word in ("prefetch", "preview")):
        return True
    return not agent or _NAMES.search(agent) is not None
