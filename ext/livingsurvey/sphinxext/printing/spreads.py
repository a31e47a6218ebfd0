"""Tables that break over pages, under headings that stay with them."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.latex import LaTeXTranslator

_FEWEST = 6
"""A table of fewer rows stays on one page: the hole that it may leave is small."""
_LETTERS = 88
"""Letters on a line of a table, cautiously."""
_HEADING = 6
"""Lines that a heading takes with the space and rules around it, and the foot of a table."""
_INVISIBLE = (nodes.comment, nodes.target, nodes.substitution_definition)


class heading_room(nodes.General, nodes.Element):  # noqa: N801 - docutils names nodes so
    """The heading that follows needs room below it; attribute ``lines``."""


class long_table(nodes.General, nodes.Element):  # noqa: N801 - docutils names nodes so
    """The table that follows may break over pages; attribute ``rows``, without its head."""


class SpreadTables(SphinxPostTransform):
    """Let the tables of the book break over pages; LaTeX repeats their heads.

    A table that cannot break takes the heading over it along to the next page, and leaves a hole.
    """

    # After everything that makes text, which is measured.
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
    unseen = (nodes.title, *_INVISIBLE)
    return next((child for child in section.children if not isinstance(child, unseen)), None)


def latex_visit_heading_room(self: LaTeXTranslator, node: heading_room) -> None:
    """Turn the page if too little of it is left."""
    self.body.append(f"\n\\lsroom{{{node['lines']}}}\n")
    raise nodes.SkipNode


def latex_visit_long_table(self: LaTeXTranslator, node: long_table) -> None:
    """Say how many rows the next table has."""
    self.body.append(f"\n\\lstablerows{{{node['rows']}}}\n")
    raise nodes.SkipNode


def setup_spreads(app: Sphinx) -> None:
    """Register the transform and its nodes."""
    app.add_node(heading_room, latex=(latex_visit_heading_room, None))
    app.add_node(long_table, latex=(latex_visit_long_table, None))
    app.add_post_transform(SpreadTables)
