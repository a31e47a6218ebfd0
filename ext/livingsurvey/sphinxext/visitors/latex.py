r"""LaTeX for our nodes, in the macros of ``livingsurvey.sty``.

Titles and names reach the writer as text, which it escapes; so nothing of the .bib is ever TeX.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from livingsurvey.sphinxext.nodes import paper_card
from livingsurvey.sphinxext.render import abbreviate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docutils.nodes import Element
    from sphinx.writers.latex import LaTeXTranslator

    from livingsurvey.sphinxext.nodes import (
        Link,
        PaperFacts,
        paper_group,
        paper_line,
        paper_listing,
        paper_note,
        paper_title,
        reference_item,
        reference_list,
    )


def _targets(self: LaTeXTranslator, node: Element) -> str:
    # The listing knows its document: in LaTeX all documents are one tree.
    return "".join(
        self.hypertarget(f"{node['docname']}:{one}", withdoc=False) for one in node["ids"]
    )


def _limit(self: LaTeXTranslator) -> int:
    return int(self.config.livingsurvey_author_limit)


def latex_visit_paper_listing(self: LaTeXTranslator, node: paper_listing) -> None:
    """Mark the place of a listing."""
    self.body.append(f"\n\n{_targets(self, node)}\n")


def latex_depart_paper_listing(self: LaTeXTranslator, node: paper_listing) -> None:
    """Leave it."""


def latex_visit_paper_group(self: LaTeXTranslator, node: paper_group) -> None:
    """Open a list of papers."""
    self.body.append(f"\\begin{{lspapers}}{{{node['kind']}}}\n")


def latex_depart_paper_group(self: LaTeXTranslator, node: paper_group) -> None:
    """Close it."""
    self.body.append("\\end{lspapers}\n")


def latex_visit_paper_card(self: LaTeXTranslator, node: paper_card) -> None:
    """Open the full entry of a paper."""
    name = self.encode(node.facts.name)
    self.body.append(f"\\lspaper{{{_targets(self, node)}}}{{{name}}}{{")


def latex_depart_paper_card(self: LaTeXTranslator, node: paper_card) -> None:
    """Write its links, and close it."""
    links = _external(self, node.facts.links)
    others = _internal(self, node.links("other_links"))
    also = f"Also in {', '.join(others)}." if others else ""
    self.body.append(f"\\lslinks{{{', '.join(links)}}}{{{also}}}\n\\endlspaper\n")


def latex_visit_paper_line(self: LaTeXTranslator, node: paper_line) -> None:
    """Open the short entry of a paper."""
    self.body.append(f"\\lsline{{{self.encode(node.facts.name)}}}{{")


def latex_depart_paper_line(self: LaTeXTranslator, node: paper_line) -> None:
    """Write who and when, and the link home; close it."""
    by = _byline(self, node.facts)
    home = "".join(_internal(self, node.links("home_link")))
    self.body.append(f"}}{{{by}}}{{{home}}}\n")


def latex_visit_paper_title(self: LaTeXTranslator, node: paper_title) -> None:
    """Open a title: the argument that its parent left open."""


def latex_depart_paper_title(self: LaTeXTranslator, node: paper_title) -> None:
    """Close the title; in a full entry the authors follow."""
    if isinstance(node.parent, paper_card):
        self.body.append(f"}}{{{_byline(self, node.parent.facts)}}}\n")


def latex_visit_paper_note(self: LaTeXTranslator, node: paper_note) -> None:
    """Open the annotation."""
    self.body.append("\\lsnote{")


def latex_depart_paper_note(self: LaTeXTranslator, node: paper_note) -> None:
    """Close it."""
    self.body.append("}\n")


def latex_visit_reference_list(self: LaTeXTranslator, node: reference_list) -> None:
    """Open the list of references."""
    self.body.append("\\begin{lsreferences}\n")


def latex_depart_reference_list(self: LaTeXTranslator, node: reference_list) -> None:
    """Close it."""
    self.body.append("\\end{lsreferences}\n")


def latex_visit_reference_item(self: LaTeXTranslator, node: reference_item) -> None:
    """Open a reference with its authors and year."""
    facts = node.facts
    who = self.encode(facts.inverted)
    year = self.encode(facts.year or "n.d.")
    self.body.append(f"\\lsreference{{{_targets(self, node)}}}{{{who}}}{{{year}}}{{")


def latex_depart_reference_item(self: LaTeXTranslator, node: reference_item) -> None:
    """Write venue, links and the sections that speak of the paper; close it."""
    facts = node.facts
    links = ", ".join(_external(self, facts.links))
    cited = ", ".join(_internal(self, node.links("mention_links")))
    self.body.append(f"}}{{{self.encode(facts.venue)}}}{{{links}}}{{{cited}}}\n")


def _byline(self: LaTeXTranslator, facts: PaperFacts) -> str:
    who = self.encode(abbreviate(facts.authors, facts.truncated, _limit(self)))
    venue = f"\\emph{{{self.encode(facts.venue)}}}" if facts.venue else ""
    where = " ".join(part for part in (venue, self.encode(facts.year)) if part)
    return ". ".join(part for part in (who, where) if part)


def _external(self: LaTeXTranslator, links: Iterable[tuple[str, str]]) -> list[str]:
    return [f"\\href{{{self.encode_uri(uri)}}}{{{self.encode(label)}}}" for label, uri in links]


def _internal(self: LaTeXTranslator, links: Iterable[Link]) -> list[str]:
    written = []
    for link in links:
        document, _, anchor = link.uri.removeprefix("%").partition("#")
        text = self.encode(link.text)
        target = f"{document}:{anchor}" if anchor else f"{document}::doc"
        written.append(f"{self.hyperlink(target)}{text}}}}}" if link.uri else text)
    return written


VISITORS = {
    "paper_listing": (latex_visit_paper_listing, latex_depart_paper_listing),
    "paper_group": (latex_visit_paper_group, latex_depart_paper_group),
    "paper_card": (latex_visit_paper_card, latex_depart_paper_card),
    "paper_line": (latex_visit_paper_line, latex_depart_paper_line),
    "paper_title": (latex_visit_paper_title, latex_depart_paper_title),
    "paper_note": (latex_visit_paper_note, latex_depart_paper_note),
    "reference_list": (latex_visit_reference_list, latex_depart_reference_list),
    "reference_item": (latex_visit_reference_item, latex_depart_reference_item),
}
"""By the name of the node: how to enter and leave it."""
