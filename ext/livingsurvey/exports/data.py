"""JSON under a schema and CSV (RFC 4180): everything that the survey knows of its papers."""

from __future__ import annotations

import csv
import io
import json
from functools import lru_cache, partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from livingsurvey.bibtex.fields import DETAIL_FIELDS, LINK_FIELDS
from livingsurvey.exports.records import (
    CACHED,
    find_address,
    find_day,
    find_detail,
    find_rest,
    to_plain,
    write_array,
    write_item,
)
from livingsurvey.exports.reference_managers import write_entry
from livingsurvey.queries import find_categories

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from livingsurvey.exports.records import About, Selection
    from livingsurvey.model import Paper


SCHEMA_NAME = "survey.schema.json"
"""The schema of the JSON, beside it on the site."""

VERSION = 1
"""Of the form of the data; raised when a reader of the old form would stumble over the new."""


_END = "\n}"
_OF_CATEGORY = ("tag", "title", "path", "section", "description", "color")
_OF_TAG = ("name", "title", "description")
_OF_PERSON = ("family", "given", "particle", "suffix")


def read_schema() -> str:
    """Return the JSON Schema (draft 2020-12) of what :func:`write_json` returns."""
    return (files("livingsurvey.exports") / SCHEMA_NAME).read_text(encoding="utf-8")


def write_json(selection: Selection, about: About) -> str:
    """Return the categories and papers as JSON."""
    catalog = selection.catalog
    chosen = find_categories(catalog, selection.category.tag if selection.category else "")
    document = {
        "$schema": SCHEMA_NAME,  # beside it on the site
        "version": VERSION,
        "title": about.title,
        "url": about.base_url,
        "license": about.license,
        "categories": [
            _strip({**_take(category, *_OF_CATEGORY), "papers": catalog.count(category.tag)})
            for category in chosen
        ],
        "tags": [_take(tag, *_OF_TAG) for tag in catalog.taxonomy.tags.values()],
    }
    head = json.dumps(_strip(document, "categories", "tags"), ensure_ascii=False, indent=1)
    places = {key: about.resolve(place) or place for key, place in selection.places.items()}
    papers = (write_item(_describe(paper, places.get(paper.key, ""))) for paper in selection.papers)
    return write_array(papers, f'{head.removesuffix(_END)},\n "papers": ', "\n}\n")


def _describe(paper: Paper, page: str) -> dict[str, Any]:
    record = {
        "key": paper.key,
        "type": paper.entry_type,
        "title": to_plain(paper.title) or paper.key,
        "title_tex": paper.title,
        "short_title": to_plain(paper.short_title),
        "authors": [{"family": ""} | _take(person, *_OF_PERSON) for person in paper.authors],
        "authors_truncated": paper.truncated,
        "editors": [{"family": ""} | _take(person, *_OF_PERSON) for person in paper.editors],
        "year": paper.year,
        "month": paper.month,
        "venue": to_plain(paper.venue),
        "details": find_rest(paper),
        "doi": paper.doi,
        "arxiv": paper.arxiv,
        "primary_class": paper.primary_class,
        "url": paper.url,
        **paper.links,
        "annotation": to_plain(paper.annotation),
        "categories": paper.categories,
        "tags": paper.tags,
        "created": paper.created.isoformat() if paper.created else "",
        "page": page,
        "bibtex": write_entry(paper),
    }
    return _strip(record, "authors", "categories")


def _take(value: object, *names: str) -> dict[str, Any]:
    """Return what is known of a value, by the names of its attributes."""
    return _strip({name: getattr(value, name) for name in names})


def _strip(record: dict[str, Any], *kept: str) -> dict[str, Any]:
    """Leave out what is not known."""
    return {name: value for name, value in record.items() if value or name in kept}


def _read_link(name: str, paper: Paper) -> str:
    return paper.links.get(name, "")


_COLUMNS: dict[str, Callable[[Paper], object]] = {
    "key": lambda paper: paper.key,
    "type": lambda paper: paper.entry_type,
    "short_title": lambda paper: to_plain(paper.short_title),
    "title": lambda paper: to_plain(paper.title),
    "authors": lambda paper: _join(
        [*(person.full for person in paper.authors), *(["others"] if paper.truncated else [])]
    ),
    "editors": lambda paper: _join(person.full for person in paper.editors),
    "year": lambda paper: paper.year or "",
    "month": lambda paper: paper.month or "",
    "day": lambda paper: find_day(paper) or "",
    "venue": lambda paper: to_plain(paper.venue),
    **{name: partial(find_detail, name=name) for name in DETAIL_FIELDS},
    "doi": lambda paper: paper.doi,
    "arxiv": lambda paper: paper.arxiv,
    "primary_class": lambda paper: paper.primary_class,
    "url": lambda paper: paper.url or find_address(paper),
    **{name: partial(_read_link, name) for name in LINK_FIELDS},
    "category": lambda paper: paper.home,
    "categories": lambda paper: _join(paper.categories),
    "tags": lambda paper: _join(paper.tags),
    "annotation": lambda paper: to_plain(paper.annotation),
    "created": lambda paper: paper.created.isoformat() if paper.created else "",
}
"""The columns and what stands in them."""

COLUMNS = tuple(_COLUMNS)

MAX_CELL = 100_000
"""Characters of a cell; Python's reader refuses more than 131,072. JSON holds everything."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_row(cells: Iterable[object]) -> str:
    """Return one line of the table.

    A text that a spreadsheet would take for a formula begins with an apostrophe, as
    OWASP's "CSV Injection" advises; one longer than Python's own reader takes is cut.
    """
    texts = (str(cell) for cell in cells)
    out = io.StringIO(newline="")
    csv.writer(out).writerow(
        [f"'{text}" if text.startswith(_FORMULA) else _cut(text) for text in texts]
    )
    return out.getvalue()


def _cut(text: str) -> str:
    return text if len(text) <= MAX_CELL else f"{text[: MAX_CELL - 1]}…"


@lru_cache(maxsize=CACHED)
def make_row(paper: Paper) -> str:
    """Return the line of a paper."""
    return write_row(read(paper) for read in _COLUMNS.values())


def write_csv(selection: Selection, about: About) -> str:
    """Return the papers as a table with a line of headings.

    Lists within a cell are separated by semicolons.
    """
    return "".join([write_row(COLUMNS), *map(make_row, selection.papers)])


def _join(items: Iterable[str]) -> str:
    return "; ".join(items)
