"""RIS: what EndNote, Zotero, Mendeley and library catalogs read."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from livingsurvey.bibtex.types import JOURNAL, PREPRINT
from livingsurvey.exports.records import (
    CACHED,
    classify,
    clean,
    find_address,
    find_day,
    find_detail,
    find_publisher,
    find_rest,
    find_venue_fields,
    name_categories,
    split_pages,
    to_plain,
)
from livingsurvey.names import parse_name, split_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from livingsurvey.exports.records import About, Selection
    from livingsurvey.model import Paper, Person
    from livingsurvey.taxonomy import Taxonomy


_DETAILS = (
    ("VL", "volume"),
    ("T3", "series"),
    ("ET", "edition"),
    ("CY", "address"),
    ("SE", "chapter"),
    ("NV", "volumes"),
    ("M3", "type"),
    ("SN", "isbn"),
    ("SN", "issn"),
    ("LA", "language"),
    ("C7", "eid"),
    ("J2", "shortjournal"),
)
"""The fields that RIS has a tag for with the same meaning."""


def write_ris(selection: Selection, about: About) -> str:
    """Return the papers as RIS records, with the line ends that the format asks for."""
    taxonomy = selection.catalog.taxonomy
    return "".join(write_record(paper, taxonomy) for paper in selection.papers)


@lru_cache(maxsize=CACHED)
def write_record(paper: Paper, taxonomy: Taxonomy) -> str:
    """Return one record, with an empty line after it."""
    pairs = ((tag, clean(value)) for tag, value in _describe(paper, taxonomy))
    lines = [f"{tag}  - {text}\r\n" for tag, text in pairs if text]
    return "".join([*lines, "ER  - \r\n\r\n"])


def _describe(paper: Paper, taxonomy: Taxonomy) -> Iterator[tuple[str, str]]:
    kind = classify(paper)
    first, last = split_pages(paper)
    venue = to_plain(paper.venue)
    published_by = find_publisher(paper)
    yield "TY", kind.ris
    yield "ID", paper.key
    yield "TI", to_plain(paper.title) or paper.key
    yield "ST", to_plain(paper.short_title)
    for person in paper.authors:
        yield "AU", _invert(person)
    for person in paper.editors:
        yield "ED", _invert(person)
    for name in split_names(paper.fields.get("translator", "")):
        yield "A4", _invert(parse_name(name.text)[0])
    if paper.year:
        month = f"{paper.month:02}" if paper.month else ""
        day = f"{day:02}" if (day := find_day(paper)) else ""
        yield "PY", str(paper.year)
        yield "DA", f"{paper.year}/{month}/{day}/"
    yield "T2", venue if kind.is_contained else ""
    yield "PB", "arXiv" if kind is PREPRINT else find_detail(paper, published_by)
    yield "IS" if kind is JOURNAL else "M1", find_detail(paper, "number")
    yield "SP", first
    yield "EP", last
    for tag, field in _DETAILS:
        yield tag, find_detail(paper, field)
    yield "DO", paper.doi
    yield "UR", paper.url or find_address(paper)
    for address in paper.links.values():
        yield "UR", address
    if paper.arxiv:
        yield "AN", f"arXiv:{paper.arxiv}"
    for title in name_categories(paper, taxonomy):
        yield "KW", title
    yield "N1", find_detail(paper, "note")
    yield "N1", to_plain(paper.annotation)
    used = {field for _, field in _DETAILS} | ({published_by} if kind is not PREPRINT else set())
    used |= {"subtitle", "number", "pages", "day", "translator", "note"}
    used.update(find_venue_fields(paper) if kind.is_contained else ())
    for field, text in find_rest(paper, *used).items():
        yield "N1", f"{field}: {text}"


def _invert(person: Person) -> str:
    # RIS has the suffix last: "King, Martin Luther, Jr."
    return ", ".join(part for part in (person.surname, person.given, person.suffix) if part)
