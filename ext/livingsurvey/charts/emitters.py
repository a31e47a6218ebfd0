r"""The two ways out of a picture: SVG that stands inside HTML, and TikZ for print.

SVG follows the theme: it holds classes (``ls-fill-1``) and no colors; ``livingsurvey-charts.css``
gives them theirs, light, dark and in print. A survey's own colors ride on the root element as
custom properties: ``--ls-c1`` fills and draws in light, ``--ls-t1`` is for text in light,
``--ls-d1`` is for everything in dark; each is fitted so that text in it, and on it, reads.

TikZ has the colors of the light theme. It needs ``\usepackage{tikz}`` and, where there are links,
hyperref; no TikZ library. It holds no command that comes from a text: texts are escaped, and
labels are checked.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, TypeAlias
from xml.sax.saxutils import escape

from livingsurvey.charts.looks import (
    COLORS,
    DARK,
    DASH,
    FAINT,
    LIGHT,
    VOCABULARY,
    find_word,
    fit_fill,
    fit_text,
    index_of,
    is_color,
    line_width,
    print_colors,
    text_size,
)
from livingsurvey.charts.shapes import (
    ELEMENTS,
    LENGTHS,
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
from livingsurvey.markup import escape_tex
from livingsurvey.markup.letters import HIDDEN_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from livingsurvey.charts.shapes import Mark, Outline, Picture, Point, Segment, Shape


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


_FITTED = (("c", fit_fill, LIGHT), ("t", fit_text, LIGHT), ("d", fit_text, DARK))


def _render_style(picture: Picture, colors: Mapping[int, str]) -> str:
    words = (name for mark in picture.marks for name in mark.classes)
    used = {index_of(name) for name in words if name.startswith(("fill-", "soft-", "stroke-"))}
    properties = [
        f"--ls-{letter}{index}:{fit(colors[index], theme)}"
        for index in sorted(used & COLORS.keys())
        if is_color(colors.get(index, ""))
        for letter, fit, theme in _FITTED
    ]
    return f' style="{";".join(properties)}"' if properties else ""


def _render_shapes(picture: Picture, resolve: Resolve, *, is_book: bool) -> Iterator[str]:
    rendered = (_render_shape(shape, resolve, is_book=is_book) for shape in picture.shapes)
    for is_link, group in groupby(rendered, itemgetter(0)):
        texts = [text for _, text in group]
        if is_link and len(texts) > 1:
            items = (f'<g role="listitem">\n{link}</g>\n' for link in texts)
            texts = ['<g role="list">\n', *items, "</g>\n"]
        yield from texts


def _render_shape(shape: Shape, resolve: Resolve, *, is_book: bool) -> tuple[bool, str]:
    """Return whether a shape is a link, and what it is in SVG."""
    if not isinstance(shape, LinkArea):
        return False, _render_mark(shape)
    children = "".join(map(_render_mark, shape.children))
    href = resolve(shape.target)
    if not href:
        return False, children
    label = escape_xml(shape.label)
    title = f"<title>{label}</title>\n" if is_book else ""
    opened = f'<a href="{escape_xml(href)}" class="ls-link" aria-label="{label}">'
    return True, f"{opened}\n{title}{children}</a>\n"


def _render_mark(mark: Mark) -> str:
    if isinstance(mark, TextLine):
        shown = escape_xml(" ".join(mark.text.split()))
        x, y = format_length(mark.x), format_length(mark.y)
        return f'<text x="{x}" y="{y}"{_render_classes(mark.classes)}>{shown}</text>\n'
    return "".join(map(_render_outline, split_arrow(mark)))


def _render_outline(mark: Outline) -> str:
    name = next(name for name, shape in ELEMENTS.items() if shape is type(mark))
    match mark:
        case Polyline() | Polygon():
            points = (f"{format_length(x)},{format_length(y)}" for x, y in mark.points)
            geometry = {"points": " ".join(points)}
        case Path():
            words = (" ".join((letter, *map(format_length, ns))) for letter, ns in mark.segments)
            geometry = {"d": " ".join(words)}
        case _:
            geometry = {name: format_length(getattr(mark, name)) for name in LENGTHS[type(mark)]}
    tip = ""
    if isinstance(mark, Rect):
        geometry |= {} if mark.rx else {"rx": ""}
        tip = f"<title>{escape_xml(mark.tip)}</title>" if mark.tip else ""
    written = "".join(f' {name}="{value}"' for name, value in geometry.items() if value)
    opened = f"<{name}{written}{_render_classes(mark.classes)}"
    return f"{opened}>{tip}</{name}>\n" if tip else f"{opened}/>\n"


def _render_classes(classes: Iterable[str]) -> str:
    names = [f"ls-{name}" for name in classes if name in VOCABULARY and name != "arrow"]
    return f' class="{" ".join(names)}"' if names else ""


LARGEST_SCALE = 0.75
"""Points per pixel at the most: a small picture is not blown up beyond its size on screen."""

_LABEL = re.compile(r"(?:\\detokenize\{)?([A-Za-z0-9:._/+@ -]+)\}?")
_COLOR = re.compile(r"\bls(?:[CT]\d+|Ink|Muted|Surface)\b")
_ANCHORS = {"": "base west", "middle": "base", "end": "base east"}
_FONTS = (("bold", r"\bfseries"), ("italic", r"\itshape"), ("mono", r"\ttfamily"))


def to_tikz(
    picture: Picture,
    resolve: Resolve = lambda _: None,
    *,
    width: float = 440.0,
    palette_colors: Mapping[int, str] | None = None,
) -> str:
    r"""Return a picture as a ``tikzpicture`` in a group of its own.

    Args:
        picture: What to draw.
        resolve: The label to which a target leads, bare or within ``\detokenize{…}``, or None.
        width: The room across in TeX points; the picture is scaled down to fit it.
        palette_colors: The survey's colors by their number; those left out are the default.

    Raises:
        ValueError: A label holds characters that TeX would take for more than a name.
    """
    scale = min(width / picture.width, LARGEST_SCALE)
    writer = _TikzWriter(scale)
    body = "".join(writer.write(picture, resolve))
    colors = print_colors(palette_colors or {})
    used = sorted(set(_COLOR.findall(body)), key=list(colors).index)
    defined = "".join(f"\\definecolor{{{name}}}{{HTML}}{{{colors[name]}}}%\n" for name in used)
    unit = f"{scale:.5f}pt"
    far_corner = f"({format_length(picture.width)},{format_length(picture.height)})"
    return (
        f"\\begingroup%\n{defined}"
        f"\\begin{{tikzpicture}}[x={{({unit},0pt)}},y={{(0pt,-{unit})}},line join=round,"
        "every node/.style={inner sep=0pt,outer sep=0pt}]\n"
        f"\\useasboundingbox (0,0) rectangle {far_corner};\n"
        f"{body}"
        "\\end{tikzpicture}%\n\\endgroup\n"
    )


class _TikzWriter:
    def __init__(self, scale: float) -> None:
        self.scale = scale

    def write(self, picture: Picture, resolve: Resolve) -> Iterator[str]:
        for shape in picture.shapes:
            if isinstance(shape, LinkArea):
                label = resolve(shape.target)
                name = _check_label(label) if label else ""
                yield from (self.write_mark(child, name) for child in shape.children)
            else:
                yield self.write_mark(shape)

    def write_mark(self, mark: Mark, label: str = "") -> str:
        if isinstance(mark, TextLine):
            return self.write_text(mark, label)
        return "".join(map(self.write_outline, split_arrow(mark)))

    def write_text(self, text: TextLine, label: str) -> str:
        size = text_size(text.classes) * self.scale
        fonts = "".join(command for word, command in _FONTS if word in text.classes)
        shown = escape_tex(" ".join(text.text.split()))
        if not shown:
            return ""
        color = _text_color(find_word(text.classes, "fill"))
        shown = f"\\textcolor{{{color}}}{{{shown}}}"
        if label:
            # One link per text: the area that drivers make of a box follows what is printed.
            shown = f"\\hyperref[\\detokenize{{{label}}}]{{{shown}}}"
        anchor = _ANCHORS[find_word(text.classes, "anchor")]
        font = f"\\sffamily\\fontsize{{{size:.2f}pt}}{{{1.2 * size:.2f}pt}}\\selectfont{fonts}"
        return f"\\node[anchor={anchor}] at {_point((text.x, text.y))} {{{font}{{}}{shown}}};\n"

    def write_outline(self, mark: Outline) -> str:
        options = ",".join(self.list_options(mark))
        return f"\\path[{options}] {self.find_route(mark)};\n" if options else ""

    def list_options(self, mark: Outline) -> Iterator[str]:
        fill, stroke = _fill_color(mark.classes), find_word(mark.classes, "stroke")
        if "hit" in mark.classes or not (fill or stroke):
            return
        if fill:
            yield f"fill={fill}"
        if stroke:
            yield f"draw={_name_color(stroke)}"
            yield f"line width={self.convert(line_width(mark.classes))}"
            if "dashed" in mark.classes:
                on, off = map(self.convert, DASH)
                yield f"dash pattern=on {on} off {off}"
        if isinstance(mark, Rect) and mark.rx:
            radius = min(mark.rx, mark.width / 2, mark.height / 2)
            yield f"rounded corners={self.convert(radius)}"

    def find_route(self, mark: Outline) -> str:
        match mark:
            case Rect():
                corner = (mark.x + mark.width, mark.y + mark.height)
                return f"{_point((mark.x, mark.y))} rectangle {_point(corner)}"
            case Line():
                return f"{_point((mark.x1, mark.y1))} -- {_point((mark.x2, mark.y2))}"
            case Polyline():
                return " -- ".join(map(_point, mark.points))
            case Polygon():
                return " -- ".join((*map(_point, mark.points), "cycle"))
            case Circle():
                return f"{_point((mark.cx, mark.cy))} circle[radius={self.convert(mark.r)}]"
            case Ellipse():
                radii = f"x radius={self.convert(mark.rx)},y radius={self.convert(mark.ry)}"
                return f"{_point((mark.cx, mark.cy))} ellipse[{radii}]"
            case Path():
                return " ".join(_route(mark.segments))

    def convert(self, length: float) -> str:
        return f"{length * self.scale:.3f}pt"


def _check_label(label: str) -> str:
    match = _LABEL.fullmatch(label)
    if match is None or label not in {match[1], f"\\detokenize{{{match[1]}}}"}:
        raise ValueError(f"{label!r} is no label that TeX can refer to")
    return match[1]


def _route(segments: tuple[Segment, ...]) -> Iterator[str]:
    current = (0.0, 0.0)
    for command, numbers in segments:
        points = list(zip(numbers[::2], numbers[1::2], strict=True))
        match command:
            case "M":
                yield _point(points[0])
            case "L":
                yield f"-- {_point(points[0])}"
            case "Q":
                # TikZ knows cubic curves only; this one is the same curve.
                (x0, y0), (x1, y1), (x2, y2) = current, *points
                first = (x0 + 2 / 3 * (x1 - x0), y0 + 2 / 3 * (y1 - y0))
                second = (x2 + 2 / 3 * (x1 - x2), y2 + 2 / 3 * (y1 - y2))
                yield f".. controls {_point(first)} and {_point(second)} .. {_point((x2, y2))}"
            case "C":
                leaving, arriving, end = map(_point, points)
                yield f".. controls {leaving} and {arriving} .. {end}"
            case _:
                yield "-- cycle"
        current = points[-1] if points else current


def _point(point: Point) -> str:
    return f"({format_length(point[0])},{format_length(point[1])})"


def _name_color(word: str) -> str:
    if word == "stroke-faint":
        return f"lsMuted!{FAINT}!lsSurface"
    index = index_of(word)
    return f"lsC{index}" if index else f"ls{word.rpartition('-')[2].capitalize()}"


def _fill_color(classes: tuple[str, ...]) -> str:
    fill = find_word(classes, "fill")
    if fill in {"", "fill-none"}:
        return ""
    if not fill.startswith("soft-"):
        return _name_color(fill)
    level = find_word(classes, "level")
    share = LIGHT.levels[index_of(level) - 1] if level else LIGHT.soft
    return f"{_name_color(fill)}!{share}!lsSurface"


def _text_color(fill: str) -> str:
    if not fill:
        return "lsInk"
    if fill.startswith("on-"):
        return "lsInk" if index_of(fill) <= LIGHT.inked else "lsSurface"
    return _name_color(fill).replace("lsC", "lsT")
