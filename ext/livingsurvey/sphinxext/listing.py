"""Listings: ``{survey:papers} TAG``, the papers of a category, and all papers in other orders:
``{survey:by} year|author|venue`` and ``{survey:recent}``.
"""

from __future__ import annotations

import datetime
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, ClassVar

from docutils import nodes
from docutils.nodes import SkipNode
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

from livingsurvey.diagnostics import Code, did_you_mean
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
from livingsurvey.sphinxext.config import log_problem
from livingsurvey.sphinxext.domain import get_survey_domain
from livingsurvey.sphinxext.entries import ExpandPapers
from livingsurvey.sphinxext.linking import Linker
from livingsurvey.sphinxext.nodes import (
    display_name,
    make_group,
    paper_group,
    paper_listing,
    place_card,
    placeholder,
)
from livingsurvey.sphinxext.survey import Home

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator
    from sphinx.writers.latex import LaTeXTranslator

    from livingsurvey.model import Paper
    from livingsurvey.queries import Author, Group, Listing
    from livingsurvey.sphinxext.domain import SurveyDomain
    from livingsurvey.words import Words


def _choice(*names: str) -> Callable[[str], str]:
    return lambda argument: directives.choice(argument, names)


class PapersDirective(SphinxDirective):
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
    has_content = False
    option_spec: ClassVar[dict[str, Callable[[str], Any]] | None] = {
        "order": _choice(*ORDERS),
        "form": _choice(*FORMS),
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
        domain = get_survey_domain(self.env)
        taxonomy = domain.catalog.taxonomy
        name = self.arguments[0].strip()
        category = taxonomy.find(name)
        if category is None:
            if not domain.lacks_taxonomy:
                log_problem(
                    Code.UNKNOWN_CATEGORY,
                    f"no category has the tag '{name}'",
                    self.get_location(),
                    did_you_mean(name, taxonomy.categories),
                )
            # Ask all the same: the page is read again when the category appears.
            domain.ask(self.env.current_document.docname, PapersIn(name))
            text = domain.words.gettext("There is no category “{name}”.", name=name)
            return [nodes.paragraph("", text)]
        docname = self.env.current_document.docname
        limit = self.options.get("limit", 0)
        order = self.options.get("order", domain.settings.order)
        listing: Listing = domain.ask(docname, PapersIn(category.tag, order, limit))
        page = domain.tables.page(docname)
        # Papers of a category that has others below it are rare, and are to be somewhere.
        own = [paper for paper in listing.residents if paper.home == category.tag]
        is_home = not (limit or "excerpt" in self.options or category.tag in page.homes) and (
            bool(own) or not category.children
        )
        form = self.options.get("form", domain.settings.form)
        anchor = f"papers-{category.tag}"
        node = paper_listing(tag=category.tag, form=form, docname=docname, is_home=is_home)
        node["title"] = category.title
        node["color"] = category.color
        node["since"] = category.since
        self.set_source_info(node)
        if is_home:
            node["ids"].append(anchor)
            self.state.document.note_explicit_target(node, node)
            above = tuple((part.tag, part.title) for part in listing.path[:-1])
            page.homes[category.tag] = Home(
                anchor, (), self.lineno, category.title, above, category.aliases
            )
        if is_home:
            for paper in own:
                name = display_name(paper)
                page.papers[paper.key] = (place_card(paper), name, search_name(paper))
            below = [paper for paper in listing.residents if paper.home != category.tag]
            groups = [
                make_group("residents", form, docname, own),
                make_group("excerpt", form, docname, below),
                make_group("guests", form, docname, listing.guests),
            ]
        else:
            papers = sort_papers((*listing.residents, *listing.guests), order)
            groups = [make_group("excerpt", form, docname, papers)]
        node += [group for group in groups if group["keys"]]
        if not node.children:
            # An empty list would end a LaTeX run.
            node += nodes.paragraph("", domain.words.gettext("No papers yet."))
        return [node]


def search_name(paper: Paper) -> str:
    """Return what the search calls a paper: its short name, a colon, its title."""
    name, title = display_name(paper), parse(paper.title).text or paper.key
    lead, _, _ = title.partition(":")
    is_said = name.casefold() in {title.casefold(), lead.casefold()}
    return title if is_said else f"{name}: {title}"


class author_list(placeholder, nodes.General, nodes.TextElement):  # noqa: N801
    """Authors with their papers; attributes ``entries``, ``docname``.

    Each entry is (name, id, ((key, what the paper is called, year), …)). A transform adds ``uris``,
    the address of each key. The text is that of the names, so that the search finds them.
    """

    def resolve(self, domain: SurveyDomain) -> None:
        """Find the homes of the papers; spell authors out where no visitor knows them."""
        survey, builder = domain.get_survey(), domain.builder
        linker = Linker(survey, builder)
        keys = {key for _, _, entries in self["entries"] for key, _, _ in entries}
        self["uris"] = {
            key: uri
            for key in keys
            if key in survey.papers and (uri := linker.uri(self["docname"], *survey.papers[key]))
        }
        if builder.format not in {"html", "latex"} or builder.name == "linkcheck":
            self.replace_self(expand_authors(self))


KINDS = ("year", "author", "venue")
MANY_AT_ONCE = 12
"""So many papers that joined on one day are not told apart by chapter."""
MANY = 3
"""An author of so many papers can be linked to."""


class _BrowsingDirective(SphinxDirective):
    """Makes sections, so that headings, the table of contents and print know the groups."""

    def browse(self, papers: Iterable[Paper]) -> str:
        """Remember that the page leads to these papers; return the name of the page."""
        docname = self.env.current_document.docname
        page = get_survey_domain(self.env).tables.page(docname)
        page.browsed.update(dict.fromkeys(paper.key for paper in papers))
        return docname

    @property
    def words(self) -> Words:
        """What the page says, in the language of the survey."""
        return get_survey_domain(self.env).words

    def say_nothing(self) -> list[nodes.Node]:
        """Return what stands where no paper is: an empty list would end a LaTeX run."""
        return [nodes.paragraph("", self.words.gettext("No papers yet."))]

    def make_group(self, papers: Sequence[Paper]) -> paper_group:
        """Return one line for each paper."""
        return make_group("excerpt", "list", self.browse(papers), papers)


def make_section(
    directive: SphinxDirective, kind: str, title: str, *body: nodes.Node
) -> nodes.section:
    """Return a section whose id says what it holds: ``year-2024``."""
    document = directive.state.document
    anchor = wanted = nodes.make_id(f"{kind}-{title}")
    count = 1
    while anchor in document.ids:
        count += 1
        anchor = f"{wanted}-{count}"
    section = nodes.section("", nodes.title(title, title), *body, ids=[anchor])
    document.set_id(section)
    directive.set_source_info(section)
    return section


class ByDirective(_BrowsingDirective):
    """List all papers, or all authors with their papers, in sections under a list of jumps.

    It stands at the end of a page, or of a section: what it makes are sections.

    ::

        ```{survey:by} year | author | venue
        :minimum: 2
        ```
    """

    required_arguments = 1
    has_content = False
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
        domain = get_survey_domain(self.env)
        docname = self.env.current_document.docname
        minimum = self.options.get("minimum", 1)
        if what == "author":
            found = [
                author
                for author in domain.ask(docname, ByAuthor())
                if len(author.papers) >= minimum
            ]
            return self.list_authors(found)
        groups = domain.ask(docname, ByYear() if what == "year" else ByVenue())
        return self.list_groups(what, [group for group in groups if len(group.papers) >= minimum])

    def list_groups(self, kind: str, groups: Sequence[Group]) -> list[nodes.Node]:
        """Return a section for each group."""
        sections = []
        jumps = []
        words = self.words
        for group in groups:
            title, short = group.title, group.short
            section = make_section(self, kind, short, self.make_group(group.papers))
            if title in {NO_YEAR, NO_VENUE}:
                title, short = words.gettext(title), words.gettext(short)
                section[0] = nodes.title("", short)
            if title != short:
                section.insert(1, nodes.paragraph("", title, classes=["ls-full-name"]))
            sections.append(section)
            jumps.append((short, section["ids"][0], len(group.papers)))
        return [make_jumps(jumps, words), *sections] if sections else self.say_nothing()

    def list_authors(self, authors: Sequence[Author]) -> list[nodes.Node]:
        """Return a section for each letter of the alphabet."""
        sections = []
        jumps = []
        for letter, group in groupby(authors, key=lambda author: author.letter):
            people = list(group)
            docname = self.browse(paper for author in people for paper in author.papers)
            names = ", ".join(author.name for author in people)
            listing = author_list("", names, docname=docname, entries=self.describe(people))
            section = make_section(self, "author", letter if letter != "#" else "other", listing)
            title = letter if letter != "#" else self.words.gettext("Other")
            section[0] = nodes.title("", title)
            sections.append(section)
            jumps.append((section[0].astext(), section["ids"][0], 0))
        return [make_jumps(jumps, self.words), *sections] if sections else self.say_nothing()

    def describe(
        self, people: Iterable[Author]
    ) -> tuple[tuple[str, str, tuple[tuple[str, str, str], ...]], ...]:
        """Return authors with their papers; those of several have an id, to be linked to."""
        docname = self.env.current_document.docname
        page = get_survey_domain(self.env).tables.page(docname)
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

    has_content = False
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
        domain = get_survey_domain(self.env)
        days = domain.ask(self.env.current_document.docname, query)
        sections: list[nodes.Node] = []
        for day, papers in days:
            first, *others = self.group_by_chapter(papers)
            section = make_section(self, "added", day.isoformat(), first)
            section += others
            section[0] = nodes.title("", self.words.day(day))
            sections.append(section)
        return sections or self.say_nothing()

    def group_by_chapter(self, papers: Sequence[Paper]) -> list[nodes.Node]:
        """Return the papers of a day; of a day with many, those of each chapter by themselves."""
        if len(papers) <= MANY_AT_ONCE:
            return [self.make_group(papers)]
        docname = self.env.current_document.docname
        answer = get_survey_domain(self.env).ask(docname, CategoryCounts())
        roots = {category.tag: category.root for category, _ in answer}
        titles = {category.tag: category.title for category, _ in answer}
        chapters: dict[str, list[Paper]] = {tag: [] for tag in (*roots.values(), "")}
        for paper in papers:
            chapters[roots.get(paper.home, "")].append(paper)
        groups: list[nodes.Node] = []
        for tag, found in chapters.items():
            if found:
                title = titles.get(tag) or self.words.gettext("Other")
                text = f"{title} ({len(found)})"
                groups += [nodes.rubric("", text), self.make_group(found)]
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


def expand_authors(node: author_list) -> nodes.bullet_list:
    """Return authors as an ordinary list."""
    items = nodes.bullet_list(bullet="*")
    for name, _, entries in node["entries"]:
        line = nodes.paragraph("", "", nodes.strong("", name), nodes.Text(": "))
        for position, (key, text, year) in enumerate(entries):
            if position:
                line += nodes.Text(", ")
            uri = node["uris"].get(key)
            line += (
                nodes.reference("", text, refuri=uri, internal=True) if uri else nodes.Text(text)
            )
            line += nodes.Text(f" {year}" if year else "")
        items += nodes.list_item("", line)
    return items


def html_visit_author_list(self: HTML5Translator, node: author_list) -> None:
    """Write the authors of a letter; their names in the text of the node are for the search."""
    uris = node["uris"]
    self.body.append('<ul class="ls-people">\n')
    for name, anchor, entries in node["entries"]:
        papers = []
        for key, text, year in entries:
            uri = uris.get(key)
            shown = f'<a href="{escape(uri)}">{escape(text)}</a>' if uri else escape(text)
            papers.append(f"{shown} {year}".rstrip())
        place = f' id="{escape(anchor)}"' if anchor else ""
        self.body.append(f"<li{place}><b>{escape(name)}</b> {', '.join(papers)}</li>\n")
    self.body.append("</ul>\n")
    raise SkipNode


def latex_visit_author_list(self: LaTeXTranslator, node: author_list) -> None:
    """Write them in two columns of small print."""
    uris = node["uris"]
    lines = []
    for name, _, entries in node["entries"]:
        papers = []
        for key, text, year in entries:
            shown = self.encode(text)
            document, _, anchor = uris.get(key, "").removeprefix("%").partition("#")
            if anchor:
                shown = f"{self.hyperlink(f'{document}:{anchor}')}{shown}}}}}"
            papers.append(f"{shown} {year}".rstrip())
        lines.append(f"\\noindent\\hangindent=1em {{\\bfseries {self.encode(name)}}} ")
        lines.append(f"{', '.join(papers)}\\par\n")
    self.body.append("\n\\begin{multicols}{2}\\footnotesize\\raggedright\n")
    self.body.extend(lines)
    self.body.append("\\end{multicols}\n")
    raise SkipNode


def setup(app: Sphinx) -> None:
    """Register the directives, and the nodes of entries and authors with their visitors."""
    app.add_directive_to_domain("survey", "papers", PapersDirective)
    app.add_directive_to_domain("survey", "by", ByDirective)
    app.add_directive_to_domain("survey", "recent", RecentDirective)
    for kind, in_html in entries_html.VISITORS.items():
        app.add_node(kind, html=in_html, latex=entries_latex.VISITORS[kind])
    app.add_node(
        author_list,
        html=(html_visit_author_list, None),
        latex=(latex_visit_author_list, None),
    )
    app.add_post_transform(ExpandPapers)
