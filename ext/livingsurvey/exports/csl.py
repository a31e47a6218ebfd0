"""CSL-JSON: what Pandoc, Zotero and citeproc read.

The variables are those of the Citation Style Language 1.0.2; ``custom`` holds what it has no
variable for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from livingsurvey.bibtex.types import PREPRINT
from livingsurvey.exports.records import (
    classify,
    clean,
    find_address,
    name_categories,
    split_pages,
    to_plain,
    write_array,
)

if TYPE_CHECKING:
    from livingsurvey.exports.records import About, Selection
    from livingsurvey.model import Paper, Person
    from livingsurvey.taxonomy import Taxonomy


def write_csl_json(selection: Selection, about: About) -> str:
    """Return the papers as an array of CSL-JSON items."""
    items = (describe_paper(paper, selection.catalog.taxonomy) for paper in selection.papers)
    return write_array(items, after="\n")


def describe_paper(paper: Paper, taxonomy: Taxonomy) -> dict[str, Any]:
    """Return a paper as a CSL-JSON item."""
    kind = classify(paper)
    venue = to_plain(paper.venue)
    first, last = split_pages(paper)
    item: dict[str, Any] = {
        "id": paper.key,
        "type": kind.csl,
        "title": to_plain(paper.title) or paper.key,
        "title-short": to_plain(paper.short_title),
        "author": _name(paper.authors, is_truncated=paper.truncated),
        "editor": _name(paper.editors),
        "issued": _date(paper),
        "container-title": venue if kind.is_contained else "",
        "publisher": venue if not kind.is_contained and kind is not PREPRINT else "",
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
                *paper.links.items(),
                ("annotation", to_plain(paper.annotation)),
            )
            if value
        },
    }
    if kind is PREPRINT:
        item |= {"publisher": "arXiv", "number": f"arXiv:{paper.arxiv}", "genre": "preprint"}
    elif paper.arxiv:
        item |= {"archive": "arXiv", "archive_location": paper.arxiv}
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


def _date(paper: Paper) -> dict[str, list[list[int]]]:
    if not paper.year:
        return {}
    return {"date-parts": [[paper.year, paper.month] if paper.month else [paper.year]]}
