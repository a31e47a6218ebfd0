"""Collecting what a page says of papers, when it has been read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx import addnodes

from livingsurvey.markup import search_key
from livingsurvey.sphinxext.bibtex_bridge import parse_targets
from livingsurvey.sphinxext.domain import get_survey_domain
from livingsurvey.sphinxext.nodes import drawing, paper_group, paper_listing
from livingsurvey.sphinxext.sentences import Block, find_block
from livingsurvey.sphinxext.tables import Mention

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx

    from livingsurvey.sphinxext.tables import Page, Part


def on_doctree_read(app: Sphinx, doctree: nodes.document) -> None:
    """Remember every mention of a paper and every link to a category of the page just read.

    This runs at priority 880, behind MyST, which makes ``[](#key)`` a reference at 879.
    """
    domain = get_survey_domain(app.env)
    page = domain.tables.page(app.env.current_document.docname)
    mentions: list[Mention] = []
    categories: list[tuple[str, int]] = []
    blocks = _Blocks()
    for node in doctree.findall(_speaks_of_papers):
        sections = _enclosing_sections(node)
        section, title = sections[-1] if sections else ("", "")
        if isinstance(node, paper_listing):
            groups = (child for child in node.children if isinstance(child, paper_group))
            keys = tuple(key for group in groups for key in group["keys"])
            sections = _cut_to_category(sections, node["title"])
            section, title = sections[-1] if sections else ("", "")
            anchor = node["ids"][0] if node["ids"] else section
            mentions.append(Mention("list", keys, node.line or 0, section, title, anchor))
            _place_home(page, node, tuple(one for one, _ in sections))
            continue
        assert isinstance(node, nodes.Element)  # noqa: S101 - for the type checker
        line = _find_line(node)
        if "keys" in node:  # citations in footnotes
            _, block = blocks.locate(node)
            mentions.append(
                Mention("name", node["keys"], line, section, title, section, False, (), block)
            )
            continue
        target = node["reftarget"]
        if node["refdomain"] == "cite":
            keys = tuple(one.key for one in parse_targets(target))
            anchor = node["ids"][0] if node["ids"] else section
            wants_label = "label" in node["reftype"]
            sentence, block = blocks.locate(node)
            mentions.append(
                Mention("cite", keys, line, section, title, anchor, wants_label, sentence, block)
            )
        elif node["reftype"] == "paper":
            sentence, block = blocks.locate(node)
            mentions.append(
                Mention("name", (target,), line, section, title, section, False, sentence, block)
            )
        else:
            categories.append((target, line))
    for node in doctree.findall(drawing):
        # Line 0: a picture of the whole taxonomy may show what has no section yet.
        targets = (link.target for link in node["picture"].links)
        categories.extend((name, 0) for kind, name in targets if kind == "category")
    page.loose = tuple(
        dict.fromkeys(
            node["reftarget"]
            for node in doctree.findall(addnodes.pending_xref)
            if not node.get("refdomain") and node.get("reftype") in {"any", "myst"}
        )
    )
    page.mentions = tuple(mentions)
    page.categories = tuple(categories)


class _Blocks:
    """The paragraphs of a page, each cut into sentences once."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[int, Block]] = {}

    def locate(self, node: nodes.Node) -> tuple[tuple[Part, ...], int]:
        """Return the sentence around a reference, and the number of its paragraph."""
        block = find_block(node)
        if block is None:
            return (), 0
        if id(block) not in self._known:
            self._known[id(block)] = len(self._known) + 1, Block(block)
        number, sentences = self._known[id(block)]
        return sentences.sentence_with(node), number


def _cut_to_category(sections: list[tuple[str, str]], title: str) -> list[tuple[str, str]]:
    """Return the sections down to the one that a category gives its name.

    Its listing often stands behind the last of its subsections, and belongs to none of them.
    """
    wanted = search_key(title)
    for last in range(len(sections), 0, -1):
        if search_key(sections[last - 1][1]) == wanted:
            return sections[:last]
    return sections


def _speaks_of_papers(node: nodes.Node) -> bool:
    if isinstance(node, paper_listing):
        return True
    if isinstance(node, nodes.inline) and "keys" in node:
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
