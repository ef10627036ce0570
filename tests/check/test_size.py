from __future__ import annotations

from pathlib import Path

from publisher.check.all import check
from publisher.check.rules import Rules
from publisher.model.rendered import Part
from tests.check.issues import short, single


def mail(longest: int) -> Part:
    return Part(output="email", key="", media_type="text/html", body=b"", longest=longest)


def test_a_mail_that_would_be_cut_off_is_an_error(tmp_path: Path) -> None:
    issue = single(tmp_path).issue

    fits = check(issue, rendered=mail(100_000))
    too_large = check(issue, rendered=mail(100_001))
    own_limit = check(issue, rendered=mail(101), rules=Rules(mail_bytes=100))

    assert fits == ()
    assert [short(finding) for finding in (*too_large, *own_limit)] == ["heat.md:3 E610"] * 2
    assert "100,001 bytes" in too_large[0].what
