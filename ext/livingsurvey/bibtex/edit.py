"""Edits of a .bib file: spans of its text are replaced, every other character stays."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from livingsurvey.bibtex.fields import CANONICAL_NAMES, rank_field
from livingsurvey.bibtex.scan import scan, skip
from livingsurvey.bibtex.write import NAME_WIDTH, balance, format_text, write_entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from livingsurvey.bibtex.read import Entry
    from livingsurvey.bibtex.scan import Block, Field


_AFTER_FIELD = re.compile(r"\s*,?[ \t]*(?:\r\n|\n|\r)?[ \t]*")


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Put *text* in the place of the characters from *start* to *end*."""

    start: int
    end: int
    text: str


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """Return *text* with all *edits* made; every other character stays.

    Raises:
        ValueError: Two edits overlap.
    """
    out: list[str] = []
    position = 0
    for edit in sorted(edits):
        if edit.start < position:
            msg = f"overlapping edits at {edit.start}"
            raise ValueError(msg)
        out += [text[position : edit.start], edit.text]
        position = edit.end
    return "".join([*out, text[position:]])


def find_field(entry: Entry, name: str) -> Field | None:
    """Return the field of an entry that gives the value *name*; None if it is inherited."""
    for field in entry.block.fields:
        written = field.name.lower()
        if field.parts and CANONICAL_NAMES.get(written, written) == name:
            return field
    return None


def remove_field(entry: Entry, field: Field) -> Edit:
    """Return the edit that takes a field out, with its comma and the space after it."""
    return Edit(field.start, skip(entry.source.text, field.end, _AFTER_FIELD), "")


_LINE_END = re.compile(r"\r\n|\n|\r")
_REST_OF_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)?")
_BLANK_LINE = re.compile(r"(?:\r\n|\n|\r)[ \t]*(?:\r\n|\n|\r)|\A[ \t]*(?:\r\n|\n|\r)")


def find_line_end(text: str) -> str:
    """Return the line end that most lines of *text* have."""
    crlf = text.count("\r\n")
    return "\r\n" if crlf * 2 > text.count("\n") else "\n"


def insert_entries(
    text: str, entries: Iterable[tuple[str, str, Mapping[str, str]]], *, is_sorted: bool = True
) -> list[Edit]:
    """Return the edits that put entries in canonical layout where their keys belong.

    Entries that stand by key stay so; where they do not, new ones come last. What stands right
    above an entry stays with it. The new lines end as the others do.

    Args:
        text: The file.
        entries: Type, key and fields of each.
        is_sorted: Whether the file is kept by key; else new entries come first.
    """
    line_end = find_line_end(text)
    blocks = [block for block in scan(text) if block.kind != "comment" or _is_settings(text, block)]
    places: dict[tuple[int, str, str], list[str]] = {}
    for entry_type, key, fields in sorted(entries, key=lambda entry: entry[1].casefold()):
        entry = format_text(write_entry(entry_type, key, fields)).text.rstrip("\n")
        predecessor = _find_predecessor(blocks, key) if is_sorted else None
        place = _find_place(text, blocks, predecessor, line_end)
        places.setdefault(place, []).append(entry.replace("\n", line_end))
    return [
        Edit(start, start, f"{above}{(line_end * 2).join(group)}{below}")
        for (start, above, below), group in places.items()
    ]


def _find_place(
    text: str, blocks: Sequence[Block], before: Block | None, line_end: str
) -> tuple[int, str, str]:
    """Return where an entry goes, and what stands between it and what is above and below it."""
    if before is not None:
        return (*_find_place_after(text, before, line_end), line_end)
    entries = [block for block in blocks if block.kind == "entry"]
    first = entries[0] if entries else next((b for b in blocks if b.kind == "comment"), None)
    if first is not None:
        above = [block.end for block in blocks if block.end <= first.start]
        return _find_attached(text, max(above, default=0), first.start), "", line_end * 2
    if not text.strip():
        return len(text), "", line_end
    gap = "" if _BLANK_LINE.search(text[-4:]) else line_end
    return len(text), gap if text[-1] in "\r\n" else line_end * 2, line_end


def _is_settings(text: str, block: Block) -> bool:
    return "jabref-" in text[block.start : min(block.end, block.start + 40)].lower()


def _find_predecessor(blocks: Sequence[Block], key: str) -> Block | None:
    """Return the entry after which *key* belongs; None if it comes first."""
    entries = [block for block in blocks if block.kind == "entry"]
    targets = {
        field.parts[0].text.strip().casefold()
        for block in entries
        for field in block.fields
        if field.name.lower() == "crossref" and field.parts
    }
    # Volumes that others cross-refer to stand after all others, in an order of their own.
    ordinary = [block for block in entries if block.key.casefold() not in targets]
    keys = [block.key.casefold() for block in ordinary]
    if keys != sorted(keys):
        return entries[-1]
    smaller = [block for block in ordinary if block.key.casefold() <= key.casefold()]
    return smaller[-1] if smaller else None


def _find_place_after(text: str, block: Block, line_end: str) -> tuple[int, str]:
    place = skip(text, block.end, _REST_OF_LINE)
    if "@" in text[block.end : place]:  # the next entry begins on the same line
        place = block.end
    if text[place - 1] not in "\r\n":  # the last line of the file has no end
        return place, line_end * 2
    is_compact = place < len(text) and text[place] not in "\r\n"
    return place, "" if is_compact else line_end


def _find_attached(text: str, start: int, stop: int) -> int:
    """Return where the lines begin that stand right above *stop*, without a blank line between."""
    blank = [match.end() for match in _BLANK_LINE.finditer(text, start, stop)]
    if blank:
        return blank[-1]
    return min(skip(text, start, _REST_OF_LINE), stop) if start else 0


def set_fields(
    entry: Entry, fields: Mapping[str, str], *, entry_type: str = "", removed: Iterable[str] = ()
) -> list[Edit]:
    """Return the edits that give fields of an entry new values, and add those that it lacks.

    Args:
        entry: The entry; fields that it inherits count as lacking.
        fields: Values in TeX without delimiters, by BibTeX's names.
        entry_type: A new type, or ``""`` to leave it.
        removed: Fields to take out.
    """
    text = entry.source.text
    edits = [set_type(entry, entry_type)] if entry_type not in {"", entry.entry_type} else []
    leaving = [field for name in removed if (field := find_field(entry, name)) is not None]
    edits += [remove_field(entry, field) for field in leaving]
    # Behind a value and before its comma, if it has one: right in both cases.
    before = f",{find_line_end(text)}{_find_indent(text, entry.block)}"
    added: dict[int, str] = {}
    for name in sorted(fields, key=rank_field):
        value = f"{{{balance(fields[name])}}}"
        field = find_field(entry, name)
        if field is None:
            anchor = _find_anchor(entry, name, {field.start for field in leaving})
            added[anchor] = f"{added.get(anchor, '')}{before}{name:<{NAME_WIDTH}} = {value}"
        elif text[field.value_start : field.end] != value:
            edits.append(Edit(field.value_start, field.end, value))
    return _join([*edits, *(Edit(anchor, anchor, lines) for anchor, lines in added.items())])


def set_type(entry: Entry, entry_type: str) -> Edit:
    """Return the edit that gives an entry another type."""
    command = entry.block.command
    start = entry.source.text.index(command, entry.block.start)
    return Edit(start, start + len(command), entry_type)


def _find_anchor(entry: Entry, name: str, leaving: set[int]) -> int:
    """Return the end of the field after which *name* belongs, or of the key."""
    rank = rank_field(name)
    anchor = entry.block.key_start + len(entry.block.key)
    for field in entry.block.fields:
        if field.start not in leaving and field.parts and rank_field(field.name) <= rank:
            anchor = field.end
    return anchor


def _find_indent(text: str, block: Block) -> str:
    for field in block.fields:
        line = _LINE_END.split(text[block.start : field.start])[-1]
        if not line.strip():
            return line
    return "  "


def _join(edits: list[Edit]) -> list[Edit]:
    """Return edits that can be applied together: one that ends where an insertion is takes it in.

    A changed value ends where the lines of new fields are put.
    """
    joined: list[Edit] = []
    for edit in sorted(edits):
        if joined and edit.start == edit.end == joined[-1].end:
            joined[-1] = replace(joined[-1], text=joined[-1].text + edit.text)
        else:
            joined.append(edit)
    return joined
