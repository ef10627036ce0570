"""The rules of the house: each is a pure function of one file, kept by all, and shown to be able to fail."""

from __future__ import annotations

import ast
import io
import re
import shutil
import subprocess
import sys
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

SYNONYMS = {"campaign", "blast", "broadcast", "contact", "member", "people", "post", "job", "task", "manager"}
ROOM_NAMES = {
    "base",
    "common",
    "core",
    "helper",
    "helpers",
    "manager",
    "misc",
    "service",
    "services",
    "util",
    "utils",
}


@dataclass(frozen=True, slots=True)
class File:
    """A file of the repository: its path from the root, and its text."""

    path: str
    text: str

    @property
    def nodes(self) -> tuple[ast.AST, ...]:
        return _nodes(self.text)

    @property
    def comments(self) -> tuple[tuple[int, str], ...]:
        return _comments(self.text)


@cache
def _nodes(text: str) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(text)))


@cache
def _comments(text: str) -> tuple[tuple[int, str], ...]:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return tuple((token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT)


def rooms_have_names_of_their_own(file: File) -> list[str]:
    parts = [part.removesuffix(".py") for part in Path(file.path).parts]
    return [f"'{part}' says nothing about what is inside" for part in parts if part in ROOM_NAMES]


def modules_are_small(file: File) -> list[str]:
    lines = file.text.count("\n")
    return [f"{lines} lines are more than one job; 400 are enough"] if lines > 400 else []


def functions_are_small(file: File) -> list[str]:
    functions = [node for node in file.nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    sizes = {node: (node.end_lineno or node.lineno) - node.lineno + 1 for node in functions}
    return [f"line {node.lineno}: {node.name} has {size} lines" for node, size in sizes.items() if size > 50]


def packages_are_only_their_docstring(file: File) -> list[str]:
    allowed = ("__version__",) if file.path == "publisher/__init__.py" else ()
    first, *rest = ast.parse(file.text).body or [ast.Pass()]
    extra = [
        node
        for node in rest
        if not (isinstance(node, ast.Assign) and all(ast.unparse(name) in allowed for name in node.targets))
    ]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return ([] if documented else ["no docstring"]) + [
        f"line {node.lineno}: {ast.unparse(node)}" for node in extra
    ]


def the_model_knows_only_the_standard_library(file: File) -> list[str]:
    known = {*sys.stdlib_module_names, "markupsafe"}
    own = ("publisher.model.", "publisher.errors")
    return [
        f"line {line}: imports {name}"
        for line, name in _imports(file)
        if name.partition(".")[0] not in known and not name.startswith(own)
    ]


def the_clock_is_an_argument(file: File) -> list[str]:
    clocks = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"}
    return [
        f"line {node.lineno}: {ast.unparse(node)}"
        for node in file.nodes
        if isinstance(node, ast.Attribute) and ".".join(ast.unparse(node).split(".")[-2:]) in clocks
    ]


def only_markup_makes_text_safe(file: File) -> list[str]:
    return [
        f"line {node.lineno}: {ast.unparse(node)}"
        for node in file.nodes
        if isinstance(node, ast.Call) and node.args and ast.unparse(node.func).split(".")[-1] == "Markup"
    ]


def templates_escape_everything(file: File) -> list[str]:
    return re.findall(r"\|\s*safe\b|\bautoescape\s+false\b", file.text)


def nothing_names_an_index_or_this_machine(file: File) -> list[str]:
    hosts = r"pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|deb\.debian\.org|files\.pythonhosted"
    return re.findall(rf"{hosts}|(?<!no-emit)-index-ur[l]|(?<![\w.])/(?:work|root)/[a-z]", file.text)


def nouns_are_the_products(file: File) -> list[str]:
    names = [*((1, Path(file.path).stem),), *_definitions(file)]
    return [
        f"line {line}: '{name}'"
        for line, name in names
        if {word.lower().removesuffix("s") for word in re.findall(r"[A-Za-z][a-z]*", name)} & SYNONYMS
    ]


def exceptions_to_the_linters_have_reasons(file: File) -> list[str]:
    rule = re.compile(
        r"#\s*(?:noqa(?:: *[A-Z]+\d+(?:, *[A-Z]+\d+)*)?|type: *ignore(?:\[[\w, -]+\])?)(.*)", re.DOTALL
    )
    found = [(line, rule.match(comment)) for line, comment in file.comments]
    return [
        f"line {line}: {match[0]}" for line, match in found if match and not re.search(r"\w{3}", match[1])
    ]


def nothing_is_left_for_later(file: File) -> list[str]:
    later = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")
    comments = [f"line {line}: {comment}" for line, comment in file.comments if later.search(comment)]
    return comments + [
        f"line {node.lineno}: {node.id}"
        for node in file.nodes
        if isinstance(node, ast.Name) and node.id == "NotImplementedError"
    ]


def modules_hold_no_state(file: File) -> list[str]:
    mutable = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
    rebound = [node for node in file.nodes if isinstance(node, ast.Global)]
    named = [
        (node, target)
        for node in _module(file).body
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, mutable)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    ]
    small = [node for node, target in named if not re.fullmatch(r"_?[A-Z][A-Z0-9_]*", ast.unparse(target))]
    return [f"line {node.lineno}: {ast.unparse(node)[:60]}" for node in (*rebound, *small)]


def every_test_runs_against_the_real_thing(file: File) -> list[str]:
    hidden = re.compile(r"pytest\.(?:mark\.)?(?:skip|skipif|xfail|importorskip)$")
    skipped = [
        f"line {node.lineno}: {ast.unparse(node)}"
        for node in file.nodes
        if isinstance(node, ast.Attribute)
        and node.attr in ("skip", "skipif", "xfail", "importorskip")
        and hidden.fullmatch(ast.unparse(node))
    ]
    return skipped + [f"line {line}: {name}" for line, name in _imports(file) if name.startswith("unittest")]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule, the files it is for (without those excepted), and a file that breaks it."""

    check: Callable[[File], list[str]]
    files: str
    broken: str
    path: str = "publisher/model/heat.py"
    but: tuple[str, ...] = ()


PACKAGE = "publisher/*.py"
RULES = [
    Rule(rooms_have_names_of_their_own, PACKAGE, "", path="publisher/store/utils.py"),
    Rule(modules_are_small, "*.py", "x = 1\n" * 401, but=("tests/*",)),
    Rule(
        functions_are_small,
        PACKAGE,
        "def long():\n" + "    x = 1\n" * 50,
        but=("publisher/store/migrations/versions/*",),
    ),
    Rule(packages_are_only_their_docstring, "*__init__.py", '"""Doc."""\nfrom os import path\n'),
    Rule(the_model_knows_only_the_standard_library, "publisher/model/*.py", "import nh3\n"),
    Rule(
        the_clock_is_an_argument,
        PACKAGE,
        "import datetime\nclock = datetime.datetime.now\n",
        but=("publisher/cli/*", "publisher/web/*", "publisher/schedule/*"),
    ),
    Rule(
        only_markup_makes_text_safe,
        PACKAGE,
        'Markup("<b>")\n',
        but=("publisher/edition/markup.py", "publisher/store/editions.py"),
    ),
    Rule(templates_escape_everything, "templates/*", "{{ title | safe }}"),
    Rule(nothing_names_an_index_or_this_machine, "*", "--index-" + "url https://pypi." + "org/simple"),
    Rule(nouns_are_the_products, PACKAGE, "def send_campaigns(): ...\n"),
    Rule(exceptions_to_the_linters_have_reasons, "*.py", "x = 1  # " + "noqa: E501\n"),
    Rule(nothing_is_left_for_later, "*.py", "x = 1  # " + "TODO: two\n"),
    Rule(modules_hold_no_state, PACKAGE, "cache = {}\n"),
    Rule(
        every_test_runs_against_the_real_thing,
        "tests/*.py",
        "from unittest import mock\n",
        but=("tests/tools.py",),  # it says which program is missing
    ),
]


@pytest.fixture(scope="module")
def files() -> list[File]:
    """Every text file that is in git or would be added to it."""
    listing = ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    binary = {".png", ".jpg", ".gif", ".eml", ".zip"}
    paths = [ROOT / name for name in sorted(set(names)) if Path(name).suffix not in binary]
    return [File(path.relative_to(ROOT).as_posix(), _text(path)) for path in paths if path.is_file()]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.check.__name__)
def test_every_file_keeps_the_rule(rule: Rule, files: list[File]) -> None:
    concerned = [
        file
        for file in files
        if fnmatch(file.path, rule.files) and not any(fnmatch(file.path, pattern) for pattern in rule.but)
    ]

    broken = [f"{file.path}: {breach}" for file in concerned for breach in rule.check(file)]

    assert concerned
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.check.__name__)
def test_a_file_that_breaks_the_rule_is_found(rule: Rule) -> None:
    assert rule.check(File(rule.path, rule.broken))


def test_imports_keep_to_the_contracts() -> None:
    lint = _lint_imports(ROOT)

    assert lint.returncode == 0, lint.stdout


def test_every_contract_can_break(tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(ROOT / "publisher", tmp_path / "publisher", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "publisher/check/bad.py").write_text(
        "import random\nimport sqlalchemy\nimport publisher.cli\nimport publisher.fetch\n"
    )
    (tmp_path / "publisher/delivery/bad.py").write_text("import apscheduler, jinja2, starlette\n")
    (tmp_path / "publisher/actions/bad.py").write_text("import httpx2\n")
    with (tmp_path / "publisher/fetch.py").open("a") as fetch:
        fetch.write("import publisher.settings\n")
    (tmp_path / "publisher/model/one.py").write_text("import publisher.model.two\n")
    (tmp_path / "publisher/model/two.py").write_text("import publisher.model.one\n")

    lint = _lint_imports(tmp_path)

    assert lint.returncode == 1
    assert " 0 kept" in lint.stdout


def _lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([program, "--no-cache"], cwd=folder, check=False, capture_output=True, text=True)


def _module(file: File) -> ast.Module:
    (module,) = (node for node in file.nodes if isinstance(node, ast.Module))
    return module


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def _imports(file: File) -> Iterator[tuple[int, str]]:
    for node in file.nodes:
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, node.module or ""


def _definitions(file: File) -> Iterator[tuple[int, str]]:
    """Yield the names that others meet: functions, classes, arguments, attributes, constants; no locals."""
    for node in file.nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        if isinstance(node, ast.Module | ast.ClassDef):
            targets = [
                each
                for line in node.body
                for each in getattr(line, "targets", [getattr(line, "target", None)])
            ]
            yield from ((each.lineno, each.id) for each in targets if isinstance(each, ast.Name))
