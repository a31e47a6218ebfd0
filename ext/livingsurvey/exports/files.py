"""The files that a site offers: which there are, and where they lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from livingsurvey.digest import digest_plainly
from livingsurvey.exports.formats import FORMATS, SCHEMA_NAME
from livingsurvey.exports.selection import Selection, choose_recent

if TYPE_CHECKING:
    from livingsurvey.catalog import Catalog
    from livingsurvey.exports.about import About
    from livingsurvey.model import Category
    from livingsurvey.taxonomy import Taxonomy

SCHEMA_PATH = f"data/{SCHEMA_NAME}"
PER_CATEGORY = ("bibtex", "ris", "csl-json")
"""The formats that each category has a file in, beside the feeds of the top ones."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of the site.

    Attributes:
        path: Where it lies, relative to the root of the site.
        format: The name of its format; ``""`` for the schema.
        category: The tag of its category; ``""`` for all papers.
    """

    path: str
    format: str
    category: str = ""


def locate(format_name: str, slug: str, category: str = "") -> str:
    """Return the path of a file; those of categories cannot collide with others."""
    suffix = FORMATS[format_name].suffix
    folder = "feeds" if format_name == "atom" else "data"
    return f"{folder}/categories/{category}{suffix}" if category else f"{folder}/{slug}{suffix}"


def list_files(taxonomy: Taxonomy, about: About) -> tuple[File, ...]:
    """Return all files: those of the whole survey first, then category by category."""
    has_feeds = bool(about.tag_authority)
    found = [
        File(locate(name, about.slug), name) for name in FORMATS if name != "atom" or has_feeds
    ]
    found.append(File(SCHEMA_PATH, ""))
    for category in taxonomy.categories.values():
        names = (*PER_CATEGORY, "atom") if has_feeds and category.depth == 1 else PER_CATEGORY
        found.extend(
            File(locate(name, about.slug, category.tag), name, category.tag) for name in names
        )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Shelf:
    """How much there is to take away of one category, or of everything.

    Attributes:
        category: The category; None for everything.
        papers: The number of its papers.
        recent: How many of them its feed holds.
    """

    category: Category | None
    papers: int
    recent: int


@dataclass(frozen=True, slots=True)
class Downloads:
    """What a page that lists the files asks: everything first, then category by category."""

    def answer(self, catalog: Catalog) -> tuple[Shelf, ...]:
        """Return the shelves in the order of the survey."""
        chosen = (None, *catalog.taxonomy.categories.values())
        return tuple(
            Shelf(one, len(selection.papers), len(choose_recent(selection)))
            for one in chosen
            for selection in [Selection(catalog=catalog, category=one)]
        )

    def fingerprint(self, catalog: Catalog) -> str:
        """Digest titles and numbers."""
        return digest_plainly(
            tuple(
                (
                    (one.category.path, one.category.title) if one.category else (),
                    one.papers,
                    one.recent,
                )
                for one in self.answer(catalog)
            )
        )
