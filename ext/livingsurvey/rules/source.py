"""Rules about the text of the file: its BibTeX, its characters, and its markup."""

from __future__ import annotations

import bisect
import re
from typing import TYPE_CHECKING

from livingsurvey.bibtex.edit import Edit
from livingsurvey.bibtex.scan import scan
from livingsurvey.diagnostics import Code, Diagnostic, Severity
from livingsurvey.markup.letters import HIDDEN
from livingsurvey.model import Location
from livingsurvey.rules.rule import Fix, Rule, diffie, lamport, shannon

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from livingsurvey.bibtex.scan import Block
    from livingsurvey.bibtex.source import Source
    from livingsurvey.catalog import Library

_COMMENT = re.compile(r"(?m)^[ \t]*%.*$")


def found_while_reading(code: Code) -> Callable[[Library], Iterator[Diagnostic]]:
    """Return the check of a rule that reading the files has applied already."""

    def check(library: Library) -> Iterator[Diagnostic]:
        return (diagnostic for diagnostic in library.diagnostics if diagnostic.code is code)

    return check


def check_markup(library: Library) -> Iterator[Diagnostic]:
    """Pass on what reading says of TeX, save what the rule on hidden characters says better."""
    found = [diagnostic for diagnostic in library.diagnostics if diagnostic.code is Code.MARKUP]
    if not found:
        return
    hidden = {diagnostic.location for diagnostic in check_hidden(library)}
    yield from (diagnostic for diagnostic in found if diagnostic.location not in hidden)


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


def fix_hidden(library: Library) -> Iterator[Fix]:
    """Delete hidden characters; those that end a line become a space."""
    find_key = make_key_finder(library)
    for source in library.sources:
        for match in HIDDEN_RUN.finditer(source.text):
            if _unscramble_at(source.text, match.start()):
                continue
            left = " " if set(match[0]) & {"\u2028", "\u2029", "\x0b", "\x0c", "\x85"} else ""
            key = find_key(source, match.start())
            names = ", ".join(dict.fromkeys(f"U+{ord(char):04X}" for char in match[0]))
            yield Fix(
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


def fix_garbled(library: Library) -> Iterator[Fix]:
    """Write the letters that are meant."""
    find_key = make_key_finder(library)
    for source, match, meant in _find_garbled(library):
        key = find_key(source, match.start())
        yield Fix(
            source=source,
            edits=(Edit(match.start(), match.end(), meant),),
            location=source.locate(match.start()),
            message=f"{key}: '{match[0]}' becomes '{meant}'".removeprefix(": "),
            code=Code.MOJIBAKE,
        )


def check_empty_files(library: Library) -> Iterator[Diagnostic]:
    """Find files without any entry: a survey may begin so, but other text is a wrong file."""
    filled = {entry.source.path for entry in library.entries}
    missing = {found.location.path for found in library.diagnostics}
    for source in library.sources:
        if source.path not in filled | missing:
            text, position = "", 0
            for block in scan(source.text):
                text += source.text[position : block.start]
                position = block.end
            text = _COMMENT.sub("", text + source.text[position:])
            yield Diagnostic(
                code=Code.EMPTY_BIBLIOGRAPHY,
                severity=Severity.WARNING if text.strip() else Severity.HINT,
                message=f"the file has {'text, but ' if text.strip() else ''}no entry",
                location=Location(source.path, 1),
                suggestion="add one, or name another file",
            )


RULES = (
    Rule(
        code=Code.EMPTY_BIBLIOGRAPHY,
        title="A bibliography has entries",
        group="files",
        what="A .bib file of the survey has text and no entry. One that is empty but for comments, "
        "as a survey may begin, is a hint.",
        why="Most often the wrong file is named, or an export went wrong.",
        check=check_empty_files,
        bad="<!DOCTYPE html>\n<title>Not found</title>\n",
        good=shannon(),
    ),
    Rule(
        code=Code.FILE_MISSING,
        title="Every file can be read",
        group="files",
        severity=Severity.ERROR,
        what="A file that the configuration names is missing or may not be read.",
        why="Without it there is nothing to check or to show. The command stops with exit code 2.",
        language="config",
        stage="start",
        bad='bibliographies = ["bib/paper.bib"]\n',
        good='bibliographies = ["bib/papers.bib"]\n',
    ),
    Rule(
        code=Code.CONFIG,
        title="The configuration is understood",
        group="files",
        severity=Severity.ERROR,
        what="`[tool.livingsurvey]` has a key that nobody reads, or a value of the wrong kind. "
        "A rule that is disabled without a reason counts as well.",
        why="A misspelled key would be ignored in silence. The command stops with exit code 2.",
        language="config",
        stage="start",
        bad='bibliographies = ["bib/papers.bib"]\nminimum-paper = 3\n',
        good='bibliographies = ["bib/papers.bib"]\nminimum-papers = 3\n',
    ),
    Rule(
        code=Code.ENCODING,
        title="The file is UTF-8",
        group="files",
        severity=Severity.ERROR,
        what="Some bytes are not UTF-8; most often the file was saved as Latin-1 or Windows-1252.",
        why="Names with accents would be wrong on every page, and `format` does not touch the "
        "file until they are mended.",
        check=found_while_reading(Code.ENCODING),
        bad=diffie(author="M\udcfcller, Anna"),
        good=diffie(author="Müller, Anna"),
    ),
    Rule(
        code=Code.BYTE_ORDER_MARK,
        title="The file begins with its text",
        group="files",
        severity=Severity.HINT,
        what="The file begins with a byte order mark, as some editors on Windows write it.",
        why="Older programs take it for text. `format` removes it.",
        check=found_while_reading(Code.BYTE_ORDER_MARK),
        bad="\ufeff" + shannon(),
        good=shannon(),
    ),
    Rule(
        code=Code.LIMIT,
        title="Values have an end",
        group="files",
        severity=Severity.ERROR,
        what="A value has more than a million characters once its macros are expanded, or a file "
        "more than 64 MiB.",
        why="Most often a delimiter is missing; at worst a few lines of macros fill the memory.",
        check=found_while_reading(Code.LIMIT),
        bad="".join(
            f"@string{{{name} = {before} # {before} # {before} # {before} # {before}}}\n"
            for before, name in [('"many"', "a"), *zip("abcdefg", "bcdefgh", strict=True)]
        )
        + shannon().replace("{Bell System Technical Journal}", "h"),
        good=shannon(),
    ),
    Rule(
        code=Code.SYNTAX,
        title="The text is BibTeX",
        group="syntax",
        severity=Severity.ERROR,
        what="A brace, a comma, a key or a value is missing or one too many. The message says "
        "which, at the place where the mistake is made; the entries around it are read.",
        why="Other programs stop here, or read something else than is meant.",
        check=found_while_reading(Code.SYNTAX),
        bad=shannon().replace("Communication},", "Communication}"),
        good=shannon(),
    ),
    Rule(
        code=Code.DUPLICATE_KEY,
        title="A citation key stands for one entry",
        group="syntax",
        severity=Severity.ERROR,
        what="Two entries have the same citation key, without regard to case.",
        why="A citation could mean either. The first entry is used, the second one is not.",
        check=found_while_reading(Code.DUPLICATE_KEY),
        bad=lamport() + "\n" + shannon(key="lamport1978time"),
        good=lamport() + "\n" + shannon(),
    ),
    Rule(
        code=Code.DUPLICATE_FIELD,
        title="A field is given once",
        group="syntax",
        severity=Severity.ERROR,
        what="An entry gives a field twice. BibTeX's and biblatex's names for the same thing, "
        "such as `journal` and `journaltitle`, count as one.",
        why="Programs differ in which one they take; here it is the first.",
        check=found_while_reading(Code.DUPLICATE_FIELD),
        bad=shannon().replace("  year ", "  year          = {1949},\n  year "),
        good=shannon(),
    ),
    Rule(
        code=Code.UNDEFINED_STRING,
        title="Every macro is defined",
        group="syntax",
        severity=Severity.ERROR,
        what="A value without braces or quotation marks is the name of a macro, and no `@string` "
        "above defines it. The months `jan` to `dec` are always there.",
        why="The name of the macro would be printed in place of the text.",
        check=found_while_reading(Code.UNDEFINED_STRING),
        bad=shannon().replace("{Bell System Technical Journal}", "bstj"),
        good="@string{bstj = {Bell System Technical Journal}}\n\n"
        + shannon().replace("{Bell System Technical Journal}", "bstj"),
    ),
    Rule(
        code=Code.CROSSREF,
        title="A cross-reference leads to an entry",
        group="syntax",
        severity=Severity.ERROR,
        what="`crossref` names an entry that is not there, or leads back to itself.",
        why="The entry would lack what it is to inherit.",
        check=found_while_reading(Code.CROSSREF),
        bad=shannon(crossref="bstj1948vol27"),
        good=shannon(crossref="bstj1948volume")
        + "\n@proceedings{bstj1948volume,\n  title         = {Bell System Technical Journal 27},\n"
        "  year          = {1948},\n}\n",
    ),
    Rule(
        code=Code.MARKUP,
        title="TeX that every output can show",
        group="titles",
        what="A title, short title, annotation or venue uses a command that is not known, a "
        "formula that is not closed, or one that a web page cannot show.",
        why="It is shown as plain text, since the site, the book and the data all have to show "
        "the same.",
        check=check_markup,
        bad=shannon(title=r"A Mathematical \important{Theory} of Communication"),
        good=shannon(title=r"A Mathematical \emph{Theory} of Communication"),
    ),
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
        fix=fix_hidden,
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
        fix=fix_garbled,
        bad=diffie(author="MÃ¼ller, Anna"),
        good=diffie(author="Müller, Anna"),
    ),
)
