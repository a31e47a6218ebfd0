"""Papers as pybtex knows them: for the reference styles and labels of sphinxcontrib-bibtex."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

import pybtex.errors
from pybtex.bibtex.utils import split_name_list
from pybtex.database import Entry, Person
from pybtex.plugin import find_plugin
from pybtex.richtext import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pybtex.style.formatting import BaseStyle

    from livingsurvey import model


_PLAIN_NAME = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*\.?")


class _Person(Person):  # type: ignore[misc] # pybtex has no types
    """A person whose names, where they are plain letters, skip pybtex's reading of TeX.

    The result is the same, and most names are plain: it halves the cost of a citation.
    """

    @property
    def rich_first_names(self) -> list[Text]:
        return _enrich(self.first_names)

    @property
    def rich_middle_names(self) -> list[Text]:
        return _enrich(self.middle_names)

    @property
    def rich_prelast_names(self) -> list[Text]:
        return _enrich(self.prelast_names)

    @property
    def rich_last_names(self) -> list[Text]:
        return _enrich(self.last_names)

    @property
    def rich_lineage_names(self) -> list[Text]:
        return _enrich(self.lineage_names)


def _enrich(names: Iterable[str]) -> list[Text]:
    return [Text(one) if _PLAIN_NAME.fullmatch(one) else Text.from_latex(one) for one in names]


def make_entry(paper: model.Paper, most_persons: int | None = None) -> Entry:
    """Return the pybtex entry of a paper, equal to what pybtex reads from the file itself.

    Args:
        paper: The paper.
        most_persons: Only so many authors and editors, where a style prints no more than the
            first; all by default.

    Never raises: where pybtex cannot read a name, it gets the name as we read it.
    """
    persons = {
        role: _make_persons(paper.fields[role], people, most_persons)
        for role, people in (("author", paper.authors), ("editor", paper.editors))
        if role in paper.fields
    }
    return _assemble(paper, persons)


def make_plain_entry(paper: model.Paper) -> Entry:
    """Return the pybtex entry of a paper with its names and title freed of TeX.

    latexcodec 3.0.1 raises UnicodeDecodeError for a backslash at the end of a text.
    """
    persons = {
        role: [_make_plain_person(one) for one in people]
        for role, people in (("author", paper.authors), ("editor", paper.editors))
    }
    entry = _assemble(paper, persons)
    entry.fields["title"] = _strip_tex(paper.title)
    return entry


def _assemble(paper: model.Paper, persons: Mapping[str, list[Person]]) -> Entry:
    fields = {
        name: value for name, value in paper.fields.items() if name not in {"author", "editor"}
    }
    if paper.year is not None:
        fields["year"] = str(paper.year)
    if not fields.get("title"):
        # Reference styles ask for the title where there is no author, and raise without.
        fields["title"] = paper.key
    # A role without persons would be a list whose first name the label styles ask for.
    named = {role: people for role, people in persons.items() if people}
    entry = Entry(paper.entry_type, fields=fields, persons=named)
    entry.key = paper.key
    return entry


def _make_persons(text: str, people: Sequence[model.Person], most: int | None) -> list[Person]:
    try:
        with pybtex.errors.capture() as mistakes:
            persons = [_Person(name) for name in split_name_list(text)[:most]]
        if not mistakes:
            return persons
    except (ValueError, pybtex.errors.PybtexError):
        pass
    return [_make_plain_person(one) for one in people[:most]]


def _make_plain_person(person: model.Person) -> Person:
    """Return a person as pybtex knows one, freed of TeX."""
    return _Person(
        first=_strip_tex(person.given),
        prelast=_strip_tex(person.particle),
        last=_strip_tex(person.family),
        lineage=_strip_tex(person.suffix),
    )


def _strip_tex(text: str) -> str:
    return "".join(char for char in text if char not in "\\{}%$&#~^_")


def make_labels(entries: Iterable[Entry], style: str) -> dict[str, str]:
    """Return the label of each entry by its key, as the pybtex style *style* makes them.

    Labels depend on all entries together (``[HSW+21a]``), so this is only called for reference
    styles that print them.
    """
    ordered = sort_entries(entries, style)
    labels = load_style(style).format_labels(ordered)
    return {entry.key: label for entry, label in zip(ordered, labels, strict=True)}


def sort_entries(entries: Iterable[Entry], style: str) -> list[Entry]:
    """Return the entries in the order of a pybtex style; equal ones stay as they come."""
    return list(load_style(style).sort(list(entries)))


@lru_cache(maxsize=8)
def load_style(name: str) -> BaseStyle:
    """Return a pybtex style; looking it up reads the installed entry points, some 10 ms."""
    return find_plugin("pybtex.style.formatting", name)()
