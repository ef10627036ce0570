"""What a template may use up: a budget of steps, characters and time for each rendering.

A step is an item of a loop, or of a list that a filter or operator is given; calls and includes cost several.
Lists and texts are paid for before they are made. What no budget sees (slices, comparisons) ends by the
clock, when the next step is paid for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Sized
from contextvars import ContextVar
from functools import wraps
from time import monotonic
from typing import Any, Final

from jinja2 import nodes, pass_context, pass_eval_context
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS, make_attrgetter
from jinja2.nodes import EvalContext
from jinja2.runtime import Context, markup_join, str_join
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

LIMIT: Final = 8_000_000
"""The longest text, in characters, that a template may make: no issue comes near it, a runaway loop does."""

STEPS: Final = 1_000_000
"""So many steps a rendering may take: an archive of ten thousand issues stays far below."""

SECONDS: Final = 60.0
"""So many seconds a rendering may take; the clock is looked at now and then."""

STEP: Final = 200
"""A step costs as much as so many characters."""

CALL: Final = 5 * STEP
"""What a call costs."""

INCLUDE: Final = 25 * STEP
"""What it costs to include, import or extend a template."""

_BITS: Final = 1024
_WIDEST: Final = 10_000
"""The greatest number that a filter takes: a width, a length, a count of places."""

WITHOUT: Final = ("batch", "center", "format", "pprint", "random", "safe", "slice", "urlize")
"""Filters that templates do not have: they answer to chance, switch escaping off, or grow with a number."""

GROWING: Final = frozenset(
    {"center", "encode", "expandtabs", "format_map", "join", "ljust", "maketrans", "replace", "rjust"}
    | {"to_bytes", "translate", "zfill"}
)
"""Methods of texts and numbers that templates do not have: they grow without being asked twice."""


class Budget:
    """What one rendering may still use up."""

    def __init__(self, characters: float) -> None:
        self._left = characters
        self._until = monotonic() + SECONDS
        self._asked = 0

    def spend(self, characters: float) -> None:
        """Pay for work; raise SecurityError when the budget is used up."""
        self._left -= characters
        self._asked += 1
        if self._left < 0 or (self._asked % 64 == 0 and monotonic() > self._until):
            raise SecurityError("the template works without end: its loops or texts are too long")


BUDGET: Final[ContextVar[Budget]] = ContextVar("BUDGET", default=Budget(float("inf")))  # noqa: B039 (infinite)
"""The budget of the rendering that runs; outside of one, nothing is counted."""


def new_budget() -> Budget:
    """Return the budget of one rendering."""
    return Budget(STEPS * STEP)


def filters() -> dict[str, Callable[..., Any]]:
    """Return the filters that templates have; each pays for what it is given and what it makes."""
    ours = {**FILTERS, "join": _join, "tojson": _json}
    kept = {name: _limited(name, filter_) for name, filter_ in ours.items() if name not in WITHOUT}
    return {**kept, _LOOP: _loop, _TOGETHER: _together}


def counted(tree: nodes.Template) -> nodes.Template:
    """Let each loop and each `~` of a template pay."""
    _Counting().visit(tree)
    return tree


def check_operator(operator: str, left: object, right: object) -> None:
    """Raise SecurityError if the result of `left operator right` is not for templates, or too large."""
    numbers = isinstance(left, int | float) and isinstance(right, int | float)
    bits = sum(side.bit_length() for side in (left, right) if isinstance(side, int))
    if operator == "+":
        size = sum(len(side) for side in (left, right) if isinstance(side, str))
        _spend_on([left, right])
    elif operator == "*" and isinstance(left, str) and isinstance(right, int):
        size = len(left) * right
        BUDGET.get().spend(max(size, 0))
    else:
        size = 0 if numbers and operator != "**" else LIMIT + 1
    if size > LIMIT or bits > _BITS:
        raise SecurityError(f"'{operator}' is not for templates, or not for that much")


def check_phrase(phrase: str, values: Iterable[object]) -> None:
    """Raise SecurityError if filling `phrase`, which has other fields than `{}`, could make too much."""
    fields = phrase.count("{")
    widest = max([_WIDEST, *(len(str(value)) for value in values)])
    if _WIDE.search(phrase) or _NESTED.search(phrase) or fields * widest > LIMIT:
        raise SecurityError("'format' is not for that much")


def printed(value: object) -> object:
    """Pay for a value that is printed and is not short."""
    kind = type(value)
    if kind is str or kind is Markup:
        if len(value) > STEP:  # type: ignore[arg-type]  # it is a text
            BUDGET.get().spend(len(value))  # type: ignore[arg-type]  # it is a text
    elif isinstance(value, _CONTAINERS):
        _spend_on(value)
    return value


def joined(pieces: Iterable[str]) -> str:
    """Join what a macro or block made, and pay for it."""
    if not isinstance(pieces, list):
        pieces = list(pieces)
    size = sum(map(len, pieces))
    check_size(size)
    BUDGET.get().spend(size)
    return "".join(pieces)


def check_size(characters: int) -> None:
    """Raise SecurityError if a text of so many `characters` is too long."""
    if characters > LIMIT:
        raise SecurityError(f"the template makes more than {LIMIT:,} characters")


_LOOP: Final = "each of a loop"
_TOGETHER: Final = "all together"
_CONTAINERS: Final = (list, tuple, dict, set, frozenset)
_WIDE: Final = re.compile(r"[:.]\D*\d{5}|[:.][^}]*\.\d{5}")
_NESTED: Final = re.compile(r"\{[^}]*\{(?!\{)")
_FREE: Final = frozenset(
    {"abs", "attr", "count", "d", "default", "e", "escape", "first", "float", "int", "last", "length"}
    | {"max", "min"}
)
"""Filters that make nothing long, or whose result is paid for where it is printed."""


class _Counting(NodeTransformer):
    """Put a filter of ours, whose name no template can write, around each loop's list and in place of `~`."""

    def visit_For(self, node: nodes.For) -> nodes.For:  # noqa: N802 (Jinja's name)
        self.generic_visit(node)
        node.iter = _filter(node.iter, _LOOP)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Filter:  # noqa: N802 (Jinja's name)
        self.generic_visit(node)
        pieces = nodes.List(node.nodes, lineno=node.lineno, environment=node.environment)
        return _filter(pieces, _TOGETHER)


def _filter(node: nodes.Node, name: str) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno, environment=node.environment)


@pass_context  # so that it is not asked when a template is read, but each time it runs
def _loop(_: Context, items: Iterable[object]) -> Iterable[object]:
    if isinstance(items, Sized):
        BUDGET.get().spend(len(items) * STEP)
        return items
    return _paid(items)


def _paid(items: Iterable[object]) -> Iterable[object]:
    spend = BUDGET.get().spend
    for item in items:
        spend(STEP)
        yield item


@pass_eval_context
def _together(context: EvalContext, pieces: Sequence[object]) -> str:
    _spend_on(pieces)
    if sum(len(piece) for piece in pieces if isinstance(piece, str)) > LIMIT:
        raise SecurityError("'~' is not for that much")
    return markup_join(pieces) if context.autoescape else str_join(pieces)


@pass_eval_context
def _join(
    context: EvalContext, value: Iterable[object], d: str = "", attribute: str | int | None = None
) -> str:
    """Join as the filter does, when the pieces are known and paid for."""
    found = value if attribute is None else map(make_attrgetter(context.environment, attribute), value)
    pieces = list(found)
    _spend_on(pieces)
    _grow(sum(len(piece) for piece in pieces if isinstance(piece, str)) + len(str(d)) * len(pieces), "join")
    made: str = FILTERS["join"](context, pieces, d)
    return made


@pass_eval_context
def _json(context: EvalContext, value: object) -> Markup:
    """Print JSON in one line: indenting would multiply it."""
    made: Markup = FILTERS["tojson"](context, value)
    return made


def _limited(name: str, filter_: Callable[..., Any]) -> Callable[..., Any]:
    """Return a filter that pays before it works, and takes no number that is out of all proportion."""
    if name in _FREE:
        return filter_
    at = 1 if hasattr(filter_, "jinja_pass_arg") else 0
    growth = _GROWTH.get(name)

    @wraps(filter_)
    def limited(*values: Any, **named: Any) -> Any:  # noqa: ANN401 (whatever a template gives)
        options = [*values[at + 1 :], *named.values()]
        if name == "wordwrap" and len(values) > 3:
            raise SecurityError("'wordwrap' takes its wrapstring by name")
        if any(isinstance(option, int) and abs(option) > _WIDEST for option in options):
            raise SecurityError(f"'{name}' is not for that much")
        _spend_on(values[at : at + 1])
        if growth:
            _grow(growth(*values[at:], **named), name)
        return filter_(*values, **named)

    return limited


def _grow(characters: int, name: str) -> None:
    if characters > LIMIT:
        raise SecurityError(f"'{name}' is not for that much")
    BUDGET.get().spend(characters)


def _replaced(text: object, old: object, new: object, *_: object, **__: object) -> int:
    return str(text).count(str(old)) * len(str(new))


def _indented(text: str, width: int | str = 4, *_: object, **__: object) -> int:
    return (str(text).count("\n") + 1) * (len(width) if isinstance(width, str) else width)


def _wrapped(text: str, *_: object, wrapstring: str | None = None, **__: object) -> int:
    return len(str(text)) * len(wrapstring or "\n")


_GROWTH: Final[Mapping[str, Callable[..., int]]] = {
    "indent": _indented,
    "replace": _replaced,
    "wordwrap": _wrapped,
}
"""So many characters, at most, these filters add to what they are given."""


def _spend_on(value: object) -> None:
    """Pay for a value and all that it holds; what holds itself many times over is paid for as often."""
    spend = BUDGET.get().spend
    if isinstance(value, str):
        spend(len(value))
    elif isinstance(value, dict):
        for pair in value.items():
            _spend_on(pair)
    elif isinstance(value, _CONTAINERS):
        for item in value:
            spend(STEP)
            _spend_on(item)
    elif isinstance(value, Sized):
        spend(len(value) * STEP)
