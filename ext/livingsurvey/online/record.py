"""What a service says of a paper, in one form for all services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import datetime

    from livingsurvey.model import Person

Source = Literal["arXiv", "Crossref"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record. What the service does not say is empty or None.

    Attributes:
        source: Who says it.
        identifier: The arXiv identifier or DOI that it was asked for by.
        entry_type: The type of BibTeX that fits.
        title: In TeX, capitals not yet protected.
        authors: In order, in Unicode.
        year: Of publication; at arXiv, of the first version.
        last_year: At arXiv, the year of the newest version; else the same as *year*.
        venue: Journal or proceedings, in TeX.
        volume: As printed.
        number: As printed.
        pages: ``12--34``.
        publisher: In TeX; Crossref only.
        doi: The DOI of the published version.
        arxiv: The arXiv identifier without version.
        primary_class: arXiv's primary class.
        journal_ref: What the authors told arXiv of the published version, as plain text.
        abstract: As plain text, for suggesting categories; never written anywhere.
        retrieved: The day on which the service said so.
    """

    source: Source
    identifier: str
    entry_type: str
    title: str
    authors: tuple[Person, ...]
    year: int | None
    last_year: int | None
    venue: str = ""
    volume: str = ""
    number: str = ""
    pages: str = ""
    publisher: str = ""
    doi: str = ""
    arxiv: str = ""
    primary_class: str = ""
    journal_ref: str = ""
    abstract: str = ""
    retrieved: datetime.date

    @property
    def is_published(self) -> bool:
        """Whether the record is of a version in a journal, in proceedings or as a book."""
        return bool(self.venue) or self.entry_type in {"book", "phdthesis"}
