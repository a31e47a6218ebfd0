"""Drawings by hand: what is read, and what is said of the rest, with its place."""

from __future__ import annotations

import pytest

from livingsurvey.charts.drawing import read_drawing
from livingsurvey.charts.shapes import (
    Circle,
    Ellipse,
    Line,
    Path,
    Polygon,
    Polyline,
    Rect,
    TextLine,
)

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100">\n<title>T</title>\n'


def read(body):
    """The shapes of a drawing whose body begins on line 3, and what is said of it."""
    picture, problems = read_drawing(f"{HEAD}{body}\n</svg>", "f.svg")
    assert picture is not None
    return picture.shapes, [problem.render() for problem in problems]


def test_a_drawing_is_read_whole():
    text = """<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 300.5" width="720" height="300">
  <!-- a comment -->
  <title>Weights &amp; bits</title>
  <desc>Two
    lines.</desc>
  <rect x="1" y="2" width="3" height="4" rx="9" class="soft-1 stroke-1 thin"/>
  <line x1="1" x2="9" y2="1e1" class="stroke-ink arrow"/>
  <polyline points="0,0 10,0 10,10" class="fill-none stroke-2"/>
  <polygon points="0 0, 10 0, 10 10" class="fill-3"/>
  <circle cx="5" cy="5" r="2.5" class="fill-4"/>
  <ellipse cx="5" cy="5" rx="2" ry="1" class="fill-5"/>
  <path d="M 0 0 L 10 10" class="stroke-ink"/>
  <text x="10" y="20" class="small bold">  a &lt; b
     and more </text>
</svg>"""
    picture, problems = read_drawing(text, "f.svg")
    assert not problems
    assert (picture.width, picture.height) == (720, 300.5)
    assert (picture.title, picture.description) == ("Weights & bits", "Two lines.")
    assert picture.shapes == (
        Rect(x=1, y=2, width=3, height=4, rx=1.5, classes=("soft-1", "stroke-1", "thin")),
        Line(x1=1, y1=0, x2=9, y2=10, classes=("stroke-ink", "arrow")),
        Polyline(points=((0, 0), (10, 0), (10, 10)), classes=("fill-none", "stroke-2")),
        Polygon(points=((0, 0), (10, 0), (10, 10)), classes=("fill-3",)),
        Circle(cx=5, cy=5, r=2.5, classes=("fill-4",)),
        Ellipse(cx=5, cy=5, rx=2, ry=1, classes=("fill-5",)),
        Path(segments=(("M", (0, 0)), ("L", (10, 10))), classes=("stroke-ink",)),
        TextLine(x=10, y=20, text="a < b and more", classes=("small", "bold")),
    )


def test_groups_move_and_dress_what_is_in_them():
    shapes, problems = read(
        '<g transform="translate(10,20)" class="stroke-3 thin bold">\n'
        '<g transform="translate(5)" class="fill-1">\n'
        '<rect x="1" y="1" width="2" height="2" class="stroke-4"/>\n'
        '<text x="1" y="2">word</text>\n'
        "</g>\n"
        '<path d="M 1 1 H 5 V 6 Z"/>\n'
        "</g>\n"
        '<line x1="0" y1="0" x2="1" y2="1" class="stroke-ink"/>'
    )
    assert not problems
    assert shapes == (
        Rect(x=16, y=21, width=2, height=2, classes=("stroke-4", "fill-1", "thin")),
        TextLine(x=16, y=22, text="word", classes=("fill-1", "bold")),
        Path(
            segments=(("M", (11, 21)), ("L", (15, 21)), ("L", (15, 26)), ("Z", ())),
            classes=("stroke-3", "thin"),
        ),
        Line(x1=0, y1=0, x2=1, y2=1, classes=("stroke-ink",)),
    )


@pytest.mark.parametrize(
    ("data", "segments"),
    [
        ("M1,2L3,4", (("M", (1, 2)), ("L", (3, 4)))),
        ("M 1 2 3 4 5 6", (("M", (1, 2)), ("L", (3, 4)), ("L", (5, 6)))),
        ("M1-2.5.5 4", (("M", (1, -2.5)), ("L", (0.5, 4)))),
        (
            "M0 0Q1 1 2 0 3 1 4 0",
            (("M", (0, 0)), ("Q", (1, 1, 2, 0)), ("Q", (3, 1, 4, 0))),
        ),
        (
            "M5 5H9ZV1",
            (("M", (5, 5)), ("L", (9, 5)), ("Z", ()), ("L", (5, 1))),
        ),
        (
            "M0 0C1 2 3 4 5 6H7",
            (("M", (0, 0)), ("C", (1, 2, 3, 4, 5, 6)), ("L", (7, 6))),
        ),
    ],
)
def test_paths_are_written_out(data, segments):
    shapes, problems = read(f'<path d="{data}" class="stroke-ink"/>')
    assert not problems
    assert shapes[0].segments == segments


@pytest.mark.parametrize(
    ("body", "report"),
    [
        ("<ract/>", "3:1: error: <ract> is not supported; did you mean 'rect'?"),
        ('  <image href="http://a"/>', "3:3: error: <image> is not supported"),
        ("<script>alert(1)</script>", "3:1: error: <script> is not supported"),
        ('<a href="javascript:1"><rect/></a>', "3:1: error: <a> is not supported"),
        ("<foreignObject>x</foreignObject>", "3:1: error: <foreignObject> is not supported"),
        (
            '<x:rect xmlns:x="http://example.org/"/>',
            "3:1: error: <rect> is not supported; did you mean 'rect'?",
        ),
        (
            '<rect width="1" height="1" class="fill-1" style="fill:red"/>',
            "3:1: error: attribute 'style' of <rect> is not supported; looks come from class alone",
        ),
        (
            '<rect width="1" height="1" class="fill-1" onclick="x"/>',
            "3:1: error: attribute 'onclick' of <rect> is not supported",
        ),
        (
            '<rect widht="1" width="1" height="1" class="fill-1"/>',
            "3:1: error: attribute 'widht' of <rect> is not supported; did you mean 'width'?",
        ),
        (
            '<rect width="1" height="1" class="fil-1"/>',
            "3:1: error: unknown class 'fil-1'; did you mean 'fill-1'?",
        ),
        (
            '<g class="fil-1"><rect width="1" height="1" class="fill-1"/></g>',
            "3:1: error: unknown class 'fil-1'; did you mean 'fill-1'?",
        ),
        (
            '<rect width="1" height="1" class="level-1 soft-1"/>',
            "3:1: error: unknown class 'level-1'; did you mean 'fill-1'?",
        ),
        (
            '<rect width="1" height="1"/>',
            "3:1: warning: <rect> shows nothing; give it a class such as stroke-ink or fill-1",
        ),
        (
            '<line x2="5" y2="5" class="fill-1"/>',
            "3:1: warning: <line> shows nothing; give it a class such as stroke-ink or fill-1",
        ),
        ('<rect width="1" class="fill-1"/>', "3:1: error: <rect> needs the attribute 'height'"),
        (
            '<rect width="50%" height="1" class="fill-1"/>',
            "3:1: error: attribute 'width' of <rect>: '50%' is no plain number",
        ),
        (
            '<rect width="-5" height="1" class="fill-1"/>',
            "3:1: error: attribute 'width' of <rect> is negative",
        ),
        (
            '<circle r="1e999" class="fill-1"/>',
            "3:1: error: attribute 'r' of <circle>: '1e999' is too large",
        ),
        (
            '<polyline points="1,2 3" class="stroke-1"/>',
            "3:1: error: <polyline> needs at least two points, each of two numbers",
        ),
        (
            '<polygon points="1,2 a,b" class="fill-1"/>',
            "3:1: error: points of <polygon>: 'a' is no plain number",
        ),
        (
            '<path d="M0 0 l 5 5" class="stroke-1"/>',
            (
                "3:1: error: command 'l' of a path is not supported;"
                " use the absolute commands M L H V C Q Z"
            ),
        ),
        (
            '<path d="M0 0 A 5 5 0 0 1 9 9" class="stroke-1"/>',
            (
                "3:1: error: command 'A' of a path is not supported;"
                " use the absolute commands M L H V C Q Z"
            ),
        ),
        ('<path d="L 1 1" class="stroke-1"/>', "3:1: error: a path begins with M"),
        (
            '<path d="M 1 1 C 1 2 3" class="stroke-1"/>',
            "3:1: error: command 'C' of a path takes 6 numbers",
        ),
        (
            '<path d="M 1 1 Z 4" class="stroke-1"/>',
            "3:1: error: command 'Z' of a path takes none",
        ),
        ('<path d="5 5" class="stroke-1"/>', "3:1: error: a path cannot hold '5' here"),
        ('<path d="M 1 1 #" class="stroke-1"/>', "3:1: error: a path cannot hold '#' here"),
        ('<path class="stroke-1"/>', "3:1: error: <path> needs the attribute 'd'"),
        (
            '<g transform="rotate(45)"/>',
            "3:1: error: transform 'rotate(45)' is not supported; write translate(x,y)",
        ),
        (
            '<text x="1" y="20">a<tspan>b</tspan></text>',
            "3:21: error: <tspan> is not supported; write one <text> for each line",
        ),
        (
            '<text x="1" y="20"><rect/></text>',
            "3:20: error: <rect> inside <text> is not supported",
        ),
        ("stray words", "3:1: error: text outside <text>: 'stray words'"),
        ('<?xml-stylesheet href="x"?>', "3:1: error: <?xml-stylesheet?> is not supported"),
        (
            '\n\n <text x="150" y="20">a rather long text</text>',
            "5:2: warning: the text 'a rather long text' leaves the picture",
        ),
        (
            '<text x="10" y="20">here it is</text>\n<text x="40" y="22">and here</text>',
            (
                "4:1: warning: the text 'and here' overlaps 'here it is' of line 3;"
                " move or shorten one of them"
            ),
        ),
        (
            '<text x="100" y="4" class="middle">high</text>',
            "3:1: warning: the text 'high' leaves the picture",
        ),
    ],
)
def test_whatever_else_is_reported_with_its_place(body, report):
    _, problems = read(body)
    assert problems == [f"f.svg:{report} [survey.drawing]"]


def test_the_rest_of_a_faulty_drawing_is_kept():
    shapes, problems = read(
        '<g><image><rect width="9" height="9" class="fill-1"/></image>'
        '<rect width="1" height="1" class="fill-1"/></g><circle class="fill-1"/>'
    )
    assert len(problems) == 2
    assert shapes == (Rect(x=0, y=0, width=1, height=1, classes=("fill-1",)),)


def test_texts_that_only_touch_are_no_fault():
    _, problems = read(
        '<text x="0" y="14">one line</text>\n<text x="0" y="28">the next</text>'
        '<text x="200" y="90" class="end">right</text>'
    )
    assert not problems


@pytest.mark.parametrize(
    ("text", "report"),
    [
        (
            '<!DOCTYPE svg [<!ENTITY a "b">]>\n<svg/>',
            (
                "f.svg:1:1: error: <!DOCTYPE> is not allowed in a drawing;"
                " remove it; SVG inside HTML needs none [survey.drawing]"
            ),
        ),
        (
            '<svg>\n  <!entity a SYSTEM "file:///etc/passwd"></svg>',
            (
                "f.svg:2:3: error: <!entity> is not allowed in a drawing;"
                " remove it; SVG inside HTML needs none [survey.drawing]"
            ),
        ),
        (
            "<svg\n  <rect/>",
            (
                "f.svg:2:3: error: the drawing is not well-formed XML:"
                " not well-formed (invalid token) [survey.drawing]"
            ),
        ),
        ("", "f.svg:1:1: error: the drawing is not well-formed XML: no element found"),
        ("<svg>&nbsp;</svg>", "f.svg:1:6: error: the drawing is not well-formed XML: undefined"),
        ("<html/>", "f.svg:1:1: error: the drawing begins with <html>, not with <svg>"),
        (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9"/>',
            "f.svg:1:1: error: <svg> needs a viewBox of four numbers: 0 0 width height",
        ),
        (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1e9 5"/>',
            "f.svg:1:1: error: <svg> needs a viewBox of four numbers: 0 0 width height",
        ),
        ("<svg>\ud800</svg>", "f.svg: error: the drawing holds characters that are no text"),
        ("x" * 2_000_001, "f.svg: error: the drawing is larger than two million characters"),
    ],
)
def test_what_is_no_drawing_is_none(text, report):
    picture, problems = read_drawing(text, "f.svg")
    assert picture is None
    assert report in [problem.render() for problem in problems][-1]


def test_billion_laughs_are_not_laughed():
    entities = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))
    picture, problems = read_drawing(
        f'<!DOCTYPE svg [<!ENTITY a0 "ha">{entities}]><svg><title>&a9;</title></svg>', "f.svg"
    )
    assert picture is None
    assert len(problems) == 1


def test_root_faults_are_reported_and_the_rest_is_read():
    picture, problems = read_drawing(
        '<svg viewBox="5 0 20 10" onload="x"><rect width="1" height="1" class="fill-1"/></svg>',
        "f.svg",
    )
    assert [problem.message for problem in problems] == [
        "<svg> is not in the namespace of SVG",
        "attribute 'onload' of <svg> is not supported",
        "the viewBox must begin at 0 0",
        "<rect> is not supported",
        "the drawing has no <title>",
    ]
    assert picture.shapes == ()


def test_columns_count_characters_not_bytes():
    _, problems = read("<!-- ∑∑∑ 漢字 --><ract/>")
    assert problems[0].startswith("f.svg:3:16:")


def test_a_byte_order_mark_is_no_fault():
    assert read_drawing(f"\ufeff{HEAD}</svg>", "f.svg")[1] == []
