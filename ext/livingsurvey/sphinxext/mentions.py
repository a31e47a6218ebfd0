"""Collecting what a page says of papers, when it has been read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx import addnodes
from sphinxcontrib.bibtex.citation_target import parse_citation_targets

from livingsurvey.sphinxext.domain import get_survey_domain
from livingsurvey.sphinxext.nodes import drawing, paper_card, paper_line, paper_listing
from livingsurvey.sphinxext.tables import Mention

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx

    from livingsurvey.sphinxext.tables import Page


def on_doctree_read(app: Sphinx, doctree: nodes.document) -> None:
    """Remember every mention of a paper and every link to a category of the page just read.

    This runs at priority 880, behind MyST, which makes ``[](#key)`` a reference at 879.
    """
    domain = get_survey_domain(app.env)
    page = domain.tables.page(app.env.current_document.docname)
    mentions: list[Mention] = []
    categories: list[tuple[str, int]] = []
    for node in doctree.findall(_speaks_of_papers):
        sections = _enclosing_sections(node)
        section, title = sections[-1] if sections else ("", "")
        if isinstance(node, paper_listing):
            keys = tuple(
                child.facts.key  # type: ignore[attr-defined]
                for child in node.findall(_is_paper)
            )
            mentions.append(Mention("list", keys, node.line or 0, section, title, section))
            _place_home(page, node, tuple(one for one, _ in sections))
            continue
        line = _find_line(node)
        target = node["reftarget"]
        if node["refdomain"] == "cite":
            keys = tuple(one.key for one in parse_citation_targets(target))
            anchor = node["ids"][0] if node["ids"] else section
            wants_label = "label" in node["reftype"]
            mentions.append(Mention("cite", keys, line, section, title, anchor, wants_label))
        elif node["reftype"] == "paper":
            mentions.append(Mention("name", (target,), line, section, title, section))
        else:
            categories.append((target, line))
    for node in doctree.findall(drawing):
        # Line 0: a picture of the whole taxonomy may show what has no section yet.
        targets = (link.target for link in node["picture"].links)
        categories.extend((name, 0) for kind, name in targets if kind == "category")
    page.mentions = tuple(mentions)
    page.categories = tuple(categories)


def _is_paper(node: nodes.Node) -> bool:
    return isinstance(node, (paper_card, paper_line))


def _speaks_of_papers(node: nodes.Node) -> bool:
    if isinstance(node, paper_listing):
        return True
    return isinstance(node, addnodes.pending_xref) and (
        node.get("refdomain") == "cite"
        or (node.get("refdomain") == "survey" and node.get("reftype") in {"paper", "category"})
    )


def _place_home(page: Page, node: paper_listing, sections: tuple[str, ...]) -> None:
    home = page.homes.get(node["tag"])
    if node["is_home"] and home is not None:
        page.homes[node["tag"]] = replace(home, sections=sections)


def _enclosing_sections(node: nodes.Node) -> list[tuple[str, str]]:
    """Return (id, title) of the sections around a node; the outermost is the page, id ``""``."""
    found: list[tuple[str, str]] = []
    parent = node.parent
    while parent is not None:
        if isinstance(parent, nodes.section):
            found.append((parent["ids"][0] if parent["ids"] else "", _title_of(parent)))
        parent = parent.parent
    found.reverse()
    if found:
        found[0] = ("", found[0][1])
    return found


def _title_of(section: nodes.section) -> str:
    titles: Iterator[nodes.title] = section.findall(nodes.title)
    return next((title.astext() for title in titles), "")


def _find_line(node: nodes.Node) -> int:
    while node is not None:
        if node.line:
            return int(node.line)
        node = node.parent
    return 0
