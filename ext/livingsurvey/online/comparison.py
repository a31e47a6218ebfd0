"""Does an entry say what its record says? Title, first author, year, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livingsurvey.markup import parse, search_key, title_key

if TYPE_CHECKING:
    from livingsurvey.model import Paper, Person
    from livingsurvey.online.record import Record

YEARS_BEFORE = 1
YEARS_AFTER = 4
"""A published paper may precede its first version at arXiv by so much, and follow it by so much."""


def compare(paper: Paper, record: Record) -> tuple[str, ...]:
    """Return what differs, a phrase each; nothing if the two agree.

    Titles are compared by their letters and digits, names without accents. The year that arXiv
    gives is that of the versions there: a preprint has to have one of them, a published paper one
    that fits.
    """
    differences: list[str] = []
    theirs = parse(record.title).text
    if title_key(parse(paper.title).text) != title_key(theirs):
        differences.append(f"the title is '{theirs}'")
    people = paper.authors or paper.editors
    first = record.authors[0]
    if not people or not is_same_person(people[0], first):
        differences.append(f"the first author is {first.full}")
    if not _fits(paper, record):
        differences.append(f"the year is {record.year}")
    return tuple(differences)


def is_same_person(one: Person, other: Person) -> bool:
    """Whether the family name of each is found at the end of the other's, or all words agree.

    Services do not always know where a family name begins: ``Ramos Garea`` and ``Garea``; and
    some write it first: ``Li Ming`` and ``Ming Li``.
    """
    surnames = [_words(person.surname) for person in (one, other)]
    if not all(surnames):
        return False
    shorter, longer = sorted(surnames, key=len)
    if longer[-len(shorter) :] == shorter or "".join(shorter) == "".join(longer):
        return True
    return set(_words(one.full)) == set(_words(other.full))


def _words(name: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in search_key(name)).split()


def _fits(paper: Paper, record: Record) -> bool:
    if paper.year is None or record.year is None:
        return False
    if record.source == "arXiv":
        last = record.last_year or record.year
        if paper.venue:
            return record.year - YEARS_BEFORE <= paper.year <= last + YEARS_AFTER
        return record.year <= paper.year <= last
    # Online and in print may fall on either side of New Year.
    return abs(paper.year - record.year) <= 1
