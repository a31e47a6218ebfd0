"""The catalog: taxonomy and papers of a survey together, read once and never changed.

``load(bibliographies, taxonomy, root)`` is the one way in, for the builder and for the command.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from livingsurvey.bibtex.fields import find_entry_type
from livingsurvey.bibtex.identifiers import make_anchor
from livingsurvey.bibtex.read import read_entries
from livingsurvey.bibtex.source import read_source, show_path
from livingsurvey.catalog.papers import read_paper
from livingsurvey.diagnostics import sort_diagnostics
from livingsurvey.names import read_authors
from livingsurvey.taxonomy import Taxonomy, read_taxonomy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from livingsurvey.bibtex.read import Entry
    from livingsurvey.bibtex.source import Source
    from livingsurvey.diagnostics import Diagnostic
    from livingsurvey.model import Category, Paper, Person
    from livingsurvey.names import Spellings


class Catalog:
    """All categories and papers of a survey.

    Args:
        papers: In the order of the bibliography; keys are unique without regard to case.
        taxonomy: The categories.
    """

    def __init__(self, papers: Iterable[Paper] = (), taxonomy: Taxonomy | None = None) -> None:
        self.taxonomy = taxonomy or Taxonomy()
        self.papers: Mapping[str, Paper] = MappingProxyType({paper.key: paper for paper in papers})

    @cached_property
    def _keys_by_category(self) -> dict[str, tuple[str, ...]]:
        direct: dict[str, list[str]] = {tag: [] for tag in self.taxonomy.categories}
        for paper in self.papers.values():
            for tag in paper.categories:
                direct[tag].append(paper.key)
        descend = self.taxonomy.descend
        return {
            tag: tuple(dict.fromkeys(key for below in descend(tag) for key in direct[below.tag]))
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


@dataclass(frozen=True, slots=True)
class Library:
    """A catalog together with the text that it was read from, for those who change that text.

    Attributes:
        sources: The bibliography files, in order.
        entries: Their entries; those that others only cross-refer to are no papers.
        catalog: What they say.
        diagnostics: All problems, in the order of the text.
    """

    sources: tuple[Source, ...]
    entries: tuple[Entry, ...]
    catalog: Catalog
    diagnostics: tuple[Diagnostic, ...]


def load_library(
    bibliographies: Sequence[Path],
    taxonomy: Path | None,
    root: Path | None = None,
    authors: Path | None = None,
    read_file: Callable[[Path, str], tuple[Source, list[Diagnostic]]] = read_source,
) -> Library:
    """Read the files of a survey.

    Args:
        bibliographies: The .bib files; later ones see the macros of earlier ones.
        taxonomy: The TOML file, or None for a survey without categories.
        root: Diagnostics name files relative to this folder where they lie in it.
        authors: The file that says which spellings are one person, or None.
        read_file: Reads one of them, to be named so, as :func:`~.bibtex.source.read_source` does.

    Never raises for what the files hold: everything wrong is a diagnostic.
    """
    problems: list[Diagnostic] = []

    def read(path: Path) -> Source:
        source, found = read_file(path, show_path(path, root))
        problems.extend(found)
        return source

    tree = Taxonomy()
    spellings: Spellings = {}
    if taxonomy is not None:
        source = read(taxonomy)
        tree, found = read_taxonomy(source.text, source.path)
        problems.extend(found)
    if authors is not None:
        source = read(authors)
        spellings, found = read_authors(source.text, source.path)
        problems.extend(found)
    return make_library(list(map(read, bibliographies)), tree, problems, spellings)


def make_library(
    sources: Iterable[Source],
    taxonomy: Taxonomy,
    problems: Iterable[Diagnostic] = (),
    spellings: Mapping[Person, Person] = MappingProxyType({}),
) -> Library:
    """Read texts that are in memory already.

    Args:
        sources: The bibliographies, in order.
        taxonomy: The categories.
        problems: What is known to be wrong so far; it comes first among equals.
        spellings: The one name of each author who has several; see :func:`~.names.read_authors`.
    """
    sources = tuple(sources)
    entries, found = read_entries(sources)
    problems = [*problems, *found]
    papers = []
    for entry in _leave_out_volumes(entries):
        paper, found = read_paper(entry, taxonomy, spellings)
        problems.extend(found)
        papers.append(paper)
    catalog = Catalog(papers, taxonomy)
    return Library(sources, tuple(entries), catalog, tuple(sort_diagnostics(problems)))


def load(
    bibliographies: Sequence[Path],
    taxonomy: Path | None,
    root: Path | None = None,
    authors: Path | None = None,
) -> tuple[Catalog, list[Diagnostic]]:
    """Read the files of a survey into its catalog and a list of all problems.

    See :func:`load_library`; the text and the spans are let go, which halves the memory.
    """
    library = load_library(bibliographies, taxonomy, root, authors)
    return library.catalog, list(library.diagnostics)


def _leave_out_volumes(entries: Sequence[Entry]) -> list[Entry]:
    """Leave out what stands in the file only for other entries to refer to."""
    targets = {entry.get("crossref").casefold() for entry in entries if "crossref" in entry.values}
    papers = [entry for entry in entries if find_entry_type(entry.entry_type).is_paper]
    return [
        entry
        for entry in papers
        if not find_entry_type(entry.entry_type).is_parent
        or entry.key.casefold() not in targets
        or "keywords" in entry.values
    ]
