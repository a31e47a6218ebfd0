"""Questions of those who browse: the papers by year, by venue, by author, and the latest."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from livingsurvey.digest import digest_plainly
from livingsurvey.markup import parse, sort_key, title_key

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

    from livingsurvey.catalog import Catalog
    from livingsurvey.model import Paper, Person

_ACRONYM = re.compile(r"(.+) \(([^()]+)\)")
NO_YEAR = "Undated"
NO_VENUE = "Preprints and papers without a venue"


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
            Group(str(year or NO_YEAR), str(year or NO_YEAR), _sort_by_name(years[year]))
            for year in sorted(years, reverse=True)
        )

    def fingerprint(self, catalog: Catalog) -> str:
        """Digest what the lines of the papers show."""
        return _digest_groups(self.answer(catalog))


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
                name = _choose_commonest(spellings[key])
                acronym = _ACRONYM.fullmatch(name)
                full, short = acronym.groups() if acronym else (name, name)
                groups.append(Group(full, short, _sort_by_year(papers)))
        groups.sort(key=lambda one: (sort_key(one.short), one.title))
        if "" in venues:
            groups.append(Group(NO_VENUE, "Preprints", _sort_by_year(venues[""])))
        return tuple(groups)

    def fingerprint(self, catalog: Catalog) -> str:
        """Digest what the lines of the papers show."""
        return _digest_groups(self.answer(catalog))


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
        return tuple(author for _, _, author in sorted(authors, key=lambda one: one[:2]))

    def fingerprint(self, catalog: Catalog) -> str:
        """Digest names, and what a paper is called."""
        return digest_plainly(
            tuple(
                (author.name, tuple((one.key, call(one), one.year) for one in author.papers))
                for author in self.answer(catalog)
            )
        )


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
            papers = _sort_by_year(days[day])[:left]
            left -= len(papers)
            if papers:
                chosen.append((day, papers))
        return tuple(chosen)

    def fingerprint(self, catalog: Catalog) -> str:
        """Digest what the lines of the papers show."""
        return digest_plainly(
            tuple(
                (day, tuple(_brief(one) for one in papers)) for day, papers in self.answer(catalog)
            )
        )


def call(paper: Paper, limit: int = 48) -> str:
    """Return what a paper is called in a crowded list: its short name, or a short title."""
    name = parse(paper.short_title).text or parse(paper.title).text or paper.key
    if len(name) <= limit:
        return name
    cut = name[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,:;.–—-")  # noqa: RUF001 (dashes)
    return f"{cut}…"


def _choose_commonest(spellings: Counter[str]) -> str:
    """Return the commonest spelling; of equally common ones the first of the alphabet."""
    return min(spellings, key=lambda one: (-spellings[one], one))


def _identify(person: Person) -> tuple[str, ...]:
    return tuple(title_key(part) for part in (person.surname, person.given, person.suffix))


def _fullness(person: Person) -> tuple[int, int, str]:
    """Order the forms of one name: the one with most accents, then the longest."""
    text = person.inverted
    return sum(not char.isascii() for char in text), len(text), text


def _age(paper: Paper) -> tuple[int, int, str, str]:
    return paper.year or 9999, paper.month or 0, sort_key(call(paper)), paper.key


def _name_key(paper: Paper) -> tuple[str, str]:
    return parse(paper.short_title or paper.title).sort_key, paper.key


def _sort_by_name(papers: Iterable[Paper]) -> tuple[Paper, ...]:
    return tuple(sorted(papers, key=_name_key))


def _sort_by_year(papers: Iterable[Paper]) -> tuple[Paper, ...]:
    return tuple(sorted(papers, key=lambda one: (-(one.year or 0), *_name_key(one))))


def _brief(paper: Paper) -> tuple[object, ...]:
    return (
        paper.key,
        paper.title,
        paper.short_title,
        paper.fields.get("author", ""),
        paper.fields.get("editor", ""),
        paper.year,
        paper.venue,
        paper.home,
        paper.link,
        paper.code,
    )


def _digest_groups(groups: tuple[Group, ...]) -> str:
    return digest_plainly(
        tuple(
            (one.title, one.short, tuple(_brief(paper) for paper in one.papers)) for one in groups
        )
    )
