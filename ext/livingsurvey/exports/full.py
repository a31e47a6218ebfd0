"""JSON: everything that the survey knows of its categories and papers, under a schema."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from livingsurvey.exports.bibtex import write_entry
from livingsurvey.exports.csl import write_array
from livingsurvey.exports.formats import SCHEMA_NAME
from livingsurvey.exports.records import to_plain

if TYPE_CHECKING:
    from livingsurvey.catalog import Catalog
    from livingsurvey.exports.about import About
    from livingsurvey.exports.selection import Selection
    from livingsurvey.model import Paper, Person

VERSION = 1
"""Of the form of the data; raised when a reader of the old form would stumble over the new."""


_END = "\n}"


def read_schema() -> str:
    """Return the JSON Schema (draft 2020-12) of what :func:`write_json` returns."""
    return (files("livingsurvey.exports") / SCHEMA_NAME).read_text(encoding="utf-8")


def write_json(selection: Selection, about: About) -> str:
    """Return the categories and papers as JSON."""
    catalog = selection.catalog
    tree = catalog.taxonomy
    chosen = (
        tuple(tree.categories.values())
        if selection.category is None
        else tuple(tree.descend(selection.category.tag))
    )
    document = {
        "$schema": SCHEMA_NAME,  # beside it on the site
        "version": VERSION,
        "title": about.title,
        "url": about.base_url,
        "license": about.license,
        "categories": [
            _strip(
                {
                    "tag": one.tag,
                    "title": one.title,
                    "path": list(one.path),
                    "section": one.section,
                    "description": one.description,
                    "color": one.color,
                    "papers": catalog.count(one.tag),
                }
            )
            for one in chosen
        ],
        "tags": [
            _strip({"name": one.name, "title": one.title, "description": one.description})
            for one in tree.tags.values()
        ],
    }
    head = json.dumps(_strip(document, "categories", "tags"), ensure_ascii=False, indent=1)
    papers = (
        _write_paper(catalog, paper.key, about, selection.places.get(paper.key, ""))
        for paper in selection.papers
    )
    return write_array(papers, f'{head.removesuffix(_END)},\n "papers": ', "\n}\n")


def _write_paper(catalog: Catalog, key: str, about: About, place: str) -> str:
    """Return a paper; what follows from its entry alone is written once."""
    text = catalog.remember("json", key, _write_record)
    rest = {"page": about.resolve(place) or place, "bibtex": write_entry(catalog, key)}
    more = json.dumps(_strip(rest), ensure_ascii=False)
    return f"{text.removesuffix('}')}, {more.removeprefix('{')}"


def _write_record(paper: Paper) -> str:
    return json.dumps(_describe(paper), ensure_ascii=False)


def _describe(paper: Paper) -> dict[str, Any]:
    record = {
        "key": paper.key,
        "type": paper.entry_type,
        "title": to_plain(paper.title) or paper.key,
        "title_tex": paper.title,
        "short_title": to_plain(paper.short_title),
        "authors": [_name(one) for one in paper.authors],
        "authors_truncated": paper.truncated,
        "editors": [_name(one) for one in paper.editors],
        "year": paper.year,
        "month": paper.month,
        "venue": to_plain(paper.venue),
        "doi": paper.doi,
        "arxiv": paper.arxiv,
        "primary_class": paper.primary_class,
        "url": paper.url,
        "code": paper.code,
        "annotation": to_plain(paper.annotation),
        "categories": list(paper.categories),
        "tags": list(paper.tags),
        "created": paper.created.isoformat() if paper.created else "",
    }
    return _strip(record, "authors", "categories")


def _name(person: Person) -> dict[str, str]:
    return _strip(
        {
            "family": person.family,
            "given": person.given,
            "particle": person.particle,
            "suffix": person.suffix,
        },
        "family",
    )


def _strip(record: dict[str, Any], *kept: str) -> dict[str, Any]:
    """Leave out what is not known."""
    return {name: value for name, value in record.items() if value or name in kept}
