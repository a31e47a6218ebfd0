"""Arithmetic of colors: mixing, contrast as WCAG 2 defines it, and fitting a color to a page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

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
    surface="#ffffff",
    ink="#1f2328",
    muted="#59606b",
    soft=13,
    levels=(14, 30, 48, 68, 100),
    inked=4,
    shared=False,
)
DARK = Theme(
    surface="#131416",  # the page of furo's dark theme
    ink="#d6d8db",
    muted="#a0a6b0",
    soft=18,
    levels=(16, 32, 48, 86, 100),
    inked=3,
    shared=True,
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
    """Return the color, darker or lighter if need be, so that text reads on it.

    That is text in the color of the page on the full color, and text in *ink* or in the color of
    the page on the levels of its scale. In a theme that shares colors, it is fit for text as well.
    """
    return _fit(color, lambda one: _is_ground(one, theme), theme)


@cache
def fit_text(color: str, theme: Theme) -> str:
    """Return the color, darker or lighter if need be, so that text in it reads.

    It reads on the page and on the pale background that :func:`fit_fill` gives the color.
    """
    fill = fit_fill(color, theme)
    if theme.shared:
        return fill
    soft = mix(fill, theme.surface, theme.soft)
    return _fit(color, lambda one: _reads(one, theme.surface) and _reads(one, soft), theme)


def _fit(color: str, is_fit: Callable[[str], bool], theme: Theme) -> str:
    """Return the fitting color that is nearest between the color and black or white."""
    color = color.lower()
    for percent in range(101):
        for end in ("#000000", "#ffffff"):
            fitted = mix(end, color, percent)
            if is_fit(fitted):
                return fitted
    return theme.ink


def _is_ground(color: str, theme: Theme) -> bool:
    for level, share in enumerate(theme.levels, 1):
        text = theme.ink if level <= theme.inked else theme.surface
        if not _reads(text, mix(color, theme.surface, share)):
            return False
    return not theme.shared or _reads(color, mix(color, theme.surface, theme.soft))


def _reads(text: str, ground: str) -> bool:
    return contrast(text, ground) >= READABLE


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
