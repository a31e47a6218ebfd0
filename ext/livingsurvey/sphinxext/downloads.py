"""The files to take away: ``{survey:downloads}`` lists them, the end of a build writes them.

Each is written only if it has changed.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from livingsurvey.bibtex.identifiers import make_anchor
from livingsurvey.bibtex.source import StateError
from livingsurvey.digest import digest
from livingsurvey.exports import FORMATS, list_files
from livingsurvey.exports.formats import PER_CATEGORY, SCHEMA_PATH, Downloads, locate, write_file
from livingsurvey.exports.web import write_open_search, write_sitemap
from livingsurvey.sphinxext.domain import get_survey_domain
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
from livingsurvey.sphinxext.nodes import make_table, placeholder
from livingsurvey.sphinxext.outputs import (
    INDEX,
    find_homes,
    list_shards,
    read_outputs,
    remove_file,
    remove_unfinished,
    write_if_changed,
    write_index,
    write_shard,
)
from livingsurvey.upkeep.history import FILE_NAME, read_history, write_feed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any

    from sphinx.application import Sphinx
    from sphinx.builders import Builder

    from livingsurvey.exports import About
    from livingsurvey.exports.formats import Shelf
    from livingsurvey.sphinxext.domain import SurveyDomain


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


class DownloadsDirective(SphinxDirective):
    """List the files in two tables: everything by format, and category by category."""

    has_content = False
    option_spec: ClassVar[dict[str, Callable[[str], Any]] | None] = {}

    def run(self) -> list[nodes.Node]:
        """Return the tables."""
        self.docname = self.env.current_document.docname
        self.about = get_survey_domain(self.env).settings.about
        words = self.words = get_survey_domain(self.env).words
        shelves = get_survey_domain(self.env).ask(self.docname, Downloads())
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
    homes = find_homes(domain)
    for path, keys in list_shards(catalog):
        yield path, write_shard(domain, keys, homes)
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
