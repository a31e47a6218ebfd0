"""Does the survey have a paper already: under an identifier, or under its title?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from livingsurvey.markup import parse, search_key, title_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from livingsurvey.catalog import Catalog
    from livingsurvey.model import Paper, Person

Mark = Literal["DOI", "arXiv identifier", "title"]
SHORTEST_TITLE = 9
"""Letters that a title needs to stand for a paper: there are many prefaces."""


@dataclass(frozen=True, slots=True)
class Twin:
    """A paper of the survey that is the one looked for, and by what it was found."""

    paper: Paper
    mark: Mark


def find_twin(
    catalog: Catalog,
    *,
    doi: str = "",
    arxiv: str = "",
    title: str = "",
    authors: Iterable[Person] = (),
) -> Twin | None:
    """Return the paper with this DOI or arXiv identifier, or with this title and an author of it.

    Args:
        catalog: The survey.
        doi: A bare DOI.
        arxiv: An arXiv identifier without version.
        title: A title in TeX; case, accents and punctuation do not count.
        authors: Its authors; if either list is empty, the title decides.
    """
    by_title = title_key(parse(title).text)
    names = _fold_names(authors)
    found: Twin | None = None
    for paper in catalog.papers.values():
        if doi and paper.doi.lower() == doi.lower():
            return Twin(paper, "DOI")
        if arxiv and paper.arxiv == arxiv:
            return Twin(paper, "arXiv identifier")
        if found is None and len(by_title) >= SHORTEST_TITLE:
            others = _fold_names((*paper.authors, *paper.editors))
            is_shared = not names or not others or not names.isdisjoint(others)
            if is_shared and title_key(parse(paper.title).text) == by_title:
                found = Twin(paper, "title")
    return found


def _fold_names(people: Iterable[Person]) -> set[str]:
    return {search_key(one.family) for one in people}
