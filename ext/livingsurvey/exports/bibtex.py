"""BibTeX, as a reader takes it home: one dialect, without the fields of the survey."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from livingsurvey.bibtex import write
from livingsurvey.bibtex.fields import OWN_FIELDS
from livingsurvey.bibtex.read import MONTHS
from livingsurvey.exports.records import CACHED

if TYPE_CHECKING:
    from livingsurvey.exports.records import About, Selection
    from livingsurvey.model import Paper

_SCHOOLS = frozenset({"phdthesis", "mastersthesis"})
_LEFT_OUT = OWN_FIELDS | {"xdata", "date", "subtitle"}


def write_bibtex(selection: Selection, about: About) -> str:
    """Return the papers as a .bib file."""
    return "\n".join(map(write_entry, selection.papers))


@lru_cache(maxsize=CACHED)
def write_entry(paper: Paper) -> str:
    """Return the entry of a paper in the dialect of BibTeX, which biblatex reads as well.

    So the date is year and month, the month a macro, and a subtitle part of the title.
    """
    fields = {name: value for name, value in paper.fields.items() if name not in _LEFT_OUT}
    if paper.title:
        fields["title"] = paper.title
    if paper.year:
        fields["year"] = str(paper.year)
    if paper.entry_type in _SCHOOLS and "institution" in fields:
        fields["school"] = fields.pop("institution")
    if paper.month:
        fields["month"] = list(MONTHS.values())[paper.month - 1]
    return write.write_entry(paper.entry_type, paper.key, fields)
