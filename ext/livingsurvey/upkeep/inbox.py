"""The inbox: papers that the survey may lack, in a text file that editors can review.

``bib/inbox.toml`` holds a table for each candidate, sorted by its identifier, and one for each that
was declined, so that it does not come again. A candidate keeps its number and its score from the
day on which it came: what has not changed makes no line in a diff.

A category of the taxonomy may ``watch`` for papers: by queries in arXiv's syntax
(https://info.arxiv.org/help/api/user-manual.html#query_details), and by ``cites:KEY`` for what
cites a paper of the survey.
"""

from __future__ import annotations

import datetime
import json
import math
import tomllib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from livingsurvey.bibtex.source import read_state
from livingsurvey.markup import parse, title_key
from livingsurvey.online import arxiv, openalex
from livingsurvey.online.items import read_item
from livingsurvey.online.record import make_fields
from livingsurvey.online.targets import MalformedError, OnlineError, Target
from livingsurvey.upkeep.matching import Index
from livingsurvey.upkeep.records import list_record
from livingsurvey.upkeep.refresh import Venues

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from livingsurvey.catalog import Catalog
    from livingsurvey.online.client import Client
    from livingsurvey.online.record import Record
    from livingsurvey.upkeep.suggestions import Suggester

FILE_NAME = "inbox.toml"
VERSION = 1
MOST = 100
"""Candidates that one fetch adds: more than an editor looks at in a month."""
PAGE = 100
"""Papers that arXiv is asked for at a time."""
MOST_PAGES = 5
FIRST_DAYS = 30
"""How far back the first fetch looks."""
CITING = 0.05
"""What each doubling of the papers of the survey that a candidate cites adds to its score."""
_HEAD = """\
# Papers that the survey may lack. Written by 'livingsurvey inbox'; see its --help.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A paper that the survey may lack.

    Attributes:
        identifier: ``arxiv:…``, ``doi:…`` or ``title:…``.
        number: What editors call it.
        score: How much it is like the survey; see :mod:`.suggestions`.
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
        parts = []
        if self.cites:
            parts.append(f"cites {', '.join(self.cites)}")
        if self.like:
            parts.append(f"like {', '.join(self.like)}")
        return "; ".join(parts) or "by date"


@dataclass(frozen=True, slots=True, kw_only=True)
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
        by_day = sorted(
            self.candidates.values(), key=lambda one: (one.day, -one.number), reverse=True
        )
        return sorted(by_day, key=lambda one: -one.score)

    def find(self, number: int) -> Candidate | None:
        """Return the candidate with this number."""
        return next((one for one in self.candidates.values() if one.number == number), None)

    def take_out(self, candidate: Candidate) -> Inbox:
        """Return the inbox without a candidate."""
        left = {name: one for name, one in self.candidates.items() if one != candidate}
        return replace(self, candidates=left)

    def decline(self, candidate: Candidate, day: datetime.date, why: str) -> Inbox:
        """Return the inbox with a candidate declined."""
        decision = Declined(
            identifier=candidate.identifier,
            title=candidate.title,
            date=day.isoformat(),
            why=why,
        )
        declined = {**self.declined, candidate.identifier: decision}
        return replace(self.take_out(candidate), declined=declined)

    def leave_out_known(self, catalog: Catalog) -> Inbox:
        """Return the inbox without candidates that the survey has by now."""
        dois = {paper.doi.lower() for paper in catalog.papers.values()} - {""}
        eprints = {paper.arxiv for paper in catalog.papers.values()} - {""}
        titles = {title_key(parse(paper.title).text) for paper in catalog.papers.values()}
        left = {
            name: one
            for name, one in self.candidates.items()
            if one.fields.get("doi", "").lower() not in dois
            and one.fields.get("eprint", "") not in eprints
            and title_key(one.title) not in titles
        }
        return replace(self, candidates=left)


def identify(record: Record) -> str:
    """Return the name of a record in the inbox."""
    if record.arxiv:
        return f"arxiv:{record.arxiv}"
    if record.doi:
        return f"doi:{record.doi.lower()}"
    return f"title:{title_key(parse(record.title).text)[:100]}"


def sift(records: Iterable[Record], catalog: Catalog, inbox: Inbox) -> list[Record]:
    """Return the records that are new: neither in the survey nor in the inbox nor declined."""
    index = Index(catalog)
    seen = {*inbox.candidates, *inbox.declined}
    # An identifier that the survey has is known, whatever title a list gives it.
    seen |= {f"arxiv:{paper.arxiv}" for paper in catalog.papers.values()}
    seen |= {f"doi:{paper.doi.lower()}" for paper in catalog.papers.values()}
    titles = {title_key(title) for title in inbox.titles}
    found = []
    for record in records:
        title = title_key(parse(record.title).text)
        name = identify(record)
        if record.is_withdrawn or name in seen or title in titles:
            continue
        match = index.find_paper(list_record(record))
        if match is not None and match.mark != "authors":
            continue
        seen.add(name)
        titles.add(title)
        found.append(record)
    return found


def add_records(
    inbox: Inbox,
    records: Sequence[Record],
    suggester: Suggester,
    day: datetime.date,
    *,
    cites: Mapping[str, Iterable[str]] | None = None,
    most: int = MOST,
) -> Inbox:
    """Return the inbox with the best of some records that are new to it.

    Args:
        inbox: The inbox.
        records: The records, as :func:`sift` returns them.
        suggester: Ranks them and proposes categories.
        day: Today.
        cites: The papers of the survey that records cite, by identifier, as far as is known.
        most: The most candidates to add; the others are let go, and may come again.
    """
    # What was there before helps to tell what the survey takes from what it does not.
    titles = [parse(record.title).text for record in records]
    ranks = suggester.rank([*titles, *inbox.titles])[: len(records)]
    venues = Venues(suggester.catalog)
    cites = cites or {}
    drafts = []
    for record, rank in zip(records, ranks, strict=True):
        fields = make_fields(record)
        known = venues.find(record.venue) if record.venue else None
        if known is not None:
            fields = {name: text for name, text in fields.items() if text != record.venue}
            fields[known[0]] = known[1]
        cited = tuple(sorted(cites.get(identify(record), ())))
        drafts.append(
            Candidate(
                identifier=identify(record),
                number=0,
                score=round(rank.score + CITING * math.log2(1 + len(cited)), 3),
                like=rank.like,
                cites=cited,
                day=record.appeared.isoformat() if record.appeared else str(record.year or ""),
                came=day.isoformat(),
                source=record.source,
                entry_type="article" if "journal" in fields else record.entry_type,
                fields=fields,
            )
        )
    by_identifier = {identify(record): record for record in records}
    candidates = dict(inbox.candidates)
    chosen = Inbox(candidates={draft.identifier: draft for draft in drafts}).sort()[:most]
    for number, draft in enumerate(chosen, start=inbox.last_number + 1):
        record = by_identifier[draft.identifier]
        found = suggester.suggest(record.title, record.abstract)[:3]
        tags = tuple(suggestion.category.tag for suggestion in found)
        candidates[draft.identifier] = replace(draft, number=number, categories=tags)
    return replace(inbox, candidates=candidates, last_number=inbox.last_number + len(chosen))


@dataclass(slots=True)
class Fetched:
    """What the services named.

    Attributes:
        records: The papers.
        cites: The papers of the survey that they cite, by identifier.
        failures: What could not be asked, a line each.
    """

    records: list[Record] = field(default_factory=list)
    cites: dict[str, set[str]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


def fetch(
    client: Client,
    catalog: Catalog,
    since: datetime.date,
    until: datetime.date,
    say: Callable[[str], None],
) -> Fetched:
    """Ask what the categories watch for.

    Args:
        client: The way to the services.
        catalog: The survey, with what its categories watch for.
        since: The first day.
        until: The last day.
        say: Takes a word about the progress.
    """
    fetched = Fetched()
    categories = catalog.taxonomy.categories.values()
    wishes = dict.fromkeys(wish for category in categories for wish in category.watch)
    for wish in wishes:
        say(f"asking for {wish}")
        kind, _, key = wish.partition(":")
        try:
            if kind != "cites":
                fetched.records += _ask_arxiv(client, wish, since, until)
                continue
            if key not in catalog.papers:
                fetched.failures.append(f"'{wish}': there is no paper '{key}'")
                continue
            for record in _ask_openalex(client, catalog, key, since):
                fetched.records.append(record)
                fetched.cites.setdefault(identify(record), set()).add(key)
        except OnlineError as error:
            failure = f"'{wish}': {error}"
            fetched.failures.append(failure)
    return fetched


def _ask_arxiv(
    client: Client, wish: str, since: datetime.date, until: datetime.date
) -> list[Record]:
    span = f"[{since:%Y%m%d}0000 TO {until:%Y%m%d}2359]"
    records: list[Record] = []
    for page in range(MOST_PAGES):
        query = urlencode(
            {
                "search_query": f"({wish}) AND submittedDate:{span}",
                "sortBy": "submittedDate",
                "sortOrder": "descending",
                "start": page * PAGE,
                "max_results": PAGE,
            }
        )
        answer = client.ask("arxiv", query)
        try:
            bodies = arxiv.split(answer.body, ())
        except OnlineError:
            client.forget("arxiv", query)
            raise
        for identifier, body in bodies.items():
            records.append(arxiv.read(body, identifier, until))
        if len(bodies) < PAGE:
            break
    return records


def _ask_openalex(client: Client, catalog: Catalog, key: str, since: datetime.date) -> list[Record]:
    paper = catalog.papers[key]
    doi = paper.doi or (f"10.48550/arXiv.{paper.arxiv}" if paper.arxiv else "")
    if not doi:
        raise MalformedError(f"'{key}' has neither DOI nor arXiv identifier")
    record = client.fetch(Target("openalex", doi))
    work = record.url.rpartition("/")[2] if "openalex.org/" in record.url else ""
    if not work:
        raise MalformedError(f"OpenAlex does not say what it calls '{key}'")
    answer = client.ask("openalex", openalex.make_citing_query(work, since))
    day = datetime.datetime.fromtimestamp(answer.time, datetime.UTC).date()
    works = openalex.find_works(answer.body)
    found = (read_item(work, openalex.NAME, day) for work in works)
    return [record for record in found if record is not None]


def read_inbox(path: Path) -> Inbox:
    """Read the inbox; a missing one is empty.

    Raises:
        StateError: It cannot be read.
    """
    return read_state(path, tomllib.loads, VERSION, "inbox", _read) or Inbox()


def _read(document: Mapping[str, Any]) -> Inbox:
    return Inbox(
        candidates={
            name: _read_candidate(name, table) for name, table in document.get("papers", {}).items()
        },
        declined={
            name: Declined(identifier=name, **_read_texts(table, "title", "date", "why"))
            for name, table in document.get("declined", {}).items()
        },
        fetched=str(document.get("fetched", "")),
        last_number=int(document.get("last-number", 0)),
    )


_OWN = ("number", "score", "like", "cites", "categories", "day", "came", "source", "entry-type")


def _read_texts(table: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: str(table.get(name, "")) for name in names}


def _read_candidate(name: str, table: Mapping[str, Any]) -> Candidate:
    lists: Any = {
        key: tuple(map(str, table.get(key, ()))) for key in ("like", "cites", "categories")
    }
    return Candidate(
        identifier=name,
        number=int(table["number"]),
        score=float(table.get("score", 0)),
        entry_type=str(table["entry-type"]),
        fields={key: str(text) for key, text in table.items() if key not in _OWN},
        **lists,
        **_read_texts(table, "day", "came", "source"),
    )


def write_inbox(inbox: Inbox) -> str:
    """Return the text of the file."""
    head: dict[str, Any] = {"version": VERSION, "last-number": inbox.last_number}
    if inbox.fetched:
        head["fetched"] = inbox.fetched
    parts = [_HEAD, _write_table(head)]
    for name, one in sorted(inbox.candidates.items()):
        own = {
            "number": one.number,
            "score": one.score,
            "like": one.like,
            "cites": one.cites,
            "categories": one.categories,
            "day": one.day,
            "came": one.came,
            "source": one.source,
            "entry-type": one.entry_type,
        }
        table = {key: value for key, value in own.items() if value not in ("", ())}
        parts.append(f"\n[papers.{_quote(name)}]\n{_write_table({**table, **one.fields})}")
    for name, decision in sorted(inbox.declined.items()):
        table = {"title": decision.title, "date": decision.date, "why": decision.why}
        parts.append(f"\n[declined.{_quote(name)}]\n{_write_table(table)}")
    return "".join(parts)


def _write_table(table: Mapping[str, Any]) -> str:
    return "".join(f"{name} = {_write_value(value)}\n" for name, value in table.items())


def _write_value(value: Any) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_quote, value))}]"
    return _quote(value) if isinstance(value, str) else repr(value)


def _quote(text: str) -> str:
    # TOML's basic strings are those of JSON, but for one control character.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
