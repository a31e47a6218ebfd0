"""The arguments that name the files of a survey, and what they and the configuration come to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from livingsurvey.bibtex.source import StateError
from livingsurvey.catalog.ledger import FILE_NAME as LEDGER_NAME
from livingsurvey.cli.command import UsageError, add_flag
from livingsurvey.configuration import (
    FILE_NAME,
    describe_fault,
    read_configuration,
    search_configuration,
)
from livingsurvey.diagnostics import Code

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from livingsurvey.cli.command import Console
    from livingsurvey.configuration import Configuration
    from livingsurvey.online.client import Client

Kept = TypeVar("Kept")


def add_survey_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that name the files of a survey, for :func:`find_configuration`."""
    parser.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="BIB",
        help=".bib files instead of those that pyproject.toml names",
    )
    add_file_options(parser)


def add_file_options(parser: argparse.ArgumentParser) -> None:
    """Add ``--taxonomy`` and ``--config``, for commands with other arguments of their own."""
    parser.add_argument(
        "--taxonomy", type=Path, metavar="TOML", help="the categories, instead of the configured"
    )
    parser.add_argument(
        "--config",
        type=Path,
        metavar="TOML",
        help=f"the {FILE_NAME} to use (default: the nearest one with a [tool.livingsurvey])",
    )


def find_configuration(arguments: argparse.Namespace) -> Configuration:
    """Return the configuration with what the command line says instead.

    Raises:
        ConfigurationError: The configuration is wrong.
        UsageError: Nobody names a bibliography, or a file is not there.
    """
    if arguments.config is not None:
        configuration = read_configuration(arguments.config)
    else:
        configuration = search_configuration(Path.cwd())
    if getattr(arguments, "paths", None):
        paths = tuple(Path.cwd() / path for path in arguments.paths)
        # A part of the bibliography need not fill the categories of the whole.
        configuration = replace(configuration, bibliographies=paths, minimum_papers=0, warnings=())
    elif not configuration.bibliographies and getattr(arguments, "bib", None):
        configuration = replace(configuration, bibliographies=(Path.cwd() / arguments.bib,))
    if arguments.taxonomy is not None:
        configuration = replace(configuration, taxonomy=Path.cwd() / arguments.taxonomy)
    if not configuration.bibliographies:
        raise UsageError(
            "which .bib file? Name it, or write in pyproject.toml:\n"
            '  [tool.livingsurvey]\n  bibliographies = ["papers.bib"]'
        )
    for path in (*configuration.bibliographies, configuration.taxonomy, configuration.authors):
        if path is not None and not path.is_file():
            fault = "it is no ordinary file" if path.exists() else "there is no such file"
            raise UsageError(describe_fault(Code.FILE_MISSING, path, fault))
    return configuration


def find_ledger(configuration: Configuration) -> Path:
    """Return where the ledger of a survey is: beside its first bibliography."""
    return configuration.bibliographies[0].with_name(LEDGER_NAME)


def read_kept(path: Path, read: Callable[[Path], Kept]) -> Kept:
    """Return what a file holds that the commands keep beside the bibliography.

    Raises:
        UsageError: It cannot be read: to write it anew would forget what it holds.
    """
    try:
        return read(path)
    except StateError as error:
        raise UsageError(f"{error}; mend or remove it") from error


def add_connection_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of commands that go online."""
    add_flag(parser, "--refresh", purpose="ask anew instead of using the cached answers")


def connect(
    configuration: Configuration, arguments: argparse.Namespace, console: Console
) -> Client:
    """Return the client of a command."""
    # Importing requests takes longer than checking a bibliography, and "add -" does without it.
    from livingsurvey.online.client import Client  # noqa: PLC0415

    client = Client(configuration.online, is_fresh=arguments.refresh)
    if console.err.isatty():
        client.transport.note = console.note
    return client
