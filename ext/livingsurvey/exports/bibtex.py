"""BibTeX, as a reader takes it home: canonical layout, without the fields of the survey."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livingsurvey.bibtex.write import take_away

if TYPE_CHECKING:
    from livingsurvey.exports.records import About, Selection
    from livingsurvey.model import Paper


def write_bibtex(selection: Selection, about: About) -> str:
    """Return the papers as a .bib file."""
    return "\n".join(write_entry(paper) for paper in selection.papers)


def write_entry(paper: Paper) -> str:
    """Return the entry of a paper."""
    return take_away(paper.entry_type, paper.key, paper.fields)
