"""Everything that the extension registers with Sphinx, in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from livingsurvey.sphinxext import (
    config,
    freshness,
    hooks,
    lifecycle,
    mentions,
    nodes,
    transforms,
)
from livingsurvey.sphinxext.bibtex_bridge import setup_bibtex
from livingsurvey.sphinxext.browsing import setup_browsing
from livingsurvey.sphinxext.directives import charts
from livingsurvey.sphinxext.directives.explorer import setup_explorer
from livingsurvey.sphinxext.directives.figures import FigureDirective
from livingsurvey.sphinxext.directives.papers import PapersDirective, ReferencesDirective
from livingsurvey.sphinxext.directives.rules import RulesDirective
from livingsurvey.sphinxext.discussion import setup_discussion
from livingsurvey.sphinxext.domain import SurveyDomain
from livingsurvey.sphinxext.furo import setup_furo
from livingsurvey.sphinxext.math import setup_math
from livingsurvey.sphinxext.printing import setup_printing
from livingsurvey.sphinxext.roles import CategoryRole, PaperRole
from livingsurvey.sphinxext.scripts import setup_scripts
from livingsurvey.sphinxext.visitors import drawings, html, latex

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def register(app: Sphinx) -> None:
    """Register configuration, domain, nodes, transforms and event handlers."""
    setup_bibtex(app)
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
    in_html: dict[str, Any] = html.VISITORS
    in_latex: dict[str, Any] = latex.VISITORS
    for name, visitors in in_html.items():
        app.add_node(getattr(nodes, name), html=visitors, latex=in_latex[name])
    app.add_node(
        nodes.drawing,
        html=(drawings.html_visit_drawing, None),
        latex=(drawings.latex_visit_drawing, None),
    )
    for transform in (
        transforms.ResolvePlaceholders,
        transforms.ExpandPapers,
        transforms.KeepTogether,
    ):
        app.add_post_transform(transform)
    setup_math(app)
    setup_browsing(app)
    setup_scripts(app)
    setup_furo(app)
    setup_discussion(app)
    setup_explorer(app)
    setup_printing(app)
    connect_events(app)


def connect_events(app: Sphinx) -> None:
    """Connect the handlers; each magic number says in its handler what it precedes."""
    app.connect("env-before-read-docs", freshness.on_env_before_read_docs)
    app.connect("env-before-read-docs", lifecycle.defer_garbage_collection)
    app.connect("config-inited", config.on_config_inited)
    app.connect("builder-inited", hooks.on_builder_inited, priority=300)
    app.connect("env-get-outdated", freshness.on_env_get_outdated)
    app.connect("doctree-read", mentions.on_doctree_read, priority=880)
    app.connect("env-get-updated", freshness.on_env_get_updated, priority=900)
    app.connect("build-finished", freshness.on_build_finished)
