"""Everything that touches sphinxcontrib-bibtex (2.7.0): its roles, its styles, its domains.

Prose cites with its roles, in its reference styles. What is done otherwise, and until when:

- It walks all citations for each reference, numbers its anchors by position and leaves citing
  pages stale. So each ``cite`` reference is resolved here, before Sphinx's resolver, by its public
  ``format_references``, with the entry and the anchor looked up by key. To be removed when it
  looks citations up by key and says which pages depend on an entry.
- Its reading of the .bib ends the build at a missing comma and drops what follows a repeated key.
  So it is told that the files are read, and is given those entries that footnotes cite. To be
  removed when it recovers from mistakes.
- It ends the build at a target that is no list of keys, which is reported here.
- pybtex reads the installed entry points again for each use of a plugin; those in use are
  registered. To be removed when pybtex remembers what it has found.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import repeat
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, cast

import pybtex.plugin
from docutils import nodes
from pybtex.backends.plaintext import Backend as PlainTextBackend
from pybtex.database import BibliographyData
from pybtex.richtext import Text
from pybtex.style import FormattedEntry
from pybtex.style.names import BaseNameStyle
from sphinx import addnodes
from sphinx.errors import NoUri
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinxcontrib.bibtex.bibfile import BibData, BibFile, get_mtime
from sphinxcontrib.bibtex.citation_target import CitationTarget, parse_citation_targets
from sphinxcontrib.bibtex.domain import BibtexDomain
from sphinxcontrib.bibtex.foot_domain import BibtexFootDomain
from sphinxcontrib.bibtex.foot_roles import FootCiteRole
from sphinxcontrib.bibtex.roles import CiteRole
from sphinxcontrib.bibtex.style.names.last import LastNameStyle
from sphinxcontrib.bibtex.style.referencing import PersonStyle, format_references
from sphinxcontrib.bibtex.style.template import SphinxReferenceInfo

from livingsurvey.bibtex.styled import (
    load_style,
    make_entry,
    make_labels,
    sort_entries,
)
from livingsurvey.diagnostics import Code
from livingsurvey.sphinxext.domain import get_survey_domain
from livingsurvey.sphinxext.nodes import abbreviate, collect_facts
from livingsurvey.sphinxext.reporting import log_problem

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from pybtex.database import Entry, Person
    from sphinx.application import Sphinx
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment

    from livingsurvey.catalog import Catalog
    from livingsurvey.model import Paper
    from livingsurvey.sphinxext.domain import SurveyDomain

Targets: TypeAlias = tuple[CitationTarget, ...]
"""The keys of a citation, each with what stands before and after it."""


def parse_targets(text: str) -> Targets:
    """Return the targets of a citation.

    Raises:
        ValueError: It is no list of keys.
    """
    return tuple(parse_citation_targets(text))


class CitationRole(CiteRole):
    """A citation role that reports what it cannot read, where stock ends the build."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the reference, or the text as it stands if it names no keys."""
        try:
            parse_targets(self.target)
        except (ValueError, RecursionError):
            log_problem(
                Code.UNKNOWN_KEY,
                f"a citation lists keys with commas between them, not '{self.target}'",
                self.get_location(),
            )
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
        domain = get_survey_domain(self.env)
        papers = domain.ask(self.env.current_document.docname, PapersNamed(keys))
        known = cast("BibtexDomain", self.env.get_domain("cite")).bibdata.data
        for paper in papers:
            if paper.key not in known.entries:
                entry = _make_printable_entry(paper, self.config.bibtex_default_style)
                known.add_entry(paper.key, entry)
        citation = nodes.inline(self.rawtext, "", classes=["ls-footcite"], keys=keys)
        self.set_source_info(citation)
        messages: list[nodes.system_message] = []
        if papers:
            self.text = ",".join(paper.key for paper in papers)
            references, messages = super().run()
            citation += references
        citation += list(mark_unknown(keys, known.entries))
        return [citation], messages


def _make_printable_entry(paper: Paper, style: str) -> Entry:
    """Return an entry that a pybtex style can print whole, if need be as one of another type."""
    entry = make_entry(paper)
    try:
        load_style(style).format_entry("", entry)
    except (ValueError, pybtex.exceptions.PybtexError):  # TeX it cannot read, a field it lacks
        entry.type = "misc"
    return entry


def mark_unknown(keys: Iterable[str], known: Container[str]) -> Iterator[nodes.Node]:
    """Yield a mark for each unknown key: reported with its line, and visible on the page."""
    for key in keys:
        if key not in known:
            yield nodes.Text(" ")
            yield nodes.inline("", f"[{key}?]", classes=["ls-unresolved"])


class _LinkMaker(NamedTuple):
    r"""The part of a builder that stock's references ask for.

    Stock writes a raw ``\hyperlink`` whenever the builder is called ``latex``, to the anchor of
    a citation list of its own; ours is an ordinary label, so an ordinary reference leads there.
    """

    builder: Builder
    name: str = "none"

    def get_relative_uri(self, from_: str, to: str, typ: str | None = None) -> str:
        """Return the address of a document; an id of the one page of singlehtml needs none."""
        uri = self.builder.get_relative_uri(from_, to, typ)
        return "" if self.builder.name == "singlehtml" else uri


class _RememberedNames(BaseNameStyle):  # type: ignore[misc] # pybtex has no types
    """A style of names that formats each name once: authors return all the time."""

    def __init__(self, style: BaseNameStyle) -> None:
        self.style = style
        self._known: dict[tuple[str, bool], Text] = {}

    def format(self, person: Person, abbr: bool = True) -> Text:
        """Return the name as rich text, where the style itself returns a template of it."""
        name = str(person), abbr
        if name not in self._known:
            self._known[name] = self.style.format(person, abbr).format_data({})
        return self._known[name]


class CitationFormatter:
    """Formats the citations of a build; entries, labels and names are made once."""

    def __init__(self, domain: SurveyDomain) -> None:
        survey = domain.settle()
        self.catalog = domain.catalog
        self.builder = domain.builder
        self.list_docname = survey.references
        stock = cast("BibtexDomain", domain.env.get_domain("cite")).reference_style
        self.style: Any = type(stock)()
        self._person = getattr(self.style, "person", None)
        if isinstance(self._person, PersonStyle):
            self._person.style_plugin = _RememberedNames(self._person.style_plugin)
        module = type(stock).__module__
        self._is_stock = module.startswith("sphinxcontrib.bibtex.style.referencing")
        self.label_style = domain.env.config.bibtex_default_style
        # In reading order, by which some styles sort.
        self.cited = tuple(key for key in survey.cited if key in self.catalog.papers)
        self._ranks = {key: rank for rank, key in enumerate(self.cited)}
        # Each takes several kilobytes, and few return often.
        self.entry = lru_cache(maxsize=2_048)(self._make_entry)
        self._texts: dict[tuple[str, Targets], str] = {}

    def _make_entry(self, key: str, most_persons: int | None = None) -> Entry:
        """Return the pybtex entry of a paper, with as many persons as are looked at."""
        return make_entry(self.catalog.papers[key], most_persons=most_persons)

    def _count_persons(self, role: str) -> int | None:
        """Return how many persons a role looks at; None if at all.

        Stock's own styles print the first of three or more with "et al.", but format all of
        them; the roles that print everybody end in an s.
        """
        is_short = not role.endswith("s") and getattr(self._person, "other", None) is not None
        return 3 if is_short and self._is_stock else None

    def prints_label(self, role: str) -> bool:
        """Whether a role prints the label of a paper."""
        styles = (self.style, getattr(self.style, "role_style", {}).get(role))
        names = [type(style).__name__ for style in styles]
        return "label" in role or any("Label" in name or "Super" in name for name in names)

    def label(self, key: str) -> str:
        """Return the label of a paper in the list of references, such as ``HSW+22``."""
        return self._labels[key]

    @cached_property
    def _labels(self) -> dict[str, str]:
        keys = dict.fromkeys((*self.cited, *self.catalog.papers))
        return make_labels([self.entry(key) for key in keys], self.label_style)

    def sort(self, keys: Iterable[str]) -> list[str]:
        """Return the keys of one citation in the order in which stock prints them.

        That is the order of its list of references: sorted by the pybtex style, and for styles
        that do not sort by first citation. Keys that the catalog lacks are left out.
        """
        known = [key for key in dict.fromkeys(keys) if key in self.catalog.papers]
        if len(known) < 2:
            return known
        known.sort(key=lambda key: self._ranks.get(key, len(self._ranks)))
        return [entry.key for entry in sort_entries(map(self.entry, known), self.label_style)]

    def format(self, role: str, targets: Targets, docname: str) -> list[nodes.Node]:
        """Return the nodes of a citation; keys that the catalog lacks are left out.

        Args:
            role: The name of the role, such as ``p``.
            targets: The keys.
            docname: The page on which the citation stands.
        """
        by_key = {target.key: target for target in targets}
        keys = self.sort(by_key)
        if not keys:
            return []
        ends = (docname, self.list_docname) if self._has_address(docname) else None
        infos = [self._inform(by_key[key], ends or ("", "")) for key in keys]
        labels = [self.label(key) if self.prints_label(role) else "" for key in keys]
        formatted = list(map(FormattedEntry, keys, repeat(Text()), labels))
        entries = [self.entry(key, self._count_persons(role)) for key in keys]
        text = self._join(role, entries, formatted, infos)
        citation = nodes.inline("", "", *text.render(BibtexDomain.backend))
        if ends is None:
            for link in list(citation.findall(nodes.reference)):
                link.replace_self(nodes.inline("", "", *link.children))
        self._texts[role, targets] = citation.astext()
        return citation.children

    def spell(self, role: str, targets: Targets) -> str:
        """Return what a citation prints; formatted once for all who repeat the sentence."""
        if (role, targets) not in self._texts:
            self.format(role, targets, self.list_docname)
        return self._texts.get((role, targets), "")

    def _join(
        self,
        role: str,
        entries: list[Entry],
        formatted: list[FormattedEntry],
        infos: list[SphinxReferenceInfo],
    ) -> Any:
        references = zip(entries, formatted, infos, strict=True)
        return format_references(self.style, role, references)

    def _has_address(self, docname: str) -> bool:
        """Whether there is a list of references to which a page can link."""
        if not self.list_docname:
            return False
        try:
            self.builder.get_relative_uri(docname, self.list_docname)
        except NoUri:
            return False
        return True

    def _inform(self, target: CitationTarget, ends: tuple[str, str]) -> SphinxReferenceInfo:
        docname, list_docname = ends
        return SphinxReferenceInfo(
            builder=cast("Builder", _LinkMaker(self.builder)),
            fromdocname=docname,
            todocname=list_docname,
            citation_id="ref-" + self.catalog.anchor(target.key),
            title=describe(self.catalog.papers[target.key]),
            pre_text=target.pre,
            post_text=target.post,
        )


def describe(paper: Paper) -> str:
    """Return the paper in one line, for hover text."""
    facts = collect_facts(paper)
    who = abbreviate(facts.authors, facts.truncated, 3)
    where = " ".join(part for part in (facts.venue, facts.year) if part)
    title = facts.title if paper.title else ""
    return ". ".join(part for part in (who, title, where) if part)


def get_formatter(env: BuildEnvironment) -> CitationFormatter:
    """Return the formatter of this build."""
    return get_survey_domain(env).once(CitationFormatter)


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
        unknown = list(mark_unknown(keys, formatter.catalog.papers))
        citation += unknown if citation.children else unknown[1:]
        return citation


def list_bibliographies(env: BuildEnvironment) -> list[tuple[str, int, str]]:
    """Return where stock's lists of references stand: document, line, and their own id."""
    domain = cast("BibtexDomain", env.get_domain("cite"))
    return [(key.docname, one.line, key.id_) for key, one in domain.bibliographies.items()]


def on_builder_inited(app: Sphinx) -> None:
    """Tell sphinxcontrib-bibtex that the .bib is read, so that it does not parse it itself.

    Its own reading comes after this (500), and its result is pickled.
    """
    pybtex.plugin.register_plugin("pybtex.style.names", "last", LastNameStyle, force=True)
    pybtex.plugin.register_plugin("pybtex.backends", "plaintext", PlainTextBackend, force=True)
    bibliographies = get_survey_domain(app.env).settings.bibliographies
    app.env.get_domain("cite").data["bibdata"] = BibData(
        encoding=app.config.bibtex_encoding,
        bibfiles={path: BibFile(get_mtime(path), {}) for path in bibliographies},
        data=BibliographyData(),
    )


def setup_bibtex(app: Sphinx) -> None:
    """Set up sphinxcontrib-bibtex, and put our roles in place of its own."""
    app.setup_extension("sphinxcontrib.bibtex")
    for domain, role in ((BibtexDomain, CitationRole), (BibtexFootDomain, FootnoteRole)):
        for name in domain.roles:
            app.add_role_to_domain(domain.name, name, role(), override=True)
    app.add_role("cite", CitationRole(), override=True)
    app.add_role("footcite", FootnoteRole(), override=True)
    app.add_post_transform(ResolveCitations)
