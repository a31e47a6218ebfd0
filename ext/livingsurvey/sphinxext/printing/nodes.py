"""Nodes that only the book has."""

from __future__ import annotations

from dataclasses import dataclass

from docutils import nodes


class matter(nodes.General, nodes.Element):  # noqa: N801 - docutils names nodes so
    """Here front, main or back matter begins; attribute ``kind``."""


class chapter_style(nodes.General, nodes.Element):  # noqa: N801
    """The next chapter is about a category; attributes ``tag``, ``description``."""


class mention_mark(nodes.Inline, nodes.Element):  # noqa: N801
    """A place that speaks of papers; attribute ``mark``, the label of its page."""


class heading_room(nodes.General, nodes.Element):  # noqa: N801
    """The heading that follows needs room below it; attribute ``lines``."""


class long_table(nodes.General, nodes.Element):  # noqa: N801
    """The table that follows may break over pages; attribute ``rows``, without its head."""


class page_index(nodes.General, nodes.Element):  # noqa: N801
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
