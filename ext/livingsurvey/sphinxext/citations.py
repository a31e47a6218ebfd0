"""Citations in the text: the words of sphinxcontrib-bibtex, found in time linear in their number.

Stock sphinxcontrib-bibtex (2.7.0) walks all citations for each reference, numbers its anchors by
position and leaves citing pages stale. Its reference styles are sound, so this module keeps them:
each ``cite`` reference is formatted by the public ``format_references`` with the entry and the
anchor looked up by key. It runs ahead of Sphinx's resolver, so stock's own never sees a reference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pybtex.plugin
from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinxcontrib.bibtex.bibfile import BibData, BibFile, get_mtime
from sphinxcontrib.bibtex.citation_target import parse_citation_targets
from sphinxcontrib.bibtex.roles import CiteRole
from sphinxcontrib.bibtex.style.names.last import LastNameStyle

from livingsurvey.diagnostics import Code
from livingsurvey.sphinxext.domain import SurveyDomain, get_survey_domain
from livingsurvey.sphinxext.nodes import cited
from livingsurvey.sphinxext.reporting import log_problem
from livingsurvey.sphinxext.roles import FrugalRole

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment
    from sphinxcontrib.bibtex.domain import BibtexDomain

    from livingsurvey.sphinxext.citation_texts import Citations
    from livingsurvey.sphinxext.config import Settings


WRITTEN_AT_ONCE = frozenset({"html", "dirhtml"})
"""Builders that look for no links of ours in the trees: these may hold citations as mere text."""


class CitationRole(FrugalRole, CiteRole):
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
        return super().run()


def get_citations(env: BuildEnvironment, domain: SurveyDomain) -> Citations:
    """Return the formatter of this build."""
    cite = cast("BibtexDomain", env.get_domain("cite"))
    if domain.citations is None:
        # They take long to import, and a build that changes nothing spells no citation out.
        from pybtex.backends.plaintext import Backend as PlainTextBackend  # noqa: PLC0415

        from livingsurvey.sphinxext.citation_texts import Citations  # noqa: PLC0415

        survey = domain.settle()
        # Without this pybtex reads the installed entry points again for each use of the backend.
        pybtex.plugin.register_plugin("pybtex.backends", "plaintext", PlainTextBackend, force=True)
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
    """Replace each ``cite`` reference by its text, linked to the list of references.

    In HTML the text itself comes later, with :class:`FillCitations`.
    """

    # Ahead of Sphinx's ReferencesResolver (10), which would ask stock's resolve_xref.
    default_priority = 8

    def run(self, **kwargs: Any) -> None:
        """Take over the citations of one document, or of the assembled tree in LaTeX."""
        found = [
            node
            for node in self.document.findall(addnodes.pending_xref)
            if node.get("refdomain") == "cite"
        ]
        builder = get_survey_domain(self.env).builder
        kind = cited if builder.name in WRITTEN_AT_ONCE else nodes.inline
        for node in found:
            targets = tuple(parse_citation_targets(node["reftarget"]))
            result = kind(node.rawsource, "", classes=["bibtex-citation"])
            result["keys"] = tuple(one.key for one in targets)
            docname = node.get("refdoc") or self.env.current_document.docname
            result["citation"] = node["reftype"], targets, docname
            node.replace_self(result)
        if builder.format != "html":
            fill_citations(self.document, self.env)


class FillCitations(SphinxPostTransform):
    """Spell the citations of a page out, once Sphinx's own transforms have walked its tree.

    There are a dozen of these, and on a page with many citations most of the nodes are theirs.
    """

    # Behind furo's (500), ahead of ours that look at text (800).
    default_priority = 590
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Fill the citations of one document."""
        fill_citations(self.document, self.env)


def fill_citations(document: nodes.document, env: BuildEnvironment) -> None:
    """Give the citations of a tree their text and their links."""
    found = [node for node in document.findall(nodes.inline) if "citation" in node]
    if not found:
        return
    from livingsurvey.sphinxext.citation_texts import Aim  # noqa: PLC0415 - as above

    domain = get_survey_domain(env)
    citations = get_citations(env, domain)
    todocname = domain.settle().references
    aims: dict[str, Aim] = {}
    for node in found:
        role, targets, docname = node.attributes.pop("citation")
        if docname not in aims:
            aims[docname] = Aim.find(domain.builder, docname, todocname)
        cutout = citations.cut(role, targets) if isinstance(node, cited) else None
        if cutout is not None:
            node["cutout"], node["aim"] = cutout, aims[docname]
            node.extend(nodes.Text(one) for one in cutout.words)
            continue
        spelled = citations.format(role, targets, aims[docname])
        for target in targets:
            if target.key not in citations.catalog.papers:
                # Named at its line when the pages were settled; here it stays visible.
                spelled += [nodes.Text(" ")] if spelled else []
                spelled += [nodes.inline("", f"[{target.key}?]", classes=["ls-unresolved"])]
        node.extend(spelled)


def on_builder_inited(app: Sphinx) -> None:
    """Tell sphinxcontrib-bibtex that the .bib is read, so that it does not parse it itself.

    Its own reading (priority 500) ends the build at a missing comma and drops what follows a
    repeated key, and its result is pickled. This runs before it, at 400.
    """
    # Without this pybtex reads the installed entry points for each style that names people so.
    pybtex.plugin.register_plugin("pybtex.style.names", "last", LastNameStyle, force=True)
    domain = get_survey_domain(app.env)
    settings: Settings = domain.settings
    pybtex_data = app.env.get_domain("cite").data
    pybtex_data["bibdata"] = BibData(
        encoding=app.config.bibtex_encoding,
        bibfiles={path: BibFile(get_mtime(path), {}) for path in settings.bibliographies},
        data=pybtex.database.BibliographyData(),
    )
