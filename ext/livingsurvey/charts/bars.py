"""Named counts as horizontal bars, the venues of the papers for one.

Here too is what all charts of counts share: counted nouns, steps and levels, and the picture of no
data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from livingsurvey.charts.looks import SIZES
from livingsurvey.charts.measure import MARGIN, measure, truncate
from livingsurvey.charts.shapes import DataTable, LinkArea, Mark, Picture, Rect, TextLine
from livingsurvey.words import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from livingsurvey.charts.shapes import Shape, Target
    from livingsurvey.words import Words

_ROW, _BAR = 26.0, 14.0
_LABEL, _SMALL = SIZES["compact"], SIZES["small"]


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
    left = min(max(measure(bar.title, _LABEL) for bar in bars) * MARGIN + 10, 0.4 * width)
    room = width - left - 12 - measure(str(largest), _SMALL) * MARGIN
    shapes: list[Shape] = []
    for number, bar in enumerate(bars):
        y = 2 + number * _ROW
        length = max(room * bar.count / largest, 2 if bar.count > 0 else 0)
        shown = truncate(bar.title, (left - 10) / MARGIN, _LABEL)
        marks: list[Mark] = [TextLine(left - 4, y + 16, shown, classes=("compact", "end"))]
        if length:
            marks.append(Rect(left + 4, y + 5, length, _BAR, 3, classes=(f"fill-{bar.color}",)))
        looks = ("small", "fill-muted")
        marks.append(TextLine(left + 10 + length, y + 16, str(bar.count), classes=looks))
        if bar.target:
            area = Rect(0, y, width, _ROW - 2, 4, classes=("hit",))
            label = f"{bar.title}, {count_of(bar.count, words)}"
            shapes.append(LinkArea(target=bar.target, label=label, children=(area, *marks)))
        else:
            shapes += marks
    first = max(bars, key=lambda bar: bar.count)
    return Picture(
        width=width,
        height=4 + len(bars) * _ROW,
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
    power = 1
    while True:
        for factor in (1, 2, 5):
            step = factor * power
            steps = max(1, -(-maximum // step))
            if steps < most:
                return tuple(step * number for number in range(steps + 1))
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
