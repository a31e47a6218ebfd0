"""Counts at a glance: the spectrum of the categories, and named counts as horizontal bars.

In the spectrum all papers fan out into the categories of the survey, each a card that holds its
parts with their counts as bars of one scale. On a wide page the fan stands to the left of the
cards and its bands are as wide as the counts; in one column, for phones, it becomes a bar above
them.

Here too is what all charts of counts share: counted nouns, steps and levels, and the picture of no
data.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from livingsurvey.charts.looks import SIZES, text_size
from livingsurvey.charts.measure import MARGIN, measure, measure_text, truncate, wrap
from livingsurvey.charts.shapes import (
    DataTable,
    Mark,
    Path,
    Picture,
    Rect,
    TextLine,
    link,
)
from livingsurvey.words import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from livingsurvey.charts.shapes import Shape, Target
    from livingsurvey.words import Words


Looks: TypeAlias = tuple[str, ...]
LESSER, LESSER_END = ("small", "fill-muted"), ("small", "end", "fill-muted")
_BAR_ROW, _BAR_HEIGHT = 26.0, 14.0
_COMPACT, _SMALL = SIZES["compact"], SIZES["small"]


@dataclass(frozen=True, slots=True)
class Bar:
    """A named count."""

    title: str
    count: int


def draw_bars(
    bars: Sequence[Bar], *, width: float = 720, title: str = "", words: Words = ENGLISH
) -> Picture:
    """Return the chart of counts by venue.

    Args:
        bars: From top to bottom.
        width: In pixels.
        title: The name of the picture.
        words: Those of the survey.
    """
    title = title or words.gettext("Papers by venue")
    first = max(bars, key=lambda bar: bar.count, default=Bar("", 0))
    if first.count <= 0:
        return draw_nothing(width, title, words)
    left = min(max(measure(bar.title, _COMPACT) for bar in bars) * MARGIN + 10, 0.4 * width)
    room = width - left - 12 - measure(str(first.count), _SMALL) * MARGIN
    shapes: list[Shape] = []
    for number, bar in enumerate(bars):
        y = 2 + number * _BAR_ROW
        length = max(room * bar.count / first.count, 2) if bar.count > 0 else 0
        shown = truncate(bar.title, (left - 10) / MARGIN, _COMPACT)
        shapes.append(TextLine(left - 4, y + 16, shown, classes=("compact", "end")))
        if length:
            shapes.append(Rect(left + 4, y + 5, length, _BAR_HEIGHT, 3, classes=("fill-3",)))
        shapes.append(TextLine(left + 10 + length, y + 16, str(bar.count), classes=LESSER))
    said = words.ngettext(
        "{n} bars; the longest is {name} with {papers}.",
        "{n} bars; the longest is {name} with {papers}.",
        len(bars),
        name=first.title,
        papers=count_of(first.count, words),
    )
    rows = tuple((bar.title, bar.count) for bar in bars)
    table = DataTable((words.gettext("Venue"), words.gettext("Papers")), rows)
    return Picture(width, 4 + len(bars) * _BAR_ROW, tuple(shapes), title, said, table)


def count_of(count: int, words: Words) -> str:
    """Return counted papers: ``1 paper``, ``2 papers``."""
    return words.ngettext("{n} paper", "{n} papers", count, n=words.number(count))


def draw_nothing(width: float, title: str, words: Words) -> Picture:
    """Return the picture of a chart without data, which says so."""
    text = words.gettext("No papers yet.")
    shown = TextLine(width / 2, 38, text, classes=("middle", "fill-muted"))
    return Picture(width, 64, (shown,), title, text)


def find_ticks(maximum: int, most: int = 8) -> tuple[int, ...]:
    """Return round numbers from 0 to at least *maximum*, in even steps, *most* at the most.

    The steps are 1, 2 or 5 times a power of ten.
    """
    step = next(step for step in list_steps() if -(-maximum // step) < most)
    return tuple(range(0, max(maximum, 1) + step, step))


def list_steps() -> Iterator[int]:
    """Yield 1, 2 and 5, and their products with the powers of ten, without end."""
    power = 1
    while True:
        yield from (power, 2 * power, 5 * power)
        power *= 10


LEVELS = 5
"""How many depths a color has."""


def find_breaks(maximum: int) -> tuple[int, ...]:
    """Return the largest count of each level, five levels at the most, from a few to *maximum*.

    Lower levels are narrower, since most cells hold small counts.
    """
    lower = (round(maximum * (level / LEVELS) ** 1.5) for level in range(1, LEVELS))
    return tuple(dict.fromkeys(filter(None, (*lower, maximum))))


def find_level(count: int, breaks: Sequence[int]) -> int:
    """Return the level of a count from 1, the last one for whatever is larger; 0 for none."""
    if count <= 0:
        return 0
    return next((level for level, upper in enumerate(breaks, 1) if count <= upper), len(breaks))


_WIDE, _NARROW = 720.0, 360.0
_SOURCE, _SOURCE_WIDTH = 58.0, 9.0  # where the bar stands from which the fan comes
_FAN_END = 156.0
_TOP_HEIGHT = 48.0  # of the bar above the cards, in one column
_CARD_GAP = 10.0
_PADDING = 14.0
_COLUMN_GAP = 26.0
_COUNT_GAP = 10.0
_BAR, _BAR_GAP = 4.0, 9.0
_INDENT = 42.0  # room for a number such as 6.1.1 in front of a bar, so that all have one scale
_HIT = ("hit",)
_SEAM = ("stroke-surface", "thin")  # between the shares of the categories
_LINES = {SIZES[""]: (18.0, 14.0), SIZES["compact"]: (15.0, 12.0)}
"""By the size of a title: from line to line, and from its upper edge to its first base line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A category as the overview shows it.

    Attributes:
        title: Its heading, plain text.
        count: How many papers it holds, those of its parts included.
        color: The number of its color; parts have that of their top category.
        section: Its number in the survey, or ``""``.
        target: What it links to, or None.
        children: Its parts; what is below the third level is not shown.
    """

    title: str
    count: int
    color: int = 6
    section: str = ""
    target: Target | None = None
    children: tuple[Branch, ...] = ()


def draw_overview(
    branches: Sequence[Branch],
    *,
    total: int | None = None,
    columns: int = 2,
    width: float | None = None,
    title: str = "",
    words: Words = ENGLISH,
) -> Picture:
    """Return the overview of a survey.

    Args:
        branches: The top categories in their order; without any, all papers are one.
        total: How many papers there are in all; the sum over the categories if None, which
            counts a paper once in each.
        columns: How many columns the parts of a category stand in; 1 is for phones.
        width: In pixels; 720, or 360 for one column.
        title: The name of the picture.
        words: Those of the survey.
    """
    width = width or (_NARROW if columns == 1 else _WIDE)
    total = sum(branch.count for branch in branches) if total is None else total
    title = title or words.gettext("The survey at a glance")
    if not branches and not total:
        return draw_nothing(width, title, words)
    said = count_of(total, words)
    if branches:
        said = words.gettext(
            "{papers} fan out into the categories of the survey: {categories}.",
            papers=said,
            categories=", ".join(f"{branch.title} ({branch.count})" for branch in branches),
        )
    else:
        branches = (Branch(title=words.gettext("All papers"), count=total, color=1),)
    largest = max(map(_find_largest, branches), default=0)
    cards = _Cards(columns, width, words, largest)
    for branch in branches:
        cards.add_card(branch)
    source = cards.draw_bar_of_all(total) if columns == 1 else cards.draw_fan(total)
    shapes = (*(ground for _, ground in cards.grounds), *source, *cards.shapes)
    height = round(cards.height, 2)
    return Picture(width, height, shapes, title, said, _tabulate(branches, words))


def _find_largest(branch: Branch) -> int:
    """Return the largest count of which there is a bar."""
    parts = [part for child in branch.children for part in (child.children or (child,))]
    return max(part.count for part in parts or (branch,))


def _tabulate(branches: Sequence[Branch], words: Words) -> DataTable:
    def descend(branch: Branch) -> Iterator[tuple[str | int, ...]]:
        yield (branch.title, branch.section, branch.count)
        for child in branch.children:
            yield from descend(child)

    header = (words.gettext("Category"), words.gettext("Section"), words.gettext("Papers"))
    rows = tuple(row for branch in branches for row in descend(branch))
    if any(row[1] for row in rows):
        return DataTable(header, rows)
    return DataTable(header[::2], tuple(row[::2] for row in rows))


class _Cards:
    """The cards of the categories one below the other, and what leads to them.

    Attributes:
        grounds: Each category with the ground of its card.
        shapes: What stands on the grounds.
        top: Where the next card begins.
        inner: The width of what stands on a card.
        column: The width of a column of it.
        unit: The pixels of a bar for each paper.
    """

    def __init__(self, columns: int, width: float, words: Words, largest: int) -> None:
        self.columns, self.width, self.words = columns, width, words
        self.left, self.top = (0.0, _TOP_HEIGHT) if columns == 1 else (_FAN_END, 0.0)
        self.inner = width - self.left - 2 * _PADDING
        self.column = (self.inner - (columns - 1) * _COLUMN_GAP) / columns
        self.unit = (self.column - _INDENT) / max(largest, 1)
        self.grounds: list[tuple[Branch, Rect]] = []
        self.shapes: list[Shape] = []

    @property
    def height(self) -> float:
        """The height of all."""
        return max(self.top - _CARD_GAP, _TOP_HEIGHT)

    def add_card(self, branch: Branch) -> None:
        """Add the card of a category with all its parts."""
        x, y = self.left + _PADDING, self.top + _PADDING - 4
        said, looks = count_of(branch.count, self.words), ("bold", f"fill-{branch.color}")
        y = self.add_heading(branch, said, x, y, width=self.inner, looks=looks)
        for start in range(0, len(branch.children), self.columns):
            row = branch.children[start : start + self.columns]
            if start and any(child.children for child in row):
                y += 6
            y = max(
                self.add_child(child, x + place * (self.column + _COLUMN_GAP), y)
                for place, child in enumerate(row)
            )
        if not branch.children:
            self.shapes += self.draw_bar(branch, x, y)
            y += _BAR + _BAR_GAP
        height = round(y - _BAR_GAP + _PADDING - self.top, 2)
        soft = (f"soft-{branch.color}",)
        ground = Rect(self.left, self.top, self.width - self.left, height, 8, classes=soft)
        self.grounds.append((branch, ground))
        self.top += height + _CARD_GAP

    def add_heading(
        self, branch: Branch, count: str, x: float, y: float, *, width: float, looks: Looks
    ) -> float:
        """Add the heading of a card or of a group; return where what follows may begin."""
        marks, _, bottom = _write(branch, count, x, y, width, looks=looks)
        below = 4 if "compact" in looks else 3
        self.add(branch, Rect(x - 5, y, width + 10, bottom - y + below, 4, classes=_HIT), marks)
        return bottom + 8

    def add_child(self, branch: Branch, x: float, y: float) -> float:
        """Add a part or a group of parts; return its lower edge."""
        if not branch.children:
            return self.add_part(branch, x, y)
        looks, count = ("compact", "bold"), str(branch.count)
        y = self.add_heading(branch, count, x, y, width=self.column, looks=looks)
        for child in branch.children:
            y = self.add_part(child, x, y)
        return y

    def add_part(self, branch: Branch, x: float, y: float) -> float:
        """Add a part with its bar; return its lower edge."""
        looks, count = ("compact",), str(branch.count)
        marks, indented, bottom = _write(branch, count, x, y, self.column, looks=looks)
        bottom += 4
        area = Rect(x - 5, y - 1, self.column + 10, bottom + _BAR + 5 - y, 4, classes=_HIT)
        self.add(branch, area, [*marks, *self.draw_bar(branch, indented, bottom)])
        return bottom + _BAR + _BAR_GAP

    def draw_bar(self, branch: Branch, x: float, y: float) -> list[Mark]:
        if branch.count <= 0:
            return []
        length, looks = max(branch.count * self.unit, _BAR), (f"fill-{branch.color}",)
        return [Rect(x, y, length, _BAR, _BAR / 2, classes=looks)]

    def add(self, branch: Branch, area: Rect, marks: Sequence[Mark]) -> None:
        label = f"{branch.section} {branch.title}, {count_of(branch.count, self.words)}".strip()
        self.shapes += link(branch.target, label, area, marks) if branch.target else (area, *marks)

    def draw_fan(self, total: int) -> Iterator[Shape]:
        """Yield the bar of all papers, the bands that lead from it to the cards, and its label."""
        length = min(0.62 * self.height, 300.0)
        top = (self.height - length) / 2
        middle = (_SOURCE + _SOURCE_WIDTH + _FAN_END) / 2
        start = _SOURCE + _SOURCE_WIDTH
        end = _FAN_END + 12  # under the rounded corners of the card
        for color, ground, share in self.find_shares():
            bottom = top + share * length
            y1, y2 = ground.y, ground.y + ground.height
            band = (
                ("M", (start, top)),
                ("C", (middle, top, middle, y1, _FAN_END, y1)),
                ("L", (end, y1)),
                ("L", (end, y2)),
                ("L", (_FAN_END, y2)),
                ("C", (middle, y2, middle, bottom, start, bottom)),
                ("Z", ()),
            )
            yield Path(band, classes=(f"soft-{color}",))
            seamed = (f"fill-{color}", *_SEAM)
            yield Rect(_SOURCE, top, _SOURCE_WIDTH, bottom - top, classes=seamed)
            top = bottom
        label, y = _SOURCE - 8, self.height / 2
        number = TextLine(label, y + 1, self.words.number(total), classes=("large", "bold", "end"))
        if measure_text(number) > label:  # five digits of a large library
            number = replace(number, classes=("small", "bold", "end"))
        yield number
        noun = self.words.ngettext("paper", "papers", total)
        yield TextLine(label, y + 17, noun, classes=LESSER_END)

    def draw_bar_of_all(self, total: int) -> Iterator[Shape]:
        """Yield the bar of all papers above the cards, with its label."""
        yield TextLine(0, 16, count_of(total, self.words), classes=("large", "bold"))
        left = 0.0
        for color, _, share in self.find_shares():
            yield Rect(left, 26, share * self.width, 9, classes=(f"fill-{color}", *_SEAM))
            left += share * self.width

    def find_shares(self) -> Iterator[tuple[int, Rect, float]]:
        """Yield each card's color and ground, and its share of the whole; the least is seen."""
        largest = max((branch.count for branch, _ in self.grounds), default=0)
        weights = [max(branch.count, 0.03 * largest, 1) for branch, _ in self.grounds]
        for (branch, ground), weight in zip(self.grounds, weights, strict=True):
            yield branch.color, ground, weight / sum(weights)


def _write(
    branch: Branch, count: str, x: float, y: float, width: float, *, looks: Looks
) -> tuple[list[Mark], float, float]:
    """Return number, title and count of a category, the title's left edge, and its lower one."""
    size, bold = text_size(looks), "bold" in looks
    step, base = _LINES[size]
    section = TextLine(x, y + base, branch.section, classes=looks if bold else LESSER)
    # Room for the number that stands in front of the title.
    indent = measure_text(section) * MARGIN + 7 if branch.section else 0.0
    room = width - indent - measure(count, _SMALL) * MARGIN - _COUNT_GAP
    lines = wrap(branch.title, room / MARGIN, size, bold=bold)
    marks: list[Mark] = [section] if branch.section else []
    marks += (
        TextLine(x + indent, y + base + place * step, line, classes=looks)
        for place, line in enumerate(lines)
    )
    marks.append(TextLine(x + width, y + base, count, classes=LESSER_END))
    return marks, x + indent, y + len(lines) * step
