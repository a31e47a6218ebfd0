"""Pictures as SVG: what is drawn, what is linked, what is said of it."""

from __future__ import annotations

import re

import pytest
from lxml import etree

from livingsurvey.charts.emitters import to_svg
from livingsurvey.charts.shapes import (
    Circle,
    Ellipse,
    Line,
    LinkArea,
    Path,
    Picture,
    Polygon,
    Polyline,
    Rect,
    TextLine,
)

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = """<script>alert("1")</script> & \\input{x} % ' ]]> --> \x00\x1b\ud800\u202e"""


def draw(*shapes, width=100, height=50, title="A title", description="What one sees"):
    return Picture(width=width, height=height, shapes=shapes, title=title, description=description)


def parse(svg):
    return etree.fromstring(svg.encode())


def names(root):
    return [element.tag.removeprefix(SVG) for element in root]


def link(key, *children, label="Go"):
    return LinkArea(target=("category", key), label=label, children=children)


def test_a_picture_without_links_is_an_image_with_name_and_description():
    root = parse(to_svg(draw(Rect(x=1, y=2, width=3, height=4)), id_prefix="p"))
    assert root.get("role") == "img"
    assert root.get("viewBox") == "0 0 100 50"
    title = root.find(f"{SVG}title")
    assert (root.get("aria-labelledby"), title.get("id"), title.text) == (
        "p-title",
        "p-title",
        "A title",
    )
    assert root.find(f"{SVG}desc[@id='{root.get('aria-describedby')}']").text == "What one sees"


def test_no_description_no_reference_to_one():
    root = parse(to_svg(draw(description=""), id_prefix="p"))
    assert root.get("aria-describedby") is None
    assert root.find(f"{SVG}desc") is None


def test_each_shape_becomes_its_element():
    picture = draw(
        Rect(x=0, y=0, width=9.999, height=-0.0001, rx=2),
        Line(x1=0, y1=0, x2=5, y2=5),
        Polyline(points=((0, 0), (1, 2.5))),
        Polygon(points=((0, 0), (1, 1), (2, 0))),
        Circle(cx=1, cy=2, r=3),
        Ellipse(cx=1, cy=2, rx=3, ry=4),
        Path(segments=(("M", (0, 0)), ("C", (1, 1, 2, 2, 3, 3)), ("Z", ()))),
        TextLine(x=1, y=2, text="words"),
    )
    root = parse(to_svg(picture, id_prefix="p"))
    shapes = root[2:]
    expected = ["rect", "line", "polyline", "polygon", "circle", "ellipse", "path", "text"]
    assert names(shapes) == expected
    assert dict(shapes[0].attrib) == {"x": "0", "y": "0", "width": "10", "height": "0", "rx": "2"}
    assert shapes[2].get("points") == "0,0 1,2.5"
    assert shapes[6].get("d") == "M 0 0 C 1 1 2 2 3 3 Z"


def test_looks_are_classes_and_never_colors():
    picture = draw(
        Rect(x=0, y=0, width=9, height=9, classes=("soft-1", "stroke-1", "dashed")),
        TextLine(x=1, y=2, text="words", classes=("fill-muted", "small")),
    )
    svg = to_svg(picture, id_prefix="p", palette_colors={1: "#ff8800", 2: "#00ff00"})
    root = parse(svg)
    assert root[2].get("class") == "ls-soft-1 ls-stroke-1 ls-dashed"
    assert root[3].get("class") == "ls-fill-muted ls-small"
    style = root.attrib.pop("style")
    assert [part.partition(":")[0] for part in style.split(";")] == [
        "--ls-c1",
        "--ls-t1",
        "--ls-d1",
    ]
    assert not re.search("#[0-9a-f]", svg.replace(style, ""))
    assert not root.xpath("//@fill | //@stroke | //@style | //*[local-name()='style']")


def test_a_garbled_color_is_left_to_the_theme():
    picture = draw(Rect(x=0, y=0, width=9, height=9, classes=("fill-1",)))
    svg = to_svg(picture, id_prefix="p", palette_colors={1: "red;} *{display:none"})
    assert parse(svg).get("style") is None


def test_unknown_classes_do_not_reach_the_page():
    picture = draw(Rect(x=0, y=0, width=9, height=9, classes=('x" onclick="1', "fill-1")))
    assert parse(to_svg(picture, id_prefix="p"))[2].get("class") == "ls-fill-1"


def test_an_arrow_is_a_line_that_ends_inside_its_head():
    arrow = Line(x1=0, y1=0, x2=40, y2=0, classes=("stroke-2", "arrow"))
    root = parse(to_svg(draw(arrow), id_prefix="p"))
    line, head = root[2:]
    points = [tuple(map(float, point.split(","))) for point in head.get("points").split()]
    assert head.get("class") == "ls-fill-2"
    assert points[0] == (40, 0)
    assert min(x for x, _ in points) < float(line.get("x2")) < 40
    assert min(y for _, y in points) == -max(y for _, y in points) < 0


@pytest.mark.parametrize(
    "shape",
    [
        Polyline(points=((0, 0), (40, 0), (40, 40)), classes=("stroke-ink", "arrow")),
        Path(segments=(("M", (0, 0)), ("Q", (40, 0, 40, 40))), classes=("stroke-ink", "arrow")),
        Path(
            segments=(("M", (0, 0)), ("C", (0, 0, 40, 0, 40, 40))), classes=("stroke-ink", "arrow")
        ),
    ],
)
def test_a_head_points_where_its_line_goes(shape):
    head = parse(to_svg(draw(shape), id_prefix="p"))[-1]
    tip, *back = [tuple(map(float, point.split(","))) for point in head.get("points").split()]
    assert tip == (40, 40)
    assert all(y < 40 for _, y in back)


def test_an_arrow_without_direction_has_no_head():
    shape = Line(x1=4, y1=4, x2=4, y2=4, classes=("stroke-2", "arrow"))
    assert names(parse(to_svg(draw(shape), id_prefix="p"))) == ["title", "desc", "line"]


def test_links_in_a_row_are_a_list():
    picture = draw(
        link("a", TextLine(x=1, y=9, text="A")),
        link("b", TextLine(x=1, y=19, text="B"), label="B, 2 papers"),
        Rect(x=0, y=0, width=1, height=1),
        link("c", TextLine(x=1, y=29, text="C")),
    )
    root = parse(to_svg(picture, lambda target: f"x.html#{target[1]}", id_prefix="p"))
    assert root.get("role") == "group"
    assert [(one.tag.removeprefix(SVG), one.get("role")) for one in root[2:]] == [
        ("g", "list"),
        ("rect", None),
        ("a", None),
    ]
    items = root[2]
    assert [item.get("role") for item in items] == ["listitem", "listitem"]
    links = root.findall(f".//{SVG}a")
    assert [one.get("href") for one in links] == ["x.html#a", "x.html#b", "x.html#c"]
    assert links[1].get("aria-label") == "B, 2 papers"
    assert [one.findtext(f"{SVG}text") for one in links] == ["A", "B", "C"]


def test_what_leads_nowhere_is_drawn_without_a_link():
    picture = draw(
        link("a", TextLine(x=1, y=9, text="A")), link("b", TextLine(x=1, y=19, text="B"))
    )
    svg = to_svg(picture, lambda target: "#a" if target[1] == "a" else None, id_prefix="p")
    root = parse(svg)
    assert len(root.findall(f".//{SVG}a")) == 1
    assert [text.text for text in root.iter(f"{SVG}text")] == ["A", "B"]
    assert parse(to_svg(picture, id_prefix="p")).get("role") == "img"


def test_hostile_words_stay_words():
    shapes = (
        TextLine(x=1, y=9, text=HOSTILE),
        Rect(x=0, y=0, width=9, height=9, tip=HOSTILE),
        link("a", TextLine(x=1, y=9, text="x"), label=HOSTILE),
    )
    picture = draw(*shapes, title=HOSTILE, description=HOSTILE)
    root = parse(to_svg(picture, lambda _: '"><script>', id_prefix="p"))
    elements = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert elements == {"svg", "title", "desc", "text", "rect", "a"}
    said = HOSTILE.translate(dict.fromkeys(map(ord, "\x00\x1b\ud800\u202e")))
    assert root.findtext(f"{SVG}title") == said
    assert root.findtext(f"{SVG}text") == said
    assert root.findtext(f"{SVG}rect/{SVG}title") == said
    assert root.find(f"{SVG}a").get("aria-label") == said
    assert root.find(f"{SVG}a").get("href") == '"><script>'


def test_the_same_picture_gives_the_same_bytes():
    picture = draw(Rect(x=1 / 3, y=2, width=3, height=4, classes=("fill-2", "stroke-1")))
    colors = {1: "#aa0000", 2: "#00aa00"}
    one = to_svg(picture, id_prefix="p", palette_colors=colors)
    assert one == to_svg(picture, id_prefix="p", palette_colors=dict(reversed(colors.items())))
    assert 'x="0.33"' in one


def test_wide_pictures_scroll():
    assert parse(to_svg(draw(width=720), id_prefix="p")).get("class") == "ls-picture ls-scrolling"
    assert parse(to_svg(draw(width=360), id_prefix="p")).get("class") == "ls-picture"
