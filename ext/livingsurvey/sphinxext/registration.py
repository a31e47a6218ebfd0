"""Everything that the extension registers with Sphinx, in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from livingsurvey.sphinxext import (
    citations,
    config,
    freshness,
    hooks,
    mentions,
    nodes,
    transforms,
)
from livingsurvey.sphinxext.browsing import setup_browsing
from livingsurvey.sphinxext.directives import charts
from livingsurvey.sphinxext.directives.explorer import setup_explorer
from livingsurvey.sphinxext.directives.figures import FigureDirective
from livingsurvey.sphinxext.directives.papers import PapersDirective, ReferencesDirective
from livingsurvey.sphinxext.directives.rules import RulesDirective
from livingsurvey.sphinxext.discussion import setup_discussion
from livingsurvey.sphinxext.domain import SurveyDomain
from livingsurvey.sphinxext.math import setup_math
from livingsurvey.sphinxext.printing import setup_printing
from livingsurvey.sphinxext.roles import CategoryRole, PaperRole
from livingsurvey.sphinxext.scripts import setup_scripts
from livingsurvey.sphinxext.theming import setup_theming
from livingsurvey.sphinxext.visitors import citations as printed_citations
from livingsurvey.sphinxext.visitors import drawings, html, latex

if TYPE_CHECKING:
    from sphinx.application import Sphinx

CITATION_ROLES = (
    "p", "ps", "t", "ts", "ct", "cts", "empty", "alp", "alps", "label", "labelpar", "year",
    "yearpar", "author", "authors", "authorpar", "authorpars", "cauthor", "cauthors",
)  # fmt: skip
"""The roles of sphinxcontrib-bibtex 2.7."""


def register(app: Sphinx) -> None:
    """Register configuration, domain, nodes, transforms and event handlers."""
    app.setup_extension("sphinxcontrib.bibtex")
    config.add_config_values(app)
    app.add_domain(SurveyDomain)
    app.add_role_to_domain("survey", "paper", PaperRole())
    app.add_role_to_domain("survey", "category", CategoryRole())
    app.add_directive_to_domain("survey", "papers", PapersDirective)
    app.add_directive_to_domain("survey", "references", ReferencesDirective)
    app.add_directive_to_domain("survey", "figure", FigureDirective)
    app.add_directive_to_domain("survey", "rules", RulesDirective)
    for directive in (
        charts.OverviewDirective,
        charts.TimelineDirective,
        charts.HeatmapDirective,
        charts.VenuesDirective,
    ):
        app.add_directive_to_domain("survey", directive.chart, directive)
    for name in CITATION_ROLES:
        app.add_role_to_domain("cite", name, citations.CitationRole(), override=True)
    app.add_role("cite", citations.CitationRole(), override=True)
    in_html: dict[str, Any] = html.VISITORS
    in_latex: dict[str, Any] = latex.VISITORS
    for name, visitors in in_html.items():
        app.add_node(getattr(nodes, name), html=visitors, latex=in_latex[name])
    app.add_node(
        nodes.drawing,
        html=(drawings.html_visit_drawing, None),
        latex=(drawings.latex_visit_drawing, None),
    )
    app.add_node(
        nodes.cited,
        html=(printed_citations.html_visit_cited, printed_citations.html_depart_cited),
    )
    for transform in (
        transforms.ResolvePlaceholders,
        transforms.ExpandPapers,
        transforms.ClearWrappers,
        transforms.KeepTogether,
        citations.ResolveCitations,
        citations.FillCitations,
    ):
        app.add_post_transform(transform)
    setup_math(app)
    setup_browsing(app)
    setup_scripts(app)
    setup_theming(app)
    setup_discussion(app)
    setup_explorer(app)
    setup_printing(app)
    connect_events(app)


def connect_events(app: Sphinx) -> None:
    """Connect the handlers; each magic number says in its handler what it precedes."""
    app.connect("config-inited", config.on_config_inited)
    app.connect("builder-inited", hooks.on_builder_inited, priority=300)
    app.connect("builder-inited", citations.on_builder_inited, priority=400)
    app.connect("env-get-outdated", freshness.on_env_get_outdated)
    app.connect("doctree-read", mentions.on_doctree_read, priority=880)
    app.connect("env-get-updated", freshness.on_env_get_updated, priority=900)
    app.connect("build-finished", freshness.on_build_finished)
