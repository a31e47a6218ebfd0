"""Rules about names and titles."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from livingsurvey.bibtex.edit import Edit
from livingsurvey.bibtex.identifiers import shorten
from livingsurvey.diagnostics import Code
from livingsurvey.markup.letters import HIDDEN, HIDDEN_CHARACTERS
from livingsurvey.markup.parser import find_pairs
from livingsurvey.names import is_others, parse_name, split_names
from livingsurvey.rules.examples import diffie, lamport
from livingsurvey.rules.rule import Fix, Rule
from livingsurvey.rules.source import found_while_reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from livingsurvey.bibtex.read import Entry
    from livingsurvey.catalog import Library
    from livingsurvey.diagnostics import Diagnostic
    from livingsurvey.names import NameText


_NAME_PART = re.compile(r"[\s,~]+")
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


def check_name_capitals(library: Library) -> Iterator[Diagnostic]:
    """Find names in capitals; braces around them say that they are meant."""
    for entry, name, one in _find_names(library):
        text = one.text
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
                offset=one.offset,
                suggestion=f"write '{text.title()}', or put it in braces",
            )


def check_single(library: Library) -> Iterator[Diagnostic]:
    """Find names of one word; braces around it say that this is all there is."""
    for entry, name, one in _find_names(library):
        text = one.text
        if not text or "{" in text or is_others(text) or parse_name(text)[1]:
            continue
        if len([word for word in _NAME_PART.split(text) if word]) == 1:
            yield entry.report(
                Code.NAME_INCOMPLETE,
                f"{name}: '{shorten(text)}' is a single word",
                name,
                offset=one.offset,
                suggestion=f"write 'Family, Given'; if it is all of the name: '{{{text}}}'",
            )


def fix_names(library: Library) -> Iterator[Fix]:
    """Take out names that are empty: an ``and`` too many."""
    for entry in library.entries:
        for name in ("author", "editor"):
            value = entry.values.get(name)
            if value is None or not value.is_exact or name in entry.inherited:
                continue
            names = [one.text for one in split_names(value.text)]
            kept = [text for text in names if text]
            if kept and len(kept) < len(names):
                yield Fix(
                    source=entry.source,
                    edits=(Edit(value.start, value.start + len(value.text), " and ".join(kept)),),
                    location=entry.locate(name),
                    message=f"{entry.key}: {name}: 'and' without a name removed",
                    code=Code.BAD_NAME,
                )


# A hidden character does not end a word.
_LETTER = rf"(?:[^\W_]|[{HIDDEN}])"
_TITLE_WORD = re.compile(rf"\\[A-Za-z]+|\\.|{_LETTER}+(?:['\u2019]{_LETTER}+)*")
_SHOWN = 4
_TSE = "IEEE Transactions on Software Engineering"


def find_unprotected(title: str) -> list[tuple[int, str]]:
    """Return the words of a title whose inner capitals a style would lower, with their offsets.

    Braces and formulas protect. The first letter of a word is not looked at: whether ``Markov``
    is a name, no program knows.
    """
    if title.islower():
        return []
    pairs = find_pairs(title)
    guarded = [
        *((start, end) for start, end in pairs.groups.items()),
        *((start, span.after) for start, span in pairs.formulas.items()),
    ]
    found = []
    for match in _TITLE_WORD.finditer(title):
        word = match[0]
        if word[0] == "\\" or not any(char.isupper() for char in word[1:]):
            continue
        if not any(start < match.start() < end for start, end in guarded):
            found.append((match.start(), word))
    return found


def _is_shouted(title: str) -> bool:
    letters = [char for char in title if char.isalpha()]
    return len(letters) > 12 and sum(char.isupper() for char in letters) > 0.7 * len(letters)


def _find(library: Library) -> Iterator[tuple[Entry, list[tuple[int, str]]]]:
    for entry in library.entries:
        value = entry.values.get("title")
        if value is not None and "title" not in entry.inherited:
            words = find_unprotected(value.text)
            if words:
                yield entry, words


def check_title_capitals(library: Library) -> Iterator[Diagnostic]:
    """Find titles with capitals that a style would lower."""
    for entry, words in _find(library):
        if _is_shouted(entry.get("title")):
            yield entry.report(
                Code.TITLE_CAPITALS,
                "the title is written in capitals",
                "title",
                suggestion="write it as a sentence, or as the paper's own heading has it",
            )
            continue
        unique = list(dict.fromkeys(HIDDEN_CHARACTERS.sub("", word) for _, word in words))
        more = f" and {len(unique) - _SHOWN} more" if len(unique) > _SHOWN else ""
        yield entry.report(
            Code.TITLE_CAPITALS,
            f"a style would lower the capitals of {', '.join(unique[:_SHOWN])}{more}",
            "title",
            offset=words[0][0],
            suggestion=f"write {', '.join(f'{{{word}}}' for word in unique[:_SHOWN])}",
        )


def fix_title_capitals(library: Library) -> Iterator[Fix]:
    """Put such words in braces; a title that is all capitals needs a person."""
    for entry, words in _find(library):
        value = entry.values["title"]
        if not value.is_exact or _is_shouted(entry.get("title")):
            continue
        for offset, word in words:
            if HIDDEN_CHARACTERS.search(word):
                continue  # its turn comes when the character is gone
            start = value.start + offset
            yield Fix(
                source=entry.source,
                edits=(Edit(start, start + len(word), f"{{{word}}}"),),
                location=entry.source.locate(start),
                message=f"{entry.key}: '{word}' in the title becomes '{{{word}}}'",
                code=Code.TITLE_CAPITALS,
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
        fix=fix_names,
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
    Rule(
        code=Code.TITLE_CAPITALS,
        title="Capitals that matter are in braces",
        group="titles",
        what="A word of the title has capitals behind its first letter and stands outside of "
        "braces.",
        why="Many bibliography styles lower the capitals of titles: `ACM` becomes `acm`. This site "
        "keeps them, but entries are taken away.",
        check=check_title_capitals,
        fix=fix_title_capitals,
        bad=lamport(key="lamport1995tla", title="TLA in Pictures", journal=_TSE, year="1995"),
        good=lamport(key="lamport1995tla", title="{TLA} in Pictures", journal=_TSE, year="1995"),
    ),
)
