"""Charts of anything: well-formed, balanced, legible, and drawings that never break the reader."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from livingsurvey.charts.drawing import ATTRIBUTES, read_drawing
from livingsurvey.charts.emitters import to_svg, to_tikz
from livingsurvey.charts.looks import (
    DARK,
    DRAWING_WORDS,
    LIGHT,
    READABLE,
    contrast,
    fit_fill,
    fit_text,
    mix,
)
from livingsurvey.charts.measure import check_texts, measure, wrap
from livingsurvey.charts.overview import (
    Bar,
    Branch,
    draw_bars,
    draw_overview,
    find_breaks,
    find_level,
    find_ticks,
)
from livingsurvey.charts.shapes import TextLine
from livingsurvey.charts.years import (
    Series,
    draw_heatmap,
    draw_timeline,
)
from livingsurvey.model import Location

TITLES = st.one_of(
    st.text(max_size=60),
    st.text(alphabet=r"\{}$&#%_^~<>\"'` -[]|ab", max_size=60),
    st.sampled_from(
        ["<script>x</script>", r"\input{x}", "100%", "]]>", "漢字" * 30, "W" * 90, "a-" * 60, ""]
    ),
)
COUNTS = st.integers(min_value=0, max_value=5000)
YEARS = st.dictionaries(st.integers(min_value=1950, max_value=2030), COUNTS, max_size=12)
NUMBERS = st.integers(min_value=1, max_value=10)
HEX = st.integers(min_value=0, max_value=0xFFFFFF).map("#{:06x}".format)
TARGETS = st.one_of(st.none(), st.tuples(st.just("category"), st.text("abc", min_size=1)))


def branches(depth):
    children = st.lists(branches(depth - 1), max_size=4).map(tuple) if depth else st.just(())
    return st.builds(
        Branch,
        title=TITLES,
        count=COUNTS,
        color=NUMBERS,
        section=st.sampled_from(["", "1", "3.2", "6.1.1"]),
        target=TARGETS,
        children=children,
    )


CHARTS = st.one_of(
    st.builds(
        draw_overview,
        st.lists(branches(2), max_size=4),
        columns=st.integers(min_value=1, max_value=3),
    ),
    st.builds(
        draw_timeline,
        st.lists(
            st.builds(Series, title=TITLES, color=NUMBERS, counts=YEARS, target=TARGETS),
            max_size=6,
        ),
        width=st.sampled_from([360, 720]),
        title=TITLES,
    ),
    st.builds(
        draw_heatmap,
        st.lists(
            st.builds(Series, title=TITLES, color=NUMBERS, counts=YEARS, target=TARGETS), max_size=6
        ),
        width=st.sampled_from([360, 720]),
    ),
    st.builds(
        draw_bars,
        st.lists(st.builds(Bar, title=TITLES, count=COUNTS), max_size=6),
    ),
)
PICTURES = st.builds(lambda chart, text: replace(chart, description=text), CHARTS, TITLES)


@given(PICTURES, st.dictionaries(NUMBERS, st.one_of(HEX, TITLES)), TITLES)
def test_any_title_gives_well_formed_svg(picture, colors, href):
    svg = to_svg(picture, lambda _: href, id_prefix="p", palette_colors=colors)
    root = etree.fromstring(svg.encode("utf-8"))
    tags = {etree.QName(element).localname for element in root.iter()}
    assert tags <= {"svg", "title", "desc", "g", "a", "rect", "line", "path", "circle", "text"}
    texts = [mark for mark in picture.marks if isinstance(mark, TextLine)]
    assert len(root.findall(".//{*}text")) == len(texts)
    assert len(root.findall(".//{*}a")) == (len(picture.links) if href else 0)
    assert svg == to_svg(picture, lambda _: href, id_prefix="p", palette_colors=colors)


@given(PICTURES)
def test_any_title_gives_balanced_tikz(picture):
    code = to_tikz(picture, lambda _: "sec:x", width=345)
    bare = re.sub(r"\\[{}%#&$_]", "", code)
    depth = 0
    for character in bare:
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth >= 0
    assert depth == 0
    assert not set("#&$^") & set(bare)
    assert all(line.endswith("%") for line in bare.splitlines() if "%" in line)
    commands = set(re.findall(r"\\([A-Za-z]+)", code))
    known = (
        "begingroup endgroup begin end definecolor useasboundingbox path node sffamily fontsize"
        " selectfont bfseries hyperref detokenize"
    )
    assert {one for one in commands if not one.startswith("text")} <= set(known.split())


@given(PICTURES)
def test_no_texts_overlap_nor_leave_the_picture(picture):
    marks = [(mark, Location("chart")) for mark in picture.marks]
    assert not list(check_texts(marks, picture.width, picture.height))


@given(PICTURES)
def test_tables_are_rectangular(picture):
    if picture.table is not None:
        assert {len(row) for row in picture.table.rows} <= {len(picture.table.header)}


@given(HEX)
def test_any_color_is_made_readable(color):
    for theme in (LIGHT, DARK):
        fill, text = fit_fill(color, theme), fit_text(color, theme)
        assert contrast(theme.surface, fill) >= READABLE
        assert contrast(text, theme.surface) >= READABLE
        assert contrast(text, mix(fill, theme.surface, theme.soft)) >= READABLE
        assert fit_fill(fill, theme) == fill
        for level, share in enumerate(theme.levels, 1):
            ink = theme.ink if level <= theme.inked else theme.surface
            assert contrast(ink, mix(fill, theme.surface, share)) >= READABLE


@given(TITLES, st.integers(min_value=20, max_value=400), st.booleans())
def test_lines_fit(title, width, bold):
    lines = wrap(title, width, 12.5, bold=bold)
    assert 1 <= len(lines) <= 4
    assert all(measure(line, 12.5, bold=bold) <= width for line in lines)


@given(st.integers(min_value=1, max_value=10**9))
def test_ticks_and_levels_reach_the_maximum(maximum):
    ticks = find_ticks(maximum)
    assert ticks[0] == 0
    assert ticks[-2] < maximum <= ticks[-1]
    assert len({after - before for before, after in pairwise(ticks)}) == 1
    breaks = find_breaks(maximum)
    assert find_level(maximum, breaks) == len(breaks) <= 5


NAMES = st.sampled_from([*ATTRIBUTES, "a", "script", "tspan"])
VALUES = st.one_of(
    st.sampled_from(["5", "-3.5", "1e9", "1,2 3,4 5,6", "M0 0L5 5Z", "translate(3,4)", "", "x"]),
    st.lists(st.sampled_from(DRAWING_WORDS), max_size=3).map(" ".join),
)
KEYS = st.sampled_from(sorted({name for names in ATTRIBUTES.values() for name in names} | {"id"}))


@st.composite
def elements(draw, depth=3):
    name = draw(NAMES)
    attributes = draw(st.dictionaries(KEYS, VALUES, max_size=7))
    said = "".join(f' {key}="{value}"' for key, value in attributes.items())
    inner = draw(st.sampled_from(["", "words"]))
    if depth:
        inner += "".join(draw(st.lists(elements(depth=depth - 1), max_size=3)))
    return f"<{name}{said}>{inner}</{name}>"


@given(st.one_of(st.text(), st.lists(elements(), max_size=4).map("".join)))
def test_the_reader_of_drawings_never_raises_and_what_it_reads_is_drawn(body):
    for text in (body, f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{body}</svg>'):
        picture, problems = read_drawing(text, "f.svg")
        assert picture is not None or problems
        if picture is not None:
            etree.fromstring(to_svg(picture, id_prefix="p").encode())
            to_tikz(picture)
