"""The proof that no mail of a template can be unfit for the wire, whoever's values are put in.

It is made once, so that nobody has to scan each mail. What may be put into a slot is limited by a pattern
(`template.forms_of`); what stands around the slots is looked at here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from publisher.delivery.mime import LONGEST, MessageError
from publisher.delivery.template import LINKS, LONGEST_FORMS, MimeTemplate, PackedSlot, Slot

_LINE_END: Final = b"\r\n"
_ON_A_WIRE: Final = bytes(range(0x20, 0x7F)) + _LINE_END
_FIELD: Final = re.compile(rb"([!-9;-~]+):(?: [^\r\n]*)?(?:\r\n [^\r\n]*[^ \r\n])*")
_NEXT_FIELD: Final = re.compile(rb"\r\n(?! )")
_LINK_ENDS: Final = (_LINE_END, b"=\r\n")


def prove(template: MimeTemplate) -> None:
    """Make sure that every mail of a template is fit for the wire as it is.

    It has printable ASCII (but for an address beyond it), CRLF line ends and no other CR or LF, lines of at
    most 998 octets, none that begins with a dot; one header without a field twice; a line end at its end.

    Raises:
        MessageError: that is not so, which is a bug of whoever composed it.
    """
    for flaw in (*_flaws_of_pieces(template), *_flaws_of_places(template), *_flaws_of_lines(template)):
        raise MessageError(f"no mail can be made of this print: {flaw}", fix="print the issue again")


def longest(template: MimeTemplate) -> bytes:
    """Return what a template becomes with values as long as any can be, made of NULs."""
    parts = [template.pieces[0]]
    for slot, piece in zip(template.slots, template.pieces[1:], strict=True):
        parts += LONGEST_FORMS[slot] if isinstance(slot, Slot) else slot.form(bytes(slot.length)), piece
    return b"".join(parts)


def _flaws_of_pieces(template: MimeTemplate) -> Iterator[str]:
    for piece in template.pieces:
        if piece.translate(None, _ON_A_WIRE):
            yield "it has characters that a mail may not have"
        if not piece.count(b"\r") == piece.count(b"\n") == piece.count(_LINE_END):
            yield "it has a bare carriage return or line feed"
    if not template.pieces[-1].endswith(_LINE_END):
        yield "it does not end with a line end"


def _flaws_of_places(template: MimeTemplate) -> Iterator[str]:
    """Yield what is wrong around slots: a link has lines of its own, every other value is within a line."""
    in_head = True
    for (before, after), slot in zip(pairwise(template.pieces), template.slots, strict=True):
        in_head = in_head and b"\r\n\r\n" not in before
        if slot in LINKS or isinstance(slot, PackedSlot):
            if in_head or not before.endswith(_LINE_END) or not after.startswith(_LINK_ENDS):
                yield "a link of its body is not on a line of its own"
        elif not in_head or before.endswith(_LINE_END) or not before:
            yield f"the value '{slot}' is not within a line of its header"


def _flaws_of_lines(template: MimeTemplate) -> Iterator[str]:
    """Yield what is wrong with the mail with its longest values."""
    mail = longest(template)
    lines = mail.split(_LINE_END)
    if max(map(len, lines)) > LONGEST:
        yield f"it has a line of more than {LONGEST} octets"
    if any(line.startswith(b".") for line in lines):
        yield "it has a line that begins with a dot"
    head, line, _ = mail.partition(b"\r\n\r\n")
    fields = [_FIELD.fullmatch(field) for field in _NEXT_FIELD.split(head)]
    names = [field[1].lower() for field in fields if field]
    if not line or len(names) < len(fields):
        yield "it has no proper header"
    if len(names) > len(set(names)):
        yield "it has a field of its header twice"
