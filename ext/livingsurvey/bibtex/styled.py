r"""Papers as pybtex knows them: for the reference styles and labels of sphinxcontrib-bibtex.

Names and titles are passed on as we read them, in Unicode: pybtex's own reading of TeX leaves
the backslash in ``Mart{\'{\i}}nez`` and fails on a text that ends in one (latexcodec 3.0.1).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from pybtex.database import Entry, Person
from pybtex.plugin import find_plugin

from livingsurvey.markup import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pybtex.style.formatting import BaseStyle

    from livingsurvey import model

_ESCAPES = str.maketrans(
    {
        **{character: f"\\{character}" for character in "{}$&%#_"},
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)


def make_entry(paper: model.Paper, *, most_persons: int | None = None) -> Entry:
    """Return the pybtex entry of a paper. Never raises.

    Args:
        paper: The paper.
        most_persons: Only so many authors and editors, where a style prints no more than the
            first; all by default.
    """
    fields = {
        name: value for name, value in paper.fields.items() if name not in {"author", "editor"}
    }
    if paper.year is not None:
        fields["year"] = str(paper.year)
    # Reference styles ask for the title where there is no author, and raise without.
    fields["title"] = _escape(parse(paper.title).text or paper.key)
    people = {"author": paper.authors, "editor": paper.editors}
    persons = {
        # A role without persons would be a list whose first name the label styles ask for.
        role: _make_persons(named, paper.truncated and role == "author", most_persons)
        for role, named in people.items()
        if named
    }
    entry = Entry(paper.entry_type, fields=fields, persons=persons)
    entry.key = paper.key
    return entry


def _make_persons(
    people: Sequence[model.Person], is_truncated: bool, most: int | None
) -> list[Person]:
    persons = [_make_person(person) for person in people[:most]]
    if is_truncated and (most is None or len(persons) < most):
        persons.append(Person(last="others"))
    return persons


def _make_person(person: model.Person) -> Person:
    family = _escape(person.family)
    if not person.given and " " in family:
        family = f"{{{family}}}"  # a collective: one word for those who abbreviate
    return Person(
        first=_escape(person.given),
        prelast=_escape(person.particle),
        last=family,
        lineage=_escape(person.suffix),
    )


def _escape(text: str) -> str:
    return text.translate(_ESCAPES)


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
