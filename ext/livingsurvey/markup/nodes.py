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
class Styled:
    """Text of another shape."""

    children: tuple[Node, ...]


class Emphasis(Styled):
    r"""``\emph``, ``\textit``, ``\textsl``, ``{\em …}``, ``{\it …}``."""

    __slots__ = ()


class Strong(Styled):
    r"""``\textbf``, ``{\bf …}``."""

    __slots__ = ()


class Superscript(Styled):
    r"""``\textsuperscript``."""

    __slots__ = ()


class Subscript(Styled):
    r"""``\textsubscript``."""

    __slots__ = ()


class Monospace(Styled):
    r"""``\texttt``, ``{\tt …}``."""

    __slots__ = ()


class SmallCaps(Styled):
    r"""``\textsc``, ``{\sc …}``."""

    __slots__ = ()


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
