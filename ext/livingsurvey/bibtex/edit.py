"""Edits of a .bib file: spans of its text are replaced, every other character stays."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from livingsurvey.bibtex.fields import CANONICAL_NAMES, rank_field
from livingsurvey.bibtex.scan import scan
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
    text = entry.source.text
    after = _AFTER_FIELD.match(text, field.end)
    return Edit(field.start, after.end() if after else field.end, "")


_LINE_END = re.compile(r"\r\n|\n|\r")
_REST_OF_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)?")
_BEFORE = "before"
"""In the place of a gap: the entry stands before all others, and a blank line after it."""
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
    known = [block for block in blocks if block.kind == "entry"]
    places: dict[tuple[int, str], list[str]] = {}
    for entry_type, key, fields in sorted(entries, key=lambda entry: entry[1].casefold()):
        entry = format_text(write_entry(entry_type, key, fields)).text.rstrip("\n")
        predecessor = _find_predecessor(known, key) if is_sorted else None
        place = _find_place(text, blocks, predecessor, line_end)
        places.setdefault(place, []).append(entry.replace("\n", line_end))
    edits = []
    for (start, gap), group in places.items():
        after = line_end * 2 if gap == _BEFORE else line_end
        joined = f"{line_end}{line_end}".join(group)
        edits.append(Edit(start, start, f"{'' if gap == _BEFORE else gap}{joined}{after}"))
    return edits


def _find_place(
    text: str, blocks: Sequence[Block], before: Block | None, line_end: str
) -> tuple[int, str]:
    """Return where an entry goes, and what stands between it and what is before it."""
    if before is not None:
        return _find_place_after(text, before, line_end)
    entries = [block for block in blocks if block.kind == "entry"]
    first = entries[0] if entries else next((b for b in blocks if b.kind == "comment"), None)
    if first is not None:
        above = [block.end for block in blocks if block.end <= first.start]
        return _find_attached(text, max(above, default=0), first.start), _BEFORE
    if not text.strip():
        return len(text), ""
    gap = "" if _BLANK_LINE.search(text[-4:]) else line_end
    return len(text), gap if text[-1] in "\r\n" else line_end * 2


def _is_settings(text: str, block: Block) -> bool:
    return "jabref-" in text[block.start : min(block.end, block.start + 40)].lower()


def _find_predecessor(entries: Sequence[Block], key: str) -> Block | None:
    """Return the entry after which *key* belongs; None if it comes first."""
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
    rest = _REST_OF_LINE.match(text, block.end)
    place = rest.end() if rest else block.end
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
    if start:
        rest = _REST_OF_LINE.match(text, start)
        return min(rest.end() if rest else start, stop)
    return 0


def set_fields(
    entry: Entry,
    fields: Mapping[str, str],
    *,
    entry_type: str = "",
    removed: Iterable[str] = (),
) -> list[Edit]:
    """Return the edits that give fields of an entry new values, and add those that it lacks.

    Args:
        entry: The entry; fields that it inherits count as lacking.
        fields: Values in TeX without delimiters, by BibTeX's names.
        entry_type: A new type, or ``""`` to leave it.
        removed: Fields to take out.
    """
    text = entry.source.text
    edits: list[Edit] = []
    block = entry.block
    if entry_type and entry_type != entry.entry_type:
        start = text.index(block.command, block.start)
        edits.append(Edit(start, start + len(block.command), entry_type))
    leaving = [field for name in removed if (field := find_field(entry, name)) is not None]
    edits += [remove_field(entry, field) for field in leaving]
    added: dict[int, list[str]] = {}
    for name in sorted(fields, key=rank_field):
        value = f"{{{balance(fields[name])}}}"
        field = find_field(entry, name)
        if field is not None:
            if text[field.value_start : field.end] != value:
                edits.append(Edit(field.value_start, field.end, value))
            continue
        anchor = _find_anchor(entry, name, {field.start for field in leaving})
        added.setdefault(anchor, []).append(f"{name:<{NAME_WIDTH}} = {value}")
    line_end = find_line_end(text)
    for anchor, lines in added.items():
        indent = _find_indent(text, block)
        # Behind a value and before its comma, if it has one: right in both cases.
        edits.append(Edit(anchor, anchor, "".join(f",{line_end}{indent}{line}" for line in lines)))
    return _join(edits)


def _find_anchor(entry: Entry, name: str, leaving: set[int]) -> int:
    """Return the end of the field after which *name* belongs, or of the key."""
    rank = rank_field(name)
    anchor = entry.block.key_start + len(entry.block.key)
    for field in entry.block.fields:
        if field.start in leaving or not field.parts:
            continue
        if rank_field(field.name) <= rank:
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
            last = joined.pop()
            joined.append(Edit(last.start, last.end, last.text + edit.text))
        else:
            joined.append(edit)
    return joined
