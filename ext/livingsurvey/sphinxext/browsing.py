"""Browsing and taking away: what resolves the links of these pages, and what registers them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from livingsurvey.sphinxext.about import read_about, setup_about
from livingsurvey.sphinxext.directives.browse import ByDirective, RecentDirective
from livingsurvey.sphinxext.directives.downloads import DownloadsDirective
from livingsurvey.sphinxext.domain import get_survey_domain
from livingsurvey.sphinxext.exporting import setup_exporting
from livingsurvey.sphinxext.linking import Linker
from livingsurvey.sphinxext.metadata import setup_metadata
from livingsurvey.sphinxext.nodes import author_list, site_file
from livingsurvey.sphinxext.sites import is_site, link_file
from livingsurvey.sphinxext.visitors import browse

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_SCORER = Path(__file__).parent / "search" / "scorer.js"


class ResolveAuthors(SphinxPostTransform):
    """Find the homes of the papers of authors; spell authors out where no visitor knows them."""

    # Beside all that resolves links, ahead of Sphinx's ReferencesResolver (10).
    default_priority = 6

    def run(self, **kwargs: Any) -> None:
        """Resolve the lists of one document, or of the assembled tree in LaTeX."""
        for node in list(self.document.findall(author_list)):
            node["uris"] = self.find_homes(node)
            builder = get_survey_domain(self.env).builder
            if builder.format not in {"html", "latex"} or builder.name == "linkcheck":
                node.replace_self(expand_authors(node))

    def find_homes(self, node: author_list) -> dict[str, str]:
        """Return the address of each paper that has a home which the builder prints."""
        domain = get_survey_domain(self.env)
        survey = domain.settle()
        linker = Linker(survey, domain.builder)
        keys = {key for _, entries in node["entries"] for key, _, _ in entries}
        return {
            key: uri
            for key in keys
            if key in survey.papers and (uri := linker.uri(node["docname"], *survey.papers[key]))
        }


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


class ResolveFiles(SphinxPostTransform):
    """Link to files of the site: beside the pages, at the address of the site, or not at all."""

    # Ahead of Sphinx's ReferencesResolver (10), like all that makes plain references.
    default_priority = 7

    def run(self, **kwargs: Any) -> None:
        """Replace the links of one document."""
        builder = get_survey_domain(self.env).builder
        about = read_about(self.config)
        for node in list(self.document.findall(site_file)):
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
                continue
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
    app.add_post_transform(ResolveAuthors)
    app.add_post_transform(ResolveFiles)
    app.connect("builder-inited", on_builder_inited)
    setup_exporting(app)
    setup_metadata(app)
