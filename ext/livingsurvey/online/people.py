"""Names as services send them, as persons; and persons as BibTeX writes them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from livingsurvey.model import Person
from livingsurvey.names import parse_name
from livingsurvey.online.texts import clean, escape

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_PEOPLE = 5000
_SUFFIXES = frozenset({"jr", "jr.", "sr", "sr.", "ii", "iii", "iv"})
_COLLECTIVE = re.compile(
    r"\b(?:collaboration|consortium|team|group|project|initiative|lab|labs|institute|community)\b",
    re.IGNORECASE,
)


def read_natural(text: str) -> Person | None:
    """Read a name in natural order, ``Laurens van der Maaten``, as arXiv sends them.

    arXiv does not say where the family name begins: of ``Sabela Ramos Garea`` only the last word
    is taken. Names of groups, and single words, are collective authors. None for what is no name:
    arXiv has a lone ``:`` between a group and its members.
    """
    text = clean(text, 200)
    if not any(char.isalpha() for char in text):
        return None
    words = text.split()
    if len(words) == 1 or _COLLECTIVE.search(text):
        return Person(family=text)
    suffix = words.pop() if len(words) > 2 and words[-1].lower() in _SUFFIXES else ""
    person, _ = parse_name(escape(" ".join(word.rstrip(",") for word in words)))
    return Person(family=person.family, given=person.given, particle=person.particle, suffix=suffix)


def read_parts(family: str, given: str, suffix: str = "") -> Person | None:
    """Read a name whose parts are known, as Crossref sends them."""
    family, given, suffix = clean(family, 200), clean(given, 200), clean(suffix, 40)
    if not family:
        family, given = given, ""
    if not any(char.isalpha() for char in family):
        return None
    words = family.split()
    small = next((i for i, word in enumerate(words) if not word[:1].islower()), 0)
    particle = " ".join(words[:small])
    return Person(family=" ".join(words[small:]), given=given, particle=particle, suffix=suffix)


def write_author(people: Iterable[Person]) -> str:
    """Return persons as the value of an ``author`` field: ``family, given and …``."""
    return " and ".join(_write(one) for one in people)


def _write(person: Person) -> str:
    family = escape(person.family)
    if not person.given:
        # A group, or a single word: the braces keep BibTeX from taking it apart.
        return f"{{{family}}}"
    if "," in family or re.search(r"\band\b", family, re.IGNORECASE):
        family = f"{{{family}}}"
    surname = f"{escape(person.particle)} {family}" if person.particle else family
    parts = (surname, escape(person.suffix), escape(person.given).replace(",", ""))
    return ", ".join(part for part in parts if part)
