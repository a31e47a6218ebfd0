"""Categories by years: how many papers each cell holds, by depth of color; gaps are plain."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from livingsurvey.charts.measure import measure, shorten
from livingsurvey.charts.palette import SIZES
from livingsurvey.charts.scales import (
    PAPERS,
    Nouns,
    Years,
    count_of,
    find_breaks,
    find_level,
    find_years,
)
from livingsurvey.charts.shapes import Circle, Link, Mark, Picture, Rect, Shape, Table, Target, Text
from livingsurvey.charts.timeline import draw_nothing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_ROW, _GROUP_GAP, _TOP, _FOOT = 24.0, 9.0, 38.0, 6.0
_SLOT, _GAP = 36.0, 2.0  # of a year, between cells
_KEY, _KEY_GAP = 22.0, 14.0  # the width of a swatch below the grid
_LABEL = SIZES["compact"]
_SMALL = SIZES["small"]
_MARGIN = 1.08


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A category of the heat map.

    Attributes:
        title: Its name, plain text.
        color: The number of its color; rows of one color that follow each other are a group.
        counts: How many in each year.
        target: What its name links to, or None.
    """

    title: str
    color: int
    counts: Mapping[int, int] = field(default_factory=dict)
    target: Target | None = None


def draw_heatmap(
    rows: Sequence[Row],
    *,
    width: float = 720,
    most_years: int | None = None,
    title: str = "Papers by category and year",
    description: str = "",
    nouns: Nouns = PAPERS,
) -> Picture:
    """Return the heat map of counts by category and year.

    Args:
        rows: From top to bottom.
        width: In pixels.
        most_years: How many columns at the most; what is older goes into one column. As many as
            stand well in the width if None.
        title: The name of the picture.
        description: What one sees; told from the data if empty.
        nouns: What is counted.
    """
    years = find_years((one.counts for one in rows), most=most_years or round(0.6 * width / _SLOT))
    if years is None:
        return draw_nothing(width, title, nouns)
    gathered = [years.gather(one.counts) for one in rows]
    breaks = find_breaks(max(map(max, gathered)))
    grid = _Grid(rows, gathered, years, breaks, width)
    shapes: list[Shape] = [*grid.draw_head()]
    y = _TOP
    for number, row in enumerate(rows):
        if number and row.color != rows[number - 1].color:
            y += _GROUP_GAP
        shapes += grid.draw_row(number, y)
        y += _ROW
    scale, y = grid.draw_scale(y + 14)
    shapes += scale
    gaps = sum(not count for counts in gathered for count in counts)
    return Picture(
        width=width,
        height=y + _FOOT,
        shapes=tuple(shapes),
        title=title,
        description=description
        or (
            f"{len(rows)} categories by {len(years.columns)} columns of years; "
            f"{count_of(gaps, ('cell', 'cells'))} without {nouns[1]}, "
            f"{max(map(max, gathered))} in the fullest one."
        ),
        table=Table(
            header=("Category", *map(years.name, years.columns), "Total"),
            rows=tuple(
                (row.title, *counts, sum(counts))
                for row, counts in zip(rows, gathered, strict=True)
            ),
        ),
    )


class _Grid:
    def __init__(
        self,
        rows: Sequence[Row],
        gathered: Sequence[tuple[int, ...]],
        years: Years,
        breaks: tuple[int, ...],
        width: float,
    ) -> None:
        self.rows, self.gathered, self.years, self.breaks = rows, gathered, years, breaks
        self.width = width
        widest = max(measure(row.title, _LABEL) for row in rows) * _MARGIN + 14
        self.left = min(widest, 0.4 * width)
        self.right = width - measure("0000", _SMALL) - 6
        self.cell = (self.right - self.left) / len(years.columns)

    def center(self, place: int) -> float:
        return self.left + (place + 0.5) * self.cell

    def draw_head(self) -> Iterator[Shape]:
        looks = ("small", "middle", "fill-muted")
        short = self.cell < measure("2000", _SMALL) + 4
        for place, column in enumerate(self.years.columns):
            x = self.center(place)
            if column is not None:
                shown = f"{column % 100:02d}" if short else str(column)
                yield Text(x=x, y=_TOP - 8, text=shown, classes=looks)
            elif short:
                yield Text(x=x, y=_TOP - 8, text="…", classes=looks)
            else:
                yield Text(x=x, y=_TOP - 21, text="before", classes=looks)
                yield Text(x=x, y=_TOP - 8, text=str(self.years.first), classes=looks)
        yield Text(x=self.width - 2, y=_TOP - 8, text="all", classes=("small", "end", "fill-muted"))

    def draw_row(self, number: int, y: float) -> Iterator[Shape]:
        row, counts = self.rows[number], self.gathered[number]
        shown = shorten(row.title, (self.left - 12) / _MARGIN, _LABEL)
        name: tuple[Mark, ...] = (
            Rect(x=0, y=y, width=self.left - 4, height=_ROW - _GAP, radius=3, classes=("hit",)),
            Text(x=5, y=y + 15.5, text=shown, classes=("compact",)),
        )
        if row.target:
            label = f"{row.title}, {sum(counts)}"
            yield Link(target=row.target, label=label, children=name)
        else:
            yield name[1]
        for place, count in enumerate(counts):
            year = self.years.name(self.years.columns[place])
            tip = f"{row.title}, {year}: {count or 'none'}"
            yield from self.draw_cell(self.left + place * self.cell, y, count, row.color, tip)
        yield Text(
            x=self.width - 2, y=y + 15, text=str(sum(counts)), classes=("small", "bold", "end")
        )

    def draw_cell(self, x: float, y: float, count: int, color: int, tip: str) -> Iterator[Shape]:
        level = find_level(count, self.breaks)
        width, height = self.cell - _GAP, _ROW - _GAP
        if not level:
            yield from _draw_gap(x, y, width, height, tip)
            return
        yield Rect(
            x=x,
            y=y,
            width=width,
            height=height,
            radius=3,
            tip=tip,
            classes=(f"soft-{color}", f"level-{level}"),
        )
        if width >= measure(str(count), _SMALL):
            looks = ("small", "middle", f"on-{level}")
            yield Text(x=x + width / 2, y=y + 15, text=str(count), classes=looks)

    def draw_scale(self, y: float) -> tuple[list[Shape], float]:
        """Return what the depths of color mean, and the lower edge of it."""
        lower, names = 1, ["none"]
        for upper in self.breaks:
            names.append(str(upper) if upper == lower else f"{lower}\u2013{upper}")
            lower = upper + 1
        widths = [_KEY + 6 + measure(name, _SMALL) * _MARGIN for name in names]
        length = sum(widths) + _KEY_GAP * (len(widths) - 1)
        start = x = min(self.left, max(0.0, self.width - length))
        shapes: list[Shape] = []
        for level, (name, width) in enumerate(zip(names, widths, strict=True)):
            if x > start and x + width > self.width:
                x, y = start, y + 20
            if level:
                looks = ("soft-6", f"level-{level}")
                shapes.append(Rect(x=x, y=y, width=_KEY, height=14, radius=3, classes=looks))
            else:
                shapes += _draw_gap(x, y, _KEY, 14, "")
            text = Text(x=x + _KEY + 6, y=y + 11, text=name, classes=("small", "fill-muted"))
            shapes.append(text)
            x += width + _KEY_GAP
        return shapes, y + 14


def _draw_gap(x: float, y: float, width: float, height: float, tip: str) -> Iterator[Shape]:
    """Yield an empty cell: a hollow one with a dot."""
    yield Rect(
        x=x + 0.5,
        y=y + 0.5,
        width=width - 1,
        height=height - 1,
        radius=3,
        tip=tip,
        classes=("fill-surface", "stroke-faint", "thin"),
    )
    yield Circle(cx=x + width / 2, cy=y + height / 2, r=1.4, classes=("fill-muted",))
