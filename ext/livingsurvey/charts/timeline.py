"""Papers per year as stacked columns, one color for each series."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from livingsurvey.charts.legend import draw_legend
from livingsurvey.charts.measure import measure
from livingsurvey.charts.palette import SIZES
from livingsurvey.charts.scales import PAPERS, Nouns, Years, count_of, find_ticks, find_years
from livingsurvey.charts.shapes import Line, Picture, Rect, Shape, Table, Target, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_TOP, _PLOT, _FOOT = 20.0, 240.0, 36.0
_RIGHT = 4.0
_SLOT, _WIDEST = 50.0, 46.0  # of a year, of its column
_SEAM = 0.8  # between the parts of a column
_SMALL = SIZES["small"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """What is counted by year.

    Attributes:
        title: Its name, plain text.
        color: The number of its color.
        counts: How many in each year.
        target: What its name in the legend links to, or None.
    """

    title: str
    color: int
    counts: Mapping[int, int] = field(default_factory=dict)
    target: Target | None = None


def draw_timeline(
    series: Sequence[Series],
    *,
    width: float = 720,
    most_years: int | None = None,
    title: str = "Papers by year",
    description: str = "",
    nouns: Nouns = PAPERS,
) -> Picture:
    """Return the chart of counts by year.

    Args:
        series: From the foot of the columns to their top.
        width: In pixels.
        most_years: How many columns at the most; what is older goes into one column. As many as
            stand well in the width if None.
        title: The name of the picture.
        description: What one sees; told from the data if empty.
        nouns: What is counted.
    """
    years = find_years(
        (one.counts for one in series), most=most_years or max(9, round(width / _SLOT))
    )
    if years is None:
        return draw_nothing(width, title, nouns)
    columns = [years.gather(one.counts) for one in series]
    totals = [sum(counts) for counts in zip(*columns, strict=True)]
    entries = [(one.title, (f"fill-{one.color}",), one.target) for one in series]
    legend, top = draw_legend(entries, width)
    ticks = find_ticks(max(totals))
    foot = top + _TOP + _PLOT
    left = measure(str(ticks[-1]), _SMALL) + 12
    plot = _Plot(
        left=left,
        right=width - _RIGHT,
        foot=foot,
        unit=_PLOT / ticks[-1],
        slot=(width - _RIGHT - left) / len(totals),
    )
    shapes: list[Shape] = [*legend, *plot.draw_ticks(ticks)]
    for place, column in enumerate(years.columns):
        counts = [one[place] for one in columns]
        shapes += plot.draw_column(place, years.name(column), counts, series)
        shapes += plot.draw_year(place, years, column)
        if totals[place] and plot.slot >= measure("000", _SMALL):
            x, y = plot.center(place), foot - totals[place] * plot.unit - 6
            shapes.append(Text(x=x, y=y, text=str(totals[place]), classes=("small", "middle")))
    shapes.append(Line(x1=left, y1=foot, x2=plot.right, y2=foot, classes=("stroke-muted", "thin")))
    return Picture(
        width=width,
        height=foot + _FOOT,
        shapes=tuple(shapes),
        title=title,
        description=description or _describe(years, totals, nouns),
        table=Table(
            header=("Year", *(one.title for one in series), "Total"),
            rows=tuple(
                (years.name(column), *(one[place] for one in columns), totals[place])
                for place, column in enumerate(years.columns)
            ),
        ),
    )


def draw_nothing(width: float, title: str, nouns: Nouns) -> Picture:
    """Return the picture of a chart without data, which says so."""
    text = f"No {nouns[1]} yet."
    shown = Text(x=width / 2, y=38, text=text, classes=("middle", "fill-muted"))
    return Picture(width=width, height=64, shapes=(shown,), title=title, description=text)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plot:
    """The place of the columns: *unit* pixels for one paper, *slot* pixels for one year."""

    left: float
    right: float
    foot: float
    unit: float
    slot: float

    def center(self, place: int) -> float:
        return self.left + (place + 0.5) * self.slot

    def draw_ticks(self, ticks: Sequence[int]) -> Iterator[Shape]:
        for tick in ticks:
            y = self.foot - tick * self.unit
            if tick:
                looks = ("stroke-faint", "thin")
                yield Line(x1=self.left, y1=y, x2=self.right, y2=y, classes=looks)
            yield Text(
                x=self.left - 7, y=y + 4, text=str(tick), classes=("small", "end", "fill-muted")
            )

    def draw_column(
        self, place: int, year: str, counts: Sequence[int], series: Sequence[Series]
    ) -> Iterator[Shape]:
        width = min(0.72 * self.slot, _WIDEST)
        y = self.foot
        for count, one in zip(counts, series, strict=True):
            if not count:
                continue
            height = count * self.unit
            y -= height
            seam = _SEAM if height > 3 * _SEAM else 0
            yield Rect(
                x=self.center(place) - width / 2,
                y=y + seam,
                width=width,
                height=height - seam,
                tip=f"{one.title}, {year}: {count}",
                classes=(f"fill-{one.color}",),
            )

    def draw_year(self, place: int, years: Years, column: int | None) -> Iterator[Shape]:
        looks = ("small", "middle", "fill-muted")
        x = self.center(place)
        if column is None:
            if self.slot >= measure("before ", _SMALL):
                yield Text(x=x, y=self.foot + 17, text="before", classes=looks)
                yield Text(x=x, y=self.foot + 30, text=str(years.first), classes=looks)
            else:
                yield Text(x=x, y=self.foot + 17, text="…", classes=looks)
            return
        every = 1
        while every * self.slot < measure("2000", _SMALL) + 6:
            every += 1
        if (years.last - column) % every == 0:
            yield Text(x=x, y=self.foot + 17, text=str(column), classes=looks)


def _describe(years: Years, totals: Sequence[int], nouns: Nouns) -> str:
    most = max(range(len(totals)), key=totals.__getitem__)
    return (
        f"{count_of(sum(totals), nouns)} from {years.name(years.columns[0])} to {years.last};"
        f" most of them, {totals[most]}, {_place_in_time(years, most)}."
    )


def _place_in_time(years: Years, place: int) -> str:
    column = years.columns[place]
    return years.name(column) if column is None else f"in {column}"
