"""Which page loads which script, only those that it has a use for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from livingsurvey.sphinxext.domain import get_survey_domain
from livingsurvey.sphinxext.sites import BUILDERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docutils import nodes
    from sphinx.application import Sphinx

    from livingsurvey.sphinxext.tables import Page

SHARED = "livingsurvey.js"


def on_html_page_context(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Add the scripts of one page, behind the one that they share."""
    if doctree is None or app.builder.name not in BUILDERS:
        return
    pages = get_survey_domain(app.env).tables.pages
    # The single page of singlehtml is all of them.
    shown = pages.values() if app.builder.name == "singlehtml" else [pages.get(pagename)]
    names = {name for page in shown if page is not None for name in _list_scripts(page)}
    for name in [SHARED, *sorted(names)] if names else []:
        app.add_js_file(name, loading_method="defer")


def _list_scripts(page: Page) -> Iterator[str]:
    kinds = {mention.kind for mention in page.mentions}
    if "list" in kinds:
        yield "livingsurvey-listings.js"
    if "explorer" in page.panels:
        yield "livingsurvey-explorer.js"
    if kinds & {"cite", "name"}:
        yield "livingsurvey-hovercards.js"


def setup_scripts(app: Sphinx) -> None:
    """Connect what gives the scripts their place in the pages."""
    app.connect("html-page-context", on_html_page_context)
