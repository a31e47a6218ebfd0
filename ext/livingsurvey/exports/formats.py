"""The formats that papers can be taken away in; :mod:`.writing` has their functions."""

from __future__ import annotations

from dataclasses import dataclass

SCHEMA_NAME = "survey.schema.json"
"""The schema of the format ``json``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A form in which papers can be taken away.

    Attributes:
        name: What the command line calls it.
        title: What readers call it.
        suffix: The end of the names of its files, with the dot.
        purpose: Which programs read it.
        media_type: Its media type.
    """

    name: str
    title: str
    purpose: str
    suffix: str
    media_type: str


FORMATS: dict[str, Format] = {
    one.name: one
    for one in (
        Format(
            name="bibtex",
            title="BibTeX",
            purpose="LaTeX, Typst, JabRef, Zotero",
            suffix=".bib",
            media_type="application/x-bibtex",
        ),
        Format(
            name="ris",
            title="RIS",
            purpose="EndNote, Zotero, Mendeley",
            suffix=".ris",
            media_type="application/x-research-info-systems",
        ),
        Format(
            name="csl-json",
            title="CSL-JSON",
            purpose="Pandoc, Quarto, Zotero",
            suffix=".csl.json",
            media_type="application/vnd.citationstyles.csl+json",
        ),
        Format(
            name="csv",
            title="CSV",
            purpose="spreadsheets and data frames",
            suffix=".csv",
            media_type="text/csv",
        ),
        Format(
            name="json",
            title="JSON",
            purpose="programs: everything that the survey knows",
            suffix=".json",
            media_type="application/json",
        ),
        Format(
            name="atom",
            title="Atom",
            purpose="feed readers: the papers that joined last",
            suffix=".xml",
            media_type="application/atom+xml",
        ),
    )
}
"""By name."""
