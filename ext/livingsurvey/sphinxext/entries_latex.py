"""LaTeX for our nodes, in the macros of ``livingsurvey.sty``.

Titles and names reach the writer as text, which it escapes; so nothing of the .bib is ever TeX.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docutils import nodes

from livingsurvey.markup import cut_long_words, escape_tex, escape_url, is_safe_url
from livingsurvey.reference import close
from livingsurvey.sphinxext.entries import limit_of, words_of, write_entries
from livingsurvey.sphinxext.nodes import (
    abbreviate,
    paper_card,
    paper_group,
    paper_line,
    paper_listing,
    paper_note,
    paper_title,
    spell_link,
    write_children,
    writes,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docutils.nodes import Element
    from sphinx.writers.latex import LaTeXTranslator

    from livingsurvey.sphinxext.nodes import (
        PageLink,
        PaperFacts,
    )
    from livingsurvey.words import Words


_LONG_RUN = re.compile(r"[^/._?&=-]{24}(?=[^/._?&=-]{6})")


_BREAKABLE = re.compile(r"(?<=[/._?&=-])(?=[^/.])")


def write_targets(self: LaTeXTranslator, node: Element) -> str:
    """Return the anchors of a node."""
    # The listing knows its document: in LaTeX all documents are one tree.
    return "".join(
        self.hypertarget(f"{node['docname']}:{anchor}", withdoc=False) for anchor in node["ids"]
    )


def pass_by(self: LaTeXTranslator, node: Element) -> None:
    """Write nothing: what is in the node stands for itself."""


@writes
def latex_visit_paper_listing(self: LaTeXTranslator, node: paper_listing) -> Iterator[str]:
    """Mark the place of a listing, and write it."""
    yield f"\n\n{write_targets(self, node)}\n"
    write_children(self, node)


@writes
def latex_visit_paper_group(self: LaTeXTranslator, node: paper_group) -> Iterator[str]:
    """Write a list of papers; the number over it is that of the whole listing, as on the site."""
    groups = node.parent.children if isinstance(node.parent, paper_listing) else [node]
    count = sum(len(group["keys"]) for group in groups if isinstance(group, paper_group))
    yield f"\\begin{{lspapers}}{{{node['kind']}}}{{{count}}}\n"
    write_entries(self, node)
    yield "\\end{lspapers}\n"


@writes
def latex_visit_paper_card(self: LaTeXTranslator, node: paper_card) -> Iterator[str]:
    """Write the full entry of a paper."""
    mark = f"\\label{{{node['mark']}}}" if node.get("mark") else ""
    yield f"\\lspaper{{{write_targets(self, node)}{mark}}}{{"
    yield from _write_title(self, node)
    links = list_external(node.facts, words_of(self))
    others = ", ".join(write_links(self, node.links("other_links")))
    yield f"}}{{{_byline(self, node.facts)}}}{{{links}}}{{{others}}}\n"
    for note in node.findall(paper_note):
        break_words(note)
        yield "\\lsnote{"
        write_children(self, note)
        yield "}\n"
    yield "\\lsendpaper\n"


@writes
def latex_visit_paper_line(self: LaTeXTranslator, node: paper_line) -> Iterator[str]:
    """Write the short entry of a paper: its title, who and when, and the page of the full entry."""
    yield "\\lsline{"
    yield from _write_title(self, node)
    (title,) = node.findall(paper_title)
    home = node.get("home_page", "")
    yield f"{close(title.astext())}}}{{{_byline(self, node.facts)}}}{{{home}}}\n"


def _write_title(self: LaTeXTranslator, node: paper_card | paper_line) -> Iterator[str]:
    """Yield the name and the title of a paper: an argument, and one that stays open.

    Where the name begins the title, before a colon, ``lsname`` prints both: it is taken off there.
    """
    (title,) = node.findall(paper_title)
    first, name = next(iter(title.children), None), node.facts.name
    has_colon = isinstance(first, nodes.Text) and first.startswith(f"{name}: ")
    if has_colon:
        title[0] = nodes.Text(title[0].astext().removeprefix(f"{name}: "))
    yield f"{self.encode(name)}{':' if has_colon else ''}}}{{"
    break_words(title)
    write_children(self, title)


def break_words(node: Element) -> None:
    """Let lines break within words that are too long for XeTeX."""
    for text in list(node.findall(nodes.Text)):
        first, *rest = cut_long_words(str(text))
        if rest and text.parent is not None:
            pieces: list[nodes.Node] = [nodes.Text(first)]
            for piece in rest:
                pieces += (nodes.raw("", r"\allowbreak{}", format="latex"), nodes.Text(piece))
            text.parent.replace(text, pieces)


def _byline(self: LaTeXTranslator, facts: PaperFacts) -> str:
    who = self.encode(abbreviate(facts.authors, facts.truncated, limit_of(self), words_of(self)))
    venue = self.encode(facts.venue)
    venue = f"\\emph{{{venue}}}" if venue and facts.is_titled else venue
    parts = (who, " ".join(filter(None, [venue, self.encode(facts.year)])))
    return " ".join(part if part.endswith(".") else f"{part}." for part in parts if part)


def list_external(facts: PaperFacts, words: Words) -> str:
    """Return the links of a paper that leave the book."""
    written = []
    for label, uri in facts.links:
        if is_safe_url(uri):
            text = spell_link(label, uri, words)
            shown = escape_tex(text) if label == "arXiv" else _allow_breaks(text)
            written.append(f"\\href{{{escape_url(uri)}}}{{{shown}}}")
    return ", ".join(written)


def _allow_breaks(text: str) -> str:
    parts = _BREAKABLE.split(_LONG_RUN.sub("\\g<0>\0", text))
    pieces = (piece for part in parts for piece in part.split("\0"))
    return r"\allowbreak{}".join(escape_tex(piece) for piece in pieces)


def write_links(self: LaTeXTranslator, links: Iterable[PageLink]) -> list[str]:
    """Return links within the book; the text alone where there is no address."""
    written = []
    for link in links:
        document, _, anchor = link.uri.removeprefix("%").partition("#")
        text = self.encode(link.text)
        target = f"{document}:{anchor}" if anchor else f"{document}::doc"
        written.append(f"{self.hyperlink(target)}{text}}}}}" if link.uri else text)
    return written


VISITORS: dict[type[Element], tuple[Any, Any]] = {
    paper_listing: (latex_visit_paper_listing, None),
    paper_group: (latex_visit_paper_group, None),
    paper_card: (latex_visit_paper_card, None),
    paper_line: (latex_visit_paper_line, None),
    paper_title: (pass_by, pass_by),
}
"""By kind of node: how to enter and leave it; entries write their titles and annotations."""
