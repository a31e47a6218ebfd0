"""The vocabulary of looks: every class that a shape may have, what it means, and its color.

A drawing says ``soft-3 stroke-3``, never a color; HTML finds the color in the theme, print in the
palette. A class belongs to a family, and a shape has one class of a family at the most. Colors
are fitted to the page, so that text in them and on them reads as WCAG 2 defines it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from livingsurvey.diagnostics import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

COLORS: Mapping[int, str] = {
    1: "#c2690c", 2: "#2e8b57", 3: "#2f6fdb", 4: "#7c4dcc", 5: "#d13b40", 6: "#6b7280",
    7: "#0e8a8f", 8: "#b8418f", 9: "#7d7a1c", 10: "#8a5a3c",
}  # fmt: skip
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


@dataclass(frozen=True, slots=True)
class Word:
    """What a class may be used for.

    Attributes:
        family: Of the words of one family, a shape has one at the most.
        on_text: Whether a text may have it.
        on_shapes: Whether shapes other than texts may have it.
        in_drawings: Whether drawings by hand may use it; the rest is for charts.
    """

    family: str
    on_text: bool = False
    on_shapes: bool = True
    in_drawings: bool = True


def _list_words() -> Iterator[tuple[str, Word]]:
    for index in COLORS:
        by_hand = index <= 6
        yield f"fill-{index}", Word("fill", on_text=True, in_drawings=by_hand)
        yield f"soft-{index}", Word("fill", in_drawings=by_hand)  # a pale background
        yield f"stroke-{index}", Word("stroke", in_drawings=by_hand)
    for name in ("surface", "ink", "muted"):  # the colors of the page, of text, of lesser text
        yield f"fill-{name}", Word("fill", on_text=True)
    yield "fill-none", Word("fill")
    for name in ("surface", "ink", "muted"):
        yield f"stroke-{name}", Word("stroke", in_drawings=name != "surface")
    yield "stroke-faint", Word("stroke", in_drawings=False)  # stays behind the data
    for name, family in (("thick", "width"), ("thin", "width"), ("dashed", "dash")):
        yield name, Word(family)
    yield "arrow", Word("arrow")  # a head at the end of an open line
    for name, family in (
        *(("small", "size"), ("compact", "size"), ("large", "size"), ("bold", "weight")),
        *(("italic", "slant"), ("mono", "font"), ("middle", "anchor"), ("end", "anchor")),
    ):
        yield name, Word(family, on_text=True, on_shapes=False)
    for level in range(1, 6):
        # How much of its soft color a shape holds, and the color of text that reads on it.
        yield f"level-{level}", Word("level", in_drawings=False)
        yield f"on-{level}", Word("fill", on_text=True, on_shapes=False, in_drawings=False)
    yield "hit", Word("hit", in_drawings=False)  # invisible; where a link can be clicked


VOCABULARY: Mapping[str, Word] = dict(_list_words())
"""Every class, and what it may be used for."""

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
    known = (name for name in inherited if name in VOCABULARY)
    return classes + tuple(name for name in known if VOCABULARY[name].family not in families)


def find_word(classes: Iterable[str], family: str) -> str:
    """Return the class of a family, or ``""``."""
    known = (name for name in classes if name in VOCABULARY)
    return next((name for name in known if VOCABULARY[name].family == family), "")


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


def print_colors(colors: Mapping[int, str]) -> dict[str, str]:
    """Return the colors of print, by name, without ``#``; the default for what is no color.

    ``lsC1`` fills and draws, ``lsT1`` is for text; ``lsInk``, ``lsMuted`` and ``lsSurface`` are
    those of the light theme.
    """
    named = {"lsSurface": LIGHT.surface, "lsInk": LIGHT.ink, "lsMuted": LIGHT.muted}
    for index, default in COLORS.items():
        color = colors.get(index, "")
        color = color if is_color(color) else default
        named[f"lsC{index}"] = fit_fill(color, LIGHT)
        named[f"lsT{index}"] = fit_text(color, LIGHT)
    return {name: color.removeprefix("#").upper() for name, color in named.items()}


_HEX = re.compile(r"#[0-9a-fA-F]{6}")

READABLE = 4.5
"""The contrast that WCAG 2 level AA asks of small text (success criterion 1.4.3)."""


@dataclass(frozen=True, slots=True)
class Theme:
    """The page that pictures stand on.

    Attributes:
        surface: The color of the page.
        ink: The color of text.
        muted: The color of lesser text and of lines that step back.
        soft: How much of a color its pale background holds, in percent.
        levels: How much of a color the five levels of a scale hold, in percent.
        inked: The last level on which text is in *ink*; beyond, it is in *surface*.
        shared: Whether fills and texts have one color, not two.
    """

    surface: str
    ink: str
    muted: str
    soft: int
    levels: tuple[int, int, int, int, int]
    inked: int
    shared: bool


LIGHT = Theme(
    "#ffffff", "#1f2328", "#59606b", soft=13, levels=(14, 30, 48, 68, 100), inked=4, shared=False
)
# The page of furo's dark theme.
DARK = Theme(
    "#131416", "#d6d8db", "#a0a6b0", soft=18, levels=(16, 32, 48, 86, 100), inked=3, shared=True
)


def is_color(text: str) -> bool:
    """Whether *text* is a color in the form ``#rrggbb``."""
    return _HEX.fullmatch(text) is not None


def mix(color: str, other: str, percent: float) -> str:
    """Return *percent* of a color in another one, as CSS (in sRGB) and xcolor mix them."""
    share = percent / 100
    pairs = zip(_channels(color), _channels(other), strict=True)
    return "#" + "".join(f"{round(own * share + its * (1 - share)):02x}" for own, its in pairs)


def contrast(color: str, other: str) -> float:
    """Return the contrast of two colors, from 1 to 21.

    Source: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
    """
    darker, lighter = sorted((_luminance(color), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@cache
def fit_fill(color: str, theme: Theme) -> str:
    """Return the color, darker or lighter if need be, so that text reads on it.

    That is text in the color of the page on the full color, and text in *ink* or in the color of
    the page on the levels of its scale. In a theme that shares colors, it is fit for text as well.
    """
    return _fit(color, lambda fitted: _is_ground(fitted, theme), theme)


@cache
def fit_text(color: str, theme: Theme) -> str:
    """Return the color, darker or lighter if need be, so that text in it reads.

    It reads on the page and on the pale background that :func:`fit_fill` gives the color.
    """
    fill = fit_fill(color, theme)
    if theme.shared:
        return fill
    soft = mix(fill, theme.surface, theme.soft)
    return _fit(color, lambda fitted: _reads(fitted, theme.surface) and _reads(fitted, soft), theme)


def _fit(color: str, is_fit: Callable[[str], bool], theme: Theme) -> str:
    """Return the fitting color that is nearest between the color and black or white."""
    color = color.lower()
    mixed = (mix(end, color, part) for part in range(101) for end in ("#000000", "#ffffff"))
    return next(filter(is_fit, mixed), theme.ink)


def _is_ground(color: str, theme: Theme) -> bool:
    pairs = [
        (theme.ink if level <= theme.inked else theme.surface, share)
        for level, share in enumerate(theme.levels, 1)
    ]
    if theme.shared:
        pairs.append((color, theme.soft))
    return all(_reads(text, mix(color, theme.surface, share)) for text, share in pairs)


def _reads(text: str, ground: str) -> bool:
    return contrast(text, ground) >= READABLE


def _channels(color: str) -> tuple[int, int, int]:
    if not is_color(color):
        raise ValueError(f"{color!r} is no color of the form #rrggbb")
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _luminance(color: str) -> float:
    shares = (channel / 255 for channel in _channels(color))
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
