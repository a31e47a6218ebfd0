"""Rules about single characters: those that nobody sees, and those that were garbled."""

from __future__ import annotations

import bisect
import re
from typing import TYPE_CHECKING

from livingsurvey.bibtex.edits import Edit
from livingsurvey.diagnostics import Code, Diagnostic, Severity
from livingsurvey.markup.letters import HIDDEN
from livingsurvey.rules.examples import diffie, shannon
from livingsurvey.rules.rule import Repair, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from livingsurvey.bibtex.blocks import Block
    from livingsurvey.bibtex.source import Source
    from livingsurvey.catalog import Library

HIDDEN_RUN = re.compile(f"[{HIDDEN}]+")
"""Characters that nobody sees, or that turn the direction of what follows."""

# Windows' table puts letters and signs where Latin-1 has control characters; both are met.
_BYTES = {bytes([b]).decode("cp1252", errors="ignore") or chr(b): b for b in range(0x80, 0x100)}
_BYTES |= {chr(b): b for b in range(0x80, 0x100)}
_TAILS = "".join(re.escape(char) for char, byte in _BYTES.items() if byte < 0xC0)
_GARBLED = re.compile(f"(?:[ÂÃÄÅ][{_TAILS}]|â[{_TAILS}][{_TAILS}])+")


def make_key_finder(library: Library) -> Callable[[Source, int], str]:
    """Return a function from a place to the citation key of the entry there, or ``""``."""
    blocks: dict[int, list[Block]] = {}
    for entry in library.entries:
        blocks.setdefault(id(entry.source), []).append(entry.block)

    def find_key(source: Source, offset: int) -> str:
        found = blocks.get(id(source), [])
        index = bisect.bisect_right(found, offset, key=lambda block: block.start) - 1
        return found[index].key if index >= 0 and offset < found[index].end else ""

    return find_key


def check_hidden(library: Library) -> Iterator[Diagnostic]:
    """Find characters that nobody sees, wherever they stand."""
    find_key = make_key_finder(library)
    for source in library.sources:
        for match in HIDDEN_RUN.finditer(source.text):
            if _unscramble_at(source.text, match.start()):
                continue
            key = find_key(source, match.start())
            names = ", ".join(dict.fromkeys(f"U+{ord(char):04X}" for char in match[0]))
            yield Diagnostic(
                code=Code.HIDDEN_CHARACTER,
                severity=Severity.ERROR,
                message=f"{key}: a hidden character ({names})" if key else f"hidden: {names}",
                location=source.locate(match.start()),
                suggestion="delete it",
                key=key,
            )


def repair_hidden(library: Library) -> Iterator[Repair]:
    """Delete hidden characters; those that end a line become a space."""
    find_key = make_key_finder(library)
    for source in library.sources:
        for match in HIDDEN_RUN.finditer(source.text):
            if _unscramble_at(source.text, match.start()):
                continue
            left = " " if set(match[0]) & {"\u2028", "\u2029", "\x0b", "\x0c", "\x85"} else ""
            key = find_key(source, match.start())
            names = ", ".join(dict.fromkeys(f"U+{ord(char):04X}" for char in match[0]))
            yield Repair(
                source=source,
                edits=(Edit(match.start(), match.end(), left),),
                location=source.locate(match.start()),
                message=f"{key}: {names} deleted" if key else f"{names} deleted",
                code=Code.HIDDEN_CHARACTER,
            )


def unscramble(text: str) -> str:
    """Return what *text* was before it was read in a wrong encoding, ``""`` if nothing is clear."""
    data = bytes(_BYTES.get(char, 0x3F) for char in text)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return ""


def _unscramble_at(text: str, offset: int) -> str:
    """Return the readable form of the garbled letters around *offset*, or ``""``."""
    for match in _GARBLED.finditer(text, max(0, offset - 3), offset + 3):
        if match.start() <= offset < match.end():
            return unscramble(match[0])
    return ""


def _find_garbled(library: Library) -> Iterator[tuple[Source, re.Match[str], str]]:
    for source in library.sources:
        if source.text.isascii():
            continue
        for match in _GARBLED.finditer(source.text):
            if meant := unscramble(match[0]):
                yield source, match, meant


def check_garbled(library: Library) -> Iterator[Diagnostic]:
    """Find UTF-8 that went through another encoding."""
    find_key = make_key_finder(library)
    for source, match, meant in _find_garbled(library):
        key = find_key(source, match.start())
        yield Diagnostic(
            code=Code.MOJIBAKE,
            severity=Severity.WARNING,
            message=f"{key}: garbled letters '{match[0]}'".removeprefix(": "),
            location=source.locate(match.start()),
            suggestion=f"did you mean '{meant}'?",
            key=key,
        )


def repair_garbled(library: Library) -> Iterator[Repair]:
    """Write the letters that are meant."""
    find_key = make_key_finder(library)
    for source, match, meant in _find_garbled(library):
        key = find_key(source, match.start())
        yield Repair(
            source=source,
            edits=(Edit(match.start(), match.end(), meant),),
            location=source.locate(match.start()),
            message=f"{key}: '{match[0]}' becomes '{meant}'".removeprefix(": "),
            code=Code.MOJIBAKE,
        )


RULES = (
    Rule(
        code=Code.HIDDEN_CHARACTER,
        title="Every character can be seen",
        group="files",
        severity=Severity.ERROR,
        what="A control character, a zero-width space or soft hyphen, or a mark that turns the "
        "direction of the text stands somewhere in the file. Such characters come with text "
        "that is copied from a PDF or a web page.",
        why="Searches do not find the word, two equal titles differ, and marks of direction can "
        "make a line read otherwise than it is.",
        check=check_hidden,
        repair=repair_hidden,
        bad=shannon(title="A Mathematical Theory of Com\u200bmunication"),
        good=shannon(),
    ),
    Rule(
        code=Code.MOJIBAKE,
        title="Accents are whole",
        group="files",
        what="Letters look like UTF-8 that was once read as another encoding: `Ã¼` for `ü`.",
        why="The name is misspelled everywhere, and nobody finds it.",
        check=check_garbled,
        repair=repair_garbled,
        bad=diffie(author="MÃ¼ller, Anna"),
        good=diffie(author="Müller, Anna"),
    ),
)
