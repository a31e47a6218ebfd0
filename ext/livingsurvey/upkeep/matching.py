"""Which paper of the survey a record is of: what is certain, and what is only likely.

A match is **certain** if

* DOI or arXiv identifier are the same, and so is the title, or half of its telling words and an
  author: identifiers are mistyped, and a title may change; or
* the title is the same, has at least three words, and so are the authors: two of three family
  names that either list has stand in both; and the year fits, from the year before the entry's to
  four years after it.

It is **likely** if only part of that holds:

* the title is the same, and an author, but the lists differ more, the title is short, or the year
  does not fit; or
* the title differs, but half of the telling words of the shorter title, two at least, stand in
  both; the first author is the same person and three of five family names stand in both lists,
  or the name before the colon is the same and so are three of five names of the shorter list, two
  at least; and the year fits. Titles and authors change between a preprint and its publication.

Nothing matches whose identifiers contradict: two arXiv identifiers, or two DOIs of published
papers, are two papers; and no paper matches by authors and words a record whose title is that of
another paper of the survey.

:func:`ask_services` asks for the records. arXiv is asked for preprints: it knows new versions, and
what authors tell it of a publication. The DOI that it names is looked up at Crossref. DBLP is asked
for preprints by title: it knows the conferences that register no DOI. OpenAlex is asked about
everything with an identifier, many papers at a time: it knows of retractions.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from livingsurvey.markup import parse, search_key, title_key
from livingsurvey.online.items import fold_surname, is_preprint_venue
from livingsurvey.online.record import (
    YEARS_AFTER,
    YEARS_BEFORE,
    NotFoundError,
    OfflineError,
    OnlineError,
    Target,
    find_target,
    is_same_person,
)
from livingsurvey.online.texts import escape
from livingsurvey.upkeep.collection import key_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from livingsurvey.catalog import Catalog
    from livingsurvey.model import Paper, Person
    from livingsurvey.online.client import Client
    from livingsurvey.online.record import Record
    from livingsurvey.upkeep.collection import Listed

Mark = Literal["DOI", "arXiv identifier", "title", "authors"]

SAME_AUTHORS = 2 / 3
"""How many of the family names of two lists have to stand in both, for one author list."""
LIKE_AUTHORS = 3 / 5
"""The same for authors whose paper has another title."""
LIKE_TITLE = 1 / 2
"""How many of the telling words of the shorter of two titles the longer one has to have."""
SHORTEST_TITLE = 9
"""Letters that a title needs to stand for a paper: there are many prefaces."""

_LEAST_LETTERS = LIKE_TITLE / 2
"""Which part of the letters of the shorter title the words in common need, to look closer."""
_LITTLE_WORDS = frozenset(
    (  # noqa: SIM905 (as a list it would take a page)
        "a an and are as at be by can do for from how in is it its not of on or our the to toward "
        "towards using via we what when with language languages large model models neural network "
        "networks learning deep based efficient"
    ).split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A record of a paper of the survey.

    Attributes:
        paper: The paper.
        record: The record.
        mark: By what it was found.
        doubts: Why the match is only likely, a phrase each; none if it is certain.
    """

    paper: Paper
    record: Record
    mark: Mark
    doubts: tuple[str, ...] = ()

    @property
    def is_certain(self) -> bool:
        """Whether the rule of this module calls it certain."""
        return not self.doubts

    @property
    def is_identified(self) -> bool:
        """Whether it rests on an identifier."""
        return self.mark in {"DOI", "arXiv identifier"}


class Duplicate(NamedTuple):
    """A paper of the survey that is the one looked for, and by what it was found."""

    paper: Paper
    mark: Mark


class KnownPapers:
    """The papers of a survey, to be found by identifiers, else by title and authors.

    Args:
        catalog: The survey.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._by_mark: defaultdict[tuple[Mark, str], list[Paper]] = defaultdict(list)
        for paper in catalog.papers.values():
            self.add(paper)

    def add(self, paper: Paper) -> None:
        """Take in a paper."""
        title = title_key(parse(paper.title).text)
        for mark, text in self._mark(paper.doi, paper.arxiv, title):
            if text and (mark != "title" or len(text) >= SHORTEST_TITLE):
                self._by_mark[mark, text].append(paper)

    @staticmethod
    def _mark(doi: str, arxiv: str, title: str) -> Iterator[tuple[Mark, str]]:
        yield "DOI", doi.lower()
        yield "arXiv identifier", arxiv
        yield "title", title

    def find_duplicate(
        self, *, doi: str = "", arxiv: str = "", title: str = "", authors: Iterable[Person] = ()
    ) -> Duplicate | None:
        """Return the paper with this DOI or arXiv identifier, or with this title and an author.

        Args:
            doi: A bare DOI.
            arxiv: An arXiv identifier without version.
            title: A title in TeX; case, accents and punctuation do not count.
            authors: Its authors; if either list is empty, the title decides.
        """
        names = {search_key(person.family) for person in authors}
        for mark, text in self._mark(doi, arxiv, title_key(parse(title).text)):
            for paper in self._by_mark.get((mark, text), ()):
                people = (*paper.authors, *paper.editors)
                others = {search_key(person.family) for person in people}
                if mark != "title" or not names or not others or not names.isdisjoint(others):
                    return Duplicate(paper, mark)
        return None


def find_duplicate(catalog: Catalog, target: Target) -> Duplicate | None:
    """Return the paper of a survey with this DOI or arXiv identifier."""
    doi, arxiv = (target.value if target.kind == kind else "" for kind in ("doi", "arxiv"))
    return KnownPapers(catalog).find_duplicate(doi=doi, arxiv=arxiv)


class Index(KnownPapers):
    """The papers of a survey by what a record of them could be found by."""

    def __init__(self, catalog: Catalog) -> None:
        self._papers = catalog.papers
        self._by_name: defaultdict[str, list[str]] = defaultdict(list)
        self._by_surname: defaultdict[str, list[tuple[str, frozenset[str]]]] = defaultdict(list)
        super().__init__(catalog)

    def add(self, paper: Paper) -> None:
        """Take in a paper."""
        super().add(paper)
        title = parse(paper.title).text
        if name := key_name(title) or title_key(parse(paper.short_title).text):
            self._by_name[name].append(paper.key)
        if paper.authors and (surname := fold_surname(paper.authors[0].family)):
            self._by_surname[surname].append((paper.key, _find_words(title)))

    def find(self, listed: Iterable[Listed], keys: Iterable[str] = ()) -> list[Match]:
        """Return the matches of a collection, in its order; a paper may have several.

        Args:
            listed: The collection; of each paper that may be one of ours, the record is read.
            keys: The papers to look for; none for all.
        """
        wanted = set(keys) or self._papers.keys()
        found: list[Match] = []
        for item in listed:
            marks = self._find_candidates(item)
            candidates = {key: mark for key, mark in marks.items() if key in wanted}
            if candidates and (record := item.read()) is not None:
                pairs = candidates.items()
                matches = (judge(self._papers[key], record, mark) for key, mark in pairs)
                found += filter(None, matches)
        return found

    def _find_candidates(self, item: Listed) -> Mapping[str, Mark]:
        """Return the papers that a record may be of; those by title and words only at last."""
        candidates: dict[str, Mark] = {}
        for mark, text in self._mark(item.doi, item.arxiv, item.title):
            for paper in self._by_mark.get((mark, text), ()):
                candidates.setdefault(paper.key, mark)
        if not candidates:
            # The titles are looked at before the record is read: there are many Wangs.
            for key, words in self._by_surname.get(item.surname, ()):
                shared = [word for word in words if word in item.title]
                shorter = min(len(item.title), sum(map(len, words)))
                if len(shared) > 1 and sum(map(len, shared)) >= shorter * _LEAST_LETTERS:
                    candidates[key] = "authors"
            for key in self._by_name.get(item.name, ()):
                candidates[key] = "authors"
        return candidates


def judge(paper: Paper, record: Record, mark: Mark) -> Match | None:
    """Return the match of a paper and a record that was found by *mark*; None if it is none."""
    titles = [parse(text).text for text in (paper.title, record.title)]
    is_same_title = title_key(titles[0]) == title_key(titles[1])
    shared = share_surnames(paper.authors or paper.editors, record.authors)
    if mark in {"DOI", "arXiv identifier"}:
        is_same = is_same_title or (shared > 0 and share_words(*titles) >= LIKE_TITLE)
        return Match(paper=paper, record=record, mark=mark) if is_same else None
    if not shared or _contradict(paper, record):
        return None
    does_year_fit = _fits_year(paper, record)
    if mark == "title":
        doubts = []
        if len(titles[0].split()) < 3:
            doubts.append("the title is short")
        if shared < SAME_AUTHORS:
            doubts.append("the authors differ")
        if not does_year_fit:
            doubts.append(f"the year is {record.year or 'not known'}")
        return Match(paper=paper, record=record, mark=mark, doubts=tuple(doubts))
    names = [key_name(titles[0]) or title_key(parse(paper.short_title).text), key_name(titles[1])]
    if names[0] and names[0] == names[1]:
        has_authors = share_surnames(paper.authors, record.authors, of_shorter=True) >= LIKE_AUTHORS
    else:
        is_same_first = paper.authors and is_same_person(paper.authors[0], record.authors[0])
        has_authors = bool(is_same_first) and shared >= LIKE_AUTHORS
    if not (has_authors and does_year_fit and share_words(*titles) >= LIKE_TITLE):
        return None
    return Match(paper=paper, record=record, mark=mark, doubts=("the title differs",))


def _contradict(paper: Paper, record: Record) -> bool:
    if paper.arxiv and record.arxiv and paper.arxiv != record.arxiv:
        return True
    if is_preprint_venue(paper.venue) or not (paper.doi and record.doi):
        return False
    return paper.doi.lower() != record.doi.lower()


def _fits_year(paper: Paper, record: Record) -> bool:
    if paper.year is None or record.year is None:
        return False
    return paper.year - YEARS_BEFORE <= record.year <= paper.year + YEARS_AFTER


def share_surnames(
    some: Iterable[Person], others: Iterable[Person], *, of_shorter: bool = False
) -> float:
    """Return which part of the family names of two lists stands in both.

    Args:
        some: The one list.
        others: The other one.
        of_shorter: Which part of the shorter list, where a single name tells nothing.
    """
    names = [{fold_surname(person.family) for person in people} - {""} for people in (some, others)]
    common = len(names[0] & names[1])
    if of_shorter:
        return common / max(1, min(map(len, names))) if common > 1 else 0.0
    return common / max(1, len(names[0] | names[1]))


def share_words(one: str, other: str) -> float:
    """Return which part of the telling words of the shorter of two titles is in the longer one.

    Less than two words in common tell nothing.
    """
    words = _find_words(one), _find_words(other)
    common = len(words[0] & words[1])
    return common / max(1, min(map(len, words))) if common > 1 else 0.0


@lru_cache(maxsize=4096)  # a paper's title meets those of all records with its first author
def _find_words(title: str) -> frozenset[str]:
    words = "".join(char if char.isalnum() else " " for char in search_key(title)).split()
    return frozenset(words) - _LITTLE_WORDS


_ARXIV_DOI = "10.48550/arXiv."
_YEAR = re.compile(r"\b(?:19|20)\d{2}\b")


@dataclass(slots=True)
class Outcome:
    """What the services said.

    Attributes:
        matches: Their records, each with its paper.
        addresses: Papers with the address at which their code is now.
        failures: What could not be had, a line each; of one service that is offline, one line.
    """

    matches: list[Match] = field(default_factory=list)
    addresses: list[tuple[Paper, str]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def note(self, what: object, error: OnlineError) -> None:
        """Keep what could not be had, and why."""
        failure = str(error) if isinstance(error, OfflineError) else f"{what}: {error}"
        if failure not in self.failures:
            self.failures.append(failure)


def ask_services(client: Client, papers: Sequence[Paper], say: Callable[[str], None]) -> Outcome:
    """Ask about papers, preprints first.

    Args:
        client: The way to the services.
        papers: The papers.
        say: Takes a word about the progress.
    """
    outcome = Outcome()
    preprints = [paper for paper in papers if is_preprint_venue(paper.venue)]
    say(f"asking arXiv for {len(preprints)} preprints")
    at_arxiv = group_by_target(preprints, lambda paper: Target("arxiv", paper.arxiv))
    named: dict[Target, list[Paper]] = {}
    for paper, record in _fetch_matches(client, at_arxiv, "arXiv identifier", outcome):
        target = find_target(record.doi)
        if target is not None and target.kind == "doi":
            named.setdefault(target, []).append(paper)
    say(f"asking Crossref for {len(named)} publications that arXiv names")
    _fetch_matches(client, named, "DOI", outcome)
    say(f"asking DBLP for {len(preprints)} titles")
    titles = group_by_target(preprints, lambda paper: Target("dblp", parse(paper.title).text))
    _fetch_matches(client, titles, "title", outcome)
    say(f"asking OpenAlex for {len(papers)} works")
    eprints = [paper for paper in papers if paper.arxiv]
    by_arxiv = group_by_target(eprints, lambda it: Target("openalex", _ARXIV_DOI + it.arxiv))
    _fetch_matches(client, by_arxiv, "arXiv identifier", outcome)
    by_doi = group_by_target(papers, lambda paper: Target("openalex", paper.doi))
    _fetch_matches(client, by_doi, "DOI", outcome)
    _follow_code(client, papers, say, outcome)
    return outcome


def group_by_target(
    papers: Iterable[Paper], choose: Callable[[Paper], Target]
) -> dict[Target, list[Paper]]:
    """Return what to ask for, each with the papers that it is asked for; nothing is not asked."""
    targets: dict[Target, list[Paper]] = {}
    for paper in papers:
        if (target := choose(paper)).value:
            targets.setdefault(target, []).append(paper)
    return targets


def _fetch_matches(
    client: Client, targets: Mapping[Target, Sequence[Paper]], mark: Mark, outcome: Outcome
) -> list[tuple[Paper, Record]]:
    """Fetch records, and keep their matches; what a service does not know is no failure."""
    records: list[tuple[Paper, Record]] = []
    for target, found in client.fetch_all(targets):
        if isinstance(found, NotFoundError):
            continue
        if isinstance(found, OnlineError):
            outcome.note(target, found)
            continue
        for paper in targets[target]:
            records.append((paper, found))
            if (match := judge(paper, _read_reference(found), mark)) is not None:
                outcome.matches.append(match)
    return records


def _read_reference(record: Record) -> Record:
    """Return a record of arXiv with the venue and year that its authors wrote beside it."""
    if record.source != "arXiv" or not record.journal_ref:
        return record
    years = [int(year) for year in _YEAR.findall(record.journal_ref)]
    year = years[-1] if years else record.year
    return replace(record, venue=escape(record.journal_ref), year=year)


def _follow_code(
    client: Client, papers: Sequence[Paper], say: Callable[[str], None], outcome: Outcome
) -> None:
    coded = [paper for paper in papers if paper.links.get("code")]
    for done, paper in enumerate(coded):
        say(f"following the addresses of code, {done} of {len(coded)}")
        old = paper.links["code"]
        try:
            outcome.addresses.append((paper, client.follow(old)))
        except OnlineError as error:
            outcome.note(paper.key, error)
