"""The spectrum: all papers fan out into the categories of the survey, each a card with its parts.

Every card holds the parts of its category with their counts as bars of one scale. On a wide page
the fan stands to the left of the cards and its bands are as wide as the counts; in one column,
for phones, it becomes a bar above them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from livingsurvey.charts.cards import CARD_GAP, Branch, Card, find_largest, lay_out_card
from livingsurvey.charts.measure import measure_text
from livingsurvey.charts.scales import PAPERS, Nouns, count_of
from livingsurvey.charts.shapes import Path, Picture, Rect, Shape, Table, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Branch", "draw_overview"]

_WIDE, _NARROW = 720.0, 360.0
_SOURCE, _SOURCE_WIDTH = 58.0, 9.0  # where the bar stands from which the fan comes
_FAN_END = 156.0
_TOP_HEIGHT = 48.0  # of the bar above the cards, in one column


def draw_overview(
    branches: Sequence[Branch],
    *,
    total: int | None = None,
    columns: int = 2,
    width: float | None = None,
    title: str = "The survey at a glance",
    description: str = "",
    nouns: Nouns = PAPERS,
) -> Picture:
    """Return the overview of a survey.

    Args:
        branches: The top categories in their order.
        total: How many papers there are in all; the sum over the categories if None, which
            counts a paper once in each.
        columns: How many columns the parts of a category stand in; 1 is for phones.
        width: In pixels; 720, or 360 for one column.
        title: The name of the picture.
        description: What one sees; told from the data if empty.
        nouns: What is counted.
    """
    width = width or (_NARROW if columns == 1 else _WIDE)
    total = sum(one.count for one in branches) if total is None else total
    left = 0.0 if columns == 1 else _FAN_END
    top = _TOP_HEIGHT if columns == 1 else 0.0
    largest = max((find_largest(one) for one in branches), default=0)
    cards: list[Card] = []
    for branch in branches:
        card = lay_out_card(
            branch, left, top, width - left, columns=columns, largest=largest, nouns=nouns
        )
        cards.append(card)
        top += card.height + CARD_GAP
    height = max(top - CARD_GAP, _TOP_HEIGHT)
    source = _draw_bar if columns == 1 else _draw_fan
    shapes: list[Shape] = [card.ground for card in cards]
    shapes += source(cards, total, width, height, nouns)
    for card in cards:
        shapes += card.shapes
    return Picture(
        width=width,
        height=round(height, 2),
        shapes=tuple(shapes),
        title=title,
        description=description or _describe(branches, total, nouns),
        table=_tabulate(branches, nouns),
    )


def _draw_fan(
    cards: Sequence[Card], total: int, _width: float, height: float, nouns: Nouns
) -> Iterator[Shape]:
    """Yield the bar of all papers, the bands that lead from it to the cards, and its label."""
    length = min(0.62 * height, 300.0)
    top = (height - length) / 2
    middle = (_SOURCE + _SOURCE_WIDTH + _FAN_END) / 2
    start = _SOURCE + _SOURCE_WIDTH
    end = _FAN_END + 12  # under the rounded corners of the card
    for card, share in zip(cards, _shares(cards), strict=True):
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
        yield Path(segments=band, classes=(f"soft-{card.color}",))
        yield Rect(
            x=_SOURCE,
            y=top,
            width=_SOURCE_WIDTH,
            height=bottom - top,
            classes=(f"fill-{card.color}", "stroke-surface", "thin"),
        )
        top = bottom
    label = _SOURCE - 8
    yield _fit(Text(x=label, y=height / 2 + 1, text=str(total), classes=("bold", "end")), label)
    yield Text(
        x=label,
        y=height / 2 + 17,
        text=count_of(total, nouns).partition(" ")[2],
        classes=("small", "end", "fill-muted"),
    )


def _fit(text: Text, width: float) -> Text:
    """Return a text as large as it fits a width; five digits of a large library need a smaller."""
    large = replace(text, classes=("large", *text.classes))
    if measure_text(large) <= width:
        return large
    return replace(text, classes=("small", *text.classes))


def _draw_bar(
    cards: Sequence[Card], total: int, width: float, _height: float, nouns: Nouns
) -> Iterator[Shape]:
    """Yield the bar of all papers above the cards, with its label."""
    yield Text(x=0, y=16, text=count_of(total, nouns), classes=("large", "bold"))
    left = 0.0
    for card, share in zip(cards, _shares(cards), strict=True):
        yield Rect(
            x=left,
            y=26,
            width=share * width,
            height=9,
            classes=(f"fill-{card.color}", "stroke-surface", "thin"),
        )
        left += share * width


def _shares(cards: Sequence[Card]) -> tuple[float, ...]:
    """Return how much of the whole each card's category is; the least is still seen."""
    largest = max((card.count for card in cards), default=0)
    weights = [max(card.count, 0.03 * largest, 1) for card in cards]
    return tuple(weight / sum(weights) for weight in weights)


def _describe(branches: Sequence[Branch], total: int, nouns: Nouns) -> str:
    parts = ", ".join(f"{one.title} ({one.count})" for one in branches)
    return f"{count_of(total, nouns)} fan out into the categories of the survey: {parts}."


def _tabulate(branches: Sequence[Branch], nouns: Nouns) -> Table:
    def descend(branch: Branch) -> Iterator[tuple[str | int, ...]]:
        yield (branch.title, branch.section, branch.count)
        for child in branch.children:
            yield from descend(child)

    rows = tuple(row for branch in branches for row in descend(branch))
    header = ("Category", "Section", nouns[1].capitalize())
    if not any(row[1] for row in rows):
        return Table(header=(header[0], header[2]), rows=tuple((row[0], row[2]) for row in rows))
    return Table(header=header, rows=rows)
