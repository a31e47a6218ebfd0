"""CSL-JSON: what Pandoc, Zotero and citeproc read.

The variables are those of the Citation Style Language 1.0.2; ``custom`` holds what it has no
variable for.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from livingsurvey.exports.records import (
    classify,
    clean,
    find_address,
    name_categories,
    split_pages,
    to_plain,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from livingsurvey.catalog import Catalog
    from livingsurvey.exports.about import About
    from livingsurvey.exports.selection import Selection
    from livingsurvey.model import Paper, Person
    from livingsurvey.taxonomy import Taxonomy

_TYPES = {
    "preprint": "article",
    "journal": "article-journal",
    "conference": "paper-conference",
    "book": "book",
    "chapter": "chapter",
    "thesis": "thesis",
    "report": "report",
    "web": "webpage",
    "other": "document",
}
_CONTAINED = {"journal", "conference", "chapter"}


def write_csl_json(selection: Selection, about: About) -> str:
    """Return the papers as an array of CSL-JSON items."""
    items = (write_item(selection.catalog, paper.key) for paper in selection.papers)
    return write_array(items, behind="\n")


def write_item(catalog: Catalog, key: str) -> str:
    """Return one CSL-JSON item.

    Raises:
        KeyError: There is no such paper.
    """

    def write(paper: Paper) -> str:
        # Without indentation the encoder is the one in C, ten times as fast.
        return json.dumps(_describe(paper, catalog.taxonomy), ensure_ascii=False)

    return catalog.remember("csl", key, write)


def write_array(items: Iterable[str], before: str = "", behind: str = "") -> str:
    """Return a JSON array with one item on each line: a changed paper is one changed line.

    The text around it is taken in here, for a copy of the whole is megabytes.
    """
    lines = list(items)
    if not lines:
        return f"{before}[]{behind}"
    lines[0] = f"{before}[\n{lines[0]}"
    lines[-1] = f"{lines[-1]}\n]{behind}"
    return ",\n".join(lines)


def _describe(paper: Paper, taxonomy: Taxonomy) -> dict[str, Any]:
    kind = classify(paper)
    venue = to_plain(paper.venue)
    first, last = split_pages(paper)
    item: dict[str, Any] = {
        "id": paper.key,
        "type": _TYPES[kind],
        "title": to_plain(paper.title) or paper.key,
        "title-short": to_plain(paper.short_title),
        "author": _name(paper.authors, is_truncated=paper.truncated),
        "editor": _name(paper.editors),
        "issued": _date(paper),
        "container-title": venue if kind in _CONTAINED else "",
        "publisher": venue if kind not in _CONTAINED and kind != "preprint" else "",
        "volume": clean(paper.fields.get("volume", "")),
        "issue": clean(paper.fields.get("number", "")),
        "page": f"{first}-{last}" if last else first,
        "DOI": paper.doi,
        "URL": paper.url or find_address(paper),
        "keyword": ", ".join(name_categories(paper, taxonomy)),
        "custom": {
            name: value
            for name, value in (
                ("categories", list(paper.categories)),
                ("tags", list(paper.tags)),
                ("arxiv", paper.arxiv),
                ("code", paper.code),
                ("annotation", to_plain(paper.annotation)),
            )
            if value
        },
    }
    if kind == "preprint":
        item |= {"publisher": "arXiv", "number": f"arXiv:{paper.arxiv}", "genre": "preprint"}
    elif paper.arxiv:
        item |= {"archive": "arXiv", "archive_location": paper.arxiv}
    return {name: value for name, value in item.items() if value}


def _name(people: tuple[Person, ...], *, is_truncated: bool = False) -> list[dict[str, str]]:
    names = []
    for one in people:
        if one.given or one.particle or one.suffix:
            parts = {
                "family": one.family,
                "given": one.given,
                "non-dropping-particle": one.particle,
                "suffix": one.suffix,
            }
            names.append({name: value for name, value in parts.items() if value})
        else:
            names.append({"literal": one.family})
    if is_truncated:
        # As Pandoc has it: CSL itself cannot say that a list goes on.
        names.append({"literal": "others"})
    return names


def _date(paper: Paper) -> dict[str, list[list[int]]]:
    if not paper.year:
        return {}
    return {"date-parts": [[paper.year, paper.month] if paper.month else [paper.year]]}
