"""One value, many views: a parsed title as nodes, as text, as TeX, as a key for sorting."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from livingsurvey.markup.escaping import escape_tex, escape_url, is_safe_url
from livingsurvey.markup.folding import sort_key
from livingsurvey.markup.formulas import is_safe_math, read_formula
from livingsurvey.markup.nodes import (
    Emphasis,
    Link,
    Math,
    Monospace,
    SmallCaps,
    Strong,
    Subscript,
    Superscript,
    Text,
)
from livingsurvey.markup.symbols import shift

if TYPE_CHECKING:
    from collections.abc import Iterable

    from livingsurvey.markup.nodes import Node, Problem, Styled

_COMMANDS: dict[type[Styled], str] = {
    Emphasis: r"\emph",
    Strong: r"\textbf",
    Superscript: r"\textsuperscript",
    Subscript: r"\textsubscript",
    Monospace: r"\texttt",
    SmallCaps: r"\textsc",
}
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Markup:
    """A parsed title, venue or annotation.

    Attributes:
        nodes: The inline tree.
        text: Plain Unicode on one line, ordinary spaces only; formulas as readable text.
        problems: What could not be rendered as written, in the order of the TeX.
    """

    nodes: tuple[Node, ...]
    text: str
    problems: tuple[Problem, ...] = ()

    @property
    def tex(self) -> str:
        """Safe TeX: text escaped, known structure as commands, formulas that are allowed."""
        return render_tex(self.nodes)

    @property
    def sort_key(self) -> str:
        """The words by which it is sorted; see :func:`livingsurvey.markup.folding.sort_key`."""
        return sort_key(self.text)


def render_text(nodes: Iterable[Node]) -> str:
    """Return *nodes* as plain Unicode on one line."""
    text = _SPACES.sub(" ", "".join(_text_of(node) for node in nodes)).strip()
    return unicodedata.normalize("NFC", text)


def render_tex(nodes: Iterable[Node]) -> str:
    """Return *nodes* as TeX that cannot break out, whoever made them."""
    return "".join(_tex_of(node) for node in nodes)


def _text_of(node: Node) -> str:
    match node:
        case Text(text):
            return text
        case Math(tex):
            return read_formula(tex).text
        case Superscript(children):
            return shift(render_text(children), "^")
        case Subscript(children):
            return shift(render_text(children), "_")
        case _:
            return "".join(_text_of(child) for child in node.children)


def _tex_of(node: Node) -> str:
    match node:
        case Text(text):
            return escape_tex(text)
        case Math(tex):
            return rf"\({tex}\)" if is_safe_math(tex) else escape_tex(read_formula(tex).text)
        case Link(url, children):
            inside = render_tex(children)
            return rf"\href{{{escape_url(url)}}}{{{inside}}}" if is_safe_url(url) else inside
        case _:
            return f"{_COMMANDS[type(node)]}{{{render_tex(node.children)}}}"
