"""The features of the extension, and the events of a build with what is done at each.

Handlers of one event run by priority, the lowest first; 500 is Sphinx's own number.
"""

from __future__ import annotations

import gc
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from livingsurvey.sphinxext import (
    assets,
    bibtex_bridge,
    changes,
    citations,
    config,
    discussion,
    domain,
    downloads,
    drawings,
    explorer,
    freshness,
    furo,
    listing,
    math,
    mentions,
    metadata,
    paper_pages,
    printing,
    references,
    rules,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sphinx.application import Sphinx


FEATURES = (
    config, bibtex_bridge, domain, listing, references, explorer, drawings, discussion, downloads,
    changes, rules, assets, math, furo, printing,
)  # fmt: skip
"""The modules that register something, in this order: roles and directives are of the domain."""

YOUNG = 50_000
"""How many new objects make Python look for garbage; its own number is 700 (3.11)."""

_STATIC = Path(__file__).parent / "static"


def on_builder_inited(app: Sphinx) -> None:
    """Hand the settings to the domain, and our files to the builder."""
    settings, _ = config.read_settings(Path(app.confdir), app.config)
    settings = replace(settings, about=replace(settings.about, words=config.find_words(app)))
    domain.get_survey_domain(app.env).start(settings, app.builder)
    if app.builder.format == "html":
        # Sphinx before 9.1 has no other way in for an extension's static files.
        app.config.html_static_path.append(str(_STATIC))
        is_book = app.builder.name == "epub"
        app.add_css_file("livingsurvey-epub.css" if is_book else "livingsurvey.css")
        app.add_css_file("livingsurvey-charts.css")


def defer_garbage_collection(app: Sphinx, *_: Any) -> Sequence[str]:
    """Collect garbage less often until the build ends; no page is outdated by that.

    A doctree is all cycles and all alive, and so is the catalog: looking through them in vain is
    a tenth of a build.
    """
    thresholds = gc.get_threshold()
    if thresholds[0]:  # 0: the collector is switched off, and stays so
        gc.set_threshold(max(YOUNG, thresholds[0]), *thresholds[1:])
    # At priority 0: before any handler that may fail, for Sphinx then calls no other.
    app.connect("build-finished", lambda *_: gc.set_threshold(*thresholds), priority=0)
    return ()


EVENTS: tuple[tuple[str, int, Callable[..., Any]], ...] = (
    # Before Sphinx and others look at the same settings.
    ("config-inited", 100, config.on_config_inited),
    ("config-inited", 500, bibtex_bridge.on_config_inited),
    ("config-inited", 500, furo.on_config_inited),
    # Before all that asks the domain for its settings.
    ("builder-inited", 300, on_builder_inited),
    # Before sphinxcontrib-bibtex reads the .bib (500).
    ("builder-inited", 400, bibtex_bridge.on_builder_inited),
    ("builder-inited", 500, printing.on_builder_inited),
    ("builder-inited", 500, furo.on_builder_inited),
    ("builder-inited", 500, assets.on_builder_inited),
    # Before the catalog is read; from here on the build ends with build-finished, come what may.
    ("env-get-outdated", 0, defer_garbage_collection),
    ("env-get-outdated", 500, freshness.on_env_get_outdated),
    ("env-before-read-docs", 500, freshness.on_env_before_read_docs),
    ("env-before-read-docs", 500, assets.on_env_before_read_docs),
    # After MyST, which makes [](#key) a reference at 879.
    ("doctree-read", 880, mentions.on_doctree_read),
    # Before sphinxcontrib-bibtex makes its own lists (500).
    ("env-updated", 400, bibtex_bridge.on_env_updated),
    # After Sphinx's numbering of sections (500), whose numbers pages show of each other; they are
    # not known at env-updated yet, which Sphinx emits first.
    ("env-get-updated", 900, freshness.on_env_get_updated),
    ("html-collect-pages", 500, paper_pages.on_html_collect_pages),
    # Before ours are added.
    ("html-page-context", 400, furo.drop_second_viewport),
    ("html-page-context", 500, metadata.add_metadata),
    ("html-page-context", 500, assets.prepare_page),
    # Before the files are written, when memory is at its peak.
    ("build-finished", 400, citations.on_build_finished),
    # Before the build counts as complete.
    ("build-finished", 410, downloads.on_build_finished),
    ("build-finished", 500, freshness.on_build_finished),
)
"""Event, priority, handler."""


def setup(app: Sphinx) -> None:
    """Set up every feature, and connect the handlers."""
    for feature in FEATURES:
        feature.setup(app)
    for event, priority, handler in EVENTS:
        app.connect(event, handler, priority=priority)
