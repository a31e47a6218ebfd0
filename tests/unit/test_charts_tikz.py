"""Pictures as TikZ: what is written, that nothing in it is executed, and that XeTeX sets it."""

from __future__ import annotations

import os
import re
import subprocess

import pytest

from livingsurvey.charts.emitters import to_tikz
from livingsurvey.charts.overview import Bar, Branch, draw_bars, draw_overview
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
from livingsurvey.charts.years import Series, draw_heatmap, draw_timeline
from livingsurvey.sphinxext.printing import PAPER_SIZES

HOSTILE = (
    r"\input{secret} \write18{touch written} 100% $x_1^2$ #1 & ~ \end{tikzpicture} }; {",
    r"\def\a{\a}\a \csname x\endcsname ^^5cinput [a] -- `` '' <script> \\ |",
)


def draw(*shapes, width=200, height=100):
    return Picture(width=width, height=height, shapes=shapes, title="T")


def lines(*shapes, **options):
    """The lines that draw something."""
    body = to_tikz(draw(*shapes), **options).partition("\\useasboundingbox")[2]
    return body.splitlines()[1:-2]


def test_a_picture_is_as_wide_as_it_may_be():
    picture = draw(Rect(x=0, y=0, width=9, height=9, classes=("fill-1",)), width=720)
    assert "[x={(0.50000pt,0pt)},y={(0pt,-0.50000pt)}," in to_tikz(picture, width=360)
    assert "[x={(0.75000pt,0pt)},y={(0pt,-0.75000pt)}," in to_tikz(draw(), width=360)
    assert "(0,0) rectangle (720,100);" in to_tikz(picture)


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_the_least_text_of_a_wide_picture_is_legible(paper):
    text = TextLine(x=1, y=2, text="word", classes=("small",))
    code = to_tikz(draw(text, width=720), width=PAPER_SIZES[paper].text_width)
    sizes = re.findall(r"\\fontsize\{([\d.]+)pt\}", code)
    assert [float(size) >= 7 for size in sizes] == [True]


def test_only_colors_that_are_used_are_defined():
    rect = Rect(x=0, y=0, width=9, height=9, classes=("soft-3", "stroke-1"))
    code = to_tikz(draw(rect), palette_colors={3: "#112233"})
    defined = re.findall(r"\\definecolor\{(\w+)\}\{HTML\}\{([0-9A-F]{6})\}", code)
    assert [name for name, _ in defined] == ["lsSurface", "lsC1", "lsC3"]
    assert code.startswith("\\begingroup%\n")
    assert code.endswith("\\end{tikzpicture}%\n\\endgroup\n")


@pytest.mark.parametrize(
    ("shape", "line"),
    [
        (
            Rect(x=1, y=2, width=3, height=4, rx=9, classes=("soft-2", "level-3")),
            r"\path[fill=lsC2!48!lsSurface,rounded corners=1.125pt] (1,2) rectangle (4,6);",
        ),
        (
            Line(x1=1, y1=2, x2=3, y2=4, classes=("stroke-muted", "thick", "dashed")),
            (
                r"\path[draw=lsMuted,line width=1.875pt,dash pattern=on 3.750pt off 3.000pt]"
                " (1,2) -- (3,4);"
            ),
        ),
        (
            Polyline(points=((0, 0), (1, 2), (3, 4)), classes=("fill-none", "stroke-faint")),
            r"\path[draw=lsMuted!30!lsSurface,line width=1.125pt] (0,0) -- (1,2) -- (3,4);",
        ),
        (
            Polygon(points=((0, 0), (1, 2), (3, 4)), classes=("fill-ink",)),
            r"\path[fill=lsInk] (0,0) -- (1,2) -- (3,4) -- cycle;",
        ),
        (
            Circle(cx=1, cy=2, r=4, classes=("fill-surface",)),
            r"\path[fill=lsSurface] (1,2) circle[radius=3.000pt];",
        ),
        (
            Ellipse(cx=1, cy=2, rx=4, ry=8, classes=("soft-6",)),
            r"\path[fill=lsC6!13!lsSurface] (1,2) ellipse[x radius=3.000pt,y radius=6.000pt];",
        ),
        (
            Path(
                segments=(
                    ("M", (0, 0)),
                    ("L", (3, 0)),
                    ("Q", (6, 0, 6, 3)),
                    ("C", (1, 2, 3, 4, 5, 6)),
                    ("Z", ()),
                ),
                classes=("fill-1",),
            ),
            (
                r"\path[fill=lsC1] (0,0) -- (3,0) .. controls (5,0) and (6,1) .. (6,3)"
                " .. controls (1,2) and (3,4) .. (5,6) -- cycle;"
            ),
        ),
        (
            TextLine(x=1, y=2, text="a & b", classes=("small", "bold", "end", "fill-1")),
            (
                r"\node[anchor=base east] at (1,2) {\sffamily\fontsize{8.62pt}{10.35pt}\selectfont"
                r"\bfseries{}\textcolor{lsT1}{a \& b}};"
            ),
        ),
        (
            TextLine(x=1, y=2, text="5", classes=("on-5", "middle")),
            (
                r"\node[anchor=base] at (1,2) {\sffamily\fontsize{10.50pt}{12.60pt}\selectfont{}"
                r"\textcolor{lsSurface}{5}};"
            ),
        ),
    ],
    ids=lambda one: type(one).__name__ if not isinstance(one, str) else "",
)
def test_each_shape_has_its_line(shape, line):
    assert lines(shape) == [line]


def test_what_shows_nothing_is_left_out():
    hit = Rect(x=0, y=0, width=9, height=9, classes=("hit",))
    assert lines(hit, Rect(x=0, y=0, width=9, height=9), TextLine(x=0, y=0, text=" ")) == []


def test_an_arrow_has_a_head_in_its_color():
    line, head = lines(Line(x1=0, y1=0, x2=40, y2=0, classes=("stroke-2", "arrow")))
    assert line.startswith(r"\path[draw=lsC2,")
    assert head.startswith(r"\path[fill=lsC2] (40,0) --")


@pytest.mark.parametrize("label", ["budget:sec-laws", r"\detokenize{budget:sec-laws}"])
def test_texts_of_a_link_refer_to_its_label(label):
    words = TextLine(x=0, y=0, text="word")
    rect = Rect(x=0, y=0, width=9, height=9, classes=("fill-1",))
    link = LinkArea(target=("category", "laws"), label="Laws", children=(rect, words))
    drawn, text = lines(link, words)[:2]
    assert lines(link, resolve=lambda _: label) == [
        drawn,
        text.replace(r"\textcolor", r"\hyperref[\detokenize{budget:sec-laws}]{\textcolor").replace(
            "};", "}};"
        ),
    ]
    assert "hyperref" not in text


@pytest.mark.parametrize("label", ["a}b", "a%b", "\\input{x}", "a#b", r"\detokenize{a", "a}"])
def test_a_label_that_is_more_than_a_name_is_refused(label):
    link = LinkArea(target=("category", "a"), label="A", children=(TextLine(x=0, y=0, text="A"),))
    with pytest.raises(ValueError, match="no label"):
        to_tikz(draw(link), lambda _: label)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_are_escaped(text):
    (line,) = lines(TextLine(x=0, y=0, text=text))
    commands = set(re.findall(r"\\([A-Za-z]+)", line))
    assert {one for one in commands if not one.startswith("text")} == {
        "node",
        "sffamily",
        "fontsize",
        "selectfont",
    }
    bare = re.sub(r"\\[{}%#&$_]", "", line)
    assert bare.count("{") == bare.count("}")
    assert not set("%#&$") & set(bare)


def test_the_same_picture_gives_the_same_code():
    shape = Rect(x=1 / 3, y=0, width=9, height=9, classes=("fill-1", "stroke-2"))
    colors = {1: "#aa0000", 2: "#00aa00"}
    assert to_tikz(draw(shape), palette_colors=colors) == to_tikz(
        draw(shape), palette_colors=dict(reversed(colors.items()))
    )


@pytest.mark.slow
@pytest.mark.needs_tex
@pytest.mark.needs_tool("pdftotext", "qpdf")
def test_xetex_sets_the_pictures_and_executes_nothing(tmp_path):
    part = Branch(title="Efficient Attention", section="1.1", count=7, target=("category", "a"))
    top = Branch(title=HOSTILE[0], section="1", count=9, color=1, children=(part,))
    counts = {2020: 3, 2022: 8}
    pictures = [
        draw_overview([top]),
        draw_timeline([Series(title=HOSTILE[1], color=2, counts=counts, target=("paper", "k"))]),
        draw_heatmap([Series(title="Rows", color=3, counts=counts)]),
        draw_bars([Bar(title="NeurIPS", count=5)]),
        draw(
            Path(segments=(("M", (0, 0)), ("Q", (50, 0, 50, 50))), classes=("stroke-ink", "arrow")),
            Polyline(points=((0, 0), (9, 50)), classes=("stroke-3", "dashed", "arrow")),
            *(TextLine(x=0, y=20 * row, text=text) for row, text in enumerate(HOSTILE)),
        ),
    ]
    body = "\n\n".join(
        rf"\noindent {to_tikz(picture, lambda _: 'target', width=345)}" for picture in pictures
    )
    (tmp_path / "secret.tex").write_text("SECRET", encoding="utf-8")
    (tmp_path / "charts.tex").write_text(
        "\\documentclass{article}\n\\usepackage{tikz}\n\\usepackage{hyperref}\n"
        f"\\begin{{document}}\n\\section{{Target}}\\label{{target}}\n{body}\n\\end{{document}}\n",
        encoding="utf-8",
    )
    command = ["latexmk", "-xelatex", "-interaction=nonstopmode", "-halt-on-error", "charts.tex"]
    environment = {**os.environ, "openin_any": "p", "openout_any": "p"}
    run = subprocess.run(
        command, cwd=tmp_path, capture_output=True, env=environment, timeout=300, check=False
    )
    log = (tmp_path / "charts.log").read_text(encoding="utf-8", errors="replace")
    assert run.returncode == 0, log[-3000:]
    assert not re.findall(
        r"^(?:Overfull|Missing character|LaTeX Warning: .*undefined).*", log, re.MULTILINE
    )
    subprocess.run(["pdftotext", "-layout", "charts.pdf"], cwd=tmp_path, check=True)
    text = (tmp_path / "charts.txt").read_text(encoding="utf-8")
    for words in ("Attention", r"\input{secret}", "100%", "NeurIPS", "<script>"):
        assert words in text
    assert "SECRET" not in text
    assert not (tmp_path / "written").exists()
    unpack = ["qpdf", "--qdf", "--object-streams=disable", "charts.pdf", "plain.pdf"]
    subprocess.run(unpack, cwd=tmp_path, check=True)
    links = (tmp_path / "plain.pdf").read_bytes().count(b"/Subtype /Link")
    assert links == 3 + 1  # number, name and count of the part; the name in the legend
