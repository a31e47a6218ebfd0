"""Papers as pybtex knows them: for the reference styles and labels of sphinxcontrib-bibtex."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pybtex.errors
from pybtex.bibtex.utils import split_name_list
from pybtex.database import Entry, Person
from pybtex.plugin import find_plugin

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    plugin = find_plugin("pybtex.style.formatting", style)()
    ordered = list(plugin.sort(list(entries)))
    return {
        entry.key: label
        for entry, label in zip(ordered, plugin.format_labels(ordered), strict=True)
    }
