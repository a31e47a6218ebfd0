"""``{survey:explorer}``: every paper in one table, which a script searches, filters and sorts."""

from __future__ import annotations

import json
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar, cast

from docutils import nodes
from docutils.frontend import get_default_settings
from docutils.parsers.rst import directives
from docutils.utils import new_document
from sphinx.util.osutil import relative_uri
from sphinx.writers.html import HTMLWriter

from livingsurvey.bibtex.identifiers import make_anchor
from livingsurvey.queries import ORDERS, AllPapers, CategoryCounts
from livingsurvey.sphinxext.domain import SurveyDirective, get_survey_domain
from livingsurvey.sphinxext.entries import words_of
from livingsurvey.sphinxext.entries_html import (
    COLUMNS,
    begins_with_name,
    write_cells,
    write_external,
    write_head,
    write_name,
)
from livingsurvey.sphinxext.linking import (
    Linker,
    find_page,
    has_paper_pages,
    is_site,
    link_page,
)
from livingsurvey.sphinxext.nodes import (
    collect_facts,
    placeholder,
    render_markup,
    write_children,
    writes,
)
from livingsurvey.words import mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

    from livingsurvey.model import Paper
    from livingsurvey.sphinxext.domain import SurveyDomain


class explorer(placeholder, nodes.General, nodes.Element):  # noqa: N801
    """A table of all papers; attributes ``keys``, ``order``, ``docname`` and the ``tree``.

    It has no children, or the search would find every title here too.
    """

    def resolve(self, domain: SurveyDomain) -> None:
        """Put a sentence in place of the table where nothing is searched."""
        if domain.builder.format != "html" or domain.builder.name == "linkcheck":
            text = mark("On the web, this page searches, filters and sorts all papers.")
            self.replace_self(nodes.paragraph("", domain.words.gettext(text)))


class ExplorerDirective(SurveyDirective):
    """Show every paper in one table.

    ::

        ```{survey:explorer}
        :order: newest | oldest | title | author | added | file
        ```
    """

    option_spec: ClassVar[dict[str, Callable[[str], Any]] | None] = {
        "order": partial(directives.choice, values=ORDERS)
    }
    option_help: ClassVar[dict[str, str]] = {
        "order": f"how it is sorted at first: {', '.join(ORDERS)}; else by `newest`"
    }

    def run(self) -> list[nodes.Node]:
        """Return the table; builders other than HTML get a sentence instead."""
        order = self.options.get("order", "newest")
        keys = tuple(paper.key for paper in self.ask(AllPapers(order)))
        tree = tuple(
            (category.tag, category.title, category.depth, category.color)
            for category, _ in self.ask(CategoryCounts())
        )
        self.page.panels["explorer"] = None
        # Each row leads to the full entry of its paper.
        self.page.browsed.update(dict.fromkeys(keys))
        node = explorer(docname=self.docname, order=order, keys=keys, tree=tree)
        self.set_source_info(node)
        return [node]


@writes
def html_visit_explorer(self: HTML5Translator, node: explorer) -> Iterator[str]:
    """Write the place of the script's table, and the way to one without scripts.

    The script makes its rows from the index, as many as are seen. So the table without it, which
    weighs more than all the rest, has a page of its own where there may be one. A book has no
    script.
    """
    tree = escape(json.dumps(node["tree"], ensure_ascii=False, separators=(",", ":")))
    scripted, still = ("<noscript>", "</noscript>") if is_site(self.builder) else ("", "")
    yield f'<div class="ls-explorer" data-tree="{tree}" data-order="{escape(node["order"])}">\n'
    yield scripted
    if has_paper_pages(self.builder):
        page = find_page(self.builder, name_table(node["docname"]))
        uri = escape(relative_uri(find_page(self.builder, node["docname"]), page))
        title = escape(words_of(self).gettext("All papers"))
        yield f'<p><a class="reference internal" href="{uri}">{title}</a></p>'
    else:
        yield from _write_table(self, node)
    yield f"{still}\n</div>\n"


def name_table(docname: str) -> str:
    """Return the name of the page of the table without scripts, beside that of the explorer."""
    return f"{docname}-table"


def make_table_page(domain: SurveyDomain, docname: str) -> dict[str, Any]:
    """Return what the template of a page needs to show the table of an explorer."""
    (node, *_) = domain.env.get_doctree(docname).findall(explorer)
    document = new_document("", get_default_settings(HTMLWriter))
    translator = cast("HTML5Translator", domain.builder.create_translator(document, domain.builder))
    translator.body.extend(_write_table(translator, node))
    title = domain.words.gettext("All papers")
    body = f"<section>\n<h1>{escape(title)}</h1>\n{''.join(translator.body)}</section>\n"
    return {"title": title, "body": body}


def _write_table(self: HTML5Translator, node: explorer) -> Iterator[str]:
    words = words_of(self)
    heads = (
        f'<th scope="col" data-column="{name}">{escape(words.gettext(title))}</th>'
        for name, title in COLUMNS.items()
    )
    yield write_head("ls-explorer-table", heads)
    domain = get_survey_domain(self.builder.env)
    linker = Linker(domain.get_survey(), self.builder)
    titles = {tag: title for tag, title, _, _ in node["tree"]}
    for paper in map(domain.catalog.papers.__getitem__, node["keys"]):
        uri = link_page(self.builder, node["docname"], make_anchor(paper.key))
        uri = uri or linker.target(node["docname"], ("paper", paper.key))
        yield from _write_row(self, paper, uri, [titles.get(tag, tag) for tag in paper.categories])
    yield "</tbody></table></div>"


def _write_row(
    self: HTML5Translator, paper: Paper, uri: str, categories: Sequence[str]
) -> Iterator[str]:
    facts, words = collect_facts(paper), words_of(self)
    title = nodes.inline("", "", *render_markup(paper.title or paper.key))
    # A title may hold links of its own, which cannot nest.
    is_link = bool(uri) and not any(title.findall(nodes.reference))
    link = f'<a class="reference internal" href="{escape(uri)}">' if is_link else ""
    name = "" if begins_with_name(title.astext(), facts.name) else write_name(facts)
    yield f'<tr data-anchor="{escape(facts.anchor)}"><td>{link}{name}'
    write_children(self, title)
    # A row has room for one name.
    limit = 2 if len(facts.authors) == 2 and not facts.truncated else 1
    yield f"{'</a>' if is_link else ''}</td>{write_cells(facts, limit, words)}"
    yield f'<td class="ls-tags">{escape(", ".join(categories))}</td>'
    yield f'<td class="ls-links">{" ".join(write_external(facts.links, words))}</td></tr>\n'


def setup(app: Sphinx) -> None:
    """Register the directive and its node."""
    app.add_node(explorer, html=(html_visit_explorer, None))
    app.add_directive_to_domain("survey", "explorer", ExplorerDirective)
