"""One tree out of all pages, as a book has it.

Which pages belong to it, which are numbered, what comes first; tables that break over pages, under
headings that stay with them; and a label at every place that speaks of a paper, so that lists and
indexes can name its page. The indexes of authors and methods are sorted here, by the same rules as
the site, and TeX only fills in the pages: so they need no further program, and every script is
sorted alike on every machine.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import groupby
from math import ceil
from typing import TYPE_CHECKING, Any, cast

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import docname_join, texescape
from sphinx.util.nodes import traverse_parent

from livingsurvey.markup import parse, search_key, sort_key
from livingsurvey.sphinxext.domain import get_survey_domain
from livingsurvey.sphinxext.nodes import paper_group, reference_list

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sphinx.application import Sphinx
    from sphinx.builders.latex import LaTeXBuilder
    from sphinx.environment import BuildEnvironment

    from livingsurvey.catalog import Catalog


METADATA_KEY = "book"
"""``book: false`` in the front matter of a page leaves it out of the book; other words name it."""


def write_tex(tex: str) -> nodes.raw:
    """Return a command of our styles as a node: on a line of its own, unless within a text."""
    return nodes.raw("", tex, format="latex")


class AssembleBook(SphinxPostTransform):
    """Order the assembled tree as a book.

    The text of the first page becomes an unnumbered chapter in the front matter, chapters that
    the site numbers are numbered, those after them are back matter, and pages that say
    ``book: false`` or stand in ``only`` for other builders are left out; links to them become text.
    """

    # Before everything that resolves links, which must not lead to pages left out.
    default_priority = 3
    formats = ("latex",)

    def run(self, **kwargs: Any) -> None:
        """Change the tree; once for each LaTeX document."""
        if self.document.get("docname") != self.env.config.root_doc:
            return
        domain = get_survey_domain(self.env)
        leave_out(self.document, self.env, cast("LaTeXBuilder", domain.builder))
        root = next(iter(self.document.findall(nodes.section)), None)
        if root is None:
            return
        chapters = take_chapters(root)
        front = wrap_front(root, domain.words.gettext("About this book"))
        title = root[0]
        root.clear()
        root += [title, *front, *arrange(chapters, self.env)]
        places = domain.get_survey().categories
        about = {places.get(top.tag): top for top in domain.catalog.taxonomy.roots}
        for chapter in chapters:
            category = about.get((chapter["docname"], ""))
            tag, motto = (category.tag, category.description) if category else ("", "")
            motto = texescape.escape(motto, self.config.latex_engine)
            chapter.insert(0, write_tex(rf"\lschapterstyle{{{tag}}}{{{motto}}}"))


def leave_out(document: nodes.document, env: BuildEnvironment, builder: LaTeXBuilder) -> None:
    """Remove the pages that say so, and make the builder forget them."""
    forgotten: set[str] = set()
    for wrapper in list(document.findall(addnodes.only)):
        # Sphinx does this too, but late, when links to the pages inside are already made.
        pages = list(wrapper.findall(addnodes.start_of_file))
        if pages and builder.tags.eval_condition(wrapper["expr"]):
            wrapper.replace_self(wrapper.children)
        elif pages:
            forgotten.update(page["docname"] for page in pages)
            wrapper.parent.remove(wrapper)
    for page in list(document.findall(addnodes.start_of_file)):
        word = str(env.metadata.get(page["docname"], {}).get(METADATA_KEY, "true")).strip()
        if word.lower() in {"false", "no", "off"}:
            forgotten.update(inner["docname"] for inner in page.findall(addnodes.start_of_file))
            page.parent.remove(page)
        elif word.lower() not in {"true", "yes", "on"}:
            section = next(iter(page.findall(nodes.section)))
            section[0] = nodes.title("", word)
    # Sphinx then turns references to them into their text, which for a page is its file name.
    cast("set[str]", builder.docnames).difference_update(forgotten)
    for link in list(document.findall(addnodes.pending_xref)):
        target = _find_page(link, env)
        if target in forgotten and not link.get("refexplicit"):
            link.replace_self(nodes.inline("", env.titles[target].astext()))


def _find_page(link: addnodes.pending_xref, env: BuildEnvironment) -> str:
    """Return the page to which a link leads as a whole, or ``""``."""
    if link.get("reftype") == "doc":
        return docname_join(link.get("refdoc", ""), link["reftarget"])
    if link.get("refdomain") == "doc":  # MyST's links to files
        return str(link["reftarget"])
    return ""


def take_chapters(root: nodes.section) -> list[addnodes.start_of_file]:
    """Cut the pages of all toctrees out of the first page; sections left without text go too."""
    chapters: list[addnodes.start_of_file] = []

    def visit(node: nodes.Element) -> bool:
        """Return whether the node held a toctree."""
        had_toctree = "toctree-wrapper" in node["classes"]
        for child in list(node.children):
            if isinstance(child, addnodes.start_of_file):
                chapters.append(child)
                node.remove(child)
            elif isinstance(child, (nodes.section, nodes.compound)) and visit(child):
                had_toctree = True
                if _is_empty(child):
                    node.remove(child)
        return had_toctree

    visit(root)
    return chapters


def _is_empty(node: nodes.Element) -> bool:
    unseen = (nodes.title, nodes.comment, nodes.target)
    return all(isinstance(child, unseen) for child in node.children)


def wrap_front(root: nodes.section, title: str) -> list[nodes.Element]:
    """Return the text of the first page as a chapter of its own, after a mark, if there is any."""
    text = [c for c in root.children if not isinstance(c, (nodes.title, nodes.comment))]
    if all(isinstance(child, nodes.target) for child in text):
        return []
    # The labels of the first page move with its text.
    ids, root["ids"] = root["ids"], []
    head, docname = nodes.title("", title), root.get("docname", "")
    front = nodes.section("", head, *text, ids=ids, docname=docname)
    return [write_tex(r"\lsfrontmatter"), front]


def arrange(chapters: list[addnodes.start_of_file], env: BuildEnvironment) -> list[nodes.Element]:
    """Return the chapters with a mark where the numbered ones begin and end."""
    is_numbered = [bool(env.toc_secnumbers.get(page["docname"], {}).get("")) for page in chapters]
    arranged: list[nodes.Element] = []
    kind = ""
    for index, chapter in enumerate(chapters):
        wanted = "main"
        if any(is_numbered) and not is_numbered[index]:
            # Unnumbered pages between numbered ones stay in the main matter, unnumbered.
            wanted = "back" if True in is_numbered[:index] else "front"
        if wanted != kind:
            arranged.append(write_tex(rf"\ls{wanted}matter"))
            kind = wanted
        arranged.append(chapter)
    return arranged


_FEWEST = 6
"""A table of fewer rows stays on one page: the hole that it may leave is small."""
_LETTERS = 88
"""Letters on a line of a table, cautiously."""
_HEADING = 6
"""Lines that a heading takes with the space and rules around it, and the foot of a table."""
_UNSEEN = (nodes.title, nodes.comment, nodes.target, nodes.substitution_definition)


class SpreadTables(SphinxPostTransform):
    """Let the tables of the book break over pages; LaTeX repeats their heads.

    A table that cannot break takes the heading over it along to the next page, and leaves a hole.
    """

    # After everything that makes text, which is measured.
    default_priority = 900
    formats = ("latex",)

    def run(self, **kwargs: Any) -> None:
        """Change the tree; once for each LaTeX document."""
        for table in list(self.document.findall(nodes.table)):
            section = table.parent
            rows = count_rows(table)
            # LaTeX cannot choose widths across pages.
            has_widths = "colwidths-given" in table["classes"]
            if not isinstance(section, nodes.section) or rows < _FEWEST or not has_widths:
                continue
            table["classes"].append("longtable")
            contents = (child for child in section.children if not isinstance(child, _UNSEEN))
            if next(contents) is table:
                room = write_tex(rf"\lsroom{{{estimate_room(table)}}}")
                section.parent.insert(section.parent.index(section), room)
            section.insert(section.index(table), write_tex(rf"\lstablerows{{{rows}}}"))


def count_rows(table: nodes.table) -> int:
    """Return how many rows a table has below its head; 0 if some of its cells span several."""
    if any(entry.get("morerows") for entry in table.findall(nodes.entry)):
        return 0
    return sum(
        isinstance(row, nodes.row) for body in table.findall(nodes.tbody) for row in body.children
    )


def estimate_room(table: nodes.table) -> int:
    """Return how many lines a heading needs with the caption, the head and two rows of a table."""
    widths = [column["colwidth"] for column in table.findall(nodes.colspec)]
    shares = [width / sum(widths) for width in widths]
    rows = [row for head in table.findall(nodes.thead) for row in head.children]
    rows += next(table.findall(nodes.tbody)).children[:2]
    lines = [max(map(_count_lines, row.children, shares), default=1) for row in rows]
    titles = [_count_lines(title, 1) for title in table.findall(nodes.title)]
    return _HEADING + sum(titles) + sum(lines)


def _count_lines(node: nodes.Node, share: float) -> int:
    commands = sum(len(raw.astext()) for raw in node.findall(nodes.raw))  # are not seen
    return max(1, ceil((len(node.astext()) - commands) / (_LETTERS * share)))


_LINE_END = re.compile(r"\s*\n\s*")
_REPEATED = (nodes.title, nodes.caption, nodes.thead)
"""Titles are set again in the contents and the header, heads of tables on each page."""


IndexEntry = tuple[str, str, tuple[str, ...]]
"""A line of an index: what it says, the label of the one place that matters most or ``""``, and the
labels of all places, that one among them, in the order of the book."""


@dataclass(slots=True)
class Marks:
    """Where the book speaks of each paper; labels sort as the book runs.

    Attributes:
        mentions: Key → labels of the citations and names in the text.
        homes: Key → label of the full entry.
        count: How many labels there are.
    """

    mentions: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    homes: dict[str, str] = field(default_factory=dict)
    count: int = 0

    def label(self, prefix: str) -> str:
        """Return the label for the next place of the book."""
        self.count += 1
        return f"{prefix}-{self.count}"

    def find_places(self, keys: Iterable[str]) -> tuple[str, ...]:
        """Return the labels of all places that speak of papers, in the order of the book."""
        places = {label for key in keys for label in self.mentions.get(key, ())}
        places.update(self.homes[key] for key in keys if key in self.homes)
        return tuple(sorted(places, key=lambda label: int(label.rpartition("-")[2])))


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
        node: Any
        for node in list(self.document.findall(_names_papers)):
            if isinstance(node, paper_group):
                for key in node["keys"]:
                    marks.homes[key] = marks.label("lsh")
            elif not any(traverse_parent(node.parent, _REPEATED)):
                _join_lines(node)
                mark = marks.label("lsm")
                for key in node["keys"] if "keys" in node else [node["reftarget"]]:
                    marks.mentions[key].append(mark)
                node.parent.insert(node.parent.index(node), write_tex(rf"\lsmark{{{mark}}}"))
        for kind in (paper_group, reference_list):
            for node in self.document.findall(kind):
                node["marks"] = {key: _mark(node, key, marks) for key in node["keys"]}
        domain = get_survey_domain(self.env)
        catalog, words = domain.catalog, domain.words
        for title, entries, make_key in (
            (words.gettext("Index of methods"), list_methods(catalog, marks), sort_key),
            # By their letters alone: a name such as "An" is no article.
            (words.gettext("Index of authors"), list_authors(catalog, marks), search_key),
        ):
            if entries:
                self.document += write_index(title, entries, make_key, self.config.latex_engine)


def _mark(node: paper_group | reference_list, key: str, marks: Marks) -> dict[str, Any]:
    """Return the attributes that an entry has in print."""
    home = marks.homes.get(key, "")
    if isinstance(node, reference_list):
        return {"pages": tuple(marks.mentions.get(key, ())), "home_page": home}
    return {"mark" if node["kind"] == "residents" else "home_page": home}


def _names_papers(node: nodes.Node) -> bool:
    if isinstance(node, addnodes.pending_xref):
        return (node.get("refdomain"), node.get("reftype")) == ("survey", "paper")
    if isinstance(node, paper_group):
        return bool(node["kind"] == "residents")
    return isinstance(node, nodes.inline) and "keys" in node


def _join_lines(node: nodes.Node) -> None:
    r"""Put the text of a citation on one line: a name that says ``\par`` reads as empty lines."""
    for text in list(node.findall(nodes.Text)):
        if "\n" in text and text.parent is not None:
            text.parent.replace(text, nodes.Text(_LINE_END.sub(" ", text)))


def list_methods(catalog: Catalog, marks: Marks) -> list[IndexEntry]:
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
        entries.append((text, marks.homes.get(key, ""), marks.find_places([key])))
    return entries


def list_authors(catalog: Catalog, marks: Marks) -> list[IndexEntry]:
    """Return an entry for each author, with the pages that speak of any of their papers."""
    keys: dict[str, list[str]] = {}
    for key, paper in catalog.papers.items():
        for person in paper.authors or paper.editors:
            keys.setdefault(person.inverted, []).append(key)
    entries = ((name, "", marks.find_places(written)) for name, written in keys.items())
    return [entry for entry in entries if entry[2]]


def write_index(
    title: str, entries: Iterable[IndexEntry], make_key: Callable[[str], str], engine: str
) -> nodes.raw:
    """Return an index, sorted, each letter under its heading; TeX fills in the pages."""
    lines = [f"\n\\begin{{lsindex}}{{{texescape.escape(title, engine)}}}"]
    ordered = sorted(entries, key=lambda entry: (make_key(entry[0]), entry[0]))
    for heading, group in groupby(ordered, key=lambda entry: _find_heading(make_key(entry[0]))):
        lines.append(rf"\lsindexheading{{{texescape.escape(heading, engine)}}}")
        lines += [
            rf"\lsindexentry{{{texescape.escape(text, engine)}}}{{{main}}}{{{','.join(labels)}}}"
            for text, main, labels in group
        ]
    return write_tex("\n".join([*lines, r"\end{lsindex}"]))


def _find_heading(key: str) -> str:
    """Return the letter under which a key stands; the script, where it is not Latin."""
    first = next((char for char in key if char.isalnum()), "0").upper()
    if first.isascii():
        return first if first.isalpha() else "0–9"  # noqa: RUF001 - an en dash is meant
    script = unicodedata.name(first, "").partition(" ")[0]
    return script if script == "CJK" else script.title()


def setup(app: Sphinx) -> None:
    """Register the transforms."""
    for transform in (AssembleBook, MarkMentions, SpreadTables):
        app.add_post_transform(transform)
