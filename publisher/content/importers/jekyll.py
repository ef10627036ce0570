"""Jekyll's Liquid, `{% … %}` and `{{ … }}`, and kramdown's lists of attributes, `{: … }`."""

from __future__ import annotations

import re
from typing import Final

from publisher.content.importers.change import Changes
from publisher.content.importers.code_marks import fenced, visible
from publisher.content.importers.masked import Masked, until_last

_HIGHLIGHT = re.compile(
    r"^[ \t]*\{%-?\s*highlight\s+(?P<language>[\w+#-]+)[^%]*?-?%\}(?P<code>.*?)\{%-?\s*endhighlight\s*-?%\}",
    re.DOTALL | re.MULTILINE,
)
_COMMENT = re.compile(r"\{%-?\s*comment\s*-?%\}.*?\{%-?\s*endcomment\s*-?%\}", re.DOTALL)
_RAW = re.compile(r"\{%-?\s*(?:end)?raw\s*-?%\}")
_REFERENCE = re.compile(r"\{%-?\s*(post_url|link)\s+\"?([^\s%\"]+)\"?\s*-?%\}")
_SITE = re.compile(r"\{\{-?\s*site\.(?:base)?url\s*-?\}\}")
_ADDRESS = re.compile(r"\{\{-?\s*[\"']([^\"'{}]*)[\"']\s*\|\s*(?:relative|absolute)_url\s*-?\}\}")
_TITLE = re.compile(r"\{\{-?\s*page\.title\s*(?:\|[^{}]*)?-?\}\}")
_VIDEO = re.compile(r"\{%-?\s*(?:include\s+)?youtube(?:\.html)?\s+(?:id\s*=\s*)?\"?([\w-]{6,})\"?[^%]*%\}")
_STYLE_LINE = re.compile(r"^[ \t]*\{:[^{}\n]*\}[ \t]*(?:\n|\Z)", re.MULTILINE)
_STYLE = re.compile(r"\{:[^{}\n]*\}")
_ANY: Final = re.compile(r"\{%.{0,500}?%\}|\{\{.{0,500}?\}\}", re.DOTALL)
_BRACES: Final = re.compile(r"\{\{+|\{%")


def rewritten(text: str, changes: Changes, *, title: str) -> str:
    """Return a text without Liquid; what no rule knows stays visible, as code."""
    if "{" not in text:
        return text
    text = until_last("endhighlight", text, _HIGHLIGHT, lambda found: _code(found, changes))
    masked = Masked(text)
    whole = masked.text
    whole = until_last(
        "endcomment",
        whole,
        _COMMENT,
        lambda found: _left_out("a comment of Liquid's", masked.shown(found[0]), changes),
    )
    whole = _RAW.sub(lambda found: _left_out("a tag of Liquid's", found[0], changes), whole)
    whole = _REFERENCE.sub(lambda found: _referred(found, changes), whole)
    whole = _SITE.sub(lambda found: _said(found, "", changes), whole)
    whole = _ADDRESS.sub(lambda found: _said(found, found[1], changes), whole)
    whole = _TITLE.sub(lambda found: _said(found, title, changes), whole)
    whole = _VIDEO.sub(lambda found: _video(found, changes), whole)
    whole = _STYLE_LINE.sub(lambda found: _left_out("a list of attributes", found[0], changes), whole)
    whole = _STYLE.sub(lambda found: _left_out("a list of attributes", found[0], changes), whole)
    whole = _ANY.sub(lambda found: masked.hide(_shown(masked.shown(found[0]), changes)), whole)
    masked.text = _BRACES.sub(lambda found: masked.hide(_shown(found[0], changes)), whole)
    return masked.shown()


def _code(found: re.Match[str], changes: Changes) -> str:
    changes.note("highlighted code is a block of code now", found[0].partition("%}")[0] + "%}")
    return fenced(found["code"], found["language"])


def _left_out(what: str, piece: str, changes: Changes) -> str:
    changes.leave_out(f"{what} is left out", piece)
    return ""


def _referred(found: re.Match[str], changes: Changes) -> str:
    path = found[2] if found[1] == "link" else f"/_posts/{found[2].removesuffix('.md')}.md"
    return _said(found, path if path.startswith("/") else f"/{path}", changes)


def _video(found: re.Match[str], changes: Changes) -> str:
    address = f"www.youtube.com/watch?v={found[1]}"
    return _said(found, f"[{address}](https://{address})", changes)


def _said(found: re.Match[str], instead: str, changes: Changes) -> str:
    changes.note("Liquid is filled in", found[0])
    return instead


def _shown(piece: str, changes: Changes) -> str:
    changes.note("a template's text is not known; readers see it as code", piece)
    return visible(piece)
