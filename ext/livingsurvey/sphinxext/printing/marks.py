"""Every place that speaks of a paper gets a label, so that lists can name its page."""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from livingsurvey.sphinxext.domain import get_survey_domain
from livingsurvey.sphinxext.nodes import paper_group, reference_list
from livingsurvey.sphinxext.printing.indexes import make_indexes
from livingsurvey.sphinxext.printing.nodes import mention_mark
from livingsurvey.sphinxext.printing.places import Marks

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINE_END = re.compile(r"\s*\n\s*")


class MarkMentions(SphinxPostTransform):
    """Put labels at citations, tell the references of them, and append the indexes."""

    # Behind the citations (8), ahead of the links to papers by name (10).
    default_priority = 9
    formats = ("latex",)

    def run(self, **kwargs: Any) -> None:
        """Mark the assembled tree."""
        if "docname" not in self.document:
            return
        marks = Marks()
        numbers = count(1)
        for node in list(self.document.findall(_speaks_of_papers)):
            if isinstance(node, paper_group):
                for key in node["keys"]:
                    marks.homes[key] = marks.note(next(numbers), "lsh")
            elif not _is_repeated(node):
                _join_lines(node)
                mark = marks.note(next(numbers), "lsm")
                for key in _keys(node):
                    marks.mentions[key].append(mark)
                node.parent.insert(node.parent.index(node), mention_mark(mark=mark))
        for node in self.document.findall(_has_entries):
            assert isinstance(node, nodes.Element)  # noqa: S101 - for the type checker
            node["marks"] = {key: dict(_mark(node, key, marks)) for key in node["keys"]}
        if marks.numbers:
            self.document += make_indexes(get_survey_domain(self.env).catalog, marks)


def _mark(node: nodes.Element, key: str, marks: Marks) -> Iterator[tuple[str, Any]]:
    """Yield the attributes that an entry has in print, by name."""
    if isinstance(node, reference_list):
        yield "pages", tuple(marks.mentions.get(key, ()))
    is_home = isinstance(node, paper_group) and node["kind"] == "residents"
    yield "mark" if is_home else "home_page", marks.homes.get(key, "")


def _has_entries(node: nodes.Node) -> bool:
    return isinstance(node, (paper_group, reference_list))


def _speaks_of_papers(node: nodes.Node) -> bool:
    return (
        (isinstance(node, paper_group) and node["kind"] == "residents")
        or (isinstance(node, nodes.inline) and "keys" in node)
        or (isinstance(node, addnodes.pending_xref) and _names_paper(node))
    )


def _names_paper(node: addnodes.pending_xref) -> bool:
    return bool(node.get("refdomain") == "survey" and node.get("reftype") == "paper")


def _keys(node: Any) -> tuple[str, ...]:
    return tuple(node["keys"]) if "keys" in node else (str(node["reftarget"]),)


def _join_lines(node: nodes.Node) -> None:
    r"""Put the text of a citation on one line: a name that says ``\par`` reads as empty lines."""
    for text in list(node.findall(nodes.Text)):
        if "\n" in text and text.parent is not None:
            text.parent.replace(text, nodes.Text(_LINE_END.sub(" ", text)))


def _is_repeated(node: nodes.Node) -> bool:
    # Titles are set again in the contents and the header, heads of tables on each page.
    return any(isinstance(one, (nodes.title, nodes.caption, nodes.thead)) for one in _above(node))


def _above(node: nodes.Node) -> Iterator[nodes.Node]:
    parent = node.parent
    while parent is not None:
        yield parent
        parent = parent.parent
