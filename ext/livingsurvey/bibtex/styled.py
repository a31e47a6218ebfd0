"""Papers as pybtex knows them: for the reference styles and labels of sphinxcontrib-bibtex."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import pybtex.errors
from pybtex.bibtex.utils import split_name_list
from pybtex.database import Entry, Person
from pybtex.plugin import find_plugin

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pybtex.style.formatting import BaseStyle

    from livingsurvey import model


def make_entry(paper: model.Paper) -> Entry:
    """Return the pybtex entry of a paper, equal to what pybtex reads from the file itself.

    Never raises: where pybtex cannot read a name, it gets the name as we read it.
    """
    fields = {
        name: value for name, value in paper.fields.items() if name not in {"author", "editor"}
    }
    if paper.year is not None:
        fields["year"] = str(paper.year)
    persons = {
        role: _make_persons(paper.fields[role], people)
        for role, people in (("author", paper.authors), ("editor", paper.editors))
        if role in paper.fields
    }
    entry = Entry(paper.entry_type, fields=fields, persons=persons)
    entry.key = paper.key
    return entry


def _make_persons(text: str, people: Iterable[model.Person]) -> list[Person]:
    try:
        with pybtex.errors.capture() as mistakes:
            persons = [Person(name) for name in split_name_list(text)]
            # A lone backslash at the end of a name only fails when the name is rendered
            # (latexcodec raises UnicodeDecodeError; seen in pybtex 0.26.1, latexcodec 3.0.1).
            for person in persons:
                str(person.rich_last_names)
        if not mistakes:
            return persons
    except (ValueError, pybtex.errors.PybtexError):
        pass
    return [
        Person(
            first=_protect(one.given),
            prelast=_protect(one.particle),
            last=_protect(one.family),
            lineage=_protect(one.suffix),
        )
        for one in people
    ]


def _protect(text: str) -> str:
    return "".join(char for char in text if char not in "\\{}%$&#~^_")


def make_labels(entries: Iterable[Entry], style: str) -> dict[str, str]:
    """Return the label of each entry by its key, as the pybtex style *style* makes them.

    Labels depend on all entries together (``[HSW+21a]``), so this is only called for reference
    styles that print them.
    """
    ordered = sort_entries(entries, style)
    labels = _load_style(style).format_labels(ordered)
    return {entry.key: label for entry, label in zip(ordered, labels, strict=True)}


def sort_entries(entries: Iterable[Entry], style: str) -> list[Entry]:
    """Return the entries in the order of a pybtex style; equal ones stay as they come."""
    return list(_load_style(style).sort(list(entries)))


@lru_cache(maxsize=8)
def _load_style(name: str) -> BaseStyle:
    # Looking up a plugin reads the installed entry points again: about 10 ms each time.
    return find_plugin("pybtex.style.formatting", name)()
