"""HTML and LaTeX for browsing and taking away.

A list of authors has thousands of links, so as little stands around each as can be.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from docutils.nodes import SkipNode

from livingsurvey.exports import FORMATS
from livingsurvey.exports.formats import PER_CATEGORY, locate
from livingsurvey.sphinxext.nodes import child_of, paper_group
from livingsurvey.sphinxext.sites import is_site, link_file

if TYPE_CHECKING:
    from sphinx.writers.html5 import HTML5Translator
    from sphinx.writers.latex import LaTeXTranslator

    from livingsurvey.sphinxext.nodes import author_list, paper_card, paper_listing


def html_visit_author_list(self: HTML5Translator, node: author_list) -> None:
    """Write the authors of a letter; their names in the text of the node are for the search."""
    uris = node["uris"]
    self.body.append('<ul class="ls-people">\n')
    for name, entries in node["entries"]:
        papers = []
        for key, text, year in entries:
            uri = uris.get(key)
            shown = f'<a href="{escape(uri)}">{escape(text)}</a>' if uri else escape(text)
            papers.append(f"{shown} {year}".rstrip())
        self.body.append(f"<li><b>{escape(name)}</b> {', '.join(papers)}</li>\n")
    self.body.append("</ul>\n")
    raise SkipNode


def write_coins_span(self: HTML5Translator, node: paper_card) -> str:
    """Return the span by which reference managers find a paper in a page; empty to readers."""
    if not is_site(self.builder):
        return ""
    return f'<span class="Z3988" title="{escape(node["coins"])}" aria-hidden="true"></span>'


def write_take_away(self: HTML5Translator, node: paper_listing) -> str:
    """Return links to the files of a category; ``""`` where there are no such files."""
    if not is_site(self.builder) or child_of(node, paper_group) is None:
        return ""
    links = ", ".join(
        f'<a class="reference internal"'
        f' href="{escape(link_file(self.builder, node["docname"], path))}">'
        f"{FORMATS[name].title}</a>"
        for name in PER_CATEGORY
        for path in [locate(name, "", node["tag"])]
    )
    return f'<p class="ls-take-away">Take away all of {escape(node["title"])}: {links}</p>\n'


def latex_visit_author_list(self: LaTeXTranslator, node: author_list) -> None:
    """Write them in two columns of small print."""
    uris = node["uris"]
    lines = []
    for name, entries in node["entries"]:
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
