"""The book: what LaTeX needs beyond the pages of the site.

::

    preamble    paper, fonts and title page; style files, and what they are told of the survey
    assembly    front, numbered and back matter out of one assembled tree
    spreads     tables break over pages, and their headings stay with them
    marks       every place that speaks of a paper gets a label, for "cited on pages …" and the
                indexes of authors and methods

Each has the nodes that only the book knows, their visitors, and its setup.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from livingsurvey.sphinxext.printing.assembly import setup_assembly
from livingsurvey.sphinxext.printing.marks import setup_marks
from livingsurvey.sphinxext.printing.preamble import make_elements, setup_preamble
from livingsurvey.sphinxext.printing.spreads import setup_spreads

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["make_elements", "setup_printing"]


def setup_printing(app: Sphinx) -> None:
    """Register everything that only the book needs."""
    setup_preamble(app)
    setup_assembly(app)
    setup_spreads(app)
    setup_marks(app)
