r"""Papers as pybtex knows them: for the reference styles and labels of sphinxcontrib-bibtex.

Names and titles are passed on as we read them, in Unicode: pybtex's own reading of TeX leaves
the backslash in ``Mart{\'{\i}}nez`` and fails on a text that ends in one (latexcodec 3.0.1).
"""

from __future__ import annotations

import itertools
import re
import string
import unicodedata
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from pybtex.database import Entry, Person
from pybtex.exceptions import PybtexError
from pybtex.plugin import find_plugin
from pybtex.richtext import Text as RichText
from pybtex.style.labels.alpha import LabelStyle
from pybtex.style.sorting.author_year_title import SortingStyle

from livingsurvey.markup import parse
from livingsurvey.markup.escaping import BASE_LETTERS
from livingsurvey.model import MONTH_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pybtex.style.formatting import BaseStyle

    from livingsurvey import model

_ESCAPES = str.maketrans(
    {character: f"\\{character}" for character in "{}$&%#_"}
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
)
_SYNTAX = re.compile(r"[\\{}$]")
_SPECIAL = re.compile(r"\\(?:text[a-z]+\{\}|.)|[{}]")
"""The TeX that :func:`_escape` makes of what is no letter."""


def make_entry(paper: model.Paper, *, most_persons: int | None = None) -> Entry:
    """Return the pybtex entry of a paper. Never raises.

    Args:
        paper: The paper.
        most_persons: Only so many authors and editors, where a style prints no more than the
            first; all by default.
    """
    people = {"author": paper.authors, "editor": paper.editors}
    fields = {name: value for name, value in paper.fields.items() if name not in people}
    if paper.year is not None:
        fields["year"] = str(paper.year)
    # Reference styles ask for the title where there is no author, and raise without.
    fields["title"] = _escape(parse(paper.title).text or paper.key)
    persons = {
        # A role without persons would be a list whose first name the label styles ask for.
        role: [_make_person(person) for person in named[:most_persons]]
        for role, named in people.items()
        if named
    }
    is_cut = most_persons is not None and len(paper.authors) >= most_persons
    if paper.truncated and paper.authors and not is_cut:
        persons["author"].append(Person(last="others"))
    entry = Entry(paper.entry_type, fields=fields, persons=persons)
    entry.key = paper.key
    return entry


_STOCK_TYPES = {
    "conference": "inproceedings", "electronic": "online", "www": "online",
    "report": "techreport", "thesis": "phdthesis", "mathesis": "mastersthesis",
}  # fmt: skip
"""What pybtex's styles call the types that they have another name for."""


def make_stock_entry(paper: model.Paper, style: str) -> Entry:
    """Return the entry of a paper as a pybtex style prints it. Never raises.

    Its fields are as they are written, so that the style sees which capitals are protected; TeX
    that pybtex cannot read is passed on as we read it.

    Args:
        paper: The paper.
        style: The style; a type that it does not know is printed as ``misc``.
    """
    entry = make_entry(paper)
    for name, value in paper.fields.items():
        if name not in {"author", "editor"}:
            entry.fields[name] = value if _is_readable(value) else _escape(parse(value).text)
    entry.fields["title"] = entry.fields.get("title") or paper.key
    facts = {"year": str(paper.year or ""), "doi": paper.doi}
    facts["url"] = paper.url if "url" in paper.fields else ""
    facts["month"] = MONTH_NAMES[paper.month - 1] if paper.month else ""
    facts["school"] = entry.fields.get("institution", "")
    for name, fact in facts.items():
        if fact:
            entry.fields[name] = fact
        elif name in entry.fields:  # no year, no address: a style prints what it finds
            del entry.fields[name]
    kind = _STOCK_TYPES.get(entry.type, entry.type)
    kind = _STOCK_TYPES.get(entry.fields.get("type", ""), kind)
    formatting = load_style(style)
    is_known = hasattr(formatting, f"get_{kind}_template") or hasattr(formatting, f"format_{kind}")
    entry.type = kind if is_known else "misc"
    return entry


def _is_readable(tex: str) -> bool:
    if not _SYNTAX.search(tex):
        return True
    try:
        RichText.from_latex(tex)
    except (ValueError, PybtexError):
        return False
    return True


@lru_cache(maxsize=4_096)  # authors return; nothing changes a person
def _make_person(person: model.Person) -> Person:
    family = _escape(person.family)
    if not person.given and " " in family:
        family = f"{{{family}}}"  # a collective: one word for those who abbreviate
    given, particle, suffix = map(_escape, (person.given, person.particle, person.suffix))
    return Person(first=given, prelast=particle, last=family, lineage=suffix)


def _escape(text: str) -> str:
    return text.translate(_ESCAPES)


class AlphaLabels(LabelStyle):  # type: ignore[misc] # pybtex has no types
    """The labels of ``alpha``, for names of every script and for any number of works alike.

    pybtex (0.26.1) drops the letters that are not Latin, and those that it cannot take an accent
    off, such as the first of ``Łukasz``; its letters after the year end at ``z``. To be removed
    when it does neither.
    """

    def format_lab_names(self, persons: Sequence[Person]) -> str:
        """Return the initials of all of up to four people, or of the first three and a plus."""
        surnames = [person.prelast_names + person.last_names for person in persons]
        if len(persons) == 1:
            initials = _take_initials(surnames[0])
            return initials if len(initials) > 1 else _keep_letters("".join(surnames[0]))[:3]
        is_cut = len(persons) > 4 or str(persons[-1]) == "others"
        shown = 3 if len(persons) > 4 else len(persons) - is_cut
        return "".join(map(_take_initials, surnames[:shown])) + ("+" if is_cut else "")


def _take_initials(words: Iterable[str]) -> str:
    parts = (part for word in words for part in re.split(r"[\s\-]+", _SPECIAL.sub("", word)))
    return "".join(_keep_letters(part)[:1] for part in parts)


def _keep_letters(text: str) -> str:
    """Return the letters and digits of a text; those of Latin script without what is on them."""
    plain = unicodedata.normalize("NFD", _SPECIAL.sub("", text).translate(BASE_LETTERS))
    return unicodedata.normalize("NFC", "".join(char for char in plain if char.isalnum()))


def iterate_letters() -> Iterator[str]:
    """Yield ``a``, …, ``z``, ``aa``, ``ab``, … without end."""
    for length in itertools.count(1):
        for letters in itertools.product(string.ascii_lowercase, repeat=length):
            yield "".join(letters)


def make_unique(labels: Sequence[str]) -> Iterator[str]:
    """Yield the labels, with a letter after each that is there more than once."""
    counts = Counter(labels)
    letters: dict[str, Iterator[str]] = {}
    taken = {label for label, count in counts.items() if count == 1}
    for label in labels:
        if counts[label] == 1:
            yield label
        else:
            more = letters.setdefault(label, iterate_letters())
            yield next(made for letter in more if (made := f"{label}{letter}") not in taken)


def make_labels(entries: Iterable[Entry], style: str, *, is_unique: bool) -> dict[str, str]:
    """Return the label of each entry by its key, in the order of the pybtex style *style*.

    Labels depend on all entries together (``[HSW+21a]``), so this is only called for reference
    styles that print them.

    Args:
        entries: All that are to be listed.
        style: The name of the style.
        is_unique: Whether no two are to be alike, whatever the style says.
    """
    ordered = sort_entries(entries, style)
    formatting = load_style(style)
    if is_unique and type(formatting.label_style) is LabelStyle:
        labels = [AlphaLabels().format_label(entry) for entry in ordered]
    else:
        labels = list(formatting.format_labels(ordered))
    labels = list(make_unique(labels)) if is_unique else labels
    return {entry.key: label for entry, label in zip(ordered, labels, strict=True)}


def is_sorted(style: str) -> bool:
    """Whether a pybtex style sorts its entries by their authors, and not by first citation."""
    return isinstance(load_style(style).sorting_style, SortingStyle)


def sort_entries(entries: Iterable[Entry], style: str) -> list[Entry]:
    """Return the entries in the order of a pybtex style; equal ones stay as they come."""
    return list(load_style(style).sort(list(entries)))


@lru_cache(maxsize=8)
def load_style(name: str) -> BaseStyle:
    """Return a pybtex style; looking it up reads the installed entry points, some 10 ms."""
    return find_plugin("pybtex.style.formatting", name)()
