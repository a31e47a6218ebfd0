"""Queries that a page puts to the catalog.

A query is a frozen, hashable, picklable value. Its answer is what the page shows; a page is read
again when, and only when, the digest of its answers has changed. Whatever a page prints of the
bibliography must come through a query.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, get_args

from livingsurvey.bibtex.identifiers import read_arxiv_month
from livingsurvey.digest import digest
from livingsurvey.markup import parse, sort_key, title_key
from livingsurvey.words import mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from livingsurvey.catalog import Catalog
    from livingsurvey.model import Category, Paper, Person


Order = Literal["newest", "oldest", "title", "author", "added", "file"]
ORDERS: tuple[str, ...] = get_args(Order)


class Query(Protocol):
    """What every query can do."""

    def answer(self, catalog: Catalog) -> Any:
        """Return what the page shows."""


def fingerprint(answer: object) -> str:
    """Return a digest of an answer: equal for equal answers, whatever lies around them.

    A paper counts whole, its place in the file excepted: so nothing that a page shows of it can
    be forgotten here.
    """
    return digest(answer)


def sort_author(paper: Paper) -> str:
    """Return the text by which a paper sorts among authors."""
    people = paper.authors or paper.editors
    names = " ".join(f"{person.family} {person.given}" for person in people[:4])
    return sort_key(names) or parse(paper.title).sort_key


_KEYS: dict[str, Callable[[Paper], tuple[Any, ...]]] = {
    "newest": lambda paper: (-(paper.year or 0), -(paper.month or 0)),
    "oldest": lambda paper: (paper.year or 9999, paper.month or 0),
    "title": lambda paper: (),
    "author": lambda paper: (sort_author(paper), paper.year or 9999),
    "added": lambda paper: (-(paper.created or datetime.date.min).toordinal(), -(paper.year or 0)),
}


def sort_papers(papers: Iterable[Paper], order: Order) -> tuple[Paper, ...]:
    """Return papers in the given order; ``file`` leaves them as they come."""
    if order == "file":
        return tuple(papers)
    key = _KEYS[order]
    # The citation key comes last, so that the order never depends on the file.
    keyed = ((*key(paper), parse(paper.title).sort_key, paper.key, paper) for paper in papers)
    return tuple(paper for *_, paper in sorted(keyed, key=lambda item: item[:-1]))


@dataclass(frozen=True, slots=True)
class Listing:
    """The answer to :class:`PapersIn`.

    Attributes:
        path: The category, after those above it; empty if there is none of that tag.
        residents: Papers whose home it is, or is below it.
        guests: Papers that belong to it and are at home elsewhere.
    """

    path: tuple[Category, ...] = ()
    residents: tuple[Paper, ...] = ()
    guests: tuple[Paper, ...] = ()

    @property
    def category(self) -> Category | None:
        """The category itself."""
        return self.path[-1] if self.path else None


@dataclass(frozen=True, slots=True)
class PapersIn:
    """The papers of a category and of all below it.

    Attributes:
        tag: The category.
        order: How each of the two groups is sorted.
        limit: The most papers to show, residents first; 0 for all.
    """

    tag: str
    order: Order = "newest"
    limit: int = 0

    def answer(self, catalog: Catalog) -> Listing:
        """Return the listing; an empty one for an unknown tag."""
        category = catalog.taxonomy.categories.get(self.tag)
        if category is None:
            return Listing()
        below = {category.tag for category in catalog.taxonomy.descend(self.tag)}
        papers = sort_papers(catalog.papers_in(self.tag), self.order)
        residents = tuple(paper for paper in papers if paper.home in below)
        guests = tuple(paper for paper in papers if paper.home not in below)
        if self.limit:
            residents = residents[: self.limit]
            guests = guests[: self.limit - len(residents)]
        path = tuple(catalog.category(tag) for tag in category.path)
        return Listing(path, residents, guests)


@dataclass(frozen=True, slots=True)
class AllPapers:
    """Every paper of the survey, sorted."""

    order: Order = "author"

    def answer(self, catalog: Catalog) -> tuple[Paper, ...]:
        """Return all papers."""
        return sort_papers(catalog.papers.values(), self.order)


_VENUE_WITH_ACRONYM = re.compile(r"(.+) \(([^()]+)\)")
NO_YEAR = mark("Undated")
NO_VENUE = mark("Preprints and papers without a venue")


@dataclass(frozen=True, slots=True)
class Group:
    """Papers that share something.

    Attributes:
        title: What they share, as readers know it.
        short: A shorter word for it, for a list of links; the title if there is none.
        papers: The papers in order.
    """

    title: str
    short: str
    papers: tuple[Paper, ...]


@dataclass(frozen=True, slots=True)
class Author:
    """A person or collective with its papers.

    Attributes:
        name: The fullest form of the name that the bibliography has, family name first.
        letter: The letter of the alphabet that it stands under, ``#`` if none.
        papers: The papers, oldest first.
    """

    name: str
    letter: str
    papers: tuple[Paper, ...]


@dataclass(frozen=True, slots=True)
class ByYear:
    """The papers of each year, the newest year first."""

    def answer(self, catalog: Catalog) -> tuple[Group, ...]:
        """Return a group for each year, papers by name; those without a year last."""
        years: dict[int, list[Paper]] = {}
        for paper in catalog.papers.values():
            years.setdefault(paper.year or 0, []).append(paper)
        return tuple(
            Group(str(year or NO_YEAR), str(year or NO_YEAR), tuple(sorted(papers, key=_name_key)))
            for year, papers in sorted(years.items(), reverse=True)
        )


@dataclass(frozen=True, slots=True)
class ByVenue:
    """The papers of each journal and conference, by its acronym or name."""

    def answer(self, catalog: Catalog) -> tuple[Group, ...]:
        """Return a group for each venue, newest papers first; those without a venue last."""
        spellings: dict[str, Counter[str]] = {}
        venues: dict[str, list[Paper]] = {}
        for paper in catalog.papers.values():
            venue = parse(paper.venue).text
            key = title_key(venue)
            spellings.setdefault(key, Counter())[venue] += 1
            venues.setdefault(key, []).append(paper)
        groups = []
        for key, papers in venues.items():
            if key:
                # The commonest spelling; of equally common ones the first of the alphabet.
                ranked = sorted((-count, name) for name, count in spellings[key].items())
                groups.append(Group(*_split_venue(ranked[0][1]), _sort_by_year(papers)))
        groups.sort(key=lambda group: (sort_key(group.short), group.title))
        if "" in venues:
            groups.append(Group(NO_VENUE, mark("Preprints"), _sort_by_year(venues[""])))
        return tuple(groups)


@dataclass(frozen=True, slots=True)
class ByAuthor:
    """Every author with the papers; names that differ only in accents and marks are one.

    Nothing else is guessed: two people of one name share an entry, and one person whose middle
    initial is given here and not there has two.
    """

    def answer(self, catalog: Catalog) -> tuple[Author, ...]:
        """Return the authors by family name."""
        forms: dict[tuple[str, ...], set[Person]] = {}
        papers: dict[tuple[str, ...], dict[str, Paper]] = {}
        for paper in catalog.papers.values():
            for person in paper.authors:
                key = _identify(person)
                forms.setdefault(key, set()).add(person)
                papers.setdefault(key, {})[paper.key] = paper
        authors = []
        for key, people in forms.items():
            fullest = max(people, key=_fullness)
            order = (sort_key(fullest.surname), sort_key(fullest.given), fullest.inverted)
            first = order[0][:1]
            letter = first.upper() if "a" <= first <= "z" else "#"
            found = tuple(sorted(papers[key].values(), key=_age))
            authors.append((letter == "#", order, Author(fullest.inverted, letter, found)))
        return tuple(author for _, _, author in sorted(authors, key=lambda item: item[:2]))


@dataclass(frozen=True, slots=True)
class Recent:
    """The papers that joined the survey last, day by day.

    Attributes:
        limit: The most papers; 0 for all.
        since: The first day that counts; None for all.
    """

    limit: int = 0
    since: datetime.date | None = None

    def answer(self, catalog: Catalog) -> tuple[tuple[datetime.date, tuple[Paper, ...]], ...]:
        """Return days and papers, the newest first; papers without a date are left out."""
        days: dict[datetime.date, list[Paper]] = {}
        for paper in catalog.papers.values():
            if paper.created and (self.since is None or paper.created >= self.since):
                days.setdefault(paper.created, []).append(paper)
        left = self.limit or len(catalog.papers)
        chosen = []
        for day in sorted(days, reverse=True):
            if papers := _sort_by_year(days[day])[:left]:
                left -= len(papers)
                chosen.append((day, papers))
        return tuple(chosen)


def call(paper: Paper, limit: int = 48) -> str:
    """Return what a paper is called in a crowded list: its short name, or a short title."""
    name = parse(paper.short_title).text or parse(paper.title).text or paper.key
    if len(name) <= limit:
        return name
    cut = name[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,:;.–—-")  # noqa: RUF001 (dashes)
    return f"{cut}…"


def _identify(person: Person) -> tuple[str, ...]:
    return tuple(title_key(part) for part in (person.surname, person.given, person.suffix))


def _fullness(person: Person) -> tuple[int, int, str]:
    """Order the forms of one name: the one with most accents, then the longest."""
    text = person.inverted
    return sum(not char.isascii() for char in text), len(text), text


def find_month(paper: Paper) -> tuple[int, int]:
    """Return the year and the month in which a paper first appeared; 0 for what is unknown."""
    return read_arxiv_month(paper.arxiv) or (paper.year or 0, paper.month or 0)


def _age(paper: Paper) -> tuple[int, int, str, str]:
    return paper.year or 9999, paper.month or 0, sort_key(call(paper)), paper.key


def _name_key(paper: Paper) -> tuple[str, str]:
    return parse(paper.short_title or paper.title).sort_key, paper.key


def _sort_by_year(papers: Iterable[Paper]) -> tuple[Paper, ...]:
    return tuple(sorted(papers, key=lambda paper: (-(paper.year or 0), *_name_key(paper))))


PALETTE_SIZE = 10
"""How many colors drawings and charts can tell apart."""


def choose_color(rank: int) -> int:
    """Return the color of the category that is at a rank from 1; those that follow begin anew.

    So neighbors differ however many there are; names, tips and the table tell the others apart.
    """
    return (rank - 1) % PALETTE_SIZE + 1


YearCounts = tuple[tuple[int, int], ...]
"""(year, number of papers), by year."""


@dataclass(frozen=True, slots=True)
class CategoryCounts:
    """The categories of a survey, or of one branch, with the number of papers in each."""

    tag: str = ""

    def answer(self, catalog: Catalog) -> tuple[tuple[Category, int], ...]:
        """Return categories and counts in the order of the survey; none for an unknown tag."""
        found = find_categories(catalog, self.tag)
        return tuple((category, catalog.count(category.tag)) for category in found)


@dataclass(frozen=True, slots=True)
class PaperCount:
    """How many papers the survey has."""

    def answer(self, catalog: Catalog) -> int:
        """Return their number."""
        return len(catalog.papers)


@dataclass(frozen=True, slots=True)
class CategoryYears:
    """How many papers of each year a category has, over all categories or those of a branch.

    Attributes:
        tag: The branch; ``""`` for the whole survey.
        at_home: Count a paper at its home only, so that the counts add up to all papers.
        named: Count only papers that name the category itself, and not one below it.
    """

    tag: str = ""
    at_home: bool = False
    named: bool = False

    def answer(self, catalog: Catalog) -> tuple[tuple[Category, YearCounts], ...]:
        """Return categories, those above included, each with its counts by year."""
        answer = []
        for category in find_categories(catalog, self.tag):
            below = {part.tag for part in catalog.taxonomy.descend(category.tag)}
            years = Counter(
                paper.year
                for paper in catalog.papers_in(category.tag)
                if paper.year is not None
                and (not self.at_home or paper.home in below)
                and (not self.named or category.tag in paper.categories)
            )
            answer.append((category, tuple(sorted(years.items()))))
        return tuple(answer)


@dataclass(frozen=True, slots=True)
class VenueCounts:
    """The venues with the most papers.

    Attributes:
        limit: How many venues.
        tag: The branch; ``""`` for the whole survey.
    """

    limit: int = 12
    tag: str = ""

    def answer(self, catalog: Catalog) -> tuple[tuple[str, int], ...]:
        """Return (short name, number of papers), most papers first; none for an unknown tag."""
        papers: Iterable[Paper] = () if self.tag else catalog.papers.values()
        if self.tag in catalog.taxonomy.categories:
            papers = catalog.papers_in(self.tag)
        names = (parse(paper.venue).text for paper in papers if paper.venue)
        venues = Counter(_split_venue(name)[1] for name in names)
        ranked = sorted(venues.items(), key=lambda item: (-item[1], item[0].casefold()))
        return tuple(ranked[: self.limit])


def find_categories(catalog: Catalog, tag: str) -> tuple[Category, ...]:
    """Return a branch of the taxonomy, or all of it; nothing for an unknown tag."""
    if not tag:
        return tuple(catalog.taxonomy.categories.values())
    return tuple(catalog.taxonomy.descend(tag)) if tag in catalog.taxonomy.categories else ()


def _split_venue(name: str) -> tuple[str, str]:
    """Return the name of a venue, and its acronym, such as ``ICLR``, if it ends in one."""
    acronym = _VENUE_WITH_ACRONYM.fullmatch(name)
    return (acronym[1], acronym[2]) if acronym else (name, name)


@dataclass(frozen=True, slots=True)
class PaletteColors:
    """The colors that drawings call ``fill-1``, ``fill-2``, …: those of the top categories.

    Attributes:
        palette: The tags of the top categories in the order of their colors; those that it
            leaves out follow in the order of the taxonomy.
    """

    palette: tuple[str, ...] = ()

    def answer(self, catalog: Catalog) -> dict[int, str]:
        """Return colors by number, from 1."""
        numbers = number_categories(catalog, self.palette)
        categories = catalog.taxonomy.categories
        # Where two share a number, the first in the order has its color.
        colors = {number: categories[tag].color for tag, number in reversed(numbers.items())}
        return {number: color for number, color in sorted(colors.items()) if color}


def number_categories(catalog: Catalog, palette: tuple[str, ...]) -> dict[str, int]:
    """Return the number of each top category in the palette, see :func:`choose_color`."""
    roots = [category.tag for category in catalog.taxonomy.roots]
    chosen = [tag for tag in palette if tag in roots]
    order = (*chosen, *(tag for tag in roots if tag not in chosen))
    return {tag: choose_color(rank) for rank, tag in enumerate(order, start=1)}
