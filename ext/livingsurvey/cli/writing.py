"""Changing files: all of them or none, with a view of the change first."""

from __future__ import annotations

import contextlib
import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from livingsurvey.bibtex.source import Source, read_source, replace_file
from livingsurvey.cli.command import UsageError
from livingsurvey.configuration import show
from livingsurvey.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from livingsurvey.cli.command import Console, Session

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
