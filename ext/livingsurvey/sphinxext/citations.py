"""Citations in the text: the words of sphinxcontrib-bibtex, found in time linear in their number.

Stock sphinxcontrib-bibtex (2.7.0) walks all citations for each reference, numbers its anchors by
position and leaves citing pages stale. Its reference styles are sound, so this module keeps them:
each ``cite`` reference is formatted by the public ``format_references`` with the entry and the
anchor looked up by key. It runs ahead of Sphinx's resolver, so stock's own never sees a reference.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, cast

import pybtex.plugin
import pybtex_docutils
from docutils import nodes
from pybtex.backends.plaintext import Backend as PlainTextBackend
from pybtex.richtext import Text
from pybtex.style import FormattedEntry
from pybtex.style.names import BaseNameStyle
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinxcontrib.bibtex.bibfile import BibData, BibFile, get_mtime
from sphinxcontrib.bibtex.citation_target import parse_citation_targets
from sphinxcontrib.bibtex.roles import CiteRole
from sphinxcontrib.bibtex.style.referencing import PersonStyle, format_references
from sphinxcontrib.bibtex.style.template import SphinxReferenceInfo

from livingsurvey.bibtex.styled import make_entry, make_labels, make_plain_entry, sort_entries
from livingsurvey.diagnostics import Code
from livingsurvey.markup import parse
from livingsurvey.sphinxext.domain import SurveyDomain, get_survey_domain
from livingsurvey.sphinxext.reporting import log_problem
from livingsurvey.sphinxext.render import abbreviate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pybtex.database import Entry, Person
    from sphinx.application import Sphinx
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment
    from sphinxcontrib.bibtex.citation_target import CitationTarget
    from sphinxcontrib.bibtex.domain import BibtexDomain

    from livingsurvey.catalog import Catalog
    from livingsurvey.model import Paper
    from livingsurvey.sphinxext.config import Settings

class CitationRole(CiteRole):
    """A citation role that reports what it cannot read, where stock ends the build."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the reference, or the text as it stands if it names no keys."""
        try:
            list(parse_citation_targets(self.target))
        except (ValueError, RecursionError):
            log_problem(
                Code.UNKNOWN_KEY,
                f"a citation lists keys with commas between them, not '{self.target}'",
                self.get_location(),
            )
            return [nodes.inline(self.rawtext, self.target, classes=["ls-unresolved"])], []
        return cast("tuple[list[nodes.Node], list[nodes.system_message]]", super().run())


class _LinkTarget:
    """The part of a builder that a reference needs.

    Stock writes a raw ``\\hyperlink`` whenever the builder is called ``latex``, to the anchor of
    a citation list of its own; ours is an ordinary label, so an ordinary reference leads there.
    """

    name = "any"

    def __init__(self, builder: Builder) -> None:
        self.get_relative_uri = builder.get_relative_uri


class _NameMemory(BaseNameStyle):
    """A style of names that remembers what it has formatted: authors return all the time."""

    def __init__(self, style: BaseNameStyle) -> None:
        self.style = style
        self._known: dict[tuple[str, bool], Text] = {}

    def format(self, person: Person, abbr: bool = True) -> Text:  # noqa: FBT001, FBT002 - as in pybtex
        """Return the name as rich text, where the style itself returns a template of it."""
        name = str(person), abbr
        if name not in self._known:
            self._known[name] = self.style.format(person, abbr).format_data({})
        return self._known[name]


class Citations:
    """Formats the citations of one build; entries and labels are made once.

    Args:
        catalog: The papers.
        style: The reference style of sphinxcontrib-bibtex.
        label_style: The name of the pybtex style that sorts entries and makes labels.
        cited: The keys that pages cite, in reading order, which some styles sort by.
    """

    def __init__(
        self, catalog: Catalog, style: Any, label_style: str, cited: Iterable[str]
    ) -> None:
        self.catalog = catalog
        self.style = style
        person = getattr(style, "person", None)
        if isinstance(person, PersonStyle) and not isinstance(person.style_plugin, _NameMemory):
            person.style_plugin = _NameMemory(person.style_plugin)
        self.label_style = label_style
        self.cited = [key for key in dict.fromkeys(cited) if key in catalog.papers]
        self.backend = pybtex_docutils.Backend()
        self._labels: dict[str, str] | None = None
        self._entries: dict[str, Entry] = {}
        self._short_entries: dict[str, Entry] = {}

    def entry(self, paper: Paper) -> Entry:
        """Return the pybtex entry of a paper."""
        known = self._entries.get(paper.key)
        if known is None:
            known = self._entries[paper.key] = make_entry(paper)
        return known

    def entry_for(self, paper: Paper, role: str) -> Entry:
        """Return the pybtex entry of a paper with as many persons as a role looks at.

        Stock's own styles print the first of three or more with "et al.", but format all of
        them; the roles that print everybody end in an s.
        """
        module = type(self.style).__module__
        person = getattr(self.style, "person", None)
        if (
            role.endswith("s")
            or not module.startswith("sphinxcontrib.bibtex.style.referencing")
            or getattr(person, "other", None) is None
        ):
            return self.entry(paper)
        known = self._short_entries.get(paper.key)
        if known is None:
            known = self._short_entries[paper.key] = make_entry(paper, most_persons=3)
        return known

    def label(self, key: str) -> str:
        """Return the label of a paper in the list of references, such as ``HSW+22``."""
        if self._labels is None:
            papers = self.catalog.papers
            keys = dict.fromkeys((*self.cited, *papers))
            entries = [self.entry(papers[one]) for one in keys]
            self._labels = make_labels(entries, self.label_style)
        return self._labels[key]

    @cached_property
    def _ranks(self) -> dict[str, int]:
        return {key: rank for rank, key in enumerate(self.cited)}

    def sort(self, keys: Iterable[str]) -> list[str]:
        """Return the keys of one citation in the order in which stock prints them.

        That is the order of its list of references: sorted by the pybtex style, and for styles
        that do not sort by first citation. Keys that the catalog lacks are left out.
        """
        known = [key for key in dict.fromkeys(keys) if key in self.catalog.papers]
        if len(known) < 2:
            return known
        known.sort(key=lambda key: self._ranks.get(key, len(self._ranks)))
        entries = [self.entry(self.catalog.papers[key]) for key in known]
        return [entry.key for entry in sort_entries(entries, self.label_style)]

    def format(
        self,
        role: str,
        targets: Iterable[CitationTarget],
        builder: Builder,
        fromdocname: str,
        todocname: str,
    ) -> list[nodes.Node]:
        """Return the nodes of a citation; keys that the catalog lacks are left out."""
        references = []
        by_key = {target.key: target for target in targets}
        for key in self.sort(by_key):
            paper, target = self.catalog.papers[key], by_key[key]
            label = self.label(paper.key) if needs_label(self.style, role) else ""
            info = SphinxReferenceInfo(
                builder=cast("Builder", _LinkTarget(builder)),
                fromdocname=fromdocname,
                todocname=todocname,
                citation_id="ref-" + self.catalog.anchor(paper.key),
                title=describe(paper),
                pre_text=target.pre,
                post_text=target.post,
            )
            formatted = FormattedEntry(paper.key, Text(), label)
            references.append((self.entry_for(paper, role), formatted, info))
        if not references:
            return []
        try:
            text = format_references(self.style, role, references)
        except ValueError:
            plain = [
                (make_plain_entry(self.catalog.papers[entry.key]), formatted, info)
                for entry, formatted, info in references
            ]
            text = format_references(self.style, role, plain)
        return cast("list[nodes.Node]", text.render(self.backend))


@lru_cache(maxsize=32768)
def _describe(title: str, authors: tuple[str, ...], truncated: bool, venue: str) -> str:
    return ". ".join(part for part in (abbreviate(authors, truncated, 3), title, venue) if part)


def describe(paper: Paper) -> str:
    """Return the paper in one line, for hover text."""
    people = tuple(one.full for one in paper.authors or paper.editors)
    venue = " ".join(part for part in (parse(paper.venue).text, str(paper.year or "")) if part)
    return _describe(parse(paper.title).text, people, paper.truncated, venue)


def needs_label(style: Any, role: str) -> bool:
    """Whether a role of a reference style prints the label."""
    names = {type(one).__name__ for one in (style, getattr(style, "role_style", {}).get(role))}
    return "label" in role or any("Label" in name or "Super" in name for name in names)


def get_citations(env: BuildEnvironment, domain: SurveyDomain) -> Citations:
    """Return the formatter of this build."""
    cite = cast("BibtexDomain", env.get_domain("cite"))
    if domain.citations is None:
        survey = domain.settle()
        domain.citations = Citations(
            domain.catalog,
            # An instance of our own: it is given a memory for names.
            type(cite.reference_style)(),
            env.config.bibtex_default_style,
            (
                key
                for docname in survey.order
                for mention in (survey.pages[docname].mentions if docname in survey.pages else ())
                if mention.kind == "cite"
                for key in mention.keys
            ),
        )
    return cast("Citations", domain.citations)


class ResolveCitations(SphinxPostTransform):
    """Replace each ``cite`` reference by its text, linked to the list of references."""

    # Ahead of Sphinx's ReferencesResolver (10), which would ask stock's resolve_xref.
    default_priority = 8

    def run(self, **kwargs: Any) -> None:
        """Resolve the citations of one document, or of the assembled tree in LaTeX."""
        found = [
            node
            for node in self.document.findall(addnodes.pending_xref)
            if node.get("refdomain") == "cite"
        ]
        if not found:
            return
        domain = get_survey_domain(self.env)
        citations = get_citations(self.env, domain)
        todocname = domain.settle().references
        for node in found:
            targets = list(parse_citation_targets(node["reftarget"]))
            docname = node.get("refdoc") or self.env.current_document.docname
            result = nodes.inline(node.rawsource, "", classes=["bibtex-citation"])
            result["keys"] = tuple(one.key for one in targets)
            result += citations.format(node["reftype"], targets, domain.builder, docname, todocname)
            for target in targets:
                if target.key not in citations.catalog.papers:
                    # Named at its line when the pages were settled; here it stays visible.
                    if result.children:
                        result += nodes.Text(" ")
                    result += nodes.inline("", f"[{target.key}?]", classes=["ls-unresolved"])
            node.replace_self(result)


def on_builder_inited(app: Sphinx) -> None:
    """Tell sphinxcontrib-bibtex that the .bib is read, so that it does not parse it itself.

    Its own reading (priority 500) ends the build at a missing comma and drops what follows a
    repeated key, and its result is pickled. This runs before it, at 400.
    """
    domain = get_survey_domain(app.env)
    settings: Settings = domain.settings
    pybtex_data = app.env.get_domain("cite").data
    pybtex_data["bibdata"] = BibData(
        encoding=app.config.bibtex_encoding,
        bibfiles={path: BibFile(get_mtime(path), {}) for path in settings.bibliographies},
        data=pybtex.database.BibliographyData(),
    )
    # Without this pybtex reads the installed entry points again for each use of the backend.
    pybtex.plugin.register_plugin("pybtex.backends", "plaintext", PlainTextBackend, force=True)

