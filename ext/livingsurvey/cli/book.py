"""``livingsurvey typeset`` and ``check-log``: a PDF of what Sphinx wrote, and its faults."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from livingsurvey.book import (
    INSTALL_HINT,
    OVERFULL_LIMIT,
    TIME_LIMIT,
    find_missing_programs,
    lacks_files,
    scan_log,
    typeset,
)
from livingsurvey.cli.command import Command, Exit, UsageError, add_flag

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from livingsurvey.book import BookDiagnostic
    from livingsurvey.cli.command import Console

TYPESET_DESCRIPTION = """\
Make a PDF of the .tex that Sphinx's LaTeX builder has written, with latexmk and XeLaTeX.

TeX may read and write below the folder of the .tex only, starts no other program, and is ended
when its time is over. Then the log is searched for missing characters, undefined and repeated
labels, lines that stick out and substituted fonts; each is printed, and makes the exit code 1.
"""
CHECK_LOG_DESCRIPTION = """\
Search a log of LaTeX for what a reader would notice: missing characters, undefined and repeated
labels, lines that stick out, substituted fonts.
"""


def add_typeset_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the file and the limits."""
    parser.add_argument("tex", type=Path, nargs="?", help="the .tex, or a folder with one")
    parser.add_argument(
        "--seconds", type=float, default=TIME_LIMIT, help="time limit (default: %(default)g)"
    )
    add_flag(parser, "--needs", purpose="only say what is not installed, if anything")
    _add_limit(parser)


def add_log_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the file and the limit."""
    parser.add_argument("log", type=Path, help="the .log")
    _add_limit(parser)


def _add_limit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--overfull",
        type=float,
        default=OVERFULL_LIMIT,
        metavar="POINTS",
        help="how far a line may stick out (default: %(default)g)",
    )


def run_typeset(arguments: argparse.Namespace, console: Console) -> int:
    """Typeset a book."""
    if missing := find_missing_programs():
        raise UsageError(f"{', '.join(missing)} not found. {INSTALL_HINT}")
    if arguments.needs:
        return Exit.CLEAN
    if arguments.tex is None:
        raise UsageError("name the .tex to typeset, or the folder that Sphinx wrote it to")
    tex = find_tex(arguments.tex)
    engine = find_engine(tex.parent)
    if engine not in {"", "xelatex"}:
        raise UsageError(
            f'{tex} is written for {engine}: set latex_engine = "xelatex" in conf.py and build it '
            f"again, or run make in {tex.parent}"
        )
    with console.progress() as say:
        say(f"typesetting {tex.name}")
        result = typeset(tex, seconds=arguments.seconds, overfull_limit=arguments.overfull)
    if lacks_files(result):
        console.note(INSTALL_HINT)
    if result.pdf is not None:
        console.note(f"The book is in {result.pdf}.")
    return report(result.diagnostics, console)


def find_tex(path: Path) -> Path:
    """Return the .tex that is meant.

    Raises:
        UsageError: There is none, or more than one.
    """
    if not path.is_dir():
        if not path.is_file():
            raise UsageError(f"there is no file {path}")
        return path
    # Sphinx writes only documents with this ending; ours beside them hold no \documentclass.
    found = sorted(path.glob("*.tex"))
    if len(found) != 1:
        names = ", ".join(file.name for file in found) or "none"
        raise UsageError(f"{path} should hold one .tex, not {names}")
    return found[0]


def find_engine(folder: Path) -> str:
    """Return the program that Sphinx wrote a .tex for, as it tells latexmk; ``""`` if unknown."""
    try:
        text = (folder / "latexmkrc").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
    found = re.search(r"^\$pdflatex = '(\w+) ", text, re.MULTILINE)
    return found[1] if found else ""


def run_check_log(arguments: argparse.Namespace, console: Console) -> int:
    """Search a log."""
    try:
        diagnostics = scan_log(arguments.log, arguments.overfull)
    except OSError as error:
        raise UsageError(f"{arguments.log}: {error.strerror}") from error
    return report(diagnostics, console)


def report(diagnostics: Iterable[BookDiagnostic], console: Console) -> int:
    """Print the diagnostics, and return the exit code."""
    status = Exit.CLEAN
    for diagnostic in diagnostics:
        console.print(str(diagnostic))
        status = Exit.FINDINGS
    return status


TYPESET = Command(TYPESET_DESCRIPTION, add_typeset_arguments, run_typeset)
CHECK_LOG = Command(CHECK_LOG_DESCRIPTION, add_log_arguments, run_check_log)
