"""RIS: what EndNote, Zotero, Mendeley and library catalogs read."""

from __future__ import annotations

from typing import TYPE_CHECKING

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

    from livingsurvey.exports.about import About
    from livingsurvey.exports.selection import Selection
    from livingsurvey.model import Paper, Person
    from livingsurvey.taxonomy import Taxonomy

_TYPES = {
    "preprint": "UNPB",
    "journal": "JOUR",
    "conference": "CPAPER",
    "book": "BOOK",
    "chapter": "CHAP",
    "thesis": "THES",
    "report": "RPRT",
    "web": "ELEC",
    "other": "GEN",
}
_CONTAINED = {"journal", "conference", "chapter"}


def write_ris(selection: Selection, about: About) -> str:
    """Return the papers as RIS records, with the line ends that the format asks for."""
    catalog = selection.catalog

    def write_record(paper: Paper) -> str:
        lines = [
            f"{tag}  - {text}\r\n"
            for tag, value in _describe(paper, catalog.taxonomy)
            if (text := clean(value))
        ]
        return "".join(lines) + "ER  - \r\n\r\n"

    return "".join(catalog.remember("ris", paper.key, write_record) for paper in selection.papers)


def _describe(paper: Paper, taxonomy: Taxonomy) -> Iterator[tuple[str, str]]:
    kind = classify(paper)
    first, last = split_pages(paper)
    yield "TY", _TYPES[kind]
    yield "ID", paper.key
    yield "TI", to_plain(paper.title) or paper.key
    yield "ST", to_plain(paper.short_title)
    for one in paper.authors:
        yield "AU", _invert(one)
    for one in paper.editors:
        yield "ED", _invert(one)
    if paper.year:
        yield "PY", str(paper.year)
        yield "DA", f"{paper.year}/{f'{paper.month:02}' if paper.month else ''}//"
    yield (
        ("T2" if kind in _CONTAINED else "PB"),
        ("arXiv" if kind == "preprint" else to_plain(paper.venue)),
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
