"""BibTeX, as a reader takes it home: canonical layout, without the fields of the survey."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livingsurvey.bibtex.write import take_away

if TYPE_CHECKING:
    from livingsurvey.catalog import Catalog
    from livingsurvey.exports.about import About
    from livingsurvey.exports.selection import Selection
    from livingsurvey.model import Paper


def write_bibtex(selection: Selection, about: About) -> str:
    """Return the papers as a .bib file."""
    return "\n".join(write_entry(selection.catalog, paper.key) for paper in selection.papers)


def write_entry(catalog: Catalog, key: str) -> str:
    """Return the entry of a paper.

    Raises:
        KeyError: There is no such paper.
    """
    return catalog.remember("bibtex", key, _write_entry)


def _write_entry(paper: Paper) -> str:
    return take_away(paper.entry_type, paper.key, paper.fields)
