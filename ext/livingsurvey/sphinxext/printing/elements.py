"""What ``conf.py`` hands to Sphinx as ``latex_elements``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A size of paper, in millimeters.

    Attributes:
        option: What the document class calls it.
        width: From edge to edge.
        points: The size of the text.
        inner: The margin at the spine.
        outer: The margin opposite.
        vertical: The margins at the top and the bottom.
    """

    option: str
    width: float
    points: str
    inner: float
    outer: float
    vertical: tuple[float, float]

    @property
    def text_width(self) -> float:
        """How wide the text is, in TeX's points."""
        return (self.width - self.inner - self.outer) * 72.27 / 25.4


# A line holds 70 to 90 letters.
PAPERS: Final = {
    "a4": Paper(option="a4paper", width=210, points="11pt", inner=27, outer=28, vertical=(27, 29)),
    "letter": Paper(
        option="letterpaper", width=215.9, points="11pt", inner=30, outer=30, vertical=(23, 26)
    ),
    "a5": Paper(option="a5paper", width=148, points="10pt", inner=15, outer=14, vertical=(18, 19)),
}
"""The papers that a book may have."""


def make_elements(paper: str = "a4") -> dict[str, str]:
    """Return ``latex_elements`` for a book set by XeLaTeX.

    Args:
        paper: ``a4``, ``a5`` or ``letter``.

    Raises:
        ValueError: The paper is none of these.
    """
    if paper not in PAPERS:
        raise ValueError(f"the paper {paper!r} is none of {', '.join(PAPERS)}")
    size = PAPERS[paper]
    top, bottom = size.vertical
    return {
        "papersize": size.option,
        "pointsize": size.points,
        "extraclassoptions": "openany",
        "sphinxsetup": (
            f"hmargin={{{size.inner}mm,{size.outer}mm}},vmargin={{{top}mm,{bottom}mm}},"
            "marginpar=8mm,"
            r"HeaderFamily=\sffamily\bfseries,"
            "TitleColor={RGB}{40,40,40},InnerLinkColor={RGB}{30,64,110},"
            "OuterLinkColor={RGB}{30,64,110}"
        ),
        "fontpkg": r"\usepackage{livingsurvey-fonts}",
        "fncychap": "",
        "fvset": r"\fvset{fontsize=\footnotesize}",  # some 80 letters on a line of A4
        "cmappkg": "",  # for other engines
        "preamble": r"\usepackage{livingsurvey-book}",
        "maketitle": r"\lsmaketitle",
        "tableofcontents": r"\lstableofcontents",
        # The book has indexes of its own; without a file for it, \index does nothing.
        "makeindex": "",
        "printindex": "",
        "figure_align": "htbp",
    }


def find_text_width(elements: Mapping[str, str]) -> float:
    """Return how wide the text is, in TeX's points, for ``latex_elements``."""
    option = elements.get("papersize", "")
    papers = (one for one in PAPERS.values() if one.option == option)
    # What is left of A4 by Sphinx's own margins of an inch.
    return next((one.text_width for one in papers), 450.0)
