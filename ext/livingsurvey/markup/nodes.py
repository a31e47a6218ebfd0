"""The inline tree that a title becomes: small frozen nodes that every output can draw.

Braces that only protect the case of a word leave no node behind: the tree holds the text as
it is to be shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Text:
    """Plain Unicode. It may hold no-break and thin spaces, but no control characters."""

    text: str


@dataclass(frozen=True, slots=True)
class Emphasis:
    r"""``\emph``, ``\textit``, ``\textsl``, ``{\em …}``, ``{\it …}``."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Strong:
    r"""``\textbf``, ``{\bf …}``."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Superscript:
    r"""``\textsuperscript``."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Subscript:
    r"""``\textsubscript``."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Monospace:
    r"""``\texttt``, ``{\tt …}``."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class SmallCaps:
    r"""``\textsc``, ``{\sc …}``."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Math:
    """A formula, without its delimiters; the parser makes only those that are safe."""

    tex: str


@dataclass(frozen=True, slots=True)
class Link:
    r"""``\href`` and ``\url``; the parser makes only http, https and mailto."""

    url: str
    children: tuple[Node, ...]


Styled: TypeAlias = Emphasis | Strong | Superscript | Subscript | Monospace | SmallCaps
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
