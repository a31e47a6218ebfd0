"""Formulas in the text, and the words and marks that stay on a line with them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docutils import nodes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# The word and marks that touch a formula. Behind a dash, a line may break.
_HEAD = re.compile(r"\w+[^\w\s]*|[^\w\s]+|\u00a0")
_TAIL = re.compile(r"(?:\w+|[^\w\s\u2013\u2014/-]|\u00a0)\Z")


def bind_formulas(children: Sequence[nodes.Node]) -> Iterator[nodes.Node]:
    """Yield the nodes of a line of text, each formula in one with the marks that touch it."""
    bound: list[nodes.Node] = []
    for child, before, after in zip(
        children, (None, *children[:-1]), (*children[1:], None), strict=True
    ):
        if isinstance(child, nodes.math):
            bound.append(child)
            continue
        if not isinstance(child, nodes.Text):
            yield from _close(bound)
            yield child
            continue
        text = str(child)
        head = _HEAD.match(text) if isinstance(before, nodes.math) else None
        if head:
            bound.append(nodes.Text(head[0]))
            text = text[head.end() :]
        if not text:
            continue
        yield from _close(bound)
        tail = _TAIL.search(text) if isinstance(after, nodes.math) else None
        start = tail.start() if tail else len(text)
        if text[:start]:
            yield nodes.Text(text[:start])
        if tail:
            bound.append(nodes.Text(tail[0]))
    yield from _close(bound)


def _close(bound: list[nodes.Node]) -> Iterator[nodes.Node]:
    if len(bound) > 1:
        yield nodes.inline("", "", *bound, classes=["ls-together"])
    else:
        yield from bound
    bound.clear()
