"""Links within the survey, relative to the page that shows them."""

from __future__ import annotations

from functools import cache
from string import Formatter
from typing import TYPE_CHECKING
from urllib.parse import quote

from docutils import nodes
from sphinx import addnodes
from sphinx.errors import NoUri
from sphinx.util.osutil import relative_uri

from livingsurvey.sphinxext.nodes import PageLink

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sphinx.builders import Builder

    from livingsurvey.charts.shapes import Target
    from livingsurvey.sphinxext.nodes import PaperFacts
    from livingsurvey.sphinxext.survey import Survey


BUILDERS = ("html", "dirhtml", "singlehtml")

PAPERS = "papers"
"""The folder of the pages of papers."""
PAPER_TEMPLATE = "livingsurvey-paper.html"
SITEMAP = "sitemap.xml"
OPEN_SEARCH = "opensearch.xml"
CHANGES_FEED = "feeds/changes.xml"


def is_site(builder: Builder) -> bool:
    """Whether a builder makes a site that can hold files beside its pages.

    Books and help files in HTML are of the same format, but hold what is declared in them only.
    """
    return builder.name in BUILDERS


def find_page(builder: Builder, docname: str) -> str:
    """Return the address of a page, from the root of the site."""
    uri = builder.get_target_uri(docname)
    if uri.startswith("#"):  # singlehtml: a part of its one page
        return f"{builder.config.root_doc}{getattr(builder, 'out_suffix', '.html')}"
    return uri


def find_place(builder: Builder, docname: str, anchor: str) -> str:
    """Return the address of a place in a page, from the root of the site."""
    page = find_page(builder, docname)
    return f"{page}#{anchor}" if anchor else page


def link_file(builder: Builder, docname: str, path: str) -> str:
    """Return the address of a file of the site as a page links to it."""
    return relative_uri(find_page(builder, docname), quote(path))


def name_page(anchor: str) -> str:
    """Return what Sphinx calls the page of a paper."""
    return f"{PAPERS}/{anchor}"


def has_paper_pages(builder: Builder) -> bool:
    """Whether a builder writes a page for each paper: singlehtml has one page, and no others."""
    return builder.name in {"html", "dirhtml"}


def link_page(builder: Builder, docname: str, anchor: str) -> str:
    """Return the address of the page of a paper as a document links to it; ``""`` if none is."""
    if not has_paper_pages(builder):
        return ""
    return relative_uri(find_page(builder, docname), builder.get_target_uri(name_page(anchor)))


class Linker:
    """Makes the links that a page shows, relative to it."""

    def __init__(self, survey: Survey, builder: Builder) -> None:
        self.survey = survey
        self.builder = builder
        self._base = cache(self._find_base)

    def uri(self, fromdocname: str, docname: str, anchor: str) -> str:
        """Return the address of a place; ``""`` if the builder does not print its document."""
        if docname == fromdocname and self.builder.format == "html":
            return f"#{anchor}"
        base = self._base(fromdocname, docname)
        if base is None:
            return ""
        # The one page of singlehtml calls its parts "#document-…"; an id needs no part.
        return f"{base.partition('#')[0]}#{anchor}" if anchor else base

    def _find_base(self, fromdocname: str, docname: str) -> str | None:
        try:
            return self.builder.get_relative_uri(fromdocname, docname)
        except NoUri:
            return None

    def target(self, docname: str, target: Target) -> str:
        """Return the address of what a picture links to, ``""`` if it is nowhere."""
        kind, name = target
        places = self.survey.papers if kind == "paper" else self.survey.categories
        return self.uri(docname, *places[name]) if name in places else ""

    def categories(self, docname: str, tags: Iterable[str]) -> Iterator[PageLink]:
        """Yield the links to categories, as far as they have a place."""
        survey = self.survey
        for tag in tags:
            if tag in survey.categories:
                uri = self.uri(docname, *survey.categories[tag])
                yield PageLink(survey.category_titles[tag], uri)

    def home(self, docname: str, facts: PaperFacts) -> Iterator[PageLink]:
        """Yield the link to the full entry of a paper, named by its category."""
        place = self.survey.papers.get(facts.key)
        if place is not None:
            yield PageLink(self.survey.describe_home(facts.home), self.uri(docname, *place))

    def mentions(self, docname: str, key: str, kinds: set[str]) -> Iterator[PageLink]:
        """Yield one link for each section that speaks of a paper, to the first place in it."""
        seen = set()
        for other, mention in self.survey.mentions.get(key, ()):
            if mention.kind in kinds and (other, mention.section) not in seen:
                seen.add((other, mention.section))
                text = self.survey.describe(other, mention.section, mention.section_title)
                yield PageLink(text, self.uri(docname, other, mention.anchor))


def refer_to_category(tag: str, title: str) -> addnodes.pending_xref:
    """Return a reference to a category by its title, resolved where the page is written."""
    link = {"refdomain": "survey", "reftype": "category", "reftarget": tag}
    text = nodes.inline("", title)
    return addnodes.pending_xref("", text, **link, refexplicit=True, refwarn=False)


def frame(text: str, **parts: Sequence[nodes.Node]) -> list[nodes.Node]:
    """Return a text as nodes, with others in place of its ``{names}``."""
    framed: list[nodes.Node] = []
    for before, name, _, _ in Formatter().parse(text):
        if before:
            framed.append(nodes.Text(before))
        framed += parts.get(name or "", ())
    return framed


def join_links(links: Iterable[PageLink]) -> list[nodes.Node]:
    """Return links with commas between them, as generic nodes."""
    joined: list[nodes.Node] = []
    for link in links:
        if joined:
            joined.append(nodes.Text(", "))
        if link.uri:
            is_internal = not link.uri.startswith(("http:", "https:"))
            text = nodes.Text(link.text)
            joined.append(nodes.reference("", "", text, refuri=link.uri, internal=is_internal))
        else:
            joined.append(nodes.Text(link.text))
    return joined
