"""``{survey:papers} TAG``: the papers of a category."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

from livingsurvey.diagnostics import Code, did_you_mean
from livingsurvey.markup import parse
from livingsurvey.queries import ORDERS, PapersIn, sort_papers
from livingsurvey.settings import FORMS
from livingsurvey.sphinxext import entries_html, entries_latex
from livingsurvey.sphinxext.domain import get_survey_domain
from livingsurvey.sphinxext.entries import ExpandPapers
from livingsurvey.sphinxext.nodes import display_name, make_group, paper_listing, place_card
from livingsurvey.sphinxext.reporting import log_problem
from livingsurvey.sphinxext.survey import Home

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sphinx.application import Sphinx

    from livingsurvey.model import Paper
    from livingsurvey.queries import Listing


def _choice(*names: str) -> Callable[[str], str]:
    return lambda argument: directives.choice(argument, names)


class PapersDirective(SphinxDirective):
    """List the papers of a category.

    Without ``:excerpt:`` or ``:limit:`` the listing of a leaf is its home: the full entries of
    the papers whose primary category it is stand there, once in the whole survey.

    ::

        ```{survey:papers} efficient-attention
        :order: newest | oldest | title | author | added | file
        :form: cards | table | list
        :limit: 10
        :excerpt:
        ```
    """

    required_arguments = 1
    final_argument_whitespace = True
    has_content = False
    option_spec: ClassVar[dict[str, Callable[[str], Any]] | None] = {
        "order": _choice(*ORDERS),
        "form": _choice(*FORMS),
        "limit": directives.positive_int,
        "excerpt": directives.flag,
    }
    option_help: ClassVar[dict[str, str]] = {
        "order": f"how they are sorted: {', '.join(ORDERS)}; else as `livingsurvey_order` says",
        "form": f"how they are shown: {', '.join(FORMS)}; else as `livingsurvey_form` says",
        "limit": "so many papers, those at home here first; the listing is then no home",
        "excerpt": "without a value: the listing is no home, so that another page can be it",
    }

    def run(self) -> list[nodes.Node]:
        """Return the listing; a note for readers where there is nothing to list."""
        domain = get_survey_domain(self.env)
        taxonomy = domain.catalog.taxonomy
        name = self.arguments[0].strip()
        category = taxonomy.find(name)
        if category is None:
            if not domain.lacks_taxonomy:
                log_problem(
                    Code.UNKNOWN_CATEGORY,
                    f"no category has the tag '{name}'",
                    self.get_location(),
                    did_you_mean(name, taxonomy.categories),
                )
            # Ask all the same: the page is read again when the category appears.
            domain.ask(self.env.current_document.docname, PapersIn(name))
            text = domain.words.gettext("There is no category “{name}”.", name=name)
            return [nodes.paragraph("", text)]
        docname = self.env.current_document.docname
        limit = self.options.get("limit", 0)
        order = self.options.get("order", domain.settings.order)
        listing: Listing = domain.ask(docname, PapersIn(category.tag, order, limit))
        page = domain.tables.page(docname)
        # Papers of a category that has others below it are rare, and are to be somewhere.
        own = [paper for paper in listing.residents if paper.home == category.tag]
        is_home = not (limit or "excerpt" in self.options or category.tag in page.homes) and (
            bool(own) or not category.children
        )
        form = self.options.get("form", domain.settings.form)
        anchor = f"papers-{category.tag}"
        node = paper_listing(tag=category.tag, form=form, docname=docname, is_home=is_home)
        node["title"] = category.title
        node["color"] = category.color
        node["since"] = category.since
        self.set_source_info(node)
        if is_home:
            node["ids"].append(anchor)
            self.state.document.note_explicit_target(node, node)
            above = tuple((part.tag, part.title) for part in listing.path[:-1])
            page.homes[category.tag] = Home(
                anchor, (), self.lineno, category.title, above, category.aliases
            )
        if is_home:
            for paper in own:
                name = display_name(paper)
                page.papers[paper.key] = (place_card(paper), name, search_name(paper))
            below = [paper for paper in listing.residents if paper.home != category.tag]
            groups = [
                make_group("residents", form, docname, own),
                make_group("excerpt", form, docname, below),
                make_group("guests", form, docname, listing.guests),
            ]
        else:
            papers = sort_papers((*listing.residents, *listing.guests), order)
            groups = [make_group("excerpt", form, docname, papers)]
        node += [group for group in groups if group["keys"]]
        if not node.children:
            # An empty list would end a LaTeX run.
            node += nodes.paragraph("", domain.words.gettext("No papers yet."))
        return [node]


def search_name(paper: Paper) -> str:
    """Return what the search calls a paper: its short name, a colon, its title."""
    name, title = display_name(paper), parse(paper.title).text or paper.key
    lead, _, _ = title.partition(":")
    is_said = name.casefold() in {title.casefold(), lead.casefold()}
    return title if is_said else f"{name}: {title}"


def setup_listing(app: Sphinx) -> None:
    """Register the directive, and the nodes of entries with their visitors."""
    app.add_directive_to_domain("survey", "papers", PapersDirective)
    for kind, in_html in entries_html.VISITORS.items():
        app.add_node(kind, html=in_html, latex=entries_latex.VISITORS[kind])
    app.add_post_transform(ExpandPapers)
