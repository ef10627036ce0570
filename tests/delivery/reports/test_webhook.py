"""Reports that are posted: whose signature is believed, and what a body may say."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from publisher.delivery.reports.reading import Reading
from publisher.delivery.reports.webhook import (
    FRESH,
    PayloadError,
    Signed,
    is_genuine,
    key_of,
    payload_of,
    sign,
)
from publisher.model.reports import ReportKind
from tests.databases import NOW

KEY = b"k" * 32
BODY = b'{"type": "bounce"}'
STAMP = str(int(NOW.timestamp()))
SECOND = timedelta(seconds=1)


def signed(*, key: bytes = KEY, id: str = "msg_1", timestamp: str = STAMP, body: bytes = BODY) -> Signed:  # noqa: A002 (the header's name)
    """Return the headers of a body that was signed with a key."""
    return Signed(id=id, timestamp=timestamp, signature=sign(key, id=id, timestamp=timestamp, body=body))


def test_the_signature_is_the_one_of_the_standard() -> None:
    key = key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'

    assert sign(key, id="msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp="1614265330", body=body) == (
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


def test_what_was_signed_with_our_key_lately_is_genuine() -> None:
    for moment in (NOW - FRESH, NOW, NOW + FRESH):
        assert is_genuine(signed(), BODY, key=KEY, now=moment)


def test_one_signature_of_several_is_enough() -> None:
    own = signed()
    several = Signed(id=own.id, timestamp=own.timestamp, signature=f"v1,x v2,y {own.signature}")

    assert is_genuine(several, BODY, key=KEY, now=NOW)


@pytest.mark.parametrize("moment", [NOW - FRESH - SECOND, NOW + FRESH + SECOND])
def test_what_was_signed_long_ago_or_in_the_future_is_not_genuine(moment: object) -> None:
    assert not is_genuine(signed(), BODY, key=KEY, now=moment)  # type: ignore[arg-type]  # a moment all the same


@pytest.mark.parametrize(
    "forged",
    [
        signed(key=b"o" * 32),
        signed(body=b'{"type": "complaint"}'),
        Signed(id="msg_2", timestamp=STAMP, signature=signed().signature),
        Signed(id="msg_1", timestamp=str(int(STAMP) + 1), signature=signed().signature),
        Signed(id="msg_1", timestamp=STAMP, signature=""),
        Signed(id="msg_1", timestamp=STAMP, signature=signed().signature.removeprefix("v1,")),
        Signed(id="msg_1", timestamp=STAMP, signature="v2" + signed().signature[2:]),
        Signed(id="msg_1", timestamp=STAMP, signature="x " * 20 + signed().signature),
        Signed(id="", timestamp="", signature=""),
        signed(id=""),
        signed(timestamp="soon"),
        signed(timestamp="-" + STAMP),
    ],
    ids=range(12),
)
def test_what_anybody_else_signed_is_not_genuine(forged: Signed) -> None:
    assert not is_genuine(forged, BODY, key=KEY, now=NOW)


@given(id=st.text(), timestamp=st.text(), signature=st.text(), body=st.binary())
def test_no_headers_whatever_make_it_fail(id: str, timestamp: str, signature: str, body: bytes) -> None:  # noqa: A002 (the header's name)
    headers = Signed(id=id, timestamp=timestamp, signature=signature)

    assert not is_genuine(headers, body, key=KEY, now=NOW)


def test_a_secret_is_a_coded_key_or_any_long_text() -> None:
    assert key_of("whsec_" + base64.b64encode(KEY).decode()) == KEY
    assert key_of("a secret of more than sixteen bytes") == b"a secret of more than sixteen bytes"


@pytest.mark.parametrize("secret", ["short", "whsec_", "whsec_not base64!", "whsec_c2hvcnQ="])
def test_what_is_too_short_to_be_a_secret_is_refused(secret: str) -> None:
    with pytest.raises(ValueError, match=r"least|base64|character|padding"):
        key_of(secret)


@pytest.mark.parametrize(
    ("type_", "code", "kind"),
    [
        ("bounce", "5.1.1", ReportKind.HARD_BOUNCE),
        ("bounce", "5.2.2", ReportKind.SOFT_BOUNCE),
        ("bounce", "", ReportKind.SOFT_BOUNCE),
        ("complaint", "", ReportKind.COMPLAINT),
        ("delivered", "2.0.0", ReportKind.DELIVERED),
        ("delayed", "4.4.1", ReportKind.DELAYED),
    ],
)
def test_a_body_says_what_came_back(type_: str, code: str, kind: ReportKind) -> None:
    body = {"type": type_, "return_path": "b@example.org", "code": code, "text": "no\nmore", "other": [1]}

    assert payload_of(json.dumps(body).encode(), id="msg_1") == Reading(
        kind=kind, named=("b@example.org",), identity="msg_1", code=code, text="no more"
    )


def test_a_body_may_hold_a_whole_mail() -> None:
    body = json.dumps({"raw": base64.b64encode(b"To: x\r\n\r\n").decode()}).encode()

    assert payload_of(body, id="msg_1") == b"To: x\r\n\r\n"


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "no JSON object"),
        (b"{}", "'type' is none of bounce, complaint, delivered, delayed"),
        (b'{"type": "auto-reply"}', "'type' is none of"),
        (b'{"type": ["bounce"]}', "'type' is no text"),
        (b'{"type": "bounce", "text": 1}', "'text' is no text"),
        (b'{"type": "bounce", "code": "550"}', r"'code' is not of the form 5\.1\.1"),
        (b'{"raw": "?"}', "no mail in base64"),
        (b'{"raw": 1}', "no mail in base64"),
    ],
)
def test_a_body_that_cannot_be_understood_is_told_why(body: bytes, what: str) -> None:
    with pytest.raises(PayloadError, match=what):
        payload_of(body, id="msg_1")


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.sampled_from(["bounce", "5.1.1", "x"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
KEYS = st.sampled_from(["type", "return_path", "code", "text", "raw", "other"])


@given(
    body=st.dictionaries(KEYS, JSON).map(lambda found: json.dumps(found).encode()) | st.binary(max_size=50)
)
@example(body=b'{"type": "bounce", "return_path": "\\ud800@x.org", "text": "\\ud800\\u0000"}')
def test_no_body_whatever_makes_it_fail(body: bytes) -> None:
    said: object = ""
    try:
        said = payload_of(body, id="msg_1")
    except PayloadError as error:
        said = str(error)

    assert said if isinstance(said, str) else isinstance(said, bytes | Reading)
    assert not isinstance(said, Reading) or said.text.isprintable()
