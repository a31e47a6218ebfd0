"""The kinds of values that a survey's settings may have, and how their tables are read.

A setting is declared once, as a field of a frozen dataclass with its kind, its default and a word
of help: for ``pyproject.toml`` in :mod:`livingsurvey.configuration`, for ``conf.py`` in
:mod:`livingsurvey.settings`.
"""

from __future__ import annotations

import datetime
import os
import re
from contextlib import suppress
from dataclasses import Field, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from livingsurvey.bibtex.identifiers import read_url
from livingsurvey.diagnostics import did_you_mean
from livingsurvey.markup.letters import HIDDEN_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

# Readers take a value of the file and the folder that paths are relative to. They raise TypeError
# where the value is not what its kind says, ValueError with words of their own, and for a table
# what is wrong in it.


class TableError(Exception):
    """What is wrong in a table, a sentence each; *value* is what counts of it all the same."""

    def __init__(self, *faults: str, value: Any = None) -> None:
        super().__init__(*faults)
        self.value = value


def expect(is_right: bool) -> None:
    """Raise TypeError unless a value is of its kind."""
    if not is_right:
        raise TypeError


def read_text(value: Any, _root: Path) -> Any:
    """Return a text as it is.

    Raises:
        TypeError: It is none.
        ValueError: It holds what nobody can see.
    """
    expect(isinstance(value, str))
    if found := HIDDEN_CHARACTERS.search(value):
        raise ValueError(f"holds a hidden character (U+{ord(found[0]):04X}): remove it")
    return value


def read_texts(value: Any, root: Path) -> tuple[str, ...]:
    """Return the texts of a list; raises what :func:`read_text` raises."""
    expect(isinstance(value, list | tuple))
    return tuple(read_text(text, root) for text in value)


def _read_path(value: Any, root: Path) -> Path | None:
    text = read_text(str(value) if isinstance(value, Path) else value, root)
    return Path(os.path.normpath(root / text)) if text else None


def _read_paths(value: Any, root: Path) -> tuple[Path, ...]:
    expect(isinstance(value, list | tuple))
    return tuple(path for text in value if (path := _read_path(text, root)))


def _read_line(value: Any, root: Path) -> str:
    line = read_text(value, root)
    expect(line.isprintable() and len(line) <= 300)
    return str(line.strip())


def _read_address(value: Any, root: Path) -> str:
    address = read_url(read_text(value, root)).value
    expect(bool(address))
    return address


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_seconds(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 600


def _is_day(text: str) -> bool:
    with suppress(ValueError):
        return bool(datetime.date.fromisoformat(text))
    return False


ValueKind: TypeAlias = "tuple[str, Callable[[Any, Path], Any]]"
"""What a value has to be, in words, and its reader."""


def declare(
    kind: ValueKind, purpose: str = "", default: Any = None, *, rebuild: str = "env"
) -> Any:
    """Return the field of a value: what it has to be, what it is for, and what it is unless given.

    Args:
        kind: What it has to be.
        purpose: A word of help.
        default: The value, or what makes it.
        rebuild: What a change of it in ``conf.py`` makes Sphinx do.
    """
    what, read = kind
    metadata = {"what": what, "read": read, "help": purpose, "rebuild": rebuild}
    if callable(default):
        return field(default_factory=default, metadata=metadata)
    return field(default=default, metadata=metadata)


def choose(choices: Sequence[str]) -> ValueKind:
    """Return the kind of a value that is one of some words."""

    def read(value: Any, _root: Path) -> Any:
        if value not in choices:
            hint = did_you_mean(value, choices) if isinstance(value, str) else ""
            raise ValueError(f"is none of {', '.join(choices)}; {hint}".rstrip("; "))
        return value

    return f"one of {', '.join(choices)}", read


def accept(what: str, is_right: Callable[[Any], object], *, is_text: bool = False) -> ValueKind:
    """Return the kind of the values that pass a test; as a text, one may be empty as well."""

    def read(value: Any, root: Path) -> Any:
        expect((is_text and not read_text(value, root)) or bool(is_right(value)))
        return value

    return what, read


def match(pattern: str, what: str) -> ValueKind:
    """Return the kind of a text that is empty or has a form."""
    return accept(what, re.compile(pattern).fullmatch, is_text=True)


TEXT: Final = ("a text", read_text)
TEXTS: Final = ("a list of texts", read_texts)
PATH: Final = ("a path", _read_path)
PATHS: Final = ("a list of paths", _read_paths)
LINE: Final = ("a line of text", _read_line)
ADDRESS: Final = ("an http or https address", _read_address)
FLAG: Final = accept("True or False", lambda value: isinstance(value, bool))
COUNT: Final = accept("a number, at least 0", _is_count)
POSITIVE: Final = accept("a number, at least 1", lambda value: _is_count(value) and value > 0)
SECONDS: Final = accept("a number of seconds", _is_seconds)
TIMEOUT: Final = accept("a number of seconds", lambda value: _is_seconds(value) and value > 0)
DAY: Final = accept("a date, YYYY-MM-DD", _is_day, is_text=True)
WEB_ADDRESS: Final = match(r"https?://\S+", "an http or https address")
CONTACT_ADDRESS: Final = match(
    r"[^\s@()<>,;:\"]+@[^\s@()<>,;:\"]+\.[^\s@()<>,;:\"]+", "an e-mail address"
)


def find_declared(table: type, hyphen: str = "-") -> dict[str, Field[Any]]:
    """Return the declared values of a dataclass by their names in a file."""
    return {value.name.replace("_", hyphen): value for value in fields(table) if value.metadata}


def read_values(
    declared: Mapping[str, Field[Any]], table: Mapping[str, Any], root: Path, prefix: str = ""
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Return the values of a table by the names of fields, and what is wrong with it, by its keys.

    Args:
        declared: What there may be, by the names in the table.
        table: What there is.
        root: What paths are relative to.
        prefix: What stands before a name in messages.
    """
    values: dict[str, Any] = {}
    faults: list[tuple[str, str]] = []
    for name, value in table.items():
        if name not in declared:
            hint = did_you_mean(str(name), declared) or f"it knows {', '.join(declared)}"
            faults.append((name, f"unknown key '{prefix}{name}'; {hint}"))
            continue
        kind = declared[name]
        try:
            values[kind.name] = kind.metadata["read"](value, root)
        except TypeError:
            faults.append((name, f"'{prefix}{name}' is not {kind.metadata['what']}"))
        except ValueError as error:
            faults.append((name, f"'{prefix}{name}' {error}"))
        except TableError as error:
            faults += ((name, fault) for fault in error.args)
            if error.value is not None:
                values[kind.name] = error.value
    return values, faults
