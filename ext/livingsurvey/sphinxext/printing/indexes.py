"""Indexes of authors and methods.

They are sorted here, by the same rules as the site, and TeX only fills in the pages: so they need
no further program, and every script is sorted alike on every machine.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from sphinx.locale import _

from livingsurvey.markup import parse, search_key, sort_key
from livingsurvey.sphinxext.printing.nodes import IndexEntry, page_index

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from livingsurvey.catalog import Catalog
    from livingsurvey.sphinxext.printing.places import Marks


def make_indexes(catalog: Catalog, marks: Marks) -> list[page_index]:
    """Return the indexes that have entries."""
    made = (
        page_index(title=_("Index of methods"), entries=list_methods(catalog, marks)),
        page_index(title=_("Index of authors"), entries=list_authors(catalog, marks)),
    )
    return [one for one in made if one["entries"]]


def list_methods(catalog: Catalog, marks: Marks) -> tuple[IndexEntry, ...]:
    """Return an entry for each short title, with the year where two papers share one."""
    names = {
        key: parse(paper.short_title).text
        for key, paper in catalog.papers.items()
        if paper.short_title and (key in marks.homes or key in marks.mentions)
    }
    uses = Counter(names.values())
    entries = []
    for key, name in names.items():
        year = catalog.papers[key].year
        text = f"{name} ({year})" if uses[name] > 1 and year else name
        main = marks.homes.get(key, "")
        entries.append(IndexEntry("", text, main, marks.find_places(key)))
    return _arrange(entries, sort_key)


def list_authors(catalog: Catalog, marks: Marks) -> tuple[IndexEntry, ...]:
    """Return an entry for each author, with the pages that speak of any of their papers."""
    places: defaultdict[str, set[str]] = defaultdict(set)
    for key, paper in catalog.papers.items():
        if spoken := marks.find_places(key):
            for person in paper.authors or paper.editors:
                places[person.inverted].update(spoken)
    entries = (
        IndexEntry("", name, "", tuple(sorted(found, key=marks.numbers.__getitem__)))
        for name, found in places.items()
    )
    # By their letters alone: a name such as "An" is no article.
    return _arrange(entries, search_key)


def _arrange(
    entries: Iterable[IndexEntry], make_key: Callable[[str], str]
) -> tuple[IndexEntry, ...]:
    """Sort the entries, and give each its heading."""
    ordered = sorted(entries, key=lambda one: (make_key(one.text), one.text))
    return tuple(replace(one, heading=_find_heading(make_key(one.text))) for one in ordered)


def _find_heading(key: str) -> str:
    """Return the letter under which a key stands; the script, where it is not Latin."""
    first = next((char for char in key if char.isalnum()), "0").upper()
    if first.isascii():
        return first if first.isalpha() else "0–9"  # noqa: RUF001 - an en dash is meant
    script = unicodedata.name(first, "").partition(" ")[0]
    return script if script == "CJK" else script.title()
