"""What is registered with sphinxcontrib-bibtex (2.7.0), and what it is told.

Prose cites with its roles, in its reference styles (:mod:`.citations`). What is done otherwise, and
until when:

- It walks all citations for each reference, numbers its anchors by position and leaves citing
  pages stale. So each ``cite`` reference is resolved before Sphinx's resolver, by its public
  ``format_references``, with the entry and the anchor looked up by key. To be removed when it
  looks citations up by key and says which pages depend on an entry.
- Its reading of the .bib ends the build at a missing comma and drops what follows a repeated key.
  So it is told that the files are read, and is given those entries that footnotes cite, or all
  where there is a ``bibliography``. To be removed when it recovers from mistakes.
- It ends the build at a target that is no list of keys, which is reported here.
- pybtex reads the installed entry points again for each use of a plugin; those in use are
  registered. To be removed when pybtex remembers what it has found.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from docutils import nodes
from pybtex.backends.plaintext import Backend as PlainTextBackend
from pybtex.database import BibliographyData
from pybtex.exceptions import PybtexError
from pybtex.plugin import find_plugin, register_plugin
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinxcontrib.bibtex.bibfile import BibData, BibFile, get_mtime
from sphinxcontrib.bibtex.directives import BibliographyDirective as StockDirective
from sphinxcontrib.bibtex.domain import BibtexDomain
from sphinxcontrib.bibtex.foot_domain import BibtexFootDomain
from sphinxcontrib.bibtex.foot_roles import FootCiteRole
from sphinxcontrib.bibtex.plugin import find_plugin as find_stock_plugin
from sphinxcontrib.bibtex.roles import CiteRole
from sphinxcontrib.bibtex.style.names.last import LastNameStyle

from livingsurvey.bibtex.source import show_path
from livingsurvey.bibtex.styled import load_style, make_stock_entry
from livingsurvey.configuration import CONF
from livingsurvey.diagnostics import Code, diagnose, did_you_mean
from livingsurvey.model import Location
from livingsurvey.queries import AllPapers
from livingsurvey.sphinxext.citations import (
    CitationStyle,
    get_formatter,
    mark_unknown,
    parse_targets,
)
from livingsurvey.sphinxext.config import find_conf, log_diagnostic, log_problem
from livingsurvey.sphinxext.domain import get_survey_domain
from livingsurvey.sphinxext.nodes import display_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pybtex.database import Entry
    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment

    from livingsurvey.catalog import Catalog
    from livingsurvey.model import Paper
    from livingsurvey.sphinxext.domain import SurveyDomain


class CitationRole(CiteRole):
    """A citation role that reports what it cannot read, where stock ends the build."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the reference, or the text as it stands if it names no keys."""
        try:
            parse_targets(self.target)
        except (ValueError, RecursionError):
            text = f"a citation lists keys with commas between them, not '{self.target}'"
            log_problem(Code.UNKNOWN_KEY, text, self.get_location())
            return [nodes.inline(self.rawtext, self.target, classes=["ls-unresolved"])], []
        return super().run()


@dataclass(frozen=True, slots=True)
class PapersNamed:
    """The papers of some keys, as far as there are any."""

    keys: tuple[str, ...]

    def answer(self, catalog: Catalog) -> tuple[Paper, ...]:
        """Return the papers in the order of the keys."""
        return tuple(catalog.papers[key] for key in self.keys if key in catalog.papers)


class FootnoteRole(FootCiteRole):
    """A role whose citations are footnotes; the page depends on the entries that these print.

    The references stand in an inline node with ``keys``, so that the sections around them count
    among those that cite the papers.
    """

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the references, and a mark for each key that the bibliography lacks."""
        keys = tuple(dict.fromkeys(key.strip() for key in self.text.split(",")))
        docname = self.env.current_document.docname
        papers = get_survey_domain(self.env).ask(docname, PapersNamed(keys))
        known = cast("BibtexDomain", self.env.get_domain("cite")).bibdata.data
        for paper in papers:
            if paper.key not in known.entries:
                entry = _make_printable_entry(paper, self.config.bibtex_default_style)
                known.add_entry(paper.key, entry)
        citation = nodes.inline(self.rawtext, "", classes=["ls-footcite"], keys=keys)
        self.set_source_info(citation)
        self.text = ",".join(paper.key for paper in papers)
        references, messages = super().run() if papers else ([], [])
        citation += [*references, *mark_unknown(keys, known.entries)]
        return [citation], messages


def _make_printable_entry(paper: Paper, style: str) -> Entry:
    """Return an entry that a pybtex style can print whole, if need be as one of another type."""
    entry = make_stock_entry(paper, style)
    try:
        load_style(style).format_entry("", entry)
    except (ValueError, PybtexError):  # a field that it lacks
        entry.type = "misc"
    return entry


class BibliographyDirective(StockDirective):
    """Stock's own list of references, with the entries of the catalog.

    It has its own filter, style, kind of list and prefixes, and stock's cost: each list looks at
    every entry and every citation.
    """

    def run(self) -> Sequence[nodes.Node]:
        """Return stock's node; the page depends on all entries, as stock has it."""
        get_survey_domain(self.env).ask(self.env.current_document.docname, AllPapers())
        fill_stock(self.env)
        return super().run()


def fill_stock(env: BuildEnvironment) -> None:
    """Give stock the entries of the catalog, by file, if it has not got them."""
    domain, stock = get_survey_domain(env), cast("BibtexDomain", env.get_domain("cite"))
    known = stock.bibdata
    if any(file.keys for file in known.bibfiles.values()):
        return
    style = env.config.bibtex_default_style
    papers = domain.catalog.papers
    entries = {key: make_stock_entry(paper, style) for key, paper in papers.items()}
    keys: dict[str, dict[str, None]] = {}
    for key, paper in papers.items():
        keys.setdefault(paper.location.path, {})[key] = None
    root = domain.settings.root
    files = {
        path: file._replace(keys=keys.get(show_path(path, root), {}))
        for path, file in known.bibfiles.items()
    }
    stock.data["bibdata"] = known._replace(bibfiles=files, data=BibliographyData(entries))


def on_env_updated(app: Sphinx, env: BuildEnvironment) -> None:
    """Give stock its entries before it makes its lists (500), if there are any."""
    if cast("BibtexDomain", env.get_domain("cite")).bibliographies:
        fill_stock(env)


def list_stock(env: BuildEnvironment) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Return what stock's own lists show, by their page: list, key, anchor and label."""
    shown: dict[str, list[tuple[str, ...]]] = {}
    for citation in cast("BibtexDomain", env.get_domain("cite")).citations:
        docname, place = citation.bibliography_key
        label = citation.formatted_entry.label
        shown.setdefault(docname, []).append((place, citation.key, citation.citation_id, label))
    return {docname: tuple(entries) for docname, entries in shown.items()}


_STYLE = "bibtex_reference_style"
_STYLES = {
    "bibtex_default_style": (find_plugin, "pybtex.style.formatting", "alpha"),
    _STYLE: (find_stock_plugin, "sphinxcontrib.bibtex.style.referencing", "author_year"),
    "bibtex_foot_reference_style": (
        find_stock_plugin, "sphinxcontrib.bibtex.style.referencing", "foot",
    ),
}  # fmt: skip
"""The settings that name a style, how it is found, and what counts instead."""
_IS_NAMED = re.compile(rf"\b{_STYLE}\b|\bimport\s*\*|\bexec\b")
_DEFAULT_STYLE = _STYLES[_STYLE][2]


def on_config_inited(app: Sphinx, config: Config) -> None:
    """Cite by author and year, unless the project says otherwise.

    A value tells nobody whether it was set. So the default of a survey takes the place of stock's
    where neither conf.py nor the command line names ``bibtex_reference_style``; a conf.py that
    takes names over from elsewhere is left alone.
    """
    if config[_STYLE] == "foot":
        text = f"{_STYLE} = 'foot' is a style of footnotes, which 'cite' does not make"
        hint = "write {footcite}, whose style it is by default"
        log_diagnostic(diagnose(Code.CONFIG, text, Location(CONF), hint))
        config[_STYLE] = _DEFAULT_STYLE
    path = Path(app.confdir) / CONF
    text = path.read_text("utf-8", "replace") if path.is_file() else ""
    if _STYLE not in config.overrides and not _IS_NAMED.search(text):
        config[_STYLE] = _DEFAULT_STYLE


def on_builder_inited(app: Sphinx) -> None:
    """Tell sphinxcontrib-bibtex that the .bib is read, so that it does not parse it itself.

    Its own reading comes after this (500), and its result is pickled. A style that there is not
    ends the build with a traceback then.
    """
    conf = find_conf(Path(app.confdir))
    for setting, (find, group, instead) in _STYLES.items():
        name = app.config[setting]
        try:
            find(group, str(name))
        except (ImportError, PybtexError):
            known = sorted({point.name for point in entry_points(group=group)})
            hint = did_you_mean(str(name), known) or f"there are {', '.join(known)}"
            text = f"'{setting}' names no style: {name!r}"
            log_diagnostic(diagnose(Code.CONFIG, text, conf.locate(setting), hint))
            app.statuscode = 2
            app.config[setting] = instead
    register_plugin("pybtex.style.names", "last", LastNameStyle, force=True)
    register_plugin("pybtex.backends", "plaintext", PlainTextBackend, force=True)
    bibliographies = get_survey_domain(app.env).settings.bibliographies
    app.env.get_domain("cite").data["bibdata"] = BibData(
        encoding=app.config.bibtex_encoding,
        bibfiles={path: BibFile(get_mtime(path), {}) for path in bibliographies},
        data=BibliographyData(),
    )


class NameInHeadings(SphinxTransform):
    """Let a reference to a paper in a heading say there what it will print.

    Sphinx takes titles, contents and labels from the tree as it was read, where the text of a
    reference is its key.
    """

    # Before the domains (850) and the collectors of titles (doctree-read, 880) look at the tree.
    default_priority = 840

    def apply(self, **kwargs: Any) -> None:
        """Replace the text of the references in the headings of the page just read."""
        domain = get_survey_domain(self.env)
        for title in self.document.findall(nodes.title):
            for node in title.findall(addnodes.pending_xref):
                is_ours = node.get("refdomain") == "survey" and not node.get("refexplicit")
                if is_ours or node.get("refdomain") == "cite":
                    # What a label says depends on all papers.
                    domain.ask(self.env.current_document.docname, AllPapers())
                    if text := _name_in_heading(domain, node):
                        node.clear()
                        node.append(nodes.inline("", text))


def _name_in_heading(domain: SurveyDomain, node: addnodes.pending_xref) -> str:
    kind, target = node["reftype"], node["reftarget"]
    if node["refdomain"] == "cite":
        return domain.once(CitationStyle).spell_heading(kind, parse_targets(target))
    if kind == "category":
        category = domain.catalog.taxonomy.find(target)
        return category.title if category else ""
    paper = domain.catalog.papers.get(target)
    return display_name(paper) if paper else ""


class ResolveCitations(SphinxPostTransform):
    """Replace each ``cite`` reference by its text, linked to the list of references."""

    # Before Sphinx's ReferencesResolver (10), which would ask stock's resolve_xref.
    default_priority = 8

    def run(self, **kwargs: Any) -> None:
        """Take over the citations of one document, or of the assembled tree in LaTeX."""
        for node in list(self.document.findall(addnodes.pending_xref)):
            if node.get("refdomain") == "cite":
                node.replace_self(self.resolve(node))

    def resolve(self, node: addnodes.pending_xref) -> nodes.inline:
        """Return what a reference prints."""
        formatter = get_formatter(self.env)
        targets = parse_targets(node["reftarget"])
        keys = tuple(target.key for target in targets)
        docname = node.get("refdoc") or self.env.current_document.docname
        citation = nodes.inline(node.rawsource, "", classes=["bibtex-citation"], keys=keys)
        citation += formatter.format(node["reftype"], targets, docname)
        unknown = list(mark_unknown(keys, formatter.known))
        citation += unknown if citation.children else unknown[1:]
        return citation


def setup(app: Sphinx) -> None:
    """Set up sphinxcontrib-bibtex, and put our roles in place of its own."""
    app.setup_extension("sphinxcontrib.bibtex")
    for domain, role in ((BibtexDomain, CitationRole), (BibtexFootDomain, FootnoteRole)):
        for name in domain.roles:
            app.add_role_to_domain(domain.name, name, role(), override=True)
    app.add_role("cite", CitationRole(), override=True)
    app.add_role("footcite", FootnoteRole(), override=True)
    app.add_directive("bibliography", BibliographyDirective, override=True)
    app.add_transform(NameInHeadings)
    app.add_post_transform(ResolveCitations)
