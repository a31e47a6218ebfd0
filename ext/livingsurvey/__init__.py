"""A living survey: one tagged .bib file becomes cross-referenced chapters, a book, and data.

The flow of one build:

1. :mod:`.catalog` reads the bibliography and the taxonomy into an immutable catalog, reporting
   every mistake at its place (:mod:`.bibtex`, :mod:`.taxonomy`, :mod:`.diagnostics`).
2. While pages are read, directives and roles put :mod:`.queries` to the catalog through the
   domain, which remembers each answer's fingerprint.
3. Once all are read, the tables of the pages are turned inside out: where each paper and category
   is at home, who speaks of it. Pages whose answers or facts changed, and no others, are read or
   written again.
4. Papers are a few compact nodes; visitors write them as HTML or LaTeX, a transform spells them
   out for every other builder. Citations keep the words of sphinxcontrib-bibtex.

Everything up to :mod:`.queries` knows neither Sphinx nor docutils and serves the command line too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

__all__ = ["__version__", "setup"]

__version__ = "0.1.0"

ENV_VERSION = 13
"""Raised whenever what is pickled changes its shape."""


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the extension; sphinxcontrib-bibtex is set up along with it."""
    # Importing the package must not import Sphinx: the command line does without it.
    from livingsurvey.sphinxext import lifecycle  # noqa: PLC0415

    lifecycle.setup(app)
    return {
        "version": __version__,
        "env_version": ENV_VERSION,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
