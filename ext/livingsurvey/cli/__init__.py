"""The command ``livingsurvey``: an editor's tools for the .bib, without Sphinx.

Each subcommand is a module of this package with a ``COMMAND``, listed in :data:`COMMANDS`.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from typing import TYPE_CHECKING

from livingsurvey.cli import add, book, check, export, formatting, init, listing, retag, verify
from livingsurvey.cli.command import Exit, UsageError
from livingsurvey.cli.console import Console
from livingsurvey.version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    from livingsurvey.cli.command import Command

__all__ = ["COMMANDS", "main"]

COMMANDS: tuple[Command, ...] = (
    init.COMMAND,
    check.COMMAND,
    formatting.COMMAND,
    add.COMMAND,
    listing.COMMAND,
    retag.COMMAND,
    verify.COMMAND,
    export.COMMAND,
    book.TYPESET_COMMAND,
    book.LOG_COMMAND,
)
"""All subcommands, in the order in which ``--help`` lists them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0 clean, 1 findings, 2 could not run."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Names of people must not end a run on a terminal that knows no Unicode.
            stream.reconfigure(errors="backslashreplace")
    console = Console(sys.stdout, sys.stderr)
    parsed = make_parser().parse_args(arguments)
    command: Command = parsed.command
    try:
        status = command.run(parsed, console)
        console.out.flush()
    except UsageError as error:
        console.note(f"livingsurvey {command.name}: cannot run\n{error}")
        return Exit.FAILURE
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has seen enough; Python would complain on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.FINDINGS
    return int(status)


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="livingsurvey",
        description="Keep the bibliography of a living survey in order.",
        epilog="Exit codes: 0 clean, 1 something to mend, 2 could not run.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in COMMANDS:
        subparser = subparsers.add_parser(
            command.name,
            help=command.summary,
            description=command.description,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.add_arguments(subparser)
        subparser.set_defaults(command=command)
    return parser
