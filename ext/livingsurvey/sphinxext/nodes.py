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
:mod:`.entries` unfolds a key when it is written:

::

    paper_card                        one paper at home: its only full entry
      paper_title                     inline nodes of the title
      paper_note                      inline nodes of the annotation, where there is one
    paper_line                        one paper in short; links to its home
      paper_title
    reference_item                    one paper as a list of references has it
      paper_title

HTML and LaTeX have visitors of their own, which unfold one entry after the other; for all other
builders :class:`~.transforms.ExpandPapers` spells them out in generic nodes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, cast

from docutils import nodes

if TYPE_CHECKING:
    from docutils.nodes import Element


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperFacts:
    """What the entry of a paper prints, as plain text.

    Attributes:
        key: The citation key.
        anchor: See :func:`livingsurvey.bibtex.keys.make_anchor`.
        name: The short title, or ``""``.
        title: The title as plain text, for attributes and search.
        authors: All authors in full, in order.
        truncated: Whether the list goes on.
        inverted: The authors as a list of references has them.
        venue: Journal or proceedings.
        year: As text; ``""`` if unknown.
        links: (label, address) of each copy, DOI and preprint and code.
        home: The tag of its home.
        others: The tags of its other categories.
    """

    key: str
    anchor: str
    name: str
    title: str
    authors: tuple[str, ...]
    truncated: bool
    inverted: str
    venue: str
    year: str
    links: tuple[tuple[str, str], ...]
    home: str
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A resolved link: what it says and where it goes; *title* explains it on demand."""

    text: str
    uri: str
    title: str = ""


class paper_listing(nodes.General, nodes.Element):  # noqa: N801 - docutils names nodes so
    """The papers of a category; attributes ``tag``, ``form``, ``docname``, ``is_home``."""


class paper_group(nodes.General, nodes.Element):  # noqa: N801
    """Papers of one kind; attributes ``kind``, ``form``, ``docname``, ``keys``.

    The kind is ``residents``, whose entries are cards, or ``guests`` or ``excerpt``, of lines.
    In LaTeX a transform adds ``marks``: by key, the attributes that an entry has in print.
    """


class paper_entry(nodes.General, nodes.Element):  # noqa: N801
    """Base of the nodes that stand for one paper; attribute ``facts``, ``docname``.

    It also has what only the whole survey knows, each a tuple of :class:`Link`:
    ``home_link`` (the full entry, named by its category), ``other_links`` (the other categories),
    ``reference_link`` (in the list of references), ``mention_links`` (the sections that cite the
    paper or name it) and ``listing_links`` (those that list it). In HTML a card also gets
    ``companions``, the papers often cited together with it, and ``sayings``: for each of its
    ``mention_links`` the sentences in question.
    """

    def links(self, name: str) -> tuple[Link, ...]:
        """Return links; an empty tuple if there are none of this name."""
        return cast("tuple[Link, ...]", self.get(name, ()))

    @property
    def facts(self) -> PaperFacts:
        """What the entry prints."""
        return cast("PaperFacts", self["facts"])


class paper_card(paper_entry):  # noqa: N801
    """A paper at home; attributes ``bibtex`` and, on a site, ``coins``."""


class paper_line(paper_entry):  # noqa: N801
    """A paper that is at home elsewhere, or in a short listing."""


class reference_list(nodes.General, nodes.Element):  # noqa: N801
    """The list of references; attributes ``docname``, ``keys``, and ``marks`` as in a group."""


Folded: TypeAlias = paper_group | reference_list
"""What holds its entries as keys until they are written."""


class reference_item(paper_entry):  # noqa: N801
    """A paper in the list of references."""


class paper_words(nodes.Inline, nodes.TextElement):  # noqa: N801
    """The plain titles and annotations of many papers, for the search; never written."""


class paper_title(nodes.Inline, nodes.TextElement):  # noqa: N801
    """The title of a paper; in a group its attribute ``key`` says of which."""


class paper_note(nodes.Inline, nodes.TextElement):  # noqa: N801
    """The annotation of a paper; ``key`` as in a title."""


class placeholder(nodes.Element):  # noqa: N801
    """Base of what only the whole survey can fill in; attribute ``docname``.

    :class:`~.transforms.ResolvePlaceholders` finds them all in one walk.
    """


class author_list(placeholder, nodes.General, nodes.TextElement):  # noqa: N801
    """Authors with their papers; attributes ``entries``, ``docname``.

    Each entry is (name, ((key, what the paper is called, year), …)). A transform adds ``uris``,
    the address of each key. The text is that of the names, so that the search finds them.
    """


class site_file(placeholder, nodes.Inline, nodes.TextElement):  # noqa: N801
    """A link to a file of the site; attributes ``path``, ``docname``."""


class drawing(placeholder, nodes.General, nodes.Element):  # noqa: N801
    """A picture of :mod:`livingsurvey.charts`.

    Attributes ``picture``, ``docname``, ``prefix`` (begins its ids), ``colors``; a transform adds
    ``links``, the address of each target.
    """


class discussion(placeholder, nodes.General, nodes.Element):  # noqa: N801
    """What a page says of the discussion of its papers; attributes ``panel``, ``docname``."""


class explorer(placeholder, nodes.General, nodes.Element):  # noqa: N801
    """A table of all papers; attributes ``rows``, ``docname`` and the categories as ``tree``."""


class explorer_row(nodes.TextElement):  # noqa: N801
    """A paper in the explorer: its title, and the rest of its row as attributes."""


def child_of(node: Element, kind: type[Element]) -> Element | None:
    """Return the first child of *node* of a kind, or None."""
    return next((child for child in node.children if isinstance(child, kind)), None)


def release(node: nodes.Node) -> None:
    """Cut the circles of a tree that nobody asks for again, so that its memory is free at once.

    Otherwise it waits for the collector, which took longer for a list of references than making
    that list.
    """
    for child in node.children:
        child.parent = None
        release(child)
