"""CSL-JSON: what Pandoc, Zotero and citeproc read.

The variables are those of the Citation Style Language 1.0.2; ``custom`` holds what it has no
variable for.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from livingsurvey.bibtex.types import BOOK, CHAPTER, CONFERENCE, PREPRINT
from livingsurvey.exports.records import (
    CACHED,
    classify,
    find_address,
    find_day,
    find_detail,
    find_publisher,
    find_rest,
    find_venue_fields,
    format_pages,
    name_categories,
    to_plain,
    write_array,
    write_item,
)
from livingsurvey.names import parse_name, split_names

if TYPE_CHECKING:
    from livingsurvey.exports.records import About, Selection
    from livingsurvey.model import Paper, Person
    from livingsurvey.taxonomy import Taxonomy


_NUMBERED_IN_SERIES = (BOOK, CHAPTER, CONFERENCE)
_DETAILS = {
    "volume": "volume",
    "collection-title": "series",
    "edition": "edition",
    "publisher-place": "address",
    "event-title": "eventtitle",
    "event-place": "location",
    "chapter-number": "chapter",
    "number-of-volumes": "volumes",
    "genre": "type",
    "ISBN": "isbn",
    "ISSN": "issn",
    "language": "language",
    "version": "version",
    "note": "note",
    "container-title-short": "shortjournal",
    "volume-title": "maintitle",
    "part-number": "part",
    "number-of-pages": "pagetotal",
    "status": "pubstate",
    "original-title": "origtitle",
    "original-publisher": "origpublisher",
    "original-publisher-place": "origlocation",
    "PMID": "pmid",
    "PMCID": "pmcid",
}
"""The fields that CSL has a variable for with the same meaning."""

_NAMES = {"translator": "translator", "container-author": "bookauthor"}
_DATES = {"accessed": "urldate", "original-date": "origdate", "event-date": "eventdate"}


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
    published_by = find_publisher(paper)
    used = {*_DETAILS.values(), *_NAMES.values(), *_DATES.values(), published_by}
    used |= {"subtitle", "number", "pages", "day"}
    used.update(find_venue_fields(paper) if kind.is_contained else ())
    if kind is PREPRINT:  # whose number and type are those of arXiv
        used -= {"number", "type", published_by}
    item: dict[str, Any] = {
        "id": paper.key,
        "type": kind.csl,
        "title": to_plain(paper.title) or paper.key,
        "title-short": to_plain(paper.short_title),
        "author": _name(paper.authors, is_truncated=paper.truncated),
        "editor": _name(paper.editors),
        "issued": _date(paper),
        "container-title": venue if kind.is_contained else "",
        "publisher": find_detail(paper, published_by),
        "collection-number" if kind in _NUMBERED_IN_SERIES else kind.number: number,
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
    item |= {name: find_detail(paper, field) for name, field in _DETAILS.items()}
    for name, field in _NAMES.items():
        people = (parse_name(one.text)[0] for one in split_names(paper.fields.get(field, "")))
        item[name] = _name(tuple(people))
    for name, field in _DATES.items():
        item[name] = _read_date(find_detail(paper, field))
    if kind is PREPRINT:
        item |= {"publisher": "arXiv", "number": f"arXiv:{paper.arxiv}", "genre": "preprint"}
    return {name: value for name, value in item.items() if value}


def _name(people: tuple[Person, ...], *, is_truncated: bool = False) -> list[dict[str, str]]:
    names = []
    for person in people:
        if person.given or person.particle or person.suffix:
            parts = {
                "family": person.family,
                "given": person.given,
                "non-dropping-particle": person.particle,
                "suffix": person.suffix,
            }
            names.append({name: value for name, value in parts.items() if value})
        else:
            names.append({"literal": person.family})
    if is_truncated:
        # As Pandoc has it: CSL itself cannot say that a list goes on.
        names.append({"literal": "others"})
    return names


def _read_date(text: str) -> dict[str, Any]:
    """Return a date of biblatex, of a range the beginning, or the text as it is."""
    match = re.match(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?(?![0-9-])", text)
    if match is None:
        return {"raw": text} if text else {}
    return {"date-parts": [[int(part) for part in match.groups() if part]]}


def _date(paper: Paper) -> dict[str, list[list[int]]]:
    parts = [part for part in (paper.year, paper.month, find_day(paper)) if part]
    return {"date-parts": [parts]} if paper.year else {}
