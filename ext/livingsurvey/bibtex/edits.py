"""Changing spans of a text and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


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
