"""What a build writes beside the pages of documents, and from what: one file says it.

It lies at the root of the site, as ``.buildinfo`` does, and not with the doctrees, since it speaks
of this output.

Among them are the records of papers that the site's scripts load: for hover cards, baskets and
exports. They are scripts, not JSON, since a page opened from a file may load nothing else; and many
small ones, so that a hover card costs some kilobytes. Which one holds a paper follows from its
anchor.
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
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


MANIFEST = ".livingsurvey"
_UNFINISHED = ".unfinished"


@dataclass(slots=True)
class Outputs:
    """The pages of papers and the files to take away.

    Attributes:
        frame: The digest of what all pages of papers have in common; ``""`` while they are
            written, so that a killed build counts as none.
        pages: By the anchor of the paper, the digest of what its page says.
        inputs: The digest of what the files to take away were made from.
        files: Where these are, relative to the root.
        tables: The names of the pages that show the table of an explorer without scripts.
    """

    frame: str = ""
    pages: dict[str, str] = field(default_factory=dict)
    inputs: str = ""
    files: list[str] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)

    def write(self, root: Path) -> None:
        """Note this for the next build."""
        text = json.dumps(asdict(self), indent=1, sort_keys=True)
        write_if_changed(root / MANIFEST, text + "\n")


def read_outputs(root: Path) -> Outputs:
    """Return what the last build has noted; nothing if that cannot be read."""
    try:
        found = json.loads((root / MANIFEST).read_text(encoding="utf-8"))
        return Outputs(
            frame=str(found["frame"]),
            pages={str(name): str(state) for name, state in found["pages"].items()},
            inputs=str(found["inputs"]),
            files=[str(name) for name in found["files"]],
            tables=[str(name) for name in found["tables"]],
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Outputs()


def write_if_changed(path: Path, content: str | bytes) -> None:
    """Write a file at once or not at all, with the line ends that it has; only if it differs."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    with contextlib.suppress(OSError):
        if path.read_bytes() == data:
            return
    path.parent.mkdir(parents=True, exist_ok=True)
    # Another build may be at work in the same folder.
    unfinished = path.with_name(f"{path.name}.{os.getpid()}{_UNFINISHED}")
    unfinished.write_bytes(data)
    unfinished.replace(path)


def remove_unfinished(root: Path) -> None:
    """Remove what a build that was killed has left half-written."""
    for left in root.rglob(f"*{_UNFINISHED}"):
        left.unlink(missing_ok=True)


def remove_file(root: Path, name: str) -> None:
    """Remove a file that was written once, and the folders that are empty without it.

    Its name comes from a file that anybody can edit: what lies elsewhere stays.
    """
    path = root / name
    if ".." in Path(name).parts or not path.is_relative_to(root):
        return
    path.unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # a folder that is not empty
        for folder in path.parents:
            if folder == root:
                break
            folder.rmdir()


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
