"""Text files with their places: decoded without loss, and replaced as a whole or not at all."""

from __future__ import annotations

import bisect
import codecs
import contextlib
import errno
import os
import re
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from livingsurvey.diagnostics import Code, Diagnostic, diagnose
from livingsurvey.model import Location

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

MAX_FILE_BYTES = 64 * 2**20
"""Larger files are refused: about 80,000 entries, far beyond any hand-kept bibliography."""

_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16",
}  # fmt: skip
# Within a word Windows-1252 has signs and capitals in these places, and Mac OS Roman accents.
_MAC_LETTER = re.compile(rb"[A-Za-z][\x80-\x91\x93-\x99\x9b\x9d\x9f][a-z]")
_HIGH_WORD = re.compile(r"[^\x00-\x7f]{4,}")
_EAST_ASIAN = {"Shift-JIS": "cp932", "one for Chinese or Japanese, such as GBK": "gb18030"}
_KANA = re.compile(r"[\u3041-\u30fe]")
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
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

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in _LINE_END.finditer(self.text))]

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

    Never raises, never waits and never reads without end: what is missing, no ordinary file (a
    folder, a pipe, a device) or too large is an empty source and a diagnostic.
    """
    try:
        return decode(read_bytes(path), shown)
    except OSError as error:
        code, message = Code.FILE_MISSING, f"cannot read the file ({error.strerror})"
        suggestion = "create it, or name another one"
        if error.errno == errno.EFBIG:
            code, message = Code.LIMIT, f"the file is {error.strerror} and was not read"
            suggestion = "cut it into several files"
        elif error.errno == errno.EINVAL:
            message, suggestion = f"it is {error.strerror}", "name a text file"
    return Source(shown, ""), [diagnose(code, message, Location(shown), suggestion)]


def read_bytes(path: Path) -> bytes:
    """Return what an ordinary file holds; never waits and never reads without end.

    Raises:
        OSError: It cannot be read, is larger than :data:`MAX_FILE_BYTES` (EFBIG), or is no
            ordinary file (EINVAL): a pipe would wait for somebody to write into it.
    """
    try:
        if path.exists() and not path.is_file():
            raise OSError(errno.EINVAL, "no ordinary file", str(path))
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except RuntimeError as error:  # a circle of links, in Python 3.11
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path)) from error
    if len(data) > MAX_FILE_BYTES:
        raise OSError(errno.EFBIG, f"larger than {MAX_FILE_BYTES >> 20} MiB", str(path))
    return data


def decode(data: bytes, shown: str) -> tuple[Source, list[Diagnostic]]:
    """Decode the bytes of a file, losing nothing that can be read.

    A file in another encoding is read in that and gets one diagnostic that names it; in a file
    that is UTF-8 for the most part, bytes that are not become U+FFFD.
    """
    problems: list[Diagnostic] = []
    has_mark = data.startswith(codecs.BOM_UTF8)
    if has_mark:
        data = data[len(codecs.BOM_UTF8) :]
        message, place = "the file begins with a byte order mark", Location(shown, 1, 1)
        remedy = "save it as UTF-8 without a mark"
        problems.append(diagnose(Code.BYTE_ORDER_MARK, message, place, remedy))
    start = 0
    name, encoding = _find_wide_encoding(data)
    if not name:
        try:
            return Source(shown, data.decode("utf-8"), has_mark), problems
        except UnicodeDecodeError as error:
            start = error.start
        name, encoding = _guess_encoding(data)
    text = data.decode(encoding, errors="replace")
    offset = len(data[:start].decode(encoding, errors="replace"))
    source = Source(shown, text.removeprefix("\ufeff"), has_mark)
    place = source.locate(min(offset, len(source.text)))
    problems.append(diagnose(Code.ENCODING, f"the file is {name}", place, "save it as UTF-8"))
    return source, problems


def _find_wide_encoding(data: bytes) -> tuple[str, str]:
    """Return what to call an encoding of two or four bytes a character, and Python's name for it.

    Without a byte order mark it is told by its many zeros; ASCII so written is valid UTF-8.
    """
    for mark, name in _MARKS.items():
        if data.startswith(mark):
            return f"written in {name.upper()}", name
    sample = data[:4096]
    zeros = sample.count(0)
    if zeros * 4 < len(sample) or not zeros:
        return "", ""
    name = "utf-32" if zeros * 5 > len(sample) * 3 else "utf-16"
    name += "-be" if sample[::2].count(0) > sample[1::2].count(0) or sample[0] == 0 else "-le"
    return f"written in {name.upper()}", name


def _guess_encoding(data: bytes) -> tuple[str, str]:
    """Return what to call the encoding of bytes that are not UTF-8, and Python's name for it."""
    text = data.decode("utf-8", errors="replace")
    bad = text.count("\ufffd")
    in_words = sum(match[0].count("\ufffd") for match in _HIGH_WORD.finditer(text))
    is_other_script = in_words * 2 > bad  # where accented letters stand alone
    if not is_other_script and sum(not char.isascii() for char in text) > bad:
        places = "one place" if bad == 1 else f"{bad} places, of which this is the first"
        return f"not UTF-8 in {places}", "utf-8"
    name, encoding = "Windows-1252 (Latin-1)", "cp1252"
    if _MAC_LETTER.search(data):
        name, encoding = "Mac OS Roman", "mac_roman"
    elif is_other_script:
        name = "one for another script, such as Windows-1251"
        for label, codec in _EAST_ASIAN.items():
            with contextlib.suppress(UnicodeDecodeError):
                if _KANA.search(data.decode(codec)) or codec == "gb18030":
                    name, encoding = label, codec
                    break
    return f"not UTF-8 but, it seems, {name}", encoding


def replace_file(path: Path, text: str) -> None:
    """Write *text* to *path* as UTF-8 with LF, by :func:`replace_bytes`.

    Raises:
        OSError: The file cannot be written; it is then as it was.
    """
    replace_bytes(path, text.encode("utf-8"))


def replace_bytes(path: Path, data: bytes) -> None:
    """Write *data* to *path*; whoever reads sees the old file or the new one.

    A link stays a link, and the file keeps its permissions.

    Raises:
        OSError: The file cannot be written; it is then as it was.
    """
    draft: Path | None = None
    try:
        target = path.resolve()
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent)
        draft = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(target.stat().st_mode & 0o7777 if target.exists() else 0o644)
        draft.replace(target)
    except BaseException as error:
        if draft is not None:
            with contextlib.suppress(OSError):
                draft.unlink()
        if isinstance(error, OSError) and error.errno:  # it would name the draft
            raise OSError(error.errno, error.strerror, str(path)) from error
        raise


_MALFORMED = (OSError, ValueError, TypeError, AttributeError, OverflowError, RecursionError)


class StateError(Exception):
    """A file that our commands keep cannot be used; the message says why."""


def read_state(
    path: Path, load: Callable[[str], Any], version: int, what: str, make: Callable[[Any], T]
) -> T | None:
    """Return what a file that our commands keep holds; None if there is none.

    Args:
        path: The file.
        load: Parses its text: JSON or TOML.
        version: The version that its document has to be of.
        what: What the file is, for messages.
        make: Makes the value of the document; whatever it raises over its form is reported.

    Raises:
        StateError: It cannot be read: writing it anew would forget what it holds.
    """
    try:
        document = load(read_bytes(path).decode("utf-8"))
        if document["version"] != version:
            raise StateError(f"{path.name} is of version {document['version']!r}, not {version}")
        return make(document)
    except FileNotFoundError:
        return None
    except KeyError as error:
        raise StateError(f"{path.name} is no {what}: {error} is missing") from error
    except _MALFORMED as error:
        raise StateError(f"{path.name} is no {what}: {error}") from error
