"""Every place that speaks of a paper gets a label, so that lists and indexes can name its page.

The indexes of authors and methods are sorted here, by the same rules as the site, and TeX only
fills in the pages: so they need no further program, and every script is sorted alike on every
machine.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from livingsurvey.markup import parse, search_key, sort_key
from livingsurvey.sphinxext.domain import get_survey_domain
from livingsurvey.sphinxext.nodes import paper_group, reference_list

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sphinx.application import Sphinx
    from sphinx.writers.latex import LaTeXTranslator

    from livingsurvey.catalog import Catalog
    from livingsurvey.words import Words

_LINE_END = re.compile(r"\s*\n\s*")


class mention_mark(nodes.Inline, nodes.Element):  # noqa: N801 - docutils names nodes so
    """A place that speaks of papers; attribute ``mark``, the label of its page."""


class page_index(nodes.General, nodes.Element):  # noqa: N801 - docutils names nodes so
    """An index; attributes ``title``, ``entries`` (of :class:`IndexEntry`, sorted)."""


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """A line of an index.

    Attributes:
        heading: The letter or script under which it stands.
        text: What it says.
        main: The label of the one place that matters most, or ``""``.
        marks: The labels of all places, that one among them, in the order of the book.
    """

    heading: str
    text: str
    main: str
    marks: tuple[str, ...]


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

    def label(self, prefix: str) -> str:
        """Return the label for the next place of the book."""
        number = len(self.numbers) + 1
        mark = f"{prefix}-{number}"
        self.numbers[mark] = number
        return mark

    def find_places(self, key: str) -> tuple[str, ...]:
        """Return the labels of all places that speak of a paper, in the order of the book."""
        places = {*self.mentions.get(key, ()), self.homes.get(key, "")} - {""}
        return tuple(sorted(places, key=self.numbers.__getitem__))


class MarkMentions(SphinxPostTransform):
    """Put labels at citations, tell the references of them, and append the indexes."""

    # After the citations (8), before the links to papers by name (10).
    default_priority = 9
    formats = ("latex",)

    def run(self, **kwargs: Any) -> None:
        """Mark the assembled tree."""
        if "docname" not in self.document:
            return
        marks = Marks()
        for node in list(self.document.findall(_speaks_of_papers)):
            if isinstance(node, paper_group):
                for key in node["keys"]:
                    marks.homes[key] = marks.label("lsh")
            elif not _is_repeated(node):
                _join_lines(node)
                mark = marks.label("lsm")
                for key in _keys(node):
                    marks.mentions[key].append(mark)
                node.parent.insert(node.parent.index(node), mention_mark(mark=mark))
        for node in self.document.findall(nodes.Element):
            if isinstance(node, (paper_group, reference_list)):
                node["marks"] = {key: dict(_mark(node, key, marks)) for key in node["keys"]}
        if marks.numbers:
            domain = get_survey_domain(self.env)
            self.document += make_indexes(domain.catalog, marks, domain.words)


def _mark(node: nodes.Element, key: str, marks: Marks) -> Iterator[tuple[str, Any]]:
    """Yield the attributes that an entry has in print, by name."""
    if isinstance(node, reference_list):
        yield "pages", tuple(marks.mentions.get(key, ()))
    is_home = isinstance(node, paper_group) and node["kind"] == "residents"
    yield "mark" if is_home else "home_page", marks.homes.get(key, "")


def _speaks_of_papers(node: nodes.Node) -> bool:
    if isinstance(node, addnodes.pending_xref):
        return (node.get("refdomain"), node.get("reftype")) == ("survey", "paper")
    if isinstance(node, paper_group):
        return bool(node["kind"] == "residents")
    return isinstance(node, nodes.inline) and "keys" in node


def _keys(node: Any) -> tuple[str, ...]:
    return tuple(node["keys"]) if "keys" in node else (str(node["reftarget"]),)


def _join_lines(node: nodes.Node) -> None:
    r"""Put the text of a citation on one line: a name that says ``\par`` reads as empty lines."""
    for text in list(node.findall(nodes.Text)):
        if "\n" in text and text.parent is not None:
            text.parent.replace(text, nodes.Text(_LINE_END.sub(" ", text)))


def _is_repeated(node: nodes.Node) -> bool:
    # Titles are set again in the contents and the header, heads of tables on each page.
    while node.parent is not None:
        node = node.parent
        if isinstance(node, (nodes.title, nodes.caption, nodes.thead)):
            return True
    return False


def make_indexes(catalog: Catalog, marks: Marks, words: Words) -> list[page_index]:
    """Return the indexes that have entries."""
    made = (
        page_index(title=words.gettext("Index of methods"), entries=list_methods(catalog, marks)),
        page_index(title=words.gettext("Index of authors"), entries=list_authors(catalog, marks)),
    )
    return [index for index in made if index["entries"]]


def list_methods(catalog: Catalog, marks: Marks) -> tuple[IndexEntry, ...]:
    """Return an entry for each short title, with the year where two papers share one."""
    names = {
        key: parse(paper.short_title).text
        for key, paper in catalog.papers.items()
        if paper.short_title and (key in marks.homes or key in marks.mentions)
    }
    uses = Counter(names.values())
    entries = []
    for key, name in names.items():
        year = catalog.papers[key].year
        text = f"{name} ({year})" if uses[name] > 1 and year else name
        main = marks.homes.get(key, "")
        entries.append(IndexEntry("", text, main, marks.find_places(key)))
    return _arrange(entries, sort_key)


def list_authors(catalog: Catalog, marks: Marks) -> tuple[IndexEntry, ...]:
    """Return an entry for each author, with the pages that speak of any of their papers."""
    places: defaultdict[str, set[str]] = defaultdict(set)
    for key, paper in catalog.papers.items():
        if spoken := marks.find_places(key):
            for person in paper.authors or paper.editors:
                places[person.inverted].update(spoken)
    entries = (
        IndexEntry("", name, "", tuple(sorted(found, key=marks.numbers.__getitem__)))
        for name, found in places.items()
    )
    # By their letters alone: a name such as "An" is no article.
    return _arrange(entries, search_key)


def _arrange(
    entries: Iterable[IndexEntry], make_key: Callable[[str], str]
) -> tuple[IndexEntry, ...]:
    """Sort the entries, and give each its heading."""
    ordered = sorted(entries, key=lambda entry: (make_key(entry.text), entry.text))
    return tuple(replace(entry, heading=_find_heading(make_key(entry.text))) for entry in ordered)


def _find_heading(key: str) -> str:
    """Return the letter under which a key stands; the script, where it is not Latin."""
    first = next((char for char in key if char.isalnum()), "0").upper()
    if first.isascii():
        return first if first.isalpha() else "0–9"  # noqa: RUF001 - an en dash is meant
    script = unicodedata.name(first, "").partition(" ")[0]
    return script if script == "CJK" else script.title()


def latex_visit_mention_mark(self: LaTeXTranslator, node: mention_mark) -> None:
    """Label a place in the text."""
    self.body.append(f"\\lsmark{{{node['mark']}}}")
    raise nodes.SkipNode


def latex_visit_page_index(self: LaTeXTranslator, node: page_index) -> None:
    """Write an index; TeX fills in the pages."""
    self.body.append(f"\n\n\\begin{{lsindex}}{{{self.encode(node['title'])}}}\n")
    entries: tuple[IndexEntry, ...] = node["entries"]
    for heading, group in groupby(entries, key=lambda entry: entry.heading):
        self.body.append(f"\\lsindexheading{{{self.encode(heading)}}}\n")
        self.body.extend(
            f"\\lsindexentry{{{self.encode(entry.text)}}}{{{entry.main}}}{{{','.join(entry.marks)}}}\n"
            for entry in group
        )
    self.body.append("\\end{lsindex}\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Register the transform and its nodes."""
    app.add_node(mention_mark, latex=(latex_visit_mention_mark, None))
    app.add_node(page_index, latex=(latex_visit_page_index, None))
    app.add_post_transform(MarkMentions)
