"""The values that everything else speaks of: places, people, categories, papers.

All are frozen and made of plain values, so that they can be compared by content, inherited by
forked readers and pickled.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from livingsurvey.digest import digest

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping


MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a text file, as editors count: lines and columns start at 1.

    Attributes:
        path: The file, as the user named it (relative to the project where possible).
        line: The line; 0 if the whole file is meant.
        column: The column in characters; 0 if the whole line is meant.
    """

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Return ``path``, ``path:line`` or ``path:line:column``, as much as is known."""
        column = self.column if self.line else 0
        return ":".join([self.path, *(str(number) for number in (self.line, column) if number)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One author or editor, in Unicode, cut into the four parts that BibTeX knows.

    A collective author (``{DeepSeek-AI}``) has a family name only.
    """

    family: str
    given: str = ""
    particle: str = ""
    suffix: str = ""

    @property
    def surname(self) -> str:
        """The family name with its particle: ``van der Maaten``."""
        return f"{self.particle} {self.family}" if self.particle else self.family

    @property
    def full(self) -> str:
        """The name as one reads it: ``Laurens van der Maaten``, ``Martin Luther King Jr.``."""
        return " ".join(part for part in (self.given, self.surname, self.suffix) if part)

    @property
    def inverted(self) -> str:
        """The name as an index has it: ``van der Maaten, Laurens``."""
        return ", ".join(part for part in (self.surname, self.suffix, self.given) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """One node of the taxonomy.

    Attributes:
        tag: Its name in ``keywords``; unique in the whole tree.
        title: Its heading.
        path: The tags from the root down to this category, itself included.
        children: The tags of its sub-categories, in the order of the file.
        section: The number of the section of the paper that it mirrors, or ``""``.
        since: The edition of the survey that added it to what the paper has, or ``""``.
        description: One sentence for readers, or ``""``.
        color: ``#rrggbb``; inherited from the parent where the file gives none, or ``""``.
        aliases: Older spellings of the tag that are still accepted, with a hint.
        watch: Queries in arXiv's syntax that find new papers for it.
        order: Its rank in the whole survey, depth first, from 0.
        location: Where the file defines it.
    """

    tag: str
    title: str
    path: tuple[str, ...]
    children: tuple[str, ...] = ()
    section: str = ""
    since: str = ""
    description: str = ""
    color: str = ""
    aliases: tuple[str, ...] = ()
    watch: tuple[str, ...] = ()
    order: int = 0
    location: Location = field(compare=False)

    @property
    def root(self) -> str:
        """The tag of the top-level category that it belongs to."""
        return self.path[0]

    @property
    def parent(self) -> str:
        """The tag of the category above, or ``""`` at the top."""
        return self.path[-2] if len(self.path) > 1 else ""

    @property
    def depth(self) -> int:
        """1 for a top-level category."""
        return len(self.path)


@dataclass(frozen=True, kw_only=True)
class Paper:
    """One entry of the bibliography, read and normalized.

    Titles and annotations keep their TeX (see :mod:`livingsurvey.markup`); everything else
    is plain Unicode. What an entry lacks is empty or None: nothing is made up.

    Attributes:
        key: The citation key, as written.
        entry_type: ``article``, ``inproceedings``, …, lower case.
        title: The title, in TeX.
        short_title: The name that people call the method by (``shorttitle``), in TeX.
        authors: The authors in order.
        editors: The editors in order.
        truncated: Whether the author list ends in ``and others``.
        year: The year of publication.
        month: 1 to 12.
        venue: Journal, proceedings or institution, in TeX; ``""`` for a bare preprint.
        doi: The bare DOI, lower case prefix kept as written, without resolver.
        arxiv: The arXiv identifier, without version.
        primary_class: arXiv's primary class, such as ``cs.CL``.
        url: A checked http(s) address.
        links: Further checked http(s) addresses, by the name of their field, such as ``code``; see
            :data:`~livingsurvey.bibtex.fields.LINK_FIELDS`.
        annotation: What the paper contributes, in one sentence, in TeX.
        categories: The tags of its categories; the first is its home.
        tags: Its cross-cutting tags, which are no categories.
        created: The day on which the entry joined the survey.
        fields: All fields of the entry, names in lower case, macros expanded. Not to be changed.
        location: Where the entry starts.
    """

    key: str
    entry_type: str
    title: str
    short_title: str = ""
    authors: tuple[Person, ...] = ()
    editors: tuple[Person, ...] = ()
    truncated: bool = False
    year: int | None = None
    month: int | None = None
    venue: str = ""
    doi: str = ""
    arxiv: str = ""
    primary_class: str = ""
    url: str = ""
    links: Mapping[str, str] = field(default_factory=dict)
    annotation: str = ""
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    created: datetime.date | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    location: Location = field(compare=False)

    def __hash__(self) -> int:
        """Return a hash that is made at once: papers are keys of many caches."""
        return hash(self.key)

    @property
    def home(self) -> str:
        """The tag of the primary category, or ``""``."""
        return self.categories[0] if self.categories else ""

    @property
    def link(self) -> str:
        """The best single address of the paper: DOI, else arXiv, else its URL, else ``""``."""
        if self.doi:
            return f"https://doi.org/{self.doi}"
        if self.arxiv:
            return f"https://arxiv.org/abs/{self.arxiv}"
        return self.url

    @cached_property
    def digest(self) -> str:
        """The digest of everything that the bibliography says of the paper, place excepted."""
        return digest(
            (self.key, self.entry_type, dict(self.fields), self.authors, self.categories, self.tags)
        )
