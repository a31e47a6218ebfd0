"""The features of the extension, one module each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livingsurvey.sphinxext.authors import setup_authors
from livingsurvey.sphinxext.bibtex_bridge import setup_bibtex
from livingsurvey.sphinxext.changes import setup_changes
from livingsurvey.sphinxext.config import setup_config
from livingsurvey.sphinxext.discussion import setup_discussion
from livingsurvey.sphinxext.domain import setup_domain
from livingsurvey.sphinxext.downloads import setup_downloads
from livingsurvey.sphinxext.drawings import setup_drawings
from livingsurvey.sphinxext.epub import setup_epub
from livingsurvey.sphinxext.explorer import setup_explorer
from livingsurvey.sphinxext.furo import setup_furo
from livingsurvey.sphinxext.lifecycle import setup_lifecycle
from livingsurvey.sphinxext.listing import setup_listing
from livingsurvey.sphinxext.math import setup_math
from livingsurvey.sphinxext.printing import setup_printing
from livingsurvey.sphinxext.references import setup_references
from livingsurvey.sphinxext.rules import setup_rules
from livingsurvey.sphinxext.status import setup_status

if TYPE_CHECKING:
    from sphinx.application import Sphinx

FEATURES = (
    setup_config,
    setup_bibtex,
    setup_domain,
    setup_listing,
    setup_references,
    setup_authors,
    setup_explorer,
    setup_drawings,
    setup_discussion,
    setup_downloads,
    setup_changes,
    setup_rules,
    setup_status,
    setup_math,
    setup_epub,
    setup_furo,
    setup_printing,
    setup_lifecycle,
)


def register(app: Sphinx) -> None:
    """Set up every feature."""
    for setup_feature in FEATURES:
        setup_feature(app)
