"""Rules about the names of people."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from livingsurvey.bibtex.fields import PEOPLE_FIELDS
from livingsurvey.bibtex.identifiers import shorten
from livingsurvey.markup import search_key
from livingsurvey.names import is_others, parse_name, split_names
from livingsurvey.rules.rule import Fix, Rule, diffie, find_values, make_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from livingsurvey.bibtex.read import Entry
    from livingsurvey.catalog import Library
    from livingsurvey.diagnostics import Diagnostic
    from livingsurvey.model import Paper, Person
    from livingsurvey.names import NameText

    _Found = tuple[Entry, str, NameText]


_NAME_PART = re.compile(r"[\s,~]+")
_LONG = 4
_GIVEN_WITH_INITIAL = re.compile(r"[^\W\d_]{2,}(?:-[^\W\d_]+)? (?:[^\W\d_]\. ?)+")
_ONE_WORD = re.compile(r"[^\W\d_]{2,}(?:-[^\W\d_]+)?")
_NATURAL = re.compile(r"[^\W\d_][\w.'-]*(?: [^\W\d_][\w.'-]*)+")
_TWO_PEOPLE = re.compile(
    r"[A-Z][a-z]+(?: [A-Z]\.)? [A-Z][a-z]+, [A-Z][a-z]+(?: [A-Z]\.)? [A-Z][a-z]+"
)
_make_rule = partial(make_rule, "people", good=diffie())
_INITIALS = re.compile(r"(?:[^\W\d_]\.?(?:[\s-]+|$))+|(?:[^\W\d_]\.)+")


def _find_names(library: Library) -> Iterator[_Found]:
    """Yield each name with its entry and field."""
    for entry, name, value in find_values(library, *PEOPLE_FIELDS):
        yield from ((entry, name, written) for written in split_names(value.text))


def _report(rule: Rule, found: _Found, fault: str, suggestion: str) -> Diagnostic:
    """Return the diagnostic of a name as :func:`_find_names` yields it."""
    entry, name, written = found
    message = f"{name}: '{shorten(written.text)}' {fault}"
    return entry.report(rule.code, message, suggestion, name, offset=written.offset)


def _sign(person: Person) -> tuple[str, str]:
    """Return surname and initials, by which two forms of a name are compared."""
    words = re.split(r"[\s.-]+", person.given)
    return search_key(person.surname), "".join(search_key(word)[:1] for word in words if word)


def fix_names(rule: Rule, library: Library) -> Iterator[Fix]:
    """Take out names that are empty: an ``and`` too many."""
    for entry, name, value in find_values(library, *PEOPLE_FIELDS):
        names = [written.text for written in split_names(value.text)]
        kept = [text for text in names if text]
        if value.is_exact and kept and len(kept) < len(names):
            message = f"{entry.key}: {name}: 'and' without a name removed"
            yield rule.rewrite(entry.source, value.start, value.end, " and ".join(kept), message)


@_make_rule(fix=fix_names, bad=diffie(author="Diffie, Whitfield; Hellman, Martin E."))
def bad_name(rule: Rule, library: Library) -> Iterator[Diagnostic]:
    """Names are separated by and.

    A name is empty, ends in a comma, has more than two commas, looks like two people, or holds
    a semicolon, an ampersand or `et al.`; or it uses TeX that cannot be shown.

    BibTeX separates names by `and` alone; anything else makes one person of several.
    """
    yield from rule.pass_on(library)
    for entry, name, written in _find_names(library):
        match = _TWO_PEOPLE.fullmatch(written.text)
        if match and any(_NATURAL.fullmatch(one.text) for one in split_names(entry.get(name))):
            found, suggestion = (entry, name, written), "names are separated by 'and'"
            yield _report(rule, found, "looks like two people", suggestion)


@_make_rule(is_house=True, bad=diffie(author="Diffie, Whitfield and others"))
def truncated_authors(rule: Rule, library: Library) -> Iterator[Diagnostic]:
    """All authors are named.

    The list of authors ends in `and others`.

    Everybody who wrote the paper is to be found by name. Outputs abbreviate long lists by
    themselves.
    """
    for entry, name, written in _find_names(library):
        if is_others(written.text):
            message = f"{name}: 'and others'"
            yield entry.report(rule.code, message, "name all of them", name, offset=written.offset)


@_make_rule(bad=diffie(author="Diffie, Whitfield and Martin E., Hellman"))
def name_order(rule: Rule, library: Library) -> Iterator[Diagnostic]:
    """The family name stands before the comma.

    What stands before the comma of a name ends in an initial: `Edward J., Hu`.

    The person would be listed and sorted under the given name.
    """
    for found in _find_names(library):
        family, comma, given = (part.strip() for part in found[2].text.partition(","))
        if comma and _GIVEN_WITH_INITIAL.fullmatch(family) and _ONE_WORD.fullmatch(given):
            fault = "has given names before the comma"
            yield _report(rule, found, fault, f"write '{given}, {family}'")


@_make_rule(
    bad=diffie()
    + "\n"
    + diffie(
        key="diffie1976multiuser",
        title="Multiuser Techniques",
        pages="1",
        author="Diffie, W. and Hellman, Martin E.",
    )
)
def name_initials(rule: Rule, library: Library) -> Iterator[Diagnostic]:
    """A person has one name.

    Given names are initials, and another entry with a coauthor in common has them in full.

    One person would count as two.
    """
    short = [
        (found, person)
        for found in _find_names(library)
        if _INITIALS.fullmatch((person := parse_name(found[2].text)[0]).given)
    ]
    wanted = {person.surname for _, person in short}
    full: dict[tuple[str, str], dict[str, list[Paper]]] = {}
    for paper in library.catalog.papers.values():
        for person in paper.authors:
            if person.surname in wanted and not _INITIALS.fullmatch(person.given):
                forms = full.setdefault(_sign(person), {})
                forms.setdefault(person.inverted, []).append(paper)
    for found, person in short:
        forms = full.get(_sign(person), {})
        this = library.catalog.papers.get(found[0].key)
        if len(forms) != 1 or this is None:
            continue
        ((inverted, papers),) = forms.items()
        coauthors = {*this.authors} - {person}
        if any(not coauthors.isdisjoint(paper.authors) for paper in papers):
            suggestion = f"write '{inverted}', if it is the same person"
            yield _report(rule, found, f"is elsewhere '{inverted}'", suggestion)


@_make_rule(bad=diffie(author="DIFFIE, WHITFIELD and Hellman, Martin E."))
def name_capitals(rule: Rule, library: Library) -> Iterator[Diagnostic]:
    """Names are not in capitals.

    A name has capitals only. Braces around it say that it is written so: `{NVIDIA}`.

    It would be shown in capitals and sorted apart.
    """
    for found in _find_names(library):
        text = found[2].text
        if not text.isupper() or "{" in text or parse_name(text)[1]:
            continue
        words = [word for word in _NAME_PART.split(text) if word]
        if len(words) == 1:
            continue  # a name of one word is reported as such
        words = [word for word in words if len(word.rstrip(".")) > 1]
        if len(words) > 1 or any(len(word) >= _LONG for word in words):
            suggestion = f"write '{text.title()}', or put it in braces"
            yield _report(rule, found, "is written in capitals", suggestion)


@_make_rule(bad=diffie(author="Diffie, Whitfield and Hellman"))
def name_incomplete(rule: Rule, library: Library) -> Iterator[Diagnostic]:
    """A name has two parts.

    A name is a single word: a comma became an `and`, or the given name is missing. A group, or
    a person with one name, stands in braces: `{Suetonius}`.

    Family and given name of one person would count as two people.
    """
    for found in _find_names(library):
        text = found[2].text
        if not text or "{" in text or is_others(text) or parse_name(text)[1]:
            continue
        if text.startswith("xdata="):  # biblatex takes the name from another entry
            continue
        if len([word for word in _NAME_PART.split(text) if word]) == 1:
            suggestion = f"write 'Family, Given'; if it is all of the name: '{{{text}}}'"
            yield _report(rule, found, "is a single word", suggestion)
