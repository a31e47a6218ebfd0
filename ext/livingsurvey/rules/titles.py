"""Rules about titles."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from livingsurvey.bibtex.edits import Edit
from livingsurvey.diagnostics import Code
from livingsurvey.markup.letters import HIDDEN, HIDDEN_CHARACTERS
from livingsurvey.markup.parser import find_pairs
from livingsurvey.rules.examples import lamport
from livingsurvey.rules.rule import Repair, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from livingsurvey.bibtex.entry import Entry
    from livingsurvey.catalog import Library
    from livingsurvey.diagnostics import Diagnostic

# A hidden character does not end a word.
_LETTER = rf"(?:[^\W_]|[{HIDDEN}])"
_WORD = re.compile(rf"\\[A-Za-z]+|\\.|{_LETTER}+(?:['\u2019]{_LETTER}+)*")
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
    for match in _WORD.finditer(title):
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


def check_capitals(library: Library) -> Iterator[Diagnostic]:
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


def repair_capitals(library: Library) -> Iterator[Repair]:
    """Put such words in braces; a title that is all capitals needs a person."""
    for entry, words in _find(library):
        value = entry.values["title"]
        if not value.is_exact or _is_shouted(entry.get("title")):
            continue
        for offset, word in words:
            if HIDDEN_CHARACTERS.search(word):
                continue  # its turn comes when the character is gone
            start = value.start + offset
            yield Repair(
                source=entry.source,
                edits=(Edit(start, start + len(word), f"{{{word}}}"),),
                location=entry.source.locate(start),
                message=f"{entry.key}: '{word}' in the title becomes '{{{word}}}'",
                code=Code.TITLE_CAPITALS,
            )


RULES = (
    Rule(
        code=Code.TITLE_CAPITALS,
        title="Capitals that matter are in braces",
        group="titles",
        what="A word of the title has capitals behind its first letter and stands outside of "
        "braces.",
        why="Many bibliography styles lower the capitals of titles: `ACM` becomes `acm`. This site "
        "keeps them, but entries are taken away.",
        check=check_capitals,
        repair=repair_capitals,
        bad=lamport(key="lamport1995tla", title="TLA in Pictures", journal=_TSE, year="1995"),
        good=lamport(key="lamport1995tla", title="{TLA} in Pictures", journal=_TSE, year="1995"),
    ),
)
