"""``{survey:explorer}``: every paper in one table, which a script searches, filters and sorts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

from livingsurvey.bibtex.keys import make_anchor
from livingsurvey.markup import parse
from livingsurvey.queries import ORDERS, AllPapers, CategoryCounts
from livingsurvey.sphinxext.domain import get_survey_domain
from livingsurvey.sphinxext.linking import Linker
from livingsurvey.sphinxext.nodes import explorer, explorer_row
from livingsurvey.sphinxext.render import collect_links, render_markup
from livingsurvey.sphinxext.visitors.explorer import (
    html_depart_explorer,
    html_visit_explorer,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from sphinx.application import Sphinx

    from livingsurvey.model import Paper
    from livingsurvey.sphinxext.domain import SurveyDomain


def _choice(argument: str) -> str:
    return directives.choice(argument, ORDERS)


class ExplorerDirective(SphinxDirective):
    """Show every paper in one table.

    ::

        ```{survey:explorer}
        :order: newest | oldest | title | author | added | file
        ```
    """

    has_content = False
    option_spec: ClassVar[dict[str, Callable[[str], Any]] | None] = {"order": _choice}

    def run(self) -> list[nodes.Node]:
        """Return the table; builders other than HTML get a sentence instead."""
        domain = get_survey_domain(self.env)
        docname = self.env.current_document.docname
        page = domain.tables.page(docname)
        order = self.options.get("order", "newest")
        papers: tuple[Paper, ...] = domain.ask(docname, AllPapers(order))
        categories = [one for one, _ in domain.ask(docname, CategoryCounts())]
        titles = {one.tag: one.title for one in categories}
        page.panels["explorer"] = None
        # Each row leads to the full entry of its paper.
        page.browsed.update(dict.fromkeys(one.key for one in papers))
        node = explorer(docname=docname)
        node["tree"] = tuple((one.tag, one.title, one.depth, one.color) for one in categories)
        # No children, or the search would find every title here too.
        node["rows"] = tuple(_make_row(one, titles) for one in papers)
        self.set_source_info(node)
        return [node]


def _make_row(paper: Paper, titles: dict[str, str]) -> explorer_row:
    people = paper.authors or paper.editors
    return explorer_row(
        "",
        "",
        *render_markup(paper.title or paper.key),
        key=paper.key,
        anchor=make_anchor(paper.key),
        name=parse(paper.short_title).text,
        authors=tuple(one.full for one in people),
        truncated=paper.truncated,
        venue=parse(paper.venue).text,
        year=str(paper.year or ""),
        tags=tuple((tag, titles.get(tag, tag)) for tag in paper.categories),
        links=collect_links(paper),
    )


def resolve_explorer(domain: SurveyDomain, node: explorer) -> None:
    """Link the rows to the full entries; put a sentence in place of the table elsewhere."""
    if domain.builder.format != "html" or domain.builder.name == "linkcheck":
        text = "On the web, this page searches, filters and sorts all papers."
        node.replace_self(nodes.paragraph("", text))
        return
    survey = domain.settle()
    linker = Linker(survey, domain.builder)
    for row in node["rows"]:
        place = survey.papers.get(row["key"])
        row["uri"] = linker.uri(node["docname"], *place) if place else ""


def setup_explorer(app: Sphinx) -> None:
    """Register the directive and its node."""
    app.add_node(explorer, html=(html_visit_explorer, html_depart_explorer))
    app.add_directive_to_domain("survey", "explorer", ExplorerDirective)
