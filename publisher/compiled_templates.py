"""Templates are compiled once for all themes of a process, and anew only when their text is another one."""

from __future__ import annotations

from functools import cache
from types import CodeType

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket


@cache
def compiled_templates() -> CompiledTemplates:
    """Return those of this process: an edit of one template, or one more theme, compiles no other anew."""
    return CompiledTemplates()


class CompiledTemplates(BytecodeCache):
    """What each file was last compiled to, by whatever environment with the same extensions.

    Environments that share it must not differ in anything else that decides what a template is compiled to.
    """

    def __init__(self) -> None:
        self._last: dict[tuple[str, ...], tuple[str, CodeType | None]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket if the text of its template is still the same."""
        checksum, code = self._last.get(_file_of(bucket), ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what is in the bucket, in place of what the file was compiled to before."""
        self._last[_file_of(bucket)] = bucket.checksum, bucket.code


def _file_of(bucket: Bucket) -> tuple[str, ...]:
    return bucket.key, *bucket.environment.extensions
