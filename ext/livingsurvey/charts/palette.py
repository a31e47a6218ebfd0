"""The vocabulary of looks: every class that a shape may have, and what it means.

A drawing says ``soft-3 stroke-3``, never a color; HTML finds the color in the theme, print in the
palette. A class belongs to a family, and a shape has one class of a family at the most.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from livingsurvey.charts.colors import LIGHT, fit_fill, fit_text, is_color
from livingsurvey.diagnostics import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

COLORS: Mapping[int, str] = {
    1: "#c2690c",
    2: "#2e8b57",
    3: "#2f6fdb",
    4: "#7c4dcc",
    5: "#d13b40",
    6: "#6b7280",
    7: "#0e8a8f",
    8: "#b8418f",
    9: "#7d7a1c",
    10: "#8a5a3c",
}
"""The colors where a survey gives none: amber, green, blue, violet, red, gray; four to spare."""

SIZES: Mapping[str, float] = {"small": 11.5, "compact": 12.5, "": 14, "large": 18}
"""The sizes of text in pixels by the word for them.

Across A4 a picture of 720 pixels shrinks to 0.61 points a pixel: the least size is 7 points.
"""

WIDTHS: Mapping[str, float] = {"thin": 1, "": 1.5, "thick": 2.5}
"""The widths of lines in pixels by the word for them."""

DASH = (5, 4)
"""The lengths of dashes and of the gaps between them."""

FAINT = 30
"""How much of the muted color lines hold that stay behind the data, in percent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What a class means.

    Attributes:
        family: Of the words of one family, a shape has one at the most.
        meaning: For people.
        on_text: Whether a text may have it.
        on_shapes: Whether shapes other than texts may have it.
        in_drawings: Whether drawings by hand may use it; the rest is for charts.
    """

    family: str
    meaning: str
    on_text: bool = False
    on_shapes: bool = True
    in_drawings: bool = True


def _words() -> dict[str, Word]:
    words: dict[str, Word] = {}
    for index in COLORS:
        own = {"in_drawings": index <= 6}
        words[f"fill-{index}"] = Word(
            family="fill", meaning=f"filled with color {index}", on_text=True, **own
        )
        words[f"soft-{index}"] = Word(
            family="fill", meaning=f"filled with a pale color {index}", **own
        )
        words[f"stroke-{index}"] = Word(family="stroke", meaning=f"lines in color {index}", **own)
    for name, meaning in (("surface", "the page"), ("ink", "text"), ("muted", "lesser text")):
        words[f"fill-{name}"] = Word(
            family="fill", meaning=f"filled with the color of {meaning}", on_text=True
        )
    words["fill-none"] = Word(family="fill", meaning="not filled")
    for name, meaning in (("surface", "the page"), ("ink", "text"), ("muted", "lesser text")):
        words[f"stroke-{name}"] = Word(
            family="stroke",
            meaning=f"lines in the color of {meaning}",
            in_drawings=name != "surface",
        )
    words["stroke-faint"] = Word(
        family="stroke", meaning="lines that stay behind the data", in_drawings=False
    )
    words["thick"] = Word(family="width", meaning="thick lines")
    words["thin"] = Word(family="width", meaning="thin lines")
    words["dashed"] = Word(family="dash", meaning="dashed lines")
    words["arrow"] = Word(family="arrow", meaning="an arrow head at the end of an open line")
    for name, family, meaning in (
        ("small", "size", "11.5 px instead of 14 px"),
        ("compact", "size", "12.5 px instead of 14 px"),
        ("large", "size", "18 px instead of 14 px"),
        ("bold", "weight", "bold"),
        ("italic", "slant", "italic"),
        ("mono", "font", "monospaced"),
        ("middle", "anchor", "centered on x"),
        ("end", "anchor", "ends at x"),
    ):
        words[name] = Word(family=family, meaning=meaning, on_text=True, on_shapes=False)
    for level in range(1, 6):
        words[f"level-{level}"] = Word(
            family="level",
            meaning=f"how much of its soft color a shape holds: step {level} of 5",
            in_drawings=False,
        )
        words[f"on-{level}"] = Word(
            family="fill",
            meaning=f"the color in which text reads on level {level}",
            on_text=True,
            on_shapes=False,
            in_drawings=False,
        )
    words["hit"] = Word(
        family="hit", meaning="invisible; the area of a link that can be clicked", in_drawings=False
    )
    return words


VOCABULARY: Mapping[str, Word] = _words()
"""Every class and its meaning."""

DRAWING_WORDS = tuple(name for name, word in VOCABULARY.items() if word.in_drawings)
"""The classes that drawings by hand may use."""


def check_classes(
    classes: Iterable[str], *, text: bool, words: Iterable[str] = VOCABULARY
) -> list[tuple[str, str]]:
    """Return what is wrong with the classes of a shape: pairs of a message and a suggestion.

    Args:
        classes: The classes of one shape.
        text: Whether it is a text.
        words: The classes that are allowed.
    """
    allowed = tuple(words)
    problems: list[tuple[str, str]] = []
    seen: dict[str, str] = {}
    for name in classes:
        if name not in allowed:
            problems.append((f"unknown class '{name}'", did_you_mean(name, allowed)))
            continue
        word = VOCABULARY[name]
        if text and not word.on_text:
            problems.append((f"class '{name}' has no meaning on a text", ""))
        elif not text and not word.on_shapes:
            problems.append((f"class '{name}' has a meaning on texts only", ""))
        elif word.family in seen and seen[word.family] != name:
            problems.append((f"classes '{seen[word.family]}' and '{name}' exclude each other", ""))
        seen.setdefault(word.family, name)
    return problems


def inherit(classes: tuple[str, ...], inherited: tuple[str, ...]) -> tuple[str, ...]:
    """Return a shape's classes with those of its group whose family it does not name itself."""
    families = {VOCABULARY[name].family for name in classes if name in VOCABULARY}
    kept = tuple(
        name for name in inherited if name in VOCABULARY and VOCABULARY[name].family not in families
    )
    return classes + kept


def find_word(classes: Iterable[str], family: str) -> str:
    """Return the class of a family, or ``""``."""
    for name in classes:
        if name in VOCABULARY and VOCABULARY[name].family == family:
            return name
    return ""


def text_size(classes: Iterable[str]) -> float:
    """Return the size in pixels of a text with these classes."""
    return SIZES[find_word(classes, "size")]


def line_width(classes: Iterable[str]) -> float:
    """Return the width in pixels of the lines of a shape with these classes."""
    return WIDTHS[find_word(classes, "width")]


def index_of(name: str) -> int:
    """Return the number at the end of a class such as ``soft-3``, or 0."""
    number = name.rpartition("-")[2]
    return int(number) if number.isdecimal() else 0


def complete_palette(colors: Mapping[int, str]) -> dict[int, str]:
    """Return the colors with the default for each index that they leave out or garble."""
    return {
        index: colors[index].lower() if is_color(colors.get(index, "")) else default
        for index, default in COLORS.items()
    }


def print_colors(colors: Mapping[int, str]) -> dict[str, str]:
    """Return the colors of print, by name, without ``#``.

    ``lsC1`` fills and draws, ``lsT1`` is for text; ``lsInk``, ``lsMuted`` and ``lsSurface`` are
    those of the light theme.
    """
    named = {"lsSurface": LIGHT.surface, "lsInk": LIGHT.ink, "lsMuted": LIGHT.muted}
    for index, color in complete_palette(colors).items():
        named[f"lsC{index}"] = fit_fill(color, LIGHT)
        named[f"lsT{index}"] = fit_text(color, LIGHT)
    return {name: color.removeprefix("#").upper() for name, color in named.items()}
