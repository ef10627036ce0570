"""Templates: sandboxed Jinja over the newsroom's own templates first, then those that ship with us.

A theme turns names and plain values into text and knows nothing of issues or editions. Mails and notices get
their MJML cures here.
"""

from __future__ import annotations

import html
import os
import re
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from contextlib import suppress
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import Any, Final

from jinja2 import (
    BaseLoader,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    nodes,
)
from jinja2.ext import Extension
from jinja2.meta import find_referenced_templates
from jinja2.runtime import Context, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment

from publisher import data_files
from publisher.compiled_templates import compiled_templates
from publisher.errors import Place, ThemeError
from publisher.mjml_cures import MjmlError, compile_mjml
from publisher.template_limits import (
    BUDGET,
    CALL,
    GROWING,
    INCLUDE,
    check_operator,
    check_phrase,
    check_size,
    counted,
    filters,
    joined,
    new_budget,
    printed,
)

OWN: Final = ("email/", "web/")
"""What a newsroom may override; notices and the desk carry promises of the publisher's."""


def open_theme(own: Path | None) -> Theme:
    """Return the theme of a newsroom whose own templates, if it has any, are in folder `own`."""
    return Theme([*([own] if own else []), data_files.templates()])


class Theme:
    """The templates in `folders`, of which the first that has a name wins; the last are the publisher's own.

    Of every folder but the last only `email/` and `web/` are looked at. The name of a template is its path
    below the folder; a name without a folder is looked for where such templates usually are.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        loader = self._folders = _Folders(folders)
        self._plain = _Sandbox(loader)
        self._marked = _Sandbox(loader, _Marks)

    def html(self, name: str, **values: object) -> str:
        """Render a page (below `web/`, if the name does not say); every value is escaped.

        Raises:
            ThemeError: the template is missing, broken or makes too much; its place is a template's line.
        """
        return self._plain.print(_below("web", name), values)

    def text(self, name: str, **values: object) -> str:
        """Render plain text (below `email/`, if the name does not say); nothing is escaped.

        Raises:
            ThemeError: as `html`.
        """
        return self._plain.print(_below("email", name), values)

    def mjml(self, name: str, **values: object) -> str:
        """Render MJML (below `email/`, if the name does not say) to the HTML of a mail.

        Raises:
            ThemeError: as `html`, and when it makes MJML of which we know that it does not work.
        """
        name = _below("email", name)
        source = self._plain.print(name, values)
        try:
            return compile_mjml(source, ours=not self._plain.has_own)
        except MjmlError as error:
            raise ThemeError(error.what, place=self._fault(name, values), fix=error.fix) from None

    def unused(self) -> tuple[tuple[str, str], ...]:
        """Return the newsroom's own files that nothing of ours or its own asks for.

        Each is a path below the newsroom, and the template of ours that may have been meant, or "".
        """
        own, shipped = self._folders.own(), self._folders.shipped()
        asked = {name for file in own for name in self._plain.asked(file)}
        if None in asked:  # a name that is only known while the template is rendered
            return ()
        spare = [name for name in own if name not in shipped and name not in asked]
        return tuple((f"templates/{name}", _nearest(name, shipped)) for name in spare)

    def _fault(self, name: str, values: Mapping[str, object]) -> Place:
        """Find the template's line by making it once more, this time with each MJML tag telling its place."""
        before = None
        try:
            compile_mjml(self._marked.print(name, values))
        except MjmlError as error:
            before = error.before
        except ThemeError:
            pass
        marks = _MARK.findall(before or "")
        return _place(html.unescape(marks[-1][0]), int(marks[-1][1])) if marks else _place(name)


class _Folders(BaseLoader):
    """Read templates from the first folder that has them; all but the last may hold only what is in `OWN`."""

    def __init__(self, folders: Sequence[Path]) -> None:
        *own, last = self._folders = [folder.absolute() for folder in folders]
        self._own = FileSystemLoader(own)
        self._below = [str(folder / kind) for folder in own for kind in OWN]
        self._last = FileSystemLoader(last)

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        if template.startswith(OWN):
            self._refuse_strangers(template)
            with suppress(TemplateNotFound):
                return self._own.get_source(environment, template)
        return self._last.get_source(environment, template)

    def own(self) -> list[str]:
        """Return the names of all that the newsroom has where its own templates are, but hidden files."""
        return sorted(
            {name for folder in self._folders[:-1] for kind in OWN for name in _names(folder, kind)}
        )

    def shipped(self) -> list[str]:
        """Return the names of the templates of ours that a newsroom may override."""
        return sorted(name for kind in OWN for name in _names(self._folders[-1], kind))

    def _refuse_strangers(self, name: str) -> None:
        """Raise ThemeError if the newsroom's own template of that name is a link that leads elsewhere."""
        if ".." in name.split("/"):
            return
        for folder in self._folders[:-1]:
            file = folder / name
            if file.exists() and not file.resolve().is_relative_to(folder.resolve()):
                what = "this is a link that leads out of the templates"
                raise ThemeError(what, place=_place(name), fix="put the file itself here")

    def stamp(self) -> tuple[tuple[str, int, int], ...]:
        """Return what is another one whenever one of the newsroom's own templates is another one."""
        found = []
        for below in self._below:
            for path, _, names in os.walk(below) if os.path.isdir(below) else ():  # noqa: PTH112 (as below)
                for file in (f"{path}/{name}" for name in names):
                    with suppress(OSError):
                        status = os.stat(file)  # noqa: PTH116 (asked before each mail; a Path costs more)
                        found.append((file, status.st_mtime_ns, status.st_size))
        return tuple(sorted(found))

    def name_of(self, file: str) -> str | None:
        """Return the name of the template that `file` holds, None if it holds none."""
        path = Path(file)
        below = (path.relative_to(folder) for folder in self._folders if path.is_relative_to(folder))
        return next((name.as_posix() for name in below), None)


class _Sandbox(ImmutableSandboxedEnvironment):
    """A sandbox in which nothing is random or declares itself safe, and each rendering has a budget."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})
    concat = staticmethod(joined)

    def __init__(self, folders: _Folders, *extensions: type[Extension]) -> None:
        super().__init__(
            loader=folders,
            extensions=extensions,
            undefined=StrictUndefined,
            finalize=printed,
            autoescape=lambda name: name is None or not name.endswith(".txt"),
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,  # it would ask for every block of every mail; `print` asks once
            bytecode_cache=compiled_templates(),
        )
        self._folders = folders
        self._stamp = folders.stamp()
        self._known: dict[str | Template, Template] = {}
        self._fields: dict[type, frozenset[str]] = {}
        del self.globals["lipsum"]
        self.filters = filters()

    @property
    def has_own(self) -> bool:
        """Whether the newsroom has templates of its own."""
        return bool(self._stamp)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        return counted(super()._parse(source, name, filename))

    def get_template(
        self,
        name: str | Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 (Jinja's name)
    ) -> Template:
        """Count what is included, imported or extended."""
        BUDGET.get().spend(INCLUDE)
        if globals is None and name in self._known:
            return self._known[name]
        found = super().get_template(name, parent, globals)
        if globals is None and isinstance(name, str):
            self._known[name] = found
        return found

    def call(self, context: Context, obj: Any, /, *args: Any, **named: Any) -> Any:  # noqa: ANN401 (any value)
        """Count a call, and what a method of a text has to read."""
        owner = getattr(obj, "__self__", None)
        BUDGET.get().spend(CALL + len(owner) if isinstance(owner, str) else CALL)
        if type(obj) is Macro:  # as the usual way does, which asks many questions first
            named.pop("_block_vars", None)
            named.pop("_loop_vars", None)
            return obj(context.eval_ctx, *args, **named)
        return super().call(context, obj, *args, **named)

    def asked(self, name: str) -> set[str | None]:
        """Return what a template includes, imports or extends; None for what is computed."""
        try:
            source, _, _ = self._folders.get_source(self, name)
            return set(find_referenced_templates(self.parse(source)))
        except (ThemeError, TemplateError, UnicodeDecodeError):
            return set()  # it says so itself where it is rendered

    def call_binop(self, context: Context, operator: str, left: object, right: object) -> object:
        check_operator(operator, left, right)
        return super().call_binop(context, operator, left, right)

    def getattr(self, obj: object, attribute: str) -> object:
        """Read the fields of our plain data at once: the usual questions take half of a rendering's time."""
        try:
            known = self._fields[type(obj)]
        except KeyError:
            kind = type(obj)
            known = self._fields[kind] = frozenset(getattr(kind, "__dataclass_fields__", ()))
        if attribute in known:
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
        """Ask the usual questions but of plain text, which has methods alone and cannot be changed."""
        if attr in GROWING and isinstance(obj, str | bytes | int):
            return False
        if type(obj) is str:
            return not attr.startswith("_")
        return super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: object) -> Callable[..., str] | None:
        """Let a phrase with bare `{}` fill itself, which is fast: only other fields can reach attributes."""
        phrase = getattr(value, "__self__", None)
        if type(phrase) is str and value == phrase.format and not _BRACE.search(phrase.replace("{}", "")):
            return phrase.format
        fill = super().wrap_str_format(value)
        return None if fill is None else _careful(fill, str(phrase))

    def print(self, name: str, values: Mapping[str, object]) -> str:
        """Render template `name`; raise ThemeError with the line of the template that fails."""
        stamp = self._folders.stamp()
        if stamp != self._stamp and self.cache is not None:
            self.cache.clear()
            self._known.clear()
            self._stamp = stamp
        pieces: list[str] = []
        size = 0
        before = BUDGET.set(new_budget())
        try:
            stream = self.get_template(name).generate(**values)
            while some := list(islice(stream, _AT_ONCE)):
                pieces += some
                size += sum(map(len, some))
                check_size(size)
        except ThemeError:
            raise
        except TemplateNotFound as error:
            what = f"there is no template '{error.name}'"
            raise ThemeError(what, place=self._place(error, name), fix="check the name") from None
        except TemplateSyntaxError as error:
            place = _place(error.name or name, error.lineno)
            raise ThemeError(str(error.message), place=place, fix="mend the template's syntax") from None
        except Exception as error:  # noqa: BLE001 (a newsroom's template may raise anything, MemoryError too)
            what = str(error) or type(error).__name__
            raise ThemeError(what, place=self._place(error, name), fix="mend the template") from None
        finally:
            BUDGET.reset(before)
        return "".join(pieces)

    def _place(self, error: Exception, name: str) -> Place:
        """Return the innermost line of a template in the traceback of `error`, else the template `name`."""
        place = _place(name)
        trace = error.__traceback__
        while trace is not None:
            found = self._folders.name_of(trace.tb_frame.f_code.co_filename)
            place = _place(found, trace.tb_lineno) if found else place
            trace = trace.tb_next
        return place


def _careful(fill: Callable[..., str], phrase: str) -> Callable[..., str]:
    """Let `fill` fill `phrase` only if the result cannot be too long."""

    def checked(*values: object, **named: object) -> str:
        check_phrase(phrase, [*values, *named.values()])
        return fill(*values, **named)

    return checked


class _Marks(Extension):
    """Let each tag of a template say where it stands, in an attribute or comment that means nothing."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002 (Jinja's signature)
        where = html.escape(name or "")

        def marked(tag: re.Match[str]) -> str:
            if not tag["tag"]:
                return tag[0]
            mark = f'at="{where}:{source.count(_LINE, 0, tag.start()) + 1}"'
            return f"<!-- {mark} -->{tag[0]}" if tag["end"] else f"{tag[0]} {mark}"

        return _TAGS.sub(marked, source)


_AT_ONCE: Final = 16
"""So many pieces are taken from a template before their length is looked at."""

_BRACE: Final = re.compile("[{}]")
_LINE: Final = "\n"
_TAGS: Final = re.compile(
    r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|<!--.*?-->|(?P<tag><(?P<end>/?)[A-Za-z][\w:.-]*(?=[\s/>]|\{%|$))",
    re.DOTALL,
)
"""The tags of a template, and what only looks like one: in Jinja's own marks, or in a comment."""

_MARK: Final = re.compile(r' at="([^"]+):(\d+)"')


def _names(folder: Path, kind: str) -> list[str]:
    files = (Path(path, name) for path, _, names in os.walk(folder / kind) for name in names)
    return [file.relative_to(folder).as_posix() for file in files if not file.name.startswith(".")]


def _nearest(name: str, names: Sequence[str]) -> str:
    """Return the one of `names` in the same folder that is most like `name`, "" if none is."""
    folder, _, file = name.rpartition("/")
    beside = [each.removeprefix(f"{folder}/") for each in names if each.rpartition("/")[0] == folder]
    close = get_close_matches(file, beside, n=1, cutoff=0.8)
    return f"{folder}/{close[0]}" if close else ""


def _below(folder: str, name: str) -> str:
    return name if "/" in name else f"{folder}/{name}"


def _place(name: str, line: int | None = None) -> Place:
    return Place(path=f"templates/{name}", line=line)
