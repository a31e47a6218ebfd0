"""One tree out of all pages: which belong to the book, which are numbered, what comes first; and
tables that break over its pages, under headings that stay with them.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any, cast

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import docname_join

from livingsurvey.sphinxext.domain import get_survey_domain

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.builders.latex import LaTeXBuilder
    from sphinx.environment import BuildEnvironment
    from sphinx.writers.latex import LaTeXTranslator


METADATA_KEY = "book"
"""``book: false`` in the front matter of a page leaves it out of the book; other words name it."""


class matter(nodes.General, nodes.Element):  # noqa: N801 - docutils names nodes so
    """Here front, main or back matter begins; attribute ``kind``."""


class chapter_style(nodes.General, nodes.Element):  # noqa: N801 - docutils names nodes so
    """The next chapter is about a category; attributes ``tag``, ``description``."""


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
        root += title
        if front is not None:
            root += [matter(kind="front"), front]
        root += arrange(chapters, self.env)
        self._color(chapters)

    def _color(self, chapters: list[addnodes.start_of_file]) -> None:
        domain = get_survey_domain(self.env)
        survey = domain.get_survey()
        about = {
            survey.categories[category.tag]: category
            for category in domain.catalog.taxonomy.categories.values()
            if category.depth == 1 and category.tag in survey.categories
        }
        for chapter in chapters:
            category = about.get((chapter["docname"], ""))
            tag, description = (category.tag, category.description) if category else ("", "")
            chapter.insert(0, chapter_style(tag=tag, description=description))


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
            inside = page.findall(addnodes.start_of_file)
            forgotten.update(inner["docname"] for inner in inside)
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


def wrap_front(root: nodes.section, title: str) -> nodes.section | None:
    """Return the text of the first page as a chapter of its own; None if there is none."""
    text = [c for c in root.children if not isinstance(c, (nodes.title, nodes.comment))]
    if all(isinstance(child, nodes.target) for child in text):
        return None
    # The labels of the first page move with its text.
    front = nodes.section(ids=root["ids"], docname=root.get("docname", ""))
    root["ids"] = []
    front += nodes.title("", title)
    front += text
    return front


def arrange(chapters: list[addnodes.start_of_file], env: BuildEnvironment) -> list[nodes.Element]:
    """Return the chapters with a mark where the numbered ones begin and end."""
    is_numbered = [bool(env.toc_secnumbers.get(page["docname"], {}).get("")) for page in chapters]
    arranged: list[nodes.Element] = []
    kind = ""
    for index, chapter in enumerate(chapters):
        if is_numbered[index] or not any(is_numbered):
            wanted = "main"
        else:
            # Unnumbered pages between numbered ones stay in the main matter, unnumbered.
            wanted = "back" if True in is_numbered[:index] else "front"
        if wanted != kind:
            arranged.append(matter(kind=wanted))
            kind = wanted
        arranged.append(chapter)
    return arranged


def latex_visit_matter(self: LaTeXTranslator, node: matter) -> None:
    """Begin front, main or back matter."""
    self.body.append(f"\n\\ls{node['kind']}matter\n")
    raise nodes.SkipNode


def latex_visit_chapter_style(self: LaTeXTranslator, node: chapter_style) -> None:
    """Choose color and motto of the next chapter."""
    motto = self.encode(node["description"])
    self.body.append(f"\n\\lschapterstyle{{{node['tag']}}}{{{motto}}}\n")
    raise nodes.SkipNode


_FEWEST = 6
"""A table of fewer rows stays on one page: the hole that it may leave is small."""
_LETTERS = 88
"""Letters on a line of a table, cautiously."""
_HEADING = 6
"""Lines that a heading takes with the space and rules around it, and the foot of a table."""
_INVISIBLE = (nodes.comment, nodes.target, nodes.substitution_definition)


class heading_room(nodes.General, nodes.Element):  # noqa: N801 - docutils names nodes so
    """The heading that follows needs room below it; attribute ``lines``."""


class long_table(nodes.General, nodes.Element):  # noqa: N801 - docutils names nodes so
    """The table that follows may break over pages; attribute ``rows``, without its head."""


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
            if not isinstance(section, nodes.section) or rows < _FEWEST:
                continue
            if "colwidths-given" not in table["classes"]:
                continue  # LaTeX cannot choose widths across pages
            table["classes"].append("longtable")
            if _first_content(section) is table:
                room = heading_room(lines=estimate_room(table))
                section.parent.insert(section.parent.index(section), room)
            section.insert(section.index(table), long_table(rows=rows))


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
    return max(1, ceil(len(node.astext()) / (_LETTERS * share)))


def _first_content(section: nodes.section) -> nodes.Node | None:
    unseen = (nodes.title, *_INVISIBLE)
    return next((child for child in section.children if not isinstance(child, unseen)), None)


def latex_visit_heading_room(self: LaTeXTranslator, node: heading_room) -> None:
    """Turn the page if too little of it is left."""
    self.body.append(f"\n\\lsroom{{{node['lines']}}}\n")
    raise nodes.SkipNode


def latex_visit_long_table(self: LaTeXTranslator, node: long_table) -> None:
    """Say how many rows the next table has."""
    self.body.append(f"\n\\lstablerows{{{node['rows']}}}\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Register the transforms and their nodes."""
    app.add_node(matter, latex=(latex_visit_matter, None))
    app.add_node(chapter_style, latex=(latex_visit_chapter_style, None))
    app.add_node(heading_room, latex=(latex_visit_heading_room, None))
    app.add_node(long_table, latex=(latex_visit_long_table, None))
    app.add_post_transform(AssembleBook)
    app.add_post_transform(SpreadTables)
