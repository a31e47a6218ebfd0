"""The tables of a taxonomy's file: spans of its text, and changes of it that leave the rest."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from livingsurvey.bibtex.edit import Edit, apply_edits, find_line_end
from livingsurvey.cli.command import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

Path = tuple[str, ...]

BEYOND_US = (
    "the taxonomy is written in a way that cannot be changed without harm (inline or dotted "
    "tables?); change it by hand\nnothing was changed"
)

_HEADER = re.compile(r"^[ \t]*\[[ \t]*([^\[\]#\r\n]+?)[ \t]*\][^\r\n]*(?:\r\n|\n|\Z)", re.MULTILINE)
_PART = re.compile(r"[^\s.\"']+")
_ALIASES = re.compile(r"^[ \t]*aliases[ \t]*=[ \t]*\[([^\[\]]*)\]", re.MULTILINE)
_CONTENT_LINE = re.compile(r"^[ \t]*[^\s#][^\r\n]*(?:\r\n|\n|\Z)", re.MULTILINE)
_COMMENTS_ABOVE = re.compile(r"(?:^[ \t]*#[^\r\n]*(?:\r\n|\n))+\Z", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Table:
    """One ``[header]`` with what stands below it.

    Attributes:
        path: The parts of the header.
        start: Where the header's line begins.
        body: Where the line below it begins.
        end: Behind the last line that belongs to it; blank lines and what stands right above the
            next header do not.
        parts: Where each part of the path stands.
    """

    path: Path
    start: int
    body: int
    end: int
    parts: tuple[tuple[int, int], ...]


def find_tables(text: str) -> dict[Path, Table]:
    """Return the tables of a TOML file by path, as far as they have headers of their own."""
    headers = list(_HEADER.finditer(text))
    stops = [*(match.start() for match in headers[1:]), len(text)]
    tables: dict[Path, Table] = {}
    for match, stop in zip(headers, stops, strict=True):
        parts = [
            (match.start(1) + part.start(), match.start(1) + part.end())
            for part in _PART.finditer(match[1])
        ]
        path = tuple(text[start:end] for start, end in parts)
        lines = list(_CONTENT_LINE.finditer(text, match.end(), stop))
        end = lines[-1].end() if lines else match.end()
        tables[path] = Table(path, match.start(), match.end(), end, tuple(parts))
    return tables


def find_table(text: str, path: Path) -> Table:
    """Return the table with this path.

    Raises:
        UsageError: It has no header of its own.
    """
    table = find_tables(text).get(path)
    if table is None:
        raise UsageError(BEYOND_US)
    return table


def rename_table(text: str, path: Path, tag: str) -> str:
    """Give the last part of *path* another name, also where sub-tables repeat it."""
    depth = len(path)
    return apply_edits(
        text,
        [
            Edit(*table.parts[depth - 1], tag)
            for table in find_tables(text).values()
            if table.path[:depth] == path
        ],
    )


def remove_table(text: str, path: Path) -> str:
    """Take a table out, with the comments right above it and the blank lines behind it."""
    table = find_table(text, path)
    above = _COMMENTS_ABOVE.search(text, 0, table.start)
    start = above.start() if above else table.start
    blank = re.compile(r"(?:[ \t]*(?:\r\n|\n))*").match(text, table.end)
    end = blank.end() if blank else table.end
    if end == len(text):  # the last table: what goes is the blank line before it
        return text[:start].rstrip() + find_line_end(text) if text[:start].strip() else ""
    return text[:start] + text[end:]


def insert_table(text: str, behind: Path, path: Path, title: str) -> str:
    """Put a table with nothing but a title behind another one."""
    place = find_table(text, behind).end
    line_end = find_line_end(text)
    gap = "" if text[:place].endswith("\n") else line_end
    header = f"[{'.'.join(path)}]{line_end}title = {_quote(title)}{line_end}"
    return f"{text[:place]}{gap}{line_end}{header}{text[place:]}"


def set_aliases(text: str, path: Path, aliases: Sequence[str], known: Sequence[str]) -> str:
    """Give a table other aliases; *known* are those that it has.

    Where aliases only join, the list is left as it is written and they come behind.
    """
    if list(aliases) == list(known):
        return text
    table = find_table(text, path)
    match = _ALIASES.search(text, table.body, table.end)
    written = ", ".join(map(_quote, aliases))
    if match is None:
        line_end = find_line_end(text)
        gap = "" if text[: table.end].endswith("\n") else line_end
        return f"{text[: table.end]}{gap}aliases = [{written}]{line_end}{text[table.end :]}"
    inside = match[1]
    if known and list(aliases[: len(known)]) == list(known) and "#" not in inside:
        kept = inside.rstrip()
        joined = ", ".join(map(_quote, aliases[len(known) :]))
        comma = "" if kept.endswith(",") else ","
        written = f"{kept}{comma} {joined}{inside[len(kept) :]}"
    return f"{text[: match.start(1)]}{written}{text[match.end(1) :]}"


def _quote(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
