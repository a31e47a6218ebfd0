"""Citations in HTML: what the theme's own visitors write, filled in.

Two citations of a shape differ in a few words and an address alone. So the first one is written by
the visitors of docutils and Sphinx with a mark in each place, and that text is the mold of all
others; see :mod:`..stencils`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils.nodes import SkipNode, inline

from livingsurvey.sphinxext.molds import MARKS, find_marks, make_marks

if TYPE_CHECKING:
    from sphinx.writers.html5 import HTML5Translator

    from livingsurvey.sphinxext.citation_texts import Aim
    from livingsurvey.sphinxext.molds import Mold
    from livingsurvey.sphinxext.nodes import cited
    from livingsurvey.sphinxext.stencils import Stencil


def html_visit_cited(self: HTML5Translator, node: cited) -> None:
    """Write a citation at once, or open its element if that has nodes of its own."""
    self.visit_inline(node)
    cutout, aim = node.get("cutout"), node.get("aim")
    if cutout is None:
        return
    printed = cutout.stencil.printed
    form = aim.page is None, aim.is_here
    if form not in printed:
        one, other = (_print(self, cutout.stencil, aim, mark) for mark in range(len(MARKS)))
        printed[form] = one if one == other else None
    mold = printed[form]
    if mold is None:
        node.clear()
        node.extend(cutout.make())
        aim.direct(node)
        return
    self.body.append(cutout.fill(mold, self.attval(aim.page or ""), self.attval))
    self.depart_inline(node)
    raise SkipNode


def html_depart_cited(self: HTML5Translator, node: cited) -> None:
    """Close the element."""
    self.depart_inline(node)


def _print(self: HTML5Translator, stencil: Stencil, aim: Aim, mark: int) -> Mold:
    """Return what the visitors write for a stencil; the last hole is the page that it links to."""
    marks = make_marks(stencil.size + 1, mark)
    sample = inline("", "", *stencil.make(marks[:-1]))
    (aim if aim.page is None else aim._replace(page=marks[-1])).direct(sample)
    body, self.body = self.body, []
    try:
        for child in sample.children:
            child.walkabout(self)
        written = "".join(self.body)
    finally:
        self.body = body
    return find_marks(written, marks)
