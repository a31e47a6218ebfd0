"""Rules about the text of the file: its BibTeX, its characters, and its markup."""

from __future__ import annotations

import bisect
import re
from typing import TYPE_CHECKING

from livingsurvey.bibtex.edit import Edit, apply_edits
from livingsurvey.bibtex.scan import scan
from livingsurvey.diagnostics import Diagnostic, Severity, diagnose
from livingsurvey.markup.letters import HIDDEN
from livingsurvey.model import Location
from livingsurvey.rules.rule import Fix, Rule, diffie, lamport, make_rule, shannon

if TYPE_CHECKING:
    from collections.abc import Iterator

    from livingsurvey.bibtex.source import Source
    from livingsurvey.catalog import Library

_COMMENT = re.compile(r"(?m)^[ \t]*%.*$")


HIDDEN_RUN = re.compile(f"[{HIDDEN}]+")
"""Characters that nobody sees, or that turn the direction of what follows."""

# Windows' table puts letters and signs where Latin-1 has control characters; both are met.
_BYTES = {bytes([b]).decode("cp1252", errors="ignore") or chr(b): b for b in range(0x80, 0x100)}
_BYTES |= {chr(b): b for b in range(0x80, 0x100)}
_TAILS = "".join(re.escape(char) for char, byte in _BYTES.items() if byte < 0xC0)
_GARBLED = re.compile(f"(?:[ÂÃÄÅ][{_TAILS}]|â[{_TAILS}][{_TAILS}])+")


def _find_runs(
    library: Library, pattern: re.Pattern[str]
) -> Iterator[tuple[Source, re.Match[str], str]]:
    """Yield file and place of what a pattern finds, and the key of the entry there, or ``""``."""
    for source in library.sources:
        blocks = [entry.block for entry in library.entries if entry.source is source]
        for match in pattern.finditer(source.text):
            index = bisect.bisect_right(blocks, match.start(), key=lambda block: block.start) - 1
            is_inside = index >= 0 and match.start() < blocks[index].end
            yield source, match, blocks[index].key if is_inside else ""


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


def _find_hidden(library: Library) -> Iterator[tuple[Source, re.Match[str], str, str]]:
    """Yield file and place of hidden characters, their names, and the key of the entry there."""
    for source, match, key in _find_runs(library, HIDDEN_RUN):
        if not _unscramble_at(source.text, match.start()):
            yield source, match, ", ".join(dict.fromkeys(f"U+{ord(c):04X}" for c in match[0])), key


def _find_garbled(library: Library) -> Iterator[tuple[Source, re.Match[str], str, str]]:
    """Yield file and place of garbled letters, what is meant, and the key of the entry there."""
    for source, match, key in _find_runs(library, _GARBLED):
        if meant := unscramble(match[0]):
            yield source, match, meant, key


@make_rule("files", bad="<!DOCTYPE html>\n<title>Not found</title>\n")
def empty_bibliography(rule: Rule, library: Library) -> Iterator[Diagnostic]:
    """A bibliography has entries.

    A .bib file of the survey has text and no entry. One that is empty but for comments, as a
    survey may begin, is a hint.

    Most often the wrong file is named, or an export went wrong.
    """
    filled = {entry.source.path for entry in library.entries}
    missing = {found.location.path for found in library.diagnostics}
    for source in library.sources:
        if source.path not in filled | missing:
            blocks = (Edit(block.start, block.end, "") for block in scan(source.text))
            has_text = bool(_COMMENT.sub("", apply_edits(source.text, blocks)).strip())
            message = f"the file has {'text, but ' if has_text else ''}no entry"
            suggestion, place = "add one, or name another file", Location(source.path, 1)
            severity = Severity.WARNING if has_text else Severity.HINT
            yield diagnose(rule.code, message, place, suggestion, severity=severity)


@make_rule(
    "files",
    language="config",
    stage="start",
    bad='bibliographies = ["bib/paper.bib"]\n',
    good='bibliographies = ["bib/papers.bib"]\n',
)
def file_missing(rule: Rule, library: Library) -> None:
    """Every file can be read.

    A file that the configuration names is missing or may not be read.

    Without it there is nothing to check or to show. The command stops with exit code 2.
    """


@make_rule(
    "files",
    language="config",
    stage="start",
    bad='bibliographies = ["bib/papers.bib"]\nminimum-paper = 3\n',
    good='bibliographies = ["bib/papers.bib"]\nminimum-papers = 3\n',
)
def config(rule: Rule, library: Library) -> None:
    """The configuration is understood.

    `[tool.livingsurvey]` has a key that nobody reads, or a value of the wrong kind. A rule that
    is disabled without a reason counts as well.

    A misspelled key would be ignored in silence. The command stops with exit code 2.
    """


@make_rule("files", bad=diffie(author="M\udcfcller, Anna"), good=diffie(author="Müller, Anna"))
def encoding(rule: Rule, library: Library) -> None:
    """The file is UTF-8.

    Some bytes are not UTF-8; most often the file was saved as Latin-1 or Windows-1252.

    Names with accents would be wrong on every page, and `format` does not touch the file until
    they are mended.
    """


@make_rule("files", bad="\ufeff" + shannon())
def byte_order_mark(rule: Rule, library: Library) -> None:
    """The file begins with its text.

    The file begins with a byte order mark, as some editors on Windows write it.

    Older programs take it for text. `format` removes it.
    """


@make_rule(
    "files",
    bad="".join(
        f"@string{{{name} = {before} # {before} # {before} # {before} # {before}}}\n"
        for before, name in [('"many"', "a"), *zip("abcdefg", "bcdefgh", strict=True)]
    )
    + shannon().replace("{Bell System Technical Journal}", "h"),
)
def limit(rule: Rule, library: Library) -> None:
    """Values have an end.

    A value has more than a million characters once its macros are expanded, or a file more than
    64 MiB.

    Most often a delimiter is missing; at worst a few lines of macros fill the memory.
    """


@make_rule("syntax", bad=shannon().replace("Communication},", "Communication}"))
def syntax(rule: Rule, library: Library) -> None:
    """The text is BibTeX.

    A brace, a comma, a key or a value is missing or one too many. The message says which, at
    the place where the mistake is made; the entries around it are read.

    Other programs stop here, or read something else than is meant.
    """


@make_rule(
    "syntax",
    bad=lamport() + "\n" + shannon(key="lamport1978time"),
    good=lamport() + "\n" + shannon(),
)
def duplicate_key(rule: Rule, library: Library) -> None:
    """A citation key stands for one entry.

    Two entries have the same citation key, without regard to case.

    A citation could mean either. The first entry is used, the second one is not.
    """


@make_rule("syntax", bad=shannon().replace("  year ", "  year          = {1949},\n  year "))
def duplicate_field(rule: Rule, library: Library) -> None:
    """A field is given once.

    An entry gives a field twice. BibTeX's and biblatex's names for the same thing, such as
    `journal` and `journaltitle`, count as one.

    Programs differ in which one they take; here it is the first.
    """


@make_rule(
    "syntax",
    bad=shannon().replace("{Bell System Technical Journal}", "bstj"),
    good="@string{bstj = {Bell System Technical Journal}}\n\n"
    + shannon().replace("{Bell System Technical Journal}", "bstj"),
)
def undefined_string(rule: Rule, library: Library) -> None:
    """Every macro is defined.

    A value without braces or quotation marks is the name of a macro, and no `@string` above
    defines it. The months `jan` to `dec` are always there.

    The name of the macro would be printed in place of the text.
    """


@make_rule(
    "syntax",
    bad=shannon(crossref="bstj1948vol27"),
    good=shannon(crossref="bstj1948volume")
    + "\n@proceedings{bstj1948volume,\n  title         = {Bell System Technical Journal 27},\n"
    "  year          = {1948},\n}\n",
)
def crossref(rule: Rule, library: Library) -> None:
    """A cross-reference leads to an entry.

    `crossref` names an entry that is not there, or leads back to itself.

    The entry would lack what it is to inherit.
    """


@make_rule(
    "titles",
    bad=shannon(title=r"A Mathematical \important{Theory} of Communication"),
    good=shannon(title=r"A Mathematical \emph{Theory} of Communication"),
)
def markup(rule: Rule, library: Library) -> Iterator[Diagnostic]:
    """TeX that every output can show.

    A title, short title, annotation or venue uses a command that is not known, a formula that
    is not closed, or one that a web page cannot show.

    It is shown as plain text, since the site, the book and the data all have to show the same.
    """
    found = list(rule.pass_on(library))
    # The rule on hidden characters says it better.
    hidden = {
        source.locate(match.start()) for source, match, _, _ in _find_hidden(library) if found
    }
    yield from (diagnostic for diagnostic in found if diagnostic.location not in hidden)


def fix_hidden(rule: Rule, library: Library) -> Iterator[Fix]:
    """Delete hidden characters; those that end a line become a space."""
    for source, match, names, key in _find_hidden(library):
        left = " " if set(match[0]) & {"\u2028", "\u2029", "\x0b", "\x0c", "\x85"} else ""
        message = f"{key}: {names} deleted".removeprefix(": ")
        yield rule.rewrite(source, match.start(), match.end(), left, message)


@make_rule(
    "files", fix=fix_hidden, bad=shannon(title="A Mathematical Theory of Com\u200bmunication")
)
def hidden_character(rule: Rule, library: Library) -> Iterator[Diagnostic]:
    """Every character can be seen.

    A control character, a zero-width space or soft hyphen, or a mark that turns the direction
    of the text stands somewhere in the file. Such characters come with text that is copied from
    a PDF or a web page.

    Searches do not find the word, two equal titles differ, and marks of direction can make a
    line read otherwise than it is.
    """
    for source, match, names, key in _find_hidden(library):
        message = f"{key}: a hidden character ({names})" if key else f"hidden: {names}"
        yield diagnose(rule.code, message, source.locate(match.start()), "delete it", key=key)


def fix_garbled(rule: Rule, library: Library) -> Iterator[Fix]:
    """Write the letters that are meant."""
    for source, match, meant, key in _find_garbled(library):
        message = f"{key}: '{match[0]}' becomes '{meant}'".removeprefix(": ")
        yield rule.rewrite(source, match.start(), match.end(), meant, message)


@make_rule(
    "files", fix=fix_garbled, bad=diffie(author="MÃ¼ller, Anna"), good=diffie(author="Müller, Anna")
)
def mojibake(rule: Rule, library: Library) -> Iterator[Diagnostic]:
    """Accents are whole.

    Letters look like UTF-8 that was once read as another encoding: `Ã¼` for `ü`.

    The name is misspelled everywhere, and nobody finds it.
    """
    for source, match, meant, key in _find_garbled(library):
        message = f"{key}: garbled letters '{match[0]}'".removeprefix(": ")
        place = source.locate(match.start())
        yield diagnose(rule.code, message, place, f"did you mean '{meant}'?", key=key)
