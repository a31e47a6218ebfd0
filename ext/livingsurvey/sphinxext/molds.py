"""Texts with holes, made of a text with marks in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MARKS = ("qzX{}qJ", "KvW{}pf")
"""Two ways to mark a place, with no letter in common; one begins in lower case."""


@dataclass(frozen=True, slots=True)
class Mold:
    """A text; the numbers in it are holes."""

    pieces: tuple[str | int, ...]

    def fill(self, values: Sequence[str]) -> str:
        """Return the text with *values*, by number, in its holes."""
        return "".join([one if isinstance(one, str) else values[one] for one in self.pieces])


def make_marks(count: int, mark: int = 0) -> list[str]:
    """Return a mark for each of some holes, of letters and digits alone."""
    return [MARKS[mark].format(number) for number in range(count)]


def find_marks(text: str, marks: list[str]) -> Mold:
    """Return a text with holes where the marks are."""
    places = re.compile("|".join(map(re.escape, reversed(marks))))
    pieces: list[str | int] = []
    end = 0
    for match in places.finditer(text):
        pieces += [text[end : match.start()], marks.index(match[0])]
        end = match.end()
    return Mold((*pieces, text[end:]))
