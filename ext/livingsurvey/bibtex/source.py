"""Text files with their places: decoded without loss, and replaced as a whole or not at all."""

from __future__ import annotations

import bisect
import codecs
import contextlib
import os
import re
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from livingsurvey.diagnostics import Code, Diagnostic, Severity
from livingsurvey.model import Location

MAX_FILE_BYTES = 64 * 2**20
"""Larger files are refused: about 80,000 entries, far beyond any hand-kept bibliography."""

_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Source:
    """A decoded text file.

    Attributes:
        path: As the user names it, for diagnostics.
        text: The characters, line ends untouched, without the byte order mark.
        has_byte_order_mark: Whether the file begins with one.
    """

    path: str
    text: str
    has_byte_order_mark: bool = False
    _line_starts: list[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        starts = [0, *(match.end() for match in _LINE_END.finditer(self.text))]
        object.__setattr__(self, "_line_starts", starts)

    def locate(self, offset: int) -> Location:
        """Return the place of the character at *offset*, lines and columns counted from 1."""
        line = bisect.bisect_right(self._line_starts, offset)
        return Location(self.path, line, offset - self._line_starts[line - 1] + 1)


def show_path(path: Path, root: Path | None) -> str:
    """Return how diagnostics name a file: relative to *root* if it lies there."""
    if root is not None and path.is_relative_to(root):
        return path.relative_to(root).as_posix()
    return path.as_posix()


def read_source(path: Path, shown: str) -> tuple[Source, list[Diagnostic]]:
    """Read *path*, naming it *shown* in diagnostics.

    Never raises: a missing file is an empty source and a ``file_missing`` diagnostic; bytes that
    are no UTF-8 become U+FFFD, each run of them with an ``encoding`` diagnostic.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return Source(shown, ""), [
            Diagnostic(
                code=Code.FILE_MISSING,
                severity=Severity.ERROR,
                message=f"cannot read the file ({reason})",
                location=Location(shown),
            )
        ]
    if len(data) > MAX_FILE_BYTES:
        return Source(shown, ""), [
            Diagnostic(
                code=Code.LIMIT,
                severity=Severity.ERROR,
                message=f"the file is larger than {MAX_FILE_BYTES >> 20} MiB and was not read",
                location=Location(shown),
            )
        ]
    return decode(data, shown)


def decode(data: bytes, shown: str) -> tuple[Source, list[Diagnostic]]:
    """Decode the bytes of a file; see :func:`read_source`."""
    problems: list[Diagnostic] = []
    has_mark = data.startswith(codecs.BOM_UTF8)
    if has_mark:
        data = data[len(codecs.BOM_UTF8) :]
        problems.append(
            Diagnostic(
                code=Code.BYTE_ORDER_MARK,
                severity=Severity.HINT,
                message="the file begins with a byte order mark",
                location=Location(shown, 1, 1),
                suggestion="save it as UTF-8 without a mark",
            )
        )
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("utf-8", errors="replace")
        source = Source(shown, text, has_mark)
        # U+FFFD also stands where the file itself holds that character: a rare second look.
        problems.extend(
            Diagnostic(
                code=Code.ENCODING,
                severity=Severity.ERROR,
                message="these bytes are not UTF-8",
                location=source.locate(match.start()),
                suggestion="save the file as UTF-8",
            )
            for match in re.finditer("\ufffd+", text)
        )
        return source, problems
    return Source(shown, text, has_mark), problems


def replace_file(path: Path, text: str) -> None:
    """Write *text* to *path* as UTF-8 with LF; whoever reads sees the old file or the new one.

    A link stays a link, and the file keeps its permissions.

    Raises:
        OSError: The file cannot be written; it is then as it was.
    """
    target = path.resolve()
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent)
    draft = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            draft.chmod(target.stat().st_mode & 0o7777)
        else:
            draft.chmod(0o644)
        draft.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise
