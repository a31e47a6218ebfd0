"""Changing spans of a text and nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from livingsurvey.bibtex.read import BIBLATEX_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from livingsurvey.bibtex.blocks import Field
    from livingsurvey.bibtex.entry import Entry

_BEHIND_FIELD = re.compile(r"\s*,?[ \t]*(?:\r\n|\n|\r)?[ \t]*")


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
        if field.parts and BIBLATEX_NAMES.get(written, written) == name:
            return field
    return None


def remove_field(entry: Entry, field: Field) -> Edit:
    """Return the edit that takes a field out, with its comma and the space behind it."""
    text = entry.source.text
    behind = _BEHIND_FIELD.match(text, field.end)
    return Edit(field.start, behind.end() if behind else field.end, "")
