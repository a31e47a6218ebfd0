"""The immutable aggregate that all questions are put to."""

from __future__ import annotations

from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from livingsurvey.bibtex.keys import make_anchor
from livingsurvey.digest import digest
from livingsurvey.taxonomy import Taxonomy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from livingsurvey.model import Category, Paper


class Catalog:
    """All categories and papers of a survey.

    Args:
        papers: In the order of the bibliography; keys are unique without regard to case.
        taxonomy: The categories.
    """

    def __init__(
        self,
        papers: Iterable[Paper] = (),
        taxonomy: Taxonomy | None = None,
    ) -> None:
        self.taxonomy = taxonomy or Taxonomy()
        self.papers: Mapping[str, Paper] = MappingProxyType({one.key: one for one in papers})
        self._digests: dict[tuple[str, str], str] = {}
        self._texts: dict[tuple[str, str], str] = {}

    @cached_property
    def _keys_by_category(self) -> dict[str, tuple[str, ...]]:
        direct: dict[str, list[str]] = {tag: [] for tag in self.taxonomy.categories}
        for paper in self.papers.values():
            for tag in paper.categories:
                direct[tag].append(paper.key)
        return {
            tag: tuple(
                dict.fromkeys(key for one in self.taxonomy.descend(tag) for key in direct[one.tag])
            )
            for tag in self.taxonomy.categories
        }

    def papers_in(self, tag: str) -> tuple[Paper, ...]:
        """Return the papers of a category and of all below it, each once, in file order.

        Raises:
            KeyError: There is no such category.
        """
        return tuple(self.papers[key] for key in self._keys_by_category[tag])

    def count(self, tag: str) -> int:
        """Return the number of papers in a category and all below it, each counted once."""
        return len(self._keys_by_category[tag])

    def category(self, tag: str) -> Category:
        """Return the category with exactly this tag.

        Raises:
            KeyError: There is none.
        """
        return self.taxonomy.categories[tag]

    def anchor(self, key: str) -> str:
        """Return the injective anchor of a paper; see :func:`~.bibtex.keys.make_anchor`."""
        return make_anchor(key)

    def remember(self, kind: str, key: str, make: Callable[[Paper], str]) -> str:
        """Return a text about a paper, made once: the files of all its categories hold it.

        Args:
            kind: The kind of text, such as ``ris``.
            key: The citation key.
            make: Makes the text out of the paper and the taxonomy alone.

        Raises:
            KeyError: There is no such paper.
        """
        known = self._texts.get((kind, key))
        if known is None:
            known = self._texts[kind, key] = make(self.papers[key])
        return known

    def digest(self, key: str) -> str:
        """Return the digest of everything that the bibliography says of a paper, place excepted.

        Raises:
            KeyError: There is no such paper.
        """
        return self._digest("whole", key, _digest_whole)

    def digest_citation(self, key: str) -> str:
        """Return the digest of what a citation and its hover text can say of a paper.

        Raises:
            KeyError: There is no such paper.
        """
        return self._digest("citation", key, _digest_citation)

    def _digest(self, kind: str, key: str, make: Callable[[Paper], str]) -> str:
        known = self._digests.get((kind, key))
        if known is None:
            known = self._digests[kind, key] = make(self.papers[key])
        return known


def _digest_whole(paper: Paper) -> str:
    return digest((paper.key, paper.entry_type, dict(paper.fields), paper.categories, paper.tags))


def _digest_citation(paper: Paper) -> str:
    shown = ("author", "editor", "title")
    return digest((*(paper.fields.get(name) for name in shown), paper.year, paper.venue))
