"""The legend of a chart: swatches with names, in as many lines as they need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livingsurvey.charts.measure import measure, shorten
from livingsurvey.charts.palette import SIZES
from livingsurvey.charts.shapes import Link, Rect, Shape, Target, Text

if TYPE_CHECKING:
    from collections.abc import Iterable

_SIZE = SIZES["compact"]
_LEFT, _SWATCH, _INNER, _LINE, _GAP = 5.0, 11.0, 7.0, 22.0, 20.0
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
    room = width - 2 * _LEFT - _SWATCH - _INNER
    entries = tuple(entries)
    shown = [shorten(name, room / _MARGIN, _SIZE) for name, _, _ in entries]
    lengths = [_SWATCH + _INNER + measure(name, _SIZE) * _MARGIN for name in shown]
    if sum(lengths) + _GAP * (len(lengths) - 1) > width - 2 * _LEFT:
        # Names that need several lines stand in columns, unless these would be too few.
        step = max(lengths) + _GAP
        if step * 3 - _GAP <= width - 2 * _LEFT:
            lengths = [max(lengths)] * len(lengths)
    x, y = _LEFT, 2.0
    for (name, looks, target), text, length in zip(entries, shown, lengths, strict=True):
        if x > _LEFT and x + length > width - _LEFT:
            x, y = _LEFT, y + _LINE
        marks = (
            Rect(x=x - 4, y=y, width=length + 8, height=19, radius=4, classes=("hit",)),
            Rect(x=x, y=y + 4, width=_SWATCH, height=_SWATCH, radius=2.5, classes=looks),
            Text(x=x + _SWATCH + _INNER, y=y + 14, text=text, classes=("compact",)),
        )
        shapes += (Link(target=target, label=name, children=marks),) if target else marks[1:]
        x += length + _GAP
    return tuple(shapes), (y + _LINE if shapes else 0.0)
