"""``{survey:explorer}``: every paper in one table, which a script searches, filters and sorts."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar, cast

from docutils import nodes
from docutils.frontend import get_default_settings
from docutils.parsers.rst import directives
from docutils.utils import new_document
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri
from sphinx.writers.html import HTMLWriter

from livingsurvey.bibtex.identifiers import make_anchor
from livingsurvey.markup import parse
from livingsurvey.queries import ORDERS, AllPapers, CategoryCounts
from livingsurvey.sphinxext.domain import get_survey_domain
from livingsurvey.sphinxext.entries_html import (
    COLUMNS,
    begins_with_name,
    words_of,
    write_external,
    write_venue,
)
from livingsurvey.sphinxext.linking import (
    Linker,
    find_page,
    has_paper_pages,
    is_site,
    link_page,
)
from livingsurvey.sphinxext.nodes import (
    abbreviate,
    collect_links,
    has_titled_venue,
    placeholder,
    render_markup,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

    from livingsurvey.model import Paper
    from livingsurvey.sphinxext.domain import SurveyDomain


class explorer(placeholder, nodes.General, nodes.Element):  # noqa: N801
    """A table of all papers; attributes ``rows``, ``docname`` and the categories as ``tree``."""

    def resolve(self, domain: SurveyDomain) -> None:
        """Link the rows to the full entries; put a sentence in place of the table elsewhere."""
        if domain.builder.format != "html" or domain.builder.name == "linkcheck":
            text = domain.words.gettext(
                "On the web, this page searches, filters and sorts all papers."
            )
            self.replace_self(nodes.paragraph("", text))
            return
        survey = domain.get_survey()
        linker = Linker(survey, domain.builder)
        for row in self["rows"]:
            place = survey.papers.get(row["key"])
            page = link_page(domain.builder, self["docname"], row["anchor"])
            row["uri"] = page or (linker.uri(self["docname"], *place) if place else "")


class explorer_row(nodes.TextElement):  # noqa: N801
    """A paper in the explorer: its title, and the rest of its row as attributes."""


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
    option_help: ClassVar[dict[str, str]] = {
        "order": f"how it is sorted at first: {', '.join(ORDERS)}; else by `newest`"
    }

    def run(self) -> list[nodes.Node]:
        """Return the table; builders other than HTML get a sentence instead."""
        domain = get_survey_domain(self.env)
        docname = self.env.current_document.docname
        page = domain.tables.page(docname)
        order = self.options.get("order", "newest")
        papers: tuple[Paper, ...] = domain.ask(docname, AllPapers(order))
        categories = [category for category, _ in domain.ask(docname, CategoryCounts())]
        titles = {category.tag: category.title for category in categories}
        page.panels["explorer"] = None
        # Each row leads to the full entry of its paper.
        page.browsed.update(dict.fromkeys(paper.key for paper in papers))
        node = explorer(docname=docname)
        node["order"] = order
        node["tree"] = tuple(
            (category.tag, category.title, category.depth, category.color)
            for category in categories
        )
        # No children, or the search would find every title here too.
        node["rows"] = tuple(_make_row(paper, titles) for paper in papers)
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
        authors=tuple(person.full for person in people),
        truncated=paper.truncated,
        venue=parse(paper.venue).text,
        is_titled=has_titled_venue(paper),
        year=str(paper.year or ""),
        tags=tuple((tag, titles.get(tag, tag)) for tag in paper.categories),
        links=collect_links(paper),
    )


def setup(app: Sphinx) -> None:
    """Register the directive and its node."""
    app.add_node(explorer, html=(html_visit_explorer, None))
    app.add_directive_to_domain("survey", "explorer", ExplorerDirective)


def html_visit_explorer(self: HTML5Translator, node: explorer) -> None:
    """Write the place of the script's table, and the way to one without scripts.

    The script makes its rows from the index, as many as are seen. So the table without it, which
    weighs more than all the rest, has a page of its own where there may be one. A book has no
    script.
    """
    tree = escape(json.dumps(node["tree"], ensure_ascii=False, separators=(",", ":")))
    scripted, still = ("<noscript>", "</noscript>") if is_site(self.builder) else ("", "")
    self.body.append(
        f'<div class="ls-explorer" data-tree="{tree}" data-order="{escape(node["order"])}">\n'
        f"{scripted}"
    )
    if has_paper_pages(self.builder):
        page = find_page(self.builder, name_table(node["docname"]))
        uri = escape(relative_uri(find_page(self.builder, node["docname"]), page))
        title = escape(words_of(self).gettext("All papers"))
        self.body.append(f'<p><a class="reference internal" href="{uri}">{title}</a></p>')
    else:
        _write_table(self, node)
    self.body.append(f"{still}\n</div>\n")
    raise nodes.SkipNode


def name_table(docname: str) -> str:
    """Return the name of the page of the table without scripts, beside that of the explorer."""
    return f"{docname}-table"


def make_table_page(domain: SurveyDomain, docname: str) -> dict[str, Any]:
    """Return what the template of a page needs to show the table of an explorer."""
    (node, *_) = domain.env.get_doctree(docname).findall(explorer)
    node.resolve(domain)
    document = new_document("", get_default_settings(HTMLWriter))
    translator = cast("HTML5Translator", domain.builder.create_translator(document, domain.builder))
    _write_table(translator, node)
    title = domain.words.gettext("All papers")
    body = f"<section>\n<h1>{escape(title)}</h1>\n{''.join(translator.body)}</section>\n"
    return {"title": title, "body": body}


def _write_table(self: HTML5Translator, node: explorer) -> None:
    words = words_of(self)
    heads = "".join(
        f'<th scope="col" data-column="{name}">{escape(words.gettext(title))}</th>'
        for name, title in COLUMNS.items()
    )
    self.body.append(
        '<div class="table-wrapper docutils container"><table class="ls-explorer-table docutils">\n'
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n"
    )
    for row in node["rows"]:
        _write_row(self, row)
    self.body.append("</tbody></table></div>")


def _write_row(self: HTML5Translator, row: explorer_row) -> None:
    authors = row["authors"]
    # A row has room for one name.
    limit = 2 if len(authors) == 2 and not row["truncated"] else 1
    self.body.append(f'<tr data-anchor="{escape(row["anchor"])}"><td>')
    # A title may hold links of its own, which cannot nest.
    is_link = bool(row["uri"]) and next(row.findall(nodes.reference), None) is None
    if is_link:
        self.body.append(f'<a class="reference internal" href="{escape(row["uri"])}">')
    if row["name"] and not begins_with_name(row.astext(), row["name"]):
        self.body.append(f'<strong class="ls-name">{escape(row["name"])}</strong> ')
    for child in row.children:
        child.walkabout(self)
    self.body.append("</a>" if is_link else "")
    words = words_of(self)
    who = escape(abbreviate(authors, row["truncated"], limit, words))
    categories = escape(", ".join(title for _, title in row["tags"]))
    links = " ".join(write_external(row["links"], words))
    self.body.append(
        f"</td><td>{who}</td><td>{write_venue(row['venue'], is_titled=row['is_titled'])}</td>"
        f'<td class="ls-year">{escape(row["year"])}</td><td class="ls-tags">{categories}</td>'
        f'<td class="ls-links">{links}</td></tr>\n'
    )
