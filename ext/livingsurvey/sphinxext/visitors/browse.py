"""HTML and LaTeX for lists of authors: thousands of links, so as little around each as can be."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from docutils.nodes import SkipNode

if TYPE_CHECKING:
    from sphinx.writers.html5 import HTML5Translator
    from sphinx.writers.latex import LaTeXTranslator

    from livingsurvey.sphinxext.nodes import author_list


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
