"""Rules about the names of people."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from livingsurvey.bibtex.edit import Edit
from livingsurvey.bibtex.identifiers import shorten
from livingsurvey.diagnostics import Code, Severity
from livingsurvey.markup import search_key
from livingsurvey.names import is_others, parse_name, split_names
from livingsurvey.rules.rule import Fix, Rule, diffie
from livingsurvey.rules.source import found_while_reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from livingsurvey.bibtex.read import Entry
    from livingsurvey.catalog import Library
    from livingsurvey.diagnostics import Diagnostic
    from livingsurvey.model import Paper, Person
    from livingsurvey.names import NameText


_NAME_PART = re.compile(r"[\s,~]+")
_LONG = 4
_GIVEN_WITH_INITIAL = re.compile(r"[^\W\d_]{2,}(?:-[^\W\d_]+)? (?:[^\W\d_]\. ?)+")
_ONE_WORD = re.compile(r"[^\W\d_]{2,}(?:-[^\W\d_]+)?")
_NATURAL = re.compile(r"[^\W\d_][\w.'-]*(?: [^\W\d_][\w.'-]*)+")
_TWO_PEOPLE = re.compile(
    r"[A-Z][a-z]+(?: [A-Z]\.)? [A-Z][a-z]+, [A-Z][a-z]+(?: [A-Z]\.)? [A-Z][a-z]+"
)
_INITIALS = re.compile(r"(?:[^\W\d_]\.?(?:[\s-]+|$))+|(?:[^\W\d_]\.)+")


def _find_names(library: Library) -> Iterator[tuple[Entry, str, NameText]]:
    for entry in library.entries:
        for name in ("author", "editor"):
            value = entry.values.get(name)
            if value is not None and name not in entry.inherited:
                for written in split_names(value.text):
                    yield entry, name, written


def check_truncated(library: Library) -> Iterator[Diagnostic]:
    """Find lists of authors that do not name everybody."""
    for entry, name, written in _find_names(library):
        if is_others(written.text):
            yield entry.report(
                Code.TRUNCATED_AUTHORS,
                f"{name}: 'and others'",
                name,
                offset=written.offset,
                suggestion="name all of them",
            )


def check_name_capitals(library: Library) -> Iterator[Diagnostic]:
    """Find names in capitals; braces around them say that they are meant."""
    for entry, name, written in _find_names(library):
        text = written.text
        if not text.isupper() or "{" in text or parse_name(text)[1]:
            continue
        words = [word for word in _NAME_PART.split(text) if word]
        if len(words) == 1:
            continue  # a name of one word is reported as such
        words = [word for word in words if len(word.rstrip(".")) > 1]
        if len(words) > 1 or any(len(word) >= _LONG for word in words):
            yield entry.report(
                Code.NAME_CAPITALS,
                f"{name}: '{shorten(text)}' is written in capitals",
                name,
                offset=written.offset,
                suggestion=f"write '{text.title()}', or put it in braces",
            )


def check_single(library: Library) -> Iterator[Diagnostic]:
    """Find names of one word; braces around it say that this is all there is."""
    for entry, name, written in _find_names(library):
        text = written.text
        if not text or "{" in text or is_others(text) or parse_name(text)[1]:
            continue
        if text.startswith("xdata="):  # biblatex takes the name from another entry
            continue
        if len([word for word in _NAME_PART.split(text) if word]) == 1:
            yield entry.report(
                Code.NAME_INCOMPLETE,
                f"{name}: '{shorten(text)}' is a single word",
                name,
                offset=written.offset,
                suggestion=f"write 'Family, Given'; if it is all of the name: '{{{text}}}'",
            )


def check_lists(library: Library) -> Iterator[Diagnostic]:
    """Pass on names that cannot be read, and find two people between whom a comma stands.

    ``Jane Doe, John Roe and Max Poe`` mixes forms: where one name has no comma, another with two
    words on either side of its comma is hardly a family name and given names.
    """
    yield from found_while_reading(Code.BAD_NAME)(library)
    for entry, name, written in _find_names(library):
        match = _TWO_PEOPLE.fullmatch(written.text)
        if match and any(_NATURAL.fullmatch(one.text) for one in split_names(entry.get(name))):
            yield entry.report(
                Code.BAD_NAME,
                f"{name}: '{shorten(written.text)}' looks like two people",
                name,
                offset=written.offset,
                suggestion="names are separated by 'and'",
            )


def check_order(library: Library) -> Iterator[Diagnostic]:
    """Find names with given names before the comma: ``Edward J., Hu``."""
    for entry, name, written in _find_names(library):
        family, comma, given = (part.strip() for part in written.text.partition(","))
        if comma and _GIVEN_WITH_INITIAL.fullmatch(family) and _ONE_WORD.fullmatch(given):
            yield entry.report(
                Code.NAME_ORDER,
                f"{name}: '{shorten(written.text)}' has given names before the comma",
                name,
                offset=written.offset,
                suggestion=f"write '{given}, {family}'",
            )


def check_initials(library: Library) -> Iterator[Diagnostic]:
    """Find people who are named in full elsewhere, in an entry with a coauthor in common."""
    short = [
        (entry, name, written, person)
        for entry, name, written in _find_names(library)
        if _INITIALS.fullmatch((person := parse_name(written.text)[0]).given)
    ]
    wanted = {person.surname for _, _, _, person in short}
    full: dict[tuple[str, str], dict[str, list[Paper]]] = {}
    for paper in library.catalog.papers.values():
        for person in paper.authors:
            if person.surname in wanted and not _INITIALS.fullmatch(person.given):
                forms = full.setdefault(_sign(person), {})
                forms.setdefault(person.inverted, []).append(paper)
    for entry, name, written, person in short:
        forms = full.get(_sign(person), {})
        if len(forms) != 1 or entry.key not in library.catalog.papers:
            continue
        ((inverted, papers),) = forms.items()
        coauthors = set(library.catalog.papers[entry.key].authors) - {person}
        if any(not coauthors.isdisjoint(paper.authors) for paper in papers):
            yield entry.report(
                Code.NAME_INITIALS,
                f"{name}: '{shorten(written.text)}' is elsewhere '{inverted}'",
                name,
                offset=written.offset,
                suggestion=f"write '{inverted}', if it is the same person",
                severity=Severity.HINT,
            )


def _sign(person: Person) -> tuple[str, str]:
    """Return surname and initials, by which two forms of a name are compared."""
    words = re.split(r"[\s.-]+", person.given)
    return search_key(person.surname), "".join(search_key(word)[:1] for word in words if word)


def fix_names(library: Library) -> Iterator[Fix]:
    """Take out names that are empty: an ``and`` too many."""
    for entry in library.entries:
        for name in ("author", "editor"):
            value = entry.values.get(name)
            if value is None or not value.is_exact or name in entry.inherited:
                continue
            names = [written.text for written in split_names(value.text)]
            kept = [text for text in names if text]
            if kept and len(kept) < len(names):
                yield Fix(
                    source=entry.source,
                    edits=(Edit(value.start, value.start + len(value.text), " and ".join(kept)),),
                    location=entry.locate(name),
                    message=f"{entry.key}: {name}: 'and' without a name removed",
                    code=Code.BAD_NAME,
                )


RULES = (
    Rule(
        code=Code.BAD_NAME,
        title="Names are separated by and",
        group="people",
        what="A name is empty, ends in a comma, has more than two commas, looks like two people, "
        "or holds a semicolon, an ampersand or `et al.`; or it uses TeX that cannot be shown.",
        why="BibTeX separates names by `and` alone; anything else makes one person of several.",
        check=check_lists,
        fix=fix_names,
        bad=diffie(author="Diffie, Whitfield; Hellman, Martin E."),
        good=diffie(author="Diffie, Whitfield and Hellman, Martin E."),
    ),
    Rule(
        code=Code.TRUNCATED_AUTHORS,
        title="All authors are named",
        group="people",
        is_house=True,
        what="The list of authors ends in `and others`.",
        why="Everybody who wrote the paper is to be found by name. Outputs abbreviate long lists "
        "by themselves.",
        check=check_truncated,
        bad=diffie(author="Diffie, Whitfield and others"),
        good=diffie(author="Diffie, Whitfield and Hellman, Martin E."),
    ),
    Rule(
        code=Code.NAME_ORDER,
        title="The family name stands before the comma",
        group="people",
        what="What stands before the comma of a name ends in an initial: `Edward J., Hu`.",
        why="The person would be listed and sorted under the given name.",
        check=check_order,
        bad=diffie(author="Diffie, Whitfield and Martin E., Hellman"),
        good=diffie(author="Diffie, Whitfield and Hellman, Martin E."),
    ),
    Rule(
        code=Code.NAME_INITIALS,
        title="A person has one name",
        group="people",
        severity=Severity.HINT,
        what="Given names are initials, and another entry with a coauthor in common has them in "
        "full.",
        why="One person would count as two.",
        check=check_initials,
        bad=diffie()
        + "\n"
        + diffie(
            key="diffie1976multiuser",
            title="Multiuser Techniques",
            pages="1",
            author="Diffie, W. and Hellman, Martin E.",
        ),
        good=diffie(),
    ),
    Rule(
        code=Code.NAME_CAPITALS,
        title="Names are not in capitals",
        group="people",
        what="A name has capitals only. Braces around it say that it is written so: `{NVIDIA}`.",
        why="It would be shown in capitals and sorted apart.",
        check=check_name_capitals,
        bad=diffie(author="DIFFIE, WHITFIELD and Hellman, Martin E."),
        good=diffie(author="Diffie, Whitfield and Hellman, Martin E."),
    ),
    Rule(
        code=Code.NAME_INCOMPLETE,
        title="A name has two parts",
        group="people",
        what="A name is a single word: a comma became an `and`, or the given name is missing. "
        "A group, or a person with one name, stands in braces: `{Suetonius}`.",
        why="Family and given name of one person would count as two people.",
        check=check_single,
        bad=diffie(author="Diffie, Whitfield and Hellman"),
        good=diffie(author="Diffie, Whitfield and Hellman, Martin E."),
    ),
)
