"""Arithmetic of colors: mixing, contrast as WCAG 2 defines it, and fitting a color to a page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

_HEX = re.compile(r"#[0-9a-fA-F]{6}")

READABLE = 4.5
"""The contrast that WCAG 2 level AA asks of small text (success criterion 1.4.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """The page that pictures stand on.

    Attributes:
        surface: The color of the page.
        ink: The color of text.
        muted: The color of lesser text and of lines that step back.
        soft: How much of a color its pale background holds, in percent.
        levels: How much of a color the five levels of a scale hold, in percent.
        inked: The last level on which text is in *ink*; beyond, it is in *surface*.
    """

    surface: str
    ink: str
    muted: str
    soft: int
    levels: tuple[int, int, int, int, int]
    inked: int


LIGHT = Theme(
    surface="#ffffff",
    ink="#1f2328",
    muted="#59606b",
    soft=13,
    levels=(14, 30, 48, 68, 100),
    inked=4,
)
DARK = Theme(
    surface="#131416",  # the page of furo's dark theme
    ink="#d6d8db",
    muted="#a0a6b0",
    soft=18,
    levels=(16, 32, 50, 84, 100),
    inked=3,
)


def is_color(text: str) -> bool:
    """Whether *text* is a color in the form ``#rrggbb``."""
    return _HEX.fullmatch(text) is not None


def mix(color: str, other: str, percent: float) -> str:
    """Return *percent* of a color in another one, as CSS (in sRGB) and xcolor mix them."""
    share = percent / 100
    pairs = zip(_channels(color), _channels(other), strict=True)
    return "#" + "".join(f"{round(one * share + two * (1 - share)):02x}" for one, two in pairs)


def contrast(color: str, other: str) -> float:
    """Return the contrast of two colors, from 1 to 21.

    Source: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
    """
    darker, lighter = sorted((_luminance(color), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@cache
def fit_fill(color: str, theme: Theme) -> str:
    """Return the color, darker or lighter if need be, so that text in *surface* reads on it."""
    return _fit(color, theme, pale=False)


@cache
def fit_text(color: str, theme: Theme) -> str:
    """Return the color, darker or lighter if need be, so that text in it reads.

    It reads on the page and on the pale background that :func:`fit_fill` gives the color.
    """
    return _fit(color, theme, pale=True)


def _fit(color: str, theme: Theme, *, pale: bool) -> str:
    color = color.lower()
    away = "#000000" if _luminance(theme.surface) > 0.5 else "#ffffff"
    ground = theme.surface
    if pale:
        ground = mix(fit_fill(color, theme), theme.surface, theme.soft)
    for percent in range(101):
        fitted = mix(away, color, percent)
        if contrast(fitted, ground) >= READABLE and contrast(fitted, theme.surface) >= READABLE:
            return fitted
    return away


def _channels(color: str) -> tuple[int, int, int]:
    if not is_color(color):
        raise ValueError(f"{color!r} is no color of the form #rrggbb")
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _luminance(color: str) -> float:
    linear = []
    for channel in _channels(color):
        share = channel / 255
        linear.append(share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4)
    red, green, blue = linear
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
