"""Rules about the names of people."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from livingsurvey.bibtex.edits import Edit
from livingsurvey.bibtex.identifiers import shorten
from livingsurvey.diagnostics import Code
from livingsurvey.names import is_others, parse_name, split_names
from livingsurvey.rules.examples import diffie
from livingsurvey.rules.reading import found_while_reading
from livingsurvey.rules.rule import Repair, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from livingsurvey.bibtex.entry import Entry
    from livingsurvey.catalog import Library
    from livingsurvey.diagnostics import Diagnostic
    from livingsurvey.names import NameText

_WORD = re.compile(r"[\s,~]+")
_LONG = 4


def _find_names(library: Library) -> Iterator[tuple[Entry, str, NameText]]:
    for entry in library.entries:
        for name in ("author", "editor"):
            value = entry.values.get(name)
            if value is not None and name not in entry.inherited:
                for one in split_names(value.text):
                    yield entry, name, one


def check_truncated(library: Library) -> Iterator[Diagnostic]:
    """Find lists of authors that do not name everybody."""
    for entry, name, one in _find_names(library):
        if is_others(one.text):
            yield entry.report(
                Code.TRUNCATED_AUTHORS,
                f"{name}: 'and others'",
                name,
                offset=one.offset,
                suggestion="name all of them",
            )


def check_capitals(library: Library) -> Iterator[Diagnostic]:
    """Find names in capitals; braces around them say that they are meant."""
    for entry, name, one in _find_names(library):
        text = one.text
        if not text.isupper() or "{" in text or parse_name(text)[1]:
            continue
        words = [word for word in _WORD.split(text) if word]
        if len(words) == 1:
            continue  # a name of one word is reported as such
        words = [word for word in words if len(word.rstrip(".")) > 1]
        if len(words) > 1 or any(len(word) >= _LONG for word in words):
            yield entry.report(
                Code.NAME_CAPITALS,
                f"{name}: '{shorten(text)}' is written in capitals",
                name,
                offset=one.offset,
                suggestion=f"write '{text.title()}', or put it in braces",
            )


def check_single(library: Library) -> Iterator[Diagnostic]:
    """Find names of one word; braces around it say that this is all there is."""
    for entry, name, one in _find_names(library):
        text = one.text
        if not text or "{" in text or is_others(text) or parse_name(text)[1]:
            continue
        if len([word for word in _WORD.split(text) if word]) == 1:
            yield entry.report(
                Code.NAME_INCOMPLETE,
                f"{name}: '{shorten(text)}' is a single word",
                name,
                offset=one.offset,
                suggestion=f"write 'Family, Given'; if it is all of the name: '{{{text}}}'",
            )


def repair_names(library: Library) -> Iterator[Repair]:
    """Take out names that are empty: an ``and`` too many."""
    for entry in library.entries:
        for name in ("author", "editor"):
            value = entry.values.get(name)
            if value is None or not value.is_exact or name in entry.inherited:
                continue
            names = [one.text for one in split_names(value.text)]
            kept = [text for text in names if text]
            if kept and len(kept) < len(names):
                yield Repair(
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
        what="A name is empty, ends in a comma, has more than two commas, or holds a semicolon, "
        "an ampersand or `et al.`; or it uses TeX that cannot be shown.",
        why="BibTeX separates names by `and` alone; anything else makes one person of several.",
        check=found_while_reading(Code.BAD_NAME),
        repair=repair_names,
        bad=diffie(author="Diffie, Whitfield; Hellman, Martin E."),
        good=diffie(author="Diffie, Whitfield and Hellman, Martin E."),
    ),
    Rule(
        code=Code.TRUNCATED_AUTHORS,
        title="All authors are named",
        group="people",
        what="The list of authors ends in `and others`.",
        why="Everybody who wrote the paper is to be found by name. Outputs abbreviate long lists "
        "by themselves.",
        check=check_truncated,
        bad=diffie(author="Diffie, Whitfield and others"),
        good=diffie(author="Diffie, Whitfield and Hellman, Martin E."),
    ),
    Rule(
        code=Code.NAME_CAPITALS,
        title="Names are not in capitals",
        group="people",
        what="A name has capitals only. Braces around it say that it is written so: `{NVIDIA}`.",
        why="It would be shown in capitals and sorted apart.",
        check=check_capitals,
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
