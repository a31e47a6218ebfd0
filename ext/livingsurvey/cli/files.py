"""How the files of a survey are read and changed."""

from __future__ import annotations

import contextlib
import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from livingsurvey.bibtex.source import Source, StateError, read_source, replace_file
from livingsurvey.cli.command import UsageError
from livingsurvey.configuration import show
from livingsurvey.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from livingsurvey.cli.command import Console, Session

    Tell = Callable[[str], None]

Kept = TypeVar("Kept")


def read_kept(path: Path, read: Callable[[Path], Kept]) -> Kept:
    """Return what a file holds that the commands keep beside the bibliography.

    Raises:
        UsageError: It cannot be read: to write it anew would forget what it holds.
    """
    try:
        return read(path)
    except StateError as error:
        raise UsageError(f"{error}; mend or remove it") from error


@dataclass(frozen=True, slots=True)
class FileChange:
    """A new text for a file.

    Attributes:
        source: What it holds now.
        text: What it is to hold; its byte order mark, if it has one, stays.
    """

    source: Source
    text: str

    def write(self, text: str) -> None:
        """Write a text into the file."""
        mark = "\ufeff" if self.source.has_byte_order_mark else ""
        replace_file(Path.cwd() / self.source.path, mark + text)


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
        path = change.source.path
        if read_for_change(Path.cwd() / path) != change.source:
            raise UsageError(f"{path} was changed meanwhile; nothing was written")
    done: list[FileChange] = []
    try:
        for change in changes:
            change.write(change.text)
            done.append(change)
    except OSError as error:
        for change in done:
            with contextlib.suppress(OSError):
                change.write(change.source.text)
        path = changes[len(done)].source.path
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


def write_or_show(changes: Sequence[FileChange], session: Session) -> tuple[Tell, str]:
    """Write changes; in a dry run show them as unified diffs.

    Returns:
        What tells of them, and the words that stand before the verb.
    """
    console = session.console
    if not session.arguments.dry_run:
        write_changes(changes)
        return console.print, ""
    for change in changes:
        show_diff(change, console)
    return console.note, "would be "


def show_diff(
    change: FileChange, console: Console, *, before: str = "a/", after: str = "b/", cr: str = ""
) -> None:
    """Print a change as a unified diff.

    Args:
        change: The change.
        console: Where to print it.
        before: What to put before the name of the file as it was.
        after: The same for the file as it is to be.
        cr: What to show for a carriage return, which would send a terminal back to the start of
            the line.
    """
    colors = {"+": "green", "-": "red", "@": "cyan"}
    path = change.source.path
    old, new = (text.splitlines(keepends=True) for text in (change.source.text, change.text))
    for line in difflib.unified_diff(old, new, before + path, after + path):
        shown = line.removesuffix("\n").replace("\r", cr)
        color = colors.get(line[0])
        console.print(console.paint(shown, color) if color else shown)
