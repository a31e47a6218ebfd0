"""Every place that speaks of a paper gets a label, so that lists can name its page."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from livingsurvey.sphinxext.domain import get_survey_domain
from livingsurvey.sphinxext.nodes import paper_card, paper_line, reference_item
from livingsurvey.sphinxext.printing.indexes import make_indexes
from livingsurvey.sphinxext.printing.nodes import mention_mark

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(slots=True)
class Marks:
    """Where the book speaks of each paper; labels sort as the book runs.

    Attributes:
        mentions: Key → labels of the citations and names in the text.
        homes: Key → label of the full entry.
        numbers: Where each label stands in the order of the book.
    """

    mentions: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    homes: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)

    def note(self, number: int, prefix: str) -> str:
        """Return the label for a place."""
        mark = f"{prefix}-{number}"
        self.numbers[mark] = number
        return mark

    def find_places(self, key: str) -> tuple[str, ...]:
        """Return the labels of all places that speak of a paper, in the order of the book."""
        places = {*self.mentions.get(key, ()), self.homes.get(key, "")} - {""}
        return tuple(sorted(places, key=self.numbers.__getitem__))


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
            if isinstance(node, paper_card):
                marks.homes[node.facts.key] = node["mark"] = marks.note(next(numbers), "lsh")
            elif not _is_repeated(node):
                mark = marks.note(next(numbers), "lsm")
                for key in _keys(node):
                    marks.mentions[key].append(mark)
                node.parent.insert(node.parent.index(node), mention_mark(mark=mark))
        for item in self.document.findall(reference_item):
            item["pages"] = tuple(marks.mentions.get(item.facts.key, ()))
            item["home_page"] = marks.homes.get(item.facts.key, "")
        for line in self.document.findall(paper_line):
            line["home_page"] = marks.homes.get(line.facts.key, "")
        if marks.numbers:
            self.document += make_indexes(get_survey_domain(self.env).catalog, marks)


def _speaks_of_papers(node: nodes.Node) -> bool:
    return (
        isinstance(node, paper_card)
        or (isinstance(node, nodes.inline) and "keys" in node)
        or (isinstance(node, addnodes.pending_xref) and _names_paper(node))
    )


def _names_paper(node: addnodes.pending_xref) -> bool:
    return bool(node.get("refdomain") == "survey" and node.get("reftype") == "paper")


def _keys(node: Any) -> tuple[str, ...]:
    return tuple(node["keys"]) if "keys" in node else (str(node["reftarget"]),)


def _is_repeated(node: nodes.Node) -> bool:
    # Titles are set again in the contents and the header, heads of tables on each page.
    return any(isinstance(one, (nodes.title, nodes.caption, nodes.thead)) for one in _above(node))


def _above(node: nodes.Node) -> Iterator[nodes.Node]:
    parent = node.parent
    while parent is not None:
        yield parent
        parent = parent.parent
