"""What a survey may lack: asked for, sifted, ranked, and given the categories it may belong to.

A category of the taxonomy may ``watch`` for papers: by queries in arXiv's syntax
(https://info.arxiv.org/help/api/user-manual.html#query_details), and by ``cites:KEY`` for what
cites a paper of the survey.

With scikit-learn (the extra ``suggest``) and at least a hundred papers, categories are learned: a
linear support vector machine over the words and pairs of words of titles and annotations, and of
what the taxonomy says of each category. Else a category is known by the words of its tag, title,
aliases and description, and by those that the titles of its papers use; a word counts for what it
tells: one that many categories use tells little.

Candidates are ranked by their titles. Among many, a machine of the same kind learns what tells the
papers of the survey from the other candidates, of which few belong to it; each is judged by one
that has not seen it. Among few, the likeness to the ten nearest papers of the survey counts.

No judgment is made: an editor sees what speaks for a proposal, and decides. ``bench`` measures how
often it is right.
"""

from __future__ import annotations

import importlib.util
import math
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from livingsurvey.markup import parse, search_key, title_key
from livingsurvey.online import arxiv
from livingsurvey.online.items import OPENALEX, find_works, make_citing_query, read_item
from livingsurvey.online.record import MalformedError, OnlineError, Target, make_fields
from livingsurvey.upkeep.collection import list_record
from livingsurvey.upkeep.inbox import Candidate, Inbox, name_record
from livingsurvey.upkeep.matching import Index
from livingsurvey.upkeep.refresh import Venues

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from livingsurvey.catalog import Catalog
    from livingsurvey.model import Category
    from livingsurvey.online.client import Client
    from livingsurvey.online.record import Record

    Span = tuple[datetime.date, datetime.date]

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
    titles = {title_key(title) for title in inbox.titles}
    found = []
    for record in records:
        title = title_key(parse(record.title).text)
        name = name_record(record)
        if record.is_withdrawn or name in seen or title in titles:
            continue
        if any(match.mark != "authors" for match in index.find([list_record(record)])):
            continue
        # An identifier that the survey has is known, whatever title a list gives it.
        if index.find_duplicate(doi=record.doi, arxiv=record.arxiv):
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
    drafts: list[tuple[Candidate, Record]] = []
    for record, rank in zip(records, ranks, strict=True):
        fields, name = make_fields(record), name_record(record)
        if record.venue and (known := venues.find(record.venue)) is not None:
            fields = {name: text for name, text in fields.items() if text != record.venue}
            fields |= [known]
        cited = tuple(sorted(cites.get(name, ())))
        draft = Candidate(
            identifier=name,
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
        drafts.append((draft, record))
    candidates = dict(inbox.candidates)
    chosen = sorted(drafts, key=lambda it: it[0].rank, reverse=True)[:most]
    for number, (draft, record) in enumerate(chosen, start=inbox.last_number + 1):
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


def fetch(client: Client, catalog: Catalog, span: Span, say: Callable[[str], None]) -> Fetched:
    """Ask what the categories watch for.

    Args:
        client: The way to the services.
        catalog: The survey, with what its categories watch for.
        span: The first day, and the last one.
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
                fetched.records += _ask_arxiv(client, wish, span)
                continue
            if key not in catalog.papers:
                fetched.failures.append(f"'{wish}': there is no paper '{key}'")
                continue
            for record in _ask_openalex(client, catalog, key, span[0]):
                fetched.records.append(record)
                fetched.cites.setdefault(name_record(record), set()).add(key)
        except OnlineError as error:
            fetched.failures.append(f"'{wish}': {error}")
    return fetched


def _ask_arxiv(client: Client, wish: str, span: Span) -> list[Record]:
    first, last = span
    submitted = f"[{first:%Y%m%d}0000 TO {last:%Y%m%d}2359]"
    records: list[Record] = []
    for page in range(MOST_PAGES):
        query = urlencode(
            {
                "search_query": f"({wish}) AND submittedDate:{submitted}",
                "sortBy": "submittedDate",
                "sortOrder": "descending",
                "start": page * PAGE,
                "max_results": PAGE,
            }
        )
        bodies, _ = client.ask("arxiv", query, lambda body: arxiv.split(body, ()))
        records += [arxiv.read(body, identifier, last) for identifier, body in bodies.items()]
        if len(bodies) < PAGE:
            break
    return records


def _ask_openalex(client: Client, catalog: Catalog, key: str, since: datetime.date) -> list[Record]:
    paper = catalog.papers[key]
    doi = paper.doi or (f"10.48550/arXiv.{paper.arxiv}" if paper.arxiv else "")
    if not doi:
        raise MalformedError(f"'{key}' has neither DOI nor arXiv identifier")
    url = client.fetch(Target("openalex", doi)).url
    work = url.rpartition("/")[2] if "openalex.org/" in url else ""
    if not work:
        raise MalformedError(f"OpenAlex does not say what it calls '{key}'")
    works, day = client.ask("openalex", make_citing_query(work, since), find_works)
    return [record for work in works if (record := read_item(work, OPENALEX, day)) is not None]


FEWEST_PAPERS = 100
"""Papers that a survey needs for its categories to be learned."""
FEWEST_CANDIDATES = 500
"""Candidates that are needed to learn what the survey does not take."""
MOST_PROPOSED = 5
"""Categories that are proposed."""
NEAREST = 10
"""Papers of the survey that a candidate's likeness is taken from."""
INSTALL_HINT = "scikit-learn is not installed (pip install 'sphinx-livingsurvey[suggest]')"

NAMED = 1.0
"""What a word is worth that the tag, title or an alias of a category has."""
DESCRIBED = 0.4
"""The same for its description."""
USED = 3.0
"""The same for a word that the title of every paper of the category would have."""
IN_ABSTRACT = 0.3
"""What a word of the new paper's abstract counts, against 1 for one of its title."""

_WORD = re.compile(r"[a-z][a-z0-9]+")
_STOP_WORDS = frozenset(
    (  # noqa: SIM905 (as a list it would take a hundred lines)
        "a about across all an and any are as at be been being between both by can do does "
        "each few for from has have how in into is it its made many method methods more "
        "most new no not of on one only or our other over own paper present propose "
        "proposed show shows such than that the their them then these they this those to "
        "toward towards under up use used using via we what when which while why will with "
        "without within work would you your"
    ).split()
)

_ENDINGS = (
    *(("ization", "iz"), ("izing", "iz"), ("ized", "iz"), ("ize", "iz"), ("ies", "y")),
    *((ending, "") for ending in ("ing", "ed", "es", "s", "e")),
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A category with what speaks for it.

    Attributes:
        category: The category, a leaf.
        score: The sum of what its words are worth, rounded.
        words: The words that count most, best first.
    """

    category: Category
    score: float
    words: tuple[str, ...]


class Suggester:
    """Proposes categories for new papers, and ranks them.

    Args:
        catalog: The survey.
        learns: Whether to use scikit-learn; by default if it is installed.
    """

    def __init__(self, catalog: Catalog, *, learns: bool | None = None) -> None:
        self.catalog = catalog
        # By default: whether scikit-learn is installed.
        self.learns = bool(importlib.util.find_spec("sklearn")) if learns is None else learns
        self._papers = [paper for paper in catalog.papers.values() if paper.home]

    def suggest(self, title: str, abstract: str = "") -> tuple[Suggestion, ...]:
        """Return categories for a paper, best first; at most five.

        Args:
            title: Its title, in TeX.
            abstract: Its abstract, as plain text, if it is known.
        """
        tags = {paper.home for paper in self._papers}
        if not self.learns or len(self._papers) < FEWEST_PAPERS or len(tags) < 3:
            return count_words(self.catalog, title, abstract)
        return self._suggest_learned(parse(title).text, abstract)

    def _suggest_learned(self, title: str, abstract: str) -> tuple[Suggestion, ...]:
        vectorizer, machine = self._machine
        vector = vectorizer.transform([_join_texts(title, abstract)])
        scores = machine.decision_function(vector)[0]
        words = vectorizer.get_feature_names_out()
        found = []
        for place in sorted(range(len(scores)), key=lambda place: -scores[place])[:MOST_PROPOSED]:
            parts = vector.multiply(machine.coef_[place]).tocoo()
            best = sorted(zip(parts.data, parts.col, strict=True), reverse=True)[:4]
            said = tuple(str(words[column]) for worth, column in best if worth > 0)
            category = self.catalog.category(machine.classes_[place])
            found.append(Suggestion(category, round(float(scores[place]), 2), said))
        return tuple(found)

    @cached_property
    def _machine(self) -> tuple[Any, Any]:
        """What turns texts into vectors, and the machine that tells the categories apart."""
        leaves = [leaf for leaf in self.catalog.taxonomy.leaves if self.catalog.count(leaf.tag)]
        papers = [(parse(paper.title).text, parse(paper.annotation).text) for paper in self._papers]
        texts = [_join_texts(title, annotation) for title, annotation in papers]
        texts += [_join_texts(_name_category(leaf), leaf.description) for leaf in leaves]
        homes = [paper.home for paper in self._papers] + [leaf.tag for leaf in leaves]
        vectorizer = _make_vectorizer()
        machine = _make_machine().fit(vectorizer.fit_transform(texts), homes)
        return vectorizer, machine

    def rank(self, titles: Sequence[str]) -> list[Rank]:
        """Return how much each candidate is like the survey, in their order.

        Args:
            titles: The titles of all candidates, as plain text.
        """
        if not self.learns or not self._papers or not titles:
            return [Rank(0.0, ()) for _ in titles]
        ours = [parse(paper.title).text for paper in self._papers]
        vectors = _make_vectorizer().fit_transform([*ours, *titles])
        known, new = vectors[: len(ours)], vectors[len(ours) :]
        likeness = (new @ known.T).toarray()
        nearest = (-likeness).argsort(axis=1)[:, :NEAREST]
        pairs = list(zip(likeness, nearest, strict=True))
        scores = [float(row[places].mean()) for row, places in pairs]
        if len(titles) >= FEWEST_CANDIDATES:
            scores = _tell_apart(known, new)
        like = [
            tuple(self._papers[place].key for place in places[:2] if row[place] > 0)
            for row, places in pairs
        ]
        return [Rank(round(score, 3), keys) for score, keys in zip(scores, like, strict=True)]


@dataclass(frozen=True, slots=True)
class Rank:
    """How much a candidate is like the survey.

    Attributes:
        score: From 0 to 1; to be compared with those of the same ranking.
        like: The keys of the papers that it is most like.
    """

    score: float
    like: tuple[str, ...]


def _tell_apart(known: Any, new: Any) -> list[float]:
    """Return scores of candidates by machines that learned from the survey and the others."""
    # Importing it takes a second, which commands that do without it need not wait for.
    from scipy.sparse import vstack  # noqa: PLC0415
    from sklearn.model_selection import KFold  # noqa: PLC0415

    scores = [0.0] * new.shape[0]
    for others, part in KFold(5, shuffle=True, random_state=0).split(new):
        is_ours = [1] * known.shape[0] + [0] * len(others)
        machine = _make_machine().fit(vstack([known, new[others]]), is_ours)
        for place, value in zip(part, machine.decision_function(new[part]), strict=True):
            scores[place] = 1 / (1 + math.exp(-2 * float(value)))
    return scores


def _make_vectorizer() -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415

    return TfidfVectorizer(
        sublinear_tf=True, strip_accents="unicode", stop_words="english", ngram_range=(1, 2)
    )


def _make_machine() -> Any:
    from sklearn.svm import LinearSVC  # noqa: PLC0415

    return LinearSVC(C=0.3, class_weight="balanced", random_state=0)


def _name_category(category: Category) -> str:
    return " ".join((category.tag, category.title, *category.aliases)).replace("-", " ")


def _join_texts(title: str, text: str) -> str:
    """Return a text in which a title counts twice."""
    return f"{title} . {title} . {text}"


def count_words(catalog: Catalog, title: str, abstract: str = "") -> tuple[Suggestion, ...]:
    """Return the categories that share words with a paper, best first; at most five.

    Args:
        catalog: The survey.
        title: The title of the paper, in TeX.
        abstract: Its abstract, as plain text, if it is known.
    """
    in_title, in_abstract = _find_stems(parse(title).text), _find_stems(abstract)
    profiles = {leaf.tag: _profile(catalog, leaf) for leaf in catalog.taxonomy.leaves}
    spread = Counter(word for profile in profiles.values() for word in profile)
    spelled = in_abstract | in_title
    counts = dict.fromkeys(in_abstract, IN_ABSTRACT) | dict.fromkeys(in_title, 1.0)
    found: list[Suggestion] = []
    for tag, profile in profiles.items():
        worth = {
            word: count * profile[word] * math.log((len(profiles) + 1) / spread[word])
            for word, count in counts.items()
            if word in profile
        }
        score = round(sum(worth.values()), 2)
        if score > 0:
            best = sorted(worth, key=lambda word: (-worth[word], word))[:4]
            words = tuple(spelled[word] for word in best)
            found.append(Suggestion(catalog.category(tag), score, words))
    found.sort(key=lambda suggestion: (-suggestion.score, suggestion.category.order))
    return tuple(found[:MOST_PROPOSED])


def _profile(catalog: Catalog, category: Category) -> dict[str, float]:
    papers = catalog.papers_in(category.tag)
    used = Counter(word for paper in papers for word in _find_stems(parse(paper.title).text))
    profile = {word: USED * count / (len(papers) + 2) for word, count in used.items()}
    for text, worth in ((category.description, DESCRIBED), (_name_category(category), NAMED)):
        for word in _find_stems(text):
            profile[word] = profile.get(word, 0.0) + worth
    return profile


def _find_stems(text: str) -> dict[str, str]:
    """Return the stems of the words of *text*, each with the word as it is spelled there."""
    words = _WORD.findall(search_key(text))
    return {_stem(word): word for word in words if word not in _STOP_WORDS}


def _stem(word: str) -> str:
    """Return *word* without the plainest English endings, so that plural and singular meet."""
    for ending, put in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            return word.removesuffix(ending) + put
    return word
