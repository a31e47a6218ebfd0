"""What the environment remembers of each page, and the whole survey that follows from it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from docutils import nodes
from sphinx import addnodes
from sphinx.util.nodes import traverse_parent

from livingsurvey.digest import digest
from livingsurvey.markup import search_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sphinx.domains import Domain
    from sphinx.environment import BuildEnvironment

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
        aliases: Its former tags.
    """

    anchor: str
    sections: tuple[str, ...]
    line: int
    title: str
    above: tuple[tuple[str, str], ...] = ()
    aliases: tuple[str, ...] = ()


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
        authors: The authors that it lists with an id of their own: name to (id, papers).
        panels: What it shows of the survey as a whole, by name: ``discussed``,
            ``agreement``, ``explorer``, ``changes``, ``state``.
        loose: The targets of ``{any}`` and ``[](#target)``, which may be papers or categories.
        facts: The digest of what it shows of other pages, as of its last writing.
        state: The digest of what other pages may show of it; ``""`` until it is asked for.
    """

    answers: dict[Any, str] = field(default_factory=dict, compare=False)
    homes: dict[str, Home] = field(default_factory=dict)
    papers: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    references: int = 0
    mentions: tuple[Mention, ...] = ()
    categories: tuple[tuple[str, int], ...] = ()
    loose: tuple[str, ...] = ()
    browsed: dict[str, None] = field(default_factory=dict)
    authors: dict[str, tuple[str, int]] = field(default_factory=dict)
    panels: dict[str, None] = field(default_factory=dict)
    facts: str = field(default="", compare=False)
    state: str = field(default="", compare=False)

    def digest_facts(self) -> str:
        """Return the state of the page, once it has been read whole."""
        self.state = self.state or digest(self)
        return self.state


@dataclass(slots=True)
class Tables:
    """The remembered state of a survey; pickled with the environment.

    Attributes:
        pages: By document name.
        digest: Of the bibliography, the taxonomy and the settings, as last read.
        words: The digest of the words of our own, as last read.
        navigation: The digest of titles and order of all pages, as last written.
        written: The digest of everything that pages may show of each other, as last written.
        diagnostics: Every problem of the last build; said again until it is mended.
    """

    pages: dict[str, Page] = field(default_factory=dict)
    digest: str = ""
    words: str = ""
    navigation: str = ""
    written: str = ""
    diagnostics: tuple[Diagnostic, ...] = ()

    def page(self, docname: str) -> Page:
        """Return the page, a new one if nothing is known of it."""
        return self.pages.setdefault(docname, Page())


Place = tuple[str, str]
"""A document name and an id in it; the id is ``""`` for the page itself."""


COMPANIONS = 5
"""At most so many papers are named as cited together with one, each in two paragraphs at least."""


class Survey:
    """The whole survey, in the order in which one reads it.

    Who speaks of whom is worked out when it is first asked for: a build that changes nothing does
    not ask.

    Attributes:
        order: All documents: those of the toctree in its order, then the others by name.
        pages: What is remembered of each, in this order.
        homes: Where each category that has a listing is at home.
        categories: The place of each category: of its home, or of the section around the homes
            of all below it.
        category_titles: The titles of these categories.
        papers: Where each paper has its full entry.
        names: What each of these papers is called in running text.
        search_names: What the search calls it.
        references: The document with the list of references, or ``""``.
        numbers: The section numbers, as Sphinx assigns them: document, then ``#id``.
        titles: The title of each document.
        reviewed: The day on which somebody last looked a document through, as its head says.
        around: The sections in which a toctree lists each document, outermost first; what the
            first page of all lists stands in none.
    """

    def __init__(self, domain: Domain) -> None:
        env, known = domain.env, domain.data["tables"].pages
        self.order = tuple(_iterate_documents(env))
        self.pages: dict[str, Page] = {name: known[name] for name in self.order if name in known}
        holders = (docname for docname, page in self.pages.items() if page.references)
        self.references = next(holders, "")
        self.numbers = env.toc_secnumbers
        self.titles = {docname: env.titles[docname].astext() for docname in self.order}
        self.reviewed = {
            docname: str(metadata["reviewed"])
            for docname, metadata in env.metadata.items()
            if "reviewed" in metadata
        }
        self.around = _find_toctrees(env, self.order)
        self.homes: dict[str, tuple[str, Home]] = {}
        self.papers: dict[str, Place] = {}
        self.names: dict[str, str] = {}
        self.search_names: dict[str, str] = {}
        for docname, page in self.pages.items():
            for tag, home in page.homes.items():
                self.homes.setdefault(tag, (docname, home))
            for key, (anchor, name, search_name) in page.papers.items():
                self.papers.setdefault(key, (docname, anchor))
                self.names.setdefault(key, name)
                self.search_names.setdefault(key, search_name)
        self.categories: dict[str, Place] = {}
        self.category_titles: dict[str, str] = {}
        self._place_categories()

    def _place_categories(self) -> None:
        leaves: dict[str, list[str]] = {}
        for tag, (docname, home) in self.homes.items():
            self.categories[tag] = (docname, home.sections[-1] if home.sections else home.anchor)
            self.category_titles[tag] = home.title
            for parent, title in home.above:
                self.category_titles.setdefault(parent, title)
                leaves.setdefault(parent, []).append(tag)
        for parent, below in leaves.items():
            if place := self._find_common(below, parent):
                self.categories.setdefault(parent, place)

    @property
    def explorer(self) -> str:
        """The document with the explorer, or ``""``."""
        pages = self.pages.items()
        return next((docname for docname, page in pages if "explorer" in page.panels), "")

    @cached_property
    def mentions(self) -> dict[str, list[tuple[str, Mention]]]:
        """Each key and every place that speaks of it, in reading order."""
        mentions: dict[str, list[tuple[str, Mention]]] = {}
        for docname, page in self.pages.items():
            for mention in page.mentions:
                for key in mention.keys:
                    mentions.setdefault(key, []).append((docname, mention))
        return mentions

    @cached_property
    def cited(self) -> tuple[str, ...]:
        """The keys that pages cite, in reading order, each once."""
        mentions = (mention for page in self.pages.values() for mention in page.mentions)
        cites = (mention for mention in mentions if mention.kind == "cite")
        return tuple(dict.fromkeys(key for mention in cites for key in mention.keys))

    @cached_property
    def cites_labels(self) -> bool:
        """Whether any page prints the label of a reference, whatever the reference style."""
        return any(mention.wants_label for page in self.pages.values() for mention in page.mentions)

    @cached_property
    def blocks(self) -> dict[tuple[str, int], dict[str, None]]:
        """The papers of each paragraph: document and number, then keys."""
        blocks: dict[tuple[str, int], dict[str, None]] = {}
        for docname, page in self.pages.items():
            for mention in page.mentions:
                if mention.block:
                    block = blocks.setdefault((docname, mention.block), {})
                    block.update(dict.fromkeys(mention.keys))
        return blocks

    @cached_property
    def authors(self) -> dict[str, tuple[str, str, int]]:
        """The authors with an id of their own: name to document, id and number of papers."""
        return {
            name: (docname, *place)
            for docname, page in self.pages.items()
            for name, place in page.authors.items()
        }

    def find_companions(self, key: str) -> list[tuple[str, int]]:
        """Return the papers that most often share a paragraph with one, and in how many."""
        places = {(docname, mention.block): None for docname, mention in self.mentions.get(key, ())}
        shared = [self.blocks[place] for place in places if place in self.blocks]
        counts = Counter(
            other for block in shared for other in block if other != key and other in self.papers
        )
        # One paragraph makes no company.
        found = [(other, count) for other, count in counts.items() if count > 1]
        return sorted(found, key=lambda item: (-item[1], item[0]))[:COMPANIONS]

    def _find_common(self, leaves: Iterable[str], parent: str) -> Place | None:
        """Return the innermost section that holds the homes of all *leaves*.

        The home of a leaf is the last of its own sections, so its parent is at least one further
        out, its grandparent two; on a page above, if the page of the leaf has its name.
        """
        paths = []
        for docname, home in (self.homes[leaf] for leaf in leaves):
            lineage = reversed(self.list_lineage(docname))
            above = [place for document in lineage for place in self.around.get(document, ())]
            path = (*above, *((docname, section) for section in home.sections))
            is_own = search_key(self.titles.get(docname, "")) == search_key(home.title)
            least = len(above) if is_own and above else len(above) + 1
            distance = len(home.above) - [above_tag for above_tag, _ in home.above].index(parent)
            paths.append(path[: max(least, len(path) - distance)])
        # Up to the end of the shortest path.
        common = [*takewhile(lambda places: len({*places}) == 1, zip(*paths, strict=False))]
        return common[-1][0] if common else None

    def list_lineage(self, docname: str) -> tuple[str, ...]:
        """Return a document and those above it in the toctree, but for the first page of all."""
        lineage: dict[str, None] = {}
        while docname and docname not in lineage:  # toctrees may go in a circle
            lineage[docname] = None
            docname = self.around[docname][0][0] if docname in self.around else ""
        return tuple(lineage)

    @cached_property
    def chapters(self) -> dict[str, tuple[str, ...]]:
        """The chapters that are home to a category, in reading order: head to all documents.

        A document belongs to the nearest one at or above it that says when it was reviewed, else
        to the outermost, which is a chapter of the book.
        """
        chapters: dict[str, tuple[str, ...]] = {}
        for docname in self.pages:
            lineage = self.list_lineage(docname)
            head = next((above for above in lineage if above in self.reviewed), lineage[-1])
            chapters[head] = (*chapters.get(head, ()), docname)
        return {
            head: documents
            for head, documents in chapters.items()
            if any(self.pages[document].homes for document in documents)
        }

    def list_documents(self, docname: str) -> tuple[str, ...]:
        """Return the documents of a chapter, or a single document if it is no chapter's head."""
        return self.chapters.get(docname, (docname,))

    def number(self, docname: str, section: str) -> str:
        """Return the number of a section as it is printed, ``5.1``, or ``""``."""
        anchor = f"#{section}" if section else ""
        return ".".join(map(str, self.numbers.get(docname, {}).get(anchor) or ()))

    def describe_home(self, tag: str) -> str:
        """Return how a link to the full entry of a paper calls its category."""
        number = self.number(*self.categories.get(tag, ("", "")))
        return f"{number} {self.category_titles.get(tag, tag)}".strip()

    def describe(self, docname: str, section: str, title: str) -> str:
        """Return how a link calls a section: ``5.1 Efficient Attention``."""
        text = title or self.titles.get(docname, docname)
        return f"{self.number(docname, section)} {text}".lstrip()


def _find_toctrees(env: BuildEnvironment, order: tuple[str, ...]) -> dict[str, tuple[Place, ...]]:
    """Return the documents that toctrees list, and the sections around the first that does."""
    around: dict[str, tuple[Place, ...]] = {}
    for docname in order:
        if docname == env.config.root_doc:
            continue
        for toctree in env.tocs[docname].findall(addnodes.toctree):
            items = traverse_parent(toctree.parent, nodes.list_item)
            links = [next(iter(item.findall(nodes.reference))) for item in items]
            sections = [link["anchorname"].lstrip("#") for link in reversed(links)]
            places = tuple((docname, section) for section in ("", *sections[1:]))
            for below in toctree["includefiles"]:
                around.setdefault(below, places)
    return around


def _iterate_documents(env: BuildEnvironment) -> Iterator[str]:
    """Yield every document: in the order of the toctree, then the others by name."""
    relations = env.collect_relations()
    seen: set[str] = set()
    docname: str | None = env.config.root_doc
    while docname is not None and docname not in seen and docname in env.found_docs:
        seen.add(docname)
        yield docname
        docname = relations[docname][2] if docname in relations else None
    yield from sorted(env.found_docs - seen)
