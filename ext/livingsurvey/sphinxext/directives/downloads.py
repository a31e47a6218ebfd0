"""``{survey:downloads}``: every file of the survey's data, with the number of its entries."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from docutils import nodes
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

from livingsurvey.exports import FORMATS
from livingsurvey.exports.formats import PER_CATEGORY, SCHEMA_PATH, Downloads, locate
from livingsurvey.sphinxext.about import read_about
from livingsurvey.sphinxext.domain import get_survey_domain
from livingsurvey.sphinxext.nodes import site_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from livingsurvey.exports.formats import Shelf


class DownloadsDirective(SphinxDirective):
    """List the files in two tables: everything by format, and category by category."""

    has_content = False
    option_spec: ClassVar[dict[str, Callable[[str], Any]] | None] = {}

    def run(self) -> list[nodes.Node]:
        """Return the tables."""
        self.docname = self.env.current_document.docname
        self.about = read_about(self.config)
        shelves = get_survey_domain(self.env).ask(self.docname, Downloads())
        everything, *categories = shelves
        whole = make_table(
            "ls-downloads",
            ("File", "Entries", "Read by"),
            (26, 14, 60),
            list(self.list_formats(everything)),
        )
        if not categories:
            return [whole]
        parts = make_table(
            "ls-downloads",
            ("Category", "Papers", "Files"),
            (44, 12, 44),
            [self.list_category(shelf) for shelf in categories],
        )
        return [whole, parts]

    def list_formats(self, shelf: Shelf) -> Iterator[Sequence[nodes.Node]]:
        """Yield the row of each format."""
        for name, kind in FORMATS.items():
            if name == "atom" and not self.about.tag_authority:
                continue
            count = shelf.recent if name == "atom" else shelf.papers
            purpose = nodes.inline("", kind.purpose)
            if name == "json":
                purpose += nodes.Text("; its ")
                purpose += self.link(SCHEMA_PATH, "schema")
            link = self.link(locate(name, self.about.slug), kind.title)
            yield link, nodes.inline("", str(count)), purpose

    def list_category(self, shelf: Shelf) -> Sequence[nodes.Node]:
        """Return the row of a category; only top ones have feeds."""
        category = shelf.category
        assert category is not None  # noqa: S101 - for the type checker
        title = addnodes.pending_xref(
            "",
            nodes.inline("", category.title),
            refdomain="survey",
            reftype="category",
            reftarget=category.tag,
            refexplicit=True,
            refwarn=False,
        )
        self.set_source_info(title)
        head = nodes.inline("", "", title, classes=[f"ls-depth-{category.depth}"])
        has_feed = category.depth == 1 and self.about.tag_authority
        files = nodes.inline()
        for name in (*PER_CATEGORY, "atom") if has_feed else PER_CATEGORY:
            if files.children:
                files += nodes.Text(", ")
            path = locate(name, self.about.slug, category.tag)
            files += self.link(path, FORMATS[name].title, f"{category.title}: ")
        return head, nodes.inline("", str(shelf.papers)), files

    def link(self, path: str, text: str, about: str = "") -> site_file:
        """Return a link to a file; *about* says more to those who hear it out of its row."""
        return site_file("", text, path=path, docname=self.docname, about=about)


def make_table(
    name: str, titles: Sequence[str], widths: Sequence[int], rows: Sequence[Sequence[nodes.Node]]
) -> nodes.table:
    """Return a table with one line of headings."""
    group = nodes.tgroup(cols=len(titles))
    group += [nodes.colspec(colwidth=width) for width in widths]
    group += nodes.thead("", _make_row([nodes.Text(title) for title in titles]))
    group += nodes.tbody("", *(_make_row(row) for row in rows))
    # More rows than this do not fit on one page of a book.
    return nodes.table("", group, classes=[name, *(["longtable"] if len(rows) > 30 else [])])


def _make_row(cells: Sequence[nodes.Node]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", one)) for one in cells))
