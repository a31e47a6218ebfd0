"""The state of a survey, for its editors: what each category has, lacks, and waits for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from livingsurvey.bibtex.source import StateError
from livingsurvey.catalog.ledger import digest_facts, read_ledger
from livingsurvey.queries import call, find_month
from livingsurvey.upkeep.inbox import Inbox, read_inbox

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from livingsurvey.catalog import Catalog
    from livingsurvey.catalog.ledger import Ledger
    from livingsurvey.model import Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryState:
    """What an editor wants to know of a category; papers count where they are at home.

    Attributes:
        tag: The category.
        title: Its title.
        papers: How many papers are at home in it.
        newest: The key of the one that appeared last, or ``""``.
        newest_name: What that is called.
        newest_month: The year and the month in which it appeared; 0 for what is unknown.
        preprints: How many have no venue: they may have been published since.
        no_code: How many have no address of code.
        no_doi: How many have no DOI.
        no_annotation: How many have no annotation.
        unverified: How many no record vouches for as they are.
        waiting: How many candidates of the inbox are proposed for it first.
    """

    tag: str
    title: str
    papers: int
    newest: str
    newest_name: str
    newest_month: tuple[int, int]
    preprints: int
    no_code: int
    no_doi: int
    no_annotation: int
    unverified: int
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyState:
    """The answer to :class:`State`.

    Attributes:
        categories: In the order of the survey, those that papers can belong to.
        has_ledger: Whether anything was ever verified.
        fetched: The ISO date of the last fetch of the inbox, or ``""``.
        waiting: How many candidates the inbox holds.
        declined: How many were declined.
        fault: What is wrong with the inbox, or ``""``.
    """

    categories: tuple[CategoryState, ...]
    has_ledger: bool
    fetched: str
    waiting: int
    declined: int
    fault: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """The query for the state of a survey; the files are read for each answer.

    Attributes:
        ledger: What was verified.
        inbox: What the survey may lack.
    """

    ledger: Path
    inbox: Path

    def answer(self, catalog: Catalog) -> SurveyState:
        """Return the state."""
        ledger, _ = read_ledger(self.ledger, self.ledger.name)
        fault = ""
        try:
            inbox = read_inbox(self.inbox).leave_out_known(catalog)
        except StateError as error:
            inbox, fault = Inbox(), str(error)
        waiting = Counter(
            candidate.categories[0]
            for candidate in inbox.candidates.values()
            if candidate.categories
        )
        return SurveyState(
            categories=tuple(
                _describe(tag, catalog, ledger, waiting[tag])
                for tag in (category.tag for category in catalog.taxonomy.leaves)
            ),
            has_ledger=bool(ledger.entries),
            fetched=inbox.fetched,
            waiting=len(inbox.candidates),
            declined=len(inbox.declined),
            fault=fault,
        )


def _describe(tag: str, catalog: Catalog, ledger: Ledger, waiting: int) -> CategoryState:
    category = catalog.category(tag)
    papers = [paper for paper in catalog.papers_in(tag) if paper.home == tag]
    newest = max(papers, key=lambda paper: (find_month(paper), paper.key), default=None)

    def count(is_lacking: Callable[[Paper], bool]) -> int:
        return sum(map(is_lacking, papers))

    return CategoryState(
        tag=tag,
        title=category.title,
        papers=len(papers),
        newest=newest.key if newest else "",
        newest_name=call(newest, 30) if newest else "",
        newest_month=find_month(newest) if newest else (0, 0),
        preprints=count(lambda paper: not paper.venue and bool(paper.arxiv)),
        no_code=count(lambda paper: not paper.links.get("code")),
        no_doi=count(lambda paper: not paper.doi),
        no_annotation=count(lambda paper: not paper.annotation),
        unverified=count(lambda paper: not _is_verified(paper, ledger)),
        waiting=waiting,
    )


def _is_verified(paper: Paper, ledger: Ledger) -> bool:
    known = ledger.entries.get(paper.key)
    return known is not None and known.verdict == "agrees" and known.facts == digest_facts(paper)
