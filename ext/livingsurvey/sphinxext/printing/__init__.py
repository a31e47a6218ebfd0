"""The book: what LaTeX needs beyond the pages of the site.

::

    elements    what conf.py hands to Sphinx: paper, fonts, title page
    files       style files and what they are told of the survey, put beside the .tex
    assembly    front, numbered and back matter out of one assembled tree
    spreads     tables break over pages, and their headings stay with them
    places      where the book speaks of each paper
    marks       every place that speaks of a paper gets a label, for "cited on pages …"
    indexes     authors and methods, with these pages
    nodes       the few nodes of all this, with visitors in ``visitors/book.py``
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from livingsurvey.sphinxext.printing import assembly, files, marks, nodes, spreads
from livingsurvey.sphinxext.visitors import book

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def setup_printing(app: Sphinx) -> None:
    """Register everything that only the book needs."""
    app.add_config_value("livingsurvey_book", {}, "", types=frozenset({dict}))
    app.add_latex_package("livingsurvey")
    for name, visitors in book.VISITORS.items():
        app.add_node(getattr(nodes, name), latex=visitors)
    app.add_post_transform(assembly.AssembleBook)
    app.add_post_transform(spreads.SpreadTables)
    app.add_post_transform(marks.MarkMentions)
    app.connect("config-inited", files.on_config_inited)
    app.connect("builder-inited", files.on_builder_inited, priority=400)
