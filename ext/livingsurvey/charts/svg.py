"""Pictures as SVG that stands inside HTML and follows its theme.

The output holds classes (``ls-fill-1``) and no colors: ``livingsurvey-charts.css`` gives them
theirs, light, dark and in print. A survey's own colors ride on the root element as custom
properties: ``--ls-c1`` fills and draws in light, ``--ls-t1`` is for text in light, ``--ls-d1`` is
for everything in dark; each is fitted so that text in it, and on it, reads.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias
from xml.sax.saxutils import escape

from livingsurvey.charts.looks import (
    COLORS,
    DARK,
    LIGHT,
    VOCABULARY,
    fit_fill,
    fit_text,
    index_of,
    is_color,
)
from livingsurvey.charts.shapes import (
    Circle,
    Ellipse,
    Line,
    LinkArea,
    Path,
    Polygon,
    Polyline,
    Rect,
    Target,
    TextLine,
    split_arrow,
)
from livingsurvey.markup.letters import HIDDEN_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from livingsurvey.charts.shapes import Mark, Picture

Resolve: TypeAlias = Callable[[Target], str | None]
"""Where a link leads, in the form that the output needs; None draws it without a link."""

WIDE = 480
"""Wider pictures are of class ``ls-scrolling``: they keep their size on a phone."""


def to_svg(
    picture: Picture,
    resolve: Resolve = lambda _: None,
    *,
    id_prefix: str,
    palette_colors: Mapping[int, str] | None = None,
    is_book: bool = False,
) -> str:
    """Return a picture as one ``<svg>`` element, the same bytes for the same arguments.

    Without links it is an image with a name and a description; with links it is a group, since
    an image hides what is in it from assistive technology; links that follow each other are a
    list.

    Args:
        picture: What to draw.
        resolve: The address to which a target leads, or None.
        id_prefix: Begins every id; unique on the page, of letters, digits and hyphens.
        palette_colors: The survey's colors by their number; those left out are the theme's.
        is_book: For an e-book, whose rules (EPUB 3) know no group and want a title in each link.
    """
    body = "".join(_render_shapes(picture, resolve, is_book=is_book))
    linked = "<a " in body
    role = "document" if is_book else "group"
    described = f' aria-describedby="{id_prefix}-desc"' if picture.description else ""
    wide = " ls-scrolling" if picture.width > WIDE else ""
    head = f'<title id="{id_prefix}-title">{escape_xml(picture.title)}</title>\n'
    if picture.description:
        head += f'<desc id="{id_prefix}-desc">{escape_xml(picture.description)}</desc>\n'
    width, height = format_length(picture.width), format_length(picture.height)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="ls-picture{wide}"'
        f' viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' role="{role if linked else "img"}"'
        f' aria-labelledby="{id_prefix}-title"{described}'
        f"{_render_style(picture, palette_colors or {})}>\n{head}{body}</svg>"
    )


def escape_xml(text: str) -> str:
    """Return text for XML, in elements and in attributes, without characters that it forbids."""
    return escape(HIDDEN_CHARACTERS.sub("", text), {'"': "&quot;", "'": "&#39;"})


def format_length(value: float) -> str:
    """Return a length with two decimals at the most."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _render_style(picture: Picture, colors: Mapping[int, str]) -> str:
    words = (name for mark in picture.marks for name in mark.classes)
    used = {index_of(name) for name in words if name.startswith(("fill-", "soft-", "stroke-"))}
    properties = []
    for index in sorted(used & COLORS.keys()):
        color = colors.get(index, "")
        if is_color(color):
            properties += [
                f"--ls-c{index}:{fit_fill(color, LIGHT)}",
                f"--ls-t{index}:{fit_text(color, LIGHT)}",
                f"--ls-d{index}:{fit_text(color, DARK)}",
            ]
    return f' style="{";".join(properties)}"' if properties else ""


def _render_shapes(picture: Picture, resolve: Resolve, *, is_book: bool) -> Iterable[str]:
    run: list[str] = []  # links that follow each other
    for shape in picture.shapes:
        if isinstance(shape, LinkArea):
            children = "".join(map(_render_mark, shape.children))
            if href := resolve(shape.target):
                label = escape_xml(shape.label)
                opened = f'<a href="{escape_xml(href)}" class="ls-link" aria-label="{label}">'
                title = f"<title>{label}</title>\n" if is_book else ""
                run.append(f"{opened}\n{title}{children}</a>\n")
                continue
            yield from _close_run(run)
            yield children
        else:
            yield from _close_run(run)
            yield _render_mark(shape)
    yield from _close_run(run)


def _close_run(run: list[str]) -> Iterable[str]:
    if len(run) > 1:
        yield '<g role="list">\n'
        yield from (f'<g role="listitem">\n{link}</g>\n' for link in run)
        yield "</g>\n"
    else:
        yield from run
    run.clear()


def _render_mark(mark: Mark) -> str:
    if isinstance(mark, TextLine):
        shown = escape_xml(" ".join(mark.text.split()))
        x, y = format_length(mark.x), format_length(mark.y)
        return f'<text x="{x}" y="{y}"{_render_classes(mark.classes)}>{shown}</text>\n'
    line, head = split_arrow(mark)
    return _render_outline(line) + (_render_outline(head) if head else "")


def _render_outline(mark: Mark) -> str:
    tip = ""
    match mark:
        case Rect():
            name = "rect"
            geometry = _attributes(x=mark.x, y=mark.y, width=mark.width, height=mark.height)
            geometry += _attributes(rx=mark.radius) if mark.radius else ""
            tip = f"<title>{escape_xml(mark.tip)}</title>" if mark.tip else ""
        case Line():
            name, geometry = "line", _attributes(x1=mark.x1, y1=mark.y1, x2=mark.x2, y2=mark.y2)
        case Polyline() | Polygon():
            name = type(mark).__name__.lower()
            points = (f"{format_length(x)},{format_length(y)}" for x, y in mark.points)
            geometry = f' points="{" ".join(points)}"'
        case Circle():
            name, geometry = "circle", _attributes(cx=mark.cx, cy=mark.cy, r=mark.r)
        case Ellipse():
            name = "ellipse"
            geometry = _attributes(cx=mark.cx, cy=mark.cy, rx=mark.rx, ry=mark.ry)
        case Path():
            name = "path"
            words = (" ".join((letter, *map(format_length, ns))) for letter, ns in mark.segments)
            geometry = f' d="{" ".join(words)}"'
        case TextLine():
            raise TypeError("a text has no outline")
    opened = f"<{name}{geometry}{_render_classes(mark.classes)}"
    return f"{opened}>{tip}</{name}>\n" if tip else f"{opened}/>\n"


def _render_classes(classes: Iterable[str]) -> str:
    names = [f"ls-{name}" for name in classes if name in VOCABULARY and name != "arrow"]
    return f' class="{" ".join(names)}"' if names else ""


def _attributes(**values: float) -> str:
    return "".join(f' {name}="{format_length(value)}"' for name, value in values.items())
