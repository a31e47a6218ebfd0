"""The legend of a chart: swatches with names, in as many lines as they need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livingsurvey.charts.measure import measure, shorten
from livingsurvey.charts.palette import SIZES
from livingsurvey.charts.shapes import Link, Rect, Shape, Target, Text

if TYPE_CHECKING:
    from collections.abc import Iterable

_SIZE = SIZES["compact"]
_SWATCH, _LINE, _GAP = 11.0, 22.0, 20.0
_MARGIN = 1.1  # fonts are wider than the estimate here and there


def draw_legend(
    entries: Iterable[tuple[str, tuple[str, ...], Target | None]], width: float
) -> tuple[tuple[Shape, ...], float]:
    """Return the shapes of a legend from the upper left corner, and its height.

    Args:
        entries: For each, its name, the looks of its swatch, and what it links to or None.
        width: How wide its lines may be.
    """
    shapes: list[Shape] = []
    x, y = 5.0, 2.0
    for name, looks, target in entries:
        room = width - 10 - _SWATCH - 7
        shown = shorten(name, room / _MARGIN, _SIZE)
        length = _SWATCH + 7 + measure(shown, _SIZE) * _MARGIN
        if x > 5 and x + length > width - 5:
            x, y = 5.0, y + _LINE
        marks = (
            Rect(x=x - 4, y=y, width=length + 8, height=19, radius=4, classes=("hit",)),
            Rect(x=x, y=y + 4, width=_SWATCH, height=_SWATCH, radius=2.5, classes=looks),
            Text(x=x + _SWATCH + 7, y=y + 14, text=shown, classes=("compact",)),
        )
        shapes += (Link(target=target, label=name, children=marks),) if target else marks[1:]
        x += length + _GAP
    return tuple(shapes), (y + _LINE if shapes else 0.0)
