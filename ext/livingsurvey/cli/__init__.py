"""The command ``livingsurvey``: an editor's tools for the .bib, without Sphinx.

:data:`COMMANDS` names the subcommands. The module of one is imported when it is called, so that
``check`` does not wait for what ``verify`` needs.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import io
import os
import sys
from typing import TYPE_CHECKING, TextIO

from livingsurvey import __version__
from livingsurvey.bibtex.source import StateError
from livingsurvey.cli.command import Console, Exit, Session, UsageError
from livingsurvey.configuration import ConfigurationError, describe_values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from livingsurvey.cli.command import Command

__all__ = ["COMMANDS", "main"]

COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("begin a survey: write a folder that builds", "init:COMMAND"),
    "check": ("say what is wrong in the bibliography, and where", "check:CHECK"),
    "format": ("bring the bibliography into its canonical layout", "check:FORMAT"),
    "add": ("add papers by arXiv identifier, DOI, address or BibTeX", "add:COMMAND"),
    "list": ("list papers by category, author, year or words", "export:LIST"),
    "retag": ("rename, merge or split a category", "retag:COMMAND"),
    "verify": ("compare entries with the records of arXiv and Crossref", "verify:COMMAND"),
    "inbox": ("list papers that the survey may lack, and decide on them", "inbox:COMMAND"),
    "refresh": ("say what has become of the papers since, and write it", "refresh:COMMAND"),
    "diff": ("say what has changed between two states of the bibliography", "diff:DIFF"),
    "history": ("write what each edition changed, from git", "diff:HISTORY"),
    "routine": ("do what runs by itself: lists of decisions, suggestions", "routine:COMMAND"),
    "export": (
        "write the papers as data: BibTeX, RIS, CSL-JSON, CSV, JSON, Atom",
        "export:EXPORT",
    ),
    "bundle": ("put site, book, bibliography and data into one archive", "book:BUNDLE"),
    "typeset": ("make the PDF of what Sphinx wrote for LaTeX, and check it", "book:TYPESET"),
    "check-log": ("say what is wrong with a book, by the log of LaTeX", "book:CHECK_LOG"),
}
"""What each subcommand does, and where it is: a module of this package and its ``Command``."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0 clean, 1 findings, 2 could not run."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Names of people must not end a run on a terminal that knows no Unicode.
            stream.reconfigure(errors="backslashreplace")
    if isinstance(sys.stdout, io.TextIOWrapper) and not sys.stdout.isatty():
        # Programs read it: UTF-8, and the line ends of the format.
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    console = Console(sys.stdout, sys.stderr)
    arguments = sys.argv[1:] if arguments is None else arguments
    parsed = make_parser(arguments).parse_args(arguments)
    try:
        status = parsed.command.run(Session(parsed, console))
        console.out.flush()
    except (UsageError, ConfigurationError, StateError) as error:
        console.note(f"livingsurvey {parsed.name}: cannot run\n{error}")
        return Exit.FAILURE
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has seen enough; Python would complain on its way out.
        _discard(sys.stdout)
        return Exit.FINDINGS
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        message = f"{error.strerror or error}{where}"
        console.note(f"livingsurvey {parsed.name}: cannot go on\n{message}")
        _discard(sys.stdout)
        return Exit.FAILURE
    return int(status)


def _discard(stream: TextIO) -> None:
    """Let what is still to be written go nowhere: Python would complain on its way out."""
    with contextlib.suppress(OSError, ValueError):  # the latter from streams without a file
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def make_parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """Return the parser of the command line, with the options of the subcommand that is called."""
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="livingsurvey",
        description="Keep the bibliography of a living survey in order.",
        epilog=f"values of [tool.livingsurvey] in pyproject.toml:\n{describe_values()}\n\n"
        "Exit codes: 0 clean, 1 something to mend, 2 could not run.",
        formatter_class=form,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    called = next((word for word in arguments if not word.startswith("-")), "")
    for name, (summary, place) in COMMANDS.items():
        subparser = subparsers.add_parser(name, help=summary, formatter_class=form)
        if name == called:
            module, _, attribute = place.partition(":")
            command: Command = getattr(importlib.import_module(f"{__name__}.{module}"), attribute)
            subparser.description = command.description
            command.add_arguments(subparser)
            subparser.set_defaults(command=command, name=name)
    return parser
