"""What the environment remembers: plain tables, by document first, so that clearing a document
is a ``pop`` and merging one is a copy.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from livingsurvey.digest import digest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from livingsurvey.diagnostics import Diagnostic

MentionKind = Literal["cite", "name", "list"]

Part = tuple[str, str]
"""A piece of a sentence and its kind: ``text``, ``math`` (in TeX), ``paper`` (a key),
``category`` (a tag), or ``cite:`` with the role of a citation (its target)."""


class Mention(NamedTuple):
    """A place that speaks of papers; a tuple, since there are thousands to read in every build.

    Attributes:
        kind: A citation, a name in the text, or a listing.
        keys: The citation keys.
        line: The line in the source of the page; 0 if unknown.
        section: The id of the section; ``""`` for the top of the page.
        section_title: Its title.
        anchor: The id of the place itself, or of the section.
        wants_label: Whether the page prints the label of the reference.
        sentence: The sentence around it; empty for listings, in tables and in headings.
        block: The number of the paragraph around it, from 1; 0 if it stands in none.
    """

    kind: MentionKind
    keys: tuple[str, ...]
    line: int
    section: str
    section_title: str
    anchor: str
    wants_label: bool = False
    sentence: tuple[Part, ...] = ()
    block: int = 0


@dataclass(frozen=True, slots=True)
class Home:
    """The listing where a category is at home, and the section around it.

    Attributes:
        anchor: The id of the listing.
        sections: The ids of the sections around it, outermost first; the page itself is ``""``.
        line: The line of the directive.
        title: The title of the category.
        above: (tag, title) of the categories above it, outermost first.
    """

    anchor: str
    sections: tuple[str, ...]
    line: int
    title: str
    above: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Page:
    """Everything that is remembered of one document.

    Attributes:
        answers: Each query that it asked, and the fingerprint of the answer.
        homes: The categories that it lists at home.
        papers: The papers whose full entry it holds: key to (anchor, name in text, name in search).
        references: The line of its list of references; 0 if it has none.
        mentions: Its mentions of papers, in order.
        categories: The categories that it links to: tag and line.
        browsed: The papers to whose homes it links without speaking of them.
        panels: What it shows of the survey as a whole, by name: ``discussed``,
            ``agreement``, ``explorer``.
        loose: The targets of ``{any}`` and ``[](#target)``, which may be papers or categories.
        facts: The digest of what it shows of other pages, as of its last writing.
        state: The digest of what other pages may show of it; ``""`` until it is asked for.
    """

    answers: dict[Any, str] = field(default_factory=dict)
    homes: dict[str, Home] = field(default_factory=dict)
    papers: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    references: int = 0
    mentions: tuple[Mention, ...] = ()
    categories: tuple[tuple[str, int], ...] = ()
    loose: tuple[str, ...] = ()
    browsed: dict[str, None] = field(default_factory=dict)
    panels: dict[str, None] = field(default_factory=dict)
    facts: str = ""
    state: str = ""

    def settle(self) -> str:
        """Return the state of the page, once it has been read whole."""
        if not self.state:
            self.state = digest(
                (
                    tuple((tag, *astuple(home)) for tag, home in self.homes.items()),
                    tuple((key, *place) for key, place in self.papers.items()),
                    self.references,
                    tuple(map(tuple, self.mentions)),
                    self.categories,
                    self.loose,
                    tuple(self.browsed),
                    tuple(self.panels),
                )
            )
        return self.state


@dataclass(slots=True)
class Tables:
    """The remembered state of a survey; pickled with the environment.

    Attributes:
        pages: By document name.
        digest: Of the bibliography, the taxonomy and the settings, as last read.
        navigation: The digest of titles and order of all pages, as last written.
        settled: The digest of everything that pages may show of each other, as last written.
        diagnostics: Every problem of the last build; said again until it is mended.
    """

    pages: dict[str, Page] = field(default_factory=dict)
    digest: str = ""
    navigation: str = ""
    settled: str = ""
    diagnostics: tuple[Diagnostic, ...] = ()

    def page(self, docname: str) -> Page:
        """Return the page, a new one if nothing is known of it."""
        return self.pages.setdefault(docname, Page())

    def clear(self, docname: str) -> Page | None:
        """Forget a document; return what was known of it."""
        return self.pages.pop(docname, None)

    def merge(self, docnames: Iterable[str], other: Tables) -> None:
        """Take over the given documents from what another process has read."""
        for docname in docnames:
            if docname in other.pages:
                self.pages[docname] = other.pages[docname]
