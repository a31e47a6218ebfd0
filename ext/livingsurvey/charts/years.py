"""Counts by year: as stacked columns, one color for each series, and as a heat map of categories.

In the heat map each cell says how many papers it holds, by depth of color; gaps are plain.
"""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from livingsurvey.charts.looks import SIZES
from livingsurvey.charts.measure import MARGIN, measure, truncate
from livingsurvey.charts.overview import (
    LESSER,
    LESSER_END,
    LEVELS,
    count_of,
    draw_nothing,
    find_breaks,
    find_level,
    find_ticks,
    list_steps,
)
from livingsurvey.charts.shapes import (
    Circle,
    DataTable,
    Line,
    Picture,
    Rect,
    TextLine,
    link,
)
from livingsurvey.words import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from livingsurvey.charts.shapes import Mark, Shape, Target
    from livingsurvey.words import Words

_SMALL, _LABEL = SIZES["small"], SIZES["compact"]
_LESSER_MIDDLE = ("small", "middle", "fill-muted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """What is counted by year.

    Attributes:
        title: Its name, plain text.
        color: The number of its color; neighbors of one color are a group in a heat map.
        counts: How many in each year.
        target: What its name links to, or None.
        shade: Which of the shades of its color it has, from 1; 0 for the color itself.
    """

    title: str
    color: int
    counts: Mapping[int, int] = field(default_factory=dict)
    target: Target | None = None
    shade: int = 0

    @property
    def looks(self) -> tuple[str, ...]:
        """The classes of its shapes: after the five levels of a color come five with an outline."""
        if not self.shade:
            return (f"fill-{self.color}",)
        level = LEVELS - (self.shade - 1) % LEVELS
        looks = (f"soft-{self.color}", f"level-{level}")
        return (*looks, f"stroke-{self.color}", "thin") if self.shade > LEVELS else looks


@dataclass(frozen=True, slots=True)
class Years:
    """The columns of a chart over time.

    Attributes:
        first: The first year with a column of its own.
        last: The last year.
        has_bucket: Whether a column before the first gathers all that is older.
        step: How many years a column holds.
        words: Those of the survey.
    """

    first: int
    last: int
    has_bucket: bool
    step: int = 1
    words: Words = ENGLISH

    @property
    def columns(self) -> tuple[int | None, ...]:
        """The first years of the columns in order; None is that of all that is older."""
        years = tuple(range(self.first, self.last + 1, self.step))
        return (None, *years) if self.has_bucket else years

    @property
    def names(self) -> tuple[str, ...]:
        """The titles of the columns."""
        return tuple(self.name(year) for year in self.columns)

    def name(self, year: int | None) -> str:
        """Return the title of the column that begins with a year."""
        if year is None:
            return self.words.gettext("before {year}", year=self.first)
        end = min(year + self.step - 1, self.last)
        return str(year) if end == year else f"{year}\u2013{end}"

    def split_bucket(self) -> tuple[str, str]:
        """Return the title of the column of all that is older in two lines."""
        first, _, second = self.name(None).partition(" ")
        return first, second

    def gather(self, counts: Mapping[int, int]) -> tuple[int, ...]:
        """Return the counts of the columns in order."""
        gathered = Counter[int | None]()
        for year, count in counts.items():
            start = year - (year - self.first) % self.step
            gathered[None if year < self.first else start] += count
        return tuple(gathered[column] for column in self.columns)


_TAIL = 0.25
"""How much of what is counted one column of older years may hold."""


def find_years(
    counts: Iterable[Mapping[int, int]],
    *,
    most: int = 14,
    since: int = 0,
    step: int = 0,
    words: Words = ENGLISH,
) -> Years | None:
    """Return the columns for counts by year, or None if nothing is counted.

    There are *most* columns at the most. A thin tail of older years goes into a bucket; a long
    history gets columns of several years: two, or five times a power of ten, or ten.

    Args:
        counts: By year, of each series.
        most: The number of columns that there is room for.
        since: The first year with a column of its own; 0 leaves it to the counts.
        step: The years of a column; 0 leaves it to the counts.
        words: Those of the survey.
    """
    totals = Counter[int]()
    for by_year in counts:
        totals.update({year: count for year, count in by_year.items() if count > 0})
    if not totals:
        return None
    first, last = min(totals), max(totals)
    if since:
        first = min(max(first, since), last)
    start = max(first, last - most + 2)
    older = sum(count for year, count in totals.items() if year < start)
    if not step and last - first + 1 > most and older <= _TAIL * totals.total():
        return Years(start, last, has_bucket=True, words=words)
    chosen = step or next(size for size in list_steps() if _count(first, last, size) <= most)
    while _count(first, last, chosen) > 2 * most:  # an author's step of many columns
        chosen *= 2
    first -= 0 if since else first % chosen
    return Years(first, last, has_bucket=first > min(totals), step=chosen, words=words)


def _count(first: int, last: int, step: int) -> int:
    return (last - first // step * step) // step + 1


# Stacked columns

_TOP, _PLOT, _FOOT = 20.0, 240.0, 36.0
_RIGHT = 4.0
_SLOT, _WIDEST = 50.0, 46.0  # of a year, of its column
_SEAM = 0.8  # between the parts of a column


def draw_timeline(
    series: Sequence[Series],
    *,
    width: float = 720,
    title: str = "",
    words: Words = ENGLISH,
    **span: int,
) -> Picture:
    """Return the chart of counts by year.

    Args:
        series: From the foot of the columns to their top.
        width: In pixels.
        title: The name of the picture.
        words: Those of the survey.
        span: ``since`` and ``step`` of :func:`find_years`.
    """
    title = title or words.gettext("Papers by year")
    most = max(9, round(width / _SLOT))
    years = find_years((part.counts for part in series), most=most, words=words, **span)
    if years is None:
        return draw_nothing(width, title, words)
    gathered = [years.gather(part.counts) for part in series]
    columns = list(zip(*gathered, strict=True))
    totals = [sum(column) for column in columns]
    legend, top = draw_legend(series, width)
    plot = _Plot(years, find_ticks(max(totals)), top + _TOP + _PLOT, width)
    shapes: list[Shape] = [*legend, *plot.draw_ticks()]
    for place, counts in enumerate(columns):
        shapes += plot.draw_column(place, counts, series)
        shapes += plot.draw_year(place)
        if totals[place] and plot.slot >= measure("000", _SMALL):
            y = plot.foot - totals[place] * plot.unit - 6
            total = str(totals[place])
            shapes.append(TextLine(plot.center(place), y, total, classes=("small", "middle")))
    shapes.append(
        Line(plot.left, plot.foot, plot.right, plot.foot, classes=("stroke-muted", "thin"))
    )
    header = (words.gettext("Year"), *(part.title for part in series))
    table = _tabulate(header, years.names, columns, words)
    said = _describe_timeline(years, totals)
    return Picture(width, plot.foot + _FOOT, tuple(shapes), title, said, table)


def _tabulate(
    header: Sequence[str], names: Iterable[str], rows: Iterable[Sequence[int]], words: Words
) -> DataTable:
    """Return counts with the sum of each row."""
    return DataTable(
        (*header, words.gettext("Total")),
        tuple((name, *row, sum(row)) for name, row in zip(names, rows, strict=True)),
    )


class _Plot:
    """The place of the columns: *unit* pixels for one paper, *slot* pixels for one year."""

    def __init__(self, years: Years, ticks: Sequence[int], foot: float, width: float) -> None:
        self.years, self.ticks, self.foot = years, ticks, foot
        self.left = measure(str(ticks[-1]), _SMALL) + 12
        self.right = width - _RIGHT
        self.unit = _PLOT / ticks[-1]
        self.slot = (self.right - self.left) / len(years.columns)

    def center(self, place: int) -> float:
        return self.left + (place + 0.5) * self.slot

    def draw_ticks(self) -> Iterator[Shape]:
        for tick in self.ticks:
            y = self.foot - tick * self.unit
            if tick:
                yield Line(self.left, y, self.right, y, classes=("stroke-faint", "thin"))
            yield TextLine(self.left - 7, y + 4, str(tick), classes=LESSER_END)

    def draw_column(
        self, place: int, counts: Sequence[int], series: Sequence[Series]
    ) -> Iterator[Shape]:
        width = min(0.72 * self.slot, _WIDEST)
        x, y = self.center(place) - width / 2, self.foot
        for count, part in zip(counts, series, strict=True):
            if not count:
                continue
            height = count * self.unit
            y -= height
            seam = _SEAM if height > 3 * _SEAM else 0
            tip = f"{part.title}, {self.years.names[place]}: {count}"
            yield Rect(x, y + seam, width, height - seam, tip=tip, classes=part.looks)

    def draw_year(self, place: int) -> Iterator[Shape]:
        year, x = self.years.columns[place], self.center(place)
        if year is None:
            first, second = self.years.split_bucket()
            if self.slot < measure(f"{first} ", _SMALL):
                first, second = f"\N{LESS-THAN OR EQUAL TO}{self.years.first - 1}", ""
        else:
            first = str(year)
            second = self.years.name(year)[len(first) :]
            room = measure("2000", _SMALL) + 6
            every = next(number for number in itertools.count(1) if number * self.slot >= room)
            if (self.years.last - year) // self.years.step % every:
                return
        yield TextLine(x, self.foot + 17, first, classes=_LESSER_MIDDLE)
        if second:
            yield TextLine(x, self.foot + 30, second, classes=_LESSER_MIDDLE)


def _describe_timeline(years: Years, totals: Sequence[int]) -> str:
    words = years.words
    most = max(range(len(totals)), key=totals.__getitem__)
    when = years.names[most]
    if years.columns[most] is not None:
        when = words.gettext("in {year}", year=when)
    return words.gettext(
        "{papers} from {first} to {last}; most of them, {most}, {when}.",
        papers=count_of(sum(totals), words),
        first=years.names[0],
        last=years.last,
        most=totals[most],
        when=when,
    )


_EDGE, _SWATCH, _INNER, _LINE, _GAP = 5.0, 11.0, 7.0, 22.0, 20.0
_LEGEND_MARGIN = 1.1  # fonts are wider than the estimate here and there


def draw_legend(series: Sequence[Series], width: float) -> tuple[list[Shape], float]:
    """Return swatches with names, in as many lines as they need, and their height."""
    shapes: list[Shape] = []
    room = (width - 2 * _EDGE - _SWATCH - _INNER) / _LEGEND_MARGIN
    names = [truncate(part.title, room, _LABEL) for part in series]
    lengths = [_SWATCH + _INNER + measure(name, _LABEL) * _LEGEND_MARGIN for name in names]
    lines_up = sum(lengths) + _GAP * (len(lengths) - 1) <= width - 2 * _EDGE
    if not lines_up and (max(lengths) + _GAP) * 3 - _GAP <= width - 2 * _EDGE:
        # Names that need several lines stand in columns, unless these would be too few.
        lengths = [max(lengths)] * len(lengths)
    x, y = _EDGE, 2.0
    for part, name, length in zip(series, names, lengths, strict=True):
        if x > _EDGE and x + length > width - _EDGE:
            x, y = _EDGE, y + _LINE
        marks: tuple[Mark, ...] = (
            Rect(x, y + 4, _SWATCH, _SWATCH, 2.5, classes=part.looks),
            TextLine(x + _SWATCH + _INNER, y + 14, name, classes=("compact",)),
        )
        area = Rect(x - 4, y, length + 8, 19, 4, classes=("hit",))
        shapes += link(part.target, part.title, area, marks)
        x += length + _GAP
    return shapes, y + _LINE


# Heat map

_ROW, _GROUP_GAP, _HEAD, _HEATMAP_FOOT = 24.0, 9.0, 38.0, 6.0
_CELL, _CELL_GAP = 36.0, 2.0  # of a year, between cells
_KEY, _KEY_GAP = 22.0, 14.0  # the width of a swatch below the grid


def draw_heatmap(
    rows: Sequence[Series],
    *,
    width: float = 720,
    title: str = "",
    words: Words = ENGLISH,
    **span: int,
) -> Picture:
    """Return the heat map of counts by category and year.

    Args:
        rows: From top to bottom.
        width: In pixels.
        title: The name of the picture.
        words: Those of the survey.
        span: ``since`` and ``step`` of :func:`find_years`.
    """
    title = title or words.gettext("Papers by category and year")
    most = round(0.6 * width / _CELL)
    years = find_years((row.counts for row in rows), most=most, words=words, **span)
    if years is None:
        return draw_nothing(width, title, words)
    grid = _Grid(rows, years, width)
    shapes: list[Shape] = [*grid.draw_head()]
    y = _HEAD
    for number, row in enumerate(rows):
        if number and row.color != rows[number - 1].color:
            y += _GROUP_GAP
        shapes += grid.draw_row(row, grid.gathered[number], y)
        y += _ROW
    scale, y = grid.draw_scale(y + 14)
    header = (words.gettext("Category"), *years.names)
    table = _tabulate(header, (row.title for row in rows), grid.gathered, words)
    said = _describe_heatmap(rows, len(years.columns), [*itertools.chain(*grid.gathered)], words)
    return Picture(width, y + _HEATMAP_FOOT, (*shapes, *scale), title, said, table)


def _describe_heatmap(
    rows: Sequence[Series], columns: int, cells: Sequence[int], words: Words
) -> str:
    empty, first = cells.count(0), rows[0].title
    count = words.ngettext("{n} categories", "{n} categories", len(rows))
    return words.gettext(
        "{categories} by {columns}; {cells} without papers, {most} in the fullest one.",
        categories=count if len(rows) > 1 else first,
        columns=words.ngettext("{n} columns of years", "{n} columns of years", columns),
        cells=words.ngettext("{n} cell", "{n} cells", empty, n=words.number(empty)),
        most=max(cells),
    )


class _Grid:
    def __init__(self, rows: Sequence[Series], years: Years, width: float) -> None:
        self.years, self.width = years, width
        self.none = years.words.pgettext("no papers", "none")
        self.gathered = [years.gather(row.counts) for row in rows]
        self.breaks = find_breaks(max(map(max, self.gathered)))
        widest = max(measure(row.title, _LABEL) for row in rows) * MARGIN + 14
        self.left = min(widest, 0.4 * width)
        right = width - measure("0000", _SMALL) - 6
        self.cell = (right - self.left) / len(years.columns)

    def draw_head(self) -> Iterator[Shape]:
        short = self.cell < measure("2000", _SMALL) + 4
        for place, year in enumerate(self.years.columns):
            x = self.left + (place + 0.5) * self.cell
            name = self.years.name(year)
            # Years are drawn from the grid upwards, the words for what is older as one reads them.
            if year is None:
                texts = ["…"] if short else list(self.years.split_bucket())
            else:
                texts = [name[start : start + 4] for start in range(0, len(name), 5)]
                texts = [text[-2:] for text in texts] if short else texts
                texts[1:] = [f"\u2013{text}" for text in texts[1:]]
            lines = [(_HEAD - 8 - 13 * line, text) for line, text in enumerate(reversed(texts))]
            for y, text in reversed(lines) if year is None else lines:
                yield TextLine(x, y, text, classes=_LESSER_MIDDLE)
        total = self.years.words.pgettext("all years", "all")
        yield TextLine(self.width - 2, _HEAD - 8, total, classes=LESSER_END)

    def draw_row(self, row: Series, counts: Sequence[int], y: float) -> Iterator[Shape]:
        shown = truncate(row.title, (self.left - 12) / MARGIN, _LABEL)
        name = TextLine(5, y + 15.5, shown, classes=("compact",))
        area = Rect(0, y, self.left - 4, _ROW - _CELL_GAP, 3, classes=("hit",))
        yield from link(row.target, f"{row.title}, {sum(counts)}", area, (name,))
        for place, (year, count) in enumerate(zip(self.years.names, counts, strict=True)):
            tip = f"{row.title}, {year}: {count or self.none}"
            yield from self.draw_cell(self.left + place * self.cell, y, count, row.color, tip)
        total = str(sum(counts))
        yield TextLine(self.width - 2, y + 15, total, classes=("small", "bold", "end"))

    def draw_cell(self, x: float, y: float, count: int, color: int, tip: str) -> Iterator[Shape]:
        level = find_level(count, self.breaks)
        width, height = self.cell - _CELL_GAP, _ROW - _CELL_GAP
        yield from _draw_level(x, y, width, height, level=level, color=color, tip=tip)
        if level and width >= measure(str(count), _SMALL):
            looks = ("small", "middle", f"on-{level}")
            yield TextLine(x + width / 2, y + 15, str(count), classes=looks)

    def draw_scale(self, y: float) -> tuple[list[Shape], float]:
        """Return what the depths of color mean, and the lower edge of it."""
        lower, names = 1, [self.none]
        for upper in self.breaks:
            names.append(str(upper) if upper == lower else f"{lower}\u2013{upper}")
            lower = upper + 1
        widths = [_KEY + 6 + measure(name, _SMALL) * MARGIN for name in names]
        length = sum(widths) + _KEY_GAP * (len(widths) - 1)
        start = x = min(self.left, max(0.0, self.width - length))
        shapes: list[Shape] = []
        for level, (name, width) in enumerate(zip(names, widths, strict=True)):
            if x > start and x + width > self.width:
                x, y = start, y + 20
            shapes += _draw_level(x, y, _KEY, 14, level=level, color=6, tip="")
            shapes.append(TextLine(x + _KEY + 6, y + 11, name, classes=LESSER))
            x += width + _KEY_GAP
        return shapes, y + 14


def _draw_level(
    x: float, y: float, width: float, height: float, *, level: int, color: int, tip: str
) -> Iterator[Shape]:
    """Yield a cell: its color by its level, or hollow with a dot where nothing is counted."""
    if level:
        yield Rect(x, y, width, height, 3, tip, classes=(f"soft-{color}", f"level-{level}"))
        return
    looks = ("fill-surface", "stroke-faint", "thin")
    yield Rect(x + 0.5, y + 0.5, width - 1, height - 1, 3, tip, classes=looks)
    yield Circle(x + width / 2, y + height / 2, 1.4, classes=("fill-muted",))
