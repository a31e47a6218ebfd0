"""``{survey:references}``: every paper of the survey, once."""

from __future__ import annotations

from html import escape
from itertools import islice
from typing import TYPE_CHECKING

from docutils import nodes
from docutils.nodes import SkipNode

from livingsurvey.diagnostics import Code
from livingsurvey.queries import AllPapers
from livingsurvey.sphinxext.config import log_problem
from livingsurvey.sphinxext.domain import SurveyDirective
from livingsurvey.sphinxext.entries import get_entries, words_of, write_entries
from livingsurvey.sphinxext.entries_html import (
    write_external,
    write_ids,
    write_internal,
)
from livingsurvey.sphinxext.entries_latex import break_words, list_external, write_targets
from livingsurvey.sphinxext.nodes import (
    fold_papers,
    reference_item,
    reference_list,
    reference_part,
)

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator
    from sphinx.writers.latex import LaTeXTranslator

    from livingsurvey.model import Paper


class ReferencesDirective(SurveyDirective):
    """List every paper of the survey as a list of references, once."""

    def run(self) -> list[nodes.Node]:
        """Return the list; citations in all pages link to it."""
        papers: tuple[Paper, ...] = self.ask(AllPapers())
        if self.page.references:
            log_problem(
                Code.REFERENCES_TWICE,
                "this page already holds the list of references",
                self.get_location(),
            )
            return []
        self.page.references = self.lineno
        node = reference_list(docname=self.docname, keys=tuple(paper.key for paper in papers))
        self.set_source_info(node)
        node += fold_papers(papers)
        return [node] if papers else [self.say_nothing()]


_PART = 40
"""Entries in a part of the list."""


def html_visit_reference_list(self: HTML5Translator, node: reference_list) -> None:
    """Write the list of references, in parts: browsers lay out only those that are seen."""
    entries = get_entries(self.builder.env).expand(node)
    while part := list(islice(entries, _PART)):
        self.body.append('<ul class="ls-references">\n')
        for entry in part:
            entry.walkabout(self)
        self.body.append("</ul>\n")
    raise SkipNode


def html_visit_reference_item(self: HTML5Translator, node: reference_item) -> None:
    """Open a reference."""
    self.body.append(f"<li{write_ids(node)}>")


def html_depart_reference_item(self: HTML5Translator, node: reference_item) -> None:
    """Write its links, and the sections that speak of the paper; close it."""
    facts, words = node.facts, words_of(self)
    links = " ".join(write_external(facts.links, words))
    out = [f' <span class="ls-links">{links}</span>'] if links else []
    cited = write_internal(node.links("mention_links"))
    listed = write_internal(node.links("listing_links"))
    home = node.links("home_link")
    where = []
    if cited:
        where.append(words.gettext("Cited in {places}", places=", ".join(cited)))
    if listed:
        where.append(words.gettext("Listed in {places}", places=", ".join(listed)))
    if where:
        out.append(f' <span class="ls-where">{". ".join(where)}.</span>')
    if home and home[0].uri:
        text = words.gettext("Full entry")
        hint = words.gettext("Full entry in {place}", place=home[0].text)
        out.append(
            f' <a class="ls-entry reference internal" href="{escape(home[0].uri)}"'
            f' title="{escape(hint)}">{escape(text)}</a>'
        )
    out.append("</li>\n")
    self.body.append("".join(out))


_CLASSES = {"label": "ls-label", "people": "ls-authors", "year": "ls-year", "venue": "ls-venue"}


def html_visit_reference_part(self: HTML5Translator, node: reference_part) -> None:
    """Open words with a look of their own."""
    self.body.append(f'<span class="{_CLASSES[node["kind"]]}">')


def html_depart_reference_part(self: HTML5Translator, node: reference_part) -> None:
    """Close them."""
    self.body.append("</span>")


def latex_visit_reference_list(self: LaTeXTranslator, node: reference_list) -> None:
    """Write the list of references."""
    self.body.append("\\begin{lsreferences}\n")
    write_entries(self, node)
    self.body.append("\\end{lsreferences}\n")
    raise nodes.SkipNode


def latex_visit_reference_item(self: LaTeXTranslator, node: reference_item) -> None:
    """Open a reference."""
    break_words(node)
    self.body.append(f"\\lsreference{{{write_targets(self, node)}}}{{")


def latex_depart_reference_item(self: LaTeXTranslator, node: reference_item) -> None:
    """Write links and the pages that speak of the paper; close it."""
    pages = ",".join(node.get("pages", ()))
    links = list_external(node.facts, words_of(self))
    self.body.append(f"}}{{{links}}}{{{pages}}}{{{node.get('home_page', '')}}}\n")


def latex_visit_reference_part(self: LaTeXTranslator, node: reference_part) -> None:
    """Open words with a look of their own."""
    self.body.append("\\emph{" if node["kind"] == "venue" else "")


def latex_depart_reference_part(self: LaTeXTranslator, node: reference_part) -> None:
    """Close them."""
    self.body.append("}" if node["kind"] == "venue" else "")


def setup(app: Sphinx) -> None:
    """Register the directive, and the nodes with their visitors."""
    app.add_directive_to_domain("survey", "references", ReferencesDirective)
    app.add_node(
        reference_list,
        html=(html_visit_reference_list, None),
        latex=(latex_visit_reference_list, None),
    )
    app.add_node(
        reference_item,
        html=(html_visit_reference_item, html_depart_reference_item),
        latex=(latex_visit_reference_item, latex_depart_reference_item),
    )
    app.add_node(
        reference_part,
        html=(html_visit_reference_part, html_depart_reference_part),
        latex=(latex_visit_reference_part, latex_depart_reference_part),
    )
