"""What programs for references read: BibTeX, RIS, CSL-JSON, and COinS within a page.

BibTeX is of one dialect and without the fields of the survey. CSL-JSON has the variables of the
Citation Style Language 1.0.2, which Pandoc, Zotero and citeproc read; ``custom`` holds what it has
no variable for. COinS is a paper as an OpenURL context object (ANSI/NISO Z39.88-2004) in the title
of a span: Zotero's button and its kin find ``<span class="Z3988" title="…">`` in a page.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

from livingsurvey.bibtex import write
from livingsurvey.bibtex.fields import BOOK, CHAPTER, CONFERENCE, JOURNAL, OWN_FIELDS, PREPRINT
from livingsurvey.bibtex.read import MONTHS
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
    format_date,
    format_pages,
    name_categories,
    split_pages,
    to_plain,
    write_array,
    write_item,
)
from livingsurvey.names import parse_name, split_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from livingsurvey.exports.records import About, Selection
    from livingsurvey.model import Paper, Person
    from livingsurvey.taxonomy import Taxonomy


_SCHOOLS = frozenset({"phdthesis", "mastersthesis"})
_LEFT_OUT = OWN_FIELDS | {"xdata", "date", "subtitle"}


def write_bibtex(selection: Selection, about: About) -> str:
    """Return the papers as a .bib file."""
    return "\n".join(map(write_entry, selection.papers))


@lru_cache(maxsize=CACHED)
def write_entry(paper: Paper) -> str:
    """Return the entry of a paper in the dialect of BibTeX, which biblatex reads as well.

    So the date is year and month, the month a macro, and a subtitle part of the title.
    """
    fields = {name: value for name, value in paper.fields.items() if name not in _LEFT_OUT}
    if paper.title:
        fields["title"] = paper.title
    if paper.year:
        fields["year"] = str(paper.year)
    if paper.entry_type in _SCHOOLS and "institution" in fields:
        fields["school"] = fields.pop("institution")
    if paper.month:
        fields["month"] = list(MONTHS.values())[paper.month - 1]
    return write.write_entry(paper.entry_type, paper.key, fields)


_DETAILS = (
    ("volume", "volume", "VL"), ("series", "collection-title", "T3"), ("edition", "edition", "ET"),
    ("address", "publisher-place", "CY"), ("eventtitle", "event-title", ""),
    ("location", "event-place", ""), ("chapter", "chapter-number", "SE"),
    ("volumes", "number-of-volumes", "NV"), ("type", "genre", "M3"), ("isbn", "ISBN", "SN"),
    ("issn", "ISSN", "SN"), ("language", "language", "LA"), ("eid", "", "C7"),
    ("version", "version", ""), ("note", "note", ""),
    ("shortjournal", "container-title-short", "J2"), ("maintitle", "volume-title", ""),
    ("part", "part-number", ""), ("pagetotal", "number-of-pages", ""), ("pubstate", "status", ""),
    ("origtitle", "original-title", ""), ("origpublisher", "original-publisher", ""),
    ("origlocation", "original-publisher-place", ""), ("pmid", "PMID", ""), ("pmcid", "PMCID", ""),
)  # fmt: skip
"""The fields that CSL has a variable for with the same meaning, or RIS a tag."""

_CSL_VARIABLES = {variable: field for field, variable, _ in _DETAILS if variable}
_RIS_TAGS = tuple((tag, field) for field, _, tag in _DETAILS if tag)


def write_ris(selection: Selection, about: About) -> str:
    """Return the papers as RIS records, with the line ends that the format asks for."""
    taxonomy = selection.catalog.taxonomy
    return "".join(write_record(paper, taxonomy) for paper in selection.papers)


@lru_cache(maxsize=CACHED)
def write_record(paper: Paper, taxonomy: Taxonomy) -> str:
    """Return one record, with an empty line after it."""
    pairs = ((tag, clean(value)) for tag, value in _list_ris_fields(paper, taxonomy))
    lines = [f"{tag}  - {text}\r\n" for tag, text in pairs if text]
    return "".join([*lines, "ER  - \r\n\r\n"])


def _list_ris_fields(paper: Paper, taxonomy: Taxonomy) -> Iterator[tuple[str, str]]:
    kind = classify(paper)
    first, last = split_pages(paper)
    venue = to_plain(paper.venue)
    published_by = find_publisher(paper)
    yield "TY", kind.ris
    yield "ID", paper.key
    yield "TI", to_plain(paper.title) or paper.key
    yield "ST", to_plain(paper.short_title)
    translators = _read_people(paper, "translator")
    for tag, people in (("AU", paper.authors), ("ED", paper.editors), ("A4", translators)):
        yield from ((tag, _invert(person)) for person in people)
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
    for tag, field in _RIS_TAGS:
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
    used = {field for _, field in _RIS_TAGS} | ({published_by} if kind is not PREPRINT else set())
    used |= {"subtitle", "number", "pages", "day", "translator", "note"}
    used.update(find_venue_fields(paper) if kind.is_contained else ())
    for field, text in find_rest(paper, *used).items():
        yield "N1", f"{field}: {text}"


def _read_people(paper: Paper, field: str) -> Iterable[Person]:
    return (parse_name(name.text)[0] for name in split_names(paper.fields.get(field, "")))


def _invert(person: Person) -> str:
    # RIS has the suffix last: "King, Martin Luther, Jr."
    return ", ".join(part for part in (person.surname, person.given, person.suffix) if part)


_NUMBERED_IN_SERIES = (BOOK, CHAPTER, CONFERENCE)
_CSL_NAMES = {"translator": "translator", "container-author": "bookauthor"}
_CSL_DATES = {"accessed": "urldate", "original-date": "origdate", "event-date": "eventdate"}


def write_csl_json(selection: Selection, about: About) -> str:
    """Return the papers as an array of CSL-JSON items."""
    taxonomy = selection.catalog.taxonomy
    items = (write_csl_item(paper, taxonomy) for paper in selection.papers)
    return write_array(items, after="\n")


@lru_cache(maxsize=CACHED)
def write_csl_item(paper: Paper, taxonomy: Taxonomy) -> str:
    """Return a paper as a CSL-JSON item, on one line."""
    return write_item(describe_paper(paper, taxonomy))


def describe_paper(paper: Paper, taxonomy: Taxonomy) -> dict[str, Any]:
    """Return a paper as a CSL-JSON item."""
    kind = classify(paper)
    venue = to_plain(paper.venue)
    number = find_detail(paper, "number")
    numbered = "issue" if kind is JOURNAL else "number"
    numbered = "collection-number" if kind in _NUMBERED_IN_SERIES else numbered
    published_by = find_publisher(paper)
    used = {*_CSL_VARIABLES.values(), *_CSL_NAMES.values(), *_CSL_DATES.values(), published_by}
    used |= {"subtitle", "number", "pages", "day"}
    used.update(find_venue_fields(paper) if kind.is_contained else ())
    if kind is PREPRINT:  # whose number and type are those of arXiv
        used -= {"number", "type", published_by}
    item: dict[str, Any] = {
        "id": paper.key,
        "type": kind.csl,
        "title": to_plain(paper.title) or paper.key,
        "title-short": to_plain(paper.short_title),
        "author": _name_for_csl(paper.authors, is_truncated=paper.truncated),
        "editor": _name_for_csl(paper.editors),
        "issued": _make_csl_date(paper),
        "container-title": venue if kind.is_contained else "",
        "publisher": find_detail(paper, published_by),
        numbered: number,
        "page": format_pages(paper),
        "DOI": paper.doi,
        "URL": paper.url or find_address(paper),
        "annote": to_plain(paper.annotation),
        "keyword": ", ".join(name_categories(paper, taxonomy)),
        "custom": {
            name: value
            for name, value in (
                ("categories", list(paper.categories)),
                ("tags", list(paper.tags)),
                ("arxiv", paper.arxiv),
                ("primary_class", paper.primary_class),
                *paper.links.items(),
                *find_rest(paper, *used).items(),
            )
            if value
        },
    }
    item |= {name: find_detail(paper, field) for name, field in _CSL_VARIABLES.items()}
    for name, field in _CSL_NAMES.items():
        item[name] = _name_for_csl(_read_people(paper, field))
    for name, field in _CSL_DATES.items():
        item[name] = _read_csl_date(find_detail(paper, field))
    if kind is PREPRINT:
        item |= {"publisher": "arXiv", "number": f"arXiv:{paper.arxiv}", "genre": "preprint"}
    return {name: value for name, value in item.items() if value}


_CSL_PARTS = ("family", "given", "non-dropping-particle", "suffix")


def _name_for_csl(people: Iterable[Person], *, is_truncated: bool = False) -> list[dict[str, str]]:
    names = []
    for person in people:
        if person.given or person.particle or person.suffix:
            parts = (person.family, person.given, person.particle, person.suffix)
            names.append({name: part for name, part in zip(_CSL_PARTS, parts, strict=True) if part})
        else:
            names.append({"literal": person.family})
    if is_truncated:
        # As Pandoc has it: CSL itself cannot say that a list goes on.
        names.append({"literal": "others"})
    return names


def _read_csl_date(text: str) -> dict[str, Any]:
    """Return a date of biblatex, of a range the beginning, or the text as it is."""
    match = re.match(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?(?![0-9-])", text)
    if match is None:
        return {"raw": text} if text else {}
    return {"date-parts": [[int(part) for part in match.groups() if part]]}


def _make_csl_date(paper: Paper) -> dict[str, list[list[int]]]:
    parts = [part for part in (paper.year, paper.month, find_day(paper)) if part]
    return {"date-parts": [parts]} if paper.year else {}


_SAFE = "/:,()!*@"  # as good unescaped in a query, and shorter: a page holds hundreds of these


def write_coins(paper: Paper) -> str:
    """Return the context object of a paper, to be escaped as any attribute is."""
    return "&".join(
        f"{name}={quote_plus(text, safe=_SAFE)}"
        for name, value in _list_coins(paper)
        if (text := clean(value))
    )


def _list_coins(paper: Paper) -> Iterator[tuple[str, str]]:
    kind, title, venue = classify(paper), to_plain(paper.title) or paper.key, to_plain(paper.venue)
    yield "ctx_ver", "Z39.88-2004"
    yield "rft_val_fmt", f"info:ofi/fmt:kev:mtx:{'journal' if kind is JOURNAL else 'dc'}"
    if kind is JOURNAL:
        first, last = split_pages(paper)
        yield "rft.genre", "article"
        yield "rft.atitle", title
        yield "rft.jtitle", venue
        yield "rft.volume", paper.fields.get("volume", "")
        yield "rft.issue", paper.fields.get("number", "")
        yield "rft.spage", first
        yield "rft.epage", last
    else:
        yield "rft.title", title
        yield "rft.type", kind.coins
        yield "rft.source", venue
    author = "rft.au" if kind is JOURNAL else "rft.creator"
    for person in paper.authors:
        # A comma is what tells a person from a collective.
        inverted = f"{person.surname}, {person.given}"
        yield (author, inverted) if person.given else ("rft.aucorp", person.full)
    yield "rft.date", format_date(paper)
    if paper.doi:
        yield "rft_id", f"info:doi/{paper.doi}"
    yield "rft_id", paper.url or find_address(paper)
