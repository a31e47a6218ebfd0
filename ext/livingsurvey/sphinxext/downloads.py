"""The files of a site beside its pages: ``{survey:downloads}`` lists those to take away, and the
end of a build writes them all.

Each is written only if it has changed. What builds have written, and from what, one file says: it
lies at the root of the site, as ``.buildinfo`` does, and not with the doctrees, since it speaks of
this output.

Among them are the records of papers that the site's scripts load: for hover cards, baskets and
exports. They are scripts, not JSON, since a page opened from a file may load nothing else; and many
small ones, so that a hover card costs some kilobytes. Which one holds a paper follows from its
anchor.
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import asdict, dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes

from livingsurvey.bibtex.identifiers import make_anchor
from livingsurvey.bibtex.source import StateError
from livingsurvey.digest import digest
from livingsurvey.exports import FORMATS, list_files
from livingsurvey.exports.data import COLUMNS, make_row, write_row
from livingsurvey.exports.formats import PER_CATEGORY, SCHEMA_PATH, Downloads, locate, write_file
from livingsurvey.exports.reference_managers import describe_paper, write_entry
from livingsurvey.exports.web import write_open_search, write_sitemap
from livingsurvey.markup import parse
from livingsurvey.queries import sort_papers
from livingsurvey.sphinxext.domain import SurveyDirective, get_survey_domain
from livingsurvey.sphinxext.linking import (
    CHANGES_FEED,
    OPEN_SEARCH,
    SITEMAP,
    find_page,
    find_place,
    frame,
    has_paper_pages,
    is_site,
    link_file,
    name_page,
    refer_to_category,
)
from livingsurvey.sphinxext.metadata import make_cards
from livingsurvey.sphinxext.nodes import collect_facts, display_name, make_table, placeholder
from livingsurvey.upkeep.history import FILE_NAME, read_history, write_feed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sphinx.application import Sphinx
    from sphinx.builders import Builder

    from livingsurvey.exports import About
    from livingsurvey.exports.formats import Shelf
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


def make_shard(anchor: str) -> int:
    """Return the number of the script that holds a paper: FNV-1a of its anchor, which is ASCII."""
    state = 0x811C9DC5
    for byte in anchor.encode():
        state = (state ^ byte) * 0x01000193 & 0xFFFFFFFF
    return state % SHARDS


def make_records(domain: SurveyDomain) -> Iterator[tuple[str, str]]:
    """Yield the scripts with the records of papers: path from the root of the site, and text."""
    shards: list[list[Paper]] = [[] for _ in range(SHARDS)]
    for paper in domain.catalog.papers.values():
        shards[make_shard(make_anchor(paper.key))].append(paper)
    head = json.dumps(write_row(COLUMNS).rstrip())
    for number, papers in enumerate(shards):
        lines = ",\n".join(_write_record(domain, paper) for paper in papers)
        text = f"livingsurvey.receive({head}, [\n{lines}\n]);\n"
        yield f"_static/livingsurvey/papers-{number:02}.js", text


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


_FACTS = ("key", "anchor", "name", "title", "authors", "truncated", "venue", "year")


def _write_record(domain: SurveyDomain, paper: Paper) -> str:
    catalog, survey, facts = domain.catalog, domain.get_survey(), collect_facts(paper)
    place = survey.papers.get(paper.key)
    home = place and (survey.describe_home(paper.home), find_place(domain.builder, *place))
    record = {name: getattr(facts, name) for name in _FACTS} | {
        "note": parse(paper.annotation).text,
        "links": facts.links,
        "home": home,
        "page": _find_page(domain.builder, facts.anchor),
        "bibtex": write_entry(paper),
        "csl": describe_paper(paper, catalog.taxonomy),
        "csv": make_row(paper).rstrip(),
        "companions": [
            display_name(catalog.papers[key]) for key, _ in survey.find_companions(paper.key)
        ],
    }
    return json.dumps(record, ensure_ascii=True, separators=(",", ":"))


class site_file(placeholder, nodes.Inline, nodes.TextElement):  # noqa: N801
    """A link to a file of the site; attributes ``path``, ``docname``."""

    def resolve(self, domain: SurveyDomain) -> None:
        """Link to a file: beside the pages, at the address of the site, or not at all."""
        builder = domain.builder
        about = domain.settings.about
        link = nodes.reference("", self.astext(), classes=["ls-file"])
        if is_site(builder):
            link["refuri"] = link_file(builder, self["docname"], self["path"])
            link["internal"] = True
            if self["about"]:
                link["reftitle"] = f"{self['about']}{self.astext()}"
        elif about.base_url and builder.name != "linkcheck":
            link["refuri"] = about.resolve(self["path"])
            link["internal"] = False
        else:
            # The link check would ask for a file that this very build may be the first to have.
            self.replace_self(nodes.inline("", self.astext()))
            return
        self.replace_self(link)


class DownloadsDirective(SurveyDirective):
    """List the files in two tables: everything by format, and category by category."""

    def run(self) -> list[nodes.Node]:
        """Return the tables."""
        self.about = self.domain.settings.about
        words, shelves = self.words, self.ask(Downloads())
        everything, *categories = shelves
        whole = make_table(
            "ls-downloads",
            (words.gettext("File"), words.gettext("Entries"), words.gettext("Read by")),
            (26, 14, 60),
            list(self.list_formats(everything)),
        )
        if not categories:
            return [whole]
        parts = make_table(
            "ls-downloads",
            (words.gettext("Category"), words.gettext("Papers"), words.gettext("Files")),
            (44, 12, 44),
            [self.list_category(shelf) for shelf in categories],
        )
        return [whole, parts]

    def list_formats(self, shelf: Shelf) -> Iterator[Sequence[nodes.Node]]:
        """Yield the row of each format."""
        for name, kind in FORMATS.items():
            if name == "atom" and not self.about.has_feeds:
                continue
            count = shelf.recent if name == "atom" else shelf.papers
            purpose = nodes.inline("", self.words.gettext(kind.purpose))
            if name == "json":
                schema = self.link(SCHEMA_PATH, self.words.gettext("schema"))
                purpose += frame(self.words.gettext("; its {schema}"), schema=[schema])
            link = self.link(locate(name, self.about.slug), kind.title)
            yield link, nodes.inline("", self.words.number(count)), purpose

    def list_category(self, shelf: Shelf) -> Sequence[nodes.Node]:
        """Return the row of a category; only top ones have feeds."""
        category = shelf.category
        assert category is not None  # noqa: S101 - for the type checker
        title = refer_to_category(category.tag, category.title)
        self.set_source_info(title)
        head = nodes.inline("", "", title, classes=[f"ls-depth-{category.depth}"])
        has_feed = category.depth == 1 and self.about.has_feeds
        files = nodes.inline()
        for name in (*PER_CATEGORY, "atom") if has_feed else PER_CATEGORY:
            if files.children:
                files += nodes.Text(", ")
            path = locate(name, self.about.slug, category.tag)
            files += self.link(path, FORMATS[name].title, f"{category.title}: ")
        return head, nodes.inline("", str(shelf.papers)), files

    def link(self, path: str, text: str, about: str = "") -> site_file:
        """Return a link to a file; *about* says more to those who hear it out of its row."""
        return site_file("", text, path=path, docname=self.docname, about=about)


def on_build_finished(app: Sphinx, exception: Exception | None) -> None:
    """Write the files of the site, and take away those that are no longer among them.

    The catalog is asked only if the files are not those of this bibliography and these pages.
    """
    builder = app.builder
    if exception is not None or not is_site(builder):
        return
    domain = get_survey_domain(app.env)
    about = domain.settings.about
    root = Path(app.outdir)
    cards = domain.settings.cards
    inputs = digest((domain.tables.digest, about, cards, builder.name))
    outputs = read_outputs(root)
    is_whole = all((root / name).is_file() for name in outputs.files)
    if not domain.is_dirty and outputs.inputs == inputs and is_whole:
        # No page has changed either, so every paper is where it was.
        return
    written = []
    files: Iterator[tuple[str, str | bytes]] = make_files(domain, about)
    if cards and about.base_url:
        files = chain(files, make_cards(domain, root))
    for path, content in files:
        write_if_changed(root / path, content)
        written.append(path)
    for name in outputs.files:
        if name not in written:
            remove_file(root, name)
    if domain.was_killed:
        remove_unfinished(root)
    replace(outputs, inputs=inputs, files=sorted(written)).write(root)


def make_files(domain: SurveyDomain, about: About) -> Iterator[tuple[str, str | bytes]]:
    """Yield all files of the site: path from its root, and text."""
    catalog, builder, survey = domain.catalog, domain.builder, domain.get_survey()
    places = {key: find_place(builder, *place) for key, place in survey.papers.items()}
    # The largest first: later the lines of the others are kept, and memory is at its peak.
    for file in sorted(list_files(catalog.taxonomy, about), key=lambda file: file.format != "json"):
        yield file.path, write_file(file, catalog, about, places)
    yield from make_records(domain)
    if about.has_feeds and any("changes" in page.panels for page in survey.pages.values()):
        with contextlib.suppress(StateError):  # reported with the problems of the pages
            history = read_history(domain.locate(FILE_NAME))
            yield CHANGES_FEED, write_feed(history, catalog, about, CHANGES_FEED, places)
    yield INDEX, write_index(domain)
    papers = [
        builder.get_target_uri(name_page(make_anchor(key)))
        for key in catalog.papers
        if has_paper_pages(builder)
    ]
    yield from _describe_site(builder, about, survey.order, papers)


def _describe_site(
    builder: Builder, about: About, order: tuple[str, ...], papers: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """Yield the files that need to know the address of the site."""
    if not about.base_url:
        return
    # Each page once; singlehtml has one for all documents.
    pages = dict.fromkeys([*(find_page(builder, docname) for docname in order), *papers])
    yield SITEMAP, write_sitemap(about.resolve(page) or about.base_url for page in pages)
    if builder.name != "singlehtml":  # which has no page to search with
        search = about.resolve(builder.get_target_uri("search"))
        yield OPEN_SEARCH, write_open_search(about, search)


def setup(app: Sphinx) -> None:
    """Register the directive and its links."""
    app.add_directive_to_domain("survey", "downloads", DownloadsDirective)
    app.add_node(site_file)
