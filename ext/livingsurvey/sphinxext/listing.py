"""Listings: ``{survey:papers} TAG``, the papers of a category, and all papers in other orders:
``{survey:by} year|author|venue`` and ``{survey:recent}``.
"""

from __future__ import annotations

import datetime
from functools import partial
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from livingsurvey.bibtex.identifiers import make_anchor
from livingsurvey.diagnostics import did_you_mean
from livingsurvey.markup import parse
from livingsurvey.queries import (
    NO_VENUE,
    NO_YEAR,
    ORDERS,
    ByAuthor,
    ByVenue,
    ByYear,
    CategoryCounts,
    PapersIn,
    Recent,
    call,
    sort_papers,
)
from livingsurvey.settings import FORMS
from livingsurvey.sphinxext import entries_html, entries_latex
from livingsurvey.sphinxext.domain import SurveyDirective
from livingsurvey.sphinxext.entries import ExpandPapers
from livingsurvey.sphinxext.linking import Linker, join_links, link_page
from livingsurvey.sphinxext.nodes import (
    PageLink,
    display_name,
    make_group,
    paper_group,
    paper_listing,
    place_card,
    placeholder,
    writes,
)
from livingsurvey.sphinxext.survey import Home

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any

    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator
    from sphinx.writers.latex import LaTeXTranslator

    from livingsurvey.model import Paper
    from livingsurvey.queries import Author, Group, Listing, Query
    from livingsurvey.sphinxext.domain import SurveyDomain
    from livingsurvey.words import Words


class PapersDirective(SurveyDirective):
    """List the papers of a category.

    Without ``:excerpt:`` or ``:limit:`` the listing of a leaf is its home: the full entries of
    the papers whose primary category it is stand there, once in the whole survey.

    ::

        ```{survey:papers} efficient-attention
        :order: newest | oldest | title | author | added | file
        :form: cards | table | list
        :limit: 10
        :excerpt:
        ```
    """

    required_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[dict[str, Callable[[str], Any]] | None] = {
        "order": partial(directives.choice, values=ORDERS),
        "form": partial(directives.choice, values=FORMS),
        "limit": directives.positive_int,
        "excerpt": directives.flag,
    }
    option_help: ClassVar[dict[str, str]] = {
        "order": f"how they are sorted: {', '.join(ORDERS)}; else as `livingsurvey_order` says",
        "form": f"how they are shown: {', '.join(FORMS)}; else as `livingsurvey_form` says",
        "limit": "so many papers, those at home here first; the listing is then no home",
        "excerpt": "without a value: the listing is no home, so that another page can be it",
    }

    def run(self) -> list[nodes.Node]:
        """Return the listing; a note for readers where there is nothing to list."""
        settings, docname, page = self.domain.settings, self.docname, self.page
        name = self.arguments[0].strip()
        category = self.find_category(name)
        if category is None:
            # Ask all the same: the page is read again when the category appears.
            self.ask(PapersIn(name))
            text = self.words.gettext("There is no category “{name}”.", name=name)
            return [nodes.paragraph("", text)]
        limit = self.options.get("limit", 0)
        order = self.options.get("order", settings.order)
        listing: Listing = self.ask(PapersIn(category.tag, order, limit))
        # Papers of a category that has others below it are rare, and are to be somewhere.
        own = tuple(paper for paper in listing.residents if paper.home == category.tag)
        is_home = bool(own) or not category.children
        if limit or "excerpt" in self.options or category.tag in page.homes:
            is_home = False
        form = self.options.get("form", settings.form)
        node = paper_listing(form=form, docname=docname, is_home=is_home)
        for name in ("tag", "title", "color", "since"):
            node[name] = getattr(category, name)
        self.set_source_info(node)
        if is_home:
            node["ids"].append(f"papers-{category.tag}")
            self.state.document.note_explicit_target(node, node)
            above = tuple((part.tag, part.title) for part in listing.path[:-1])
            page.homes[category.tag] = Home(
                node["ids"][0], (), self.lineno, category.title, above, category.aliases
            )
            for paper in own:
                names = place_card(paper), display_name(paper), search_name(paper)
                page.papers[paper.key] = names
            below = tuple(paper for paper in listing.residents if paper.home != category.tag)
            parts = {"residents": own, "excerpt": below, "guests": listing.guests}
        else:
            parts = {"excerpt": sort_papers((*listing.residents, *listing.guests), order)}
        groups = (make_group(kind, form, docname, papers) for kind, papers in parts.items())
        node += [group for group in groups if group["keys"]] or [self.say_nothing()]
        return [node]


def search_name(paper: Paper) -> str:
    """Return what the search calls a paper: its short name, a colon, its title."""
    name, title = display_name(paper), parse(paper.title).text or paper.key
    lead, _, _ = title.partition(":")
    is_said = name.casefold() in {title.casefold(), lead.casefold()}
    return title if is_said else f"{name}: {title}"


class paper_links(placeholder, nodes.General, nodes.TextElement):  # noqa: N801
    """Base of lists of links to papers, with visitors for HTML and LaTeX.

    A transform adds ``uris``: the address of each key, ``""`` where a paper has none.
    """

    def list_keys(self) -> Iterator[str]:
        """Yield the keys of the papers."""
        raise NotImplementedError

    def expand(self, words: Words) -> list[nodes.Node]:
        """Return the links as ordinary lists."""
        raise NotImplementedError

    def resolve(self, domain: SurveyDomain) -> None:
        """Find the homes of the papers; spell the list out where no visitor knows it."""
        builder = domain.builder
        linker = Linker(domain.get_survey(), builder)
        self["uris"] = {key: self.find_address(linker, key) for key in self.list_keys()}
        if builder.format not in {"html", "latex"} or builder.name == "linkcheck":
            self.replace_self(self.expand(domain.words))

    def find_address(self, linker: Linker, key: str) -> str:
        """Return the address of a paper: its home."""
        return linker.target(self["docname"], ("paper", key))

    def link(self, key: str, text: str) -> PageLink:
        """Return the link to a paper."""
        return PageLink(text, self["uris"][key])


class author_list(paper_links):  # noqa: N801
    """Authors with their papers; attributes ``entries``, ``docname``.

    Each entry is (name, id, ((key, what the paper is called, year), …)). The text is that of the
    names, so that the search finds them.
    """

    def list_keys(self) -> Iterator[str]:
        """Yield the keys of the papers."""
        return (key for _, _, papers in self["entries"] for key, _, _ in papers)

    def find_address(self, linker: Linker, key: str) -> str:
        """Return the address of the page of a paper, if there are such pages: it is short."""
        page = link_page(linker.builder, self["docname"], make_anchor(key))
        return page or super().find_address(linker, key)

    def expand(self, words: Words) -> list[nodes.Node]:
        """Return the authors as an ordinary list."""
        items = nodes.bullet_list(bullet="*")
        for name, _, papers in self["entries"]:
            line = nodes.paragraph("", "", nodes.strong("", name))
            for position, (key, text, year) in enumerate(papers):
                line += nodes.Text(", " if position else ": ")
                line += [*join_links([self.link(key, text)]), nodes.Text(f" {year}".rstrip())]
            items += nodes.list_item("", line)
        return [items]


KINDS = ("year", "author", "venue")
MANY_AT_ONCE = 12
"""So many papers that joined on one day are not told apart by chapter."""
MANY = 3
"""An author of so many papers can be linked to."""


class _BrowsingDirective(SurveyDirective):
    """Makes sections, so that headings, the table of contents and print know the groups."""

    def browse(self, papers: Iterable[Paper]) -> None:
        """Remember that the page leads to these papers."""
        self.page.browsed.update(dict.fromkeys(paper.key for paper in papers))

    def make_group(self, papers: Sequence[Paper]) -> paper_group:
        """Return one line for each paper."""
        self.browse(papers)
        return make_group("excerpt", "list", self.docname, papers)


class ByDirective(_BrowsingDirective):
    """List all papers, or all authors with their papers, in sections under a list of jumps.

    It stands at the end of a page, or of a section: what it makes are sections.

    ::

        ```{survey:by} year | author | venue
        :minimum: 2
        ```
    """

    required_arguments = 1
    option_spec: ClassVar[dict[str, Callable[[str], Any]] | None] = {
        "minimum": directives.positive_int,
    }
    option_help: ClassVar[dict[str, str]] = {
        "minimum": "leaves out authors, years or venues with fewer papers"
    }

    def run(self) -> list[nodes.Node]:
        """Return jumps and sections."""
        what = self.arguments[0].strip().lower()
        if what not in KINDS:
            hint = did_you_mean(what, KINDS) or f"it knows {', '.join(KINDS)}"
            raise self.error(f"{{survey:by}} does not know '{what}'; {hint}")
        minimum = self.options.get("minimum", 1)
        queries: dict[str, Query] = {"year": ByYear(), "author": ByAuthor(), "venue": ByVenue()}
        found = [group for group in self.ask(queries[what]) if len(group.papers) >= minimum]
        listed = self.list_authors(found) if what == "author" else self.list_groups(what, found)
        sections = list(listed)
        jumps = [(title, section["ids"][0], count) for title, count, section in sections]
        if not sections:
            return [self.say_nothing()]
        return [make_jumps(jumps, self.words), *(section for *_, section in sections)]

    def list_groups(
        self, kind: str, groups: Iterable[Group]
    ) -> Iterator[tuple[str, int, nodes.section]]:
        """Yield a section for each group, with its short title and the number of its papers."""
        words = self.words
        for group in groups:
            title, short = group.title, group.short
            if title in {NO_YEAR, NO_VENUE}:
                title, short = words.gettext(title), words.gettext(short)
            section = self.make_section(kind, group.short, title=short * (short != group.short))
            if title != short:
                section += nodes.paragraph("", title, classes=["ls-full-name"])
            section += self.make_group(group.papers)
            yield short, len(group.papers), section

    def list_authors(self, authors: Iterable[Author]) -> Iterator[tuple[str, int, nodes.section]]:
        """Yield a section for each letter of the alphabet, with the letter and no number."""
        for letter, group in groupby(authors, key=lambda author: author.letter):
            people = list(group)
            self.browse(paper for author in people for paper in author.papers)
            names = ", ".join(author.name for author in people)
            listing = author_list("", names, docname=self.docname, entries=self.describe(people))
            title = self.words.gettext("Other") if letter == "#" else letter
            name = "other" if letter == "#" else letter
            yield title, 0, self.make_section("author", name, listing, title=title)

    def describe(
        self, people: Iterable[Author]
    ) -> tuple[tuple[str, str, tuple[tuple[str, str, str], ...]], ...]:
        """Return authors with their papers; those of several have an id, to be linked to."""
        page = self.page
        described = []
        for author in people:
            papers = tuple((it.key, call(it), str(it.year or "")) for it in author.papers)
            anchor = ""
            if len(papers) >= MANY:
                name = " ".join(reversed(author.name.split(", ", 1)))
                anchor = f"by-{nodes.make_id(name)}"
                taken = {known for known, _ in page.authors.values()}
                if anchor == "by-" or anchor in taken:
                    anchor = f"by-{len(page.authors)}-{nodes.make_id(name)}".rstrip("-")
                page.authors[name] = anchor, len(papers)
            described.append((author.name, anchor, papers))
        return tuple(described)


class RecentDirective(_BrowsingDirective):
    """List the papers that joined the survey last, in a section for each day.

    ::

        ```{survey:recent}
        :limit: 50
        :since: 2026-01-01
        ```
    """

    option_spec: ClassVar[dict[str, Callable[[str], Any]] | None] = {
        "limit": directives.positive_int,
        "since": datetime.date.fromisoformat,
    }
    option_help: ClassVar[dict[str, str]] = {
        "limit": "so many papers, the newest first",
        "since": "papers that joined on this day or later, YYYY-MM-DD",
    }

    def run(self) -> list[nodes.Node]:
        """Return the sections."""
        query = Recent(self.options.get("limit", 0), self.options.get("since"))
        sections: list[nodes.Node] = []
        for day, papers in self.ask(query):
            groups = self.group_by_chapter(papers)
            title = self.words.day(day)
            sections.append(self.make_section("added", day.isoformat(), *groups, title=title))
        return sections or [self.say_nothing()]

    def group_by_chapter(self, papers: Sequence[Paper]) -> list[nodes.Node]:
        """Return the papers of a day; of a day with many, those of each chapter by themselves."""
        if len(papers) <= MANY_AT_ONCE:
            return [self.make_group(papers)]
        categories = [category for category, _ in self.ask(CategoryCounts())]
        roots = {category.tag: category.root for category in categories}
        titles = {category.tag: category.title for category in categories}
        groups: list[nodes.Node] = []
        for tag in dict.fromkeys((*roots.values(), "")):
            found = [paper for paper in papers if roots.get(paper.home, "") == tag]
            title = titles.get(tag) or self.words.gettext("Other")
            head = nodes.rubric("", f"{title} ({len(found)})")
            groups += [head, self.make_group(found)] if found else []
        return groups


def make_jumps(targets: Iterable[tuple[str, str, int]], words: Words) -> nodes.paragraph:
    """Return links to the sections of a page: (text, id, number of papers or 0)."""
    jumps = nodes.paragraph("", words.gettext("Jump to") + " ", classes=["ls-jumps"])
    for position, (text, anchor, count) in enumerate(targets):
        if position:
            jumps += nodes.Text("\N{NO-BREAK SPACE}· ")
        link = nodes.reference("", text, internal=True, refid=anchor)
        jumps += link
        if count:
            link += nodes.inline("", f"\N{NO-BREAK SPACE}({count})", classes=["ls-count"])
    return jumps


@writes
def html_visit_author_list(self: HTML5Translator, node: author_list) -> Iterator[str]:
    """Write the authors of a letter; their names in the text of the node are for the search."""
    yield '<ul class="ls-people">\n'
    for name, anchor, papers in node["entries"]:
        links = (
            f"{entries_html.write_link(node.link(key, text))} {year}" for key, text, year in papers
        )
        place = f' id="{escape(anchor)}"' if anchor else ""
        yield f"<li{place}><b>{escape(name)}</b> {', '.join(map(str.rstrip, links))}</li>\n"
    yield "</ul>\n"


@writes
def latex_visit_author_list(self: LaTeXTranslator, node: author_list) -> Iterator[str]:
    """Write them in two columns of small print."""
    yield "\n\\begin{multicols}{2}\\footnotesize\\raggedright\n"
    for name, _, papers in node["entries"]:
        links = entries_latex.write_links(self, (node.link(key, text) for key, text, _ in papers))
        years = (year for *_, year in papers)
        shown = ", ".join(" ".join(pair).rstrip() for pair in zip(links, years, strict=True))
        yield f"\\noindent\\hangindent=1em {{\\bfseries {self.encode(name)}}} {shown}\\par\n"
    yield "\\end{multicols}\n"


def setup(app: Sphinx) -> None:
    """Register the directives, and the nodes of entries and authors with their visitors."""
    app.add_directive_to_domain("survey", "papers", PapersDirective)
    app.add_directive_to_domain("survey", "by", ByDirective)
    app.add_directive_to_domain("survey", "recent", RecentDirective)
    for kind, in_html in entries_html.VISITORS.items():
        app.add_node(kind, html=in_html, latex=entries_latex.VISITORS[kind])
    in_html, in_latex = (html_visit_author_list, None), (latex_visit_author_list, None)
    app.add_node(author_list, html=in_html, latex=in_latex)
    app.add_post_transform(ExpandPapers)
