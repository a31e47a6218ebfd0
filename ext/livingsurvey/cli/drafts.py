"""What is to be added: entries to be, from records and from BibTeX."""

from __future__ import annotations

import datetime
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from livingsurvey.bibtex.fields import EXTRANEOUS_FIELDS
from livingsurvey.bibtex.identifiers import read_arxiv, read_doi
from livingsurvey.bibtex.keys import CANONICAL_KEY, propose_key
from livingsurvey.bibtex.read import read_entries
from livingsurvey.bibtex.source import decode
from livingsurvey.catalog.papers import read_paper
from livingsurvey.cli.command import UsageError
from livingsurvey.cli.tidying import tidy, tidy_type
from livingsurvey.diagnostics import Severity
from livingsurvey.markup import parse
from livingsurvey.names import is_others, parse_name, split_names
from livingsurvey.online.entries import is_same_work, make_fields, merge_records
from livingsurvey.online.errors import OnlineError
from livingsurvey.online.targets import Target
from livingsurvey.taxonomy import Taxonomy

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from livingsurvey.model import Person
    from livingsurvey.online.client import Client

LEFT_OUT = EXTRANEOUS_FIELDS | {
    "biburl", "bibsource", "urldate", "issn", "isbn", "langid", "language", "creationdate",
    "copyright", "comment",
}  # fmt: skip
"""Fields that reference managers and publishers add and that the survey has no use for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An entry before it has key, categories and date.

    Attributes:
        name: What the editor asked for, for messages.
        entry_type: The type of BibTeX.
        fields: Values in TeX.
        people: The authors, else the editors.
        year: The year of first appearance, for the key.
        doi: The bare DOI, or ``""``.
        arxiv: The arXiv identifier, or ``""``.
        abstract: Plain text for suggestions.
        key: The key that it came with, or ``""``.
        notes: What the editor should know.
    """

    name: str
    entry_type: str
    fields: Mapping[str, str]
    people: tuple[Person, ...]
    year: int | None
    doi: str = ""
    arxiv: str = ""
    abstract: str = ""
    key: str = ""
    notes: tuple[str, ...] = ()

    @property
    def is_published(self) -> bool:
        """Whether it is of a journal, of proceedings or a book, and no bare preprint."""
        venue = self.fields.get("journal", "") or self.fields.get("booktitle", "")
        is_arxiv = venue.lower().startswith(("arxiv", "corr"))
        return self.entry_type in {"book", "phdthesis"} or bool(venue and not is_arxiv)

    def propose_key(self, taken: Collection[str]) -> str:
        """Return its own key if that is canonical and free, else a proposal."""
        if CANONICAL_KEY.fullmatch(self.key) and self.key not in taken:
            return self.key
        surname = self.people[0].family if self.people else ""
        return propose_key(surname, self.year, parse(self.fields["title"]).text, taken)


def fetch_draft(client: Client, target: Target, name: str) -> Draft:
    """Fetch the record of *target* as a draft.

    If arXiv's record names the DOI of a published version, that one is fetched too, and the draft
    has the facts of both; and the other way round.

    Raises:
        OnlineError: There is no record, or it cannot be had.
    """
    record = client.fetch(target)
    year = record.year
    notes: list[str] = []
    other: Target | None = None
    if target.kind == "arxiv" and record.doi:
        other = Target("doi", record.doi)
    elif target.kind == "doi" and record.arxiv:
        other = Target("arxiv", record.arxiv)
    if other is not None:
        try:
            found = client.fetch(other)
        except OnlineError as error:
            notes.append(f"{other}, which the record names, could not be fetched: {error}")
        else:
            preprint, published = (record, found) if target.kind == "arxiv" else (found, record)
            if is_same_work(preprint, published):
                record = merge_records(preprint, published)
                year = preprint.year
            else:
                notes.append(f"the record names {other}, which is another paper; left out")
    if record.source == "arXiv" and record.journal_ref:
        notes.append(f"published, says arXiv: {record.journal_ref}; no record to take it from")
    return Draft(
        name=name,
        entry_type=record.entry_type,
        fields=make_fields(record),
        people=record.authors,
        year=year,
        doi=record.doi if record.source == "Crossref" else "",
        arxiv=record.arxiv,
        abstract=record.abstract,
        notes=tuple(notes),
    )


def read_drafts(data: bytes) -> list[Draft]:
    """Read BibTeX as drafts.

    Raises:
        UsageError: It has mistakes, or holds no entry.
    """
    source, problems = decode(data, "<stdin>")
    entries, found = read_entries([source])
    mistakes = [one for one in (*problems, *found) if one.severity is not Severity.HINT]
    if mistakes:
        raise UsageError("\n".join(one.render() for one in mistakes))
    drafts: list[Draft] = []
    for entry in entries:
        paper, _ = read_paper(entry, Taxonomy())
        if not paper.title:
            raise UsageError(f"{entry.location}: {entry.key}: the entry has no title")
        values = {name: value.normalized for name, value in entry.values.items()}
        fields = {name: text for name, text in values.items() if text and name not in LEFT_OUT}
        dropped = sorted(values.keys() & LEFT_OUT)
        notes = (f"left out: {', '.join(dropped)}",) if dropped else ()
        for name, reader in (("doi", read_doi), ("eprint", read_arxiv)):
            if name in fields and (good := reader(fields[name]).value):
                fields[name] = good
        fields = tidy(fields)
        drafts.append(
            Draft(
                name=entry.key,
                entry_type=tidy_type(entry.entry_type, fields),
                fields=fields,
                people=_read_people(fields) or paper.authors or paper.editors,
                year=paper.year,
                doi=fields.get("doi", ""),
                arxiv=fields.get("eprint", "") if fields.get("archiveprefix") == "arXiv" else "",
                abstract=values.get("abstract", ""),
                key=entry.key,
                notes=notes,
            )
        )
    if not drafts:
        raise UsageError("no BibTeX entry on standard input")
    return drafts


def _read_people(fields: Mapping[str, str]) -> tuple[Person, ...]:
    names = split_names(fields.get("author", "") or fields.get("editor", ""))
    return tuple(parse_name(one.text)[0] for one in names if not is_others(one.text))


def today() -> datetime.date:
    """Return the day in UTC; ``SOURCE_DATE_EPOCH`` sets the clock.

    Raises:
        UsageError: That variable is no number of seconds.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not epoch:
        return datetime.datetime.now(datetime.UTC).date()
    try:
        return datetime.datetime.fromtimestamp(int(epoch), datetime.UTC).date()
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(f"SOURCE_DATE_EPOCH is no time: '{epoch}'") from error
