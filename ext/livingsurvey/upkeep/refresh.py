"""What has become of the papers of a survey: proposals, each with the record that it rests on.

A proposal is a change of one entry: that its preprint has been published; that its title or its
authors are others now; that its paper was withdrawn; an identifier that it lacks; a new address
of its code. It is **certain**, and written without a question, if the match with its record is
certain (see :mod:`.matching`) and

* a publication names a venue that the survey knows by name, in a year that is not before that of
  the first version, and has the title of the entry, or is known by an identifier;
* a title is of the same arXiv record as the entry's, which is a preprint;
* an identifier is of a record with the entry's own venue.

Lists of authors are never certain: collections get them wrong, and an editor looks at the paper.
Neither is a withdrawal, for what follows from it is for people to say.

What editors declined is remembered in a file beside the ledger, and not proposed again.
"""

from __future__ import annotations

import datetime
import json
import re
from collections import Counter
from dataclasses import asdict, dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal, get_args

from livingsurvey.bibtex.edit import apply_edits, set_fields
from livingsurvey.bibtex.source import read_state
from livingsurvey.digest import digest
from livingsurvey.markup import parse, search_key, title_key
from livingsurvey.online.items import is_preprint_venue
from livingsurvey.online.record import is_same_person
from livingsurvey.online.texts import protect_capitals, write_author

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from livingsurvey.bibtex.edit import Edit
    from livingsurvey.bibtex.read import Entry
    from livingsurvey.catalog import Catalog
    from livingsurvey.model import Paper
    from livingsurvey.online.record import Record
    from livingsurvey.upkeep.matching import Match

Kind = Literal["published", "title", "authors", "withdrawn", "identifiers", "code"]
KINDS: tuple[str, ...] = get_args(Kind)

_ACRONYM = re.compile(r"(.+) \(([^()]+)\)")
_TOKEN = re.compile(r"[\w&]+(?:[-/][\w&]+)*")
_APART = ("findings", "workshop", "workshops", "tutorial", "tutorials", "companion", "student",
          "demonstration", "demonstrations", "doctoral", "extended abstracts")  # fmt: skip
"""Words that make another venue of one that is named beside them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A change of an entry.

    Attributes:
        key: The entry.
        kind: What has happened to the paper.
        summary: That in words, a phrase.
        fields: New values, in TeX.
        removed: Fields to take out.
        entry_type: A new type, or ``""``.
        basis: The record that it rests on: who says it, and under which name.
        doubts: Why it is not certain, a phrase each.
    """

    key: str
    kind: Kind
    summary: str
    fields: Mapping[str, str]
    removed: tuple[str, ...] = ()
    entry_type: str = ""
    basis: str
    doubts: tuple[str, ...] = ()

    @property
    def is_certain(self) -> bool:
        """Whether it may be written without a question."""
        return not self.doubts

    @property
    def digest(self) -> str:
        """What it is remembered by: the change itself, whoever proposes it."""
        return digest((self.kind, dict(self.fields), self.removed))[:16]


class Venues:
    """The venues of a survey as it spells them, to be found by what others call them.

    Args:
        catalog: The survey.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._by_name: dict[str, tuple[str, str]] = {}
        self._by_acronym: dict[tuple[str, ...], tuple[str, str]] = {}
        papers, names = catalog.papers.values(), ("booktitle", "journal")
        spelled = ((name, paper.fields.get(name, "")) for paper in papers for name in names)
        counts = Counter(venue for venue in spelled if venue[1])
        # The commonest spelling comes first, and stays.
        for name, text in sorted(counts, key=lambda venue: (-counts[venue], venue)):
            plain = parse(text).text
            match = _ACRONYM.fullmatch(plain)
            self._by_name.setdefault(title_key(match[1] if match else plain), (name, text))
            self._by_name.setdefault(title_key(plain), (name, text))
            if match:
                self._by_acronym.setdefault(tuple(match[2].split()), (name, text))

    def find(self, venue: str) -> tuple[str, str] | None:
        """Return the field and the survey's spelling of a venue; None if it is not known.

        By its name, else by the acronym that stands first in it, else by the longest name of ours
        that it contains.
        """
        text = parse(venue).text
        key = title_key(text)
        if found := self._by_name.get(key):
            return found
        mark = _find_mark(text)
        tokens = _TOKEN.findall(text)
        places = {token: place for place, token in reversed(list(enumerate(tokens)))}
        for token, place in list(places.items()):  # ACL-IJCNLP, EMNLP/IJCNLP
            places.setdefault(re.split("[-/]", token)[0], place)
        named = [
            (-len(words), max(places[word] for word in words), found)
            for words, found in self._by_acronym.items()
            if all(word in places for word in words) and _find_mark(" ".join(words)) == mark
        ]
        if named:
            return min(named)[2]
        if len(tokens) == 1:  # a lone word, without regard to case: neurips
            for words, found in self._by_acronym.items():
                if len(words) == 1 and words[0].casefold() == tokens[0].casefold():
                    return found
        held = [
            name
            for name, (_, ours) in self._by_name.items()
            if len(name) > 12 and name in key and _find_mark(parse(ours).text) == mark
        ]
        return self._by_name[max(held, key=len)] if held else None


def _find_mark(text: str) -> str:
    words = search_key(text)
    return next((mark for mark in _APART if mark in words), "")


def propose(
    matches: Iterable[Match], venues: Venues, decisions: Decisions | None = None
) -> list[Proposal]:
    """Return the proposals that some matches give, by key, one of a kind for each entry.

    Args:
        matches: In any order; of several that say the same of a paper the best one counts.
        venues: The survey's names of venues.
        decisions: What editors declined.
    """
    ordered = sorted(matches, key=lambda match: _rank(match, venues))
    proposals: list[Proposal] = []
    for _, group in groupby(ordered, key=lambda match: match.paper.key):
        found: dict[Kind, Proposal] = {}
        for match in group:
            for proposal in filter(None, _propose_all(match, venues)):
                if decisions is None or not decisions.has_declined(proposal):
                    kept = found.setdefault(proposal.kind, proposal)
                    if kept.doubts and not proposal.doubts:
                        found[proposal.kind] = proposal
        if (published := found.get("published")) is not None:
            found.pop("identifiers", None)
            if "title" in published.fields:
                found.pop("title", None)  # one change of the title at a time
        proposals += found.values()
    return proposals


def _rank(match: Match, venues: Venues) -> tuple[Any, ...]:
    """Return what orders matches: by paper, the best first."""
    record = match.record
    lacks = (not match.is_certain, not match.is_identified, venues.find(record.venue) is None)
    return (match.paper.key, *lacks, record.year or 9999, record.identifier)


def _propose_all(match: Match, venues: Venues) -> Iterator[Proposal | None]:
    paper, record = match.paper, match.record
    is_preprint = is_preprint_venue(paper.venue) and paper.entry_type not in _BOOKS
    is_published = not is_preprint_venue(record.venue)
    if record.is_withdrawn:
        yield _propose_withdrawal(match)
    elif is_preprint and is_published:
        yield _propose_publication(match, venues)
    elif match.is_identified:
        yield _propose_title(match, is_preprint=is_preprint)
    is_same_version = is_preprint or (
        is_published and venues.find(paper.venue) == venues.find(record.venue)
    )
    if match.is_certain and is_same_version:
        yield _propose_authors(match)
    if not record.is_withdrawn:
        yield _propose_identifiers(match, venues)


_BOOKS = frozenset({"book", "phdthesis", "mastersthesis", "thesis", "techreport", "report"})


def _make_proposal(
    match: Match, kind: Kind, summary: str, fields: Mapping[str, str], **more: Any
) -> Proposal:
    """Return a proposal for the entry of a match, which rests on its record."""
    basis = f"{match.record.source} {match.record.identifier}".strip()
    key = match.paper.key
    return Proposal(key=key, kind=kind, summary=summary, fields=fields, basis=basis, **more)


def _propose_publication(match: Match, venues: Venues) -> Proposal:
    paper, record = match.paper, match.record
    doubts = list(match.doubts)
    name = "journal" if record.entry_type == "article" else "booktitle"
    venue = protect_capitals(record.venue)
    if (known := venues.find(record.venue)) is not None:
        name, venue = known
    else:
        doubts.append("the survey has no such venue yet; mind its name")
    fields = {name: venue}
    if name == "journal" or not record.volume:  # of proceedings it would count a series
        fields |= {"volume": record.volume, "number": record.number}
    fields |= {"pages": record.pages, "year": str(record.year or ""), "doi": record.doi}
    if record.arxiv and not paper.arxiv:
        fields |= {"eprint": record.arxiv, "archiveprefix": "arXiv"}
    if _differ_titles(paper, record):
        fields["title"] = protect_capitals(record.title)
        if match.is_certain and not match.is_identified:
            doubts.append("the title differs")
    if record.source == "arXiv":
        doubts.append("the authors say so at arXiv")
    # Of the first version: the arXiv identifier's, else the entry's.
    first = 2000 + int(paper.arxiv[:2]) if re.match(r"\d{4}\.", paper.arxiv) else paper.year
    if record.year is None or (first is not None and record.year < first):
        doubts.append(f"the year {record.year or ''} is not after the first version's".strip())
    entry_type = "article" if name == "journal" else "inproceedings"
    stale = is_preprint_venue(paper.venue) and bool(paper.venue)
    places = ("journal", "volume", "number", "howpublished") if stale else ()
    return _make_proposal(
        match,
        "published",
        f"published in {parse(venue).text}, {record.year}",
        {name: text for name, text in fields.items() if text and paper.fields.get(name) != text},
        doubts=tuple(dict.fromkeys(doubts)),
        removed=tuple(old for old in places if old not in fields and old in paper.fields),
        entry_type=entry_type,
    )


def _differ_titles(paper: Paper, record: Record) -> bool:
    return title_key(parse(paper.title).text) != title_key(parse(record.title).text)


def _propose_title(match: Match, *, is_preprint: bool) -> Proposal | None:
    paper, record = match.paper, match.record
    # arXiv's title says nothing of how a venue printed it.
    is_same_version = is_preprint or not is_preprint_venue(record.venue)
    if not is_same_version or not _differ_titles(paper, record):
        return None
    is_own_record = is_preprint and record.source == "arXiv"
    summary = f"the title is now '{parse(record.title).text}'"
    doubts = () if is_own_record else ("titles in collections are not always as printed",)
    fields = {"title": protect_capitals(record.title)}
    return _make_proposal(match, "title", summary, fields, doubts=doubts)


def _propose_authors(match: Match) -> Proposal | None:
    paper, record = match.paper, match.record
    ours, theirs = paper.authors, record.authors
    if paper.truncated or len(theirs) < 2 or not ours:
        return None
    if len(ours) == len(theirs) and all(map(is_same_person, ours, theirs)):
        return None
    names = [{title_key(person.full) for person in people} for people in (ours, theirs)]
    if len(ours) == len(theirs) and names[0] == names[1]:
        summary = "the authors stand in another order"
    else:
        new = [person.full for person in theirs if title_key(person.full) not in names[0]]
        summary = f"{len(theirs)} authors instead of {len(ours)}"
        summary += f", new: {', '.join(new[:4])}{', …' if len(new) > 4 else ''}" if new else ""
    doubts = ("lists of authors are for an editor to compare with the paper",)
    fields = {"author": write_author(theirs)}
    return _make_proposal(match, "authors", summary, fields, doubts=doubts)


def _propose_withdrawal(match: Match) -> Proposal | None:
    paper, record = match.paper, match.record
    note = paper.fields.get("note", "")
    if re.search(r"withdrawn|retracted", note, re.IGNORECASE):
        return None
    word = "Withdrawn" if record.source == "arXiv" else "Retracted"
    summary = f"{word.lower()}, says {record.source}"
    fields = {"note": f"{note}; {word.lower()}" if note else word}
    doubts = (*match.doubts, "what follows from it is for an editor to say")
    return _make_proposal(match, "withdrawn", summary, fields, doubts=doubts)


def _propose_identifiers(match: Match, venues: Venues) -> Proposal | None:
    paper, record = match.paper, match.record
    if match.mark == "authors":
        return None
    fields = {}
    if record.doi and not paper.doi and not is_preprint_venue(paper.venue):
        ours, theirs = venues.find(paper.venue), venues.find(record.venue)
        if ours is None or ours != theirs or record.year != paper.year:
            return None  # of another version
        fields["doi"] = record.doi
    if record.arxiv and not paper.arxiv:
        fields |= {"eprint": record.arxiv, "archiveprefix": "arXiv"}
        if record.primary_class:
            fields["primaryclass"] = record.primary_class
    if not fields:
        return None
    shown = ", ".join(f"{name} {fields[name]}" for name in ("doi", "eprint") if name in fields)
    return _make_proposal(match, "identifiers", f"lacks {shown}", fields, doubts=match.doubts)


def propose_code(paper: Paper, address: str, basis: str) -> Proposal | None:
    """Return the proposal for code that has moved for good; None if it is where we say."""
    old = paper.links.get("code", "")
    if not old or old.rstrip("/").casefold() == address.rstrip("/").casefold():
        return None
    return Proposal(
        key=paper.key,
        kind="code",
        summary=f"the code has moved to {address}",
        fields={"code": address},
        basis=basis,
        # A host's front page, or another host, is not the new home of a repository.
        doubts=() if old.split("/")[2:3] == address.split("/")[2:3] else ("on another host",),
    )


def edit_entry(entry: Entry, proposals: Iterable[Proposal]) -> list[Edit]:
    """Return the edits that put proposals of one entry into its text."""
    fields: dict[str, str] = {}
    removed: dict[str, None] = {}
    entry_type = ""
    for proposal in proposals:
        fields |= proposal.fields
        removed |= dict.fromkeys(proposal.removed)
        entry_type = proposal.entry_type or entry_type
    leaving = [name for name in removed if name not in fields]
    return set_fields(entry, fields, entry_type=entry_type, removed=leaving)


def show_entry(entry: Entry, proposal: Proposal) -> tuple[str, str]:
    """Return the text of an entry before and after a proposal."""
    before = entry.source.text
    after = apply_edits(before, edit_entry(entry, [proposal]))
    start, end = entry.block.start, entry.block.end
    return before[start:end], after[start : len(after) - len(before) + end]


FILE_NAME = "decisions.json"
VERSION = 1


@dataclass(frozen=True, slots=True)
class Decision:
    """A proposal that an editor declined.

    Attributes:
        kind: Its kind.
        digest: Its digest.
        summary: What was proposed, for people.
        date: The ISO date of the decision.
        why: The reason, or ``""``.
    """

    kind: str
    digest: str
    summary: str
    date: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Decisions:
    """What editors declined, by key: it is not proposed again."""

    declined: Mapping[str, Sequence[Decision]] = field(default_factory=dict)

    def has_declined(self, proposal: Proposal) -> bool:
        """Whether this very change was declined before."""
        return any(it.digest == proposal.digest for it in self.declined.get(proposal.key, ()))

    def decline(self, proposal: Proposal, day: datetime.date, why: str = "") -> Decisions:
        """Return the decisions with one more."""
        key, kind, mark = proposal.key, proposal.kind, proposal.digest
        others = [it for it in self.declined.get(key, ()) if it.digest != mark]
        new = Decision(kind, mark, proposal.summary, day.isoformat(), why)
        return Decisions({**self.declined, key: (*others, new)})


def read_decisions(path: Path) -> Decisions:
    """Read the file of decisions; a missing one is empty.

    Raises:
        StateError: It cannot be read.
    """
    return read_state(path, json.loads, VERSION, "file of decisions", _read_declined) or Decisions()


def _read_declined(document: Mapping[str, Any]) -> Decisions:
    declined = document["declined"].items()
    return Decisions({key: tuple(map(_read_decision, values)) for key, values in declined})


def _read_decision(value: Mapping[str, Any]) -> Decision:
    datetime.date.fromisoformat(value["date"])
    names = ("kind", "digest", "summary", "date")
    return Decision(**{name: str(value[name]) for name in names}, why=str(value.get("why", "")))


def write_decisions(decisions: Decisions) -> str:
    """Return the text of the file: JSON, a line for each fact and sorted, for small diffs."""
    declined = {
        key: [
            {name: text for name, text in asdict(decision).items() if text or name != "why"}
            for decision in sorted(values, key=lambda decision: (decision.date, decision.digest))
        ]
        for key, values in sorted(decisions.declined.items())
    }
    document = {"version": VERSION, "declined": declined}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"
