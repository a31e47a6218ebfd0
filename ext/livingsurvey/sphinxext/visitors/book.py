"""LaTeX for the nodes that only the book has, in the macros of ``livingsurvey.sty``."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from sphinx.writers.latex import LaTeXTranslator

    from livingsurvey.sphinxext.printing.nodes import (
        IndexEntry,
        chapter_style,
        heading_room,
        long_table,
        matter,
        mention_mark,
        page_index,
    )

    Visitor = Callable[[Any, Any], None]


def latex_visit_matter(self: LaTeXTranslator, node: matter) -> None:
    """Begin front, main or back matter."""
    self.body.append(f"\n\\ls{node['kind']}matter\n")


def latex_visit_chapter_style(self: LaTeXTranslator, node: chapter_style) -> None:
    """Choose color and motto of the next chapter."""
    motto = self.encode(node["description"])
    self.body.append(f"\n\\lschapterstyle{{{node['tag']}}}{{{motto}}}\n")


def latex_visit_heading_room(self: LaTeXTranslator, node: heading_room) -> None:
    """Turn the page if too little of it is left."""
    self.body.append(f"\n\\lsroom{{{node['lines']}}}\n")


def latex_visit_long_table(self: LaTeXTranslator, node: long_table) -> None:
    """Say how many rows the next table has."""
    self.body.append(f"\n\\lstablerows{{{node['rows']}}}\n")


def latex_visit_mention_mark(self: LaTeXTranslator, node: mention_mark) -> None:
    """Label a place in the text."""
    self.body.append(f"\\lsmark{{{node['mark']}}}")


def latex_visit_page_index(self: LaTeXTranslator, node: page_index) -> None:
    """Write an index; TeX fills in the pages."""
    self.body.append(f"\n\n\\begin{{lsindex}}{{{self.encode(node['title'])}}}\n")
    entries: tuple[IndexEntry, ...] = node["entries"]
    for heading, group in groupby(entries, key=lambda one: one.heading):
        self.body.append(f"\\lsindexheading{{{self.encode(heading)}}}\n")
        self.body.extend(
            f"\\lsindexentry{{{self.encode(one.text)}}}{{{one.main}}}{{{','.join(one.marks)}}}\n"
            for one in group
        )
    self.body.append("\\end{lsindex}\n")


def leave(self: LaTeXTranslator, node: object) -> None:
    """Write nothing more: the nodes have no children."""


VISITORS: dict[str, tuple[Visitor, Visitor]] = {
    "matter": (latex_visit_matter, leave),
    "chapter_style": (latex_visit_chapter_style, leave),
    "heading_room": (latex_visit_heading_room, leave),
    "long_table": (latex_visit_long_table, leave),
    "mention_mark": (latex_visit_mention_mark, leave),
    "page_index": (latex_visit_page_index, leave),
}
"""By the name of the node: how to enter and leave it."""
