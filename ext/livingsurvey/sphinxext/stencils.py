"""Citations of one paper, cut from stencils: a style's words with holes for the paper's own.

A reference style is a tree of pybtex templates, and printing one citation evaluates some thirty of
them, although two citations by a role differ in names, year and hover text alone. So each *shape*
of a citation (the role, how many names, whether there is a year, what stands before and behind) is
printed once by the style itself, with a mark in each place, and every further citation of the
shape fills in the places. A shape that is not the same for two sets of marks, because a role
capitalizes the first name for instance, has no stencil; nor has a paper whose names or year are
not plain letters and digits. Those the style prints as ever.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docutils import nodes
from pybtex.style.names import BaseNameStyle

from livingsurvey.bibtex.styled import make_marked_entry, make_plain_person
from livingsurvey.sphinxext.molds import MARKS, Mold, find_marks, make_marks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pybtex.database import Entry
    from pybtex.database import Person as PybtexPerson
    from pybtex.richtext import Text
    from sphinxcontrib.bibtex.citation_target import CitationTarget

    from livingsurvey.model import Paper, Person

    Printer = Callable[[str, CitationTarget, Entry, str, str], list[nodes.Node]]
    Shape = tuple[str, CitationTarget, str, int, bool]

_PLAIN = re.compile(r"\w(?:[\w \u2019-]*\w)?")
"""What may be filled in: letters at both ends, since a full stop may be added where none is."""

_FREE_OF_TEX = re.compile(r"[\w .\u2019-]*")
"""What both pybtex and we read as it stands."""

_ANCHOR, _TITLE, _YEAR, _NAMES = range(4)
"""The holes of a stencil; one for each name from the last on."""


class NameMemory(BaseNameStyle):  # type: ignore[misc] # pybtex has no types
    """A style of names that remembers what it has formatted: authors return all the time."""

    def __init__(self, style: BaseNameStyle) -> None:
        self.style = style
        self._known: dict[tuple[str, bool], Text] = {}

    def format(self, person: PybtexPerson, abbr: bool = True) -> Text:
        """Return the name as rich text, where the style itself returns a template of it."""
        name = str(person), abbr
        if name not in self._known:
            self._known[name] = self.style.format(person, abbr).format_data({})
        return self._known[name]


@dataclass(frozen=True, slots=True)
class _Element:
    """An element, its attributes, and its children."""

    kind: type[nodes.Element]
    attributes: tuple[tuple[str, Any], ...]
    children: tuple[_Element | Mold, ...]

    def fill(self, values: Sequence[str]) -> nodes.Element:
        filled = self.kind()
        for name, value in self.attributes:
            filled[name] = value.fill(values) if isinstance(value, Mold) else value
        filled.extend(_fill(self.children, values))
        return filled


class Stencil:
    """What a style prints for all citations of a shape, with holes.

    Args:
        parts: The texts and elements.
        size: How many holes there are.

    Attributes:
        printed: What visitors write for it, kept here by the module of these, by form of the link;
            None if that differs from mark to mark.
    """

    def __init__(self, parts: tuple[_Element | Mold, ...], size: int) -> None:
        self.parts = parts
        self.size = size
        self.printed: dict[Any, Mold | None] = {}
        self._words = tuple(_join_words(_list_texts(parts)))

    def make(self, values: Sequence[str]) -> list[nodes.Node]:
        """Return the nodes."""
        return _fill(self.parts, values)

    def read(self, values: Sequence[str]) -> list[str]:
        """Return the text, cut only where two words would become one."""
        return [one.fill(values) for one in self._words]


@dataclass(frozen=True, slots=True)
class Cutout:
    """A citation of one paper: a stencil, and what fills its holes.

    Attributes:
        stencil: The stencil.
        values: By number of the hole.
    """

    stencil: Stencil
    values: tuple[str, ...]

    def make(self) -> list[nodes.Node]:
        """Return its nodes."""
        return self.stencil.make(self.values)

    def fill(self, mold: Mold, page: str, escape: Callable[[str], str]) -> str:
        """Return what a visitor writes for it.

        Args:
            mold: What visitors write for the stencil; its last hole is the page that it links to.
            page: That page, escaped.
            escape: Escapes the hover text. Names, year and anchor are letters and digits: no
                writer changes these.
        """
        anchor, title, *rest = self.values
        return mold.fill((anchor, escape(title), *rest, page))

    @property
    def words(self) -> list[str]:
        """What it prints, cut only where two words would become one."""
        return self.stencil.read(self.values)

    @property
    def text(self) -> str:
        """What it prints."""
        return "".join(self.words)


class Stencils:
    """The stencils of a reference style, each cut when it is first asked for.

    Args:
        print_one: Prints the citation of one entry by the style itself, with its hover text and
            the id in the list of references.
        name_style: Prints a name.
        abbreviate: Whether it is to abbreviate given names.
    """

    def __init__(self, print_one: Printer, name_style: BaseNameStyle, abbreviate: bool) -> None:
        self._print = print_one
        self._name_style = name_style
        self._abbreviate = abbreviate
        self._known: dict[Shape, Stencil | None] = {}
        self._names: dict[Person, str] = {}

    def cut(  # noqa: PLR0917 - one call
        self,
        role: str,
        target: CitationTarget,
        paper: Paper,
        title: str,
        anchor: str,
        most: int | None,
    ) -> Cutout | None:
        """Return the citation of one paper, or None where there is no stencil for it.

        Args:
            role: The role.
            target: What stands before and behind the citation.
            paper: The paper.
            title: The hover text.
            anchor: The id in the list of references.
            most: How many names the style looks at; None if at all.
        """
        kind, people = ("author", paper.authors) if paper.authors else ("editor", paper.editors)
        # Where our reading dropped or changed something, the style is to see the field itself.
        if not people or paper.truncated or (kind == "editor" and "author" in paper.fields):
            return None
        if "'" in paper.fields[kind]:
            return None
        names = [self._print_name(one) for one in people[:most]]
        if not all(names):
            return None
        year = str(paper.year or "")
        shape = role, target._replace(key=""), kind, len(names), bool(year)
        if shape not in self._known:
            self._known[shape] = self._cut(shape)
        stencil = self._known[shape]
        return Cutout(stencil, (anchor, title, year, *names)) if stencil is not None else None

    def _print_name(self, person: Person) -> str:
        """Return a name as the style prints it; "" if it is not plain."""
        known = self._names.get(person)
        if known is None:
            parts = (person.given, person.particle, person.family, person.suffix)
            known = ""
            if all(_FREE_OF_TEX.fullmatch(part) for part in parts):
                name = self._name_style.format(make_plain_person(person), self._abbreviate)
                known = str(name.format_data({}))
            self._names[person] = known = known if _PLAIN.fullmatch(known) else ""
        return known

    def _cut(self, shape: Shape) -> Stencil | None:
        one, other = (self._trace(shape, mark) for mark in range(len(MARKS)))
        return Stencil(one, _NAMES + shape[3]) if one == other else None

    def _trace(self, shape: Shape, mark: int) -> tuple[_Element | Mold, ...]:
        role, target, kind, count, has_year = shape
        marks = make_marks(_NAMES + count, mark)
        entry = make_marked_entry(kind, marks[_NAMES:], marks[_YEAR] if has_year else "")
        printed = self._print(role, target, entry, marks[_TITLE], marks[_ANCHOR])
        return tuple(_trace(printed, marks))


def _trace(printed: Iterable[nodes.Node], marks: list[str]) -> Iterator[_Element | Mold]:
    for node in printed:
        if isinstance(node, nodes.Element):
            attributes = tuple(
                (name, find_marks(value, marks) if isinstance(value, str) else value)
                for name, value in node.attributes.items()
                if value != []
            )
            yield _Element(type(node), attributes, tuple(_trace(node.children, marks)))
        else:
            yield find_marks(node.astext(), marks)


def _list_texts(parts: Iterable[_Element | Mold]) -> Iterator[Mold]:
    for one in parts:
        if isinstance(one, Mold):
            yield one
        else:
            yield from _list_texts(one.children)


def _join_words(texts: Iterable[Mold]) -> Iterator[Mold]:
    """Join texts, but not where a word ends and another begins: the search is to find both."""
    joined: tuple[str | int, ...] = ()
    for text in texts:
        pieces = tuple(piece for piece in text.pieces if piece != "")
        if joined and pieces and _is_word(joined[-1], -1) and _is_word(pieces[0], 0):
            yield Mold(joined)
            joined = ()
        joined += pieces
    if joined:
        yield Mold(joined)


def _is_word(piece: str | int, at: int) -> bool:
    """Whether a piece ends or begins with a letter or digit, as all that fills a hole does."""
    return isinstance(piece, int) or bool(re.match(r"\w", piece[at]))


def _fill(parts: Iterable[_Element | Mold], values: Sequence[str]) -> list[nodes.Node]:
    return [
        nodes.Text(one.fill(values)) if isinstance(one, Mold) else one.fill(values) for one in parts
    ]
