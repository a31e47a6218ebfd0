"""What a page says of papers, and in which sentence, collected when it has been read."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx import addnodes
from sphinx.util.nodes import traverse_parent

from livingsurvey.markup import search_key
from livingsurvey.sphinxext.citations import parse_targets
from livingsurvey.sphinxext.domain import get_survey_domain
from livingsurvey.sphinxext.drawings import drawing
from livingsurvey.sphinxext.nodes import paper_group, paper_listing
from livingsurvey.sphinxext.survey import Mention

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx

    from livingsurvey.sphinxext.survey import Page, Part
    from livingsurvey.words import Words


_BLOCKS = (nodes.paragraph, nodes.caption, nodes.legend)
_END = re.compile(r"(?<=[.!?…])['\"”\u2019)\]]*(\s+)")
_ABBREVIATIONS = frozenset(
    {"e.g", "i.e", "al", "vs", "cf", "fig", "figs", "sec", "eq", "eqs", "resp", "approx", "ca"}
)
_ATOM = "\ufffc"
"""Stands for a part that is not text."""

_NAMED = {"term", "paper", "category", "doc", "any"}
"""References whose text is known before they are resolved; others show a number or a title."""


def find_block(node: nodes.Node) -> nodes.Element | None:
    """Return the paragraph around a node; None in headings and in tables, which have none."""
    if any(traverse_parent(node.parent, (nodes.entry, nodes.title))):
        return None
    return next(iter(traverse_parent(node.parent, _BLOCKS)), None)


class CutParagraph:
    """A paragraph cut into sentences."""

    def __init__(self, block: nodes.Element) -> None:
        self._atoms: list[tuple[Part, nodes.Node]] = []
        text = "".join(self._flatten(block))
        ends = [match.end() for match in _END.finditer(text) if _is_end(text, match)]
        starts = [0, *ends]
        self._sentences: list[tuple[Part, ...]] = []
        self._by_node: dict[int, int] = {}
        atoms = iter(self._atoms)
        for number, (start, end) in enumerate(zip(starts, [*ends, len(text)], strict=True)):
            parts: list[Part] = []
            for piece in re.split(f"({_ATOM})", " ".join(text[start:end].split())):
                if piece == _ATOM:
                    part, node = next(atoms)
                    parts.append(part)
                    self._by_node[id(node)] = number
                elif piece:
                    parts.append(("text", piece))
            self._sentences.append(tuple(parts))

    def sentence_with(self, node: nodes.Node) -> tuple[Part, ...]:
        """Return the sentence that holds a reference; empty if it is none of the block."""
        number = self._by_node.get(id(node))
        return () if number is None else self._sentences[number]

    def _flatten(self, node: nodes.Node) -> Iterator[str]:
        for child in node.children:
            if isinstance(child, nodes.Text):
                yield child.astext().replace(_ATOM, "")
            elif isinstance(child, nodes.math):
                yield self._keep(("math", child.astext()), child)
            elif isinstance(child, addnodes.pending_xref):
                domain, kind = child.get("refdomain", ""), child.get("reftype", "")
                if domain == "cite":
                    yield self._keep((f"cite:{kind}", child["reftarget"]), child)
                elif domain == "survey" and kind in {"paper", "category"}:
                    if child.get("refexplicit"):
                        yield self._keep(("text", child.astext()), child)
                    else:
                        yield self._keep((kind, child["reftarget"]), child)
                elif child.get("refexplicit") or kind in _NAMED:
                    yield from self._flatten(child)
                else:
                    yield "…"
            elif not isinstance(child, (nodes.image, nodes.footnote_reference, nodes.Invisible)):
                yield from self._flatten(child)

    def _keep(self, part: Part, node: nodes.Node) -> str:
        self._atoms.append((part, node))
        return _ATOM


def _is_end(text: str, match: re.Match[str]) -> bool:
    """Whether a full stop ends a sentence, as far as its neighbors tell."""
    before = text[: match.start()].rpartition(" ")[2].rpartition("\n")[2].rstrip(".").lstrip("([")
    if before.lower() in _ABBREVIATIONS or (len(before) == 1 and before.isupper()):
        return False
    following = text[match.end() : match.end() + 1]
    # A line of source ends where a sentence does, even if the next begins in lower case: vLLM.
    return "\n" in match[1] or not following.islower()


def on_doctree_read(app: Sphinx, doctree: nodes.document) -> None:
    """Remember every mention of a paper and every link to a category of the page just read.

    This runs at priority 880, after MyST, which makes ``[](#key)`` a reference at 879.
    """
    domain = get_survey_domain(app.env)
    page = domain.tables.page(app.env.current_document.docname)
    mentions: list[Mention] = []
    categories: list[tuple[str, int]] = []
    additions: list[tuple[str, str]] = []
    blocks = _Blocks()
    for node in doctree.findall(nodes.Element):
        if isinstance(node, paper_listing):
            sections = _cut_to_category(_enclosing_sections(node), node["title"])
            mentions.append(_read_listing(node, *(sections[-1] if sections else _NOWHERE)))
            _place_home(page, node, tuple(anchor for anchor, _ in sections))
            if node["is_home"] and node["since"]:
                additions.append((sections[-1][0] if len(sections) > 1 else "", node["since"]))
        elif _speaks_of_papers(node) and not _is_hidden(node, app):
            if node.get("reftype") == "category":
                categories.append((node["reftarget"], _find_line(node)))
            else:
                mentions.append(_read_reference(node, blocks))
    for section, since in additions:
        _mark_addition(doctree, section, since, domain.words)
    page.loose = tuple(
        dict.fromkeys(
            node["reftarget"]
            for node in doctree.findall(addnodes.pending_xref)
            if not node.get("refdomain") and node.get("reftype") in {"any", "myst"}
        )
    )
    page.mentions = tuple(mentions)
    page.categories = (*categories, *_find_drawn(doctree))


_NOWHERE = ("", "")


def _read_listing(node: paper_listing, section: str, title: str) -> Mention:
    groups = (child for child in node.children if isinstance(child, paper_group))
    keys = tuple(key for group in groups for key in group["keys"])
    anchor = node["ids"][0] if node["ids"] else section
    return Mention("list", keys, node.line or 0, section, title, anchor)


def _read_reference(node: nodes.Element, blocks: _Blocks) -> Mention:
    """Return the mention that a citation is, a link to a paper, or citations in footnotes."""
    section, title = (_enclosing_sections(node) or [_NOWHERE])[-1]
    sentence, block = blocks.locate(node)
    said = Mention("name", (), _find_line(node), section, title, section, False, sentence, block)
    if "keys" in node:  # citations in footnotes, which no sentence shows
        return said._replace(keys=node["keys"], sentence=())
    if node["refdomain"] == "survey":
        return said._replace(keys=(node["reftarget"],))
    return said._replace(
        kind="cite",
        keys=tuple(target.key for target in parse_targets(node["reftarget"])),
        anchor=node["ids"][0] if node["ids"] else section,
        wants_label="label" in node["reftype"],
    )


def _find_drawn(doctree: nodes.document) -> Iterator[tuple[str, int]]:
    """Yield the categories that pictures link to.

    Their line is 0: a picture of the whole taxonomy may show what has no section yet.
    """
    for node in doctree.findall(drawing):
        for link in node["picture"].links:
            kind, name = link.target
            if kind == "category":
                yield name, 0


def _is_hidden(node: nodes.Node, app: Sphinx) -> bool:
    """Whether a node stands in what this builder does not show: drafts, and other builders' text.

    Sphinx takes these out when pages are written; what they say is then nobody's business.
    """
    for parent in traverse_parent(node.parent):
        kind = type(parent).__name__
        if isinstance(parent, addnodes.only) and not app.tags.eval_condition(parent["expr"]):
            return True
        if kind == "todo_node" and not app.config.todo_include_todos:
            return True
        if kind == "ifconfig":  # evaluated when the page is resolved, so not yet known
            return True
    return False


def _mark_addition(doctree: nodes.document, section_id: str, since: str, words: Words) -> None:
    """Say under the heading of a section that its category is the survey's own, and since when."""
    for section in doctree.findall(nodes.section):
        is_page = isinstance(section.parent, nodes.document)
        if section_id in section["ids"] or (is_page and not section_id):
            text = words.gettext(
                "A category of this survey’s own, since edition {edition}.",  # noqa: RUF001
                edition=since,
            )
            section.insert(1, nodes.paragraph("", text, classes=["ls-since"]))
            return


class _Blocks:
    """The paragraphs of a page, each cut into sentences once."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[int, CutParagraph]] = {}

    def locate(self, node: nodes.Node) -> tuple[tuple[Part, ...], int]:
        """Return the sentence around a reference, and the number of its paragraph."""
        block = find_block(node)
        if block is None:
            return (), 0
        if id(block) not in self._known:
            self._known[id(block)] = len(self._known) + 1, CutParagraph(block)
        number, sentences = self._known[id(block)]
        return sentences.sentence_with(node), number


def _cut_to_category(sections: list[tuple[str, str]], title: str) -> list[tuple[str, str]]:
    """Return the sections down to the one that a category gives its name.

    Its listing often stands after the last of its subsections, and belongs to none of them.
    """
    wanted = search_key(title)
    for last in range(len(sections), 0, -1):
        if search_key(sections[last - 1][1]) == wanted:
            return sections[:last]
    return sections


def _speaks_of_papers(node: nodes.Element) -> bool:
    if isinstance(node, addnodes.pending_xref):
        domain, kind = node.get("refdomain"), node.get("reftype")
        return domain == "cite" or (domain == "survey" and kind in {"paper", "category"})
    return isinstance(node, nodes.inline) and "keys" in node


def _place_home(page: Page, node: paper_listing, sections: tuple[str, ...]) -> None:
    home = page.homes.get(node["tag"])
    if node["is_home"] and home is not None:
        page.homes[node["tag"]] = replace(home, sections=sections)


def _enclosing_sections(node: nodes.Node) -> list[tuple[str, str]]:
    """Return (id, title) of the sections around a node; the outermost is the page, id ``""``."""
    found = [
        (section["ids"][0] if section["ids"] else "", _title_of(section))
        for section in traverse_parent(node.parent, nodes.section)
    ]
    found.reverse()
    if found:
        found[0] = ("", found[0][1])
    return found


def _title_of(section: nodes.Element) -> str:
    titles: Iterator[nodes.title] = section.findall(nodes.title)
    return next((title.astext() for title in titles), "")


def _find_line(node: nodes.Element) -> int:
    return next((parent.line for parent in traverse_parent(node) if parent.line), 0)
