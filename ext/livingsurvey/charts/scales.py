"""Scales and words that charts share: ticks, years, levels, counted nouns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Nouns = tuple[str, str]
PAPERS: Nouns = ("paper", "papers")
"""What is counted: one of it, and several."""

LEVELS = 5


def count_of(count: int, nouns: Nouns) -> str:
    """Return a counted noun: ``1 paper``, ``2 papers``."""
    return f"{count} {nouns[0] if count == 1 else nouns[1]}"


def find_ticks(maximum: int, most: int = 8) -> tuple[int, ...]:
    """Return round numbers from 0 to at least *maximum*, in even steps, *most* at the most.

    The steps are 1, 2 or 5 times a power of ten.
    """
    power = 1
    while True:
        for factor in (1, 2, 5):
            step = factor * power
            steps = max(1, -(-maximum // step))
            if steps < most:
                return tuple(step * number for number in range(steps + 1))
        power *= 10


@dataclass(frozen=True, slots=True)
class Years:
    """The columns of a chart over time.

    Attributes:
        first: The first year with a column of its own.
        last: The last year.
        has_bucket: Whether a column before the first gathers all that is older.
    """

    first: int
    last: int
    has_bucket: bool

    @property
    def columns(self) -> tuple[int | None, ...]:
        """The years in order; None is the column of all that is older."""
        years = tuple(range(self.first, self.last + 1))
        return (None, *years) if self.has_bucket else years

    def name(self, column: int | None) -> str:
        """Return the title of a column."""
        return f"before {self.first}" if column is None else str(column)

    def gather(self, counts: Mapping[int, int]) -> tuple[int, ...]:
        """Return the counts of the columns in order."""
        older = sum(count for year, count in counts.items() if year < self.first)
        own = tuple(counts.get(year, 0) for year in range(self.first, self.last + 1))
        return (older, *own) if self.has_bucket else own


def find_years(counts: Iterable[Mapping[int, int]], *, most: int = 14) -> Years | None:
    """Return the columns for counts by year, or None if nothing is counted.

    There are *most* columns at the most; what is older goes into a bucket.
    """
    years = sorted({year for one in counts for year, count in one.items() if count > 0})
    if not years:
        return None
    first, last = years[0], years[-1]
    if last - first + 1 <= most:
        return Years(first, last, has_bucket=False)
    return Years(last - most + 2, last, has_bucket=True)


def find_breaks(maximum: int) -> tuple[int, ...]:
    """Return the largest count of each level, five levels at the most, from a few to *maximum*.

    Lower levels are narrower, since most cells hold small counts.
    """
    breaks: list[int] = []
    for level in range(1, LEVELS + 1):
        upper = maximum if level == LEVELS else round(maximum * (level / LEVELS) ** 1.5)
        if upper > (breaks[-1] if breaks else 0):
            breaks.append(upper)
    return tuple(breaks)


def find_level(count: int, breaks: Sequence[int]) -> int:
    """Return the level of a count from 1, the last one for whatever is larger; 0 for none."""
    if count <= 0:
        return 0
    return next((level for level, upper in enumerate(breaks, 1) if count <= upper), len(breaks))
