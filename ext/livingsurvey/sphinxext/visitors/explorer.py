"""The HTML of the explorer: an ordinary table, with what its script needs in attributes."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING

from docutils import nodes

from livingsurvey.sphinxext.render import abbreviate
from livingsurvey.sphinxext.visitors.pieces import begins_with_name, write_external, write_venue

if TYPE_CHECKING:
    from sphinx.writers.html5 import HTML5Translator

    from livingsurvey.sphinxext.nodes import explorer, explorer_row

_COLUMNS = (
    ("title", "Paper"),
    ("author", "Authors"),
    ("venue", "Venue"),
    ("year", "Year"),
    ("category", "Categories"),
    ("", "Links"),
)


def html_visit_explorer(self: HTML5Translator, node: explorer) -> None:
    """Write the table; its rows are no children of the node."""
    tree = escape(json.dumps(node["tree"], ensure_ascii=False, separators=(",", ":")))
    heads = "".join(
        f'<th scope="col" data-column="{name}">{title}</th>' for name, title in _COLUMNS
    )
    self.body.append(
        f'<div class="ls-explorer" data-tree="{tree}">\n'
        '<div class="table-wrapper docutils container">'
        '<table class="ls-explorer-table docutils">\n'
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n"
    )
    for row in node["rows"]:
        _write_row(self, row)


def html_depart_explorer(self: HTML5Translator, node: explorer) -> None:
    """Close it."""
    self.body.append("</tbody></table></div>\n</div>\n")


def _write_row(self: HTML5Translator, row: explorer_row) -> None:
    authors = row["authors"]
    # A row has room for one name; the search finds the others all the same.
    limit = 2 if len(authors) == 2 and not row["truncated"] else 1
    rest = escape(", ".join(authors[limit:]))
    more = f' data-more="{rest}"' if rest else ""
    tags = escape(" ".join(tag for tag, _ in row["tags"]))
    self.body.append(f'<tr data-anchor="{escape(row["anchor"])}" data-tags="{tags}"{more}><td>')
    # A title may hold links of its own, which cannot nest.
    is_link = bool(row["uri"]) and next(row.findall(nodes.reference), None) is None
    if is_link:
        self.body.append(f'<a class="reference internal" href="{escape(row["uri"])}">')
    if row["name"] and not begins_with_name(row.astext(), row["name"]):
        self.body.append(f'<strong class="ls-name">{escape(row["name"])}</strong> ')
    for child in row.children:
        child.walkabout(self)
    self.body.append("</a>" if is_link else "")
    who = escape(abbreviate(authors, row["truncated"], limit))
    categories = escape(", ".join(title for _, title in row["tags"]))
    links = " ".join(write_external(row["links"]))
    self.body.append(
        f"</td><td>{who}</td><td>{write_venue(row['venue'])}</td>"
        f'<td class="ls-year">{escape(row["year"])}</td><td class="ls-tags">{categories}</td>'
        f'<td class="ls-links">{links}</td></tr>\n'
    )
