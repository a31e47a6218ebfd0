"""Charts from plain data: what they show, where it stands, and the table that goes with it."""

from __future__ import annotations

import pytest

from livingsurvey.charts.looks import check_classes
from livingsurvey.charts.measure import check_texts, locate_text, measure, truncate, wrap
from livingsurvey.charts.overview import (
    Bar,
    Branch,
    draw_bars,
    draw_overview,
    find_breaks,
    find_level,
    find_ticks,
)
from livingsurvey.charts.shapes import Circle, Line, Rect, TextLine
from livingsurvey.charts.years import (
    Series,
    Years,
    draw_heatmap,
    draw_timeline,
    find_years,
)
from livingsurvey.model import Location

LONG = "Active Learning, Importance Sampling and Hyper-Parameter-Efficient Reparameterization"


def grow(top=6, parts=3, groups=0, title="Efficient Part"):
    """A survey of *top* categories, the last of which has *groups* of parts besides its parts."""

    def leaf(*place):
        section = ".".join(map(str, place))
        return Branch(
            title=f"{title} {section}",
            section=section,
            count=7 * sum(place) % 90,
            color=place[0],
            target=("category", f"tag-{section}"),
        )

    def node(children, *place):
        section = ".".join(map(str, place))
        return Branch(
            title=f"{title} {section}",
            section=section,
            count=sum(child.count for child in children),
            color=place[0],
            target=("category", f"tag-{section}"),
            children=tuple(children),
        )

    branches = []
    for number in range(1, top + 1):
        children = [leaf(number, part) for part in range(1, parts + 1)]
        if number == top:
            for group in range(parts + 1, parts + groups + 1):
                inner = [leaf(number, group, part) for part in range(1, 4)]
                children.append(node(inner, number, group))
        branches.append(node(children, number))
    return branches


def legible(picture):
    """What a reader of the picture would stumble over."""
    marks = [(mark, Location("chart")) for mark in picture.marks]
    problems = [one.message for one in check_texts(marks, picture.width, picture.height)]
    for mark in picture.marks:
        faults = check_classes(mark.classes, text=isinstance(mark, TextLine))
        problems += [message for message, _ in faults]
        if isinstance(mark, Rect):
            edges = (mark.x, mark.y, picture.width - mark.x - mark.width)
            if min(edges) < -5 or mark.y + mark.height > picture.height + 0.01:
                problems.append(f"{mark} leaves the picture")
    return problems


def bars_of(picture):
    return [mark for mark in picture.marks if isinstance(mark, Rect) and mark.height == 4]


class TestMeasure:
    def test_widths_are_near_those_of_helvetica(self):
        # 7222 units of 1/1000 em in the font's metrics: H 722, a 556, m 833, …
        assert measure("Hamburgefonstiv", 10) == pytest.approx(75.0, rel=0.04)
        assert measure("", 14) == 0
        assert measure("漢字", 10) == 20
        assert measure("e\u0301", 10) == measure("é", 10) == measure("e", 10)
        assert measure("iiii", 10, mono=True) == pytest.approx(24)
        assert measure("word", 10, bold=True) > measure("word", 10)

    @pytest.mark.parametrize(
        ("classes", "left"), [((), 50), (("middle",), 37.5), (("end",), 25)], ids=str
    )
    def test_a_text_stands_where_its_anchor_says(self, classes, left):
        box = locate_text(TextLine(x=50, y=20, text="0000", classes=("small", *classes)))
        width = 4 * 0.56 * 11.5
        assert box.right - box.left == pytest.approx(width)
        assert box.left == pytest.approx(left, abs=3.5)
        assert box.top < 20 < box.bottom

    def test_wrapping_keeps_words_and_order(self):
        lines = wrap(LONG, 200, 12)
        assert "".join(lines).replace(" ", "") == LONG.replace(" ", "")
        assert all(measure(line, 12) <= 200 for line in lines)
        assert wrap("well-known words", 40, 12)[:2] == ("well-", "known")

    def test_wrapping_cuts_what_is_endless(self):
        lines = wrap("x" * 5000, 100, 12)
        assert len(lines) == 4
        assert lines[-1].endswith("…")
        assert all(measure(line, 12) <= 100 for line in lines)
        assert wrap("   ", 100, 12) == ("",)
        assert wrap("a\x00b\u202ec", 100, 12) == ("abc",)

    def test_shortening(self):
        assert truncate("short  enough", 200, 12) == "short enough"
        short = truncate(LONG, 100, 12)
        assert short.endswith("…")
        assert LONG.startswith(short[:-1])
        assert measure(short, 12) <= 100


class TestScales:
    @pytest.mark.parametrize(
        ("maximum", "ticks"),
        [
            (0, (0, 1)),
            (1, (0, 1)),
            (7, (0, 1, 2, 3, 4, 5, 6, 7)),
            (8, (0, 2, 4, 6, 8)),
            (269, (0, 50, 100, 150, 200, 250, 300)),
            (10_000, (0, 2000, 4000, 6000, 8000, 10_000)),
        ],
    )
    def test_ticks_are_round_and_reach_the_top(self, maximum, ticks):
        assert find_ticks(maximum) == ticks

    def test_few_years_have_a_column_each(self):
        years = find_years([{2020: 1, 2023: 2}, {2019: 0, 2021: 4}])
        assert years == Years(2020, 2023, has_bucket=False)
        assert years.gather({2021: 4, 2023: 1}) == (0, 4, 0, 1)

    def test_old_years_go_into_a_bucket(self):
        years = find_years([{1989: 2, 2015: 1, 2024: 50}], most=5)
        assert years.names == ("before 2021", "2021", "2022", "2023", "2024")
        assert years.gather({1989: 2, 2015: 1, 2024: 5}) == (3, 0, 0, 0, 5)

    def test_a_long_history_gets_columns_of_several_years(self):
        counts = dict.fromkeys(range(1973, 2024), 2)
        years = find_years([counts])
        assert years.names[:2] == ("1970\u20131974", "1975\u20131979")
        assert years.names[-1] == "2020\u20132023"
        assert years.gather(counts) == (4, *[10] * 9, 8)

    def test_the_author_chooses_where_columns_begin_and_how_long_they_are(self):
        counts = {1990: 3, 2000: 1, 2003: 2, 2004: 1}
        years = find_years([counts], since=2000, step=2)
        assert years.names == ("before 2000", "2000\u20132001", "2002\u20132003", "2004")
        assert years.gather(counts) == (3, 1, 2, 1)
        assert len(find_years([{1: 1, 2000: 1}], step=1).columns) <= 28

    def test_no_years(self):
        assert find_years([{}, {2020: 0}]) is None

    @pytest.mark.parametrize("maximum", [1, 2, 3, 4, 5, 9, 39, 1000])
    def test_levels_rise_to_the_maximum(self, maximum):
        breaks = find_breaks(maximum)
        assert list(breaks) == sorted(set(breaks))
        assert breaks[-1] == maximum
        assert len(breaks) <= 5
        levels = [find_level(count, breaks) for count in range(maximum + 1)]
        assert levels == sorted(levels)
        assert (levels[0], levels[1], levels[-1]) == (0, 1, len(breaks))


class TestOverview:
    @pytest.mark.parametrize("columns", [1, 2, 3])
    @pytest.mark.parametrize("top", range(1, 11))
    def test_any_number_of_categories_is_legible(self, top, columns):
        picture = draw_overview(grow(top, parts=top % 5, groups=2), columns=columns)
        assert not legible(picture)
        assert picture.width == (360 if columns == 1 else 720)

    @pytest.mark.parametrize("columns", [1, 2])
    def test_long_titles_are_wrapped(self, columns):
        picture = draw_overview(grow(4, parts=3, groups=2, title=LONG), columns=columns)
        assert not legible(picture)

    def test_every_category_is_a_link_and_a_row(self):
        branches = grow(3, parts=2, groups=1)
        picture = draw_overview(branches)
        tags = [link.target[1] for link in picture.links]
        assert tags == [
            *("tag-1", "tag-1.1", "tag-1.2", "tag-2", "tag-2.1", "tag-2.2", "tag-3"),
            *("tag-3.1", "tag-3.2", "tag-3.3", "tag-3.3.1", "tag-3.3.2", "tag-3.3.3"),
        ]
        assert picture.table.header == ("Category", "Section", "Papers")
        assert [row[1] for row in picture.table.rows] == [tag[4:] for tag in tags]
        for link, row in zip(picture.links, picture.table.rows, strict=True):
            assert link.label.startswith(f"{row[1]} {row[0]}, {row[2]} paper")
            seen = [mark.text for mark in link.children if isinstance(mark, TextLine)]
            assert seen[0] == row[1]
            assert " ".join(seen[1:-1]) == row[0]
            assert seen[-1].split()[0] == str(row[2])
            assert link.children[0].classes == ("hit",)

    def test_bars_have_one_scale(self):
        picture = draw_overview(grow(3, parts=2, groups=1))
        counts = [
            (int(link.label.rpartition(", ")[2].split()[0]), mark.width)
            for link in picture.links
            for mark in link.children
            if isinstance(mark, Rect) and mark.height == 4
        ]
        assert len(counts) == 9
        units = {round(width / count, 4) for count, width in counts if count > 5}
        assert len(units) == 1

    def test_a_category_without_papers_has_no_bar(self):
        empty = Branch(title="Empty", count=0, color=1, target=("category", "empty"))
        top = Branch(title="Top", count=0, color=1, children=(empty,))
        picture = draw_overview([top])
        assert not bars_of(picture)
        assert [link.label for link in picture.links] == ["Empty, 0 papers"]
        assert picture.table.header == ("Category", "Papers")

    def test_one_paper_is_singular(self):
        branch = Branch(title="Top", count=1, color=1, target=("category", "top"))
        assert draw_overview([branch]).links[0].label == "Top, 1 paper"

    def test_the_total_is_said(self):
        picture = draw_overview(grow(2), total=880)
        assert "880" in [mark.text for mark in picture.marks if isinstance(mark, TextLine)]
        assert picture.description.startswith("880 papers")

    @pytest.mark.parametrize("total", [999, 9_999, 10_000, 88_888, 999_999])
    def test_the_total_of_a_large_library_fits_beside_the_bar(self, total):
        picture = draw_overview(grow(3), total=total)
        assert f"{total:,}" in [mark.text for mark in picture.marks if isinstance(mark, TextLine)]
        assert not legible(picture)

    def test_no_category_is_a_picture_still(self):
        for columns in (1, 2):
            picture = draw_overview([], columns=columns)
            assert (picture.table, picture.description) == (None, "No papers yet.")
            assert not legible(picture)
            picture = draw_overview([], total=2, columns=columns)
            assert picture.table.rows == (("All papers", 2),)
            assert picture.description == "2 papers"
            assert not legible(picture)


class TestTimeline:
    SERIES = (
        Series(title="One", color=1, counts={2019: 3, 2021: 10}, target=("category", "one")),
        Series(title="Two", color=2, counts={2021: 5}),
    )

    def test_columns_are_stacks_on_one_scale(self):
        picture = draw_timeline(self.SERIES)
        parts = [mark for mark in picture.marks if isinstance(mark, Rect) and mark.tip]
        assert [(part.tip, part.classes) for part in parts] == [
            ("One, 2019: 3", ("fill-1",)),
            ("One, 2021: 10", ("fill-1",)),
            ("Two, 2021: 5", ("fill-2",)),
        ]
        first, lower, upper = parts
        assert lower.x == upper.x > first.x
        assert upper.y + upper.height <= lower.y
        assert (lower.height + 0.8) / 10 == pytest.approx((upper.height + 0.8) / 5)
        zero = next(mark for mark in reversed(picture.marks) if isinstance(mark, Line))
        assert lower.y + lower.height == pytest.approx(zero.y1)

    def test_the_table_holds_all_years_and_sums(self):
        table = draw_timeline(self.SERIES).table
        assert table.header == ("Year", "One", "Two", "Total")
        assert table.rows == (("2019", 3, 0, 3), ("2020", 0, 0, 0), ("2021", 10, 5, 15))

    def test_the_legend_links(self):
        picture = draw_timeline(self.SERIES)
        assert [link.label for link in picture.links] == ["One"]
        assert "Two" in [mark.text for mark in picture.marks if isinstance(mark, TextLine)]

    @pytest.mark.parametrize("width", [320, 360, 720])
    @pytest.mark.parametrize("span", [1, 2, 9, 15, 60])
    def test_few_or_many_years_are_legible(self, width, span):
        series = [
            Series(
                title=f"{LONG[: 9 * index]}{index}",
                color=index,
                counts={2026 - back: (37 * back + index) % 130 for back in range(span)},
            )
            for index in range(1, 11)
        ]
        picture = draw_timeline(series, width=width)
        assert not legible(picture)
        if span == 60:
            assert picture.table.rows[-1][0].endswith("\u20132026")
            total = sum(sum(one.counts.values()) for one in series)
            assert sum(row[-1] for row in picture.table.rows) == total

    def test_a_lone_paper_is_seen_beside_many(self):
        series = [Series(title="One", color=1, counts={2020: 1, 2021: 3000})]
        heights = [mark.height for mark in draw_timeline(series).marks if getattr(mark, "tip", "")]
        assert heights[0] > 0

    def test_nothing_says_so(self):
        picture = draw_timeline([Series(title="One", color=1)])
        assert [mark.text for mark in picture.marks] == ["No papers yet."]
        assert picture.table is None


class TestHeatmap:
    ROWS = (
        Series(title="One", color=1, counts={2020: 1, 2022: 9}, target=("category", "one")),
        Series(title="Two", color=2, counts={2021: 4}),
    )

    def test_cells_hold_their_counts_and_gaps_are_marked(self):
        picture = draw_heatmap(self.ROWS)
        cells = {mark.tip: mark for mark in picture.marks if isinstance(mark, Rect) and mark.tip}
        assert {tip: cell.classes for tip, cell in cells.items()} == {
            "One, 2020: 1": ("soft-1", "level-1"),
            "One, 2021: none": ("fill-surface", "stroke-faint", "thin"),
            "One, 2022: 9": ("soft-1", "level-5"),
            "Two, 2020: none": ("fill-surface", "stroke-faint", "thin"),
            "Two, 2021: 4": ("soft-2", "level-3"),
            "Two, 2022: none": ("fill-surface", "stroke-faint", "thin"),
        }
        dots = [mark for mark in picture.marks if isinstance(mark, Circle)]
        assert len(dots) == 3 + 1  # and one in the key
        gap = cells["One, 2021: none"]
        assert (dots[0].cx, dots[0].cy) == pytest.approx(
            (gap.x + gap.width / 2, gap.y + gap.height / 2)
        )

    def test_counts_read_on_their_level(self):
        texts = {
            mark.text: mark.classes
            for mark in draw_heatmap(self.ROWS).marks
            if type(mark) is TextLine
        }
        assert "on-5" in texts["9"] or "bold" in texts["9"]
        on = [one for mark in draw_heatmap(self.ROWS).marks for one in mark.classes if "on-" in one]
        assert on == ["on-1", "on-5", "on-3"]

    def test_the_table_is_complete(self):
        table = draw_heatmap(self.ROWS).table
        assert table.header == ("Category", "2020", "2021", "2022", "Total")
        assert table.rows == (("One", 1, 0, 9, 10), ("Two", 0, 4, 0, 4))

    @pytest.mark.parametrize("width", [320, 360, 720])
    @pytest.mark.parametrize("span", [1, 3, 12, 40])
    def test_it_is_legible(self, width, span):
        rows = [
            Series(
                title=LONG[: 7 * index],
                color=1 + index // 3,
                counts={2026 - back: (index * (back + 1)) % 140 for back in range(span)},
                target=("category", str(index)),
            )
            for index in range(1, 13)
        ]
        picture = draw_heatmap(rows, width=width)
        assert not legible(picture)
        assert len(picture.links) == 12

    def test_nothing_says_so(self):
        assert draw_heatmap([]).description == "No papers yet."


class TestBars:
    def test_lengths_are_in_proportion(self):
        bars = [
            Bar(title="NeurIPS", count=100),
            Bar(title="ICML", count=50),
            Bar(title="None", count=0),
        ]
        picture = draw_bars(bars)
        drawn = [mark for mark in picture.marks if type(mark) is Rect]
        assert [mark.classes for mark in drawn] == [("fill-3",), ("fill-3",)]
        assert drawn[0].width == pytest.approx(2 * drawn[1].width)
        assert picture.table.rows == (("NeurIPS", 100), ("ICML", 50), ("None", 0))
        assert not picture.links
        assert not legible(picture)

    @pytest.mark.parametrize("width", [320, 720])
    def test_long_names_are_shortened(self, width):
        picture = draw_bars([Bar(title=LONG * 2, count=9999), Bar(title="x", count=1)], width=width)
        assert not legible(picture)
        assert picture.table.rows[0][0] == LONG * 2

    def test_nothing_says_so(self):
        assert draw_bars([Bar(title="x", count=0)]).table is None
