"""Questions that a page puts to the catalog.

A query is a frozen, hashable, picklable value. Its answer is what the page shows; its fingerprint
is a digest of exactly that, so that a page is read again when, and only when, what it shows has
changed. Whatever a page prints of the bibliography must come through a query.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, Protocol, get_args

from livingsurvey.digest import digest_plainly
from livingsurvey.markup import parse, sort_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from livingsurvey.catalog import Catalog
    from livingsurvey.model import Category, Paper

Order = Literal["newest", "oldest", "title", "author", "added", "file"]
ORDERS: tuple[str, ...] = get_args(Order)


class Query(Protocol):
    """What every question can do."""

    def answer(self, catalog: Catalog) -> Any:
        """Return what the page shows."""

    def fingerprint(self, catalog: Catalog) -> str:
        """Return a digest of the answer, equal for equal answers."""


def author_key(paper: Paper) -> str:
    """Return the text by which a paper sorts among authors."""
    people = paper.authors or paper.editors
    names = " ".join(f"{one.family} {one.given}" for one in people[:4])
    return sort_key(names) or title_key(paper)


def title_key(paper: Paper) -> str:
    """Return the text by which a paper sorts among titles."""
    return _sort_title(paper.title)


@lru_cache(maxsize=32768)  # each order compares the same titles again
def _sort_title(tex: str) -> str:
    return parse(tex).sort_key


# Each key ends with the citation key, so that the order never depends on the file.
_KEYS: dict[str, Callable[[Paper], Any]] = {
    "newest": lambda one: (-(one.year or 0), -(one.month or 0), title_key(one), one.key),
    "oldest": lambda one: (one.year or 9999, one.month or 0, title_key(one), one.key),
    "title": lambda one: (title_key(one), one.key),
    "author": lambda one: (author_key(one), one.year or 9999, title_key(one), one.key),
    "added": lambda one: (
        -(one.created.toordinal() if one.created else 0),
        -(one.year or 0),
        title_key(one),
        one.key,
    ),
}


def sort_papers(papers: Iterable[Paper], order: Order) -> tuple[Paper, ...]:
    """Return papers in the given order; ``file`` leaves them as they come."""
    if order == "file":
        return tuple(papers)
    return tuple(sorted(papers, key=_KEYS[order]))


def brief(paper: Paper) -> tuple[object, ...]:
    """Return what the short form of a paper shows, as plain values."""
    return (
        paper.key,
        paper.title,
        paper.short_title,
        paper.fields.get("author", ""),
        paper.fields.get("editor", ""),
        paper.year,
        paper.month,
        paper.venue,
        paper.home,
        # A table prints where a paper can be had, also of guests.
        paper.doi,
        paper.arxiv,
        paper.url,
        paper.code,
    )


@dataclass(frozen=True, slots=True)
class Listing:
    """The answer to :class:`PapersIn`.

    Attributes:
        category: The category; None if there is none of that tag.
        residents: Papers whose home it is, or is below it.
        guests: Papers that belong to it and are at home elsewhere.
    """

    category: Category | None
    residents: tuple[Paper, ...] = ()
    guests: tuple[Paper, ...] = ()


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
            return Listing(None)
        below = {one.tag for one in catalog.taxonomy.descend(self.tag)}
        papers = sort_papers(catalog.papers_in(self.tag), self.order)
        residents = tuple(one for one in papers if one.home in below)
        guests = tuple(one for one in papers if one.home not in below)
        if self.limit:
            residents = residents[: self.limit]
            guests = guests[: self.limit - len(residents)]
        return Listing(category, residents, guests)

    def fingerprint(self, catalog: Catalog) -> str:
        """Digest the residents whole, the guests as far as their line shows them."""
        listing = self.answer(catalog)
        if listing.category is None:
            return "unknown category"
        return digest_plainly(
            (
                tuple(catalog.category(tag).title for tag in listing.category.path),
                tuple(catalog.digest(one.key) for one in listing.residents),
                tuple(brief(one) for one in listing.guests),
            )
        )


@dataclass(frozen=True, slots=True)
class AllPapers:
    """Every paper of the survey, sorted."""

    order: Order = "author"

    def answer(self, catalog: Catalog) -> tuple[Paper, ...]:
        """Return all papers."""
        return sort_papers(catalog.papers.values(), self.order)

    def fingerprint(self, catalog: Catalog) -> str:
        """Digest every paper whole."""
        return digest_plainly(tuple(catalog.digest(one.key) for one in self.answer(catalog)))
