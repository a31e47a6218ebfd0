"""The sentence in which a page speaks of a paper, cut out when the page is read.

A sentence is kept as plain parts, so that the environment stays small and names and citations in
it are printed as they are when the sentence is shown, not as they were when it was read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx import addnodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from livingsurvey.sphinxext.tables import Part

_BLOCKS = (nodes.paragraph, nodes.caption, nodes.legend)
_END = re.compile(r"(?<=[.!?…])['\"”\u2019)\]]*(\s+)")
_ABBREVIATIONS = frozenset(
    {"e.g", "i.e", "al", "vs", "cf", "fig", "figs", "sec", "eq", "eqs", "resp", "approx", "ca"}
)
_ATOM = "\ufffc"
"""Stands for a part that is not text."""

_NAMED = {"term", "paper", "category", "doc", "any"}
"""References whose text is known before they are resolved; others show a number or a title."""


def find_block(node: nodes.Node) -> nodes.Element | None:
    """Return the paragraph around a node; None in headings and in tables, which have none."""
    block = None
    parent = node.parent
    while parent is not None:
        if isinstance(parent, (nodes.entry, nodes.title)):
            return None
        if block is None and isinstance(parent, _BLOCKS):
            block = parent
        parent = parent.parent
    return block


class Block:
    """A paragraph cut into sentences."""

    def __init__(self, block: nodes.Element) -> None:
        self._atoms: list[tuple[Part, nodes.Node]] = []
        text = "".join(self._flatten(block))
        ends = [match.end() for match in _END.finditer(text) if _is_end(text, match)]
        starts = [0, *ends]
        self._sentences: list[tuple[Part, ...]] = []
        self._by_node: dict[int, int] = {}
        atoms = iter(self._atoms)
        for number, (start, end) in enumerate(zip(starts, [*ends, len(text)], strict=True)):
            parts: list[Part] = []
            for piece in re.split(f"({_ATOM})", " ".join(text[start:end].split())):
                if piece == _ATOM:
                    part, node = next(atoms)
                    parts.append(part)
                    self._by_node[id(node)] = number
                elif piece:
                    parts.append(("text", piece))
            self._sentences.append(tuple(parts))

    def sentence_with(self, node: nodes.Node) -> tuple[Part, ...]:
        """Return the sentence that holds a reference; empty if it is none of the block."""
        number = self._by_node.get(id(node))
        return () if number is None else self._sentences[number]

    def _flatten(self, node: nodes.Node) -> Iterator[str]:
        for child in node.children:
            if isinstance(child, nodes.Text):
                yield child.astext().replace(_ATOM, "")
            elif isinstance(child, nodes.math):
                yield self._keep(("math", child.astext()), child)
            elif isinstance(child, addnodes.pending_xref):
                domain, kind = child.get("refdomain", ""), child.get("reftype", "")
                if domain == "cite":
                    yield self._keep((f"cite:{kind}", child["reftarget"]), child)
                elif domain == "survey" and kind in {"paper", "category"}:
                    if child.get("refexplicit"):
                        yield self._keep(("text", child.astext()), child)
                    else:
                        yield self._keep((kind, child["reftarget"]), child)
                elif child.get("refexplicit") or kind in _NAMED:
                    yield from self._flatten(child)
                else:
                    yield "…"
            elif not isinstance(child, (nodes.image, nodes.footnote_reference, nodes.Invisible)):
                yield from self._flatten(child)

    def _keep(self, part: Part, node: nodes.Node) -> str:
        self._atoms.append((part, node))
        return _ATOM


def _is_end(text: str, match: re.Match[str]) -> bool:
    """Whether a full stop ends a sentence, as far as its neighbors tell."""
    before = text[: match.start()].rpartition(" ")[2].rpartition("\n")[2].rstrip(".").lstrip("([")
    if before.lower() in _ABBREVIATIONS or (len(before) == 1 and before.isupper()):
        return False
    following = text[match.end() : match.end() + 1]
    # A line of source ends where a sentence does, even if the next begins in lower case: vLLM.
    return "\n" in match[1] or not following.islower()
