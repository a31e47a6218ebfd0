"""Reading the files of a survey into a catalog."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from livingsurvey.bibtex.crossrefs import PARENT_TYPES
from livingsurvey.bibtex.read import read_entries
from livingsurvey.bibtex.source import read_source, show_path
from livingsurvey.catalog.aggregate import Catalog
from livingsurvey.catalog.papers import read_paper
from livingsurvey.diagnostics import sort_diagnostics
from livingsurvey.taxonomy import Taxonomy, read_taxonomy

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from livingsurvey.bibtex.entry import Entry
    from livingsurvey.bibtex.source import Source
    from livingsurvey.diagnostics import Diagnostic


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
) -> Library:
    """Read the files of a survey.

    Args:
        bibliographies: The .bib files; later ones see the macros of earlier ones.
        taxonomy: The TOML file, or None for a survey without categories.
        root: Diagnostics name files relative to this folder where they lie in it.

    Never raises for what the files hold: everything wrong is a diagnostic.
    """
    problems: list[Diagnostic] = []
    tree = Taxonomy()
    if taxonomy is not None:
        source, found = read_source(taxonomy, show_path(taxonomy, root))
        problems.extend(found)
        tree, found = read_taxonomy(source.text, source.path)
        problems.extend(found)
    sources = []
    for path in bibliographies:
        source, found = read_source(path, show_path(path, root))
        problems.extend(found)
        sources.append(source)
    return make_library(sources, tree, problems)


def make_library(
    sources: Iterable[Source],
    taxonomy: Taxonomy,
    problems: Iterable[Diagnostic] = (),
) -> Library:
    """Read texts that are in memory already.

    Args:
        sources: The bibliographies, in order.
        taxonomy: The categories.
        problems: What is known to be wrong so far; it comes first among equals.
    """
    problems = list(problems)
    sources = tuple(sources)
    entries, found = read_entries(sources)
    problems.extend(found)
    papers = []
    for entry in _without_parents(entries):
        paper, found = read_paper(entry, taxonomy)
        problems.extend(found)
        papers.append(paper)
    catalog = Catalog(papers, taxonomy)
    return Library(sources, tuple(entries), catalog, tuple(sort_diagnostics(problems)))


def load(
    bibliographies: Sequence[Path],
    taxonomy: Path | None,
    root: Path | None = None,
) -> tuple[Catalog, list[Diagnostic]]:
    """Read the files of a survey into its catalog and a list of all problems.

    See :func:`load_library`; the text and the spans are let go, which halves the memory.
    """
    library = load_library(bibliographies, taxonomy, root)
    return library.catalog, list(library.diagnostics)


def _without_parents(entries: Iterable[Entry]) -> list[Entry]:
    """Leave out the volumes that stand in the file only for others to cross-refer to."""
    entries = list(entries)
    targets = {one.get("crossref").casefold() for one in entries if "crossref" in one.values}
    return [
        one
        for one in entries
        if not (
            one.key.casefold() in targets
            and one.entry_type in PARENT_TYPES
            and "keywords" not in one.values
        )
    ]
