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
from typing import TYPE_CHECKING

from livingsurvey.charts.looks import SIZES, text_size
from livingsurvey.charts.measure import MARGIN, measure, measure_text, truncate, wrap
from livingsurvey.charts.shapes import (
    DataTable,
    LinkArea,
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


_BAR_ROW, _BAR_HEIGHT = 26.0, 14.0
_COMPACT, _SMALL = SIZES["compact"], SIZES["small"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A named count.

    Attributes:
        title: Its name, plain text.
        count: How many.
        color: The number of its color.
        target: What it links to, or None.
    """

    title: str
    count: int
    color: int = 3
    target: Target | None = None


def draw_bars(
    bars: Sequence[Bar],
    *,
    width: float = 720,
    name: str = "",
    title: str = "",
    words: Words = ENGLISH,
) -> Picture:
    """Return the chart of named counts.

    Args:
        bars: From top to bottom.
        width: In pixels.
        name: What the names are, for the header of the table; else venues.
        title: The name of the picture.
        words: Those of the survey.
    """
    name, title = name or words.gettext("Venue"), title or words.gettext("Papers by venue")
    largest = max((bar.count for bar in bars), default=0)
    if largest <= 0:
        return draw_nothing(width, title, words)
    left = min(max(measure(bar.title, _COMPACT) for bar in bars) * MARGIN + 10, 0.4 * width)
    room = width - left - 12 - measure(str(largest), _SMALL) * MARGIN
    shapes: list[Shape] = []
    for number, bar in enumerate(bars):
        y = 2 + number * _BAR_ROW
        length = max(room * bar.count / largest, 2 if bar.count > 0 else 0)
        shown = truncate(bar.title, (left - 10) / MARGIN, _COMPACT)
        marks: list[Mark] = [TextLine(left - 4, y + 16, shown, classes=("compact", "end"))]
        if length:
            marks.append(
                Rect(left + 4, y + 5, length, _BAR_HEIGHT, 3, classes=(f"fill-{bar.color}",))
            )
        looks = ("small", "fill-muted")
        marks.append(TextLine(left + 10 + length, y + 16, str(bar.count), classes=looks))
        area = Rect(0, y, width, _BAR_ROW - 2, 4, classes=("hit",))
        label = f"{bar.title}, {count_of(bar.count, words)}"
        shapes += link(bar.target, label, area, marks)
    first = max(bars, key=lambda bar: bar.count)
    return Picture(
        width=width,
        height=4 + len(bars) * _BAR_ROW,
        shapes=tuple(shapes),
        title=title,
        description=words.ngettext(
            "{n} bars; the longest is {name} with {papers}.",
            "{n} bars; the longest is {name} with {papers}.",
            len(bars),
            name=first.title,
            papers=count_of(largest, words),
        ),
        table=DataTable(
            header=(name, words.gettext("Papers")),
            rows=tuple((bar.title, bar.count) for bar in bars),
        ),
    )


def count_of(count: int, words: Words) -> str:
    """Return counted papers: ``1 paper``, ``2 papers``."""
    return words.ngettext("{n} paper", "{n} papers", count, n=words.number(count))


def draw_nothing(width: float, title: str, words: Words) -> Picture:
    """Return the picture of a chart without data, which says so."""
    text = words.gettext("No papers yet.")
    shown = TextLine(width / 2, 38, text, classes=("middle", "fill-muted"))
    return Picture(width=width, height=64, shapes=(shown,), title=title, description=text)


def find_ticks(maximum: int, most: int = 8) -> tuple[int, ...]:
    """Return round numbers from 0 to at least *maximum*, in even steps, *most* at the most.

    The steps are 1, 2 or 5 times a power of ten.
    """
    for step in list_steps():
        steps = max(1, -(-maximum // step))
        if steps < most:
            break
    return tuple(step * number for number in range(steps + 1))


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
    left = 0.0 if columns == 1 else _FAN_END
    top = _TOP_HEIGHT if columns == 1 else 0.0
    largest = max(map(_find_largest, branches), default=0)
    cards: list[_Card] = []
    for branch in branches:
        card = _Card(branch, left, top, width - left, words, columns=columns, largest=largest)
        cards.append(card)
        top += card.ground.height + _CARD_GAP
    height = max(top - _CARD_GAP, _TOP_HEIGHT)
    if columns == 1:
        source = _draw_bar(cards, total, width, words)
    else:
        source = _draw_fan(cards, total, height, words)
    return Picture(
        width=width,
        height=round(height, 2),
        shapes=(
            *(card.ground for card in cards),
            *source,
            *(shape for card in cards for shape in card.shapes),
        ),
        title=title,
        description=said,
        table=_tabulate(branches, words),
    )


def _find_largest(branch: Branch) -> int:
    """Return the largest count of which there is a bar."""
    parts = [part for child in branch.children for part in (child.children or (child,))]
    return max(part.count for part in parts or (branch,))


def _draw_fan(cards: Sequence[_Card], total: int, height: float, words: Words) -> Iterator[Shape]:
    """Yield the bar of all papers, the bands that lead from it to the cards, and its label."""
    length = min(0.62 * height, 300.0)
    top = (height - length) / 2
    middle = (_SOURCE + _SOURCE_WIDTH + _FAN_END) / 2
    start = _SOURCE + _SOURCE_WIDTH
    end = _FAN_END + 12  # under the rounded corners of the card
    for card, share in zip(cards, _find_shares(cards), strict=True):
        bottom = top + share * length
        y1, y2 = card.ground.y, card.ground.y + card.ground.height
        band = (
            ("M", (start, top)),
            ("C", (middle, top, middle, y1, _FAN_END, y1)),
            ("L", (end, y1)),
            ("L", (end, y2)),
            ("L", (_FAN_END, y2)),
            ("C", (middle, y2, middle, bottom, start, bottom)),
            ("Z", ()),
        )
        yield Path(band, classes=(f"soft-{card.branch.color}",))
        yield Rect(_SOURCE, top, _SOURCE_WIDTH, bottom - top, classes=card.seamed)
        top = bottom
    label = _SOURCE - 8
    shown = words.number(total)
    number = TextLine(label, height / 2 + 1, shown, classes=("large", "bold", "end"))
    if measure_text(number) > label:  # five digits of a large library
        number = replace(number, classes=("small", "bold", "end"))
    yield number
    noun = words.ngettext("paper", "papers", total)
    yield TextLine(label, height / 2 + 17, noun, classes=("small", "end", "fill-muted"))


def _draw_bar(cards: Sequence[_Card], total: int, width: float, words: Words) -> Iterator[Shape]:
    """Yield the bar of all papers above the cards, with its label."""
    yield TextLine(0, 16, count_of(total, words), classes=("large", "bold"))
    left = 0.0
    for card, share in zip(cards, _find_shares(cards), strict=True):
        yield Rect(left, 26, share * width, 9, classes=card.seamed)
        left += share * width


def _find_shares(cards: Sequence[_Card]) -> tuple[float, ...]:
    """Return how much of the whole each card's category is; the least is still seen."""
    largest = max((card.branch.count for card in cards), default=0)
    weights = [max(card.branch.count, 0.03 * largest, 1) for card in cards]
    return tuple(weight / sum(weights) for weight in weights)


def _tabulate(branches: Sequence[Branch], words: Words) -> DataTable:
    def descend(branch: Branch) -> Iterator[tuple[str | int, ...]]:
        yield (branch.title, branch.section, branch.count)
        for child in branch.children:
            yield from descend(child)

    category, papers = words.gettext("Category"), words.gettext("Papers")
    rows = tuple(row for branch in branches for row in descend(branch))
    if not any(row[1] for row in rows):
        numberless = tuple((title, count) for title, _, count in rows)
        return DataTable(header=(category, papers), rows=numberless)
    return DataTable(header=(category, words.gettext("Section"), papers), rows=rows)


class _Card:
    """A category that is laid out: the ground of its card, and what stands on it.

    Args:
        branch: The category.
        left: The left edge of the card.
        top: Its upper edge.
        width: Its width; the height follows from what stands on it.
        words: Those of the survey.
        columns: How many columns its parts stand in.
        largest: The count whose bar is as long as a column is wide.
    """

    def __init__(
        self,
        branch: Branch,
        left: float,
        top: float,
        width: float,
        words: Words,
        *,
        columns: int,
        largest: int,
    ) -> None:
        self.branch = branch
        self.words = words
        self.shapes: list[Shape] = []
        x, inner = left + _PADDING, width - 2 * _PADDING
        column = (inner - (columns - 1) * _COLUMN_GAP) / columns
        self.unit = (column - _INDENT) / max(largest, 1)  # pixels for each paper
        y, looks = top + _PADDING - 4, ("bold", f"fill-{branch.color}")
        y = self.add_heading(branch, count_of(branch.count, words), x, y, inner, looks=looks)
        for start in range(0, len(branch.children), columns):
            row = branch.children[start : start + columns]
            if start and any(child.children for child in row):
                y += 6
            y = max(
                self.add_child(child, x + place * (column + _COLUMN_GAP), y, column)
                for place, child in enumerate(row)
            )
        if not branch.children:
            self.shapes += self.draw_bar(branch.count, x, y)
            y += _BAR + _BAR_GAP
        height = round(y - _BAR_GAP + _PADDING - top, 2)
        self.ground = Rect(left, top, width, height, 8, classes=(f"soft-{branch.color}",))

    @property
    def seamed(self) -> tuple[str, ...]:
        """The looks of the category's share in the bar of all papers."""
        return (f"fill-{self.branch.color}", "stroke-surface", "thin")

    def add_heading(
        self,
        branch: Branch,
        count: str,
        x: float,
        y: float,
        width: float,
        *,
        looks: tuple[str, ...],
    ) -> float:
        """Add the heading of the card or of a group; return where what follows may begin."""
        marks, _, bottom = _write(branch, count, x, y, width, looks=looks)
        below = 4 if "compact" in looks else 3
        self.add(branch, _hit(x, y, width, bottom - y + below), marks)
        return bottom + 8

    def add_child(self, branch: Branch, x: float, y: float, width: float) -> float:
        """Add a part or a group of parts; return its lower edge."""
        if not branch.children:
            return self.add_part(branch, x, y, width)
        looks = ("compact", "bold")
        y = self.add_heading(branch, str(branch.count), x, y, width, looks=looks)
        for child in branch.children:
            y = self.add_part(child, x, y, width)
        return y

    def add_part(self, branch: Branch, x: float, y: float, width: float) -> float:
        """Add a part with its bar; return its lower edge."""
        looks, lesser, count = ("compact",), ("small", "fill-muted"), str(branch.count)
        marks, indented, bottom = _write(branch, count, x, y, width, looks=looks, number=lesser)
        bottom += 4
        area = _hit(x, y - 1, width, bottom + _BAR + 5 - y)
        self.add(branch, area, [*marks, *self.draw_bar(branch.count, indented, bottom)])
        return bottom + _BAR + _BAR_GAP

    def draw_bar(self, count: int, x: float, y: float) -> list[Mark]:
        if count <= 0:
            return []
        length, looks = max(count * self.unit, _BAR), (f"fill-{self.branch.color}",)
        return [Rect(x, y, length, _BAR, _BAR / 2, classes=looks)]

    def add(self, branch: Branch, area: Rect, marks: Sequence[Mark]) -> None:
        if branch.target is None:
            self.shapes += (area, *marks)
            return
        label = f"{branch.section} {branch.title}, {count_of(branch.count, self.words)}".strip()
        self.shapes.append(LinkArea(target=branch.target, label=label, children=(area, *marks)))


def _write(
    branch: Branch,
    count: str,
    x: float,
    y: float,
    width: float,
    *,
    looks: tuple[str, ...],
    number: tuple[str, ...] = (),
) -> tuple[list[Mark], float, float]:
    """Return number, title and count of a category, the title's left edge, and its lower one."""
    size, bold = text_size(looks), "bold" in looks
    step, base = _LINES[size]
    section = TextLine(x, y + base, branch.section, classes=number or looks)
    # Room for the number that stands in front of the title.
    indent = measure_text(section) * MARGIN + 7 if branch.section else 0.0
    room = width - indent - measure(count, _SMALL) * MARGIN - _COUNT_GAP
    lines = wrap(branch.title, room / MARGIN, size, bold=bold)
    marks: list[Mark] = [section] if branch.section else []
    marks += (
        TextLine(x + indent, y + base + place * step, line, classes=looks)
        for place, line in enumerate(lines)
    )
    marks.append(TextLine(x + width, y + base, count, classes=("small", "end", "fill-muted")))
    return marks, x + indent, y + len(lines) * step


def _hit(x: float, y: float, width: float, height: float) -> Rect:
    return Rect(x - 5, y, width + 10, height, 4, classes=("hit",))
