"""The files of a survey: which they are, how they are read, and how they are changed."""

from __future__ import annotations

import contextlib
import difflib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from livingsurvey.bibtex.source import Source, StateError, read_source, replace_file
from livingsurvey.catalog.ledger import FILE_NAME as LEDGER_NAME
from livingsurvey.cli.command import UsageError, add_option
from livingsurvey.configuration import (
    FILE_NAME,
    describe_fault,
    read_configuration,
    search_configuration,
    show,
)
from livingsurvey.diagnostics import Code, Severity

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from livingsurvey.cli.command import Console, Session
    from livingsurvey.configuration import Configuration
    from livingsurvey.online.client import Client

Kept = TypeVar("Kept")


def add_survey_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that name the files of a survey, for :func:`find_configuration`."""
    purpose = ".bib files instead of those that pyproject.toml names"
    parser.add_argument("paths", nargs="*", type=Path, metavar="BIB", help=purpose)
    add_file_options(parser)


def add_file_options(parser: argparse.ArgumentParser) -> None:
    """Add ``--taxonomy`` and ``--config``, for commands with other arguments of their own."""
    add_option(parser, "--taxonomy TOML", "the categories, instead of the configured", type=Path)
    config = f"the {FILE_NAME} to use (default: the nearest one with a [tool.livingsurvey])"
    add_option(parser, "--config TOML", config, type=Path)


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
    add_option(parser, "--refresh", "ask anew instead of using the cached answers")


def connect(
    configuration: Configuration, arguments: argparse.Namespace, console: Console
) -> Client:
    """Return the client of a command."""
    # Importing requests takes longer than checking a bibliography, and "add -" does without it.
    from livingsurvey.online.client import Client  # noqa: PLC0415

    client = Client(configuration.online, is_fresh=arguments.refresh)
    if console.err.isatty():
        client.note = console.note
    return client


_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class FileChange:
    """A new text for a file.

    Attributes:
        path: The file.
        source: What it holds now.
        text: What it is to hold; its byte order mark, if it has one, stays.
    """

    path: Path
    source: Source
    text: str


def read_for_change(path: Path) -> Source:
    """Read a file that is to be changed.

    Raises:
        UsageError: It cannot be read, or not be written back byte for byte.
    """
    source, problems = read_source(path, show(path))
    for problem in problems:
        if problem.severity is not Severity.HINT:
            raise UsageError(f"{problem.render()}\nnothing was changed")
    return source


def write_changes(changes: Sequence[FileChange]) -> None:
    """Write all *changes*; if one fails, those before it are undone.

    Raises:
        UsageError: A file was changed by somebody else meanwhile, or cannot be written.
    """
    for change in changes:
        if read_for_change(change.path) != change.source:
            raise UsageError(f"{show(change.path)} was changed meanwhile; nothing was written")
    done: list[FileChange] = []
    try:
        for change in changes:
            replace_file(change.path, _encode(change.source, change.text))
            done.append(change)
    except OSError as error:
        for change in done:
            with contextlib.suppress(OSError):
                replace_file(change.path, _encode(change.source, change.source.text))
        path = show(changes[len(done)].path)
        raise UsageError(f"cannot write {path}: {error.strerror}; nothing was changed") from error


def write_output(path: Path, text: str) -> None:
    """Write a file that a command was told to write, as a whole or not at all.

    Raises:
        UsageError: It cannot be written; a file that was there is as it was.
    """
    try:
        if path.exists() and not path.is_file():  # such as /dev/stdout
            path.write_bytes(text.encode("utf-8"))
        else:
            replace_file(path, text)
    except OSError as error:
        raise UsageError(f"cannot write {show(path)}: {error.strerror}") from error


def _encode(source: Source, text: str) -> str:
    return f"{_MARK}{text}" if source.has_byte_order_mark else text


def write_or_show(change: FileChange, would: str, did: str, session: Session) -> None:
    """Write a change and say what was done; in a dry run show it, and say what would be."""
    if session.arguments.dry_run:
        show_changes([change], session.console)
        session.console.note(would)
    else:
        write_changes([change])
        session.console.print(did)


def show_changes(changes: Sequence[FileChange], console: Console) -> None:
    """Print what would change, as unified diffs."""
    for change in changes:
        path = show(change.path)
        show_diff(change.source.text, change.text, (f"a/{path}", f"b/{path}"), console)


def show_diff(
    before: str, after: str, names: tuple[str, str], console: Console, *, carriage_return: str = ""
) -> None:
    """Print a unified diff of two texts.

    Args:
        before: The one text.
        after: The other one.
        names: What they are called.
        console: Where to print it.
        carriage_return: What to show for one, which would send a terminal back to the start of
            the line.
    """
    colors = {"+": "green", "-": "red", "@": "cyan"}
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), *names
    )
    for line in lines:
        shown = line.removesuffix("\n").replace("\r", carriage_return)
        color = colors.get(line[0])
        console.print(console.paint(shown, color) if color else shown)
