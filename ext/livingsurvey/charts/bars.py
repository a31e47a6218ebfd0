"""Named counts as horizontal bars, the venues of the papers for one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from livingsurvey.charts.measure import measure, shorten
from livingsurvey.charts.palette import SIZES
from livingsurvey.charts.scales import PAPERS, Nouns, count_of
from livingsurvey.charts.shapes import Link, Mark, Picture, Rect, Shape, Table, Target, Text
from livingsurvey.charts.timeline import draw_nothing

if TYPE_CHECKING:
    from collections.abc import Sequence

_ROW, _BAR = 26.0, 14.0
_LABEL, _SMALL = SIZES["compact"], SIZES["small"]
_MARGIN = 1.08


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
    name: str = "Venue",
    title: str = "Papers by venue",
    description: str = "",
    nouns: Nouns = PAPERS,
) -> Picture:
    """Return the chart of named counts.

    Args:
        bars: From top to bottom.
        width: In pixels.
        name: What the names are, for the header of the table.
        title: The name of the picture.
        description: What one sees; told from the data if empty.
        nouns: What is counted.
    """
    largest = max((bar.count for bar in bars), default=0)
    if largest <= 0:
        return draw_nothing(width, title, nouns)
    widest = max(measure(bar.title, _LABEL) for bar in bars) * _MARGIN + 10
    left = min(widest, 0.4 * width)
    room = width - left - 12 - measure(str(largest), _SMALL) * _MARGIN
    shapes: list[Shape] = []
    for number, bar in enumerate(bars):
        y = 2 + number * _ROW
        length = max(room * bar.count / largest, 2 if bar.count > 0 else 0)
        shown = shorten(bar.title, (left - 10) / _MARGIN, _LABEL)
        marks: list[Mark] = [
            Rect(x=0, y=y, width=width, height=_ROW - 2, radius=4, classes=("hit",)),
            Text(x=left - 4, y=y + 16, text=shown, classes=("compact", "end")),
        ]
        if length:
            looks = (f"fill-{bar.color}",)
            marks.append(
                Rect(x=left + 4, y=y + 5, width=length, height=_BAR, radius=3, classes=looks)
            )
        count = Text(
            x=left + 10 + length, y=y + 16, text=str(bar.count), classes=("small", "fill-muted")
        )
        marks.append(count)
        if bar.target:
            label = f"{bar.title}, {count_of(bar.count, nouns)}"
            shapes.append(Link(target=bar.target, label=label, children=tuple(marks)))
        else:
            shapes += marks[1:]
    first = max(bars, key=lambda bar: bar.count)
    return Picture(
        width=width,
        height=4 + len(bars) * _ROW,
        shapes=tuple(shapes),
        title=title,
        description=description
        or f"{len(bars)} bars; the longest is {first.title} with {count_of(largest, nouns)}.",
        table=Table(
            header=(name, nouns[1].capitalize()),
            rows=tuple((bar.title, bar.count) for bar in bars),
        ),
    )
