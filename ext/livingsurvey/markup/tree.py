"""The inline tree that a title becomes, and its views: as text, as TeX, as a key for sorting.

Nodes are small and frozen, and every output can draw them. Braces that only protect the case of a
word leave no node behind: the tree holds the text as it is to be shown.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from livingsurvey.markup.escaping import escape_tex, escape_url, is_safe_url, sort_key
from livingsurvey.markup.formulas import is_safe_math, read_formula, shift

if TYPE_CHECKING:
    from collections.abc import Iterable

_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Text:
    """Plain Unicode. It may hold no-break and thin spaces, but no control characters."""

    text: str


@dataclass(frozen=True, slots=True)
class Styled:
    """Text of another shape; *command* is that of LaTeX."""

    children: tuple[Node, ...]
    command: ClassVar[str]


class Emphasis(Styled):
    r"""``\emph``, ``\textit``, ``\textsl``, ``{\em …}``, ``{\it …}``."""

    command = "emph"


class Strong(Styled):
    r"""``\textbf``, ``{\bf …}``."""

    command = "textbf"


class Superscript(Styled):
    r"""``\textsuperscript``."""

    command = "textsuperscript"


class Subscript(Styled):
    r"""``\textsubscript``."""

    command = "textsubscript"


class Monospace(Styled):
    r"""``\texttt``, ``{\tt …}``."""

    command = "texttt"


class SmallCaps(Styled):
    r"""``\textsc``, ``{\sc …}``."""

    command = "textsc"


@dataclass(frozen=True, slots=True)
class Math:
    """A formula, without its delimiters; the parser makes only those that are safe."""

    tex: str


@dataclass(frozen=True, slots=True)
class Link:
    r"""``\href`` and ``\url``; the parser makes only http, https and mailto."""

    url: str
    children: tuple[Node, ...]


Node: TypeAlias = Text | Styled | Math | Link


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something that could not be rendered as it was written.

    Attributes:
        offset: Where, in characters from the start of the TeX.
        message: One phrase without a final period.
    """

    offset: int
    message: str

    @property
    def remedy(self) -> str:
        """What to do instead."""
        is_dollar = self.message.startswith("$")
        return r"write \$, or close the formula" if is_dollar else "write it in plain text"


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
        """The words by which it is sorted; see :func:`livingsurvey.markup.escaping.sort_key`."""
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
            return f"\\{node.command}{{{render_tex(node.children)}}}"
