"""Whether the texts of a drawing stand clear of each other and of its edges, by estimate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livingsurvey.charts.measure import locate_text
from livingsurvey.charts.shapes import Text
from livingsurvey.diagnostics import Code, Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from livingsurvey.charts.measure import Box
    from livingsurvey.charts.shapes import Mark
    from livingsurvey.model import Location

_MOST = 2000  # texts that later ones are held against; a drawing has tens
_SLACK = 1.5  # pixels by which an estimate may be wrong before it is reported


def check_texts(
    marks: Iterable[tuple[Mark, Location]], width: float, height: float
) -> Iterator[Diagnostic]:
    """Yield a warning for each text that leaves the picture or overlaps an earlier one."""
    earlier: list[tuple[Text, Box, Location]] = []
    for mark, place in marks:
        if not isinstance(mark, Text):
            continue
        box = locate_text(mark)
        if _leaves(box, width, height):
            yield _warn(f"the text '{mark.text}' leaves the picture", place)
        for other, other_box, other_place in earlier:
            if box.overlaps(other_box, _SLACK):
                message = (
                    f"the text '{mark.text}' overlaps '{other.text}' of line {other_place.line}"
                )
                yield _warn(message, place)
        if len(earlier) < _MOST:
            earlier.append((mark, box, place))


def _leaves(box: Box, width: float, height: float) -> bool:
    return (
        box.left < -_SLACK
        or box.top < -_SLACK
        or box.right > width + _SLACK
        or box.bottom > height + _SLACK
    )


def _warn(message: str, place: Location) -> Diagnostic:
    return Diagnostic(
        code=Code.DRAWING,
        message=message,
        location=place,
        suggestion="move or shorten one of them" if "overlaps" in message else "",
    )
