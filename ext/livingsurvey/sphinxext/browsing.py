"""Browsing and taking away: what resolves the links of these pages, and what registers them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes

from livingsurvey.sphinxext.about import read_about, setup_about
from livingsurvey.sphinxext.directives.browse import ByDirective, RecentDirective
from livingsurvey.sphinxext.directives.downloads import DownloadsDirective
from livingsurvey.sphinxext.exporting import setup_exporting
from livingsurvey.sphinxext.linking import Linker
from livingsurvey.sphinxext.metadata import setup_metadata
from livingsurvey.sphinxext.nodes import author_list, site_file
from livingsurvey.sphinxext.sites import is_site, link_file
from livingsurvey.sphinxext.visitors import browse

if TYPE_CHECKING:
    from sphinx.application import Sphinx

    from livingsurvey.sphinxext.domain import SurveyDomain

_SCORER = Path(__file__).parent / "search" / "scorer.js"


def resolve_authors(domain: SurveyDomain, node: author_list) -> None:
    """Find the homes of the papers of authors; spell authors out where no visitor knows them."""
    survey, builder = domain.settle(), domain.builder
    linker = Linker(survey, builder)
    keys = {key for _, entries in node["entries"] for key, _, _ in entries}
    node["uris"] = {
        key: uri
        for key in keys
        if key in survey.papers and (uri := linker.uri(node["docname"], *survey.papers[key]))
    }
    if builder.format not in {"html", "latex"} or builder.name == "linkcheck":
        node.replace_self(expand_authors(node))


def expand_authors(node: author_list) -> nodes.bullet_list:
    """Return authors as an ordinary list."""
    items = nodes.bullet_list(bullet="*")
    for name, entries in node["entries"]:
        line = nodes.paragraph("", "", nodes.strong("", name), nodes.Text(": "))
        for position, (key, text, year) in enumerate(entries):
            if position:
                line += nodes.Text(", ")
            uri = node["uris"].get(key)
            line += (
                nodes.reference("", text, refuri=uri, internal=True) if uri else nodes.Text(text)
            )
            line += nodes.Text(f" {year}" if year else "")
        items += nodes.list_item("", line)
    return items


def resolve_file(domain: SurveyDomain, node: site_file) -> None:
    """Link to a file of the site: beside the pages, at the address of the site, or not at all."""
    builder = domain.builder
    about = read_about(builder.config)
    link = nodes.reference("", node.astext(), classes=["ls-file"])
    if is_site(builder):
        link["refuri"] = link_file(builder, node["docname"], node["path"])
        link["internal"] = True
        if node["about"]:
            link["reftitle"] = f"{node['about']}{node.astext()}"
    elif about.base_url and builder.name != "linkcheck":
        link["refuri"] = about.resolve(node["path"])
        link["internal"] = False
    else:
        # The link check would ask for a file that this very build may be the first to have.
        node.replace_self(nodes.inline("", node.astext()))
        return
    node.replace_self(link)


def on_builder_inited(app: Sphinx) -> None:
    """Let the search put first what is called as the reader asks, unless a survey knows better."""
    if not app.config.html_search_scorer:
        app.config.html_search_scorer = str(_SCORER)


def setup_browsing(app: Sphinx) -> None:
    """Register directives, nodes and handlers for browsing, exports and metadata."""
    setup_about(app)
    app.add_directive_to_domain("survey", "by", ByDirective)
    app.add_directive_to_domain("survey", "recent", RecentDirective)
    app.add_directive_to_domain("survey", "downloads", DownloadsDirective)
    app.add_node(
        author_list,
        html=(browse.html_visit_author_list, None),
        latex=(browse.latex_visit_author_list, None),
    )
    app.add_node(site_file)
    app.connect("builder-inited", on_builder_inited)
    setup_exporting(app)
    setup_metadata(app)
