"""The inbox: papers that the survey may lack, in a text file that editors can review.

``bib/inbox.toml`` holds a table for each candidate, sorted by its identifier, and one for each that
was declined, so that it does not come again. A candidate keeps its number and its score from the
day on which it came: what has not changed makes no line in a diff.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from livingsurvey.bibtex.source import read_state
from livingsurvey.markup import parse, title_key

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping
    from pathlib import Path

    from livingsurvey.catalog import Catalog
    from livingsurvey.online.record import Record

FILE_NAME = "inbox.toml"
VERSION = 1
_HEAD = """\
# Papers that the survey may lack. Written by 'livingsurvey inbox'; see its --help.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A paper that the survey may lack.

    Attributes:
        identifier: ``arxiv:…``, ``doi:…`` or ``title:…``.
        number: What editors call it.
        score: How much it is like the survey; see :mod:`.candidates`.
        like: The papers that it is most like.
        cites: The papers of the survey that it is known to cite.
        categories: Proposed categories, best first.
        day: When it appeared, as an ISO date or a year, or ``""``.
        came: The ISO date on which it came into the inbox.
        source: Who named it.
        entry_type: The type of BibTeX.
        fields: What the entry would say, values in TeX.
    """

    identifier: str
    number: int
    score: float = 0.0
    like: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    day: str = ""
    came: str
    source: str
    entry_type: str
    fields: Mapping[str, str]

    @property
    def title(self) -> str:
        """The title as plain text."""
        return parse(self.fields.get("title", "")).text

    @property
    def reason(self) -> str:
        """Why it ranks where it does, in words."""
        said = {"cites": self.cites, "like": self.like}
        parts = (f"{verb} {', '.join(keys)}" for verb, keys in said.items() if keys)
        return "; ".join(parts) or "by date"

    @property
    def rank(self) -> tuple[float, str, int]:
        """What is higher the better it is; of one score, the newer."""
        return self.score, self.day, -self.number


@dataclass(frozen=True, slots=True)
class Declined:
    """A candidate that an editor declined.

    Attributes:
        identifier: As the candidate's.
        title: Its title, as plain text, by which it is known again under another identifier.
        date: The ISO date of the decision.
        why: The reason, or ``""``.
    """

    identifier: str
    title: str
    date: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """The state of the inbox.

    Attributes:
        candidates: By identifier.
        declined: By identifier.
        fetched: The ISO date of the last fetch that went well, or ``""``.
        last_number: The highest number that was ever given.
    """

    candidates: Mapping[str, Candidate] = field(default_factory=dict)
    declined: Mapping[str, Declined] = field(default_factory=dict)
    fetched: str = ""
    last_number: int = 0

    @property
    def titles(self) -> list[str]:
        """The titles of all candidates and of what was declined."""
        waiting = [candidate.title for candidate in self.candidates.values()]
        return waiting + [decision.title for decision in self.declined.values()]

    def sort(self) -> list[Candidate]:
        """Return the candidates, best first; those of one score by date, the newest first."""
        return sorted(self.candidates.values(), key=lambda it: it.rank, reverse=True)

    def find(self, number: int) -> Candidate | None:
        """Return the candidate with this number."""
        return next((it for it in self.candidates.values() if it.number == number), None)

    def take_out(self, candidate: Candidate) -> Inbox:
        """Return the inbox without a candidate."""
        left = {name: other for name, other in self.candidates.items() if other != candidate}
        return replace(self, candidates=left)

    def decline(self, candidate: Candidate, day: datetime.date, why: str) -> Inbox:
        """Return the inbox with a candidate declined."""
        name = candidate.identifier
        declined = {**self.declined, name: Declined(name, candidate.title, day.isoformat(), why)}
        return replace(self.take_out(candidate), declined=declined)

    def leave_out_known(self, catalog: Catalog) -> Inbox:
        """Return the inbox without candidates that the survey has by now."""
        papers = catalog.papers.values()
        dois = {paper.doi.lower() for paper in papers} - {""}
        eprints = {paper.arxiv for paper in papers} - {""}
        titles = {title_key(parse(paper.title).text) for paper in papers}
        left = {
            name: candidate
            for name, candidate in self.candidates.items()
            if candidate.fields.get("doi", "").lower() not in dois
            and candidate.fields.get("eprint", "") not in eprints
            and title_key(candidate.title) not in titles
        }
        return replace(self, candidates=left)


def name_record(record: Record) -> str:
    """Return the name of a record in the inbox."""
    if record.arxiv:
        return f"arxiv:{record.arxiv}"
    if record.doi:
        return f"doi:{record.doi.lower()}"
    return f"title:{title_key(parse(record.title).text)[:100]}"


def read_inbox(path: Path) -> Inbox:
    """Read the inbox; a missing one is empty.

    Raises:
        StateError: It cannot be read.
    """
    return read_state(path, tomllib.loads, VERSION, "inbox", _read_tables) or Inbox()


def _read_tables(document: Mapping[str, Any]) -> Inbox:
    papers = document.get("papers", {}).items()
    candidates = {name: _read_candidate(name, table) for name, table in papers}
    numbers = [candidate.number for candidate in candidates.values()]
    if twice := sorted({number for number in numbers if numbers.count(number) > 1}):
        # Two branches that were merged may both have given it; a decision would be on either.
        raise ValueError(f"two papers have the number {twice[0]}; give one of them another")
    names = ("title", "date", "why")
    return Inbox(
        candidates=candidates,
        declined={
            name: Declined(name, *(str(table.get(key, "")) for key in names))
            for name, table in document.get("declined", {}).items()
        },
        fetched=str(document.get("fetched", "")),
        last_number=max([int(document.get("last-number", 0)), *numbers]),
    )


_OWN = ("number", "score", "like", "cites", "categories", "day", "came", "source", "entry-type")
_FIELD = "field-"
"""Begins the name of a field that is called like one of our own, as the number of an issue is."""


def _read_list(table: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = table.get(name, [])
    if not isinstance(found, list):
        raise TypeError(f"{name} is no list: {found!r}")
    return tuple(map(str, found))


def _read_candidate(name: str, table: Mapping[str, Any]) -> Candidate:
    values: Any = {key: _read_list(table, key) for key in ("like", "cites", "categories")}
    values |= {key: str(table.get(key, "")) for key in ("day", "came", "source")}
    fields = {key: str(text) for key, text in table.items() if key not in _OWN}
    return Candidate(
        identifier=name,
        number=int(table["number"]),
        score=float(table.get("score", 0)),
        entry_type=str(table["entry-type"]),
        fields={key.removeprefix(_FIELD): text for key, text in fields.items()},
        **values,
    )


def write_inbox(inbox: Inbox) -> str:
    """Return the text of the file."""
    import tomlkit  # noqa: PLC0415 (only those who write wait for it)

    papers, declined = {}, {}
    for name, candidate in sorted(inbox.candidates.items()):
        own = {name: getattr(candidate, name.replace("-", "_")) for name in _OWN}
        fields = {_FIELD * (name in _OWN) + name: text for name, text in candidate.fields.items()}
        papers[name] = {key: value for key, value in own.items() if value not in ("", ())} | fields
    for name, decision in sorted(inbox.declined.items()):
        declined[name] = {"title": decision.title, "date": decision.date, "why": decision.why}
    numbers = {"version": VERSION, "last-number": inbox.last_number}
    rest = {"fetched": inbox.fetched, "papers": papers, "declined": declined}
    document = numbers | {name: value for name, value in rest.items() if value}
    return _HEAD + tomlkit.dumps(document)
