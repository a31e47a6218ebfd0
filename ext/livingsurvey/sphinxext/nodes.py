"""The doctree of a survey.

::

    paper_listing                     one {survey:papers}; a target, lists its mentions
      paper_group                     residents, guests, or an excerpt: the keys of its papers
        paper_words                   what their entries say, as one text
        paper_title, paper_note       of those entries that say it with formulas or quotes
    reference_list                    {survey:references}: the keys of all papers
      paper_words, paper_title        as above

A survey has thousands of papers, each appears several times, and Sphinx walks every tree some
fifty times. So an entry is no node while a page is read and resolved; the tree holds its key, and
its words as far as Sphinx itself has a use for them: plain ones for the search, the others so that
formulas are noticed and quotes become typographic. That makes a build several times faster.
:mod:`.entries` expands a key when it is written:

::

    paper_card                        one paper at home: its only full entry
      paper_title                     inline nodes of the title
      paper_note                      inline nodes of the annotation, where there is one
    paper_line                        one paper in short; links to its home
      paper_title
    reference_item                    one paper as a list of references has it
      reference_part                  its label, its people, its year
      paper_title
      reference_part                  a title of a journal or of a book, among the text

HTML and LaTeX have visitors of their own, which expand one entry after the other; for all other
builders :class:`~.entries.ExpandPapers` spells them out in generic nodes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias, cast
from urllib.parse import unquote, urlsplit

from docutils import nodes

from livingsurvey.bibtex.fields import LINK_FIELDS
from livingsurvey.bibtex.identifiers import make_anchor
from livingsurvey.markup import parse
from livingsurvey.markup import tree as inline
from livingsurvey.reference import close, make_reference
from livingsurvey.words import mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from docutils.nodes import Element

    from livingsurvey.model import Paper
    from livingsurvey.words import Words


class PaperFacts:
    """What the entry of a paper prints, as plain text.

    Attributes:
        key: The citation key.
        anchor: See :func:`livingsurvey.bibtex.identifiers.make_anchor`.
        name: The short title, or ``""``.
        title: The title as plain text, for attributes and search.
        authors: All authors in full, in order.
        truncated: Whether the list goes on.
        venue: Journal, proceedings or institution.
        is_titled: Whether the venue is a title, of a journal or of a book, and no institution.
        year: As text; ``""`` if unknown.
        links: (label, address) of each copy, DOI and preprint and code.
        home: The tag of its home.
        others: The tags of its other categories.
        added: The ISO date on which it joined the survey, or ``""``.
    """

    def __init__(self, paper: Paper) -> None:
        self.key = paper.key
        self.anchor = make_anchor(paper.key)
        self.name = parse(paper.short_title).text
        self.title = parse(paper.title).text or paper.key
        self.authors = tuple(person.full for person in paper.authors or paper.editors)
        self.truncated = paper.truncated
        self.venue = parse(paper.venue).text
        self.is_titled = any(paper.fields.get(name) for name in ("journal", "booktitle"))
        self.year = str(paper.year or "")
        self.links = collect_links(paper)
        self.home = paper.home
        self.others = tuple(tag for tag in paper.categories if tag != paper.home)
        self.added = paper.created.isoformat() if paper.created else ""


collect_facts = lru_cache(maxsize=16384)(PaperFacts)
"""Everything that the entries of a paper print, whatever their form."""


@dataclass(frozen=True, slots=True)
class PageLink:
    """A resolved link: what it says and where it goes."""

    text: str
    uri: str


class paper_listing(nodes.General, nodes.Element):  # noqa: N801 - docutils names nodes so
    """The papers of a category.

    Attributes ``tag``, ``title``, ``color``, ``since``, ``form``, ``docname``, ``is_home``.
    """


class paper_group(nodes.General, nodes.Element):  # noqa: N801
    """Papers of one kind; attributes ``kind``, ``form``, ``docname``, ``keys``.

    The kind is ``residents``, whose entries are cards, or ``guests`` or ``excerpt``, of lines.
    In LaTeX a transform adds ``marks``: by key, the attributes that an entry has in print.
    """


class paper_entry(nodes.General, nodes.Element):  # noqa: N801
    """Base of the nodes that stand for one paper; attribute ``facts``, ``docname``.

    It also has what only the whole survey knows, each a tuple of :class:`PageLink`:
    ``home_link`` (the full entry, named by its category), ``other_links`` (the other categories),
    ``mention_links`` (the sections that cite the paper or name it) and ``listing_links`` (those
    that list it).
    """

    def links(self, name: str) -> tuple[PageLink, ...]:
        """Return links; an empty tuple if there are none of this name."""
        return cast("tuple[PageLink, ...]", self.get(name, ()))

    @property
    def facts(self) -> PaperFacts:
        """What the entry prints."""
        return cast("PaperFacts", self["facts"])


class paper_card(paper_entry):  # noqa: N801
    """A paper at home; attribute ``page``, the address of its page, ``""`` if there is none."""


class paper_line(paper_entry):  # noqa: N801
    """A paper that is at home elsewhere, or in a short listing."""


class reference_list(nodes.General, nodes.Element):  # noqa: N801
    """The list of references; attributes ``docname``, ``keys``, and ``marks`` as in a group."""


LazyEntries: TypeAlias = paper_group | reference_list
"""What holds its entries as keys until they are written."""


class reference_item(paper_entry):  # noqa: N801
    """A paper in the list of references."""


class reference_part(nodes.Inline, nodes.TextElement):  # noqa: N801
    """Words of a reference with a look of their own; attribute ``kind``.

    The kind is ``label``, ``people``, ``year`` or ``venue``.
    """


class paper_words(nodes.Inline, nodes.TextElement):  # noqa: N801
    """The plain titles and annotations of many papers, for the search; never written."""


class paper_title(nodes.Inline, nodes.TextElement):  # noqa: N801
    """The title of a paper; in a group its attribute ``key`` says of which."""


class paper_note(nodes.Inline, nodes.TextElement):  # noqa: N801
    """The annotation of a paper; ``key`` as in a title."""


class placeholder(nodes.Element):  # noqa: N801
    """Base of what only the whole survey can fill in; attribute ``docname``.

    A transform finds them all in one walk, before Sphinx resolves references.
    """

    def resolve(self, domain: Any) -> None:
        """Fill it in, or put something else in its place; *domain* is that of the survey."""
        raise NotImplementedError


def writes(make: Callable[[Any, Any], Iterator[str]]) -> Callable[[Any, Any], None]:
    """Make the visitor of a node out of what yields all its text, that of its children included."""

    def visit(translator: Any, node: Element) -> None:
        for text in make(translator, node):
            translator.body.append(text)
        raise nodes.SkipNode

    visit.__doc__ = make.__doc__
    return visit


def write_children(translator: nodes.NodeVisitor, node: Element) -> None:
    """Let a builder write what is in a node, and not the node itself."""
    for child in node.children:
        child.walkabout(translator)


_TYPED = re.compile(r"[\"'`\\\x00]|--|\.\.\.")
"""What Sphinx may print otherwise than it stands there (``smartquotes_action``)."""

_WRAPPERS: dict[type, type[nodes.TextElement]] = {
    inline.Emphasis: nodes.emphasis,
    inline.Strong: nodes.strong,
    inline.Superscript: nodes.superscript,
    inline.Subscript: nodes.subscript,
    inline.Monospace: nodes.literal,
    inline.SmallCaps: nodes.inline,
}


def render_markup(tex: str) -> list[nodes.Node]:
    """Return the inline nodes of a title or annotation."""
    return list(_render(parse(tex).nodes))


def _render(tree: Iterable[inline.Node]) -> Iterator[nodes.Node]:
    for node in tree:
        if isinstance(node, inline.Text):
            yield nodes.Text(node.text)
        elif isinstance(node, inline.Math):
            yield nodes.math(node.tex, node.tex)
        elif isinstance(node, inline.Link):
            inside = _render(node.children)
            yield nodes.reference("", "", *inside, refuri=node.url, internal=False)
        else:
            classes = ["ls-small-caps"] if isinstance(node, inline.SmallCaps) else []
            yield _WRAPPERS[type(node)]("", "", *_render(node.children), classes=classes)


def display_name(paper: Paper) -> str:
    """Return what a paper is called in running text: its short title, else its title."""
    return parse(paper.short_title or paper.title).text or paper.key


_QUOTED = {ord(char): f"%{ord(char):02X}" for char in '<>"#%{}|\\^`[]?'}
"""Old DOIs hold <, > and #, which an address cannot."""


def collect_links(paper: Paper) -> tuple[tuple[str, str], ...]:
    """Return where a paper can be had: (label, address), most lasting first."""
    links = []
    if paper.doi:
        links.append(("DOI", f"https://doi.org/{paper.doi.translate(_QUOTED)}"))
    if paper.arxiv:
        links.append(("arXiv", f"https://arxiv.org/abs/{paper.arxiv}"))
    if paper.url and not any(paper.url == uri for _, uri in links):
        links.append((name_host(paper.url), paper.url))
    links.extend((LINK_FIELDS[name], address) for name, address in paper.links.items())
    return tuple(links)


_RESOLVERS = {"DOI": ("https://doi.org/", "doi:"), "arXiv": ("https://arxiv.org/abs/", "arXiv:")}
_PROTOCOL = re.compile(r"^https?://(www\.)?")


def spell_link(label: str, uri: str, words: Words) -> str:
    """Return what stands for a link on paper: the identifier, or host and path."""
    resolver, prefix = _RESOLVERS.get(label, ("", ""))
    if resolver and uri.startswith(resolver):
        return prefix + unquote(uri.removeprefix(resolver))
    address = _PROTOCOL.sub("", uri).rstrip("/")
    return address if label == name_host(uri) else f"{words.gettext(label).lower()}: {address}"


def name_host(address: str) -> str:
    """Return what a link to an address is called: its host, as ``openreview.net``."""
    host = urlsplit(address).hostname or ""
    return host.removeprefix("www.") or mark("Link")


def abbreviate(authors: Sequence[str], truncated: bool, limit: int, words: Words) -> str:
    """Return the authors in one phrase, at most *limit* of them named."""
    if not authors:
        return ""
    if truncated or len(authors) > limit:
        return words.gettext("{names} et al.", names=", ".join(authors[:limit]))
    if len(authors) == 1:
        return authors[0]
    return words.gettext("{names} and {last}", names=", ".join(authors[:-1]), last=authors[-1])


def make_group(kind: str, form: str, docname: str, papers: Sequence[Paper]) -> paper_group:
    """Return the papers of one kind, to be expanded when they are written."""
    keys = tuple(paper.key for paper in papers)
    group = paper_group(kind=kind, form=form, docname=docname, keys=keys)
    group += fold_papers(papers, with_notes=kind == "residents")
    return group


def place_card(paper: Paper) -> str:
    """Return the id of the full entry of a paper."""
    return f"paper-{make_anchor(paper.key)}"


def fold_papers(papers: Iterable[Paper], *, with_notes: bool = False) -> list[nodes.Node]:
    """Return what a tree holds of entries that are expanded later; see above.

    Args:
        papers: In the order of their entries.
        with_notes: Whether these show the annotation.
    """
    words: list[str] = []
    kept: list[nodes.Node] = []
    for paper in papers:
        for kind, tex in list_texts(paper, with_note=with_notes):
            said = parse(tex)
            is_text = all(isinstance(node, inline.Text) for node in said.nodes)
            if is_text and not _TYPED.search(said.text):
                words.append(said.text)
            else:
                kept.append(kind("", "", *_render(said.nodes), key=paper.key))
    plain = "\n".join(words)
    return [paper_words(plain, plain), *kept] if words else kept


def list_texts(
    paper: Paper, *, with_note: bool
) -> list[tuple[type[paper_title | paper_note], str]]:
    """Return the kinds of node in an entry, with the TeX of what each says."""
    notes = [(paper_note, paper.annotation)] if with_note and paper.annotation else []
    return [(paper_title, paper.title or paper.key), *notes]


def render_reference(
    paper: Paper,
    docname: str,
    title: Iterable[nodes.Node],
    words: Words,
    *,
    label: str = "",
    suffix: str = "",
) -> reference_item:
    """Return the entry of a paper in the list of references.

    Args:
        paper: The paper.
        docname: The page of the list.
        title: The node of its title.
        words: Those of the survey.
        label: What citations call it; ``""`` if they name people and year.
        suffix: The letter that citations print after the year.
    """
    reference = make_reference(paper, words, suffix)
    item = reference_item(facts=collect_facts(paper), docname=docname)
    if label:
        item += [_part("label", f"[{label}]"), nodes.Text(" ")]
    year = _part("year", f"({reference.date})")
    if reference.people:
        item += [_part("people", reference.people), nodes.Text(" "), year, nodes.Text(". ")]
        item += [*title, nodes.Text(close(item.facts.title))]
    else:
        item += [*title, nodes.Text(" "), year, nodes.Text(".")]
    if reference.runs:
        item += nodes.Text(" ")
    for run in reference.runs:
        item += _part("venue", *_render(run.nodes)) if run.is_title else _render(run.nodes)
    return item


def _part(kind: str, *said: str | nodes.Node) -> reference_part:
    children = [nodes.Text(part) if isinstance(part, str) else part for part in said]
    return reference_part("", "", *children, kind=kind)


def make_table(
    name: str, titles: Sequence[str], widths: Sequence[int], rows: Sequence[Sequence[nodes.Node]]
) -> nodes.table:
    """Return a table with one line of headings."""
    group = nodes.tgroup(cols=len(titles))
    group += [nodes.colspec(colwidth=width) for width in widths]
    group += nodes.thead("", _make_row([nodes.Text(title) for title in titles]))
    group += nodes.tbody("", *(_make_row(row) for row in rows))
    # More rows than this do not fit on one page of a book.
    return nodes.table("", group, classes=[name, *(["longtable"] if len(rows) > 30 else [])])


def _make_row(cells: Sequence[nodes.Node]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", cell)) for cell in cells))
