"""Questions about numbers: how many papers, by category, year and venue."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from livingsurvey.digest import digest_plainly
from livingsurvey.markup import parse

if TYPE_CHECKING:
    from livingsurvey.catalog import Catalog
    from livingsurvey.model import Category

_ACRONYM = re.compile(r"\(([^()]+)\)$")

PALETTE_SIZE = 10
"""How many colors drawings and charts can tell apart."""

YearCounts = tuple[tuple[int, int], ...]
"""(year, number of papers), by year."""


@dataclass(frozen=True, slots=True)
class CategoryCounts:
    """The categories of a survey, or of one branch, with the number of papers in each."""

    tag: str = ""

    def answer(self, catalog: Catalog) -> tuple[tuple[Category, int], ...]:
        """Return categories and counts in the order of the survey; none for an unknown tag."""
        return tuple((one, catalog.count(one.tag)) for one in find_categories(catalog, self.tag))

    def fingerprint(self, catalog: Catalog) -> str:
        """Digest what a picture of the taxonomy shows."""
        return digest_plainly((describe_categories(self.answer(catalog)), len(catalog.papers)))


@dataclass(frozen=True, slots=True)
class CategoryYears:
    """How many papers of each year a category has, over all categories or those of a branch.

    Attributes:
        tag: The branch; ``""`` for the whole survey.
        at_home: Count a paper at its home only, so that the counts add up to all papers.
    """

    tag: str = ""
    at_home: bool = False

    def answer(self, catalog: Catalog) -> tuple[tuple[Category, YearCounts], ...]:
        """Return categories, those above included, each with its counts by year."""
        answer = []
        for category in find_categories(catalog, self.tag):
            below = {one.tag for one in catalog.taxonomy.descend(category.tag)}
            years = Counter(
                paper.year
                for paper in catalog.papers_in(category.tag)
                if paper.year is not None and (not self.at_home or paper.home in below)
            )
            answer.append((category, tuple(sorted(years.items()))))
        return tuple(answer)

    def fingerprint(self, catalog: Catalog) -> str:
        """Digest names and counts."""
        return digest_plainly(describe_categories(self.answer(catalog)))


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
        """Return (short name, number of papers), most papers first."""
        papers = catalog.papers_in(self.tag) if self.tag else catalog.papers.values()
        venues = Counter(shorten_venue(one.venue) for one in papers if one.venue)
        ranked = sorted(venues.items(), key=lambda item: (-item[1], item[0].casefold()))
        return tuple(ranked[: self.limit])

    def fingerprint(self, catalog: Catalog) -> str:
        """Digest the list."""
        return digest_plainly(self.answer(catalog))


def find_categories(catalog: Catalog, tag: str) -> tuple[Category, ...]:
    """Return a branch of the taxonomy, or all of it; nothing for an unknown tag."""
    if not tag:
        return tuple(catalog.taxonomy.categories.values())
    return tuple(catalog.taxonomy.descend(tag)) if tag in catalog.taxonomy.categories else ()


def describe_categories(answer: tuple[tuple[Category, object], ...]) -> tuple[object, ...]:
    """Return what a picture shows of categories, as plain values."""
    return tuple(
        (one.path, one.title, one.section, one.description, one.color, value)
        for one, value in answer
    )


def shorten_venue(venue: str) -> str:
    """Return the acronym of a venue, ``ICLR``, where its name ends with one in parentheses."""
    text = parse(venue).text
    acronym = _ACRONYM.search(text)
    return acronym[1] if acronym else text


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
        colors = {number: categories[tag].color for tag, number in numbers.items()}
        return {number: color for number, color in colors.items() if color}

    def fingerprint(self, catalog: Catalog) -> str:
        """Digest the colors."""
        return digest_plainly(tuple(sorted(self.answer(catalog).items())))


def number_categories(catalog: Catalog, palette: tuple[str, ...]) -> dict[str, int]:
    """Return the number of each top category in the palette; late ones share the last."""
    roots = tuple(one.tag for one in catalog.taxonomy.roots)
    chosen = [tag for tag in palette if tag in roots]
    order = (*chosen, *(tag for tag in roots if tag not in chosen))
    return {tag: min(number, PALETTE_SIZE) for number, tag in enumerate(order, start=1)}
