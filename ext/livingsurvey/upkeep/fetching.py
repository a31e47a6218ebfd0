"""What comes into the inbox: asked for, sifted, ranked and given categories.

A category of the taxonomy may ``watch`` for papers: by queries in arXiv's syntax
(https://info.arxiv.org/help/api/user-manual.html#query_details), and by ``cites:KEY`` for what
cites a paper of the survey.
"""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from livingsurvey.markup import parse, title_key
from livingsurvey.online import arxiv, openalex
from livingsurvey.online.items import read_item
from livingsurvey.online.record import make_fields
from livingsurvey.online.targets import MalformedError, OnlineError, Target
from livingsurvey.upkeep.inbox import Candidate, Inbox, identify
from livingsurvey.upkeep.matching import Index
from livingsurvey.upkeep.records import list_record
from livingsurvey.upkeep.refresh import Venues

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from livingsurvey.catalog import Catalog
    from livingsurvey.online.client import Client
    from livingsurvey.online.record import Record
    from livingsurvey.upkeep.suggestions import Suggester

MOST = 100
"""Candidates that one fetch adds: more than an editor looks at in a month."""
PAGE = 100
"""Papers that arXiv is asked for at a time."""
MOST_PAGES = 5
FIRST_DAYS = 30
"""How far back the first fetch looks."""
CITING = 0.05
"""What each doubling of the papers of the survey that a candidate cites adds to its score."""


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
