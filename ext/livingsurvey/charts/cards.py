"""The cards of the overview: a category with its parts, their counts as bars of one scale."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from livingsurvey.charts.measure import measure, wrap
from livingsurvey.charts.palette import SIZES
from livingsurvey.charts.scales import Nouns, count_of
from livingsurvey.charts.shapes import Link, Mark, Rect, Shape, Target, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

CARD_GAP = 10.0
"""Between two cards, in pixels."""

_PADDING = 14.0
_COLUMN_GAP = 26.0
_COUNT_GAP = 10.0
_HEAD, _PART, _SMALL = SIZES[""], SIZES["compact"], SIZES["small"]
_HEAD_LINE, _PART_LINE = 18.0, 15.0
_BAR, _BAR_GAP = 4.0, 9.0
_INDENT = 42.0  # room for a number such as 6.1.1 in front of a bar, so that all have one scale
_MARGIN = 1.08  # fonts are wider than the estimate here and there


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


@dataclass(slots=True)
class Card:
    """A card that is laid out: its ground and what stands on it."""

    count: int
    color: int
    ground: Rect
    shapes: list[Shape] = field(default_factory=list)

    @property
    def height(self) -> float:
        """The height of the card."""
        return self.ground.height


def find_largest(branch: Branch) -> int:
    """Return the largest count of which there is a bar."""
    parts = [part for child in branch.children for part in (child.children or (child,))]
    return max((part.count for part in parts or (branch,)), default=0)


def lay_out_card(
    branch: Branch,
    left: float,
    top: float,
    width: float,
    *,
    columns: int,
    largest: int,
    nouns: Nouns,
) -> Card:
    """Return the card of a top category.

    Args:
        branch: The category.
        left: The left edge of the card.
        top: Its upper edge.
        width: Its width; the height follows from what stands on it.
        columns: How many columns its parts stand in.
        largest: The count whose bar is as long as a column is wide.
        nouns: What is counted.
    """
    inner = width - 2 * _PADDING
    column = (inner - (columns - 1) * _COLUMN_GAP) / columns
    unit = (column - _INDENT) / max(largest, 1)
    writer = _Writer(color=branch.color, unit=unit, nouns=nouns)
    y = writer.add_head(branch, left + _PADDING, top + _PADDING - 4, inner)
    for start in range(0, len(branch.children), columns):
        row = branch.children[start : start + columns]
        if start and any(child.children for child in row):
            y += 6
        bottoms = [
            writer.add_child(child, left + _PADDING + place * (column + _COLUMN_GAP), y, column)
            for place, child in enumerate(row)
        ]
        y = max(bottoms)
    if not branch.children:
        y = writer.add_bar(branch, left + _PADDING, y) + _BAR_GAP
    height = round(y - _BAR_GAP + _PADDING - top, 2)
    ground = Rect(
        x=left, y=top, width=width, height=height, radius=8, classes=(f"soft-{branch.color}",)
    )
    return Card(branch.count, branch.color, ground, writer.shapes)


@dataclass(slots=True)
class _Writer:
    color: int
    unit: float  # pixels for each that is counted
    nouns: Nouns
    shapes: list[Shape] = field(default_factory=list)

    def add_head(self, branch: Branch, x: float, y: float, width: float) -> float:
        """Add the heading of a card; return where what follows may begin."""
        count = count_of(branch.count, self.nouns)
        number = _indent(branch.section, _HEAD, bold=True)
        room = width - number - measure(count, _SMALL) * _MARGIN - _COUNT_GAP
        lines = wrap(branch.title, room / _MARGIN, _HEAD, bold=True)
        color = f"fill-{self.color}"
        bottom = y + len(lines) * _HEAD_LINE
        marks: list[Mark] = [_hit(x, y, width, bottom - y + 3)]
        if branch.section:
            marks.append(Text(x=x, y=y + 14, text=branch.section, classes=("bold", color)))
        marks += _stack(lines, x + number, y + 14, _HEAD_LINE, ("bold", color))
        marks.append(
            Text(x=x + width, y=y + 14, text=count, classes=("small", "end", "fill-muted"))
        )
        self.add(branch, marks)
        return bottom + 8

    def add_child(self, branch: Branch, x: float, y: float, width: float) -> float:
        """Add a part or a group of parts; return its lower edge."""
        if not branch.children:
            return self.add_part(branch, x, y, width)
        count = str(branch.count)
        number = _indent(branch.section, _PART, bold=True)
        room = width - number - measure(count, _SMALL) * _MARGIN - _COUNT_GAP
        lines = wrap(branch.title, room / _MARGIN, _PART, bold=True)
        bottom = y + len(lines) * _PART_LINE
        marks: list[Mark] = [_hit(x, y, width, bottom - y + 4)]
        bold = ("compact", "bold")
        if branch.section:
            marks.append(Text(x=x, y=y + 12, text=branch.section, classes=bold))
        marks += _stack(lines, x + number, y + 12, _PART_LINE, bold)
        marks.append(
            Text(x=x + width, y=y + 12, text=count, classes=("small", "end", "fill-muted"))
        )
        self.add(branch, marks)
        y = bottom + 8
        for child in branch.children:
            y = self.add_part(child, x, y, width)
        return y

    def add_part(self, branch: Branch, x: float, y: float, width: float) -> float:
        """Add a part with its bar; return its lower edge."""
        count = str(branch.count)
        number = _indent(branch.section, _SMALL)
        room = width - number - measure(count, _SMALL) * _MARGIN - _COUNT_GAP
        lines = wrap(branch.title, room / _MARGIN, _PART)
        bottom = y + len(lines) * _PART_LINE + 4
        marks: list[Mark] = [_hit(x, y - 1, width, bottom + _BAR + 5 - y)]
        if branch.section:
            marks.append(Text(x=x, y=y + 12, text=branch.section, classes=("small", "fill-muted")))
        marks += _stack(lines, x + number, y + 12, _PART_LINE, ("compact",))
        marks.append(
            Text(x=x + width, y=y + 12, text=count, classes=("small", "end", "fill-muted"))
        )
        marks += self.draw_bar(branch.count, x + number, bottom)
        self.add(branch, marks)
        return bottom + _BAR + _BAR_GAP

    def add_bar(self, branch: Branch, x: float, y: float) -> float:
        """Add the bar of a category without parts; return its lower edge."""
        self.shapes += self.draw_bar(branch.count, x, y)
        return y + _BAR

    def draw_bar(self, count: int, x: float, y: float) -> list[Mark]:
        if count <= 0:
            return []
        length = max(count * self.unit, _BAR)
        return [
            Rect(
                x=x,
                y=y,
                width=length,
                height=_BAR,
                radius=_BAR / 2,
                classes=(f"fill-{self.color}",),
            )
        ]

    def add(self, branch: Branch, marks: Sequence[Mark]) -> None:
        if branch.target is None:
            self.shapes += marks
            return
        label = f"{branch.section} {branch.title}, {count_of(branch.count, self.nouns)}".strip()
        self.shapes.append(Link(target=branch.target, label=label, children=tuple(marks)))


def _indent(section: str, size: float, *, bold: bool = False) -> float:
    """Return the room that a number in front of a title takes."""
    return measure(section, size, bold=bold) * _MARGIN + 7 if section else 0.0


def _hit(x: float, y: float, width: float, height: float) -> Rect:
    return Rect(x=x - 5, y=y, width=width + 10, height=height, radius=4, classes=("hit",))


def _stack(
    lines: Sequence[str], x: float, y: float, step: float, classes: tuple[str, ...]
) -> list[Mark]:
    return [
        Text(x=x, y=y + place * step, text=line, classes=classes)
        for place, line in enumerate(lines)
    ]
