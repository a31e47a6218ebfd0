"""RIS: what EndNote, Zotero, Mendeley and library catalogs read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livingsurvey.bibtex.types import PREPRINT
from livingsurvey.exports.records import (
    classify,
    clean,
    find_address,
    name_categories,
    split_pages,
    to_plain,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from livingsurvey.exports.records import About, Selection
    from livingsurvey.model import Paper, Person
    from livingsurvey.taxonomy import Taxonomy


def write_ris(selection: Selection, about: About) -> str:
    """Return the papers as RIS records, with the line ends that the format asks for."""
    lines = []
    for paper in selection.papers:
        for tag, value in _describe(paper, selection.catalog.taxonomy):
            if text := clean(value):
                lines.append(f"{tag}  - {text}\r\n")
        lines.append("ER  - \r\n\r\n")
    return "".join(lines)


def _describe(paper: Paper, taxonomy: Taxonomy) -> Iterator[tuple[str, str]]:
    kind = classify(paper)
    first, last = split_pages(paper)
    yield "TY", kind.ris
    yield "ID", paper.key
    yield "TI", to_plain(paper.title) or paper.key
    yield "ST", to_plain(paper.short_title)
    for person in paper.authors:
        yield "AU", _invert(person)
    for person in paper.editors:
        yield "ED", _invert(person)
    if paper.year:
        yield "PY", str(paper.year)
        yield "DA", f"{paper.year}/{f'{paper.month:02}' if paper.month else ''}//"
    yield (
        ("T2" if kind.is_contained else "PB"),
        ("arXiv" if kind is PREPRINT else to_plain(paper.venue)),
    )
    yield "VL", paper.fields.get("volume", "")
    yield "IS", paper.fields.get("number", "")
    yield "SP", first
    yield "EP", last
    yield "DO", paper.doi
    yield "UR", paper.url or find_address(paper)
    if paper.arxiv:
        yield "AN", f"arXiv:{paper.arxiv}"
    for title in name_categories(paper, taxonomy):
        yield "KW", title
    yield "N1", to_plain(paper.annotation)


def _invert(person: Person) -> str:
    # RIS has the suffix last: "King, Martin Luther, Jr."
    return ", ".join(part for part in (person.surname, person.given, person.suffix) if part)
