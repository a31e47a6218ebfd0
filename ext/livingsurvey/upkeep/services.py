"""What arXiv, Crossref, DBLP and OpenAlex say of papers, as matches; and where their code is now.

arXiv is asked for preprints: it knows new versions, and what authors tell it of a publication. The
DOI that it names is looked up at Crossref. DBLP is asked for preprints by title: it knows the
conferences that register no DOI. OpenAlex is asked about everything with an identifier, many
papers at a time: it knows of retractions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from livingsurvey.markup import parse
from livingsurvey.online.items import is_preprint_venue
from livingsurvey.online.targets import (
    NotFoundError,
    OfflineError,
    OnlineError,
    Target,
    find_target,
)
from livingsurvey.online.texts import escape
from livingsurvey.upkeep.matching import judge
from livingsurvey.upkeep.refresh import propose_code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from livingsurvey.model import Paper
    from livingsurvey.online.client import Client
    from livingsurvey.online.record import Record
    from livingsurvey.upkeep.matching import Mark, Match
    from livingsurvey.upkeep.refresh import Proposal

_ARXIV_DOI = "10.48550/arXiv."
_YEAR = re.compile(r"\b(?:19|20)\d{2}\b")


@dataclass(slots=True)
class Outcome:
    """What the services said.

    Attributes:
        matches: Their records, each with its paper.
        moves: Code that has moved.
        failures: What could not be had, a line each; of one service that is offline, one line.
    """

    matches: list[Match] = field(default_factory=list)
    moves: list[Proposal] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


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
    at_arxiv = {Target("arxiv", paper.arxiv): [paper] for paper in preprints if paper.arxiv}
    named: dict[Target, list[Paper]] = {}
    for paper, record in _fetch(client, at_arxiv, "arXiv identifier", outcome):
        target = find_target(record.doi) if record.doi else None
        if target is not None and target.kind == "doi":
            named.setdefault(target, []).append(paper)
    say(f"asking Crossref for {len(named)} publications that arXiv names")
    _fetch(client, named, "DOI", outcome)
    say(f"asking DBLP for {len(preprints)} titles")
    titles: dict[Target, Sequence[Paper]] = {
        Target("dblp", parse(paper.title).text): [paper] for paper in preprints
    }
    _fetch(client, titles, "title", outcome)
    say(f"asking OpenAlex for {len(papers)} works")
    by_arxiv = _target(papers, lambda paper: paper.arxiv, _ARXIV_DOI)
    _fetch(client, by_arxiv, "arXiv identifier", outcome)
    _fetch(client, _target(papers, lambda paper: paper.doi, ""), "DOI", outcome)
    _follow_code(client, papers, say, outcome)
    return outcome


def _target(
    papers: Iterable[Paper], find: Callable[[Paper], str], prefix: str
) -> dict[Target, list[Paper]]:
    targets: dict[Target, list[Paper]] = {}
    for paper in papers:
        if identifier := find(paper):
            targets.setdefault(Target("openalex", prefix + identifier), []).append(paper)
    return targets


def _fetch(
    client: Client, targets: Mapping[Target, Sequence[Paper]], mark: Mark, outcome: Outcome
) -> list[tuple[Paper, Record]]:
    """Fetch records, and keep their matches; what a service does not know is no failure."""
    records: list[tuple[Paper, Record]] = []
    for target, found in client.fetch_all(targets):
        if isinstance(found, NotFoundError):
            continue
        if isinstance(found, OnlineError):
            _report(f"{target}: {found}" if not isinstance(found, OfflineError) else str(found),
                    outcome)  # fmt: skip
            continue
        for paper in targets[target]:
            records.append((paper, found))
            match = judge(paper, _read_reference(found), mark)
            if match is not None:
                outcome.matches.append(match)
    return records


def _report(failure: str, outcome: Outcome) -> None:
    if failure not in outcome.failures:
        outcome.failures.append(failure)


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
            move = propose_code(paper, client.follow(old), f"redirect of {old}")
        except OfflineError as error:
            _report(str(error), outcome)
        except OnlineError as error:
            _report(f"{paper.key}: {error}", outcome)
        else:
            if move is not None:
                outcome.moves.append(move)
