"""The formats that papers can be taken away in, and the files that a site offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from livingsurvey.exports.data import SCHEMA_NAME, read_schema, write_csv, write_json
from livingsurvey.exports.records import Selection, choose_recent
from livingsurvey.exports.reference_managers import write_bibtex, write_csl_json, write_ris
from livingsurvey.exports.web import write_atom
from livingsurvey.taxonomy import TAG
from livingsurvey.words import mark

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from livingsurvey.catalog import Catalog
    from livingsurvey.exports.records import About
    from livingsurvey.model import Category
    from livingsurvey.taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class Format:
    """A form in which papers can be taken away.

    Attributes:
        name: What the command line calls it.
        title: What readers call it.
        suffix: The end of the names of its files, with the dot.
        purpose: Which programs read it.
        media_type: Its media type.
    """

    name: str
    title: str
    purpose: str
    suffix: str
    media_type: str


FORMATS: dict[str, Format] = {
    known.name: known for known in (
        Format("bibtex", "BibTeX", "LaTeX, Typst, JabRef, Zotero", ".bib", "application/x-bibtex"),
        Format("ris", "RIS", "EndNote, Zotero, Mendeley",
               ".ris", "application/x-research-info-systems"),
        Format("csl-json", "CSL-JSON", "Pandoc, Quarto, Zotero",
               ".csl.json", "application/vnd.citationstyles.csl+json"),
        Format("csv", "CSV", mark("spreadsheets and data frames"), ".csv", "text/csv"),
        Format("json", "JSON", mark("programs: everything that the survey knows"),
               ".json", "application/json"),
        Format("atom", "Atom", mark("feed readers: the papers that joined last"),
               ".xml", "application/atom+xml"),
    )
}  # fmt: skip
"""By name."""


WRITERS: dict[str, Callable[[Selection, About], str]] = {
    "bibtex": write_bibtex,
    "ris": write_ris,
    "csl-json": write_csl_json,
    "csv": write_csv,
    "json": write_json,
    "atom": write_atom,
}
"""By the name of the format, what returns the text; its line ends are to be kept as they are."""


def write_file(
    file: File, catalog: Catalog, about: About, places: Mapping[str, str] | None = None
) -> str:
    """Return the text of a file; see :class:`~.records.Selection` for *places*.

    Raises:
        KeyError: There is no such format or category.
    """
    if not file.format:
        return read_schema()
    selection = Selection(
        catalog=catalog,
        category=catalog.category(file.category) if file.category else None,
        places=places or {},
        path=file.path,
    )
    return WRITERS[file.format](selection, about)


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
    """Return all files: those of the whole survey first, then category by category.

    A category has its files under its former tags as well, since others link to them.
    """
    has_feeds = about.has_feeds
    whole = [name for name in FORMATS if name != "atom" or has_feeds]
    found = [*(File(locate(name, about.slug), name) for name in whole), File(SCHEMA_PATH, "")]
    for category in taxonomy.categories.values():
        names = (*PER_CATEGORY, "atom") if has_feeds and category.depth == 1 else PER_CATEGORY
        tags = (category.tag, *filter(TAG.fullmatch, category.aliases))
        found.extend(
            File(locate(name, about.slug, tag), name, category.tag)
            for tag in tags
            for name in names
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
            Shelf(category, len(selection.papers), len(choose_recent(selection)))
            for category in chosen
            for selection in [Selection(catalog=catalog, category=category)]
        )
