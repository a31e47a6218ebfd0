"""What is exported: all papers or those of a category, and where they are on the site."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from livingsurvey.catalog import Catalog
    from livingsurvey.model import Category, Paper


FEED_LIMIT = 100
"""The most papers in one feed; a reader that looks in now and then misses none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What is exported.

    Attributes:
        catalog: All papers.
        category: Only those in this category or below it; None for all.
        places: Where each paper has its full entry on the site, relative to its root, as far as
            that is known.
        path: Where the file itself lies on the site, or ``""``.
    """

    catalog: Catalog
    category: Category | None = None
    places: Mapping[str, str] = field(default_factory=dict)
    path: str = ""

    @property
    def papers(self) -> tuple[Paper, ...]:
        """The papers, in the order of the bibliography."""
        if self.category is None:
            return tuple(self.catalog.papers.values())
        return self.catalog.papers_in(self.category.tag)


def choose_recent(selection: Selection) -> list[Paper]:
    """Return the papers of a feed, the last to join first."""
    dated = [paper for paper in selection.papers if paper.created]
    dated.sort(key=lambda one: one.key)
    dated.sort(key=lambda one: (one.created, one.year or 0), reverse=True)
    return dated[:FEED_LIMIT]
