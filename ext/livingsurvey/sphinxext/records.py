"""The records of papers that the site's scripts load: for hover cards, baskets and exports.

They are scripts, not JSON, since a page opened from a file may load nothing else; and many small
ones, so that a hover card costs some kilobytes. Which one holds a paper follows from its anchor.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from livingsurvey.bibtex.keys import make_anchor
from livingsurvey.bibtex.write import take_away
from livingsurvey.exports import FORMATS, About, Selection
from livingsurvey.markup import parse
from livingsurvey.sphinxext.domain import get_survey_domain
from livingsurvey.sphinxext.render import collect_facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx

    from livingsurvey.model import Paper
    from livingsurvey.sphinxext.domain import SurveyDomain

SHARDS = 64
"""As in ``livingsurvey.js``."""

BUILDERS = ("html", "dirhtml", "singlehtml")


def make_shard(anchor: str) -> int:
    """Return the number of the script that holds a paper: FNV-1a of its anchor, which is ASCII."""
    state = 0x811C9DC5
    for byte in anchor.encode():
        state = (state ^ byte) * 0x01000193 & 0xFFFFFFFF
    return state % SHARDS


def on_build_finished(app: Sphinx, exception: Exception | None) -> None:
    """Write the records of all papers, each file only if it changed."""
    domain = get_survey_domain(app.env)
    if exception is not None or app.builder.name not in BUILDERS:
        return
    folder = Path(app.outdir) / "_static" / "livingsurvey"
    paths = [folder / f"papers-{number:02}.js" for number in range(SHARDS)]
    if not domain.is_dirty and all(path.exists() for path in paths):
        return
    folder.mkdir(parents=True, exist_ok=True)
    shards: list[list[str]] = [[] for _ in range(SHARDS)]
    head, found = collect_records(domain)
    for record in found:
        line = json.dumps(record, ensure_ascii=True, separators=(",", ":"))
        shards[make_shard(record["anchor"])].append(line)
    for path, records in zip(paths, shards, strict=True):
        lines = ",\n".join(records)
        text = f"livingsurvey.receive({json.dumps(head)}, [\n{lines}\n]);\n"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def collect_records(domain: SurveyDomain) -> tuple[str, Iterator[dict[str, Any]]]:
    """Return the head of the CSV, and what the scripts know of each paper, one at a time.

    CSV and CSL-JSON come from the functions that write the files of all papers, cut into papers.
    """
    catalog = domain.catalog
    about = About(title="")
    selection = Selection(catalog=catalog)
    # The array has one item on each line, between its brackets.
    items = FORMATS["csl-json"].write(selection, about).splitlines()[1:-1]
    head, *rows = FORMATS["csv"].write(selection, about).removesuffix("\r\n").split("\r\n")
    return head, (
        {**_describe(paper, domain), "csl": json.loads(item.removesuffix(",")), "csv": row}
        for paper, item, row in zip(selection.papers, items, rows, strict=True)
    )


def _describe(paper: Paper, domain: SurveyDomain) -> dict[str, Any]:
    facts = collect_facts(paper)
    return {
        "key": paper.key,
        "anchor": make_anchor(paper.key),
        "name": facts.name,
        "title": facts.title,
        "authors": facts.authors,
        "truncated": facts.truncated,
        "venue": facts.venue,
        "year": facts.year,
        "note": parse(paper.annotation).text,
        "links": facts.links,
        "home": _find_home(paper, domain),
        "bibtex": take_away(paper.entry_type, paper.key, paper.fields),
    }


def _find_home(paper: Paper, domain: SurveyDomain) -> tuple[str, str] | None:
    """Return section and address, from the root of the site, of the full entry of a paper."""
    survey = domain.settle()
    place = survey.papers.get(paper.key)
    if place is None:
        return None
    docname, anchor = place
    title = survey.category_titles.get(paper.home, paper.home)
    number = survey.number(*survey.categories.get(paper.home, ("", "")))
    return f"{number} {title}".strip(), f"{domain.builder.get_target_uri(docname)}#{anchor}"
