"""What a page says of papers, and in which sentence, collected when it has been read."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from itertools import count, pairwise
from typing import TYPE_CHECKING, TypeAlias

from docutils import nodes
from sphinx import addnodes
from sphinx.util.nodes import traverse_parent

from livingsurvey.markup import search_key
from livingsurvey.sphinxext.citations import parse_targets
from livingsurvey.sphinxext.domain import get_survey_domain
from livingsurvey.sphinxext.drawings import drawing
from livingsurvey.sphinxext.nodes import paper_group, paper_listing
from livingsurvey.sphinxext.survey import Mention
from livingsurvey.words import mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx

    from livingsurvey.sphinxext.survey import Part


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


def cut_paragraph(block: nodes.Element) -> dict[nodes.Node, tuple[Part, ...]]:
    """Return the sentence around each reference and formula of a paragraph."""
    pieces = list(_flatten(block))
    text = "".join(piece if isinstance(piece, str) else _ATOM for piece in pieces)
    atoms = (piece for piece in pieces if not isinstance(piece, str))
    ends = [match.end() for match in _END.finditer(text) if _is_end(text, match)]
    sentences: dict[nodes.Node, tuple[Part, ...]] = {}
    for start, end in pairwise([0, *ends, len(text)]):
        parts: list[Part] = []
        inside: list[nodes.Node] = []
        for piece in re.split(f"({_ATOM})", " ".join(text[start:end].split())):
            if piece == _ATOM:
                part, node = next(atoms)
                parts.append(part)
                inside.append(node)
            elif piece:
                parts.append(("text", piece))
        sentences.update(dict.fromkeys(inside, tuple(parts)))
    return sentences


def _flatten(node: nodes.Node) -> Iterator[str | tuple[Part, nodes.Node]]:
    """Yield the text of a node, and between it the parts that are not text."""
    for child in node.children:
        if isinstance(child, nodes.Text):
            yield child.astext().replace(_ATOM, "")
        elif isinstance(child, nodes.math):
            yield ("math", child.astext()), child
        elif isinstance(child, addnodes.pending_xref):
            domain, kind = child.get("refdomain", ""), child.get("reftype", "")
            if domain == "cite":
                yield (f"cite:{kind}", child["reftarget"]), child
            elif domain == "survey" and kind in {"paper", "category"}:
                is_explicit = child.get("refexplicit")
                yield ("text", child.astext()) if is_explicit else (kind, child["reftarget"]), child
            elif child.get("refexplicit") or kind in _NAMED:
                yield from _flatten(child)
            else:
                yield "…"
        elif not isinstance(child, (nodes.image, nodes.footnote_reference, nodes.Invisible)):
            yield from _flatten(child)


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
    additions: list[tuple[nodes.Element, str]] = []
    numbers = count(1)
    cut = cache(lambda block: (cut_paragraph(block), next(numbers)) if block else ({}, 0))
    for node in doctree.findall(nodes.Element):
        if isinstance(node, paper_listing):
            sections = _cut_to_category(_enclosing_sections(node), node["title"])
            mentions.append(_read_listing(node, *(sections[-1][:2] if sections else _NOWHERE)))
            home = page.homes.get(node["tag"])
            if node["is_home"] and home is not None:
                places = tuple(anchor for anchor, *_ in sections)
                page.homes[node["tag"]] = replace(home, sections=places)
                head = sections[-1][2] if sections else next(doctree.findall(nodes.section), None)
                if head is not None and node["since"]:
                    additions.append((head, node["since"]))
        elif _speaks_of_papers(node) and not _is_hidden(node, app):
            if node.get("reftype") == "category":
                categories.append((node["reftarget"], _find_line(node)))
            else:
                sentences, number = cut(find_block(node))
                mentions.append(_read_reference(node, sentences.get(node, ()), number))
    for section, since in additions:
        # Below the heading.
        text = mark("A category of this survey’s own, since edition {edition}.")  # noqa: RUF001
        said = domain.words.gettext(text, edition=since)
        section.insert(1, nodes.paragraph("", said, classes=["ls-since"]))
    links = (link for link in doctree.findall(addnodes.pending_xref) if not link.get("refdomain"))
    loose = (link["reftarget"] for link in links if link.get("reftype") in {"any", "myst"})
    page.loose = tuple(dict.fromkeys(loose))
    page.mentions = tuple(mentions)
    # Without a line: a picture of the whole taxonomy may show what has no section yet.
    targets = (link.target for node in doctree.findall(drawing) for link in node["picture"].links)
    drawn = ((name, 0) for kind, name in targets if kind == "category")
    page.categories = (*categories, *drawn)


_NOWHERE = ("", "")
_Section: TypeAlias = tuple[str, str, nodes.Element]
"""Its id, its title, and itself."""


def _read_listing(node: paper_listing, section: str, title: str) -> Mention:
    groups = (child for child in node.children if isinstance(child, paper_group))
    keys = tuple(key for group in groups for key in group["keys"])
    anchor = node["ids"][0] if node["ids"] else section
    return Mention("list", keys, node.line or 0, section, title, anchor)


def _read_reference(node: nodes.Element, sentence: tuple[Part, ...], block: int) -> Mention:
    """Return the mention that a citation is, a link to a paper, or citations in footnotes."""
    sections = _enclosing_sections(node)
    section, title = sections[-1][:2] if sections else _NOWHERE
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


def _cut_to_category(sections: list[_Section], title: str) -> list[_Section]:
    """Return the sections down to the one that a category gives its name.

    Its listing often stands after the last of its subsections, and belongs to none of them.
    """
    keys = [search_key(name) for _, name, _ in sections]
    wanted = search_key(title)
    return sections[: len(keys) - keys[::-1].index(wanted)] if wanted in keys else sections


def _speaks_of_papers(node: nodes.Element) -> bool:
    if isinstance(node, addnodes.pending_xref):
        domain, kind = node.get("refdomain"), node.get("reftype")
        return domain == "cite" or (domain == "survey" and kind in {"paper", "category"})
    return isinstance(node, nodes.inline) and "keys" in node


def _enclosing_sections(node: nodes.Node) -> list[_Section]:
    """Return the sections around a node; the outermost is the page, whose id is ``""``."""
    sections = reversed([*traverse_parent(node.parent, nodes.section)])
    return [
        (
            section["ids"][0] if depth and section["ids"] else "",
            next((title.astext() for title in section.findall(nodes.title)), ""),
            section,
        )
        for depth, section in enumerate(sections)
    ]


def _find_line(node: nodes.Element) -> int:
    return next((parent.line for parent in traverse_parent(node) if parent.line), 0)
