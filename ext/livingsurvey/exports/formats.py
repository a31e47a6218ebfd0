"""The formats, each with its name and its function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from livingsurvey.exports.bibtex import write_bibtex
from livingsurvey.exports.csl import write_csl_json
from livingsurvey.exports.feeds import write_atom
from livingsurvey.exports.full import write_json
from livingsurvey.exports.ris import write_ris
from livingsurvey.exports.tables import write_csv

if TYPE_CHECKING:
    from collections.abc import Callable

    from livingsurvey.exports.about import About
    from livingsurvey.exports.selection import Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A form in which papers can be taken away.

    Attributes:
        name: What the command line calls it.
        title: What readers call it.
        suffix: The end of the names of its files, with the dot.
        purpose: Which programs read it.
        media_type: Its media type.
        write: The function that returns the text of a file; line ends are to be kept as they are.
    """

    name: str
    title: str
    purpose: str
    suffix: str
    media_type: str
    write: Callable[[Selection, About], str]


FORMATS: dict[str, Format] = {
    one.name: one
    for one in (
        Format(
            name="bibtex",
            title="BibTeX",
            purpose="LaTeX, Typst, JabRef, Zotero",
            suffix=".bib",
            media_type="application/x-bibtex",
            write=write_bibtex,
        ),
        Format(
            name="ris",
            title="RIS",
            purpose="EndNote, Zotero, Mendeley",
            suffix=".ris",
            media_type="application/x-research-info-systems",
            write=write_ris,
        ),
        Format(
            name="csl-json",
            title="CSL-JSON",
            purpose="Pandoc, Quarto, Zotero",
            suffix=".csl.json",
            media_type="application/vnd.citationstyles.csl+json",
            write=write_csl_json,
        ),
        Format(
            name="csv",
            title="CSV",
            purpose="spreadsheets and data frames",
            suffix=".csv",
            media_type="text/csv",
            write=write_csv,
        ),
        Format(
            name="json",
            title="JSON",
            purpose="programs: everything that the survey knows",
            suffix=".json",
            media_type="application/json",
            write=write_json,
        ),
        Format(
            name="atom",
            title="Atom",
            purpose="feed readers: the papers that joined last",
            suffix=".xml",
            media_type="application/atom+xml",
            write=write_atom,
        ),
    )
}
"""By name."""
