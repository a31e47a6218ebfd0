"""Tables that break over pages, under headings that stay with them."""

from __future__ import annotations

from math import ceil
from typing import Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from livingsurvey.sphinxext.printing.nodes import heading_room, long_table

_FEWEST = 6
"""A table of fewer rows stays on one page: the hole that it may leave is small."""
_LETTERS = 88
"""Letters on a line of a table, cautiously."""
_HEADING = 6
"""Lines that a heading takes with the space and rules around it, and the foot of a table."""
_INVISIBLE = (nodes.comment, nodes.target, nodes.substitution_definition)


class SpreadTables(SphinxPostTransform):
    """Let the tables of the book break over pages; LaTeX repeats their heads.

    A table that cannot break takes the heading over it along to the next page, and leaves a hole.
    """

    # Behind everything that makes text, which is measured.
    default_priority = 900
    formats = ("latex",)

    def run(self, **kwargs: Any) -> None:
        """Change the tree; once for each LaTeX document."""
        for table in list(self.document.findall(nodes.table)):
            section = table.parent
            rows = count_rows(table)
            if not isinstance(section, nodes.section) or rows < _FEWEST:
                continue
            if "colwidths-given" not in table["classes"]:
                continue  # LaTeX cannot choose widths across pages
            table["classes"].append("longtable")
            if _first_content(section) is table:
                room = heading_room(lines=estimate_room(table))
                section.parent.insert(section.parent.index(section), room)
            section.insert(section.index(table), long_table(rows=rows))


def count_rows(table: nodes.table) -> int:
    """Return how many rows a table has below its head; 0 if some of its cells span several."""
    if any(entry.get("morerows") for entry in table.findall(nodes.entry)):
        return 0
    return sum(
        isinstance(row, nodes.row) for body in table.findall(nodes.tbody) for row in body.children
    )


def estimate_room(table: nodes.table) -> int:
    """Return how many lines a heading needs with the caption, the head and two rows of a table."""
    widths = [column["colwidth"] for column in table.findall(nodes.colspec)]
    shares = [width / sum(widths) for width in widths]
    rows = [row for head in table.findall(nodes.thead) for row in head.children]
    rows += next(table.findall(nodes.tbody)).children[:2]
    lines = [max(map(_count_lines, row.children, shares), default=1) for row in rows]
    titles = [_count_lines(title, 1) for title in table.findall(nodes.title)]
    return _HEADING + sum(titles) + sum(lines)


def _count_lines(node: nodes.Node, share: float) -> int:
    return max(1, ceil(len(node.astext()) / (_LETTERS * share)))


def _first_content(section: nodes.section) -> nodes.Node | None:
    return next(
        (one for one in section.children if not isinstance(one, (nodes.title, *_INVISIBLE))), None
    )
