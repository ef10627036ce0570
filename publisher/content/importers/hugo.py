"""Hugo's shortcodes, `{{< … >}}` and `{{% … %}}`: those that Hugo itself has become what they show."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from publisher.content.importers.change import Changes
from publisher.content.importers.code_marks import fenced, visible
from publisher.content.importers.masked import Masked, until_last
from publisher.content.importers.pieces import written

_HIGHLIGHT = re.compile(
    r"^[ \t]*\{\{[<%]\s*highlight\b[ \t]*\"?(?P<language>[\w+#-]*)[^\n]*?[>%]\}\}(?P<code>.*?)"
    r"\{\{[<%]\s*/\s*highlight\s*[>%]\}\}",
    re.DOTALL | re.MULTILINE,
)
_SHORTCODE = re.compile(
    r"\{\{([<%])(?P<end>\s*/)?\s*(?P<name>[\w./-]+)(?P<words>(?:[^{}]|\{(?!\{)|\}(?!\}))*?)/?\s*[>%]\}\}"
)
_SHOWN = re.compile(r"\{\{([<%])/\*(.*?)\*/([>%])\}\}", re.DOTALL)
_NOTE = re.compile(r"\{\{/\*.*?\*/\}\}", re.DOTALL)
_WORD = re.compile(r"""(?:([\w-]+)\s*=\s*)?(?:"((?:[^"\\]|\\.)*)"|`([^`]*)`|([^\s"`]+))""")

Words = dict[str, str]
"""What stands in a shortcode: by name, or by place from 0."""


def rewritten(text: str, changes: Changes) -> str:
    """Return a text without shortcodes; of unknown ones pairs leave their text, others are code."""
    if "{{" not in text:
        return text
    text = until_last("highlight", text, _HIGHLIGHT, lambda found: _code(found, changes))
    masked = Masked(text)
    whole = masked.text
    closed = {found["name"] for found in _SHORTCODE.finditer(whole) if found["end"]}
    whole = until_last("*/", whole, _NOTE, lambda found: _left_out(masked.shown(found[0]), changes))
    whole = until_last("*/", whole, _SHOWN, lambda found: masked.hide(_as_shown(found)))
    masked.text = _SHORTCODE.sub(lambda found: _shortcode(found, closed, masked, changes), whole)
    return masked.shown()


def _code(found: re.Match[str], changes: Changes) -> str:
    changes.note("the shortcode highlight is a block of code now", found[0].partition("}}")[0] + "}}")
    return fenced(found["code"], found["language"])


def _as_shown(found: re.Match[str]) -> str:
    """Return a shortcode that is talked about, without the marks that keep Hugo from it."""
    return visible(f"{{{{{found[1]}{found[2]}{found[3]}}}}}")


def _left_out(piece: str, changes: Changes) -> str:
    changes.leave_out("a note of Hugo's is left out", piece)
    return ""


def _shortcode(found: re.Match[str], closed: set[str], masked: Masked, changes: Changes) -> str:
    name, piece = found["name"], masked.shown(found[0])
    maker = _MAKERS.get(name.lower())
    if maker is not None and not found["end"]:
        made = maker(_words(masked.shown(found["words"])))
        if made:
            changes.note(f"the shortcode {name} is Markdown now", piece)
            return made
    if name in closed or found["end"]:
        changes.leave_out(f"the shortcode {name} is taken out, the text in it is kept", piece)
        return ""
    changes.note(f"the shortcode {name} is not known; readers see it as code", piece)
    return masked.hide(visible(piece))


def _words(text: str) -> Words:
    words: Words = {}
    for found in _WORD.finditer(text):
        value = next((each for each in found.groups()[1:] if each is not None), "")
        words[found[1].lower() if found[1] else str(len(words))] = value.replace('\\"', '"')
    return words


def _page(address: str) -> Callable[[Words], str]:
    """Return what makes a link of a shortcode that shows a page of another site."""

    def make(words: Words) -> str:
        values = {"id": words.get("id", words.get("0", "")), "user": words.get("user", words.get("0", ""))}
        if not values["id"] or ("{user}" in address and not words.get("id", words.get("1"))):
            return ""
        if "{user}" in address:
            values["id"] = words.get("id", words.get("1", ""))
        target = address.format(**values)
        return f"[{words.get('title') or target.partition('//')[2]}]({written(target)})"

    return make


def _figure(words: Words) -> str:
    source = words.get("src", words.get("0", ""))
    if not source:
        return ""
    alt = words.get("alt") or words.get("title") or words.get("caption") or ""
    shown = f"![{alt.replace('[', '').replace(']', '')}]({written(source)})"
    if words.get("link"):
        shown = f"[{shown}]({written(words['link'])})"
    below = [words[name] for name in ("title", "caption", "attr") if words.get(name) and words[name] != alt]
    if words.get("caption") == alt and alt:
        below = [alt]
    return "\n\n".join([shown, *(f"*{line.strip()}*" for line in below)])


def _target(words: Words) -> str:
    """Return the file that a reference means; it stands where an address does."""
    return written(words.get("path", words.get("0", "")))


_MAKERS: Final[dict[str, Callable[[Words], str]]] = {
    "figure": _figure,
    "img": _figure,
    "ref": _target,
    "relref": _target,
    "youtube": _page("https://www.youtube.com/watch?v={id}"),
    "vimeo": _page("https://vimeo.com/{id}"),
    "instagram": _page("https://www.instagram.com/p/{id}/"),
    "tweet": _page("https://x.com/{user}/status/{id}"),
    "twitter": _page("https://x.com/{user}/status/{id}"),
    "x": _page("https://x.com/{user}/status/{id}"),
    "gist": _page("https://gist.github.com/{user}/{id}"),
}
"""Name of a shortcode -> what it shows, as Markdown; empty if it says too little."""
