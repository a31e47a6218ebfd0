"""What ``conf.py`` hands to Sphinx as ``latex_elements``."""

from __future__ import annotations

from typing import Final

# Inner margin, outer margin, top, bottom; chosen so that a line holds 70 to 90 letters.
PAPERS: Final = {
    "a4": ("a4paper", "11pt", "{28mm,30mm},vmargin={27mm,30mm}"),
    "letter": ("letterpaper", "11pt", "{30mm,32mm},vmargin={24mm,27mm}"),
    "a5": ("a5paper", "10pt", "{16mm,14mm},vmargin={18mm,19mm}"),
}
"""Paper → option of the class, size of the text, margins."""


def make_elements(paper: str = "a4") -> dict[str, str]:
    """Return ``latex_elements`` for a book set by XeLaTeX.

    Args:
        paper: ``a4``, ``a5`` or ``letter``.

    Raises:
        ValueError: The paper is none of these.
    """
    if paper not in PAPERS:
        raise ValueError(f"the paper {paper!r} is none of {', '.join(PAPERS)}")
    size, points, margins = PAPERS[paper]
    return {
        "papersize": size,
        "pointsize": points,
        "extraclassoptions": "openany",
        "sphinxsetup": (
            f"hmargin={margins},marginpar=8mm,"
            r"HeaderFamily=\sffamily\bfseries,"
            "TitleColor={RGB}{40,40,40},InnerLinkColor={RGB}{30,64,110},"
            "OuterLinkColor={RGB}{30,64,110}"
        ),
        "fontpkg": r"\usepackage{livingsurvey-fonts}",
        "fncychap": "",
        "cmappkg": "",  # for other engines
        "preamble": r"\usepackage{livingsurvey-book}",
        "maketitle": r"\lsmaketitle",
        "tableofcontents": r"\lstableofcontents",
        # The book has indexes of its own; without a file for it, \index does nothing.
        "makeindex": "",
        "printindex": "",
        "figure_align": "htbp",
    }
