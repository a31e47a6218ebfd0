"""The records of papers that the site's scripts load: for hover cards, baskets and exports.

They are scripts, not JSON, since a page opened from a file may load nothing else; and many small
ones, so that a hover card costs some kilobytes. Which one holds a paper follows from its anchor.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from livingsurvey.bibtex.identifiers import make_anchor
from livingsurvey.exports.data import COLUMNS, make_row, write_row
from livingsurvey.exports.reference_managers import describe_paper, write_entry
from livingsurvey.markup import parse
from livingsurvey.queries import sort_papers
from livingsurvey.sphinxext.linking import find_page, find_place, has_paper_pages, name_page
from livingsurvey.sphinxext.nodes import collect_facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sphinx.builders import Builder

    from livingsurvey.catalog import Catalog
    from livingsurvey.model import Paper
    from livingsurvey.sphinxext.domain import SurveyDomain
    from livingsurvey.sphinxext.survey import Survey

SHARDS = 64
"""As in ``livingsurvey.js``."""

Homes = dict[str, tuple[str, str]]
"""By key, the section and the address, from the root of the site, of the entry of a paper."""


def make_shard(anchor: str) -> int:
    """Return the number of the script that holds a paper: FNV-1a of its anchor, which is ASCII."""
    state = 0x811C9DC5
    for byte in anchor.encode():
        state = (state ^ byte) * 0x01000193 & 0xFFFFFFFF
    return state % SHARDS


def find_homes(domain: SurveyDomain) -> Homes:
    """Return where the full entries are."""
    survey = domain.get_survey()
    homes = {}
    for key, (docname, anchor) in survey.papers.items():
        tag = domain.catalog.papers[key].home
        title = survey.category_titles.get(tag, tag)
        number = survey.number(*survey.categories.get(tag, ("", "")))
        address = find_place(domain.builder, docname, anchor)
        homes[key] = f"{number} {title}".strip(), address
    return homes


def list_shards(catalog: Catalog) -> Iterator[tuple[str, list[str]]]:
    """Yield the scripts: path from the root of the site, and the keys of the papers in it."""
    shards: list[list[str]] = [[] for _ in range(SHARDS)]
    for key in catalog.papers:
        shards[make_shard(make_anchor(key))].append(key)
    for number, keys in enumerate(shards):
        yield f"_static/livingsurvey/papers-{number:02}.js", keys


INDEX = "_static/livingsurvey/index.js"
"""What is searched for papers; loaded when somebody searches."""


def write_index(domain: SurveyDomain) -> str:
    """Return the script of the index: all papers, newest first; categories; authors."""
    catalog, survey, builder = domain.catalog, domain.get_survey(), domain.builder
    rows = [
        json.dumps(_make_row(paper, survey), ensure_ascii=True, separators=(",", ":"))
        for paper in sort_papers(catalog.papers.values(), "newest")
    ]
    places: list[tuple[str, str, str, int, str]] = []
    for tag, (docname, anchor) in survey.categories.items():
        address = find_place(builder, docname, anchor)
        places.append(("category", survey.category_titles[tag], address, catalog.count(tag), tag))
    for name, (docname, anchor, count) in survey.authors.items():
        places.append(("author", name, find_place(builder, docname, anchor), count, ""))
    # Where the page of a paper is, with a star in place of its anchor.
    pages = _find_page(builder, "-").replace("/-", "/*").replace("paper--", "paper-*")
    listed = ",\n".join(rows)
    explorer = find_page(builder, survey.explorer) if survey.explorer else ""
    rest = ", ".join(
        json.dumps(table, separators=(",", ":")) for table in (places, pages, explorer)
    )
    return f"livingsurvey.receiveIndex([\n{listed}\n], {rest});\n"


def _find_page(builder: Builder, anchor: str) -> str:
    """Return the address of the page of a paper; of its entry where there are no such pages."""
    if has_paper_pages(builder):
        return builder.get_target_uri(name_page(anchor))
    return find_place(builder, str(builder.config.root_doc), f"paper-{anchor}")


def _make_row(paper: Paper, survey: Survey) -> list[Any]:
    facts = collect_facts(paper)
    said = {
        (docname, mention.section)
        for docname, mention in survey.mentions.get(paper.key, ())
        if mention.kind != "list"
    }
    known_as = (paper.arxiv, paper.doi, parse(paper.fields.get("note", "")).text)
    return [
        facts.anchor,
        paper.key,
        facts.name,
        facts.title,
        facts.authors,
        int(facts.truncated),
        facts.venue,
        paper.year or 0,
        parse(paper.annotation).text,
        " ".join(paper.categories),
        facts.links,
        [name for name in known_as if name],
        len(said),
    ]


def write_shard(domain: SurveyDomain, keys: Iterable[str], homes: Homes) -> str:
    """Return the text of a script."""
    head = json.dumps(write_row(COLUMNS).rstrip())
    lines = ",\n".join(_write_record(domain, key, homes.get(key)) for key in keys)
    return f"livingsurvey.receive({head}, [\n{lines}\n]);\n"


def _write_record(domain: SurveyDomain, key: str, home: tuple[str, str] | None) -> str:
    catalog = domain.catalog
    paper = catalog.papers[key]
    record = _describe(paper) | {
        "home": home,
        "page": _find_page(domain.builder, make_anchor(key)),
        "bibtex": write_entry(paper),
        "csl": describe_paper(paper, catalog.taxonomy),
        "csv": make_row(paper).rstrip(),
    }
    return json.dumps(record, ensure_ascii=True, separators=(",", ":"))


def _describe(paper: Paper) -> dict[str, Any]:
    facts = collect_facts(paper)
    return {
        "key": paper.key,
        "anchor": facts.anchor,
        "name": facts.name,
        "title": facts.title,
        "authors": facts.authors,
        "truncated": facts.truncated,
        "venue": facts.venue,
        "year": facts.year,
        "note": parse(paper.annotation).text,
        "links": facts.links,
    }
