"""A page for each paper, at an address that stays wherever its category moves.

They are no documents: in the table of contents, a thousand of them would stand in the navigation
of every page. Sphinx writes them from :func:`on_html_collect_pages`, each only if something that
it says has changed.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from html import escape
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import sphinx
from docutils import nodes

from livingsurvey import __version__
from livingsurvey.bibtex.identifiers import make_anchor
from livingsurvey.digest import digest
from livingsurvey.exports.reference_managers import (
    write_coins,
    write_csl_item,
    write_entry,
    write_record,
)
from livingsurvey.queries import sort_papers
from livingsurvey.sphinxext.citations import get_formatter, parse_targets
from livingsurvey.sphinxext.domain import get_survey_domain
from livingsurvey.sphinxext.downloads import read_outputs, remove_file
from livingsurvey.sphinxext.entries_html import (
    begins_with_name,
    write_external,
    write_internal,
    write_link,
    write_name,
)
from livingsurvey.sphinxext.explorer import make_table_page, name_table
from livingsurvey.sphinxext.freshness import PageFacts, is_alone
from livingsurvey.sphinxext.linking import (
    PAPER_TEMPLATE,
    Linker,
    has_paper_pages,
    link_page,
    name_page,
)
from livingsurvey.sphinxext.math import bind_formulas
from livingsurvey.sphinxext.metadata import describe_paper_page, find_image
from livingsurvey.sphinxext.nodes import (
    PageLink,
    collect_facts,
    display_name,
    render_markup,
)
from livingsurvey.words import mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sphinx.application import Sphinx
    from sphinx.builders.html import StandaloneHTMLBuilder

    from livingsurvey.model import Paper
    from livingsurvey.sphinxext.domain import SurveyDomain
    from livingsurvey.sphinxext.survey import Part

MANY_AUTHORS = 500
"""A paper by more says nothing to reference managers, to which its names would go twice."""

FEW_AUTHORS = 100
"""A paper by more has its BibTeX alone on its page, which the other formats would make heavy."""

NEIGHBORS = 3
"""How many earlier and later papers of its category a page names."""


def on_html_collect_pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield the pages that say something else than when they were written last.

    The table of an explorer without scripts is one of them, since it leads to all others.
    """
    if not has_paper_pages(app.builder):
        return
    domain = get_survey_domain(app.env)
    root = Path(app.outdir)
    outputs = read_outputs(root)
    frame = _digest_frame(app)

    def is_trusted() -> bool:
        # Sphinx (9.0) reads a style or script once for the checksum in all links to it, and may
        # find it half-written by another build: then pages count for nothing, ours or its.
        return not domain.is_dirty or is_alone(app)

    known = outputs.pages if outputs.frame == frame and is_trusted() else {}
    tables = {
        name_table(docname): docname
        for docname, page in sorted(domain.tables.pages.items(), key=itemgetter(0))
        if "explorer" in page.panels and name_table(docname) not in app.env.found_docs
    }
    is_same = bool(known) and outputs.tables == [*tables] and not domain.is_dirty
    names = (*tables, *map(name_page, known))
    if is_same and all((root / _locate(app, name)).is_file() for name in names):
        return

    pages = _Pages(domain)
    facts = PageFacts(domain)
    states = {}
    for key, paper in domain.catalog.papers.items():
        around = pages.list_neighbors(paper), pages.list_categories(paper)
        shown = facts.of_paper(key), around, pages.list_people(paper), paper.location.path
        states[make_anchor(key)] = digest((paper, shown))
    gone = {name_page(anchor) for anchor in outputs.pages.keys() - states.keys()}
    for name in gone.union(outputs.tables) - tables.keys() - app.env.found_docs:
        remove_file(root, _locate(app, name))
    # A build that is killed from here on has written anything.
    outputs = replace(outputs, pages=states, tables=[*tables])
    replace(outputs, frame="").write(root)
    for name, docname in tables.items():
        yield name, make_table_page(domain, docname), "page.html"
    for key, paper in domain.catalog.papers.items():
        anchor, name = make_anchor(key), name_page(make_anchor(key))
        is_known = known.get(anchor) == states[anchor] and (root / _locate(app, name)).is_file()
        if name not in app.env.found_docs and not is_known:
            yield name, pages.describe(paper), PAPER_TEMPLATE
    replace(outputs, frame=frame if is_trusted() else "").write(root)


def _locate(app: Sphinx, name: str) -> str:
    """Return the file of a page, relative to the root of the site."""
    uri = app.builder.get_target_uri(name)
    return f"{uri}index.html" if uri.endswith("/") else uri


def _digest_frame(app: Sphinx) -> str:
    """Return the digest of what all pages have in common: settings, styles and scripts."""
    values = app.config.filter(frozenset({"env", "html"}))
    config = sorted((setting.name, _digest_value(setting.value)) for setting in values)
    static = Path(app.outdir) / "_static"
    files = sorted(
        path
        for folder in (static, static / "styles", static / "scripts")
        for path in folder.glob("*.*s")
        if path.suffix in {".css", ".js"}
    )
    texts = [path.read_bytes().hex() for path in files]
    domain = get_survey_domain(app.env)
    pages = sorted(domain.tables.pages.items(), key=itemgetter(0))
    panels = {panel: docname for docname, page in pages for panel in page.panels}
    versions = (__version__, sphinx.__display_version__)
    return digest((versions, config, texts, sorted(panels.items()), domain.words.digest))


def _digest_value(value: object) -> str:
    """Return the digest of a setting, the same in every process; of odd ones the type counts."""
    try:
        return digest(value)
    except TypeError:
        return type(value).__qualname__


_Named = tuple[str, str, int]
"""The anchor of a paper, what it is called, and its year, 0 if that is unknown."""


class _Pages:
    """Makes the pages of one build."""

    def __init__(self, domain: SurveyDomain) -> None:
        self.domain = domain
        self.words = domain.words
        self.builder = cast("StandaloneHTMLBuilder", domain.builder)
        self.catalog = domain.catalog
        self.survey = domain.get_survey()
        self.about = domain.settings.about
        self.linker = Linker(self.survey, self.builder)
        self.citations = get_formatter(domain.env)
        # Any page stands for all: they lie in one folder.
        self.docname = name_page("any")
        self.order = cache(self._sort)
        self.rendered: dict[tuple[object, ...], str] = {}
        self.image = find_image(domain, self.builder.config.root_doc)
        explorer = self.survey.explorer
        self.explorer = self.linker.uri(self.docname, explorer, "") if explorer else ""

    def list_neighbors(self, paper: Paper) -> tuple[list[_Named], list[_Named]]:
        """Return the papers before and after one at its home: page, name, year."""
        papers, places = self.order(paper.home)
        if (place := places.get(make_anchor(paper.key))) is None:
            return [], []
        return papers[max(0, place - NEIGHBORS) : place], papers[place + 1 : place + 1 + NEIGHBORS]

    def _sort(self, tag: str) -> tuple[list[_Named], dict[str, int]]:
        """Return the papers of a category by age, and the place of each."""
        found = self.catalog.papers_in(tag) if tag in self.catalog.taxonomy.categories else ()
        named = [self._name(paper) for paper in sort_papers(found, "oldest")]
        return named, {anchor: place for place, (anchor, *_) in enumerate(named)}

    def list_categories(self, paper: Paper) -> list[tuple[str, str]]:
        """Return what the records of a paper say of its categories, and their colors."""
        known = self.catalog.taxonomy.categories
        return [(known[tag].title, known[tag].color) for tag in paper.categories if tag in known]

    def list_people(self, paper: Paper) -> list[PageLink]:
        """Return the authors; those of several papers are linked to these."""
        names, places = collect_facts(paper).authors, self.survey.authors
        return [
            PageLink(name, self.linker.uri(self.docname, *place[:2]) if place else "")
            for name, place in zip(names, map(places.get, names), strict=True)
        ]

    def _name(self, paper: Paper) -> _Named:
        return make_anchor(paper.key), display_name(paper), paper.year or 0

    def describe(self, paper: Paper) -> dict[str, Any]:
        """Return the context of the template."""
        name, facts = display_name(paper), collect_facts(paper)
        title, page = facts.title, name_page(facts.anchor)
        address = self.about.resolve(self.builder.get_target_uri(page))
        return {
            "title": escape(name if title.startswith(name) else f"{name}: {title}"),
            "toctree": lambda **kwargs: "",  # furo would read the whole table of contents
            "ls_once": self.render_once,
            "ls_body": "".join(self._write(paper)),
            "ls_anchor": facts.anchor,
            "ls_explorer": self.explorer,
            "ls_color": next((color for _, color in self.list_categories(paper)), ""),
            "ls_about": self.about,
            "ls_source": self.about.find_source(paper.location.path),
            "metatags": "\n".join(describe_paper_page(self.about, paper, address, self.image)),
        }

    def render_once(self, files: Iterable[object], render: Callable[[], str]) -> str:
        """Return the links to styles or scripts; all pages that load the same share them.

        For each link to each file Sphinx (9.0) asks the system where the file is.
        """
        loaded = tuple(files)
        if loaded not in self.rendered:
            self.rendered[loaded] = render()
        return self.rendered[loaded]

    def _write(self, paper: Paper) -> Iterator[str]:
        facts, words = collect_facts(paper), self.words
        lead = "" if begins_with_name(facts.title, facts.name) else write_name(facts)
        title = self._spell(render_markup(paper.title or paper.key))
        categories = write_internal(self.linker.categories(self.docname, paper.categories))
        if categories:
            yield f'<p class="ls-trail">{" · ".join(categories)}</p>\n'
        yield f'<h1>{lead}<cite class="ls-title">{title}</cite></h1>\n'
        people = ", ".join(write_internal(self.list_people(paper)))
        if facts.truncated:
            people = words.gettext("{names} et al.", names=people)
        yield f'<p class="ls-everyone">{people}</p>\n' if people else ""
        where = [f"<em>{escape(facts.venue)}</em>" if facts.venue else "", escape(facts.year)]
        yield f'<p class="ls-by">{", ".join(filter(None, where))}</p>\n'
        links = "\n".join(write_external(facts.links, words))
        coins = ""
        if len(paper.authors) <= MANY_AUTHORS:
            context = escape(write_coins(paper))
            coins = f'<span class="Z3988" title="{context}" aria-hidden="true"></span>'
        yield f'<p class="ls-links">{links}{coins}</p>\n'
        if paper.annotation:
            yield f'<p class="ls-note">{self._spell(render_markup(paper.annotation))}</p>\n'
        yield from self._write_discussion(paper)
        yield from self._write_neighbors(paper)
        yield from self._write_records(paper)
        if paper.created:
            day = f"<time>{paper.created.isoformat()}</time>"
            since = words.gettext("In the survey since {day}.", day=day)
            yield f'<p class="ls-since">{since}</p>\n'

    def _spell(self, tree: Sequence[nodes.Node]) -> str:
        """Return inline nodes as HTML."""
        if all(type(node) is nodes.Text for node in tree):
            return escape("".join(node.astext() for node in tree), quote=False)
        partial = self.builder.render_partial(nodes.inline("", "", *tree))
        return str(partial["fragment"]).strip()

    def _write_discussion(self, paper: Paper) -> Iterator[str]:
        sections: dict[tuple[str, str], dict[tuple[Part, ...], None]] = {}
        for docname, mention in self.survey.mentions.get(paper.key, ()):
            if mention.kind != "list":
                said = sections.setdefault((docname, mention.section), {})
                if mention.sentence:
                    said[mention.sentence] = None
        if sections:
            head = self.words.gettext("Discussed in the survey")
            yield f'<h2 id="discussed">{head}</h2>\n<ul class="ls-said">\n'
            links = write_internal(self.linker.mentions(self.docname, paper.key, {"cite", "name"}))
            for link, sentences in zip(links, sections.values(), strict=True):
                spelled = map(self._spell, map(self._render, sentences))
                yield f"<li>{link}{''.join(f' <q>{text}</q>' for text in spelled)}</li>\n"
            yield "</ul>\n"
        companions = [
            f"{self._link(self._name(self.catalog.papers[key]))} ({count})"
            for key, count in self.survey.find_companions(paper.key)
        ]
        if companions:
            text = mark("Most often in one paragraph with {papers}.")
            yield f"<p>{self.words.gettext(text, papers=', '.join(companions))}</p>\n"

    def _render(self, sentence: tuple[Part, ...]) -> list[nodes.Node]:
        """Return a sentence that speaks of papers as nodes."""
        names = {"paper": self.survey.names, "category": self.survey.category_titles}
        rendered: list[nodes.Node] = []
        for kind, value in sentence:
            if kind == "math":
                rendered.append(nodes.math(value, value))
            elif kind.startswith("cite:"):
                text = self.citations.spell(kind.removeprefix("cite:"), parse_targets(value))
                rendered.append(nodes.Text(text))
            else:
                rendered.append(nodes.Text(names.get(kind, {}).get(value, value)))
        return list(bind_formulas(rendered))

    def _link(self, named: _Named) -> str:
        return write_link(PageLink(named[1], link_page(self.builder, self.docname, named[0])))

    def _write_neighbors(self, paper: Paper) -> Iterator[str]:
        earlier, later = self.list_neighbors(paper)
        if not earlier and not later:
            return
        words = self.words
        title = escape(self.catalog.taxonomy.categories[paper.home].title)
        head = words.gettext("Before and after it in {category}", category=title)
        yield f'<h2 id="around">{head}</h2>\n<dl class="simple ls-around">\n'
        groups = (words.gettext("Earlier"), earlier), (words.gettext("Later"), later)
        for label, papers in groups:
            links = [f"{self._link(named)} {named[2] or ''}".strip() for named in papers]
            yield f"<dt>{label}</dt><dd>{', '.join(links)}</dd>\n" if links else ""
        yield "</dl>\n"

    def _write_records(self, paper: Paper) -> Iterator[str]:
        records = {"BibTeX": write_entry(paper)}
        if len(paper.authors) <= FEW_AUTHORS:
            taxonomy = self.catalog.taxonomy
            records["RIS"] = write_record(paper, taxonomy).replace("\r\n", "\n")
            records["CSL-JSON"] = f"[{write_csl_item(paper, taxonomy)}]"
        head = self.words.gettext("Cite it")
        yield f'<h2 id="cite">{head}</h2>\n<div class="ls-foot">\n'
        for label, text in records.items():
            kind = ' class="ls-bibtex" open' if label == "BibTeX" else ""
            shown = f'<pre tabindex="0">{escape(text.strip(), quote=False)}</pre>'
            yield f"<details{kind}><summary>{label}</summary>{shown}</details>\n"
        yield "</div>\n"
